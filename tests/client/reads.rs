//! Reads: which faults become which problems, what is asked again and what is not.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use futures_util::future::join_all;
use wallet_tui::domain::{
    Cause, IncomingFilter, Loss, Obstacle, OutgoingFilter, Problem, Refusal, Request, UntrustedText, UserInfo,
};
use wallet_tui::exchange::{Client, Clock, Limits};

use crate::server::{Server, Step, client_of, gzip_bomb, http, limits, ok, refused};

fn loss(problem: &Problem) -> Loss {
    match &problem.cause {
        Cause::NoAnswer { loss, .. } => *loss,
        other => panic!("{other:?}"),
    }
}

fn refusal(problem: &Problem) -> Refusal {
    match &problem.cause {
        Cause::Refused { refusal, .. } => *refusal,
        other => panic!("{other:?}"),
    }
}

async fn read_error(server: &Server, read_retries: usize) -> Problem {
    server.client(read_retries).balances().await.unwrap_err()
}

#[tokio::test]
async fn request_carries_all_headers_and_signs_its_own_bytes() {
    let server = Server::start(|_, seen| match seen.target.as_str() {
        "/api/spot/v1/user/info" => Step::Reply(ok(r#"{"uid":681979174}"#)),
        "/api/spot/v1/user/account" => Step::Reply(ok("null")),
        _ => Step::Reply(ok("[]")),
    });
    let client = server.client(0);
    assert_eq!(client.balances().await.unwrap(), None);
    assert_eq!(client.user_info().await.unwrap().uid.unwrap().raw(), "681979174");
    assert!(client.outgoing(&OutgoingFilter::default()).await.unwrap().is_empty());
    let remark = OutgoingFilter { remark: Some("оплата ✓".into()), ..OutgoingFilter::default() };
    assert!(client.outgoing(&remark).await.unwrap().is_empty());
    assert!(client.incoming(&IncomingFilter::default()).await.unwrap().is_empty());
    assert!(client.deposit_addresses(&"TRX".into(), &"Tron (TRC-20)".into()).await.unwrap().is_empty());
    let seen = server.seen();
    let lines: Vec<_> = seen.iter().map(|s| format!("{} {}", s.method, s.target)).collect();
    assert_eq!(
        lines,
        [
            "GET /api/spot/v1/user/account",
            "GET /api/spot/v1/user/info",
            "POST /api/spot/v1/withdraw_transfer/page",
            "POST /api/spot/v1/withdraw_transfer/page",
            "POST /api/spot/v1/deposit/page",
            "POST /api/spot/v1/deposit/address",
        ]
    );
    let mut nonces: Vec<_> = seen.iter().map(|s| s.header("nonce").unwrap()).collect();
    nonces.sort_unstable();
    nonces.dedup();
    assert_eq!(nonces.len(), seen.len());
    for request in &seen {
        request.assert_signed();
        assert_eq!(request.header("content-type"), Some("application/json"));
        assert_eq!(request.header("language"), Some("en-US"));
        assert_eq!(request.header("accept-encoding"), Some("gzip"));
        assert_eq!(request.header("user-agent"), Some(concat!("wallet-tui/", env!("CARGO_PKG_VERSION"))));
    }
    assert_eq!(seen[5].body, br#"{"coin":"TRX","network":"Tron\u0020(TRC-20)"}"#);
    assert!(seen[3].body.is_ascii() && !seen[3].body.contains(&b' '));
    assert_eq!(server.connections(), 1, "reads share one open connection");
}

#[tokio::test]
async fn public_endpoints_carry_no_key_and_work_without_one() {
    let server =
        Server::start(|_, seen| Step::Reply(ok(if seen.target.contains("last_price") { "\"60000.1\"" } else { "[]" })));
    let base = format!("http://{}/", server.address).parse().unwrap();
    let keyless = Client::new(base, None, limits(0)).unwrap();
    assert!(!keyless.has_credentials());
    for client in [keyless, server.client(0)] {
        assert!(client.coins().await.unwrap().is_empty());
        assert!(client.rates().await.unwrap().is_empty());
        assert_eq!(client.last_price(&"BTC".into()).await.unwrap().to_string(), "60000.1");
        let _ = client.last_price(&"A&b=é ".into()).await.unwrap();
    }
    for request in server.seen() {
        for name in ["api-key", "nonce", "timestamp", "sign"] {
            assert_eq!(request.header(name), None);
        }
        assert_eq!(request.method, "GET");
    }
    assert_eq!(server.seen()[2].target, "/api/spot/v1/market/last_price?symbol=BTCUSDT");
    assert_eq!(server.seen()[3].target, "/api/spot/v1/market/last_price?symbol=A%26b%3D%C3%A9+USDT");
}

#[tokio::test]
async fn without_a_key_a_signed_call_sends_nothing() {
    let server = Server::saying(ok("[]"));
    let base = format!("http://{}", server.address).parse().unwrap();
    let client = Client::new(base, None, limits(2)).unwrap();
    assert_eq!(client.balances().await.unwrap_err().cause, Cause::NoKey);
    assert_eq!(client.send(&Request::CancelWithdrawal("1".into())).await.unwrap_err().cause, Cause::NoKey);
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn a_refused_connection_is_not_sent() {
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let problem = client_of(&format!("http://{nobody}"), limits(0)).balances().await.unwrap_err();
    let Cause::NotSent { obstacle: Obstacle::Refused, detail } = &problem.cause else { panic!("{problem:?}") };
    let words = detail.raw().strip_prefix("127.0.0.1: ").expect("the server is named");
    assert!(!words.is_empty() && !words.contains('/'), "and nothing else of the address: {detail}");
}

/// What a client that insists on encryption makes of this server, given this long to connect.
async fn encrypted(address: SocketAddr, connect: Duration) -> Cause {
    let base = format!("https://{address}").parse().unwrap();
    let limits = Limits { connect, read_total: Duration::from_secs(5), ..limits(0) };
    // Without CA certificates on the machine the client itself cannot be made, for want of encryption as well.
    match Client::new(base, None, limits) {
        Ok(client) => client.rates().await.unwrap_err().cause,
        Err(problem) => problem.cause,
    }
}

#[tokio::test]
async fn a_server_without_encryption_gets_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let plain = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
        let mut came = Vec::new();
        let _ = stream.read_to_end(&mut came);
        came
    });
    let cause = encrypted(address, Duration::from_secs(2)).await;
    assert!(matches!(cause, Cause::NotSent { obstacle: Obstacle::Tls, .. }), "{cause:?}");
    // In case the client could not be made: somebody has to end the thread.
    drop(TcpStream::connect(address));
    let came = plain.join().unwrap();
    assert!(!came.windows(4).any(|w| w == b"GET " || w == b"rate"), "{came:?}");
}

#[tokio::test]
async fn a_connection_that_never_stands_is_not_sent() {
    // It takes the call and never answers the handshake.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let cause = encrypted(listener.local_addr().unwrap(), Duration::from_millis(150)).await;
    assert!(matches!(cause, Cause::NotSent { obstacle: Obstacle::Timeout | Obstacle::Tls, .. }), "{cause:?}");
}

#[tokio::test]
async fn silence_and_a_trickle_end_at_the_total_limit() {
    let silent = Server::start(|_, _| Step::Silence);
    let endless = Server::start(|_, _| Step::Trickle(b"HTTP/1.1 200 OK\r\n\r\n{".to_vec()));
    for server in [silent, endless] {
        let problem = server.impatient_client(0).balances().await.unwrap_err();
        assert_eq!(loss(&problem), Loss::Timeout);
        assert_eq!(server.count(), 1);
    }
}

#[tokio::test]
async fn a_cut_reply_is_asked_for_again() {
    let server = Server::start(|number, _| match number {
        0 => Step::ReplyAndClose(ok("[]")[..60].to_vec()),
        1 => Step::ReplyAndClose(Vec::new()),
        _ => Step::Reply(ok("[]")),
    });
    assert_eq!(server.client(2).balances().await, Ok(Some(Vec::new())));
    assert_eq!(server.count(), 3);
    for request in server.seen() {
        request.assert_signed();
    }
}

#[tokio::test]
async fn a_read_is_given_up_after_its_retries() {
    for (reply, expected) in [
        (http(503, "", b"busy"), Loss::Status(503)),
        (http(429, "", b""), Loss::Status(429)),
        (ok("[]")[..60].to_vec(), Loss::Broken),
    ] {
        let server = Server::start(move |_, _| Step::ReplyAndClose(reply.clone()));
        assert_eq!(loss(&read_error(&server, 1).await), expected);
        assert_eq!(server.count(), 2);
    }
}

#[tokio::test]
async fn what_cannot_pass_is_not_asked_again() {
    let html = b"<html>Sign in to the airport's network</html>";
    for (reply, expected) in [
        (http(200, "content-type: text/html\r\n", html), Loss::NotTheApi),
        (http(200, "", b""), Loss::NotTheApi),
        (http(404, "", b""), Loss::Status(404)),
        (http(403, "", html), Loss::Status(403)),
        (http(201, "", br#"{"code":"0","data":[]}"#), Loss::Status(201)),
        (http(200, "", &vec![b' '; 70_000]), Loss::TooLarge),
    ] {
        let server = Server::saying(reply);
        assert_eq!(loss(&read_error(&server, 2).await), expected);
        assert_eq!(server.count(), 1);
    }
    let server = Server::saying(ok(r#"[{"coin":"A"},{"coin":"B","balance":"1,5"}]"#));
    let problem = read_error(&server, 2).await;
    let Cause::Unreadable { path, .. } = &problem.cause else { panic!("{problem:?}") };
    assert_eq!((problem.endpoint, path.raw(), server.count()), ("user/account", "data[1].balance", 1));
}

#[tokio::test]
async fn a_gzip_bomb_is_cut_at_the_limit() {
    // 13 kB that unpack to 2 MB.
    let server = Server::saying(http(200, "content-encoding: gzip\r\n", &gzip_bomb(8_000)));
    assert_eq!(loss(&read_error(&server, 0).await), Loss::TooLarge);
    let server = Server::saying(http(200, "content-encoding: gzip\r\n", b"not gzip"));
    assert_eq!(loss(&read_error(&server, 0).await), Loss::Broken);
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let other = Server::saying(ok("[]"));
    for status in [301, 302, 303, 307, 308] {
        let server = Server::saying(http(status, &format!("location: http://{}/\r\n", other.address), b""));
        assert_eq!(loss(&read_error(&server, 2).await), Loss::Status(status));
        assert_eq!(server.count(), 1);
    }
    assert_eq!(other.connections(), 0);
}

#[tokio::test]
async fn an_unknown_user_endpoint_is_an_unknown_user() {
    let server = Server::saying(http(404, "", b"<html>"));
    assert_eq!(server.client(2).user_info().await, Ok(UserInfo { uid: None }));
    assert_eq!(server.count(), 1);
}

#[tokio::test]
async fn read_refused_for_its_time_is_signed_again_once() {
    // A server in the far future, by its own clock.
    let date = "date: Wed, 01 Jan 2200 00:00:00 GMT\r\n";
    let server_ms = 7_258_118_400_000_i64;
    let body = br#"{"code":"100008","msg":"result.request.time.expired"}"#;
    let server =
        Server::start(move |number, _| Step::Reply(if number == 0 { http(200, date, body) } else { ok("[]") }));
    let client = server.client(0);
    assert_eq!(client.clock(), Clock { offset_ms: 0, known: false });
    assert_eq!(client.balances().await, Ok(Some(Vec::new())));
    let seen = server.seen();
    assert_eq!(seen.len(), 2);
    let times: Vec<i64> = seen.iter().map(|s| s.header("timestamp").unwrap().parse().unwrap()).collect();
    assert!(times[0] < server_ms - 1_000_000_000);
    assert!((times[1] - server_ms).abs() < 60_000, "{times:?}");
    assert_ne!(seen[0].header("nonce"), seen[1].header("nonce"));
    seen[1].assert_signed();
    assert!(client.clock().known && client.clock().offset_ms > 1_000_000_000);
}

#[tokio::test]
async fn a_read_that_stays_refused_is_signed_again_only_once() {
    for (code, expected) in [("100005", Refusal::Signature), ("100008", Refusal::Clock)] {
        let server = Server::saying(refused(code));
        assert_eq!(refusal(&read_error(&server, 2).await), expected);
        assert_eq!(server.count(), 2);
    }
    // Everything else that is about the key is not tried twice: no lock-out by hammering.
    for code in ["100004", "100011", "110033", "2", "500", "123"] {
        let server = Server::saying(refused(code));
        assert!(matches!(read_error(&server, 2).await.cause, Cause::Refused { .. }));
        assert_eq!(server.count(), 1, "{code}");
    }
}

#[tokio::test]
async fn too_fast_and_retry_after_are_waited_for() {
    for first in [refused("110041"), http(503, "retry-after: 1\r\n", b"")] {
        let server = Server::start(move |number, _| Step::Reply(if number == 0 { first.clone() } else { ok("[]") }));
        assert_eq!(server.client(1).balances().await, Ok(Some(Vec::new())));
        let seen = server.seen();
        assert!(seen[1].at - seen[0].at >= Duration::from_millis(990), "{:?}", seen[1].at - seen[0].at);
    }
}

#[tokio::test]
async fn the_server_never_sees_more_than_ten_requests_in_a_second() {
    let server = Server::saying(ok("[]"));
    let client = server.client(0);
    let clones: Vec<_> = (0..23).map(|_| client.clone()).collect();
    for result in join_all(clones.iter().map(Client::rates)).await {
        assert_eq!(result, Ok(Vec::new()));
    }
    let mut times: Vec<_> = server.seen().iter().map(|s| s.at).collect();
    times.sort_unstable();
    for eleven in times.windows(11) {
        assert!(eleven[10] - eleven[0] >= Duration::from_secs(1), "{:?}", eleven[10] - eleven[0]);
    }
}

#[tokio::test]
async fn a_foreign_message_is_kept_and_gated_when_shown() {
    let server = Server::saying(http(200, "", b"{\"code\":919191,\"msg\":\"\\u001b[2Jgone\"}"));
    let problem = read_error(&server, 0).await;
    let Cause::Refused { refusal: Refusal::Unlisted, code, msg } = &problem.cause else { panic!("{problem:?}") };
    assert_eq!((code.raw(), msg), ("919191", &UntrustedText::from("\u{1b}[2Jgone")));
    assert!(!problem.to_string().contains('\u{1b}'));
}

#[tokio::test]
async fn a_list_leaves_out_what_cannot_be_read_and_names_it() {
    let rows = r#"[{"coin":"A","balance":"1"},{"coin":"B","balance":"1,5"}]"#;
    let server = Server::saying(ok(rows));
    let client = server.client(0);
    let left = client.list_balances().await.unwrap().unwrap();
    assert_eq!((left.found.len(), left.left_out.len()), (1, 1));
    assert_eq!(left.left_out[0].name, Some("B".into()));
    assert!(client.balances().await.is_err(), "who needs all of it gets all of it or nothing");
    assert_eq!(client.balances_for(&"A".into()).await.unwrap().len(), 1);
    let problem = client.balances_for(&"B".into()).await.unwrap_err();
    assert!(matches!(&problem.cause, Cause::Unreadable { path, .. } if path.raw() == "data[1].balance"), "{problem:?}");
    let server = Server::saying(ok(r#"[{"id":"7","coin":"A","amount":"x"}]"#));
    let page = server.client(0).list_outgoing(&OutgoingFilter::default()).await.unwrap();
    assert_eq!((page.found.len(), page.left_out.len()), (0, 1));
    assert!(server.client(0).outgoing(&OutgoingFilter::default()).await.is_err());
}
