//! What was really carried out.

use crate::domain::{Amount, Millis};

/// A money call that was really carried out: the proof in tests that something was sent once, and as shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Executed {
    /// The path after `/api/spot/v1/`.
    pub endpoint: &'static str,
    /// The id that the exchange gave.
    pub id: String,
    /// When, by the exchange's clock.
    pub at: Millis,
    /// The coin.
    pub coin: String,
    /// The amount with exactly the digits received.
    pub amount: Amount,
    /// Network of a withdrawal; `spot_futures` or `futures_spot` of a move.
    pub route: Option<String>,
    /// Address, user id, e-mail or telephone (`code number`).
    pub to: Option<String>,
    /// Memo of a withdrawal.
    pub memo: Option<String>,
    /// The client's own id of a transfer.
    pub out_biz_id: Option<String>,
    /// The note of a transfer.
    pub remark: Option<String>,
}

impl Executed {
    pub(super) fn new(endpoint: &'static str, id: i64, at: Millis, coin: &str, amount: Amount) -> Self {
        Self {
            endpoint,
            id: id.to_string(),
            at,
            coin: coin.to_owned(),
            amount,
            route: None,
            to: None,
            memo: None,
            out_biz_id: None,
            remark: None,
        }
    }
}
