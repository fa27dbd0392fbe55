//! What goes out, against the published vectors and by the byte.

use super::*;
use crate::exchange::sign::{Signable, sign};
use secrecy::SecretString;
use serde_json::Value;

fn amount(text: &str) -> Amount {
    text.parse().unwrap()
}

fn said(body: Result<Vec<u8>, Cause>) -> String {
    String::from_utf8(body.unwrap()).unwrap()
}

/// Asserts that a body, signed with a vector's nonce and time, has that vector's signature.
fn assert_signs_as(id: &str, body: &[u8]) {
    let all: Value = serde_json::from_str(include_str!("../../../../tests/signing-vectors.json")).unwrap();
    let vector = all["rest"].as_array().unwrap().iter().find(|v| v["id"] == id).unwrap();
    let what = Signable {
        nonce: vector["nonce"].as_str().unwrap(),
        timestamp: vector["timestamp"].as_str().unwrap(),
        api_key: all["apiKey"].as_str().unwrap(),
        query: "",
        body,
    };
    let secret = SecretString::from(all["secret"].as_str().unwrap().to_owned());
    assert_eq!(sign(what, &secret), vector["sign"].as_str().unwrap(), "{id}: {}", String::from_utf8_lossy(body));
}

#[derive(Serialize)]
struct WithdrawWithText<'a> {
    coin: &'a str,
    network: &'a str,
    address: &'a str,
    amount: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TransferWithText<'a> {
    coin: &'a str,
    amount: &'a str,
    to_type: &'a str,
    to_email: &'a str,
    remark: &'a str,
}

#[test]
fn bodies_meet_the_published_signatures() {
    // The vectors of withdraw and transfer hold the amount as text; the writer is the same.
    let address = "TExampleAddress0000000000000000001";
    let v3u = WithdrawWithText { coin: "TRX", network: "Tron (TRC-20)", address, amount: "20.5" };
    assert_signs_as("V3u", &body(&v3u).unwrap());
    let v4b = TransferWithText {
        coin: "USDT",
        amount: "10",
        to_type: "email",
        to_email: "user@example.com",
        remark: "оплата 測試 ✓",
    };
    // That vector keeps its spaces; ours are escaped, and nothing else differs.
    let spaced = said(body(&v4b)).replace("\\u0020", " ");
    assert_signs_as("V4b", spaced.as_bytes());
    let v6 = OutgoingFilter { id: Some("1909877667383767042".into()), limit: Some(10), ..OutgoingFilter::default() };
    assert_signs_as("V6", &outgoing_page(&v6).unwrap());
    let v7 = MoveRequest { direction: MoveDirection::SpotToFutures, coin: "USDT".into(), amount: amount("100.01") };
    assert_signs_as("V7", &move_funds(&v7).unwrap());
}

#[test]
fn a_withdrawal_holds_exactly_what_was_meant() {
    let mut request = WithdrawRequest {
        coin: "TRX".into(),
        network: "Tron (TRC-20)".into(),
        address: "T1".into(),
        memo: None,
        gross: amount("20.50"),
    };
    let plain = r#"{"coin":"TRX","network":"Tron\u0020(TRC-20)","address":"T1","amount":20.50}"#;
    assert_eq!(said(withdraw(&request)), plain);
    request.memo = Some(UntrustedText::default());
    assert_eq!(said(withdraw(&request)), plain);
    request.memo = Some("a \"b\"\\\n😀\u{7f}".into());
    request.gross = amount("1e-18");
    assert_eq!(
        said(withdraw(&request)),
        r#"{"coin":"TRX","network":"Tron\u0020(TRC-20)","address":"T1","amount":0.000000000000000001,"memo":"a\u0020\"b\"\\\n\ud83d\ude00\u007f"}"#
    );
    assert_eq!(said(cancel_withdrawal(&"190".into())), r#"{"withdrawId":"190"}"#);
    assert_eq!(said(cancel_transfer(&"191".into())), r#"{"insideTransferId":"191"}"#);
}

#[test]
fn amounts_go_out_as_numbers_in_plain_notation_with_every_digit() {
    for text in ["123456789012.123456789012345678", "0.10", "99999999999999999999999999999999999999", "1.5e3"] {
        let request = MoveRequest { direction: MoveDirection::FuturesToSpot, coin: "A".into(), amount: amount(text) };
        let plain = amount(text).to_string();
        assert_eq!(said(move_funds(&request)), format!(r#"{{"type":"futures_spot","coin":"A","amount":{plain}}}"#));
    }
}

fn transfer_to(to: Receiver) -> TransferRequest {
    TransferRequest { out_biz_id: "ab12".into(), coin: "USDT".into(), amount: amount("10"), to, remark: None }
}

#[test]
fn a_transfer_names_its_receiver_in_one_of_three_ways() {
    let mut by_uid = transfer_to(Receiver::Uid("98765432109876543210".into()));
    by_uid.remark = Some("thank you".into());
    assert_eq!(
        said(transfer(&by_uid)),
        r#"{"outBizId":"ab12","coin":"USDT","amount":10,"toType":"uid","toUid":98765432109876543210,"remark":"thank\u0020you"}"#
    );
    let by_phone = transfer_to(Receiver::Phone { country_code: "+44".into(), number: "020".into() });
    assert_eq!(
        said(transfer(&by_phone)),
        r#"{"outBizId":"ab12","coin":"USDT","amount":10,"toType":"phone","toPhoneCountryCode":"+44","toPhoneNumber":"020"}"#
    );
    let by_email = transfer_to(Receiver::Email("a@b.c".into()));
    assert_eq!(
        said(transfer(&by_email)),
        r#"{"outBizId":"ab12","coin":"USDT","amount":10,"toType":"email","toEmail":"a@b.c"}"#
    );
}

#[test]
fn a_user_id_that_is_not_made_of_digits_is_never_sent() {
    for uid in ["", "12a", "-5", "1.5", "1e3", "007", " 7", "７"] {
        let made = transfer(&transfer_to(Receiver::Uid(uid.into())));
        assert!(matches!(made, Err(Cause::NotSent { obstacle: Obstacle::Other, .. })), "{uid:?}: {made:?}");
    }
}

#[test]
fn history_filters_leave_out_what_is_empty_and_never_the_limit() {
    assert_eq!(said(outgoing_page(&OutgoingFilter::default())), r#"{"limit":100}"#);
    assert_eq!(said(incoming_page(&IncomingFilter::default())), r#"{"limit":100}"#);
    let all = OutgoingFilter {
        id: Some("1".into()),
        out_biz_id: Some("o".into()),
        coin: Some("TRX".into()),
        txid: Some("0x1".into()),
        kind: Some(Kind::TransferOut),
        start: Some(Millis(1)),
        end: Some(Millis(2)),
        remark: Some("a b".into()),
        limit: Some(7),
    };
    assert_eq!(
        said(outgoing_page(&all)),
        r#"{"id":"1","outBizId":"o","coin":"TRX","transactionHash":"0x1","type":"inside_transfer_out","startTime":1,"endTime":2,"remark":"a\u0020b","limit":7}"#
    );
    let all = IncomingFilter {
        id: Some("1".into()),
        coin: Some(UntrustedText::default()),
        txid: Some("0x1".into()),
        kind: Some(Kind::Deposit),
        start: Some(Millis(1)),
        end: Some(Millis(2)),
        limit: Some(1000),
    };
    assert_eq!(
        said(incoming_page(&all)),
        r#"{"id":"1","transactionHash":"0x1","type":"deposit","startTime":1,"endTime":2,"limit":100}"#
    );
    // A kind of the other side asks for everything; a limit of zero for one row.
    let other = OutgoingFilter { kind: Some(Kind::Deposit), limit: Some(0), ..OutgoingFilter::default() };
    assert_eq!(said(outgoing_page(&other)), r#"{"limit":1}"#);
}

#[test]
fn the_market_of_a_coin_is_priced_in_usdt() {
    assert_eq!(market(&"BTC".into()), ("symbol", String::from("BTCUSDT")));
    assert_eq!(
        said(deposit_address(&"TRX".into(), &"Tron (TRC-20)".into())),
        r#"{"coin":"TRX","network":"Tron\u0020(TRC-20)"}"#
    );
}

proptest::proptest! {
    /// Whatever a text holds, the body is ASCII without a space and reads back as that text.
    #[test]
    fn no_space_and_nothing_beyond_ascii_leaves(coin in "\\PC{0,30}", network: String) {
        let made = deposit_address(&coin.as_str().into(), &network.as_str().into()).unwrap();
        proptest::prop_assert!(made.iter().all(u8::is_ascii_graphic));
        let back: Value = serde_json::from_slice(&made).unwrap();
        proptest::prop_assert_eq!(back["coin"].as_str(), Some(coin.as_str()));
        proptest::prop_assert_eq!(back["network"].as_str(), Some(network.as_str()));
    }
}
