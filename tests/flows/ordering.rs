//! What stories about orders have in common: a desk at which everything is known, and what the exchange may answer.

use wallet_tui::domain::locale::Lang;
use wallet_tui::domain::rules::{Before, DuplicateOf, Sameness};
use wallet_tui::domain::{
    Amount, AskedBy, Because, Coin, Confirmation, Kind, MemoRule, Network, Order, OrderId, Outcome, Proof, Record,
    Request, Status, WithdrawRequest,
};
use wallet_tui::engine::orders::{Begun, NotBegun};
use wallet_tui::tui::app::dialog::Dialog;
use wallet_tui::tui::dialogs::review::{ConfirmationKind, ReviewFocus};
use wallet_tui::tui::effect::{Effect, Load};
use wallet_tui::tui::message::{LedgerNews, Loaded, Message};
use wallet_tui::tui::state::AppConfig;

use super::fixtures::{ADDRESS, Row, ago, balance, balances, incoming, network, no_futures, outgoing, rates};
use super::test_app::{NOW, TestApp, config};

/// An address that was paid before, over Tron.
pub const KNOWN: &str = "TEeCinMVq46vfGb1bFKpC8mKEvWUpUTRYv";
/// One that begins like [`KNOWN`] but is another; its checksum fits.
pub const ALIKE: &str = "TEeCinMVq46vfE4yJax3u8m7SKNPcBXDEP";

/// Coins that can be withdrawn, and some that cannot.
pub fn coins() -> Loaded {
    let open = |name: &str, chain: &str| Network {
        withdraw_open: Some(true),
        withdraw_min: Some("10".parse().unwrap()),
        withdraw_max: Some("100000".parse().unwrap()),
        ..network(name, chain)
    };
    let coin = |name: &str, full: &str, is_open, networks| Coin {
        fault: None,
        name: name.into(),
        full_name: Some(full.into()),
        open: Some(true),
        deposit_open: Some(true),
        withdraw_open: Some(is_open),
        networks,
    };
    let xrp = Network { memo: MemoRule::Optional, ..open("XRP Ledger", "XRP") };
    let usdt = Network { contract: Some("TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t".into()), ..open("Tron (TRC-20)", "TRON") };
    let ada = Network { withdraw_min: None, ..open("Cardano", "ADA") };
    Loaded::Coins(vec![
        coin("ADA", "Cardano", true, vec![ada]),
        coin("BTC", "Bitcoin", false, vec![open("Bitcoin", "BTC")]),
        coin("TRX", "TRON", true, vec![open("Tron (TRC-20)", "TRON")]),
        coin("USDT", "Tether", true, vec![usdt, network("Ethereum (ERC-20)", "ETH")]),
        coin("XRP", "XRP", true, vec![xrp]),
    ])
}

/// The history, with successful withdrawals to [`KNOWN`].
pub fn history() -> Vec<Record> {
    let paid = |id: &str, time: &str| {
        Row::new(Kind::Withdrawal, id, "TRX", "19", Status::Success, ago(time)).on("Tron (TRC-20)", KNOWN).fee("1").0
    };
    outgoing().into_iter().chain([paid("1801", "19 d"), paid("1802", "30 d")]).collect()
}

/// The ledger when it is open.
pub fn ledger(unsettled: Vec<Order>) -> Message {
    let unproven = unsettled.iter().rev().cloned().collect();
    Message::Ledger(LedgerNews::Open { unsettled, ordered: Vec::new(), unproven, damage: None, moves: Vec::new() })
}

/// 20.5 TRX to an address.
pub fn trx(address: &str) -> Request {
    Request::Withdraw(WithdrawRequest {
        coin: "TRX".into(),
        network: "Tron (TRC-20)".into(),
        address: address.into(),
        memo: None,
        gross: "20.5".parse::<Amount>().unwrap(),
    })
}

pub fn order(id: i64, request: Request, outcome: Outcome) -> Order {
    Order {
        id: OrderId(id),
        request,
        time: NOW,
        sent: NOW,
        available_before: None,
        asked_by: AskedBy::Screen,
        outcome,
        readings: 0,
        changed: NOW,
    }
}

pub fn accepted(id: &str) -> Outcome {
    Outcome::Accepted { id: id.into(), proof: Proof::Answer }
}

pub fn unknown() -> Outcome {
    Outcome::Unknown { why: Because::Timeout.into() }
}

/// The orders among effects.
pub fn sent(effects: &[Effect]) -> Vec<Request> {
    let request = |e: &Effect| if let Effect::Order { consent, .. } = e { Some(consent.request.clone()) } else { None };
    effects.iter().filter_map(request).collect()
}

/// What the words that were typed for the one order among effects were for, and what was available by what was known.
pub fn despite(effects: &[Effect]) -> Vec<DuplicateOf> {
    let [Effect::Order { consent, .. }] = effects else { panic!("{effects:?}") };
    let earlier = |given: &Confirmation| match given {
        Confirmation::Again(before) => Some(before.earlier.clone()),
        _ => None,
    };
    consent.given.iter().filter_map(earlier).collect()
}

/// What the engine wants as well: the word for an order that was given up.
pub fn wants_word_for(id: i64) -> NotBegun {
    let before = Before {
        earlier: DuplicateOf::Order(OrderId(id)),
        ago_ms: 600_000,
        is_given_up: true,
        sameness: Sameness::Whole,
    };
    NotBegun::Unconfirmed(vec![Confirmation::Again(before)])
}

impl TestApp {
    /// A desk at which everything is known and the ledger is open.
    pub fn ordering(lang: Lang, size: (u16, u16)) -> Self {
        Self::ordering_with(config(lang), size)
    }

    pub fn ordering_with(config: AppConfig, size: (u16, u16)) -> Self {
        let mut test = Self::with(config, size).loaded();
        test.wait(600_000);
        test.freshen();
        test.tell(ledger(Vec::new()));
        test
    }

    /// Moves down to a coin's row.
    pub fn choose(&mut self, coin: &str) {
        self.keys("1g");
        while self.app.selected_balance().is_none_or(|(_, b)| b.coin.raw() != coin) {
            let before = self.app.selected_balance().map(|(at, _)| at);
            self.keys("j");
            assert_ne!(self.app.selected_balance().map(|(at, _)| at), before, "no row of {coin}");
        }
    }

    /// Answers everything that is asked.
    pub fn freshen(&mut self) {
        for load in self.open() {
            self.answer_usual(load);
        }
        self.priced();
    }

    /// Answers one question as always; those for which there is no usual answer stay open.
    pub fn answer_usual(&mut self, load: Load) {
        let loaded = match &load {
            Load::Balances => balances(),
            Load::Futures(coin) => no_futures(coin),
            Load::Outgoing => Loaded::Records(history()),
            Load::Incoming => Loaded::Records(incoming()),
            Load::Rates => rates(),
            Load::Coins => coins(),
            Load::User | Load::Price(_) | Load::Addresses(_) | Load::OlderIncoming(_) | Load::OlderOutgoing(_) => {
                return;
            }
        };
        self.answer(load, loaded);
    }

    /// Asks for the balances and answers with so much TRX.
    pub fn trx_left(&mut self, available: &str) {
        if !self.open().contains(&Load::Balances) {
            self.wait(60_000);
        }
        let rows = vec![balance("TRX", available, "0")];
        self.answer(Load::Balances, Loaded::Balances(Some(rows)));
        self.freshen();
    }

    /// Opens the form and fills it in: 20.5 TRX to an address. The focus ends on the amount.
    pub fn fill(&mut self, address: &str) -> &mut Self {
        // TRX has one network, which is filled in by itself.
        self.choose("TRX");
        self.keys("w");
        self.tell(Message::Paste(address.into()));
        self.keys("<tab>20.5");
        self
    }

    /// From the amount to the review, and so long that it can be sent.
    pub fn review(&mut self) -> &mut Self {
        self.keys("<enter>");
        self.pause()
    }

    /// Three seconds, tick by tick; everything asked is answered.
    pub fn pause(&mut self) -> &mut Self {
        for _ in 0..3 {
            self.wait(1_000);
            self.freshen();
        }
        self
    }

    /// The group that the review asks for.
    pub fn group(&self) -> String {
        let Some(Dialog::Review(review)) = self.app.dialog() else { panic!("no review:\n{}", self.screen()) };
        let mut groups = review.words().iter().filter_map(|word| match &word.ask {
            ConfirmationKind::Group(group) => Some(group.text.clone()),
            _ => None,
        });
        let group = groups.next_back().expect("a marked group");
        assert!(self.screen().contains("▐····▌"), "it is typed from where the address came from\n{}", self.screen());
        group
    }

    /// Moves to the button that sends, waits for a tick, and presses it.
    pub fn press_send(&mut self) -> Vec<Effect> {
        for _ in 0..6 {
            if let Some(Dialog::Review(review)) = self.app.dialog()
                && review.focus() != ReviewFocus::Send
            {
                self.keys("<btab>");
            }
        }
        self.wait(1_000);
        self.keys("<enter>")
    }

    /// An order of 20.5 TRX to [`KNOWN`] that has just left.
    pub fn sending(lang: Lang, size: (u16, u16)) -> Self {
        let mut test = Self::ordering(lang, size);
        test.fill(KNOWN).review();
        assert_eq!(sent(&test.press_send()), [trx(KNOWN)]);
        test
    }

    /// The answer to the order in flight.
    pub fn ends(&mut self, request: Request, outcome: Outcome) -> Vec<Effect> {
        let order = order(7, request, outcome);
        self.tell(Message::Ordered(Box::new(Ok(Begun { order, problem: None, unrecorded: None }))))
    }

    pub fn does_not_begin(&mut self, why: NotBegun) -> Vec<Effect> {
        self.tell(Message::Ordered(Box::new(Err(why))))
    }
}

/// What is in an address, without what stands around it on the screen.
pub fn letters(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).collect()
}

/// Also says whose address [`ADDRESS`] is: nobody's that was paid over Tron with success.
#[test]
fn the_fixtures_are_what_they_say() {
    let test = TestApp::ordering(Lang::En, (80, 24));
    let known = |address: &str| test.app.book().is_known(&"TRX".into(), &"Tron (TRC-20)".into(), &address.into(), None);
    assert!(known(KNOWN) && !known(ADDRESS) && !known(ALIKE));
}
