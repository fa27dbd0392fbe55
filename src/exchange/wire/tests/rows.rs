//! The rows: the account, ids of orders, records, coins, rates and prices.

use super::*;

#[test]
fn balances_keep_every_digit_and_never_turn_missing_into_zero() {
    let body = ok(r#"[
        {"coin":"USDT","balance":10000.00,"balanceLocked":0E-18},
        {"coin":"SHIB","balance":"123456789012.123456789012345678","balanceLocked":1e-18,"new":{}},
        {"coin":"BTC","balance":null},
        {"coin":"ETH","balance":12345678901234567890.123456789,"balanceLocked":1E5}
    ]"#);
    let all = read(&body, balances).unwrap().unwrap();
    let shown: Vec<_> = all
        .iter()
        .map(|b| format!("{} {:?} {:?}", b.coin, b.available.map(|a| a.to_string()), b.in_use.map(|a| a.to_string())))
        .collect();
    assert_eq!(
        shown,
        [
            r#"USDT Some("10000.00") Some("0.000000000000000000")"#,
            r#"SHIB Some("123456789012.123456789012345678") Some("0.000000000000000001")"#,
            "BTC None None",
            r#"ETH Some("12345678901234567890.123456789") Some("100000")"#,
        ]
    );
}

#[test]
fn what_is_not_a_number_is_refused_and_never_guessed() {
    for wrong in [
        "\"NaN\"",
        "\"Infinity\"",
        "\"+1\"",
        "\"01\"",
        "\"1,000.5\"",
        "\" 1 \"",
        "\"１\"",
        "\"١\"",
        "1e400",
        "\"1e400\"",
        "true",
        "[]",
        "{}",
        "\"0x10\"",
        "\"1_000\"",
        "1234567890123456789012345678901234567890.5",
    ] {
        let body = ok(&format!(r#"[{{"coin":"A","balance":{wrong}}}]"#));
        assert_eq!(unreadable_at(read(&body, balances)), "data[0].balance", "{wrong}");
    }
}

#[test]
fn the_user_id_may_be_a_number_a_text_null_or_nothing() {
    for (data, uid) in [
        (r#"{"uid":681979174}"#, Some(text("681979174"))),
        (r#"{"uid":"681979174"}"#, Some(text("681979174"))),
        (r#"{"uid":null}"#, None),
        (r#"{"uid":""}"#, None),
        ("{}", None),
        ("null", None),
    ] {
        assert_eq!(read(&ok(data), user_info).unwrap().uid, uid, "{data}");
    }
}

#[test]
fn deposit_address_keeps_its_memo_and_names_coin_and_network() {
    let body = ok(r#"[{"coin":"XRP","network":"XRP","address":"rA","memo":12345},
        {"coin":"XRP","network":"XRP","address":"rB","memo":null},{"coin":"XRP","network":"XRP","address":"rC","memo":""}]"#);
    let memos: Vec<_> = read(&body, deposit_addresses).unwrap().into_iter().map(|a| a.memo).collect();
    assert_eq!(memos, [Some(text("12345")), None, None]);
    for (row, path) in [
        (r#"{"coin":"A","network":"N","address":""}"#, "data[0].address"),
        (r#"{"coin":"A","network":null,"address":"x"}"#, "data[0].network"),
        (r#"{"network":"N","address":"x"}"#, "data[0]"),
    ] {
        assert_eq!(unreadable_at(read(&ok(&format!("[{row}]")), deposit_addresses)), path, "{row}");
    }
}

// ---- ids of orders

#[test]
fn an_orders_id_comes_bare_or_in_an_object_as_text_or_number() {
    for (data, id) in [
        (r#""1909877667383767042""#, "1909877667383767042"),
        ("1909877667383767042", "1909877667383767042"),
        ("98765432109876543210987", "98765432109876543210987"),
        (r#"{"withdrawId":"12"}"#, "12"),
        (r#"{"withdrawId":18446744073709551616}"#, "18446744073709551616"),
        (r#"{"insideTransferId":"13","x":1}"#, "13"),
        (r#"{"transferId":14}"#, "14"),
        (r#""007aB""#, "007aB"),
    ] {
        assert_eq!(read(&ok(data), order_id), Ok(id.into()), "{data}");
    }
}

#[test]
fn success_without_an_id_is_said_as_such() {
    for data in
        ["null", r#""""#, r#"" ""#, "{}", r#"{"withdrawId":null}"#, r#"{"withdrawId":""}"#, r#"{"placeCode":"10034"}"#]
            .into_iter()
            .chain([r#""null""#, r#""false""#, "0", r#""error: rejected 7""#, r#"{"withdrawId":"0"}"#])
    {
        assert_eq!(read(&ok(data), order_id), Err(Cause::NoId), "{data}");
    }
    assert_eq!(read(r#"{"code":"0"}"#, order_id), Err(Cause::NoId));
    for data in ["true", "1.5", "1e18", "-3", "[]", r#"{"withdrawId":1.0}"#, r#"{"withdrawId":{"id":1}}"#] {
        assert!(matches!(read(&ok(data), order_id), Err(Cause::Unreadable { .. })), "{data}");
    }
}

// ---- records

/// The document's own sample of the outgoing history.
#[test]
fn the_documents_withdrawal_reads_in_full() {
    let record = out_row(
        r#""id":"1909877667383767042","outBizId":"123456789","type":"withdraw","coin":"TRX","network":"Tron (TRC-20)",
        "amount":"19.00000000000000000000","feeCoin":null,"fee":null,"address":"TJmW","memo":null,"transactionHash":null,
        "toType":null,"toUid":null,"toPhoneCountryCode":null,"toPhoneNumber":null,"toEmail":null,"remark":null,
        "status":"pending","ctime":1744185294000"#,
    );
    assert_eq!(record.key.kind, Kind::Withdrawal);
    assert_eq!(record.key.id.raw(), "1909877667383767042");
    assert_eq!(record.amount.unwrap().to_string(), "19.00000000000000000000");
    assert_eq!((record.fee, record.fee_coin, record.memo, record.txid, record.remark), (None, None, None, None, None));
    assert_eq!((record.address, record.network), (Some(text("TJmW")), Some(text("Tron (TRC-20)"))));
    assert_eq!((record.status, record.time), (Status::Pending, Some(Millis(1_744_185_294_000))));
    assert_eq!((record.out_biz_id, record.receiver, record.from_address), (Some(text("123456789")), None, None));
}

#[test]
fn ids_beyond_every_integer_keep_their_digits() {
    for (token, id) in [
        ("9007199254740993", "9007199254740993"),
        ("18446744073709551617", "18446744073709551617"),
        ("\"00123\"", "00123"),
        ("\"aBcD\"", "aBcD"),
        ("487067", "487067"),
    ] {
        let body = ok(&format!(r#"[{{"id":{token},"type":"deposit","coin":"A"}}]"#));
        assert_eq!(read(&body, incoming).unwrap()[0].key.id.raw(), id);
    }
    for wrong in ["1.9e18", "1909877667383767042.0", "-1", "null", "\"\"", "true", "{}"] {
        let body = ok(&format!(r#"[{{"id":{wrong},"coin":"A"}}]"#));
        assert_eq!(unreadable_at(read(&body, incoming)), "data[0].id", "{wrong}");
    }
    assert_eq!(unreadable_at(read(&ok(r#"[{"coin":"A"}]"#), incoming)), "data[0]");
    assert_eq!(unreadable_at(read(&ok(r#"[{"id":"1","coin":"A"},{"id":"1"}]"#), incoming)), "data[1]");
    assert_eq!(unreadable_at(read(&ok(r#"[{"id":"1","coin":null}]"#), incoming)), "data[0].coin");
}

#[test]
fn the_address_has_two_names() {
    assert_eq!(out_row(r#""id":"1","coin":"A","address":"x""#).address, Some(text("x")));
    assert_eq!(out_row(r#""id":"1","coin":"A","toAddress":"y""#).address, Some(text("y")));
    assert_eq!(out_row(r#""id":"1","coin":"A","toAddress":null,"address":"x""#).address, Some(text("x")));
    assert_eq!(out_row(r#""id":"1","coin":"A","toAddress":"","address":"x""#).address, Some(text("x")));
}

#[test]
fn unknown_words_stay_as_they_came() {
    for (fields, kind, status) in [
        (r#""type":"withdraw","status":"FROZEN_V2""#, Kind::Withdrawal, Status::Other("FROZEN_V2".into())),
        (r#""type":"inside_transfer_out","status":"verification""#, Kind::TransferOut, Status::Verification),
        (r#""type":"airdrop_out","status":"fail""#, Kind::OtherOut("airdrop_out".into()), Status::Fail),
        (r#""type":"deposit","status":"Success""#, Kind::OtherOut("deposit".into()), Status::Other("Success".into())),
        (
            r#""type":null,"status":null"#,
            Kind::OtherOut(UntrustedText::default()),
            Status::Other(UntrustedText::default()),
        ),
        (r#""type":"""#, Kind::OtherOut(UntrustedText::default()), Status::Other(UntrustedText::default())),
        (r#""status":7"#, Kind::Withdrawal, Status::Other("7".into())),
        (r#""status":"cancelled""#, Kind::Withdrawal, Status::Cancelled),
    ] {
        let record = out_row(&format!(r#""id":"1","coin":"A",{fields}"#));
        assert_eq!((record.key.kind, record.status), (kind, status), "{fields}");
    }
    let body = ok(r#"[{"id":1,"coin":"A","type":"inside_transfer_in","status":"success"},{"id":1,"coin":"A"},
        {"id":1,"coin":"A","type":"bonus"}]"#);
    let kinds: Vec<_> = read(&body, incoming).unwrap().into_iter().map(|r| r.key.kind).collect();
    assert_eq!(kinds, [Kind::TransferIn, Kind::Deposit, Kind::OtherIn("bonus".into())]);
}

#[test]
fn the_receiver_is_the_one_that_the_type_names() {
    let all = r#""toUid":681979174,"toPhoneCountryCode":"86","toPhoneNumber":"138","toEmail":"a@b.c""#;
    let receiver = |fields: &str| out_row(&format!(r#""id":"1","coin":"A",{fields}"#)).receiver;
    assert_eq!(receiver(&format!(r#""toType":"uid",{all}"#)), Some(Receiver::Uid("681979174".into())));
    assert_eq!(receiver(&format!(r#""toType":"email",{all}"#)), Some(Receiver::Email("a@b.c".into())));
    let phone = Receiver::Phone { country_code: "86".into(), number: "138".into() };
    assert_eq!(receiver(&format!(r#""toType":"phone",{all}"#)), Some(phone));
    assert_eq!(receiver(&format!(r#""toType":null,{all}"#)), None, "three ways and no word: none is guessed");
    assert_eq!(receiver(r#""toUid":"5""#), Some(Receiver::Uid("5".into())));
    assert_eq!(receiver(r#""toType":"uid","toUid":null"#), None);
}

#[test]
fn times_and_empty_texts_are_none_when_nothing_is_there() {
    let record = out_row(r#""id":"1","coin":"A","ctime":null,"transactionHash":"","remark":"","memo":"","fee":"""#);
    assert_eq!((record.time, record.txid, record.remark, record.memo, record.fee), (None, None, None, None, None));
    assert_eq!(out_row(r#""id":"1","coin":"A","ctime":"1744185294000""#).time, Some(Millis(1_744_185_294_000)));
    assert_eq!(out_row(r#""id":"1","coin":"A","ctime":1.744185294E12"#).time, Some(Millis(1_744_185_294_000)));
    let body = ok(r#"[{"id":"1","coin":"A","ctime":"yesterday"}]"#);
    assert_eq!(unreadable_at(read(&body, outgoing)), "data[0].ctime");
}

// ---- coins, rates, prices

#[test]
fn the_documents_coin_reads_in_full() {
    let body = ok(r#"[{"name":"USDT","fullName":"Tether","logo":"https://x","track":"Metaverse","isOpen":1,"isHot":0,
        "depositOpen":1,"withdrawOpen":"0","withdrawMin":"0","withdrawMax":null,"networks":[
        {"network":"Tron (TRC-20)","chain":"TRON","contractAddress":"TR7","contractPrecision":6,"requireMemo":0,
         "depositConfirm":20,"addressRegular":".+","isOpen":1,"isShow":1,"depositOpen":true,"withdrawOpen":"1",
         "withdrawMin":"0.000001","withdrawMax":"3000000","depositMin":"0"},
        {"network":"B","contractAddress":"","contractPrecision":"18","requireMemo":"2","depositConfirm":"","isOpen":null,
         "withdrawOpen":2,"withdrawMin":"","withdrawMax":null},
        {"network":"C","requireMemo":1,"contractPrecision":null},{"network":"D","requireMemo":"3"},{"network":"E","requireMemo":null}]},
        {"name":"NEW","networks":null},{"name":"BARE"}]"#);
    let all = read(&body, coins).unwrap();
    let usdt = &all[0];
    assert_eq!((usdt.open, usdt.deposit_open, usdt.withdraw_open), (Some(true), Some(true), Some(false)));
    let [tron, b, c, d, e] = &usdt.networks[..] else { panic!() };
    assert_eq!((tron.precision, tron.confirmations, &tron.memo), (Some(6), Some(20), &MemoRule::None));
    assert_eq!((tron.deposit_open, tron.withdraw_open), (Some(true), Some(true)));
    assert_eq!((tron.withdraw_min, tron.withdraw_max), (Some(amount("0.000001")), Some(amount("3000000"))));
    assert_eq!(tron.deposit_min, Some(amount("0")), "zero is a rule, not the lack of one");
    assert_eq!((&b.contract, b.precision, &b.memo, b.confirmations), (&None, Some(18), &MemoRule::Required, None));
    assert_eq!((b.open, b.withdraw_open, b.withdraw_min, b.withdraw_max), (None, None, None, None));
    assert_eq!((&c.memo, &d.memo, &e.memo), (&MemoRule::Optional, &MemoRule::Unknown, &MemoRule::Unknown));
    assert!(all[1].networks.is_empty() && all[2].networks.is_empty());
}

#[test]
fn a_rule_that_cannot_be_read_is_an_error_with_its_place() {
    for (field, value) in [("withdrawMin", "\"abc\""), ("contractPrecision", "6.5"), ("contractPrecision", "-1")] {
        let body =
            ok(&format!(r#"[{{"name":"A","networks":[{{"network":"N"}},{{"network":"N","{field}":{value}}}]}}]"#));
        assert_eq!(unreadable_at(read(&body, coins)), format!("data[0].networks[1].{field}"));
    }
    let body = ok(r#"[{"name":"A","networks":[{"chain":"N"}]}]"#);
    assert_eq!(unreadable_at(read(&body, coins)), "data[0].networks[0]");
}

#[test]
fn rates_and_prices_are_exact_and_a_missing_one_is_left_out() {
    let body =
        ok(r#"[{"baseSymbol":"USD","quoteSymbol":"CNY","rate":"6.5"},{"baseSymbol":"A","quoteSymbol":"B","rate":null},
        {"baseSymbol":"C","quoteSymbol":"D","rate":1e-7}]"#);
    let all: Vec<_> = read(&body, rates).unwrap().iter().map(|r| format!("{}{} {}", r.base, r.quote, r.rate)).collect();
    assert_eq!(all, ["USDCNY 6.5", "CD 0.0000001"]);
    for (data, price) in [("\"60000.10\"", "60000.10"), ("60000.10", "60000.10"), ("1e-9", "0.000000001")] {
        assert_eq!(read(&ok(data), last_price).unwrap().to_string(), price);
    }
    for data in ["null", "\"\"", "{}", "[1]", "true", "\"n/a\""] {
        assert_eq!(unreadable_at(read(&ok(data), last_price)), "data", "{data}");
    }
}
