//! The page of the doctor: what was found out about the machine, the way to the exchange and the key.

use super::{App, Modal};
use crate::engine::config::keymap::Action;
use crate::engine::diagnostics::Finding;
use crate::tui::effect::Effect;
use crate::tui::state::State;

impl State {
    /// What was found, once it was.
    pub fn findings(&self) -> Option<&[Finding]> {
        self.doctor.as_deref()
    }
}

impl App {
    /// Opens the page and looks at everything.
    pub(in crate::tui) fn open_doctor(&mut self) -> Vec<Effect> {
        self.state.doctor = None;
        self.modal = Some(Modal::Doctor(0));
        vec![Effect::Doctor]
    }

    pub(super) fn act_in_doctor(&mut self, first: usize, action: Action) -> Vec<Effect> {
        // A finding takes up to three lines, and none may be passed by.
        let page = usize::from(self.state.modal_inner().height / 3).max(1);
        let first = match action {
            Action::Back => return Vec::new(),
            Action::Refresh if self.state.doctor.is_some() => return self.open_doctor(),
            Action::Copy => {
                self.modal = Some(Modal::Doctor(first));
                let Some(findings) = &self.state.doctor else { return Vec::new() };
                let known =
                    [self.state.user.value().and_then(|user| user.uid.clone()), self.state.config.identity.uid.clone()];
                let mut private = self.state.config.identity.private.clone();
                private.extend(known.into_iter().flatten().map(|uid| uid.raw().to_owned()));
                return vec![Effect::Copy(crate::engine::diagnostics::redacted(findings, &private, self.state.lang()))];
            }
            Action::Up => first.saturating_sub(1),
            Action::Down => first + 1,
            Action::PageUp => first.saturating_sub(page),
            Action::PageDown => first + page,
            Action::First => 0,
            Action::Last => usize::MAX,
            _ => first,
        };
        // The last page is a full one.
        let most = self.state.doctor.as_ref().map_or(0, |findings| findings.len().saturating_sub(page));
        self.modal = Some(Modal::Doctor(first.min(most)));
        Vec::new()
    }
}
