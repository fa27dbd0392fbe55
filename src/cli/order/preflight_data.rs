//! What must be known before an order: lists, balances, history, prices and the ledger, read at once and dated.

use std::collections::{BTreeSet, HashMap};

use super::context::{self, CommandContext};
use crate::cli::failure::{End, Failure};
use crate::domain::address_book::{AddressBook, Draft};
use crate::domain::deposit::listed_network;
use crate::domain::fees::{self, Learnt};
use crate::domain::filter::PAGE_LIMIT;
use crate::domain::preflight::Snapshot;
use crate::domain::rules::{Facts, Limits, MemoChoice, Paid, WithdrawInput, ordered_since};
use crate::domain::value::MARKET_QUOTE;
use crate::domain::{
    Cause, FuturesSide, Kind, Millis, MoveDirection, Order, OrderId, Ordered, OutgoingFilter, Prices, Problem, Record,
    RecordKey, UntrustedText,
};
use crate::engine::orders::claims::paid_lately;
use crate::engine::orders::{self, RetryPolicy, are_deposits_closed, own_addresses};
use crate::exchange::Client;
use crate::platform::clock;

/// Everything that was read.
#[derive(Debug)]
pub struct Known {
    /// What the request is judged by, as the engine wants it.
    pub snapshot: Snapshot,
    /// Outgoing records of the order's coin and kind, in the exchange's order; then others.
    pub records: Vec<Record>,
    /// When reading began, by this machine's clock: nothing is older.
    pub read: Millis,
    /// What was ordered here for records whose fee the exchange does not say.
    ordered: HashMap<RecordKey, Ordered>,
    limits: Limits,
    spent: Vec<Order>,
    unproven: Vec<Order>,
    recent_payments: Vec<Paid>,
}

impl Known {
    /// As the rules want it, now.
    pub fn facts(&self, context: &CommandContext<'_>) -> Facts<'_> {
        let clock = context.client.clock();
        Facts {
            ordered: Some(&self.spent),
            unproven: Some(&self.unproven),
            recent_payments: &self.recent_payments,
            clock_offset: clock.known.then_some(clock.offset_ms),
            now: context.exchange_now(),
            ..self.snapshot.facts(&self.limits, clock::now())
        }
    }

    /// What withdrawals of a coin over a network cost, by the records and the own orders.
    pub fn fees(&self, coin: &UntrustedText, network: &UntrustedText) -> Option<Learnt> {
        let mut learnt = None;
        for record in &self.records {
            let fee = record.charge(self.ordered.get(&record.key)).fee;
            fees::learn_fee(&mut learnt, record, fee, coin, network);
        }
        learnt
    }

    /// Without an order that goes again: it is no other order's repetition.
    pub fn leave_out(&mut self, again: OrderId) {
        self.spent.retain(|order| order.id != again);
        self.unproven.retain(|order| order.id != again);
    }

    /// How old all of it is, at the most.
    pub fn age_ms(&self) -> i64 {
        clock::now().since(self.read)
    }
}

/// Reads everything that an order of `coin` is checked by. The history is read when the order leaves the account, of this
/// kind.
///
/// # Errors
/// What could not be read; the ledger belongs to another account.
pub async fn read(
    context: &mut CommandContext<'_>,
    coin: &str,
    leaves: Option<Kind>,
    dry_run: bool,
) -> Result<Known, End> {
    let (client, lang) = (context.client.clone(), context.lang);
    let read = clock::now();
    let reading = async {
        let uid = async { Ok(client.user_info().await.ok().and_then(|info| info.uid)) };
        let newest =
            async { if leaves.is_some() { page(&client, &OutgoingFilter::default()).await } else { Ok(Vec::new()) } };
        // Another coin's row that cannot be read is no reason against this one.
        let own = UntrustedText::from(coin.trim_ascii());
        let (coins, balances, newest, uid) = tokio::try_join!(client.coins(), client.balances_for(&own), newest, uid)?;
        // The exchange is only asked about a coin that it knows.
        let name = coins.iter().map(|c| &c.name).find(|name| name.raw() == coin.trim_ascii()).cloned();
        let is_full = newest.len() >= PAGE_LIMIT as usize;
        let records = match (leaves, name) {
            (Some(kind), Some(name)) => history(&client, name, kind, newest).await?,
            _ => newest,
        };
        Ok((coins, balances, records, is_full, uid))
    };
    let done = context.unless_interrupted(reading).await?;
    let (coins, balances, records, is_full, uid) = done.map_err(|problem| Failure::of_check(&problem, lang))?;
    if let Some(uid) = &uid {
        recognise(context, uid, dry_run).await?;
    }
    let FromLedger { spent, unproven, recent_payments, ordered } = from_ledger(context, &records).await?;
    let limits = context.settings.limits.clone();
    let now = context.exchange_now();
    let prices = context.unless_interrupted(prices(&client, &limits, coin, &spent, now)).await?;
    let prices = prices.map_err(|problem| Failure::of_check(&problem, lang))?;
    let book = book(context, &records, is_full).await?;
    let snapshot = Snapshot {
        coins: Some((coins, read)),
        balances: Some((balances, read)),
        futures: FuturesSide::NotRead,
        prices,
        book,
        own_uid: uid,
        target: None,
    };
    Ok(Known { snapshot, records, read, ordered, limits, spent, unproven, recent_payments })
}

/// What the futures side holds of the coin of a move, as the engine reads it once more before it sends.
///
/// # Errors
/// It could not be asked, and the coin leaves it.
pub async fn futures_side(
    context: &mut CommandContext<'_>,
    known: &Known,
    coin: &str,
    direction: MoveDirection,
) -> Result<FuturesSide, End> {
    let name = UntrustedText::from(coin.trim_ascii());
    // The exchange is only asked about a coin that it knows.
    let is_listed = known.snapshot.coins.as_ref().is_some_and(|(coins, _)| coins.iter().any(|c| c.name == name));
    if !is_listed {
        return Ok(FuturesSide::NotRead);
    }
    let (client, lang) = (context.client.clone(), context.lang);
    let limit = RetryPolicy::default().prepare;
    let read = context.unless_interrupted(orders::futures_side(&client, &name, direction, limit)).await?;
    Ok(read.map_err(|problem| Failure::of_check(&problem, lang))?)
}

/// A page without the rows that cannot be read: the engine looks at those of the last minutes again before it sends.
async fn page(client: &Client, filter: &OutgoingFilter) -> Result<Vec<Record>, Problem> {
    Ok(client.list_outgoing(filter).await?.found)
}

/// Everything that is known of addresses: what the ledger holds, and what the exchange has just listed.
async fn book(context: &CommandContext<'_>, records: &[Record], is_full: bool) -> Result<AddressBook, Failure> {
    let labels = context.settings.labels.clone();
    let Some(orders) = &context.orders else {
        let mut draft = Draft::of_labels(&labels).partial(is_full);
        for record in records {
            draft.add(record);
        }
        return Ok(draft.done());
    };
    let newer = records.to_vec();
    let read = orders.with_ledger(move |ledger| ledger.address_book(&labels, &newer, is_full));
    read.await.map_err(|why| context.ledger_failed(&why))
}

/// Reads the account's own deposit addresses for a coin over a network, unless that was done once or the address was paid before
/// with success; a dry run remembers nothing.
///
/// # Errors
/// They could not be read, or not be remembered.
pub async fn read_own(
    context: &mut CommandContext<'_>,
    known: &mut Known,
    input: &WithdrawInput,
    dry_run: bool,
) -> Result<(), End> {
    let text = |typed: &str| UntrustedText::from(typed.trim_ascii());
    let (coin, network, address) = (text(&input.coin), text(&input.network), text(&input.address));
    let coins = known.snapshot.coins.as_ref().map_or(&[][..], |(coins, _)| coins.as_slice());
    let memo = match &input.memo {
        MemoChoice::Text(memo) => Some(text(memo)),
        MemoChoice::Undecided | MemoChoice::ExplicitNone => None,
    };
    let book = &known.snapshot.book;
    let is_known = book.knowledge_of(&coin, &network, &address, memo.as_ref()).is_proved();
    if is_known || book.is_own_read(&coin, &network) || listed_network(coins, &coin, &network).is_none() {
        return Ok(());
    }
    let is_closed = are_deposits_closed(coins, &coin, &network);
    let (client, lang) = (context.client.clone(), context.lang);
    let own = context.unless_interrupted(own_addresses(&client, &coin, &network, is_closed)).await?;
    let own = own.map_err(|problem| Failure::of_check(&problem, lang))?;
    known.snapshot.book = std::mem::take(&mut known.snapshot.book).with_own(&own);
    if let Some(orders) = context.orders.as_ref().filter(|_| !dry_run) {
        let now = context.exchange_now();
        let kept = orders.with_ledger(move |ledger| ledger.remember_own(&own, now)).await;
        kept.map_err(|why| context.ledger_failed(&why))?;
    }
    Ok(())
}

/// The newest page of the coin and kind, then what else is among the newest of everything: look-alikes know no coin.
async fn history(
    client: &Client,
    coin: UntrustedText,
    kind: Kind,
    newest: Vec<Record>,
) -> Result<Vec<Record>, Problem> {
    let own = OutgoingFilter { coin: Some(coin), kind: Some(kind), ..OutgoingFilter::default() };
    let mut records = page(client, &own).await?;
    let seen: BTreeSet<_> = records.iter().map(|r| r.key.clone()).collect();
    records.extend(newest.into_iter().filter(|r| !seen.contains(&r.key)));
    Ok(records)
}

/// Whose key it is. A dry run compares, and writes nothing down.
async fn recognise(context: &CommandContext<'_>, uid: &UntrustedText, dry_run: bool) -> Result<(), Failure> {
    use crate::engine::ledger::ACCOUNT_FACT;
    use crate::engine::orders::NotBegun;
    let remembered = context.settings.profile.uid.clone().filter(|remembered| remembered != uid);
    if let Some(ledger) = remembered {
        return Err(context::not_begun(&NotBegun::OtherAccount { ledger, key: uid.clone() }, context.lang));
    }
    let Some(orders) = &context.orders else { return Ok(()) };
    if dry_run {
        let known = orders.with_ledger(|ledger| ledger.fact(ACCOUNT_FACT)).await;
        let known = known.map_err(|why| context.ledger_failed(&why))?.map(UntrustedText::from);
        return match known {
            Some(known) if known != *uid => {
                let why = NotBegun::OtherAccount { ledger: known, key: uid.clone() };
                Err(context::not_begun(&why, context.lang))
            }
            _ => Ok(()),
        };
    }
    orders.recognise(uid).await.map_err(|why| context::not_begun(&why, context.lang))
}

/// What an order is judged by of the ledger.
#[derive(Default)]
struct FromLedger {
    /// Orders of late.
    spent: Vec<Order>,
    /// Orders without a certain end.
    unproven: Vec<Order>,
    /// Payments that the next one may repeat.
    recent_payments: Vec<Paid>,
    /// What was ordered here for records whose fee the exchange does not say.
    ordered: HashMap<RecordKey, Ordered>,
}

async fn from_ledger(context: &CommandContext<'_>, records: &[Record]) -> Result<FromLedger, Failure> {
    let now = context.exchange_now();
    let Some(orders) = &context.orders else {
        return Ok(FromLedger { recent_payments: Paid::recent_payments(records, now), ..FromLedger::default() });
    };
    let records = records.to_vec();
    let read = orders.with_ledger(move |ledger| {
        let (spent, unproven) = (ledger.spent_since(ordered_since(now))?, ledger.blocking_repeat()?);
        let recent_payments = paid_lately(ledger, &unproven, &records, now)?;
        Ok(FromLedger { spent, unproven, recent_payments, ordered: ledger.ordered_amounts()? })
    });
    read.await.map_err(|why| context.ledger_failed(&why))
}

/// Prices for the worth above which a large part of what is held is confirmed. Nothing hangs on them: what has no known worth
/// is confirmed.
async fn worth_asking(client: &Client, limits: &Limits, coin: &UntrustedText, now: Millis) -> Prices {
    let (mut prices, unit) = (Prices::default(), &limits.confirm_share_above.unit);
    if coin == unit || coin.is_empty() {
        return prices;
    }
    if let Ok(rates) = client.rates().await {
        prices.set_rates(&rates);
    }
    for coin in [coin, unit].into_iter().filter(|coin| coin.raw() != MARKET_QUOTE) {
        if let Ok(price) = client.last_price(coin).await {
            prices.set_last(coin.clone(), price, now);
        }
    }
    prices
}

/// Prices, where a limit is measured in something else than what is sent.
async fn prices(client: &Client, limits: &Limits, coin: &str, spent: &[Order], now: Millis) -> Result<Prices, Problem> {
    let units: BTreeSet<UntrustedText> = [&limits.per_order, &limits.per_day, &limits.confirm_above]
        .into_iter()
        .flatten()
        .map(|limit| limit.unit.clone())
        .collect();
    let mut wanted: BTreeSet<UntrustedText> = spent.iter().filter_map(|order| order.request.coin().cloned()).collect();
    wanted.insert(UntrustedText::from(coin.trim_ascii()));
    let mut prices = Prices::default();
    if units.is_empty() || (units.len() == 1 && units == wanted) {
        return Ok(worth_asking(client, limits, &UntrustedText::from(coin.trim_ascii()), now).await);
    }
    prices.set_rates(&client.rates().await?);
    wanted.extend(units);
    wanted.remove(&UntrustedText::from(MARKET_QUOTE));
    for coin in wanted.into_iter().filter(|coin| !coin.is_empty()) {
        match client.last_price(&coin).await {
            Ok(price) => prices.set_last(coin, price, now),
            // No market of its own: the rates may do, and where they do not, the limit says so.
            Err(Problem { cause: Cause::Refused { .. }, .. }) => {}
            Err(problem) => return Err(problem),
        }
    }
    Ok(prices)
}
