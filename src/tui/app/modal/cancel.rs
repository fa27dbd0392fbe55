//! Taking a withdrawal or an outgoing transfer back: the record is shown, the user is asked, the exchange is asked, and the
//! record is read again until it is cancelled or has moved on. There is nothing to fill in, so there is no form to go back to.

use super::review::Review;
use super::{App, Checked, Modal};
use crate::domain::columns::Tab;
use crate::domain::record::SAME_ID;
use crate::domain::rules::{changed_since, check_cancel};
use crate::domain::{Kind, OrderId, Record, RecordKey, Request, UntrustedText};
use crate::tui::effect::Effect;
use crate::tui::state::State;
use crate::tui::state::form::{Entry, Field, FieldId, Form, FormKind};
use crate::tui::state::table::RowId;

/// What a contradiction is called when a record is not listed any more.
const VANISHED: &str = "vanished";

impl State {
    /// The order that is taking the same record back already.
    fn cancel_under_way(&self, request: &Request) -> Option<OrderId> {
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

    /// Why the record of a review cannot be taken back on the strength of what is shown of it.
    pub(in crate::tui) fn target_changed(&self, review: &Review) -> Option<String> {
        let (shown, conflict) = review.target()?;
        if let Some(now) = self.conflict(&shown.key)
            && Some(now) != conflict.as_ref()
        {
            // Of two records under one id the difference is the reason.
            let other = (now.raw() == SAME_ID).then(|| self.last_of(&shown.key)).flatten();
            let fault = other.and_then(|other| changed_since(shown, Some(&other)));
            let words = fault.map_or_else(String::new, |fault| format!("{} ", fault.words(self.lang())));
            return Some(format!("{words}{}", self.doubt_words(now)));
        }
        changed_since(shown, self.record_of(&shown.key).as_ref()).map(|fault| fault.words(self.lang()))
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

impl App {
    /// Asks whether the selected record is to be taken back; says why not where that cannot be.
    pub(in crate::tui) fn open_cancel(&mut self) -> Vec<Effect> {
        if self.state.config.read_only {
            self.state.toast(self.state.lang().t("form.read_only").to_owned(), true);
            return Vec::new();
        }
        let report = check_cancel(self.state.selected_record().as_ref(), &self.state.facts());
        let request = match report.into_result() {
            Ok(request) => request,
            Err(faults) => {
                let words = faults.first().map(|f| f.fault.words(self.state.lang())).unwrap_or_default();
                self.state.toast(words, true);
                return Vec::new();
            }
        };
        // What is not there cannot be taken back on the strength of what was read of it once.
        if let Some(conflict) = self.state.target(&request).and_then(|record| self.state.conflict(&record.key).cloned())
            && conflict.raw() == VANISHED
        {
            self.state.toast(self.state.doubt_words(&conflict), true);
            return Vec::new();
        }
        if let Some(order) = self.state.cancel_under_way(&request) {
            self.modal = Some(Modal::Outcome(order));
            return Vec::new();
        }
        self.state.drop_page_news();
        let (kind, id) = match &request {
            Request::CancelTransfer(id) => (FormKind::CancelTransfer, id),
            Request::CancelWithdrawal(id) => (FormKind::CancelWithdrawal, id),
            Request::Withdraw(_) | Request::Transfer(_) | Request::Move(_) => return Vec::new(),
        };
        let form = Form::new(kind, vec![Field::new(FieldId::Record, Entry::Fixed).holding(id)]);
        let review = self.state.review_of(Box::new(form), request, Vec::new());
        self.modal = Some(Modal::Review(Box::new(review)));
        self.state.read_ledger().into_iter().collect()
    }
}
