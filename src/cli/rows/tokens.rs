//! Coins and their networks: nested for JSON, one line a network for CSV and the table.

use crate::domain::{Coin, MemoRule, Network};
use crate::engine::output::table::{Column, left, point};
use crate::engine::output::{Cell, Listed, Object, amount, count, flag, text};

impl Listed for Coin {
    const KEYS: &'static [&'static str] = &[
        "coin",
        "full_name",
        "open",
        "deposit_open",
        "withdraw_open",
        "network",
        "chain",
        "contract",
        "precision",
        "memo",
        "confirmations",
        "address_pattern",
        "network_open",
        "network_deposit_open",
        "network_withdraw_open",
        "withdraw_min",
        "withdraw_max",
        "deposit_min",
    ];
    const COLUMNS: &'static [Column] = &[
        left("cli.column.coin"),
        left("cli.column.network"),
        left("cli.column.deposit_open"),
        left("cli.column.withdraw_open"),
        left("cli.column.memo_rule"),
        point("cli.column.deposit_min"),
        point("cli.column.withdraw_min"),
        point("cli.column.withdraw_max"),
        point("cli.column.precision"),
        point("cli.column.confirmations"),
        left("cli.column.contract"),
    ];

    fn object(&self) -> Object {
        let mut object = own(self);
        object.push(("networks", Cell::List(self.networks.iter().map(network).collect())));
        object
    }

    fn flat(&self) -> Vec<Object> {
        let line = |cells: Vec<Cell>| Self::KEYS.iter().copied().zip(cells).collect();
        let coin = || own(self).into_iter().map(|(_, cell)| cell);
        if self.networks.is_empty() {
            return vec![line(coin().chain(std::iter::repeat(Cell::Absent)).take(Self::KEYS.len()).collect())];
        }
        let networks = self.networks.iter().map(network);
        networks.map(|network| line(coin().chain(network.into_iter().map(|(_, cell)| cell)).collect())).collect()
    }

    fn lines(&self) -> Vec<Vec<Cell>> {
        let name = || Cell::Text(self.name.clone());
        if self.networks.is_empty() {
            let rest = std::iter::repeat_n(Cell::Absent, Self::COLUMNS.len() - 1);
            return vec![std::iter::once(name()).chain(rest).collect()];
        }
        let line = |n: &Network| {
            vec![
                name(),
                Cell::Text(n.name.clone()),
                // What is closed for the coin is closed on each of its networks (`reference.md §4.11`).
                flag(both(both(self.open, self.deposit_open), both(n.open, n.deposit_open))),
                flag(both(both(self.open, self.withdraw_open), both(n.open, n.withdraw_open))),
                Cell::Term("cli.memo", memo(&n.memo).to_owned()),
                amount(n.deposit_min, Cell::Absent),
                amount(n.withdraw_min, Cell::Absent),
                amount(n.withdraw_max, Cell::Absent),
                count(n.precision),
                count(n.confirmations),
                text(n.contract.as_ref(), Cell::Absent),
            ]
        };
        self.networks.iter().map(line).collect()
    }
}

/// One "no" is enough for no; yes needs both.
const fn both(a: Option<bool>, b: Option<bool>) -> Option<bool> {
    match (a, b) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    }
}

const fn memo(rule: &MemoRule) -> &'static str {
    match rule {
        MemoRule::None => "none",
        MemoRule::Optional => "optional",
        MemoRule::Required => "required",
        MemoRule::Unknown => "unknown",
    }
}

/// The coin's own fields.
fn own(coin: &Coin) -> Object {
    vec![
        ("coin", Cell::Text(coin.name.clone())),
        ("full_name", text(coin.full_name.as_ref(), Cell::Unknown)),
        ("open", flag(coin.open)),
        ("deposit_open", flag(coin.deposit_open)),
        ("withdraw_open", flag(coin.withdraw_open)),
    ]
}

/// A network's fields.
fn network(n: &Network) -> Object {
    vec![
        ("network", Cell::Text(n.name.clone())),
        ("chain", text(n.chain.as_ref(), Cell::Unknown)),
        ("contract", text(n.contract.as_ref(), Cell::Absent)),
        ("precision", count(n.precision)),
        ("memo", Cell::Word(memo(&n.memo).to_owned())),
        ("confirmations", count(n.confirmations)),
        ("address_pattern", text(n.address_pattern.as_ref(), Cell::Absent)),
        ("open", flag(n.open)),
        ("deposit_open", flag(n.deposit_open)),
        ("withdraw_open", flag(n.withdraw_open)),
        ("withdraw_min", amount(n.withdraw_min, Cell::Absent)),
        ("withdraw_max", amount(n.withdraw_max, Cell::Absent)),
        ("deposit_min", amount(n.deposit_min, Cell::Absent)),
    ]
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::domain::locale::Lang;
    use crate::engine::output::{Format, print};

    /// A coin with two networks, one of them hardly described.
    pub fn usdt() -> Coin {
        let bare = Network {
            name: "Ethereum (ERC-20)".into(),
            chain: None,
            contract: None,
            precision: None,
            memo: MemoRule::Unknown,
            confirmations: None,
            address_pattern: None,
            open: None,
            deposit_open: Some(false),
            withdraw_open: None,
            withdraw_min: None,
            withdraw_max: None,
            deposit_min: None,
            fault: None,
        };
        let tron = Network {
            name: "Tron (TRC-20)".into(),
            chain: Some("TRON".into()),
            contract: Some("TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t".into()),
            precision: Some(6),
            memo: MemoRule::None,
            confirmations: Some(20),
            address_pattern: Some(".+".into()),
            open: Some(true),
            deposit_open: Some(true),
            withdraw_open: Some(true),
            withdraw_min: "0.000001".parse().ok(),
            withdraw_max: "3000000".parse().ok(),
            deposit_min: "1".parse().ok(),
            fault: None,
        };
        Coin {
            fault: None,
            name: "USDT".into(),
            full_name: Some("Tether".into()),
            open: Some(true),
            deposit_open: Some(true),
            withdraw_open: Some(true),
            networks: vec![tron, bare],
        }
    }

    fn shown(format: Format) -> String {
        let mut out = Vec::new();
        print(&[usdt()], format, Lang::En, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn json_nests_the_networks() {
        let rows: serde_json::Value = serde_json::from_str(&shown(Format::Json)).unwrap();
        assert_eq!((&rows[0]["coin"], &rows[0]["open"]), (&"USDT".into(), &true.into()));
        let tron = serde_json::json!({
            "network": "Tron (TRC-20)", "chain": "TRON", "contract": "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t",
            "precision": 6, "memo": "none", "confirmations": 20, "address_pattern": ".+", "open": true,
            "deposit_open": true, "withdraw_open": true, "withdraw_min": "0.000001", "withdraw_max": "3000000",
            "deposit_min": "1",
        });
        assert_eq!(rows[0]["networks"][0], tron);
        assert_eq!(rows[0]["networks"][1]["memo"], "unknown");
        assert_eq!(rows[0]["networks"][1]["withdraw_min"], serde_json::Value::Null);
    }

    #[test]
    fn csv_and_table_have_a_line_for_each_network() {
        let csv = shown(Format::Csv);
        assert_eq!(csv.lines().count(), 3);
        assert!(csv.lines().nth(2).unwrap().starts_with("USDT,Tether,true,true,true,Ethereum (ERC-20),,,,unknown,"));
        let table = shown(Format::Table);
        assert!(table.lines().nth(1).unwrap().starts_with("USDT  Tron (TRC-20)"), "{table}");
        assert!(table.lines().nth(2).unwrap().contains("no"), "a network closed for deposits says so\n{table}");
    }

    #[test]
    fn open_is_said_only_of_what_is_known_to_be_open_everywhere() {
        assert_eq!(both(Some(true), None), None);
        assert_eq!(both(None, Some(false)), Some(false));
        assert_eq!(both(Some(true), Some(true)), Some(true));
    }
}
