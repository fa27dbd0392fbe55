//! The other user of a transfer: as typed in one text of any kind, or in fields of its kind (`reference.md §4.5`).
//!
//! Nothing is guessed: a text is a user id, an e-mail or a telephone number by what it holds, and a number is cut into country
//! code and rest only where there is one way to do so. What is neither is refused.

use super::{Facts, Fault, Field, Findings, NumberFault};
use crate::domain::country_code::{code_of, shared_area};
use crate::domain::{Receiver, UntrustedText};

/// Digits of a telephone number without its country code: at least, at most (E.164).
const NUMBER_DIGITS: (usize, usize) = (4, 15);
/// Characters of an e-mail address and of its part before the `@` (RFC 5321).
const EMAIL_MOST: (usize, usize) = (254, 64);
/// The most digits of what is taken for a country code.
const CODE_DIGITS: usize = 4;

/// A receiver as typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReceiverInput {
    /// In one text that says itself of which kind it is.
    Any(String),
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

/// What one text is read as, its parts not checked yet: digits are a user id, an `@` makes an e-mail, a `+` a telephone number.
///
/// # Errors
/// Why it is none of them, or how it could be two.
pub fn read_receiver(text: &str) -> Result<Receiver, Fault> {
    let is_digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    match text.strip_prefix('(').unwrap_or(text).strip_prefix('+') {
        _ if text.is_empty() => Err(Fault::Missing),
        _ if text.contains('@') => Ok(Receiver::Email(text.into())),
        Some(number) => read_phone(number),
        // `00` stands for `+` in many countries and for something else in others.
        None if text.starts_with("00") => Err(Fault::PhoneWithoutPlus),
        None if is_digits(text) => Ok(Receiver::Uid(text.into())),
        None if text.starts_with(|c: char| c == '(' || c.is_ascii_digit())
            && is_digits(&text.replace(is_separator, "")) =>
        {
            Err(Fault::PhoneWithoutPlus)
        }
        None => Err(no_receiver(text)),
    }
}

/// Why a text is no receiver. Digits of another script are named, for they look right.
fn no_receiver(text: &str) -> Fault {
    if has_foreign_digits(text) { Fault::Number(NumberFault::NotAscii) } else { Fault::NoReceiver }
}

/// True where an input method wrote digits beyond ASCII.
fn has_foreign_digits(text: &str) -> bool {
    text.contains(|c: char| !c.is_ascii() && c.is_numeric())
}

/// What stands between the digits of a telephone number.
const fn is_separator(c: char) -> bool {
    matches!(c, ' ' | '-' | '(' | ')')
}

/// Country code and number of what follows a `+`.
fn read_phone(text: &str) -> Result<Receiver, Fault> {
    let digits = text.replace(is_separator, "");
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(no_receiver(text));
    }
    // Dialled inside the country only, and in some countries a part of the number: which one is meant cannot be said.
    if text.contains("(0)") {
        return Err(Fault::TrunkZero);
    }
    let first = text.trim_start_matches(is_separator).split(is_separator).next().unwrap_or_default();
    let none = || Fault::NoCountryCode { code: UntrustedText::from(&first[..first.len().min(CODE_DIGITS)]) };
    let code = code_of(&digits).ok_or_else(none)?;
    let area = shared_area(code, &digits[code.len()..]);
    // Digits set apart in front are the code, where they are few enough to be one.
    let apart = Some(first).filter(|first| first.len() < digits.len() && first.len() <= CODE_DIGITS);
    let code = match (apart, area) {
        (Some(apart), _) if apart == code => code,
        (Some(apart), Some(area)) if apart.strip_prefix(code) == Some(area) => apart,
        (Some(_), _) => return Err(none()),
        (None, Some(area)) => return Err(Fault::CodeUncertain { code: code.into(), area }),
        (None, None) => code,
    };
    let number = UntrustedText::from(&digits[code.len()..]);
    Ok(Receiver::Phone { country_code: format!("+{code}").into(), number })
}

/// The receiver that one text names by itself, whatever is known of it.
///
/// # Errors
/// Why there is none.
pub fn whole_receiver(text: &str) -> Result<Receiver, Fault> {
    Ok(match read_receiver(text)? {
        Receiver::Uid(text) => Receiver::Uid(user_id(text.raw())?),
        Receiver::Email(text) => Receiver::Email(email(text.raw())?),
        Receiver::Phone { country_code, number } => {
            let (min, max) = NUMBER_DIGITS;
            let number = Some(number).filter(|n| !n.is_empty()).ok_or(Fault::NumberLength { min, max })?;
            let country_code = self::country_code(country_code.raw())?;
            Receiver::Phone { country_code, number: phone_number(number.raw())? }
        }
    })
}

/// The receiver that one text names. A telephone number that was paid before keeps its country code as the exchange wrote it.
///
/// # Errors
/// Why there is none.
pub fn recognise(text: &str, facts: &Facts<'_>) -> Result<Receiver, Fault> {
    match whole_receiver(text)? {
        Receiver::Uid(uid) if facts.own_uid == Some(&uid) => Err(Fault::Yourself),
        Receiver::Phone { country_code, number } => Ok(match facts.book.paid_number(&country_code, &number) {
            Some(paid) => paid.clone(),
            None => Receiver::Phone { country_code, number },
        }),
        to => Ok(to),
    }
}

pub(super) fn receiver(findings: &mut Findings, typed: &ReceiverInput, facts: &Facts<'_>) -> Option<Receiver> {
    let (field, to) = match typed {
        ReceiverInput::Any(text) => {
            let text = findings.line(Field::To, text)?;
            (Field::To, findings.take(Field::To, recognise(text, facts))?)
        }
        ReceiverInput::Uid(uid) => {
            let uid = findings.line(Field::Uid, uid)?;
            let uid = findings.take(Field::Uid, user_id(uid))?;
            if facts.own_uid == Some(&uid) {
                findings.fault(Field::Uid, Fault::Yourself);
                return None;
            }
            (Field::Uid, Receiver::Uid(uid))
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
    let is_in_book = facts.book.is_known_receiver(&to) || facts.book.receiver_label(&to).is_some();
    if facts.limits.address_book_only && !is_in_book {
        findings.fault(field, Fault::ReceiverNotKnown);
    }
    Some(to)
}

fn digits(text: &str) -> Result<&str, Fault> {
    if text.is_empty() {
        return Err(Fault::Missing);
    }
    if text.bytes().all(|b| b.is_ascii_digit()) {
        return Ok(text);
    }
    Err(if has_foreign_digits(text) { Fault::Number(NumberFault::NotAscii) } else { Fault::NotDigits })
}

/// A number of 64 bits on the wire (`reference.md §4.5`), written in one way only.
fn user_id(text: &str) -> Result<UntrustedText, Fault> {
    let text = digits(text)?;
    if text.starts_with('0') || text.parse::<i64>().is_err() {
        return Err(Fault::UidRange);
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
