//! News are told once: over restarts, instances, pages that are read twice, and never for what is merely old.

use std::collections::BTreeMap;

use wallet_tui::domain::Status;
use wallet_tui::engine::history::History;
use wallet_tui::engine::ledger::Flow;
use wallet_tui::simulator::Account;

use crate::stage::{Stage, held};

async fn news(history: &History) -> Vec<(String, Status)> {
    let told = history.news().await.unwrap();
    history.mark_delivered(told.iter().map(|event| event.number).collect()).await.unwrap();
    let records = told.iter().map(|event| event.record().unwrap());
    records.map(|r| (format!("{}:{}", r.key.kind.word(), r.key.id.raw()), r.status.clone())).collect()
}

#[tokio::test]
async fn the_first_run_tells_nothing_and_old_records_never_are_news() {
    let stage = Stage::new(Account::Rich).await;
    stage.exchange.world(|world| world.add_old_deposits(250));
    let history = stage.history();
    history.read_newest(Flow::In).await.unwrap();
    assert_eq!(news(&history).await, []);
    while history.read_older(Flow::In).await.unwrap().is_some() {
        assert_eq!(news(&history).await, [], "history");
    }
    stage.pass(2_000);
    stage.exchange.world(|world| world.deposit("TRX", "Tron (TRC-20)", "1".parse().unwrap(), true)).unwrap();
    history.read_newest(Flow::In).await.unwrap();
    assert_eq!(news(&history).await.len(), 1);
}

#[tokio::test]
async fn event_is_told_exactly_once_over_random_restarts() {
    for seed in 0..3 {
        let stage = Stage::new(Account::Empty).await;
        let mut chance = fastrand::Rng::with_seed(seed);
        let mut archives = vec![stage.history(), stage.history()];
        let mut told: BTreeMap<(String, Status), u32> = BTreeMap::new();
        let mut pending: Vec<i64> = Vec::new();
        // The first run of all.
        archives[0].read_newest(Flow::In).await.unwrap();
        assert_eq!(news(&archives[0]).await, []);
        for _ in 0..90 {
            stage.pass(chance.i64(200..3_000));
            match chance.u8(0..8) {
                0 => archives = vec![stage.history(), stage.history()],
                1..=3 => {
                    let id = stage
                        .exchange
                        .world(|world| world.deposit("TRX", "Tron (TRC-20)", "1".parse().unwrap(), false).unwrap());
                    pending.push(id);
                }
                4 if !pending.is_empty() => {
                    let id = pending.swap_remove(chance.usize(0..pending.len()));
                    let good = chance.bool();
                    stage.exchange.world(|world| world.decide(id, good));
                }
                _ => {
                    let history = &archives[chance.usize(0..2)];
                    match chance.u8(0..4) {
                        0 => drop(history.read_open(Flow::In).await.unwrap()),
                        1 => drop(history.read_older(Flow::In).await.unwrap()),
                        _ => drop(history.read_newest(Flow::In).await.unwrap()),
                    }
                    // A run may end between reading and telling: the next one tells. It may also end before it has told
                    // what it claimed: whoever asks after its end tells.
                    match chance.u8(0..4) {
                        0 => drop(history.news().await.unwrap()),
                        1 => {}
                        _ => {
                            for event in news(history).await {
                                *told.entry(event).or_default() += 1;
                            }
                        }
                    }
                }
            }
        }
        archives.clear();
        let history = stage.history();
        for id in pending {
            stage.exchange.world(|world| world.decide(id, true));
        }
        history.read_newest(Flow::In).await.unwrap();
        while history.read_older(Flow::In).await.unwrap().is_some() {}
        history.read_open(Flow::In).await.unwrap();
        for event in news(&history).await {
            *told.entry(event).or_default() += 1;
        }
        assert!(told.values().all(|times| *times == 1), "seed {seed}: told twice: {told:?}");
        let finals = held(&history, Flow::In).await;
        for record in &finals {
            let event = (format!("deposit:{}", record.key.id.raw()), record.status.clone());
            assert!(told.contains_key(&event), "seed {seed}: never told: {event:?}");
        }
    }
}
