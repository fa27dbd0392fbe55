//! An address in groups of four, as it is read aloud, and the parts of it that the user is asked to type.

use sha2::{Digest as _, Sha256};

use crate::domain::UntrustedText;

/// A group of an address that the user is asked to type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Which one, from 0, among [`groups_of_four`].
    pub index: usize,
    /// What stands there.
    pub text: String,
}

impl Group {
    /// True when the user typed it, to the letter.
    pub fn is_typed(&self, typed: &str) -> bool {
        typed.trim_ascii() == self.text
    }
}

/// An address in groups of four characters, the last one as long as what is left.
pub fn groups_of_four(address: &str) -> Vec<String> {
    let chars: Vec<char> = address.chars().collect();
    chars.chunks(4).map(|group| group.iter().collect()).collect()
}

/// The group from the middle that must be typed: none of the first two and last two where the address is long enough.
/// The same for the same address and `chance`, and not to be foreseen without them. `None` for an empty address.
pub fn middle_group(address: &UntrustedText, chance: u64) -> Option<Group> {
    let groups = groups_of_four(address.raw());
    let edge = groups.len().saturating_sub(1).div_euclid(2).min(2);
    let candidates = groups.len().checked_sub(2 * edge).filter(|count| *count > 0)?;
    let hash = Sha256::new().chain_update(address.raw()).chain_update(chance.to_be_bytes()).finalize();
    let number = hash.iter().take(8).fold(0_u64, |n, byte| (n << 8) | u64::from(*byte));
    let step = usize::try_from(number % u64::try_from(candidates).ok()?).ok()?;
    let index = edge + step;
    Some(Group { index, text: groups.into_iter().nth(index)? })
}

/// Whether somebody typed the whole middle of an address, which is all of its groups but the first and the last: blanks between
/// them do not count, every character does. An address of fewer than three groups has no middle and is typed whole.
pub fn is_middle_typed(address: &UntrustedText, typed: &str) -> bool {
    let groups = groups_of_four(address.raw());
    let middle = match groups.len().checked_sub(1) {
        Some(last @ 2..) => groups.get(1..last).unwrap_or_default().concat(),
        _ => groups.concat(),
    };
    let typed: String = typed.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    !middle.is_empty() && typed == middle
}
