//! Asking the exchange: each load ends as one message.

use std::sync::Arc;

use super::{Runtime, history};
use crate::domain::{IncomingFilter, OutgoingFilter, Partial, Problem, Record};
use crate::engine::ledger::Flow;
use crate::exchange::{Client, endpoint};
use crate::platform::clock;
use crate::tui::effect::Load;
use crate::tui::message::{Loaded, Message, Reply};
use crate::tui::state::remote::Generation;

impl Runtime {
    /// Starts a load; its end arrives as one message. What it brings of the account is kept in the ledger afterwards.
    pub(super) fn load(&mut self, load: Load, generation: Generation) {
        let (client, history, inbox) = (self.client.clone(), Arc::clone(&self.history), self.inbox.clone());
        self.spawn(async move {
            let asked = clock::now().plus(client.clock().offset_ms);
            let result = ask(&client, &load).await;
            let clock = client.clock();
            let kept = result.as_ref().ok().filter(|_| load.is_signed()).cloned();
            let is_newest = matches!(load, Load::Balances | Load::Incoming | Load::Outgoing | Load::Addresses(_));
            let flow = if load == Load::Incoming { Flow::In } else { Flow::Out };
            let reply = Message::Reply(Reply {
                load,
                generation,
                at: clock::now(),
                clock_offset: clock.known.then_some(clock.offset_ms),
                result,
            });
            let history = history.lock().await.clone();
            if let (Some(history), Some(kept), true) = (history, kept, is_newest) {
                // The screen first.
                let _ = inbox.send(reply).await;
                return history::keep(&history, flow, kept, asked, &inbox).await;
            }
            Some(reply)
        });
    }
}

async fn ask(client: &Client, load: &Load) -> Result<Loaded, Problem> {
    let incoming = |end| IncomingFilter { end, ..IncomingFilter::default() };
    let outgoing = |end| OutgoingFilter { end, ..OutgoingFilter::default() };
    Ok(match load {
        Load::Balances => match client.list_balances().await? {
            Some(balances) => loaded(balances, |balances| Loaded::Balances(Some(balances))),
            None => Loaded::Balances(None),
        },
        Load::Futures(coin) => Loaded::Futures(client.futures_balance(coin).await?.map(Box::new)),
        Load::Incoming => page(endpoint::INCOMING, client.list_incoming(&incoming(None)).await?)?,
        Load::Outgoing => page(endpoint::OUTGOING, client.list_outgoing(&outgoing(None)).await?)?,
        Load::OlderIncoming(end) => page(endpoint::INCOMING, client.list_incoming(&incoming(Some(*end))).await?)?,
        Load::OlderOutgoing(end) => page(endpoint::OUTGOING, client.list_outgoing(&outgoing(Some(*end))).await?)?,
        Load::User => Loaded::User(client.user_info().await?),
        Load::Coins => loaded(client.list_coins().await?, Loaded::Coins),
        Load::Rates => loaded(client.list_rates().await?, Loaded::Rates),
        Load::Price(coin) => Loaded::Price(client.last_price(coin).await?),
        Load::Addresses(place) => Loaded::Addresses(client.deposit_addresses(&place.coin, &place.network).await?),
    })
}

/// A list with what was left out of it.
fn loaded<T>(list: Partial<T>, form: impl FnOnce(T) -> Loaded) -> Loaded {
    let Partial { found, left_out } = list.map(form);
    if left_out.is_empty() { found } else { Loaded::Partly(Box::new(found), left_out) }
}

/// A page of records; one of which nothing can be read is no answer.
fn page(endpoint: &'static str, page: Partial<Vec<Record>>) -> Result<Loaded, Problem> {
    let page = page.some().map_err(|cause| Problem { endpoint, cause })?;
    Ok(loaded(page, Loaded::Records))
}
