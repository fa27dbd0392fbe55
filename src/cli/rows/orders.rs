//! Orders of the ledger.

use crate::domain::{DamagedOrder, MoveDirection, Order, OrderId, Outcome, Proof, Receiver, Request, UntrustedText};
use crate::engine::orders::claims::Contradiction;
use crate::engine::output::table::{Column, left, point};
use crate::engine::output::{Cell, Listed, Object, amount, term, text};

/// What only some outcomes have: the exchange's id, how that is known, a code or reason, and words.
type Told = (Option<UntrustedText>, Option<&'static str>, Option<UntrustedText>, Option<UntrustedText>);

/// The names of the fields, in order.
const KEYS: &[&str] = &[
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
    "contradiction",
    "contradicting_record",
];

impl Listed for Order {
    const KEYS: &'static [&'static str] = KEYS;
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
        object(self, None)
    }

    fn lines(&self) -> Vec<Vec<Cell>> {
        lines(self, None)
    }
}

/// All fields of an order, with what a record of the ledger contradicts of it.
fn object(order: &Order, contradiction: Option<&Contradiction>) -> Object {
    let maybe = |value: Option<&UntrustedText>| text(value, Cell::Absent);
    let word = |value: Option<&str>| value.map_or(Cell::Absent, |word| Cell::Word(word.to_owned()));
    let (withdrawal, transfer) = match &order.request {
        Request::Withdraw(w) => (Some(w), None),
        Request::Transfer(t) => (None, Some(t)),
        _ => (None, None),
    };
    let (to_type, uid, country_code, number, email) = match order.request.receiver() {
        Some(Receiver::Uid(uid)) => (Some("uid"), Some(uid), None, None, None),
        Some(Receiver::Phone { country_code, number }) => (Some("phone"), None, Some(country_code), Some(number), None),
        Some(Receiver::Email(email)) => (Some("email"), None, None, None, Some(email)),
        None => (None, None, None, None, None),
    };
    let asked_by: &'static str = order.asked_by.into();
    let (exchange_id, proof, code, detail) = told(&order.outcome);
    vec![
        ("id", Cell::Count(order.id.0)),
        ("kind", word(Some(order.request.kind()))),
        ("coin", maybe(order.request.coin())),
        ("network", maybe(withdrawal.map(|w| &w.network))),
        ("address", maybe(withdrawal.map(|w| &w.address))),
        ("memo", maybe(withdrawal.and_then(|w| w.memo.as_ref()))),
        ("amount", amount(order.request.amount(), Cell::Absent)),
        ("to_type", word(to_type)),
        ("to_uid", maybe(uid)),
        ("to_phone_country_code", maybe(country_code)),
        ("to_phone_number", maybe(number)),
        ("to_email", maybe(email)),
        ("remark", maybe(transfer.and_then(|t| t.remark.as_ref()))),
        ("out_biz_id", maybe(transfer.map(|t| &t.out_biz_id))),
        ("direction", word(direction(&order.request))),
        ("target_id", maybe(target(&order.request))),
        ("available_before", amount(order.available_before, Cell::Unknown)),
        ("time_ms", Cell::Count(order.time.0)),
        ("time", order.time.iso().map_or(Cell::Unknown, Cell::Word)),
        ("sent_ms", Cell::Count(order.sent.0)),
        ("asked_by", word(Some(asked_by))),
        ("outcome", word(Some(order.outcome.word()))),
        ("exchange_id", maybe(exchange_id.as_ref())),
        ("proof", word(proof)),
        ("code", maybe(code.as_ref())),
        ("detail", maybe(detail.as_ref())),
        ("readings", Cell::Count(order.readings.into())),
        ("changed_ms", Cell::Count(order.changed.0)),
        ("contradiction", word(contradiction.map(|found| found.how.word()))),
        ("contradicting_record", maybe(contradiction.map(|found| &found.record))),
    ]
}

/// An order as it stands in the table.
fn lines(order: &Order, contradiction: Option<&Contradiction>) -> Vec<Vec<Cell>> {
    let table = if order.outcome.is_by_hand() { "outcome.by_hand" } else { "outcome.label" };
    let mut outcome = Cell::Term(table, order.outcome.word().to_owned());
    if contradiction.is_some() {
        outcome = Cell::Marked("≠ ", Box::new(outcome));
    }
    let (network, memo) = match &order.request {
        Request::Withdraw(w) => (Some(&w.network), w.memo.as_ref()),
        _ => (None, None),
    };
    vec![vec![
        Cell::Count(order.id.0),
        Cell::Moment(order.time),
        Cell::Term("form.kind", order.request.kind().to_owned()),
        text(order.request.coin(), Cell::Absent),
        amount(order.request.amount(), Cell::Absent),
        text(network, Cell::Absent),
        to(&order.request),
        text(memo, Cell::Absent),
        outcome,
        text(told(&order.outcome).0.as_ref(), Cell::Absent),
    ]]
}

/// A line of the list of orders.
#[derive(Debug)]
pub enum OrderLine {
    /// A sound one, and what a record contradicts of it.
    Sound(Box<Order>, Option<Contradiction>),
    /// One whose row is damaged: only its number is believed.
    Damaged(DamagedOrder),
}

impl OrderLine {
    /// The ledger's number.
    pub fn id(&self) -> OrderId {
        match self {
            Self::Sound(order, _) => order.id,
            Self::Damaged(row) => row.id,
        }
    }
}

impl Listed for OrderLine {
    const KEYS: &'static [&'static str] = Order::KEYS;
    const COLUMNS: &'static [Column] = Order::COLUMNS;

    fn object(&self) -> Object {
        let row = match self {
            Self::Sound(order, contradiction) => return object(order, contradiction.as_ref()),
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
            Self::Sound(order, contradiction) => return lines(order, contradiction.as_ref()),
            Self::Damaged(row) => row,
        };
        let mut line = vec![Cell::Unknown; Self::COLUMNS.len()];
        line[0] = Cell::Count(row.id.0);
        line[2] = term("form.kind", row.kind, Cell::Unknown);
        line[8] = Cell::Term("cli.order", "damaged".to_owned());
        vec![line]
    }
}

const fn direction(request: &Request) -> Option<&'static str> {
    match request {
        Request::Move(m) => Some(match m.direction {
            MoveDirection::SpotToFutures => "spot_to_futures",
            MoveDirection::FuturesToSpot => "futures_to_spot",
        }),
        _ => None,
    }
}

const fn target(request: &Request) -> Option<&UntrustedText> {
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
            Receiver::Phone { country_code, number } => {
                UntrustedText::from(format!("{} {}", country_code.raw(), number.raw()))
            }
        }),
        Request::Move(m) => Cell::Term(
            "form",
            String::from(match m.direction {
                MoveDirection::SpotToFutures => "spot_to_futures",
                MoveDirection::FuturesToSpot => "futures_to_spot",
            }),
        ),
        Request::CancelWithdrawal(id) | Request::CancelTransfer(id) => Cell::Text(id.clone()),
    }
}

/// The same fields as the ledger keeps.
fn told(outcome: &Outcome) -> Told {
    let filled = |text: &UntrustedText| Some(text.clone()).filter(|text| !text.is_empty());
    match outcome {
        Outcome::Accepted { id, proof } => (filled(id), Some(proof.into()), None, None),
        Outcome::Refused { code, msg } => (None, None, filled(code), filled(msg)),
        Outcome::NotSent { why } | Outcome::Unknown { why } => {
            let because: &'static str = why.because.into();
            (None, None, Some(UntrustedText::from(because)), filled(&why.detail))
        }
        Outcome::TooLate { status } => (None, None, None, filled(status)),
        // Nobody else says that nothing was executed.
        Outcome::Dismissed => (None, Some(Proof::User.into()), None, None),
        Outcome::NotExecuted => (None, Some(Proof::Balances.into()), None, None),
        Outcome::Sending | Outcome::NoTrace | Outcome::Likely { .. } => (None, None, None, None),
    }
}
