//! The rules of a transfer to another user of the exchange (`reference.md §4.5`).

use super::{Facts, Fault, Field, FieldFault, Findings, Note, Report, limits};
use crate::domain::line::{check, without_edges};
use crate::domain::{Receiver, Request, TransferRequest, UntrustedText};

/// Characters that our own id may have.
const OWN_ID_MOST: usize = 32;
/// Digits of a telephone number without its country code: at least, at most (E.164).
const NUMBER_DIGITS: (usize, usize) = (4, 15);
/// Characters of an e-mail address and of its part before the `@` (RFC 5321).
const EMAIL_MOST: (usize, usize) = (254, 64);

/// A receiver as typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReceiverInput {
    /// By user id.
    Uid(String),
    /// By telephone.
    Phone {
        /// `+86` or `86`; sent as it is typed, since the exchange does not say which it wants.
        country_code: String,
        /// The number without the country code.
        number: String,
    },
    /// By e-mail.
    Email(String),
}

/// A transfer as it is typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransferInput {
    /// To whom.
    pub to: ReceiverInput,
    /// The coin.
    pub coin: String,
    /// Coin amount.
    pub amount: String,
    /// A note for the receiver; empty for none.
    pub remark: String,
}

impl TransferInput {
    /// As it would have to be typed for this request.
    pub fn of(request: &TransferRequest) -> Self {
        let text = |text: &UntrustedText| text.raw().to_owned();
        Self {
            to: match &request.to {
                Receiver::Uid(uid) => ReceiverInput::Uid(text(uid)),
                Receiver::Email(email) => ReceiverInput::Email(text(email)),
                Receiver::Phone { country_code, number } => {
                    ReceiverInput::Phone { country_code: text(country_code), number: text(number) }
                }
            },
            coin: text(&request.coin),
            amount: request.amount.to_string(),
            remark: request.remark.as_ref().map(text).unwrap_or_default(),
        }
    }
}

/// Everything that the rules say about a transfer, and the request when nothing is wrong. `out_biz_id` is our own id of
/// the order, made by the caller and kept with it.
pub fn check_transfer(input: &TransferInput, out_biz_id: &UntrustedText, facts: &Facts<'_>) -> Report<TransferRequest> {
    let mut findings = Findings::default();
    if facts.limits.read_only {
        findings.fault(Field::Form, Fault::ReadOnly);
    }
    let id = out_biz_id.raw();
    if id.is_empty() || id.len() > OWN_ID_MOST || !id.bytes().all(|b| b.is_ascii_alphanumeric()) {
        findings.fault(Field::Form, Fault::OwnId);
    }
    let coin = findings.own_coin(facts, &input.coin);
    let to = receiver(&mut findings, &input.to, facts);
    let amount = findings.amount(&input.amount, coin.map(|(_, precision)| precision));
    if let Some((coin, _)) = coin {
        findings.affordable(facts, coin, amount);
        if let Some(amount) = amount {
            let broken = limits::check(facts, &UntrustedText::from(coin), amount);
            findings.faults.extend(broken.into_iter().map(|fault| FieldFault { field: Field::Amount, fault }));
        }
    }
    let remark = remark(&mut findings, &input.remark);
    let request = (|| {
        let (coin, _) = coin?;
        let (coin, out_biz_id) = (UntrustedText::from(coin), out_biz_id.clone());
        Some(TransferRequest { out_biz_id, coin, amount: amount?, to: to?, remark })
    })();
    findings.repeated(facts, request.clone().map(Request::Transfer));
    findings.report(request)
}

fn receiver(findings: &mut Findings, typed: &ReceiverInput, facts: &Facts<'_>) -> Option<Receiver> {
    let (field, to) = match typed {
        ReceiverInput::Uid(uid) => {
            let uid = findings.line(Field::Uid, uid)?;
            (Field::Uid, Receiver::Uid(findings.take(Field::Uid, user_id(uid, facts))?))
        }
        ReceiverInput::Phone { country_code, number } => {
            let code = findings.line(Field::CountryCode, country_code);
            let code = code.and_then(|code| findings.take(Field::CountryCode, self::country_code(code)));
            let number = findings.line(Field::Number, number);
            let number = number.and_then(|number| findings.take(Field::Number, phone_number(number)));
            (Field::Number, Receiver::Phone { country_code: code?, number: number? })
        }
        ReceiverInput::Email(email) => {
            let email = findings.line(Field::Email, email)?;
            (Field::Email, Receiver::Email(findings.take(Field::Email, self::email(email))?))
        }
    };
    if facts.limits.address_book_only && !facts.book.is_known_receiver(&to) {
        findings.fault(field, Fault::ReceiverNotKnown);
    }
    Some(to)
}

fn digits(text: &str) -> Result<&str, Fault> {
    if text.is_empty() {
        return Err(Fault::Missing);
    }
    if text.bytes().all(|b| b.is_ascii_digit()) { Ok(text) } else { Err(Fault::NotDigits) }
}

/// A number of 64 bits on the wire (`reference.md §4.5`), written in one way only.
fn user_id(text: &str, facts: &Facts<'_>) -> Result<UntrustedText, Fault> {
    let text = digits(text)?;
    if text.starts_with('0') || text.parse::<i64>().is_err() {
        return Err(Fault::UidRange);
    }
    if facts.own_uid.is_some_and(|own| own.raw() == text) {
        return Err(Fault::Yourself);
    }
    Ok(text.into())
}

fn country_code(text: &str) -> Result<UntrustedText, Fault> {
    if text.is_empty() {
        return Err(Fault::Missing);
    }
    let code = text.strip_prefix('+').unwrap_or(text);
    let is_code = (1..=4).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_digit()) && !code.starts_with('0');
    if is_code { Ok(text.into()) } else { Err(Fault::CountryCode) }
}

fn phone_number(text: &str) -> Result<UntrustedText, Fault> {
    let text = digits(text)?;
    let (min, max) = NUMBER_DIGITS;
    if (min..=max).contains(&text.len()) { Ok(text.into()) } else { Err(Fault::NumberLength { min, max }) }
}

/// The shape only: whether there is such a mailbox, or such a user, the exchange knows.
fn email(text: &str) -> Result<UntrustedText, Fault> {
    if text.is_empty() {
        return Err(Fault::Missing);
    }
    let (most, local_most) = EMAIL_MOST;
    let is_local = |part: &str| {
        let fine = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+/=?^_`{|}~-".contains(&b);
        part.len() <= local_most && part.split('.').all(|word| !word.is_empty() && word.bytes().all(fine))
    };
    let is_label = |label: &str| {
        let fine = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
        (1..=63).contains(&label.len()) && label.bytes().all(fine) && !label.starts_with('-') && !label.ends_with('-')
    };
    let is_domain = |part: &str| part.contains('.') && part.split('.').all(is_label);
    match text.split_once('@') {
        Some((local, domain)) if text.len() <= most && is_local(local) && is_domain(domain) => Ok(text.into()),
        _ => Err(Fault::Email),
    }
}

/// Kept as typed, blanks too; nothing but blanks is no remark. Line ends around it are left out, and that is said.
fn remark(findings: &mut Findings, typed: &str) -> Option<UntrustedText> {
    if typed.trim().is_empty() {
        return None;
    }
    let text = without_edges(typed);
    if text.len() != typed.len() {
        findings.note(Field::Remark, Note::Trimmed);
    }
    findings.take(Field::Remark, check(text, Field::Remark.room()))?;
    Some(text.into())
}
