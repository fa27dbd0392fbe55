//! What the gate and the routes refuse, and with which code.

use wallet_tui::simulator::Config;

use crate::caller::{Call, WITHDRAW, client, exchange, start};

#[tokio::test]
async fn each_thing_that_is_wrong_with_a_signed_call_has_its_code() {
    let (simulator, _) = exchange().await;
    let good = || Call::post(&simulator, "withdraw_transfer/page", "{\"limit\":100}");
    let now: i64 = good().timestamp.parse().unwrap();
    let at = |offset: i64| Call { timestamp: (now + offset).to_string(), ..good() };
    let wrong = |change: fn(&mut Call)| {
        let mut call = good();
        change(&mut call);
        call
    };
    let tries = [
        ("right", good(), "0"),
        ("59 s old", at(-59_000), "0"),
        ("61 s old", at(-61_000), "100008"),
        ("61 s ahead", at(61_000), "0"),
        ("10 min ahead", at(600_000), "100008"),
        ("in seconds", at(-now + now / 1_000), "100008"),
        ("not a number", wrong(|c| c.timestamp = "20241120x".into()), "100008"),
        ("unknown key", wrong(|c| c.key = "nobody".into()), "100004"),
        ("wrong secret", wrong(|c| c.secret = "wrong".into()), "100005"),
        ("other body signed", wrong(|c| c.signed_body = Some("{}".into())), "100005"),
        ("short nonce", wrong(|c| c.nonce = "123456".into()), "100005"),
        ("no key", wrong(|c| c.leave_out = Some("api-key")), "70003"),
        ("no nonce", wrong(|c| c.leave_out = Some("nonce")), "70003"),
        ("no timestamp", wrong(|c| c.leave_out = Some("timestamp")), "70003"),
        ("no sign", wrong(|c| c.leave_out = Some("sign")), "70003"),
    ];
    for (what, call, code) in tries {
        assert_eq!(call.code(&simulator).await, code, "{what}");
    }
    let once = good();
    assert_eq!(once.code(&simulator).await, "0");
    assert_eq!(once.code(&simulator).await, "100005", "a nonce passes once");
}

#[tokio::test]
async fn a_query_is_signed_as_sorted_keys_and_values_without_marks() {
    let (simulator, _) = exchange().await;
    let call = |signed: &str| Call {
        signed_query: signed.to_owned(),
        ..Call::get(&simulator, "user/account?limit=2&coin=Tron%20%28TRC-20%29&empty=")
    };
    assert_eq!(call("coinTron (TRC-20)limit2").code(&simulator).await, "0");
    assert_eq!(call("coin=Tron (TRC-20)limit=2").code(&simulator).await, "100005");
    assert_eq!(call("limit2coinTron (TRC-20)").code(&simulator).await, "100005");
}

#[tokio::test]
async fn escaped_spaces_pass_stripped_before_hashing_or_not() {
    let (simulator, _) = exchange().await;
    let escaped = "{\"coin\":\"USDT\",\"network\":\"Tron\\u0020(TRC-20)\"}";
    let spaced = "{\"coin\":\"USDT\",\"network\":\"Tron (TRC-20)\"}";
    for (strip, body, signed, code) in [
        (false, escaped, escaped, "0"),
        (true, escaped, escaped, "0"),
        (false, spaced, spaced, "0"),
        (true, spaced, spaced, "100005"),
        (true, spaced, "{\"coin\":\"USDT\",\"network\":\"Tron(TRC-20)\"}", "0"),
    ] {
        simulator.auth(|g| g.strip_spaces = strip);
        let call = Call { signed_body: Some(signed.to_owned()), ..Call::post(&simulator, "deposit/address", body) };
        assert_eq!(call.code(&simulator).await, code, "{strip} {body} {signed}");
    }
}

#[tokio::test]
async fn a_refused_call_is_not_carried_out() {
    let (simulator, _) = exchange().await;
    let call = || Call::post(&simulator, "withdraw", WITHDRAW);
    simulator.auth(|g| g.permissions.withdraw = false);
    assert_eq!(call().code(&simulator).await, "110033");
    let page = Call::post(&simulator, "withdraw_transfer/page", "{}");
    assert_eq!(page.code(&simulator).await, "0", "reading goes on");
    simulator.auth(|g| g.ip_refused = true);
    assert_eq!(call().code(&simulator).await, "100011");
    simulator.auth(|g| {
        g.ip_refused = false;
        g.permissions.read = false;
    });
    assert_eq!(Call::get(&simulator, "user/account").code(&simulator).await, "110033");
    assert!(simulator.executed().is_empty());
    assert_eq!(simulator.requests("withdraw"), 2);
}

#[tokio::test]
async fn bodies_of_the_wrong_form_are_refused() {
    let (simulator, _) = exchange().await;
    let base = WITHDRAW.trim_end_matches('}');
    let tries = [
        ("withdraw", "{\"coin\":\"TRX\"}".to_owned(), "70003"),
        ("withdraw", WITHDRAW.replace("20.00", "\"20.00\""), "2"),
        ("withdraw", WITHDRAW.replace("20.00", "0"), "2"),
        ("withdraw", WITHDRAW.replace("20.00", "-5"), "2"),
        ("withdraw", WITHDRAW.replace("\"TRX\"", "5"), "2"),
        ("withdraw", format!("{base},\"memo\":5}}"), "2"),
        ("withdraw", "not json".to_owned(), "2"),
        ("withdraw", "[]".to_owned(), "2"),
        ("withdraw/cancel", "{}".to_owned(), "70003"),
        ("withdraw/cancel", "{\"withdrawId\":5}".to_owned(), "2"),
        ("withdraw/cancel", "{\"withdrawId\":\"5\"}".to_owned(), "0"),
        ("withdraw_transfer/page", "{\"limit\":101}".to_owned(), "2"),
        ("withdraw_transfer/page", "{\"limit\":0}".to_owned(), "2"),
        ("withdraw_transfer/page", "{\"limit\":\"10\"}".to_owned(), "2"),
        ("withdraw_transfer/page", "{\"type\":\"deposit\"}".to_owned(), "2"),
        ("withdraw_transfer/page", "{\"coin\":\"NOPE\"}".to_owned(), "2"),
        ("deposit/page", "{\"type\":\"withdraw\"}".to_owned(), "2"),
        ("deposit/page", "{\"startTime\":\"1\"}".to_owned(), "2"),
        ("deposit/address", "{\"coin\":\"USDT\"}".to_owned(), "70003"),
        ("deposit/address", "{\"coin\":\"USDT\",\"network\":\"TRON\"}".to_owned(), "2"),
        ("funds_transfer", "{\"type\":\"up\",\"coin\":\"USDT\",\"amount\":1}".to_owned(), "2"),
        ("inside_transfer", "{\"coin\":\"USDT\",\"amount\":1,\"toType\":\"fax\"}".to_owned(), "2"),
        ("inside_transfer", "{\"coin\":\"USDT\",\"amount\":1,\"toType\":\"uid\"}".to_owned(), "70003"),
        (
            "inside_transfer",
            "{\"coin\":\"USDT\",\"amount\":1,\"toType\":\"uid\",\"toUid\":\"989541187\"}".to_owned(),
            "2",
        ),
        ("inside_transfer", "{\"coin\":\"USDT\",\"amount\":1,\"toType\":\"uid\",\"toUid\":7}".to_owned(), "10016"),
    ];
    for (path, body, code) in tries {
        assert_eq!(Call::post(&simulator, path, &body).code(&simulator).await, code, "{path} {body}");
    }
    assert!(simulator.executed().is_empty());
}

#[tokio::test]
async fn missing_endpoint_is_404_and_a_wrong_method_is_unanswered() {
    let (simulator, _) = exchange().await;
    assert_eq!(Call::get(&simulator, "withdraw/fee").send(&simulator).await.unwrap().status(), 404);
    assert_eq!(Call::get(&simulator, "withdraw").send(&simulator).await.unwrap().status(), 405);
    let typeless = Call { kind: "text/plain", ..Call::post(&simulator, "withdraw", WITHDRAW) };
    assert_eq!(typeless.send(&simulator).await.unwrap().status(), 400);
    let status = client().get(format!("{}/user/account", simulator.base_url())).send().await.unwrap().status();
    assert_eq!(status, 404);
}

#[tokio::test]
async fn excess_posts_are_refused_first_and_gets_are_not_counted() {
    let (simulator, _) = start(Config { quiet: true, requests_per_second: 0, ..Config::default() }).await;
    let unsigned = Call { secret: "wrong".into(), ..Call::post(&simulator, "withdraw", WITHDRAW) };
    assert_eq!(unsigned.code(&simulator).await, "110041");
    assert_eq!(Call::get(&simulator, "user/info").code(&simulator).await, "0");
}
