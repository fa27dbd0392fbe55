//! What is asked for while something is on top of the tables.

use super::App;
use crate::domain::order::Request;
use crate::domain::text::UntrustedText;
use crate::tui::app::dialog::Dialog;
use crate::tui::effect::{CoinNetwork, Effect};
use crate::tui::state::form::{FieldId, FormKind};
use crate::tui::state::loads::Needs;

impl App {
    /// Everything whose time has come, with what is on top.
    pub(super) fn due_loads(&mut self) -> Vec<Effect> {
        let needs = Needs {
            is_open: self.dialog.is_some(),
            is_reviewing: matches!(self.dialog, Some(Dialog::Review(_))),
            moving: self.coin_being_moved(),
            own_address: self.own_address_wanted(),
        };
        self.state.due_loads_for(needs)
    }

    /// The coin of a move that is being made.
    fn coin_being_moved(&self) -> Option<UntrustedText> {
        let coin = match &self.dialog {
            Some(Dialog::Form(form)) if form.kind == FormKind::Move => UntrustedText::from(form.value(FieldId::Coin)),
            Some(Dialog::Review(review)) => match review.request() {
                Request::Move(request) => request.coin.clone(),
                _ => return None,
            },
            _ => return None,
        };
        // The exchange is only asked about a coin that it knows.
        self.state.listed_coin(coin.raw()).map(|_| coin)
    }

    /// The coin and network of a withdrawal whose address nothing has proved yet: the account's own deposit address there must
    /// not be taken for somebody else's.
    pub(super) fn own_address_wanted(&self) -> Option<CoinNetwork> {
        match &self.dialog {
            Some(Dialog::Form(form)) if form.kind == FormKind::Withdraw => {
                let text = |field_id| UntrustedText::from(form.value(field_id).trim_ascii());
                let (coin, network, address) = (text(FieldId::Coin), text(FieldId::Network), text(FieldId::Address));
                let memo = Some(text(FieldId::Memo)).filter(|memo| !memo.is_empty());
                let is_known = self.state.book.knowledge_of(&coin, &network, &address, memo.as_ref()).is_proved();
                (!is_known && !address.is_empty()).then_some(CoinNetwork { coin, network })
            }
            Some(Dialog::Review(review)) => match review.request() {
                Request::Withdraw(w) if !self.state.book.was_paid(w) => {
                    Some(CoinNetwork { coin: w.coin.clone(), network: w.network.clone() })
                }
                _ => None,
            },
            _ => None,
        }
    }
}
