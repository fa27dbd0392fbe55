//! What the end of a money call proves. Pure.

use crate::domain::{Because, Cause, Loss, Obstacle, Outcome, Problem, Refusal, Request, Text, Why};

/// What a problem proves about a money call (`design.md`, *Money*).
pub fn outcome_of(request: &Request, problem: &Problem) -> Outcome {
    let unknown = |because, detail: Text| Outcome::Unknown { why: Why { because, detail } };
    let not_sent = |because, detail: Text| Outcome::NotSent { why: Why { because, detail } };
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
        Cause::NoKey => not_sent(Because::NoKey, Text::default()),
        Cause::NoAnswer { loss, detail } => match loss {
            Loss::Timeout => unknown(Because::Timeout, detail.clone()),
            Loss::Broken => unknown(Because::Broken, detail.clone()),
            Loss::Status(status) => unknown(Because::Status, Text::from(status.to_string())),
            Loss::NotTheApi => unknown(Because::NotTheApi, detail.clone()),
            Loss::TooLarge => unknown(Because::TooLarge, detail.clone()),
        },
        Cause::Unreadable { path, detail } => {
            unknown(Because::Unreadable, Text::from(format!("{} {}", path.raw(), detail.raw())))
        }
        Cause::NoId => unknown(Because::NoId, Text::default()),
        Cause::Refused { refusal, code, msg } => {
            let said = || Text::from(format!("{} {}", code.raw(), msg.raw()));
            if *refusal == Refusal::System {
                unknown(Because::System, msg.clone())
            } else if problem.may_have_executed() || is_about_a_repetition(request, *refusal, msg) {
                unknown(Because::Undecided, said())
            } else {
                Outcome::Refused { code: code.clone(), msg: msg.clone() }
            }
        }
    }
}

/// Something in between may have delivered a transfer twice: then the refusal that we see is the second one's.
fn is_about_a_repetition(request: &Request, refusal: Refusal, msg: &Text) -> bool {
    let msg = msg.raw().to_ascii_lowercase();
    matches!(request, Request::Transfer(_))
        && refusal == Refusal::Unlisted
        && ["duplicate", "repeat", "already"].iter().any(|word| msg.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Direction, MoveRequest, Receiver, TransferRequest};

    fn transfer(out_biz_id: &str) -> Request {
        Request::Transfer(TransferRequest {
            out_biz_id: out_biz_id.into(),
            coin: "USDT".into(),
            amount: "1".parse().unwrap(),
            to: Receiver::Uid("1".into()),
            remark: None,
        })
    }

    #[test]
    fn a_refusal_that_speaks_of_a_repetition_is_no_refusal_of_a_transfer() {
        let refused = |code: &str, msg: &str| {
            let refusal = Refusal::of_code(code);
            Problem { endpoint: "x", cause: Cause::Refused { refusal, code: code.into(), msg: msg.into() } }
        };
        let word = |request: &Request, code, msg| outcome_of(request, &refused(code, msg)).word();
        assert_eq!(word(&transfer("a"), "919191", "Duplicate outBizId"), "unknown");
        assert_eq!(word(&transfer("a"), "919191", "no such thing"), "refused");
        assert_eq!(word(&transfer("a"), "10034", "already spent"), "refused");
        let amount = "1".parse().unwrap();
        let moved = Request::Move(MoveRequest { direction: Direction::SpotToFutures, coin: "USDT".into(), amount });
        assert_eq!(word(&moved, "919191", "Duplicate"), "refused");
        assert_eq!(word(&moved, "500", ""), "unknown");
    }
}
