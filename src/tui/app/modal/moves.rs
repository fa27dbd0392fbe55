//! The form of a move between the account's own purses: both directions, one key to turn it round. What is on the futures
//! side cannot be read, and is never shown as a number.

use super::sheet::Tone;
use super::withdraw::{holds, plain};
use super::{App, Checked};
use crate::domain::rules::{Field as RuleField, MoveInput, check_move};
use crate::domain::{Direction, Request, Text};
use crate::tui::app::form::{Choice, Entry, Field, Form, FormKind, Slot};

/// What the field of the direction holds.
pub(super) const SPOT_TO_FUTURES: &str = "spot_to_futures";
/// See [`SPOT_TO_FUTURES`].
pub(super) const FUTURES_TO_SPOT: &str = "futures_to_spot";
/// The most characters of an amount that can be typed.
const AMOUNT: usize = RuleField::Amount.room();

impl App {
    pub(super) fn move_start(&self) -> Form {
        let mut coin = Field::new(Slot::Coin, Entry::Picked);
        if let Some((_, balance)) = self.selected_balance() {
            coin = coin.choosing(plain(&balance.coin));
        } else if let Some(record) = self.selected_record() {
            coin = coin.choosing(plain(&record.coin));
        }
        let direction = Field::new(Slot::Direction, Entry::Picked).choosing(self.direction_choice(SPOT_TO_FUTURES));
        let amount = Field::new(Slot::Amount, Entry::Typed(AMOUNT));
        let mut form = Form::new(FormKind::Move, vec![direction, coin, amount]);
        form.start_here();
        form
    }

    fn direction_choice(&self, direction: &str) -> Choice {
        let name = self.lang().find(&format!("form.{direction}")).unwrap_or_default().to_owned();
        Choice { name, ..plain(&Text::from(direction)) }
    }

    pub(super) fn move_choices(&self, form: &Form, slot: Slot) -> Vec<Choice> {
        let filter = form.field(slot).map_or("", Field::filter).trim();
        match slot {
            Slot::Coin => self.own_coin_choices(filter),
            Slot::Direction => {
                let all = [SPOT_TO_FUTURES, FUTURES_TO_SPOT].map(|direction| self.direction_choice(direction));
                all.into_iter().filter(|choice| holds(&choice.name, filter)).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Turns the direction round; everything else stays.
    pub(super) fn swap_direction(&self, form: &mut Form) {
        let other = if form.value(Slot::Direction) == FUTURES_TO_SPOT { SPOT_TO_FUTURES } else { FUTURES_TO_SPOT };
        let choice = self.direction_choice(other);
        if let Some(field) = form.field_mut(Slot::Direction) {
            field.choose(choice);
        }
    }

    pub(super) fn move_check(&self, form: &Form) -> Checked {
        let direction = match form.value(Slot::Direction) {
            SPOT_TO_FUTURES => Direction::SpotToFutures,
            FUTURES_TO_SPOT => Direction::FuturesToSpot,
            _ => return Checked::nothing_chosen(),
        };
        let (coin, amount) = (form.value(Slot::Coin).to_owned(), form.value(Slot::Amount).to_owned());
        Checked::of(check_move(&MoveInput { direction, coin, amount }, &self.facts()), Request::Move)
    }

    pub(super) fn move_hints(&self, form: &Form, slot: Slot, checked: &Checked) -> Vec<(String, Tone)> {
        let lang = self.lang();
        let mut hints = Vec::new();
        match slot {
            Slot::Direction => hints.push((lang.t("form.swap_hint").to_owned(), Tone::Muted)),
            Slot::Coin => {
                let held = self.own_coin_text(form.value(Slot::Coin));
                if !form.value(Slot::Coin).is_empty() {
                    hints.push((lang.fill("form.spot_side", &[("spot", &held)]), Tone::Muted));
                    hints.push((lang.t("form.futures_side").to_owned(), Tone::Muted));
                }
            }
            Slot::Amount if form.value(Slot::Direction) == SPOT_TO_FUTURES => {
                hints.extend(self.left(form).map(|left| (left, Tone::Muted)));
            }
            _ => {}
        }
        let notes = checked.notes.iter().filter(|n| n.field == slot.rule());
        hints.extend(notes.map(|n| (n.note.words(lang), Tone::Warning)));
        hints.retain(|(text, _)| !text.is_empty());
        hints
    }
}
