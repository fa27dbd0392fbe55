//! The list of profiles: which account is on the screen, and which others there are.

use super::{App, Modal};
use crate::engine::config::keymap::Action;
use crate::tui::effect::Effect;

impl App {
    /// Opens the list, with the mark on the profile of the screen.
    pub(in crate::tui) fn open_profiles(&mut self) -> Vec<Effect> {
        let profiles = &self.state.config.identity.profiles;
        if profiles.len() < 2 {
            self.state.toast(self.state.lang().t("profiles.only_one").to_owned(), false);
            return Vec::new();
        }
        let at = profiles.iter().position(|line| line.name == self.state.config.profile.raw()).unwrap_or(0);
        self.modal = Some(Modal::Profiles(at));
        Vec::new()
    }

    pub(super) fn act_in_profiles(&mut self, at: usize, action: Action) -> Vec<Effect> {
        let profiles = &self.state.config.identity.profiles;
        let last = profiles.len().saturating_sub(1);
        let at = match action {
            Action::Up => at.saturating_sub(1),
            Action::Down => (at + 1).min(last),
            Action::First | Action::PageUp => 0,
            Action::Last | Action::PageDown => last,
            Action::Back => return Vec::new(),
            Action::Take => {
                let Some(chosen) = profiles.get(at).map(|line| line.name.clone()) else { return Vec::new() };
                if chosen == self.state.config.profile.raw() {
                    return Vec::new();
                }
                if self.state.money.in_flight.is_some() {
                    self.modal = Some(Modal::Profiles(at));
                    self.state.toast(self.state.lang().t("profiles.busy").to_owned(), true);
                    return Vec::new();
                }
                return vec![Effect::Switch(chosen)];
            }
            _ => at,
        };
        self.modal = Some(Modal::Profiles(at));
        Vec::new()
    }
}
