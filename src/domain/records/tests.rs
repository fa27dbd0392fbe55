//! Records in little room: what goes in comes out, is found and is filtered as it is by itself.

use proptest::prelude::*;

use super::*;
use crate::domain::query::{Annotations, Query};
use crate::domain::{Amount, Kind, Millis, Receiver, Status};

fn any_text() -> BoxedStrategy<UntrustedText> {
    prop_oneof![
        "[0-9]{0,24}",
        "[0-9a-f]{0,70}",
        "0x[0-9a-f]{0,64}",
        "0x[0-9a-fA-FxX]{0,20}",
        "[A-Za-z0-9]{0,40}",
        "\\PC{0,12}",
        "USDT|TRX|BTC",
    ]
    .prop_map(UntrustedText::from)
    .boxed()
}

fn any_amount() -> impl Strategy<Value = Amount> {
    let mantissa = prop_oneof![any::<i128>(), any::<i64>().prop_map(i128::from), (-20..20_i128)];
    (mantissa, 0..=64_u32).prop_filter_map("no amount", |(mantissa, scale)| Amount::new(mantissa, scale))
}

fn any_record() -> BoxedStrategy<Record> {
    let kind = prop_oneof![
        Just(Kind::Deposit),
        Just(Kind::TransferIn),
        Just(Kind::Withdrawal),
        Just(Kind::TransferOut),
        any_text().prop_map(Kind::OtherIn),
        any_text().prop_map(Kind::OtherOut),
    ];
    let status = prop_oneof![
        Just(Status::Verification),
        Just(Status::Pending),
        Just(Status::Success),
        Just(Status::Fail),
        Just(Status::Cancelled),
        any_text().prop_map(Status::Other),
    ];
    let receiver = prop_oneof![
        any_text().prop_map(Receiver::Uid),
        any_text().prop_map(Receiver::Email),
        (any_text(), any_text()).prop_map(|(country_code, number)| Receiver::Phone { country_code, number }),
    ];
    let maybe = || proptest::option::of(any_text());
    let texts = (maybe(), maybe(), maybe(), maybe(), maybe(), maybe(), maybe(), maybe());
    let amounts = (proptest::option::of(any_amount()), proptest::option::of(any_amount()));
    let rest =
        (kind, any_text(), any_text(), status, proptest::option::of(any::<i64>()), proptest::option::of(receiver));
    (texts, amounts, rest)
        .prop_map(|(texts, (amount, fee), (kind, id, coin, status, time, receiver))| {
            let (network, fee_coin, from_address, address, memo, txid, remark, out_biz_id) = texts;
            Record {
                also_address: None,
                key: RecordKey { kind, id },
                coin,
                network,
                amount,
                fee,
                fee_coin,
                status,
                time: time.map(Millis),
                from_address,
                address,
                memo,
                txid,
                remark,
                out_biz_id,
                receiver,
            }
        })
        .boxed()
}

/// Equal to the last digit, zeros at the end included.
fn exact(record: &Record) -> String {
    format!("{record:?} {:?} {:?}", record.amount.map(|a| a.to_string()), record.fee.map(|a| a.to_string()))
}

proptest! {
    #[test]
    fn what_was_put_in_comes_out(all in proptest::collection::vec(any_record(), 0..12)) {
        let records: Records = all.iter().cloned().collect();
        prop_assert_eq!(records.len(), all.len());
        for (at, record) in all.iter().enumerate() {
            let got = records.get(at).unwrap();
            prop_assert_eq!(exact(&got), exact(record));
            prop_assert_eq!(&got, record);
            prop_assert_eq!(records.key(at), Some(record.key.clone()));
        }
        let mut seen = Vec::new();
        records.each(|view| seen.push((view.gross(), view.counterparty())));
        prop_assert_eq!(seen, all.iter().map(|r| (r.gross(), r.counterparty())).collect::<Vec<_>>());
        let heads: Vec<RecordHead> = records.heads().collect();
        let expected = all.iter().map(|r| RecordHead { kind: r.key.kind.clone(), status: r.status.clone(), time: r.time });
        prop_assert_eq!(heads, expected.collect::<Vec<_>>());
        prop_assert_eq!(records.get(all.len()), None);
    }

    #[test]
    fn a_replaced_record_is_the_new_one_and_the_others_stay(
        all in proptest::collection::vec(any_record(), 1..8),
        new in any_record(),
        at in any::<prop::sample::Index>(),
    ) {
        let mut records: Records = all.iter().cloned().collect();
        let at = at.index(all.len());
        records.replace(at, &new);
        let mut expected = all;
        expected[at] = new;
        prop_assert_eq!(records, expected.into_iter().collect::<Records>());
    }

    #[test]
    fn a_record_is_found_by_its_key_and_by_no_other(all in proptest::collection::vec(any_record(), 1..8), other in any_record()) {
        let records: Records = all.iter().cloned().collect();
        let places = records.places(all.iter().map(|r| &r.key));
        for (at, record) in all.iter().enumerate() {
            // Of two with one key any may be named; they are never kept so.
            let found = places[&record.key];
            prop_assert!(found == at || all[found].key == record.key);
        }
        let is_there = all.iter().any(|r| r.key == other.key);
        prop_assert_eq!(records.places([&other.key]).len(), usize::from(is_there));
    }

    #[test]
    fn a_filter_takes_the_same_records_wherever_they_lie(
        all in proptest::collection::vec(any_record(), 1..8),
        text in "((coin|txid|id|address|remark|network|status|kind):)?[0-9a-fxTR]{1,3}",
    ) {
        let records: Records = all.iter().cloned().collect();
        let query = Query::parse(&text, Millis(0));
        let (hits, mut found) = (query.hits(records.shared()), Vec::new());
        records.each(|view| {
            let by_number = query.takes_by(view, Annotations::default(), |term, piece, word| match piece {
                PackedText::Shared(number, _) => hits[term][*number],
                other => other.holds(word),
            });
            found.push((query.takes(view, Annotations::default()), by_number));
        });
        let wanted = all.iter().map(|record| query.takes(record, Annotations::default()));
        prop_assert_eq!(found, wanted.map(|wanted| (wanted, wanted)).collect::<Vec<_>>());
    }

    #[test]
    fn narrower_filter_finds_nothing_that_was_not_found_before(
        all in proptest::collection::vec(any_record(), 1..8),
        before in "(-?((coin|txid|id|kind|status|amount)[:>=])?[0-9a-fxTRpds]{0,2} ?){0,2}",
        more in "[0-9a-fxTRe]{0,2}( -?[0-9a-f]{1,2})?",
    ) {
        let after = format!("{before}{more}");
        let (before, after) = (Query::parse(&before, Millis(0)), Query::parse(&after, Millis(0)));
        if after.narrows(&before) {
            for record in &all {
                prop_assert!(before.takes(record, Annotations::default()) || !after.takes(record, Annotations::default()));
            }
        }
    }

    #[test]
    fn texts_are_ordered_as_they_are_by_themselves(a in any_record(), b in any_record()) {
        let [one, other] = [&a, &b].map(|record| [record.clone()].into_iter().collect::<Records>());
        one.each(|x| {
            other.each(|y| {
                assert_eq!(x.txid.cmp(&y.txid), a.txid.cmp(&b.txid));
                assert_eq!(x.key.cmp(&y.key), a.key.cmp(&b.key));
                assert_eq!(x.remark == y.remark, a.remark == b.remark);
            });
        });
    }
}

fn plain(id: u32, remark: &str) -> Record {
    Record {
        amount: Some(Amount::ZERO),
        status: Status::Success,
        time: Some(Millis(i64::from(id))),
        remark: Some(remark.into()),
        ..Record::bare(Kind::Deposit, id.to_string(), "USDT")
    }
}

#[test]
fn room_of_replaced_records_is_given_back() {
    let mut records: Records = (0..10).map(|id| plain(id, "")).collect();
    for turn in 0..400_u32 {
        let long = format!("{turn} {}", "z".repeat(20_000));
        records.replace(3, &plain(3, &long));
    }
    assert!(records.room.len() < 3 * LITTLE, "{}", records.room.len());
    assert_eq!(records.get(3).unwrap().remark.unwrap().raw().len(), 20_004);
    assert_eq!(records.get(9), Some(plain(9, "")));
}

#[test]
fn more_texts_than_can_be_shared_are_kept_all_the_same() {
    let record = |n: u32| Record { memo: Some(n.to_string().into()), coin: format!("COIN{n}").into(), ..plain(n, "") };
    let all: Vec<Record> = (0..6_000).map(record).collect();
    let records: Records = all.iter().cloned().collect();
    assert!(all.iter().enumerate().all(|(at, record)| records.get(at).as_ref() == Some(record)));
    assert!(records.shared.texts.len() <= MOST_SHARED);
}

fn filed() -> Records {
    Records::in_file(tempfile::tempfile().unwrap(), std::env::temp_dir())
}

proptest! {
    // Each is hundreds of kilobytes.
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn records_in_a_file_are_those_in_memory(
        all in proptest::collection::vec(any_record(), 1..8),
        copies in 1..400_usize,
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any_record()), 0..12),
        looks in proptest::collection::vec(any::<prop::sample::Index>(), 0..20),
    ) {
        let many: Vec<Record> = (0..copies).flat_map(|_| all.iter().cloned()).collect();
        let (mut memory, mut file) = (many.iter().cloned().collect::<Records>(), filed());
        file.extend(many);
        for (at, record) in changes {
            let at = at.index(memory.len());
            memory.replace(at, &record);
            file.replace(at, &record);
        }
        for at in looks {
            let at = at.index(memory.len());
            prop_assert_eq!(file.get(at).as_ref().map(exact), memory.get(at).as_ref().map(exact));
            prop_assert_eq!(file.key(at), memory.key(at));
        }
        prop_assert_eq!(file.heads().collect::<Vec<_>>(), memory.heads().collect::<Vec<_>>());
        let exact_of = |records: &Records| {
            let mut all = Vec::new();
            records.each(|view| all.push(exact(&view.to_record())));
            all
        };
        prop_assert_eq!(exact_of(&file), exact_of(&memory));
        let every_third = || (0..memory.len()).rev().step_by(3);
        let mut found = Vec::new();
        file.each_of(every_third(), |at, view| found.push((at, exact(&view.to_record()))));
        prop_assert_eq!(found, every_third().map(|at| (at, exact(&memory.get(at).unwrap()))).collect::<Vec<_>>());
    }
}

#[test]
fn a_history_in_a_file_is_not_in_memory() {
    let mut records = filed();
    records.extend((0..50_000).map(|id| plain(id, "a remark of some letters")));
    assert!(records.room.in_memory() < 100_000, "{}", records.room.in_memory());
    // Nor is one that is looked at, from the last to the first and all at once.
    for at in (0..50_000).rev().step_by(7) {
        assert_eq!(records.key(at).unwrap().id.raw(), at.to_string());
    }
    let mut count = 0;
    records.each(|_| count += 1);
    let window = records.window.lock().unwrap().in_memory();
    assert!(count == 50_000 && window < 100_000, "{count} {window}");
}

#[test]
fn a_record_that_is_larger_than_any_window_is_read_whole() {
    let (mut records, long) = (filed(), "long ".repeat(60_000));
    records.extend([plain(0, "before"), plain(1, &long), plain(2, "behind")]);
    for at in [1, 0, 1, 2, 1] {
        assert_eq!(records.get(at).unwrap().remark.unwrap().raw(), ["before", &long, "behind"][at]);
    }
}

#[test]
fn what_a_file_does_not_take_stays_in_memory() {
    // Opened for reading alone: it takes nothing, as a full disk does.
    let path = tempfile::NamedTempFile::new().unwrap();
    let mut records = Records::in_file(File::open(path.path()).unwrap(), std::env::temp_dir());
    records.extend((0..5_000).map(|id| plain(id, "kept all the same")));
    records.replace(7, &plain(7, "and changed"));
    assert_eq!(records.get(7), Some(plain(7, "and changed")));
    assert_eq!(records.get(4_999), Some(plain(4_999, "kept all the same")));
}

#[test]
fn room_of_replaced_records_is_given_back_in_a_file_too() {
    let mut records = filed();
    records.extend((0..10).map(|id| plain(id, "")));
    for turn in 0..400_u32 {
        records.replace(3, &plain(3, &format!("{turn} {}", "z".repeat(20_000))));
    }
    assert!(records.room.len() < 3 * LITTLE, "{}", records.room.len());
    assert!(records.room.in_memory() < 200_000, "{}", records.room.in_memory());
    assert_eq!(records.get(3).unwrap().remark.unwrap().raw().len(), 20_004);
    assert_eq!(records.get(9), Some(plain(9, "")));
}
