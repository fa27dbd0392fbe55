//! From an order to the record that came of it and back, and from anywhere to a row of its table.

use super::{App, Dialog};
use crate::domain::columns::Tab;
use crate::domain::{Kind, Order, RecordKey, Request, UntrustedText};
use crate::engine::config::keymap::Context;
use crate::tui::dialogs::order::OrderPage;
use crate::tui::effect::Effect;
use crate::tui::state::State;
use crate::tui::state::table::RowId;

/// The record that came of an order, or that it takes back; `None` where there is none or it is not known.
fn record_of(order: &Order) -> Option<RecordKey> {
    match &order.request {
        Request::CancelWithdrawal(id) => Some(RecordKey { kind: Kind::Withdrawal, id: id.clone() }),
        Request::CancelTransfer(id) => Some(RecordKey { kind: Kind::TransferOut, id: id.clone() }),
        _ => order.as_move().map(|moved| moved.to_record().key).or_else(|| order.record()),
    }
}

impl State {
    /// Where a row stands in the table on the screen.
    pub(in crate::tui) fn place_of(&self, wanted: &RowId) -> Option<usize> {
        let wanted = self.row_at(self.tab, wanted)?;
        self.table().order.iter().position(|at| *at == wanted)
    }

    /// Looks for the order that the selected record came of.
    pub(in crate::tui) fn open_order_of_selected(&mut self) -> Vec<Effect> {
        let Some(key) = self.selected_record().map(|record| record.key.clone()) else {
            self.toast(self.lang().t("partner.mark_first").to_owned(), false);
            return Vec::new();
        };
        self.find_order(key)
    }

    pub(in crate::tui) fn find_order(&mut self, key: RecordKey) -> Vec<Effect> {
        if self.config.read_only {
            self.toast(self.lang().t("form.read_only").to_owned(), true);
            return Vec::new();
        }
        if self.is_hidden() {
            self.toast(self.lang().t("note.hidden").to_owned(), false);
            return Vec::new();
        }
        if !key.kind.is_outgoing() && !key.kind.is_move() {
            self.toast(self.lang().t("partner.incoming").to_owned(), false);
            return Vec::new();
        }
        vec![Effect::FindOrder(key)]
    }
}

impl App {
    /// Shows a record in its table with every field; a filter that hides it ends. Answers whether the record is there.
    pub(in crate::tui) fn show_record(&mut self, key: &RecordKey) -> Option<Vec<Effect>> {
        self.state.record_of(key)?;
        let tab = Tab::ALL.into_iter().find(|tab| tab.shows(&key.kind))?;
        self.dialog = None;
        self.state.money.list = None;
        self.state.show(tab);
        let wanted = RowId::Record(key.clone());
        if self.state.place_of(&wanted).is_none() {
            self.state.edit_filter(tui_input::Input::reset);
        }
        let place = self.state.place_of(&wanted)?;
        self.state.select(place);
        Some(self.state.open_detail())
    }

    /// Leads from an order to its record, or says why it cannot.
    pub(in crate::tui) fn show_record_of(&mut self, order: &Order) {
        let Some(key) = record_of(order) else {
            return self.state.toast(self.state.lang().t("partner.no_record").to_owned(), false);
        };
        if self.show_record(&key).is_none() {
            self.state.toast(self.state.lang().fill("partner.not_here", &[("id", &key.id.excerpt(40))]), false);
        }
    }

    /// What was found of a record's order. Somebody who has gone elsewhere meanwhile stays there.
    pub(in crate::tui) fn order_found(&mut self, record: &RecordKey, found: Result<Option<Order>, UntrustedText>) {
        let is_here = matches!(&self.dialog, Some(Dialog::Pending(_)))
            || self.dialog.is_none() && matches!(self.context(), Context::Table | Context::Detail);
        match found {
            Ok(Some(order)) if is_here => {
                let id = order.id;
                self.state.watch(order, None);
                self.dialog = Some(Dialog::Order(OrderPage(id)));
            }
            Ok(Some(_)) => {}
            Ok(None) => {
                self.state.toast(self.state.lang().fill("partner.no_order", &[("id", &record.id.excerpt(40))]), false);
            }
            Err(why) => {
                self.state.toast(self.state.lang().fill("form.list_problem", &[("why", &why.excerpt(160))]), true);
            }
        }
    }
}
