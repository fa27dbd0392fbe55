//! What the end of a money call proves. Pure.

use crate::domain::{Because, Cause, Loss, Obstacle, Outcome, Problem, Refusal, UntrustedText, Why};

/// What a problem proves about a money call (`design.md`, *Money*).
pub fn outcome_of(problem: &Problem) -> Outcome {
    let unknown = |because, detail: UntrustedText| Outcome::Unknown { why: Why { because, detail } };
    let not_sent = |because, detail: UntrustedText| Outcome::NotSent { why: Why { because, detail } };
    match &problem.cause {
        Cause::NotSent { obstacle, detail } => {
            let because = match obstacle {
                Obstacle::Dns => Because::Dns,
                Obstacle::Refused => Because::Unreachable,
                Obstacle::Timeout => Because::ConnectTimeout,
                Obstacle::Tls => Because::Tls,
                Obstacle::Other => Because::Machine,
            };
            not_sent(because, detail.clone())
        }
        Cause::NoKey => not_sent(Because::NoKey, UntrustedText::default()),
        Cause::NoAnswer { loss, detail } => match loss {
            Loss::Timeout => unknown(Because::Timeout, detail.clone()),
            Loss::Broken => unknown(Because::Broken, detail.clone()),
            Loss::Status(status) => unknown(Because::Status, UntrustedText::from(status.to_string())),
            Loss::NotTheApi => unknown(Because::NotTheApi, detail.clone()),
            Loss::TooLarge => unknown(Because::TooLarge, detail.clone()),
        },
        Cause::Unreadable { path, detail } => {
            unknown(Because::Unreadable, UntrustedText::from(format!("{} {}", path.raw(), detail.raw())))
        }
        Cause::NoId => unknown(Because::NoId, UntrustedText::default()),
        Cause::Contradiction { code, msg } => unknown(Because::Contradiction, said(code, msg)),
        Cause::Refused { refusal, code, msg } => match refusal {
            Refusal::System => unknown(Because::System, msg.clone()),
            Refusal::Unlisted => unknown(Because::Unlisted, said(code, msg)),
            _ => Outcome::Refused { code: code.clone(), msg: msg.clone() },
        },
    }
}

/// Code and message, as they were received.
fn said(code: &UntrustedText, msg: &UntrustedText) -> UntrustedText {
    UntrustedText::from(format!("{} {}", code.raw(), msg.raw()).trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_listed_code_is_a_refusal_and_words_decide_nothing() {
        let end = |code: &str, msg: &str| {
            let refusal = Refusal::of_code(code);
            let cause = Cause::Refused { refusal, code: code.into(), msg: msg.into() };
            outcome_of(&Problem { endpoint: "x", cause })
        };
        let because = |code: &str, msg: &str| match end(code, msg) {
            Outcome::Unknown { why } => (why.because, why.detail),
            other => panic!("{code}: {other:?}"),
        };
        assert_eq!(because("110099", "refused"), (Because::Unlisted, "110099 refused".into()));
        assert_eq!(because("1", ""), (Because::Unlisted, "1".into()));
        assert_eq!(because("500", "refused").0, Because::System);
        assert_eq!(end("2", "timed out, 重复提交").word(), "refused");
    }
}
