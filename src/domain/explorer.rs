//! Where a transaction can be looked up. Only the address is made here; it is opened when the user says so, having seen it.

use std::collections::BTreeMap;

use super::UntrustedText;

/// What stands in a page's address for the transaction.
pub const PLACE: &str = "{txid}";

/// Pages by the networks' names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explorers(BTreeMap<String, String>);

impl Default for Explorers {
    /// Those of `assets/explorers.toml`.
    fn default() -> Self {
        Self(toml::from_str(include_str!("../../assets/explorers.toml")).unwrap_or_default())
    }
}

impl Explorers {
    /// Names a page for a network. Answers false for one that is no https address with a place for the transaction.
    pub fn name(&mut self, network: &str, page: &str) -> bool {
        let is_page =
            page.starts_with("https://") && page.contains(PLACE) && page.chars().all(|c| c.is_ascii_graphic());
        if is_page {
            self.0.insert(network.to_owned(), page.to_owned());
        }
        is_page
    }

    /// The page of a transaction; `None` for a network without one, and for an id that is not one word of letters and digits:
    /// it could lead elsewhere.
    pub fn page(&self, network: &UntrustedText, txid: &UntrustedText) -> Option<String> {
        let is_plain = !txid.raw().is_empty() && txid.raw().bytes().all(|b| b.is_ascii_alphanumeric());
        let page = self.0.get(network.raw()).filter(|_| is_plain)?;
        Some(page.replace(PLACE, txid.raw()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_made_for_known_networks_and_plain_ids_only() {
        let mut explorers = Explorers::default();
        let page = |explorers: &Explorers, network: &str, txid: &str| explorers.page(&network.into(), &txid.into());
        let tron = page(&explorers, "Tron (TRC-20)", "ab12").unwrap();
        assert!(tron.starts_with("https://") && tron.ends_with("/ab12"), "{tron}");
        for txid in ["", "a/b", "a?x=1", "a\u{202e}b", "a b"] {
            assert_eq!(page(&explorers, "Tron (TRC-20)", txid), None, "{txid:?}");
        }
        assert_eq!(page(&explorers, "Nowhere", "ab"), None);
        assert!(explorers.name("Nowhere", "https://x.example/{txid}"));
        assert_eq!(page(&explorers, "Nowhere", "ab").as_deref(), Some("https://x.example/ab"));
        for wrong in ["http://x/{txid}", "https://x/", "https://x/{txid} y"] {
            assert!(!explorers.name("Nowhere", wrong), "{wrong}");
        }
    }
}
