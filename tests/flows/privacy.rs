//! Hidden means hidden: on every tab, in every pane, at every size.

use wallet_tui::domain::locale::Lang;

use super::fixtures::ADDRESS;
use super::test_app::TestApp;

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
            let mut test = TestApp::new(lang, size).loaded();
            test.keys("p");
            for keys in ["1", "2", "3", "4", "3<enter>G", "3jjj<enter>", "4jj<enter>", "1<enter>", "<esc>?"] {
                test.keys(keys);
                let screen = test.screen();
                for secret in SECRETS {
                    assert!(!screen.contains(secret), "{secret} after {keys} at {size:?}:\n{screen}");
                }
                test.keys("<esc>");
            }
        }
    }
}

#[test]
fn the_same_things_are_seen_again_afterwards() {
    let mut test = TestApp::new(Lang::En, (120, 40)).loaded();
    let before = test.screen();
    test.keys("p");
    assert!(test.screen().contains("••••"));
    test.keys("p");
    assert_eq!(test.screen(), before);
    test.keys("3j<enter>");
    assert!(test.screen().contains(&ADDRESS[..4]));
}
