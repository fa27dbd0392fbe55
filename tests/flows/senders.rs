//! Stories about payments that came in from somebody who looks like somebody known.

use wallet_tui::domain::book::Label;
use wallet_tui::domain::locale::Lang;
use wallet_tui::domain::{Kind, Receiver, Record, Status};
use wallet_tui::tui::app::{Guards, Session};
use wallet_tui::tui::effect::{Effect, Load};
use wallet_tui::tui::message::{CopiedTo, Loaded, Message};

use super::desk::{Desk, session};
use super::fixtures::{Row, ago, outgoing};
use super::ordering::{ALIKE, KNOWN, history};

/// A desk at which `incoming` has come in.
fn received(session: Session, size: (u16, u16), incoming: &[Record]) -> Desk {
    let mut desk = Desk::with(session, size).loaded();
    desk.wait(600_000);
    desk.answer(Load::Outgoing, Loaded::Records(history()));
    desk.answer(Load::Incoming, Loaded::Records(incoming.to_vec()));
    desk
}

fn deposit(id: &str, from: &str) -> Record {
    let row = Row::new(Kind::Deposit, id, "TRX", "0.000001", Status::Success, ago("1 s"));
    row.on("Tron (TRC-20)", "TNPeeaaFB7K9cmo4uQpcU32zGK8G1NYqeL").from(from).tx("f00d").0
}

#[test]
fn a_deposit_from_a_look_alike_is_marked_in_the_table() {
    for size in [(80, 24), (120, 40), (60, 20), (40, 12)] {
        let mut desk = received(session(Lang::En), size, &[deposit("1", ALIKE)]);
        desk.keys("2gj");
        let screen = desk.screen();
        assert_eq!(screen.lines().filter(|line| line.contains('≠')).count(), 1, "{size:?}\n{screen}");
        let mut desk = received(session(Lang::En), size, &[deposit("2", KNOWN)]);
        desk.keys("2");
        assert!(!desk.screen().contains('≠'), "one that is known itself: {}", desk.screen());
    }
}

#[test]
fn a_look_alike_is_told_in_the_detail_and_when_it_is_copied() {
    for lang in [Lang::En, Lang::ZhCn] {
        let mut desk = received(session(lang), (120, 40), &[deposit("1", ALIKE)]);
        desk.keys("2g<enter>");
        let words = lang.fill("sender.alike", &[("known", KNOWN)]);
        let said = |desk: &Desk| desk.screen().split_whitespace().collect::<String>();
        let start: String = words.split_whitespace().collect::<String>().chars().take(8).collect();
        assert!(said(&desk).contains(&start), "{}", desk.screen());
        let mut copied = Vec::new();
        while !copied.contains(&Effect::Copy(ALIKE.into())) {
            copied = desk.keys("jy");
        }
        for to in [CopiedTo::Machine, CopiedTo::Terminal] {
            desk.keys("y");
            desk.tell(Message::Copied(Ok(to)));
            let toast = desk.app.toast().unwrap();
            assert!(toast.is_trouble && toast.text.contains(&words), "{}", toast.text);
        }
        // From the table, without opening it.
        desk.keys("<esc>y");
        desk.tell(Message::Copied(Ok(CopiedTo::Machine)));
        assert!(desk.app.toast().unwrap().text.contains(&words));
        // Nobody is warned of anybody else.
        let mut desk = received(session(lang), (120, 40), &[deposit("1", KNOWN)]);
        desk.keys("2gy");
        desk.tell(Message::Copied(Ok(CopiedTo::Machine)));
        assert!(!desk.app.toast().unwrap().is_trouble);
    }
}

#[test]
fn a_sender_is_compared_with_labels_as_well() {
    let label = Label {
        label: "cold wallet".into(),
        coin: "ETH".into(),
        network: "Ethereum (ERC-20)".into(),
        address: "0x52908400098527886E0F7030069857D2E4169EE7".into(),
        memo: None,
    };
    let guards = Guards { labels: vec![label], ..Guards::default() };
    let session = Session { guards, ..session(Lang::En) };
    let row = Row::new(Kind::Deposit, "1", "ETH", "0.1", Status::Success, ago("1 s"));
    let row = row.on("Ethereum (ERC-20)", "0xde").from("0x5290999999999999999999999999999999999EE7").0;
    let mut desk = received(session, (120, 40), &[row]);
    desk.keys("2g<enter>");
    assert!(desk.screen().contains("cold wallet"), "{}", desk.screen());
}

#[test]
fn a_transfer_from_a_user_who_looks_like_one_that_was_paid_is_marked() {
    let paid = Receiver::Uid("681979174".into());
    assert!(outgoing().iter().any(|r| r.receiver.as_ref() == Some(&paid)), "the fixtures are what they say");
    let from = |uid: &str| Row::new(Kind::TransferIn, uid, "USDT", "1", Status::Success, ago("1 s")).from(uid).0;
    let mut desk = received(session(Lang::En), (80, 24), &[from("681555174"), from("681979174"), from("551203998")]);
    desk.keys("4G");
    let marked: Vec<String> = desk.screen().lines().filter(|l| l.contains('≠')).map(str::to_owned).collect();
    assert!(marked.len() == 1 && marked[0].contains("≠681555174"), "{}", desk.screen());
}
