//! What drawing may read of the state.

use ratatui::layout::Size;

use super::detail::grouped;
use super::help::Help;
use super::remote::Remote;
use super::table::{RowId, Table};
use super::{AppConfig, DetailState, DustFilter, State};
use crate::domain::columns::{Column, Tab};
use crate::domain::locale::Lang;
use crate::domain::review::MASKED;
use crate::domain::{Amount, Coin, Millis, RecordKey, UntrustedText, UserInfo};
use crate::engine::config::keymap::Keymap;

impl State {
    /// What does not change while the program runs.
    pub const fn config(&self) -> &AppConfig {
        &self.config
    }

    /// The language of the screen.
    pub const fn lang(&self) -> Lang {
        self.config.lang
    }

    /// The bindings.
    pub const fn keymap(&self) -> &Keymap {
        &self.keymap
    }

    /// The time by this machine's clock.
    pub const fn now(&self) -> Millis {
        self.now
    }

    /// The time by the exchange's clock, as far as it is known.
    pub fn exchange_now(&self) -> Millis {
        self.now.plus(self.clock_offset.unwrap_or(0))
    }

    /// Exchange time minus machine time, milliseconds; `None` while not known.
    pub const fn clock_offset(&self) -> Option<i64> {
        self.clock_offset
    }

    /// The size of the screen.
    pub const fn size(&self) -> Size {
        self.size
    }

    /// The columns of a table, as the user wants them.
    pub fn columns(&self, tab: Tab) -> &[Column] {
        &self.config.columns[tab.index()]
    }

    /// The tab on the screen.
    pub const fn tab(&self) -> Tab {
        self.tab
    }

    /// The state of the table on the screen.
    pub const fn table(&self) -> &Table {
        &self.tables[self.tab.index()]
    }

    /// The cursor in the detail.
    pub const fn detail(&self) -> DetailState {
        self.detail
    }

    /// How far the help is scrolled, and what is looked for in it.
    pub const fn help(&self) -> &Help {
        &self.help
    }

    /// True when amounts and addresses are not to be seen.
    pub const fn is_hidden(&self) -> bool {
        self.hidden
    }

    /// A coin amount as it is shown: `?` where it is not known, nothing of it where amounts are not to be seen.
    pub fn shown_amount(&self, amount: Option<Amount>) -> String {
        match amount {
            _ if self.hidden => MASKED.to_owned(),
            Some(amount) => grouped(amount.trimmed()),
            None => "?".to_owned(),
        }
    }

    /// What values are shown in.
    pub const fn unit(&self) -> &UntrustedText {
        &self.unit
    }

    /// What is hidden among the balances.
    pub const fn dust_filter(&self) -> DustFilter {
        self.dust_filter
    }

    /// Coins and networks.
    pub const fn coins(&self) -> &Remote<Vec<Coin>> {
        &self.coins
    }

    /// Whose account it is.
    pub const fn user(&self) -> &Remote<UserInfo> {
        &self.user
    }

    /// True for a record that came less than half a minute ago.
    pub fn is_fresh(&self, key: &RecordKey) -> bool {
        self.fresh.contains_key(key)
    }

    /// What stands on the tabs, in order; only the digits where there is little room, except for the tab on the screen.
    pub fn tab_labels(&self) -> [(Tab, String); 4] {
        let short = self.page_layout().small;
        Tab::ALL.map(|tab| {
            let name: &'static str = tab.into();
            let name = self.lang().find(&format!("tab.{name}")).unwrap_or(name);
            let digit = tab.index() + 1;
            let label = if short && tab != self.tab { format!(" {digit} ") } else { format!(" {digit} {name} ") };
            (tab, label)
        })
    }

    pub(in crate::tui) fn tab_at(&self, column: usize) -> Option<Tab> {
        let mut end = 0;
        self.tab_labels().into_iter().find_map(|(tab, label)| {
            end += unicode_width::UnicodeWidthStr::width(label.as_str());
            (column < end).then_some(tab)
        })
    }

    /// The identity of the row at a position of a tab's data.
    pub(in crate::tui) fn row_id(&self, tab: Tab, at: u32) -> RowId {
        match tab {
            Tab::Balances => RowId::Coin(self.balance_at(at).map(|b| b.coin.clone()).unwrap_or_default()),
            _ => self.record_row_id(at).unwrap_or_else(|| RowId::Coin(UntrustedText::default())),
        }
    }
}
