//! What comes into the book, what is said of it, what looks alike, and what must be typed.

use super::*;
use crate::domain::locale::Lang;
use crate::domain::{AskedBy, Because, OrderId, Proof, RecordKey, TransferRequest};
use crate::domain::{Kind, Order, Outcome, Request, Status};
use proptest::prelude::*;

const TRON: &str = "Tron (TRC-20)";

fn paid(time: i64, address: &str, memo: Option<&str>) -> Record {
    Record {
        network: Some(TRON.into()),
        status: Status::Success,
        time: Some(Millis(time)),
        address: Some(address.into()),
        memo: memo.map(UntrustedText::from),
        ..Record::bare(Kind::Withdrawal, time.to_string(), "TRX")
    }
}

#[test]
fn address_book_is_made_of_own_payments_and_labels_alone() {
    let mut records = vec![paid(5, "TA", None), paid(3, "TA", Some("")), paid(4, "TA", Some("7")), paid(9, "TX", None)];
    records[3].status = Status::Cancelled;
    let mut deposit = paid(8, "TEvil", None);
    deposit.key.kind = Kind::Deposit;
    records.push(deposit);
    let label = |name: &str, address: &str| {
        Label::from(AddressLabel {
            label: name.into(),
            coin: "TRX".into(),
            network: TRON.into(),
            address: address.into(),
            memo: None,
        })
    };
    let book = AddressBook::build(&records, &[label("cold wallet", "TA"), label("new one", "TB")]);
    let lines: Vec<_> = book
        .entries()
        .iter()
        .map(|e| {
            (
                e.label.as_ref().map_or("", UntrustedText::raw),
                e.address.raw(),
                e.memo.as_ref().map_or("", UntrustedText::raw),
                e.count,
            )
        })
        .collect();
    assert_eq!(lines, [("cold wallet", "TA", "", 2), ("", "TA", "7", 1), ("new one", "TB", "", 0)]);
    let first = &book.entries()[0];
    assert_eq!((first.first_used, first.last_used), (Some(Millis(3)), Some(Millis(5))));
    let known = |coin: &str, network: &str, address: &str, memo: Option<&str>| {
        book.is_known(&coin.into(), &network.into(), &address.into(), memo.map(UntrustedText::from).as_ref())
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
fn an_address_is_known_in_every_spelling() {
    let (bounceable, other) =
        ("EQDKbjIcfM6ezt8KjKJJLshZJJSqX7XOA4ff-W72r5gqPrHF", "UQDKbjIcfM6ezt8KjKJJLshZJJSqX7XOA4ff-W72r5gqPuwA");
    let raw = "0:ca6e321c7cce9ecedf0a8ca2492ec8592494aa5fb5ce0387dff96ef6af982a3e";
    let to = |time, address: &str, memo| Record { network: Some("Toncoin".into()), ..paid(time, address, memo) };
    let book = AddressBook::build(&[to(1, bounceable, None), to(2, other, None), to(3, raw, Some("7"))], &[]);
    let told: Vec<_> = book.entries().iter().map(|e| (e.address.raw(), e.count)).collect();
    assert_eq!(told, [(raw, 1), (bounceable, 2)], "one entry for one account and memo");
    let own = DepositAddress { coin: "X".into(), network: "Y".into(), address: raw.into(), memo: None };
    let alone = AddressBook::default().with_own(std::slice::from_ref(&own));
    for address in [bounceable, other, raw] {
        let address = UntrustedText::from(address);
        assert!(book.is_known(&"TRX".into(), &"Toncoin".into(), &address, None), "{address:?}");
        assert_eq!(book.greatest_to(&address).len(), 0);
        assert_eq!(
            book.knowledge_of(&"TRX".into(), &"Toncoin".into(), &address, Some(&"7".into())).degree,
            Degree::Paid
        );
        assert!(book.look_alikes(Some(Family::Ton), &address).is_empty());
        assert_eq!(alone.own(&address), Some(&own), "{address:?}");
    }
    let tagged =
        |tag: &str| Record { network: Some("XRP".into()), ..paid(1, "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh", Some(tag)) };
    let book = AddressBook::build(&[tagged("7"), tagged("007"), tagged("70")], &[]);
    assert_eq!(book.entries().iter().map(|e| e.count).collect::<Vec<_>>(), [2, 1]);
}

#[test]
fn receiver_is_known_after_a_transfer_to_the_same_name() {
    let mut transfer = paid(1, "x", None);
    transfer.key.kind = Kind::TransferOut;
    transfer.receiver = Some(Receiver::Uid("42".into()));
    let book = AddressBook::build(&[transfer], &[]);
    assert!(book.is_known_receiver(&Receiver::Uid("42".into())));
    assert!(!book.is_known_receiver(&Receiver::Uid("43".into())));
    assert!(book.entries().is_empty());
}

#[test]
fn a_named_receiver_is_offered_and_proves_nothing() {
    let phone = |code: &str| Receiver::Phone { country_code: code.into(), number: "91234567".into() };
    let name = |label: &str, to| Label::Receiver(ReceiverLabel { label: label.into(), to });
    let labels = [name("Mira", phone("+65")), name("desk", Receiver::Uid("7".into()))];
    let mut paid = Record { status: Status::Success, ..Record::bare(Kind::TransferOut, "1", "USDT") };
    paid.receiver = Some(phone("65"));
    let book = AddressBook::build(&[paid.clone()], &labels);
    // Once, with its code as the exchange wrote it, under its name.
    assert_eq!(book.receivers(), [&phone("65"), &Receiver::Uid("7".into())]);
    assert_eq!(book.receiver_label(&phone("65")).map(UntrustedText::raw), Some("Mira"));
    assert_eq!(book.label_of(&paid).map(UntrustedText::raw), Some("Mira"));
    assert!(!book.is_known_receiver(&Receiver::Uid("7".into())), "a name is no proof");
    let renamed = book.with_labels(&[name("office", phone("65"))]);
    assert_eq!(renamed.receivers(), [&phone("65")], "what was only named, and is no more, goes");
    assert_eq!(renamed.receiver_label(&phone("+65")).map(UntrustedText::raw), Some("office"));
}

#[test]
fn look_alikes_are_found_by_either_end_and_marked() {
    let alike = |family, a: &str, b: &str| {
        let label =
            AddressLabel { label: "x".into(), coin: "TRX".into(), network: TRON.into(), address: b.into(), memo: None };
        let book = AddressBook::of_labels(&[label.into()]);
        book.look_alikes(family, &a.into()).pop().map(|l| (l.differs, l.known_differs))
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
fn known_address_is_no_look_alike_of_another_known_one() {
    let book = AddressBook::build(
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
fn group_to_type_lies_in_the_middle_by_address_and_chance() {
    let address = UntrustedText::from("TJmW5D1p1LnMdTMmxuY1VELHht7v5HV7rU");
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

#[test]
fn middle_is_typed_to_the_letter_with_or_without_blanks() {
    let address = UntrustedText::from("TJmW5D1p1LnMdTMmxuY1VELHht7v5HV7rU");
    assert!(is_middle_typed(&address, "5D1p1LnMdTMmxuY1VELHht7v5HV7"));
    assert!(is_middle_typed(&address, " 5D1p 1LnM dTMm xuY1 VELH ht7v 5HV7 "));
    for wrong in [
        "",
        "5D1p",
        "5d1p1LnMdTMmxuY1VELHht7v5HV7",
        "TJmW5D1p1LnMdTMmxuY1VELHht7v5HV7rU",
        "5D1p1LnMdTMmxuY1VELHht7v5HV",
    ] {
        assert!(!is_middle_typed(&address, wrong), "{wrong}");
    }
    assert!(is_middle_typed(&"abcdefgh".into(), "abcdefgh") && !is_middle_typed(&"abcdefgh".into(), ""));
}

const BSC: &str = "BNB Smart Chain";
const ETHEREUM: &str = "Ethereum";
const TO: &str = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";

fn sent(time: i64, coin: &str, network: &str, memo: Option<&str>) -> Record {
    Record { coin: coin.into(), network: Some(network.into()), ..paid(time, TO, memo) }
}

fn words(book: &AddressBook, coin: &str, network: &str, memo: Option<&str>, lang: Lang) -> String {
    let memo = memo.map(UntrustedText::from);
    // However the letters are written.
    let to = UntrustedText::from(TO.to_ascii_lowercase());
    book.knowledge_of(&coin.into(), &network.into(), &to, memo.as_ref()).words(lang, Millis(60_000))
}

#[test]
fn an_address_is_told_in_full_by_coin_network_and_memo() {
    let book = AddressBook::build(
        &[sent(1, "ETH", BSC, None), sent(58_000, "ETH", BSC, None), sent(40_000, "USDT", TRON, Some("7"))],
        &[],
    );
    let said = |coin, network, memo| words(&book, coin, network, memo, Lang::En);
    assert_eq!(said("ETH", BSC, None), "paid 2 ×, last 2 s ago; also 1 × in USDT on Tron (TRC-20), last 20 s ago");
    assert_eq!(
        said("ETH", ETHEREUM, None),
        "paid 2 × on BNB Smart Chain, last 2 s ago; also 1 × in USDT on Tron (TRC-20), last 20 s ago, NEVER on Ethereum"
    );
    assert_eq!(
        said("TRX", TRON, None),
        "paid 1 × in USDT, last 20 s ago, NEVER in TRX; also 2 × in ETH on BNB Smart Chain, last 2 s ago"
    );
    assert_eq!(
        said("USDT", TRON, Some("8")),
        "address known, memo NEW: paid 1 × with another memo, last 20 s ago; also 2 × in ETH on BNB Smart Chain, last 2 s ago"
    );
    assert!(said("USDT", TRON, None).starts_with("address known, NEVER paid without a memo: paid 1 × with a memo"));
    let degree = |coin: &str, network: &str, memo: Option<&str>| {
        book.knowledge_of(&coin.into(), &network.into(), &TO.into(), memo.map(UntrustedText::from).as_ref()).degree
    };
    assert_eq!(degree("ETH", BSC, None), Degree::Paid);
    assert_eq!(degree("ETH", ETHEREUM, None), Degree::OtherNetwork);
    assert_eq!(degree("TRX", TRON, None), Degree::OtherCoin);
    assert_eq!(degree("USDT", TRON, Some("8")), Degree::OtherMemo);
    assert_eq!(
        book.only_elsewhere(&ETHEREUM.into(), &TO.into()),
        [&UntrustedText::from(BSC), &UntrustedText::from(TRON)]
    );
    assert!(book.only_elsewhere(&TRON.into(), &TO.into()).is_empty());
    // In every way and language: it was paid, and nothing else is said.
    for lang in [Lang::En, Lang::ZhCn] {
        for (coin, network, memo) in
            [("ETH", BSC, None), ("X", ETHEREUM, None), ("X", TRON, Some("1")), ("USDT", TRON, None)]
        {
            let said = words(&book, coin, network, memo, lang);
            let never = [lang.t("book.never"), lang.t("book.new")];
            assert!(!never.iter().any(|never| said.contains(never)) && !said.contains(['{', '}']), "{said}");
        }
    }
}

#[test]
fn an_address_never_paid_is_called_so_only_when_all_is_known() {
    let (coin, network) = ("ETH".into(), BSC.into());
    let label = Label::from(AddressLabel { label: "cold".into(), coin, network, address: TO.into(), memo: None });
    let mut failed = sent(1, "ETH", BSC, None);
    failed.status = Status::Fail;
    let mut whole = Draft::of_labels(std::slice::from_ref(&label));
    whole.add(&failed);
    let whole = whole.done();
    assert_eq!(words(&whole, "ETH", BSC, None, Lang::En), "“cold”, never paid from this account");
    assert_eq!(words(&AddressBook::default(), "ETH", BSC, None, Lang::En), "NEW address, never paid from this account");
    let partial = Draft::default().partial(true).done();
    assert_eq!(
        words(&partial, "ETH", BSC, None, Lang::En),
        "NEW address, not paid as far as the history has been read"
    );
}

fn ordered(id: i64, outcome: Outcome) -> Order {
    let request = WithdrawRequest {
        coin: "ETH".into(),
        network: BSC.into(),
        address: TO.into(),
        memo: None,
        gross: "2".parse().unwrap(),
    };
    let time = Millis(10_000);
    let (asked_by, request) = (AskedBy::Screen, Request::Withdraw(request));
    let (readings, available_before) = (0, None);
    Order { id: OrderId(id), request, time, sent: time, available_before, asked_by, outcome, readings, changed: time }
}

#[test]
fn orders_count_until_their_record_says_what_became_of_them() {
    let accepted = || Outcome::Accepted { id: "9".into(), proof: Proof::Answer };
    let unknown = || Outcome::Unknown { why: Because::Timeout.into() };
    let count = |outcome: Outcome, record: Option<(i64, &str, Status)>| {
        let mut draft = Draft::default().with_orders(&[ordered(1, outcome)]);
        if let Some((time, id, status)) = record {
            let mut record = Record { status, ..sent(time, "ETH", BSC, None) };
            record.key.id = id.into();
            draft.add(&record);
        }
        draft.done().entries().iter().map(|entry| (entry.count, entry.open)).next()
    };
    assert_eq!(count(accepted(), None), Some((1, 1)));
    assert_eq!(count(unknown(), None), Some((1, 1)));
    assert_eq!(count(Outcome::Sending, None), Some((1, 1)));
    for outcome in [Outcome::NoTrace, Outcome::Dismissed, Outcome::Refused { code: "2".into(), msg: "x".into() }] {
        assert_eq!(count(outcome, None), None);
    }
    // Its record stands for it, not beside it; one that failed or was taken back paid nobody.
    assert_eq!(count(accepted(), Some((11_000, "9", Status::Success))), Some((1, 0)));
    assert_eq!(count(accepted(), Some((11_000, "9", Status::Pending))), Some((1, 1)));
    assert_eq!(count(accepted(), Some((11_000, "9", Status::Cancelled))), None);
    assert_eq!(count(accepted(), Some((11_000, "8", Status::Success))), Some((2, 1)));
    assert_eq!(count(unknown(), Some((11_000, "8", Status::Success))), Some((1, 0)));
    assert_eq!(count(unknown(), Some((-200_000, "8", Status::Success))), Some((2, 1)));
    assert_eq!(count(unknown(), Some((11_000, "8", Status::Fail))), Some((1, 1)));
    let mut transfer = ordered(1, accepted());
    transfer.request = Request::Transfer(TransferRequest {
        out_biz_id: "x".into(),
        coin: "USDT".into(),
        amount: "3".parse().unwrap(),
        to: Receiver::Uid("42".into()),
        remark: None,
    });
    let book = Draft::default().with_orders(&[transfer]).done();
    let known = book.receiver(&Receiver::Uid("42".into())).unwrap();
    assert_eq!((known.count, known.greatest.clone()), (1, vec![("USDT".into(), "3".parse().unwrap())]));
}

#[test]
fn look_alikes_are_found_among_pending_own_and_labelled_ones() {
    let own =
        DepositAddress { coin: "TRX".into(), network: TRON.into(), address: "TOwnaaaaaaaa1111".into(), memo: None };
    let label = AddressLabel {
        label: "cold".into(),
        coin: "TRX".into(),
        network: TRON.into(),
        address: "TColdaaaaaaa2222".into(),
        memo: None,
    };
    let mut pending = paid(1, "TPendaaaaaaa3333", None);
    pending.status = Status::Pending;
    let is_known = |book: &AddressBook| book.is_known(&"TRX".into(), &TRON.into(), &"TPendaaaaaaa3333".into(), None);
    let mut draft = Draft::of_labels(&[label.into()]).with_own([&own]);
    draft.add(&pending);
    let book = draft.done();
    let alike = |address: &str| {
        let found = book.look_alikes(Some(Family::Tron), &address.into());
        found.into_iter().map(|alike| (alike.known.raw().to_owned(), alike.is_own)).collect::<Vec<_>>()
    };
    assert_eq!(alike("TOwnbbbbbbbbbbbb"), [("TOwnaaaaaaaa1111".to_owned(), true)]);
    assert_eq!(alike("Tbbbbbbbbbbb2222"), [("TColdaaaaaaa2222".to_owned(), false)]);
    assert_eq!(alike("TPenbbbbbbbb3333"), [("TPendaaaaaaa3333".to_owned(), false)]);
    assert!(alike("TOwnaaaaaaaa1111").is_empty());
    assert!(!is_known(&book), "what is under way proves nothing of an address");
    assert!(book.own(&"TOwnaaaaaaaa1111".into()).is_some() && book.is_own_read(&"TRX".into(), &TRON.into()));
}

#[test]
fn a_sender_is_told_from_whom_it_looks_like() {
    let mut transfer = paid(1, "x", None);
    transfer.key.kind = Kind::TransferOut;
    transfer.receiver = Some(Receiver::Uid("681979174".into()));
    let book = AddressBook::build(&[paid(2, "TJmWaaaa7rUx", None), transfer], &[]);
    let alike = |kind: Kind, from: &str| {
        let record = Record { from_address: Some(from.into()), ..paid(3, "TMine", None) };
        let record = Record { key: RecordKey { kind, ..record.key.clone() }, ..record };
        book.sender_alike(&record, Some(Family::Tron)).map(|alike| alike.known.raw().to_owned())
    };
    assert_eq!(alike(Kind::Deposit, "TJmWbbbb7rUx").as_deref(), Some("TJmWaaaa7rUx"));
    assert_eq!(alike(Kind::Deposit, "TJmWaaaa7rUx"), None, "the known one itself");
    assert_eq!(alike(Kind::Withdrawal, "TJmWbbbb7rUx"), None, "what went out has no sender");
    assert_eq!(alike(Kind::TransferIn, "681555174").as_deref(), Some("681979174"));
    assert_eq!(alike(Kind::TransferIn, "681979175").as_deref(), Some("681979174"), "one digit");
    for other in ["681979174", "681979284", "68197917", "551203998", "", "6819"] {
        assert_eq!(alike(Kind::TransferIn, other), None, "{other}");
    }
}

proptest! {
    #[test]
    fn nothing_panics_on_any_two_texts(a in any::<String>(), b in any::<String>(), chance in any::<u64>()) {
        let (a, b) = (UntrustedText::from(a), UntrustedText::from(b));
        let label = AddressLabel { label: a.clone(), coin: a.clone(), network: a.clone(), address: b.clone(), memo: None };
        let book = AddressBook::of_labels(&[label.into()]);
        for family in [None, Some(Family::Evm), Some(Family::Ton)] {
            for alike in book.look_alikes(family, &a) {
                prop_assert!(alike.differs.iter().all(|at| *at < a.raw().chars().count()));
                prop_assert!(alike.known_differs.iter().all(|at| *at < b.raw().chars().count()));
            }
        }
        prop_assert_eq!(is_middle_typed(&a, ""), false);
        prop_assert_eq!(groups_of_four(a.raw()).concat(), a.raw());
        if let Some(group) = middle_group(&a, chance) {
            prop_assert_eq!(&groups_of_four(a.raw())[group.index], &group.text);
        }
    }
}

#[test]
fn an_address_in_capitals_is_the_known_one() {
    let known = "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq";
    let record = Record { network: Some("Bitcoin".into()), coin: "BTC".into(), ..paid(5, known, None) };
    let book = AddressBook::build(&[record], &[]);
    let capital = UntrustedText::from(known.to_ascii_uppercase());
    assert!(book.is_known(&"BTC".into(), &"Bitcoin".into(), &capital, None));
    assert_eq!(book.look_alikes(Some(Family::Bitcoin), &capital), []);
    // One letter is another: it alone is marked, in whatever case.
    let mut other = capital.raw().to_owned();
    other.replace_range(20..21, if &other[20..21] == "X" { "Z" } else { "X" });
    let alike = book.look_alikes(Some(Family::Bitcoin), &other.as_str().into());
    assert_eq!(alike.iter().map(|alike| alike.differs.as_slice()).collect::<Vec<_>>(), [&[20][..]]);
}
