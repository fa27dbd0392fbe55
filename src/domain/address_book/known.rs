//! What is known of where a withdrawal goes, and the sentence for it: which coins, networks and memos the address was paid with,
//! how often and last when. The form, the review and the commands say this and nothing else.

use super::{AddressBook, Entry, memo};
use crate::domain::address::is_same_memo;
use crate::domain::locale::Lang;
use crate::domain::text_width::relative;
use crate::domain::{Millis, UntrustedText, WithdrawRequest};

/// How much of a foreign name is shown inside a sentence, in graphemes.
const NAME: usize = 40;
/// So many other ways in which an address was paid are told one by one.
const TOLD: usize = 6;

/// How near what is known comes to what is asked about, the nearest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Degree {
    /// Exactly this coin, network, address and memo was paid.
    Paid,
    /// The address was paid in this coin on this network, with another memo only.
    OtherMemo,
    /// The address was paid on this network, in other coins only.
    OtherCoin,
    /// The address was paid on other networks only.
    OtherNetwork,
    /// The address has a name and was never paid.
    Named,
    /// Nothing is known of it.
    New,
}

/// What an address was paid with, in one way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payments {
    /// How near this comes to what is asked about.
    pub degree: Degree,
    /// The coin.
    pub coin: UntrustedText,
    /// The network.
    pub network: UntrustedText,
    /// Whether there was a memo.
    pub has_memo: bool,
    /// How many there were, those that are under way among them.
    pub count: u32,
    /// How many of them are under way.
    pub open: u32,
    /// The last one.
    pub last: Option<Millis>,
}

/// What is known of where a withdrawal goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Knowledge {
    /// How near it comes.
    pub degree: Degree,
    /// The name that the user gave to the address.
    pub label: Option<UntrustedText>,
    /// In which ways the address was paid, the nearest first, of those the newest.
    pub payments: Vec<Payments>,
    coin: UntrustedText,
    network: UntrustedText,
    has_memo: bool,
    /// True when older payments may be missing.
    is_partial: bool,
}

impl AddressBook {
    /// What is known of where a withdrawal goes.
    pub fn knowledge(&self, w: &WithdrawRequest) -> Knowledge {
        self.knowledge_of(&w.coin, &w.network, &w.address, w.memo.as_ref())
    }

    /// What is known of a coin, network, address and memo.
    pub fn knowledge_of(
        &self,
        coin: &UntrustedText,
        network: &UntrustedText,
        address: &UntrustedText,
        with: Option<&UntrustedText>,
    ) -> Knowledge {
        let asked = memo(with);
        let degree = |entry: &Entry| match entry.memo.as_ref() {
            _ if entry.network != *network => Degree::OtherNetwork,
            _ if entry.coin != *coin => Degree::OtherCoin,
            found if is_same_memo(network.raw(), found.map(UntrustedText::raw), with.map(UntrustedText::raw)) => {
                Degree::Paid
            }
            _ => Degree::OtherMemo,
        };
        let mut payments: Vec<Payments> = Vec::new();
        let mut labels: Vec<(Degree, &UntrustedText)> = Vec::new();
        for entry in self.of_address(address) {
            let degree = degree(entry);
            labels.extend(entry.label.as_ref().map(|label| (degree, label)));
            if entry.count == 0 {
                continue;
            }
            let has_memo = entry.memo.is_some();
            let is_same = |p: &&mut Payments| {
                p.degree == degree
                    && p.network == entry.network
                    && p.coin == entry.coin
                    && (degree != Degree::OtherMemo || p.has_memo == has_memo)
            };
            match payments.iter_mut().find(is_same) {
                Some(known) => {
                    known.count = known.count.saturating_add(entry.count);
                    known.open = known.open.saturating_add(entry.open);
                    known.last = known.last.max(entry.last_used);
                }
                None => payments.push(Payments {
                    degree,
                    coin: entry.coin.clone(),
                    network: entry.network.clone(),
                    has_memo,
                    count: entry.count,
                    open: entry.open,
                    last: entry.last_used,
                }),
            }
        }
        payments.sort_by(|a, b| a.degree.cmp(&b.degree).then_with(|| b.last.cmp(&a.last)));
        labels.sort_by_key(|(degree, _)| *degree);
        let label = labels.first().map(|(_, label)| (*label).clone());
        let none = if label.is_some() { Degree::Named } else { Degree::New };
        Knowledge {
            degree: payments.first().map_or(none, |nearest| nearest.degree),
            label,
            payments,
            coin: coin.clone(),
            network: network.clone(),
            has_memo: asked.is_some(),
            is_partial: self.is_partial,
        }
    }
}

impl Knowledge {
    /// True when exactly this was paid before with success: then nothing about it is new.
    pub fn is_proved(&self) -> bool {
        self.degree == Degree::Paid && self.payments.iter().any(|p| p.degree == Degree::Paid && p.count > p.open)
    }

    /// The whole of it as one sentence. It never says of an address that was paid in any way that it was not.
    pub fn words(&self, lang: Lang, now: Millis) -> String {
        let (nearest, others): (Vec<&Payments>, Vec<&Payments>) =
            self.payments.iter().partition(|payments| payments.degree == self.degree);
        let said: Vec<String> = nearest
            .iter()
            .enumerate()
            .map(|(at, payments)| self.payments_words(payments, at == 0, lang, now))
            .collect();
        let said = said.join(lang.t("book.join"));
        let names = [("coin", self.coin.excerpt(NAME)), ("network", self.network.excerpt(NAME))];
        let verdict = |key| {
            let mut values: Vec<(&str, &str)> = names.iter().map(|(name, value)| (*name, value.as_str())).collect();
            values.push(("paid", &said));
            lang.fill(key, &values)
        };
        let mut text = match self.degree {
            Degree::Paid => said.clone(),
            Degree::OtherMemo if self.has_memo => verdict("book.memo_new"),
            Degree::OtherMemo => verdict("book.memo_missing"),
            Degree::OtherCoin => verdict("book.coin_new"),
            Degree::OtherNetwork => verdict("book.network_new"),
            Degree::Named if self.is_partial => lang.t("book.never_as_known").to_owned(),
            Degree::Named => lang.t("book.never").to_owned(),
            Degree::New if self.is_partial => lang.t("book.new_as_known").to_owned(),
            Degree::New => lang.t("book.new").to_owned(),
        };
        for payments in others.iter().take(TOLD) {
            text = format!("{text}{}{}", lang.t("book.join"), self.payments_words(payments, false, lang, now));
        }
        if let Some(more) = others.len().checked_sub(TOLD).filter(|more| *more > 0) {
            let more = lang.fill("book.more", &[("n", &more.to_string())]);
            text = format!("{text}{}{more}", lang.t("book.join"));
        }
        match &self.label {
            Some(label) => lang.fill("book.named", &[("label", &label.excerpt(NAME)), ("text", &text)]),
            None => text,
        }
    }

    fn payments_words(&self, payments: &Payments, is_first: bool, lang: Lang, now: Millis) -> String {
        let (coin, network) = (payments.coin.excerpt(NAME), payments.network.excerpt(NAME));
        let names = [("coin", coin.as_str()), ("network", network.as_str())];
        let how = match payments.degree {
            Degree::OtherMemo if !payments.has_memo => lang.t("book.how.without_memo").to_owned(),
            Degree::OtherMemo if self.has_memo => lang.t("book.how.other_memo").to_owned(),
            Degree::OtherMemo => lang.t("book.how.with_memo").to_owned(),
            Degree::OtherCoin => lang.fill("book.how.coin", &names),
            Degree::OtherNetwork if payments.coin == self.coin => lang.fill("book.how.network", &names),
            Degree::OtherNetwork => lang.fill("book.how.coin_and_network", &names),
            Degree::Paid | Degree::Named | Degree::New => String::new(),
        };
        let open = match payments.open {
            0 => String::new(),
            open => lang.fill("book.open", &[("n", &open.to_string())]),
        };
        let last = payments.last.map(|last| relative(last, now, lang, false));
        let last = last.map(|last| lang.fill("book.last", &[("last", &last)])).unwrap_or_default();
        let key = if is_first { "book.paid" } else { "book.also" };
        let n = payments.count.to_string();
        lang.fill(key, &[("n", &n), ("how", &how), ("last", &last), ("open", &open)])
    }
}
