//! Taking along what the table shows: a file of it, in a form for people, programs or tax tools.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::Next;
use crate::engine::config::keymap::{Action, Context};
use crate::engine::config::theme::{Role, Theme};
use crate::tui::effect::Effect;
use crate::tui::state::State;
use crate::tui::state::layout::Layout;
use crate::tui::widgets::{Cursor, format, frame, paint};
use strum::IntoEnumIterator as _;
use tui_input::Input;

use crate::domain::Record;
use crate::domain::columns::Tab;
use crate::domain::export::ExportFormat;
use crate::domain::text::sanitize;
use crate::tui::widgets::frame::{missing_words, neighbour};

/// The longest path that can be typed, in characters.
pub const LONGEST: usize = 1_000;

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
}

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
        self.format = neighbour(self.format, forward);
        if let Some(stem) = self.path.value().strip_suffix(&format!(".{before}")) {
            self.path = Input::new(format!("{stem}.{}", self.format.ending()));
        }
    }

    /// The form; `None` where there is nothing to write.
    pub fn new(app: &State) -> Option<Self> {
        if app.export_count() == 0 {
            return None;
        }
        let format = ExportFormat::default();
        let name: &'static str = if app.tab == Tab::Balances { "history" } else { app.tab.into() };
        let day: String = app.exchange_now().exact().chars().take(10).collect();
        let path = Input::new(format!("~/wallet-tui-{name}-{day}.{}", format.ending()));
        Some(Self { format, path, is_asking: false, is_writing: false })
    }

    /// Who has the keys.
    pub const fn context(&self) -> Context {
        if self.is_asking { Context::Ask } else { Context::Export }
    }

    /// What a key does.
    pub fn update(&mut self, app: &State, action: Action) -> Next {
        match action {
            Action::Back if self.is_asking => self.is_asking = false,
            Action::Back => return Next::close(),
            // What is being written is not changed.
            _ if self.is_writing => {}
            Action::Up if !self.is_asking => self.choose(false),
            Action::Down if !self.is_asking => self.choose(true),
            Action::WriteFile if !self.path.value().trim().is_empty() => return self.write(app, false),
            Action::Yes if self.is_asking => return self.write(app, true),
            _ => {}
        }
        Next::stay()
    }

    fn write(&mut self, app: &State, replace: bool) -> Next {
        (self.is_asking, self.is_writing) = (false, true);
        let (path, records) = (self.path.value().to_owned(), app.exported());
        Next::stay().with(Effect::Export { format: self.format, path, records, replace })
    }

    /// Draws the page; answers where the cursor stands.
    pub(in crate::tui) fn view(&self, app: &State, theme: &Theme, layout: &Layout, buf: &mut Buffer) -> Cursor {
        let form = self;
        let lang = app.lang();
        frame::draw(app, theme, layout, lang.t("export.title"), Role::Accent, buf);
        let inner = app.dialog_inner();
        if inner.height == 0 {
            return None;
        }
        let line = |down: u16| Rect { y: inner.y + down, height: u16::from(down < inner.height), ..inner };
        let put = |down: u16, text: &str, role: Role, buf: &mut Buffer| {
            let place = line(down);
            if place.height > 0 {
                paint::put(buf, place.x, place.y, place.width, text, theme.style(role));
            }
        };
        let count = app.export_count().to_string();
        put(0, &lang.fill("export.about", &[("count", &count)]), Role::Muted, buf);
        if app.is_history_cut() {
            put(7, lang.t("export.cut"), Role::Warning, buf);
        } else if app.is_history_incomplete() {
            put(7, &missing_words(app, "history.missing"), Role::Warning, buf);
        }
        let formats = ExportFormat::iter().map(|format| (<&'static str>::from(format), format == form.format));
        let place = line(1);
        if place.height > 0 {
            frame::choices(theme, place, formats, buf);
        }
        let cursor = if form.is_asking {
            let text = lang.fill("export.ask", &[("path", &sanitize(form.path.value()))]);
            for (down, text) in (3..).zip(format::wrap(&text, inner.width.into())) {
                put(down, &text, Role::Warning, buf);
            }
            None
        } else if form.is_writing {
            put(3, lang.t("export.writing"), Role::Muted, buf);
            None
        } else if line(3).height > 0 {
            let at = frame::input(theme, line(3), &form.path, buf);
            put(5, lang.t("export.hint"), Role::Muted, buf);
            Some(Position::from(at))
        } else {
            None
        };
        frame::long_news(app, theme, layout, buf);
        cursor
    }
}
