//! The API's history filters as flags (`reference.md §4.7`, `§4.9`). Values are passed on to the letter.

use clap::Args;
use clap::builder::NonEmptyStringValueParser;

use super::time_arg::moment;
use super::{Output, one_of};
use crate::domain::filter::PAGE_LIMIT;
use crate::domain::{IncomingFilter, Kind, Millis, OutgoingFilter, Record, UntrustedText};

/// Filters that every history has.
#[derive(Debug, Clone, Default, Args)]
pub struct CommonArgs {
    /// Only the record with this id
    #[arg(long, value_parser = NonEmptyStringValueParser::new())]
    pub id: Option<String>,
    /// Only this coin, to the letter
    #[arg(long, value_parser = NonEmptyStringValueParser::new())]
    pub coin: Option<String>,
    /// Not before: milliseconds, a date (midnight UTC), a date and time such as
    /// 2026-11-03T14:02:11Z, today or yesterday
    #[arg(long, value_name = "TIME", value_parser = moment)]
    pub start_time: Option<Millis>,
    /// Not after: milliseconds, a date (midnight UTC), a date and time such as
    /// 2026-11-03T14:02:11Z, today or yesterday
    #[arg(long, value_name = "TIME", value_parser = moment)]
    pub end_time: Option<Millis>,
    /// Most rows, 1 to 100 [default: 100]
    #[arg(long, value_name = "ROWS", value_parser = clap::value_parser!(u32).range(1..=i64::from(PAGE_LIMIT)))]
    pub limit: Option<u32>,
}

impl CommonArgs {
    /// The most rows that will be shown.
    pub fn rows(&self) -> usize {
        self.limit.unwrap_or(PAGE_LIMIT) as usize
    }
}

/// Filters of outgoing records.
#[derive(Debug, Clone, Default, Args)]
pub struct SenderArgs {
    /// Only the record with this id of your own (outBizId)
    #[arg(long, value_name = "ID", value_parser = NonEmptyStringValueParser::new())]
    pub out_biz_id: Option<String>,
    /// Only records with this remark, to the letter
    #[arg(long, allow_hyphen_values = true, value_parser = NonEmptyStringValueParser::new())]
    pub remark: Option<String>,
}

/// Which outgoing records are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::EnumString, strum::VariantNames, strum::Display)]
#[strum(serialize_all = "snake_case")]
pub enum OutgoingType {
    /// To a chain.
    Withdraw,
    /// To another user.
    InsideTransferOut,
    /// Both, and kinds that are not known yet.
    All,
}

/// Which incoming records are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::EnumString, strum::VariantNames, strum::Display)]
#[strum(serialize_all = "snake_case")]
pub enum IncomingType {
    /// From a chain.
    Deposit,
    /// From another user.
    InsideTransferIn,
    /// Both, and kinds that are not known yet.
    All,
}

/// Which transfers are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::EnumString, strum::VariantNames, strum::Display)]
#[strum(serialize_all = "snake_case")]
pub enum TransferType {
    /// From another user.
    InsideTransferIn,
    /// To another user.
    InsideTransferOut,
    /// Between spot and futures, as this program's ledger has them: the exchange lists none.
    Move,
    /// All of them.
    All,
}

impl OutgoingType {
    /// The kind to ask the exchange for; `None` asks for all.
    pub const fn kind(self) -> Option<Kind> {
        match self {
            Self::Withdraw => Some(Kind::Withdrawal),
            Self::InsideTransferOut => Some(Kind::TransferOut),
            Self::All => None,
        }
    }
}

impl IncomingType {
    /// The kind to ask the exchange for; `None` asks for all.
    pub const fn kind(self) -> Option<Kind> {
        match self {
            Self::Deposit => Some(Kind::Deposit),
            Self::InsideTransferIn => Some(Kind::TransferIn),
            Self::All => None,
        }
    }
}

/// `withdrawals`
#[derive(Debug, Clone, Args)]
pub struct WithdrawalArgs {
    /// Filters of every history.
    #[command(flatten)]
    pub common: CommonArgs,
    /// Filters of outgoing records.
    #[command(flatten)]
    pub sender: SenderArgs,
    /// Only this transaction on the chain
    #[arg(long, value_name = "TXID", value_parser = NonEmptyStringValueParser::new())]
    pub transaction_hash: Option<String>,
    /// Which records
    #[arg(long = "type", value_name = "TYPE", default_value = "withdraw", value_parser = one_of::<OutgoingType>())]
    pub kind: OutgoingType,
    /// How to print.
    #[command(flatten)]
    pub output: Output,
}

/// `deposits`
#[derive(Debug, Clone, Args)]
pub struct DepositArgs {
    /// Filters of every history.
    #[command(flatten)]
    pub common: CommonArgs,
    /// Only this transaction on the chain
    #[arg(long, value_name = "TXID", value_parser = NonEmptyStringValueParser::new())]
    pub transaction_hash: Option<String>,
    /// Which records
    #[arg(long = "type", value_name = "TYPE", default_value = "deposit", value_parser = one_of::<IncomingType>())]
    pub kind: IncomingType,
    /// How to print.
    #[command(flatten)]
    pub output: Output,
}

/// `transfers`
#[derive(Debug, Clone, Args)]
pub struct TransferArgs {
    /// Filters of every history.
    #[command(flatten)]
    pub common: CommonArgs,
    /// Filters of outgoing records: with one of them only those are asked for.
    #[command(flatten)]
    pub sender: SenderArgs,
    /// Which records
    #[arg(long = "type", value_name = "TYPE", default_value = "all", value_parser = one_of::<TransferType>())]
    pub kind: TransferType,
    /// How to print.
    #[command(flatten)]
    pub output: Output,
}

fn text(value: Option<&String>) -> Option<UntrustedText> {
    value.map(|value| UntrustedText::from(value.as_str()))
}

fn outgoing(common: &CommonArgs, sender: &SenderArgs, txid: Option<&String>, kind: Option<Kind>) -> OutgoingFilter {
    OutgoingFilter {
        id: text(common.id.as_ref()),
        out_biz_id: text(sender.out_biz_id.as_ref()),
        coin: text(common.coin.as_ref()),
        txid: text(txid),
        kind,
        start: common.start_time,
        end: common.end_time,
        remark: text(sender.remark.as_ref()),
        limit: common.limit,
    }
}

fn incoming(common: &CommonArgs, txid: Option<&String>, kind: Option<Kind>) -> IncomingFilter {
    IncomingFilter {
        id: text(common.id.as_ref()),
        coin: text(common.coin.as_ref()),
        txid: text(txid),
        kind,
        start: common.start_time,
        end: common.end_time,
        limit: common.limit,
    }
}

impl WithdrawalArgs {
    /// The filter to ask the exchange with.
    pub fn filter(&self) -> OutgoingFilter {
        outgoing(&self.common, &self.sender, self.transaction_hash.as_ref(), self.kind.kind())
    }
}

impl DepositArgs {
    /// The filter to ask the exchange with.
    pub fn filter(&self) -> IncomingFilter {
        incoming(&self.common, self.transaction_hash.as_ref(), self.kind.kind())
    }
}

impl TransferArgs {
    /// True when a filter is given that incoming records do not have.
    pub const fn asks_for_the_sender(&self) -> bool {
        self.sender.out_biz_id.is_some() || self.sender.remark.is_some()
    }

    /// The filter for outgoing transfers, where they are wanted.
    pub fn outgoing(&self) -> Option<OutgoingFilter> {
        matches!(self.kind, TransferType::InsideTransferOut | TransferType::All)
            .then(|| outgoing(&self.common, &self.sender, None, Some(Kind::TransferOut)))
    }

    /// The filter for incoming transfers, where they are wanted.
    pub fn incoming(&self) -> Option<IncomingFilter> {
        (matches!(self.kind, TransferType::InsideTransferIn | TransferType::All) && !self.asks_for_the_sender())
            .then(|| incoming(&self.common, None, Some(Kind::TransferIn)))
    }

    /// Whether a move of the ledger is wanted.
    pub fn takes_move(&self, record: &Record) -> bool {
        let CommonArgs { id, coin, start_time, end_time, .. } = &self.common;
        let is_named = |wanted: &Option<String>, own: &UntrustedText| wanted.as_ref().is_none_or(|w| w == own.raw());
        matches!(self.kind, TransferType::Move | TransferType::All)
            && !self.asks_for_the_sender()
            && is_named(id, &record.key.id)
            && is_named(coin, &record.coin)
            && start_time.is_none_or(|start| record.time >= Some(start))
            && end_time.is_none_or(|end| record.time <= Some(end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::{Cli, Command};
    use std::ffi::OsString;

    fn command(args: &[&str]) -> Command {
        let args = std::iter::once(&"wallet-tui").chain(args).map(OsString::from);
        Cli::parse_from_args(args).unwrap().command.unwrap()
    }

    #[test]
    fn every_filter_reaches_the_exchange_to_the_letter() {
        let Command::Withdrawals(args) = command(&[
            "withdrawals",
            "--id",
            "0019",
            "--out-biz-id",
            " a b ",
            "--coin",
            "btc",
            "--transaction-hash",
            "0xAB",
            "--type",
            "all",
            "--start-time",
            "1",
            "--end-time",
            "2025-04-09",
            "--remark",
            "-оплата ",
            "--limit",
            "7",
        ]) else {
            panic!()
        };
        let expected = OutgoingFilter {
            id: Some("0019".into()),
            out_biz_id: Some(" a b ".into()),
            coin: Some("btc".into()),
            txid: Some("0xAB".into()),
            kind: None,
            start: Some(Millis(1)),
            end: Some(Millis(1_744_156_800_000)),
            remark: Some("-оплата ".into()),
            limit: Some(7),
        };
        assert_eq!(args.filter(), expected);
        let Command::Deposits(args) = command(&["deposits", "--id", "9", "--transaction-hash", "T", "--limit", "100"])
        else {
            panic!()
        };
        let expected = IncomingFilter {
            id: Some("9".into()),
            txid: Some("T".into()),
            kind: Some(Kind::Deposit),
            limit: Some(100),
            ..IncomingFilter::default()
        };
        assert_eq!(args.filter(), expected);
    }

    #[test]
    fn transfers_ask_both_sides_unless_a_filter_belongs_to_one() {
        let sides = |args: &[&str]| {
            let Command::Transfers(args) = command(args) else { panic!() };
            (args.outgoing().map(|f| f.kind), args.incoming().map(|f| f.kind))
        };
        let (out, into) = (Some(Some(Kind::TransferOut)), Some(Some(Kind::TransferIn)));
        assert_eq!(sides(&["transfers"]), (out.clone(), into.clone()));
        assert_eq!(sides(&["transfers", "--type", "inside_transfer_out"]), (out.clone(), None));
        assert_eq!(sides(&["transfers", "--type", "inside_transfer_in"]), (None, into));
        assert_eq!(sides(&["transfers", "--remark", "x"]), (out.clone(), None));
        assert_eq!(sides(&["transfers", "--out-biz-id", "x"]), (out, None));
    }
}
