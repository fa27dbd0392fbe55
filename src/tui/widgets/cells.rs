//! What stands in a cell of a table: text made for the width of its column, and its role.

use rust_decimal::Decimal;

use super::columns::ColumnPlacement;
use super::{MASK, format};
use crate::domain::columns::Column;
use crate::domain::locale::Lang;
use crate::domain::{Amount, Balance, Kind, Record, Status, UntrustedText, value};
use crate::engine::config::theme::Role;
use crate::tui::state::State;
use crate::tui::state::detail::{grouped, value_text};
use crate::tui::state::summary::Total;
use crate::tui::state::widths::FEE_COIN;

/// Not known, although it exists.
const UNKNOWN: &str = "?";
/// Not asked for yet, or not applicable.
const NOTHING: &str = "–";

/// Columns of an address of which only both ends are shown.
const SHORT: usize = 9;

/// Chains that have a standard of their own, whose name stands for theirs where that has no room.
const STANDARDS: [(&str, &str); 3] = [("Tron", "TRC-20"), ("Ethereum", "ERC-20"), ("BNB Smart Chain", "BEP-20")];

/// A sender who looks like somebody known but is not.
pub(in crate::tui) const ALIKE: &str = "≠";

/// A record that the user wrote a note on.
pub(in crate::tui) const NOTED: &str = "*";

/// A text made for its column.
pub(in crate::tui) struct Cell {
    /// Already aligned.
    pub text: String,
    /// What it means.
    pub role: Role,
}

impl Cell {
    fn new(text: impl Into<String>, role: Role) -> Self {
        Self { text: text.into(), role }
    }
}

/// A cell of a balance. `at` is its position in the data, `total` the worth of everything.
pub(in crate::tui) fn balance(app: &State, place: ColumnPlacement, at: u32, balance: &Balance, total: &Total) -> Cell {
    let width = usize::from(place.width);
    let is_empty = balance.total().is_some_and(Amount::is_zero);
    let role = if is_empty { Role::Muted } else { Role::Text };
    let amount = |number: Option<Amount>| {
        let role = if number.is_some_and(Amount::is_zero) { Role::Muted } else { role };
        Cell::new(number_text(app, number, place, UNKNOWN), role)
    };
    let worth = app.value_at(at);
    match place.column {
        Column::Coin => Cell::new(name(&balance.coin, width), role),
        Column::Available => amount(balance.available),
        Column::InUse => amount(balance.in_use),
        Column::Total => amount(balance.total()),
        Column::Price => Cell::new(price(app, &balance.coin, place), Role::Muted),
        Column::Value => Cell::new(worth_text(app, &balance.coin, worth, width), role),
        // Money is brighter than its parts.
        Column::Share => Cell::new(share(app, &balance.coin, worth, total, width), Role::Muted),
        _ => Cell::new("", Role::Text),
    }
}

/// A cell of a record.
pub(in crate::tui) fn record(app: &State, place: ColumnPlacement, record: &Record) -> Cell {
    let width = usize::from(place.width);
    let hides = app.is_hidden();
    // What did not happen steps back.
    let role = if matches!(record.status, Status::Fail | Status::Cancelled) { Role::Muted } else { Role::Text };
    let amount = |number, absent| Cell::new(number_text(app, number, place, absent), role);
    let private = |text: Option<&UntrustedText>, shorten: fn(&UntrustedText, usize) -> String, absent: &str| match text
    {
        Some(_) if hides => Cell::new(MASK, Role::Muted),
        Some(text) => Cell::new(shorten(text, width), role),
        None => Cell::new(absent, Role::Muted),
    };
    match place.column {
        Column::Time => {
            let text = record.time.map(|t| format::relative(t, app.exchange_now(), app.lang(), width < 10));
            Cell::new(text.as_deref().unwrap_or(UNKNOWN), Role::Muted)
        }
        Column::Coin => Cell::new(name(&record.coin, width), role),
        Column::Network => match &record.network {
            Some(network) => Cell::new(network_name(network, width), role),
            None => Cell::new(UNKNOWN, Role::Muted),
        },
        Column::Amount | Column::Net => amount(record.amount, UNKNOWN),
        Column::Gross => {
            let charge = app.charge(record);
            let cell = amount(charge.gross, UNKNOWN);
            Cell { text: reckoned(cell.text, charge.is_reckoned && !hides, width), ..cell }
        }
        Column::Fee => {
            let charge = app.charge(record);
            // A fee in another coin says which.
            if let Some(fee) = charge.fee.filter(|_| *record.coin_of_fee() != record.coin && !hides) {
                let coin = record.coin_of_fee().excerpt(FEE_COIN.into());
                let room = width.saturating_sub(format::width(&coin) + 1);
                let number = format::amount(fee, room, 0);
                return Cell::new(format::right(&format!("{} {coin}", number.trim()), width), role);
            }
            let cell = amount(
                charge.fee,
                if record.key.kind.is_outgoing() && !record.key.kind.is_move() { UNKNOWN } else { NOTHING },
            );
            Cell { text: reckoned(cell.text, charge.is_reckoned && !hides, width), ..cell }
        }
        // Two signs: what is doubted is seen without colours too.
        Column::Status if app.conflict(&record.key).is_some() || record.also_address.is_some() => {
            let text = format!("!{}", status(&record.status, app.lang(), width.saturating_sub(1)));
            Cell::new(text, Role::Warning)
        }
        Column::Status => Cell::new(status(&record.status, app.lang(), width), status_role(&record.status)),
        // A sign before the letters: what looks like a known address is seen without colours too.
        Column::From | Column::User if !hides && width > 4 && app.sender_alike(record).is_some() => {
            let shorten = if place.column == Column::From { ends } else { name };
            let from = record.from_address.as_ref().map(|from| shorten(from, width - 1)).unwrap_or_default();
            Cell::new(format!("{ALIKE}{from}"), Role::Warning)
        }
        Column::From => private(record.from_address.as_ref(), ends, UNKNOWN),
        Column::To => {
            let cell = private(record.counterparty().as_ref(), ends, UNKNOWN);
            match app.book().label_of(record).filter(|_| !hides) {
                Some(label) => {
                    let label = label.excerpt(width);
                    // The whole address where there is room for it beside its label.
                    let room = width.saturating_sub(format::width(&label) + 3).max(SHORT);
                    let to = record.counterparty().map(|to| ends(&to, room)).unwrap_or_default();
                    let to = if format::width(&to) > room { String::new() } else { to };
                    Cell { text: format::cut(&format!("{to} “{label}”"), width).into_owned(), ..cell }
                }
                None => cell,
            }
        }
        Column::User if record.key.kind.is_move() => {
            // As everywhere the other side: whom it went to or came from.
            Cell::new(format::cut(app.lang().t("form.futures"), width), role)
        }
        Column::User => private(record.counterparty().as_ref(), name, UNKNOWN),
        Column::TxId => private(record.txid.as_ref(), ends, NOTHING),
        Column::Remark => private(record.remark.as_ref(), name, ""),
        Column::Note => private(app.note(&record.key), name, ""),
        Column::Direction => direction(record, app.lang(), width),
        Column::Available | Column::InUse | Column::Total | Column::Price | Column::Value | Column::Share => {
            Cell::new("", Role::Text)
        }
    }
}

/// A number that the exchange does not say, marked as such: before its first digit, or in its first column where it fills
/// all of them.
fn reckoned(text: String, is_reckoned: bool, width: usize) -> String {
    if !is_reckoned {
        return text;
    }
    let number = text.trim_start();
    let blanks = text.len() - number.len();
    if blanks > 0 {
        return format!("{}≈{number}", " ".repeat(blanks - 1));
    }
    format!("≈{}", format::cut(number, width.saturating_sub(1)))
}

/// Where the point of a column of amounts stands.
pub(in crate::tui) fn point(place: ColumnPlacement) -> usize {
    let width = usize::from(place.width);
    if place.column == Column::Fee { format::fee_point(width) } else { format::point(width) }
}

/// How far a record got: a symbol and a word, as much of the word as fits; the symbol alone where a cut word would say
/// nothing.
pub(in crate::tui) fn status(status: &Status, lang: Lang, width: usize) -> String {
    let (symbol, word) = status_words(status, lang, width);
    if width < 5 {
        return symbol.to_owned();
    }
    format::cut(&format!("{symbol} {word}"), width).trim_end().to_owned()
}

/// The symbol and the word of a status; a word that is not in the document is shown as it came, up to `limit` letters.
pub(in crate::tui) fn status_words(status: &Status, lang: Lang, limit: usize) -> (&'static str, String) {
    let (symbol, key) = match status {
        Status::Verification => ("▲", "status.verification"),
        Status::Pending => ("◌", "status.pending"),
        Status::Success => ("✓", "status.success"),
        Status::Fail => ("✗", "status.fail"),
        Status::Cancelled => ("–", "status.cancelled"),
        Status::Other(raw) => {
            // Of a move the ledger says how likely it is.
            let known = lang.find(&format!("outcome.label.{}", raw.raw())).map(str::to_owned);
            return (UNKNOWN, known.unwrap_or_else(|| raw.excerpt(limit)));
        }
    };
    (symbol, lang.t(key).to_owned())
}

/// The role of a status.
pub(in crate::tui) const fn status_role(status: &Status) -> Role {
    match status {
        Status::Verification | Status::Other(_) => Role::Warning,
        Status::Pending => Role::Accent,
        Status::Success => Role::Gain,
        Status::Fail => Role::Danger,
        Status::Cancelled => Role::Muted,
    }
}

/// What kind of record it is, in a list of all kinds; a word that is not in the document as it came, up to `limit` letters.
pub(in crate::tui) fn kind_word(record: &Record, lang: Lang, limit: usize) -> String {
    let word = record.key.kind.word();
    let known = lang.find(&format!("pending.kind.{word}"));
    known.map_or_else(|| UntrustedText::from(word).excerpt(limit), str::to_owned)
}

fn direction(record: &Record, lang: Lang, width: usize) -> Cell {
    let (key, arrow, role) = match &record.key.kind {
        // Neither richer nor poorer.
        Kind::MoveToFutures => ("view.direction.own", "→", Role::Muted),
        Kind::MoveToSpot => ("view.direction.own", "←", Role::Muted),
        kind if kind.is_outgoing() => ("view.direction.out", "→", Role::Text),
        _ => ("view.direction.in", "←", Role::Gain),
    };
    if width < 5 { Cell::new(arrow, role) } else { Cell::new(format!("{} {arrow}", lang.t(key)), role) }
}

/// A network's name; of the standard's own chain the standard, where the name has no room.
pub(in crate::tui) fn network_name(network: &UntrustedText, width: usize) -> String {
    let whole = network.excerpt(60);
    if format::width(&whole) > width {
        for (chain, standard) in STANDARDS {
            if network.raw() == format!("{chain} ({standard})") && standard.len() <= width {
                return standard.to_owned();
            }
        }
    }
    name(network, width)
}

fn name(text: &UntrustedText, width: usize) -> String {
    format::cut(&text.excerpt(width), width).into_owned()
}

/// The first and last four letters; of what is longer than any address or hash only the beginning.
fn ends(text: &UntrustedText, width: usize) -> String {
    let longest = 300;
    if text.raw().len() > longest { name(text, width) } else { format::ends(&text.shown(), width) }
}

/// What stands where digits would end in front of the point.
fn at_point(text: &str, point: usize) -> String {
    format::right(text, point.max(1))
}

fn number_text(app: &State, number: Option<Amount>, place: ColumnPlacement, absent: &str) -> String {
    match number {
        _ if app.is_hidden() => format::right(MASK, point(place).max(4)),
        Some(number) => format::amount(number, place.width.into(), point(place)),
        None => at_point(absent, point(place)),
    }
}

/// Why there is no value or price: the price is on its way, or something is not known.
fn missing(app: &State, coin: &UntrustedText) -> &'static str {
    if app.price_of(coin).is_some() || app.is_price_unknown(coin) { UNKNOWN } else { NOTHING }
}

fn price(app: &State, coin: &UntrustedText, place: ColumnPlacement) -> String {
    let number = app.price_of(coin).map(|p| Amount::from_decimal(value::rounded_price(p)));
    match number {
        Some(number) => {
            // Prices keep their two decimals even where they are zeros.
            let text = grouped(number);
            let point = point(place);
            match text.split_once('.') {
                Some((whole, fraction)) if fraction.len() == 2 && whole.len() <= point => {
                    format!("{}{text}", " ".repeat(point - whole.len()))
                }
                _ => format::amount(number, place.width.into(), point),
            }
        }
        None => at_point(missing(app, coin), point(place)),
    }
}

fn worth_text(app: &State, coin: &UntrustedText, worth: Option<Decimal>, width: usize) -> String {
    match worth {
        _ if app.is_hidden() => format::right(MASK, width),
        Some(worth) => format::value(&value_text(worth, app.unit()), width),
        None => format::right(missing(app, coin), width),
    }
}

fn share(app: &State, coin: &UntrustedText, worth: Option<Decimal>, total: &Total, width: usize) -> String {
    let per_cent = |text: &str| format::right(&format!("{text} %"), 6);
    if app.is_hidden() {
        return format::right(MASK, width);
    }
    let Some(thousandths) = app.share(worth, total) else {
        return format::right(if worth.is_none() { missing(app, coin) } else { NOTHING }, width);
    };
    let is_some = worth.is_some_and(|w| !w.is_zero());
    let text = if thousandths < 10 && is_some {
        per_cent("<1")
    } else {
        per_cent(&((u32::from(thousandths) + 5) / 10).to_string())
    };
    let bar = width.saturating_sub(7);
    if bar == 0 {
        return format::right(&text, width);
    }
    format!("{}{}", format::bar(thousandths.max(u16::from(is_some)), bar), format::right(&text, width - bar))
}
