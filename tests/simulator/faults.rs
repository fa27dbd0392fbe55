//! Failures on demand: what the caller gets, and whether the call was carried out.

use std::time::Duration;

use tokio::time::Instant;
use wallet_tui::simulator::faults::ANY;
use wallet_tui::simulator::{Config, Fault, Strike};

use crate::caller::{Call, WITHDRAW, ask, exchange, read, start};

/// What a caller got: a status with a body, or nothing usable.
async fn got(call: &Call, to: &wallet_tui::simulator::Simulator) -> Option<(u16, String)> {
    let response = call.send(to).await.ok()?;
    let status = response.status().as_u16();
    Some((status, response.text().await.ok()?))
}

#[tokio::test]
async fn every_failure_comes_before_or_after_the_call_is_carried_out() {
    let (simulator, _) = exchange().await;
    let strikes = [
        (Strike::Close, None),
        (Strike::Reset, None),
        (Strike::Cut(0), None),
        (Strike::Cut(9), None),
        (Strike::Cut(100), None),
        (Strike::Truncate, None),
        (Strike::Status(502), Some((502, "Bad Gateway"))),
        (Strike::Html, Some((200, "<html>"))),
        (Strike::TooMany(None), Some((429, "429"))),
        (Strike::Redirect("http://127.0.0.1:9/".into()), Some((308, "308"))),
        (Strike::Body("{\"x\":1}".into()), Some((200, "{\"x\":1}"))),
        (Strike::Code("110041".into(), "slow".into()), Some((200, "\"code\":\"110041\",\"msg\":\"slow\""))),
        (Strike::NoData, Some((200, "\"data\":null,\"success\":true"))),
    ];
    let mut done = 0;
    for (strike, expected) in strikes {
        for executed in [false, true] {
            simulator.fail("withdraw", Fault { strike: strike.clone(), executed });
            let answer = got(&Call::post(&simulator, "withdraw", WITHDRAW), &simulator).await;
            match (&answer, expected) {
                (None, None) => {}
                (Some((status, body)), Some((code, part))) => {
                    assert_eq!(*status, code, "{strike:?}");
                    assert!(body.contains(part), "{strike:?} {body}");
                }
                _ => panic!("{strike:?}: {answer:?}"),
            }
            done += usize::from(executed);
            assert_eq!(simulator.executed().len(), done, "{strike:?} {executed}");
        }
    }
    assert_eq!(ask(&simulator, "withdraw", WITHDRAW).await.as_str().unwrap().len(), 19, "then all is well again");
}

#[tokio::test]
async fn a_reset_and_a_close_are_told_apart_by_the_system() {
    use std::io::{ErrorKind, Read as _, Write as _};
    let (simulator, _) = exchange().await;
    let end = |strike: Strike| {
        simulator.fail(ANY, Fault::before(strike));
        let address = simulator.base_url().trim_start_matches("http://").to_owned();
        tokio::task::spawn_blocking(move || {
            let mut stream = std::net::TcpStream::connect(address).unwrap();
            stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
            stream.write_all(b"GET /api/spot/v1/common/rate/list HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
            let mut all = Vec::new();
            stream.read_to_end(&mut all).map_err(|e| e.kind())
        })
    };
    assert_eq!(end(Strike::Close).await.unwrap(), Ok(0));
    assert_eq!(end(Strike::Reset).await.unwrap(), Err(ErrorKind::ConnectionReset));
    for bytes in [1, 17, 60, 130] {
        assert_eq!(end(Strike::Cut(bytes)).await.unwrap(), Ok(bytes), "cut at byte {bytes}");
    }
}

#[tokio::test]
async fn late_and_slow_answers_are_true_ones() {
    let (simulator, _) = exchange().await;
    let wait = Duration::from_millis(120);
    for fault in [Fault::before(Strike::Late(wait)), Fault::after(Strike::Late(wait))] {
        simulator.fail("user/info", fault);
        let began = Instant::now();
        assert_eq!(read(&simulator, "user/info").await["uid"], 681_979_174);
        assert!(began.elapsed() >= wait);
    }
    simulator.fail("user/info", Fault::after(Strike::Trickle(Duration::from_millis(1))));
    assert_eq!(read(&simulator, "user/info").await["uid"], 681_979_174);
}

#[tokio::test]
async fn a_caller_who_leaves_before_a_late_start_is_not_served() {
    let (simulator, _) = exchange().await;
    let late = || Fault::before(Strike::Late(Duration::from_millis(300)));
    simulator.fail("withdraw", late());
    simulator.fail("user/info", late());
    let call = Call::post(&simulator, "withdraw", WITHDRAW);
    assert!(tokio::time::timeout(Duration::from_millis(100), call.send(&simulator)).await.is_err());
    assert_eq!(simulator.requests("withdraw"), 1);
    // This one waits as long and came later: when it is answered, the first one's time is over.
    read(&simulator, "user/info").await;
    assert!(simulator.executed().is_empty());
}

#[tokio::test]
async fn garbled_body_is_no_json_and_its_fault_ends_when_cleared() {
    let (simulator, _) = exchange().await;
    simulator.fail_always(ANY, Fault::after(Strike::Garble));
    for _ in 0..3 {
        let (status, body) = got(&Call::get(&simulator, "user/info"), &simulator).await.unwrap();
        assert_eq!(status, 200);
        assert!(serde_json::from_str::<serde_json::Value>(&body).is_err());
    }
    simulator.clear_faults();
    assert_eq!(read(&simulator, "user/info").await["uid"], 681_979_174);
    assert_eq!(simulator.requests("user/info"), 4);
    assert_eq!(simulator.all_requests(), 4);
}

#[tokio::test]
async fn too_many_requests_say_how_long_to_wait() {
    let (simulator, _) = exchange().await;
    simulator.fail("user/info", Fault::before(Strike::TooMany(Some("3".into()))));
    let response = Call::get(&simulator, "user/info").send(&simulator).await.unwrap();
    assert_eq!(response.headers()["retry-after"], "3");
}

#[tokio::test]
async fn chaos_strikes_some_and_money_still_adds_up() {
    let (simulator, _) =
        start(Config { chaos: true, quiet: true, requests_per_second: 10_000, ..Config::default() }).await;
    let body = "{\"coin\":\"USDT\",\"amount\":0.5,\"toType\":\"uid\",\"toUid\":989541187}";
    let before = simulator.world(|w| w.balances());
    let mut fine = 0;
    for _ in 0..60 {
        let answer = got(&Call::post(&simulator, "inside_transfer", body), &simulator).await;
        fine += usize::from(answer.is_some_and(|(status, body)| status == 200 && body.contains("\"code\":\"0\"")));
    }
    assert!((40..60).contains(&fine), "{fine}");
    let done = simulator.executed().len();
    assert!(done >= fine && done <= 60);
    let usdt = |rows: &[(&str, wallet_tui::domain::Amount, wallet_tui::domain::Amount, _)]| {
        rows.iter().find(|r| r.0 == "USDT").map(|r| (r.1, r.2)).unwrap()
    };
    let ((free, held), (free_now, held_now)) = (usdt(&before), usdt(&simulator.world(|w| w.balances())));
    let moved = free.checked_sub(free_now).unwrap();
    assert_eq!(moved, wallet_tui::domain::Amount::new(5 * i128::try_from(done).unwrap(), 1).unwrap());
    assert_eq!(held_now.checked_sub(held).unwrap(), moved);
}

#[tokio::test]
async fn the_exchange_starts_at_once_and_ends_when_dropped() {
    let began = Instant::now();
    let (simulator, _) = exchange().await;
    assert!(began.elapsed() < Duration::from_millis(500), "{:?}", began.elapsed());
    let address = simulator.base_url().trim_start_matches("http://").to_owned();
    drop(simulator);
    let gone = async {
        while tokio::net::TcpStream::connect(&address).await.is_ok() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(5), gone).await.unwrap();
}

#[tokio::test]
async fn two_exchanges_of_one_seed_tell_the_same_story() {
    let ((one, _), (two, _)) = (exchange().await, exchange().await);
    assert_eq!((one.api_key(), one.secret()), (two.api_key(), two.secret()));
    for path in ["withdraw_transfer/page", "deposit/page"] {
        assert_eq!(ask(&one, path, "{}").await, ask(&two, path, "{}").await);
    }
    assert_eq!(read(&one, "user/account").await, read(&two, "user/account").await);
}
