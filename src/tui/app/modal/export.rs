//! Taking along what the table shows: a file of it, in a form for people, programs or tax tools.

use tui_input::Input;

use super::{App, Modal};
use crate::domain::Record;
use crate::domain::columns::Tab;
use crate::domain::export::ExportFormat;
use crate::engine::config::keymap::Action;
use crate::tui::effect::Effect;
use crate::tui::message::Export;
use crate::tui::state::State;

/// The longest path that can be typed, in characters.
pub(super) const LONGEST: usize = 1_000;

/// A file that is about to be written.
#[derive(Debug, Clone)]
pub struct ExportForm {
    /// In which form.
    pub format: ExportFormat,
    /// Where to.
    pub path: Input,
    /// True while the user is asked whether the file that is there may be replaced.
    pub is_asking: bool,
    /// True while it is being written.
    pub is_writing: bool,
}

impl ExportForm {
    /// Takes the form before or behind the present one; a name that ends as files of that form do ends as the new one.
    fn choose(&mut self, forward: bool) {
        let before = self.format.ending();
        self.format = super::figures::neighbour(self.format, forward);
        if let Some(stem) = self.path.value().strip_suffix(&format!(".{before}")) {
            self.path = Input::new(format!("{stem}.{}", self.format.ending()));
        }
    }
}

impl State {
    /// The records that would be written: what the table shows, or all of them on the balances' tab.
    pub fn exported(&self) -> Vec<Record> {
        if self.tab == Tab::Balances {
            let mut all = Vec::with_capacity(self.records_held());
            self.each_record(|_, view| all.push(view.to_record()));
            all.sort_by(|a, b| b.time.cmp(&a.time).then_with(|| a.key.cmp(&b.key)));
            return all;
        }
        self.table().order.iter().filter_map(|at| self.record_at(*at)).collect()
    }

    /// How many these are.
    pub fn export_count(&self) -> usize {
        if self.tab == Tab::Balances { self.records_held() } else { self.table().len() }
    }

    fn export(&self, form: &mut ExportForm, replace: bool) -> Effect {
        (form.is_asking, form.is_writing) = (false, true);
        let records = self.exported();
        Effect::Export { format: form.format, path: form.path.value().to_owned(), records, replace }
    }
}

impl App {
    /// Opens the form.
    pub(in crate::tui) fn open_export(&mut self) -> Vec<Effect> {
        if self.state.export_count() == 0 {
            self.state.toast(self.state.lang().t("export.nothing").to_owned(), false);
            return Vec::new();
        }
        self.state.drop_page_news();
        let format = ExportFormat::default();
        let name: &'static str = if self.state.tab == Tab::Balances { "history" } else { self.state.tab.into() };
        let day: String = self.state.exchange_now().exact().chars().take(10).collect();
        let path = Input::new(format!("~/wallet-tui-{name}-{day}.{}", format.ending()));
        self.modal = Some(Modal::Export(Box::new(ExportForm { format, path, is_asking: false, is_writing: false })));
        Vec::new()
    }

    pub(super) fn act_in_export(&mut self, mut form: Box<ExportForm>, action: Action) -> Vec<Effect> {
        let mut effects = Vec::new();
        match action {
            Action::Back if form.is_asking => form.is_asking = false,
            Action::Back => return effects,
            // What is being written is not changed.
            _ if form.is_writing => {}
            Action::Up if !form.is_asking => form.choose(false),
            Action::Down if !form.is_asking => form.choose(true),
            Action::WriteFile if !form.path.value().trim().is_empty() => {
                effects.push(self.state.export(&mut form, false));
            }
            Action::Yes if form.is_asking => effects.push(self.state.export(&mut form, true)),
            _ => {}
        }
        self.modal = Some(Modal::Export(form));
        effects
    }

    /// The file is there, or not; then the form is there again with what was typed.
    pub(in crate::tui) fn export_ended(&mut self, end: Export) {
        if let Some(Modal::Export(form)) = &mut self.modal {
            form.is_writing = false;
            form.is_asking = end == Export::Exists;
        }
        match end {
            Export::Done { path, count, left_out } => {
                self.modal.take_if(|modal| matches!(modal, Modal::Export(_)));
                let key = if left_out > 0 { "export.done_partly" } else { "export.done" };
                let values = [
                    ("count", count.to_string()),
                    ("path", path.shown().into_owned()),
                    ("left_out", left_out.to_string()),
                ];
                let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
                self.state.toast(self.state.lang().fill(key, &values), false);
            }
            Export::Exists => {}
            Export::Failed(why) => {
                self.state.toast(self.state.lang().fill("export.failed", &[("why", &why.shown())]), true);
            }
        }
    }
}
