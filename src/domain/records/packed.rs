//! How a record lies in its bytes.
//!
//! In this order: kind, id, flags, status, time, then the fields that the flags name, in their order. Numbers are written
//! in sevens of bits, the least first. A text begins with a number: its two lowest bits say how it lies, the rest its
//! length or its number among the shared ones.

use super::{PackedText, RecordRef, Shared};
use crate::domain::{Amount, Kind, Millis, Receiver, Record, RecordKey, Status, UntrustedText, Wording as _};

/// What a record begins with: enough to count it and to put it in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordHead {
    /// What it is about.
    pub kind: Kind,
    /// How far it got.
    pub status: Status,
    /// When it was created.
    pub time: Option<Millis>,
}

const PLAIN: usize = 0;
const SHARED: usize = 1;
const DIGITS: usize = 2;
const MARKED: usize = 3;

/// Which of the fields that may be missing are there, a bit for each.
mod flag {
    pub const NETWORK: usize = 1;
    pub const AMOUNT: usize = 1 << 1;
    pub const FEE: usize = 1 << 2;
    pub const FEE_COIN: usize = 1 << 3;
    pub const TIME: usize = 1 << 4;
    pub const FROM_ADDRESS: usize = 1 << 5;
    pub const ADDRESS: usize = 1 << 6;
    pub const MEMO: usize = 1 << 7;
    pub const TXID: usize = 1 << 8;
    pub const REMARK: usize = 1 << 9;
    pub const OUT_BIZ_ID: usize = 1 << 10;
    pub const RECEIVER: usize = 1 << 11;
    pub const ALSO_ADDRESS: usize = 1 << 12;
}

pub(super) const fn is_digit(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'a'..=b'f')
}

pub(super) fn put_number(to: &mut Vec<u8>, mut number: usize) {
    while number >= 0x80 {
        to.push(number.to_le_bytes()[0] | 0x80);
        number >>= 7;
    }
    to.push(number.to_le_bytes()[0]);
}

fn put_text(to: &mut Vec<u8>, text: &UntrustedText) {
    let raw = text.raw();
    let (digits, way) = raw.strip_prefix("0x").map_or((raw, DIGITS), |digits| (digits, MARKED));
    if digits.is_empty() || !digits.bytes().all(is_digit) {
        put_number(to, raw.len() << 2 | PLAIN);
        to.extend_from_slice(raw.as_bytes());
        return;
    }
    put_number(to, digits.len() << 2 | way);
    let half = |byte: u8| if byte.is_ascii_digit() { byte - b'0' } else { byte - b'a' + 10 };
    for pair in digits.as_bytes().chunks(2) {
        to.push(half(pair[0]) << 4 | pair.get(1).map_or(0, |low| half(*low)));
    }
}

fn put_shared(to: &mut Vec<u8>, shared: &mut Shared, text: &UntrustedText) {
    match shared.number(text) {
        Some(number) => put_number(to, number << 2 | SHARED),
        None => put_text(to, text),
    }
}

/// Never shared: a key is found by its bytes.
pub(super) fn put_key(to: &mut Vec<u8>, key: &RecordKey) {
    let (code, name) = match &key.kind {
        Kind::Deposit => (0, None),
        Kind::TransferIn => (1, None),
        Kind::Withdrawal => (2, None),
        Kind::TransferOut => (3, None),
        Kind::OtherIn(name) => (4, Some(name)),
        Kind::OtherOut(name) => (5, Some(name)),
        Kind::MoveToSpot => (6, None),
        Kind::MoveToFutures => (7, None),
    };
    to.push(code);
    if let Some(name) = name {
        put_text(to, name);
    }
    put_text(to, &key.id);
}

/// Powers of ten: as many zeros as an amount can end in.
const POWERS: [i128; 39] = {
    let mut powers = [1; 39];
    let mut at = 1;
    while at < powers.len() {
        powers[at] = powers[at - 1] * 10;
        at += 1;
    }
    powers
};
const TEN_ZEROS: u128 = 10_000_000_000;

/// Sign and length, decimals, zeros at the end, then the other digits as a number.
fn put_amount(to: &mut Vec<u8>, amount: Amount) {
    let (mut digits, mut zeros) = (amount.mantissa().unsigned_abs(), 0_u8);
    // Most amounts end in many zeros: twenty decimals are kept (`reference.md §4.7`).
    while digits != 0 && digits % TEN_ZEROS == 0 {
        digits /= TEN_ZEROS;
        zeros += 10;
    }
    while digits != 0 && digits % 10 == 0 {
        digits /= 10;
        zeros += 1;
    }
    let bytes = digits.to_le_bytes();
    let length = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    let sign = if amount.is_negative() { 0x80 } else { 0 };
    to.extend([length.to_le_bytes()[0] | sign, amount.scale().to_le_bytes()[0], zeros]);
    to.extend_from_slice(&bytes[..length]);
}

pub(super) fn write(to: &mut Vec<u8>, shared: &mut Shared, record: &Record) {
    let Record { key, coin, network, amount, fee, fee_coin, status, time, .. } = record;
    let Record { from_address, address, also_address, memo, txid, remark, out_biz_id, receiver, .. } = record;
    put_key(to, key);
    let flags = [
        (network.is_some(), flag::NETWORK),
        (amount.is_some(), flag::AMOUNT),
        (fee.is_some(), flag::FEE),
        (fee_coin.is_some(), flag::FEE_COIN),
        (time.is_some(), flag::TIME),
        (from_address.is_some(), flag::FROM_ADDRESS),
        (address.is_some(), flag::ADDRESS),
        (memo.is_some(), flag::MEMO),
        (txid.is_some(), flag::TXID),
        (remark.is_some(), flag::REMARK),
        (out_biz_id.is_some(), flag::OUT_BIZ_ID),
        (receiver.is_some(), flag::RECEIVER),
        (also_address.is_some(), flag::ALSO_ADDRESS),
    ];
    put_number(to, flags.iter().filter(|(is_there, _)| *is_there).map(|(_, flag)| flag).sum());
    match status {
        Status::Verification => to.push(0),
        Status::Pending => to.push(1),
        Status::Success => to.push(2),
        Status::Fail => to.push(3),
        Status::Cancelled => to.push(4),
        Status::Other(name) => {
            to.push(5);
            put_shared(to, shared, name);
        }
    }
    if let Some(time) = time {
        to.extend_from_slice(&time.0.to_le_bytes());
    }
    put_shared(to, shared, coin);
    for text in [network, fee_coin, address, memo].into_iter().flatten() {
        put_shared(to, shared, text);
    }
    for amount in [amount, fee].into_iter().flatten() {
        put_amount(to, *amount);
    }
    for text in [from_address, txid, remark, out_biz_id, also_address].into_iter().flatten() {
        put_text(to, text);
    }
    match receiver {
        None => {}
        Some(Receiver::Uid(uid)) => {
            to.push(0);
            put_shared(to, shared, uid);
        }
        Some(Receiver::Email(email)) => {
            to.push(1);
            put_shared(to, shared, email);
        }
        Some(Receiver::Phone { country_code, number }) => {
            to.push(2);
            put_shared(to, shared, country_code);
            put_shared(to, shared, number);
        }
    }
}

/// Reads what [`write()`] has written, from its beginning.
pub(super) struct Reader<'a> {
    pub(super) rest: &'a [u8],
    pub(super) shared: &'a [UntrustedText],
}

/// What a record begins with, and which fields follow.
pub(super) struct Begin {
    pub(super) head: RecordHead,
    flags: usize,
}

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> &'a [u8] {
        let (taken, rest) = self.rest.split_at(count);
        self.rest = rest;
        taken
    }

    fn byte(&mut self) -> u8 {
        self.take(1)[0]
    }

    pub(super) fn number(&mut self) -> usize {
        let (mut number, mut shift) = (0, 0);
        loop {
            let byte = self.byte();
            number |= usize::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return number;
            }
            shift += 7;
        }
    }

    fn text(&mut self) -> PackedText<'a> {
        let begin = self.number();
        let count = begin >> 2;
        match begin & 3 {
            SHARED => PackedText::Shared(count, &self.shared[count]),
            PLAIN => PackedText::Plain(as_written(std::str::from_utf8(self.take(count)).ok())),
            way => PackedText::Digits { is_marked: way == MARKED, count, packed: self.take(count.div_ceil(2)) },
        }
    }

    fn amount(&mut self) -> Amount {
        let (begin, scale, zeros) = (self.byte(), self.byte(), self.byte());
        let mut bytes = [0; 16];
        let length = usize::from(begin & 0x7f);
        bytes[..length].copy_from_slice(self.take(length));
        let mut mantissa = i128::from_le_bytes(bytes) * POWERS[usize::from(zeros)];
        if begin & 0x80 != 0 {
            mantissa = -mantissa;
        }
        as_written(Amount::new(mantissa, scale.into()))
    }

    pub(super) fn key(&mut self) -> RecordKey<PackedText<'a>> {
        let kind = match self.byte() {
            0 => Kind::Deposit,
            1 => Kind::TransferIn,
            2 => Kind::Withdrawal,
            3 => Kind::TransferOut,
            4 => Kind::OtherIn(self.text().to_text()),
            6 => Kind::MoveToSpot,
            7 => Kind::MoveToFutures,
            _ => Kind::OtherOut(self.text().to_text()),
        };
        RecordKey { kind, id: self.text() }
    }

    pub(super) fn begin(&mut self, kind: Kind) -> Begin {
        let flags = self.number();
        let status = match self.byte() {
            0 => Status::Verification,
            1 => Status::Pending,
            2 => Status::Success,
            3 => Status::Fail,
            4 => Status::Cancelled,
            _ => Status::Other(self.text().to_text()),
        };
        let time = (flags & flag::TIME != 0).then(|| {
            let mut bytes = [0; 8];
            bytes.copy_from_slice(self.take(8));
            Millis(i64::from_le_bytes(bytes))
        });
        Begin { head: RecordHead { kind, status, time }, flags }
    }

    pub(super) fn view(&mut self) -> RecordRef<'a> {
        let RecordKey { kind, id } = self.key();
        let Begin { head: RecordHead { kind, status, time }, flags } = self.begin(kind);
        let coin = self.text();
        let has = |flag| flags & flag != 0;
        let mut text = |flag| has(flag).then(|| self.text());
        let (network, fee_coin) = (text(flag::NETWORK), text(flag::FEE_COIN));
        let (address, memo) = (text(flag::ADDRESS), text(flag::MEMO));
        let mut amount = |flag| has(flag).then(|| self.amount());
        let (amount, fee) = (amount(flag::AMOUNT), amount(flag::FEE));
        let mut text = |flag| has(flag).then(|| self.text());
        let (from_address, txid) = (text(flag::FROM_ADDRESS), text(flag::TXID));
        let (remark, out_biz_id) = (text(flag::REMARK), text(flag::OUT_BIZ_ID));
        let also_address = text(flag::ALSO_ADDRESS);
        let receiver = has(flag::RECEIVER).then(|| match self.byte() {
            0 => Receiver::Uid(self.text().to_text()),
            1 => Receiver::Email(self.text().to_text()),
            _ => Receiver::Phone { country_code: self.text().to_text(), number: self.text().to_text() },
        });
        Record {
            key: RecordKey { kind, id },
            coin,
            network,
            amount,
            fee,
            fee_coin,
            status,
            time,
            from_address,
            address,
            also_address,
            memo,
            txid,
            remark,
            out_biz_id,
            receiver,
        }
    }
}

/// What was written can be read; were it not so, an invented value would be worse than an end.
#[expect(clippy::expect_used, reason = "the bytes are this module's own")]
fn as_written<T>(read: Option<T>) -> T {
    read.expect("a record as it was written")
}
