//! The request in words, as it would be sent: the whole address, network and memo, gross, fee and net, what is left.

use unicode_width::UnicodeWidthStr as _;

use super::desk::Desk;
use super::facts::Known;
use crate::domain::book::groups_of_four;
use crate::domain::fees::{self, Estimate};
use crate::domain::rules::FieldNote;
use crate::domain::{
    Amount, Direction, MemoRule, Millis, MoveRequest, Network, Receiver, Record, Request, Status, Text,
    TransferRequest, WithdrawRequest,
};
use crate::locale::Lang;
use crate::run::Mode;

/// Characters of a contract's end that are shown.
const CONTRACT_TAIL: usize = 8;

/// A label's key, and the text beside it; an empty key goes on below the line before.
type Line = (&'static str, String);

/// A request before it is sent.
pub fn of(desk: &mut Desk<'_>, request: &Request, known: &Known, notes: &[FieldNote]) {
    match request {
        Request::Withdraw(w) => withdraw(desk, w, known, notes),
        Request::Transfer(t) => transfer(desk, t, known, notes),
        Request::Move(m) => move_funds(desk, m, known, notes),
        Request::CancelWithdrawal(_) | Request::CancelTransfer(_) => {}
    }
}

/// A withdrawal before it is sent.
pub fn withdraw(desk: &mut Desk<'_>, request: &WithdrawRequest, known: &Known, notes: &[FieldNote]) {
    let (lang, coin) = (desk.lang, request.coin.shown().into_owned());
    let network = network(known, request);
    let mut lines = vec![("cli.order.review.send", format!("{} {coin}", request.gross.trimmed()))];
    fee(&mut lines, request, known, &coin, lang);
    lines.push(("cli.order.review.network", format!("{}, {}", request.network, contract(network, lang))));
    lines.push(("cli.order.review.to", groups_of_four(&request.address.shown()).join(" ")));
    lines.push(("", known.snapshot.book.knowledge(request).words(lang, desk.exchange_now())));
    let memo = match (&request.memo, network.map(|n| &n.memo)) {
        (Some(memo), _) => memo.shown().into_owned(),
        (None, Some(MemoRule::None)) => lang.t("cli.order.review.memo_never").to_owned(),
        (None, _) => lang.t("cli.order.review.memo_none").to_owned(),
    };
    lines.push(("cli.order.review.memo", memo));
    lines.extend(balance(known, &request.coin, request.gross, Amount::checked_sub, lang));
    lines.extend(notes.iter().map(|note| ("cli.order.review.note", note.note.words(lang))));
    show(desk, "cli.order.review.withdraw", &lines);
}

/// The network as the exchange lists it.
fn network<'a>(known: &'a Known, request: &WithdrawRequest) -> Option<&'a Network> {
    let coin = known.snapshot.coins.as_ref()?.0.iter().find(|c| c.name == request.coin)?;
    coin.networks.iter().find(|n| n.name == request.network)
}

fn contract(network: Option<&Network>, lang: Lang) -> String {
    let Some(contract) = network.and_then(|n| n.contract.as_ref()).filter(|c| !c.is_empty()) else {
        return lang.t("cli.order.review.native").to_owned();
    };
    let shown: Vec<char> = contract.shown().chars().collect();
    let tail: String = shown.iter().skip(shown.len().saturating_sub(CONTRACT_TAIL)).collect();
    lang.fill("cli.order.review.contract", &[("tail", &tail)])
}

fn fee(lines: &mut Vec<Line>, request: &WithdrawRequest, known: &Known, coin: &str, lang: Lang) {
    let learnt = fees::learn_all(&known.records, &request.coin, &request.network);
    match fees::estimate(request.gross, learnt) {
        Estimate::Unknown => {
            lines.push(("cli.order.review.fee", lang.t("rule.fee.unknown").to_owned()));
            lines.push(("cli.order.review.net", lang.t("cli.order.review.net_unknown").to_owned()));
        }
        Estimate::AsLast { learnt, net, warning } => {
            let (fee, samples) = (learnt.last.trimmed().to_string(), learnt.samples.to_string());
            let date = learnt.at.map_or_else(|| "?".to_owned(), date);
            let values = [("fee", fee.as_str()), ("coin", coin), ("date", &date), ("samples", &samples)];
            lines.push(("cli.order.review.fee", lang.fill("rule.fee.as_last", &values)));
            let net = net.map(|net| format!("≈ {} {coin}", net.trimmed()));
            let unknown = || lang.t("cli.order.review.net_unknown").to_owned();
            lines.push(("cli.order.review.net", net.unwrap_or_else(unknown)));
            lines.extend(warning.map(|warning| ("cli.order.review.note", lang.t(warning.key()).to_owned())));
        }
    }
}

/// A transfer before it is sent.
pub fn transfer(desk: &mut Desk<'_>, request: &TransferRequest, known: &Known, notes: &[FieldNote]) {
    let lang = desk.lang;
    let mut lines = vec![("cli.order.review.send", format!("{} {}", request.amount.trimmed(), request.coin))];
    lines.push(("cli.order.review.to", receiver(&request.to, lang)));
    let paid = known.records.iter().filter(|r| r.status == Status::Success && r.receiver.as_ref() == Some(&request.to));
    let (count, last) = (paid.clone().count(), paid.filter_map(|r| r.time).max());
    let acquaintance = if count == 0 {
        lang.t("cli.order.review.new_receiver").to_owned()
    } else {
        let (count, date) = (count.to_string(), last.map_or_else(|| "?".to_owned(), date));
        lang.fill("cli.order.review.known", &[("count", &count), ("date", &date)])
    };
    lines.push(("", acquaintance));
    lines.push(("cli.order.review.fee", lang.t("form.fee_transfer").to_owned()));
    let remark = request.remark.as_ref().map_or_else(|| "–".to_owned(), Text::to_string);
    lines.push(("cli.order.review.remark", remark));
    lines.push(("cli.order.review.own_id", request.out_biz_id.to_string()));
    lines.extend(balance(known, &request.coin, request.amount, Amount::checked_sub, lang));
    lines.extend(notes.iter().map(|note| ("cli.order.review.note", note.note.words(lang))));
    show(desk, "cli.order.review.transfer", &lines);
}

fn receiver(to: &Receiver, lang: Lang) -> String {
    match to {
        Receiver::Uid(uid) => lang.fill("cli.order.review.uid", &[("name", &uid.shown())]),
        Receiver::Phone { country_code, number } => {
            let name = format!("{country_code} {number}");
            lang.fill("cli.order.review.phone", &[("name", &name)])
        }
        Receiver::Email(email) => lang.fill("cli.order.review.email", &[("name", &email.shown())]),
    }
}

/// A move before it is sent.
pub fn move_funds(desk: &mut Desk<'_>, request: &MoveRequest, known: &Known, notes: &[FieldNote]) {
    let lang = desk.lang;
    let (way, after): (_, fn(Amount, Amount) -> Option<Amount>) = match request.direction {
        Direction::SpotToFutures => ("cli.order.review.spot_to_futures", Amount::checked_sub),
        Direction::FuturesToSpot => ("cli.order.review.futures_to_spot", Amount::checked_add),
    };
    let mut lines = vec![
        ("cli.order.review.move_amount", format!("{} {}", request.amount.trimmed(), request.coin)),
        ("cli.order.review.way", lang.t(way).to_owned()),
    ];
    lines.extend(balance(known, &request.coin, request.amount, after, lang));
    lines.extend(notes.iter().map(|note| ("cli.order.review.note", note.note.words(lang))));
    show(desk, "cli.order.review.move", &lines);
}

/// The record that is to be taken back.
pub fn cancel(desk: &mut Desk<'_>, record: &Record) {
    let lang = desk.lang;
    let maybe = |value: Option<String>| value.unwrap_or_else(|| "?".to_owned());
    let amount = maybe(record.amount.map(|amount| amount.trimmed().to_string()));
    let kind = lang.find(&format!("kind.{}", record.key.kind.word())).unwrap_or_default();
    let status = lang.find(&format!("status.{}", record.status.word()));
    let mut lines = vec![
        ("cli.order.review.record", format!("{kind} {}", record.key.id)),
        ("cli.order.review.net", format!("{amount} {}", record.coin)),
    ];
    lines.extend(record.network.as_ref().map(|network| ("cli.order.review.network", network.to_string())));
    let to = match &record.receiver {
        Some(to) => receiver(to, lang),
        None => maybe(record.address.as_ref().map(|address| groups_of_four(&address.shown()).join(" "))),
    };
    lines.push(("cli.order.review.to", to));
    lines.push(("cli.order.review.ordered", maybe(record.time.map(Millis::exact))));
    let status = status.map_or_else(|| Text::from(record.status.word()).to_string(), str::to_owned);
    lines.push(("cli.order.review.status", status));
    show(desk, "cli.order.review.cancel", &lines);
}

fn balance(
    known: &Known,
    coin: &Text,
    amount: Amount,
    after: fn(Amount, Amount) -> Option<Amount>,
    lang: Lang,
) -> Option<Line> {
    let before = known.snapshot.available(coin)?;
    let after = after(before, amount)?;
    let seconds = known.age_ms().div_euclid(1_000).max(0).to_string();
    let (before, after) = (before.trimmed().to_string(), after.trimmed().to_string());
    let coin = coin.shown();
    let values = [("before", before.as_str()), ("after", &after), ("coin", &coin), ("seconds", &seconds)];
    Some(("cli.order.review.balance", lang.fill("cli.order.review.balance_text", &values)))
}

/// `2026-11-03`.
fn date(at: Millis) -> String {
    at.exact().chars().take("2026-11-03".len()).collect()
}

fn show(desk: &mut Desk<'_>, title: &'static str, lines: &[Line]) {
    let lang = desk.lang;
    let place = match desk.mode {
        Mode::Demo => lang.t("cli.order.review.demo").to_owned(),
        Mode::Live => lang.fill("cli.order.review.live", &[("host", desk.client.base().host())]),
    };
    desk.say(&format!("{} · {place}", lang.t(title)));
    let label = |key: &'static str| if key.is_empty() { "" } else { lang.t(key) };
    let width = lines.iter().map(|(key, _)| label(key).width()).max().unwrap_or(0);
    for (key, text) in lines {
        let label = label(key);
        desk.say(&format!("  {label}{}  {text}", " ".repeat(width.saturating_sub(label.width()))));
    }
}

/// Two addresses that could be taken for each other, one below the other, with marks where they differ.
pub fn look_alike(desk: &mut Desk<'_>, typed: &Text, known: &Text, differs: &[usize]) {
    let marks: String =
        (0..typed.raw().chars().count()).map(|at| if differs.contains(&at) { '^' } else { ' ' }).collect();
    for text in [known.shown().as_ref(), typed.shown().as_ref(), &marks] {
        let line = groups_of_four(text).join(" ");
        desk.say(format!("  {line}").trim_end());
    }
}
