//! Performs effects: the only place that spawns. It never sees the app; a task ends by sending exactly one message.

use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::api::Client;
use crate::app::message::{CopiedTo, Load, Loaded, Message, Reply};
use crate::app::remote::Generation;
use crate::clipboard::{self, Clipboard};
use crate::clock;
use crate::domain::Problem;

/// What performs loads in the background.
#[derive(Debug)]
pub struct Runtime {
    client: Client,
    inbox: mpsc::Sender<Message>,
    /// Ends with the runtime: all of these only read.
    tasks: JoinSet<()>,
    clipboard: Clipboard,
}

impl Runtime {
    /// A runtime that asks with `client` and answers to `inbox`.
    pub fn new(client: Client, inbox: mpsc::Sender<Message>) -> Self {
        Self { client, inbox, tasks: JoinSet::new(), clipboard: Clipboard::default() }
    }

    /// Starts a load; its end arrives as one message.
    pub fn load(&mut self, load: Load, generation: Generation) {
        while self.tasks.try_join_next().is_some() {}
        let (client, inbox) = (self.client.clone(), self.inbox.clone());
        self.tasks.spawn(async move {
            let result = ask(&client, &load).await;
            let clock = client.clock();
            let reply = Reply {
                load,
                generation,
                at: clock::now(),
                clock_offset: clock.known.then_some(clock.offset_ms),
                result,
            };
            // The loop is gone only when the program ends.
            let _ = inbox.send(Message::Reply(reply)).await;
        });
    }

    /// Hands a text to this machine's clipboard; where there is none, or it does not take it, the app is told to ask the
    /// terminal.
    pub fn copy(&mut self, text: String) {
        let inbox = self.inbox.clone();
        let answer = self.clipboard.set(text.clone());
        self.tasks.spawn(async move {
            let taken = match answer {
                Some(answer) => matches!(tokio::time::timeout(clipboard::PATIENCE, answer).await, Ok(Ok(Ok(())))),
                None => false,
            };
            let message = if taken { Message::Copied(Ok(CopiedTo::Machine)) } else { Message::NoClipboard(text) };
            let _ = inbox.send(message).await;
        });
    }

    /// The machine's clipboard failed once: it is asked no more.
    pub const fn give_up_clipboard(&mut self) {
        self.clipboard.give_up();
    }
}

async fn ask(client: &Client, load: &Load) -> Result<Loaded, Problem> {
    use crate::domain::{IncomingFilter, OutgoingFilter};
    Ok(match load {
        Load::Balances => Loaded::Balances(client.balances().await?),
        Load::Incoming => Loaded::Records(client.incoming(&IncomingFilter::default()).await?),
        Load::Outgoing => Loaded::Records(client.outgoing(&OutgoingFilter::default()).await?),
        Load::User => Loaded::User(client.user_info().await?),
        Load::Coins => Loaded::Coins(client.coins().await?),
        Load::Rates => Loaded::Rates(client.rates().await?),
        Load::Price(coin) => Loaded::Price(client.last_price(coin).await?),
        Load::Addresses(place) => Loaded::Addresses(client.deposit_addresses(&place.coin, &place.network).await?),
    })
}
