//! A tiny HTTP server on a raw socket: it records what came and does with each request what the test says.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use secrecy::SecretString;
use tokio::time::Instant;
use wallet_tui::exchange::sign::{Signable, sign};
use wallet_tui::exchange::{BaseUrl, Client, Credentials, Limits};

pub const KEY: &str = "keyMARKER0001";
pub const SECRET: &str = "secretMARKER0002";

/// One request as it came.
#[derive(Debug, Clone)]
pub struct Seen {
    pub method: String,
    pub target: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    pub at: Instant,
}

impl Seen {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Asserts that the signature covers exactly what came.
    pub fn assert_signed(&self) {
        let what = Signable {
            nonce: self.header("nonce").unwrap(),
            timestamp: self.header("timestamp").unwrap(),
            api_key: self.header("api-key").unwrap(),
            query: "",
            body: &self.body,
        };
        assert_eq!(self.header("api-key"), Some(KEY));
        assert_eq!(self.header("sign").unwrap(), sign(what, &SecretString::from(SECRET.to_owned())));
        assert!(what.nonce.len() == 32 && what.nonce.bytes().all(|b| b.is_ascii_hexdigit()), "{}", what.nonce);
        assert_eq!(what.timestamp.len(), 13);
    }
}

/// What to do with a request.
pub enum Step {
    /// Send these bytes and keep the connection.
    Reply(Vec<u8>),
    /// Send these bytes and end the connection.
    ReplyAndClose(Vec<u8>),
    /// Say nothing until the client gives up.
    Silence,
    /// Send these bytes, then one more every few milliseconds for ever.
    Trickle(Vec<u8>),
}

/// A running server.
pub struct Server {
    pub address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
    connections: Arc<AtomicUsize>,
    is_over: Arc<AtomicBool>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::SeqCst);
        // Wakes the thread that waits for a connection.
        let _ = TcpStream::connect(self.address);
    }
}

impl Server {
    /// Starts one; `script` gets the number of the request, from 0.
    pub fn start(script: impl Fn(usize, &Seen) -> Step + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (seen, connections) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicUsize::new(0)));
        let is_over = Arc::new(AtomicBool::new(false));
        let server = Self {
            address,
            seen: Arc::clone(&seen),
            connections: Arc::clone(&connections),
            is_over: Arc::clone(&is_over),
        };
        let script = Arc::new(script);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if is_over.load(Ordering::SeqCst) {
                    return;
                }
                connections.fetch_add(1, Ordering::SeqCst);
                let (seen, script) = (Arc::clone(&seen), Arc::clone(&script));
                std::thread::spawn(move || serve(stream, &seen, &*script));
            }
        });
        server
    }

    /// A server that always says the same.
    pub fn saying(reply: Vec<u8>) -> Self {
        Self::start(move |_, _| Step::Reply(reply.clone()))
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    pub fn count(&self) -> usize {
        self.seen.lock().unwrap().len()
    }

    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// A client of this server that asks reads again `read_retries` times.
    pub fn client(&self, read_retries: usize) -> Client {
        client_of(&format!("http://{}", self.address), limits(read_retries))
    }

    /// The same, giving up quickly: for servers that never end.
    pub fn impatient_client(&self, read_retries: usize) -> Client {
        let total = Duration::from_millis(300);
        let limits = Limits { read_total: total, money_total: total, ..limits(read_retries) };
        client_of(&format!("http://{}", self.address), limits)
    }
}

pub fn limits(read_retries: usize) -> Limits {
    Limits {
        connect: Duration::from_secs(5),
        read_total: Duration::from_secs(10),
        money_total: Duration::from_secs(10),
        read_retries,
        body: 64 << 10,
    }
}

pub fn credentials() -> Credentials {
    Credentials { key: KEY.to_owned(), secret: SecretString::from(SECRET.to_owned()) }
}

pub fn client_of(address: &str, limits: Limits) -> Client {
    let base: BaseUrl = address.parse().unwrap();
    Client::new(base, Some(credentials()), limits).unwrap()
}

fn serve(mut stream: TcpStream, seen: &Mutex<Vec<Seen>>, script: &(dyn Fn(usize, &Seen) -> Step + Sync)) {
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let mut buffer = Vec::new();
    while let Some(request) = read_request(&mut stream, &mut buffer) {
        let number = {
            let mut seen = seen.lock().unwrap();
            seen.push(request.clone());
            seen.len() - 1
        };
        let step = script(number, &request);
        // The client may have gone; that is its right.
        let _ = match &step {
            Step::Reply(bytes) | Step::ReplyAndClose(bytes) | Step::Trickle(bytes) => stream.write_all(bytes),
            Step::Silence => Ok(()),
        };
        match step {
            Step::Reply(_) => {}
            Step::ReplyAndClose(_) => {
                let _ = stream.shutdown(Shutdown::Both);
                return;
            }
            Step::Silence => {
                let _ = stream.read(&mut [0]);
                return;
            }
            Step::Trickle(_) => {
                // The pause is the fault that is injected here; nothing waits for it.
                while stream.write_all(b" ").is_ok() {
                    std::thread::sleep(Duration::from_millis(5));
                }
                return;
            }
        }
    }
}

fn read_request(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<Seen> {
    let head_end = read_until(stream, buffer, |b| b.windows(4).position(|w| w == b"\r\n\r\n").map(|at| at + 4))?;
    let head = String::from_utf8(buffer.drain(..head_end).collect()).ok()?;
    let mut lines = head.lines();
    let mut first = lines.next()?.split(' ');
    let (method, target) = (first.next()?.to_owned(), first.next()?.to_owned());
    let headers: Vec<_> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(key, value)| (key.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let length = headers.iter().find(|(key, _)| key == "content-length").map_or(0, |(_, v)| v.parse().unwrap());
    read_until(stream, buffer, |b| (b.len() >= length).then_some(length))?;
    let body = buffer.drain(..length).collect();
    Some(Seen { method, target, headers, body, at: Instant::now() })
}

fn read_until(stream: &mut TcpStream, buffer: &mut Vec<u8>, done: impl Fn(&[u8]) -> Option<usize>) -> Option<usize> {
    loop {
        if let Some(at) = done(buffer) {
            return Some(at);
        }
        let mut chunk = [0; 4096];
        match stream.read(&mut chunk) {
            Ok(0) | Err(_) => return None,
            Ok(count) => buffer.extend_from_slice(&chunk[..count]),
        }
    }
}

/// A whole HTTP answer.
pub fn http(status: u16, headers: &str, body: &[u8]) -> Vec<u8> {
    let mut out = format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\n{headers}\r\n", body.len()).into_bytes();
    out.extend_from_slice(body);
    out
}

/// A successful answer with this data.
pub fn ok(data: &str) -> Vec<u8> {
    http(200, "", format!(r#"{{"code":"0","msg":"result.success","data":{data},"success":true}}"#).as_bytes())
}

/// A refusal with this code.
pub fn refused(code: &str) -> Vec<u8> {
    http(200, "", format!(r#"{{"code":"{code}","msg":"m","data":null,"success":false}}"#).as_bytes())
}

/// A little-endian bit stream, as deflate wants it.
#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    used: u32,
}

impl Bits {
    fn push(&mut self, value: u32, count: u32) {
        for at in 0..count {
            if self.used.is_multiple_of(8) {
                self.bytes.push(0);
            }
            *self.bytes.last_mut().unwrap() |= u8::try_from(value >> at & 1).unwrap() << (self.used % 8);
            self.used += 1;
        }
    }

    /// Huffman codes go in from their highest bit.
    fn push_code(&mut self, code: u32, count: u32) {
        self.push(code.reverse_bits() >> (32 - count), count);
    }
}

/// Some kilobytes of gzip that unpack to `repeats × 258` blanks (and have no valid end).
pub fn gzip_bomb(repeats: usize) -> Vec<u8> {
    let mut bits = Bits::default();
    bits.push(1, 1); // the last block,
    bits.push(1, 2); // with the fixed codes
    bits.push_code(0x30 + u32::from(b' '), 8); // a blank
    for _ in 0..repeats {
        bits.push_code(0b1100_0101, 8); // 258 bytes
        bits.push_code(0, 5); // from one byte before
    }
    bits.push_code(0, 7);
    let mut out = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    out.extend(bits.bytes);
    out.extend([0; 8]);
    out
}
