//! The futures side as its document has it: another path, codes that are numbers, a list of one or the row alone.

use wallet_tui::domain::{Cause, Loss, Problem, Refusal};
use wallet_tui::exchange::{BaseUrl, Client, FUTURES_EXCHANGE, Servers, sign};

use crate::server::{SECRET, Server, Step, client_of, credentials, limits};

/// The row of the document's sample.
const ROW: &str = r#"{"marginCoin":"USDT","available":"1000","frozen":"0","margin":"10","transfer":"990.5",
    "positionMode":"HEDGE","crossUnrealizedPNL":"-9.5","isolationUnrealizedPNL":"2","bonus":"0.25"}"#;

fn http(body: &str) -> Vec<u8> {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length";
    format!("{head}: {}\r\n\r\n{body}", body.len()).into_bytes()
}

fn ok(data: &str) -> Vec<u8> {
    http(&format!(r#"{{"code":0,"data":{data},"msg":"Success"}}"#))
}

async fn refused(code: i64) -> Problem {
    let server = Server::saying(http(&format!(r#"{{"code":{code},"data":null,"msg":"Signature Error"}}"#)));
    server.client(0).futures_balance(&"USDT".into()).await.unwrap_err()
}

#[tokio::test]
async fn list_of_one_and_row_alone_say_the_same() {
    for data in [format!("[{ROW}]"), ROW.to_owned()] {
        let server = Server::saying(ok(&data));
        let found = server.client(0).futures_balance(&"USDT".into()).await.unwrap().unwrap();
        let text = |amount: Option<wallet_tui::domain::Amount>| amount.unwrap().to_string();
        assert_eq!((text(found.movable), text(found.available)), ("990.5".into(), "1000".into()));
        assert_eq!((text(found.total()), text(found.unrealised())), ("1010".into(), "-7.5".into()));
        let seen = server.seen();
        assert_eq!(
            (seen[0].method.as_str(), seen[0].target.as_str()),
            ("GET", "/api/v1/futures/account?marginCoin=USDT")
        );
        let header = |name| seen[0].header(name).unwrap();
        let what = sign::Signable {
            nonce: header("nonce"),
            timestamp: header("timestamp"),
            api_key: header("api-key"),
            query: "marginCoinUSDT",
            body: b"",
        };
        assert_eq!(header("sign"), sign::sign(what, &secrecy::SecretString::from(SECRET.to_owned())));
    }
}

#[tokio::test]
async fn nothing_listed_is_not_zero_and_another_coins_row_is_no_answer() {
    for data in ["[]", "null"] {
        assert_eq!(Server::saying(ok(data)).client(0).futures_balance(&"USDT".into()).await, Ok(None), "{data}");
    }
    let no_margin_coin = Server::saying(http(r#"{"code":10002,"data":null,"msg":"Parameter error"}"#));
    assert_eq!(no_margin_coin.client(0).futures_balance(&"DOGE".into()).await, Ok(None));
    let server = Server::saying(ok(&format!("[{}]", ROW.replace("USDT", "USDC"))));
    let other = server.client(0).futures_balance(&"USDT".into()).await.unwrap_err();
    assert!(matches!(other.cause, Cause::Unreadable { .. }), "{other:?}");
    let twice = Server::saying(ok(&format!("[{ROW},{ROW}]"))).client(0).futures_balance(&"USDT".into()).await;
    assert!(twice.is_err());
    // What is left out is not known; nothing is made of it.
    let bare = Server::saying(ok(r#"{"marginCoin":"USDT","transfer":"","available":null}"#));
    let found = bare.client(0).futures_balance(&"USDT".into()).await.unwrap().unwrap();
    assert_eq!((found.movable, found.available, found.total(), found.unrealised()), (None, None, None, None));
}

#[tokio::test]
async fn codes_are_those_of_the_futures_side() {
    for (code, refusal, is_access) in [
        (403, Refusal::Permission, true),
        (10_003, Refusal::KeyUnknown, true),
        (10_004, Refusal::Ip, true),
        (10_005, Refusal::TooFast, false),
        (10_006, Refusal::TooFast, false),
        (10_007, Refusal::Signature, true),
        // Of the spot side: an address, a listed refusal. Here they mean nothing.
        (10_016, Refusal::Unlisted, false),
        (110_008, Refusal::Unlisted, false),
    ] {
        let problem = refused(code).await;
        assert!(matches!(&problem.cause, Cause::Refused { refusal: found, .. } if *found == refusal), "{problem:?}");
        assert_eq!(problem.is_about_access_to_futures(), is_access, "{code}");
    }
    for (status, is_access) in [(403, true), (404, true), (500, false), (429, false)] {
        let page = format!("HTTP/1.1 {status} No\r\ncontent-length: 0\r\n\r\n").into_bytes();
        let problem = Server::saying(page).client(0).futures_balance(&"USDT".into()).await.unwrap_err();
        assert_eq!(problem.cause, Cause::NoAnswer { loss: Loss::Status(status), detail: "".into() });
        assert_eq!(problem.is_about_access_to_futures(), is_access, "{status}");
    }
}

#[tokio::test]
async fn futures_side_that_is_down_or_wrong_about_time_leaves_the_spot_side_alone() {
    let spot = Server::saying(http(r#"{"code":"0","msg":"ok","data":[],"success":true}"#));
    let late = "HTTP/1.1 200 OK\r\ndate: Sun, 06 Nov 1994 08:49:37 GMT\r\ncontent-length";
    let body = format!(r#"{{"code":0,"data":[{ROW}],"msg":"Success"}}"#);
    let futures = Server::start(move |_, _| Step::Reply(format!("{late}: {}\r\n\r\n{body}", body.len()).into_bytes()));
    let base = |server: &Server| format!("http://{}", server.address).parse::<BaseUrl>().unwrap();
    let servers = Servers::new(base(&spot), Some(base(&futures)));
    let client = Client::by(&wallet_tui::exchange::Route::default(), servers, Some(credentials()), limits(0)).unwrap();
    assert!(client.futures_balance(&"USDT".into()).await.is_ok());
    assert!(!client.clock().known, "the futures side's clock is its own");
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let down = format!("http://{closed}").parse().unwrap();
    let servers = Servers::new(base(&spot), Some(down));
    let client = Client::by(&wallet_tui::exchange::Route::default(), servers, Some(credentials()), limits(0)).unwrap();
    let problem = client.futures_balance(&"USDT".into()).await.unwrap_err();
    assert!(matches!(problem.cause, Cause::NotSent { .. }), "{problem:?}");
    assert!(client.balances().await.is_ok());
    assert_eq!(spot.count(), 1);
}

#[test]
fn futures_server_follows_the_spot_server_unless_it_is_named() {
    let base = |text: &str| text.parse::<BaseUrl>().unwrap();
    let exchange = Servers::new(base(wallet_tui::exchange::EXCHANGE), None);
    assert_eq!(exchange.futures, base(FUTURES_EXCHANGE));
    let other = Servers::new(base("http://127.0.0.1:9"), None);
    assert_eq!(other.futures, other.spot);
    assert_eq!(client_of("http://127.0.0.1:9", limits(0)).futures_base(), &other.spot);
    let named = Servers::new(base("http://127.0.0.1:9"), Some(base("https://f.example")));
    assert_eq!(named.futures, base("https://f.example"));
}
