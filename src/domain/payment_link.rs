//! A payment link, read: where it pays to, over which chain, how much and with which memo, and how that fits a coin and a network.
//!
//! What it says are claims of whoever made it. They are shown field by field and go through every rule as if they had been typed;
//! what is not understood refuses the whole link, and what no field of the form can hold is named ([`PaymentLink::left`]).

mod chain;
mod fault;
mod read;

pub use fault::LinkFault;
pub use read::{is_link, read};

use super::address::{ChainHint, Family, is_same};
use super::locale::Lang;
use super::{Amount, Coin, Network, UntrustedText};

/// More bytes than any link that a person is given; what is longer is not read.
pub const MAX_LINK: usize = 2048;

/// Ethereum's own chain id: what a link means that names none (EIP-681 leaves it to the wallet, and most take this one).
const ETHEREUM: u64 = 1;

/// The chain that a link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkChain {
    /// The one chain with such addresses.
    Of(Family),
    /// A chain with Ethereum's addresses, by its id (EIP-155) where the link names one.
    Evm(Option<u64>),
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkAsset {
    /// The link does not say: it holds an address and no amount of the chain's own coin.
    Unsaid,
    /// The chain's own coin.
    Native,
    /// The token with this contract.
    Token(UntrustedText),
}

/// How much is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkAmount {
    /// In coins.
    Coins(Amount),
    /// In the smallest units of the coin: wei, nanotons.
    Units(Amount),
}

/// Something that a link says and the form has no field for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Left {
    /// The parameter's name, in small letters.
    pub name: UntrustedText,
    /// Its value.
    pub value: UntrustedText,
}

/// What a link says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentLink {
    /// How it begins, the colon included; empty for an address with parameters behind it.
    pub scheme: &'static str,
    /// The chain; `None` where nothing names it.
    pub chain: Option<LinkChain>,
    /// Where it pays to. Not checked here: the rules of addresses do.
    pub address: UntrustedText,
    /// What it asks for.
    pub asset: LinkAsset,
    /// How much of it.
    pub amount: Option<LinkAmount>,
    /// Memo, tag or comment.
    pub memo: Option<UntrustedText>,
    /// What the link calls the receiver; nobody has checked it.
    pub label: Option<UntrustedText>,
    /// What else it says, in its order.
    pub left: Vec<Left>,
}

impl PaymentLink {
    /// The coin amount that the link asks for, where it is one for this coin over this network.
    ///
    /// # Errors
    /// Another chain, another token, another coin, or decimals that are not known.
    pub fn fits(&self, coin: &Coin, network: &Network) -> Result<Option<Amount>, LinkFault> {
        self.check_chain(network)?;
        let place = || (coin.name.clone(), network.name.clone());
        match &self.asset {
            LinkAsset::Unsaid => {}
            LinkAsset::Token(contract) => {
                let is_it = |listed: &UntrustedText| is_same(listed.raw().trim(), contract.raw());
                if !network.contract.as_ref().is_some_and(is_it) {
                    let (coin, network) = place();
                    return Err(LinkFault::OtherToken { contract: contract.clone(), coin, network });
                }
            }
            LinkAsset::Native => {
                let own = self.chain.and_then(|chain| chain.own_coins(network));
                if network.contract.is_some() || !own.is_some_and(|own| own.contains(&coin.name.raw())) {
                    let asked = own.and_then(|own| own.first()).copied().unwrap_or("?");
                    return Err(LinkFault::OtherCoin { asked, coin: coin.name.clone() });
                }
            }
        }
        let Some(amount) = self.amount else { return Ok(None) };
        let units = match amount {
            LinkAmount::Coins(amount) => return Ok(Some(amount)),
            LinkAmount::Units(units) => units,
        };
        let decimals = match self.asset {
            // A token's are what the exchange lists; a chain's own coin has them by the chain's definition.
            LinkAsset::Token(_) => network.precision,
            LinkAsset::Native | LinkAsset::Unsaid => self.chain.and_then(LinkChain::decimals),
        };
        let exact = decimals.and_then(|decimals| Amount::new(units.mantissa(), decimals));
        let (coin, network) = place();
        exact.map(|amount| Some(amount.trimmed())).ok_or(LinkFault::DecimalsUnknown { coin, network })
    }

    fn check_chain(&self, network: &Network) -> Result<(), LinkFault> {
        // An address with a tag behind it names no chain; the address itself is checked by the network's rules.
        let Some(chain) = self.chain else { return Ok(()) };
        let hint = ChainHint::of(network);
        let name = || network.name.clone();
        let family = hint.family().ok_or_else(|| LinkFault::NetworkUnread { network: name() })?;
        let other = |chain| Err(LinkFault::OtherChain { chain, network: name() });
        match chain {
            LinkChain::Of(asked) if asked == family => Ok(()),
            LinkChain::Of(_) => other(chain),
            LinkChain::Evm(_) if family != Family::Evm => other(chain),
            LinkChain::Evm(id) => {
                let asked = match id {
                    Some(id) => id,
                    None if self.asset == LinkAsset::Native => ETHEREUM,
                    // A bare address is one on all of these chains, and a token's contract is compared.
                    None => return Ok(()),
                };
                match chain::id_of(&hint) {
                    Some(found) if found == asked => Ok(()),
                    Some(_) => other(LinkChain::Evm(Some(asked))),
                    None => Err(LinkFault::ChainUntold { chain: LinkChain::Evm(Some(asked)), network: name() }),
                }
            }
        }
    }

    /// What it says, field by field, for who is to type it: the catalogue's key of each name, and the value.
    pub fn said(&self, lang: Lang) -> Vec<(&'static str, String)> {
        let mut said = Vec::new();
        if let Some(chain) = self.chain {
            said.push(("payment_link.part.chain", chain.words(lang)));
        }
        if let LinkAsset::Token(contract) = &self.asset {
            said.push(("payment_link.part.token", contract.excerpt(MAX_LINK)));
        }
        said.push(("payment_link.part.address", self.address.excerpt(MAX_LINK)));
        match self.amount {
            Some(LinkAmount::Coins(amount)) => said.push(("payment_link.part.amount", amount.to_string())),
            Some(LinkAmount::Units(units)) => {
                let native = || self.chain.and_then(LinkChain::decimals).and_then(|d| Amount::new(units.mantissa(), d));
                match native().filter(|_| self.asset == LinkAsset::Native) {
                    Some(amount) => said.push(("payment_link.part.amount", amount.trimmed().to_string())),
                    None => said.push(("payment_link.part.units", units.to_string())),
                }
            }
            None => {}
        }
        said.extend(self.memo.iter().map(|memo| ("payment_link.part.memo", memo.excerpt(MAX_LINK))));
        said.extend(self.label.iter().map(|label| ("payment_link.part.label", label.excerpt(NAME))));
        if !self.left.is_empty() {
            said.push(("payment_link.part.left", self.left_words(lang)));
        }
        said
    }

    /// What no field holds, name by name.
    pub fn left_words(&self, lang: Lang) -> String {
        let one = |left: &Left| format!("{}={}", left.name.excerpt(NAME), left.value.excerpt(NAME));
        self.left.iter().map(one).collect::<Vec<_>>().join(lang.t("list.join"))
    }
}

/// How much of a claim without weight is shown, in graphemes.
const NAME: usize = 40;

impl LinkChain {
    /// Its name.
    pub fn words(self, lang: Lang) -> String {
        let family = |family: Family| lang.find(&family.key()).unwrap_or_default().to_owned();
        match self {
            Self::Of(of) => family(of),
            Self::Evm(None) => family(Family::Evm),
            Self::Evm(Some(id)) => match chain::name_of(id) {
                Some(name) => format!("{name} ({id})"),
                None => lang.fill("payment_link.chain_id", &[("id", &id.to_string())]),
            },
        }
    }

    /// The names that exchanges give to the chain's own coin; those of the network's chain where the link names none.
    fn own_coins(self, network: &Network) -> Option<&'static [&'static str]> {
        match self {
            Self::Evm(id) => chain::coins_of(id.or_else(|| chain::id_of(&ChainHint::of(network)))?),
            Self::Of(family) => Some(match family {
                Family::Bitcoin => &["BTC"],
                Family::Litecoin => &["LTC"],
                Family::Dogecoin => &["DOGE"],
                Family::BitcoinCash => &["BCH"],
                Family::Tron => &["TRX"],
                Family::Solana => &["SOL"],
                Family::Ton => &["TON"],
                Family::Xrp => &["XRP"],
                _ => return None,
            }),
        }
    }

    /// Decimals of the chain's own coin, where links count in its smallest units.
    const fn decimals(self) -> Option<u32> {
        match self {
            Self::Evm(_) => Some(18),
            Self::Of(Family::Ton) => Some(9),
            Self::Of(_) => None,
        }
    }
}

#[cfg(test)]
mod tests;
