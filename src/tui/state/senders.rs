//! Senders that look like somebody known: a payment of next to nothing puts an address into the history that is meant to be
//! copied from there.

use super::State;
use crate::domain::address::{ChainHint, MAX_LENGTH};
use crate::domain::address_book::LookAlike;
use crate::domain::{Record, UntrustedText};

/// How much of a label is shown, in graphemes.
const NAME: usize = 40;

impl State {
    /// The known address or user that the sender of a record looks like but is not; `None` for one that is known itself, and for
    /// what went out.
    pub fn sender_alike(&self, record: &Record) -> Option<LookAlike> {
        let listed = self.network_of(record);
        let hint = record.network.as_ref().map(|network| ChainHint {
            network: network.raw(),
            chain: listed.and_then(|listed| listed.chain.as_ref()).map(UntrustedText::raw),
        });
        self.book().sender_alike(record, hint.and_then(|hint| hint.family()))
    }

    /// The same in words.
    pub(in crate::tui) fn sender_warning(&self, record: &Record) -> Option<String> {
        let alike = self.sender_alike(record)?;
        let known = alike.known.excerpt(MAX_LENGTH);
        let lang = self.lang();
        Some(match (alike.label, alike.is_own) {
            (Some(label), _) => {
                let label = label.excerpt(NAME);
                lang.fill("sender.alike_named", &[("known", &known), ("label", &label)])
            }
            (None, true) => lang.fill("sender.alike_own", &[("known", &known)]),
            (None, false) => lang.fill("sender.alike", &[("known", &known)]),
        })
    }
}
