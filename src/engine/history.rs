//! The whole history: read back to the first record in windows of time, kept in the ledger, then only what is new and what
//! is not final yet.
//!
//! One reply holds at most 100 rows and there is no cursor (`reference.md §7.4`): `endTime` walks back. What is missing
//! stands in the ledger beside what was read, written together with each page, so that it can stop anywhere and go on. A
//! second that holds more than a page is split by kind and by coin; one that even so cannot be listed is said.

use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use crate::domain::filter::PAGE_LIMIT;
use crate::domain::{
    IncomingFilter, Kind, LeftOut, Millis, Missing, Order, Ordered, OutgoingFilter, Partial, Problem, Record,
    RecordKey, UntrustedText,
};
use crate::engine::ledger::{Flow, Gap, GapChange, Ledger, Unread};
use crate::engine::orders::claims;
use crate::exchange::Client;
use crate::platform::clock;

/// Between two pages of the past while the dashboard is open: what is on the screen goes first, and most of what the exchange
/// takes from an address in a second (`reference.md §7.1`) is left to orders, from whatever window or program they come.
pub const PACE: Duration = Duration::from_millis(300);
/// Milliseconds of the exchange's resolution.
const SECOND: i64 = 1_000;

/// Why reading stopped. What was read is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HistoryError {
    /// The exchange did not answer as asked.
    Exchange(Problem),
    /// The ledger could not be read or written; its words.
    Ledger(UntrustedText),
}

/// How far the reading of a way has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// Which history.
    pub flow: Flow,
    /// Records that the last page brought or changed.
    pub changed: Vec<Record>,
    /// Records held, of both ways.
    pub held: u64,
    /// The oldest moment that was reached.
    pub oldest: Option<Millis>,
    /// True when nothing is missing any more.
    pub is_whole: bool,
    /// Records that the exchange contradicts itself about, and how.
    pub conflicts: HashMap<RecordKey, UntrustedText>,
    /// What is missing although it was read.
    pub missing: Missing,
    /// What was ordered here for records whose gross the exchange does not say.
    pub ordered: HashMap<RecordKey, Ordered>,
}

/// The history of one account. Clones share the ledger's connection.
#[derive(Debug, Clone)]
pub struct History {
    client: Client,
    ledger: Arc<Mutex<Ledger>>,
    /// Where the newest page of each way begins, milliseconds; before the first one, nothing is on it.
    page_begins: Arc<[AtomicI64; 2]>,
    /// Something is missing that was not known to be.
    gap: Arc<Notify>,
    /// Orders that stood for records which do not bear it, and that nobody was told of yet.
    reopened: Arc<Mutex<Vec<Order>>>,
    /// When this run began, by this machine's clock.
    begun: Millis,
}

/// A page of a way.
struct Page {
    rows: Vec<Record>,
    /// Rows that could not be read.
    left_out: Vec<LeftOut>,
    /// When it was asked for.
    asked: Millis,
}

impl Page {
    fn is_full(&self) -> bool {
        self.rows.len() + self.left_out.len() >= PAGE_LIMIT as usize
    }

    fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.left_out.is_empty()
    }

    fn oldest(&self) -> Option<Millis> {
        let times = self.rows.iter().map(|record| record.time);
        times.chain(self.left_out.iter().map(|row| row.time)).flatten().min()
    }

    /// From when on it holds everything that it was asked for: of a full page the second that it ends in may be cut.
    fn whole_from(&self, asked_from: Millis) -> Millis {
        self.oldest().filter(|_| self.is_full()).map_or(asked_from, |oldest| end_of(oldest).plus(1))
    }
}

/// What part of a way is asked for.
#[derive(Debug, Clone, Default)]
struct Part {
    id: Option<UntrustedText>,
    coin: Option<UntrustedText>,
    kind: Option<Kind>,
    start: Option<Millis>,
    end: Option<Millis>,
}

impl History {
    /// The history that `client` speaks for, kept in `ledger`.
    pub fn new(client: Client, mut ledger: Ledger) -> Self {
        ledger.use_key(&client.base().origin(), client.key());
        let page_begins = Arc::new([AtomicI64::new(i64::MAX), AtomicI64::new(i64::MAX)]);
        Self {
            client,
            ledger: Arc::new(Mutex::new(ledger)),
            page_begins,
            gap: Arc::default(),
            reopened: Arc::default(),
            begun: clock::now(),
        }
    }

    /// The orders that what was read has opened again, each told once.
    pub fn take_reopened(&self) -> Vec<Order> {
        std::mem::take(&mut *self.reopened.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Works on the ledger away from the threads that answer keys.
    ///
    /// # Errors
    /// What the ledger said.
    pub async fn with_ledger<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Ledger) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, HistoryError> {
        let ledger = Arc::clone(&self.ledger);
        let done = tokio::task::spawn_blocking(move || {
            let mut ledger = ledger.lock().unwrap_or_else(PoisonError::into_inner);
            work(&mut ledger)
        });
        let failed = |why: String| HistoryError::Ledger(UntrustedText::from(why));
        done.await.map_err(|why| failed(why.to_string()))?.map_err(|why| failed(why.to_string()))
    }

    /// Reads the newest page of a way and keeps it. What lies between it and what was held before becomes a gap.
    ///
    /// # Errors
    /// A [`HistoryError`].
    pub async fn read_newest(&self, flow: Flow) -> Result<Progress, HistoryError> {
        let page = self.ask(flow, Part::default()).await?;
        self.take_newest(flow, Partial { found: page.rows, left_out: page.left_out }, page.asked).await
    }

    /// Keeps a newest page that somebody else has read, and asked for at that moment.
    ///
    /// # Errors
    /// [`HistoryError::Ledger`].
    pub async fn take_newest(
        &self,
        flow: Flow,
        page: Partial<Vec<Record>>,
        asked: Millis,
    ) -> Result<Progress, HistoryError> {
        let Partial { found: rows, left_out } = page;
        let page = Page { rows, left_out, asked };
        // A page that is not full holds everything.
        let begins = if page.is_full() { page.oldest().map_or(i64::MAX, |at| at.0) } else { i64::MIN };
        self.page_begins[usize::from(flow == Flow::Out)].store(begins, Ordering::Relaxed);
        let change = match page.oldest() {
            // All that there is fits into it.
            _ if !page.is_full() => GapChange::Whole,
            // Rows without a time cannot be walked back from.
            None => GapChange::Nothing,
            Some(oldest) => {
                let (is_begun, top) = self
                    .with_ledger(move |ledger| Ok((ledger.gaps(flow)?.is_some(), ledger.newest_record(flow)?)))
                    .await?;
                // The second of the newest record held may have got more rows since.
                let from = top.filter(|_| is_begun).map(|top| top.plus(-SECOND));
                // A second that both share may hold rows that neither has.
                let is_joined = is_begun && top.is_some_and(|top| top.second() > oldest.second());
                if is_joined { GapChange::Nothing } else { GapChange::Add(Gap { from, to: end_of(oldest) }) }
            }
        };
        // Rows of its first second may have been cut off.
        let oldest = page.oldest();
        let covers = oldest.map(|at| if page.is_full() { end_of(at) } else { at.second().plus(-1) });
        let within = Some((page.whole_from(Millis(i64::MIN)), Millis(i64::MAX)));
        let kept = self.keep(flow, page, change, covers, within).await;
        if matches!(change, GapChange::Add(_)) {
            self.gap.notify_one();
        }
        kept
    }

    /// Waits until a newest page has left something out.
    pub async fn gap_found(&self) {
        self.gap.notified().await;
    }

    /// Reads one window of what is missing of a way; `None` when nothing is, as far as is known: before the first newest
    /// page nothing is known.
    ///
    /// # Errors
    /// A [`HistoryError`].
    pub async fn read_older(&self, flow: Flow) -> Result<Option<Progress>, HistoryError> {
        let gaps = self.with_ledger(move |ledger| ledger.gaps(flow)).await?;
        let Some(gap) = gaps.and_then(|gaps| gaps.first().copied()) else { return Ok(None) };
        let part = Part { start: gap.from, end: Some(gap.to), ..Part::default() };
        let mut page = self.ask(flow, part.clone()).await?;
        if page.is_empty() {
            // Nothing is what the exchange also says when something of its own failed (`reference.md §4.1`): a stretch is
            // given up as empty only when it says so twice.
            page = self.ask(flow, part).await?;
            let (from, to) = (gap.to.second(), gap.to);
            let is_known = page.is_empty() && self.with_ledger(move |l| l.has_record(flow, from, to)).await?;
            if is_known {
                // A record is held that lies in this stretch: that there is none cannot be true. It is asked for again later.
                return Ok(None);
            }
        }
        let within = Some((page.whole_from(gap.from.unwrap_or(Millis(i64::MIN))), gap.to));
        let rest = match page.oldest() {
            // Everything in the stretch is there.
            _ if !page.is_full() => None,
            // It holds nothing older than the second that it ends with: more rows of that second than fit.
            Some(oldest) if oldest.second() >= gap.to.second() => {
                let second = gap.to.second();
                let page = self.split_second(flow, second, page).await?;
                let change = GapChange::Shrink(gap, shorter(gap, second.plus(-1)));
                let within = Some((second, end_of(second)));
                return self.keep(flow, page, change, None, within).await.map(Some);
            }
            Some(oldest) => shorter(gap, end_of(oldest)),
            // Without times there is no way back, and what is older cannot be read.
            None => {
                let second = gap.to.second();
                self.with_ledger(move |ledger| ledger.mark_crowded(flow, second)).await?;
                None
            }
        };
        self.keep(flow, page, GapChange::Shrink(gap, rest), None, within).await.map(Some)
    }

    /// Every row of one second, asked for by kind and, where that does not do, by kind and coin. What still does not fit is
    /// marked as crowded.
    async fn split_second(&self, flow: Flow, second: Millis, seen: Page) -> Result<Page, HistoryError> {
        let kinds = match flow {
            Flow::In => [Kind::Deposit, Kind::TransferIn],
            Flow::Out => [Kind::Withdrawal, Kind::TransferOut],
        };
        let within = |kind: &Kind, coin: Option<UntrustedText>| Part {
            kind: Some(kind.clone()),
            coin,
            start: Some(second),
            end: Some(second.plus(SECOND - 1)),
            id: None,
        };
        let Page { mut rows, mut left_out, asked } = seen;
        let mut is_crowded = false;
        for kind in &kinds {
            let page = self.ask(flow, within(kind, None)).await?;
            let is_full = page.is_full();
            rows.extend(page.rows);
            left_out.extend(page.left_out);
            if !is_full {
                continue;
            }
            let listed = self.client.coins().await.map_err(HistoryError::Exchange)?;
            let coins: BTreeSet<UntrustedText> =
                listed.into_iter().map(|coin| coin.name).chain(rows.iter().map(|row| row.coin.clone())).collect();
            for coin in coins {
                let page = self.ask(flow, within(kind, Some(coin))).await?;
                is_crowded |= page.is_full();
                rows.extend(page.rows);
                left_out.extend(page.left_out);
            }
        }
        if is_crowded {
            self.with_ledger(move |ledger| ledger.mark_crowded(flow, second)).await?;
        }
        // The same rows come again in several of them; two records of one id are two.
        let mut known: HashMap<RecordKey, Vec<Record>> = HashMap::new();
        rows.retain(|row| {
            let same = known.entry(row.key.clone()).or_default();
            let is_new = same.iter().all(|other| other.is_another(row));
            if is_new {
                same.push(row.clone());
            }
            is_new
        });
        Ok(Page { rows, left_out, asked })
    }

    /// Reads one window of what came since the newest record that was held; `None` when all of that is there.
    ///
    /// # Errors
    /// A [`HistoryError`].
    pub async fn read_recent(&self, flow: Flow) -> Result<Option<Progress>, HistoryError> {
        let gaps = self.with_ledger(move |ledger| ledger.gaps(flow)).await?;
        match gaps.as_deref() {
            Some([Gap { from: Some(_), .. }, ..]) => self.read_older(flow).await,
            _ => Ok(None),
        }
    }

    /// Reads records again, one by one, that are not final and older than the newest page. One that the exchange does not
    /// list any more stays as it is and is doubted.
    ///
    /// # Errors
    /// A [`HistoryError`].
    pub async fn read_open(&self, flow: Flow) -> Result<Vec<Record>, HistoryError> {
        let mut open = self.with_ledger(move |ledger| ledger.open_records(flow)).await?;
        // What is on the newest page was read with it.
        let begins = self.page_begins[usize::from(flow == Flow::Out)].load(Ordering::Relaxed);
        open.retain(|record| record.time.is_none_or(|time| time.0 < begins));
        let mut changed = Vec::new();
        for record in open {
            let part = Part { id: Some(record.key.id.clone()), ..Part::default() };
            let mut page = self.ask(flow, part).await?;
            page.rows.retain(|row| row.key == record.key);
            if page.is_empty() {
                // Nothing is what the exchange also says when something of its own failed: it is asked twice.
                page = self.ask(flow, Part { id: Some(record.key.id.clone()), ..Part::default() }).await?;
                page.rows.retain(|row| row.key == record.key);
            }
            if page.is_empty() {
                self.with_ledger(move |ledger| ledger.doubt_vanished(&record.key)).await?;
                continue;
            }
            changed.extend(self.keep(flow, page, GapChange::Nothing, Some(Millis(i64::MAX)), None).await?.changed);
        }
        Ok(changed)
    }

    /// Reads a way to its beginning, page by page; `tell` hears of each.
    ///
    /// # Errors
    /// A [`HistoryError`]; the next call goes on where this one stopped.
    pub async fn read_all(&self, flow: Flow, mut tell: impl FnMut(&Progress)) -> Result<(), HistoryError> {
        tell(&self.read_newest(flow).await?);
        while let Some(progress) = self.read_older(flow).await? {
            tell(&progress);
        }
        Ok(())
    }

    /// How far the reading of a way has come, with records that changed.
    ///
    /// # Errors
    /// [`HistoryError::Ledger`].
    pub async fn progress(&self, flow: Flow, changed: Vec<Record>) -> Result<Progress, HistoryError> {
        self.with_ledger(move |ledger| progress(ledger, flow, changed, None)).await
    }

    /// Keeps a page. Where it `covers` all that came after a moment, what is held of that time and not on it is doubted.
    /// `within` is where it holds everything, of rows that cannot be read as well.
    async fn keep(
        &self,
        flow: Flow,
        page: Page,
        change: GapChange,
        covers: Option<Millis>,
        within: Option<(Millis, Millis)>,
    ) -> Result<Progress, HistoryError> {
        let oldest = page.oldest();
        let (now, reopened) = (self.now(), Arc::clone(&self.reopened));
        self.with_ledger(move |ledger| {
            let Page { mut rows, left_out, asked } = page;
            let about = within.map_or(asked, |(_, to)| to.min(asked));
            let mut unread = Unread { rows: left_out, within, about };
            let is_late = ledger.is_overtaken(flow, asked)?;
            if is_late {
                // A page that was asked for before another one came (by another instance, or over a slower connection) says
                // nothing about what that one has brought.
                ledger.leave_unknown(flow, &mut rows)?;
                unread = Unread::default();
            }
            // First what was read, then what is missing after it, in one piece.
            let changed = ledger.keep_page(flow, &rows, &unread, change, now)?;
            if change != GapChange::Nothing {
                ledger.begin_way(flow)?;
            }
            if flow == Flow::Out && !changed.is_empty() {
                let opened = claims::review(ledger, now)?;
                reopened.lock().unwrap_or_else(PoisonError::into_inner).extend(opened);
            }
            if let Some(after) = covers.filter(|_| !is_late) {
                ledger.compare_page(flow, &rows, &unread.rows, after)?;
            }
            progress(ledger, flow, changed, oldest)
        })
        .await
    }

    async fn ask(&self, flow: Flow, part: Part) -> Result<Page, HistoryError> {
        let Part { id, coin, kind, start, end } = part;
        let asked = self.now();
        let rows = match flow {
            Flow::In => {
                let filter = IncomingFilter { id, coin, kind, start, end, ..IncomingFilter::default() };
                self.client.list_incoming(&filter).await
            }
            Flow::Out => {
                let filter = OutgoingFilter { id, coin, kind, start, end, ..OutgoingFilter::default() };
                self.client.list_outgoing(&filter).await
            }
        };
        let page = |page: Partial<Vec<Record>>| Page { rows: page.found, left_out: page.left_out, asked };
        rows.map(page).map_err(HistoryError::Exchange)
    }

    /// The exchange's time, as far as it is known.
    pub fn now(&self) -> Millis {
        clock::now().plus(self.client.clock().offset_ms)
    }

    /// When this run began, by the exchange's clock as it is known by now.
    pub fn begun(&self) -> Millis {
        self.begun.plus(self.client.clock().offset_ms)
    }
}

/// How far the ledger has come with a way.
fn progress(ledger: &Ledger, flow: Flow, changed: Vec<Record>, oldest: Option<Millis>) -> rusqlite::Result<Progress> {
    let is_whole = ledger.gaps(flow)?.is_some_and(|gaps| gaps.is_empty());
    let (held, conflicts, missing) = (ledger.count_records()?, ledger.conflicts()?, ledger.missing()?);
    Ok(Progress { flow, changed, held, oldest, is_whole, conflicts, missing, ordered: ledger.ordered_amounts()? })
}

/// What is left of a gap that now ends at `to`.
fn shorter(gap: Gap, to: Millis) -> Option<Gap> {
    (gap.from.is_none_or(|from| from < to)).then_some(Gap { to, ..gap })
}

/// The last moment of the second that a moment is in: rows of that second may have been cut off.
const fn end_of(at: Millis) -> Millis {
    at.second().plus(SECOND - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_at_the_end_of_all_numbers_ends_nothing() {
        for at in [i64::MIN, -1, 0, 1_999, i64::MAX] {
            let (first, last) = (Millis(at).second(), end_of(Millis(at)));
            assert!(first.0 <= at && at <= last.0, "{at}");
        }
    }
}
