//! What the money calls do, and the rules that they are held to before anything is done (`reference.md §4.3` to `§4.8`).

use super::accounts::SubAccount;
use super::executed::Executed;
use super::history::{Peer, Stage, Target};
use super::listing::coin;
use super::refusal::Refusal;
use super::users;
use super::world::{Cancels, World};
use crate::domain::{Amount, MoveDirection};

/// Longest client id of a transfer.
const BIZ_ID_LIMIT: usize = 32;
/// Longest note of a transfer.
const REMARK_LIMIT: usize = 256;

impl World {
    /// Sends a coin to a chain; the fee is taken out of `gross`. Returns the record's id.
    ///
    /// # Errors
    /// The first rule that is broken; nothing was done.
    pub fn withdraw(
        &mut self,
        name: &str,
        network: &str,
        address: &str,
        gross: Amount,
        memo: Option<&str>,
    ) -> Result<i64, Refusal> {
        let rules = self.listing.find(name, network).filter(|r| r.withdraw_open).ok_or(Refusal::Parameter)?;
        if gross.trimmed().scale() > rules.network.precision {
            return Err(Refusal::Precision);
        }
        // A required memo that is missing, or one on a network that has none.
        if (rules.network.memo == 2 && memo.is_none()) || (rules.network.memo == 0 && memo.is_some()) {
            return Err(Refusal::Parameter);
        }
        // The entry is saved together with its memo (`reference.md §7.2`).
        let is_saved = |s: &users::Saved| s.address == address && s.memo.as_deref() == memo;
        if !self.addresses.saved_for(name, network).any(is_saved) {
            return Err(Refusal::NotVerificationFree);
        }
        if gross <= rules.fee {
            return Err(Refusal::BelowFee);
        }
        if gross < rules.min || gross > rules.max {
            return Err(Refusal::Parameter);
        }
        let (coin, network, fee) = (rules.coin.name, rules.network, rules.fee);
        let target = Target::Chain {
            network: network.name,
            family: network.family,
            address: address.to_owned(),
            memo: memo.map(str::to_owned),
            txid: None,
        };
        let id = self.open(coin, gross, fee, target, self.first_stage())?;
        self.schedule(id);
        self.executed.push(Executed {
            route: Some(network.name.to_owned()),
            to: Some(address.to_owned()),
            memo: memo.map(str::to_owned),
            ..Executed::new("withdraw", id, self.clock(), coin, gross)
        });
        Ok(id)
    }

    /// Sends a coin to another user. A client id that was used before gives the first order's id and does nothing.
    ///
    /// # Errors
    /// The first rule that is broken; nothing was done.
    pub fn inside_transfer(
        &mut self,
        out_biz_id: Option<&str>,
        name: &str,
        amount: Amount,
        peer: Peer,
        remark: Option<&str>,
    ) -> Result<i64, Refusal> {
        let too_long = |text: Option<&str>, limit| text.is_some_and(|t| t.chars().count() > limit);
        if too_long(out_biz_id, BIZ_ID_LIMIT) || too_long(remark, REMARK_LIMIT) {
            return Err(Refusal::Parameter);
        }
        let mut earlier = self.history.outgoing().iter().rev();
        if let Some(found) = earlier.find(|r| out_biz_id.is_some() && r.out_biz_id.as_deref() == out_biz_id) {
            return Ok(found.id);
        }
        let coin = coin(name).ok_or(Refusal::Parameter)?;
        if amount.trimmed().scale() > self.precision(name) {
            return Err(Refusal::Precision);
        }
        let to = match &peer {
            Peer::Uid(uid) => uid.to_string(),
            Peer::Email(email) => email.clone(),
            Peer::Phone(code, number) => format!("{code} {number}"),
        };
        if peer == Peer::Uid(users::OWN_UID) {
            return Err(Refusal::Parameter);
        }
        users::find(&peer).ok_or(Refusal::NoSuchUser)?;
        let id = self.open(coin.name, amount, Amount::ZERO, Target::User(peer), self.first_stage())?;
        if let Some(record) = self.history.outgoing_mut(id) {
            record.out_biz_id = out_biz_id.map(str::to_owned);
            record.remark = remark.map(str::to_owned);
        }
        self.schedule(id);
        self.executed.push(Executed {
            to: Some(to),
            out_biz_id: out_biz_id.map(str::to_owned),
            remark: remark.map(str::to_owned),
            ..Executed::new("inside_transfer", id, self.clock(), coin.name, amount)
        });
        Ok(id)
    }

    /// Moves a coin between spot and futures, at once. The exchange keeps no history of it.
    ///
    /// # Errors
    /// The first rule that is broken; nothing was done.
    pub fn funds_transfer(&mut self, direction: MoveDirection, name: &str, amount: Amount) -> Result<i64, Refusal> {
        let coin = coin(name).ok_or(Refusal::Parameter)?;
        if amount.trimmed().scale() > self.precision(name) {
            return Err(Refusal::Precision);
        }
        let (route, from, to) = match direction {
            MoveDirection::SpotToFutures => ("spot_futures", SubAccount::Spot, SubAccount::Futures),
            MoveDirection::FuturesToSpot => ("futures_spot", SubAccount::Futures, SubAccount::Spot),
        };
        if direction == MoveDirection::FuturesToSpot && amount > self.movable(coin.name) {
            return Err(Refusal::Insufficient);
        }
        self.book.post(coin.name, from, to, amount).map_err(|_| Refusal::Insufficient)?;
        let id = self.new_id();
        self.executed.push(Executed {
            route: Some(route.to_owned()),
            ..Executed::new("funds_transfer", id, self.clock(), coin.name, amount)
        });
        Ok(id)
    }

    /// Asks to take an order back. There is no answer to tell whether it worked: an unknown id and a lost race look
    /// like success too (`reference.md §4.4`). `chain` tells withdrawals from transfers.
    pub fn cancel(&mut self, id: &str, chain: bool) {
        let found = self.history.outgoing().iter().rev().find(|r| r.id.to_string() == id);
        let Some((id, stage)) =
            found.filter(|r| matches!(r.target, Target::Chain { .. }) == chain).map(|r| (r.id, r.stage))
        else {
            return;
        };
        if stage > Stage::Review {
            return;
        }
        let wins = match self.cancels {
            Cancels::Win => true,
            Cancels::Lose => false,
            Cancels::Chance => self.chance().u8(..5) > 0,
        };
        if wins {
            self.set_stage(id, Stage::Cancelled);
        } else {
            // The reviewer was quicker by a moment.
            self.set_stage(id, Stage::Approved);
            self.schedule(id);
        }
    }

    /// Most decimals that a coin has on any chain: what transfers inside the exchange are held to.
    fn precision(&self, coin: &str) -> u32 {
        self.listing.of(coin).map(|r| r.network.precision).max().unwrap_or(0)
    }

    /// Where a new order starts.
    const fn first_stage(&self) -> Stage {
        if self.ask_verification { Stage::Verification } else { Stage::Review }
    }
}
