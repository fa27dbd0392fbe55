//! Whom the client believes to be the exchange: a certificate that nobody vouches for, or of another name, gets nothing.
//!
//! The certificates beside this file are good for a hundred years and for these tests alone: `right.pem` names 127.0.0.1,
//! `other.pem` names somebody else; each vouches for itself, and each stands with its key.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::Arc;
use std::thread::JoinHandle;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, Stream};
use wallet_tui::domain::{Cause, Obstacle};
use wallet_tui::exchange::{Client, Route, Servers};

use crate::server::limits;

const RIGHT: &[u8] = include_bytes!("tls/right.pem");
const OTHER: &[u8] = include_bytes!("tls/other.pem");

/// A server with this certificate: its address, and what one caller lets it read.
fn server(pem: &[u8]) -> (String, JoinHandle<Vec<u8>>) {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let certificates = vec![CertificateDer::from_pem_slice(pem).unwrap()];
    let key = PrivateKeyDer::from_pem_slice(pem).unwrap();
    let config = Arc::new(config.with_no_client_auth().with_single_cert(certificates, key).unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("https://{}", listener.local_addr().unwrap());
    let read = std::thread::spawn(move || {
        let (mut socket, _) = listener.accept().unwrap();
        let mut connection = ServerConnection::new(config).unwrap();
        let mut stream = Stream::new(&mut connection, &mut socket);
        let mut came = vec![0; 4_096];
        // A caller that goes away has let nothing be read.
        let count = stream.read(&mut came).unwrap_or(0);
        let _ = stream.write_all(b"HTTP/1.1 500 Oh\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        let _ = stream.flush();
        came.truncate(count);
        came
    });
    (address, read)
}

/// What becomes of a question to a server with one certificate, by a client that trusts another one besides the system's.
async fn asked(pem: &[u8], trusted: &[u8]) -> (Cause, Vec<u8>) {
    let (address, read) = server(pem);
    let route = Route { roots: Some(trusted.to_vec()), ..Route::default() };
    let client = Client::by(&route, Servers::new(address.parse().unwrap(), None), None, limits(0)).unwrap();
    let cause = client.rates().await.unwrap_err().cause;
    (cause, read.join().unwrap())
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_gets_nothing() {
    // Trusting somebody else: without anybody, on a machine that has no certificates either, it would not even try.
    let (cause, came) = asked(RIGHT, OTHER).await;
    assert!(matches!(cause, Cause::NotSent { obstacle: Obstacle::Tls, .. }), "{cause:?}");
    assert!(came.is_empty(), "{came:?}");
}

#[tokio::test]
async fn a_trusted_certificate_of_another_name_gets_nothing() {
    let (cause, came) = asked(OTHER, OTHER).await;
    assert!(matches!(cause, Cause::NotSent { obstacle: Obstacle::Tls, .. }), "{cause:?}");
    assert!(came.is_empty(), "{came:?}");
}

#[tokio::test]
async fn a_trusted_certificate_of_the_right_name_gets_the_question() {
    let (cause, came) = asked(RIGHT, RIGHT).await;
    assert!(matches!(cause, Cause::NoAnswer { .. }), "{cause:?}");
    assert!(came.starts_with(b"GET ") || came.starts_with(b"PRI "), "{}", String::from_utf8_lossy(&came));
}
