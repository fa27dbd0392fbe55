//! What the history says of the coin whose detail is open: its newest records, and what its networks cost.

use std::collections::HashMap;

use super::State;
use crate::domain::fees::{Learnt, learn_fee};
use crate::domain::records::PackedText;
use crate::domain::{Millis, Record, UntrustedText, Wording as _};

/// So many of a coin's newest records are told.
const RECENT: usize = 5;

/// What the history says of a coin.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CoinDetail {
    /// Which coin.
    pub coin: UntrustedText,
    /// What was paid for withdrawals, by network.
    pub fees: HashMap<UntrustedText, Learnt>,
    /// Its newest records, the newest first.
    pub recent: Vec<Record>,
}

impl State {
    /// Looks the history through for the coin of the selected balance.
    pub(in crate::tui) fn read_coin_detail(&mut self) {
        let Some(coin) = self.selected_balance().map(|(_, balance)| balance.coin.clone()) else { return };
        let mut fees: HashMap<UntrustedText, Option<Learnt>> = HashMap::new();
        let mut newest: Vec<(Option<Millis>, u32)> = Vec::new();
        self.each_record(|at, record| {
            if *record.coin.raw() != *coin.raw() {
                return;
            }
            if let Some(network) = record.network.as_ref().map(PackedText::to_text) {
                let learnt = fees.entry(network.clone()).or_default();
                learn_fee(learnt, record, self.charge(record).fee, &coin, &network);
            }
            let place = newest.partition_point(|(time, _)| *time > record.time);
            if place < RECENT {
                newest.insert(place, (record.time, at));
                newest.truncate(RECENT);
            }
        });
        let recent = newest.into_iter().filter_map(|(_, at)| self.record_at(at)).collect();
        let fees = fees.into_iter().filter_map(|(network, learnt)| Some((network, learnt?))).collect();
        self.coin_detail = CoinDetail { coin, fees, recent };
    }

    /// What the history says of a coin, as far as it was looked through for it.
    pub fn coin_detail(&self, coin: &UntrustedText) -> Option<&CoinDetail> {
        Some(&self.coin_detail).filter(|detail| detail.coin == *coin)
    }
}
