//! Where to pay in: the list of coins and networks, and the page of one of them with its addresses, memos and QR code.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::widgets::{Clear, Widget as _};

use super::banner;
use crate::domain::locale::Lang;
use crate::domain::text::sanitize;
use crate::domain::text_width::relative;
use crate::domain::{Amount, DepositAddress, MemoRule, Record};
use crate::engine::config::keymap::{Action, Context};
use crate::engine::config::theme::{Role, Theme};
use crate::engine::explain::explain;
use crate::tui::effect::CoinNetwork;
use crate::tui::state::State;
use crate::tui::state::deposit::{Choice, Deposit};
use crate::tui::state::detail::grouped;
use crate::tui::state::layout::Layout;
use crate::tui::state::remote::Remote;
use crate::tui::widgets::qr::Qr;
use crate::tui::widgets::{Cursor, MASK, format, frame, paint};

/// How much of a name is shown, in graphemes.
const NAME: usize = 64;
/// How much of an address or a memo is shown, in graphemes: all of any real one.
const WHOLE: usize = 1_000;
/// The least width of the words beside the code.
const WORDS: u16 = 34;
/// Screen columns of the list for the coin and for the network.
const COIN: u16 = 9;
const NETWORK: u16 = 32;
/// Screen columns for the names of the facts.
const LABEL: usize = 10;

/// Draws the list or the page; answers where the cursor of the search stands.
pub(super) fn draw(app: &State, theme: &Theme, layout: &Layout, buf: &mut Buffer) -> Cursor {
    let deposit = app.deposit()?;
    let body = layout.body();
    if deposit.is_code() && code_alone(app, theme, layout, buf) {
        return None;
    }
    title(app, theme, layout.rule, deposit.shown(), buf);
    match deposit.shown() {
        Some(place) => {
            page(app, theme, layout, place, buf);
            None
        }
        None => Some(list(app, theme, layout, deposit, body, buf)),
    }
}

/// What this page is, on the rule above it.
fn title(app: &State, theme: &Theme, rule: Rect, place: Option<&CoinNetwork>, buf: &mut Buffer) {
    paint::rule(buf, rule, theme.style(Role::Accent));
    if rule.height == 0 {
        return;
    }
    let text = match place {
        Some(place) => format!(" {} {} ", app.lang().t("deposit.title"), place.coin.excerpt(NAME)),
        None => format!(" {} ", app.lang().t("deposit.choose")),
    };
    paint::put(buf, rule.x + 2, rule.y, rule.width.saturating_sub(4), &text, theme.style(Role::Accent));
}

fn list(app: &State, theme: &Theme, layout: &Layout, deposit: &Deposit, body: Rect, buf: &mut Buffer) -> Position {
    let lang = app.lang();
    let choices = app.deposit_choices();
    let at = search(app, theme, deposit, Rect { height: body.height.min(1), ..body }, choices.len(), buf);
    let rows = layout.choices();
    if choices.is_empty() {
        for (line, y) in nothing(app, rows.width.saturating_sub(4).into()).iter().zip(rows.top()..rows.bottom()) {
            paint::put(buf, rows.x + 3, y, rows.width.saturating_sub(4), line, theme.style(Role::Muted));
        }
        return at;
    }
    if rows.y > body.y + 1 {
        let head = [("column.coin", 1), ("column.network", 1 + COIN), ("deposit.terms", 1 + COIN + NETWORK)];
        let y = rows.y - 1;
        buf.set_style(Rect { y, height: 1, ..body }, theme.style(Role::Header));
        for (key, x) in head {
            let room = body.width.saturating_sub(x);
            paint::put(buf, body.x + x, y, room, lang.t(key), theme.style(Role::Header));
        }
    }
    let marked = app.marked_place(&choices);
    let first = deposit.window(marked, rows.height.into());
    for (at, (choice, y)) in choices.iter().skip(first).zip(rows.top()..rows.bottom()).enumerate() {
        row(app, theme, choice, first + at == marked, Rect { y, height: 1, ..rows }, buf);
    }
    at
}

fn row(app: &State, theme: &Theme, choice: &Choice<'_>, is_marked: bool, area: Rect, buf: &mut Buffer) {
    let lang = app.lang();
    let chosen = theme.style(Role::Selected);
    if is_marked {
        buf.set_style(area, chosen);
        paint::put(buf, area.x, area.y, 1, "▌", chosen);
    }
    let style = |role| if is_marked { chosen } else { theme.style(role) };
    let role = if choice.state.is_ok() { Role::Text } else { Role::Muted };
    let at = |x: u16, width: u16, text: &str, role, buf: &mut Buffer| {
        let room = area.width.saturating_sub(x).min(width);
        paint::put(buf, area.x + x, area.y, room, text, style(role));
    };
    at(1, COIN - 1, &choice.coin.name.excerpt(NAME), role, buf);
    let network = if area.width < 60 { area.width.saturating_sub(1 + COIN + 12) } else { NETWORK - 1 };
    at(1 + COIN, network, &choice.network.name.excerpt(NAME), role, buf);
    let terms = 1 + COIN + network + 1;
    match choice.state {
        Ok(()) => {
            let mut parts = Vec::new();
            if let Some(min) = choice.network.deposit_min.filter(|min| !min.is_zero()) {
                parts.push(lang.fill("deposit.from", &[("min", &number(min))]));
            }
            if choice.network.memo == MemoRule::Required {
                parts.push(lang.t("deposit.with_memo").to_owned());
            }
            let last = app.deposit().and_then(|deposit| deposit.last_used(&choice.coin.name, &choice.network.name));
            if let Some(last) = last {
                let last = relative(last, app.exchange_now(), lang, false);
                parts.push(lang.fill("deposit.last_used", &[("last", &last)]));
            }
            at(terms, u16::MAX, &parts.join(" · "), Role::Muted, buf);
        }
        Err(why) => at(terms, u16::MAX, &format!("✗ {}", why.words(app.lang())), Role::Warning, buf),
    }
}

/// Why the list is empty.
fn nothing(app: &State, room: usize) -> Vec<String> {
    let lang = app.lang();
    match (app.coins().value(), app.coins().problem()) {
        (Some(_), _) => format::wrap(lang.t("deposit.no_match"), room),
        (None, Some(problem)) => {
            let said = explain(problem, lang);
            [format::wrap(&said.cause, room), format::wrap(&said.next, room)].concat()
        }
        (None, None) => vec![lang.t("deposit.loading").to_owned()],
    }
}

/// The line of the search. What is typed is foreign text too: it may have been pasted.
fn search(app: &State, theme: &Theme, deposit: &Deposit, area: Rect, found: usize, buf: &mut Buffer) -> Position {
    let input = deposit.search();
    let accent = theme.style(Role::Accent);
    let start = area.x + paint::put(buf, area.x, area.y, area.width, " / ", accent);
    let count = app.lang().fill("deposit.found", &[("n", &found.to_string())]);
    let room = area.right().saturating_sub(start.saturating_add(paint::cols(format::width(&count)) + 2)).max(1);
    let split = input.value().char_indices().nth(input.cursor()).map_or(input.value().len(), |(at, _)| at);
    let (before, after) = input.value().split_at(split);
    let before = sanitize(before);
    let shown = frame::tail(&before, usize::from(room.saturating_sub(1)));
    let x = start + paint::put(buf, start, area.y, room, shown, theme.style(Role::Text));
    let rest = (start + room).saturating_sub(x);
    if input.value().is_empty() {
        paint::put(
            buf,
            x + 1,
            area.y,
            rest.saturating_sub(1),
            app.lang().t("deposit.search"),
            theme.style(Role::Muted),
        );
    } else {
        paint::put(buf, x, area.y, rest, &sanitize(after), theme.style(Role::Text));
    }
    paint::put_right(buf, area.x, area.y, area.width.saturating_sub(1), &count, theme.style(Role::Muted));
    Position::new(x, area.y)
}

/// The code on a screen of its own, where it has room there; below it what it is for. False where it has none.
fn code_alone(app: &State, theme: &Theme, layout: &Layout, buf: &mut Buffer) -> bool {
    let (Some(place), Some(address)) = (app.deposit_place(), app.codable_address()) else { return false };
    let Some(code) = Qr::of(address.address.raw()) else { return false };
    let whole = layout.whole;
    let Some(area) = code.alone(whole) else { return false };
    Clear.render(whole.intersection(buf.area), buf);
    code.draw(area, buf);
    let values = [("coin", place.coin.excerpt(NAME)), ("network", place.network.excerpt(NAME))];
    let values = values.each_ref().map(|(name, value)| (*name, value.as_str()));
    // What the code does not hold is a reason to lose a deposit.
    let (key, role) = match address.memo {
        Some(_) => ("deposit.qr_without_memo", Role::Warning),
        None => ("deposit.only", Role::Warning),
    };
    let below = whole.bottom() - 1;
    let used = paint::put(buf, whole.x, below, whole.width, &app.lang().fill(key, &values), theme.style(role));
    way_back(app, theme, (area, whole), used, buf);
    true
}

/// Names the key that leads back: on the last line, else on a free one above it, else beside the code. What the last line
/// says is never cut for it.
fn way_back(app: &State, theme: &Theme, (code, whole): (Rect, Rect), used: u16, buf: &mut Buffer) {
    let mut bindings = app.keymap().of(Context::Address);
    let chord = bindings.find(|binding| binding.action == Action::Back).and_then(|back| back.chords.first().copied());
    let Some(chord) = chord else { return };
    let text = format!("{} {}", chord.label(), app.lang().t("action.back"));
    let width = paint::cols(format::width(&text));
    let below = whole.bottom() - 1;
    let (y, room) = if used + 2 + width <= whole.width {
        (below, whole.width)
    } else if code.bottom() < below {
        (below - 1, whole.width)
    } else {
        (whole.y, whole.right() - code.right())
    };
    if width <= room {
        paint::put_right(buf, whole.right() - room, y, room, &text, theme.style(Role::Muted));
    }
}

/// One line of the words of the page.
struct Line {
    text: String,
    role: Role,
    /// Which address it belongs to.
    block: usize,
}

fn page(app: &State, theme: &Theme, layout: &Layout, place: &CoinNetwork, buf: &mut Buffer) {
    let body = layout.body();
    let mut words = Rect { x: body.x + 1, width: body.width.saturating_sub(2), ..body };
    let mut beside = None;
    let mut no_code = None;
    if let Some(address) = app.codable_address() {
        match Qr::of(address.address.raw()) {
            Some(code) => {
                let (columns, lines) = code.size();
                if columns + WORDS <= body.width && lines <= body.height {
                    words.width = body.width - columns - 2;
                    beside = Some((code, Rect { x: body.right() - columns, ..body }));
                } else {
                    let beside = (columns + WORDS, lines + (layout.whole.height - body.height));
                    no_code = Some(match code.alone(layout.whole) {
                        Some(_) => app.window_words("deposit.qr_alone", beside),
                        None => app.window_words("deposit.qr_no_room", code.least_window()),
                    });
                }
            }
            None => no_code = Some(app.lang().t("deposit.qr_too_long").to_owned()),
        }
    }
    if let Some((code, area)) = &beside {
        code.draw(*area, buf);
    }
    let lines = lines(app, place, no_code, words.width.into());
    // The end of the marked address's lines is in sight, and its beginning before that.
    let block = app.deposit_block();
    let start = lines.iter().position(|l| l.block == block).unwrap_or(0);
    let end = lines.iter().rposition(|l| l.block == block).map_or(0, |at| at + 1);
    let first = end.saturating_sub(words.height.into()).min(start);
    for (line, y) in lines.iter().skip(first).zip(words.top()..words.bottom()) {
        paint::put(buf, words.x, y, words.width, &line.text, theme.style(line.role));
    }
    let hidden_lines = lines.len().saturating_sub(first + usize::from(words.height));
    if hidden_lines > 0 && words.height > 0 {
        paint::put(buf, words.right(), words.bottom() - 1, 1, "▼", theme.style(Role::Accent));
    }
}

fn lines(app: &State, place: &CoinNetwork, no_code: Option<String>, room: usize) -> Vec<Line> {
    let lang = app.lang();
    let choice = app.deposit_choice();
    let mut lines = Vec::new();
    let mut add = |block: usize, role: Role, texts: Vec<String>| {
        lines.extend(texts.into_iter().map(|text| Line { text, role, block }));
    };
    let values = [("coin", place.coin.excerpt(NAME)), ("network", place.network.excerpt(NAME))];
    let values = values.each_ref().map(|(name, value)| (*name, value.as_str()));
    add(0, Role::Accent, format::wrap(&lang.fill("deposit.over", &values), room));
    let is_open = choice.as_ref().map(|choice| choice.state);
    if let Some(Err(why)) = is_open {
        add(0, Role::Danger, format::wrap(&format!("▲ {}", why.words(app.lang())), room));
    } else if is_open.is_none() && app.coins().value().is_some() {
        add(0, Role::Danger, format::wrap(lang.t("deposit.gone"), room));
    }
    let only = format::wrap(&lang.fill("deposit.only", &values), room);
    let remote = app.deposit_addresses();
    let all = remote.and_then(Remote::value).map_or(&[][..], Vec::as_slice);
    let (marked, count) = app.deposit_cursor();
    // Above the address where there is room for it; on small screens address and memo come first.
    let only = if all.iter().any(|address| !app.is_withheld(address)) { only } else { Vec::new() };
    let (above, below) = if app.page_layout().small { (Vec::new(), only) } else { (only, Vec::new()) };
    add(0, Role::Warning, above);
    for (at, address) in all.iter().enumerate() {
        if at > 0 {
            add(at, Role::Text, vec![String::new()]);
        }
        let name = if count > 1 {
            let numbers = [("n", (at + 1).to_string()), ("all", count.to_string())];
            lang.fill("deposit.address_of", &numbers.each_ref().map(|(name, value)| (*name, value.as_str())))
        } else {
            lang.t("deposit.address").to_owned()
        };
        let is_marked = at == marked && count > 1;
        let mark = if is_marked { "▌" } else { "" };
        add(at, if is_marked { Role::Accent } else { Role::Muted }, vec![format!("{mark}{name}")]);
        if app.is_hidden() {
            add(at, Role::Muted, vec![format!("{MASK}  {}", lang.t("deposit.hidden"))]);
            if address.memo.is_some() {
                add(at, Role::Warning, boxed(lang.t("deposit.memo.head"), &[MASK.to_owned()], room));
            }
            continue;
        }
        if app.is_withheld(address) {
            add(at, Role::Muted, vec![lang.t("deposit.withheld").to_owned()]);
        } else {
            add(at, Role::Text, format::fours_in_lines(&address.address.excerpt(WHOLE), room));
        }
        if app.deposit_fault(&address.address).is_some() {
            add(at, Role::Danger, format::wrap(&format!("▲ {}", lang.t("deposit.strange")), room));
        }
        for (role, texts) in memo(lang, address, choice.as_ref().map(|c| &c.network.memo), room) {
            add(at, role, texts);
        }
    }
    let last = count.saturating_sub(1);
    if let Some(remote) = remote {
        for (role, texts) in state_of(app, remote, room) {
            add(last, role, texts);
        }
    } else {
        add(last, Role::Muted, vec![lang.t("deposit.reading").to_owned()]);
    }
    // What follows is one more step down for who has little room.
    let end = count;
    add(end, Role::Text, vec![String::new()]);
    let fact = |label: &'static str, text: &str| {
        let name = lang.t(label);
        let blank = LABEL.saturating_sub(format::width(name)).max(1);
        let mut wrapped = format::wrap(text, room.saturating_sub(LABEL)).into_iter();
        let first = format!("{name}{}{}", " ".repeat(blank), wrapped.next().unwrap_or_default());
        let rest = wrapped.map(|line| format!("{}{line}", " ".repeat(LABEL)));
        [first].into_iter().chain(rest).collect::<Vec<_>>()
    };
    if let Some(choice) = &choice {
        let coin = choice.coin.full_name.as_ref().unwrap_or(&choice.coin.name);
        add(end, Role::Text, fact("field.coin", &coin.excerpt(NAME)));
        add(end, Role::Text, fact("field.network", &network_words(choice)));
        let minimum = match choice.network.deposit_min {
            Some(min) if !min.is_zero() => {
                lang.fill("deposit.least", &[("min", &number(min)), ("coin", &place.coin.excerpt(NAME))])
            }
            _ => lang.t("deposit.least_none").to_owned(),
        };
        add(end, Role::Text, fact("deposit.least_name", &minimum));
        let credited = choice.network.confirmations.map(|n| confirmations(lang, n));
        let credited = credited.unwrap_or_else(|| lang.t("absent.not_said").to_owned());
        add(end, Role::Text, fact("field.confirmations", &credited));
    }
    add(end, Role::Warning, below);
    for record in app.coming_in(&place.coin) {
        add(end, Role::Text, fact("deposit.coming", &coming_words(app, &record)));
    }
    if let Some(text) = no_code {
        add(end, Role::Muted, format::wrap(&text, room));
    } else if all.get(marked).is_some_and(|a| a.memo.is_some()) && !app.is_hidden() {
        add(end, Role::Warning, format::wrap(lang.t("deposit.qr_without_memo"), room));
    }
    lines
}

/// After how many confirmations a deposit is credited.
fn confirmations(lang: Lang, needed: u32) -> String {
    match needed {
        1 => lang.t("network.confirmation").to_owned(),
        n => lang.fill("network.confirmations", &[("n", &n.to_string())]),
    }
}

/// What is coming in: how much, over which network, since when, and after how many confirmations it is credited. How many it
/// has the exchange does not say (`reference.md §4.9`).
fn coming_words(app: &State, record: &Record) -> String {
    let lang = app.lang();
    let status = lang.find(&format!("status.{}", record.status.word())).unwrap_or_default();
    let mut parts =
        vec![format!("{} {}", app.shown_amount(record.amount), record.coin.excerpt(NAME)), status.to_owned()];
    parts.extend(record.network.iter().map(|network| network.excerpt(NAME)));
    parts.extend(record.time.map(|time| relative(time, app.exchange_now(), lang, false)));
    let needed = app.network_of(record).and_then(|network| network.confirmations);
    parts.extend(needed.map(|n| confirmations(lang, n)));
    parts.retain(|part| !part.is_empty());
    parts.join(" · ")
}

/// The network's name, its chain where that says more, and the end of the token's contract.
fn network_words(choice: &Choice<'_>) -> String {
    let mut text = choice.network.name.excerpt(NAME);
    if let Some(contract) = &choice.network.contract {
        text = format!("{text} · {}", format::ends(&contract.excerpt(WHOLE), 9));
    }
    text
}

/// How the reading of the addresses goes: their age, why there is nothing newer, and what happens next.
fn state_of(app: &State, remote: &Remote<Vec<DepositAddress>>, room: usize) -> Vec<(Role, Vec<String>)> {
    let lang = app.lang();
    let mut said = Vec::new();
    match (remote.value(), remote.at()) {
        (Some(all), _) if all.is_empty() => said.push((Role::Warning, format::wrap(lang.t("deposit.none"), room))),
        (Some(_), Some(at)) => {
            let age = format::span(app.now().since(at).max(0), lang);
            said.push((Role::Muted, vec![lang.fill("deposit.read", &[("span", &age)])]));
        }
        _ if remote.problem().is_none() => said.push((Role::Muted, vec![lang.t("deposit.reading").to_owned()])),
        _ => {}
    }
    if let Some((problem, retry_at)) = app.deposit_trouble() {
        let words = explain(problem, lang);
        said.push((Role::Warning, format::wrap(&format!("○ {}", words.cause), room)));
        said.push((Role::Warning, format::wrap(&words.next, room)));
        let next = match retry_at {
            _ if remote.is_under_way() => lang.t("view.banner.asking").to_owned(),
            Some(at) => banner::retry(app, at),
            None => lang.t("view.banner.ask_again").to_owned(),
        };
        said.push((Role::Muted, vec![next]));
    }
    said
}

/// The memo in a box of its own, or the words that there is none.
fn memo(lang: Lang, address: &DepositAddress, rule: Option<&MemoRule>, room: usize) -> Vec<(Role, Vec<String>)> {
    let plain = |key| (Role::Muted, format::wrap(lang.t(key), room));
    match (&address.memo, rule) {
        (Some(memo), rule) => {
            let key = if rule == Some(&MemoRule::Required) { "deposit.memo.required" } else { "deposit.memo.given" };
            let inner = room.saturating_sub(4);
            let mut texts = format::wrap(&memo.excerpt(WHOLE), inner);
            texts.extend(format::wrap(lang.t(key), inner));
            vec![(Role::Warning, boxed(lang.t("deposit.memo.head"), &texts, room))]
        }
        (None, Some(MemoRule::Required)) => {
            let texts = format::wrap(lang.t("deposit.memo.missing"), room.saturating_sub(4));
            vec![(Role::Danger, boxed(lang.t("deposit.memo.head"), &texts, room))]
        }
        (None, Some(MemoRule::None)) => vec![plain("deposit.memo.none")],
        (None, Some(MemoRule::Optional)) => vec![plain("deposit.memo.not_given")],
        (None, Some(MemoRule::Unknown) | None) => {
            vec![(Role::Warning, format::wrap(lang.t("deposit.memo.unknown"), room))]
        }
    }
}

/// Lines with a frame around them.
fn boxed(head: &str, texts: &[String], room: usize) -> Vec<String> {
    let inner = room.saturating_sub(4);
    let head = format::cut(head, inner);
    let line = "─".repeat((room.saturating_sub(5)).saturating_sub(format::width(&head)));
    let mut lines = vec![format!("┌─ {head} {line}┐")];
    for text in texts {
        let blank = " ".repeat(inner.saturating_sub(format::width(text)));
        lines.push(format!("│ {text}{blank} │"));
    }
    lines.push(format!("└{}┘", "─".repeat(room.saturating_sub(2))));
    lines
}

fn number(amount: Amount) -> String {
    grouped(amount.trimmed())
}
