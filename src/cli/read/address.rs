//! Deposit addresses, as far as they may be paid to.

use super::Streams;
use super::unlisted::no_network;
use crate::cli::failure::{End, Failure, NETWORK};
use crate::domain::deposit::{DepositFault, deposit_fault, deposit_state, listed_network};
use crate::domain::{Cause, DepositAddress, MemoRule, Problem, UntrustedText};
use crate::engine::explain::{Explanation, exit_code};
use crate::exchange::Client;

/// The addresses for a coin over a network of the exchange's list, as far as they may be paid to: one of another coin or
/// network, and one without the memo that it needs, is not shown.
///
/// # Errors
/// An [`End`].
pub async fn deposit_addresses(
    coin: &UntrustedText,
    network: &UntrustedText,
    client: &Client,
    streams: &mut Streams<'_>,
) -> Result<Vec<DepositAddress>, End> {
    let lang = streams.lang;
    let coins = client.coins().await.map_err(streams.problem())?;
    let Some((listed_coin, listed)) = listed_network(&coins, coin, network) else {
        return Err(no_network(coin, network, &coins, lang).into());
    };
    let closed = deposit_state(listed_coin, listed).err();
    let words = closed.map(|why| {
        let place = format!("{} · {}", coin.shown(), network.shown());
        lang.fill("list.about", &[("what", &place), ("said", why.words(lang))])
    });
    let addresses = match (client.deposit_addresses(coin, network).await, words) {
        // The list says why.
        (Err(problem @ Problem { cause: Cause::Refused { .. }, .. }), Some(cause)) => {
            let said = Explanation { cause, next: lang.t("cli.address_closed_next").to_owned() };
            return Err(Failure::of_words(said, lang, exit_code(&problem, false)).into());
        }
        (found, words) => {
            if let Some(words) = words {
                streams.note(&words);
            }
            found.map_err(streams.problem())?
        }
    };
    let fault = addresses.iter().find_map(|row| deposit_fault(row, coin, network, Some(listed)));
    let cause = match fault {
        None => {
            let is_unsaid = listed.memo == MemoRule::Unknown && addresses.iter().any(|row| row.memo.is_none());
            if is_unsaid {
                streams.note(lang.t("deposit.memo.unknown"));
            }
            return Ok(addresses);
        }
        Some(DepositFault::Foreign) => "cli.address_foreign",
        Some(DepositFault::NoMemo) => "deposit.memo.missing",
    };
    Err(Failure::new(lang, NETWORK, cause, "cli.address_next", &[]).into())
}
