//! Every quirk of the answers (`reference.md §4`, `§9`) and every hostile form (`reliability.md §3`, J and D).

use super::*;
use crate::domain::{Amount, Balance, Coin, Kind, MemoRule, Millis, Partial, Rate, Receiver, Record, Status};

/// Each list as a whole or not at all; what is left of one with bad rows has tests of its own.
fn outgoing(data: &Data<'_>) -> Result<Vec<Record>, Cause> {
    super::outgoing(data)?.whole()
}

fn incoming(data: &Data<'_>) -> Result<Vec<Record>, Cause> {
    super::incoming(data)?.whole()
}

fn balances(data: &Data<'_>) -> Result<Option<Vec<Balance>>, Cause> {
    super::balances(data)?.map(Partial::whole).transpose()
}

fn coins(data: &Data<'_>) -> Result<Vec<Coin>, Cause> {
    super::coins(data)?.whole()
}

fn rates(data: &Data<'_>) -> Result<Vec<Rate>, Cause> {
    super::rates(data)?.whole()
}

fn ok(data: &str) -> String {
    format!(r#"{{"code":"0","msg":"result.success","data":{data},"success":true}}"#)
}

fn read<T>(body: &str, parse: impl Fn(&Data<'_>) -> Result<T, Cause>) -> Result<T, Cause> {
    open(Api::Spot, body.as_bytes()).and_then(|data| parse(&data))
}

fn amount(text: &str) -> Amount {
    text.parse().unwrap()
}

fn text(raw: &str) -> UntrustedText {
    raw.into()
}

/// One outgoing row with some fields replaced or added.
fn out_row(fields: &str) -> Record {
    let body = ok(&format!("[{{{fields}}}]"));
    read(&body, outgoing).unwrap_or_else(|why| panic!("{why:?} for {body}")).remove(0)
}

fn unreadable_at<T: fmt::Debug>(result: Result<T, Cause>) -> String {
    match result {
        Err(Cause::Unreadable { path, .. }) => path.raw().to_owned(),
        other => panic!("not unreadable: {other:?}"),
    }
}

fn is_not_the_api<T>(result: &Result<T, Cause>) -> bool {
    matches!(result, Err(Cause::NoAnswer { loss: Loss::NotTheApi, .. }))
}

// ---- the envelope

#[test]
fn success_is_code_zero_as_text_or_number() {
    for code in ["\"0\"", "0"] {
        assert_eq!(read(&format!(r#"{{"code":{code},"data":"7"}}"#), order_id), Ok("7".into()));
    }
    assert_eq!(read(" \r\n\t{\"data\":\"7\",\"new\":[1],\"code\":0} \n", order_id), Ok("7".into()));
}

#[test]
fn unknown_code_is_a_refusal_whatever_data_and_message_are() {
    for (body, refusal, code, msg) in [
        (r#"{"code":"110008","msg":"m","data":null}"#, Refusal::AddressNotSaved, "110008", "m"),
        (r#"{"code":100008,"msg":null,"data":[{"id":1}]}"#, Refusal::Clock, "100008", ""),
        (r#"{"code":"777","data":{"withdrawId":"1"}}"#, Refusal::Unlisted, "777", ""),
        (r#"{"code":-1,"msg":{"a":1}}"#, Refusal::Unlisted, "-1", r#"{"a":1}"#),
        (r#"{"code":"500","msg":"\u001b[2J"}"#, Refusal::System, "500", "\u{1b}[2J"),
    ] {
        let expected = Cause::Refused { refusal, code: code.into(), msg: msg.into() };
        assert_eq!(read(body, order_id), Err(expected), "{body}");
    }
}

#[test]
fn false_success_is_a_contradiction_a_missing_one_is_not() {
    for success in ["true", "null"] {
        assert_eq!(read(&format!(r#"{{"code":"0","data":"7","success":{success}}}"#), order_id), Ok("7".into()));
    }
    for success in ["false", "\"true\"", "0", "[]"] {
        let expected = Cause::Contradiction { code: "0".into(), msg: "m".into() };
        let body = format!(r#"{{"code":0,"msg":"m","data":"7","success":{success}}}"#);
        assert_eq!(read(&body, order_id), Err(expected), "{body}");
    }
}

#[test]
fn a_refusal_of_a_money_call_stands_alone() {
    let end = |body: &str| open_money(body.as_bytes()).err().unwrap();
    for data in ["null", "\"\"", " { } ", "[]", "false"] {
        let body = format!(r#"{{"code":"2","data":{data},"success":false}}"#);
        assert!(matches!(end(&body), Cause::Refused { refusal: Refusal::Parameter, .. }), "{body}");
    }
    for rest in [r#""data":"7""#, r#""data":7"#, r#""data":{"withdrawId":"7"}"#, r#""success":true"#, r#""success":1"#]
    {
        assert!(matches!(end(&format!(r#"{{"code":"2",{rest}}}"#)), Cause::Contradiction { .. }), "{rest}");
    }
}

#[test]
fn what_is_not_the_envelope_is_not_the_api() {
    let deep = "[".repeat(100_000);
    for body in [
        "",
        " ",
        "null",
        "[]",
        "0",
        "\"0\"",
        "<html>sign in</html>",
        "{",
        "{}",
        r#"{"code":"0""#,
        r#"{"code":null}"#,
        r#"{"msg":"ok","data":[]}"#,
        "\u{feff}{\"code\":0}",
        "{\"code\":0}\0",
        r#"{"code":0}{"code":0}"#,
        r#"{"code":0} trailing"#,
        r#"["0","m",null]"#,
        "{'code':0}",
        "{\"code\":0,\"data\":\"\u{0}\"}",
        &deep,
    ] {
        let result = read(body, outgoing);
        assert!(is_not_the_api(&result), "{result:?} for {body:.40}");
    }
    let utf16: Vec<u8> = "{\"code\":0}".encode_utf16().flat_map(u16::to_le_bytes).collect();
    for bytes in [&utf16[..], b"{\"code\":0,\"msg\":\"\xff\"}", b"\xff\xfe{", b"{\"code\":0,\"data\":\"\xc3\x28\"}"] {
        assert!(is_not_the_api(&open(Api::Spot, bytes)), "{bytes:?}");
    }
}

#[test]
fn a_code_that_is_neither_zero_nor_theirs_is_not_a_refusal() {
    // A refusal would say that nothing was executed.
    for code in ["\"00\"", "\"\"", "\"OK\"", "0.0", "-0", "0e5", "true", "[0]", "\" 0\"", "1e2", "\"１\""] {
        let body = format!(r#"{{"code":{code},"msg":"m","data":"7"}}"#);
        assert_eq!(unreadable_at(read(&body, order_id)), "code", "{body}");
    }
}

#[test]
fn duplicate_keys_are_refused_and_not_last_wins() {
    assert_eq!(unreadable_at(read(r#"{"code":"0","code":"1","data":"7"}"#, order_id)), "reply");
    assert_eq!(unreadable_at(read(r#"{"code":"0","data":"7","data":"8"}"#, order_id)), "reply");
    let twice = ok(r#"[{"id":"1","coin":"A","amount":"1","amount":"9"}]"#);
    assert_eq!(unreadable_at(read(&twice, outgoing)), "data[0]");
    let twice = ok(r#"[{"coin":"A","balance":1,"balance":9}]"#);
    assert_eq!(unreadable_at(read(&twice, balances)), "data[0]");
    let twice = ok(r#"{"withdrawId":"1","withdrawId":"2"}"#);
    assert_eq!(unreadable_at(read(&twice, order_id)), "data");
    let twice = ok(r#"[{"name":"A","networks":[{"network":"N","withdrawMin":"1","withdrawMin":"0"}]}]"#);
    assert_eq!(unreadable_at(read(&twice, coins)), "data[0].networks[0]");
    let twice = ok(r#"[{"id":"1","coin":"A","toAddress":"x","toAddress":"y"}]"#);
    assert_eq!(unreadable_at(read(&twice, outgoing)), "data[0]");
}

#[test]
fn deep_nesting_is_an_error_or_ignored_and_never_an_overflow() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(unreadable_at(read(&ok(&deep), outgoing)), "data[0]");
    assert!(read(&ok(&deep), order_id).is_err());
    assert!(read(&ok(&format!(r#"[{{"id":"1","coin":"A","amount":{deep}}}]"#)), outgoing).is_err());
    let objects = format!("{}1{}", r#"{"a":"#.repeat(100_000), "}".repeat(100_000));
    assert!(read(&ok(&objects), balances).is_err());
    assert!(read(&ok(&format!(r#"[{{"name":"A","networks":{objects}}}]"#)), coins).is_err());
    assert_eq!(out_row(&format!(r#""id":"1","coin":"A","later":{deep}"#)).coin, "A".into());
}

#[test]
fn an_error_names_the_place_and_the_byte() {
    let rows = r#"{"id":"1","coin":"A"},"#.repeat(3);
    let body = ok(&format!("[\n{rows}\n{{\"id\":\"1\",\"coin\":\"A\",\"amount\":\"1,5\"}}]"));
    let Err(Cause::Unreadable { path, detail }) = read(&body, outgoing) else { panic!() };
    assert_eq!(path.raw(), "data[3].amount");
    let at = body.find("\"1,5\"").unwrap();
    let byte: usize = detail.raw().rsplit_once("byte ").unwrap().1.parse().unwrap();
    assert!((at..at + 7).contains(&byte), "{detail:?} but the value is at {at}");
}

// ---- lists

#[test]
fn a_list_may_be_null_missing_an_array_or_a_single_object() {
    let row = r#"{"id":"1","coin":"A"}"#;
    assert_eq!(read(&ok("null"), outgoing), Ok(vec![]));
    assert_eq!(read(r#"{"code":0}"#, incoming), Ok(vec![]));
    assert_eq!(read(&ok("[]"), incoming), Ok(vec![]));
    assert_eq!(read(&ok(row), outgoing).unwrap().len(), 1);
    assert_eq!(read(&ok(&format!("[{row},{row}]")), outgoing).unwrap().len(), 2);
    assert_eq!(read(&ok("null"), balances), Ok(None));
    assert_eq!(read(&ok("[]"), balances), Ok(Some(vec![])));
    for wrong in ["\"\"", "5", "true", "\"[]\"", "[null]", "[[]]", "[5]", "[\"a\"]", "{}"] {
        assert!(matches!(read(&ok(wrong), outgoing), Err(Cause::Unreadable { .. })), "{wrong}");
        assert!(matches!(read(&ok(wrong), balances), Err(Cause::Unreadable { .. })), "{wrong}");
    }
}

#[test]
fn an_array_in_place_of_an_object_is_refused() {
    assert_eq!(unreadable_at(read(&ok(r#"[["BTC",1,2]]"#), balances)), "data[0]");
    assert_eq!(unreadable_at(read(&ok(r#"[[1,"deposit","BTC"]]"#), incoming)), "data[0]");
    assert_eq!(unreadable_at(read(&ok(r#"[{"name":"A","networks":[["N"]]}]"#), coins)), "data[0].networks[0]");
    assert!(read(&ok(r#"["1"]"#), order_id).is_err());
    assert!(read(&ok("[7]"), user_info).is_err());
    assert!(read(&ok("7"), user_info).is_err());
}

// ---- one bad row among good ones

#[test]
fn one_bad_row_is_left_out_and_named_and_the_others_stand() {
    let body = ok(r#"[{"id":"1","coin":"A","amount":"1"},{"id":"2","coin":"A","amount":"1,5","ctime":1744185294000},
        {"id":"3","coin":"A","amount":"2","amount":"9"},7,{"id":"4","id":"5","coin":"A"},{"id":"6","coin":"A"}]"#);
    let read = read(&body, super::outgoing).unwrap();
    assert_eq!(read.found.iter().map(|r| r.key.id.raw()).collect::<Vec<_>>(), ["1", "6"]);
    let named: Vec<_> =
        read.left_out.iter().map(|row| (row.path.raw(), row.name.as_ref().map(UntrustedText::raw))).collect();
    let expected = [("data[1].amount", Some("2")), ("data[2]", Some("3")), ("data[3]", None), ("data[4]", None)];
    assert_eq!(named, expected);
    assert_eq!(read.left_out[0].time, Some(Millis(1_744_185_294_000)));
    assert!(read.left_out[0].detail.raw().contains("1,5"), "{read:?}");
    let at = body.find("\"1,5\"").unwrap();
    let byte: usize = read.left_out[0].detail.raw().rsplit_once("byte ").unwrap().1.parse().unwrap();
    assert!((at..at + 7).contains(&byte));
}

#[test]
fn a_bad_balance_or_rate_is_named_by_its_coin_or_pair() {
    let body = ok(r#"[{"coin":"A","balance":"x"},{"coin":"B","balance":"1"}]"#);
    let left = read(&body, super::balances).unwrap().unwrap();
    assert_eq!((left.found.len(), left.left_out[0].name.as_ref().map(UntrustedText::raw)), (1, Some("A")));
    let body = ok(
        r#"[{"baseSymbol":"USD","quoteSymbol":"CNY","rate":"six"},{"baseSymbol":"USDT","quoteSymbol":"USD","rate":1}]"#,
    );
    let left = read(&body, super::rates).unwrap();
    assert_eq!((left.found.len(), left.left_out[0].name.as_ref().map(UntrustedText::raw)), (1, Some("USD/CNY")));
    // Where nothing can be read, the answer as a whole was not understood.
    assert!(read(&ok(r#"[{"coin":"A","balance":"x"}]"#), super::balances).is_err());
    assert!(read(&ok(r#"[{"baseSymbol":"A","quoteSymbol":"B","rate":"x"}]"#), super::rates).is_err());
}

#[test]
fn an_unreadable_rule_closes_its_coin_or_network_and_no_other() {
    let body = ok(r#"[
        {"name":"A","withdrawOpen":1,"networks":[{"network":"N","withdrawMin":"1,5","isOpen":1,"withdrawOpen":1},
            {"network":"M","isOpen":1,"withdrawOpen":1},{"network":"O","network":"P"},[]]},
        {"name":"B","withdrawOpen":{},"networks":[{"network":"N"}]},
        {"name":"C","name":"D"},{"name":"E","withdrawOpen":1,"networks":null}]"#);
    let read = read(&body, super::coins).unwrap();
    let coins: Vec<_> = read.found.iter().map(|c| (c.name.raw(), c.fault.is_some(), c.networks.len())).collect();
    assert_eq!(coins, [("A", false, 2), ("B", true, 0), ("E", false, 0)]);
    let (bad, good) = (&read.found[0].networks[0], &read.found[0].networks[1]);
    assert!(bad.fault.as_ref().unwrap().raw().starts_with("data[0].networks[0].withdrawMin: "), "{bad:?}");
    assert_eq!((bad.open, bad.withdraw_open, good.open, &good.fault), (Some(false), Some(false), Some(true), &None));
    let named: Vec<_> = read.left_out.iter().map(|row| row.name.as_ref().map_or("", UntrustedText::raw)).collect();
    assert_eq!(named, ["A · N", "A", "A", "B", ""]);
}

#[test]
fn two_addresses_of_one_record_that_differ_are_both_kept() {
    let row = |fields: &str| out_row(&format!(r#""id":"1","coin":"A",{fields}"#));
    let two = row(r#""toAddress":"x","address":"y""#);
    assert_eq!((two.address, two.also_address), (Some(text("x")), Some(text("y"))));
    assert_eq!(row(r#""toAddress":"x","address":"x""#).also_address, None);
    assert_eq!(row(r#""toAddress":"0xAb","address":"0xaB""#).also_address, None);
    assert_eq!(row(r#""toAddress":null,"address":"y""#).also_address, None);
}

// ---- the account

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

// ---- anything at all

fn every_parser(body: &[u8]) {
    type Parser = fn(&Data<'_>) -> bool;
    let parsers: [Parser; 10] = [
        |d| balances(d).is_ok(),
        |d| user_info(d).is_ok(),
        |d| order_id(d).is_ok(),
        |d| outgoing(d).is_ok(),
        |d| incoming(d).is_ok(),
        |d| deposit_addresses(d).is_ok(),
        |d| coins(d).is_ok(),
        |d| rates(d).is_ok(),
        |d| last_price(d).is_ok(),
        |d| futures_balance(d, &text("USDT")).is_ok(),
    ];
    for parser in parsers {
        for api in [Api::Spot, Api::Futures] {
            if let Ok(data) = open(api, body) {
                parser(&data);
            }
        }
    }
}

const SAMPLE: &str = r#"{"code":"0","msg":"Success","data":[{"id":1909877667383767042,"type":"deposit","coin":"TRX",
"network":"Tron (TRC-20)","amount":"10.00000000","fee":1e-3,"status":"pending","ctime":1744185294000,"memo":null}]}"#;

#[test]
fn a_reply_cut_at_any_byte_is_never_taken_for_whole() {
    for cut in 0..SAMPLE.len() {
        assert!(is_not_the_api(&open(Api::Spot, &SAMPLE.as_bytes()[..cut])), "cut at {cut}");
    }
    assert!(open(Api::Spot, SAMPLE.as_bytes()).is_ok());
}

proptest::proptest! {
    #[test]
    fn no_bytes_panic_the_parsers(bytes: Vec<u8>) {
        every_parser(&bytes);
        let mut inside = b"{\"code\":0,\"data\":".to_vec();
        inside.extend(&bytes);
        inside.push(b'}');
        every_parser(&inside);
    }

    #[test]
    fn no_damage_to_a_real_reply_panics_the_parsers(at in 0..SAMPLE.len(), byte: u8, cut in 0..40_usize) {
        let mut bytes = SAMPLE.as_bytes().to_vec();
        bytes[at] = byte;
        every_parser(&bytes);
        bytes.drain(at..(at + cut).min(bytes.len()));
        every_parser(&bytes);
    }

    #[test]
    fn no_value_panics_the_parsers(value in json(), key in "id|coin|amount|uid|networks|rate|withdrawId|ctime|data|code") {
        every_parser(format!(r#"{{"code":0,"data":{value}}}"#).as_bytes());
        every_parser(format!(r#"{{"code":0,"data":[{{"{key}":{value}}}]}}"#).as_bytes());
        every_parser(format!(r#"{{"code":{value},"msg":{value}}}"#).as_bytes());
    }
}

fn json() -> impl proptest::strategy::Strategy<Value = String> {
    use proptest::prelude::*;
    let leaf = prop_oneof![
        Just(String::from("null")),
        any::<bool>().prop_map(|b| b.to_string()),
        "-?(0|[1-9][0-9]{0,30})(\\.[0-9]{1,30})?([eE][+-]?[0-9]{1,4})?",
        any::<String>().prop_map(|s| serde_json::to_string(&s).unwrap()),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(|all| format!("[{}]", all.join(","))),
            proptest::collection::vec(("id|coin|type|withdrawId|x", inner), 0..4).prop_map(|all| {
                let fields: Vec<_> = all.iter().map(|(k, v)| format!("\"{k}\":{v}")).collect();
                format!("{{{}}}", fields.join(","))
            }),
        ]
    })
}
