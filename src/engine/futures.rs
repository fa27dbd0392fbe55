//! Reading the futures side coin by coin, for commands.

use std::collections::BTreeSet;

use futures_util::future::join_all;

use crate::domain::value::MARKET_QUOTE;
use crate::domain::{Balance, FuturesBalance, Problem, UntrustedText};
use crate::exchange::Client;

/// The coins to ask about: the usual one, those that are `named` or were moved, and those that are held on the spot side.
pub fn coins_to_ask(spot: &[Balance], named: impl IntoIterator<Item = UntrustedText>) -> BTreeSet<UntrustedText> {
    let held = spot.iter().filter(|balance| balance.total().is_none_or(|total| !total.is_zero()));
    let held = held.map(|balance| balance.coin.clone());
    held.chain(named).chain([UntrustedText::from(MARKET_QUOTE)]).collect()
}

/// What the futures side holds of these coins, as far as it could be read, and why it could not be read whole. A coin that it
/// lists nothing for is left out. [`Problem::is_about_access_to_futures`] tells that it does not serve this key.
pub async fn read(client: &Client, coins: BTreeSet<UntrustedText>) -> (Vec<FuturesBalance>, Option<Problem>) {
    // Where this key is not served, one question is enough to know it.
    let usual = UntrustedText::from(MARKET_QUOTE);
    let mut all = vec![client.futures_balance(&usual).await];
    if all[0].as_ref().err().is_none_or(|problem| !problem.is_about_access_to_futures()) {
        let others = coins.iter().filter(|coin| **coin != usual).map(|coin| client.futures_balance(coin));
        all.extend(join_all(others).await);
    }
    let (mut found, mut problem) = (Vec::new(), None);
    for one in all {
        match one {
            Ok(balance) => found.extend(balance),
            Err(why) => problem = problem.or(Some(why)),
        }
    }
    (found, problem)
}
