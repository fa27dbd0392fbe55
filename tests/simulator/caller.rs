//! A bare caller: signs by hand, sends exact bytes, knows nothing of the program's own client.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde_json::Value;
use sha2::{Digest as _, Sha256};
use wallet_tui::domain::Millis;
use wallet_tui::simulator::{Clock, Config, ManualClock, Simulator};

/// When the hands of these tests' clocks stand.
pub const START: Millis = Millis(1_795_000_000_123);

static NONCE: AtomicU64 = AtomicU64::new(1);

/// An exchange whose time stands, where nothing happens by itself.
pub async fn exchange() -> (Simulator, ManualClock) {
    start(Config { quiet: true, requests_per_second: 1_000, ..Config::default() }).await
}

pub async fn start(config: Config) -> (Simulator, ManualClock) {
    let hands = ManualClock::at(START);
    let simulator = Simulator::start(Config { clock: Clock::ManualClock(hands.clone()), ..config }).await.unwrap();
    (simulator, hands)
}

/// Everything that a signed call sends; tests bend single parts.
#[derive(Clone)]
pub struct Call {
    pub path: String,
    pub post: bool,
    pub body: String,
    pub signed_body: Option<String>,
    pub signed_query: String,
    pub key: String,
    pub secret: String,
    pub nonce: String,
    pub timestamp: String,
    pub leave_out: Option<&'static str>,
    pub kind: &'static str,
}

impl Call {
    pub fn get(to: &Simulator, path: &str) -> Self {
        let nonce = format!("{:032x}", NONCE.fetch_add(1, Ordering::SeqCst));
        Self {
            path: path.to_owned(),
            post: false,
            body: String::new(),
            signed_body: None,
            signed_query: String::new(),
            key: to.api_key().to_owned(),
            secret: to.secret().to_owned(),
            nonce,
            timestamp: to.world(|w| w.clock()).0.to_string(),
            leave_out: None,
            kind: "application/json",
        }
    }

    pub fn post(to: &Simulator, path: &str, body: &str) -> Self {
        Self { post: true, body: body.to_owned(), ..Self::get(to, path) }
    }

    pub fn sign(&self) -> String {
        let body = self.signed_body.as_ref().unwrap_or(&self.body);
        let text = format!("{}{}{}{}{body}", self.nonce, self.timestamp, self.key, self.signed_query);
        let digest = data_encoding::HEXLOWER.encode(&Sha256::digest(text.as_bytes()));
        data_encoding::HEXLOWER.encode(&Sha256::digest(format!("{digest}{}", self.secret).as_bytes()))
    }

    pub async fn send(&self, to: &Simulator) -> Result<reqwest::Response, reqwest::Error> {
        let url = format!("{}/api/spot/v1/{}", to.base_url(), self.path);
        let http = client();
        let mut request = if self.post { http.post(url).body(self.body.clone()) } else { http.get(url) };
        let sign = self.sign();
        let headers = [("api-key", &self.key), ("nonce", &self.nonce), ("timestamp", &self.timestamp), ("sign", &sign)];
        for (name, value) in headers.into_iter().filter(|(name, _)| Some(*name) != self.leave_out) {
            request = request.header(name, value);
        }
        request.header("content-type", self.kind).send().await
    }

    /// The envelope of an answer with HTTP 200.
    pub async fn envelope(&self, to: &Simulator) -> Value {
        let response = self.send(to).await.unwrap();
        assert_eq!(response.status(), 200, "{}", self.path);
        serde_json::from_str(&response.text().await.unwrap()).unwrap()
    }

    pub async fn code(&self, to: &Simulator) -> String {
        let envelope = self.envelope(to).await;
        assert_eq!(envelope["success"], envelope["code"] == "0");
        envelope["code"].as_str().unwrap().to_owned()
    }
}

pub fn client() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .no_proxy()
        .tls_certs_only([])
        .redirect(reqwest::redirect::Policy::none())
        .timeout(Duration::from_secs(10))
        .pool_max_idle_per_host(0)
        .build()
        .unwrap()
}

/// `data` of a call that succeeds.
pub async fn read(to: &Simulator, path: &str) -> Value {
    data(&Call::get(to, path).envelope(to).await)
}

/// `data` of a POST that succeeds.
pub async fn ask(to: &Simulator, path: &str, body: &str) -> Value {
    data(&Call::post(to, path, body).envelope(to).await)
}

fn data(envelope: &Value) -> Value {
    assert_eq!(envelope["code"], "0", "{envelope}");
    envelope["data"].clone()
}

pub const WITHDRAW: &str = "{\"coin\":\"TRX\",\"network\":\"Tron\\u0020(TRC-20)\",\
    \"address\":\"TJmW5D1p1LnMdTMmxuY1VELHht7v5HV7rU\",\"amount\":20.00}";
