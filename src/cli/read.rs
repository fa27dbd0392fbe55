//! The reading commands: ask the exchange, leave out what was not asked for, print. They never move money.

use std::cmp::Reverse;
use std::io::Write;

use super::connect::NeedsKey;
use super::failure::{BAD_INPUT, End, Failure, INCOMPLETE, NETWORK};
use super::filters::{CommonArgs, DepositArgs, TransferArgs, TransferType, WithdrawalArgs};
use super::rows::account::SideBalance;
use super::{AccountSide, BalancesArgs, Command};
use crate::domain::address_book::{AddressBook, Label};
use crate::domain::deposit::{DepositFault, deposit_fault, listed_network};
use crate::domain::likely::likely;
use crate::domain::locale::Lang;
use crate::domain::move_record::coins_of;
use crate::domain::record::{SAME_ID, VANISHED};
use crate::domain::rules::Fault;
use crate::domain::text::sanitize;
use crate::domain::{
    Cause, Coin, DepositAddress, Kind, LeftOut, MemoRule, Millis, MoveRecord, OutgoingFilter, Partial, Problem, Record,
    Refusal, UntrustedText,
};
use crate::engine::explain::{Explanation, exit_code, explain, left_out_words};
use crate::engine::export::records::ListedRecord;
use crate::engine::futures;
use crate::engine::ledger::Ledger;
use crate::engine::output::{Format, Listed, print};
use crate::exchange::Client;
use crate::tui::state::deposit::{DepositBlocker, deposit_state};

/// Where a reading command writes, and in which language.
pub struct Streams<'a> {
    /// Standard output: data.
    pub out: &'a mut dyn Write,
    /// Standard error: notes.
    pub err: &'a mut dyn Write,
    /// Language of notes and headings.
    pub lang: Lang,
    /// What the profile's ledger knows, where there is one that can be read.
    pub ledger: Option<Ledger>,
    /// Names that the user gave to addresses.
    pub labels: &'a [Label],
    /// Coins that the futures side is asked about besides those that are found there by themselves.
    pub futures_coins: &'a [UntrustedText],
}

impl Streams<'_> {
    /// The moves that the ledger holds.
    fn moves(&self) -> Vec<MoveRecord> {
        self.ledger.as_ref().and_then(|ledger| ledger.moves(u32::MAX).ok()).unwrap_or_default()
    }

    fn print<T: Listed>(&mut self, items: &[T], format: Format, nothing: &'static str) -> Result<(), End> {
        print(items, format, self.lang, self.out)?;
        if items.is_empty() {
            self.note(self.lang.t(nothing));
        }
        Ok(())
    }

    /// Names records that the exchange listed before and does not list any more, where this page would have them.
    fn vanished(&mut self, page: &Page) {
        let doubted = self.ledger.as_ref().and_then(|ledger| ledger.doubted().ok()).unwrap_or_default();
        let is_listed = |record: &Record| page.rows.iter().any(|row| row.key == record.key);
        let is_of_page = |record: &Record| {
            page.covers.as_ref().is_some_and(|(kinds, coin)| {
                kinds.contains(&record.key.kind)
                    && coin.as_ref().is_none_or(|coin| *coin == record.coin)
                    && (!page.full || page.oldest < record.time)
            })
        };
        let gone =
            doubted.iter().filter(|(record, why)| why.raw() == VANISHED && is_of_page(record) && !is_listed(record));
        let ids: Vec<_> = gone.map(|(record, _)| record.key.id.excerpt(48)).collect();
        if !ids.is_empty() {
            let text = self.lang.fill(
                "cli.vanished",
                &[("count", &ids.len().to_string()), ("ids", &ids.join(self.lang.t("list.join")))],
            );
            self.note(&sanitize(&text));
        }
    }

    /// Names each row that could not be read; the exit code says that it is not all.
    fn left_out(&mut self, list: &'static str, rows: &[LeftOut]) -> Result<(), End> {
        for row in rows {
            let text = left_out_words(self.lang.t(list), 1, row, self.lang);
            self.note(&sanitize(&text));
        }
        if rows.is_empty() { Ok(()) } else { Err(End::Said(INCOMPLETE)) }
    }

    /// A note is a courtesy: the data is already out.
    pub fn note(&mut self, text: &str) {
        let _ = writeln!(self.err, "{text}");
    }

    fn problem(&self) -> impl Fn(Problem) -> End + use<> {
        let lang = self.lang;
        move |problem| End::Failure(Failure::of_read(&problem, lang))
    }
}

/// Whether the command asks about an account.
pub const fn needs_key(command: &Command) -> NeedsKey {
    match command {
        Command::Tokens { .. } | Command::Rates(_) | Command::Simulate(_) => NeedsKey::No,
        _ => NeedsKey::Yes,
    }
}

/// Says at once what the exchange need not be asked for.
///
/// # Errors
/// A [`Failure`] for filters that contradict each other.
pub fn check(command: &Command, lang: Lang) -> Result<(), Failure> {
    let common = match command {
        Command::Deposits(args) => Some(&args.common),
        Command::Withdrawals(args) => Some(&args.common),
        Command::Transfers(args) => Some(&args.common),
        _ => None,
    };
    if let Some(CommonArgs { start_time: Some(start), end_time: Some(end), .. }) = common
        && start > end
    {
        let values = [("start", &*start.exact()), ("end", &*end.exact())];
        return Err(Failure::new(lang, BAD_INPUT, "cli.filter.reversed", "cli.filter.reversed_next", &values));
    }
    if let Command::Transfers(args) = command
        && args.kind == TransferType::InsideTransferIn
        && args.asks_for_the_sender()
    {
        return Err(Failure::new(lang, BAD_INPUT, "cli.filter.sender", "cli.filter.sender_next", &[]));
    }
    Ok(())
}

/// Runs a reading command.
///
/// # Errors
/// An [`End`] when the exchange does not answer as asked, or the output cannot be written.
pub async fn run(command: &Command, client: &Client, streams: &mut Streams<'_>) -> Result<(), End> {
    let failed = streams.problem();
    match command {
        Command::Balances(args) => balances(args, client, streams).await,
        Command::Deposits(args) => deposits(args, client, streams).await,
        Command::Withdrawals(args) => withdrawals(args, client, streams).await,
        Command::Transfers(args) => transfers(args, client, streams).await,
        Command::Address { coin, network, output } => {
            let (coin, network) = (UntrustedText::from(coin.as_str()), UntrustedText::from(network.as_str()));
            let addresses = deposit_addresses(&coin, &network, client, streams).await?;
            streams.print(&addresses, output.format, "cli.no_address")
        }
        Command::Tokens { coin, output } => {
            let Partial { found: mut coins, mut left_out } = client.list_coins().await.map_err(failed)?;
            if let Some(wanted) = coin {
                let lang = streams.lang;
                known(wanted, coins.iter().map(|coin| &coin.name)).map_err(|meant| no_coin(wanted, meant, lang))?;
                coins.retain(|found| found.name.raw() == wanted);
                let is_of = |name: &str| {
                    name.strip_prefix(wanted.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with(" · "))
                };
                left_out.retain(|row| row.name.as_ref().is_none_or(|name| is_of(name.raw())));
            }
            streams.print(&coins, output.format, "cli.no_coin")?;
            streams.left_out("view.banner.part.coins", &left_out)
        }
        Command::Rates(output) => {
            let Partial { found, left_out } = client.list_rates().await.map_err(failed)?;
            streams.print(&found, output.format, "cli.no_rates")?;
            streams.left_out("view.banner.part.rates", &left_out)
        }
        Command::Whoami(output) => {
            let info = client.user_info().await.map_err(failed)?;
            streams.print(&[info], output.format, "cli.no_records")
        }
        // Not reading commands; `start` has already seen to them.
        Command::Simulate(_)
        | Command::Completions { .. }
        | Command::Man { .. }
        | Command::Login(_)
        | Command::Logout(_)
        | Command::Config(_)
        | Command::Doctor(_)
        | Command::Export(_)
        | Command::Receipt(_)
        | Command::Reconcile(_)
        | Command::Watch(_)
        | Command::Events(_)
        | Command::Ledger(_)
        | Command::Order(_) => Ok(()),
    }
}

/// Both sides are read before anything is printed; where the futures side does not serve this key, the spot side is printed all
/// the same, and the exit code says that it is not all.
async fn balances(args: &BalancesArgs, client: &Client, streams: &mut Streams<'_>) -> Result<(), End> {
    let format = args.output.format;
    let found = client.list_balances().await.map_err(streams.problem())?;
    let Partial { found, left_out } = found.unwrap_or_else(|| Partial { found: Vec::new(), left_out: Vec::new() });
    if args.account == AccountSide::Spot {
        streams.print(&found, format, "cli.no_balances")?;
        return streams.left_out("view.banner.part.balances", &left_out);
    }
    let named = streams.futures_coins.iter().cloned().chain(coins_of(&streams.moves()));
    let (futures, problem) = futures::read(client, futures::coins_to_ask(&found, named)).await;
    if args.account == AccountSide::Futures {
        if !futures.is_empty() || problem.is_none() {
            streams.print(&futures, format, "cli.no_balances")?;
        }
        return problem.map_or(Ok(()), |problem| Err(streams.problem()(problem)));
    }
    let spot = found.into_iter().map(SideBalance::Spot);
    let all: Vec<SideBalance> = spot.chain(futures.into_iter().map(Box::new).map(SideBalance::Futures)).collect();
    streams.print(&all, format, "cli.no_balances")?;
    let spot = streams.left_out("view.banner.part.balances", &left_out);
    if let Some(problem) = problem {
        let why = explain(&problem, streams.lang);
        streams.note(&streams.lang.fill("cli.without_futures", &[("why", &why.cause)]));
        return Err(End::Said(INCOMPLETE));
    }
    spot
}

/// Whether a list has a name; else the one that was probably meant.
fn known<'a>(
    wanted: &str,
    mut names: impl Iterator<Item = &'a UntrustedText> + Clone,
) -> Result<(), Option<UntrustedText>> {
    if names.clone().any(|name| name.raw() == wanted) {
        return Ok(());
    }
    let names: Vec<&str> = names.by_ref().map(UntrustedText::raw).collect();
    Err(likely(wanted, &names).map(UntrustedText::from))
}

fn no_coin(coin: &str, meant: Option<UntrustedText>, lang: Lang) -> Failure {
    let fault = Fault::UnknownCoin { coin: coin.into(), meant };
    let said = Explanation { cause: fault.words(lang), next: lang.t("cli.coin_next").to_owned() };
    Failure::of_words(said, lang, BAD_INPUT)
}

/// The addresses for a coin over a network of the exchange's list, as far as they may be paid to: one of another coin or
/// network, and one without the memo that it needs, is not shown.
async fn deposit_addresses(
    coin: &UntrustedText,
    network: &UntrustedText,
    client: &Client,
    streams: &mut Streams<'_>,
) -> Result<Vec<DepositAddress>, End> {
    let lang = streams.lang;
    let coins = client.coins().await.map_err(streams.problem())?;
    let Some((listed_coin, listed)) = listed_network(&coins, coin, network) else {
        return Err(no_network(coin, network, &coins, lang).into());
    };
    let closed = deposit_state(listed_coin, listed).err();
    let words = closed.map(|why| {
        let place = format!("{} · {}", coin.shown(), network.shown());
        lang.fill("list.about", &[("what", &place), ("said", closed_words(why, lang))])
    });
    let addresses = match (client.deposit_addresses(coin, network).await, words) {
        // The list says why.
        (Err(problem @ Problem { cause: Cause::Refused { .. }, .. }), Some(cause)) => {
            let said = Explanation { cause, next: lang.t("cli.address_closed_next").to_owned() };
            return Err(Failure::of_words(said, lang, exit_code(&problem, false)).into());
        }
        (found, words) => {
            if let Some(words) = words {
                streams.note(&words);
            }
            found.map_err(streams.problem())?
        }
    };
    let fault = addresses.iter().find_map(|row| deposit_fault(row, coin, network, Some(listed)));
    let cause = match fault {
        None => {
            let is_unsaid = listed.memo == MemoRule::Unknown && addresses.iter().any(|row| row.memo.is_none());
            if is_unsaid {
                streams.note(lang.t("deposit.memo.unknown"));
            }
            return Ok(addresses);
        }
        Some(DepositFault::Foreign) => "cli.address_foreign",
        Some(DepositFault::NoMemo) => "deposit.memo.missing",
    };
    Err(Failure::new(lang, NETWORK, cause, "cli.address_next", &[]).into())
}

fn closed_words(why: DepositBlocker, lang: Lang) -> &'static str {
    let word: &'static str = why.into();
    lang.find(&format!("deposit.closed.{word}")).unwrap_or_default()
}

/// Why a coin and network that the list does not have exactly once cannot be asked about.
fn no_network(coin: &UntrustedText, network: &UntrustedText, coins: &[Coin], lang: Lang) -> Failure {
    if let Err(meant) = known(coin.raw(), coins.iter().map(|coin| &coin.name)) {
        return no_coin(coin.raw(), meant, lang);
    }
    let networks = coins.iter().filter(|found| found.name == *coin).flat_map(|coin| &coin.networks);
    let fault = match known(network.raw(), networks.clone().map(|network| &network.name)) {
        Err(meant) => Fault::UnknownNetwork { network: network.clone(), meant },
        Ok(()) => Fault::Ambiguous { name: network.clone() },
    };
    let names: Vec<&str> = networks.map(|network| network.name.raw()).collect();
    let next = lang.fill("cli.network_next", &[("coin", coin.raw()), ("names", &names.join(lang.t("list.join")))]);
    Failure::of_words(Explanation { cause: fault.words(lang), next }, lang, BAD_INPUT)
}

/// Why nothing came: the exchange says only that some value is wrong, its list says whether it was the coin.
async fn not_listed(problem: &Problem, coin: &UntrustedText, client: &Client, lang: Lang) -> Failure {
    let failure = Failure::of_read(problem, lang);
    if !matches!(problem.cause, Cause::Refused { refusal: Refusal::Parameter, .. }) {
        return failure;
    }
    let Ok(coins) = client.coins().await else { return failure };
    match known(coin.raw(), coins.iter().map(|coin| &coin.name)) {
        Err(meant) => no_coin(coin.raw(), meant, lang),
        Ok(()) => failure,
    }
}

/// What a question about the history brought; where the exchange refuses a value, its list says whether it was the coin.
async fn listed<T>(found: Result<T, Problem>, common: &CommonArgs, client: &Client, lang: Lang) -> Result<T, End> {
    match (found, &common.coin) {
        (Ok(found), _) => Ok(found),
        (Err(problem), Some(coin)) => {
            Err(not_listed(&problem, &UntrustedText::from(coin.as_str()), client, lang).await.into())
        }
        (Err(problem), None) => Err(Failure::of_read(&problem, lang).into()),
    }
}

async fn deposits(args: &DepositArgs, client: &Client, streams: &mut Streams<'_>) -> Result<(), End> {
    let rows = listed(client.list_incoming(&args.filter()).await, &args.common, client, streams.lang).await?;
    let mut page = Page::of(rows, &args.common, args.kind.kind().as_ref());
    page.covers.take_if(|_| args.transaction_hash.is_some());
    history(&page, args.output.format, streams)
}

async fn withdrawals(args: &WithdrawalArgs, client: &Client, streams: &mut Streams<'_>) -> Result<(), End> {
    let filter = args.filter();
    let rows = listed(client.list_outgoing(&filter).await, &args.common, client, streams.lang).await?;
    let mut page = Page::of(rows, &args.common, args.kind.kind().as_ref());
    page.covers.take_if(|_| is_narrow(&filter));
    history(&page, args.output.format, streams)
}

async fn transfers(args: &TransferArgs, client: &Client, streams: &mut Streams<'_>) -> Result<(), End> {
    let outgoing = async {
        match args.outgoing() {
            Some(filter) => client.list_outgoing(&filter).await,
            None => Ok(Partial { found: Vec::new(), left_out: Vec::new() }),
        }
    };
    let incoming = async {
        match args.incoming() {
            Some(filter) => client.list_incoming(&filter).await,
            None => Ok(Partial { found: Vec::new(), left_out: Vec::new() }),
        }
    };
    let both = listed(tokio::try_join!(outgoing, incoming), &args.common, client, streams.lang);
    let (outgoing, incoming) = both.await?;
    let mut page = Page::of(outgoing, &args.common, Some(&Kind::TransferOut))
        .merged(Page::of(incoming, &args.common, Some(&Kind::TransferIn)), args.common.rows());
    page.covers.take_if(|_| args.outgoing().is_none_or(|filter| is_narrow(&filter)) || args.incoming().is_none());
    let moves = streams.moves();
    let moves = moves.iter().map(MoveRecord::to_record).filter(|record| args.takes_move(record));
    let page = page.with_moves(moves, args.common.rows());
    history(&page, args.output.format, streams)
}

/// True for a question about single records and not about a coin's newest.
fn is_narrow(filter: &OutgoingFilter) -> bool {
    let OutgoingFilter { id, out_biz_id, txid, remark, .. } = filter;
    [id, out_biz_id, txid, remark].into_iter().any(Option::is_some)
}

/// What one question about the history brought.
#[derive(Debug, PartialEq)]
struct Page {
    rows: Vec<Record>,
    /// The exchange sent as many rows as it was asked for: it may hold older ones.
    full: bool,
    /// The oldest moment that the exchange's rows reach, kept or not.
    oldest: Option<Millis>,
    /// The newest moment of a full page.
    newest: Option<Millis>,
    /// Rows that could not be read.
    left_out: Vec<LeftOut>,
    /// Of which kinds and which coin it holds the newest records; `None` where it was asked for less than that.
    covers: Option<(Vec<Kind>, Option<UntrustedText>)>,
}

impl Page {
    /// Keeps the rows that were asked for. A kind that is not known is kept: leaving it out would hide money.
    fn of(page: Partial<Vec<Record>>, common: &CommonArgs, wanted: Option<&Kind>) -> Self {
        let Partial { found: mut rows, left_out } = page;
        let full = rows.len() + left_out.len() >= common.rows();
        let times = || rows.iter().map(|row| row.time).chain(left_out.iter().map(|row| row.time)).flatten();
        let (oldest, newest) = (times().min(), times().max());
        rows.retain(|row| match &row.key.kind {
            Kind::OtherIn(_) | Kind::OtherOut(_) => true,
            known => wanted.is_none_or(|wanted| wanted == known),
        });
        let CommonArgs { id, coin, start_time, end_time, .. } = common;
        let is_newest = id.is_none() && start_time.is_none() && end_time.is_none();
        let covers =
            wanted.filter(|_| is_newest).map(|kind| (vec![kind.clone()], coin.as_deref().map(UntrustedText::from)));
        Self { rows, full, oldest, newest, left_out, covers }
    }

    /// The same with moves of the ledger, at most `limit` rows. Where the exchange's page is full, those beyond its end belong to
    /// the next one.
    fn with_moves(mut self, moves: impl Iterator<Item = Record>, limit: usize) -> Self {
        let end = self.oldest.filter(|_| self.full);
        self.rows.extend(moves.filter(|moved| end.is_none_or(|end| moved.time >= Some(end))));
        self.rows.sort_by_key(|row| Reverse(row.time));
        if self.rows.len() > limit {
            self.rows.truncate(limit);
            self.full = true;
            self.oldest = self.rows.iter().filter_map(|row| row.time).min();
        }
        self
    }

    /// Both pages as one, newest first, at most `limit` rows; what has no time comes last.
    fn merged(mut self, other: Self, limit: usize) -> Self {
        // Older than the younger of two full pages' ends, rows of the other side may be missing: asking goes on there.
        let ends = [(self.full, self.oldest), (other.full, other.oldest)];
        let gap = ends.into_iter().filter(|(full, _)| *full).filter_map(|(_, oldest)| oldest).max();
        let newest = self.newest.max(other.newest);
        let covers = self.covers.zip(other.covers).map(|((mut kinds, coin), (others, _))| {
            kinds.extend(others);
            (kinds, coin)
        });
        self.left_out.extend(other.left_out);
        self.rows.extend(other.rows);
        self.rows.sort_by_key(|row| Reverse(row.time));
        let cut = self.rows.len() > limit;
        self.rows.truncate(limit);
        let shown = if cut { self.rows.iter().filter_map(|row| row.time).min() } else { None };
        let full = self.full || other.full || cut;
        Self { rows: self.rows, full, oldest: shown.max(gap), newest, left_out: self.left_out, covers }
    }
}

/// The records with what the ledger knows of them, and with what in them contradicts it or one another. Nothing is written.
pub fn marked(rows: &[Record], ledger: Option<&Ledger>, labels: &[Label]) -> Vec<ListedRecord> {
    let book = ledger.and_then(|ledger| ledger.address_book(labels, &[], false).ok());
    let book = book.unwrap_or_else(|| AddressBook::of_labels(labels));
    let facts = ledger.and_then(|ledger| ledger.record_facts().ok()).unwrap_or_default();
    let mark = |record: &Record| {
        let is_twice = rows.iter().any(|other| other.key == record.key && other.is_another(record));
        let held = || ledger.and_then(|ledger| ledger.contradiction(record).ok().flatten());
        let found = if is_twice { Some(SAME_ID) } else { held() };
        let mut listed = ListedRecord::new(record.clone(), &facts, &book);
        // It is listed: it has not vanished. Two under one id is the worst of what can be said.
        let known = listed.conflict.filter(|why| why.raw() != VANISHED);
        listed.conflict =
            found.filter(|why| *why == SAME_ID).map(UntrustedText::from).or(known).or(found.map(UntrustedText::from));
        listed
    };
    rows.iter().map(mark).collect()
}

fn history(page: &Page, format: Format, streams: &mut Streams<'_>) -> Result<(), End> {
    let rows = marked(&page.rows, streams.ledger.as_ref(), streams.labels);
    streams.print(&rows, format, "cli.no_records")?;
    streams.vanished(page);
    if page.full {
        let lang = streams.lang;
        let note = match (page.oldest, page.newest) {
            // Asking up to that moment again would bring the same page: it goes on before it, and what else is in that
            // second is found by coin and kind.
            (Some(at), Some(newest)) if at.second() == newest.second() => {
                let values = [("time", (at.second().0 - 1).to_string()), ("second", at.exact())];
                let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
                lang.fill("cli.full_second", &values)
            }
            (Some(at), _) => lang.fill("cli.full_page", &[("time", &at.0.to_string())]),
            (None, _) => lang.t("cli.full_page_without_time").to_owned(),
        };
        streams.note(&note);
    }
    streams.left_out("left_out.records", &page.left_out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(kind: Kind, id: &str, time: Option<i64>) -> Record {
        Record { time: time.map(Millis), ..Record::bare(kind, id, "TRX") }
    }

    fn all(found: Vec<Record>) -> Partial<Vec<Record>> {
        Partial { found, left_out: Vec::new() }
    }

    fn ids(page: &Page) -> Vec<&str> {
        page.rows.iter().map(|row| row.key.id.raw()).collect()
    }

    fn limit(limit: u32) -> CommonArgs {
        CommonArgs { limit: Some(limit), ..CommonArgs::default() }
    }

    #[test]
    fn other_known_kind_is_left_out_and_an_unknown_one_is_shown() {
        let rows = vec![
            row(Kind::Withdrawal, "1", Some(5)),
            row(Kind::TransferOut, "2", Some(4)),
            row(Kind::OtherOut("swap".into()), "3", Some(3)),
        ];
        let page = Page::of(all(rows.clone()), &limit(3), Some(&Kind::Withdrawal));
        assert_eq!(ids(&page), ["1", "3"]);
        assert!(page.full, "the exchange's page was full, whatever is shown of it");
        assert_eq!(page.oldest, Some(Millis(3)));
        let page = Page::of(all(rows), &limit(4), None);
        assert_eq!((ids(&page), page.full), (vec!["1", "2", "3"], false));
    }

    #[test]
    fn transfers_of_both_sides_come_newest_first_up_to_the_limit() {
        let page = |kind: Kind, rows: &[(&str, Option<i64>)], most| {
            let rows = rows.iter().map(|(id, time)| row(kind.clone(), id, *time)).collect();
            Page::of(all(rows), &limit(most), Some(&kind))
        };
        let out = || page(Kind::TransferOut, &[("o1", Some(9)), ("o2", Some(3)), ("o3", None)], 5);
        let into = || page(Kind::TransferIn, &[("i1", Some(7)), ("i2", Some(1))], 5);
        let both = out().merged(into(), 5);
        assert_eq!((ids(&both), both.full), (vec!["o1", "i1", "o2", "i2", "o3"], false));
        let cut = out().merged(into(), 2);
        assert_eq!((ids(&cut), cut.full, cut.oldest), (vec!["o1", "i1"], true, Some(Millis(7))));
    }
}
