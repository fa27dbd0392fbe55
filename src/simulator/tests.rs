//! Stories about the world itself, without HTTP: its books, its life, its rules.

use std::collections::BTreeMap;

use proptest::prelude::*;
use strum::IntoEnumIterator as _;

use super::accounts::SubAccount;
use super::coins::COINS;
use super::history::{Arrival, Peer, Stage, Target};
use super::refusal::Refusal;
use super::users::{OWN_UID, SAMPLE_ADDRESS, USERS};
use super::world::{Account, Cancels, World};
use crate::domain::{Amount, Millis, MoveDirection};

const START: Millis = Millis(1_795_000_000_123);
const TRON: &str = "Tron (TRC-20)";

fn amount(text: &str) -> Amount {
    text.parse().unwrap()
}

fn rich(seed: u64) -> World {
    World::new(seed, Account::Rich, START, 1, false)
}

fn quiet() -> World {
    World::new(1, Account::Rich, START, 1, true)
}

fn free(world: &World, coin: &'static str) -> Amount {
    world.book().held(coin, SubAccount::Spot)
}

fn stage(world: &World, id: i64) -> Stage {
    world.history().outgoing().iter().find(|r| r.id == id).unwrap().stage
}

/// No unit appears or disappears, no sub-account of ours is overdrawn, and the balances are what the records say.
fn books_balance(world: &World) {
    let add = |a: Amount, b: Amount| a.checked_add(b).unwrap();
    for coin in COINS.iter().map(|c| c.name) {
        let held = |sub_account| world.book().held(coin, sub_account);
        let all = SubAccount::iter().map(held).fold(Amount::ZERO, add);
        assert!(all.is_zero(), "{coin}: the sub-accounts sum to {all}");
        for sub_account in SubAccount::iter().filter(|p| p.must_cover()) {
            assert!(!held(sub_account).is_negative(), "{coin} {sub_account:?} {}", held(sub_account));
        }
        let came = world.history().incoming().iter().filter(|r| r.coin == coin && r.status == Arrival::Success);
        let came = came.map(|r| r.amount).fold(Amount::ZERO, add);
        let out = |keep: fn(Stage) -> bool, part: fn(&super::history::Outgoing) -> Amount| {
            let rows = world.history().outgoing().iter().filter(|r| r.coin == coin && keep(r.stage));
            rows.map(part).fold(Amount::ZERO, add)
        };
        let left = out(|s| s == Stage::Success, |r| r.gross);
        let spot = add(held(SubAccount::Spot), held(SubAccount::Locked));
        let futures = add(held(SubAccount::Futures), held(SubAccount::Margin));
        // What futures brought was others' before.
        let ours = add(add(spot, futures), held(SubAccount::Traders));
        assert!(world.movable(coin) <= held(SubAccount::Futures), "{coin}: more can be moved than is free");
        assert_eq!(ours, came.checked_sub(left).unwrap(), "{coin}: holdings and records differ");
        let waiting = add(out(|s| !s.is_final(), |r| r.gross), world.on_orders(coin));
        assert_eq!(held(SubAccount::Locked), waiting, "{coin}: locked and open records differ");
        assert_eq!(held(SubAccount::Fees), out(|s| s == Stage::Success, |r| r.fee), "{coin}: fees and records differ");
    }
}

#[test]
fn a_rich_account_has_a_past_that_its_balances_come_from() {
    for seed in 1..=20 {
        let world = rich(seed);
        books_balance(&world);
        let rows = world.history().outgoing().len() + world.history().incoming().len();
        assert!((105..=170).contains(&rows), "seed {seed}: {rows} rows");
        let balances = world.balances();
        assert_eq!(balances.len(), 20, "seed {seed}");
        let zero = balances.iter().filter(|(_, f, l, _)| f.is_zero() && l.is_zero()).count();
        assert_eq!(zero, 2, "seed {seed}");
        assert!(balances.iter().any(|(c, f, _, _)| *c == "WIN" && f.is_positive()));
        for coin in ["AVAX", "ADA"] {
            assert_eq!(free(&world, coin), amount("0.0037"), "seed {seed} {coin}");
        }
        for coin in ["USDT", "ETH"] {
            assert!(world.on_orders(coin).is_positive(), "seed {seed} {coin}");
        }
        assert!(free(&world, "USDT") > amount("1000") && free(&world, "TRX") > amount("20"), "seed {seed}");
        let open: Vec<_> = world.history().outgoing().iter().filter(|r| !r.stage.is_final()).map(|r| r.stage).collect();
        assert_eq!(open, [Stage::Verification, Stage::Review], "seed {seed}");
        let pending = world.history().incoming().iter().filter(|r| r.status == Arrival::Pending).count();
        assert_eq!(pending, 2, "seed {seed}");
    }
}

#[test]
fn an_empty_account_has_nothing_and_stays_so() {
    let mut world = World::new(1, Account::Empty, START, 1, false);
    world.advance(START.plus(3_600_000));
    assert!(world.balances().is_empty());
    assert!(world.history().incoming().is_empty() && world.history().outgoing().is_empty());
}

#[test]
fn a_lively_first_minute_becomes_a_calm_world() {
    let mut world = rich(1);
    let picture = |world: &World| format!("{:?}{:?}", world.history(), world.balances());
    let mut last = picture(&world);
    let mut changes = Vec::new();
    for second in 1..=600 {
        world.advance(START.plus(second * 1_000));
        let now = picture(&world);
        if now != last {
            changes.push(second);
            last = now;
        }
    }
    assert!(changes[0] <= 10, "{changes:?}");
    assert!(changes.iter().filter(|s| **s <= 20).count() >= 2, "{changes:?}");
    assert!(changes.iter().filter(|s| **s <= 60).count() >= 4, "{changes:?}");
    books_balance(&world);
    let arrived = |world: &World| world.arrivals;
    let before = arrived(&world);
    world.advance(START.plus(4_200_000));
    let more = arrived(&world) - before;
    assert!((2..=8).contains(&more), "{more} things came in an hour");
}

#[test]
fn a_month_of_values_is_what_was_held_at_the_prices_of_then() {
    use crate::domain::value::{MARKET_QUOTE, Prices};
    let world = rich(1);
    let past = world.past_worth();
    assert_eq!(past, rich(1).past_worth());
    assert!(past.windows(2).all(|w| w[0].at < w[1].at), "oldest first");
    let age = |worth: &crate::domain::worth::Worth| START.since(worth.at);
    assert!(age(past.first().unwrap()) > 30 * 86_400_000 && age(past.last().unwrap()) < 600_000);
    // Since the last thing of the past nothing came or went: it is today's balances at the prices of that moment.
    let last = past.last().unwrap();
    let mut prices = Prices::default();
    let mut spot = rust_decimal::Decimal::ZERO;
    for (coin, free, locked, _) in world.balances() {
        if let Some(price) = super::prices::last(&format!("{coin}{MARKET_QUOTE}"), 1, last.at) {
            prices.set_last(coin.into(), price, last.at);
        }
        spot += prices.value(&coin.into(), free.checked_add(locked).unwrap(), &MARKET_QUOTE.into()).unwrap_or_default();
    }
    assert_eq!(last.spot, spot);
    assert_eq!(last.left_out, ["WIN".into()], "what has no price is named");
    assert!(World::new(1, Account::Empty, START, 1, false).past_worth().is_empty());
}

#[test]
fn a_saved_address_is_never_paid_by_anybody_else() {
    for seed in 1..=10 {
        let mut world = rich(seed);
        let saved = world.addresses.never_paid().unwrap().clone();
        world.advance(START.plus(86_400_000));
        let is_there = |to: &Target| matches!(to, Target::Chain { address, .. } if *address == saved.address);
        assert!(!world.history().outgoing().iter().any(|r| is_there(&r.target)), "seed {seed}");
        let id = world.withdraw(saved.coin, saved.network, &saved.address, amount("20"), None).unwrap();
        world.advance(START.plus(2 * 86_400_000));
        assert!(stage(&world, id).is_final(), "it comes to its end");
    }
}

#[test]
fn world_asked_rarely_ends_like_one_asked_often() {
    let (mut often, mut rarely) = (rich(3), rich(3));
    for second in 1..=1_800 {
        often.advance(START.plus(second * 1_000));
    }
    rarely.advance(START.plus(1_800_000));
    assert_eq!(format!("{:?}", often.history()), format!("{:?}", rarely.history()));
    assert_eq!(often.balances(), rarely.balances());
    assert_ne!(often.balances(), rich(3).balances());
}

#[test]
fn speed_brings_the_same_things_sooner() {
    let mut fast = World::new(1, Account::Rich, START, 100, false);
    let before = fast.history().incoming().len();
    // Ever more rarely, but an hour and a half of it.
    fast.advance(START.plus(60_000));
    assert!(fast.history().incoming().len() > before + 5);
    books_balance(&fast);
}

#[test]
fn a_quiet_world_stands_still_until_somebody_acts() {
    let mut world = quiet();
    let before = format!("{:?}{:?}", world.history(), world.balances());
    world.advance(START.plus(86_400_000));
    assert_eq!(format!("{:?}{:?}", world.history(), world.balances()), before);
    let id = world.withdraw("TRX", TRON, SAMPLE_ADDRESS, amount("20.00"), None).unwrap();
    world.advance(START.plus(86_400_000 + 300_000));
    assert_eq!(stage(&world, id), Stage::Success);
}

#[test]
fn withdrawal_locks_gross_and_ends_with_net_and_fee() {
    let mut world = quiet();
    let (had, chain) = (free(&world, "TRX"), world.book().held("TRX", SubAccount::Chain));
    let id = world.withdraw("TRX", TRON, SAMPLE_ADDRESS, amount("20.00"), None).unwrap();
    assert_eq!(free(&world, "TRX"), had.checked_sub(amount("20")).unwrap());
    assert_eq!(stage(&world, id), Stage::Review);
    for expected in [Stage::Approved, Stage::Broadcast, Stage::Success] {
        assert!(world.push_on(id));
        assert_eq!(stage(&world, id), expected);
        books_balance(&world);
    }
    assert!(!world.push_on(id) && !world.put(id, Stage::Fail));
    assert_eq!(world.book().held("TRX", SubAccount::Chain), chain.checked_add(amount("19")).unwrap());
    let record = world.history().outgoing().iter().find(|r| r.id == id).unwrap();
    assert!(matches!(&record.target, Target::Chain { txid: Some(txid), .. } if txid.len() == 64));
    let done = world.executed();
    assert_eq!((done.len(), done[0].amount.to_string().as_str()), (1, "20.00"));
}

#[test]
fn a_failed_withdrawal_gives_the_gross_back() {
    let mut world = quiet();
    let had = world.balances();
    let id = world.withdraw("TRX", TRON, SAMPLE_ADDRESS, amount("20"), None).unwrap();
    assert!(world.put(id, Stage::Fail));
    assert_eq!(world.balances(), had);
    books_balance(&world);
}

#[test]
fn cancel_wins_in_the_first_review_and_is_too_late_after_it() {
    let mut world = quiet();
    let had = world.balances();
    let order = |world: &mut World| world.withdraw("TRX", TRON, SAMPLE_ADDRESS, amount("20"), None).unwrap();
    let id = order(&mut world);
    world.cancel(&id.to_string(), false);
    assert_eq!(stage(&world, id), Stage::Review, "a transfer's cancel does not take back a withdrawal");
    world.cancel(&id.to_string(), true);
    assert_eq!(stage(&world, id), Stage::Cancelled);
    assert_eq!(world.balances(), had);
    let id = order(&mut world);
    world.push_on(id);
    world.cancel(&id.to_string(), true);
    assert_eq!(stage(&world, id), Stage::Approved);
    let id = order(&mut world);
    world.cancels = Cancels::Lose;
    world.cancel(&id.to_string(), true);
    assert_eq!(stage(&world, id), Stage::Approved);
    world.cancel("1", true);
    world.cancel("not an id", true);
    books_balance(&world);
}

#[test]
fn every_rule_of_a_withdrawal_has_its_code() {
    let mut world = quiet();
    let xrp = world.addresses.saved_for("XRP", "XRP").next().unwrap().clone();
    world.listing.find_mut("USDC", "Solana").unwrap().withdraw_open = false;
    let solana = world.addresses.saved_for("USDC", "Solana").next().unwrap().address.clone();
    let huge = free(&world, "TRX").checked_add(amount("1")).unwrap().to_string();
    let tries = [
        ("TRX", TRON, SAMPLE_ADDRESS, huge.as_str(), None, Refusal::Insufficient),
        ("TRX", TRON, SAMPLE_ADDRESS, "20.0000001", None, Refusal::Precision),
        ("TRX", TRON, SAMPLE_ADDRESS, "1", None, Refusal::BelowFee),
        ("TRX", TRON, SAMPLE_ADDRESS, "1.5", None, Refusal::Parameter),
        ("TRX", TRON, SAMPLE_ADDRESS, "5000001", None, Refusal::Parameter),
        ("TRX", TRON, SAMPLE_ADDRESS, "20", Some("1"), Refusal::Parameter),
        ("TRX", TRON, "TPKhSAEy84qvpomF5wF7h5ih1WmbmupXor", "20", None, Refusal::NotVerificationFree),
        ("TRX", "TRON", SAMPLE_ADDRESS, "20", None, Refusal::Parameter),
        ("trx", TRON, SAMPLE_ADDRESS, "20", None, Refusal::Parameter),
        ("XRP", "XRP", &xrp.address, "20", None, Refusal::Parameter),
        ("XRP", "XRP", &xrp.address, "20", Some("5"), Refusal::NotVerificationFree),
        ("USDC", "Solana", &solana, "20", None, Refusal::Parameter),
    ];
    let before = world.balances();
    for (coin, network, address, gross, memo, code) in tries {
        assert_eq!(
            world.withdraw(coin, network, address, amount(gross), memo),
            Err(code),
            "{coin} {network} {gross} {memo:?}"
        );
    }
    assert_eq!(world.balances(), before);
    assert!(world.executed().is_empty());
    assert!(world.withdraw("XRP", "XRP", &xrp.address, amount("20"), xrp.memo.as_deref()).is_ok());
    // Zeros at the end are not decimals too many.
    assert!(world.withdraw("TRX", TRON, SAMPLE_ADDRESS, amount("20.000000000"), None).is_ok());
}

#[test]
fn transfer_is_done_once_for_a_client_id() {
    let mut world = quiet();
    let peer = || Peer::Uid(USERS[0].uid);
    let had = free(&world, "USDT");
    let mut send = |biz: &str, gross: &str| world.inside_transfer(Some(biz), "USDT", amount(gross), peer(), Some("hi"));
    let first = send("a", "10").unwrap();
    assert_eq!(send("a", "10"), Ok(first));
    assert_ne!(send("b", "10"), Ok(first));
    assert_eq!(send(&"x".repeat(33), "10"), Err(Refusal::Parameter));
    assert_eq!(free(&world, "USDT"), had.checked_sub(amount("20")).unwrap());
    assert_eq!(world.executed().len(), 2);
    let long = "é".repeat(257);
    for (peer, remark, code) in [
        (Peer::Uid(1), None, Refusal::NoSuchUser),
        (Peer::Email("nobody@example.com".into()), None, Refusal::NoSuchUser),
        (Peer::Uid(OWN_UID), None, Refusal::Parameter),
        (peer(), Some(long.as_str()), Refusal::Parameter),
    ] {
        assert_eq!(world.inside_transfer(None, "USDT", amount("1"), peer, remark), Err(code));
    }
    assert!(world.inside_transfer(None, "USDT", amount("1"), peer(), Some(&long[2..])).is_ok());
    books_balance(&world);
}

#[test]
fn move_goes_both_ways_but_not_beyond_what_is_there() {
    let mut world = quiet();
    let had = world.balances();
    assert!(world.funds_transfer(MoveDirection::SpotToFutures, "USDT", amount("100.01")).is_ok());
    assert_eq!(world.funds_transfer(MoveDirection::FuturesToSpot, "BTC", amount("1")), Err(Refusal::Insufficient));
    assert!(world.funds_transfer(MoveDirection::FuturesToSpot, "USDT", amount("100.01")).is_ok());
    assert_eq!(world.balances(), had);
    assert_eq!(world.funds_transfer(MoveDirection::SpotToFutures, "NOPE", amount("1")), Err(Refusal::Parameter));
}

#[test]
fn loss_of_open_positions_cannot_be_moved_and_a_profit_not_before_it_is_real() {
    let mut world = quiet();
    assert!(world.funds_transfer(MoveDirection::SpotToFutures, "USDC", amount("100")).is_ok());
    world.open_position("USDC", amount("40")).unwrap();
    let movable = |world: &World| world.movable("USDC");
    assert_eq!(movable(&world), amount("60"));
    world.set_unrealised("USDC", amount("-12.5"));
    assert_eq!(movable(&world), amount("47.5"));
    let refused = world.funds_transfer(MoveDirection::FuturesToSpot, "USDC", amount("47.51"));
    assert_eq!(refused, Err(Refusal::Insufficient));
    world.set_unrealised("USDC", amount("900"));
    assert_eq!(movable(&world), amount("60"));
    world.close_positions("USDC", amount("900")).unwrap();
    assert_eq!(movable(&world), amount("1000"));
    assert!(world.funds_transfer(MoveDirection::FuturesToSpot, "USDC", amount("1000")).is_ok());
    books_balance(&world);
}

#[test]
fn orders_held_for_the_security_check_wait_there() {
    let mut world = quiet();
    world.ask_verification = true;
    let id = world.withdraw("TRX", TRON, SAMPLE_ADDRESS, amount("20"), None).unwrap();
    assert_eq!(stage(&world, id), Stage::Verification);
    world.advance(START.plus(120_000));
    assert_eq!(stage(&world, id), Stage::Verification);
}

#[test]
fn ids_are_dated_and_never_repeat() {
    let mut world = quiet();
    world.add_old_deposits(1_000);
    books_balance(&world);
    for _ in 0..30 {
        world.withdraw("TRX", TRON, SAMPLE_ADDRESS, amount("2"), None).unwrap();
    }
    let rows = world.history();
    for record in rows.outgoing() {
        let made = (record.id >> 22) + 1_288_834_974_657;
        assert!((0..1_000).contains(&(made - record.ctime.0)), "{}", record.id);
    }
    let mut ids: BTreeMap<(bool, i64), usize> = BTreeMap::new();
    for key in rows.outgoing().iter().map(|r| (true, r.id)).chain(rows.incoming().iter().map(|r| (false, r.id))) {
        *ids.entry(key).or_default() += 1;
    }
    assert!(ids.values().all(|count| *count == 1));
}

#[test]
fn a_long_past_is_made_quickly_and_stays_in_order() {
    let mut world = quiet();
    world.add_old_deposits(100_000);
    assert!(world.history().incoming().len() > 100_000);
    assert!(world.history().incoming().windows(2).all(|w| w[0].ctime <= w[1].ctime));
}

#[derive(Debug, Clone)]
enum Act {
    Withdraw(usize, usize, i64),
    Transfer(usize, usize, i64),
    Move(usize, bool, i64),
    Cancel(usize),
    Wait(i64),
    Deposit(usize, i64, bool),
    Lock(usize, i64, bool),
    Put(usize, u8),
    Open(usize, i64, i64),
    Close(usize, i64),
    Fund(usize, i64),
}

fn act() -> impl Strategy<Value = Act> {
    let (coin, units) = (0..COINS.len(), 1_i64..200_000_000);
    prop_oneof![
        (coin.clone(), 0_usize..2, units.clone()).prop_map(|(c, n, u)| Act::Withdraw(c, n, u)),
        (coin.clone(), 0_usize..4, units.clone()).prop_map(|(c, n, u)| Act::Transfer(c, n, u)),
        (coin.clone(), any::<bool>(), units.clone()).prop_map(|(c, way, u)| Act::Move(c, way, u)),
        (0_usize..400).prop_map(Act::Cancel),
        (0_i64..120_000).prop_map(Act::Wait),
        (coin.clone(), units.clone(), any::<bool>()).prop_map(|(c, u, good)| Act::Deposit(c, u, good)),
        (coin.clone(), units.clone(), -2_000_i64..2_000).prop_map(|(c, u, pnl)| Act::Open(c, u, pnl)),
        (coin.clone(), -2_000_i64..2_000).prop_map(|(c, profit)| Act::Close(c, profit)),
        (coin.clone(), -2_000_i64..2_000).prop_map(|(c, paid)| Act::Fund(c, paid)),
        (coin, units, any::<bool>()).prop_map(|(c, u, on)| Act::Lock(c, u, on)),
        (0_usize..400, 0_u8..7).prop_map(|(n, s)| Act::Put(n, s)),
    ]
}

fn perform(world: &mut World, act: &Act, now: &mut Millis) {
    // Whether each of these is taken or refused, the books must balance.
    let sum = |units: i64| Amount::new(units.into(), 4).unwrap();
    let pick = |world: &World, n: usize| {
        let rows = world.history().outgoing();
        rows.get(rows.len().wrapping_sub(1 + n % 8)).map(|r| (r.id, matches!(r.target, Target::Chain { .. })))
    };
    match *act {
        Act::Withdraw(coin, nth, units) => {
            let coin = &COINS[coin];
            let network = coin.networks[nth % coin.networks.len()].name;
            let saved = world.addresses.saved_for(coin.name, network).nth(nth).unwrap().clone();
            let _ = world.withdraw(coin.name, network, &saved.address, sum(units), saved.memo.as_deref());
        }
        Act::Transfer(coin, user, units) => {
            let uid = USERS.get(user).map_or(1, |u| u.uid);
            let biz = format!("{units}");
            let _ = world.inside_transfer(Some(&biz), COINS[coin].name, sum(units), Peer::Uid(uid), None);
        }
        Act::Move(coin, way, units) => {
            let way = if way { MoveDirection::SpotToFutures } else { MoveDirection::FuturesToSpot };
            let _ = world.funds_transfer(way, COINS[coin].name, sum(units));
        }
        Act::Cancel(n) => {
            if let Some((id, chain)) = pick(world, n) {
                world.cancel(&id.to_string(), chain);
            }
        }
        Act::Wait(ms) => {
            *now = now.plus(ms);
            world.advance(*now);
        }
        Act::Deposit(coin, units, credited) => {
            let coin = &COINS[coin];
            world.deposit(coin.name, coin.networks[0].name, sum(units), credited).unwrap();
        }
        Act::Lock(coin, units, on) => {
            let coin = COINS[coin].name;
            let _ = if on { world.lock(coin, sum(units)) } else { world.unlock(coin, sum(units)) };
        }
        Act::Open(coin, units, unrealised) => {
            let _ = world.open_position(COINS[coin].name, sum(units));
            world.set_unrealised(COINS[coin].name, sum(unrealised));
        }
        Act::Close(coin, profit) => {
            let _ = world.close_positions(COINS[coin].name, sum(profit));
        }
        Act::Fund(coin, paid) => {
            let _ = world.settle_futures(COINS[coin].name, sum(paid));
        }
        Act::Put(n, stage) => {
            use Stage::{Approved, Broadcast, Cancelled, Fail, Review, Success, Verification};
            let stages = [Verification, Review, Approved, Broadcast, Success, Fail, Cancelled];
            if let Some((id, _)) = pick(world, n) {
                world.put(id, stages[usize::from(stage)]);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn no_unit_appears_or_disappears_whatever_is_done(
        seed in 0_u64..1_000,
        empty: bool,
        acts in proptest::collection::vec(act(), 1..80),
    ) {
        let account = if empty { Account::Empty } else { Account::Rich };
        let mut world = World::new(seed, account, START, 1, false);
        let mut now = START;
        for act in acts {
            perform(&mut world, &act, &mut now);
            books_balance(&world);
        }
        // Left alone, everything that is under way comes to an end.
        world.advance(now.plus(900_000));
        books_balance(&world);
        let stuck = world.history().outgoing().iter().filter(|r| !r.stage.is_final() && now.since(r.ctime) > 600_000);
        prop_assert_eq!(stuck.filter(|r| r.stage != Stage::Verification).count(), 0);
    }
}
