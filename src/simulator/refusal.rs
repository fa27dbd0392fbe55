//! The codes with which the embedded exchange says no (`reference.md §6.1`). All of them travel with HTTP 200.

/// Why a call was refused before anything was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::EnumIter)]
pub enum Refusal {
    /// 2: a value is wrong, of the wrong type, or breaks a rule of the coin.
    Parameter,
    /// 500: the exchange's own failure.
    System,
    /// 10016: nobody has that id, telephone or e-mail.
    NoSuchUser,
    /// 10034: the sub-account does not hold enough. Seen on orders only (`reference.md §6.1`); our choice for money calls.
    Insufficient,
    /// 10058: more decimals than the coin has.
    Precision,
    /// 70003: a required header or field is missing.
    Missing,
    /// 100004: the key is not known.
    NoSuchKey,
    /// 100005: the signature does not fit, or its nonce was used before.
    Signature,
    /// 100008: the timestamp is out of the window.
    Expired,
    /// 100011: an IP rule was triggered.
    IpRule,
    /// 110007: the fee would leave nothing.
    BelowFee,
    /// 110008: the address is not on the verification-free list.
    NotVerificationFree,
    /// 110033: the key lacks the permission.
    NoAuthority,
    /// 110041: too many requests.
    TooFast,
}

impl Refusal {
    /// The code, as the JSON string that the wire carries.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Parameter => "2",
            Self::System => "500",
            Self::NoSuchUser => "10016",
            Self::Insufficient => "10034",
            Self::Precision => "10058",
            Self::Missing => "70003",
            Self::NoSuchKey => "100004",
            Self::Signature => "100005",
            Self::Expired => "100008",
            Self::IpRule => "100011",
            Self::BelowFee => "110007",
            Self::NotVerificationFree => "110008",
            Self::NoAuthority => "110033",
            Self::TooFast => "110041",
        }
    }

    /// The code of the futures side, a JSON number there (`reference.md §6.2`).
    pub const fn futures_code(self) -> i64 {
        match self {
            Self::System => 10_001,
            Self::NoSuchKey | Self::Missing => 10_003,
            Self::IpRule => 10_004,
            Self::TooFast => 10_005,
            Self::Signature | Self::Expired => 10_007,
            Self::NoAuthority => 403,
            _ => 10_002,
        }
    }

    /// The message: an untranslated key, as the exchange sends them. Those of 100005, 100008 and 110033 were seen
    /// (`reference.md §6.1`), the others are in their style.
    pub const fn msg(self) -> &'static str {
        match self {
            Self::Parameter => "result.parameter.error",
            Self::System => "result.system.error",
            Self::NoSuchUser => "result.user.not.exist",
            Self::Insufficient => "result.balance.insufficient",
            Self::Precision => "result.volume.precision.error",
            Self::Missing => "result.api.parameter.missing",
            Self::NoSuchKey => "result.api.key.not.exist",
            Self::Signature => "result.api.parameter.sign.illegal",
            Self::Expired => "result.request.time.expired",
            Self::IpRule => "result.ip.rule.triggered",
            Self::BelowFee => "result.withdraw.amount.less.than.fee",
            Self::NotVerificationFree => "result.withdraw.address.not.whitelisted",
            Self::NoAuthority => "OPEN_API_KEY_NO_AUTHORITY",
            Self::TooFast => "result.request.too.fast",
        }
    }
}
