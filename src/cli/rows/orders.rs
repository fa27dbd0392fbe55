//! Orders of the ledger.

use crate::cli::output::table::{Column, left, point};
use crate::cli::output::{Cell, Listed, Object, amount, text};
use crate::domain::{DamagedOrder, Direction, Order, OrderId, Outcome, Receiver, Request, Text};

/// What only some outcomes have: the exchange's id, how that is known, a code or reason, and words.
type Told = (Option<Text>, Option<&'static str>, Option<Text>, Option<Text>);

impl Listed for Order {
    const KEYS: &'static [&'static str] = &[
        "id",
        "kind",
        "coin",
        "network",
        "address",
        "memo",
        "amount",
        "to_type",
        "to_uid",
        "to_phone_country_code",
        "to_phone_number",
        "to_email",
        "remark",
        "out_biz_id",
        "direction",
        "target_id",
        "available_before",
        "time_ms",
        "time",
        "sent_ms",
        "asked_by",
        "outcome",
        "exchange_id",
        "proof",
        "code",
        "detail",
        "readings",
        "changed_ms",
    ];
    const COLUMNS: &'static [Column] = &[
        left("cli.column.order"),
        left("cli.column.time"),
        left("cli.column.kind"),
        left("cli.column.coin"),
        point("cli.column.amount"),
        left("cli.column.network"),
        left("cli.column.to"),
        left("cli.column.memo"),
        left("cli.column.outcome"),
        left("cli.column.id"),
    ];

    fn object(&self) -> Object {
        let maybe = |value: Option<&Text>| text(value, Cell::Absent);
        let word = |value: Option<&str>| value.map_or(Cell::Absent, |word| Cell::Word(word.to_owned()));
        let (withdrawal, transfer) = match &self.request {
            Request::Withdraw(w) => (Some(w), None),
            Request::Transfer(t) => (None, Some(t)),
            _ => (None, None),
        };
        let (to_type, uid, country_code, number, email) = match self.request.receiver() {
            Some(Receiver::Uid(uid)) => (Some("uid"), Some(uid), None, None, None),
            Some(Receiver::Phone { country_code, number }) => {
                (Some("phone"), None, Some(country_code), Some(number), None)
            }
            Some(Receiver::Email(email)) => (Some("email"), None, None, None, Some(email)),
            None => (None, None, None, None, None),
        };
        let asked_by: &'static str = self.asked_by.into();
        let (exchange_id, proof, code, detail) = told(&self.outcome);
        vec![
            ("id", Cell::Count(self.id.0)),
            ("kind", word(Some(self.request.kind()))),
            ("coin", maybe(self.request.coin())),
            ("network", maybe(withdrawal.map(|w| &w.network))),
            ("address", maybe(withdrawal.map(|w| &w.address))),
            ("memo", maybe(withdrawal.and_then(|w| w.memo.as_ref()))),
            ("amount", amount(self.request.amount(), Cell::Absent)),
            ("to_type", word(to_type)),
            ("to_uid", maybe(uid)),
            ("to_phone_country_code", maybe(country_code)),
            ("to_phone_number", maybe(number)),
            ("to_email", maybe(email)),
            ("remark", maybe(transfer.and_then(|t| t.remark.as_ref()))),
            ("out_biz_id", maybe(transfer.map(|t| &t.out_biz_id))),
            ("direction", word(direction(&self.request))),
            ("target_id", maybe(target(&self.request))),
            ("available_before", amount(self.available_before, Cell::Unknown)),
            ("time_ms", Cell::Count(self.time.0)),
            ("time", self.time.iso().map_or(Cell::Unknown, Cell::Word)),
            ("sent_ms", Cell::Count(self.sent.0)),
            ("asked_by", word(Some(asked_by))),
            ("outcome", word(Some(self.outcome.word()))),
            ("exchange_id", maybe(exchange_id.as_ref())),
            ("proof", word(proof)),
            ("code", maybe(code.as_ref())),
            ("detail", maybe(detail.as_ref())),
            ("readings", Cell::Count(self.readings.into())),
            ("changed_ms", Cell::Count(self.changed.0)),
        ]
    }

    fn lines(&self) -> Vec<Vec<Cell>> {
        let (network, memo) = match &self.request {
            Request::Withdraw(w) => (Some(&w.network), w.memo.as_ref()),
            _ => (None, None),
        };
        vec![vec![
            Cell::Count(self.id.0),
            Cell::Moment(self.time),
            Cell::Word(self.request.kind().to_owned()),
            text(self.request.coin(), Cell::Absent),
            amount(self.request.amount(), Cell::Absent),
            text(network, Cell::Absent),
            to(&self.request),
            text(memo, Cell::Absent),
            Cell::Word(self.outcome.word().to_owned()),
            text(told(&self.outcome).0.as_ref(), Cell::Absent),
        ]]
    }
}

/// A line of the list of orders.
#[derive(Debug)]
pub enum OrderLine {
    /// A sound one.
    Sound(Box<Order>),
    /// One whose row is damaged: only its number is believed.
    Damaged(DamagedOrder),
}

impl OrderLine {
    /// The ledger's number.
    pub fn id(&self) -> OrderId {
        match self {
            Self::Sound(order) => order.id,
            Self::Damaged(row) => row.id,
        }
    }
}

impl Listed for OrderLine {
    const KEYS: &'static [&'static str] = Order::KEYS;
    const COLUMNS: &'static [Column] = Order::COLUMNS;

    fn object(&self) -> Object {
        let row = match self {
            Self::Sound(order) => return order.object(),
            Self::Damaged(row) => row,
        };
        let cell = |key: &str| match key {
            "id" => Cell::Count(row.id.0),
            "kind" => row.kind.map_or(Cell::Unknown, |kind| Cell::Word(kind.to_owned())),
            "outcome" => Cell::Word("damaged".to_owned()),
            _ => Cell::Unknown,
        };
        Self::KEYS.iter().map(|key| (*key, cell(key))).collect()
    }

    fn lines(&self) -> Vec<Vec<Cell>> {
        let row = match self {
            Self::Sound(order) => return order.lines(),
            Self::Damaged(row) => row,
        };
        let mut line = vec![Cell::Unknown; Self::COLUMNS.len()];
        line[0] = Cell::Count(row.id.0);
        line[2] = row.kind.map_or(Cell::Unknown, |kind| Cell::Word(kind.to_owned()));
        line[8] = Cell::Word("damaged".to_owned());
        vec![line]
    }
}

const fn direction(request: &Request) -> Option<&'static str> {
    match request {
        Request::Move(m) => Some(match m.direction {
            Direction::SpotToFutures => "spot_to_futures",
            Direction::FuturesToSpot => "futures_to_spot",
        }),
        _ => None,
    }
}

const fn target(request: &Request) -> Option<&Text> {
    match request {
        Request::CancelWithdrawal(id) | Request::CancelTransfer(id) => Some(id),
        _ => None,
    }
}

/// Where it goes: address, user, side, or the record that is taken back.
fn to(request: &Request) -> Cell {
    match request {
        Request::Withdraw(w) => Cell::Text(w.address.clone()),
        Request::Transfer(t) => Cell::Text(match &t.to {
            Receiver::Uid(name) | Receiver::Email(name) => name.clone(),
            Receiver::Phone { country_code, number } => Text::from(format!("{} {}", country_code.raw(), number.raw())),
        }),
        Request::Move(m) => Cell::Word(String::from(match m.direction {
            Direction::SpotToFutures => "spot → futures",
            Direction::FuturesToSpot => "futures → spot",
        })),
        Request::CancelWithdrawal(id) | Request::CancelTransfer(id) => Cell::Text(id.clone()),
    }
}

/// The same fields as the ledger keeps.
fn told(outcome: &Outcome) -> Told {
    let filled = |text: &Text| Some(text.clone()).filter(|text| !text.is_empty());
    match outcome {
        Outcome::Accepted { id, proof } => (filled(id), Some(proof.into()), None, None),
        Outcome::Refused { code, msg } => (None, None, filled(code), filled(msg)),
        Outcome::NotSent { why } | Outcome::Unknown { why } => {
            let because: &'static str = why.because.into();
            (None, None, Some(Text::from(because)), filled(&why.detail))
        }
        Outcome::TooLate { status } => (None, None, None, filled(status)),
        Outcome::Sending | Outcome::NoTrace | Outcome::Likely { .. } | Outcome::Dismissed => (None, None, None, None),
    }
}
