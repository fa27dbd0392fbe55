//! What a transfer and a move share: any coin of the account, without a network, and what would be left of it.

use super::withdraw::{NAME, holds, plain};
use crate::domain::review::MASKED;
use crate::domain::rules::typed_amount;
use crate::domain::{Amount, UntrustedText};
use crate::tui::state::State;
use crate::tui::state::detail::grouped;
use crate::tui::state::form::{Choice, FieldId, Form};

impl State {
    /// Coins that can be sent without a chain: what is held first, then the rest of the exchange's list.
    pub(in crate::tui) fn own_coin_choices(&self, filter: &str) -> Vec<Choice> {
        let lang = self.lang();
        let listed = self.coins.value().into_iter().flatten().map(|c| (&c.name, c.full_name.as_ref()));
        let held = self.balances.value().into_iter().flatten().map(|b| (&b.coin, None));
        let mut names: Vec<(&UntrustedText, Option<&UntrustedText>)> = Vec::new();
        for (name, full) in listed.chain(held) {
            if !names.iter().any(|(known, _)| *known == name) {
                names.push((name, full));
            }
        }
        let fits = |(name, full): &(&UntrustedText, Option<&UntrustedText>)| {
            holds(name.raw(), filter) || full.is_some_and(|full| holds(full.raw(), filter))
        };
        let mut found: Vec<_> = names
            .into_iter()
            .filter(fits)
            .map(|(name, full)| {
                let available = self.available(name).filter(|a| a.is_positive());
                ((!name.raw().eq_ignore_ascii_case(filter), available.is_none(), name), full, available)
            })
            .collect();
        found.sort_by_key(|(rank, ..)| *rank);
        let choice = |((_, _, name), full, available): (
            (bool, bool, &UntrustedText),
            Option<&UntrustedText>,
            Option<Amount>,
        )| {
            let available = available
                .filter(|_| !self.hidden)
                .map(|a| lang.fill("form.available", &[("amount", &grouped(a.trimmed()))]));
            let parts: Vec<String> = full.map(|full| full.excerpt(NAME)).into_iter().chain(available).collect();
            Choice { about: parts.join(" · "), ..plain(name) }
        };
        found.into_iter().map(choice).collect()
    }

    /// The coin's long name and what is available of it.
    pub(in crate::tui) fn own_coin_text(&self, coin: &str) -> String {
        let full = self.listed_coin(coin).and_then(|c| c.full_name.as_ref()).map(|n| n.excerpt(NAME));
        let available = self.available(&UntrustedText::from(coin)).map(|a| {
            let amount = if self.hidden { MASKED.to_owned() } else { grouped(a.trimmed()) };
            self.lang().fill("form.available", &[("amount", &amount)])
        });
        full.into_iter().chain(available).collect::<Vec<_>>().join(" · ")
    }

    /// What is left on the spot side after the typed amount.
    pub(in crate::tui) fn left(&self, form: &Form) -> Option<String> {
        self.left_of(self.available(&UntrustedText::from(form.value(FieldId::Coin))), form)
    }

    /// What would be left of what is held.
    pub(in crate::tui) fn left_of(&self, held: Option<Amount>, form: &Form) -> Option<String> {
        let amount = typed_amount(form.value(FieldId::Amount).trim_ascii()).ok()?;
        let left = held?.checked_sub(amount)?;
        let is_told = !left.is_negative() && !self.hidden;
        is_told.then(|| self.lang().fill("form.left", &[("amount", &grouped(left.trimmed()))]))
    }
}
