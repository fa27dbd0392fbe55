//! Withdrawal fees, learnt from the account's own history: the exchange's API quotes none beforehand
//! (`reference.md §7.2`). What is said here is an estimate and never part of a request.

use super::{Amount, Kind, Millis, Record, Status, UntrustedText, Wording};

/// A fee is a large part from one tenth of the amount on.
const LARGE_PART: i128 = 10;

/// What the account paid for withdrawals of one coin over one network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Learnt {
    /// The last fee, in the coin itself.
    pub last: Amount,
    /// When it was paid; `None` when no record with a fee says when.
    pub at: Option<Millis>,
    /// How many records were seen.
    pub samples: usize,
    /// The least fee among them.
    pub least: Amount,
    /// The greatest fee among them.
    pub greatest: Amount,
}

/// What a withdrawal would bring, as far as history tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Estimate {
    /// There is no sample: the fee is unknown until the exchange says it.
    Unknown,
    /// As the last time.
    AsLast {
        /// The sample.
        learnt: Learnt,
        /// What would arrive; `None` when the fee eats it all, or when it cannot be held exactly.
        net: Option<Amount>,
        /// What the user should be warned of.
        warning: Option<Warning>,
    },
}

/// Why a fee deserves a second look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Warning {
    /// A tenth of the amount or more.
    LargePart,
    /// As much as the amount or more: the exchange will refuse it (110007).
    EatsItAll,
}

impl Warning {
    /// The catalogue key.
    pub const fn key(self) -> &'static str {
        match self {
            Self::LargePart => "rule.fee.large_part",
            Self::EatsItAll => "rule.fee.eats_it_all",
        }
    }
}

/// Learns from one more record, where it is a finished withdrawal of this coin over this network. Fees in another coin say
/// nothing here.
pub fn learn<T: Wording>(learnt: &mut Option<Learnt>, r: &Record<T>, coin: &UntrustedText, network: &UntrustedText) {
    learn_fee(learnt, r, r.fee, coin, network);
}

/// The same with a fee that the exchange may not say: what was ordered here less what arrived ([`Record::charge`]).
pub fn learn_fee<T: Wording>(
    learnt: &mut Option<Learnt>,
    r: &Record<T>,
    fee: Option<Amount>,
    coin: &UntrustedText,
    network: &UntrustedText,
) {
    let fits = r.key.kind == Kind::Withdrawal
        && r.status == Status::Success
        && r.coin.raw() == coin.raw()
        && r.network.as_ref().is_some_and(|own| own.raw() == network.raw())
        && r.fee_coin.as_ref().is_none_or(|fee_coin| fee_coin.raw() == coin.raw());
    let Some(fee) = fee.filter(|fee| fits && !fee.is_negative()) else { return };
    let known = learnt.get_or_insert(Learnt { last: fee, at: r.time, samples: 0, least: fee, greatest: fee });
    known.samples += 1;
    (known.least, known.greatest) = (known.least.min(fee), known.greatest.max(fee));
    // Of records in the same second the one that the list names first, which is the newer one (`reference.md §7.4`).
    if r.time > known.at {
        (known.last, known.at) = (fee, r.time);
    }
}

/// Learns from all of these records; `None` without a sample.
pub fn learn_all<T: Wording>(records: &[Record<T>], coin: &UntrustedText, network: &UntrustedText) -> Option<Learnt> {
    let mut learnt = None;
    for record in records {
        learn(&mut learnt, record, coin, network);
    }
    learnt
}

/// What would arrive of a gross amount.
pub fn estimate(gross: Amount, learnt: Option<Learnt>) -> Estimate {
    let Some(learnt) = learnt else { return Estimate::Unknown };
    let net = gross.checked_sub(learnt.last).filter(|net| net.is_positive());
    let warning = if learnt.last >= gross {
        Some(Warning::EatsItAll)
    } else if is_large(learnt.last, gross) {
        Some(Warning::LargePart)
    } else {
        None
    };
    Estimate::AsLast { learnt, net, warning }
}

/// `fee ≥ gross / 10`, exactly. What does not fit is called large: a warning too many harms nobody.
fn is_large(fee: Amount, gross: Amount) -> bool {
    let fee = fee.trimmed();
    let tenfold = if fee.scale() > 0 {
        Amount::new(fee.mantissa(), fee.scale() - 1)
    } else {
        fee.mantissa().checked_mul(LARGE_PART).and_then(|m| Amount::new(m, 0))
    };
    tenfold.is_none_or(|tenfold| tenfold >= gross)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amount(text: &str) -> Amount {
        text.parse().unwrap()
    }

    fn paid(time: i64, fee: &str) -> Record {
        Record {
            network: Some("Tron (TRC-20)".into()),
            amount: Some(amount("19")),
            fee: Some(amount(fee)),
            fee_coin: Some("TRX".into()),
            status: Status::Success,
            time: Some(Millis(time)),
            ..Record::bare(Kind::Withdrawal, time.to_string(), "TRX")
        }
    }

    fn learnt(records: &[Record]) -> Option<Learnt> {
        learn_all(records, &"TRX".into(), &"Tron (TRC-20)".into())
    }

    #[test]
    fn newest_finished_withdrawal_tells_the_fee() {
        let mut others = vec![paid(9, "7"), paid(9, "7"), paid(9, "7"), paid(9, "7"), paid(9, "7"), paid(9, "-1")];
        others[0].status = Status::Pending;
        others[1].network = Some("Ethereum (ERC-20)".into());
        others[2].fee_coin = Some("USDT".into());
        others[3].key.kind = Kind::TransferOut;
        others[4].fee = None;
        others.extend([paid(1, "3"), paid(3, "1.10"), paid(2, "0.5")]);
        let found = learnt(&others).unwrap();
        assert_eq!((found.last, found.at, found.samples), (amount("1.1"), Some(Millis(3)), 3));
        assert_eq!((found.least, found.greatest), (amount("0.5"), amount("3")));
        assert_eq!(learnt(&others[..6]), None);
    }

    #[test]
    fn withdrawal_without_a_sample_has_an_unknown_fee() {
        assert_eq!(estimate(amount("5"), None), Estimate::Unknown);
    }

    #[test]
    fn a_fee_of_a_tenth_is_warned_of_and_one_below_is_not() {
        let of = |gross: &str, fee: &str| match estimate(amount(gross), learnt(&[paid(1, fee)])) {
            Estimate::AsLast { net, warning, .. } => (net, warning),
            Estimate::Unknown => panic!("there is a sample"),
        };
        assert_eq!(of("20.5", "1"), (Some(amount("19.5")), None));
        assert_eq!(of("10", "1"), (Some(amount("9")), Some(Warning::LargePart)));
        assert_eq!(of("10.000000000000000001", "1.0"), (Some(amount("9.000000000000000001")), None));
        assert_eq!(of("1", "1"), (None, Some(Warning::EatsItAll)));
        assert_eq!(of("0.5", "1"), (None, Some(Warning::EatsItAll)));
        assert_eq!(of("5", "0"), (Some(amount("5")), None));
    }
}
