//! Performs effects: the only place that spawns. It never sees the app; a task ends by sending exactly one message.

use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::api::Client;
use crate::app::message::{Load, Loaded, Message, Reply};
use crate::app::remote::Generation;
use crate::clock;
use crate::domain::Problem;

/// What performs loads in the background.
#[derive(Debug)]
pub struct Runtime {
    client: Client,
    inbox: mpsc::Sender<Message>,
    /// Ends with the runtime: all of these only read.
    tasks: JoinSet<()>,
}

impl Runtime {
    /// A runtime that asks with `client` and answers to `inbox`.
    pub fn new(client: Client, inbox: mpsc::Sender<Message>) -> Self {
        Self { client, inbox, tasks: JoinSet::new() }
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
}

async fn ask(client: &Client, load: &Load) -> Result<Loaded, Problem> {
    use crate::domain::{IncomingFilter, OutgoingFilter};
    Ok(match load {
        Load::Balances => Loaded::Balances(client.balances().await?),
        Load::Incoming => Loaded::Records(client.incoming(&IncomingFilter::default()).await?),
        Load::Outgoing => Loaded::Records(client.outgoing(&OutgoingFilter::default()).await?),
        Load::OlderIncoming(end) => {
            let filter = IncomingFilter { end: Some(*end), ..IncomingFilter::default() };
            Loaded::Records(client.incoming(&filter).await?)
        }
        Load::OlderOutgoing(end) => {
            let filter = OutgoingFilter { end: Some(*end), ..OutgoingFilter::default() };
            Loaded::Records(client.outgoing(&filter).await?)
        }
        Load::User => Loaded::User(client.user_info().await?),
        Load::Coins => Loaded::Coins(client.coins().await?),
        Load::Rates => Loaded::Rates(client.rates().await?),
        Load::Price(coin) => Loaded::Price(client.last_price(coin).await?),
    })
}
