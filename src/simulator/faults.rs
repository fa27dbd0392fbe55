//! Failures on demand: what the caller gets instead of the answer, and whether the call was carried out.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use fastrand::Rng;

/// The name that matches every endpoint.
pub const ANY: &str = "*";

/// One in so many requests fails while there is chaos: about 12 %.
const CHAOS_IN_THOUSAND: u32 = 120;

/// What reaches the caller instead of the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Strike {
    /// The connection is closed without a byte.
    Close,
    /// The connection is reset without a byte.
    Reset,
    /// The first so many bytes of the answer, head included, then the connection is closed.
    Cut(usize),
    /// The whole head, half of the body, then the connection is closed.
    Truncate,
    /// The answer with every third byte of its body changed.
    Garble,
    /// The true answer with the first text of this form in its body replaced by another.
    Replace(String, String),
    /// The true answer, so much later. Before the call: it is carried out after the wait, if the caller is still there.
    Late(Duration),
    /// The true answer, a byte at a time with this pause between.
    Trickle(Duration),
    /// A status with a page of HTML.
    Status(u16),
    /// Status 200 with a page of HTML, as from a captive portal.
    Html,
    /// A redirect (308) to an address.
    Redirect(String),
    /// Status 429, with this `Retry-After` if there is one.
    TooMany(Option<String>),
    /// Status 200 with exactly this body.
    Body(String),
    /// The exchange's envelope with this code and message, and no data.
    Code(String, String),
    /// Success without data: code 0, data null.
    NoData,
    /// The true answer with its data, under this code and this `success` (left out where there is none).
    Under(String, Option<bool>),
}

/// A failure: what the caller gets, and whether the call is carried out all the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What the caller gets.
    pub strike: Strike,
    /// Whether the call is carried out. With [`Strike::Late`] and [`Strike::Trickle`] it always is, sooner or later.
    pub executed: bool,
}

impl Fault {
    /// Strikes before the call is carried out: it never is.
    pub const fn before(strike: Strike) -> Self {
        Self { strike, executed: false }
    }

    /// Strikes after the call was carried out: only the answer suffers.
    pub const fn after(strike: Strike) -> Self {
        Self { strike, executed: true }
    }
}

/// Planned failures and the chaos.
#[derive(Debug, Default)]
pub struct Faults {
    queued: BTreeMap<String, VecDeque<Fault>>,
    standing: BTreeMap<String, Fault>,
    chaos: Option<Rng>,
}

impl Faults {
    /// Failures at random from a seed, if wished.
    pub fn new(chaos: Option<u64>) -> Self {
        Self { chaos: chaos.map(|seed| Rng::with_seed(seed ^ 0xc4a05)), ..Self::default() }
    }

    /// The next request to an endpoint fails; several wait in line.
    pub fn once(&mut self, endpoint: &str, fault: Fault) {
        self.queued.entry(endpoint.to_owned()).or_default().push_back(fault);
    }

    /// Every request to an endpoint fails until [`Faults::clear`].
    pub fn always(&mut self, endpoint: &str, fault: Fault) {
        self.standing.insert(endpoint.to_owned(), fault);
    }

    /// No more planned failures, and no chaos.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// What happens to the request that has just come.
    pub fn next(&mut self, endpoint: &str) -> Option<Fault> {
        for name in [endpoint, ANY] {
            if let Some(fault) = self.queued.get_mut(name).and_then(VecDeque::pop_front) {
                return Some(fault);
            }
        }
        let standing = self.standing.get(endpoint).or_else(|| self.standing.get(ANY));
        standing.cloned().or_else(|| self.chaos.as_mut().and_then(chance))
    }
}

/// Mild and nasty failures, reads and money alike. Money never vanishes: a call is carried out as a whole or not at all.
fn chance(rng: &mut Rng) -> Option<Fault> {
    if rng.u32(..1_000) >= CHAOS_IN_THOUSAND {
        return None;
    }
    let strike = match rng.u8(..16) {
        0..=3 => Strike::Late(Duration::from_millis(rng.u64(300..2_500))),
        4 => Strike::Close,
        5 => Strike::Reset,
        6 => Strike::Truncate,
        7 => Strike::Garble,
        8 => Strike::Status([500, 502, 503, 504][rng.usize(..4)]),
        9 => Strike::Html,
        10 => Strike::TooMany(Some(rng.u8(1..4).to_string())),
        11 => Strike::Code("500".to_owned(), "result.system.error".to_owned()),
        12 => Strike::Trickle(Duration::from_millis(2)),
        // Codes that no document lists, and answers that say yes and no at once.
        13 => Strike::Code(["110099", "999999", "1"][rng.usize(..3)].to_owned(), "result.system.error".to_owned()),
        14 => Strike::Under(["0", "2", "200"][rng.usize(..3)].to_owned(), Some(false)),
        _ => Strike::Cut(rng.usize(..200)),
    };
    Some(Fault { strike, executed: rng.bool() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn planned_failure_strikes_once_a_standing_one_until_cleared() {
        let mut faults = Faults::new(None);
        faults.once("withdraw", Fault::after(Strike::Close));
        faults.once("withdraw", Fault::before(Strike::Html));
        faults.always(ANY, Fault::before(Strike::Reset));
        assert_eq!(faults.next("user/account"), Some(Fault::before(Strike::Reset)));
        assert_eq!(faults.next("withdraw"), Some(Fault::after(Strike::Close)));
        assert_eq!(faults.next("withdraw"), Some(Fault::before(Strike::Html)));
        assert_eq!(faults.next("withdraw"), Some(Fault::before(Strike::Reset)));
        faults.clear();
        assert_eq!(faults.next("withdraw"), None);
    }

    #[test]
    fn chaos_is_about_one_in_eight_and_repeats_from_its_seed() {
        let run = |seed| {
            let mut faults = Faults::new(Some(seed));
            (0..2_000).map(|_| faults.next("user/account")).collect::<Vec<_>>()
        };
        let struck = run(1).iter().flatten().count();
        assert!((180..300).contains(&struck), "{struck}");
        assert_eq!(run(1), run(1));
        assert_ne!(run(1), run(2));
    }
}
