//! The user's own note on a record: a line that stays in the ledger of this machine and goes nowhere else.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::Next;
use crate::engine::config::keymap::{Action, Context};
use crate::engine::config::theme::{Role, Theme};
use crate::tui::effect::Effect;
use crate::tui::state::State;
use crate::tui::state::layout::Layout;
use crate::tui::widgets::{Cursor, frame, paint};
use tui_input::Input;

use crate::domain::{RecordKey, UntrustedText};

/// The most characters of a note.
pub const LONGEST: usize = 200;

/// A note that is being written.
#[derive(Debug, Clone)]
pub struct NoteForm {
    /// The record that it is about.
    pub key: RecordKey,
    /// What is typed.
    pub input: Input,
}

impl NoteForm {
    /// The note of the selected record.
    ///
    /// # Errors
    /// Why there is none to write, as the catalogue's key, and whether that is trouble.
    pub fn new(app: &State) -> Result<Self, (&'static str, bool)> {
        let key = app.selected_record().map(|record| record.key.clone()).ok_or(("note.no_record", false))?;
        if app.is_hidden() {
            return Err(("note.hidden", false));
        }
        // Without a ledger there is no place to keep it.
        if app.history.is_none() {
            return Err(("note.no_ledger", true));
        }
        Ok(Self::of(&key, app.note(&key)))
    }

    /// A note with a text to begin with.
    pub fn of(key: &RecordKey, text: Option<&UntrustedText>) -> Self {
        let input = Input::new(text.map_or_else(String::new, |text| text.raw().to_owned()));
        Self { key: key.clone(), input }
    }

    /// Who has the keys.
    pub const fn context(&self) -> Context {
        Context::Note
    }

    /// What a key does.
    pub fn update(&self, action: Action) -> Next {
        match action {
            Action::Back => Next::close(),
            Action::KeepNote => {
                let text = Some(self.input.value()).filter(|text| !text.trim().is_empty()).map(UntrustedText::from);
                Next::close().with(Effect::KeepNote(self.key.clone(), text))
            }
            _ => Next::stay(),
        }
    }

    /// Draws the page; answers where the cursor stands.
    pub(in crate::tui) fn view(&self, app: &State, theme: &Theme, layout: &Layout, buf: &mut Buffer) -> Cursor {
        let form = self;
        let lang = app.lang();
        frame::draw(app, theme, layout, lang.t("note.title"), Role::Accent, buf);
        let inner = app.dialog_inner();
        if inner.height == 0 {
            return None;
        }
        let line = |down: u16| Rect { y: inner.y + down, height: 1, ..inner };
        let id = lang.fill("note.about", &[("id", &form.key.id.excerpt(60))]);
        let place = if inner.height > 2 {
            paint::put(buf, inner.x, inner.y, inner.width, &id, theme.style(Role::Muted));
            line(2)
        } else {
            line(0)
        };
        let at = frame::input(theme, place, &form.input, buf);
        if inner.height > 4 {
            let below = line(4);
            paint::put(buf, below.x, below.y, below.width, lang.t("note.private"), theme.style(Role::Muted));
        }
        frame::long_news(app, theme, layout, buf);
        Some(Position::from(at))
    }
}
