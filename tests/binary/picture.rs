//! Makes the pictures of the README from the real program: `cargo test --test binary picture -- --ignored`.

use std::fmt::Write as _;

use crate::pty::Pty;

const CELL: (u32, u32) = (9, 18);

#[test]
#[ignore = "writes into assets; run by hand when the screen has changed"]
fn picture() {
    let mut pty = Pty::demo(120, 36);
    pty.wait_until("priced", |s| s.contains("USDT") && !s.contains('–'));
    std::fs::write("assets/balances.svg", svg(&pty)).unwrap();
    pty.send("3");
    pty.wait_for("Net ");
    std::thread::sleep(std::time::Duration::from_secs(1));
    std::fs::write("assets/withdrawals.svg", svg(&pty)).unwrap();
}

/// The screen as a drawing: one rectangle per painted run, one text per run of cells that look alike.
fn svg(pty: &Pty) -> String {
    pty.look(|screen| {
        let (lines, columns) = screen.size();
        let (lines, columns) = (u16::from(lines), u16::from(columns));
        let (width, height) = (u32::from(columns) * CELL.0, u32::from(lines) * CELL.1);
        let mut out = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" font-family=\"monospace\" \
             font-size=\"15\"><rect width=\"100%\" height=\"100%\" rx=\"6\" fill=\"#16181d\"/>\n"
        );
        for line in 0..lines {
            for column in 0..columns {
                let Some(cell) = screen.cell(line, column) else { continue };
                let (mut ink, mut paper) = (colour(cell.fgcolor(), "#d5d9e0"), colour(cell.bgcolor(), "#16181d"));
                if cell.inverse() {
                    std::mem::swap(&mut ink, &mut paper);
                }
                let (x, y) = (u32::from(column) * CELL.0, u32::from(line) * CELL.1);
                let cells = if cell.is_wide() { 2 } else { 1 };
                if paper != "#16181d" {
                    let w = CELL.0 * cells;
                    writeln!(out, "<rect x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{}\" fill=\"{paper}\"/>", CELL.1)
                        .unwrap();
                }
                let text = cell.contents();
                if text.trim().is_empty() {
                    continue;
                }
                let weight = if cell.bold() { " font-weight=\"bold\"" } else { "" };
                let faint = if cell.dim() { " opacity=\"0.6\"" } else { "" };
                let text = text.replace('&', "&amp;").replace('<', "&lt;");
                writeln!(out, "<text x=\"{x}\" y=\"{}\" fill=\"{ink}\"{weight}{faint}>{text}</text>", y + 14).unwrap();
            }
        }
        out.push_str("</svg>\n");
        out
    })
}

fn colour(colour: vt100::Color, default: &str) -> String {
    const ANSI: [&str; 16] = [
        "#3b4048", "#e06c75", "#98c379", "#e5c07b", "#61afef", "#c678dd", "#56b6c2", "#abb2bf", "#6b7280", "#f08a92",
        "#b5d99c", "#f0d399", "#8cc6f7", "#d7a1e8", "#7fd1da", "#ffffff",
    ];
    match colour {
        vt100::Color::Default => default.to_owned(),
        vt100::Color::Idx(n @ 0..=15) => ANSI[usize::from(n)].to_owned(),
        vt100::Color::Idx(n) => {
            let step = |v: u8| if v == 0 { 0 } else { 55 + 40 * u16::from(v) };
            if n >= 232 {
                let grey = 8 + 10 * u16::from(n - 232);
                return format!("rgb({grey},{grey},{grey})");
            }
            let n = n - 16;
            format!("rgb({},{},{})", step(n / 36), step(n / 6 % 6), step(n % 6))
        }
        vt100::Color::Rgb(r, g, b) => format!("rgb({r},{g},{b})"),
    }
}
