//! What keys mean: bindings as data. They feed the lookup, the footer, the help screen and the table in the README.

mod chord;
mod defaults;

use crossterm::event::{KeyEvent, KeyEventKind};

pub use chord::Chord;

/// Who is listening.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::EnumIter, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Context {
    /// A table has the keys.
    Table,
    /// The filter line has them: what is not bound is typed.
    Filter,
    /// The detail pane has them.
    Detail,
    /// The list of coins and networks to deposit over has them: what is not bound is typed into its search.
    Places,
    /// The page of deposit addresses has them.
    Address,
    /// The help screen has them.
    Help,
    /// The search of the help has them: what is not bound is typed.
    Search,
    /// A field of a form has them: what is not bound is typed.
    Form,
    /// The list of a field has them: what is not bound narrows it.
    Picker,
    /// The question whether what was typed may be lost has them.
    Ask,
    /// The buttons of a review have them.
    Review,
    /// A word that must be typed on a review has them.
    Word,
    /// The page of an order that was sent has them.
    Outcome,
    /// The list of orders has them.
    Ledger,
    /// The list of profiles has them.
    Profiles,
    /// The line of a note has them: what is not bound is typed.
    Note,
    /// The page of the doctor has them.
    Doctor,
    /// The list of what is under way has them.
    Pending,
    /// The list of what happened has them.
    Events,
    /// The page of charts and sums has them.
    Figures,
    /// The form of a file to be written has them: what is not bound is typed.
    Export,
    /// The locked screen has them: what is not bound is typed into the passphrase.
    Lock,
}

/// What a key asks for.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, strum::EnumIter, strum::EnumString, strum::IntoStaticStr, strum::VariantNames,
)]
#[strum(serialize_all = "snake_case")]
pub enum Action {
    /// Show the balances.
    Balances,
    /// Show the deposits.
    Deposits,
    /// Show the withdrawals.
    Withdrawals,
    /// Show the transfers.
    Transfers,
    /// Show the tab to the right.
    NextTab,
    /// Show the tab to the left.
    PreviousTab,
    /// One row or field up.
    Up,
    /// One row or field down.
    Down,
    /// One page up.
    PageUp,
    /// One page down.
    PageDown,
    /// The first row or field.
    First,
    /// The last row or field.
    Last,
    /// Show every field of the row.
    Detail,
    /// Type a filter.
    Filter,
    /// Keep the filter and go back to the table.
    KeepFilter,
    /// Complete the last term of the filter.
    Complete,
    /// Sort by the next column.
    Sort,
    /// Sort by one more column.
    ThenSort,
    /// Sort by one column again.
    SortByOne,
    /// Keep the filter for later, or keep it no more.
    SaveFilter,
    /// The saved filter before.
    OlderFilter,
    /// The next saved filter.
    NewerFilter,
    /// Turn the order round.
    Reverse,
    /// Show all, without zeros, or without dust.
    Dust,
    /// Show where to pay in.
    Deposit,
    /// Go back to the list of coins and networks.
    Another,
    /// Choose a coin and its network.
    Choose,
    /// Copy the memo.
    CopyMemo,
    /// Show the code of the address alone on the screen, or no longer.
    Code,
    /// Value in the next unit.
    Unit,
    /// Copy.
    Copy,
    /// Hide or show amounts and addresses.
    Privacy,
    /// Ask the exchange now.
    Refresh,
    /// Fill in a withdrawal.
    Withdraw,
    /// Take the selected record back.
    Cancel,
    /// Fill in a transfer to another user.
    Transfer,
    /// Fill in a move between spot and futures.
    Move,
    /// Turn the direction round.
    Swap,
    /// Show the orders of the ledger.
    Orders,
    /// Look at once for what became of an order.
    Settle,
    /// Take back what was said of an order by hand.
    Undo,
    /// Show the profiles.
    Profiles,
    /// Write a note on the selected record.
    Note,
    /// Show everything that is not final, oldest first.
    Pending,
    /// Show what happened, newest first.
    Events,
    /// Show charts and sums.
    Figures,
    /// Look the transaction up in the browser.
    Visit,
    /// Write what the table shows to a file.
    Export,
    /// Write the file.
    WriteFile,
    /// A longer range, or a coarser grouping.
    Longer,
    /// A shorter range, or a finer grouping.
    Shorter,
    /// From an order to its record, from a record to its order.
    Partner,
    /// Keep the note that was written.
    KeepNote,
    /// Look at the machine, the way to the exchange and the key.
    Doctor,
    /// Lock the screen.
    Lock,
    /// Ask the store of the secret, to unlock.
    Unlock,
    /// The next field.
    NextField,
    /// The field before.
    PreviousField,
    /// Go on: to the next field, from the last one to the review.
    GoOn,
    /// Take the marked line of the list.
    Take,
    /// A quarter of what is available.
    Quarter,
    /// Half of what is available.
    Half,
    /// Three quarters of what is available.
    ThreeQuarters,
    /// All that is available.
    Everything,
    /// Press the marked button.
    Press,
    /// Yes, to a question.
    Yes,
    /// Show the help.
    Help,
    /// One step back.
    Back,
    /// Paint anew.
    Repaint,
    /// Stop and wait for the shell.
    Suspend,
    /// End.
    Quit,
}

impl Action {
    /// The catalogue key of its description.
    pub fn text_key(self) -> String {
        let name: &'static str = self.into();
        format!("action.{name}")
    }
}

/// One line of the keymap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    /// Where it holds.
    pub contexts: Vec<Context>,
    /// The keys, the one to show first.
    pub chords: Vec<Chord>,
    /// What it asks for.
    pub action: Action,
    /// When the footer names it: 0 always, then the lowest first as far as there is room; `None` never.
    pub footer: Option<u8>,
}

/// All bindings, in the order in which help shows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keymap {
    bindings: Vec<Binding>,
}

/// One key that would mean two things.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// The key as it is shown.
    pub chord: String,
    /// Who would be listening.
    pub context: Context,
    /// What it would mean.
    pub actions: [Action; 2],
}

impl Context {
    /// True while help stands on the screen.
    pub const fn is_help(self) -> bool {
        matches!(self, Self::Help | Self::Search)
    }

    /// True where letters are typed.
    const fn is_typing(self) -> bool {
        matches!(
            self,
            Self::Filter
                | Self::Places
                | Self::Search
                | Self::Form
                | Self::Picker
                | Self::Word
                | Self::Lock
                | Self::Note
                | Self::Export
        )
    }
}

impl Keymap {
    /// Gives an action other keys, wherever it has any. Where letters are typed it keeps its keys when the new ones are
    /// letters; a few keys stay what they are everywhere (quit, suspend, repaint, refresh by Ctrl).
    pub fn rebind(&mut self, action: Action, chords: &[Chord]) {
        let mut bindings: Vec<Binding> = Vec::new();
        for binding in std::mem::take(&mut self.bindings) {
            if binding.action != action || binding.chords.iter().any(|chord| chord.is_fixed()) {
                bindings.push(binding);
                continue;
            }
            let (typing, listing): (Vec<Context>, Vec<Context>) =
                binding.contexts.iter().partition(|context| context.is_typing());
            let named: Vec<Chord> = chords.iter().copied().filter(|chord| !chord.is_typed()).collect();
            let kept = if named.is_empty() { binding.chords.clone() } else { named };
            for (contexts, chords) in [(listing, chords.to_vec()), (typing, kept)] {
                let is_new = |context: &Context| {
                    !bindings.iter().any(|b| b.action == action && b.contexts.contains(context) && b.chords == chords)
                };
                let contexts: Vec<Context> = contexts.into_iter().filter(is_new).collect();
                if !contexts.is_empty() {
                    bindings.push(Binding { contexts, chords, ..binding.clone() });
                }
            }
        }
        self.bindings = bindings;
    }

    /// The first key that would mean two things to one listener.
    pub fn conflict(&self) -> Option<Conflict> {
        for (at, binding) in self.bindings.iter().enumerate() {
            for later in &self.bindings[at + 1..] {
                if later.action == binding.action {
                    continue;
                }
                let context = binding.contexts.iter().find(|context| later.contexts.contains(context));
                let chord = binding.chords.iter().find(|chord| later.chords.contains(chord));
                if let Some((context, chord)) = context.zip(chord) {
                    let actions = [binding.action, later.action];
                    return Some(Conflict { chord: chord.label(), context: *context, actions });
                }
            }
        }
        None
    }

    /// What a key means to whoever listens; `None` for a key without a meaning, and for a key's release.
    pub fn action(&self, context: Context, key: KeyEvent) -> Option<Action> {
        if key.kind == KeyEventKind::Release {
            return None;
        }
        self.bindings
            .iter()
            .find(|b| b.contexts.contains(&context) && b.chords.iter().any(|chord| chord.matches(key)))
            .map(|b| b.action)
    }

    /// The bindings of a context, in order.
    pub fn of(&self, context: Context) -> impl Iterator<Item = &Binding> {
        self.bindings.iter().filter(move |b| b.contexts.contains(&context))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::locale::Lang;
    use crossterm::event::{KeyCode, KeyModifiers};
    use std::collections::BTreeSet;
    use std::fmt::Write as _;
    use strum::IntoEnumIterator as _;

    #[test]
    fn no_key_means_two_things_in_one_context() {
        for context in Context::iter() {
            let mut seen = BTreeSet::new();
            for binding in Keymap::default().of(context) {
                for chord in &binding.chords {
                    assert!(seen.insert(chord.label()), "{context:?}: {} twice", chord.label());
                }
            }
        }
    }

    #[test]
    fn every_action_is_bound_and_has_words() {
        let keymap = Keymap::default();
        for action in Action::iter() {
            assert!(keymap.bindings.iter().any(|b| b.action == action), "{action:?} has no key");
            for lang in Lang::iter() {
                assert!(lang.find(&action.text_key()).is_some(), "{action:?} has no words");
            }
        }
    }

    #[test]
    fn a_release_does_nothing_and_shift_is_not_asked_twice() {
        let keymap = Keymap::default();
        let mut key = KeyEvent::new(KeyCode::Char('G'), KeyModifiers::SHIFT);
        assert_eq!(keymap.action(Context::Table, key), Some(Action::Last));
        key.kind = KeyEventKind::Release;
        assert_eq!(keymap.action(Context::Table, key), None);
        let plain = KeyEvent::new(KeyCode::Char('q'), KeyModifiers::NONE);
        assert_eq!(keymap.action(Context::Filter, plain), None, "a q is typed into a filter");
        let alt = KeyEvent::new(KeyCode::Char('q'), KeyModifiers::ALT);
        assert_eq!(keymap.action(Context::Table, alt), None);
    }

    #[test]
    fn own_key_replaces_the_old_one_and_letters_stay_typed() {
        let press =
            |keymap: &Keymap, context, c| keymap.action(context, KeyEvent::new(KeyCode::Char(c), KeyModifiers::NONE));
        let mut keymap = Keymap::default();
        keymap.rebind(Action::Withdraw, &["X".parse().unwrap()]);
        assert_eq!(press(&keymap, Context::Table, 'X'), Some(Action::Withdraw));
        assert_eq!(press(&keymap, Context::Table, 'w'), None);
        keymap.rebind(Action::Back, &["B".parse().unwrap()]);
        assert_eq!(press(&keymap, Context::Form, 'B'), None, "a B is typed into a form");
        let escape = KeyEvent::new(KeyCode::Esc, KeyModifiers::NONE);
        assert_eq!(keymap.action(Context::Form, escape), Some(Action::Back));
        keymap.rebind(Action::Quit, &["Q".parse().unwrap()]);
        let interrupt = KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL);
        assert_eq!(keymap.action(Context::Form, interrupt), Some(Action::Quit), "there is always a way out");
        assert_eq!(keymap.conflict(), None);
        keymap.rebind(Action::Transfer, &["X".parse().unwrap()]);
        let conflict = keymap.conflict().unwrap();
        assert_eq!((conflict.chord.as_str(), conflict.context), ("X", Context::Table));
    }

    /// The table of keys as the README has it.
    fn readme_table() -> String {
        let mut rows = String::new();
        for binding in &Keymap::default().bindings {
            let keys: Vec<String> = binding.chords.iter().map(|c| format!("`{}`", c.label())).collect();
            let places: Vec<String> = binding.contexts.iter().map(|c| format!("{c:?}").to_lowercase()).collect();
            let what = Lang::En.find(&binding.action.text_key()).unwrap();
            writeln!(rows, "| {} | {what} | {} |", keys.join(" "), places.join(", ")).unwrap();
        }
        rows
    }

    #[test]
    fn the_readme_lists_exactly_these_keys() {
        let readme = include_str!("../../../README.md");
        let (_, rest) = readme.split_once("| key | what | where |\n|---|---|---|\n").unwrap();
        let (table, _) = rest.split_once("<!-- end of keys -->").unwrap();
        assert_eq!(table, readme_table(), "the README needs this:\n{}", readme_table());
    }
}
