//! The bindings that the program comes with, in the order in which help shows them.

use crossterm::event::KeyCode;

use super::{Action, Binding, Chord, Context, Keymap};

impl Default for Keymap {
    fn default() -> Self {
        use Action as A;
        use Context::{
            Address, Ask, Detail, Doctor, Events, Export, Figures, Filter, Form, Help, Ledger, Lock, Note, Outcome,
            Pending, Picker, Places, Profiles, Review, Search, Table, Word,
        };
        let key = |c: char| Chord::plain(KeyCode::Char(c));
        let code = Chord::plain;
        let all = &[Table, Detail][..];
        let shown = &[Table, Detail, Address][..];
        let lists = &[Table, Detail, Address, Help, Ledger, Profiles, Doctor, Pending, Events, Figures][..];
        let typed = &[Filter, Places, Search, Export][..];
        let paged = &[
            Table, Filter, Detail, Places, Address, Help, Search, Picker, Review, Word, Ledger, Profiles, Doctor,
            Pending, Events, Figures,
        ][..];
        let hiding = &[Table, Detail, Address, Ledger, Profiles, Doctor, Pending, Events, Figures][..];
        let everywhere = &[
            Table, Filter, Detail, Places, Address, Help, Search, Form, Picker, Ask, Review, Word, Outcome, Ledger,
            Profiles, Note, Doctor, Lock, Pending, Events, Figures, Export,
        ][..];
        let mut bindings = Vec::new();
        let mut bind = |contexts: &[Context], chords: &[Chord], action: Action, footer: Option<u8>| {
            bindings.push(Binding { contexts: contexts.to_vec(), chords: chords.to_vec(), action, footer });
        };
        bind(all, &[key('1')], A::Balances, None);
        bind(all, &[key('2')], A::Deposits, None);
        bind(all, &[key('3')], A::Withdrawals, None);
        bind(all, &[key('4')], A::Transfers, None);
        bind(all, &[code(KeyCode::Tab)], A::NextTab, Some(5));
        bind(all, &[code(KeyCode::BackTab)], A::PreviousTab, None);
        bind(lists, &[key('k'), code(KeyCode::Up)], A::Up, None);
        bind(lists, &[key('j'), code(KeyCode::Down)], A::Down, None);
        bind(typed, &[code(KeyCode::Up)], A::Up, None);
        bind(typed, &[code(KeyCode::Down)], A::Down, None);
        bind(paged, &[code(KeyCode::PageUp)], A::PageUp, None);
        bind(paged, &[code(KeyCode::PageDown)], A::PageDown, None);
        bind(lists, &[Chord::ctrl('b')], A::PageUp, None);
        bind(lists, &[Chord::ctrl('f')], A::PageDown, None);
        bind(lists, &[key('g'), code(KeyCode::Home)], A::First, None);
        bind(lists, &[key('G'), code(KeyCode::End)], A::Last, None);
        bind(all, &[key('w')], A::Withdraw, Some(1));
        bind(&[Table, Detail, Pending], &[key('c')], A::Cancel, Some(1));
        bind(all, &[key('d')], A::Deposit, Some(1));
        bind(all, &[key('t')], A::Transfer, Some(1));
        bind(all, &[key('m')], A::Move, Some(1));
        bind_finding(&mut bind);
        bind(&[Profiles], &[code(KeyCode::Enter)], A::Take, Some(1));
        bind(&[Lock], &[code(KeyCode::Enter)], A::Unlock, Some(0));
        bind(&[Lock], &[code(KeyCode::Esc)], A::Back, None);
        bind(&[Doctor], &[key('r')], A::Refresh, Some(1));
        bind(&[Doctor], &[key('y')], A::Copy, Some(2));
        bind(&[Address], &[key('d')], A::Another, Some(3));
        bind(&[Places], &[code(KeyCode::Enter)], A::Choose, Some(0));
        bind(all, &[key('u')], A::Unit, Some(6));
        bind(shown, &[key('y')], A::Copy, Some(4));
        bind(&[Address], &[key('m')], A::CopyMemo, Some(2));
        bind(&[Address], &[code(KeyCode::Enter)], A::Code, Some(1));
        bind(hiding, &[key('p')], A::Privacy, Some(5));
        bind(shown, &[key('r')], A::Refresh, Some(4));
        bind_ordering(&mut bind);
        bind(
            &[Form, Picker, Review, Word, Outcome, Ledger, Profiles, Note, Doctor, Pending, Events, Figures, Export],
            &[code(KeyCode::Esc)],
            A::Back,
            Some(0),
        );
        bind(&[Ask], &[code(KeyCode::Esc), key('n')], A::Back, Some(0));
        bind(&[Form, Picker, Review, Word, Outcome, Note, Export], &[code(KeyCode::F(1))], A::Help, Some(4));
        bind(lists, &[key('?'), code(KeyCode::F(1))], A::Help, Some(0));
        bind(&[Help], &[key('/')], A::Filter, Some(1));
        bind(&[Search], &[code(KeyCode::Enter)], A::KeepFilter, Some(0));
        bind(&[Help, Search], &[code(KeyCode::Esc)], A::Back, Some(0));
        bind(&[Detail], &[code(KeyCode::Esc)], A::Back, Some(0));
        bind(&[Filter], &[code(KeyCode::Esc)], A::Back, Some(0));
        bind(&[Places, Address], &[code(KeyCode::Esc)], A::Back, Some(0));
        bind(&[Table], &[code(KeyCode::Esc)], A::Back, None);
        bind(everywhere, &[Chord::ctrl('l')], A::Repaint, None);
        bind(everywhere, &[Chord::ctrl('z')], A::Suspend, None);
        bind(lists, &[key('q')], A::Quit, Some(0));
        bind(everywhere, &[Chord::ctrl('c')], A::Quit, None);
        Self { bindings }
    }
}

/// What keys mean where the history is looked through.
fn bind_finding(bind: &mut impl FnMut(&[Context], &[Chord], Action, Option<u8>)) {
    use Action as A;
    use Context::{Detail, Events, Export, Figures, Filter, Ledger, Note, Outcome, Pending, Table};
    let key = |c: char| Chord::plain(KeyCode::Char(c));
    let code = Chord::plain;
    let all = &[Table, Detail][..];
    bind(&[Table, Ledger, Pending, Events, Figures], &[code(KeyCode::Enter)], A::Detail, Some(3));
    bind(&[Table], &[key('/')], A::Filter, Some(2));
    bind(&[Filter], &[code(KeyCode::Enter)], A::KeepFilter, Some(0));
    bind(&[Filter], &[code(KeyCode::Tab)], A::Complete, Some(1));
    bind(&[Filter], &[Chord::ctrl('s')], A::SaveFilter, Some(2));
    bind(&[Filter], &[Chord::ctrl('p')], A::OlderFilter, Some(3));
    bind(&[Filter], &[Chord::ctrl('n')], A::NewerFilter, None);
    bind(&[Table], &[key('s')], A::Sort, Some(4));
    bind(&[Table], &[key('S')], A::Reverse, Some(11));
    bind(&[Table], &[key('a')], A::ThenSort, Some(11));
    bind(&[Table], &[key('A')], A::SortByOne, None);
    bind(&[Table], &[key('z')], A::Dust, Some(5));
    bind(&[Table, Detail, Outcome], &[key('o')], A::Orders, Some(5));
    bind(&[Ledger], &[key('s')], A::Settle, Some(1));
    bind(all, &[key('P')], A::Profiles, Some(11));
    bind(all, &[key('D')], A::Doctor, Some(9));
    bind(all, &[key('L')], A::Lock, Some(11));
    bind(&[Table], &[key('n')], A::Note, Some(9));
    bind(&[Detail], &[key('n')], A::Note, Some(6));
    bind(all, &[key('i')], A::Pending, Some(8));
    bind(all, &[key('e')], A::Events, Some(9));
    bind(all, &[key('v')], A::Figures, Some(8));
    bind(all, &[key('b')], A::Visit, Some(11));
    bind(all, &[key('x')], A::Export, Some(9));
    bind(&[Export], &[code(KeyCode::Enter)], A::WriteFile, Some(0));
    bind(&[Figures], &[code(KeyCode::Tab)], A::NextField, Some(1));
    bind(&[Figures], &[code(KeyCode::BackTab)], A::PreviousField, None);
    bind(&[Figures], &[code(KeyCode::Right), key('l')], A::Longer, Some(2));
    bind(&[Figures], &[code(KeyCode::Left), key('h')], A::Shorter, Some(2));
    bind(&[Table, Detail, Outcome, Ledger, Pending, Events], &[key('O')], A::Partner, Some(7));
    bind(&[Note], &[code(KeyCode::Enter)], A::KeepNote, Some(0));
}

/// What keys mean while something is ordered.
fn bind_ordering(bind: &mut impl FnMut(&[Context], &[Chord], Action, Option<u8>)) {
    use Action as A;
    use Context::{Ask, Form, Ledger, Outcome, Picker, Review, Word};
    let key = |c: char| Chord::plain(KeyCode::Char(c));
    let code = Chord::plain;
    let fields = &[Form, Picker][..];
    let stops = &[Form, Picker, Review, Word][..];
    let ordering = &[Form, Picker, Ask, Review, Word, Outcome, Ledger][..];
    bind(&[Form], &[code(KeyCode::Enter)], A::GoOn, Some(1));
    bind(&[Word], &[code(KeyCode::Enter)], A::GoOn, None);
    bind(&[Picker], &[code(KeyCode::Enter)], A::Take, Some(1));
    bind(&[Review], &[code(KeyCode::Enter)], A::Press, Some(1));
    bind(stops, &[code(KeyCode::Tab)], A::NextField, Some(2));
    bind(stops, &[code(KeyCode::BackTab)], A::PreviousField, None);
    bind(&[Review], &[code(KeyCode::Right)], A::NextField, None);
    bind(&[Review], &[code(KeyCode::Left)], A::PreviousField, None);
    bind(stops, &[code(KeyCode::Up)], A::Up, None);
    bind(stops, &[code(KeyCode::Down)], A::Down, None);
    bind(&[Outcome], &[code(KeyCode::Enter)], A::Take, None);
    bind(&[Outcome], &[key('u')], A::Undo, Some(2));
    bind(&[Outcome], &[code(KeyCode::Up)], A::Up, None);
    bind(&[Outcome], &[code(KeyCode::Down)], A::Down, None);
    bind(fields, &[code(KeyCode::F(5))], A::Quarter, None);
    bind(fields, &[code(KeyCode::F(6))], A::Half, None);
    bind(fields, &[code(KeyCode::F(7))], A::ThreeQuarters, None);
    bind(fields, &[code(KeyCode::F(8))], A::Everything, None);
    bind(&[Review, Outcome, Ledger], &[key('r')], A::Refresh, Some(3));
    bind(ordering, &[Chord::ctrl('r')], A::Refresh, None);
    bind(fields, &[code(KeyCode::F(2))], A::Swap, Some(3));
    bind(&[Ask], &[key('y')], A::Yes, Some(1));
}
