//! What the engine itself reads and knows of addresses and amounts, whatever screen or command did.

use wallet_tui::domain::address_book::Draft;
use wallet_tui::domain::preflight::Snapshot;
use wallet_tui::domain::rules::{AmountReason, Fault};
use wallet_tui::domain::{
    AskedBy, Confirmation, Consent, Kind, OutgoingFilter, Record, Request, Status, WithdrawRequest,
};
use wallet_tui::engine::orders::NotBegun;
use wallet_tui::simulator::users::SAMPLE_ADDRESS;
use wallet_tui::simulator::{Fault as Failure, Strike};

use crate::stage::{Stage, consent, known, withdraw};

fn to(address: &str, gross: &str) -> Request {
    let Request::Withdraw(usual) = withdraw(gross) else { unreachable!() };
    Request::Withdraw(WithdrawRequest { address: address.into(), ..usual })
}

#[tokio::test]
async fn an_own_deposit_address_is_not_paid() {
    let stage = Stage::new().await;
    let engine = stage.engine();
    let own = engine.client().deposit_addresses(&"TRX".into(), &"Tron (TRC-20)".into()).await.unwrap();
    let request = to(own[0].address.raw(), "5");
    let end = engine.place(consent(&request, []), known(), AskedBy::Command).await;
    let Err(NotBegun::Faults(faults)) = &end else { panic!("{end:?}") };
    assert!(matches!(faults[0].fault, Fault::OwnAddress { .. }), "{faults:?}");
    assert_eq!(stage.executed(), 0);
    // It is remembered: another instance knows it without asking.
    let remembered = stage.engine().with_ledger(|ledger| ledger.own_addresses()).await.unwrap();
    assert!(remembered.contains(&own[0]), "{remembered:?}");
    stage.exchange.fail("deposit/address", Failure::before(Strike::Close));
    let end = stage.engine().place(consent(&request, []), known(), AskedBy::Command).await;
    assert!(matches!(end, Err(NotBegun::Faults(_))), "{end:?}");
    assert_eq!(stage.executed(), 0);
}

#[tokio::test]
async fn a_new_address_waits_until_the_own_one_can_be_read() {
    let stage = Stage::new().await;
    let broken = Failure::before(Strike::Close);
    stage.exchange.fail("deposit/address", broken);
    let end = stage.engine().place(consent(&withdraw("5"), []), known(), AskedBy::Command).await;
    assert!(matches!(end, Err(NotBegun::Unready(_))), "{end:?}");
    assert_eq!(stage.executed(), 0);
    stage.exchange.clear_faults();
    assert!(stage.engine().place(consent(&withdraw("5"), []), known(), AskedBy::Command).await.is_ok());
    assert_eq!(stage.executed(), 1);
}

/// What is known with a payment that was made before.
async fn with_payment(stage: &Stage, to: &str) -> Snapshot {
    let records = stage.engine().client().outgoing(&OutgoingFilter::default()).await.unwrap();
    let paid = records.into_iter().find(|r| r.key.kind == Kind::Withdrawal && r.coin.raw() == "TRX").unwrap();
    let mut draft = Draft::default();
    draft.add(&Record { status: Status::Success, address: Some(to.into()), memo: None, ..paid });
    Snapshot { book: draft.done(), ..known() }
}

#[tokio::test]
async fn an_unusual_amount_needs_its_confirmation() {
    let stage = Stage::new().await;
    let known = with_payment(&stage, SAMPLE_ADDRESS).await;
    let request = withdraw("999999");
    let end = stage.engine().place(consent(&request, []), known.clone(), AskedBy::Command).await;
    let Err(NotBegun::Unconfirmed(wanted)) = &end else { panic!("{end:?}") };
    assert!(matches!(wanted[..], [Confirmation::Amount(AmountReason::FarAbove { .. })]), "{wanted:?}");
    assert_eq!(stage.executed(), 0);
    let given = wanted.iter().cloned().chain(consent(&request, []).given).collect();
    let end = stage.engine().place(Consent { request, given }, known, AskedBy::Command).await;
    assert!(end.is_ok(), "{end:?}");
}

#[tokio::test]
async fn a_look_alike_needs_its_middle_typed() {
    let stage = Stage::new().await;
    let known = with_payment(&stage, "TEeCinMVq46vfGb1bFKpC8mKEvWUpUTRYv").await;
    let alike = to("TEeCinMVq46vfE4yJax3u8m7SKNPcBXDEP", "5");
    let end = stage.engine().place(consent(&alike, []), known, AskedBy::Command).await;
    let Err(NotBegun::Unconfirmed(wanted)) = &end else { panic!("{end:?}") };
    assert!(matches!(wanted[..], [Confirmation::Middle { .. }]), "{wanted:?}");
    assert_eq!(stage.executed(), 0);
}
