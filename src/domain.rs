//! What money, records and networks are, in this program's own words. No I/O, no screen, no wire names.
//!
//! Everything that moves between the exchange and the screen is one of these types. The wire's
//! spelling of them lives in `exchange::wire` alone.

pub mod account;
pub mod address;
pub mod address_book;
pub mod amount;
pub mod asset;
pub mod bookkeeping;
pub mod columns;
pub mod country_code;
pub mod deposit;
pub mod event;
pub mod explorer;
pub mod export;
pub mod fees;
pub mod filter;
pub mod flows;
pub mod futures;
pub mod likely;
pub mod line;
pub mod locale;
pub mod move_record;
pub mod order;
pub mod outcome;
pub mod partial;
pub mod payment_link;
pub mod preflight;
pub mod problem;
pub mod query;
pub mod record;
pub mod records;
pub mod request;
pub mod review;
pub mod rules;
pub mod text;
pub mod text_width;
pub mod time;
pub mod typed_word;
pub mod value;
pub mod worth;

pub use account::{Balance, DepositAddress, UserInfo};
pub use amount::{Amount, AmountError};
pub use asset::{Coin, MemoRule, Network, Rate};
pub use event::{Condition, Event, EventKind, EventSubject};
pub use filter::{IncomingFilter, OutgoingFilter};
pub use futures::{BothSides, FuturesBalance, FuturesReading, FuturesSide, SideAmounts};
pub use move_record::MoveRecord;
pub use order::{AskedBy, DamagedOrder, MissingOrders, Order, OrderId, Request};
pub use outcome::{Because, Outcome, Proof, Why};
pub use partial::{LeftOut, Missing, Partial};
pub use preflight::{Blocker, Confirmation, Consent, Preflight, preflight};
pub use problem::{Cause, Loss, Obstacle, Problem, Refusal};
pub use record::{Charge, Kind, Ordered, Receiver, Record, RecordKey, Status, Wording};
pub use records::Records;
pub use request::{MoveDirection, MoveRequest, TransferRequest, WithdrawRequest};
pub use text::UntrustedText;
pub use time::Millis;
pub use typed_word::TypedWord;
pub use value::Prices;
