//! A word that is typed to say that something is meant: the one rule for screen and commands. Each word has a form in ASCII, which
//! every keyboard has, in every language; where the language has a word of its own, that counts too, and both are named.

use crate::domain::locale::Lang;

/// A word that has to be typed, to the letter; blanks around it do not matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TypedWord {
    lang: Lang,
    ascii: &'static str,
    own: &'static str,
    named: &'static str,
}

impl TypedWord {
    /// That it is meant.
    pub fn yes(lang: Lang) -> Self {
        Self { lang, ascii: "yes", own: "typed.yes", named: "typed.yes_named" }
    }

    /// That the same is meant once more.
    pub fn again(lang: Lang) -> Self {
        Self { lang, ascii: "again", own: "typed.again", named: "typed.again_named" }
    }

    /// As a question names it, with the language's own word.
    pub fn named(self) -> &'static str {
        self.lang.t(self.named)
    }

    /// Whether this is it.
    pub fn is_typed(self, typed: &str) -> bool {
        let typed = typed.trim();
        typed == self.ascii || typed == self.lang.t(self.own)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ascii_is_typed_in_every_language_and_the_question_names_it() {
        for lang in [Lang::En, Lang::ZhCn] {
            for (word, ascii) in [(TypedWord::yes(lang), "yes"), (TypedWord::again(lang), "again")] {
                assert!(word.is_typed(&format!(" {ascii}\n")), "{ascii}");
                assert!(word.named().contains(ascii), "{}", word.named());
                assert!(word.named().contains(lang.t(word.own)), "{}", word.named());
                for wrong in ["", " ", "y", "YES", "no", "yes yes", "agains"] {
                    assert!(!word.is_typed(wrong), "{wrong:?}");
                }
            }
            assert!(!TypedWord::yes(lang).is_typed("again") && !TypedWord::again(lang).is_typed("yes"));
        }
        assert!(TypedWord::again(Lang::ZhCn).is_typed("再次\n") && TypedWord::yes(Lang::ZhCn).is_typed("是"));
        assert!(!TypedWord::again(Lang::En).is_typed("再次") && !TypedWord::yes(Lang::En).is_typed("是"));
    }
}
