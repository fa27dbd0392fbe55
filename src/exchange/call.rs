//! The life of one call: queue, sign, send, read. Here is the only place that asks anything twice, and it asks reads only.

use std::borrow::Cow;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use backon::BackoffBuilder as _;
use reqwest::Method;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::time::{Instant, sleep};

use super::clock::Skew;
use super::http::{Head, Transport};
use super::limit::{Pace, Urgency};
use super::sign::{Signable, query_text, sign};
use super::wire::{self, Api, Data};
use super::{BaseUrl, Clock, Credentials, Limits, MoneyCall, Route};
use crate::domain::{Cause, Loss, Obstacle, Problem, Refusal, UntrustedText};
use crate::platform::clock;

/// The first pause before a read is asked again; doubled each time, with up to as much again by chance.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
/// The longest pause of its own accord.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// The least pause after the exchange said that we are too fast (`reference.md §6.1`, 110041).
const TOO_FAST_PAUSE: Duration = Duration::from_secs(1);

/// What all clones of a client share.
pub(super) struct Inner {
    pub(super) base: BaseUrl,
    api: Api,
    credentials: Option<(Credentials, HeaderValue)>,
    limits: Limits,
    transport: Transport,
    pace: Pace,
    skew: Skew,
    last_number: AtomicU64,
}

/// One request, before it is signed.
pub(super) struct Ask {
    endpoint: &'static str,
    method: Method,
    query: Option<(&'static str, String)>,
    body: Option<Vec<u8>>,
    is_signed: bool,
}

impl Ask {
    pub(super) const fn get(endpoint: &'static str) -> Self {
        Self { endpoint, method: Method::GET, query: None, body: None, is_signed: false }
    }

    /// A request with a body; one that cannot be written is a problem before anything is sent.
    pub(super) fn post(endpoint: &'static str, body: Result<Vec<u8>, Cause>) -> Result<Self, Problem> {
        let body = body.map_err(|cause| Problem { endpoint, cause })?;
        Ok(Self { endpoint, method: Method::POST, query: None, body: Some(body), is_signed: false })
    }

    pub(super) fn signed(mut self) -> Self {
        self.is_signed = true;
        self
    }

    /// The one query parameter that an endpoint has (`reference.md §2`).
    pub(super) fn query(mut self, pair: (&'static str, String)) -> Self {
        self.query = Some(pair);
        self
    }
}

/// How one attempt failed, with what the server asked for.
struct Failure {
    cause: Cause,
    retry_after: Option<Duration>,
}

impl From<Cause> for Failure {
    fn from(cause: Cause) -> Self {
        Self { cause, retry_after: None }
    }
}

impl Inner {
    pub(super) fn new(
        api: Api,
        base: BaseUrl,
        credentials: Option<Credentials>,
        route: &Route,
        limits: Limits,
    ) -> Result<Self, Cause> {
        let transport = Transport::new(&base, route, &limits)?;
        let credentials = match credentials {
            None => None,
            Some(found) => {
                // The reason never repeats the key.
                let header = sensitive(&found.key)
                    .ok_or_else(|| not_sent("the API key holds characters that cannot be in a header"))?;
                Some((found, header))
            }
        };
        let (pace, skew) = (Pace::default(), Skew::default());
        Ok(Self { base, api, credentials, limits, transport, pace, skew, last_number: AtomicU64::new(0) })
    }

    /// The same key at the exchange's other interface, which has a pace and a clock of its own.
    pub(super) fn beside(&self, api: Api, base: BaseUrl, route: &Route) -> Result<Self, Cause> {
        // Connections are set up for a way, not for a server's name.
        let is_alike = route.is_same(&base, &self.base);
        let transport = if is_alike { self.transport.clone() } else { Transport::new(&base, route, &self.limits)? };
        Ok(Self {
            base,
            api,
            credentials: self.credentials.clone(),
            limits: self.limits,
            transport,
            pace: Pace::default(),
            skew: Skew::default(),
            last_number: AtomicU64::new(0),
        })
    }

    pub(super) const fn has_credentials(&self) -> bool {
        self.credentials.is_some()
    }

    pub(super) fn key(&self) -> Option<&str> {
        self.credentials.as_ref().map(|(credentials, _)| credentials.key.as_str())
    }

    pub(super) fn is_secret(&self, other: &SecretString) -> bool {
        let Some((credentials, _)) = &self.credentials else { return false };
        let (own, other) = (credentials.secret.expose_secret().as_bytes(), other.expose_secret().as_bytes());
        // Every byte is looked at, whatever the first ones say.
        let differing = own.iter().zip(other).fold(0, |differing, (a, b)| differing | (a ^ b));
        own.len() == other.len() && differing == 0
    }

    pub(super) fn clock(&self) -> Clock {
        self.skew.get()
    }

    /// Asks, and asks again where that can help: after network failures, 5xx, 429 and "too fast" with a pause, and once
    /// with a new nonce and time after a refused signature or time.
    pub(super) async fn read<T>(&self, ask: &Ask, parse: impl Fn(Data<'_>) -> Result<T, Cause>) -> Result<T, Problem> {
        let mut pauses = backon::ExponentialBuilder::default()
            .with_min_delay(FIRST_PAUSE)
            .with_max_delay(LONGEST_PAUSE)
            .with_max_times(self.limits.read_retries)
            .with_jitter()
            .build();
        let mut may_sign_again = ask.is_signed;
        loop {
            let failure = match self.once(Urgency::Read, ask, &parse).await {
                Ok(found) => return Ok(found),
                Err(failure) => failure,
            };
            if may_sign_again && is_refused_before_reading(&failure.cause) {
                may_sign_again = false;
                continue;
            }
            let least = least_pause(&failure.cause);
            let Some((least, drawn)) = least.and_then(|least| Some((least, pauses.next()?))) else {
                return Err(Problem { endpoint: ask.endpoint, cause: failure.cause });
            };
            sleep(drawn.max(least).max(failure.retry_after.unwrap_or_default())).await;
        }
    }

    /// Asks exactly once, whatever happens.
    pub(super) async fn money<T>(
        &self,
        call: MoneyCall,
        parse: impl Fn(Data<'_>) -> Result<T, Cause>,
    ) -> Result<T, Problem> {
        let MoneyCall { endpoint, body } = call;
        let ask = Ask::post(endpoint, Ok(body))?.signed();
        let done = self.once(Urgency::Money, &ask, &parse).await;
        done.map_err(|failure| Problem { endpoint, cause: failure.cause })
    }

    async fn once<T>(
        &self,
        urgency: Urgency,
        ask: &Ask,
        parse: &impl Fn(Data<'_>) -> Result<T, Cause>,
    ) -> Result<T, Failure> {
        if ask.is_signed && self.credentials.is_none() {
            return Err(Cause::NoKey.into());
        }
        let permit = self.pace.wait(urgency).await;
        let number = self.last_number.fetch_add(1, Ordering::Relaxed) + 1;
        let started = Instant::now();
        let mut status = None;
        let answer = self.exchange(urgency, ask, &mut status).await;
        drop(permit);
        let result = answer.and_then(|body| {
            let data = match urgency {
                Urgency::Read => wire::open(self.api, &body)?,
                Urgency::Money => wire::open_money(&body)?,
            };
            Ok(parse(data)?)
        });
        let (outcome, code) = match &result {
            Ok(_) => ("ok", Cow::Borrowed("0")),
            Err(failure) => told(&failure.cause),
        };
        let ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        tracing::debug!(
            request = number,
            method = ask.method.as_str(),
            endpoint = ask.endpoint,
            status,
            code = &*code,
            outcome,
            ms,
            "request"
        );
        result
    }

    /// One request and the body of its answer.
    async fn exchange(&self, urgency: Urgency, ask: &Ask, status: &mut Option<u16>) -> Result<Vec<u8>, Failure> {
        let mut url = self.base.join(&format!("{}{}", self.api.prefix(), ask.endpoint));
        if let Some((key, value)) = &ask.query {
            url.query_pairs_mut().append_pair(key, value);
        }
        // What checks a server's certificate ends the task by such a clock, and nothing signed by it is taken.
        clock::check().map_err(|why| not_sent(&why.to_string()))?;
        let headers = self.headers(ask)?;
        let sent = clock::now();
        let head = self.transport.send(urgency, ask.method.clone(), url, headers, ask.body.clone()).await?;
        if let Some(date) = head.date {
            self.skew.learn(date, sent, clock::now());
        }
        *status = Some(head.status);
        let retry_after = head.retry_after;
        if head.status != 200 {
            let cause = match urgency {
                Urgency::Read => self.no_success(head).await,
                // Whatever stands in it: what is in between may have let the request through (`reference.md §6.3`).
                Urgency::Money => Cause::NoAnswer { loss: Loss::Status(head.status), detail: UntrustedText::default() },
            };
            return Err(Failure { cause, retry_after });
        }
        self.transport.body(head).await.map_err(|cause| Failure { cause, retry_after })
    }

    /// What an HTTP status other than 200 means for a read: a refusal where the exchange itself says so, in its envelope and
    /// with a code of its list; else what is in between did not answer.
    async fn no_success(&self, head: Head) -> Cause {
        let status = head.status;
        if matches!(status, 400..=499) && !matches!(status, 408 | 425 | 429) {
            let body = self.transport.body(head).await.unwrap_or_default();
            match wire::open(self.api, &body) {
                Err(Cause::Refused { refusal, code, msg }) if refusal != Refusal::Unlisted => {
                    return Cause::Refused { refusal, code, msg };
                }
                _ => {}
            }
        }
        Cause::NoAnswer { loss: Loss::Status(status), detail: UntrustedText::default() }
    }

    /// The four signing headers, over exactly the bytes of this body; none for public endpoints.
    fn headers(&self, ask: &Ask) -> Result<HeaderMap, Cause> {
        let mut headers = HeaderMap::new();
        if !ask.is_signed {
            return Ok(headers);
        }
        let (credentials, key) = self.credentials.as_ref().ok_or(Cause::NoKey)?;
        let mut random = [0_u8; 16];
        getrandom::fill(&mut random).map_err(|_| not_sent("this machine gives no random numbers"))?;
        let nonce = data_encoding::HEXLOWER.encode(&random);
        let timestamp = clock::now().plus(self.skew.get().offset_ms).0.to_string();
        let query: Vec<(&str, &str)> = ask.query.iter().map(|(key, value)| (*key, value.as_str())).collect();
        let what = Signable {
            nonce: &nonce,
            timestamp: &timestamp,
            api_key: &credentials.key,
            query: &query_text(&query),
            body: ask.body.as_deref().unwrap_or_default(),
        };
        let signature = sign(what, &credentials.secret);
        headers.insert(HeaderName::from_static("api-key"), key.clone());
        for (name, value) in [("nonce", &nonce), ("timestamp", &timestamp), ("sign", &signature)] {
            let value = sensitive(value).ok_or_else(|| not_sent("a header cannot be written"))?;
            headers.insert(HeaderName::from_static(name), value);
        }
        Ok(headers)
    }
}

/// A header value that no log prints.
fn sensitive(text: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

fn not_sent(why: &str) -> Cause {
    Cause::NotSent { obstacle: Obstacle::Other, detail: UntrustedText::from(why) }
}

/// True for refusals that fresh signing may cure; both are checked before anything is executed (`reference.md §3.1`).
const fn is_refused_before_reading(cause: &Cause) -> bool {
    matches!(cause, Cause::Refused { refusal: Refusal::Signature | Refusal::Clock, .. })
}

/// The least pause before a read is asked again; `None` when asking again cannot help.
const fn least_pause(cause: &Cause) -> Option<Duration> {
    match cause {
        Cause::NotSent { .. } | Cause::NoAnswer { loss: Loss::Broken | Loss::Status(429 | 500..=599), .. } => {
            Some(Duration::ZERO)
        }
        Cause::Refused { refusal: Refusal::TooFast, .. } => Some(TOO_FAST_PAUSE),
        _ => None,
    }
}

/// What the log says of a failure: a word of ours and the code, nothing that the server wrote freely.
fn told(cause: &Cause) -> (&'static str, Cow<'_, str>) {
    match cause {
        Cause::NotSent { obstacle, .. } => (obstacle.into(), Cow::Borrowed("")),
        Cause::NoAnswer { loss, .. } => (loss.key(), Cow::Borrowed("")),
        Cause::Unreadable { .. } => ("unreadable", Cow::Borrowed("")),
        Cause::NoId => ("no_id", Cow::Borrowed("0")),
        Cause::Contradiction { code, .. } => ("contradiction", code.shown()),
        Cause::Refused { refusal, code, .. } => (refusal.into(), code.shown()),
        Cause::NoKey => ("no_key", Cow::Borrowed("")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn no_answer(loss: Loss) -> Cause {
        Cause::NoAnswer { loss, detail: UntrustedText::default() }
    }

    fn refused(refusal: Refusal) -> Cause {
        Cause::Refused { refusal, code: UntrustedText::default(), msg: UntrustedText::default() }
    }

    #[test]
    fn only_what_may_pass_is_asked_again() {
        let zero = Some(Duration::ZERO);
        assert_eq!(least_pause(&not_sent("x")), zero);
        for loss in [Loss::Broken, Loss::Status(429), Loss::Status(500), Loss::Status(599)] {
            assert_eq!(least_pause(&no_answer(loss)), zero, "{loss:?}");
        }
        // Who was waited for in vain is not waited for again before the user knows.
        for loss in
            [Loss::Timeout, Loss::NotTheApi, Loss::TooLarge, Loss::Status(302), Loss::Status(404), Loss::Status(403)]
        {
            assert_eq!(least_pause(&no_answer(loss)), None, "{loss:?}");
        }
        assert_eq!(least_pause(&refused(Refusal::TooFast)), Some(TOO_FAST_PAUSE));
        for refusal in [Refusal::KeyUnknown, Refusal::System, Refusal::Clock, Refusal::Unlisted] {
            assert_eq!(least_pause(&refused(refusal)), None, "{refusal:?}");
        }
        assert_eq!(least_pause(&Cause::NoKey), None);
    }
}
