//! Hidden means hidden: on every tab, in every pane, at every size.

use wallet_tui::domain::locale::Lang;

use super::desk::Desk;
use super::fixtures::ADDRESS;

/// What must not be seen: amounts, values, places, people.
const SECRETS: [&str; 16] = [
    "12,050",
    "12050",
    "500",
    "0.3045",
    "38,",
    "820.1",
    "123,456",
    "TJmW",
    "V7rU",
    "681979174",
    "551203998",
    "lunch",
    "6f2e",
    "104201",
    "138001",
    "somebody",
];

#[test]
fn nothing_private_is_seen_while_hidden() {
    for size in [(80, 24), (120, 40), (200, 60), (60, 20), (40, 12)] {
        for lang in [Lang::En, Lang::ZhCn] {
            let mut desk = Desk::new(lang, size).loaded();
            desk.keys("p");
            for keys in ["1", "2", "3", "4", "3<enter>G", "3jjj<enter>", "4jj<enter>", "1<enter>", "<esc>?"] {
                desk.keys(keys);
                let screen = desk.screen();
                for secret in SECRETS {
                    assert!(!screen.contains(secret), "{secret} after {keys} at {size:?}:\n{screen}");
                }
                desk.keys("<esc>");
            }
        }
    }
}

#[test]
fn the_same_things_are_seen_again_afterwards() {
    let mut desk = Desk::new(Lang::En, (120, 40)).loaded();
    let before = desk.screen();
    desk.keys("p");
    assert!(desk.screen().contains("••••"));
    desk.keys("p");
    assert_eq!(desk.screen(), before);
    desk.keys("3j<enter>");
    assert!(desk.screen().contains(&ADDRESS[..4]));
}
