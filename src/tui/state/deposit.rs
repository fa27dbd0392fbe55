//! Paying in: the list of coins and networks to choose from, and the page with the addresses for one of them.
//!
//! Only what the exchange says is open can be chosen; the rest is listed with the reason. An answer that is for another
//! coin or network than was asked for is never shown.

use std::collections::BTreeMap;

use crossterm::event::KeyEvent;
use tui_input::Input;
use tui_input::backend::crossterm::to_input_request;

use super::State;
use super::line_input::{self, InputNews};
use super::loads::Needs;
use super::remote::Remote;
use super::summary::Part;
use crate::domain::address::{self, AddressFault, ChainHint};
use crate::domain::deposit::{DepositBlocker, DepositFault, deposit_fault, deposit_state, listed_network};
use crate::domain::{
    Cause, Coin, DepositAddress, Kind, Millis, Network, Problem, Record, Status, UntrustedText, Wording as _,
};
use crate::engine::config::keymap::Context;

use crate::tui::effect::{CoinNetwork, Effect};
use crate::tui::message::Loaded;

/// One line of the list.
#[derive(Debug, Clone, Copy)]
pub struct Choice<'a> {
    /// The coin.
    pub coin: &'a Coin,
    /// One of its networks.
    pub network: &'a Network,
    /// Whether it can be chosen.
    pub state: Result<(), DepositBlocker>,
}

impl Choice<'_> {
    pub(in crate::tui) fn is(&self, place: &CoinNetwork) -> bool {
        self.coin.name == place.coin && self.network.name == place.network
    }

    pub(in crate::tui) fn place(&self) -> CoinNetwork {
        CoinNetwork { coin: self.coin.name.clone(), network: self.network.name.clone() }
    }
}

/// What is open of paying in.
#[derive(Debug, Clone, Default)]
pub struct Deposit {
    /// The coin that the list begins with.
    start: Option<UntrustedText>,
    search: Input,
    /// The marked line of the list; the first one while none was marked.
    marked: Option<CoinNetwork>,
    offset: usize,
    /// The page that is shown; the list while there is none.
    shown: Option<CoinNetwork>,
    /// True when the page was opened without the list.
    is_direct: bool,
    /// The marked address of the page, from 0.
    address: usize,
    /// True while the code of the address has the screen to itself.
    is_code: bool,
    /// Of each coin the network over which a deposit came last, and when.
    last_used: BTreeMap<UntrustedText, (UntrustedText, Millis)>,
}

impl Deposit {
    pub(in crate::tui) const fn context(&self) -> Context {
        if self.shown.is_some() { Context::Address } else { Context::Places }
    }

    /// What is typed into the search, with its cursor.
    pub const fn search(&self) -> &Input {
        &self.search
    }

    /// True while the code of the address has the screen to itself.
    pub const fn is_code(&self) -> bool {
        self.is_code
    }

    /// When a deposit came last over the network that was used last for its coin; `None` for every other network.
    pub fn last_used(&self, coin: &UntrustedText, network: &UntrustedText) -> Option<Millis> {
        self.last_used.get(coin).filter(|(last, _)| last == network).map(|(_, at)| *at)
    }

    /// The coin and network of the page; `None` while the list is shown.
    pub const fn shown(&self) -> Option<&CoinNetwork> {
        self.shown.as_ref()
    }

    /// The first line of a window of `height` lines that has the marked line in it.
    pub const fn window(&self, marked: usize, height: usize) -> usize {
        let least = (marked + 1).saturating_sub(height);
        if self.offset > marked {
            marked
        } else if self.offset < least {
            least
        } else {
            self.offset
        }
    }
}

impl State {
    /// What is open of paying in.
    pub const fn deposit(&self) -> Option<&Deposit> {
        self.deposit.as_ref()
    }

    /// The coin and network of the page on the screen.
    pub fn deposit_place(&self) -> Option<&CoinNetwork> {
        self.deposit.as_ref().and_then(Deposit::shown)
    }

    /// The page's line of the exchange's list; `None` when the list has it no more.
    pub fn deposit_choice(&self) -> Option<Choice<'_>> {
        self.find_place(self.deposit_place()?)
    }

    /// What was read of the addresses of the page.
    pub fn deposit_addresses(&self) -> Option<&Remote<Vec<DepositAddress>>> {
        self.addresses.get(self.deposit_place()?)
    }

    /// The marked address of the page, from 0, and how many there are.
    pub fn deposit_cursor(&self) -> (usize, usize) {
        let count = self.deposit_addresses().and_then(Remote::value).map_or(0, Vec::len);
        let at = self.deposit.as_ref().map_or(0, |d| d.address).min(count.saturating_sub(1));
        (at, count)
    }

    /// Where on the page the user is: at an address, from 0, or behind the last one, where the facts are.
    pub fn deposit_block(&self) -> usize {
        let (_, count) = self.deposit_cursor();
        self.deposit.as_ref().map_or(0, |d| d.address).min(count)
    }

    /// Why the page's addresses could not be read, and when they will be asked for again; never by itself when the key was
    /// refused.
    pub fn deposit_trouble(&self) -> Option<(&Problem, Option<Millis>)> {
        let (_, problem, at) = self.trouble_of(Part::Addresses, self.deposit_addresses()?)?;
        Some((problem, (!problem.is_about_the_key()).then_some(at)))
    }

    /// Whether an address came without the memo that its network needs: whoever pays there loses it, so it is neither shown nor
    /// copied.
    pub fn is_withheld(&self, address: &DepositAddress) -> bool {
        let Some(place) = self.deposit_place() else { return false };
        let listed = self.find_place(place).map(|choice| choice.network);
        deposit_fault(address, &place.coin, &place.network, listed) == Some(DepositFault::NoMemo)
    }

    /// What is wrong with an address that the exchange gave, as far as its chain can tell.
    pub fn deposit_fault(&self, address: &UntrustedText) -> Option<AddressFault> {
        let choice = self.deposit_choice()?;
        address::check(&ChainHint::of(choice.network), address.raw()).err()
    }

    /// The list: what matches the search, the best match first, then the coin that it was opened for, then what is held.
    /// Within a coin what is open comes first.
    pub fn deposit_choices(&self) -> Vec<Choice<'_>> {
        let Some(deposit) = &self.deposit else { return Vec::new() };
        let words: Vec<String> = deposit.search.value().split_whitespace().map(str::to_lowercase).collect();
        let held: Vec<&UntrustedText> = self.balances.value().into_iter().flatten().map(|b| &b.coin).collect();
        let mut ranked: Vec<_> = self
            .all_places()
            .filter_map(|choice| {
                let match_rank = match_rank(&choice, &words)?;
                let coin = &choice.coin.name;
                let near = if deposit.start.as_ref() == Some(coin) { 0 } else { 1 + u8::from(!held.contains(&coin)) };
                Some(((match_rank, near, coin, choice.state.is_err()), choice))
            })
            .collect();
        ranked.sort_by_key(|(rank, _)| *rank);
        ranked.into_iter().map(|(_, choice)| choice).collect()
    }

    /// The marked line among these.
    pub fn marked_place(&self, choices: &[Choice<'_>]) -> usize {
        let marked = self.deposit.as_ref().and_then(|d| d.marked.as_ref());
        marked.and_then(|place| choices.iter().position(|c| c.is(place))).unwrap_or(0)
    }

    pub(in crate::tui) fn all_places(&self) -> impl Iterator<Item = Choice<'_>> {
        self.coins().value().into_iter().flatten().flat_map(|coin| {
            coin.networks.iter().map(move |network| Choice { coin, network, state: deposit_state(coin, network) })
        })
    }

    /// The one line with these names: of two nobody could say which is meant.
    pub(in crate::tui) fn find_place(&self, place: &CoinNetwork) -> Option<Choice<'_>> {
        let coins = self.coins().value().map_or(&[][..], Vec::as_slice);
        let (coin, network) = listed_network(coins, &place.coin, &place.network)?;
        Some(Choice { coin, network, state: deposit_state(coin, network) })
    }

    /// Opens the page of the selected row's coin and network; the list where either is not known or not open, or where a
    /// page is open already.
    pub(in crate::tui) fn open_deposit(&mut self) -> Vec<Effect> {
        if let Some(deposit) = &mut self.deposit {
            deposit.is_code = false;
            deposit.start = deposit.shown.take().map(|place| place.coin).or(deposit.start.take());
            deposit.is_direct = false;
            self.context = Context::Places;
            return Vec::new();
        }
        let coin = match (self.selected_balance(), self.selected_record()) {
            (Some((_, balance)), _) => Some(balance.coin.clone()),
            (None, Some(record)) => Some(record.coin.clone()),
            (None, None) => None,
        };
        let network = self.selected_record().and_then(|record| record.network.clone());
        self.deposit = Some(Deposit { start: coin.clone(), last_used: self.last_deposits(), ..Deposit::default() });
        self.context = Context::Places;
        if let (Some(coin), Some(network)) = (coin, network) {
            let place = CoinNetwork { coin, network };
            if self.find_place(&place).is_some_and(|choice| choice.state.is_ok()) {
                return self.show_place(place, true);
            }
        }
        Vec::new()
    }

    /// Of each coin the network over which a deposit came last, and when.
    fn last_deposits(&self) -> BTreeMap<UntrustedText, (UntrustedText, Millis)> {
        let mut last: BTreeMap<UntrustedText, (UntrustedText, Millis)> = BTreeMap::new();
        if let Some(records) = self.incoming.value() {
            records.each(|record| {
                if !matches!(record.status, Status::Success | Status::Pending) {
                    return;
                }
                let (Kind::Deposit, Some(network), Some(time)) = (&record.key.kind, &record.network, record.time)
                else {
                    return;
                };
                let coin = record.coin.to_text();
                if last.get(&coin).is_none_or(|(_, newest)| time > *newest) {
                    last.insert(coin, (network.to_text(), time));
                }
            });
        }
        last
    }

    /// What is coming in of a coin and is not available yet, the newest first.
    pub fn coming_in(&self, coin: &UntrustedText) -> Vec<Record> {
        let is_coming = |record: &Record| record.key.kind == Kind::Deposit && record.coin == *coin;
        let mut found: Vec<Record> = self.open.iter().filter_map(|at| self.record_at(*at)).filter(is_coming).collect();
        found.sort_by_key(|record| std::cmp::Reverse(record.time));
        found
    }

    /// The address that may be shown as a code: not one that is hidden, or that must not be used.
    pub fn codable_address(&self) -> Option<&DepositAddress> {
        let (marked, _) = self.deposit_cursor();
        let address = self.deposit_addresses().and_then(Remote::value).and_then(|all| all.get(marked));
        address.filter(|address| !self.is_hidden() && !self.is_withheld(address))
    }

    /// A text that names the size of a window.
    pub(in crate::tui) fn window_words(&self, key: &'static str, (width, height): (u16, u16)) -> String {
        self.lang().fill(key, &[("width", &width.to_string()), ("height", &height.to_string())])
    }

    /// Gives the screen to the code of the address, or takes it back.
    pub(in crate::tui) const fn toggle_code(&mut self) {
        if let Some(deposit) = &mut self.deposit {
            deposit.is_code = !deposit.is_code;
        }
    }

    /// Opens the page of the marked line, or says why it cannot be opened.
    pub(in crate::tui) fn choose_place(&mut self) -> Vec<Effect> {
        let choices = self.deposit_choices();
        let Some(choice) = choices.get(self.marked_place(&choices)).copied() else { return Vec::new() };
        let place = choice.place();
        let state = match self.find_place(&place) {
            Some(_) => choice.state,
            None => Err(DepositBlocker::NotSaid),
        };
        match state {
            Ok(()) => self.show_place(place, false),
            Err(why) => {
                let name = format!("{} · {}", place.coin.excerpt(16), place.network.excerpt(32));
                let said = why.words(self.lang());
                let text = self.lang().fill("list.about", &[("what", &name), ("said", said)]);
                self.toast(text, true);
                Vec::new()
            }
        }
    }

    pub(in crate::tui) fn show_place(&mut self, place: CoinNetwork, is_direct: bool) -> Vec<Effect> {
        if let Some(deposit) = &mut self.deposit {
            deposit.marked = Some(place.clone());
            deposit.shown = Some(place);
            deposit.is_direct = is_direct;
            deposit.address = 0;
            deposit.is_code = false;
        }
        self.context = Context::Address;
        self.drop_page_news();
        self.due_loads_for(Needs::default())
    }

    /// One step back: from the page to the list that it was chosen from, from the list to the tables. What was typed into
    /// the search goes first.
    pub(in crate::tui) fn leave_deposit(&mut self) {
        let Some(deposit) = &mut self.deposit else { return self.context = Context::Table };
        if deposit.is_code {
            deposit.is_code = false;
        } else if deposit.shown.is_some() && !deposit.is_direct {
            deposit.shown = None;
            self.context = Context::Places;
        } else if deposit.shown.is_none() && !deposit.search.value().is_empty() {
            deposit.search.reset();
            (deposit.marked, deposit.offset) = (None, 0);
        } else {
            self.deposit = None;
            self.context = Context::Table;
        }
    }

    /// Moves the mark of the list or of the page.
    pub(in crate::tui) fn go_in_deposit(&mut self, to: impl Fn(usize, usize) -> usize, page: usize) {
        if self.deposit_place().is_some() {
            let (_, count) = self.deposit_cursor();
            let at = to(self.deposit_block(), page).min(count);
            if let Some(deposit) = &mut self.deposit {
                deposit.address = at;
            }
            return;
        }
        let height = usize::from(self.page_layout().choices().height);
        let choices = self.deposit_choices();
        let at = to(self.marked_place(&choices), page).min(choices.len().saturating_sub(1));
        let place = choices.get(at).map(Choice::place);
        if let Some(deposit) = &mut self.deposit {
            deposit.marked = place;
            deposit.offset = deposit.window(at, height);
        }
    }

    /// A key that is typed into the search.
    pub(in crate::tui) fn edit_search(&mut self, key: KeyEvent) {
        if let Some(request) = to_input_request(&crossterm::event::Event::Key(key)) {
            self.change_search(|search| line_input::edit(search, request, line_input::FILTER_LIMIT));
        }
    }

    pub(in crate::tui) fn paste_search(&mut self, text: &str) {
        self.change_search(|search| line_input::paste(search, text, line_input::FILTER_LIMIT));
    }

    /// Another search starts at its best match.
    pub(in crate::tui) fn change_search(&mut self, change: impl FnOnce(&mut Input) -> Result<(), InputNews>) {
        let Some(deposit) = &mut self.deposit else { return };
        let before = deposit.search.value().to_owned();
        let done = change(&mut deposit.search);
        if *deposit.search.value() != *before {
            (deposit.marked, deposit.offset) = (None, 0);
        }
        self.toast_input(done);
    }

    pub(in crate::tui) fn copy_address(&mut self) -> Vec<Effect> {
        self.copy_warning = None;
        let (at, _) = self.deposit_cursor();
        let marked = self.deposit_addresses().and_then(Remote::value).and_then(|all| all.get(at));
        if marked.is_some_and(|address| self.is_withheld(address)) {
            self.toast_answer(self.lang().t("deposit.memo.missing"));
            return Vec::new();
        }
        self.copy_of_address(|address| Some(address.address.to_string()))
    }

    pub(in crate::tui) fn copy_memo(&mut self) -> Vec<Effect> {
        self.copy_warning = None;
        self.copy_of_address(|address| address.memo.as_ref().map(ToString::to_string))
    }

    /// Whether the marked address has a memo to copy.
    pub fn has_memo(&self) -> bool {
        let (at, _) = self.deposit_cursor();
        let addresses = self.deposit_addresses().and_then(Remote::value);
        addresses.and_then(|all| all.get(at)).is_some_and(|address| address.memo.is_some())
    }

    pub(in crate::tui) fn copy_of_address(&mut self, what: impl Fn(&DepositAddress) -> Option<String>) -> Vec<Effect> {
        let (at, _) = self.deposit_cursor();
        let found = self.deposit_addresses().and_then(Remote::value).and_then(|all| all.get(at)).and_then(what);
        if let Some(text) = found {
            return vec![Effect::Copy(text)];
        }
        self.toast_answer(self.lang().t("news.nothing_to_copy"));
        Vec::new()
    }

    /// The addresses to ask for by itself.
    pub(in crate::tui) fn addresses_wanted(&self) -> Option<CoinNetwork> {
        let place = self.deposit_place()?;
        let refused = self.addresses.get(place).and_then(Remote::problem).is_some_and(Problem::is_about_the_key);
        (!refused).then(|| place.clone())
    }

    /// An answer with a row of another coin or network is no answer: money sent there would be lost.
    pub(in crate::tui) fn only_for(
        &self,
        place: &CoinNetwork,
        result: Result<Loaded, Problem>,
    ) -> Result<Loaded, Problem> {
        let Ok(Loaded::Addresses(rows)) = &result else { return result };
        let listed = self.find_place(place).map(|choice| choice.network);
        // One without its memo is withheld, with the warning in its place.
        let is_foreign = |row: &DepositAddress| {
            deposit_fault(row, &place.coin, &place.network, listed) == Some(DepositFault::Foreign)
        };
        match rows.iter().position(is_foreign) {
            Some(at) => {
                let detail = UntrustedText::from(self.lang().t("deposit.foreign"));
                let cause = Cause::Unreadable { path: UntrustedText::from(format!("data[{at}].network")), detail };
                Err(Problem { endpoint: "deposit/address", cause })
            }
            None => result,
        }
    }
}

/// How well a line matches all the words: 0 for the coin's own name, then its beginning, then anything else; `None` when a
/// word is nowhere.
fn match_rank(choice: &Choice<'_>, words: &[String]) -> Option<u8> {
    let name = choice.coin.name.raw().to_lowercase();
    let mut rank = if words.is_empty() { 0 } else { 2 };
    for word in words {
        if name == *word {
            rank = 0;
            continue;
        }
        let is_full_name = choice.coin.full_name.as_ref().is_some_and(|full| full.raw().to_lowercase() == *word);
        if name.starts_with(word.as_str()) || is_full_name {
            rank = rank.min(1);
            continue;
        }
        let others = [choice.coin.full_name.as_ref(), Some(&choice.network.name), choice.network.chain.as_ref()];
        let is_found = name.contains(word.as_str())
            || others.into_iter().flatten().any(|text| text.raw().to_lowercase().contains(word.as_str()));
        if !is_found {
            return None;
        }
    }
    Some(rank)
}
