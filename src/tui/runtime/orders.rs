//! Orders: placed, looked at, decided and listed, each ending as one message.

use std::sync::Arc;

use super::Runtime;
use crate::domain::preflight::Snapshot;
use crate::domain::{AskedBy, Consent, OrderId, RecordKey, UntrustedText};
use crate::engine::orders::claims::ListedOrders;
use crate::engine::orders::{Decision, NotBegun, NotDecided, Reading};
use crate::tui::message::Message;

/// The most orders that are listed.
const LISTED: u32 = 500;

impl Runtime {
    /// Reads the ledger's newest orders, if it is open.
    pub(super) fn read_orders(&mut self) {
        let orders = Arc::clone(&self.orders);
        self.spawn(async move {
            let open = orders.lock().await.clone();
            let found = match open {
                Some(orders) => orders.with_ledger(|ledger| ListedOrders::read(ledger, LISTED)).await,
                None => Err(UntrustedText::from("it is not open")),
            };
            Message::Orders(found)
        });
    }

    /// Finds the order that a record came of, if the ledger is open.
    pub(super) fn find_order(&mut self, record: RecordKey) {
        let orders = Arc::clone(&self.orders);
        self.spawn(async move {
            let open = orders.lock().await.clone();
            let key = record.clone();
            let found = match open {
                Some(orders) => orders.with_ledger(move |ledger| ledger.order_of(&key)).await,
                None => Err(UntrustedText::from("it is not open")),
            };
            Message::OrderOf { record, found }
        });
    }

    /// Writes an order down and sends it, once; how that ends arrives as one message.
    pub(super) fn order(&mut self, consent: Consent, known: Snapshot) {
        let orders = Arc::clone(&self.orders);
        self.spawn(async move {
            // Cloned out: a slow answer must not keep anybody from reading the ledger.
            let open = orders.lock().await.clone();
            let end = match open {
                Some(orders) => orders.place(consent, known, AskedBy::Screen).await,
                None => Err(NotBegun::Ledger(UntrustedText::from("it is not open"))),
            };
            Message::Ordered(Box::new(end))
        });
    }

    /// Looks once for what became of an order; what that brings arrives as one message.
    pub(super) fn look(&mut self, order: OrderId) {
        let orders = Arc::clone(&self.orders);
        self.spawn(async move {
            let open = orders.lock().await.clone();
            let reading = match open {
                Some(orders) => orders.look(order).await,
                None => Reading::Ledger(UntrustedText::from("it is not open")),
            };
            Message::Looked { order, reading }
        });
    }

    /// Writes down what the user says of an order; whether that was taken arrives as one message.
    pub(super) fn decide(&mut self, order: OrderId, decision: Decision) {
        let orders = Arc::clone(&self.orders);
        self.spawn(async move {
            let open = orders.lock().await.clone();
            let result = match open {
                Some(orders) => orders.decide(order, decision, UntrustedText::from("on the screen")).await,
                None => Err(NotDecided::Ledger(UntrustedText::from("it is not open"))),
            };
            Message::Decided { order, result }
        });
    }
}
