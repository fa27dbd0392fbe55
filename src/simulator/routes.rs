//! The endpoints: what each takes and gives, in the shapes that were seen (`reference.md §2`, `§4`).

use serde::Serialize;
use serde_json::{Value, json};

use super::coins::RATES;
use super::fields::Fields;
use super::futures::Shape;
use super::history::{Filter, Peer};
use super::refusal::Refusal;
use super::rows::{IncomingRow, OutgoingRow};
use super::users::OWN_UID;
use super::world::World;
use super::{listing, prices};
use crate::domain::MoveDirection;
use crate::domain::filter::PAGE_LIMIT;

/// What stands before every endpoint's name.
pub const PREFIX: &str = "/api/spot/v1/";
/// What stands before it on the futures side, which answers at the same port.
pub const FUTURES_PREFIX: &str = "/api/v1/";

/// The JSON text of `data`, or why not.
type Answer = Result<String, Refusal>;

/// A call as it came in: decoded query and body.
pub struct Call {
    /// Query pairs.
    pub query: Vec<(String, String)>,
    /// Body fields.
    pub fields: Fields,
}

/// An endpoint.
#[expect(clippy::struct_excessive_bools, reason = "each is a thing of its own that is true or not")]
#[derive(Clone, Copy)]
pub struct Route {
    /// POST; else GET.
    pub post: bool,
    /// Whether it belongs to the futures side.
    pub is_futures: bool,
    /// The path after [`PREFIX`] or [`FUTURES_PREFIX`].
    pub name: &'static str,
    /// Whether the call must be signed.
    pub signed: bool,
    /// Whether the key must have the withdrawal permission.
    pub moves_out: bool,
    /// The message of a success: one endpoint says it in another way.
    pub msg: &'static str,
    /// Carries the call out.
    pub handle: fn(&mut World, &Call) -> Answer,
}

const fn public(name: &'static str, handle: fn(&mut World, &Call) -> Answer) -> Route {
    Route { post: false, is_futures: false, name, signed: false, moves_out: false, msg: "result.success", handle }
}

const fn read(name: &'static str, handle: fn(&mut World, &Call) -> Answer) -> Route {
    Route { post: false, is_futures: false, name, signed: true, moves_out: false, msg: "result.success", handle }
}

const fn post(name: &'static str, handle: fn(&mut World, &Call) -> Answer) -> Route {
    Route { post: true, is_futures: false, name, signed: true, moves_out: false, msg: "result.success", handle }
}

/// Every endpoint that exists; anything else is 404.
pub static ROUTES: [Route; 14] = [
    read("user/account", account),
    read("user/info", |_, _| text(&json!({ "uid": OWN_UID }))),
    Route { moves_out: true, ..post("withdraw", withdraw) },
    post("withdraw/cancel", |world, call| {
        world.cancel(call.fields.must("withdrawId")?, true);
        Ok("null".to_owned())
    }),
    Route { moves_out: true, ..post("inside_transfer", inside_transfer) },
    post("inside_transfer/cancel", |world, call| {
        world.cancel(call.fields.must("insideTransferId")?, false);
        Ok("null".to_owned())
    }),
    post("withdraw_transfer/page", |world, call| {
        let mut filter = filter(&call.fields, ["withdraw", "inside_transfer_out"])?;
        filter.out_biz_id = call.fields.text("outBizId")?.map(str::to_owned);
        filter.remark = call.fields.text("remark")?.map(str::to_owned);
        let page = world.history().outgoing_page(&filter);
        text(&page.into_iter().map(OutgoingRow::from).collect::<Vec<_>>())
    }),
    post("funds_transfer", funds_transfer),
    Route {
        msg: "Success",
        ..post("deposit/page", |world, call| {
            let filter = filter(&call.fields, ["deposit", "inside_transfer_in"])?;
            let page = world.history().incoming_page(&filter);
            text(&page.into_iter().map(IncomingRow::from).collect::<Vec<_>>())
        })
    },
    post("deposit/address", |world, call| {
        let (coin, network) = (call.fields.must("coin")?, call.fields.must("network")?);
        let rules = world.listing.find(coin, network).filter(|r| r.deposit_open).ok_or(Refusal::Parameter)?;
        text(&world.addresses.deposit(rules.coin.name, rules.network))
    }),
    public("common/coin/coin_network/list", |world, _| text(&world.listing.rows())),
    public("common/rate/list", |_, _| {
        let row = |(base, quote, rate): &(&str, &str, &str)| json!({ "baseSymbol": base, "quoteSymbol": quote, "rate": rate });
        text(&RATES.iter().map(row).collect::<Vec<_>>())
    }),
    public("market/last_price", |world, call| {
        let symbol = call.query.iter().find(|(key, value)| key == "symbol" && !value.is_empty());
        let (_, symbol) = symbol.ok_or(Refusal::Missing)?;
        let price = prices::last(symbol, world.seed(), world.clock()).ok_or(Refusal::Parameter)?;
        text(&price.to_string())
    }),
    Route { is_futures: true, msg: "Success", ..read("futures/account", futures_account) },
];

impl Route {
    /// Whether a path leads here.
    pub fn is_at(&self, path: &str) -> bool {
        let prefix = if self.is_futures { FUTURES_PREFIX } else { PREFIX };
        path.strip_prefix(prefix) == Some(self.name)
    }

    /// The answer of a success.
    pub fn success(&self, data: &str) -> String {
        if self.is_futures {
            return format!(r#"{{"code":0,"data":{data},"msg":"{}"}}"#, self.msg);
        }
        success(self.msg, data)
    }

    /// The answer of a refusal.
    pub fn refusal(&self, why: Refusal) -> String {
        if self.is_futures {
            return format!(r#"{{"code":{},"data":null,"msg":{}}}"#, why.futures_code(), Value::from(why.msg()));
        }
        refusal(why.code(), why.msg())
    }
}

/// The envelope of a success.
pub fn success(msg: &str, data: &str) -> String {
    format!(r#"{{"code":"0","msg":"{msg}","data":{data},"success":true}}"#)
}

/// The envelope of a refusal.
pub fn refusal(code: &str, msg: &str) -> String {
    let (code, msg) = (Value::from(code), Value::from(msg));
    format!(r#"{{"code":{code},"msg":{msg},"data":null,"success":false}}"#)
}

/// An answer with its data, under another code and another `success`.
pub fn under(answer: &[u8], code: &str, success: Option<bool>) -> String {
    let answer: Value = serde_json::from_slice(answer).unwrap_or_default();
    let (code, mut envelope) = (Value::from(code), json!({ "msg": answer["msg"], "data": answer["data"] }));
    envelope["code"] = code;
    if let Some(success) = success {
        envelope["success"] = Value::from(success);
    }
    envelope.to_string()
}

fn text(data: &impl Serialize) -> Answer {
    serde_json::to_string(data).map_err(|_| Refusal::System)
}

/// Money calls answer with a bare id, as text.
fn id(found: Result<i64, Refusal>) -> Answer {
    found.map(|id| format!("\"{id}\""))
}

fn account(world: &mut World, _: &Call) -> Answer {
    let balances = world.balances();
    if balances.is_empty() {
        // Not an empty array (`reference.md §4.1`).
        return Ok("null".to_owned());
    }
    let rows: Result<Vec<_>, _> = balances
        .into_iter()
        .map(|(coin, free, locked, _)| {
            let number = |amount| serde_json::to_value(amount).map_err(|_| Refusal::System);
            Ok(json!({ "coin": coin, "balance": number(free)?, "balanceLocked": number(locked)? }))
        })
        .collect();
    text(&rows?)
}

fn futures_account(world: &mut World, call: &Call) -> Answer {
    let coin = call.query.iter().find(|(key, value)| key == "marginCoin" && !value.is_empty());
    let (_, coin) = coin.ok_or(Refusal::Missing)?;
    let row = world.futures_row(coin);
    match (world.futures_shape, row) {
        (Shape::Row, Some(row)) => text(&row),
        (Shape::Row, None) => Ok("null".to_owned()),
        (Shape::List, row) => text(&row.into_iter().collect::<Vec<_>>()),
    }
}

fn withdraw(world: &mut World, call: &Call) -> Answer {
    let fields = &call.fields;
    let (coin, network) = (fields.must("coin")?, fields.must("network")?);
    let (address, amount) = (fields.must("address")?, fields.amount("amount")?);
    id(world.withdraw(coin, network, address, amount, fields.text("memo")?))
}

fn inside_transfer(world: &mut World, call: &Call) -> Answer {
    let fields = &call.fields;
    let (coin, amount) = (fields.must("coin")?, fields.amount("amount")?);
    let peer = match fields.must("toType")? {
        "uid" => Peer::Uid(fields.integer("toUid")?.ok_or(Refusal::Missing)?),
        "email" => Peer::Email(fields.must("toEmail")?.to_owned()),
        "phone" => Peer::Phone(fields.must("toPhoneCountryCode")?.to_owned(), fields.must("toPhoneNumber")?.to_owned()),
        _ => return Err(Refusal::Parameter),
    };
    id(world.inside_transfer(fields.text("outBizId")?, coin, amount, peer, fields.text("remark")?))
}

fn funds_transfer(world: &mut World, call: &Call) -> Answer {
    let direction = match call.fields.must("type")? {
        "spot_futures" => MoveDirection::SpotToFutures,
        "futures_spot" => MoveDirection::FuturesToSpot,
        _ => return Err(Refusal::Parameter),
    };
    id(world.funds_transfer(direction, call.fields.must("coin")?, call.fields.amount("amount")?))
}

/// The filters that both pages share. `kinds` are the two words of `type`: on the chain, between users.
fn filter(fields: &Fields, kinds: [&str; 2]) -> Result<Filter, Refusal> {
    let own = |name| Ok::<_, Refusal>(fields.text(name)?.map(str::to_owned));
    let chain = match fields.text("type")? {
        None => None,
        Some(kind) if kind == kinds[0] => Some(true),
        Some(kind) if kind == kinds[1] => Some(false),
        Some(_) => return Err(Refusal::Parameter),
    };
    let coin = own("coin")?;
    if coin.as_deref().is_some_and(|name| listing::coin(name).is_none()) {
        return Err(Refusal::Parameter);
    }
    let limit = match fields.integer("limit")? {
        None => PAGE_LIMIT,
        Some(limit) => u32::try_from(limit).ok().filter(|n| (1..=PAGE_LIMIT).contains(n)).ok_or(Refusal::Parameter)?,
    };
    Ok(Filter {
        id: own("id")?,
        coin,
        txid: own("transactionHash")?,
        chain,
        start: fields.integer("startTime")?,
        end: fields.integer("endTime")?,
        limit: usize::try_from(limit).unwrap_or(100),
        ..Filter::default()
    })
}
