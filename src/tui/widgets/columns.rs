//! Which columns a table shows and how wide each is: a pure function of the tab, the width and the widest numbers of all its
//! rows, whichever of them are in sight, so that nothing jumps while rows come and go.

use crate::domain::columns::{Column, Tab};
use crate::domain::locale::Lang;
use crate::tui::state::widths::Widths;

/// Below this width only the essentials are shown.
const NARROW: u16 = 60;
/// The most columns of blank between two columns.
const WIDEST_GAP: u16 = 3;

/// Up to this width times are short, and names give their room to what is decided by.
const SHORT: u16 = 80;

/// A column of amounts this wide shows eight decimals, whatever the rows hold.
const EIGHT_DECIMALS: u16 = 16;

/// What goes, in this order, before a digit of another number does: a digit that is cut is worse than a column that is missing.
const GIVE_WAY: [Column; 5] = [Column::Share, Column::TxId, Column::Gross, Column::Fee, Column::Price];

/// Most addresses need no more than this.
const ADDRESS: u16 = 42;

/// A network's name needs this much, for instance `Tron (TRC-20)`.
const NAME: u16 = 13;

/// A column and its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::tui) struct ColumnPlacement {
    /// Which one.
    pub column: Column,
    /// Screen columns from the left edge of the table, the mark of the selected row included.
    pub x: u16,
    /// Screen columns.
    pub width: u16,
}

/// What a column needs. The list is in the order of need: a column is left out when it and all before it do not fit.
struct Need {
    column: Column,
    least: u16,
    most: u16,
}

const fn need(column: Column, least: u16, most: u16) -> Need {
    Need { column, least, most }
}

/// Those of the user's columns of a tab that fit on `width` screen columns, in the user's order.
pub(in crate::tui) fn places(tab: Tab, columns: &[Column], width: u16, widths: &Widths) -> Vec<ColumnPlacement> {
    let mut needs = if width < NARROW { narrow(tab, width) } else { full(tab, width) };
    needs.retain(|need| columns.contains(&need.column));
    let digits = |need: &Need| widths.get(&need.column).copied().unwrap_or_default();
    let (mut taken, mut room) = fit(&needs, width);
    loop {
        let lacking: u16 = taken.iter().map(|(i, width)| digits(&needs[*i]).saturating_sub(*width)).sum();
        let is_taken = |column: &&Column| taken.iter().any(|(i, _)| needs[*i].column == **column);
        let Some(gone) = GIVE_WAY.iter().find(is_taken).filter(|_| lacking > room) else { break };
        needs.retain(|need| need.column != *gone);
        (taken, room) = fit(&needs, width);
    }
    grow(&mut taken, &mut room, |i| digits(&needs[i]));
    if width > SHORT {
        // An address in full comes before air.
        let is_place = |column| matches!(column, Column::To | Column::From);
        grow(&mut taken, &mut room, |i| if is_place(needs[i].column) { needs[i].most.min(ADDRESS) } else { 0 });
    }
    // So does a network's name.
    grow(&mut taken, &mut room, |i| if needs[i].column == Column::Network { needs[i].most.min(NAME) } else { 0 });
    grow(&mut taken, &mut room, |i| needs[i].most);
    let gaps = u16::try_from(taken.len().saturating_sub(1)).unwrap_or(0);
    let gap = 1 + room.checked_div(gaps).unwrap_or(0).min(WIDEST_GAP - 1);
    let mut x = 1;
    let mut places = Vec::new();
    for column in columns {
        if let Some((_, width)) = taken.iter().find(|(i, _)| needs[*i].column == *column) {
            places.push(ColumnPlacement { column: *column, x, width: *width });
            x += width + gap;
        }
    }
    places
}

/// Those that have the least that they need, and the room that is left then.
fn fit(needs: &[Need], width: u16) -> (Vec<(usize, u16)>, u16) {
    let mut taken: Vec<(usize, u16)> = Vec::new();
    // The first screen column is for the mark.
    let mut room = width.saturating_sub(1);
    for (i, need) in needs.iter().enumerate() {
        let wanted = need.least + u16::from(i > 0);
        if wanted > room {
            break;
        }
        room -= wanted;
        taken.push((i, need.least));
    }
    (taken, room)
}

/// Hands out what is left, one screen column each in turn, the most needed first, up to the most that each may have.
fn grow(taken: &mut [(usize, u16)], room: &mut u16, most: impl Fn(usize) -> u16) {
    loop {
        let before = *room;
        for (i, width) in taken.iter_mut() {
            if *room > 0 && *width < most(*i) {
                *width += 1;
                *room -= 1;
            }
        }
        if *room == before {
            return;
        }
    }
}

fn full(tab: Tab, width: u16) -> Vec<Need> {
    use Column as C;
    let time = if width > SHORT { need(C::Time, 10, 10) } else { need(C::Time, 7, 7) };
    match tab {
        Tab::Balances => vec![
            need(C::Coin, 5, 10),
            need(C::Total, EIGHT_DECIMALS, 22),
            need(C::Value, 11, 16),
            need(C::Available, EIGHT_DECIMALS, 22),
            need(C::InUse, if width < SHORT { 12 } else { EIGHT_DECIMALS }, 22),
            need(C::Share, 8, 24),
            need(C::Price, 14, 18),
        ],
        Tab::Deposits => vec![
            need(C::Coin, 5, 8),
            need(C::Amount, EIGHT_DECIMALS, 22),
            need(C::Status, 14, 16),
            time,
            need(C::Network, 10, 24),
            need(C::From, 9, 46),
            need(C::TxId, 14, 68),
            need(C::Note, 12, 60),
        ],
        Tab::Withdrawals => vec![
            need(C::Coin, 5, 8),
            need(C::Net, EIGHT_DECIMALS, 20),
            need(C::Status, 14, 16),
            time,
            // Where it went comes before what it cost: both ends of the address, and what the user calls it.
            need(C::To, if width < SHORT { 9 } else { 23 }, 46),
            need(C::Network, 7, 24),
            need(C::Fee, 8, 14),
            need(C::Gross, EIGHT_DECIMALS, 20),
            need(C::TxId, 9, 68),
            need(C::Note, 12, 60),
        ],
        Tab::Transfers => vec![
            need(C::Coin, 5, 8),
            need(C::Amount, EIGHT_DECIMALS, 20),
            need(C::Direction, 6, 6),
            need(C::Status, 14, 16),
            time,
            need(C::User, 9, 30),
            need(C::Fee, 8, 14),
            need(C::Remark, 14, 60),
            need(C::Note, 12, 60),
        ],
    }
}

fn narrow(tab: Tab, width: u16) -> Vec<Need> {
    use Column as C;
    match tab {
        Tab::Balances => {
            // Whole numbers come before the share, and the value before whole numbers.
            let total = if width < 36 { 10 } else { 15 };
            vec![need(C::Coin, 5, 8), need(C::Total, total, 18), need(C::Value, 9, 14), need(C::Share, 8, 12)]
        }
        Tab::Deposits | Tab::Withdrawals | Tab::Transfers => {
            let amount = if tab == Tab::Withdrawals { C::Net } else { C::Amount };
            // How far a record got comes before when it began: where both do not fit in words, the time goes.
            let status = if width < 40 { need(C::Status, 1, 14) } else { need(C::Status, 13, 14) };
            let mut needs = vec![need(C::Coin, 5, 5), need(amount, 9, 10), status, need(C::Time, 7, 7)];
            if tab == Tab::Transfers {
                needs.insert(2, need(C::Direction, 1, 1));
            }
            needs
        }
    }
}

/// The name of a column in the user's language; the arrow says whether the table is sorted by it.
pub(in crate::tui) fn column_name(column: Column, lang: Lang) -> &'static str {
    let name: &'static str = column.into();
    lang.find(&format!("column.{name}")).unwrap_or(name)
}

/// The arrow of a direction, with its rank where several columns sort.
pub(in crate::tui) fn arrow(descending: bool, rank: usize) -> String {
    let arrow = if descending { "▼" } else { "▲" };
    if rank == 0 { arrow.to_owned() } else { format!("{arrow}{}", rank + 1) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_never_overlap_and_stay_in_the_table() {
        for tab in Tab::ALL {
            for width in 0..300 {
                let places = places(tab, tab.columns(), width, &Widths::new());
                let mut end = 0;
                for place in &places {
                    assert!(place.x > end || end == 0, "{tab:?} {width}: {places:?}");
                    end = place.x + place.width;
                    assert!(end <= width, "{tab:?} {width}: {places:?}");
                }
                assert!(width < 20 || places.len() >= 2, "{tab:?} {width}: {places:?}");
            }
        }
    }

    #[test]
    fn eighty_columns_show_what_is_decided_by() {
        use Column as C;
        let none = Widths::new();
        let shown =
            |tab, width| places(tab, tab.columns(), width, &none).into_iter().map(|p| p.column).collect::<Vec<_>>();
        assert_eq!(shown(Tab::Balances, 80), [C::Coin, C::Available, C::InUse, C::Total, C::Value, C::Share]);
        assert_eq!(shown(Tab::Withdrawals, 80), [C::Time, C::Coin, C::Network, C::Net, C::Status, C::To]);
        assert_eq!(shown(Tab::Deposits, 80).len(), 6);
        assert_eq!(shown(Tab::Transfers, 80).len(), 7);
        assert_eq!(shown(Tab::Withdrawals, 153), Tab::Withdrawals.columns());
        let to = places(Tab::Withdrawals, Tab::Withdrawals.columns(), 153, &none);
        assert!(to.iter().any(|p| p.column == C::To && p.width >= ADDRESS), "{to:?}");
        assert_eq!(shown(Tab::Balances, 160), Tab::Balances.columns());
    }

    #[test]
    fn digit_is_cut_only_where_nothing_is_left_to_give_way() {
        for tab in Tab::ALL {
            for widest in 4..=24_u16 {
                let is_number =
                    |c: Column| c.starts_descending() && c != Column::Time && c != Column::Value && c != Column::Share;
                let numbers = tab.columns().iter().filter(|column| is_number(**column));
                let widths: Widths = numbers.map(|column| (*column, widest)).collect();
                for width in 80..240 {
                    let places = places(tab, tab.columns(), width, &widths);
                    let cut = places.iter().find(|p| is_number(p.column) && p.width < widest);
                    let given = places.iter().find(|p| GIVE_WAY.contains(&p.column));
                    assert!(cut.is_none() || given.is_none(), "{tab:?} {width} {widest}: {places:?}");
                }
            }
        }
    }
}
