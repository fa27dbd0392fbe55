//! The commands that move money, and those about the orders they leave: what may be typed, and which way each goes.
//!
//! The same rules, the same review and the same engine as the screen (`domain/rules.rs`, `engine/orders.rs`). Nothing is sent
//! that was not shown, nothing without a yes, and nothing twice.
//!
//! | file | about |
//! |---|---|
//! | `context` | everything a command has at hand: client, orders, settings, the two streams |
//! | `preflight_data` | what the exchange and the ledger say before an order |
//! | `place` | from what was typed to a request, its review, a yes and the sending |
//! | `check` | what is wrong with it, in words |
//! | `agree` | from what the preflight wants to the user's consent |
//! | `review` | the request in words, as it would be sent |
//! | `consent` | the yes: typed on a terminal, or given by options |
//! | `dry_run` | a dry run's result |
//! | `link` | a payment link instead of an address |
//! | `send` | placing, looking an outcome up, following |
//! | `settle` | what became of earlier orders |

mod agree;
mod check;
mod consent;
mod context;
mod dry_run;
mod link;
mod place;
mod preflight_data;
mod review;
mod send;
mod settle;

use std::io::Write;

use clap::builder::NonEmptyStringValueParser;
use clap::{ArgGroup, Args, Subcommand};

use super::failure::{BAD_INPUT, End, Failure};
use super::{Options, Output, one_of};
use crate::domain::locale::Lang;
use crate::domain::rules::{ReceiverInput, read_receiver};
use crate::domain::{MoveDirection, OrderId, line};
use crate::engine::config::{Environment, Settings};
use crate::engine::session::Session;
use context::{Access, CommandContext};
pub use context::{key_place, not_begun};

/// No id of the exchange's is longer, in characters.
const LONGEST_ID: usize = 128;
/// The most lines of the ledger that are printed at once.
const MOST_ORDERS: i64 = 100_000;

/// Orders and what became of them.
#[derive(Debug, Subcommand)]
pub enum OrderCommand {
    /// Send a coin to an address on a chain
    Withdraw(WithdrawArgs),
    /// Take back a withdrawal or a transfer that is still pending
    Cancel(CancelArgs),
    /// Send a coin to another user of the exchange
    Transfer(PayArgs),
    /// Move a coin between spot and futures
    Move(MoveArgs),
    /// Orders that this program has placed, newest first
    Orders(OrdersArgs),
    /// Find out what became of orders whose outcome is not known
    Settle(SettleArgs),
}

/// How an order is agreed to, and what is done with it.
#[derive(Debug, Clone, Args)]
pub struct Consent {
    /// Say yes beforehand; needed where there is no terminal to ask on
    #[arg(long)]
    pub yes: bool,
    /// Apply every rule, print the request that would be sent, and send nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Follow the order to its end; Ctrl-C ends the following only
    #[arg(long, conflicts_with = "dry_run")]
    pub wait: bool,
    /// How to print.
    #[command(flatten)]
    pub output: Output,
}

/// The same before that an order is given in spite of.
#[derive(Debug, Clone, Default, Args)]
pub struct DespiteArgs {
    /// Order it although this order, the same, was given up without a certain end, or accepted minutes ago; for each such order
    #[arg(long = "despite", value_name = "ORDER", value_parser = order_id)]
    pub order: Vec<OrderId>,
    /// Order it although this record of minutes ago paid the same, ordered elsewhere; for each such record
    #[arg(long = "despite-record", value_name = "ID")]
    pub record: Vec<String>,
}

/// What is typed once more where something about a withdrawal is out of the ordinary.
#[derive(Debug, Clone, Default, Args)]
pub struct ConfirmArgs {
    /// The amount, typed once more, where it is far above all that went there or most of what is held
    #[arg(long, value_name = "AMOUNT")]
    pub confirm_amount: Option<String>,
    /// All of the address but its first and last group of four, where it looks like a known one but is another
    #[arg(long, value_name = "MIDDLE")]
    pub confirm_middle: Option<String>,
    /// The network's name, typed once more, where the address is known on other networks only
    #[arg(long, value_name = "NAME")]
    pub confirm_network: Option<String>,
}

/// `withdraw`
#[derive(Debug, Clone, Args)]
pub struct WithdrawArgs {
    /// Coin, to the letter as tokens names it
    #[arg(long)]
    pub coin: String,
    /// Network, to the letter as tokens names it, for instance 'Tron (TRC-20)'
    #[arg(long)]
    pub network: String,
    /// Address; the exchange takes only those saved there as verification-free
    #[arg(long)]
    pub address: String,
    /// Memo or tag that belongs to the address
    #[arg(long, conflicts_with = "no_memo", value_parser = NonEmptyStringValueParser::new())]
    pub memo: Option<String>,
    /// Say that there is no memo, where the network can have one
    #[arg(long)]
    pub no_memo: bool,
    /// Gross amount: the fee is taken out of it
    #[arg(long)]
    pub amount: String,
    /// The last six characters of the address, typed apart from it; needed with --yes
    #[arg(long, value_name = "SIX")]
    pub confirm_tail: Option<String>,
    /// What else is confirmed.
    #[command(flatten)]
    pub confirm: ConfirmArgs,
    /// The same before that this is ordered in spite of.
    #[command(flatten)]
    pub despite: DespiteArgs,
    /// How it is agreed to.
    #[command(flatten)]
    pub consent: Consent,
}

/// `cancel`
#[derive(Debug, Clone, Args)]
pub struct CancelArgs {
    /// The exchange's id of the withdrawal or transfer
    #[arg(value_parser = NonEmptyStringValueParser::new())]
    pub id: String,
    /// How it is agreed to.
    #[command(flatten)]
    pub consent: Consent,
}

/// `transfer`
#[derive(Debug, Clone, Args)]
#[command(group = ArgGroup::new("receiver").required(true))]
pub struct PayArgs {
    /// Receiver, told by what it holds: a user id (digits), an e-mail (@), or a phone number (+, country code, number)
    #[arg(long, value_name = "RECEIVER", group = "receiver")]
    pub to: Option<String>,
    /// Receiver by user id
    #[arg(long, value_name = "UID", group = "receiver")]
    pub to_uid: Option<String>,
    /// Receiver by telephone: country code, then number
    #[arg(long, num_args = 2, value_names = ["CC", "NUMBER"], group = "receiver")]
    pub to_phone: Option<Vec<String>>,
    /// Receiver by e-mail
    #[arg(long, value_name = "EMAIL", group = "receiver")]
    pub to_email: Option<String>,
    /// Coin, to the letter as balances names it
    #[arg(long)]
    pub coin: String,
    /// Amount
    #[arg(long)]
    pub amount: String,
    /// Note that the receiver sees, at most 256 characters
    #[arg(long, default_value = "", allow_hyphen_values = true, hide_default_value = true)]
    pub remark: String,
    /// The amount, typed once more, where it is out of the ordinary
    #[arg(long, value_name = "AMOUNT")]
    pub confirm_amount: Option<String>,
    /// The last six characters of the receiver's uid, number or e-mail; needed with --yes where nothing was ever paid there
    #[arg(long, value_name = "SIX")]
    pub confirm_tail: Option<String>,
    /// The same before that this is ordered in spite of.
    #[command(flatten)]
    pub despite: DespiteArgs,
    /// How it is agreed to.
    #[command(flatten)]
    pub consent: Consent,
}

impl PayArgs {
    /// The receiver as it was given; clap sees to it that there is one.
    fn receiver(&self) -> ReceiverInput {
        match (&self.to, &self.to_uid, self.to_phone.as_deref(), &self.to_email) {
            (Some(to), ..) => ReceiverInput::Any(to.clone()),
            (_, Some(uid), ..) => ReceiverInput::Uid(uid.clone()),
            (.., Some([country_code, number, ..]), _) => {
                ReceiverInput::Phone { country_code: country_code.clone(), number: number.clone() }
            }
            (.., email) => ReceiverInput::Email(email.clone().unwrap_or_default()),
        }
    }
}

/// `move`
#[derive(Debug, Clone, Args)]
pub struct MoveArgs {
    /// The side that the coin leaves
    #[arg(long, value_parser = one_of::<Side>())]
    pub from: Side,
    /// Coin, to the letter as balances names it
    #[arg(long)]
    pub coin: String,
    /// Amount
    #[arg(long, required_unless_present = "all", conflicts_with = "all")]
    pub amount: Option<String>,
    /// All that can be moved
    #[arg(long)]
    pub all: bool,
    /// Order it although this order, the same, was given up without a certain end
    #[arg(long, value_name = "ORDER", value_parser = order_id)]
    pub despite: Vec<OrderId>,
    /// How it is agreed to.
    #[command(flatten)]
    pub consent: Consent,
}

/// A side of the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::EnumString, strum::VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum Side {
    /// Where withdrawals come from.
    Spot,
    /// The margin of futures.
    Futures,
}

impl Side {
    /// The way out of this side.
    pub const fn out(self) -> MoveDirection {
        match self {
            Self::Spot => MoveDirection::SpotToFutures,
            Self::Futures => MoveDirection::FuturesToSpot,
        }
    }
}

/// `orders`
#[derive(Debug, Clone, Args)]
pub struct OrdersArgs {
    /// Most rows
    #[arg(long, value_name = "ROWS", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=MOST_ORDERS))]
    pub limit: u32,
    /// How to print.
    #[command(flatten)]
    pub output: Output,
}

/// `settle`
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
#[derive(Debug, Clone, Args)]
#[command(group = ArgGroup::new("decision").requires("order"))]
pub struct SettleArgs {
    /// The ledger's number of an order; without it, every order whose outcome is not known
    #[arg(value_parser = order_id)]
    pub order: Option<OrderId>,
    /// You looked it up on the exchange's site: it was executed, under this id (a move has none)
    #[arg(long, value_name = "ID", num_args = 0..=1, group = "decision")]
    pub executed: Option<Option<String>>,
    /// You looked it up on the exchange's site: it was not executed
    #[arg(long, group = "decision")]
    pub not_executed: bool,
    /// With --not-executed or --resend: this record fits the order but is another payment
    #[arg(long, value_name = "RECORD", requires = "order", conflicts_with_all = ["executed", "undo"])]
    pub despite_record: Vec<String>,
    /// Take back what you said of the order: it is looked for anew
    #[arg(long, group = "decision")]
    pub undo: bool,
    /// Send a transfer of unknown outcome again under its own id, if the exchange does not have it; it is executed once at the most
    #[arg(long, group = "decision")]
    pub resend: bool,
    /// With --resend: although this order, the same, was given up too, or accepted minutes ago; for each such order
    #[arg(long, value_name = "ORDER", requires = "resend", value_parser = order_id)]
    pub despite: Vec<OrderId>,
    /// With --resend: the last six characters of the uid, number or e-mail, where the receiver was never paid with success
    #[arg(long, value_name = "SIX", requires = "resend")]
    pub confirm_tail: Option<String>,
    /// With --resend: the amount, typed once more, where it is out of the ordinary
    #[arg(long, value_name = "AMOUNT", requires = "resend")]
    pub confirm_amount: Option<String>,
    /// You know that a damaged ledger was set aside, or with ORDER that this order is damaged in the ledger, and go on without it
    #[arg(long, conflicts_with = "decision")]
    pub acknowledge_damage: bool,
    /// Say yes beforehand; needed for a decision where there is no terminal to ask on
    #[arg(long)]
    pub yes: bool,
    /// How to print.
    #[command(flatten)]
    pub output: Output,
}

/// A text that is no number of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the number of an order")]
pub struct NotAnOrder;

fn order_id(text: &str) -> Result<OrderId, NotAnOrder> {
    text.parse().ok().filter(|id| *id >= 1).map(OrderId).ok_or(NotAnOrder)
}

/// Says at once, asking nobody, what cannot go on: a read-only profile, or a yes that is missing.
///
/// # Errors
/// The [`Failure`] to end with.
pub fn check(command: &OrderCommand, settings: &Settings) -> Result<(), Failure> {
    let lang = settings.lang;
    check_ids(command, lang)?;
    match command {
        OrderCommand::Withdraw(args) => {
            consent::not_read_only(settings)?;
            link::refuse(&args.address, lang)?;
            consent::check(&args.consent, Some((&args.address, args.confirm_tail.as_deref())), lang)
        }
        OrderCommand::Transfer(args) => {
            consent::not_read_only(settings)?;
            // Whether it is wanted is known later; a wrong one is wrong now.
            let to = match args.receiver() {
                ReceiverInput::Any(text) => read_receiver(text.trim_ascii()).ok().map(|to| to.name().raw().to_owned()),
                ReceiverInput::Uid(to) | ReceiverInput::Email(to) | ReceiverInput::Phone { number: to, .. } => Some(to),
            };
            let typed = args.confirm_tail.as_deref().zip(to.as_deref()).map(|(tail, to)| (to, Some(tail)));
            consent::check(&args.consent, typed, lang)
        }
        OrderCommand::Cancel(CancelArgs { consent, .. }) | OrderCommand::Move(MoveArgs { consent, .. }) => {
            consent::not_read_only(settings)?;
            consent::check(consent, None, lang)
        }
        OrderCommand::Settle(args) if args.executed.is_some() || args.not_executed || args.undo || args.resend => {
            if args.resend {
                consent::not_read_only(settings)?;
            }
            consent::check_yes(args.yes, lang)
        }
        OrderCommand::Orders(_) | OrderCommand::Settle(_) => Ok(()),
    }
}

/// Ids are compared to the letter: what none holds is refused with what it is, as in every other option.
fn check_ids(command: &OrderCommand, lang: Lang) -> Result<(), Failure> {
    let ids: Vec<(&str, &str)> = match command {
        OrderCommand::Cancel(args) => vec![("ID", args.id.as_str())],
        OrderCommand::Settle(args) => {
            let others = args.despite_record.iter().map(|id| ("--despite-record", id.as_str()));
            args.executed.iter().flatten().map(|id| ("--executed", id.as_str())).chain(others).collect()
        }
        OrderCommand::Withdraw(WithdrawArgs { despite, .. }) | OrderCommand::Transfer(PayArgs { despite, .. }) => {
            despite.record.iter().map(|id| ("--despite-record", id.as_str())).collect()
        }
        OrderCommand::Move(_) | OrderCommand::Orders(_) => Vec::new(),
    };
    for (option, id) in ids {
        if let Err(fault) = line::check_word(id, LONGEST_ID) {
            let values = [("option", option), ("what", &*fault.words(lang))];
            return Err(Failure::new(lang, BAD_INPUT, "cli.order.id", "cli.order.id_next", &values));
        }
    }
    Ok(())
}

/// Runs one of the commands.
///
/// # Errors
/// An [`End`] with the exit code; everything is said by then, or in it.
pub async fn run<'a>(
    command: &OrderCommand,
    session: Session,
    options: &Options,
    settings: &'a Settings,
    environment: Environment<'_>,
    streams: (&'a mut dyn Write, &'a mut dyn Write),
) -> Result<(), End> {
    let access = match command {
        OrderCommand::Orders(_) => Access::Existing,
        OrderCommand::Settle(args) if !args.acknowledge_damage => Access::Existing,
        OrderCommand::Withdraw(WithdrawArgs { consent, .. })
        | OrderCommand::Cancel(CancelArgs { consent, .. })
        | OrderCommand::Transfer(PayArgs { consent, .. })
        | OrderCommand::Move(MoveArgs { consent, .. })
            if consent.dry_run =>
        {
            Access::Existing
        }
        _ => Access::Begin,
    };
    let asks_money = !matches!(command, OrderCommand::Orders(_) | OrderCommand::Settle(_));
    let mut context =
        CommandContext::open(session, options, settings, environment, streams, (access, asks_money)).await?;
    match command {
        OrderCommand::Withdraw(args) => place::withdraw(&mut context, args).await,
        OrderCommand::Cancel(args) => place::cancel(&mut context, args).await,
        OrderCommand::Transfer(args) => place::transfer(&mut context, args).await,
        OrderCommand::Move(args) => place::move_funds(&mut context, args).await,
        OrderCommand::Orders(args) => settle::list(&mut context, args).await,
        OrderCommand::Settle(args) => Box::pin(settle::settle(&mut context, args)).await,
    }
}
