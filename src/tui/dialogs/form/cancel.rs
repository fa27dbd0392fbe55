//! Taking a withdrawal or an outgoing transfer back: the record is shown, the user is asked, the exchange is asked, and the
//! record is read again until it is cancelled or has moved on. There is nothing to fill in, so there is no form to go back to.

use super::Checked;
use crate::domain::columns::Tab;
use crate::domain::rules::check_cancel;
use crate::domain::{Kind, OrderId, Record, RecordKey, Request, UntrustedText};
use crate::tui::state::State;
use crate::tui::state::form::{FieldId, Form, FormKind};
use crate::tui::state::table::RowId;

impl State {
    /// The order that is taking the same record back already.
    pub(in crate::tui) fn cancel_under_way(&self, request: &Request) -> Option<OrderId> {
        let is_same = |w: &&crate::tui::state::orders::PendingOrder| {
            w.order.outcome.is_unsettled() && w.order.request == *request
        };
        self.money.watched.iter().find(is_same).map(|w| w.order.id)
    }

    pub(in crate::tui) fn cancel_check(&self, form: &Form) -> Checked {
        let kind = if form.kind == FormKind::CancelTransfer { Kind::TransferOut } else { Kind::Withdrawal };
        let key = RecordKey { kind, id: UntrustedText::from(form.value(FieldId::Record)) };
        Checked::of(check_cancel(self.record_of(&key).as_ref(), &self.facts()), |request| request)
    }

    pub(in crate::tui) fn doubt_words(&self, conflict: &UntrustedText) -> String {
        self.lang().find(&format!("doubt.{}", conflict.raw())).unwrap_or_default().to_owned()
    }

    /// The record that an order takes back, as it was last read.
    pub(in crate::tui) fn target(&self, request: &Request) -> Option<Record> {
        let (kind, id) = match request {
            Request::CancelWithdrawal(id) => (Kind::Withdrawal, id),
            Request::CancelTransfer(id) => (Kind::TransferOut, id),
            Request::Withdraw(_) | Request::Transfer(_) | Request::Move(_) => return None,
        };
        self.record_of(&RecordKey { kind, id: id.clone() })
    }

    pub(in crate::tui) fn record_of(&self, key: &RecordKey) -> Option<Record> {
        // Every tab of records finds every record.
        self.record_at(self.row_at(Tab::Transfers, &RowId::Record(key.clone()))?)
    }
}
