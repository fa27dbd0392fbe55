//! What the address book of the screen is made of, and the account's own deposit address that is read before an address is paid
//! that nothing has proved yet.

use std::collections::BTreeMap;

use super::State;
use super::remote::Remote;
use crate::domain::address_book::Draft;
use crate::domain::{DepositAddress, Order, OrderId, Problem};
use crate::tui::effect::CoinNetwork;

impl State {
    /// Writes the address book anew: labels, own addresses, the history as far as it has been read, and orders whose record is
    /// not there yet.
    pub(in crate::tui) fn write_book(&mut self) {
        let recent_payments =
            self.money.ordered.iter().flatten().chain(self.money.watched.iter().map(|watched| &watched.order));
        // Of one order what is known last counts.
        let orders: BTreeMap<OrderId, &Order> =
            self.payments.iter().chain(recent_payments).map(|order| (order.id, order)).collect();
        let mut draft = Draft::of_labels(&self.config.order_settings.labels)
            .with_orders(orders.into_values())
            .with_own(&self.own)
            .partial(self.is_book_partial());
        if let Some(outgoing) = self.outgoing.value() {
            outgoing.each(|record| draft.add(record));
        }
        self.book = draft.done();
    }

    /// True when payments may be missing from what has been read.
    pub(in crate::tui) fn is_book_partial(&self) -> bool {
        match &self.history {
            Some(history) => !history.is_whole[1],
            None => self.outgoing.value().is_none() || self.past[1].is_cut(),
        }
    }

    /// Remembers deposit addresses of the account itself.
    pub(in crate::tui) fn learn_own(&mut self, own: &[DepositAddress]) {
        for address in own {
            if !self.own.contains(address) {
                self.own.push(address.clone());
            }
        }
    }

    /// Whether the account's own deposit address there can be asked for, and was not read yet.
    pub(in crate::tui) fn may_be_own(&self, place: &CoinNetwork) -> bool {
        let refused = self.addresses.get(place).and_then(Remote::problem).is_some_and(Problem::is_about_the_key);
        let is_closed = self.find_place(place).is_none_or(|choice| choice.state.is_err());
        !refused && !is_closed && !self.book.is_own_read(&place.coin, &place.network)
    }
}
