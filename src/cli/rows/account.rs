//! Balances, addresses, rates and whose account it is.

use crate::domain::{Amount, Balance, DepositAddress, FuturesBalance, Rate, UserInfo};
use crate::engine::output::table::{Column, left, point};
use crate::engine::output::{Cell, Listed, Object, amount, text};

/// The table shows the very fields that programs get.
fn cells(object: Object) -> Vec<Vec<Cell>> {
    vec![object.into_iter().map(|(_, cell)| cell).collect()]
}

impl Listed for Balance {
    const KEYS: &'static [&'static str] = &["coin", "available", "in_use", "total"];
    const COLUMNS: &'static [Column] = &[
        left("cli.column.coin"),
        point("cli.column.available"),
        point("cli.column.in_use"),
        point("cli.column.total"),
    ];

    fn object(&self) -> Object {
        vec![
            ("coin", Cell::Text(self.coin.clone())),
            ("available", amount(self.available, Cell::Unknown)),
            ("in_use", amount(self.in_use, Cell::Unknown)),
            ("total", amount(self.total(), Cell::Unknown)),
        ]
    }

    fn lines(&self) -> Vec<Vec<Cell>> {
        cells(self.object())
    }
}

impl Listed for FuturesBalance {
    const KEYS: &'static [&'static str] =
        &["coin", "movable", "available", "on_orders", "in_positions", "total", "unrealised", "bonus"];
    const COLUMNS: &'static [Column] = &[
        left("cli.column.coin"),
        point("cli.column.movable"),
        point("cli.column.available"),
        point("cli.column.on_orders"),
        point("cli.column.in_positions"),
        point("cli.column.total"),
        point("cli.column.unrealised"),
    ];

    fn object(&self) -> Object {
        vec![
            ("coin", Cell::Text(self.coin.clone())),
            ("movable", amount(self.movable, Cell::Unknown)),
            ("available", amount(self.available, Cell::Unknown)),
            ("on_orders", amount(self.on_orders, Cell::Unknown)),
            ("in_positions", amount(self.in_positions, Cell::Unknown)),
            ("total", amount(self.total(), Cell::Unknown)),
            ("unrealised", amount(self.unrealised(), Cell::Unknown)),
            ("bonus", amount(self.bonus, Cell::Unknown)),
        ]
    }

    fn lines(&self) -> Vec<Vec<Cell>> {
        let mut row = cells(self.object());
        // The bonus is for programs: it is part of nothing that can be moved.
        for cells in &mut row {
            cells.truncate(Self::COLUMNS.len());
        }
        row
    }
}

/// A coin of one of the account's two sides.
pub enum SideBalance {
    /// On the spot side.
    Spot(Balance),
    /// On the futures side.
    Futures(Box<FuturesBalance>),
}

impl Listed for SideBalance {
    const KEYS: &'static [&'static str] = &["account", "coin", "movable", "available", "in_use", "total", "unrealised"];
    const COLUMNS: &'static [Column] = &[
        left("cli.column.account"),
        left("cli.column.coin"),
        point("cli.column.movable"),
        point("cli.column.available"),
        point("cli.column.in_use"),
        point("cli.column.total"),
        point("cli.column.unrealised"),
    ];

    fn object(&self) -> Object {
        let cell = |value: Option<Amount>| amount(value, Cell::Unknown);
        let (account, coin, movable, available, in_use, total, unrealised) = match self {
            Self::Spot(b) => ("spot", &b.coin, b.available, b.available, b.in_use, b.total(), Cell::Absent),
            Self::Futures(b) => {
                let in_use = b.on_orders.zip(b.in_positions).and_then(|(orders, rest)| orders.checked_add(rest));
                ("futures", &b.coin, b.movable, b.available, in_use, b.total(), cell(b.unrealised()))
            }
        };
        vec![
            ("account", Cell::Term("cli.side", account.to_owned())),
            ("coin", Cell::Text(coin.clone())),
            ("movable", cell(movable)),
            ("available", cell(available)),
            ("in_use", cell(in_use)),
            ("total", cell(total)),
            ("unrealised", unrealised),
        ]
    }

    fn lines(&self) -> Vec<Vec<Cell>> {
        cells(self.object())
    }
}

impl Listed for DepositAddress {
    const KEYS: &'static [&'static str] = &["coin", "network", "address", "memo"];
    const COLUMNS: &'static [Column] =
        &[left("cli.column.coin"), left("cli.column.network"), left("cli.column.address"), left("cli.column.memo")];

    fn object(&self) -> Object {
        vec![
            ("coin", Cell::Text(self.coin.clone())),
            ("network", Cell::Text(self.network.clone())),
            ("address", Cell::Text(self.address.clone())),
            ("memo", text(self.memo.as_ref(), Cell::Absent)),
        ]
    }

    fn lines(&self) -> Vec<Vec<Cell>> {
        cells(self.object())
    }
}

impl Listed for Rate {
    const KEYS: &'static [&'static str] = &["base", "quote", "rate"];
    const COLUMNS: &'static [Column] = &[left("cli.column.base"), left("cli.column.quote"), point("cli.column.rate")];

    fn object(&self) -> Object {
        vec![
            ("base", Cell::Text(self.base.clone())),
            ("quote", Cell::Text(self.quote.clone())),
            ("rate", Cell::Amount(self.rate)),
        ]
    }

    fn lines(&self) -> Vec<Vec<Cell>> {
        cells(self.object())
    }
}

impl Listed for UserInfo {
    const KEYS: &'static [&'static str] = &["uid"];
    const COLUMNS: &'static [Column] = &[left("cli.column.uid")];

    fn object(&self) -> Object {
        vec![("uid", text(self.uid.as_ref(), Cell::Unknown))]
    }

    fn lines(&self) -> Vec<Vec<Cell>> {
        cells(self.object())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::locale::Lang;
    use crate::engine::output::{Format, print};

    fn shown<T: Listed>(items: &[T], format: Format) -> String {
        let mut out = Vec::new();
        print(items, format, Lang::En, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn balances() -> Vec<Balance> {
        let balance = |coin: &str, available: Option<&str>, in_use: Option<&str>| Balance {
            coin: coin.into(),
            available: available.map(|text| text.parse().unwrap()),
            in_use: in_use.map(|text| text.parse().unwrap()),
        };
        vec![
            balance("SHIB", Some("123456789012.123456789012345678"), Some("0.000000000000000001")),
            balance("USDT", Some("1050.00"), None),
        ]
    }

    #[test]
    fn balances_are_exact_in_json_and_the_unknown_is_null() {
        assert_eq!(
            shown(&balances(), Format::Json),
            "[\n\
             {\"coin\":\"SHIB\",\"available\":\"123456789012.123456789012345678\",\"in_use\":\"0.000000000000000001\",\"total\":\"123456789012.123456789012345679\"},\n\
             {\"coin\":\"USDT\",\"available\":\"1050.00\",\"in_use\":null,\"total\":null}\n\
             ]\n"
        );
        assert_eq!(shown::<Balance>(&[], Format::Json), "[]\n");
    }

    #[test]
    fn balances_are_exact_in_csv_and_in_the_table() {
        assert_eq!(
            shown(&balances(), Format::Csv),
            "coin,available,in_use,total\r\n\
             SHIB,123456789012.123456789012345678,0.000000000000000001,123456789012.123456789012345679\r\n\
             USDT,1050.00,,\r\n"
        );
        assert_eq!(
            shown(&balances(), Format::Table),
            "\
Coin                           Available                In use                               Total
SHIB  123,456,789,012.123456789012345678  0.000000000000000001  123,456,789,012.123456789012345679
USDT            1,050                     ?                                   ?
"
        );
    }

    #[test]
    fn a_user_who_is_not_named_is_null() {
        assert_eq!(shown(&[UserInfo { uid: None }], Format::Json), "[\n{\"uid\":null}\n]\n");
        assert_eq!(
            shown(&[UserInfo { uid: Some("681979174".into()) }], Format::Json),
            "[\n{\"uid\":\"681979174\"}\n]\n"
        );
    }
}
