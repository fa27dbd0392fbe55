//! An app with a clock and a screen that exist only here.

use std::collections::BTreeMap;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::{Buffer, CellWidth as _};
use ratatui::layout::Size;
use wallet_tui::domain::locale::Lang;
use wallet_tui::domain::{Millis, Problem};
use wallet_tui::engine::config::theme::Theme;
use wallet_tui::engine::session::Mode;
use wallet_tui::tui::app::App;
use wallet_tui::tui::effect::{Effect, Load};
use wallet_tui::tui::message::{Loaded, Message, Reply};
use wallet_tui::tui::state::remote::Generation;
use wallet_tui::tui::state::{AppConfig, DustFilter};
use wallet_tui::tui::view;

/// 2026-11-22 14:30:00 UTC.
pub const NOW: Millis = Millis(1_795_357_800_000);

/// An app, what it asked for, and the time.
pub struct TestApp {
    pub app: App,
    pub now: Millis,
    pub effects: Vec<Effect>,
    asked: BTreeMap<Load, Generation>,
    /// What has no answer yet.
    open: BTreeMap<Load, Generation>,
    size: Size,
    /// Whether the terminal answers that it has drawn what it was given; what is asked of one that does not is among the
    /// effects.
    pub answers: bool,
}

pub fn config(lang: Lang) -> AppConfig {
    AppConfig {
        profile: "main".into(),
        mode: Mode::Live,
        read_only: false,
        host: None,
        lang,
        unit: "USDT".into(),
        dust: "1".parse().unwrap(),
        dust_filter: DustFilter::All,
        refresh: 15_000,
        chance: 255,
        order_settings: wallet_tui::tui::state::OrderSettings::default(),
        identity: wallet_tui::tui::state::Identity::default(),
        keymap: wallet_tui::engine::config::keymap::Keymap::default(),
        columns: wallet_tui::domain::columns::Tab::ALL.map(|tab| tab.columns().to_vec()),
        notifications: wallet_tui::engine::notifications::NotificationConfig::default(),
        explorers: wallet_tui::domain::explorer::Explorers::default(),
        futures_coins: Vec::new(),
    }
}

impl TestApp {
    pub fn new(lang: Lang, (width, height): (u16, u16)) -> Self {
        Self::with(config(lang), (width, height))
    }

    /// An app that has just started: it has asked for what it needs first.
    pub fn with(config: AppConfig, size: (u16, u16)) -> Self {
        let mut test = Self::with_mute_terminal(config, size);
        test.answers = true;
        test.tell(Message::Shown(0));
        test
    }

    /// The same at a terminal that answers nothing.
    pub fn with_mute_terminal(config: AppConfig, (width, height): (u16, u16)) -> Self {
        let size = Size::new(width, height);
        let app = App::new(config, NOW, size);
        let mut test = Self {
            app,
            now: NOW,
            effects: Vec::new(),
            asked: BTreeMap::new(),
            open: BTreeMap::new(),
            size,
            answers: false,
        };
        test.wait(0);
        test
    }

    pub fn tell(&mut self, message: Message) -> Vec<Effect> {
        // After an order everything is asked anew, whatever is awaited.
        let may_ask_again = matches!(message, Message::Ordered(_) | Message::Looked { .. } | Message::Decided { .. });
        let mut effects = self.app.update(message);
        while self.answers
            && let Some(at) = effects.iter().position(|effect| matches!(effect, Effect::AskTerminal(_)))
            && let Effect::AskTerminal(number) = effects.remove(at)
        {
            effects.extend(self.app.update(Message::Shown(number)));
        }
        for effect in &effects {
            if let Effect::Load { load, generation } = effect {
                self.asked.insert(load.clone(), *generation);
                let twice = self.open.insert(load.clone(), *generation);
                assert!(may_ask_again || twice.is_none(), "{load:?} was asked while an answer was awaited");
            }
        }
        self.effects.extend(effects.iter().cloned());
        effects
    }

    /// Lets `ms` milliseconds pass, told by one tick at their end.
    pub fn wait(&mut self, ms: i64) -> Vec<Effect> {
        self.now = self.now.plus(ms);
        self.tell(Message::Tick(self.now))
    }

    /// Answers the newest asking for `load`.
    pub fn answer(&mut self, load: Load, loaded: Loaded) -> Vec<Effect> {
        self.reply(load, Ok(loaded))
    }

    /// Lets the newest asking for `load` fail.
    pub fn fail(&mut self, load: Load, problem: Problem) -> Vec<Effect> {
        self.reply(load, Err(problem))
    }

    fn reply(&mut self, load: Load, result: Result<Loaded, Problem>) -> Vec<Effect> {
        let generation = self.asked[&load];
        self.reply_to(load, generation, result)
    }

    pub fn reply_to(&mut self, load: Load, generation: Generation, result: Result<Loaded, Problem>) -> Vec<Effect> {
        if self.open.get(&load) == Some(&generation) {
            self.open.remove(&load);
        }
        self.tell(Message::Reply(Reply { load, generation, at: self.now, clock_offset: Some(0), result }))
    }

    /// What has no answer yet.
    pub fn open(&self) -> Vec<Load> {
        self.open.keys().cloned().collect()
    }

    /// The generation of the newest asking.
    pub fn asking(&self, load: &Load) -> Generation {
        self.asked[load]
    }

    /// Types keys: letters as they are, others as `<enter>`, `<c-l>`.
    pub fn keys(&mut self, text: &str) -> Vec<Effect> {
        let mut effects = Vec::new();
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            let key = if let Some((name, after)) = rest.strip_prefix('<').and_then(|r| r.split_once('>')) {
                rest = after;
                named(name)
            } else {
                rest = &rest[c.len_utf8()..];
                KeyEvent::new(KeyCode::Char(c), KeyModifiers::NONE)
            };
            effects.extend(self.tell(Message::Key(key)));
        }
        effects
    }

    pub fn draw(&self) -> Buffer {
        self.draw_in(&Theme::named("dark").unwrap()).0
    }

    /// The screen and where its cursor is, if there is one.
    pub fn draw_in(&self, theme: &Theme) -> (Buffer, Option<(u16, u16)>) {
        let mut terminal = Terminal::new(TestBackend::new(self.size.width, self.size.height)).unwrap();
        terminal.draw(|frame| view::draw(&self.app, theme, frame)).unwrap();
        let at = terminal.get_cursor_position().unwrap();
        let shown = terminal.backend().cursor_visible();
        (terminal.backend().buffer().clone(), shown.then_some((at.x, at.y)))
    }

    pub fn resize(&mut self, (width, height): (u16, u16)) {
        self.size = Size::new(width, height);
        self.tell(Message::Resized(self.size));
    }

    /// What a person reads, line by line.
    pub fn screen(&self) -> String {
        text(&self.draw())
    }
}

/// The text of a buffer: wide characters once, blanks at the ends of lines left out.
pub fn text(buffer: &Buffer) -> String {
    let mut out = String::new();
    for y in 0..buffer.area.height {
        let mut line = String::new();
        let mut x = 0;
        while x < buffer.area.width {
            let symbol = buffer[(x, y)].symbol();
            line.push_str(symbol);
            x += symbol.cell_width().max(1);
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

fn named(name: &str) -> KeyEvent {
    if let Some(letter) = name.strip_prefix("c-") {
        return KeyEvent::new(KeyCode::Char(letter.chars().next().unwrap()), KeyModifiers::CONTROL);
    }
    let code = match name {
        "enter" => KeyCode::Enter,
        "esc" => KeyCode::Esc,
        "tab" => KeyCode::Tab,
        "bs" => KeyCode::Backspace,
        "up" => KeyCode::Up,
        "down" => KeyCode::Down,
        "btab" => KeyCode::BackTab,
        "left" => KeyCode::Left,
        "right" => KeyCode::Right,
        "f1" => KeyCode::F(1),
        "f2" => KeyCode::F(2),
        "f5" => KeyCode::F(5),
        "f6" => KeyCode::F(6),
        "f7" => KeyCode::F(7),
        "f8" => KeyCode::F(8),
        "pgup" => KeyCode::PageUp,
        "pgdn" => KeyCode::PageDown,
        "home" => KeyCode::Home,
        "end" => KeyCode::End,
        other => panic!("no such key: {other}"),
    };
    KeyEvent::new(code, KeyModifiers::NONE)
}
