//! The one thing on top of the tables: which it is, what keys do in it, and how one leads to the next.

use crossterm::event::{Event, KeyEvent};
use ratatui::layout::Rect;
use tui_input::backend::crossterm::to_input_request;

use super::App;
use crate::domain::{Record, RecordKey, UntrustedText};
use crate::engine::config::keymap::{Action, Context};
use crate::engine::config::theme::Theme;
use crate::engine::diagnostics::Finding;
use crate::tui::dialogs::damage::Damage;
use crate::tui::dialogs::decide::Decide;
use crate::tui::dialogs::diagnostics::Diagnostics;
use crate::tui::dialogs::events::Events;
use crate::tui::dialogs::explorer::Explorer;
use crate::tui::dialogs::export::{self, ExportForm};
use crate::tui::dialogs::figures::Figures;
use crate::tui::dialogs::note::{self, NoteForm};
use crate::tui::dialogs::order::OrderPage;
use crate::tui::dialogs::orders::Orders;
use crate::tui::dialogs::pending::Pending;
use crate::tui::dialogs::profiles::Profiles;
use crate::tui::dialogs::review::Review;
use crate::tui::dialogs::sending::Sending;
use crate::tui::dialogs::{Goto, Next, Then};
use crate::tui::effect::{Effect, Load};
use crate::tui::message::Export;
use crate::tui::state::form::{Form, FormKind};
use crate::tui::state::layout::Layout;
use crate::tui::state::{State, line_input};
use crate::tui::widgets::Cursor;
use ratatui::buffer::Buffer;

/// The list of coins is asked for again before an order when it is older than this, milliseconds.
const LIST_REFRESH_MS: i64 = 5 * 60_000;

/// What is on top of the tables.
#[derive(Debug, Clone)]
pub enum Dialog {
    /// A form is filled in.
    Form(Box<Form>),
    /// What would be sent is read once more.
    Review(Box<Review>),
    /// An order is being sent.
    Sending(Sending),
    /// What became of an order.
    Order(OrderPage),
    /// The ledger's list of orders.
    Orders(Orders),
    /// Is that so? What the user says of an order of unknown outcome.
    Decide(Decide),
    /// The list of profiles.
    Profiles(Profiles),
    /// A note is written.
    Note(Box<NoteForm>),
    /// What was found out about the machine.
    Diagnostics(Diagnostics),
    /// The page of a transaction: is it to be opened?
    Explorer(Explorer),
    /// A file to be written.
    Export(Box<ExportForm>),
    /// Charts and sums.
    Figures(Box<Figures>),
    /// The list of what is under way.
    Pending(Pending),
    /// The list of what happened.
    Events(Box<Events>),
    /// A damaged ledger was set aside, or a row of it is damaged: does the user go on without that?
    Damage(Damage),
}

impl Dialog {
    /// Who has the keys.
    pub fn context(&self) -> Context {
        match self {
            Self::Form(form) => form.context(),
            Self::Review(review) => review.context(),
            Self::Sending(page) => page.context(),
            Self::Order(page) => page.context(),
            Self::Orders(list) => list.context(),
            Self::Profiles(list) => list.context(),
            Self::Note(form) => form.context(),
            Self::Diagnostics(page) => page.context(),
            Self::Pending(list) => list.context(),
            Self::Events(list) => list.context(),
            Self::Figures(page) => page.context(),
            Self::Export(form) => form.context(),
            Self::Explorer(question) => question.context(),
            Self::Damage(question) => question.context(),
            Self::Decide(question) => question.context(),
        }
    }

    /// What a key does.
    fn update(&mut self, app: &State, action: Action) -> Next {
        match self {
            Self::Form(form) => form.update(app, action),
            Self::Review(review) => review.update(app, action),
            Self::Sending(page) => page.update(action),
            Self::Order(page) => page.update(app, action),
            Self::Orders(list) => list.update(app, action),
            Self::Profiles(list) => list.update(app, action),
            Self::Note(form) => form.update(action),
            Self::Diagnostics(page) => page.update(app, action),
            Self::Pending(list) => list.update(app, action),
            Self::Events(list) => list.update(app, action),
            Self::Figures(page) => page.update(app, action),
            Self::Export(form) => form.update(app, action),
            Self::Explorer(question) => question.update(action),
            Self::Damage(question) => question.update(app, action),
            Self::Decide(question) => question.update(action),
        }
    }

    /// Draws it; answers where the cursor of a field stands.
    pub(in crate::tui) fn view(&self, app: &State, theme: &Theme, layout: &Layout, buf: &mut Buffer) -> Cursor {
        match self {
            Self::Form(form) => return form.view(app, theme, layout, buf),
            Self::Review(review) => return review.view(app, theme, layout, buf),
            Self::Sending(Sending) => Sending::view(app, theme, layout, buf),
            Self::Order(page) => page.view(app, theme, layout, buf),
            Self::Orders(Orders) => Orders::view(app, theme, layout, buf),
            Self::Profiles(list) => list.view(app, theme, layout, buf),
            Self::Note(form) => return form.view(app, theme, layout, buf),
            Self::Diagnostics(page) => page.view(app, theme, layout, buf),
            Self::Pending(list) => list.view(app, theme, layout, buf),
            Self::Events(list) => list.view(app, theme, layout, buf),
            Self::Figures(page) => page.view(app, theme, layout, buf),
            Self::Export(form) => return form.view(app, theme, layout, buf),
            Self::Explorer(question) => question.view(app, theme, layout, buf),
            Self::Damage(Damage) => Damage::view(app, theme, layout, buf),
            Self::Decide(question) => question.view(app, theme, layout, buf),
        }
        None
    }
}

/// What is on top, and what keys do there.
impl State {
    /// Where the text of what is on top stands: its page less frame and air, where there is room for them.
    pub fn dialog_inner(&self) -> Rect {
        let layout = self.page_layout();
        let area = layout.dialog;
        let (x, y) = if layout.small { (1, 0) } else { (2, 1) };
        Rect {
            x: area.x + x,
            y: area.y + y,
            width: area.width.saturating_sub(2 * x),
            height: area.height.saturating_sub(2 * y),
        }
    }
}

impl App {
    /// Opens what an action names among the pages and questions that no order is made of.
    pub(in crate::tui) fn open_dialog(&mut self, action: Action) -> Option<Vec<Effect>> {
        let state = &self.state;
        let mut effects = Vec::new();
        let opened = match action {
            Action::Profiles => Profiles::new(state).map(Dialog::Profiles).ok_or(("profiles.only_one", false)),
            Action::Note => NoteForm::new(state).map(|form| Dialog::Note(Box::new(form))),
            Action::Doctor => {
                effects.push(Effect::Doctor);
                Ok(Dialog::Diagnostics(Diagnostics::default()))
            }
            Action::Pending => Ok(Dialog::Pending(Pending::new(state))),
            Action::Events => {
                effects.extend(state.history.is_some().then_some(Effect::ReadEvents));
                Ok(Dialog::Events(Box::default()))
            }
            Action::Figures => {
                effects.extend(state.history.is_some().then_some(Effect::ReadWorth));
                Ok(Dialog::Figures(Box::new(Figures::new(state))))
            }
            Action::Export => {
                ExportForm::new(state).map(|form| Dialog::Export(Box::new(form))).ok_or(("export.nothing", false))
            }
            Action::Visit => Explorer::new(state).map(Dialog::Explorer).map_err(|why| (why, false)),
            _ => return None,
        };
        match opened {
            Ok(dialog) => {
                if matches!(dialog, Dialog::Export(_)) {
                    self.state.drop_page_news();
                }
                if let Dialog::Figures(figures) = &dialog {
                    self.state.charted = figures.flows.iter().map(|flow| flow.coin.clone()).collect();
                }
                self.dialog = Some(dialog);
            }
            Err((why, is_trouble)) => self.state.toast(self.state.lang().t(why).to_owned(), is_trouble),
        }
        Some(effects)
    }

    /// Goes on as a dialog has answered.
    fn follow(&mut self, dialog: Dialog, next: Next) -> Vec<Effect> {
        let Next { then, mut effects, toast } = next;
        if let Some((text, is_trouble)) = toast {
            self.state.toast(text, is_trouble);
        }
        match then {
            Then::Stay => self.dialog = Some(dialog),
            Then::Close => {}
            Then::Go(Goto::Record(key)) => {
                self.dialog = Some(dialog);
                effects.extend(self.show_record(&key).unwrap_or_default());
            }
            Then::Go(Goto::Order(key)) => {
                self.dialog = Some(dialog);
                effects.extend(self.state.find_order(key));
            }
            Then::Go(Goto::Cancel(key)) => {
                self.dialog = Some(dialog);
                // What is taken back is the row that is marked in its table.
                effects.extend(self.show_record(&key).unwrap_or_default());
                if self.state.selected_record().is_some_and(|record| record.key == key) {
                    effects.extend(self.open_cancel());
                }
            }
            Then::Go(Goto::Review(request)) => {
                if let Dialog::Form(form) = dialog {
                    effects.extend(self.open_review(form, request));
                }
            }
            Then::Go(Goto::Form) => {
                if let Dialog::Review(review) = dialog {
                    self.back_to_form(review.into_form());
                }
            }
            Then::Go(Goto::Send) => {
                if let Dialog::Review(review) = dialog {
                    effects.extend(self.send_or_count(review));
                }
            }
            Then::Go(Goto::Behind) => self.go_behind(&dialog),
            Then::Go(Goto::Orders) => {
                self.dialog = Some(dialog);
                effects.extend(self.open_order_list());
            }
            Then::Go(Goto::Page(order)) => {
                let id = order.id;
                self.state.watch(*order, None);
                self.dialog = Some(Dialog::Order(OrderPage(id)));
            }
            Then::Go(Goto::PageOf(id)) => self.dialog = Some(Dialog::Order(OrderPage(id))),
            Then::Go(Goto::Sending) => self.dialog = Some(Dialog::Sending(Sending)),
            Then::Go(Goto::RecordOf(order)) => {
                let is_page = matches!(dialog, Dialog::Order(_));
                self.dialog = Some(dialog);
                self.show_record_of(&order);
                if is_page && self.dialog.is_none() {
                    self.state.forget_settled(order.id);
                }
            }
            Then::Go(Goto::Decide(order, decision)) => self.dialog = Some(Dialog::Decide(Decide { order, decision })),
            Then::Go(Goto::MarkOrder(to)) => {
                self.dialog = Some(dialog);
                self.state.mark_order(to);
            }
            Then::Go(Goto::MarkChoice(order, forward)) => {
                self.dialog = Some(dialog);
                self.state.mark_candidate(order, forward);
            }
            Then::Go(Goto::Settle(order)) => {
                self.dialog = Some(dialog);
                let id = order.id;
                self.state.watch(*order, None);
                effects.extend(self.state.look_now(id));
            }
            Then::Go(Goto::Records(flow, group)) => self.state.show_flow(&flow, group),
        }
        effects
    }

    /// Leaves a dialog for what is behind it.
    fn go_behind(&mut self, dialog: &Dialog) {
        match dialog {
            Dialog::Order(page) => self.leave_outcome(page.0),
            Dialog::Sending(_) if self.state.money.list.is_some() => self.dialog = Some(Dialog::Orders(Orders)),
            Dialog::Orders(_) => self.state.money.list = None,
            _ => {}
        }
    }

    /// The record that a key is about: the marked one of the list, or the selected one of the table.
    pub fn marked_record(&self) -> Option<Record> {
        match &self.dialog {
            Some(Dialog::Pending(list)) => list.record(&self.state),
            _ => self.state.selected_record(),
        }
    }

    /// The ledger has taken a note, or not: then what was typed is there again.
    pub(in crate::tui) fn noted(&mut self, key: &RecordKey, text: Option<UntrustedText>, failed: Option<&str>) {
        if let Some(why) = failed {
            self.state.toast(self.state.lang().fill("note.failed", &[("why", why)]), true);
            if self.dialog.is_none() {
                self.dialog = Some(Dialog::Note(Box::new(NoteForm::of(key, text.as_ref()))));
            }
            return;
        }
        self.state.keep_note(key, text);
    }

    /// What was found out about the machine is for the page that waits for it.
    pub(in crate::tui) fn diagnosed(&mut self, findings: Vec<Finding>) {
        if let Some(Dialog::Diagnostics(page)) = &mut self.dialog {
            page.findings = Some(findings);
        }
    }

    /// The file is there, or not; then the form is there again with what was typed.
    pub(in crate::tui) fn export_ended(&mut self, end: Export) {
        if let Some(Dialog::Export(form)) = &mut self.dialog {
            form.is_writing = false;
            form.is_asking = end == Export::Exists;
        }
        match end {
            Export::Done { path, count, left_out } => {
                self.dialog.take_if(|dialog| matches!(dialog, Dialog::Export(_)));
                let key = if left_out > 0 { "export.done_partly" } else { "export.done" };
                let (count, left_out) = (count.to_string(), left_out.to_string());
                let values = [("count", count.as_str()), ("path", &path.shown()), ("left_out", &left_out)];
                self.state.toast(self.state.lang().fill(key, &values), false);
            }
            Export::Exists => {}
            Export::Failed(why) => {
                self.state.toast(self.state.lang().fill("export.failed", &[("why", &why.shown())]), true);
            }
        }
    }

    /// What is on top of the tables.
    pub const fn dialog(&self) -> Option<&Dialog> {
        self.dialog.as_ref()
    }

    /// Opens a form with what the selected row gives, or the one whose order was not executed.
    pub(in crate::tui) fn open_form(&mut self, kind: FormKind) -> Vec<Effect> {
        if self.state.config.read_only {
            self.state.toast(self.state.lang().t("form.read_only").to_owned(), true);
            return Vec::new();
        }
        self.state.drop_page_news();
        let draft = self.state.money.draft.take_if(|form| form.kind == kind);
        let mut form = draft.unwrap_or_else(|| Box::new(self.state.start_form(kind)));
        self.state.settle_form(&mut form, None);
        self.dialog = Some(Dialog::Form(form));
        let mut effects: Vec<Effect> = self.state.read_ledger().into_iter().collect();
        effects.extend((kind == FormKind::Withdraw && self.state.history.is_some()).then_some(Effect::ReadUsualTimes));
        if self.state.coins.at().is_none_or(|at| self.state.now.since(at) > LIST_REFRESH_MS) {
            effects.extend(self.state.begin_if_free(Load::Coins));
        }
        effects
    }

    /// What an action does in what is on top; `None` where it means the same as everywhere.
    pub(in crate::tui) fn act_in_dialog(&mut self, action: Action) -> Option<Vec<Effect>> {
        if matches!(action, Action::Quit | Action::Repaint | Action::Suspend | Action::Help | Action::Privacy) {
            return None;
        }
        if action == Action::Refresh && !matches!(self.dialog, Some(Dialog::Diagnostics(_))) {
            return Some(self.state.refresh_for_order());
        }
        let mut dialog = self.dialog.take()?;
        let next = dialog.update(&self.state, action);
        Some(self.follow(dialog, next))
    }

    /// A key that no binding takes is typed.
    pub(in crate::tui) fn type_in_dialog(&mut self, key: KeyEvent) {
        let Some(request) = to_input_request(&Event::Key(key)) else { return };
        match self.dialog.take() {
            Some(Dialog::Form(mut form)) => {
                let done = form.type_key(&self.state, request);
                self.dialog = Some(Dialog::Form(form));
                self.state.toast_input(done);
            }
            Some(Dialog::Review(mut review)) => {
                let early = review.too_early(self.state.now);
                let done = if early.is_none() { review.type_word(request) } else { Ok(()) };
                self.dialog = Some(Dialog::Review(review));
                match early {
                    Some(why) => self.state.toast(self.state.lang().t(why).to_owned(), true),
                    None => self.state.toast_input(done),
                }
            }
            Some(Dialog::Export(mut form)) if !form.is_writing => {
                let done = line_input::edit(&mut form.path, request, export::LONGEST);
                self.dialog = Some(Dialog::Export(form));
                self.state.toast_input(done);
            }
            Some(Dialog::Note(mut note)) => {
                let done = line_input::edit(&mut note.input, request, note::LONGEST);
                self.dialog = Some(Dialog::Note(note));
                self.state.toast_input(done);
            }
            other => self.dialog = other,
        }
    }

    /// A paste goes into the field with the focus as one piece; what must be typed by hand refuses it.
    pub(in crate::tui) fn paste_in_dialog(&mut self, text: &str) {
        match self.dialog.take() {
            Some(Dialog::Form(mut form)) => {
                if let Some((words, is_trouble)) = form.paste_link(&self.state, text) {
                    self.dialog = Some(Dialog::Form(form));
                    return self.state.toast(words, is_trouble);
                }
                let done = form.take_paste(&self.state, text);
                self.dialog = Some(Dialog::Form(form));
                self.state.toast_input(done);
            }
            Some(Dialog::Export(mut form)) if !form.is_asking && !form.is_writing => {
                let done = line_input::paste(&mut form.path, text, export::LONGEST);
                self.dialog = Some(Dialog::Export(form));
                self.state.toast_input(done);
            }
            Some(Dialog::Note(mut note)) => {
                let done = line_input::paste(&mut note.input, text, note::LONGEST);
                self.dialog = Some(Dialog::Note(note));
                self.state.toast_input(done);
            }
            Some(Dialog::Review(review)) => {
                let is_word = review.word_at_focus().is_some();
                self.dialog = Some(Dialog::Review(review));
                if is_word {
                    self.state.toast(self.state.lang().t("form.no_paste").to_owned(), true);
                }
            }
            other => self.dialog = other,
        }
    }

    /// Goes back to a form with everything that was typed.
    pub(in crate::tui) fn back_to_form(&mut self, form: Box<Form>) {
        // What takes something back has nothing to fill in: its review is left for the tables.
        self.dialog = (!form.kind.is_cancel()).then_some(Dialog::Form(form));
    }

    /// Time passes for what is on top.
    pub(in crate::tui) fn tick_dialog(&mut self) -> Vec<Effect> {
        match self.dialog.take() {
            Some(Dialog::Review(review)) => self.tick_review(review),
            Some(Dialog::Orders(Orders)) => {
                self.dialog = Some(Dialog::Orders(Orders));
                self.state.tick_list()
            }
            other => {
                self.dialog = other;
                Vec::new()
            }
        }
    }

    /// True while something is typed that would be lost with the program.
    pub(in crate::tui) fn has_typed(&self) -> bool {
        let is_typed = match &self.dialog {
            Some(Dialog::Form(form)) => form.is_changed(),
            Some(Dialog::Review(_)) => true,
            Some(Dialog::Note(note)) => self.state.note(&note.key).map_or("", UntrustedText::raw) != note.input.value(),
            _ => false,
        };
        is_typed || self.state.money.draft.is_some()
    }
}
