//! What has to be typed by hand on a review, and whether it is.

use tui_input::Input;

use crate::domain::address_book::{Group, is_middle_typed};
use crate::domain::preflight::{is_amount_typed, is_network_typed};
use crate::domain::{Amount, Confirmation, TypedWord, UntrustedText};

/// Something that has to be typed by hand.
#[derive(Debug, Clone)]
pub struct ConfirmationField {
    /// What.
    pub ask: ConfirmationKind,
    /// What it confirms: one word for every equal payment that the page names, else one thing.
    pub(super) confirms: Vec<Confirmation>,
    pub(super) input: Input,
}

impl ConfirmationField {
    /// What is typed, with its cursor.
    pub const fn input(&self) -> &Input {
        &self.input
    }

    /// True when as much is typed of an address as is asked for, and it is not that.
    pub fn is_wrong(&self) -> bool {
        let most = match &self.ask {
            ConfirmationKind::Group(group) => group.text.chars().count(),
            ConfirmationKind::Middle(address) => address.raw().chars().count().saturating_sub(8),
            ConfirmationKind::Amount(_)
            | ConfirmationKind::Network(_)
            | ConfirmationKind::Again(_)
            | ConfirmationKind::Unanswered(_) => return false,
        };
        let typed = self.input.value().chars().filter(|c| !c.is_ascii_whitespace()).count();
        typed >= most && !self.is_typed()
    }

    /// True when what is wrong with it is only which letters are capitals.
    pub fn is_wrong_case(&self) -> bool {
        let typed = self.input.value();
        self.is_wrong()
            && match &self.ask {
                ConfirmationKind::Group(group) => group.text.eq_ignore_ascii_case(typed.trim_ascii()),
                ConfirmationKind::Middle(address) => {
                    is_middle_typed(&address.raw().to_ascii_lowercase().into(), &typed.to_ascii_lowercase())
                }
                _ => false,
            }
    }

    /// True when it is typed.
    pub fn is_typed(&self) -> bool {
        match &self.ask {
            ConfirmationKind::Group(group) => group.is_typed(self.input.value()),
            ConfirmationKind::Middle(address) => is_middle_typed(address, self.input.value()),
            ConfirmationKind::Amount(amount) => is_amount_typed(*amount, self.input.value()),
            ConfirmationKind::Network(network) => is_network_typed(network, self.input.value()),
            ConfirmationKind::Again(word) => word.is_typed(self.input.value()),
            ConfirmationKind::Unanswered(text) => self.input.value().trim() == *text,
        }
    }
}

/// What has to be typed by hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConfirmationKind {
    /// The marked group of the address.
    Group(Group),
    /// All groups of the address but the first and the last.
    Middle(UntrustedText),
    /// The amount.
    Amount(Amount),
    /// The name of the network.
    Network(UntrustedText),
    /// That the same is to be ordered again.
    Again(TypedWord),
    /// The amount that stands on the page, because the terminal does not say that it shows the page.
    Unanswered(String),
}
