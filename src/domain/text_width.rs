//! How wide texts are on the screen, where they break, and how times are told. Pure functions that both the state (what
//! fits on a page?) and the drawing use.

use std::borrow::Cow;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use ratatui::buffer::CellWidth as _;
use unicode_segmentation::UnicodeSegmentation as _;

use crate::domain::Millis;
use crate::domain::locale::Lang;

/// What belongs to the word before it.
const CLOSING: [&str; 8] = ["，", "。", "；", "：", "、", "）", "”", "？"];
/// What belongs to the word after it.
const OPENING: [&str; 2] = ["（", "“"];
/// A record may be a little younger than now: the exchange counts whole seconds.
const SKEW_MS: i64 = 60_000;

/// The columns that a text takes on the screen, counted letter by letter as the screen does.
pub fn width(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.graphemes(true).map(|g| usize::from(g.cell_width())).sum() }
}

/// What the screen shows as letters. Plain ones are taken apart without the tables of all the others.
fn letters(text: &str) -> impl Iterator<Item = &str> {
    let (plain, other) = if text.is_ascii() { (text, "") } else { ("", text) };
    plain.split_inclusive(|_: char| true).chain(other.graphemes(true))
}

/// At most `room` columns of a text, with `…` where it was cut; a wide character is never halved.
pub fn cut(text: &str, room: usize) -> Cow<'_, str> {
    if width(text) <= room {
        return Cow::Borrowed(text);
    }
    if room == 0 {
        return Cow::Borrowed("");
    }
    let mut used = 0;
    let mut out = String::new();
    for grapheme in letters(text) {
        used += width(grapheme);
        if used >= room {
            break;
        }
        out.push_str(grapheme);
    }
    out.push('…');
    Cow::Owned(out)
}

/// A text in groups of four, so that it can be compared by eye.
pub fn fours(text: &str) -> String {
    let graphemes: Vec<&str> = letters(text).collect();
    graphemes.chunks(4).map(<[&str]>::concat).collect::<Vec<_>>().join(" ")
}

/// The same over as few lines as it takes, about equally long: two letters alone on a line would read as a word.
pub fn fours_in_lines(text: &str, room: usize) -> Vec<String> {
    let whole = fours(text);
    let groups: Vec<&str> = whole.split(' ').collect();
    let in_a_line = (room.saturating_add(1) / 5).max(1);
    let lines = groups.len().div_ceil(in_a_line).max(1);
    let even: Vec<String> = groups.chunks(groups.len().div_ceil(lines).max(1)).map(|line| line.join(" ")).collect();
    // What is wider than letters are, or holds blanks, is broken wherever it must be.
    if even.iter().all(|line| width(line) <= room) && !text.contains(' ') { even } else { wrap(&whole, room) }
}

/// A text over as many lines of `room` columns as it takes; broken at blanks and punctuation, else between wide letters, and within
/// a word only where the line would be left half empty. Nothing is lost but the blanks at breaks.
pub fn wrap(text: &str, room: usize) -> Vec<String> {
    let room = room.max(2);
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut used = 0;
    for grapheme in letters(text) {
        let wide = width(grapheme);
        if used + wide > room {
            let rest = line.split_off(break_before(&line, grapheme, room));
            lines.push(line.trim_end_matches(' ').to_owned());
            used = width(&rest);
            line = rest;
            if grapheme == " " && line.is_empty() {
                continue;
            }
        }
        line.push_str(grapheme);
        used += wide;
    }
    if !line.is_empty() || lines.is_empty() {
        lines.push(line);
    }
    lines
}

/// Where a line ends that has no room for the next letter: after the last clause or word, where that leaves little of the line empty,
/// else between the last letters that may be parted.
fn break_before(line: &str, next: &str, room: usize) -> usize {
    let mut may_part = None;
    let (mut at, mut after) = (line.len(), next);
    for (start, before) in line.grapheme_indices(true).rev() {
        let used = width(&line[..at]);
        if used * 2 < room {
            break;
        }
        let is_free = !CLOSING.contains(&after) && !OPENING.contains(&before);
        // What a colon announces stays beside it.
        let ends_clause = before != "：" && CLOSING.contains(&before);
        if used * 4 >= room * 3 && is_free && (after == " " || before == " " || ends_clause) {
            return at;
        }
        let is_wide = width(before) > 1 || width(after) > 1;
        if may_part.is_none() && is_free && (after == " " || before == " " || is_wide) {
            may_part = Some(at);
        }
        (after, at) = (before, start);
    }
    may_part.unwrap_or(line.len())
}

/// A length of time in its largest unit: `12 s`, `3 min`, `5 h`, `2 d`.
pub fn span(ms: i64, lang: Lang) -> String {
    let units = ["view.span.second", "view.span.minute", "view.span.hour", "view.span.day"];
    span_in(units, ms, lang)
}

/// The same in as few columns as it takes: `12s`, `3m`, `5h`, `2d`.
pub fn short_span(ms: i64, lang: Lang) -> String {
    let units = ["view.span.short_second", "view.span.short_minute", "view.span.short_hour", "view.span.short_day"];
    span_in(units, ms, lang)
}

fn span_in([second, minute, hour, day]: [&'static str; 4], ms: i64, lang: Lang) -> String {
    let seconds = ms.max(0) / 1_000;
    let (key, n) = match seconds {
        0..60 => (second, seconds),
        60..3_600 => (minute, seconds / 60),
        3_600..86_400 => (hour, seconds / 3_600),
        _ => (day, seconds / 86_400),
    };
    lang.fill(key, &[("n", &n.to_string())])
}

/// A moment as seen from now: `12 s ago`, `yesterday`, `3 Nov`, `2025-11-03`. Days are those of UTC. `is_short` keeps it
/// within seven columns.
pub fn relative(time: Millis, now: Millis, lang: Lang, is_short: bool) -> String {
    let age = now.since(time);
    if (-SKEW_MS..1_000).contains(&age) {
        return lang.t(if is_short { "view.time.short_now" } else { "view.time.now" }).to_owned();
    }
    if (0..86_400_000).contains(&age) {
        if is_short {
            return short_span(age, lang);
        }
        return lang.fill("view.time.ago", &[("span", &span(age, lang))]);
    }
    let day = |at: Millis| Timestamp::from_millisecond(at.0).ok().map(|t| t.to_zoned_datetime(TimeZone::UTC).date());
    let (Some(then), Some(today)) = (day(time), day(now)) else {
        return time.0.to_string();
    };
    let pattern = match (is_short, then.year() == today.year()) {
        (false, _) if today.yesterday().is_ok_and(|d| d == then) => {
            return lang.t("view.time.yesterday").to_owned();
        }
        (false, true) => "view.time.day",
        (false, false) => "view.time.date",
        (true, true) => "view.time.short_day",
        (true, false) => "view.time.short_date",
    };
    then.strftime(lang.t(pattern)).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_at_words_and_clauses_and_hold_everything() {
        for (text, room, lines) in [
            ("words are kept whole", 11, &["words are", "kept whole"][..]),
            ("a-word-that-is-longer-than-a-line", 12, &["a-word-that-", "is-longer-th", "an-a-line"]),
            ("请在 Bitunix 应用或网站上完成", 12, &["请在 Bitunix", "应用或网站上", "完成"]),
            ("可选 table、high-contrast、none", 18, &["可选 table、", "high-contrast、", "none"]),
            ("请求已收到，但这还不能证明结果。", 16, &["请求已收到，", "但这还不能证明结", "果。"]),
            ("本程序会保存（按 o 查看）", 14, &["本程序会保存", "（按 o 查看）"]),
        ] {
            assert_eq!(wrap(text, room), lines, "{text}");
        }
        for room in 2..40 {
            let text = "数量远超以往（或占 USDT-M 持有的大部分）时，再次 输入“数量”  abc、定。";
            let lines = wrap(text, room);
            let blank = |text: &str| text.replace(' ', "");
            assert_eq!(blank(&lines.concat()), blank(text), "{room}");
            assert!(room < 4 || lines.iter().all(|line| width(line) <= room), "{room}: {lines:?}");
        }
    }
}
