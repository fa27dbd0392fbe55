//! The form of a move between spot and futures: both directions, one key to turn it round, and what both sides hold.

use super::Checked;
use super::withdraw::{NAME, holds, plain};
use crate::domain::rules::{Field as RuleField, MoveInput, check_move};
use crate::domain::text_width::span;
use crate::domain::{Amount, MoveDirection, Request, UntrustedText};
use crate::engine::explain::explain;
use crate::tui::state::State;
use crate::tui::state::form::{Choice, Entry, Field, FieldId, Form, FormKind};
use crate::tui::widgets::review_layout::Emphasis;

/// What the field of the direction holds.
const SPOT_TO_FUTURES: &str = "spot_to_futures";
/// See [`SPOT_TO_FUTURES`].
const FUTURES_TO_SPOT: &str = "futures_to_spot";
/// The most characters of an amount that can be typed.
const AMOUNT: usize = RuleField::Amount.room();

/// Which way was chosen; `None` while another one is looked for.
pub(super) fn direction_of(form: &Form) -> Option<MoveDirection> {
    match form.value(FieldId::Direction) {
        SPOT_TO_FUTURES => Some(MoveDirection::SpotToFutures),
        FUTURES_TO_SPOT => Some(MoveDirection::FuturesToSpot),
        _ => None,
    }
}

impl State {
    pub(in crate::tui) fn move_start(&self) -> Form {
        let mut coin = Field::new(FieldId::Coin, Entry::Picked);
        if let Some((_, balance)) = self.selected_balance() {
            coin = coin.choosing(plain(&balance.coin));
        } else if let Some(record) = self.selected_record() {
            coin = coin.choosing(plain(&record.coin));
        }
        let direction = Field::new(FieldId::Direction, Entry::Picked).choosing(self.direction_choice(SPOT_TO_FUTURES));
        let amount = Field::new(FieldId::Amount, Entry::Typed(AMOUNT));
        let mut form = Form::new(FormKind::Move, vec![direction, coin, amount]);
        form.start_here();
        form
    }

    fn direction_choice(&self, direction: &str) -> Choice {
        let name = self.lang().find(&format!("form.{direction}")).unwrap_or_default().to_owned();
        Choice { name, ..plain(&UntrustedText::from(direction)) }
    }

    pub(in crate::tui) fn move_choices(&self, form: &Form, field_id: FieldId) -> Vec<Choice> {
        let filter = form.field(field_id).map_or("", Field::filter).trim();
        match field_id {
            FieldId::Coin => self.own_coin_choices(filter),
            FieldId::Direction => {
                let all = [SPOT_TO_FUTURES, FUTURES_TO_SPOT].map(|direction| self.direction_choice(direction));
                all.into_iter().filter(|choice| holds(&choice.name, filter)).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Turns the direction round; everything else stays.
    pub(in crate::tui) fn swap_direction(&self, form: &mut Form) {
        let is_back = direction_of(form) == Some(MoveDirection::FuturesToSpot);
        let other = if is_back { SPOT_TO_FUTURES } else { FUTURES_TO_SPOT };
        let choice = self.direction_choice(other);
        if let Some(field) = form.field_mut(FieldId::Direction) {
            field.choose(choice);
        }
    }

    pub(in crate::tui) fn move_check(&self, form: &Form) -> Checked {
        let Some(direction) = direction_of(form) else { return Checked::nothing_chosen() };
        let (coin, amount) = (form.value(FieldId::Coin).to_owned(), form.value(FieldId::Amount).to_owned());
        Checked::of(check_move(&MoveInput { direction, coin, amount }, &self.facts()), Request::Move)
    }

    /// What can be moved out of the futures side, by the last reading.
    pub(in crate::tui) fn movable(&self, coin: &UntrustedText) -> Option<Amount> {
        self.futures_of(coin)?.balance.as_ref()?.movable
    }

    /// What the futures side holds of a coin, with its age.
    fn futures_hint(&self, coin: &UntrustedText) -> (String, Emphasis) {
        let lang = self.lang();
        let Some(reading) = self.futures().reading(coin.raw()) else {
            let failed = self.futures_problem(coin.raw()).map(|problem| explain(problem, lang).cause);
            return match failed {
                _ if self.futures().is_refused() => (lang.t("form.futures_side").to_owned(), Emphasis::Muted),
                Some(why) => (lang.fill("futures.unread", &[("why", &why)]), Emphasis::Warning),
                None => (lang.t("form.futures_awaited").to_owned(), Emphasis::Muted),
            };
        };
        let age = span(self.now().since(reading.at).max(0), lang);
        let Some(balance) = &reading.balance else {
            return (lang.fill("form.futures_none", &[("coin", &coin.excerpt(NAME)), ("span", &age)]), Emphasis::Muted);
        };
        let values = [
            ("movable", &*self.shown_amount(balance.movable)),
            ("total", &self.shown_amount(balance.total())),
            ("span", &age),
        ];
        (lang.fill("form.futures_holds", &values), Emphasis::Muted)
    }

    pub(in crate::tui) fn move_hints(&self, form: &Form, field_id: FieldId) -> Vec<(String, Emphasis)> {
        let lang = self.lang();
        let mut hints = Vec::new();
        match field_id {
            FieldId::Direction => hints.push((lang.t("form.swap_hint").to_owned(), Emphasis::Muted)),
            FieldId::Coin => {
                let held = self.own_coin_text(form.value(FieldId::Coin));
                if !form.value(FieldId::Coin).is_empty() {
                    hints.push((lang.fill("form.spot_side", &[("spot", &held)]), Emphasis::Muted));
                    hints.push(self.futures_hint(&UntrustedText::from(form.value(FieldId::Coin))));
                }
            }
            FieldId::Amount if direction_of(form) == Some(MoveDirection::SpotToFutures) => {
                hints.extend(self.left(form).map(|left| (left, Emphasis::Muted)));
            }
            FieldId::Amount => {
                let held = self.movable(&UntrustedText::from(form.value(FieldId::Coin)));
                hints.extend(self.left_of(held, form).map(|left| (left, Emphasis::Muted)));
            }
            _ => {}
        }
        hints
    }
}
