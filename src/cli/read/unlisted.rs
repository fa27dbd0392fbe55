//! Names that the exchange's list does not have: what was probably meant, and what there is.

use crate::cli::failure::{BAD_INPUT, Failure};
use crate::domain::likely::likely;
use crate::domain::locale::Lang;
use crate::domain::rules::Fault;
use crate::domain::{Cause, Coin, Problem, Refusal, UntrustedText};
use crate::engine::explain::Explanation;
use crate::exchange::Client;

/// Whether a list has a name; else the one that was probably meant.
pub fn known<'a>(
    wanted: &str,
    mut names: impl Iterator<Item = &'a UntrustedText> + Clone,
) -> Result<(), Option<UntrustedText>> {
    if names.clone().any(|name| name.raw() == wanted) {
        return Ok(());
    }
    let names: Vec<&str> = names.by_ref().map(UntrustedText::raw).collect();
    Err(likely(wanted, &names).map(UntrustedText::from))
}

/// The list has no such coin.
pub fn no_coin(coin: &str, meant: Option<UntrustedText>, lang: Lang) -> Failure {
    let fault = Fault::UnknownCoin { coin: coin.into(), meant };
    let said = Explanation { cause: fault.words(lang), next: lang.t("cli.coin_next").to_owned() };
    Failure::of_words(said, lang, BAD_INPUT)
}

/// Why a coin and network that the list does not have exactly once cannot be asked about.
pub fn no_network(coin: &UntrustedText, network: &UntrustedText, coins: &[Coin], lang: Lang) -> Failure {
    if let Err(meant) = known(coin.raw(), coins.iter().map(|coin| &coin.name)) {
        return no_coin(coin.raw(), meant, lang);
    }
    let networks = coins.iter().filter(|found| found.name == *coin).flat_map(|coin| &coin.networks);
    let fault = match known(network.raw(), networks.clone().map(|network| &network.name)) {
        Err(meant) => Fault::UnknownNetwork { network: network.clone(), meant },
        Ok(()) => Fault::Ambiguous { name: network.clone() },
    };
    let names: Vec<&str> = networks.map(|network| network.name.raw()).collect();
    let next = lang.fill("cli.network_next", &[("coin", coin.raw()), ("names", &names.join(lang.t("list.join")))]);
    Failure::of_words(Explanation { cause: fault.words(lang), next }, lang, BAD_INPUT)
}

/// Why nothing came: the exchange says only that some value is wrong, its list says whether it was the coin.
pub async fn not_listed(problem: &Problem, coin: &UntrustedText, client: &Client, lang: Lang) -> Failure {
    let failure = Failure::of_read(problem, lang);
    if !matches!(problem.cause, Cause::Refused { refusal: Refusal::Parameter, .. }) {
        return failure;
    }
    let Ok(coins) = client.coins().await else { return failure };
    match known(coin.raw(), coins.iter().map(|coin| &coin.name)) {
        Err(meant) => no_coin(coin.raw(), meant, lang),
        Ok(()) => failure,
    }
}
