//! What the client says about itself and writes to the log holds no key, secret or signature.

use std::cell::RefCell;
use std::fmt::Write as _;
use std::io;

use secrecy::SecretString;
use wallet_tui::domain::{Cause, OutgoingFilter};
use wallet_tui::exchange::{Client, Credentials};

use crate::server::{KEY, SECRET, Server, Step, credentials, http, limits, ok, refused};

thread_local! {
    /// What this thread logged: a test and the client that it drives run on one thread.
    static LOG: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

struct LogOfThread;

impl io::Write for LogOfThread {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LOG.with_borrow_mut(|log| log.extend_from_slice(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// One subscriber for the whole process: whether an event is wanted is remembered for all threads, so one
/// that only this thread had would miss what another thread came to first.
fn log_everything() {
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(|| LogOfThread)
        .finish();
    tracing::subscriber::set_global_default(subscriber).unwrap();
    tracing::callsite::rebuild_interest_cache();
}

#[tokio::test]
async fn log_names_each_request_and_never_a_secret() {
    log_everything();
    let server = Server::start(|number, _| match number {
        0 => Step::Reply(ok("[]")),
        1 => Step::Reply(refused("110008")),
        2 => Step::Reply(http(500, "", b"")),
        _ => Step::ReplyAndClose(Vec::new()),
    });
    let client = server.client(0);
    let mut said = format!("{client:?} {:?}", credentials());
    let filter = OutgoingFilter { remark: Some("remarkMARKER".into()), ..OutgoingFilter::default() };
    for _ in 0..4 {
        if let Err(problem) = client.outgoing(&filter).await {
            write!(said, "{problem} {problem:?}").unwrap();
        }
    }
    said.push_str(&String::from_utf8(LOG.take()).unwrap());
    let events: Vec<_> =
        said.lines().filter(|line| line.contains("withdraw_transfer/page") && line.contains("ms=")).collect();
    assert_eq!(events.len(), 4, "{said}");
    assert!(events[0].contains("status=200") && events[0].contains("code=\"0\""), "{}", events[0]);
    assert!(events[1].contains("code=\"110008\""), "{}", events[1]);
    assert!(events[2].contains("status=500"), "{}", events[2]);
    for request in server.seen() {
        let secrets = [KEY, SECRET, request.header("sign").unwrap(), request.header("nonce").unwrap(), "remarkMARKER"];
        for secret in secrets {
            assert!(!said.contains(secret), "{secret} in {said}");
        }
    }
}

#[tokio::test]
async fn key_that_cannot_be_a_header_is_refused_unrepeated() {
    let server = Server::saying(ok("[]"));
    let base = format!("http://{}", server.address).parse().unwrap();
    let bad = Credentials { key: format!("{KEY}\n"), secret: SecretString::from(SECRET.to_owned()) };
    let problem = Client::new(base, Some(bad), limits(0)).unwrap_err();
    assert!(matches!(problem.cause, Cause::NotSent { .. }));
    assert!(!format!("{problem:?}").contains(KEY));
}
