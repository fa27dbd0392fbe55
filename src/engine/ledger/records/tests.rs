//! Records go in and come out whole; what changes is seen, what contradicts itself is doubted, what happened is read again.

use super::*;
use crate::domain::{Balance, Condition, Event, EventKind, EventSubject, LeftOut};

const NOW: Millis = Millis(1_795_357_800_000);

fn ledger() -> (tempfile::TempDir, Ledger) {
    let dir = tempfile::tempdir().unwrap();
    let ledger = Ledger::open(&dir.path().join("l.sqlite")).unwrap();
    (dir, ledger)
}

fn deposit(id: &str, status: Status) -> Record {
    Record {
        network: Some("Tron (TRC-20)".into()),
        amount: Some("1.50".parse().unwrap()),
        status,
        time: Some(NOW),
        from_address: Some("a".into()),
        ..Record::bare(Kind::Deposit, id, "TRX")
    }
}

fn full(kind: Kind, receiver: Option<Receiver>, status: Status) -> Record {
    Record {
        key: RecordKey { kind, id: "18446744073709551615".into() },
        fee: Some("0.000000000000000001".parse().unwrap()),
        fee_coin: Some("USDT".into()),
        address: Some("b\u{202e}".into()),
        also_address: None,
        memo: Some("7".into()),
        txid: Some("t".into()),
        remark: Some("r".into()),
        out_biz_id: Some("o".into()),
        receiver,
        ..deposit("", status)
    }
}

#[test]
fn records_of_every_form_come_out_as_they_went_in() {
    let (_dir, mut ledger) = ledger();
    let phone = Receiver::Phone { country_code: "86".into(), number: "1".into() };
    let all = [
        full(Kind::Deposit, None, Status::Other("weird".into())),
        full(Kind::TransferIn, None, Status::Success),
        full(Kind::OtherIn("deposit".into()), None, Status::Verification),
        full(Kind::Withdrawal, None, Status::Cancelled),
        full(Kind::TransferOut, Some(phone), Status::Fail),
        full(Kind::OtherOut("gift".into()), Some(Receiver::Email("e".into())), Status::Pending),
        Record {
            key: RecordKey { kind: Kind::TransferOut, id: "2".into() },
            time: None,
            ..full(Kind::TransferOut, Some(Receiver::Uid("u".into())), Status::Pending)
        },
    ];
    for flow in Flow::BOTH {
        let page: Vec<Record> = all.iter().filter(|r| Flow::of(&r.key.kind) == flow).cloned().collect();
        assert_eq!(ledger.keep_records(flow, &page, GapChange::Nothing, NOW).unwrap(), page);
        assert_eq!(
            ledger.keep_records(flow, &page, GapChange::Nothing, NOW).unwrap(),
            [],
            "nothing is new the second time"
        );
        let found = ledger.records(flow).unwrap();
        assert_eq!(found.len(), page.len());
        assert!(page.iter().all(|record| found.contains(record)), "{found:?}");
    }
    assert_eq!(ledger.count_records().unwrap(), 7);
    assert_eq!(ledger.open_records(Flow::Out).unwrap().len(), 2);
}

#[test]
fn steps_are_kept_and_a_way_back_is_doubted() {
    let (_dir, mut ledger) = ledger();
    let key = deposit("1", Status::Pending).key;
    for (at, status) in [(0, Status::Pending), (1, Status::Pending), (2, Status::Success)] {
        ledger.keep_records(Flow::In, &[deposit("1", status)], GapChange::Nothing, NOW.plus(at)).unwrap();
    }
    let steps = ledger.steps(&key).unwrap();
    assert_eq!(steps.iter().map(|s| s.at.since(NOW)).collect::<Vec<_>>(), [0, 2]);
    assert_eq!(ledger.doubted().unwrap(), []);
    ledger.keep_records(Flow::In, &[deposit("1", Status::Pending)], GapChange::Nothing, NOW.plus(3)).unwrap();
    let doubted = ledger.doubted().unwrap();
    assert_eq!((doubted[0].0.status.clone(), doubted[0].1.raw()), (Status::Pending, "backwards"));
    let other = Record { amount: Some("2".parse().unwrap()), ..deposit("2", Status::Pending) };
    ledger.keep_records(Flow::In, &[deposit("2", Status::Pending)], GapChange::Nothing, NOW).unwrap();
    ledger.keep_records(Flow::In, &[other], GapChange::Nothing, NOW).unwrap();
    // Another amount under the same id is another record: both are kept.
    assert_eq!(ledger.doubted().unwrap().len(), 3);
    // A doubt is not forgotten because the next reading agrees with the last one.
    ledger.keep_records(Flow::In, &[deposit("1", Status::Success)], GapChange::Nothing, NOW.plus(4)).unwrap();
    assert_eq!(ledger.doubted().unwrap().len(), 3);
}

#[test]
fn two_records_of_one_id_are_both_kept_and_marked() {
    let (_dir, mut ledger) = ledger();
    let one = deposit("7", Status::Pending);
    let other = Record { amount: Some("2".parse().unwrap()), from_address: Some("b".into()), ..one.clone() };
    let page = [one.clone(), other.clone()];
    assert_eq!(ledger.keep_records(Flow::In, &page, GapChange::Nothing, NOW).unwrap(), page);
    // Neither is news the second time, in whatever order they come.
    for page in [&page[..], &page[1..], &page[..1]] {
        assert_eq!(ledger.keep_records(Flow::In, page, GapChange::Nothing, NOW.plus(1)).unwrap(), []);
    }
    // Each goes on by itself.
    let done = Record { status: Status::Success, ..other.clone() };
    ledger.keep_records(Flow::In, &[one.clone(), done.clone()], GapChange::Nothing, NOW.plus(2)).unwrap();
    assert_eq!(ledger.records(Flow::In).unwrap(), [one.clone(), done.clone()]);
    assert_eq!(ledger.records_with_id("7").unwrap().len(), 2);
    assert_eq!(ledger.count_records().unwrap(), 2);
    let doubted = ledger.doubted().unwrap();
    assert!(doubted.len() == 2 && doubted.iter().all(|(_, why)| why.raw() == "same_id"), "{doubted:?}");
    assert_eq!(ledger.conflicts().unwrap()[&one.key].raw(), "same_id");
    let mut all = Vec::new();
    ledger.every_record(Flow::In, &mut all).unwrap();
    assert_eq!(all, [one, done]);
}

#[test]
fn two_addresses_of_one_record_are_a_doubt_that_stays() {
    let (_dir, mut ledger) = ledger();
    let one = deposit("7", Status::Pending);
    let two = Record { address: Some("x".into()), also_address: Some("y".into()), ..one.clone() };
    ledger.keep_records(Flow::In, std::slice::from_ref(&two), GapChange::Nothing, NOW).unwrap();
    assert_eq!(ledger.doubted().unwrap(), [(two.clone(), "addresses".into())]);
    let plain = Record { also_address: None, ..two };
    ledger.keep_records(Flow::In, &[plain], GapChange::Nothing, NOW).unwrap();
    assert_eq!(ledger.conflicts().unwrap()[&one.key].raw(), "addresses");
}

#[test]
fn rows_that_cannot_be_read_are_missing_until_they_can() {
    let (_dir, mut ledger) = ledger();
    let bad = |name: Option<&str>, time| LeftOut {
        path: "data[1].amount".into(),
        detail: "x".into(),
        name: name.map(UntrustedText::from),
        time,
    };
    let all = Some((Millis(i64::MIN), Millis(i64::MAX)));
    let rows = vec![bad(Some("8"), Some(NOW)), bad(None, None)];
    let unread = Unread { rows, within: all, about: NOW };
    let keep = |ledger: &mut Ledger, page: &[Record], unread: &Unread| {
        ledger.keep_page(Flow::In, page, unread, GapChange::Nothing, NOW).unwrap();
        ledger.missing().unwrap().unread[0].len()
    };
    assert_eq!(keep(&mut ledger, &[], &unread), 2);
    // Again the same: they are counted once, and nothing of the other way is missing.
    assert_eq!(keep(&mut ledger, &[], &unread), 2);
    assert!(ledger.missing().unwrap().is_nothing(1));
    let later = Unread { rows: Vec::new(), within: None, about: NOW };
    assert_eq!(keep(&mut ledger, &[deposit("8", Status::Pending)], &later), 1, "its record was read after all");
    let elsewhere = Unread { within: Some((NOW.plus(1), Millis(i64::MAX))), ..later.clone() };
    assert_eq!(keep(&mut ledger, &[], &elsewhere), 1, "a page of another time says nothing about it");
    assert_eq!(keep(&mut ledger, &[], &Unread { within: all, ..later }), 0);
    assert_eq!(keep(&mut ledger, &[], &unread), 1, "what is held already is not missing");
}

#[test]
fn the_usual_time_is_the_median_of_what_was_seen_on_its_way() {
    let (_dir, mut ledger) = ledger();
    assert_eq!(ledger.usual_time(&deposit("1", Status::Pending)).unwrap(), None);
    for (id, took) in [("1", 10), ("2", 30), ("3", 20)] {
        ledger.keep_records(Flow::In, &[deposit(id, Status::Pending)], GapChange::Nothing, NOW).unwrap();
        ledger.keep_records(Flow::In, &[deposit(id, Status::Success)], GapChange::Nothing, NOW.plus(took)).unwrap();
    }
    // Seen only when it was over: it tells nothing.
    ledger.keep_records(Flow::In, &[deposit("4", Status::Success)], GapChange::Nothing, NOW.plus(9_000)).unwrap();
    assert_eq!(ledger.usual_time(&deposit("5", Status::Pending)).unwrap(), Some((20, 3)));
}

#[test]
fn usual_times_of_withdrawals_are_told_by_coin_and_network() {
    let (_dir, mut ledger) = ledger();
    let withdrawal = |id: &str, network: &str, status| Record {
        network: Some(network.into()),
        time: Some(NOW),
        status,
        ..Record::bare(Kind::Withdrawal, id, "TRX")
    };
    for (id, network, took) in [("1", "Tron", 10), ("2", "Tron", 40), ("3", "Tron", 20), ("4", "BSC", 7)] {
        ledger.keep_records(Flow::Out, &[withdrawal(id, network, Status::Pending)], GapChange::Nothing, NOW).unwrap();
        let done = withdrawal(id, network, Status::Success);
        ledger.keep_records(Flow::Out, &[done], GapChange::Nothing, NOW.plus(took)).unwrap();
    }
    let expected = [("BSC", 7, 1), ("Tron", 20, 3)].map(|(network, ms, n)| ("TRX".into(), network.into(), ms, n));
    assert_eq!(ledger.usual_times().unwrap(), expected);
}

#[test]
fn gaps_are_kept_with_the_page_that_made_them() {
    let (_dir, mut ledger) = ledger();
    assert_eq!(ledger.gaps(Flow::In).unwrap(), None);
    ledger.begin_way(Flow::In).unwrap();
    let (new, old) = (Gap { from: Some(Millis(5)), to: Millis(9) }, Gap { from: None, to: Millis(3) });
    let change = |ledger: &mut Ledger, change| drop(ledger.keep_records(Flow::In, &[], change, NOW).unwrap());
    change(&mut ledger, GapChange::Add(old));
    change(&mut ledger, GapChange::Add(new));
    assert_eq!(ledger.gaps(Flow::In).unwrap().unwrap(), [new, old]);
    let rest = Gap { from: None, to: Millis(1) };
    change(&mut ledger, GapChange::Shrink(old, Some(rest)));
    // Another instance that still thinks of the old one changes nothing, and takes nothing away.
    change(&mut ledger, GapChange::Shrink(old, Some(Gap { from: None, to: Millis(2) })));
    assert_eq!(ledger.gaps(Flow::In).unwrap().unwrap(), [new, rest]);
    change(&mut ledger, GapChange::Shrink(new, None));
    assert_eq!(ledger.gaps(Flow::In).unwrap().unwrap(), [rest]);
    ledger.keep_records(Flow::In, &[deposit("1", Status::Success)], GapChange::Nothing, NOW).unwrap();
    change(&mut ledger, GapChange::Whole);
    assert_eq!(ledger.gaps(Flow::In).unwrap().unwrap(), [rest], "less came than is held");
    ledger.keep_records(Flow::In, &[deposit("1", Status::Success)], GapChange::Whole, NOW).unwrap();
    assert_eq!(ledger.gaps(Flow::In).unwrap().unwrap(), []);
    assert_eq!(ledger.gaps(Flow::Out).unwrap(), None);
}

#[test]
fn balances_are_kept_with_their_time() {
    let (_dir, mut ledger) = ledger();
    assert_eq!(ledger.balances().unwrap(), None);
    let balances = vec![
        Balance { coin: "BTC".into(), available: Some("0.10".parse().unwrap()), in_use: None },
        Balance { coin: "TRX".into(), available: None, in_use: Some("1".parse().unwrap()) },
    ];
    ledger.keep_balances(&balances, NOW).unwrap();
    assert_eq!(ledger.balances().unwrap(), Some((balances, NOW)));
}

#[test]
fn ledger_of_every_earlier_schema_migrates_without_loss() {
    use super::super::schema::{MIGRATIONS, migrate};
    for version in 1..MIGRATIONS.len() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("l.sqlite");
        let old = Connection::open(&path).unwrap();
        for step in &MIGRATIONS[..version] {
            old.execute_batch(step).unwrap();
        }
        old.pragma_update(None, "user_version", i64::try_from(version).unwrap()).unwrap();
        old.execute("INSERT INTO facts VALUES ('uid', '7')", []).unwrap();
        drop(old);
        let mut ledger = Ledger::open(&path).unwrap();
        assert_eq!(ledger.fact("uid").unwrap().as_deref(), Some("7"));
        ledger.keep_records(Flow::In, &[deposit("1", Status::Success)], GapChange::Nothing, NOW).unwrap();
        assert_eq!(ledger.count_records().unwrap(), 1);
        migrate(&mut ledger.connection, MIGRATIONS.len()).unwrap();
    }
}

/// As the version before events left it: told, not told, being told by somebody who may have ended.
const BEFORE_EVENTS: &str = "INSERT INTO facts VALUES ('news_since', '1000');
    INSERT INTO records (way, kind, id, coin, status, is_final, time_ms, first_ms) VALUES
        (0, 'deposit', 'old', 'TRX', 'success', 1, 500, 900), (0, 'deposit', 'told', 'TRX', 'success', 1, 2000, 2000),
        (0, 'deposit', 'new', 'TRX', 'success', 1, 3000, 3000), (0, 'deposit', 'cut', 'TRX', 'success', 1, 4000, 4000);
    INSERT INTO record_steps (way, kind, id, status, time_ms, told) VALUES (0, 'deposit', 'old', 'success', 900, 1),
        (0, 'deposit', 'told', 'pending', 2000, 1), (0, 'deposit', 'told', 'success', 2500, 1),
        (0, 'deposit', 'new', 'success', 3000, 0), (0, 'deposit', 'cut', 'success', 4000, 1);
    INSERT INTO told VALUES ('order:7', 2200), ('key', 2300), ('clock', 4100);
    INSERT INTO telling VALUES ('gone', 0, 'deposit', 'cut', 'success'), ('gone', -1, '', 'clock', '');";

#[test]
fn news_of_the_version_before_are_told_on_and_read_again() {
    use super::super::schema::MIGRATIONS;
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("l.sqlite");
    let old = Connection::open(&path).unwrap();
    MIGRATIONS[..12].iter().for_each(|step| old.execute_batch(step).unwrap());
    old.execute_batch(BEFORE_EVENTS).unwrap();
    old.pragma_update(None, "user_version", 12).unwrap();
    drop(old);
    let mut ledger = Ledger::open(&path).unwrap();
    let names = |events: &[Event]| -> Vec<String> {
        let name = |event: &Event| match &event.subject {
            EventSubject::Record(record) => format!("{} {}", record.key.id.raw(), record.status.word()),
            EventSubject::Condition(condition) => format!("{} {}", condition.happened.word(), condition.about.raw()),
        };
        events.iter().map(name).collect()
    };
    let always = (Millis(i64::MIN), Millis(i64::MAX));
    let past = ["told success", "key ", "unknown 7", "told pending"];
    assert_eq!(names(&ledger.events(always, 99).unwrap()), past, "what was told can be read again");
    for reader in [Reader::Dashboard, Reader::Watch] {
        ledger.read_as(reader).unwrap();
        assert_eq!(names(&ledger.claim_events(NOW, NOW).unwrap()), ["new success", "cut success"], "{reader:?}");
    }
    ledger.read_as(Reader::Named("late")).unwrap();
    assert_eq!(names(&ledger.claim_events(NOW, NOW).unwrap()), [""; 0], "it begins now");
    let condition = |happened| Condition { happened, about: "".into(), change: None };
    ledger.note_condition("key", &condition(EventKind::Key), NOW).unwrap();
    ledger.note_condition("clock", &condition(EventKind::Clock), NOW).unwrap();
    assert_eq!(names(&ledger.claim_events(NOW, NOW).unwrap()), ["clock "], "the other one was told");
}

#[test]
fn notes_are_kept_changed_and_taken_away_for_every_kind() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("l.sqlite");
    let mut ledger = Ledger::open(&path).unwrap();
    let key = |kind, id: &str| RecordKey { kind, id: id.into() };
    let keys = [
        key(Kind::Deposit, "1"),
        key(Kind::Withdrawal, "1"),
        key(Kind::OtherIn("deposit".into()), "1"),
        key(Kind::OtherOut("strange".into()), "1"),
    ];
    for (at, key) in keys.iter().enumerate() {
        ledger.set_note(key, Some(&UntrustedText::from(at.to_string()))).unwrap();
    }
    ledger.set_note(&keys[0], Some(&"changed".into())).unwrap();
    ledger.set_note(&keys[1], None).unwrap();
    drop(ledger);
    let notes = Ledger::open(&path).unwrap().notes().unwrap();
    assert_eq!(notes.len(), 3);
    assert_eq!(notes[&keys[0]].raw(), "changed");
    assert_eq!(notes[&keys[2]].raw(), "2");
    assert_eq!(notes[&keys[3]].raw(), "3");
}

#[test]
fn vanished_record_is_in_conflict_until_it_is_listed_again() {
    let (_dir, mut ledger) = ledger();
    let at = |id: &str, seconds: i64| Record { time: Some(NOW.plus(seconds * 1_000)), ..deposit(id, Status::Success) };
    let all: Vec<Record> = (0..6).map(|place| at(&place.to_string(), place)).collect();
    ledger.keep_records(Flow::In, &all, GapChange::Nothing, NOW).unwrap();
    // The page begins after the second of "1" and ends with that of "5": it should hold 2, 3 and 4.
    let page = [all[2].clone(), all[4].clone(), all[5].clone()];
    let after = NOW.plus(1_999);
    assert!(ledger.compare_page(Flow::In, &page, &[], after).unwrap());
    let conflicts = ledger.conflicts().unwrap();
    assert_eq!(conflicts.keys().map(|key| key.id.raw()).collect::<Vec<_>>(), ["3"]);
    assert!(!ledger.compare_page(Flow::In, &page, &[], after).unwrap(), "nothing new is found the second time");
    assert!(!ledger.compare_page(Flow::Out, &page, &[], after).unwrap(), "the other way has rows of its own");
    assert!(!ledger.compare_page(Flow::In, &[], &[], after).unwrap(), "an empty page proves nothing");
    assert!(ledger.compare_page(Flow::In, &all, &[], after).unwrap());
    assert_eq!(ledger.conflicts().unwrap().len(), 0);
    // What is doubted for another reason stays so.
    ledger
        .keep_records(Flow::In, &[Record { status: Status::Pending, ..all[3].clone() }], GapChange::Nothing, NOW)
        .unwrap();
    ledger.compare_page(Flow::In, &page, &[], after).unwrap();
    assert_eq!(ledger.conflicts().unwrap()[&all[3].key].raw(), "backwards");
}

#[test]
fn a_page_that_was_overtaken_says_nothing_about_what_is_held() {
    let (_dir, mut ledger) = ledger();
    let early = deposit("1", Status::Pending);
    let done = deposit("1", Status::Success);
    assert!(!ledger.is_overtaken(Flow::In, Millis(10_000)).unwrap());
    ledger.keep_records(Flow::In, std::slice::from_ref(&done), GapChange::Nothing, Millis(10_000)).unwrap();
    assert!(ledger.is_overtaken(Flow::In, Millis(9_000)).unwrap(), "asked before, come after");
    assert!(!ledger.is_overtaken(Flow::Out, Millis(9_000)).unwrap(), "the other way is another page");
    let mut page = vec![early, deposit("2", Status::Pending)];
    ledger.leave_unknown(Flow::In, &mut page).unwrap();
    assert_eq!(page.iter().map(|r| r.key.id.raw()).collect::<Vec<_>>(), ["2"]);
    // A clock that was an hour ahead and was put right closes nothing.
    assert!(!ledger.is_overtaken(Flow::In, Millis(3_600_000)).unwrap());
    assert!(!ledger.is_overtaken(Flow::In, Millis(11_000)).unwrap());
}
