//! One account has several spellings on some chains; an order, an own address and a record know each other in all of them.

use wallet_tui::domain::preflight::Snapshot;
use wallet_tui::domain::rules::Fault;
use wallet_tui::domain::{AskedBy, Balance, MemoRule, Outcome, Proof, Request, UntrustedText, WithdrawRequest};
use wallet_tui::engine::orders::{Begun, NotBegun, Orders};
use wallet_tui::simulator::users::Saved;
use wallet_tui::simulator::{Fault as Failure, Strike};

use crate::stage::{LONG_MS, Stage, accepted_id, consent, known, wanted};

const PAGE: &str = "withdraw_transfer/page";
const TON: Way = Way { coin: "TON", network: "Toncoin", chain: "TON", gross: "5" };
const LTC: Way = Way { coin: "LTC", network: "Litecoin", chain: "LTC", gross: "0.5" };
const ETH: Way = Way { coin: "ETH", network: "Ethereum (ERC-20)", chain: "ETH", gross: "0.05" };
const XRP: Way = Way { coin: "XRP", network: "XRP", chain: "XRP", gross: "30" };

/// A coin over a network.
#[derive(Clone, Copy)]
struct Way {
    coin: &'static str,
    network: &'static str,
    chain: &'static str,
    gross: &'static str,
}

impl Way {
    fn request(self, address: &str, memo: Option<&str>) -> Request {
        let (coin, network, gross) = (self.coin.into(), self.network.into(), self.gross.parse().unwrap());
        Request::Withdraw(WithdrawRequest {
            coin,
            network,
            address: address.into(),
            memo: memo.map(UntrustedText::from),
            gross,
        })
    }

    fn known(self) -> Snapshot {
        let mut known = known();
        let coins = &mut known.coins.as_mut().unwrap().0;
        let mut new = coins[0].clone();
        new.name = self.coin.into();
        let network = &mut new.networks[0];
        (network.name, network.chain, network.memo) =
            (self.network.into(), Some(self.chain.into()), MemoRule::Optional);
        coins.push(new);
        let balance = Balance { coin: self.coin.into(), available: "100000".parse().ok(), in_use: None };
        known.balances.as_mut().unwrap().0.push(balance);
        known
    }

    fn save(self, stage: &Stage, address: &str, memo: Option<&str>) {
        let (coin, network, memo) = (self.coin, self.network, memo.map(str::to_owned));
        let saved = Saved { coin, network, address: address.to_owned(), memo };
        stage.exchange.world(|w| w.addresses.saved.push(saved));
    }

    async fn place(self, engine: &Orders, address: &str, memo: Option<&str>) -> Result<Begun, NotBegun> {
        engine.place(consent(&self.request(address, memo), []), self.known(), AskedBy::Screen).await
    }
}

/// A TON address in the other user-friendly form: bounceable or not.
fn other_ton(address: &str) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let number = |c: u8| u32::try_from(DIGITS.iter().position(|d| *d == c).unwrap()).unwrap();
    let bytes = |c: &[u8]| c.iter().fold(0, |n, c| (n << 6) | number(*c)).to_be_bytes();
    let mut raw: Vec<u8> = address.as_bytes().chunks(4).flat_map(|c| bytes(c)[1..].to_vec()).collect();
    raw[0] ^= 0x40;
    let step = |crc: u16| if crc & 0x8000 == 0 { crc << 1 } else { (crc << 1) ^ 0x1021 };
    let crc = raw[..34].iter().fold(0_u16, |crc, b| (0..8).fold(crc ^ (u16::from(*b) << 8), |crc, _| step(crc)));
    raw[34..].copy_from_slice(&crc.to_be_bytes());
    let digits = |c: &[u8]| {
        let n = c.iter().fold(0_usize, |n, b| (n << 8) | usize::from(*b));
        [18, 12, 6, 0].map(|at| char::from(DIGITS[(n >> at) & 63]))
    };
    raw.chunks(3).flat_map(digits).collect()
}

/// Accounts in two spellings each.
fn spelt() -> Vec<(Way, String, String)> {
    let of = |way, one: &str, other: &str| (way, one.to_owned(), other.to_owned());
    let bounceable = "EQCxE6mUtQJKFnGfaROTKOt1lZbDiiX1kCixRv7Nw2Id_sDs";
    vec![
        of(TON, bounceable, &other_ton(bounceable)),
        of(TON, &other_ton(bounceable), "0:b113a994b5024a16719f69139328eb759596c38a25f59028b146fecdc3621dfe"),
        of(LTC, "MQMcJhpWHYVeQArcZR3sBgyPZxxRtnH441", "3J9TzpQYLReDbfaiTY4XN3izFGMyswQgCb"),
        of(ETH, "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359", "0xfb6916095ca1df60bb79ce92ce3ea74c37c5d359"),
    ]
}

#[tokio::test]
async fn an_unknown_order_blocks_the_same_in_every_spelling() {
    for (way, one, other) in spelt() {
        let stage = Stage::new().await;
        for address in [&one, &other] {
            way.save(&stage, address, None);
        }
        let engine = stage.engine();
        stage.exchange.fail("withdraw", Failure::after(Strike::Close));
        assert!(way.place(&engine, &one, None).await.unwrap().order.outcome.is_unsettled());
        for address in [&one, &other] {
            let again = way.place(&engine, address, None).await;
            assert!(matches!(again, Err(NotBegun::SameUnsettled(_))), "{one} as {address}: {again:?}");
        }
        assert_eq!(stage.executed(), 1, "{one} as {other}");
    }
}

#[tokio::test]
async fn an_accepted_order_in_another_spelling_asks_for_the_word() {
    for (way, one, other) in spelt() {
        let stage = Stage::new().await;
        for address in [&one, &other] {
            way.save(&stage, address, None);
        }
        let engine = stage.engine();
        let first = way.place(&engine, &one, None).await.unwrap().order;
        let again = way.place(&engine, &other, None).await;
        assert_eq!(wanted(&again), [crate::stage::of_order(first.id)], "{one} as {other}: {again:?}");
        assert_eq!(stage.executed(), 1, "{one} as {other}");
    }
}

#[tokio::test]
async fn a_record_in_another_spelling_settles_its_order() {
    for (way, one, other) in spelt() {
        let stage = Stage::new().await;
        way.save(&stage, &one, None);
        stage.exchange.fail("withdraw", Failure::after(Strike::Close));
        let order = way.place(&stage.engine(), &one, None).await.unwrap().order;
        stage.hands.advance(LONG_MS);
        stage.exchange.fail_always(PAGE, Failure::after(Strike::Replace(one.clone(), other.clone())));
        let end = stage.settled(order.id).await;
        assert_eq!(accepted_id(&end), stage.exchange.executed()[0].id, "{one} as {other}: {end:?}");
        assert!(matches!(end.outcome, Outcome::Accepted { proof: Proof::History, .. }), "{end:?}");
    }
}

#[tokio::test]
async fn a_record_whose_address_cannot_be_read_is_asked_about() {
    let (way, one, _) = spelt().swap_remove(0);
    for odd in [format!("{}****{}", &one[..6], &one[44..]), "a wallet".into(), "0x01".into()] {
        let stage = Stage::new().await;
        way.save(&stage, &one, None);
        stage.exchange.fail("withdraw", Failure::after(Strike::Close));
        let order = way.place(&stage.engine(), &one, None).await.unwrap().order;
        stage.hands.advance(LONG_MS);
        stage.exchange.fail_always(PAGE, Failure::after(Strike::Replace(one.clone(), odd.clone())));
        for _ in 0..4 {
            drop(stage.engine().look(order.id).await);
        }
        let id = order.id;
        let stood = stage.engine().with_ledger(move |ledger| ledger.order(id)).await.unwrap().unwrap();
        assert!(stood.outcome.is_unsettled(), "{odd}: {:?}", stood.outcome);
    }
}

#[tokio::test]
async fn an_own_address_in_another_spelling_is_stopped() {
    for way in [TON, LTC, ETH] {
        let stage = Stage::new().await;
        let engine = stage.engine();
        let own = engine.client().deposit_addresses(&way.coin.into(), &way.network.into()).await.unwrap();
        let own = own[0].address.raw();
        let other = match way.coin {
            "TON" => other_ton(own),
            "LTC" => own.to_ascii_uppercase(),
            _ => own.to_ascii_lowercase(),
        };
        for address in [own, &other] {
            way.save(&stage, address, None);
            let end = way.place(&engine, address, None).await;
            let Err(NotBegun::Faults(faults)) = &end else { panic!("{own} as {address}: {end:?}") };
            assert!(faults.iter().any(|found| matches!(found.fault, Fault::OwnAddress { .. })), "{faults:?}");
        }
        assert_eq!(stage.exchange.requests("withdraw"), 0, "{own} as {other}");
    }
}

#[tokio::test]
async fn a_tag_with_zeros_in_front_is_the_same_tag() {
    let address = "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh";
    let stage = Stage::new().await;
    for tag in ["7", "007", "70"] {
        XRP.save(&stage, address, Some(tag));
    }
    let engine = stage.engine();
    stage.exchange.fail("withdraw", Failure::after(Strike::Close));
    let first = XRP.place(&engine, address, Some("7")).await.unwrap().order;
    let again = XRP.place(&engine, address, Some("007")).await;
    assert!(matches!(again, Err(NotBegun::SameUnsettled(_))), "{again:?}");
    stage.hands.advance(LONG_MS);
    stage.exchange.fail_always(PAGE, Failure::after(Strike::Replace(r#""memo":"7""#.into(), r#""memo":"007""#.into())));
    let end = stage.settled(first.id).await;
    assert_eq!(accepted_id(&end), stage.exchange.executed()[0].id);
    assert!(XRP.place(&engine, address, Some("70")).await.is_ok(), "another tag is another receiver");
}
