//! HTTP on loopback: takes connections, lets authentication and the routes answer, and does what a fault asks for.

use std::convert::Infallible;
use std::io;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full, Limited, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::header::{CONTENT_LENGTH, CONTENT_TYPE, DATE, HeaderValue, LOCATION, RETRY_AFTER};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use jiff::Timestamp;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::Shared;
use super::faults::{Fault, Strike};
use super::fields::Fields;
use super::refusal::Refusal;
use super::routes::{self, Call, FUTURES_PREFIX, PREFIX, ROUTES, Route};
use super::wire::{FaultyStream, Wire};
use crate::domain::Millis;
use crate::exchange::sign::query_text;

/// The largest request body that is read.
const BODY_LIMIT: usize = 1 << 20;

type Body = UnsyncBoxBody<Bytes, io::Error>;

/// Takes connections until it is dropped, and all of them end with it.
pub async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    let mut lines = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    lines.spawn(line(stream, Arc::clone(&shared)));
                }
                // Out of file handles, most likely: some will be free in a moment.
                Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
            },
            Some(_) = lines.join_next(), if !lines.is_empty() => {}
        }
    }
}

async fn line(stream: TcpStream, shared: Arc<Shared>) {
    // Only a matter of speed.
    let _ = stream.set_nodelay(true);
    let knife = Arc::new(FaultyStream::default());
    let wire = TokioIo::new(Wire::new(stream, Arc::clone(&knife)));
    let service = service_fn(|request| answer(Arc::clone(&shared), Arc::clone(&knife), request));
    // A connection that fails was made to, or the caller left.
    let _ = http1::Builder::new().serve_connection(wire, service).await;
}

/// What is to be sent, before a fault has its way.
struct Reply {
    status: StatusCode,
    kind: &'static str,
    body: Bytes,
}

impl Reply {
    fn json(body: String) -> Self {
        Self { status: StatusCode::OK, kind: "application/json;charset=UTF-8", body: body.into() }
    }

    fn page(status: StatusCode) -> Self {
        let words = status.canonical_reason().unwrap_or("Unknown");
        let body = format!(
            "<html>\r\n<head><title>{0} {words}</title></head>\r\n<body>\r\n<center><h1>{0} {words}</h1></center>\r\n</body>\r\n</html>\r\n",
            status.as_u16()
        );
        Self { status, kind: "text/html", body: body.into() }
    }
}

async fn answer(
    shared: Arc<Shared>,
    knife: Arc<FaultyStream>,
    request: Request<Incoming>,
) -> io::Result<Response<Body>> {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path();
    let name = path.strip_prefix(PREFIX).or_else(|| path.strip_prefix(FUTURES_PREFIX)).unwrap_or(path).to_owned();
    let fault = {
        let mut state = shared.lock();
        *state.requests.entry(name.clone()).or_default() += 1;
        state.faults.next(&name)
    };
    // The body is read in any case: a fault that strikes "before" strikes before the call is carried out, not before
    // it has arrived.
    let Ok(body) = Limited::new(body, BODY_LIMIT).collect().await else {
        return send(&shared, Reply::page(StatusCode::PAYLOAD_TOO_LARGE), Sending::Whole);
    };
    let body = body.to_bytes();
    let Some(Fault { strike, executed }) = fault else {
        let reply = carry_out(&shared, &parts, &body);
        return send(&shared, reply, Sending::Whole);
    };
    if let Strike::Late(wait) = strike
        && !executed
    {
        tokio::time::sleep(wait).await;
        let reply = carry_out(&shared, &parts, &body);
        return send(&shared, reply, Sending::Whole);
    }
    let reply = if executed || matches!(strike, Strike::Trickle(_)) {
        carry_out(&shared, &parts, &body)
    } else {
        // What would have stood there had it been carried out is not known; a failure of the exchange's own serves.
        Reply::json(routes::refusal(Refusal::System.code(), Refusal::System.msg()))
    };
    strike_at(&shared, &knife, strike, reply).await
}

async fn strike_at(shared: &Shared, knife: &FaultyStream, strike: Strike, reply: Reply) -> io::Result<Response<Body>> {
    match strike {
        Strike::Close => Err(io::ErrorKind::ConnectionAborted.into()),
        Strike::Reset => {
            knife.reset();
            Err(io::ErrorKind::ConnectionReset.into())
        }
        Strike::Cut(bytes) => {
            knife.cut_after(bytes);
            send(shared, reply, Sending::Whole)
        }
        Strike::Truncate => send(shared, reply, Sending::Half),
        Strike::Garble => {
            let garbled = reply.body.iter().enumerate().map(|(at, byte)| if at % 3 == 0 { byte ^ 0x55 } else { *byte });
            send(shared, Reply { body: garbled.collect(), ..reply }, Sending::Whole)
        }
        Strike::Replace(from, to) => {
            let body = String::from_utf8_lossy(&reply.body).replacen(&from, &to, 1).into_bytes();
            send(shared, Reply { body: body.into(), ..reply }, Sending::Whole)
        }
        Strike::Late(wait) => {
            tokio::time::sleep(wait).await;
            send(shared, reply, Sending::Whole)
        }
        Strike::Trickle(pause) => send(shared, reply, Sending::Slowly(pause)),
        Strike::Status(status) => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            send(shared, Reply::page(status), Sending::Whole)
        }
        Strike::Html => send(shared, Reply::page(StatusCode::OK), Sending::Whole),
        Strike::Redirect(to) => {
            let mut response = send(shared, Reply::page(StatusCode::PERMANENT_REDIRECT), Sending::Whole)?;
            response.headers_mut().insert(LOCATION, header(&to)?);
            Ok(response)
        }
        Strike::TooMany(wait) => {
            let mut response = send(shared, Reply::page(StatusCode::TOO_MANY_REQUESTS), Sending::Whole)?;
            if let Some(wait) = wait {
                response.headers_mut().insert(RETRY_AFTER, header(&wait)?);
            }
            Ok(response)
        }
        Strike::Body(body) => send(shared, Reply::json(body), Sending::Whole),
        Strike::Code(code, msg) => send(shared, Reply::json(routes::refusal(&code, &msg)), Sending::Whole),
        Strike::Under(code, success) => {
            let body = routes::under(&reply.body, &code, success);
            send(shared, Reply { body: body.into(), ..reply }, Sending::Whole)
        }
        Strike::NoData => send(shared, Reply::json(routes::success("result.success", "null")), Sending::Whole),
    }
}

/// Lets authentication and the route have the call; everything in one step, so that it is carried out whole or not at all.
fn carry_out(shared: &Shared, parts: &hyper::http::request::Parts, body: &[u8]) -> Reply {
    let Some(route) = ROUTES.iter().find(|route| route.is_at(parts.uri.path())) else {
        return Reply::page(StatusCode::NOT_FOUND);
    };
    let wanted = if route.post { Method::POST } else { Method::GET };
    if parts.method != wanted {
        return Reply::page(StatusCode::METHOD_NOT_ALLOWED);
    }
    let kind = parts.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if route.post && !body.is_empty() && !kind.starts_with("application/json") {
        return Reply::page(StatusCode::BAD_REQUEST);
    }
    Reply::json(match call(shared, route, parts, body) {
        Ok(data) => route.success(&data),
        Err(why) => route.refusal(why),
    })
}

fn call(
    shared: &Shared,
    route: &'static Route,
    parts: &hyper::http::request::Parts,
    body: &[u8],
) -> Result<String, Refusal> {
    let query = parts.uri.query().unwrap_or_default();
    let query: Vec<(String, String)> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let now = shared.clock.now();
    let mut state = shared.lock();
    state.world.advance(now);
    if route.post || route.is_futures {
        state.auth.pace(route.name)?;
    }
    if route.signed {
        let pairs: Vec<_> = query.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        let clock = state.world.clock();
        state.auth.check(&parts.headers, &query_text(&pairs), body, clock)?;
    }
    if let Some(refusal) = state.auth.futures_refusal.filter(|_| route.is_futures) {
        return Err(refusal);
    }
    if route.moves_out && !state.auth.permissions.withdraw {
        return Err(Refusal::NoAuthority);
    }
    let fields = if route.post { Fields::read(body)? } else { Fields::default() };
    (route.handle)(&mut state.world, &Call { query, fields })
}

/// How the body goes out.
#[derive(Clone, Copy)]
enum Sending {
    Whole,
    /// Half of what was promised, then the connection ends.
    Half,
    /// A byte at a time.
    Slowly(Duration),
}

fn send(shared: &Shared, reply: Reply, how: Sending) -> io::Result<Response<Body>> {
    let length = reply.body.len();
    let body = match how {
        Sending::Whole => Full::new(reply.body).map_err(|never: Infallible| match never {}).boxed_unsync(),
        Sending::Half => {
            let half = reply.body.slice(..length / 2);
            let parts = stream::unfold(Some(half), |half| async {
                match half {
                    Some(half) if !half.is_empty() => Some((Ok(Frame::data(half)), Some(Bytes::new()))),
                    // A moment, so that the first half is really on its way before the end.
                    Some(_) => {
                        tokio::time::sleep(Duration::from_millis(5)).await;
                        Some((Err(io::ErrorKind::ConnectionAborted.into()), None))
                    }
                    None => None,
                }
            });
            StreamBody::new(parts).boxed_unsync()
        }
        Sending::Slowly(pause) => {
            let parts = stream::unfold(reply.body, move |mut rest| async move {
                if rest.is_empty() {
                    return None;
                }
                tokio::time::sleep(pause).await;
                let byte = rest.split_to(1);
                Some((Ok(Frame::data(byte)), rest))
            });
            StreamBody::new(parts).boxed_unsync()
        }
    };
    let mut response = Response::new(body);
    *response.status_mut() = reply.status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(reply.kind));
    headers.insert(CONTENT_LENGTH, length.into());
    headers.insert(DATE, header(&http_date(shared.server_time()))?);
    Ok(response)
}

fn header(text: &str) -> io::Result<HeaderValue> {
    HeaderValue::from_str(text).map_err(io::Error::other)
}

/// `Sun, 06 Nov 1994 08:49:37 GMT`.
fn http_date(at: Millis) -> String {
    let at = Timestamp::from_millisecond(at.0).unwrap_or_default();
    at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

impl Shared {
    /// The state; a panic elsewhere while it was held does not matter, every change is whole.
    pub(super) fn lock(&self) -> std::sync::MutexGuard<'_, super::State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the exchange's clock shows.
    fn server_time(&self) -> Millis {
        self.clock.now().plus(self.lock().world.skew_ms)
    }
}
