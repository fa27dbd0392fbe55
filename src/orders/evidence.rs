//! What proves that an order was executed. Pure: an order and records in, a verdict out.

use crate::domain::{Amount, Direction, Kind, Millis, MoveRequest, Order, Record, Text, WithdrawRequest};

/// How much earlier than the order a record may seem to be: the clock offset and `ctime` are measured in whole seconds.
const GRACE_MS: i64 = 2_500;

/// What the history says about an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Exactly one record fits: this one.
    Found(Text),
    /// Nothing fits, so far.
    Nothing,
    /// Several fit; which one it is cannot be said.
    Several(Vec<Record>),
}

/// Looks for a withdrawal among records of the history. `is_claimed` says whether an id belongs to another order.
pub fn of_withdrawal(
    order: &Order,
    request: &WithdrawRequest,
    records: &[Record],
    is_claimed: impl Fn(&Text) -> bool,
) -> Verdict {
    let fits = records.iter().filter(|r| fits(order, request, r) && !is_claimed(&r.key.id));
    verdict(fits.cloned().collect())
}

/// Looks for a transfer by our own id of it.
pub fn of_transfer(out_biz_id: &Text, records: &[Record]) -> Verdict {
    let ours = records.iter().filter(|r| r.key.kind == Kind::TransferOut && r.out_biz_id.as_ref() == Some(out_biz_id));
    verdict(ours.cloned().collect())
}

/// Judges a move by what is available now: `Some(true)` when it is just what it would be had the move been executed,
/// `Some(false)` when nothing has changed, `None` when something else has changed it too.
pub fn of_move(request: &MoveRequest, before: Option<Amount>, now: Option<Amount>) -> Option<bool> {
    let (before, now) = (before?, now?);
    let after = match request.direction {
        Direction::SpotToFutures => before.checked_sub(request.amount)?,
        Direction::FuturesToSpot => before.checked_add(request.amount)?,
    };
    if now == after {
        Some(true)
    } else if now == before {
        Some(false)
    } else {
        None
    }
}

fn verdict(mut found: Vec<Record>) -> Verdict {
    match found.len() {
        0 => Verdict::Nothing,
        1 => Verdict::Found(found.remove(0).key.id),
        _ => Verdict::Several(found),
    }
}

fn fits(order: &Order, request: &WithdrawRequest, record: &Record) -> bool {
    let memo = |m: &Option<Text>| m.as_ref().filter(|m| !m.is_empty()).cloned();
    record.key.kind == Kind::Withdrawal
        && record.coin == request.coin
        && record.network.as_ref() == Some(&request.network)
        && record.address.as_ref() == Some(&request.address)
        && memo(&record.memo) == memo(&request.memo)
        && record.amount.is_some_and(|net| net <= request.gross)
        && record.gross().is_none_or(|gross| gross == request.gross)
        && created(record).is_some_and(|at| at >= order.time.plus(-GRACE_MS))
}

/// When a record was made: from its id where that holds the moment, else from its time in whole seconds.
pub fn created(record: &Record) -> Option<Millis> {
    id_time(record.key.id.raw()).or(record.time)
}

/// The moment in an id of 19 digits (`reference.md §5`).
fn id_time(id: &str) -> Option<Millis> {
    const EPOCH: i64 = 1_288_834_974_657;
    if id.len() != 19 {
        return None;
    }
    let number: i64 = id.parse().ok()?;
    Some(Millis((number >> 22) + EPOCH))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{AskedBy, OrderId, Outcome, RecordKey, Request, Status};

    const T: i64 = 1_744_185_294_000;

    fn request() -> WithdrawRequest {
        WithdrawRequest {
            coin: "TRX".into(),
            network: "Tron (TRC-20)".into(),
            address: "TJmW5D1p1LnMdTMmxuY1VELHht7v5HV7rU".into(),
            memo: None,
            gross: "20.00".parse().unwrap(),
        }
    }

    fn order() -> Order {
        Order {
            id: OrderId(1),
            request: Request::Withdraw(request()),
            time: Millis(T),
            available_before: None,
            asked_by: AskedBy::Screen,
            outcome: Outcome::Unknown { why: "timeout".into() },
            readings: 0,
            changed: Millis(T),
        }
    }

    fn record(id: &str) -> Record {
        Record {
            key: RecordKey { kind: Kind::Withdrawal, id: id.into() },
            coin: "TRX".into(),
            network: Some("Tron (TRC-20)".into()),
            amount: "19.00000000000000000000".parse().ok(),
            fee: None,
            fee_coin: None,
            status: Status::Pending,
            time: Some(Millis(T)),
            from_address: None,
            address: Some("TJmW5D1p1LnMdTMmxuY1VELHht7v5HV7rU".into()),
            memo: Some("".into()),
            txid: None,
            remark: None,
            out_biz_id: None,
            receiver: None,
        }
    }

    fn look(records: &[Record]) -> Verdict {
        of_withdrawal(&order(), &request(), records, |id| id.raw() == "claimed")
    }

    #[test]
    fn the_moment_in_the_documents_sample_id_is_its_ctime() {
        let at = id_time("1909877667383767042").unwrap();
        assert!((155..=372).contains(&at.since(Millis(1_744_185_294_000))), "{at:?}");
        assert_eq!(id_time("487067"), None);
    }

    #[test]
    fn one_fitting_record_settles_and_several_do_not() {
        assert_eq!(look(&[record("7")]), Verdict::Found("7".into()));
        assert_eq!(look(&[record("claimed"), record("7")]), Verdict::Found("7".into()));
        assert_eq!(look(&[]), Verdict::Nothing);
        assert!(matches!(look(&[record("7"), record("8")]), Verdict::Several(found) if found.len() == 2));
    }

    #[test]
    fn a_record_that_differs_in_anything_is_not_ours() {
        let changes: [fn(&mut Record); 9] = [
            |r| r.coin = "USDT".into(),
            |r| r.network = Some("Tron".into()),
            |r| r.network = None,
            |r| r.address = Some("tJmW5D1p1LnMdTMmxuY1VELHht7v5HV7rU".into()),
            |r| r.memo = Some("1".into()),
            |r| r.amount = "20.01".parse().ok(),
            |r| r.amount = None,
            |r| r.time = Some(Millis(T - 60_000)),
            |r| {
                r.fee = "2".parse().ok();
                r.fee_coin = Some("TRX".into());
            },
        ];
        for (number, change) in changes.iter().enumerate() {
            let mut r = record("7");
            change(&mut r);
            assert_eq!(look(&[r]), Verdict::Nothing, "change {number}");
        }
    }

    #[test]
    fn a_transfer_is_found_by_our_id_alone() {
        let mut ours = record("7");
        ours.key.kind = Kind::TransferOut;
        ours.out_biz_id = Some("abc".into());
        assert_eq!(of_transfer(&"abc".into(), &[ours.clone()]), Verdict::Found("7".into()));
        assert_eq!(of_transfer(&"abd".into(), &[ours]), Verdict::Nothing, "a server that ignores the filter");
    }

    #[test]
    fn a_move_is_judged_by_the_balance_and_only_when_it_is_clear() {
        let a = |t: &str| t.parse::<Amount>().ok();
        let out = MoveRequest { direction: Direction::SpotToFutures, coin: "USDT".into(), amount: a("5").unwrap() };
        assert_eq!(of_move(&out, a("100"), a("95.0")), Some(true));
        assert_eq!(of_move(&out, a("100"), a("100")), Some(false));
        assert_eq!(of_move(&out, a("100"), a("94")), None);
        assert_eq!(of_move(&out, None, a("95")), None);
        let back = MoveRequest { direction: Direction::FuturesToSpot, ..out };
        assert_eq!(of_move(&back, a("100"), a("105")), Some(true));
    }
}
