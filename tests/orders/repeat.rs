//! The same thing again: what blocks it, what allows it, and how two equal orders are told apart.

use wallet_tui::domain::rules::DuplicateOf;
use wallet_tui::domain::{AskedBy, Because, Kind, Outcome, Record, Request, UntrustedText};
use wallet_tui::engine::ledger::{Flow, GapChange, Ledger};
use wallet_tui::engine::orders::{Decision, NotBegun, NotDecided, Orders, Reading};
use wallet_tui::simulator::{Fault, Strike, World};

use crate::stage::{
    LONG_MS, Stage, accepted_id, moved, of_order, place, place_despite, resend, retry_policy, transfer, wanted,
    withdraw,
};

#[tokio::test]
async fn order_without_a_trace_goes_again_by_its_own_word_only() {
    let stage = Stage::new().await;
    stage.exchange.fail("withdraw", Fault::before(Strike::Close));
    let first = place(&stage.engine(), &withdraw("20")).await.unwrap().order;
    assert_eq!(stage.settled(first.id).await.outcome, Outcome::NoTrace);
    let engine = stage.engine();
    let again =
        async |despite: Option<DuplicateOf>| place_despite(&engine, &withdraw("20"), AskedBy::Screen, despite).await;
    assert_eq!(wanted(&again(None).await), [of_order(first.id)]);
    let other = wallet_tui::domain::OrderId(first.id.0 + 1);
    assert_eq!(wanted(&again(Some(of_order(other))).await), [of_order(first.id)], "another order's word");
    let second = again(Some(of_order(first.id))).await.unwrap().order;
    assert_eq!(accepted_id(&second), stage.exchange.executed()[0].id);
    assert_eq!(stage.executed(), 1);
    assert_eq!(stage.settled(first.id).await.outcome, Outcome::NoTrace, "the second's record is not the first's");
}

#[tokio::test]
async fn payment_just_after_an_equal_one_needs_its_word() {
    let stage = Stage::new().await;
    let engine = stage.engine();
    for (request, is_payment) in [(withdraw("20"), true), (transfer("5"), true), (moved("1"), false)] {
        let before = stage.executed();
        // What a caller has read before may be older than the first of these two.
        let first = place(&engine, &request).await.unwrap().order;
        let second = place(&engine, &request).await;
        assert_eq!(wanted(&second) == [of_order(first.id)], is_payment, "{second:?}");
        if is_payment {
            let word = || [of_order(first.id)];
            let second = place_despite(&engine, &request, AskedBy::Screen, word()).await.unwrap().order;
            let third = place_despite(&engine, &request, AskedBy::Screen, word()).await;
            assert_eq!(wanted(&third), [of_order(second.id)], "the word was for the first: {third:?}");
        }
        assert_eq!(stage.executed(), before + 2);
    }
}

#[tokio::test]
async fn equal_orders_in_a_row_settle_to_their_own_records() {
    let stage = Stage::new().await;
    let first = place(&stage.engine(), &withdraw("20")).await.unwrap().order;
    stage.exchange.fail("withdraw", Fault::after(Strike::Close));
    let word = [of_order(first.id)];
    let second = place_despite(&stage.engine(), &withdraw("20"), AskedBy::Screen, word).await.unwrap().order;
    let end = stage.settled(second.id).await;
    let executed = stage.exchange.executed();
    assert_eq!((accepted_id(&first), accepted_id(&end)), (executed[0].id.as_str(), executed[1].id.as_str()));
}

#[tokio::test]
async fn earlier_equal_withdrawal_is_not_taken_for_the_lost_one() {
    let stage = Stage::new().await;
    // Made on the site, in the very same moment by the exchange's clock, for it stands.
    let made = stage.exchange.world(|w| {
        w.withdraw("TRX", "Tron (TRC-20)", wallet_tui::simulator::users::SAMPLE_ADDRESS, "20".parse().unwrap(), None)
    });
    let despite = [DuplicateOf::Record(made.unwrap().to_string().into())];
    stage.exchange.fail("withdraw", Fault::before(Strike::Close));
    let order = place_despite(&stage.engine(), &withdraw("20"), AskedBy::Screen, despite).await.unwrap().order;
    assert_eq!(stage.settled(order.id).await.outcome, Outcome::NoTrace);
}

#[tokio::test]
async fn a_record_that_cannot_be_read_hides_no_lost_order() {
    let stage = Stage::new().await;
    stage.exchange.fail("withdraw", Fault::after(Strike::Close));
    let order = place(&stage.engine(), &withdraw("20")).await.unwrap().order;
    // Its own row is the one that cannot be read: nobody may say that there is no trace of it.
    let bend = Strike::Replace("\"amount\":".to_owned(), "\"amount\":\"1,5\",\"was\":".to_owned());
    stage.exchange.fail_always("withdraw_transfer/page", Fault::after(bend));
    // While one of the last minutes cannot be read, nothing else goes out either: it may be the same.
    let held = place(&stage.engine(), &withdraw("21")).await;
    assert!(matches!(held, Err(NotBegun::Unready(_))), "{held:?}");
    stage.hands.advance(30 * 60_000);
    for _ in 0..6 {
        let seen = stage.engine().look(order.id).await;
        assert!(matches!(&seen, Reading::Several(found) if found.len() == 1), "it is asked about: {seen:?}");
    }
    assert!(matches!(stage.settled(order.id).await.outcome, Outcome::Accepted { .. }));
    assert_eq!(stage.executed(), 1);
}

#[tokio::test]
async fn payment_elsewhere_minutes_before_needs_its_own_word() {
    let stage = Stage::new().await;
    stage.exchange.fail("withdraw", Fault::before(Strike::Close));
    let first = place(&stage.engine(), &withdraw("20")).await.unwrap().order;
    assert_eq!(stage.settled(first.id).await.outcome, Outcome::NoTrace);
    let elsewhere = || {
        let address = wallet_tui::simulator::users::SAMPLE_ADDRESS;
        let pay = |w: &mut World| w.withdraw("TRX", "Tron (TRC-20)", address, "20".parse().unwrap(), None);
        UntrustedText::from(stage.exchange.world(pay).unwrap().to_string())
    };
    let (one, engine) = (elsewhere(), stage.engine());
    let again = async |records: &[&UntrustedText]| {
        let records = records.iter().map(|id| DuplicateOf::Record((*id).clone()));
        let despite: Vec<_> = [of_order(first.id)].into_iter().chain(records).collect();
        place_despite(&engine, &withdraw("20"), AskedBy::Screen, despite).await
    };
    // What was given up may be the very payment that is there now: its own word does not cover that.
    for records in [&[][..], &[&UntrustedText::from("1")]] {
        let held = again(records).await;
        assert_eq!(wanted(&held), [DuplicateOf::Record(one.clone())], "{held:?}");
    }
    let other = elsewhere();
    let held = again(&[&one]).await;
    assert_eq!(wanted(&held), [DuplicateOf::Record(other.clone())], "the word was for one of two: {held:?}");
    again(&[&one, &other]).await.unwrap();
    assert_eq!(stage.executed(), 3);
}

#[tokio::test]
async fn a_transfer_that_was_sent_again_was_paid_then() {
    let stage = Stage::new().await;
    stage.exchange.fail("inside_transfer", Fault::before(Strike::Close));
    let order = place(&stage.engine(), &transfer("10")).await.unwrap().order;
    assert_eq!(stage.settled(order.id).await.outcome, Outcome::NoTrace);
    stage.hands.advance(30 * 60_000);
    let engine = stage.engine();
    resend(&engine, order.id).await.unwrap();
    let same = place(&engine, &transfer("10")).await;
    assert_eq!(wanted(&same), [of_order(order.id)], "{same:?}");
    assert_eq!(stage.executed(), 1);
}

#[tokio::test]
async fn lost_withdrawals_wait_for_the_fee_to_tell_them_apart() {
    let stage = Stage::new().await;
    stage.exchange.fail("withdraw", Fault::before(Strike::Close));
    let lost = place(&stage.engine(), &withdraw("20.5")).await.unwrap().order;
    stage.exchange.fail("withdraw", Fault::after(Strike::Close));
    let done = place(&stage.engine(), &withdraw("20")).await.unwrap().order;
    // Net 19 or so fits both grosses while the fee is not told.
    for id in [lost.id, done.id] {
        assert!(matches!(stage.engine().look(id).await, Reading::NotYet(0)), "nobody's yet");
    }
    assert_eq!(accepted_id(&stage.settled(done.id).await), stage.exchange.executed()[0].id);
    assert_eq!(stage.settled(lost.id).await.outcome, Outcome::NoTrace);
}

#[tokio::test]
async fn what_was_executed_late_is_found_even_after_no_trace() {
    let stage = Stage::new().await;
    stage.exchange.fail("withdraw", Fault::before(Strike::Status(504)));
    let order = place(&stage.engine(), &withdraw("20")).await.unwrap().order;
    assert_eq!(stage.settled(order.id).await.outcome, Outcome::NoTrace);
    // Some queue of theirs lets it through after all.
    let address = wallet_tui::simulator::users::SAMPLE_ADDRESS;
    let id = stage.exchange.world(|w| w.withdraw("TRX", "Tron (TRC-20)", address, "20".parse().unwrap(), None));
    let end = stage.settled_now(order.id).await;
    assert_eq!(accepted_id(&end), id.unwrap().to_string());
}

#[tokio::test]
async fn lost_transfer_goes_again_under_its_id_and_is_taken_once() {
    for executed in [false, true] {
        let stage = Stage::new().await;
        let strike = Strike::Close;
        stage.exchange.fail("inside_transfer", Fault { strike, executed });
        let engine = stage.engine();
        let lost = place(&engine, &transfer("10")).await.unwrap().order;
        let again = resend(&engine, lost.id).await;
        if executed {
            let Err(NotBegun::NotResendable(order)) = again else { panic!("{again:?}") };
            assert_eq!(accepted_id(&order), stage.exchange.executed()[0].id, "it was there: settled, not sent");
            assert_eq!(stage.exchange.requests("inside_transfer"), 1);
        } else {
            let order = again.unwrap().order;
            assert_eq!((order.id, order.request.clone()), (lost.id, lost.request), "the same row, the same request");
            assert_eq!(accepted_id(&order), stage.exchange.executed()[0].id);
            let id = order.id;
            let timeline = engine.with_ledger(move |ledger| ledger.timeline(id)).await.unwrap();
            let words: Vec<_> = timeline.iter().map(|(_, word, _)| word.raw()).collect();
            assert_eq!(words, ["sending", "unknown", "sending", "accepted"]);
            assert!(matches!(resend(&engine, id).await, Err(NotBegun::NotResendable(_))), "once");
        }
        assert_eq!(stage.executed(), 1);
    }
}

#[tokio::test]
async fn transfer_without_a_trace_keeps_its_id_when_repeated() {
    let stage = Stage::new().await;
    stage.exchange.fail("inside_transfer", Fault::before(Strike::Close));
    let lost = place(&stage.engine(), &transfer("10")).await.unwrap().order;
    assert_eq!(stage.settled(lost.id).await.outcome, Outcome::NoTrace);
    let engine = stage.engine();
    let again =
        async |despite: Option<DuplicateOf>| place_despite(&engine, &transfer("10"), AskedBy::Screen, despite).await;
    assert_eq!(wanted(&again(None).await), [of_order(lost.id)]);
    let order = again(Some(of_order(lost.id))).await.unwrap().order;
    assert_eq!((order.id, &order.request), (lost.id, &lost.request), "the same row, the same id");
    assert_eq!(accepted_id(&order), stage.exchange.executed()[0].id);
    assert_eq!((stage.executed(), stage.exchange.requests("inside_transfer")), (1, 2));
    assert!(
        matches!(again(Some(of_order(lost.id))).await, Ok(begun) if begun.order.id != lost.id),
        "done: another one is new"
    );
}

#[tokio::test]
async fn resend_that_fails_proves_nothing_about_the_first_sending() {
    let refusal = || Strike::Code("2".to_owned(), "result.parameter.error".to_owned());
    for strike in [refusal(), Strike::Close] {
        let stage = Stage::new().await;
        stage.exchange.fail("inside_transfer", Fault::before(Strike::Close));
        stage.exchange.fail("inside_transfer", Fault::before(strike.clone()));
        let engine = stage.engine();
        let lost = place(&engine, &transfer("10")).await.unwrap().order;
        let again = resend(&engine, lost.id).await.unwrap().order;
        let Outcome::Unknown { why } = &again.outcome else { panic!("{again:?}") };
        assert_eq!(why.because == Because::Repeated, strike == refusal(), "{why:?}");
        assert_eq!(stage.settled(lost.id).await.outcome, Outcome::NoTrace);
    }
}

#[tokio::test]
async fn only_a_transfer_that_was_lost_is_sent_again() {
    let stage = Stage::new().await;
    let engine = stage.engine();
    stage.exchange.fail("withdraw", Fault::before(Strike::Close));
    let withdrawal = place(&engine, &withdraw("20")).await.unwrap().order;
    let accepted = place(&engine, &transfer("10")).await.unwrap().order;
    for id in [withdrawal.id, accepted.id] {
        assert!(matches!(resend(&engine, id).await, Err(NotBegun::NotResendable(_))));
    }
    // An exchange that cannot be asked does not show that it is absent.
    stage.exchange.fail("inside_transfer", Fault::before(Strike::Close));
    let lost = place(&engine, &transfer("11")).await.unwrap().order;
    stage.exchange.fail("withdraw_transfer/page", Fault::before(Strike::Close));
    assert!(matches!(resend(&engine, lost.id).await, Err(NotBegun::Unready(_))));
    assert_eq!((stage.executed(), stage.exchange.requests("inside_transfer")), (1, 2));
}

#[tokio::test]
async fn transfer_listed_once_or_not_deniable_does_not_go_again() {
    for is_own in [true, false] {
        let stage = Stage::new().await;
        let engine = stage.engine();
        stage.exchange.fail("inside_transfer", Fault::before(Strike::Close));
        let lost = place(&engine, &transfer("10")).await.unwrap().order;
        let Request::Transfer(sent) = &lost.request else { panic!("no transfer") };
        let mut held = Record {
            amount: "10".parse().ok(),
            time: Some(lost.time),
            receiver: Some(sent.to.clone()),
            out_biz_id: Some(sent.out_biz_id.clone()),
            ..Record::bare(Kind::TransferOut, "77", "USDT")
        };
        if !is_own {
            held.out_biz_id = Some("another".into());
            let nothing = r#"{"code":"0","msg":"m","data":[],"success":true}"#;
            stage.exchange.fail_always("withdraw_transfer/page", Fault::before(Strike::Body(nothing.to_owned())));
        }
        let now = lost.time.plus(1_000);
        let keep = move |ledger: &mut Ledger| ledger.keep_records(Flow::Out, &[held], GapChange::Nothing, now);
        engine.with_ledger(keep).await.unwrap();
        let again = resend(&engine, lost.id).await;
        assert!(matches!(&again, Err(NotBegun::NotResendable(_))), "{again:?}");
        assert_eq!((stage.executed(), stage.exchange.requests("inside_transfer")), (0, 1));
        stage.hands.advance(LONG_MS);
        for _ in 0..5 {
            let reading = stage.engine().look(lost.id).await;
            match reading {
                Reading::Settled(order) if is_own => assert_eq!(accepted_id(&order), "77"),
                Reading::NotYet(0) if !is_own => {}
                other => panic!("{other:?}"),
            }
        }
    }
}

#[tokio::test]
async fn user_decides_what_is_open_and_nothing_that_is_certain() {
    let stage = Stage::new().await;
    let engine = stage.engine();
    stage.exchange.fail("withdraw", Fault::before(Strike::Close));
    let lost = place(&engine, &withdraw("20")).await.unwrap().order;
    let yes = |id: &str| Decision::Executed(Some(id.into()));
    assert_eq!(
        engine.decide(lost.id, Decision::Executed(None), "seen".into()).await,
        Err(NotDecided::IdNeeded),
        "a withdrawal has an id"
    );
    let order = engine.decide(lost.id, Decision::NotExecuted(Vec::new()), "not on the site".into()).await.unwrap();
    assert_eq!(order.outcome, Outcome::Dismissed);
    let timeline = engine.with_ledger(move |ledger| ledger.timeline(lost.id)).await.unwrap();
    assert_eq!(timeline.last().unwrap().2.as_ref().unwrap().raw(), "not on the site");
    // Not blocked any more; and what the exchange accepted cannot be talked away.
    let next = place(&engine, &withdraw("20")).await.unwrap().order;
    let end = engine.decide(next.id, Decision::NotExecuted(Vec::new()), "".into()).await;
    assert!(matches!(end, Err(NotDecided::Settled(order)) if order.outcome.word() == "accepted"));
    stage.exchange.fail("withdraw", Fault::before(Strike::Close));
    let third = place(&engine, &withdraw("21")).await.unwrap().order;
    let taken = accepted_id(&next).to_owned();
    assert_eq!(engine.decide(third.id, yes(&taken), "".into()).await, Err(NotDecided::Claimed));
    assert_eq!(engine.decide(third.id, yes("77"), "".into()).await, Err(NotDecided::NotFound("77".into())));
}

#[tokio::test]
async fn an_answer_that_names_an_older_record_is_not_believed() {
    let stage = Stage::new().await;
    let engine = stage.engine();
    let first = place(&engine, &withdraw("20")).await.unwrap().order;
    let id = accepted_id(&first).to_owned();
    let body = format!(r#"{{"code":"0","msg":"result.success","data":"{id}","success":true}}"#);
    stage.exchange.fail("withdraw", Fault::before(Strike::Body(body.clone())));
    let second = place(&engine, &withdraw("21")).await.unwrap().order;
    assert!(matches!(&second.outcome, Outcome::Unknown { why } if why.because == Because::ForeignId), "{second:?}");
    assert_eq!(stage.settled(second.id).await.outcome, Outcome::NoTrace);
    stage.exchange.fail("inside_transfer", Fault::before(Strike::Body(body)));
    let third = place(&stage.engine(), &transfer("10")).await.unwrap().order;
    assert!(matches!(&third.outcome, Outcome::Unknown { why } if why.because == Because::ForeignId), "{third:?}");
}

#[tokio::test]
async fn a_laptop_that_slept_two_hours_finds_the_end_of_what_it_sent() {
    for executed in [false, true] {
        let stage = Stage::new().await;
        stage.exchange.fail("withdraw", Fault { strike: Strike::Close, executed });
        let engine = stage.engine();
        let order = place(&engine, &withdraw("20")).await.unwrap().order;
        stage.hands.advance(2 * 3_600_000);
        let end = stage.settled(order.id).await;
        assert_eq!(end.outcome.word(), if executed { "accepted" } else { "no_trace" });
        // The same engine, whose clock is two hours off by now: the order carries the exchange's time all the same.
        let request = withdraw("30");
        let begun = place(&engine, &request).await.unwrap();
        assert_eq!(begun.order.outcome.word(), "accepted");
        let off = begun.order.time.since(stage.hands.now()).abs();
        assert!(off < 5_000, "{off} ms off");
    }
}

#[tokio::test]
async fn order_after_a_sleep_is_signed_with_the_time_just_read() {
    let stage = Stage::new().await;
    let engine = stage.engine();
    for (nth, request) in (1..).zip([transfer("10"), transfer("11"), withdraw("20"), moved("1")]) {
        // This machine's clock stood still meanwhile; the exchange refuses what is signed with another time (100008).
        stage.hands.advance(2 * 3_600_000);
        assert_eq!(place(&engine, &request).await.unwrap().order.outcome.word(), "accepted", "{request:?}");
        assert_eq!(stage.executed(), nth, "once");
    }
}

#[tokio::test]
async fn cancel_hours_late_is_stopped_by_the_read_before_it() {
    let stage = Stage::new().await;
    let engine = stage.engine();
    let paid = accepted_id(&place(&engine, &transfer("10")).await.unwrap().order).to_owned();
    // This machine's clock stood still meanwhile: the read tells the time, and that there is nothing left to take back.
    stage.hands.advance(2 * 3_600_000);
    let end = place(&engine, &Request::CancelTransfer(paid.as_str().into())).await;
    assert!(matches!(end, Err(NotBegun::Faults(_))), "{end:?}");
    assert_eq!(stage.exchange.requests("inside_transfer/cancel"), 0);
}

#[tokio::test]
async fn transfer_paid_elsewhere_is_seen_just_before_it_is_sent() {
    let stage = Stage::new().await;
    let paid = place(&stage.engine(), &transfer("10")).await.unwrap().order;
    // Another ledger, as another program has it.
    let dir = tempfile::tempdir().unwrap();
    let ledger = Ledger::open(&dir.path().join("other.sqlite")).unwrap();
    let client = stage.client_of(&stage.exchange.base_url(), std::time::Duration::from_secs(10));
    let other = Orders::new(client, ledger).with_retry_policy(retry_policy());
    let held = place(&other, &transfer("10")).await;
    let id = UntrustedText::from(accepted_id(&paid));
    assert_eq!(wanted(&held), [DuplicateOf::Record(id.clone())], "{held:?}");
    assert_eq!(stage.executed(), 1);
    let meant = [DuplicateOf::Record(id)];
    assert!(place_despite(&other, &transfer("10"), AskedBy::Screen, meant).await.is_ok());
    assert_eq!(stage.executed(), 2);
}

#[tokio::test]
async fn lost_move_is_told_from_a_transfer_of_as_much() {
    let stage = Stage::new().await;
    stage.exchange.fail("funds_transfer", Fault::before(Strike::Close));
    let lost = place(&stage.engine(), &moved("10")).await.unwrap().order;
    // By chance just as much leaves the spot side in another way.
    assert_eq!(place(&stage.engine(), &transfer("10")).await.unwrap().order.outcome.word(), "accepted");
    assert_ne!(stage.settled(lost.id).await.outcome, Outcome::NotExecuted, "it needs the word to go again");
}

#[tokio::test]
async fn unsettled_order_blocks_behind_one_that_was_given_up() {
    let stage = Stage::new().await;
    let fail = || stage.exchange.fail("inside_transfer", Fault::before(Strike::Close));
    fail();
    let first = place(&stage.engine(), &transfer("10")).await.unwrap().order;
    assert_eq!(stage.settled(first.id).await.outcome, Outcome::NoTrace);
    fail();
    assert!(resend(&stage.engine(), first.id).await.unwrap().order.outcome.is_unsettled());
    let again = async || place_despite(&stage.engine(), &transfer("10"), AskedBy::Screen, [of_order(first.id)]).await;
    let end = again().await;
    assert!(matches!(&end, Err(NotBegun::SameUnsettled(same)) if same.id == first.id), "{end:?}");
    assert_eq!(stage.settled(first.id).await.outcome, Outcome::NoTrace);
    let second = again().await.unwrap().order;
    assert_eq!(second.outcome.word(), "accepted");
    let end = resend(&stage.engine(), first.id).await;
    assert!(matches!(&end, Err(NotBegun::NotResendable(_))), "paid by the second: {end:?}");
    assert_eq!(stage.executed(), 1);
}
