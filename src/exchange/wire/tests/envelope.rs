//! The envelope, lists, and one bad row among good ones.

use super::*;
use crate::exchange::wire;

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
    let read = read(&body, wire::outgoing).unwrap();
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
    let left = read(&body, wire::balances).unwrap().unwrap();
    assert_eq!((left.found.len(), left.left_out[0].name.as_ref().map(UntrustedText::raw)), (1, Some("A")));
    let body = ok(
        r#"[{"baseSymbol":"USD","quoteSymbol":"CNY","rate":"six"},{"baseSymbol":"USDT","quoteSymbol":"USD","rate":1}]"#,
    );
    let left = read(&body, wire::rates).unwrap();
    assert_eq!((left.found.len(), left.left_out[0].name.as_ref().map(UntrustedText::raw)), (1, Some("USD/CNY")));
    // Where nothing can be read, the answer as a whole was not understood.
    assert!(read(&ok(r#"[{"coin":"A","balance":"x"}]"#), wire::balances).is_err());
    assert!(read(&ok(r#"[{"baseSymbol":"A","quoteSymbol":"B","rate":"x"}]"#), wire::rates).is_err());
}

#[test]
fn an_unreadable_rule_closes_its_coin_or_network_and_no_other() {
    let body = ok(r#"[
        {"name":"A","withdrawOpen":1,"networks":[{"network":"N","withdrawMin":"1,5","isOpen":1,"withdrawOpen":1},
            {"network":"M","isOpen":1,"withdrawOpen":1},{"network":"O","network":"P"},[]]},
        {"name":"B","withdrawOpen":{},"networks":[{"network":"N"}]},
        {"name":"C","name":"D"},{"name":"E","withdrawOpen":1,"networks":null}]"#);
    let read = read(&body, wire::coins).unwrap();
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
