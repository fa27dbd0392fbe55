//! What comes into the book, what looks alike, and which group must be typed.

use super::*;
use crate::domain::RecordKey;
use proptest::prelude::*;

const TRON: &str = "Tron (TRC-20)";

fn paid(time: i64, address: &str, memo: Option<&str>) -> Record {
    Record {
        key: RecordKey { kind: Kind::Withdrawal, id: time.to_string().into() },
        coin: "TRX".into(),
        network: Some(TRON.into()),
        amount: None,
        fee: None,
        fee_coin: None,
        status: Status::Success,
        time: Some(Millis(time)),
        from_address: None,
        address: Some(address.into()),
        memo: memo.map(Text::from),
        txid: None,
        remark: None,
        out_biz_id: None,
        receiver: None,
    }
}

#[test]
fn own_successful_withdrawals_and_labels_make_the_book_and_nothing_that_others_sent_does() {
    let mut records = vec![paid(5, "TA", None), paid(3, "TA", Some("")), paid(4, "TA", Some("7")), paid(9, "TX", None)];
    records[3].status = Status::Pending;
    let mut deposit = paid(8, "TEvil", None);
    deposit.key.kind = Kind::Deposit;
    records.push(deposit);
    let label = |name: &str, address: &str| Label {
        label: name.into(),
        coin: "TRX".into(),
        network: TRON.into(),
        address: address.into(),
        memo: None,
    };
    let book = Book::build(&records, &[label("cold wallet", "TA"), label("new one", "TB")]);
    let lines: Vec<_> = book
        .entries()
        .iter()
        .map(|e| {
            (e.label.as_ref().map_or("", Text::raw), e.address.raw(), e.memo.as_ref().map_or("", Text::raw), e.count)
        })
        .collect();
    assert_eq!(lines, [("cold wallet", "TA", "", 2), ("", "TA", "7", 1), ("new one", "TB", "", 0)]);
    let first = &book.entries()[0];
    assert_eq!((first.first_used, first.last_used), (Some(Millis(3)), Some(Millis(5))));
    let known = |coin: &str, network: &str, address: &str, memo: Option<&str>| {
        book.is_known(&coin.into(), &network.into(), &address.into(), memo.map(Text::from).as_ref())
    };
    assert!(
        known("TRX", TRON, "TA", None) && known("TRX", TRON, "TA", Some("")) && known("TRX", TRON, "TA", Some("7"))
    );
    assert!(!known("TRX", TRON, "TA", Some("8")), "another memo is another receiver");
    assert!(!known("USDT", TRON, "TA", None) && !known("TRX", "Other", "TA", None));
    assert!(!known("TRX", TRON, "TX", None) && !known("TRX", TRON, "TEvil", None));
    let found = book.search(&"TRX".into(), &TRON.into(), "COLD");
    assert_eq!(found.len(), 1);
    assert_eq!(book.search(&"TRX".into(), &TRON.into(), "").len(), 3);
}

#[test]
fn a_receiver_is_known_after_a_successful_transfer_to_the_same_name() {
    let mut transfer = paid(1, "x", None);
    transfer.key.kind = Kind::TransferOut;
    transfer.receiver = Some(Receiver::Uid("42".into()));
    let book = Book::build(&[transfer], &[]);
    assert!(book.is_known_receiver(&Receiver::Uid("42".into())));
    assert!(!book.is_known_receiver(&Receiver::Uid("43".into())));
    assert!(book.entries().is_empty());
}

#[test]
fn look_alikes_are_found_by_either_end_and_marked_where_they_differ() {
    let alike = |family, a: &str, b: &str| {
        let known = Text::from(b);
        look_alikes(family, &a.into(), [(&known, None)].into_iter()).pop().map(|l| (l.differs, l.known_differs))
    };
    let tron = Some(Family::Tron);
    let same = |positions: Vec<usize>| Some((positions.clone(), positions));
    for (family, a, b, expected) in [
        (tron, "TJmWxxxxxxxx7rUa", "TJmWyyxxyyyyabcd", same(vec![4, 5, 8, 9, 10, 11, 12, 13, 14, 15])),
        (tron, "Tabcdefgh7rU", "TJmWdefgh7rU", same(vec![1, 2, 3])),
        // The case of letters is what eyes pass over.
        (tron, "tjmw0000", "TJmW1111", same(vec![0, 1, 3, 4, 5, 6, 7])),
        (tron, "TJmW0001", "TJmw0001", same(vec![3])),
        (tron, "TJm10002", "TJm20001", None),
        (tron, "TJmW0001", "TJmW0001", None),
        // What all addresses of a family share is not a likeness.
        (Some(Family::Evm), "0x11aaaaaa1111", "0x11bbbbbb2222", None),
        (Some(Family::Evm), "0x1234aaaa1111", "0x1234bbbb2222", same(vec![6, 7, 8, 9, 10, 11, 12, 13])),
        (Some(Family::Evm), "0xABcdef001111", "0xabcdef001111", None),
        (Some(Family::Bitcoin), "bc1qaaaa1111", "bc1qbbbb2222", None),
        (Some(Family::Bitcoin), "bc1qaaaa1111", "bc1qaaaa2222", same(vec![8, 9, 10, 11])),
        // Of different lengths: what lies between the common start and the common end.
        (tron, "TJmWab7rUx", "TJmWabc7rUx", Some((vec![], vec![6]))),
        (None, "0x11aaaaaa1111", "0x11bbbbbb2222", None),
        (None, "abc", "abd", None),
        (None, "", "", None),
    ] {
        assert_eq!(alike(family, a, b), expected, "{a} {b}");
    }
}

#[test]
fn a_known_address_is_no_look_alike_of_another_known_one_and_each_is_named_once() {
    let book = Book::build(
        &[paid(1, "TJmWaaaa7rUx", None), paid(2, "TJmWaaaa7rUx", Some("1")), paid(3, "TJmWbbbb0000", None)],
        &[],
    );
    let alike = |address: &str| book.look_alikes(Some(Family::Tron), &address.into()).len();
    assert_eq!(alike("TJmWaaaa7rUx"), 0);
    assert_eq!(alike("TJmWcccc7rUx"), 2);
    assert_eq!(alike("TZZZcccc7rUx"), 1);
    assert_eq!(alike("TZZZcccc7rUy"), 0);
}

#[test]
fn the_group_to_type_lies_in_the_middle_and_depends_on_address_and_chance() {
    let address = Text::from("TJmW5D1p1LnMdTMmxuY1VELHht7v5HV7rU");
    assert_eq!(groups_of_four(address.raw())[..4], ["TJmW", "5D1p", "1LnM", "dTMm"]);
    assert_eq!(groups_of_four(address.raw()).last().unwrap(), "rU");
    let chosen: std::collections::BTreeSet<usize> =
        (0..200).filter_map(|chance| middle_group(&address, chance)).map(|g| g.index).collect();
    assert_eq!(chosen, (2..7).collect());
    assert_eq!(middle_group(&address, 7), middle_group(&address, 7));
    let group = middle_group(&address, 7).unwrap();
    assert!(group.is_typed(&group.text) && !group.is_typed(&group.text.to_lowercase().replace('x', "y").repeat(2)));
    assert_eq!(middle_group(&"abcdefghij".into(), 1).unwrap().text, "efgh");
    assert_eq!(middle_group(&"".into(), 1), None);
}

proptest! {
    #[test]
    fn nothing_panics_on_any_two_texts(a in any::<String>(), b in any::<String>(), chance in any::<u64>()) {
        let (a, b) = (Text::from(a), Text::from(b));
        for family in [None, Some(Family::Evm), Some(Family::Ton)] {
            for alike in look_alikes(family, &a, [(&b, None)].into_iter()) {
                prop_assert!(alike.differs.iter().all(|at| *at < a.raw().chars().count()));
                prop_assert!(alike.known_differs.iter().all(|at| *at < b.raw().chars().count()));
            }
        }
        prop_assert_eq!(groups_of_four(a.raw()).concat(), a.raw());
        if let Some(group) = middle_group(&a, chance) {
            prop_assert_eq!(&groups_of_four(a.raw())[group.index], &group.text);
        }
    }
}
