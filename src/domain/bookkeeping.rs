//! The accounts that payments are booked on in the journals of hledger and beancount, and what each of the two takes as the name
//! of an account and of a coin.

use std::borrow::Cow;
use std::fmt::Write as _;

use super::line;
use super::text::sanitize;

/// A program that keeps books in a text file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::Display)]
#[strum(serialize_all = "lowercase")]
pub enum BookTool {
    /// hledger.org
    Hledger,
    /// beancount.github.io
    Beancount,
}

/// What an account is for; its name is the setting's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, strum::Display, strum::EnumIter, strum::EnumCount)]
#[strum(serialize_all = "lowercase")]
pub enum Purpose {
    /// What is held on the spot side.
    Spot,
    /// What is held on the futures side.
    Futures,
    /// What the exchange kept.
    Fees,
    /// Where deposits come from.
    Deposits,
    /// Where withdrawals go.
    Withdrawals,
    /// Where transfers to and from other users go and come from.
    Transfers,
    /// The other side of what the exchange lists under a name that is not known.
    Unknown,
}

/// The accounts of one tool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookAccounts {
    /// Whose they are.
    pub tool: BookTool,
    names: [Cow<'static, str>; <Purpose as strum::EnumCount>::COUNT],
    /// Whether the journal says of each account that it is there (`open`); beancount alone wants that, once.
    pub opens: bool,
}

impl BookAccounts {
    /// The usual ones.
    pub fn usual(tool: BookTool) -> Self {
        let names = match tool {
            BookTool::Hledger => [
                "assets:bitunix:spot",
                "assets:bitunix:futures",
                "expenses:fees:bitunix",
                "equity:deposits",
                "equity:withdrawals",
                "equity:transfers",
                "equity:unknown",
            ],
            BookTool::Beancount => [
                "Assets:Bitunix:Spot",
                "Assets:Bitunix:Futures",
                "Expenses:Fees:Bitunix",
                "Equity:Deposits",
                "Equity:Withdrawals",
                "Equity:Transfers",
                "Equity:Unknown",
            ],
        };
        Self { tool, names: names.map(Cow::Borrowed), opens: true }
    }

    /// The account for something.
    pub fn of(&self, purpose: Purpose) -> &str {
        &self.names[purpose as usize]
    }

    /// Names the account for something; false for what the tool would not take as one, and then nothing changes.
    pub fn name(&mut self, purpose: Purpose, account: &str) -> bool {
        let is_one = self.tool.takes_account(account);
        if is_one {
            self.names[purpose as usize] = Cow::Owned(account.to_owned());
        }
        is_one
    }
}

/// The accounts of both tools.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bookkeeping {
    /// Those of hledger.
    pub hledger: BookAccounts,
    /// Those of beancount.
    pub beancount: BookAccounts,
}

impl Default for Bookkeeping {
    fn default() -> Self {
        Self { hledger: BookAccounts::usual(BookTool::Hledger), beancount: BookAccounts::usual(BookTool::Beancount) }
    }
}

/// The longest account, in characters.
const LONGEST_ACCOUNT: usize = 256;
/// The longest coin that beancount takes, in characters.
const LONGEST_COIN: usize = 24;
/// What a coin begins with that beancount does not take as it is.
const SPELT: &str = "X-";

impl BookTool {
    /// Whether this can be the name of an account. Both divide its parts by colons.
    pub fn takes_account(self, account: &str) -> bool {
        if line::check(account, LONGEST_ACCOUNT).is_err() {
            return false;
        }
        let mut parts = account.split(':');
        match self {
            // https://hledger.org/hledger.html#account-names: two blanks end a name, brackets make a posting virtual, a mark before
            // it is a status, a semicolon begins a comment.
            Self::Hledger => {
                !account.contains("  ")
                    && !account.contains([';', '"', '=', '@'])
                    && !account.starts_with(['(', '[', '*', '!', '#', '~', '|', '&'])
                    && parts.all(|part| !part.is_empty() && part.trim() == part)
            }
            // https://beancount.github.io/docs/beancount_language_syntax.html#accounts, and beancount/core/account.py. A letter of a
            // script without capitals cannot begin a part.
            Self::Beancount => {
                let is_part = |part: &str, may_begin_with_digit: bool| {
                    let mut letters = part.chars();
                    let begins = letters
                        .next()
                        .is_some_and(|c| c.is_uppercase() || (may_begin_with_digit && c.is_ascii_digit()));
                    begins && letters.all(|c| c.is_ascii_digit() || c == '-' || c.is_alphabetic())
                };
                let first = parts.next().is_some_and(|part| is_part(part, false));
                first && account.contains(':') && parts.all(|part| is_part(part, true))
            }
        }
    }

    /// A coin as the tool takes it, different for different coins; `None` for one that it cannot be told.
    pub fn coin(self, raw: &str) -> Option<String> {
        if raw.is_empty() || sanitize(raw) != raw {
            return None;
        }
        match self {
            Self::Hledger if raw.chars().all(|c| c.is_ascii_alphabetic()) => Some(raw.to_owned()),
            Self::Hledger => (!raw.contains(['"', ';'])).then(|| format!("\"{raw}\"")),
            Self::Beancount => Some(beancount_coin(raw)).filter(|coin| coin.len() <= LONGEST_COIN),
        }
    }
}

/// A coin that is not of capitals and digits with a capital in front is spelt out behind a mark: `1INCH` is `X-1INCH`.
fn beancount_coin(raw: &str) -> String {
    let is_plain = raw.len() > 1
        && raw.starts_with(|c: char| c.is_ascii_uppercase())
        && raw.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    if is_plain {
        return raw.to_owned();
    }
    let mut spelt = SPELT.to_owned();
    for byte in raw.bytes() {
        if byte.is_ascii_uppercase() || byte.is_ascii_digit() {
            spelt.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(spelt, ".{byte:02X}");
        }
    }
    spelt
}

#[cfg(test)]
mod tests {
    use strum::IntoEnumIterator as _;

    use super::*;

    #[test]
    fn the_usual_accounts_are_accounts_and_can_be_named_anew() {
        for tool in [BookTool::Hledger, BookTool::Beancount] {
            let usual = BookAccounts::usual(tool);
            for purpose in Purpose::iter() {
                assert!(tool.takes_account(usual.of(purpose)), "{tool} {purpose}");
                let word = purpose.to_string();
                assert!(usual.of(purpose).to_lowercase().contains(&word), "{tool} {word}");
                let mut named = usual.clone();
                assert!(!named.name(purpose, "") && named == usual);
                assert!(named.name(purpose, "Assets:Mine") && named.of(purpose) == "Assets:Mine");
            }
        }
    }

    #[test]
    fn accounts_are_taken_as_the_tools_take_them() {
        for (account, hledger, beancount) in [
            ("Assets:Bitunix", true, true),
            ("assets:bitunix spot", true, false),
            ("Assets:X资产:1st-Ä", true, true),
            ("Assets:资产", true, false),
            ("Assets", true, false),
            ("1Assets:X", true, false),
            ("Assets:x", true, false),
            ("Assets::X", false, false),
            (":X", false, false),
            ("Assets:", false, false),
            ("Assets: X", false, false),
            ("a  b", false, false),
            ("(Assets:X)", false, false),
            ("[Assets:X]", false, false),
            ("* Assets:X", false, false),
            ("Assets:X;y", false, false),
            ("Assets:X_Y", true, false),
            ("Assets:X\n", false, false),
            ("", false, false),
        ] {
            assert_eq!(BookTool::Hledger.takes_account(account), hledger, "{account:?}");
            assert_eq!(BookTool::Beancount.takes_account(account), beancount, "{account:?}");
        }
    }

    #[test]
    fn coins_stay_different_from_each_other() {
        let coins = ["BTC", "1INCH", "X-1INCH", "X1INCH", "a", "A", "b$", "USDT.E", "1000PEPE", "LUNA2"];
        for tool in [BookTool::Hledger, BookTool::Beancount] {
            let spelt: Vec<String> = coins.iter().map(|coin| tool.coin(coin).unwrap()).collect();
            let different: std::collections::BTreeSet<&String> = spelt.iter().collect();
            assert_eq!(different.len(), coins.len(), "{spelt:?}");
            assert!(tool.coin("").is_none() && tool.coin("A\nB").is_none());
        }
        assert_eq!(BookTool::Hledger.coin("1INCH").unwrap(), "\"1INCH\"");
        assert_eq!(BookTool::Beancount.coin("1INCH").unwrap(), "X-1INCH");
        assert_eq!(BookTool::Beancount.coin(&"A".repeat(25)), None);
        assert_eq!(BookTool::Hledger.coin("a;b"), None);
    }
}
