//! How numbers, times and long texts are written. Pure functions from values to strings.
//!
//! Nothing here rounds an amount silently: digits that do not fit are cut with `…`, sizes are marked `≈`.

use crate::domain::Amount;
use crate::domain::text::ends as ends_of;
pub use crate::domain::text_width::{cut, fours_in_lines, relative, span, width, wrap};
use crate::tui::state::detail::grouped;

/// A text at the right end of `room` columns.
pub fn right(text: &str, room: usize) -> String {
    let text = cut(text, room);
    let blank = room.saturating_sub(width(&text));
    format!("{}{text}", " ".repeat(blank))
}

/// Where the point of an amount column stands, counted from its left edge; the rest is for decimals.
pub const fn point(width: usize) -> usize {
    match width {
        0..=2 => width,
        3..=13 => width - (width - 3) / 2 - 1,
        // Eight decimals, and what is left for whole numbers, up to billions; then more decimals.
        14..=16 => 7,
        17..=22 => width - 9,
        _ => 13,
    }
}

/// Where the point of a fee column stands: fees are small and have many decimals.
pub const fn fee_point(width: usize) -> usize {
    if width < 7 { point(width) } else { 3 }
}

/// An amount in a column of `width` columns whose point is at `point`: thousands grouped, zeros at the end trimmed.
///
/// What does not fit costs, in this order: the alignment, decimals (cut with `…`), the group marks, the digits (`≈1.23e20`).
pub fn amount(number: Amount, width: usize, point: usize) -> String {
    let text = grouped(number.trimmed());
    let (grouped, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let point = point.min(width);
    // A cut fraction needs two columns: "12…" could be read as a cut 123.
    let need = if fraction.is_empty() { 0 } else { 2 };
    if grouped.len() <= point && point + need <= width {
        if point + fraction.len() >= width && text.len() <= width {
            return right(&text, width);
        }
        let blank = " ".repeat(point - grouped.len());
        return format!("{blank}{grouped}{}", decimals(fraction, width - point));
    }
    let plain: String = grouped.chars().filter(|c| *c != ',').collect();
    for whole in [grouped, &plain] {
        if whole.len() + need <= width {
            return format!("{whole}{}", decimals(fraction, width - whole.len()));
        }
    }
    right(&size(&plain, width), width)
}

/// The decimals with their point in `room` columns.
fn decimals(fraction: &str, room: usize) -> String {
    if fraction.is_empty() {
        String::new()
    } else if fraction.len() < room {
        format!(".{fraction}")
    } else {
        format!(".{}…", &fraction[..room.saturating_sub(2)])
    }
}

/// How large a whole number is, in about `width` columns: `≈1.23e20`.
fn size(whole: &str, width: usize) -> String {
    let (sign, digits) = whole.strip_prefix('-').map_or(("", whole), |rest| ("-", rest));
    let power = (digits.len() - 1).to_string();
    let least = sign.len() + power.len() + 3;
    if least > width {
        return "…".to_owned();
    }
    let more = (width - least).min(4);
    let tail =
        if more >= 2 && digits.len() > 1 { format!(".{}", &digits[1..digits.len().min(more)]) } else { String::new() };
    format!("≈{sign}{}{tail}e{power}", &digits[..1])
}

/// A rounded value (digits, or `<` and digits) at the right end of a column that is marked `≈` as a whole. Where it does
/// not fit, first its group marks go, then its decimals, then its digits.
pub fn value(text: &str, width: usize) -> String {
    if text.len() <= width || !text.is_ascii() {
        return right(text, width);
    }
    let plain: String = text.chars().filter(|c| *c != ',').collect();
    let whole = plain.split_once('.').map_or(plain.as_str(), |(whole, _)| whole);
    if plain.len() <= width {
        right(&plain, width)
    } else if plain.starts_with(['<', '>']) {
        right("…", width)
    } else if whole.len() <= width {
        right(whole, width)
    } else {
        right(&size(whole, width), width)
    }
}

/// The first and last four characters of what is too long, for tables only.
pub fn ends(text: &str, room: usize) -> String {
    if width(text) <= room {
        return text.to_owned();
    }
    let short = ends_of(text).filter(|_| room >= 9);
    cut(short.as_deref().unwrap_or(text), room).into_owned()
}

/// A bar of `width` columns that is full at a thousand.
pub fn bar(thousandths: u16, width: usize) -> String {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let eighths = width * 8 * usize::from(thousandths.min(1_000)) / 1_000;
    // What is there is seen.
    let eighths = if thousandths > 0 && width > 0 { eighths.max(1) } else { 0 };
    let text = format!("{}{}", "█".repeat(eighths / 8), EIGHTHS[eighths % 8]);
    let blank = width.saturating_sub(text.chars().count());
    format!("{text}{}", " ".repeat(blank))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Millis;
    use crate::domain::locale::Lang;
    use proptest::prelude::*;
    use unicode_segmentation::UnicodeSegmentation as _;

    fn cell(number: &str, width: usize) -> String {
        amount(number.parse().unwrap(), width, point(width))
    }

    #[test]
    fn amounts_stand_on_their_point() {
        assert_eq!(cell("5000.00000000", 17), "   5,000");
        assert_eq!(cell("0.12345678", 17), "       0.12345678");
        assert_eq!(cell("20.5", 17), "      20.5");
        assert_eq!(cell("-1", 17), "      -1");
        assert_eq!(cell("0", 17), "       0");
        assert_eq!(cell("0.000008123456", 17), "   0.000008123456", "digits come before the point's place");
    }

    #[test]
    fn what_does_not_fit_is_cut_or_marked_and_never_wrong() {
        assert_eq!(cell("0.000000000000000001", 17), "       0.0000000…");
        assert_eq!(cell("123456789.5", 17), "123,456,789.5");
        assert_eq!(cell("123456789012345.5", 17), "123456789012345.5");
        assert_eq!(cell("123456789012345678", 17), "        ≈1.234e17");
        assert_eq!(cell("1234567890123456789012345678901234567", 8), "≈1.23e36");
        assert_eq!(cell("1234", 4), "1234");
        assert_eq!(cell("12345", 4), "≈1e4");
        assert_eq!(cell("12345", 3), "  …");
    }

    #[test]
    fn values_keep_their_size() {
        assert_eq!(value("38,412.22", 12), "   38,412.22");
        assert_eq!(value("38,412.22", 8), "38412.22");
        assert_eq!(value("38,412.22", 6), " 38412");
        assert_eq!(value("123,456,789.00", 7), "≈1.23e8");
        assert_eq!(value("<0.01", 4), "   …");
    }

    #[test]
    fn wide_characters_are_cut_whole() {
        assert_eq!(cut("日本語", 6), "日本語");
        assert_eq!(cut("日本語", 5), "日本…");
        assert_eq!(cut("日本語", 4), "日…");
        assert_eq!(cut("日本語", 1), "…");
        assert_eq!(cut("日本語", 0), "");
    }

    #[test]
    fn long_names_keep_both_ends_and_short_ones_all() {
        assert_eq!(ends("TJmW5D1p1LnMdTMmxuY1VELHht7v5HV7rU", 9), "TJmW…V7rU");
        assert_eq!(ends("681979174", 9), "681979174");
        assert_eq!(ends("TJmW5D1p1LnM", 5), "TJmW…");
        assert_eq!(fours_in_lines("TJmW5D1p1LnMd", 40), ["TJmW 5D1p 1LnM d"]);
        assert_eq!(fours_in_lines("TJmW5D1p1LnMd", 17), ["TJmW 5D1p", "1LnM d"]);
        assert_eq!(fours_in_lines("币币币币币", 5), ["币币", "币币", "币"]);
    }

    #[test]
    fn lines_break_at_blanks_and_lose_nothing_else() {
        assert_eq!(wrap("TJmW 5D1p 1LnM dTMm", 10), ["TJmW 5D1p", "1LnM dTMm"]);
        assert_eq!(wrap("TJmW 5D1p 1LnM dTMm", 9), ["TJmW 5D1p", "1LnM dTMm"]);
        assert_eq!(wrap("日本語日本語", 5), ["日本", "語日", "本語"]);
        assert_eq!(wrap("日本，語", 4), ["日", "本，", "語"]);
        assert_eq!(wrap("? <U+001B>[2J", 9), ["? <U+001B", ">[2J"]);
        assert_eq!(wrap("", 5), [""]);
    }

    #[test]
    fn times_are_told_as_a_person_would() {
        let now = Millis(1_795_357_800_000); // 2026-11-22 14:30 UTC
        let told = |back_ms: i64, lang, short| relative(now.plus(-back_ms), now, lang, short);
        let en = |back_ms| told(back_ms, Lang::En, false);
        assert_eq!(now.exact(), "2026-11-22 14:30:00 UTC");
        assert_eq!(en(0), "just now");
        assert_eq!(en(-5_000), "just now");
        assert_eq!(en(12_000), "12 s ago");
        assert_eq!(en(59 * 60_000), "59 min ago");
        assert_eq!(en(23 * 3_600_000), "23 h ago");
        assert_eq!(en(25 * 3_600_000), "yesterday");
        assert_eq!(en(40 * 3_600_000), "20 Nov");
        assert_eq!(en(400 * 86_400_000), "2025-10-18");
        assert_eq!(en(-3_600_000), "22 Nov");
        assert_eq!(told(12_000, Lang::ZhCn, false), "12 秒前");
        assert_eq!(told(40 * 3_600_000, Lang::ZhCn, false), "11月20日");
        assert_eq!(relative(Millis(i64::MAX), now, Lang::En, false), i64::MAX.to_string());
        for lang in [Lang::En, Lang::ZhCn] {
            for back in [0, 12_000, 3_540_000, 82_800_000, 90_000_000, 864_000_000, 34_560_000_000] {
                assert!(width(&told(back, lang, true)) <= 7, "{}", told(back, lang, true));
                assert!(width(&told(back, lang, false)) <= 10, "{}", told(back, lang, false));
            }
        }
    }

    #[test]
    fn bars_show_the_smallest_part() {
        assert_eq!(bar(0, 4), "    ");
        assert_eq!(bar(1, 4), "▏   ");
        assert_eq!(bar(500, 4), "██  ");
        assert_eq!(bar(1_000, 4), "████");
    }

    #[test]
    fn what_ends_a_clause_is_alone_where_two_letters_are_too_wide() {
        assert_eq!(wrap("﹨：", 0), ["﹨", "："]);
        assert_eq!(wrap("一二三，四", 6), ["一二", "三，四"]);
    }

    proptest! {
        #[test]
        fn a_cell_reads_back_as_its_amount_unless_it_is_marked(
            mantissa in prop_oneof![any::<i128>(), -1_000_000_i128..1_000_000, Just(0)],
            scale in 0_u32..=40,
            room in 0_usize..30,
            is_fee: bool,
        ) {
            prop_assume!(mantissa != i128::MIN);
            let number = Amount::new(mantissa, scale).unwrap();
            let shown = amount(number, room, if is_fee { fee_point(room) } else { point(room) });
            prop_assert!(width(&shown) <= room, "{:?} in {}", shown, room);
            let plain = shown.trim().replace(',', "");
            if let Some(kept) = plain.strip_suffix('…') {
                prop_assert!(number.trimmed().to_string().starts_with(kept) && (kept.is_empty() || kept.contains('.')));
                prop_assert!(number.trimmed().to_string().len() > kept.len());
            } else if let Some(size) = plain.strip_prefix('≈') {
                let read: Amount = size.parse().unwrap();
                let whole = number.to_string().split('.').next().unwrap().to_owned();
                prop_assert_eq!(read.to_string().len(), whole.len());
                prop_assert!(whole.starts_with(&size.split('e').next().unwrap().replace('.', "")));
            } else if room > 0 {
                prop_assert_eq!(plain.parse::<Amount>().unwrap(), number);
            }
        }

        #[test]
        fn nothing_is_wider_than_its_room(text in "\\PC{0,40}", room in 0_usize..30) {
            prop_assert!(width(&cut(&text, room)) <= room);
            prop_assert!(width(&right(&text, room)) <= room);
            prop_assert!(width(&ends(&text, room)) <= room);
            let wrapped = wrap(&text, room);
            // A letter with a mark of its own may be wider than a line; it is cut when it is drawn.
            prop_assert!(wrapped.iter().all(|l| width(l) <= room.max(2) || l.graphemes(true).count() == 1));
            let letters = |s: &str| s.chars().filter(|c| *c != ' ').collect::<String>();
            prop_assert_eq!(letters(&wrapped.concat()), letters(&text));
        }
    }
}
