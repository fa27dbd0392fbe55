//! Every quirk of the answers (`reference.md §4`, `§9`) and every hostile form (`reliability.md §3`, J and D).

mod anything;
mod envelope;
mod rows;

use super::*;
use crate::domain::{Amount, Balance, Coin, Kind, MemoRule, Millis, Partial, Rate, Receiver, Record, Status};

/// Each list as a whole or not at all; what is left of one with bad rows has tests of its own.
fn outgoing(data: &Data<'_>) -> Result<Vec<Record>, Cause> {
    super::outgoing(data)?.whole()
}

fn incoming(data: &Data<'_>) -> Result<Vec<Record>, Cause> {
    super::incoming(data)?.whole()
}

fn balances(data: &Data<'_>) -> Result<Option<Vec<Balance>>, Cause> {
    super::balances(data)?.map(Partial::whole).transpose()
}

fn coins(data: &Data<'_>) -> Result<Vec<Coin>, Cause> {
    super::coins(data)?.whole()
}

fn rates(data: &Data<'_>) -> Result<Vec<Rate>, Cause> {
    super::rates(data)?.whole()
}

fn ok(data: &str) -> String {
    format!(r#"{{"code":"0","msg":"result.success","data":{data},"success":true}}"#)
}

fn read<T>(body: &str, parse: impl Fn(&Data<'_>) -> Result<T, Cause>) -> Result<T, Cause> {
    open(Api::Spot, body.as_bytes()).and_then(|data| parse(&data))
}

fn amount(text: &str) -> Amount {
    text.parse().unwrap()
}

fn text(raw: &str) -> UntrustedText {
    raw.into()
}

/// One outgoing row with some fields replaced or added.
fn out_row(fields: &str) -> Record {
    let body = ok(&format!("[{{{fields}}}]"));
    read(&body, outgoing).unwrap_or_else(|why| panic!("{why:?} for {body}")).remove(0)
}

fn unreadable_at<T: fmt::Debug>(result: Result<T, Cause>) -> String {
    match result {
        Err(Cause::Unreadable { path, .. }) => path.raw().to_owned(),
        other => panic!("not unreadable: {other:?}"),
    }
}

fn is_not_the_api<T>(result: &Result<T, Cause>) -> bool {
    matches!(result, Err(Cause::NoAnswer { loss: Loss::NotTheApi, .. }))
}
