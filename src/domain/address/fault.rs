//! Why a text is not an address of its chain, and what should be known of one that is.

use super::Family;
use crate::domain::UntrustedText;

/// What the user should know about an address that passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::EnumCount, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Note {
    /// Blanks or line ends around it were left out.
    Trimmed,
    /// There is no checksum in it: a typing error would not be found.
    NoChecksum,
    /// This program does not know the chain's addresses: a typing error would not be found.
    NoChainCheck,
    /// Addresses of another chain look just the same.
    SharedWith(Family),
}

/// Why a text is not an address of its chain. Positions count characters from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, strum::EnumCount, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum AddressFault {
    /// Nothing was typed.
    #[error("empty")]
    Empty,
    /// A character beyond ASCII: look-alike letters, invisible characters, full-width digits.
    #[error("a character beyond ASCII at {at}")]
    NotAscii {
        /// Where.
        at: usize,
        /// Which.
        found: UntrustedText,
    },
    /// A blank or a line end inside.
    #[error("a blank at {at}")]
    Whitespace {
        /// Where.
        at: usize,
    },
    /// A payment link (`bitcoin:…`) and not a bare address.
    #[error("begins with a scheme")]
    Scheme {
        /// What stands before the colon, colon included.
        scheme: UntrustedText,
    },
    /// The chain's addresses do not begin so.
    #[error("does not begin with {expected}")]
    Prefix {
        /// How they begin.
        expected: &'static str,
    },
    /// A character that the chain's addresses do not have.
    #[error("a foreign character at {at}")]
    Characters {
        /// Where.
        at: usize,
        /// Which.
        found: UntrustedText,
    },
    /// Too long or too short.
    #[error("{found} characters instead of {expected}")]
    Length {
        /// How many characters it has.
        found: usize,
        /// How many it should have.
        expected: &'static str,
    },
    /// Upper and lower case where the chain allows only one of them.
    #[error("mixed case")]
    MixedCase,
    /// The checksum does not fit: something was mistyped.
    #[error("the checksum does not fit")]
    Checksum,
    /// An address of the chain's test network.
    #[error("of a test network")]
    Testnet,
    /// Well formed, but of a kind that cannot be paid (a stake address, a witness version without a meaning yet).
    #[error("of a kind that cannot be paid")]
    Kind,
    /// The address that nobody holds the key of.
    #[error("nobody's")]
    Burn,
    /// A form that holds address and memo in one (XRP's `X…`, Stellar's `M…`).
    #[error("address and memo in one")]
    Combined,
    /// A whole address with something behind it, which may be its memo.
    #[error("an address with something behind it")]
    Glued {
        /// The address.
        address: UntrustedText,
        /// What stands behind it, without the sign between them.
        behind: UntrustedText,
    },
    /// An address of another chain.
    #[error("an address of {0:?}")]
    LooksLike(Family),
    /// No address of the chain, and it begins as only those of another do.
    #[error("the beginning of an address of {0:?}")]
    BeginsLike(Family),
}

impl AddressFault {
    /// The catalogue key.
    pub fn key(&self) -> String {
        format!("rule.address.{}", <&str>::from(self))
    }

    /// The first character that is not fine.
    pub(super) fn character(text: &str, is_fine: impl Fn(char) -> bool) -> Option<Self> {
        let (at, found) = text.chars().enumerate().find(|(_, c)| !is_fine(*c))?;
        Some(Self::Characters { at: at + 1, found: UntrustedText::from(found.to_string()) })
    }
}
