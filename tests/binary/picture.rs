//! Makes the pictures of the README from the real program: `cargo test --test binary picture -- --ignored`.

use std::fmt::Write as _;

use crate::pty::Pty;

const CELL: (u32, u32) = (9, 18);
const INK: &str = "#d5d9e0";
const PAPER: &str = "#16181d";

/// How long each step of the moving picture stands, seconds.
const STANDS: usize = 3;

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

#[test]
#[ignore = "writes into assets; run by hand when the screen has changed"]
fn moving_picture() {
    let mut pty = Pty::demo(80, 24);
    pty.wait_until("priced", |s| s.contains("USDT") && s.contains("Total") && !s.contains('–'));
    let mut frames = vec![cells(&pty)];
    // A withdrawal to an address that was paid before, from the balances to its row.
    let steps =
        [("w", "Network"), ("\r", "Address"), ("\r", "▌ T"), ("\r", "Amount"), ("20.5", "20.5"), ("\r", "Arrives")];
    for (keys, seen) in steps {
        pty.send(keys).wait_for(seen);
        settle();
        frames.push(cells(&pty));
    }
    settle();
    pty.send("\t");
    settle();
    frames.push(cells(&pty));
    pty.send("\r").wait_for("Accepted under");
    settle();
    frames.push(cells(&pty));
    std::fs::write("assets/withdrawal.svg", moving(&frames)).unwrap();
}

/// What a person waits for on a review, and a little more.
fn settle() {
    std::thread::sleep(std::time::Duration::from_millis(1_300));
}

/// A picture of the screen as it is.
fn svg(pty: &Pty) -> String {
    let (width, height, cells) = cells(pty);
    format!("{}{cells}</svg>\n", begin(width, height, ""))
}

/// Pictures of one size, one after the other, again and again.
fn moving(frames: &[(u32, u32, String)]) -> String {
    let (width, height) = frames.first().map_or((0, 0), |(width, height, _)| (*width, *height));
    let (count, whole) = (frames.len(), frames.len() * STANDS);
    // Rounded up: between two pictures there is never none.
    let share = (100_000_usize).div_ceil(count.max(1));
    let share = format!("{}.{:03}", share / 1_000, share % 1_000);
    let mut style = format!(
        "<style>g{{visibility:hidden;animation:s {whole}s step-end infinite}}\
         @keyframes s{{0%{{visibility:visible}}{share}%{{visibility:hidden}}}}"
    );
    for step in 0..count {
        write!(style, "#s{step}{{animation-delay:{}s}}", step * STANDS).unwrap();
    }
    style.push_str("</style>");
    let mut out = begin(width, height, &style);
    for (step, (_, _, cells)) in frames.iter().enumerate() {
        writeln!(out, "<g id=\"s{step}\">{cells}</g>").unwrap();
    }
    out.push_str("</svg>\n");
    out
}

fn begin(width: u32, height: u32, style: &str) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" font-family=\"monospace\" \
         font-size=\"15\">{style}<rect width=\"100%\" height=\"100%\" rx=\"6\" fill=\"{PAPER}\"/>\n"
    )
}

/// Cells of one line that look alike.
struct Run {
    column: u16,
    cells: u16,
    text: String,
    ink: String,
    paper: String,
    is_bold: bool,
    is_dim: bool,
}

/// Width, height and the drawing of a screen: one rectangle for each painted run, one text for each word of cells that look
/// alike.
fn cells(pty: &Pty) -> (u32, u32, String) {
    pty.look(|screen| {
        let (lines, columns) = screen.size();
        let (lines, columns) = (u16::from(lines), u16::from(columns));
        let mut out = String::new();
        for line in 0..lines {
            let mut runs: Vec<Run> = Vec::new();
            for column in 0..columns {
                let Some(cell) = screen.cell(line, column).filter(|cell| !cell.is_wide_continuation()) else {
                    continue;
                };
                let (mut ink, mut paper) = (colour(cell.fgcolor(), INK), colour(cell.bgcolor(), PAPER));
                if cell.inverse() {
                    std::mem::swap(&mut ink, &mut paper);
                }
                let text = if cell.contents().is_empty() { " " } else { cell.contents() };
                let (width, looks) = (if cell.is_wide() { 2 } else { 1 }, (cell.bold(), cell.dim()));
                let is_same = |run: &Run| {
                    run.ink == ink
                        && run.paper == paper
                        && (run.is_bold, run.is_dim) == looks
                        && width == 1
                        && usize::from(run.cells) == run.text.chars().count()
                };
                match runs.last_mut().filter(|run| is_same(run)) {
                    Some(run) => {
                        run.cells += 1;
                        run.text.push_str(text);
                    }
                    None => runs.push(Run {
                        column,
                        cells: width,
                        text: text.to_owned(),
                        ink,
                        paper,
                        is_bold: looks.0,
                        is_dim: looks.1,
                    }),
                }
            }
            for run in &runs {
                drawn(&mut out, run, line);
            }
        }
        (u32::from(columns) * CELL.0, u32::from(lines) * CELL.1, out)
    })
}

fn drawn(out: &mut String, run: &Run, line: u16) {
    let place = |column: u16| u32::from(column) * CELL.0;
    let (y, width) = (u32::from(line) * CELL.1, place(run.cells));
    if run.paper != PAPER {
        let x = place(run.column);
        writeln!(out, "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{}\" fill=\"{}\"/>", CELL.1, run.paper)
            .unwrap();
    }
    let is_wide = usize::from(run.cells) != run.text.chars().count();
    let weight = if run.is_bold { " font-weight=\"bold\"" } else { "" };
    let faint = if run.is_dim { " opacity=\"0.6\"" } else { "" };
    let mut column = run.column;
    // Each word has a place of its own, so that a font of another width moves none far.
    for word in run.text.split(' ') {
        let cells = u16::try_from(word.chars().count()).unwrap();
        if cells > 0 {
            let (x, y, length) = (place(column), y + 14, if is_wide { width } else { place(cells) });
            let text = word.replace('&', "&amp;").replace('<', "&lt;");
            let ink = &run.ink;
            writeln!(
                out,
                "<text x=\"{x}\" y=\"{y}\" textLength=\"{length}\" fill=\"{ink}\"{weight}{faint}>{text}</text>"
            )
            .unwrap();
        }
        column += cells + 1;
    }
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
