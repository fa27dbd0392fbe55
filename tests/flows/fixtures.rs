//! What the exchange says in these stories.

use wallet_tui::domain::{
    Amount, Balance, Cause, Coin, Event, EventSubject, FuturesBalance, Kind, MemoRule, Millis, Network, Obstacle,
    Problem, Rate, Receiver, Record, Refusal, Status, UntrustedText, UserInfo,
};
use wallet_tui::tui::effect::Load;
use wallet_tui::tui::message::Loaded;

use super::test_app::{NOW, TestApp};

pub const ADDRESS: &str = "TJmW5D1p1LnMdTMmxuY1VELHht7v5HV7rU";
pub const TXID: &str = "6f2e3b1f0c9d8a7b6c5d4e3f2a1b0c9d8e7f6a5b4c3d2e1f0a9b8c7d6e5f4a3b";

fn amount(text: &str) -> Option<Amount> {
    (!text.is_empty()).then(|| text.parse().unwrap())
}

/// `12 s`, `3 min`, `5 h` or `2 d` before [`NOW`].
pub fn ago(text: &str) -> Millis {
    let (count, unit) = text.split_once(' ').unwrap();
    let unit = match unit {
        "s" => 1_000,
        "min" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        other => panic!("no such unit: {other}"),
    };
    NOW.plus(-count.parse::<i64>().unwrap() * unit)
}

pub fn balance(coin: &str, available: &str, in_use: &str) -> Balance {
    Balance { coin: coin.into(), available: amount(available), in_use: amount(in_use) }
}

/// A futures side that holds so much of a coin, and as little as this can be moved.
pub fn futures(coin: &UntrustedText, movable: &str, [available, in_positions, unrealised]: [&str; 3]) -> Loaded {
    let number = |text: &str| text.parse().ok();
    Loaded::Futures(Some(Box::new(FuturesBalance {
        coin: coin.clone(),
        movable: number(movable),
        available: number(available),
        on_orders: number("0"),
        in_positions: number(in_positions),
        cross_unrealised: number(unrealised),
        isolated_unrealised: number("0"),
        bonus: number("0"),
    })))
}

/// One with nothing in it.
pub fn no_futures(coin: &UntrustedText) -> Loaded {
    if coin.raw() == "USDT" { futures(coin, "0", ["0", "0", "0"]) } else { Loaded::Futures(None) }
}

/// A wallet as it is found: large and small, priced and unpriced, with what the exchange left out.
pub fn balances() -> Loaded {
    Loaded::Balances(Some(vec![
        balance("USDT", "12050.40", "500"),
        balance("BTC", "0.30450000", "0.0102"),
        balance("ETH", "1.5", "0"),
        balance("TRX", "5000", "20.5"),
        balance("XRP", "820.123456", "0"),
        balance("SHIB", "123456789.123456789012345678", "0"),
        balance("DUST", "0.000000000000000001", "0"),
        balance("NEW", "42", "0"),
        balance("ODD", "", "1"),
        balance("ZERO", "0.00000000", "0"),
    ]))
}

const PRICES: [(&str, &str); 7] = [
    ("BTC", "60123.45"),
    ("ETH", "3021.7"),
    ("TRX", "0.25123"),
    ("XRP", "2.18317"),
    ("SHIB", "0.0000081234"),
    ("DUST", "1.5"),
    ("ODD", "3"),
];

pub fn rates() -> Loaded {
    let rate = |base: &str, quote: &str, rate: &str| Rate {
        base: base.into(),
        quote: quote.into(),
        rate: rate.parse().unwrap(),
    };
    Loaded::Rates(vec![rate("USDT", "USD", "0.9998"), rate("USD", "CNY", "6.5")])
}

pub fn network(name: &str, chain: &str) -> Network {
    Network {
        name: name.into(),
        chain: Some(chain.into()),
        contract: None,
        precision: Some(6),
        memo: MemoRule::None,
        confirmations: Some(20),
        address_pattern: None,
        open: Some(true),
        deposit_open: Some(true),
        withdraw_open: Some(false),
        withdraw_min: None,
        withdraw_max: None,
        deposit_min: None,
        fault: None,
    }
}

pub fn coins() -> Loaded {
    let coin = |name: &str, full: &str, networks| Coin {
        fault: None,
        name: name.into(),
        full_name: Some(full.into()),
        open: Some(true),
        deposit_open: Some(true),
        withdraw_open: Some(true),
        networks,
    };
    Loaded::Coins(vec![
        coin("USDT", "Tether", vec![network("Tron (TRC-20)", "TRON"), network("Ethereum (ERC-20)", "ETH")]),
        coin("TRX", "TRON", vec![network("Tron (TRC-20)", "TRON")]),
    ])
}

pub struct Row(pub Record);

impl Row {
    pub fn new(kind: Kind, id: &str, coin: &str, net: &str, status: Status, time: Millis) -> Self {
        Self(Record { amount: amount(net), status, time: Some(time), ..Record::bare(kind, id, coin) })
    }

    pub fn on(mut self, network: &str, address: &str) -> Self {
        self.0.network = Some(network.into());
        self.0.address = Some(address.into());
        self
    }

    pub fn from(mut self, address: &str) -> Self {
        self.0.from_address = Some(address.into());
        self
    }

    pub fn to(mut self, receiver: Receiver) -> Self {
        self.0.receiver = Some(receiver);
        self
    }

    pub fn fee(mut self, fee: &str) -> Self {
        self.0.fee = amount(fee);
        self.0.fee_coin = Some(self.0.coin.clone());
        self
    }

    pub fn tx(mut self, txid: &str) -> Self {
        self.0.txid = Some(txid.into());
        self
    }

    pub fn remark(mut self, remark: &str) -> Self {
        self.0.remark = Some(remark.into());
        self
    }
}

pub fn incoming() -> Vec<Record> {
    let row = |kind, id, coin, net, status, time| Row::new(kind, id, coin, net, status, ago(time));
    [
        row(Kind::Deposit, "7001", "USDT", "250.00000000", Status::Pending, "40 s")
            .on("Tron (TRC-20)", ADDRESS)
            .from("TQn9Y2khEsLJW1ChVWFMSMeRDow5KcbLSE")
            .tx(TXID),
        row(Kind::Deposit, "7000", "BTC", "0.10000000000000000000", Status::Success, "5 h")
            .on("Bitcoin", "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq")
            .tx(TXID),
        row(Kind::Deposit, "6990", "XRP", "1000000.5", Status::Success, "26 h")
            .on("XRP Ledger", "rEb8TK3gBgk5auZkwc6sHnwrGVJH8DuaLh")
            .from("rPVMhWBsfF9iMXYj3aAzJVkPDTFNSyWdKy"),
        row(Kind::Deposit, "6100", "SHIB", "123456789.123456789012345678", Status::Fail, "19 d")
            .on("Ethereum (ERC-20)", "0x52908400098527886E0F7030069857D2E4169EE7"),
        row(Kind::Deposit, "6000", "USDT", "", Status::Other("FROZEN_V2".into()), "400 d").on("Solana", "So1"),
        row(Kind::TransferIn, "7002", "USDT", "75", Status::Success, "3 h").from("551203998").remark("rent for 十一月"),
        row(Kind::TransferIn, "6991", "TRX", "20.5", Status::Success, "8 d").from("551203998"),
    ]
    .map(|row| row.0)
    .into()
}

pub fn outgoing() -> Vec<Record> {
    let row = |kind, id, coin, net, status, time| Row::new(kind, id, coin, net, status, ago(time));
    let verification = row(Kind::Withdrawal, "1909877667383767042", "USDT", "499", Status::Verification, "1 h")
        .on("Tron (TRC-20)", ADDRESS)
        .fee("1");
    let mut xrp = row(Kind::Withdrawal, "1908", "XRP", "39.8", Status::Cancelled, "19 d")
        .on("XRP Ledger", "rEb8TK3gBgk5auZkwc6sHnwrGVJH8DuaLh")
        .fee("0.2");
    xrp.0.memo = Some("104201".into());
    let mut transfer = row(Kind::TransferOut, "901", "USDT", "120.25", Status::Success, "30 min")
        .to(Receiver::Uid("681979174".into()))
        .remark("lunch")
        .fee("0");
    transfer.0.out_biz_id = Some("wt-01JD7Q4Z8K3M".into());
    [
        row(Kind::Withdrawal, "1909877667383767043", "TRX", "19.00000000000000000000", Status::Pending, "2 min")
            .on("Tron (TRC-20)", ADDRESS),
        verification,
        row(Kind::Withdrawal, "1909", "BTC", "0.01", Status::Success, "26 h")
            .on("Bitcoin", "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq")
            .fee("0.0002")
            .tx(TXID),
        xrp,
        transfer,
        row(Kind::TransferOut, "900", "BTC", "0.005", Status::Fail, "12 d")
            .to(Receiver::Email("somebody.with.a.long.name@example.com".into())),
        row(Kind::TransferOut, "899", "ETH", "0.25", Status::Pending, "13 d")
            .to(Receiver::Phone { country_code: "86".into(), number: "13800138000".into() }),
    ]
    .map(|row| row.0)
    .into()
}

impl TestApp {
    /// Everything has been read once, three seconds ago.
    pub fn loaded(mut self) -> Self {
        self.answer(Load::Balances, balances());
        self.answer(Load::User, Loaded::User(UserInfo { uid: Some("681979174".into()) }));
        self.answer(Load::Incoming, Loaded::Records(incoming()));
        self.answer(Load::Outgoing, Loaded::Records(outgoing()));
        self.answer(Load::Coins, coins());
        self.answer(Load::Rates, rates());
        self.priced();
        self.without_futures();
        self.wait(3_000);
        self.without_futures();
        self
    }

    /// Answers every question about the futures side: nothing is there.
    pub fn without_futures(&mut self) {
        self.on_futures(no_futures);
    }

    /// Answers every question about the futures side.
    pub fn on_futures(&mut self, holding: impl Fn(&UntrustedText) -> Loaded) {
        while let Some(load) = self.open().into_iter().find(|load| matches!(load, Load::Futures(_))) {
            let Load::Futures(coin) = &load else { unreachable!() };
            let loaded = holding(coin);
            self.answer(load, loaded);
        }
    }

    /// Answers every question for a price.
    pub fn priced(&mut self) {
        while let Some(load) = self.open().into_iter().find(|load| matches!(load, Load::Price(_))) {
            let Load::Price(coin) = &load else { unreachable!() };
            let price = PRICES.iter().find(|(name, _)| *name == coin.raw()).map(|(_, price)| price.parse().unwrap());
            self.answer(load, price.map_or(Loaded::NoMarket, Loaded::Price));
        }
    }
}

pub fn offline() -> Problem {
    Problem {
        endpoint: "user/account",
        cause: Cause::NotSent { obstacle: Obstacle::Dns, detail: "failed to lookup address information".into() },
    }
}

pub fn key_unknown() -> Problem {
    Problem {
        endpoint: "user/account",
        cause: Cause::Refused { refusal: Refusal::KeyUnknown, code: "100004".into(), msg: UntrustedText::default() },
    }
}

/// What somebody might write who wants to draw on the screen.
pub const HOSTILE: &str = "\u{1b}[2J\u{1b}]0;owned\u{7}\u{202e}evil\u{200b}\u{2066}x\r\n\u{9b}31m e\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301} 日本語🙂";

/// Something that happened, as the first thing that the ledger knows.
pub fn event(subject: EventSubject, at: Millis) -> Event {
    Event { number: 1, at, subject }
}

/// A record that is news.
pub fn happened(record: Record) -> Event {
    let at = record.time.unwrap();
    event(EventSubject::Record(Box::new(record)), at)
}
