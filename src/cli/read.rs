//! The reading commands: ask the exchange, leave out what was not asked for, print. They never move money.

mod address;
mod page;
mod unlisted;

use std::io::Write;

use address::deposit_addresses;
use page::Page;
use unlisted::{known, no_coin, not_listed};

use super::connect::NeedsKey;
use super::failure::{BAD_INPUT, End, Failure, INCOMPLETE};
use super::filters::{CommonArgs, DepositArgs, TransferArgs, TransferType, WithdrawalArgs};
use super::rows::account::SideBalance;
use super::{AccountSide, BalancesArgs, Command};
use crate::domain::address_book::{AddressBook, Label};
use crate::domain::locale::Lang;
use crate::domain::move_record::coins_of;
use crate::domain::record::{SAME_ID, VANISHED};
use crate::domain::text::sanitize;
use crate::domain::{Kind, LeftOut, MoveRecord, OutgoingFilter, Partial, Problem, Record, UntrustedText};
use crate::engine::explain::{explain, left_out_words};
use crate::engine::export::records::ListedRecord;
use crate::engine::futures;
use crate::engine::ledger::Ledger;
use crate::engine::output::{Format, Listed, print};
use crate::exchange::Client;

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
