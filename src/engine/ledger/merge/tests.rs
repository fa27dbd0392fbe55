//! Two ledgers become one whatever ends the program on the way, and nothing of either is lost.

use super::*;
use crate::domain::{
    AskedBy, Balance, BothSides, Condition, EventKind, EventSubject, Kind, Millis, MoveDirection, MoveRequest, Proof,
    Receiver, Record, SideAmounts, Status, TransferRequest, UntrustedText, WithdrawRequest,
};
use crate::engine::ledger::{Flow, Gap, GapChange, KeyPlace, Reader, examine};

const UID: &str = "681979174";
const NOW: Millis = Millis(1_795_357_800_000);

fn withdraw(gross: &str) -> Request {
    Request::Withdraw(WithdrawRequest {
        coin: "TRX".into(),
        network: "Tron (TRC-20)".into(),
        address: "TJmW5D1p1LnMdTMmxuY1VELHht7v5HV7rU".into(),
        memo: None,
        gross: gross.parse().unwrap(),
    })
}

fn moved(amount: &str) -> Request {
    Request::Move(MoveRequest {
        direction: MoveDirection::SpotToFutures,
        coin: "USDT".into(),
        amount: amount.parse().unwrap(),
    })
}

fn transfer(id: &str) -> Request {
    Request::Transfer(TransferRequest {
        out_biz_id: id.into(),
        coin: "USDT".into(),
        amount: "3".parse().unwrap(),
        to: Receiver::Uid("9".into()),
        remark: None,
    })
}

fn record(id: &str, status: Status, at: i64) -> Record {
    Record {
        amount: Some("1.50".parse().unwrap()),
        status,
        time: Some(NOW.plus(at)),
        ..Record::bare(Kind::Deposit, id, "TRX")
    }
}

fn condition(happened: EventKind, about: &str) -> Condition {
    Condition { happened, about: about.into(), change: None }
}

fn unknown() -> Outcome {
    Outcome::Unknown { why: Because::Timeout.into() }
}

fn place(dir: &tempfile::TempDir, key: &str) -> KeyPlace {
    KeyPlace::new(dir.path(), "https://x.example:443", &["x.example".to_owned()], key)
}

fn order(ledger: &mut Ledger, request: &Request, outcome: &Outcome) -> OrderId {
    // Each move has sides of its own.
    let side = SideAmounts { available: request.amount(), total: None };
    let sides = matches!(request, Request::Move(_)).then_some(BothSides { spot: side, futures: side });
    let seen = ["s1".into()];
    let id = ledger.record(request, NOW, None, AskedBy::Screen, &seen, sides.as_ref()).unwrap();
    ledger.set_outcome(id, outcome, NOW.plus(1), None).unwrap();
    id
}

/// A ledger of a key that was begun before anybody told whose key it is, with something of everything.
fn old_ledger(place: &KeyPlace) -> PathBuf {
    let path = place.key_path();
    let mut old = Ledger::open(&path).unwrap();
    order(&mut old, &withdraw("20"), &unknown());
    order(&mut old, &moved("1"), &Outcome::Accepted { id: "7".into(), proof: Proof::Answer });
    old.record(&transfer("t1"), NOW, None, AskedBy::Command, &[], None).unwrap();
    old.keep_records(Flow::In, &[record("1", Status::Pending, 0)], GapChange::Nothing, NOW).unwrap();
    let page = [record("1", Status::Success, 0), record("2", Status::Pending, 5_000)];
    old.keep_records(Flow::In, &page, GapChange::Nothing, NOW.plus(9)).unwrap();
    old.begin_way(Flow::In).unwrap();
    let gap = GapChange::Add(Gap { from: None, to: NOW.plus(-9_000) });
    old.keep_records(Flow::In, &[], gap, NOW).unwrap();
    old.mark_crowded(Flow::In, NOW).unwrap();
    old.set_note(&record("1", Status::Pending, 0).key, Some(&"rent".into())).unwrap();
    old.save_filter("coin:trx", true, NOW).unwrap();
    old.note_condition("clock", &condition(EventKind::Clock, ""), NOW).unwrap();
    old.note_condition("order:1", &condition(EventKind::Unknown, "1"), NOW).unwrap();
    // The dashboard was told of two of them, and was being told of the others; another one of nothing.
    old.claim_events(NOW, NOW).unwrap();
    old.read_as(Reader::Named("bot")).unwrap();
    let claimed = old.claim_events(NOW, NOW).unwrap();
    assert!(claimed.len() >= 2, "{claimed:?}");
    old.mark_delivered(&[claimed[0].number]).unwrap();
    let balance = Balance { coin: "TRX".into(), available: Some("5".parse().unwrap()), in_use: None };
    old.keep_balances(&[balance], NOW).unwrap();
    let worth =
        crate::domain::worth::Worth { at: NOW, spot: rust_decimal::Decimal::ONE, futures: None, left_out: Vec::new() };
    old.keep_worth(&worth, &std::collections::BTreeMap::new()).unwrap();
    old.set_fact("news_since", "5").unwrap();
    path
}

/// Everything of a ledger that a person or a rule can see.
fn everything(path: &Path) -> String {
    let mut ledger = Ledger::open(path).unwrap();
    let orders = ledger.orders(99).unwrap();
    let stories: Vec<_> =
        orders.iter().map(|o| (ledger.timeline(o.id).unwrap(), ledger.seen_before(o.id).unwrap())).collect();
    for order in orders.iter().filter(|order| matches!(order.request, Request::Move(_))) {
        let sides = ledger.sides_before(order.id).unwrap().unwrap();
        assert_eq!(sides.spot.available, order.request.amount(), "the sides of another order: {order:?}");
    }
    let requests: Vec<_> = orders.iter().map(|o| (&o.request, &o.outcome, o.time, o.asked_by)).collect();
    let records = ledger.records(Flow::In).unwrap();
    let steps: Vec<_> = records.iter().map(|record| ledger.steps(&record.key).unwrap()).collect();
    let events = ledger.events((Millis(i64::MIN), Millis(i64::MAX)), 99).unwrap();
    let events: Vec<_> = events.into_iter().map(|event| (event.at, event.subject)).collect();
    let (before, clock) = (events.len(), condition(EventKind::Clock, ""));
    ledger.note_condition("clock", &clock, NOW).unwrap();
    let after = ledger.events((Millis(i64::MIN), Millis(i64::MAX)), 99).unwrap().len();
    assert_eq!(before, after, "it was told");
    let owed: Vec<(String, String)> = ledger
        .connection
        .prepare("SELECT reader, id || status FROM outbox JOIN events ON number = event ORDER BY reader, number")
        .unwrap()
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap()
        .collect::<rusqlite::Result<_>>()
        .unwrap();
    format!(
        "{requests:?} {stories:?} {records:?} {steps:?} {:?} {:?} {:?} {:?} {:?} {:?} {events:?} {owed:?} {:?}",
        ledger.gaps(Flow::In).unwrap(),
        ledger.crowded().unwrap(),
        ledger.notes().unwrap(),
        ledger.filters().unwrap(),
        ledger.balances().unwrap(),
        ledger.worth().unwrap(),
        ledger.fact("news_since").unwrap(),
    )
}

#[test]
fn a_ledger_begun_without_an_account_is_brought_home_whole() {
    let dir = tempfile::tempdir().unwrap();
    let place = place(&dir, "k1");
    let old = old_ledger(&place);
    let before = everything(&old);
    assert_eq!((place.known_uid(), place.path()), (None, old.clone()));
    let home = place.bind(UID, &[]).unwrap();
    assert_eq!(everything(&home), before);
    assert_eq!(examine(&home).unwrap().unsettled, 2);
    assert!(!old.exists(), "nothing is ordered with it any more");
    assert!(PathBuf::from(format!("{}.merged-1", old.display())).exists(), "and nothing is deleted");
    // An offline start finds it by the index; a second call changes nothing.
    assert_eq!((place.known_uid().as_deref(), place.path()), (Some(UID), home.clone()));
    assert_eq!(place.bind(UID, &[]).unwrap(), home);
    assert_eq!(everything(&home), before);
}

#[test]
fn ledgers_of_two_keys_become_one_with_the_orders_of_both() {
    let dir = tempfile::tempdir().unwrap();
    let (one, two) = (place(&dir, "k1"), place(&dir, "k2"));
    let home = one.bind(UID, &[]).unwrap();
    let mut first = Ledger::open(&home).unwrap();
    // The same record of the exchange stands for an order in each.
    order(&mut first, &moved("1"), &Outcome::Accepted { id: "7".into(), proof: Proof::Answer });
    order(&mut first, &withdraw("5"), &Outcome::NoTrace);
    first.keep_records(Flow::In, &[record("2", Status::Success, 5_000)], GapChange::Nothing, NOW.plus(50)).unwrap();
    first.set_note(&record("1", Status::Pending, 0).key, Some(&"flat".into())).unwrap();
    drop(first);
    let old = old_ledger(&two);
    // Neither key has told; what the other ledger remembers is enough.
    Ledger::open(&old).unwrap().set_fact(ACCOUNT_FACT, UID).unwrap();
    assert_eq!(one.bind(UID, &[]).unwrap(), home, "begun by another key of the same account");
    let ledger = Ledger::open(&home).unwrap();
    let words: Vec<_> = ledger.orders(9).unwrap().into_iter().rev().map(|o| (o.id.0, o.outcome.word())).collect();
    assert_eq!(words, [(1, "accepted"), (2, "no_trace"), (3, "unknown"), (4, "unknown"), (5, "sending")]);
    assert_eq!(ledger.damaged_orders().unwrap(), []);
    let records = ledger.records(Flow::In).unwrap();
    assert_eq!(records.iter().map(|r| r.status.clone()).collect::<Vec<_>>(), [Status::Success, Status::Success]);
    let notes: Vec<UntrustedText> = ledger.notes().unwrap().into_values().collect();
    assert_eq!(notes, [UntrustedText::from("flat / rent")]);
    // What was read before the old one was closed is not called whole.
    assert!(ledger.gaps(Flow::In).unwrap().is_some_and(|gaps| !gaps.is_empty()));
    assert!(!old.exists() && two.bind(UID, &[]).unwrap() == home);
}

#[test]
fn readers_of_two_ledgers_are_told_of_what_neither_has_told() {
    let dir = tempfile::tempdir().unwrap();
    let (one, two) = (place(&dir, "k1"), place(&dir, "k2"));
    let home = one.bind(UID, &[]).unwrap();
    let begin = |path: &Path| {
        let mut ledger = Ledger::open(path).unwrap();
        for reader in [Reader::Dashboard, Reader::Named("bot")] {
            ledger.read_as(reader).unwrap();
            ledger.claim_events(NOW, NOW).unwrap();
        }
        ledger
    };
    let (mut here, mut there) = (begin(&home), begin(&two.key_path()));
    // Numbers of orders are others here than there.
    order(&mut here, &withdraw("5"), &Outcome::NoTrace);
    order(&mut there, &withdraw("20"), &unknown());
    there.note_condition("order:1", &condition(EventKind::Unknown, "1"), NOW).unwrap();
    order(&mut there, &moved("1"), &Outcome::Accepted { id: "7".into(), proof: Proof::Answer });
    let both = [record("1", Status::Success, 0)];
    here.keep_records(Flow::In, &both, GapChange::Nothing, NOW).unwrap();
    there.keep_records(Flow::In, &both, GapChange::Nothing, NOW).unwrap();
    // Here nobody was told of the record; there the bot was, and of nothing else.
    here.read_as(Reader::Dashboard).unwrap();
    here.claim_events(NOW, NOW).unwrap();
    let claimed = there.claim_events(NOW, NOW).unwrap();
    let known = claimed.iter().find(|event| event.record().is_some_and(|record| record.key.id.raw() == "1"));
    there.mark_delivered(&[known.unwrap().number]).unwrap();
    there.set_fact(ACCOUNT_FACT, UID).unwrap();
    drop((here, there));
    assert_eq!(one.bind(UID, &[]).unwrap(), home);
    let mut ledger = Ledger::open(&home).unwrap();
    let mut told = |reader| {
        ledger.read_as(reader).unwrap();
        let events = ledger.claim_events(NOW, NOW).unwrap();
        let name = |event: &crate::domain::Event| match &event.subject {
            EventSubject::Record(record) => record.key.id.raw().to_owned(),
            EventSubject::Condition(condition) => format!("unknown {}", condition.about.raw()),
        };
        let mut names: Vec<String> = events.iter().map(name).collect();
        names.sort();
        names
    };
    // The orders have other numbers here.
    assert_eq!(told(Reader::Dashboard), ["1", "order-3", "unknown 2"]);
    assert_eq!(told(Reader::Named("bot")), ["order-3", "unknown 2"]);
    ledger.note_condition("order:2", &condition(EventKind::Unknown, "2"), NOW).unwrap();
    assert_eq!(ledger.events((Millis(0), NOW.plus(9)), 9).unwrap().len(), 3, "it was noted there");
}

#[test]
fn an_order_keeps_its_key_and_a_loss_stays_a_loss() {
    let dir = tempfile::tempdir().unwrap();
    let place = place(&dir, "k1");
    let path = place.key_path();
    let mut old = Ledger::open(&path).unwrap();
    old.use_key("o", Some("one"));
    order(&mut old, &moved("1"), &unknown());
    crate::engine::ledger::backup(&path, &dir.path().join("copy")).unwrap();
    order(&mut old, &moved("2"), &unknown());
    drop(old);
    fs::rename(dir.path().join("copy"), &path).unwrap();
    let home = place.account_path(UID);
    let mut first = Ledger::open(&home).unwrap();
    order(&mut first, &moved("3"), &unknown());
    drop(first);
    place.bind(UID, &[]).unwrap();
    let mut ledger = Ledger::open(&home).unwrap();
    for (id, size) in [(1, "3"), (2, "1")] {
        let sides = ledger.sides_before(OrderId(id)).unwrap().unwrap();
        assert_eq!(sides.spot.available, size.parse().ok(), "order {id} has another order's sides");
    }
    for (key, is_other) in [("one", [false, false]), ("two", [false, true])] {
        ledger.use_key("o", Some(key));
        assert_eq!([1, 2].map(|id| ledger.is_of_other_key(OrderId(id)).unwrap()), is_other, "{key}");
    }
    assert!(ledger.missing_orders().unwrap().is_some(), "one of the old ledger is still missing");
    ledger.acknowledge_damage().unwrap();
    assert_eq!(ledger.missing_orders().unwrap(), None);
    assert!(place.bind(UID, &[]).is_ok_and(|_| Ledger::open(&home).unwrap().missing_orders().unwrap().is_none()));
    // One that is gone altogether is not forgotten.
    order(&mut Ledger::open(&path).unwrap(), &moved("4"), &unknown());
    fs::remove_file(&path).unwrap();
    place.bind(UID, &[]).unwrap();
    assert!(Ledger::open(&home).unwrap().missing_orders().unwrap().is_some());
}

#[test]
fn a_merge_that_fails_at_any_table_changes_nothing() {
    let tables = [
        "orders",
        "seen_before",
        "order_events",
        "brought",
        "gaps",
        "records",
        "record_steps",
        "notes",
        "events",
        "readers",
        "outbox",
    ];
    for table in tables.into_iter().chain(["filters", "told", "balances", "worth", "crowded", "facts"]) {
        let dir = tempfile::tempdir().unwrap();
        let place = place(&dir, "k1");
        let old = old_ledger(&place);
        let before = everything(&old);
        let home = place.account_path(UID);
        drop(Ledger::open(&home).unwrap());
        let hand = Connection::open(&home).unwrap();
        hand.execute_batch(&format!(
            "CREATE TRIGGER broken BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'disk I/O error'); END"
        ))
        .unwrap();
        assert!(place.bind(UID, &[]).is_err(), "{table}");
        assert_eq!(everything(&old), before, "{table}");
        assert_eq!(Ledger::open(&home).unwrap().orders(9).unwrap(), [], "{table}: all or nothing");
        assert_eq!(place.known_uid(), None, "{table}: the index leads nowhere yet");
        hand.execute_batch("DROP TRIGGER broken").unwrap();
        drop(hand);
        place.bind(UID, &[]).unwrap();
        assert_eq!(everything(&home), before, "{table}");
    }
}

#[test]
fn a_merge_killed_before_the_move_brings_nothing_twice() {
    let dir = tempfile::tempdir().unwrap();
    let place = place(&dir, "k1");
    let old = old_ledger(&place);
    let before = everything(&old);
    let home = place.bind(UID, &[]).unwrap();
    // As a program that ended just then leaves it; an earlier version may even have gone on with it.
    fs::rename(format!("{}.merged-1", old.display()), &old).unwrap();
    place.bind(UID, &[]).unwrap();
    assert_eq!(everything(&home), before);
    fs::rename(format!("{}.merged-1", old.display()), &old).unwrap();
    let mut ledger = Ledger::open(&old).unwrap();
    ledger.set_outcome(OrderId(1), &Outcome::NoTrace, NOW.plus(7), None).unwrap();
    order(&mut ledger, &moved("2"), &unknown());
    drop(ledger);
    place.bind(UID, &[]).unwrap();
    let orders = Ledger::open(&home).unwrap().orders(9).unwrap();
    assert_eq!(orders.len(), 4);
    assert_eq!((orders[3].outcome.word(), &orders[0].request), ("no_trace", &moved("2")));
}

#[test]
fn what_somebody_has_open_is_not_brought_and_closes_the_account() {
    let dir = tempfile::tempdir().unwrap();
    let place = place(&dir, "k1");
    let old = old_ledger(&place);
    let open = Ledger::open(&old).unwrap();
    let why = place.bind(UID, &[]).unwrap_err();
    assert!(why.to_string().contains("has it open"), "{why}");
    drop(open);
    let sending = MoneyLock::try_take(&old).unwrap();
    assert!(place.bind(UID, &[]).unwrap_err().to_string().contains("under way"));
    drop(sending);
    place.bind(UID, &[]).unwrap();
}

#[test]
fn damage_is_brought_along_and_stays_damage() {
    let dir = tempfile::tempdir().unwrap();
    let place = place(&dir, "k1");
    let old = old_ledger(&place);
    let hand = Connection::open(&old).unwrap();
    hand.execute("UPDATE orders SET address = 'other' WHERE id = 1", []).unwrap();
    hand.execute("UPDATE orders SET exchange_id = '8' WHERE id = 2", []).unwrap();
    drop(hand);
    let ledger = Ledger::open(&old).unwrap();
    let answered = ledger.damaged_orders().unwrap().remove(1);
    ledger.answer_for(&answered).unwrap();
    drop(ledger);
    fs::write(format!("{}.damaged-1", old.display()), "an earlier one").unwrap();
    let home = place.bind(UID, &[]).unwrap();
    let ledger = Ledger::open(&home).unwrap();
    let damaged = ledger.damaged_orders().unwrap();
    assert_eq!(damaged.iter().map(|row| (row.id.0, row.is_answered)).collect::<Vec<_>>(), [(1, false), (2, true)]);
    assert_eq!(ledger.damage().unwrap(), Some(PathBuf::from(format!("{}.damaged-1", home.display()))));
}

#[test]
fn another_account_and_another_server_keep_their_ledgers() {
    let dir = tempfile::tempdir().unwrap();
    let one = place(&dir, "k1");
    let other = KeyPlace::new(dir.path(), "https://y.example:443", &["y.example".to_owned()], "k1");
    let old = old_ledger(&one);
    Ledger::open(&old).unwrap().set_fact(ACCOUNT_FACT, "111").unwrap();
    let home = one.bind(UID, &[]).unwrap();
    assert!(old.exists() && !home.exists(), "it remembers another account");
    assert_ne!(other.bind(UID, &[]).unwrap(), home);
    assert!(old.exists());
    // An index that was changed leads nowhere.
    let index = fs::read_dir(dir.path().join("ledger")).unwrap().map(|e| e.unwrap().path());
    for path in index.filter(|path| path.extension().is_some_and(|ext| ext == "account")) {
        let line = fs::read_to_string(&path).unwrap();
        fs::write(&path, line.replace(UID, "681979175")).unwrap();
    }
    assert_eq!(other.known_uid(), None);
}

#[test]
fn a_ledger_of_an_earlier_version_is_found_under_every_spelling() {
    let dir = tempfile::tempdir().unwrap();
    let hosts = ["127.0.0.1", "localhost", "[::1]"].map(str::to_owned);
    let place = KeyPlace::new(dir.path(), "loopback:9", &hosts, "k1");
    let mut paths = Vec::new();
    for (number, host) in hosts.iter().enumerate() {
        let path = crate::engine::ledger::path_for(dir.path(), host, "k1");
        order(&mut Ledger::open(&path).unwrap(), &moved(&(number + 1).to_string()), &unknown());
        paths.push(path);
    }
    assert!(paths.contains(&place.path()));
    let home = place.bind(UID, &[]).unwrap();
    assert_eq!(Ledger::open(&home).unwrap().unsettled().unwrap().len(), 3);
    assert!(paths.iter().all(|path| !path.exists()));
}
