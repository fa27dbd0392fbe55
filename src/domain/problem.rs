//! What can go wrong with a call, cut by what the user can do next (`reference.md §6`, `reliability.md §2`).

use super::UntrustedText;

/// A call to the exchange that did not end well. Plain data: it travels in messages and is compared in tests.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{endpoint}: {cause:?}")]
pub struct Problem {
    /// The path after `/api/spot/v1/`, for instance `user/account`; of the futures side that after `/api/v1/`.
    pub endpoint: &'static str,
    /// Why.
    pub cause: Cause,
}

/// Why a call did not end well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cause {
    /// No connection was made: not one byte of the request left.
    NotSent {
        /// What stood in the way.
        obstacle: Obstacle,
        /// The system's own words.
        detail: UntrustedText,
    },
    /// The request may have left, and no answer of the exchange came back.
    NoAnswer {
        /// How the answer was lost.
        loss: Loss,
        /// The system's own words.
        detail: UntrustedText,
    },
    /// The exchange answered in its own envelope, but the answer cannot be understood.
    Unreadable {
        /// Where in the answer, for instance `data[3].amount`.
        path: UntrustedText,
        /// What was wrong there.
        detail: UntrustedText,
    },
    /// Success was said, but no id came with it.
    NoId,
    /// The answer says yes and no at once: a refusal beside an id or `success: true`, or code 0 with `success: false`.
    Contradiction {
        /// The code as received.
        code: UntrustedText,
        /// The exchange's message.
        msg: UntrustedText,
    },
    /// The exchange said no.
    Refused {
        /// Why, as far as the code is known.
        refusal: Refusal,
        /// The code as received.
        code: UntrustedText,
        /// The exchange's message; often an untranslated key.
        msg: UntrustedText,
    },
    /// The call needs a key and there is none.
    NoKey,
}

/// Why no connection was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::EnumIter, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Obstacle {
    /// The name of the server was not found.
    Dns,
    /// Nobody listens there, or the network is not reachable.
    Refused,
    /// Connecting took too long.
    Timeout,
    /// No trusted, encrypted connection could be made.
    Tls,
    /// Something else, before anything was sent.
    Other,
}

/// How an answer was lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loss {
    /// It did not come in time.
    Timeout,
    /// The connection broke.
    Broken,
    /// The answer's HTTP status was not 200: something in between, or a server in trouble.
    Status(u16),
    /// The answer was not the exchange's envelope: a captive portal, a CDN page, a cut or garbled body.
    NotTheApi,
    /// The answer was larger than any real one.
    TooLarge,
}

impl Loss {
    /// The catalogue key's last part.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Timeout => "timeout",
            Self::Broken => "broken",
            Self::Status(_) => "status",
            Self::NotTheApi => "not_the_api",
            Self::TooLarge => "too_large",
        }
    }
}

/// The exchange's own reasons (`reference.md §6.1`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::EnumIter, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Refusal {
    /// 2: a value is missing, zero or not known.
    Parameter,
    /// 500: the exchange's system failed; whether it executed is not known.
    System,
    /// 10016: no such user.
    NoSuchUser,
    /// 10034: not enough is available.
    Balance,
    /// 10058: too many decimals.
    Precision,
    /// 70003: parameters (or headers) are missing.
    Missing,
    /// 100004: the key is wrong or was deleted.
    KeyUnknown,
    /// 100005: the signature does not fit.
    Signature,
    /// 100008: the request's time is outside the window.
    Clock,
    /// 100011: a rule about IP addresses.
    Ip,
    /// 110007: less than the fee.
    BelowFee,
    /// 110008: the address is not saved there as verification-free.
    AddressNotSaved,
    /// 110033: the key lacks the permission.
    Permission,
    /// 110041: called too often.
    TooFast,
    /// A code that is not in the document: what it says of a money call is not known.
    Unlisted,
}

impl Refusal {
    /// The meaning of a code.
    pub fn of_code(code: &str) -> Self {
        match code {
            "2" => Self::Parameter,
            "500" => Self::System,
            "10016" => Self::NoSuchUser,
            "10034" => Self::Balance,
            "10058" => Self::Precision,
            "70003" => Self::Missing,
            "100004" => Self::KeyUnknown,
            "100005" => Self::Signature,
            "100008" => Self::Clock,
            "100011" => Self::Ip,
            "110007" => Self::BelowFee,
            "110008" => Self::AddressNotSaved,
            "110033" => Self::Permission,
            "110041" => Self::TooFast,
            _ => Self::Unlisted,
        }
    }

    /// The meaning of a code of the futures side (`reference.md §6.2`).
    pub fn of_futures_code(code: &str) -> Self {
        match code {
            "403" => Self::Permission,
            "10001" => Self::System,
            "10002" | "10008" => Self::Parameter,
            "10003" => Self::KeyUnknown,
            "10004" => Self::Ip,
            "10005" | "10006" => Self::TooFast,
            "10007" => Self::Signature,
            _ => Self::Unlisted,
        }
    }
}

impl Problem {
    /// True when a money call with this end may have been executed: it must be looked up and never sent again unasked.
    ///
    /// Only a listed code other than 500 is a refusal: all of those are checked before anything is executed
    /// (`reference.md §6.3`). What the message says decides nothing.
    pub const fn may_have_executed(&self) -> bool {
        match &self.cause {
            Cause::NoAnswer { .. }
            | Cause::Unreadable { .. }
            | Cause::NoId
            | Cause::Contradiction { .. }
            | Cause::Refused { refusal: Refusal::System | Refusal::Unlisted, .. } => true,
            Cause::Refused { .. } | Cause::NotSent { .. } | Cause::NoKey => false,
        }
    }

    /// True when asking again with the same key cannot help: polling stops until the user acts.
    pub const fn is_about_the_key(&self) -> bool {
        matches!(
            self.cause,
            Cause::NoKey
                | Cause::NoAnswer { loss: Loss::Status(401), .. }
                | Cause::Refused {
                    refusal: Refusal::KeyUnknown
                        | Refusal::Signature
                        | Refusal::Clock
                        | Refusal::Ip
                        | Refusal::Permission,
                    ..
                }
        )
    }

    /// True when the futures side does not serve this key, this address or this client at all (`reference.md §4.14`): asking
    /// again cannot help before the user has changed something.
    pub const fn is_about_access_to_futures(&self) -> bool {
        self.is_about_the_key() || matches!(self.cause, Cause::NoAnswer { loss: Loss::Status(403 | 404), .. })
    }

    /// True when nothing can be said about the exchange's state because it could not be asked.
    pub const fn is_about_the_network(&self) -> bool {
        matches!(self.cause, Cause::NotSent { .. } | Cause::NoAnswer { .. })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(code: &str, msg: &str) -> Problem {
        let refusal = Refusal::of_code(code);
        Problem { endpoint: "withdraw", cause: Cause::Refused { refusal, code: code.into(), msg: msg.into() } }
    }

    #[test]
    fn refusal_of_a_money_call_has_a_listed_code() {
        for listed in [
            "2", "10016", "10034", "10058", "70003", "100004", "100005", "100008", "100011", "110007", "110008",
            "110033", "110041",
        ] {
            assert!(!refused(listed, "Gateway timed out, 系统繁忙").may_have_executed(), "{listed}");
        }
        for open in ["500", "110099", "999999", "200", "1", "-1"] {
            assert!(refused(open, "address.not.allowed").may_have_executed(), "{open}");
        }
        let cause = Cause::Contradiction { code: "0".into(), msg: UntrustedText::default() };
        assert!(Problem { endpoint: "withdraw", cause }.may_have_executed());
    }
}
