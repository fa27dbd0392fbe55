//! What stands on top of the tables: each dialog is a struct with its state, what keys do in it and what it looks like.
//!
//! A dialog knows no other and never the app: it reads the state of the screen and answers a [`Next`].

pub mod damage;
pub mod decide;
pub mod diagnostics;
pub mod events;
pub mod explorer;
pub mod export;
pub mod figures;
pub mod form;
pub mod note;
pub mod order;
pub mod orders;
pub mod pending;
pub mod profiles;
pub mod review;
pub mod sending;

use crate::domain::flows::{CoinFlow, Group};
use crate::domain::{Order, OrderId, RecordKey, Request};
use crate::engine::orders::Decision;
use crate::tui::effect::Effect;

/// What a dialog answers to a key.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Next {
    /// What becomes of it.
    pub then: Then,
    /// What is wished for.
    pub effects: Vec<Effect>,
    /// What the user is told, and whether something did not work.
    pub toast: Option<(String, bool)>,
}

/// What becomes of a dialog.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Then {
    /// It stays.
    #[default]
    Stay,
    /// It is over.
    Close,
    /// The app goes on with this.
    Go(Goto),
}

/// Where a dialog leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Goto {
    /// To a record in its table, with every field.
    Record(RecordKey),
    /// To the same, and to the question whether it is taken back.
    Cancel(RecordKey),
    /// To the order that a record came of; the dialog stays until that is found.
    Order(RecordKey),
    /// From a form to the review of its request.
    Review(Request),
    /// From the review back to its form.
    Form,
    /// To the exchange: the order is sent.
    Send,
    /// To what is behind the dialog: the list that it was opened from, else the tables.
    Behind,
    /// To the list of orders.
    Orders,
    /// To the page of an order; it is looked for from now on.
    Page(Box<Order>),
    /// To the page of an order that is looked for already.
    PageOf(OrderId),
    /// To the page while an order is being sent.
    Sending,
    /// To the record that came of an order.
    RecordOf(Box<Order>),
    /// To the question whether what the user says of an order is so.
    Decide(OrderId, Decision),
    /// To another line of the list of orders.
    MarkOrder(usize),
    /// To the next or the last of what can be said of an order.
    MarkChoice(OrderId, bool),
    /// To the exchange: what became of an order.
    Settle(Box<Order>),
    /// To the records that a line of sums is made of.
    Records(Box<CoinFlow>, Group),
}

impl Next {
    /// The dialog stays.
    pub fn stay() -> Self {
        Self::default()
    }

    /// The dialog is over.
    pub fn close() -> Self {
        Self { then: Then::Close, ..Self::default() }
    }

    /// The app goes on elsewhere.
    pub fn go(to: Goto) -> Self {
        Self { then: Then::Go(to), ..Self::default() }
    }

    /// The same with a wish.
    #[must_use]
    pub fn with(mut self, effect: Effect) -> Self {
        self.effects.push(effect);
        self
    }

    /// The same with a line of news.
    #[must_use]
    pub fn saying(mut self, text: &str, is_trouble: bool) -> Self {
        self.toast = Some((text.to_owned(), is_trouble));
        self
    }
}
