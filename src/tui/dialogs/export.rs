//! Taking along what the table shows: a file of it, in a form for people, programs or tax tools.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::Next;
use crate::engine::config::keymap::{Action, Context};
use crate::engine::config::theme::{Role, Theme};
use crate::engine::export::balances::ValuedBalance;
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
use crate::domain::value::{places, rounded};
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

    /// The balances that would be written: what the table shows, in its order.
    pub fn exported_balances(&self) -> Vec<ValuedBalance> {
        let shown = self.tables[Tab::Balances.index()].order.iter();
        let valued = |at: u32| {
            let balance = self.balance_at(at)?.clone();
            let price = self.price_of(&balance.coin);
            let unit = self.unit.clone();
            let value = self.value_at(at).map(|value| rounded(value, places(&unit)));
            // As it was by this machine's clock, told by the exchange's.
            let at = self.balances.at().map(|at| self.exchange_now().plus(-self.now.since(at)));
            Some(ValuedBalance { balance, price, value, unit, at })
        };
        shown.filter_map(|at| valued(*at)).collect()
    }

    /// True where balances are written; the layouts of tax tools take the whole history beside them.
    fn writes_balances(&self, format: ExportFormat) -> bool {
        self.tab == Tab::Balances && !format.is_of_payments()
    }

    /// How many rows would be written.
    pub fn export_count(&self, format: ExportFormat) -> usize {
        if self.tab == Tab::Balances && format.is_of_payments() { self.records_held() } else { self.table().len() }
    }

    /// Where a file goes when nothing else is typed.
    fn export_path(&self, format: ExportFormat) -> String {
        let is_whole_history = self.tab == Tab::Balances && format.is_of_payments();
        let name: &'static str = if is_whole_history { "history" } else { self.tab.into() };
        let day: String = self.exchange_now().exact().chars().take(10).collect();
        format!("~/wallet-tui-{name}-{day}.{}", format.ending())
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
    fn choose(&mut self, app: &State, forward: bool) {
        let before = self.format;
        self.format = neighbour(self.format, forward);
        if self.path.value() == app.export_path(before) {
            self.path = Input::new(app.export_path(self.format));
        } else if let Some(stem) = self.path.value().strip_suffix(&format!(".{}", before.ending())) {
            self.path = Input::new(format!("{stem}.{}", self.format.ending()));
        }
    }

    /// The form; `None` where there is nothing to write.
    pub fn new(app: &State) -> Option<Self> {
        let format = ExportFormat::default();
        if app.export_count(format) == 0 {
            return None;
        }
        let path = Input::new(app.export_path(format));
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
            Action::Up if !self.is_asking => self.choose(app, false),
            Action::Down if !self.is_asking => self.choose(app, true),
            Action::WriteFile if !self.path.value().trim().is_empty() => return self.write(app, false),
            Action::Yes if self.is_asking => return self.write(app, true),
            _ => {}
        }
        Next::stay()
    }

    fn write(&mut self, app: &State, replace: bool) -> Next {
        (self.is_asking, self.is_writing) = (false, true);
        let (format, path) = (self.format, self.path.value().to_owned());
        Next::stay().with(if app.writes_balances(format) {
            Effect::ExportBalances { format, path, balances: app.exported_balances(), replace }
        } else {
            Effect::Export { format, path, records: app.exported(), replace }
        })
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
        let count = app.export_count(form.format).to_string();
        let about = match (app.tab, app.writes_balances(form.format)) {
            (_, true) => "export.about_balances",
            (Tab::Balances, false) => "export.about_history",
            _ => "export.about",
        };
        put(0, &lang.fill(about, &[("count", &count)]), Role::Muted, buf);
        if app.writes_balances(form.format) {
            // Balances have no history that could be cut.
        } else if app.is_history_cut() {
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
