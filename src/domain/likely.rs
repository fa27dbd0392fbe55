//! Which word of a list was probably meant by one that is not in it.

/// One slip for so many letters, and one at least.
const LETTERS_A_SLIP: usize = 4;

/// The word of a list that is most like a mistyped one, if any is: in other letters' case first, then one that holds it,
/// then the most alike.
///
/// ```
/// use wallet_tui::domain::likely::likely;
/// assert_eq!(likely("tron", &["Ethereum (ERC-20)", "Tron (TRC-20)"]), Some("Tron (TRC-20)"));
/// assert_eq!(likely("usdt", &["USDC", "USDT"]), Some("USDT"));
/// assert_eq!(likely("nope", &["OP"]), None);
/// assert_eq!(likely("zzz", &["USDC", "USDT"]), None);
/// ```
pub fn likely<'a>(typed: &str, known: &[&'a str]) -> Option<&'a str> {
    let small = typed.to_lowercase();
    let others: Vec<(&str, String)> = known.iter().map(|word| (*word, word.to_lowercase())).collect();
    if let Some((word, _)) = others.iter().find(|(_, other)| *other == small) {
        return Some(word);
    }
    let letters = |word: &str| word.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    let (bare, least) = (letters(&small), 2);
    let mut holding =
        others.iter().filter(|(_, other)| bare.chars().count() >= least && letters(other).contains(&bare));
    // Held by several, it points to none of them.
    if let (Some((word, _)), None) = (holding.next(), holding.next()) {
        return Some(word);
    }
    let slips = |other: &str| strsim::damerau_levenshtein(&small, other);
    let (best, other) = others.iter().min_by_key(|(_, other)| slips(other))?;
    (slips(other) <= (small.chars().count() / LETTERS_A_SLIP).max(1)).then_some(*best)
}
