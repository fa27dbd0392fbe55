//! A payment link in the form of a withdrawal: what a pasted one fills in, why another is refused, and what stands under the
//! fields as long as the address is the link's. What was typed before is never overwritten, and no rule asks less of it.

use super::{Next, network_of};
use crate::domain::address::{self, ChainHint};
use crate::domain::payment_link::{LinkAmount, LinkFault, PaymentLink, is_link, read};
use crate::domain::rules::{Fault, typed_amount};
use crate::domain::{Amount, Coin, Network, UntrustedText};
use crate::engine::explain::Explanation;
use crate::tui::state::State;
use crate::tui::state::detail::grouped;
use crate::tui::state::form::{Field, FieldId, Form, FormKind};
use crate::tui::widgets::review_layout::Emphasis;

/// How much of a link's name for the receiver is shown, in graphemes.
const LABEL: usize = 40;

impl Form {
    /// Reads a link that is pasted into the address field; `None` for any other paste, and where it is text like any other.
    pub(in crate::tui) fn paste_link(&mut self, app: &State, pasted: &str) -> Option<(String, bool)> {
        if self.kind != FormKind::Withdraw || self.is_asking || !is_link(pasted) {
            return None;
        }
        match self.focused()?.field_id {
            FieldId::Address => {}
            // It narrows no list: it is pasted too early.
            FieldId::Coin | FieldId::Network => return Some(self.link_news(app, Err(LinkFault::NothingChosen.into()))),
            _ => return None,
        }
        let is_empty = self.value(FieldId::Address).trim_ascii().is_empty();
        let taken = if is_empty { self.take_link(app, pasted) } else { Err(LinkFault::AddressTyped.into()) };
        Some(self.link_news(app, taken))
    }

    /// The same for one that was typed, or that a terminal without bracketed paste has typed, once the field is left.
    pub(super) fn leave_link(&mut self, app: &State) -> Option<Next> {
        let typed = self.value(FieldId::Address).to_owned();
        if !self.is_at_address() || !is_link(&typed) {
            return None;
        }
        let taken = self.take_link(app, &typed);
        let is_refused = taken.is_err();
        let (words, is_trouble) = self.link_news(app, taken);
        if is_refused {
            // What is wrong stands on the form; the focus is never held fast.
            self.step(true);
        }
        Some(Next::stay().saying(&words, is_trouble))
    }

    fn is_at_address(&self) -> bool {
        self.kind == FormKind::Withdraw && self.focused().is_some_and(|field| field.field_id == FieldId::Address)
    }

    /// The link that the address came with, while the address is still the link's.
    pub fn link(&self) -> Option<&PaymentLink> {
        self.link.as_ref().filter(|link| self.value(FieldId::Address).trim_ascii() == link.address.raw())
    }

    /// Fills in what a link says, or nothing at all.
    fn take_link(&mut self, app: &State, text: &str) -> Result<(), Fault> {
        let link = read(text)?;
        let (coin, network) = app.chosen_place(self).ok_or(LinkFault::NothingChosen)?;
        let amount = link.fits(coin, network)?;
        address::check(&ChainHint::of(network), link.address.raw())?;
        let memo = self.field(FieldId::Memo);
        let held = memo.map_or("", Field::value);
        let is_decided = !held.is_empty() || memo.is_some_and(|field| field.chosen().is_some());
        if let Some(memo) = link.memo.as_ref().filter(|memo| is_decided && memo.raw() != held) {
            return Err(LinkFault::MemoTyped { memo: memo.clone() }.into());
        }
        let is_amount_typed = !self.value(FieldId::Amount).trim_ascii().is_empty();
        let amount = amount.filter(|_| !is_amount_typed).map(|amount| UntrustedText::from(amount.to_string()));
        let filled = [(FieldId::Address, Some(link.address.clone())), (FieldId::Memo, link.memo.clone())];
        for (field_id, text) in filled.into_iter().chain([(FieldId::Amount, amount)]) {
            if let Some((field, text)) = self.field_mut(field_id).zip(text) {
                field.fill(&text);
            }
        }
        self.link = Some(link);
        app.settle_form(self, Some(FieldId::Address));
        Ok(())
    }

    /// One line about what became of a link; why one was refused stands on top of the form, where there is room for all of it.
    fn link_news(&mut self, app: &State, taken: Result<(), Fault>) -> (String, bool) {
        let lang = app.lang();
        if let Err(fault) = taken {
            let next = lang.t("payment_link.nothing_taken").to_owned();
            self.said = Some(Explanation { cause: fault.words(lang), next });
            return (lang.t("payment_link.refused").to_owned(), true);
        }
        self.said = None;
        let is_all = self.link.as_ref().is_some_and(|link| link.left.is_empty()) && !app.keeps_amount(self);
        let key = if is_all { "payment_link.taken" } else { "payment_link.taken_partly" };
        (lang.t(key).to_owned(), !is_all)
    }
}

impl State {
    /// The coin and the network that a form holds, as the exchange lists them.
    fn chosen_place(&self, form: &Form) -> Option<(&Coin, &Network)> {
        let coin = self.listed_coin(form.value(FieldId::Coin))?;
        Some((coin, network_of(coin, form.value(FieldId::Network))?))
    }

    /// Why the link that the address came with does not fit what was chosen since.
    pub(super) fn link_fault(&self, form: &Form) -> Option<Fault> {
        let (coin, network) = self.chosen_place(form)?;
        form.link()?.fits(coin, network).err().map(Fault::Link)
    }

    /// The coin amount that the form's link asks for.
    fn asked(&self, form: &Form) -> Option<Amount> {
        let (coin, network) = self.chosen_place(form)?;
        form.link()?.fits(coin, network).ok()?
    }

    /// True where the amount field holds another amount than the link asks for.
    fn keeps_amount(&self, form: &Form) -> bool {
        let typed = form.value(FieldId::Amount).trim_ascii();
        self.asked(form).is_some_and(|asked| typed_amount(typed).ok() != Some(asked))
    }

    /// What stands under a field as long as the address is the link's.
    pub(super) fn link_hints(&self, form: &Form, field_id: FieldId) -> Vec<(String, Emphasis)> {
        let (Some(link), lang) = (form.link(), self.lang()) else { return Vec::new() };
        match field_id {
            FieldId::Address => {
                let chain = link.chain.map(|chain| chain.words(lang));
                let from = match (&chain, &link.label) {
                    (Some(chain), _) => lang.fill("payment_link.from", &[("chain", chain)]),
                    (None, _) => lang.t("payment_link.from_bare").to_owned(),
                };
                let mut hints = vec![(from, Emphasis::Muted)];
                hints.extend(link.label.as_ref().map(|label| {
                    let values = [("label", &*label.excerpt(LABEL))];
                    (lang.fill("payment_link.label", &values), Emphasis::Muted)
                }));
                if !link.left.is_empty() {
                    let left = link.left_words(lang);
                    hints.push((lang.fill("payment_link.left", &[("left", &left)]), Emphasis::Warning));
                }
                hints
            }
            FieldId::Memo => link.memo.iter().map(|memo| self.link_memo(form, memo)).collect(),
            FieldId::Amount => self.asked(form).map(|asked| self.link_amount(form, link, asked)).into_iter().collect(),
            _ => Vec::new(),
        }
    }

    fn link_memo(&self, form: &Form, memo: &UntrustedText) -> (String, Emphasis) {
        let lang = self.lang();
        if form.value(FieldId::Memo).trim_ascii() == memo.raw().trim_ascii() {
            return (lang.t("payment_link.memo").to_owned(), Emphasis::Muted);
        }
        let memo = memo.excerpt(address::MAX_LENGTH);
        (lang.fill("payment_link.memo_other", &[("memo", &memo)]), Emphasis::Danger)
    }

    fn link_amount(&self, form: &Form, link: &PaymentLink, asked: Amount) -> (String, Emphasis) {
        let lang = self.lang();
        let (shown, coin) = (grouped(asked.trimmed()), UntrustedText::from(form.value(FieldId::Coin)).excerpt(LABEL));
        if self.keeps_amount(form) {
            return (lang.fill("payment_link.amount_other", &[("amount", &shown), ("coin", &coin)]), Emphasis::Warning);
        }
        match link.amount {
            Some(LinkAmount::Units(units)) => {
                let values = [("units", &*units.to_string()), ("amount", &shown), ("coin", &coin)];
                (lang.fill("payment_link.amount_units", &values), Emphasis::Muted)
            }
            _ => (lang.t("payment_link.amount").to_owned(), Emphasis::Muted),
        }
    }
}
