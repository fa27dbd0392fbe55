//! Our typed side of the exchange's API: one method per endpoint, domain types in and out.
//!
//! Reads may be repeated, money calls never: not by this module, not by the HTTP library, not after a refusal.
//! Wire names live in `wire` and nowhere else; nothing here knows of a screen or a file.

mod base_url;
mod call;
mod clock;
mod http;
mod limit;
mod proxy;
mod route;
pub mod sign;
mod wire;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;

pub use base_url::{BaseUrl, BaseUrlError};
pub use proxy::{ProxyChoice, ProxyFault, ProxyInForce, ProxyVariables, parse_proxy};
pub use route::Route;

use crate::domain::{
    Amount, Balance, Cause, Coin, DepositAddress, FuturesBalance, IncomingFilter, Loss, OutgoingFilter, Partial,
    Problem, Rate, Record, Refusal, Request, UntrustedText, UserInfo,
};
use call::{Ask, Inner};
use wire::Api;

/// The exchange's own address (`reference.md §1`).
pub const EXCHANGE: &str = "https://openapi.bitunix.com";
/// The address of its futures side (`reference.md §4.14`).
pub const FUTURES_EXCHANGE: &str = "https://fapi.bitunix.com";

/// Where the exchange's two interfaces are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Servers {
    /// Spot, and everything about the wallet.
    pub spot: BaseUrl,
    /// The futures side.
    pub futures: BaseUrl,
}

impl Servers {
    /// The servers of an exchange whose futures side is at `futures`; where that is not said: the exchange's own, or the same
    /// server where `spot` is another one.
    pub fn new(spot: BaseUrl, futures: Option<BaseUrl>) -> Self {
        let own = || FUTURES_EXCHANGE.parse().ok().filter(|_| spot.to_string() == EXCHANGE);
        let futures = futures.or_else(own).unwrap_or_else(|| spot.clone());
        Self { spot, futures }
    }
}

/// A key id and its secret. The secret has no `Display`, a redacted `Debug`, and is wiped on drop.
#[derive(Clone)]
pub struct Credentials {
    /// The key's id; not a secret, but nobody else's business.
    pub key: String,
    /// The secret.
    pub secret: SecretString,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials([REDACTED])")
    }
}

/// Limits of the client, with sane defaults; tests shorten them.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Until a connection stands, encryption included. Shorter than the totals, or a server that cannot be reached is taken
    /// for one that did not answer.
    pub connect: Duration,
    /// From the start to the last byte of a read's answer.
    pub read_total: Duration,
    /// From the start to the last byte of a money call's answer.
    pub money_total: Duration,
    /// How often a read that failed on the network is asked again.
    pub read_retries: usize,
    /// Largest body, unpacked, in bytes.
    pub body: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(8),
            read_total: Duration::from_secs(15),
            money_total: Duration::from_secs(30),
            read_retries: 2,
            body: 16 << 20,
        }
    }
}

/// What is known of the difference between the exchange's clock and this machine's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Clock {
    /// Exchange time minus machine time, milliseconds; 0 while they agree within the measure's resolution.
    pub offset_ms: i64,
    /// Whether any answer has told yet.
    pub known: bool,
}

/// The endpoints' paths after `/api/spot/v1/` (`reference.md §2`); also what [`Problem::endpoint`] says.
pub mod endpoint {
    /// Balances.
    pub const ACCOUNT: &str = "user/account";
    /// Whose key this is.
    pub const USER_INFO: &str = "user/info";
    /// Withdraw to a chain.
    pub const WITHDRAW: &str = "withdraw";
    /// Take a withdrawal back.
    pub const CANCEL_WITHDRAWAL: &str = "withdraw/cancel";
    /// Send to another user.
    pub const TRANSFER: &str = "inside_transfer";
    /// Take a transfer back.
    pub const CANCEL_TRANSFER: &str = "inside_transfer/cancel";
    /// Outgoing history.
    pub const OUTGOING: &str = "withdraw_transfer/page";
    /// Spot to futures and back.
    pub const MOVE: &str = "funds_transfer";
    /// Incoming history.
    pub const INCOMING: &str = "deposit/page";
    /// Where to pay in.
    pub const DEPOSIT_ADDRESS: &str = "deposit/address";
    /// Coins and networks.
    pub const COINS: &str = "common/coin/coin_network/list";
    /// Rates.
    pub const RATES: &str = "common/rate/list";
    /// A market's last price.
    pub const LAST_PRICE: &str = "market/last_price";
    /// What the futures side holds of one coin (`reference.md §4.14`); after `/api/v1/`.
    pub const FUTURES: &str = "futures/account";
    /// Not a path: the client itself could not be set up.
    pub const NONE: &str = "client";
}

/// A money call as it leaves, without key, time and signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MoneyCall {
    /// The path after `/api/spot/v1/`.
    pub endpoint: &'static str,
    /// The body, byte for byte; ASCII.
    pub body: Vec<u8>,
}

impl MoneyCall {
    /// The call of a request. [`Client`] sends exactly this, so that what is shown beforehand cannot differ from it.
    ///
    /// # Errors
    /// `NotSent` when the request has no wire form: a user id that is not made of digits.
    pub fn of(request: &Request) -> Result<Self, Problem> {
        let (endpoint, body) = match request {
            Request::Withdraw(w) => (endpoint::WITHDRAW, wire::withdraw(w)),
            Request::Transfer(t) => (endpoint::TRANSFER, wire::transfer(t)),
            Request::Move(m) => (endpoint::MOVE, wire::move_funds(m)),
            Request::CancelWithdrawal(id) => (endpoint::CANCEL_WITHDRAWAL, wire::cancel_withdrawal(id)),
            Request::CancelTransfer(id) => (endpoint::CANCEL_TRANSFER, wire::cancel_transfer(id)),
        };
        Ok(Self { endpoint, body: body.map_err(|cause| Problem { endpoint, cause })? })
    }

    /// Where a server at `base` takes it.
    pub fn url(&self, base: &BaseUrl) -> String {
        base.join(&format!("{}{}", Api::Spot.prefix(), self.endpoint)).to_string()
    }
}

/// Reads the bytes of an answer of the outgoing history as [`Client::outgoing`] does, asking nobody: for benchmarks and
/// saved answers.
///
/// # Errors
/// What [`Client::outgoing`] would give as the cause.
pub fn read_outgoing_page(body: &[u8]) -> Result<Vec<Record>, Cause> {
    wire::outgoing(&wire::open(Api::Spot, body)?)?.whole()
}

/// What an answer's bytes hold, whatever the endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Of [`endpoint::ACCOUNT`].
    Balances(Option<Vec<Balance>>),
    /// Of [`endpoint::FUTURES`], asked about USDT.
    Futures(Option<Box<FuturesBalance>>),
    /// Of [`endpoint::USER_INFO`].
    User(UserInfo),
    /// Of either history.
    Records(Vec<Record>),
    /// Of [`endpoint::DEPOSIT_ADDRESS`].
    Addresses(Vec<DepositAddress>),
    /// Of [`endpoint::COINS`].
    Coins(Vec<Coin>),
    /// Of [`endpoint::RATES`].
    Rates(Vec<Rate>),
    /// Of [`endpoint::LAST_PRICE`].
    Price(Amount),
    /// Of an order.
    Id(UntrustedText),
    /// Of what answers with success alone.
    Done,
}

/// Reads the bytes of an answer of any endpoint as [`Client`] does, asking nobody: for fuzzing.
///
/// # Errors
/// What [`Client`] would give as the cause.
#[doc(hidden)]
pub fn read_answer(endpoint: &str, body: &[u8]) -> Result<Answer, Cause> {
    let api = if endpoint == endpoint::FUTURES { Api::Futures } else { Api::Spot };
    let data = wire::open(api, body)?;
    Ok(match endpoint {
        endpoint::ACCOUNT => Answer::Balances(wire::balances(&data)?.map(Partial::whole).transpose()?),
        endpoint::FUTURES => Answer::Futures(wire::futures_balance(&data, &UntrustedText::from("USDT"))?.map(Box::new)),
        endpoint::USER_INFO => Answer::User(wire::user_info(&data)?),
        endpoint::OUTGOING => Answer::Records(wire::outgoing(&data)?.whole()?),
        endpoint::INCOMING => Answer::Records(wire::incoming(&data)?.whole()?),
        endpoint::DEPOSIT_ADDRESS => Answer::Addresses(wire::deposit_addresses(&data)?),
        endpoint::COINS => Answer::Coins(wire::coins(&data)?.whole()?),
        endpoint::RATES => Answer::Rates(wire::rates(&data)?.whole()?),
        endpoint::LAST_PRICE => Answer::Price(wire::last_price(&data)?),
        endpoint::WITHDRAW | endpoint::TRANSFER | endpoint::MOVE => Answer::Id(wire::order_id(&data)?),
        _ => Answer::Done,
    })
}

/// A connection to the exchange, cheap to clone; all clones share connections, pace and clock.
///
/// Every method fails with a [`Problem`] whose cause says whether anything was sent. Reads are tried again after network
/// failures (`Limits::read_retries`) and signed again once after 100005 or 100008; money calls go out exactly once.
/// Signed methods fail with [`Cause::NoKey`], sending nothing, when the client has no credentials.
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
    futures: Arc<Inner>,
}

/// Where an answer was not understood.
fn at(endpoint: &'static str) -> impl Fn(Cause) -> Problem {
    move |cause| Problem { endpoint, cause }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("base", &self.inner.base).finish_non_exhaustive()
    }
}

impl Client {
    /// A client of the exchange at `base` and of the futures side that goes with it ([`Servers::new`]). Nothing is sent yet.
    ///
    /// # Errors
    /// `NotSent` when encryption cannot be set up (no CA certificates on this machine) or the key cannot be a header.
    pub fn new(base: BaseUrl, credentials: Option<Credentials>, limits: Limits) -> Result<Self, Problem> {
        Self::by(&Route::default(), Servers::new(base, None), credentials, limits)
    }

    /// A client of the exchange at `servers` that reaches it by `route`. Nothing is sent yet.
    ///
    /// # Errors
    /// As [`Client::new`]; also when the proxy or the certificates cannot be used.
    pub fn by(
        route: &Route,
        servers: Servers,
        credentials: Option<Credentials>,
        limits: Limits,
    ) -> Result<Self, Problem> {
        let Servers { spot, futures } = servers;
        let inner = Inner::new(Api::Spot, spot, credentials, route, limits).map_err(at(endpoint::NONE))?;
        let futures = inner.beside(Api::Futures, futures, route).map_err(at(endpoint::NONE))?;
        Ok(Self { inner: Arc::new(inner), futures: Arc::new(futures) })
    }

    /// The server's address.
    pub fn base(&self) -> &BaseUrl {
        &self.inner.base
    }

    /// The address of the futures side.
    pub fn futures_base(&self) -> &BaseUrl {
        &self.futures.base
    }

    /// Whether signed calls are possible at all.
    pub fn has_credentials(&self) -> bool {
        self.inner.has_credentials()
    }

    /// The key's id, by which what belongs to the account is named on disk; not for the screen.
    pub fn key(&self) -> Option<&str> {
        self.inner.key()
    }

    /// Whether this is the secret in use; takes as long for a wrong one as for the right one.
    pub fn is_secret(&self, other: &SecretString) -> bool {
        self.inner.is_secret(other)
    }

    /// What the answers so far told of the exchange's clock; applied to every timestamp.
    pub fn clock(&self) -> Clock {
        self.inner.clock()
    }

    /// Every coin of the account: coin amounts available and in use (`reference.md §4.1`). `None` when the exchange sent
    /// null: an empty account, or an answer that failed there; not proof of nothing.
    ///
    /// # Errors
    /// See [`Client`]; one row that cannot be read makes the whole unreadable.
    pub async fn balances(&self) -> Result<Option<Vec<Balance>>, Problem> {
        let all = self.list_balances().await?;
        all.map(Partial::whole).transpose().map_err(at(endpoint::ACCOUNT))
    }

    /// The same without the rows that cannot be read, which are named.
    ///
    /// # Errors
    /// See [`Client`]; also when no row can be read.
    pub async fn list_balances(&self) -> Result<Option<Partial<Vec<Balance>>>, Problem> {
        self.inner.read(&Ask::get(endpoint::ACCOUNT).signed(), |data| wire::balances(&data)).await
    }

    /// The balances as far as one coin's can be read: an order of it needs no other.
    ///
    /// # Errors
    /// See [`Client`]; also when the coin's own row cannot be read, or one that may be its.
    pub async fn balances_for(&self, coin: &UntrustedText) -> Result<Vec<Balance>, Problem> {
        let Some(all) = self.list_balances().await? else { return Ok(Vec::new()) };
        all.unless(|row| row.name.as_ref().is_none_or(|name| name == coin)).map_err(at(endpoint::ACCOUNT))
    }

    /// What the futures side holds of a coin (`reference.md §4.14`). `None` when it lists nothing for the coin, or knows it for no
    /// margin coin (10002): then it is not
    /// known to hold any, and not known to hold none. The futures side has a pace and a clock of its own.
    ///
    /// # Errors
    /// See [`Client`]; [`Problem::is_about_access_to_futures`] tells when this key or address is not served there at all.
    pub async fn futures_balance(&self, coin: &UntrustedText) -> Result<Option<FuturesBalance>, Problem> {
        let ask = Ask::get(endpoint::FUTURES).signed().query(wire::margin_coin(coin));
        match self.futures.read(&ask, |data| wire::futures_balance(&data, coin)).await {
            Err(Problem { cause: Cause::Refused { refusal: Refusal::Parameter, .. }, .. }) => Ok(None),
            other => other,
        }
    }

    /// The user id of the key's master account (`reference.md §4.2`); `None` when the exchange does not say, or does not
    /// know the endpoint (404: it is newer than the rest).
    ///
    /// # Errors
    /// See [`Client`].
    pub async fn user_info(&self) -> Result<UserInfo, Problem> {
        let found = self.inner.read(&Ask::get(endpoint::USER_INFO).signed(), |data| wire::user_info(&data)).await;
        match found {
            Err(Problem { cause: Cause::NoAnswer { loss: Loss::Status(404), .. }, .. }) => Ok(UserInfo { uid: None }),
            other => other,
        }
    }

    /// Sends a request, exactly once, and returns the id that the exchange gave: of a withdrawal, which knows no client id, so
    /// that a lost answer can only be settled from the history (`reference.md §4.3`); of a transfer (`§4.5`); of a move, which
    /// has neither a client id nor a history (`§4.8`). `None` for a cancel (`§4.4`, `§4.6`), whose success proves nothing: the
    /// record is read again until it says `cancelled` or moved on.
    ///
    /// # Errors
    /// See [`Client`] and [`MoneyCall::of`]; [`Problem::may_have_executed`] tells which ends leave the outcome open.
    pub async fn send(&self, request: &Request) -> Result<Option<UntrustedText>, Problem> {
        let (call, is_cancel) = (MoneyCall::of(request)?, request.is_cancel());
        self.inner.money(call, |data| if is_cancel { Ok(None) } else { wire::order_id(&data).map(Some) }).await
    }

    /// One page of withdrawals and outgoing transfers, in the exchange's order, at most 100 (`reference.md §4.7`).
    /// Amounts are net, in coins; times are milliseconds in whole seconds.
    ///
    /// # Errors
    /// See [`Client`]; one row that cannot be read makes the whole page unreadable.
    pub async fn outgoing(&self, filter: &OutgoingFilter) -> Result<Vec<Record>, Problem> {
        self.list_outgoing(filter).await?.whole().map_err(at(endpoint::OUTGOING))
    }

    /// The same without the rows that cannot be read, which are named; maybe none is left.
    ///
    /// # Errors
    /// See [`Client`].
    pub async fn list_outgoing(&self, filter: &OutgoingFilter) -> Result<Partial<Vec<Record>>, Problem> {
        let ask = Ask::post(endpoint::OUTGOING, wire::outgoing_page(filter))?.signed();
        self.inner.read(&ask, |data| wire::outgoing(&data)).await
    }

    /// One page of deposits and incoming transfers, in the exchange's order, at most 100 (`reference.md §4.9`).
    /// Amounts are what was credited, in coins.
    ///
    /// # Errors
    /// See [`Client`]; one row that cannot be read makes the whole page unreadable.
    pub async fn incoming(&self, filter: &IncomingFilter) -> Result<Vec<Record>, Problem> {
        self.list_incoming(filter).await?.whole().map_err(at(endpoint::INCOMING))
    }

    /// The same without the rows that cannot be read, which are named; maybe none is left.
    ///
    /// # Errors
    /// See [`Client`].
    pub async fn list_incoming(&self, filter: &IncomingFilter) -> Result<Partial<Vec<Record>>, Problem> {
        let ask = Ask::post(endpoint::INCOMING, wire::incoming_page(filter))?.signed();
        self.inner.read(&ask, |data| wire::incoming(&data)).await
    }

    /// Where a coin can be paid in on a network, named to the letter as in [`Client::coins`] (`reference.md §4.10`).
    /// Several may come and each is usable; a memo belongs to its address.
    ///
    /// # Errors
    /// See [`Client`].
    pub async fn deposit_addresses(
        &self,
        coin: &UntrustedText,
        network: &UntrustedText,
    ) -> Result<Vec<DepositAddress>, Problem> {
        let ask = Ask::post(endpoint::DEPOSIT_ADDRESS, wire::deposit_address(coin, network))?.signed();
        self.inner.read(&ask, |data| wire::deposit_addresses(&data)).await
    }

    /// All coins with their networks and rules (`reference.md §4.11`). Public: no key, no signature. A coin or a network
    /// with a rule that cannot be read is closed and says so ([`Coin::fault`], [`crate::domain::Network::fault`]).
    ///
    /// # Errors
    /// See [`Client`]; also when no coin can be read.
    pub async fn coins(&self) -> Result<Vec<Coin>, Problem> {
        Ok(self.list_coins().await?.found)
    }

    /// The same, and what of it could not be read.
    ///
    /// # Errors
    /// As [`Client::coins`].
    pub async fn list_coins(&self) -> Result<Partial<Vec<Coin>>, Problem> {
        self.inner.read(&Ask::get(endpoint::COINS), |data| wire::coins(&data)).await
    }

    /// `1 base = rate quote` for the pairs that the exchange lists (`reference.md §4.12`). Public. A row without a rate is
    /// left out, and one that cannot be read.
    ///
    /// # Errors
    /// See [`Client`]; also when no row can be read.
    pub async fn rates(&self) -> Result<Vec<Rate>, Problem> {
        Ok(self.list_rates().await?.found)
    }

    /// The same, and the rows that could not be read.
    ///
    /// # Errors
    /// As [`Client::rates`].
    pub async fn list_rates(&self) -> Result<Partial<Vec<Rate>>, Problem> {
        self.inner.read(&Ask::get(endpoint::RATES), |data| wire::rates(&data)).await
    }

    /// The last price of one `coin` in USDT on its market (`reference.md §2` row 13). Public.
    ///
    /// # Errors
    /// See [`Client`]; a coin without such a market is `Refused`.
    pub async fn last_price(&self, coin: &UntrustedText) -> Result<Amount, Problem> {
        let ask = Ask::get(endpoint::LAST_PRICE).query(wire::market(coin));
        self.inner.read(&ask, |data| wire::last_price(&data)).await
    }
}
