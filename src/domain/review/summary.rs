//! What an order would mean as far as its form is filled in: what leaves, what it costs, what arrives, what is left.
//!
//! The same numbers as on the review, by the same functions. What is not known is a question mark, never a zero.

use super::{Emphasis, MASKED, NAME, Reviewed, Row, money};
use crate::domain::fees::{self, Estimate, Learnt};
use crate::domain::value::grouped;
use crate::domain::{Amount, MoveDirection, UntrustedText};

/// Not known.
const UNKNOWN: &str = "?";
/// Not applicable: more than there is leaves nothing.
const NONE: &str = "–";

/// Which order it would be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SummaryOf {
    /// A withdrawal.
    Withdraw,
    /// A transfer to another user.
    Transfer,
    /// A move between spot and futures.
    Move(MoveDirection),
}

impl Reviewed<'_> {
    /// The rows of a summary; an amount that is not typed, or cannot be read, is `None`.
    pub fn summary(&self, of: SummaryOf, coin: &UntrustedText, amount: Option<Amount>) -> Vec<Row> {
        let label = match of {
            SummaryOf::Withdraw => "form.row.withdraw",
            SummaryOf::Transfer => "form.row.send",
            SummaryOf::Move(_) => "form.row.move",
        };
        let mut rows = vec![match amount.filter(|_| !coin.is_empty()) {
            Some(amount) => self.amount(label, amount, coin),
            None => Row::new(label, UNKNOWN, Emphasis::Plain),
        }];
        let after = |held: Option<Amount>, leaves: bool| {
            let (held, amount) = (held?, amount?);
            if leaves { held.checked_sub(amount) } else { held.checked_add(amount) }
        };
        match of {
            SummaryOf::Withdraw => self.likely_fee(&mut rows, coin, amount),
            SummaryOf::Transfer => {
                rows.push(Row::new("form.row.fee", self.lang.t("form.fee_transfer"), Emphasis::Plain));
            }
            SummaryOf::Move(direction) => {
                let (spot, futures) = (self.available(coin), self.movable(coin));
                let leaves_spot = direction == MoveDirection::SpotToFutures;
                let coin = coin.excerpt(NAME);
                let change = |label, key, held, leaves| {
                    let (before, after) = (self.held(held), self.held(after(held, leaves)));
                    let text = self.lang.fill(key, &[("before", &before), ("after", &after), ("coin", &coin)]);
                    Row::new(label, if self.is_hidden { MASKED.to_owned() } else { text }, Emphasis::Plain)
                };
                rows.push(change("form.row.spot", "form.spot_change", spot, leaves_spot));
                rows.push(change("form.row.futures", "form.futures_change", futures, !leaves_spot));
                return rows;
            }
        }
        let left = self.with_coin(after(self.available(coin), true), coin);
        rows.push(Row::new("form.row.left", left, Emphasis::Plain));
        rows
    }

    /// What the fee would be by the account's own history, and what would arrive.
    fn likely_fee(&self, rows: &mut Vec<Row>, coin: &UntrustedText, amount: Option<Amount>) {
        let lang = self.lang;
        let about = |amount: Amount| lang.fill("form.about", &[("amount", &money(amount, coin))]);
        let fee = |learnt: &Learnt| {
            Row::new("form.row.fee", about(learnt.last), Emphasis::Plain)
                .aside(self.fee_source(learnt), Emphasis::Muted)
        };
        let estimate = amount.map(|amount| fees::estimate(amount, self.fees.cloned()));
        let (fee, net, warning) = match (estimate, self.fees) {
            (Some(Estimate::AsLast { learnt, net, warning }), _) => (Some(fee(&learnt)), net, warning),
            (None, Some(learnt)) => (Some(fee(learnt)), None, None),
            (Some(Estimate::Unknown) | None, _) => (None, None, None),
        };
        let unknown = || {
            Row::new("form.row.fee", UNKNOWN, Emphasis::Plain).aside(lang.t("form.fee_unknown_long"), Emphasis::Muted)
        };
        rows.push(fee.unwrap_or_else(unknown));
        rows.push(Row::new("form.row.arrives", net.map_or_else(|| UNKNOWN.to_owned(), about), Emphasis::Plain));
        rows.extend(warning.map(|warning| Row::more(lang.t(warning.key()), Emphasis::Warning)));
    }

    /// An amount that the user holds, or would hold.
    fn held(&self, amount: Option<Amount>) -> String {
        match amount {
            _ if self.is_hidden => MASKED.to_owned(),
            None => UNKNOWN.to_owned(),
            Some(amount) if amount.is_negative() => NONE.to_owned(),
            Some(amount) => grouped(amount.trimmed()),
        }
    }

    fn with_coin(&self, amount: Option<Amount>, coin: &UntrustedText) -> String {
        let text = self.held(amount);
        let is_number = amount.is_some_and(|amount| !amount.is_negative()) && !self.is_hidden;
        if is_number { format!("{text} {}", coin.excerpt(NAME)) } else { text }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::locale::Lang;
    use crate::domain::preflight::Snapshot;
    use crate::domain::review::Value;
    use crate::domain::rules::Limits;
    use crate::domain::{Balance, Millis, Request, WithdrawRequest};

    fn amount(text: &str) -> Amount {
        text.parse().unwrap()
    }

    fn text(rows: &[Row], label: &str) -> String {
        let found = rows.iter().find(|row| row.label == Some(label)).unwrap();
        let Value::Words(text, _) = &found.value else { unreachable!() };
        text.clone()
    }

    /// With 20 TRX held, and a fee known or not.
    fn with<T>(fee: Option<&str>, is_hidden: bool, then: impl FnOnce(&Reviewed<'_>) -> T) -> T {
        let now = Millis(1_795_000_000_000);
        let balances = vec![Balance { coin: "TRX".into(), available: Some(amount("20")), in_use: None }];
        let (known, limits) = (Snapshot { balances: Some((balances, now)), ..Snapshot::default() }, Limits::default());
        let facts = known.facts(&limits, now);
        let fees = fee.map(|fee| {
            let fee = amount(fee);
            Learnt { last: fee, at: None, samples: 1, least: fee, greatest: fee }
        });
        then(&Reviewed {
            facts: &facts,
            fees: fees.as_ref(),
            gross: None,
            unit: None,
            is_hidden,
            group: None,
            lang: Lang::En,
        })
    }

    #[test]
    fn samples_of_a_fee_have_their_plural() {
        with(None, false, |reviewed| {
            let of =
                |samples| Learnt { last: amount("1"), at: None, samples, least: amount("1"), greatest: amount("1") };
            assert!(reviewed.fee_source(&of(1)).ends_with(", 1 sample"));
            assert!(reviewed.fee_source(&of(6)).ends_with(", 6 samples"));
        });
    }

    #[test]
    fn a_summary_says_what_the_review_says() {
        let coin = UntrustedText::from("TRX");
        with(Some("1"), false, |reviewed| {
            let gross = amount("5.5");
            let summary = reviewed.summary(SummaryOf::Withdraw, &coin, Some(gross));
            let (network, address) = ("Tron (TRC-20)".into(), "T".into());
            let request = WithdrawRequest { coin: coin.clone(), network, address, memo: None, gross };
            let review = reviewed.rows(&Request::Withdraw(request), &[]);
            for label in ["form.row.withdraw", "form.row.fee", "form.row.arrives"] {
                assert_eq!(text(&summary, label), text(&review, label));
            }
            assert_eq!(text(&summary, "form.row.left"), "14.5 TRX");
            assert_eq!(text(&review, "form.row.balance"), "20 → 14.5 TRX");
        });
    }

    #[test]
    fn what_is_not_known_is_a_question_mark_and_never_zero() {
        let (trx, new) = (UntrustedText::from("TRX"), UntrustedText::from("NEW"));
        with(None, false, |reviewed| {
            let rows = reviewed.summary(SummaryOf::Withdraw, &trx, None);
            for label in ["form.row.withdraw", "form.row.fee", "form.row.arrives", "form.row.left"] {
                assert_eq!(text(&rows, label), "?", "{label}");
            }
            let rows = reviewed.summary(SummaryOf::Transfer, &new, Some(amount("1")));
            assert_eq!(text(&rows, "form.row.left"), "?", "what is held of it is not known");
            let rows = reviewed.summary(SummaryOf::Transfer, &trx, Some(amount("21")));
            assert_eq!(text(&rows, "form.row.left"), "–", "more than there is");
            let rows = reviewed.summary(SummaryOf::Move(MoveDirection::SpotToFutures), &trx, Some(amount("5")));
            assert_eq!(text(&rows, "form.row.spot"), "20 → 15 TRX");
            assert_eq!(text(&rows, "form.row.futures"), "? → ? TRX can be moved");
        });
        with(Some("1"), false, |reviewed| {
            let rows = reviewed.summary(SummaryOf::Withdraw, &trx, None);
            assert_eq!(
                (text(&rows, "form.row.fee"), text(&rows, "form.row.arrives")),
                ("about 1 TRX".into(), "?".into())
            );
        });
    }

    #[test]
    fn hidden_amounts_stay_hidden_beside_the_form() {
        let coin = UntrustedText::from("TRX");
        with(Some("1"), true, |reviewed| {
            for of in [SummaryOf::Withdraw, SummaryOf::Transfer, SummaryOf::Move(MoveDirection::FuturesToSpot)] {
                let rows = format!("{:?}", reviewed.summary(of, &coin, Some(amount("5"))));
                assert!(rows.contains(MASKED) && !rows.contains("20") && !rows.contains("15"), "{rows}");
            }
        });
    }
}
