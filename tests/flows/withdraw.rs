//! The withdrawal by keys: from the form over the review to the effect, and what every answer makes of the screen.

use wallet_tui::app::message::{Effect, LedgerNews, Load, Loaded, Message};
use wallet_tui::domain::{Coin, MemoRule, Network, Order};
use wallet_tui::locale::Lang;

use super::desk::{Desk, session};
use super::fixtures::{ADDRESS, network};

/// Coins that can be withdrawn, and some that cannot.
pub fn coins() -> Loaded {
    let open = |name: &str, chain: &str| Network {
        withdraw_open: Some(true),
        withdraw_min: Some("10".parse().unwrap()),
        withdraw_max: Some("100000".parse().unwrap()),
        ..network(name, chain)
    };
    let coin = |name: &str, full: &str, is_open, networks| Coin {
        name: name.into(),
        full_name: Some(full.into()),
        open: Some(true),
        deposit_open: Some(true),
        withdraw_open: Some(is_open),
        networks,
    };
    let xrp = Network { memo: MemoRule::Optional, ..open("XRP Ledger", "XRP") };
    let usdt = Network {
        contract: Some("TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t".into()),
        ..open("Tron (TRC-20)", "TRON")
    };
    Loaded::Coins(vec![
        coin("ADA", "Cardano", true, vec![open("Cardano", "ADA")]),
        coin("BTC", "Bitcoin", false, vec![open("Bitcoin", "BTC")]),
        coin("TRX", "TRON", true, vec![open("Tron (TRC-20)", "TRON")]),
        coin("USDT", "Tether", true, vec![usdt, network("Ethereum (ERC-20)", "ETH")]),
        coin("XRP", "XRP", true, vec![xrp]),
    ])
}

impl Desk {
    /// A desk at which everything is known and the ledger is open.
    pub fn ready(self, unsettled: Vec<Order>) -> Self {
        let mut desk = self.loaded();
        desk.tell(Message::Ledger(LedgerNews::Open { unsettled, spent_today: Vec::new(), damage: None }));
        desk.wait(600_000);
        desk.answer(Load::Coins, coins());
        desk.freshen();
        desk
    }

    /// Answers everything that is asked, as before.
    pub fn freshen(&mut self) {
        for load in self.open() {
            let loaded = match load {
                Load::Balances => super::fixtures::balances(),
                Load::Outgoing => Loaded::Records(super::fixtures::outgoing()),
                Load::Incoming => Loaded::Records(super::fixtures::incoming()),
                Load::Rates => super::fixtures::rates(),
                Load::Coins => coins(),
                _ => continue,
            };
            self.answer(load, loaded);
        }
        self.priced();
    }
}

#[test]
fn look() {
    for lang in [Lang::En, Lang::ZhCn] {
        let mut desk = Desk::with(session(lang), (80, 24)).ready(Vec::new());
        desk.keys("w<bs>tr<enter>");
        desk.tell(Message::Paste(ADDRESS.into()));
        desk.keys("<enter>20.5");
        println!("{}", desk.screen());
        desk.keys("<enter>");
        println!("{}", desk.screen());
        desk.keys("<enter>");
        println!("{}", desk.screen());
        for _ in 0..3 {
            desk.wait(1000);
        }
        desk.freshen();
        desk.keys("<tab>ab");
        println!("{}", desk.screen());
        desk.keys("<bs><bs>");
        let word = {
            let screen = desk.screen();
            screen.split('▐').find_map(|p| p.split_once('▌').map(|(w, _)| w.to_owned()).filter(|w| w.len() == 4)).unwrap()
        };
        desk.keys(&word);
        desk.keys("<tab>");
        desk.wait(1000);
        println!("{}", desk.screen());
        println!("{:?}", desk.keys("<enter>"));
        desk.wait(1000);
        println!("{}", desk.screen());
    }
    let _ = Effect::Quit;
}
