//! What each endpoint gives, in the shapes that were seen.

use serde_json::{Value, json};
use wallet_tui::simulator::history::Stage;
use wallet_tui::simulator::{Account, Config};

use crate::caller::{Call, START, WITHDRAW, ask, client, exchange, read, start};

#[tokio::test]
async fn balances_are_json_numbers_and_an_empty_account_is_null() {
    let (simulator, _) = exchange().await;
    let rows = read(&simulator, "user/account").await;
    let rows = rows.as_array().unwrap();
    assert!(rows.len() >= 18);
    for row in rows {
        assert!(row["coin"].is_string() && row["balance"].is_number() && row["balanceLocked"].is_number(), "{row}");
    }
    let (empty, _) = start(Config { profile: Account::Empty, ..Config::default() }).await;
    assert_eq!(read(&empty, "user/account").await, Value::Null);
    assert_eq!(ask(&empty, "deposit/page", "{}").await, json!([]));
    assert_eq!(ask(&empty, "withdraw_transfer/page", "").await, json!([]));
    assert_eq!(read(&empty, "user/info").await, json!({ "uid": 681_979_174 }));
}

#[tokio::test]
async fn a_withdrawal_answers_with_a_bare_id_and_its_row_grows() {
    let (simulator, _) = exchange().await;
    let id = ask(&simulator, "withdraw", WITHDRAW).await;
    let id = id.as_str().unwrap().to_owned();
    assert_eq!(id.len(), 19);
    let row = async |filter: String| {
        let page = ask(&simulator, "withdraw_transfer/page", &filter).await;
        assert_eq!(page.as_array().unwrap().len(), 1, "{page}");
        page[0].clone()
    };
    let by_id = format!("{{\"id\":\"{id}\",\"limit\":10}}");
    assert_eq!(
        row(by_id.clone()).await,
        json!({
            "id": id, "outBizId": null, "type": "withdraw", "coin": "TRX", "amount": "19.00000000000000000000",
            "status": "pending", "ctime": 1_795_000_000_000_i64, "network": "Tron (TRC-20)",
            "address": "TJmW5D1p1LnMdTMmxuY1VELHht7v5HV7rU", "transactionHash": null, "feeCoin": null, "fee": null,
            "memo": null, "toType": null, "toUid": null, "toPhoneCountryCode": null, "toPhoneNumber": null,
            "toEmail": null, "remark": null
        })
    );
    simulator.world(|w| assert!(w.put(id.parse().unwrap(), Stage::Broadcast)));
    let hash = row(by_id.clone()).await["transactionHash"].as_str().unwrap().to_owned();
    assert_eq!(hash.len(), 64);
    simulator.world(|w| assert!(w.put(id.parse().unwrap(), Stage::Success)));
    let done = row(format!("{{\"transactionHash\":\"{hash}\"}}")).await;
    assert_eq!(done["transactionHash"], hash, "the transaction stays the same");
    assert_eq!((&done["fee"], &done["feeCoin"]), (&json!("1.00000000000000000000"), &json!("TRX")));
    assert_eq!(done["status"], "success");
}

#[tokio::test]
async fn transfers_name_the_receiver_only_in_the_way_that_was_chosen() {
    let (simulator, _) = exchange().await;
    let send =
        |to: &str| format!("{{\"outBizId\":\"biz-1\",\"coin\":\"USDT\",\"amount\":10,\"remark\":\"\\u0020x\",{to}}}");
    let phone = send("\"toType\":\"phone\",\"toPhoneCountryCode\":\"+44\",\"toPhoneNumber\":\"7700900123\"");
    let id = ask(&simulator, "inside_transfer", &phone).await;
    assert_eq!(ask(&simulator, "inside_transfer", &phone).await, id);
    assert_eq!(simulator.executed().len(), 1);
    for filter in ["\"outBizId\":\"biz-1\"", "\"remark\":\"\\u0020x\""] {
        let page = ask(&simulator, "withdraw_transfer/page", &format!("{{{filter}}}")).await;
        assert_eq!(page.as_array().unwrap().len(), 1);
        let row = &page[0];
        assert_eq!((&row["id"], &row["type"]), (&id, &json!("inside_transfer_out")));
        assert_eq!((&row["toPhoneCountryCode"], &row["toPhoneNumber"]), (&json!("+44"), &json!("7700900123")));
        for field in ["toUid", "toEmail", "network", "address", "transactionHash"] {
            assert!(row[field].is_null(), "{field}");
        }
    }
    let cancel = format!("{{\"insideTransferId\":{id}}}");
    assert_eq!(ask(&simulator, "inside_transfer/cancel", &cancel).await, Value::Null);
    let page = ask(&simulator, "withdraw_transfer/page", "{\"outBizId\":\"biz-1\"}").await;
    assert_eq!(page[0]["status"], "cancelled");
}

#[tokio::test]
async fn deposit_ids_are_small_from_the_chain_long_between_users() {
    let (simulator, _) = exchange().await;
    let page = ask(&simulator, "deposit/page", "{\"type\":\"\",\"coin\":\"\",\"limit\":100}").await;
    let rows = page.as_array().unwrap();
    assert!(rows.len() > 20);
    assert!(rows.windows(2).all(|w| w[0]["ctime"].as_i64() >= w[1]["ctime"].as_i64()), "newest first");
    for row in rows {
        let id = row["id"].as_i64().unwrap();
        let chain = row["type"] == "deposit";
        assert_eq!(chain, id < 1_000_000, "{row}");
        assert_eq!((row["network"].is_null(), row["transactionHash"].is_null()), (!chain, !chain));
        let (_, decimals) = row["amount"].as_str().unwrap().split_once('.').unwrap();
        assert_eq!(decimals.len(), 8);
    }
    let all: Vec<_> = rows.iter().map(|r| r["type"].as_str().unwrap()).collect();
    for (filter, kind) in [("deposit", "deposit"), ("inside_transfer_in", "inside_transfer_in")] {
        let part = ask(&simulator, "deposit/page", &format!("{{\"type\":\"{filter}\"}}")).await;
        assert_eq!(part.as_array().unwrap().len(), all.iter().filter(|k| **k == kind).count());
    }
    let envelope = Call::post(&simulator, "deposit/page", "{}").envelope(&simulator).await;
    assert_eq!(envelope["msg"], "Success");
}

#[tokio::test]
async fn pages_honour_time_bounds_on_both_ends_and_the_limit() {
    let (simulator, _) = exchange().await;
    let all = ask(&simulator, "withdraw_transfer/page", "{}").await;
    let times: Vec<i64> = all.as_array().unwrap().iter().map(|r| r["ctime"].as_i64().unwrap()).collect();
    let (late, early) = (times[3], times[7]);
    let body = format!("{{\"startTime\":{early},\"endTime\":{late}}}");
    let part = ask(&simulator, "withdraw_transfer/page", &body).await;
    assert_eq!(part.as_array().unwrap(), &all.as_array().unwrap()[3..=7]);
    let two = ask(&simulator, "withdraw_transfer/page", "{\"limit\":2}").await;
    assert_eq!(two.as_array().unwrap(), &all.as_array().unwrap()[..2]);
    simulator.world(|w| w.add_old_deposits(500));
    assert_eq!(ask(&simulator, "deposit/page", "{}").await.as_array().unwrap().len(), 100);
    assert_eq!(ask(&simulator, "deposit/page", "{\"id\":\"1\"}").await, json!([]));
}

#[tokio::test]
async fn deposit_addresses_come_as_a_list_with_their_memo() {
    let (simulator, _) = exchange().await;
    let ask = |coin: &str, network: &str| {
        let body = format!("{{\"coin\":\"{coin}\",\"network\":\"{network}\"}}");
        let simulator = &simulator;
        async move { ask(simulator, "deposit/address", &body).await }
    };
    assert_eq!(
        ask("USDT", "Tron (TRC-20)").await,
        json!([{ "coin": "USDT", "network": "Tron (TRC-20)", "address": "TPKhSAEy84qvpomF5wF7h5ih1WmbmupXor", "memo": null }])
    );
    assert_eq!(ask("BTC", "Bitcoin").await.as_array().unwrap().len(), 2);
    assert!(ask("XRP", "XRP").await[0]["memo"].is_string());
}

#[tokio::test]
async fn public_lists_need_no_key_and_have_the_seen_types() {
    let (simulator, _) = exchange().await;
    let get = |path: &str| {
        let url = format!("{}/api/spot/v1/{path}", simulator.base_url());
        async move {
            let text = client().get(url).send().await.unwrap().text().await.unwrap();
            serde_json::from_str::<Value>(&text).unwrap()
        }
    };
    let coins = get("common/coin/coin_network/list").await;
    let coins = coins["data"].as_array().unwrap();
    assert!(coins.len() >= 24);
    let usdt = &coins[0];
    assert_eq!((&usdt["withdrawMin"], &usdt["withdrawMax"], &usdt["isOpen"]), (&json!("0"), &Value::Null, &json!(1)));
    let tron = &usdt["networks"][0];
    assert_eq!((&tron["network"], &tron["chain"]), (&json!("Tron (TRC-20)"), &json!("TRON")));
    assert_eq!((&tron["contractPrecision"], &tron["depositConfirm"]), (&json!(6), &json!(20)));
    assert_eq!((&tron["withdrawMin"], &tron["withdrawMax"]), (&json!("0.000001"), &json!("3000000")));
    assert_eq!((&tron["requireMemo"], &tron["addressRegular"]), (&json!(0), &json!(".+")));
    let closed = |n: &&Value| n["withdrawOpen"] == 0;
    assert!(coins.iter().flat_map(|c| c["networks"].as_array().unwrap()).filter(closed).count() >= 3);
    let rates = get("common/rate/list").await;
    assert!(rates["data"].as_array().unwrap().iter().all(|r| r["rate"].is_string() && r["baseSymbol"].is_string()));
    assert!(get("market/last_price?symbol=BTCUSDT").await["data"].is_string());
    assert_eq!(get("market/last_price?symbol=NOPE").await["code"], "2");
    assert_eq!(get("market/last_price").await["code"], "70003");
}

#[tokio::test]
async fn what_goes_out_leaves_the_balance_and_a_move_does_too() {
    let (simulator, hands) = exchange().await;
    let trx = || async {
        let rows = read(&simulator, "user/account").await;
        let row = rows.as_array().unwrap().iter().find(|r| r["coin"] == "TRX").unwrap().clone();
        (row["balance"].to_string(), row["balanceLocked"].to_string())
    };
    let before = trx().await;
    ask(&simulator, "withdraw", WITHDRAW).await;
    let during = trx().await;
    assert_ne!(before.0, during.0);
    assert_ne!(before.1, during.1);
    hands.advance(300_000);
    let after = trx().await;
    assert_eq!((&after.0, &after.1), (&during.0, &before.1));
    let id = ask(&simulator, "funds_transfer", "{\"type\":\"spot_futures\",\"coin\":\"TRX\",\"amount\":1.5}").await;
    assert_eq!(id.as_str().unwrap().len(), 19);
    assert_ne!(trx().await.0, after.0);
}

#[tokio::test]
async fn the_date_header_shows_the_exchanges_own_clock() {
    let (simulator, _) = exchange().await;
    let date = |skew: i64| {
        simulator.world(|w| w.skew_ms = skew);
        let url = format!("{}/api/spot/v1/common/rate/list", simulator.base_url());
        async move {
            let response = client().get(url).send().await.unwrap();
            response.headers()["date"].to_str().unwrap().to_owned()
        }
    };
    assert_eq!(START.0, 1_795_000_000_123);
    assert_eq!(date(0).await, "Wed, 18 Nov 2026 11:06:40 GMT");
    assert_eq!(date(3_600_000).await, "Wed, 18 Nov 2026 12:06:40 GMT");
}
