//! The ledger's list of orders: what was ordered from here and what became of it, unsettled ones first.

use std::collections::HashMap;

use super::State;
use crate::domain::{Millis, MoveDirection, Order, OrderId, RecordKey, Request, Status, UntrustedText};
use crate::engine::orders::claims::{Contradiction, ListedOrders};
use crate::tui::effect::Effect;

/// While the list is shown, the ledger is read again so often, milliseconds: another instance may write to it.
const READ_EVERY_MS: i64 = 10_000;

/// The list, while it is open or below the page of one of its orders.
#[derive(Debug, Clone, Default)]
pub struct OrderList {
    /// Unsettled ones first, then the newest first; `None` until the ledger was read.
    orders: Option<Vec<Order>>,
    /// Why it could not be read.
    problem: Option<UntrustedText>,
    /// How far the records of accepted payments got, as far as they are held.
    fates: HashMap<OrderId, Status>,
    marked: Option<OrderId>,
    offset: usize,
    is_reading: bool,
    read: Option<Millis>,
}

impl OrderList {
    /// The orders, unsettled ones first; `None` until the ledger was read.
    pub fn orders(&self) -> Option<&[Order]> {
        self.orders.as_deref()
    }

    /// How far the record of an accepted payment got; `None` where it is not held.
    pub fn fate(&self, order: OrderId) -> Option<&Status> {
        self.fates.get(&order)
    }

    /// Why the ledger could not be read.
    pub const fn problem(&self) -> Option<&UntrustedText> {
        self.problem.as_ref()
    }

    /// The marked line: the first one until another is marked.
    pub fn marked(&self) -> usize {
        let at = |id| self.orders.iter().flatten().position(|order| order.id == id);
        self.marked.and_then(at).unwrap_or(0)
    }

    /// The first line of a window of `height` lines with the marked line in it.
    pub fn first(&self, height: usize) -> usize {
        let marked = self.marked();
        self.offset.min(marked).max((marked + 1).saturating_sub(height))
    }

    pub(in crate::tui) fn marked_order(&self) -> Option<&Order> {
        self.orders.as_ref()?.get(self.marked())
    }

    /// Takes what is newly known of an order.
    pub(in crate::tui) fn replace(&mut self, order: &Order) {
        if let Some(known) = self.orders.iter_mut().flatten().find(|known| known.id == order.id) {
            *known = order.clone();
        }
    }
}

impl State {
    /// The list of orders.
    pub const fn order_list(&self) -> Option<&OrderList> {
        self.money.list.as_ref()
    }

    /// How a record contradicts what stands about an order, as far as the ledger was read.
    pub fn contradiction(&self, order: OrderId) -> Option<&Contradiction> {
        self.money.contradictions.get(&order)
    }

    /// Asks for the list, unless it is being read.
    pub(in crate::tui) fn read_orders(&mut self) -> Option<Effect> {
        let list = self.money.list.as_mut().filter(|list| !list.is_reading)?;
        list.is_reading = true;
        Some(Effect::ReadOrders)
    }

    /// What reading the list brought.
    pub(in crate::tui) fn orders_read(&mut self, found: Result<ListedOrders, UntrustedText>) {
        let found = found.map(|ListedOrders { orders, contradictions }| {
            self.money.contradictions = contradictions;
            orders
        });
        let watched: Vec<Order> = self.money.watched.iter().map(|w| w.order.clone()).collect();
        let now = self.now;
        let Some(list) = &mut self.money.list else { return };
        list.is_reading = false;
        list.read = Some(now);
        match found {
            Err(why) => list.problem = Some(why),
            Ok(mut orders) => {
                // What is looked for belongs on the list however old it is.
                let missing = watched.into_iter().filter(|w| w.outcome.is_unsettled());
                for order in missing {
                    if !orders.iter().any(|known| known.id == order.id) {
                        orders.push(order);
                    }
                }
                orders.sort_by_key(|order| !order.outcome.is_unsettled());
                let marked = list.marked_order().map(|order| order.id);
                list.orders = Some(orders);
                list.problem = None;
                list.marked = marked;
            }
        }
        self.follow_orders();
    }

    /// Looks up how far the records of the orders on the list got.
    pub(in crate::tui) fn follow_orders(&mut self) {
        let (Some(list), Some(records)) = (&mut self.money.list, self.outgoing.value()) else { return };
        let paid = list.orders.iter().flatten().filter_map(|order| Some((order.id, order.record()?)));
        let paid: Vec<(OrderId, RecordKey)> = paid.collect();
        let places = records.places(paid.iter().map(|(_, key)| key));
        let fate = |(id, key): &(OrderId, RecordKey)| Some((*id, records.get(*places.get(key)?)?.status));
        list.fates = paid.iter().filter_map(fate).collect();
    }

    /// Reads again what another instance may have changed.
    pub(in crate::tui) fn tick_list(&mut self) -> Vec<Effect> {
        let now = self.now;
        let is_due = |at: Millis| !(0..READ_EVERY_MS).contains(&now.since(at));
        let is_old = self.money.list.as_ref().is_some_and(|list| list.read.is_some_and(is_due));
        if is_old { self.read_orders().into_iter().collect() } else { Vec::new() }
    }

    /// Lines of the list on the page: below its head and what is damaged, above the line of news.
    pub fn list_height(&self) -> u16 {
        self.dialog_inner().height.saturating_sub(2).saturating_sub(self.damaged_lines())
    }

    /// Lines for damaged rows, which stand above the list.
    pub fn damaged_lines(&self) -> u16 {
        let most = self.dialog_inner().height / 3;
        u16::try_from(self.money.damaged.len()).unwrap_or(most).min(most)
    }

    pub(in crate::tui) fn mark_order(&mut self, to: usize) {
        let height = usize::from(self.list_height());
        if let Some(list) = &mut self.money.list {
            let last = list.orders.as_ref().map_or(0, Vec::len).saturating_sub(1);
            list.marked = list.orders.as_ref().and_then(|orders| orders.get(to.min(last))).map(|order| order.id);
            list.offset = list.first(height);
        }
    }

    pub(in crate::tui) fn marked_order(&self) -> Option<Order> {
        self.money.list.as_ref().and_then(OrderList::marked_order).cloned()
    }

    /// To whom or where an order goes, in short: the whole of it is on the order's page.
    pub fn order_target(&self, request: &Request) -> UntrustedText {
        match request {
            Request::Withdraw(w) => w.address.clone(),
            Request::Transfer(t) => t.to.name().clone(),
            Request::Move(m) => UntrustedText::from(self.lang().t(match m.direction {
                MoveDirection::SpotToFutures => "form.spot_to_futures",
                MoveDirection::FuturesToSpot => "form.futures_to_spot",
            })),
            Request::CancelWithdrawal(id) | Request::CancelTransfer(id) => id.clone(),
        }
    }
}
