//! From the text of a link to what it says: BIP-21 (Bitcoin and its kin), EIP-681 (Ethereum and its kin), Solana Pay, TON's
//! `ton://transfer/`, `tron:`, `xrp:`, and an address with parameters behind it. One grammar cuts all of them into pieces.

use super::{Left, LinkAmount, LinkAsset, LinkChain, LinkFault, MAX_LINK, PaymentLink};
use crate::domain::address::Family;
use crate::domain::{Amount, UntrustedText, line};

/// The most characters of a value once it is decoded.
const VALUE: usize = 256;
/// The most digits of an amount; what is longer no exchange sends.
const DIGITS: usize = 64;
/// No scheme is longer; a longer word in front of a colon is an address with a tag behind it.
const SCHEME: usize = 16;

/// Memos, by the names that links give them.
const MEMOS: [&str; 7] = ["dt", "tag", "destinationtag", "memo", "memoid", "memo_id", "text"];

/// Which grammar the parameters follow.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Grammar {
    Bip21,
    Ethereum,
    Solana,
    Tron,
    Ton,
    Xrp,
    /// An address with parameters behind it.
    Bare,
}

/// The schemes that are read.
const SCHEMES: [(&str, Grammar, Option<LinkChain>); 11] = [
    ("bitcoin:", Grammar::Bip21, Some(LinkChain::Of(Family::Bitcoin))),
    ("litecoin:", Grammar::Bip21, Some(LinkChain::Of(Family::Litecoin))),
    ("dogecoin:", Grammar::Bip21, Some(LinkChain::Of(Family::Dogecoin))),
    ("bitcoincash:", Grammar::Bip21, Some(LinkChain::Of(Family::BitcoinCash))),
    ("ethereum:", Grammar::Ethereum, Some(LinkChain::Evm(None))),
    ("solana:", Grammar::Solana, Some(LinkChain::Of(Family::Solana))),
    ("tron:", Grammar::Tron, Some(LinkChain::Of(Family::Tron))),
    ("ton:", Grammar::Ton, Some(LinkChain::Of(Family::Ton))),
    ("xrp:", Grammar::Xrp, Some(LinkChain::Of(Family::Xrp))),
    ("xrpl:", Grammar::Xrp, Some(LinkChain::Of(Family::Xrp))),
    ("ripple:", Grammar::Xrp, Some(LinkChain::Of(Family::Xrp))),
];

/// What stands in front of the first colon, where that can be a scheme: letters, perhaps a plus. Addresses have digits in them or
/// are longer.
fn scheme_of(text: &str) -> Option<(&str, &str)> {
    let (head, rest) = text.split_once(':')?;
    let is_scheme = (2..=SCHEME).contains(&head.len()) && head.bytes().all(|b| b.is_ascii_alphabetic() || b == b'+');
    is_scheme.then_some((head, rest))
}

/// True for what is to be read as a link and never as an address. Bitcoin Cash writes its scheme in front of plain addresses too.
pub fn is_link(text: &str) -> bool {
    let text = text.trim_ascii();
    match scheme_of(text) {
        Some((head, rest)) if head.eq_ignore_ascii_case("bitcoincash") => rest.contains(['?', '#']),
        Some(_) => true,
        None => text.contains('?'),
    }
}

/// Reads a link; blanks and line ends around it are left out.
///
/// # Errors
/// What it holds that is not understood; then nothing of it may be taken.
pub fn read(text: &str) -> Result<PaymentLink, LinkFault> {
    let text = text.trim_ascii();
    if text.len() > MAX_LINK {
        return Err(LinkFault::TooLong { found: text.len(), room: MAX_LINK });
    }
    line::check(text, MAX_LINK).map_err(LinkFault::Line)?;
    let found = scheme_of(text);
    let (scheme, grammar, chain, rest) = match found {
        None => ("", Grammar::Bare, None, text),
        Some((head, rest)) => {
            let known = SCHEMES.iter().find(|(name, ..)| name.trim_end_matches(':').eq_ignore_ascii_case(head));
            let unknown = || LinkFault::Scheme { scheme: UntrustedText::from(format!("{head}:")) };
            let (name, grammar, chain) = *known.ok_or_else(unknown)?;
            (name, grammar, chain, rest)
        }
    };
    if rest.contains('#') {
        return Err(LinkFault::Fragment);
    }
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let path = match (grammar, path.strip_prefix("//")) {
        (Grammar::Ton, Some(action)) => {
            let address = action.strip_prefix("transfer/");
            address.ok_or_else(|| LinkFault::Call { name: action.split('/').next().unwrap_or_default().into() })?
        }
        (Grammar::Ton, None) => return Err(LinkFault::Scheme { scheme: "ton:".into() }),
        (_, Some(_)) => return Err(LinkFault::Authority),
        (_, None) => path,
    };
    if path.contains('%') {
        return Err(LinkFault::Encoded { name: path.into() });
    }
    let params = params(query, grammar)?;
    let link = PaymentLink {
        scheme,
        chain,
        address: UntrustedText::from(path),
        asset: LinkAsset::Unsaid,
        amount: None,
        memo: None,
        label: None,
        left: Vec::new(),
    };
    if grammar == Grammar::Ethereum {
        return ethereum(link, path, params);
    }
    if path.contains('@') {
        return Err(LinkFault::Authority);
    }
    // Solana's other kind of link: a page makes a transaction, of which nothing stands here.
    if grammar == Grammar::Solana && path.contains(':') {
        return Err(LinkFault::Call { name: path.into() });
    }
    let address = match grammar {
        // The scheme is a part of these addresses.
        Grammar::Bip21 if scheme == "bitcoincash:" && !path.is_empty() => format!("{scheme}{path}"),
        _ => path.to_owned(),
    };
    let link = PaymentLink { address: filled(&address)?, ..link };
    payment(link, grammar, params)
}

/// Every kind but Ethereum's.
fn payment(mut link: PaymentLink, grammar: Grammar, params: Vec<Param>) -> Result<PaymentLink, LinkFault> {
    let token_name: &[&str] = match grammar {
        Grammar::Solana => &["spl-token"],
        Grammar::Tron => &["token", "contract"],
        Grammar::Ton => &["jetton"],
        _ => &[],
    };
    let mut amount_of = None;
    for param in params {
        let name = param.name.as_str();
        if grammar == Grammar::Bip21 && name.starts_with("req-") {
            return Err(LinkFault::Required { name: name.into() });
        }
        if grammar == Grammar::Ton && matches!(name, "bin" | "init" | "stateinit" | "payload") {
            return Err(LinkFault::Call { name: name.into() });
        }
        let is_memo = match grammar {
            // There is no memo on these chains; a word of that name is for the payer.
            Grammar::Bip21 | Grammar::Ethereum => false,
            Grammar::Ton => name == "text",
            Grammar::Solana | Grammar::Tron => name == "memo",
            Grammar::Xrp | Grammar::Bare => MEMOS.contains(&name),
        };
        // In which units the amount of an XRP link counts is not agreed on.
        let has_amount = !matches!(grammar, Grammar::Xrp | Grammar::Bare);
        if name == "label" {
            link.label = Some(param.decoded()?);
        } else if is_memo {
            if link.memo.is_some() {
                return Err(LinkFault::Twice { name: name.into() });
            }
            link.memo = Some(param.decoded()?);
        } else if token_name.contains(&name) {
            if link.asset != LinkAsset::Unsaid {
                return Err(LinkFault::Twice { name: name.into() });
            }
            link.asset = LinkAsset::Token(param.plain()?);
        } else if name == "amount" && has_amount {
            amount_of = Some(param);
        } else {
            let value = param.decoded()?;
            link.left.push(Left { name: param.name.into(), value });
        }
    }
    if let Some(param) = amount_of {
        link.amount = Some(match grammar {
            Grammar::Ton => LinkAmount::Units(param.units()?),
            _ => LinkAmount::Coins(param.coins()?),
        });
        if link.asset == LinkAsset::Unsaid {
            link.asset = LinkAsset::Native;
        }
    }
    Ok(link)
}

/// EIP-681: `[pay-]TARGET[@CHAIN][/FUNCTION]`, where the one function that is a payment is `transfer` of a token.
fn ethereum(mut link: PaymentLink, path: &str, params: Vec<Param>) -> Result<PaymentLink, LinkFault> {
    let (place, function) = path.split_once('/').map_or((path, None), |(place, function)| (place, Some(function)));
    let (target, id) = place.split_once('@').map_or((place, None), |(target, id)| (target, Some(id)));
    let target = target.strip_prefix("pay-").unwrap_or(target);
    let id = id.map(|text| chain_id(text).ok_or_else(|| LinkFault::ChainId { text: text.into() })).transpose()?;
    link.chain = Some(LinkChain::Evm(id));
    let is_transfer = match function {
        None => false,
        Some("transfer") => true,
        Some(other) => return Err(LinkFault::Call { name: other.into() }),
    };
    let target = filled(target)?;
    let mut to = None;
    for param in params {
        match (param.name.as_str(), is_transfer) {
            ("label", _) => link.label = Some(param.decoded()?),
            ("value", false) => {
                link.amount = Some(LinkAmount::Units(param.units()?));
                link.asset = LinkAsset::Native;
            }
            ("uint256", true) => link.amount = Some(LinkAmount::Units(param.units()?)),
            ("address", true) => to = Some(param.plain()?),
            // A payment in both, or arguments without a function: what is meant cannot be said.
            ("value" | "uint256" | "address" | "data", _) => return Err(LinkFault::Call { name: param.name.into() }),
            _ => {
                let value = param.decoded()?;
                link.left.push(Left { name: param.name.into(), value });
            }
        }
    }
    if is_transfer {
        link.address = to.ok_or(LinkFault::NoAddress)?;
        link.asset = LinkAsset::Token(target);
    } else {
        link.address = target;
    }
    Ok(link)
}

/// Digits, or hexadecimal ones behind `0x` as some wallets write them.
fn chain_id(text: &str) -> Option<u64> {
    let (digits, radix) = text.strip_prefix("0x").map_or((text, 10), |hex| (hex, 16));
    let is_number = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_hexdigit());
    if is_number { u64::from_str_radix(digits, radix).ok() } else { None }
}

fn filled(text: &str) -> Result<UntrustedText, LinkFault> {
    if text.is_empty() { Err(LinkFault::NoAddress) } else { Ok(text.into()) }
}

/// A parameter: its name in small letters (codes to scan are often all capitals), its value as it stands there.
struct Param {
    name: String,
    value: String,
}

/// The parameters of a link, each with a name and a value, none twice.
fn params(query: &str, grammar: Grammar) -> Result<Vec<Param>, LinkFault> {
    let mut found: Vec<Param> = Vec::new();
    for part in query.split('&').filter(|part| !part.is_empty()) {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        let name = name.to_ascii_lowercase();
        if name.contains('%') {
            return Err(LinkFault::Encoded { name: name.into() });
        }
        if name.is_empty() || value.is_empty() {
            return Err(LinkFault::NoValue { name: name.into() });
        }
        // Solana Pay alone has one that may be repeated.
        let may_repeat = grammar == Grammar::Solana && name == "reference";
        if !may_repeat && found.iter().any(|param| param.name == name) {
            return Err(LinkFault::Twice { name: name.into() });
        }
        found.push(Param { name, value: value.to_owned() });
    }
    Ok(found)
}

impl Param {
    fn named(&self) -> UntrustedText {
        UntrustedText::from(self.name.as_str())
    }

    /// The value without its percent-encoding, as one line.
    fn decoded(&self) -> Result<UntrustedText, LinkFault> {
        let broken = || LinkFault::Encoded { name: self.named() };
        let mut bytes = Vec::with_capacity(self.value.len());
        let mut rest = self.value.bytes();
        while let Some(byte) = rest.next() {
            if byte != b'%' {
                bytes.push(byte);
                continue;
            }
            let mut digit = || rest.next().and_then(|b| char::from(b).to_digit(16)).and_then(|d| u8::try_from(d).ok());
            let (high, low) = digit().zip(digit()).ok_or_else(broken)?;
            bytes.push(high * 16 + low);
        }
        let text = String::from_utf8(bytes).map_err(|_| broken())?;
        line::check(&text, VALUE).map_err(|fault| LinkFault::Value { name: self.named(), fault })?;
        Ok(text.into())
    }

    /// The value, which needs no encoding.
    fn plain(&self) -> Result<UntrustedText, LinkFault> {
        if self.value.contains('%') {
            return Err(LinkFault::Encoded { name: self.named() });
        }
        Ok(self.value.as_str().into())
    }

    /// An amount in coins: digits above zero with at most one point between them. `1e3`, `-1`, `.5`, `1,5` and `007` are none.
    fn coins(&self) -> Result<Amount, LinkFault> {
        let (whole, fraction) =
            self.value.split_once('.').map_or((self.value.as_str(), None), |(whole, rest)| (whole, Some(rest)));
        let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        let is_plain = self.value.len() <= DIGITS
            && is_digits(whole)
            && fraction.is_none_or(is_digits)
            && (whole == "0" || !whole.starts_with('0'));
        let amount = is_plain.then(|| self.value.parse::<Amount>().ok()).flatten();
        let wrong = || LinkFault::Amount { name: self.named(), text: self.value.as_str().into() };
        amount.filter(|amount| amount.is_positive()).ok_or_else(wrong)
    }

    /// An amount in smallest units: the same without a point.
    fn units(&self) -> Result<Amount, LinkFault> {
        let amount = self.coins()?;
        if amount.scale() > 0 {
            return Err(LinkFault::Amount { name: self.named(), text: self.value.as_str().into() });
        }
        Ok(amount)
    }
}
