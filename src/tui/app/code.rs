//! The QR code of a deposit address on a screen of its own: whether it has room there, and what is said where it has none.

use super::App;
use crate::tui::state::deposit::Deposit;
use crate::tui::widgets::qr::Qr;

impl App {
    /// True where the code can have the screen to itself.
    pub(super) fn has_code_alone(&self) -> bool {
        self.code().is_some_and(|code| code.alone(self.page_layout().whole).is_some())
    }

    /// Gives the screen to the code or takes it back; says why where there is none to give it to.
    pub(super) fn toggle_code(&mut self) {
        if self.deposit().is_some_and(Deposit::is_code) || self.has_code_alone() {
            return self.state.toggle_code();
        }
        let why = match (self.code(), self.codable_address()) {
            (Some(code), _) => self.window_words("deposit.qr_needs", code.least_window()),
            (None, Some(_)) => self.lang().t("deposit.qr_too_long").to_owned(),
            (None, None) => self.lang().t("deposit.qr_none").to_owned(),
        };
        self.state.toast(why, true);
    }

    fn code(&self) -> Option<Qr> {
        Qr::of(self.codable_address()?.address.raw())
    }
}
