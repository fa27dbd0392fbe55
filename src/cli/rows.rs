//! Which fields each kind of thing has: names for programs, columns for people.

pub mod account;
mod events;
pub mod orders;
mod tokens;

#[cfg(test)]
mod tests {
    use crate::domain::{
        AskedBy, Balance, Because, Coin, Condition, DepositAddress, Event, EventKind, EventSubject, Kind, Millis,
        MoveDirection, MoveRequest, Order, OrderId, Outcome, Rate, Receiver, Record, Request, TransferRequest,
        UserInfo, WithdrawRequest,
    };
    use crate::engine::output::{Cell, Listed};

    fn keys_fit<T: Listed>(item: &T) {
        for object in item.flat() {
            assert_eq!(object.iter().map(|(key, _)| *key).collect::<Vec<_>>(), T::KEYS);
            assert!(!object.iter().any(|(_, cell)| matches!(cell, Cell::List(_))));
        }
        for line in item.lines() {
            assert_eq!(line.len(), T::COLUMNS.len());
        }
    }

    #[test]
    fn headings_fit_what_stands_below_them() {
        keys_fit(&Balance { coin: "BTC".into(), available: None, in_use: None });
        keys_fit(&UserInfo { uid: None });
        keys_fit(&DepositAddress { coin: "C".into(), network: "N".into(), address: "A".into(), memo: None });
        keys_fit(&Rate { base: "USD".into(), quote: "CNY".into(), rate: "6.5".parse().unwrap() });
        let mut coin = super::tokens::tests::usdt();
        keys_fit(&coin);
        coin.networks.clear();
        assert_eq!(Coin::flat(&coin).len(), 1, "a coin without networks is still a line");
        keys_fit(&coin);
        for subject in [
            EventSubject::Record(Box::new(Record::bare(Kind::Deposit, "1", "C"))),
            EventSubject::Condition(Condition { happened: EventKind::Key, about: "".into(), change: None }),
        ] {
            keys_fit(&Event { number: 1, at: Millis(0), subject });
        }
        keys_fit(&crate::engine::export::records::ListedRecord::from(Record::bare(Kind::Deposit, "1", "C")));
    }
    #[test]
    fn headings_fit_orders_of_every_kind() {
        let amount = "5".parse().unwrap();
        let transfer = |to| {
            Request::Transfer(TransferRequest { out_biz_id: "a".into(), coin: "C".into(), amount, to, remark: None })
        };
        for request in [
            Request::Withdraw(WithdrawRequest {
                coin: "C".into(),
                network: "N".into(),
                address: "A".into(),
                memo: None,
                gross: amount,
            }),
            transfer(Receiver::Uid("1".into())),
            transfer(Receiver::Phone { country_code: "+86".into(), number: "138".into() }),
            transfer(Receiver::Email("a@b.c".into())),
            Request::Move(MoveRequest { direction: MoveDirection::SpotToFutures, coin: "C".into(), amount }),
            Request::CancelWithdrawal("1".into()),
            Request::CancelTransfer("1".into()),
        ] {
            keys_fit(&Order {
                id: OrderId(1),
                request,
                time: Millis(0),
                sent: Millis(0),
                available_before: None,
                asked_by: AskedBy::Command,
                outcome: Outcome::Unknown { why: Because::Timeout.into() },
                readings: 0,
                changed: Millis(0),
            });
        }
    }
}
