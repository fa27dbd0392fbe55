//! Money calls: each goes out exactly once, whatever comes back, and the end says whether it may have been executed.

use wallet_tui::domain::{
    Cause, Loss, MoveDirection, MoveRequest, Obstacle, Problem, Receiver, Refusal, Request, TransferRequest,
    UntrustedText, WithdrawRequest,
};
use wallet_tui::exchange::Client;

use crate::server::{Server, Step, client_of, http, limits, ok, refused};

const CALLS: [&str; 5] = ["withdraw", "withdraw/cancel", "inside_transfer", "inside_transfer/cancel", "funds_transfer"];

/// Makes one money call; a cancel has no id to give.
async fn call(client: &Client, endpoint: &str) -> Result<Option<UntrustedText>, Problem> {
    let amount = "20.5".parse().unwrap();
    let request = match endpoint {
        "withdraw" => {
            let request = WithdrawRequest {
                coin: "TRX".into(),
                network: "Tron (TRC-20)".into(),
                address: "TExample".into(),
                memo: None,
                gross: amount,
            };
            Request::Withdraw(request)
        }
        "withdraw/cancel" => Request::CancelWithdrawal("190".into()),
        "inside_transfer" => {
            let to = Receiver::Uid("681979174".into());
            let request = TransferRequest {
                out_biz_id: "ab12".into(),
                coin: "USDT".into(),
                amount,
                to,
                remark: Some("hi".into()),
            };
            Request::Transfer(request)
        }
        "inside_transfer/cancel" => Request::CancelTransfer("191".into()),
        _ => {
            let request = MoveRequest { direction: MoveDirection::SpotToFutures, coin: "USDT".into(), amount };
            Request::Move(request)
        }
    };
    client.send(&request).await
}

#[tokio::test]
async fn money_call_sends_one_signed_request_on_its_connection() {
    let server = Server::saying(ok("\"1909877667383767042\""));
    let client = server.client(5);
    for (number, endpoint) in CALLS.into_iter().enumerate() {
        let id = call(&client, endpoint).await.unwrap();
        assert!(id.is_none_or(|id| id.raw() == "1909877667383767042"));
        let seen = server.seen();
        assert_eq!(seen.len(), number + 1);
        seen[number].assert_signed();
        assert_eq!(seen[number].method, "POST");
        assert_eq!(seen[number].target, format!("/api/spot/v1/{endpoint}"));
        assert_eq!(server.connections(), number + 1, "no pooled connection that may be dead");
    }
    let bodies: Vec<_> = server.seen().into_iter().map(|s| String::from_utf8(s.body).unwrap()).collect();
    assert_eq!(
        bodies,
        [
            r#"{"coin":"TRX","network":"Tron\u0020(TRC-20)","address":"TExample","amount":20.5}"#,
            r#"{"withdrawId":"190"}"#,
            r#"{"outBizId":"ab12","coin":"USDT","amount":20.5,"toType":"uid","toUid":681979174,"remark":"hi"}"#,
            r#"{"insideTransferId":"191"}"#,
            r#"{"type":"spot_futures","coin":"USDT","amount":20.5}"#,
        ]
    );
}

/// A name, what the server does, and how the answer is lost (`None`: it is not).
type Fault = (&'static str, fn() -> Step, Option<Loss>);

/// The faults after which it is not known whether the call was executed.
fn faults() -> Vec<Fault> {
    vec![
        ("closed without a word", || Step::ReplyAndClose(Vec::new()), Some(Loss::Broken)),
        ("cut in the head", || Step::ReplyAndClose(ok("\"1\"")[..20].to_vec()), Some(Loss::Broken)),
        ("cut in the body", || Step::ReplyAndClose(ok("\"1\"")[..70].to_vec()), Some(Loss::Broken)),
        ("silent", || Step::Silence, Some(Loss::Timeout)),
        ("endless", || Step::Trickle(b"HTTP/1.1 200 OK\r\n\r\n{".to_vec()), Some(Loss::Timeout)),
        ("a page", || Step::Reply(http(200, "", b"<html>")), Some(Loss::NotTheApi)),
        ("empty", || Step::Reply(http(200, "", b"")), Some(Loss::NotTheApi)),
        ("huge", || Step::Reply(http(200, "", &vec![b' '; 70_000])), Some(Loss::TooLarge)),
        ("500", || Step::Reply(http(500, "", b"")), Some(Loss::Status(500))),
        ("503 with a date", || Step::Reply(http(503, "retry-after: 1\r\n", b"")), Some(Loss::Status(503))),
        ("429", || Step::Reply(http(429, "retry-after: 0\r\n", b"")), Some(Loss::Status(429))),
        ("408", || Step::Reply(http(408, "connection: close\r\n", b"")), Some(Loss::Status(408))),
        ("code 500", || Step::Reply(refused("500")), None),
        ("110099", || Step::Reply(refused("110099")), None),
        ("999999", || said(r#"{"code":"999999","msg":"result.system.error"}"#), None),
        ("200 with an id", || said(r#"{"code":"200","msg":"result.success","data":"77"}"#), None),
        ("1 with success", || said(r#"{"code":"1","msg":"result.success"}"#), None),
        ("a listed code beside an id", || said(r#"{"code":"2","msg":"m","data":"77"}"#), None),
        ("a listed code beside an id in an object", || said(r#"{"code":"2","data":{"withdrawId":"77"}}"#), None),
        ("a listed code with success", || said(r#"{"code":"110008","data":null,"success":true}"#), None),
        ("a listed code with an odd success", || said(r#"{"code":"110008","success":"perhaps"}"#), None),
        ("0 without success", || said(r#"{"code":"0","data":"77","success":false}"#), None),
        ("0 with an odd success", || said(r#"{"code":0,"data":"77","success":"no"}"#), None),
    ]
}

fn said(body: &str) -> Step {
    Step::Reply(http(200, "", body.as_bytes()))
}

#[tokio::test]
async fn no_fault_makes_a_money_call_go_out_twice() {
    for endpoint in CALLS {
        for (name, fault, expected) in faults() {
            let server = Server::start(move |_, _| fault());
            let is_endless = expected == Some(Loss::Timeout);
            let client = if is_endless { server.impatient_client(5) } else { server.client(5) };
            let problem = call(&client, endpoint).await.unwrap_err();
            assert_eq!(server.count(), 1, "{endpoint}: {name}");
            assert!(problem.may_have_executed(), "{endpoint}: {name}: {problem:?}");
            assert_eq!(problem.endpoint, endpoint);
            if let Some(expected) = expected {
                let Cause::NoAnswer { loss, .. } = problem.cause else { panic!("{endpoint}: {name}: {problem:?}") };
                assert_eq!(loss, expected, "{endpoint}: {name}");
            }
        }
    }
}

#[tokio::test]
async fn a_refused_money_call_is_neither_signed_again_nor_repeated() {
    for endpoint in CALLS {
        for code in ["100005", "100008", "110041", "110008", "2", "10034"] {
            let server = Server::saying(refused(code));
            let problem = call(&server.client(5), endpoint).await.unwrap_err();
            let Cause::Refused { refusal, .. } = &problem.cause else { panic!("{problem:?}") };
            assert_eq!(*refusal, Refusal::of_code(code));
            assert!(!problem.may_have_executed());
            assert_eq!(server.count(), 1, "{endpoint}: {code}");
        }
    }
}

#[tokio::test]
async fn a_refusal_of_a_money_call_has_status_200_and_a_listed_code() {
    let envelope = |code: &str| format!(r#"{{"code":"{code}","msg":"timed out","data":null}}"#).into_bytes();
    for (status, body, refused) in [
        (200, envelope("2"), true),
        (200, br#"{"code":2,"data":{},"success":false}"#.to_vec(), true),
        (200, envelope("987654"), false),
        (400, envelope("2"), false),
        (403, envelope("110033"), false),
        (400, b"<html>request timed out</html>".to_vec(), false),
        (400, envelope("0"), false),
        (429, envelope("110041"), false),
        (500, envelope("2"), false),
    ] {
        for endpoint in CALLS {
            let server = Server::saying(http(status, "", &body));
            let problem = call(&server.client(5), endpoint).await.unwrap_err();
            assert_eq!(problem.may_have_executed(), !refused, "{status} {problem:?}");
            assert_eq!(server.count(), 1);
        }
    }
}

#[tokio::test]
async fn a_money_call_is_not_redirected() {
    let other = Server::saying(ok("\"1\""));
    for endpoint in CALLS {
        for status in [301, 302, 303, 307, 308] {
            let server = Server::saying(http(status, &format!("location: http://{}/\r\n", other.address), b""));
            let problem = call(&server.client(5), endpoint).await.unwrap_err();
            assert!(problem.may_have_executed());
            assert_eq!(server.count(), 1);
        }
    }
    assert_eq!(other.connections(), 0);
}

#[tokio::test]
async fn an_order_without_an_id_is_not_a_success() {
    for endpoint in ["withdraw", "inside_transfer", "funds_transfer"] {
        for data in ["null", "\"\"", "{}"] {
            let server = Server::saying(ok(data));
            let problem = call(&server.client(5), endpoint).await.unwrap_err();
            assert_eq!(problem, Problem { endpoint: problem.endpoint, cause: Cause::NoId });
            assert_eq!(server.count(), 1);
        }
    }
    for endpoint in ["withdraw/cancel", "inside_transfer/cancel"] {
        let server = Server::saying(ok("null"));
        assert_eq!(call(&server.client(0), endpoint).await, Ok(None));
    }
}

#[tokio::test]
async fn a_money_call_that_found_nobody_was_not_sent() {
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let client = client_of(&format!("http://{nobody}"), limits(5));
    for endpoint in CALLS {
        let problem = call(&client, endpoint).await.unwrap_err();
        assert!(matches!(problem.cause, Cause::NotSent { obstacle: Obstacle::Refused, .. }), "{problem:?}");
        assert!(!problem.may_have_executed());
    }
}

#[tokio::test]
async fn a_wish_that_cannot_be_written_is_not_sent() {
    let server = Server::saying(ok("\"1\""));
    let to = Receiver::Uid("12a".into());
    let amount = "1".parse().unwrap();
    let request = TransferRequest { out_biz_id: "x".into(), coin: "USDT".into(), amount, to, remark: None };
    let problem = server.client(0).send(&Request::Transfer(request)).await.unwrap_err();
    assert!(matches!(problem.cause, Cause::NotSent { .. }), "{problem:?}");
    assert_eq!(server.connections(), 0);
}

/// `reliability.md` S4: a cut never turns into a refusal, and into an acceptance only when everything had come.
#[tokio::test]
async fn an_answer_cut_at_any_byte_is_never_taken_for_an_answer() {
    let with_length = ok("\"1909877667383767042\"");
    let body_at = with_length.windows(4).position(|w| w == b"\r\n\r\n").unwrap() + 4;
    let until_close = [b"HTTP/1.1 200 OK\r\nx: y\r\n\r\n", &with_length[body_at..]].concat();
    for whole in [with_length, until_close] {
        for cut in 0..=whole.len() {
            let part = whole[..cut].to_vec();
            let server = Server::start(move |_, _| Step::ReplyAndClose(part.clone()));
            let result = call(&server.client(5), "withdraw").await;
            assert_eq!(server.count(), 1, "cut at {cut}");
            match result {
                Ok(id) => assert_eq!((id, cut), (Some("1909877667383767042".into()), whole.len())),
                Err(problem) => assert!(problem.may_have_executed() && cut < whole.len(), "cut at {cut}: {problem:?}"),
            }
        }
    }
}
