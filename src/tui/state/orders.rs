//! The orders that this screen has to do with: the one that is being sent, those whose outcome is not known, and the ledger
//! that remembers them. What may be sent is decided in `domain/preflight.rs`; what happens to it, in the engine.

use std::collections::{BTreeSet, HashMap};

use super::State;
use super::form::Form;
use super::table::RowId;
use crate::domain::columns::Tab;
use crate::domain::rules::ordered_since;
use crate::domain::{
    DamagedOrder, Kind, Millis, MissingOrders, Order, OrderId, Outcome, Problem, Record, RecordKey, Request,
    UntrustedText,
};
use crate::engine::explain::{Explanation, explain};
use crate::engine::orders::claims::Contradiction;
use crate::engine::orders::{Decision, NotBegun, Reading, pause_after, words};
use crate::tui::effect::{Effect, Load};
use crate::tui::message::{Damage, LedgerNews};
use crate::tui::state::order_list::OrderList;

/// The row of an order that was accepted is waited for so long, milliseconds.
const AWAIT_MS: i64 = 60_000;

/// An order that is being sent.
#[derive(Debug, Clone)]
pub struct InFlight {
    /// What was ordered: what the effect holds, to be shown.
    pub request: Request,
    /// The form it came from: nothing that was typed is lost when it is refused.
    pub(in crate::tui) form: Box<Form>,
    /// Since when.
    pub since: Millis,
}

impl InFlight {
    /// True when an order in the ledger is this one.
    pub(in crate::tui) fn is_of(&self, request: &Request) -> bool {
        self.request == *request || self.request.is_same_request(request)
    }
}

/// An order whose outcome is looked for, or was found while its page was open.
#[derive(Debug, Clone, PartialEq)]
pub struct PendingOrder {
    /// As far as it is known.
    pub order: Order,
    /// What the last look brought.
    pub reading: Option<Reading>,
    /// Why the outcome could not be written down.
    pub unrecorded: Option<UntrustedText>,
    pub(in crate::tui) looks: u32,
    pub(in crate::tui) next: Millis,
    pub(in crate::tui) under_way: bool,
    /// Which of the choices is marked.
    pub(in crate::tui) marked: Option<Decision>,
}

impl PendingOrder {
    /// When it is looked for again; `None` while a look is under way.
    pub fn next_look(&self) -> Option<Millis> {
        (!self.under_way).then_some(self.next)
    }

    /// What the user can say of it: which of the records that may be it is the order, or none of them; of a move whose end is
    /// only likely, which keeps no record, whether it was executed. Nothing while there is nothing to say.
    pub fn choices(&self) -> Vec<Decision> {
        match (&self.reading, &self.order.outcome) {
            (Some(Reading::Several(records)), _) => {
                let ids = records.iter().map(|record| record.key.id.clone());
                let one = ids.clone().map(|id| Decision::Executed(Some(id)));
                one.chain([Decision::NotExecuted(ids.collect())]).collect()
            }
            (_, Outcome::Likely { .. }) => vec![Decision::Executed(None), Decision::NotExecuted(Vec::new())],
            _ => Vec::new(),
        }
    }

    /// One of the records that may be it.
    pub fn candidate(&self, id: &UntrustedText) -> Option<&Record> {
        match &self.reading {
            Some(Reading::Several(records)) => records.iter().find(|r| r.key.id == *id),
            _ => None,
        }
    }

    /// Which of [`Self::choices`] is marked.
    pub fn marked(&self) -> Option<&Decision> {
        self.marked.as_ref().filter(|choice| self.choices().contains(choice))
    }

    /// How many readings of the history there were.
    pub fn readings(&self) -> u32 {
        match self.reading {
            Some(Reading::NotYet(readings)) => readings,
            _ => self.order.readings,
        }
    }
}

/// How the ledger is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in crate::tui) enum LedgerState {
    /// Not asked for yet.
    #[default]
    Closed,
    /// It was asked for and has never been open.
    Opening,
    /// Open.
    Open,
    /// It cannot be used; why, in its own words.
    Shut(UntrustedText),
    /// A damaged one was set aside, and the user must say that it goes on without it.
    Damaged(UntrustedText),
    /// Orders are missing from it, and the user must say that it goes on without them.
    Missing(MissingOrders),
}

/// Everything about orders.
#[derive(Debug, Clone, Default)]
pub(in crate::tui) struct OrdersState {
    pub ledger: LedgerState,
    /// The orders whose rows in it are damaged, answered for or not.
    pub damaged: Vec<DamagedOrder>,
    /// True when the ledger is the key's and not an account's.
    pub is_of_key: bool,
    /// True while the ledger is being read.
    pub is_reading: bool,
    pub in_flight: Option<InFlight>,
    pub watched: Vec<PendingOrder>,
    /// The orders of this run: what became of them has a line of its own.
    pub own: BTreeSet<OrderId>,
    /// What was ordered lately; `None` while the ledger cannot be read.
    pub ordered: Option<Vec<Order>>,
    /// Orders whose end is not certain, newest first; `None` while the ledger cannot be read.
    pub unproven: Option<Vec<Order>>,
    /// A form whose order came to nothing while the user was elsewhere.
    pub draft: Option<Box<Form>>,
    /// The row that the tables jump to when it comes, and until when.
    pub awaited: Option<(RecordKey, Millis)>,
    /// The list of orders while it is open.
    pub list: Option<OrderList>,
    /// What records contradict of what stands about orders, as of the last reading of the list.
    pub contradictions: HashMap<OrderId, Contradiction>,
}

impl State {
    /// True for an order of this run; while one is being sent, for every one.
    pub(in crate::tui) fn is_own_order(&self, id: OrderId) -> bool {
        self.money.in_flight.is_some() || self.money.own.contains(&id)
    }

    /// Orders whose outcome is not known, the one being sent included.
    pub fn open_orders(&self) -> usize {
        let watched = self.money.watched.iter().filter(|w| w.order.outcome.is_unsettled()).count();
        watched + usize::from(self.money.in_flight.is_some())
    }

    /// An order that is looked for, or was until its page is left.
    pub fn watched(&self, id: OrderId) -> Option<&PendingOrder> {
        self.money.watched.iter().find(|w| w.order.id == id)
    }

    /// Why the ledger lets no order through, in words; `None` when it does.
    pub(in crate::tui) fn ledger_closed(&self) -> Option<String> {
        let lang = self.lang();
        let said = |why: &NotBegun| {
            let said = words::not_begun(why, lang);
            Some(format!("{} {}", said.cause, said.next))
        };
        match &self.money.ledger {
            LedgerState::Open => None,
            LedgerState::Closed | LedgerState::Opening => Some(lang.t("form.closed.ledger_opening").to_owned()),
            LedgerState::Shut(why) => said(&NotBegun::Ledger(why.clone())),
            LedgerState::Damaged(path) => said(&NotBegun::Damaged(path.raw().into())),
            LedgerState::Missing(missing) => said(&NotBegun::Missing(*missing)),
        }
    }

    /// Whether orders are missing from the ledger.
    pub(in crate::tui) const fn are_orders_missing(&self) -> bool {
        matches!(self.money.ledger, LedgerState::Missing(_))
    }

    /// The orders whose rows in the ledger are damaged, answered for or not.
    pub fn damaged_orders(&self) -> &[DamagedOrder] {
        &self.money.damaged
    }

    /// The first damaged row that the user has not answered for.
    pub(in crate::tui) fn unanswered(&self) -> Option<&DamagedOrder> {
        self.money.damaged.iter().find(|row| !row.is_answered)
    }

    /// Why a damaged row lets a request not through, in words.
    pub(in crate::tui) fn damage_closing(&self, request: &Request) -> Option<String> {
        let row = self.money.damaged.iter().find(|row| row.closes(request))?;
        let said = words::damaged_order(row, self.lang());
        Some(format!("{} {}", said.cause, self.lang().t("form.damage_open")))
    }

    /// Why the ledger cannot be used, once that is known.
    pub fn ledger_trouble(&self) -> Option<String> {
        match &self.money.ledger {
            LedgerState::Shut(_) => self.ledger_closed(),
            LedgerState::Damaged(_) | LedgerState::Missing(_) => {
                let why = self.ledger_closed().unwrap_or_default();
                Some(format!("{why} {}", self.lang().t("form.damage_open")))
            }
            LedgerState::Open => {
                let said = words::damaged_order(self.unanswered()?, self.lang());
                Some(format!("{} {} {}", said.cause, said.next, self.lang().t("form.damage_open")))
            }
            _ => None,
        }
    }

    /// Keeps the orders without a certain end as they are known last.
    pub(in crate::tui) fn note_unproven(&mut self, order: &Order) {
        self.take_moves(order.as_move().as_slice());
        let Some(unproven) = &mut self.money.unproven else { return };
        unproven.retain(|known| known.id != order.id);
        if order.outcome.blocks_repeat() {
            let at = unproven.partition_point(|known| known.id > order.id);
            unproven.insert(at, order.clone());
        }
    }

    /// It is known whose ledger this is.
    pub(in crate::tui) fn bound(&mut self, uid: Option<UntrustedText>) {
        self.money.is_of_key = uid.is_none();
        let identity = &mut self.config.identity;
        identity.uid = identity.uid.take().or(uid);
    }

    /// True when orders of other keys of the same account are not seen: the exchange does not tell whose key this is.
    pub(in crate::tui) const fn is_of_key(&self) -> bool {
        self.money.is_of_key
    }

    /// Asks for the ledger, unless it is being read or there is none.
    pub(in crate::tui) fn read_ledger(&mut self) -> Option<Effect> {
        if self.config.read_only || self.money.is_reading {
            return None;
        }
        self.money.is_reading = true;
        if self.money.ledger == LedgerState::Closed {
            self.money.ledger = LedgerState::Opening;
        }
        Some(Effect::ReadLedger { since: ordered_since(self.exchange_now()) })
    }

    /// What is due: the ledger at a start, and looks for orders of unknown outcome.
    pub(in crate::tui) fn due_looks(&mut self) -> Vec<Effect> {
        let mut effects = Vec::new();
        if self.money.ledger == LedgerState::Closed {
            effects.extend(self.read_ledger());
        }
        let now = self.now;
        for watched in &mut self.money.watched {
            // A clock that was set back must not put the next look off.
            let is_due = watched.next <= now || watched.next > now.plus(60_000);
            if watched.order.outcome.is_unsettled() && !watched.under_way && is_due {
                watched.under_way = true;
                effects.push(Effect::Look { order: watched.order.id });
            }
        }
        effects
    }

    pub(in crate::tui) fn ledger_read(&mut self, news: LedgerNews) -> Vec<Effect> {
        self.money.is_reading = false;
        match news {
            LedgerNews::Open { unsettled, ordered, unproven, damage, moves } => {
                self.take_moves(&moves);
                (self.money.ledger, self.money.damaged) = match damage {
                    None => (LedgerState::Open, Vec::new()),
                    Some(Damage::SetAside(path)) => (LedgerState::Damaged(path), Vec::new()),
                    Some(Damage::Missing(missing)) => (LedgerState::Missing(missing), Vec::new()),
                    Some(Damage::Orders(rows)) => (LedgerState::Open, rows),
                };
                self.money.ordered = Some(ordered);
                self.money.unproven = Some(unproven);
                for order in unsettled {
                    self.watch(order, None);
                }
            }
            LedgerNews::Shut(why) => {
                self.money.ledger = LedgerState::Shut(why);
                (self.money.ordered, self.money.unproven) = (None, None);
            }
        }
        self.write_book();
        self.due_looks()
    }

    /// Keeps an order until its outcome is known. One that is known already is not replaced by what is older.
    pub(in crate::tui) fn watch(&mut self, order: Order, unrecorded: Option<UntrustedText>) {
        // The one that this screen is just sending has its own place.
        let is_flying = order.outcome == Outcome::Sending
            && self.money.in_flight.as_ref().is_some_and(|flight| flight.is_of(&order.request));
        if is_flying {
            return;
        }
        self.note_unproven(&order);
        if let Some(known) = self.money.watched.iter_mut().find(|w| w.order.id == order.id) {
            if known.order.outcome.may_become(&order.outcome) {
                known.order = order;
            }
            return;
        }
        let next = self.now.plus(pause_ms(0));
        self.money.watched.push(PendingOrder {
            order,
            reading: None,
            unrecorded,
            looks: 0,
            next,
            under_way: false,
            marked: None,
        });
    }

    /// An order whose outcome is known is not watched any more.
    pub(in crate::tui) fn forget_settled(&mut self, id: OrderId) {
        self.money.watched.retain(|w| w.order.id != id || w.order.outcome.is_unsettled());
    }

    /// Looks for an order at once, unless a look is under way.
    pub(in crate::tui) fn look_now(&mut self, id: OrderId) -> Option<Effect> {
        let watched = self.money.watched.iter_mut().find(|w| w.order.id == id && !w.under_way)?;
        watched.under_way = true;
        Some(Effect::Look { order: id })
    }

    /// Why an order came to nothing: in the words for what stood in the way, which say what to do about it.
    pub(in crate::tui) fn nothing_executed(&self, order: &Order, problem: Option<&Problem>) -> Explanation {
        let lang = self.lang();
        match problem {
            Some(problem) if matches!(order.outcome, Outcome::Refused { .. } | Outcome::NotSent { .. }) => {
                let said = explain(problem, lang);
                Explanation { next: format!("{} {}", lang.t("form.nothing_executed"), said.next), ..said }
            }
            Some(problem) => explain(problem, lang),
            None => words::order(order, lang),
        }
    }

    /// Shows the tab of an order's record, and its row as soon as it is there.
    pub(in crate::tui) fn jump_to(&mut self, request: &Request, id: UntrustedText) {
        let (tab, kind) = match request {
            Request::Withdraw(_) | Request::CancelWithdrawal(_) => (Tab::Withdrawals, Kind::Withdrawal),
            Request::Transfer(_) | Request::CancelTransfer(_) => (Tab::Transfers, Kind::TransferOut),
            Request::Move(_) => return self.show(Tab::Balances),
        };
        self.show(tab);
        self.money.awaited = Some((RecordKey { kind, id }, self.now.plus(AWAIT_MS)));
        self.find_awaited();
    }

    /// Selects the row that was waited for, if it has come.
    pub(in crate::tui) fn find_awaited(&mut self) {
        let Some((key, until)) = self.money.awaited.clone() else { return };
        if self.now > until {
            self.money.awaited = None;
            return;
        }
        if let Some(place) = self.place_of(&RowId::Record(key)) {
            self.select(place);
            self.money.awaited = None;
        }
    }

    /// Moves the mark among what the user can say of an order.
    pub(in crate::tui) fn mark_candidate(&mut self, id: OrderId, forward: bool) {
        let Some(watched) = self.money.watched.iter_mut().find(|w| w.order.id == id) else { return };
        let all = watched.choices();
        let at = watched.marked().and_then(|marked| all.iter().position(|c| c == marked));
        let next = match (at, forward) {
            (None, _) => 0,
            (Some(at), true) => at + 1,
            (Some(at), false) => at.saturating_sub(1),
        };
        watched.marked = all.get(next.min(all.len().saturating_sub(1))).cloned();
    }

    /// Orders that had an end are open again: they are looked for, and the user is told.
    pub(in crate::tui) fn reopened(&mut self, orders: Vec<Order>) -> Vec<Effect> {
        for order in orders {
            self.toast_order(&order, &words::reopened(&order, self.lang()));
            if let Some(list) = &mut self.money.list {
                list.replace(&order);
            }
            self.watch(order, None);
        }
        self.due_looks()
    }

    /// Asks at once for everything that an order changes; answers to earlier askings are stale now.
    pub(in crate::tui) fn reload(&mut self) -> Vec<Effect> {
        let mut loads = vec![Load::Balances];
        if self.key_proved {
            loads.extend([Load::Outgoing, Load::Incoming]);
            if !self.futures.side.is_refused() {
                loads.extend(self.refresh_futures());
            }
        }
        loads.into_iter().map(|load| self.begin(load)).collect()
    }
}

pub(in crate::tui) fn pause_ms(looks: u32) -> i64 {
    i64::try_from(pause_after(looks).as_millis()).unwrap_or(i64::MAX)
}
