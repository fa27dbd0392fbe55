//! Each reader is told everything once, whoever ends in between.

use super::*;
use crate::domain::{Condition, EventKind, EventSubject, Kind, Record, RecordKey, Status};
use crate::engine::ledger::{Flow, GapChange};

const NOW: Millis = Millis(1_795_357_800_000);
/// When every run of these stories began: before anything happened.
const BEGUN: Millis = Millis(0);

fn deposit(id: &str, status: Status) -> Record {
    Record { status, time: Some(NOW), ..Record::bare(Kind::Deposit, id, "TRX") }
}

fn keep(ledger: &mut Ledger, records: &[Record]) {
    ledger.keep_records(Flow::In, records, GapChange::Nothing, NOW).unwrap();
}

/// What somebody claims, in words, and the numbers.
fn claim(ledger: &mut Ledger) -> (Vec<String>, Vec<i64>) {
    let events = ledger.claim_events(NOW, BEGUN).unwrap();
    let words = events.iter().map(|event| match &event.subject {
        EventSubject::Record(record) => format!("{} {}", record.key.id.raw(), record.status.word()),
        EventSubject::Condition(condition) => format!("{} {}", condition.happened.word(), condition.about.raw()),
    });
    (words.collect(), events.iter().map(|event| event.number).collect())
}

/// The same, told at once.
fn told(ledger: &mut Ledger) -> Vec<String> {
    let (words, numbers) = claim(ledger);
    ledger.mark_delivered(&numbers).unwrap();
    words
}

struct Stage(tempfile::TempDir);

impl Stage {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn open(&self, reader: Reader<'_>) -> Ledger {
        let mut ledger = Ledger::open(&self.0.path().join("l.sqlite")).unwrap();
        ledger.read_as(reader).unwrap();
        ledger
    }
}

#[test]
fn each_reader_is_told_everything_once() {
    let stage = Stage::new();
    let mut readers = [Reader::Dashboard, Reader::Watch, Reader::Named("a"), Reader::Named("dashboard")]
        .map(|reader| stage.open(reader));
    for reader in &mut readers {
        assert_eq!(told(reader), [""; 0]);
    }
    keep(&mut readers[1], &[deposit("1", Status::Pending)]);
    // One sees the first step before the second comes, the others after it.
    assert_eq!(told(&mut readers[0]), ["1 pending"]);
    keep(&mut readers[2], &[deposit("1", Status::Success)]);
    assert_eq!(told(&mut readers[0]), ["1 success"]);
    let unknown = Condition { happened: EventKind::Unknown, about: "7".into(), change: None };
    for reader in &mut readers {
        reader.note_condition("order:7", &unknown, NOW).unwrap();
    }
    assert_eq!(told(&mut readers[0]), ["unknown 7"]);
    for reader in &mut readers[1..] {
        assert_eq!(told(reader), ["1 pending", "1 success", "unknown 7"]);
    }
    // One that was away tells what it missed.
    drop(readers);
    keep(&mut stage.open(Reader::Dashboard), &[deposit("2", Status::Success)]);
    for reader in [Reader::Named("a"), Reader::Watch, Reader::Dashboard] {
        assert_eq!(told(&mut stage.open(reader)), ["2 success"], "{reader:?}");
        assert_eq!(told(&mut stage.open(reader)), [""; 0], "{reader:?}");
    }
}

#[test]
fn new_reader_is_not_told_the_past() {
    let stage = Stage::new();
    let mut first = stage.open(Reader::Dashboard);
    assert_eq!(told(&mut first), [""; 0]);
    keep(&mut first, &[deposit("1", Status::Pending)]);
    assert_eq!(told(&mut first), ["1 pending"]);
    let at = |id: &str, after: i64| Record { time: Some(NOW.plus(after)), ..deposit(id, Status::Success) };
    // Something that nobody has looked at is old as well, and so is what was on its way when it began.
    keep(&mut first, &[deposit("1", Status::Success), at("2", 999), at("3", 1_000)]);
    let mut late = stage.open(Reader::Named("late"));
    let numbers = |events: Vec<Event>| events.into_iter().map(|event| event.record().unwrap().key.id.raw().to_owned());
    let begun = NOW.plus(1_000);
    let later = |ledger: &mut Ledger| numbers(ledger.claim_events(begun, begun).unwrap()).collect::<Vec<_>>();
    // The steps were seen before it began.
    assert_eq!(later(&mut late), [""; 0]);
    assert_eq!(told(&mut first), ["1 success", "2 success", "3 success"]);
    first.keep_records(Flow::In, &[at("4", 1_000), at("5", 0)], GapChange::Nothing, begun).unwrap();
    let mut latest = stage.open(Reader::Named("latest"));
    assert_eq!(later(&mut latest), ["4"], "it came since, and the other one before");
    assert_eq!(later(&mut late), ["4", "5"], "whoever is there is told of both");
}

#[test]
fn what_one_claims_nobody_else_tells_under_its_name() {
    let stage = Stage::new();
    let (mut one, mut other) = (stage.open(Reader::Dashboard), stage.open(Reader::Dashboard));
    assert_eq!(told(&mut one), [""; 0]);
    keep(&mut one, &[deposit("1", Status::Pending), deposit("2", Status::Success)]);
    assert_eq!(told(&mut other).len(), 2);
    assert_eq!(told(&mut one), [""; 0]);
    keep(&mut one, &[deposit("1", Status::Success)]);
    let (words, numbers) = claim(&mut one);
    assert_eq!(words, ["1 success"]);
    assert_eq!(claim(&mut other).0, [""; 0], "it is being told");
    // What could not be told is told by whoever comes next, and by nobody else's word.
    other.mark_undelivered(&numbers).unwrap();
    other.mark_delivered(&numbers).unwrap();
    assert_eq!(claim(&mut other).0, [""; 0], "not theirs to give");
    one.mark_undelivered(&numbers).unwrap();
    assert_eq!(claim(&mut other).0, ["1 success"]);
    // So is what somebody claimed who ended before it was told.
    drop(other);
    assert_eq!(told(&mut one), ["1 success"]);
    drop(one);
    assert_eq!(told(&mut stage.open(Reader::Dashboard)), [""; 0]);
    let left = std::fs::read_dir(stage.0.path()).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
    assert!(left.into_iter().all(|name| !name.contains(".tells-")), "nothing is left behind");
}

#[test]
fn later_news_are_told_while_earlier_ones_are_being_told() {
    let stage = Stage::new();
    let mut ledger = stage.open(Reader::Dashboard);
    assert_eq!(told(&mut ledger), [""; 0]);
    keep(&mut ledger, &[deposit("1", Status::Success)]);
    let (_, slow) = claim(&mut ledger);
    keep(&mut ledger, &[deposit("2", Status::Success)]);
    assert_eq!(told(&mut ledger), ["2 success"]);
    // Killed before the first was told.
    drop(ledger);
    let mut next = stage.open(Reader::Dashboard);
    assert_eq!(claim(&mut next), (vec!["1 success".to_owned()], slow));
}

#[test]
fn second_unnamed_watch_reads_for_itself_while_it_runs() {
    let stage = Stage::new();
    let mut first = stage.open(Reader::Watch);
    assert_eq!(told(&mut first), [""; 0]);
    let mut second = stage.open(Reader::Watch);
    assert_eq!(told(&mut second), [""; 0]);
    keep(&mut first, &[deposit("1", Status::Success)]);
    assert_eq!((told(&mut first), told(&mut second)), (vec!["1 success".to_owned()], vec!["1 success".to_owned()]));
    drop(second);
    keep(&mut first, &[deposit("2", Status::Success)]);
    assert_eq!(told(&mut first), ["2 success"]);
    let readers: i64 = first.connection.query_row("SELECT count(*) FROM readers", [], |row| row.get(0)).unwrap();
    assert_eq!(readers, 1, "it is gone with its run");
    drop(first);
    let mut next = stage.open(Reader::Watch);
    keep(&mut next, &[deposit("3", Status::Success)]);
    assert_eq!(told(&mut next), ["3 success"], "the name is free again");
}

#[test]
fn move_that_ended_is_told_each_time_that_its_end_is_another() {
    use crate::domain::{AskedBy, Because, MoveDirection, MoveRequest, Outcome, Proof, Request};
    let stage = Stage::new();
    let mut ledger = stage.open(Reader::Watch);
    assert_eq!(told(&mut ledger), [""; 0]);
    let (direction, amount) = (MoveDirection::SpotToFutures, "5".parse().unwrap());
    let request = Request::Move(MoveRequest { direction, coin: "USDT".into(), amount });
    let id = ledger.record(&request, NOW, None, AskedBy::Command, &[], None).unwrap();
    let mut end = |outcome: &Outcome| {
        ledger.set_outcome(id, outcome, NOW.plus(1), None).unwrap();
        told(&mut ledger)
    };
    assert_eq!(end(&Outcome::Unknown { why: Because::Timeout.into() }), [""; 0]);
    assert_eq!(end(&Outcome::NoTrace), ["order-1 no_trace"]);
    assert_eq!(end(&Outcome::Accepted { id: "9".into(), proof: Proof::User }), ["order-1 success"]);
    let all = ledger.events((Millis(0), NOW.plus(1)), 9).unwrap();
    let key = RecordKey { kind: Kind::MoveToFutures, id: "order-1".into() };
    assert!(all.len() == 2 && all.iter().all(|event| event.record().is_some_and(|record| record.key == key)));
    assert_eq!(ledger.events((Millis(0), NOW), 9).unwrap(), []);
    assert_eq!(ledger.events((Millis(0), NOW.plus(1)), 1).unwrap(), all[..1], "the newest first");
}
