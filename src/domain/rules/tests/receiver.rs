//! The receiver of a transfer, in one text of any kind.

use super::*;

fn phone(code: &str, number: &str) -> Receiver {
    Receiver::Phone { country_code: code.into(), number: number.into() }
}

fn one_text(text: &str) -> TransferInput {
    transfer(ReceiverInput::Any(text.into()))
}

#[test]
fn one_text_is_a_user_id_an_email_or_a_phone_number() {
    let known = Known::new();
    for (text, to) in [
        ("681979174", Receiver::Uid("681979174".into())),
        (" 681979174\n", Receiver::Uid("681979174".into())),
        // Eleven digits could be a Chinese number; without a plus they are a user id.
        ("13800138000", Receiver::Uid("13800138000".into())),
        ("u.v+w@example.com", Receiver::Email("u.v+w@example.com".into())),
        ("+65@example.com", Receiver::Email("+65@example.com".into())),
        ("+6591234567", phone("+65", "91234567")),
        ("+65 9123 4567", phone("+65", "91234567")),
        ("+65-9123-4567", phone("+65", "91234567")),
        ("(+65) 9123 4567", phone("+65", "91234567")),
        ("+(65)91234567", phone("+65", "91234567")),
        ("+6591234 567", phone("+65", "91234567")),
        ("+1 (202) 555-0143", phone("+1", "2025550143")),
        ("+12025550143", phone("+1", "2025550143")),
        ("+8613800138000", phone("+86", "13800138000")),
        ("+39 06 6982", phone("+39", "066982")),
        // What some lists hold as a code of its own is cut where the blank is.
        ("+1868 555 1234", phone("+1868", "5551234")),
        ("+1 868 555 1234", phone("+1", "8685551234")),
        ("+1-868-555-1234", phone("+1", "8685551234")),
        ("+44 1481 256789", phone("+44", "1481256789")),
    ] {
        assert_eq!(sent(&known, &one_text(text)).map(|request| request.to), Ok(to), "{text:?}");
    }
}

#[test]
fn what_could_be_read_in_two_ways_is_refused() {
    let known = Known::new();
    let code = |code: &str| Fault::NoCountryCode { code: code.into() };
    let uncertain = |code: &str, area| Fault::CodeUncertain { code: code.into(), area };
    let length = Fault::NumberLength { min: 4, max: 15 };
    let line = |after, found| Fault::Line(LineFault::Invisible { after, found });
    for (text, fault) in [
        ("", Fault::Missing),
        ("  ", Fault::Missing),
        ("ann", Fault::NoReceiver),
        ("12a", Fault::NoReceiver),
        ("１２３４", Fault::Number(NumberFault::NotAscii)),
        ("＋6591234567", Fault::NoReceiver),
        ("u＠example.com", Fault::NoReceiver),
        ("+65９1234567", Fault::Number(NumberFault::NotAscii)),
        ("++6591234567", Fault::NoReceiver),
        ("+65 9123 ext 4", Fault::NoReceiver),
        // A hyphen that only looks like one, and a blank that does not break.
        ("+65\u{2011}91234567", Fault::NoReceiver),
        ("-5", Fault::NoReceiver),
        ("u@v@example.com", Fault::Email),
        ("а@example.com", Fault::Email),
        ("u@example.com, v@example.com", Fault::Email),
        ("0123", Fault::UidRange),
        (&"9".repeat(40), Fault::UidRange),
        ("006591234567", Fault::PhoneWithoutPlus),
        ("00 65 9123 4567", Fault::PhoneWithoutPlus),
        ("138 0013 8000", Fault::PhoneWithoutPlus),
        ("(65) 91234567", Fault::PhoneWithoutPlus),
        ("+", code("")),
        ("+ ", code("")),
        ("+0065 91234567", code("0065")),
        ("+9991234567", code("9991")),
        ("+6 591234567", code("6")),
        ("+6591 234567", code("6591")),
        ("+65", length.clone()),
        ("+65 912", length.clone()),
        (&format!("+{}", "1".repeat(40)), length),
        ("+18685551234", uncertain("1", "868")),
        ("+1868555 1234", uncertain("1", "868")),
        ("+186 85551234", code("186")),
        ("+18765551234", uncertain("1", "876")),
        ("+441481256789", uncertain("44", "1481")),
        ("+44 (0)20 7946 0958", Fault::TrunkZero),
        ("6819\u{202e}79174", line(4, '\u{202e}')),
        ("\u{200f}+6591234567", line(0, '\u{200f}')),
        ("u\u{200b}@example.com", line(1, '\u{200b}')),
    ] {
        assert_eq!(sent(&known, &one_text(text)).unwrap_err(), [(Field::To, fault)], "{text:?}");
    }
    let own = UntrustedText::from("42");
    let facts = Facts { own_uid: Some(&own), ..known.facts() };
    assert_eq!(check_transfer(&one_text("42"), &"a".into(), &facts).fault(Field::To), Some(&Fault::Yourself));
}

#[test]
fn known_number_keeps_its_code_as_the_exchange_wrote_it() {
    let mut known = Known::new();
    let paid = |id: &str, to: &Receiver, time| Record {
        receiver: Some(to.clone()),
        status: crate::domain::Status::Success,
        time: Some(Millis(time)),
        ..Record::bare(crate::domain::Kind::TransferOut, id, "TRX")
    };
    let (bare, plus) = (phone("44", "7700900123"), phone("+44", "7700900123"));
    let to = |known: &Known, text: &str| sent(known, &one_text(text)).unwrap().to;
    known.book = AddressBook::build(&[paid("1", &bare, 5)], &[]);
    for text in ["+447700900123", "+44 7700 900123", bare.as_typed().raw()] {
        assert_eq!(to(&known, text), bare, "{text}");
    }
    assert_eq!(to(&known, "+447700900124"), phone("+44", "7700900124"), "another number");
    // In both spellings: the one that was asked for.
    known.book = AddressBook::build(&[paid("1", &bare, 5), paid("2", &plus, 3)], &[]);
    assert_eq!(to(&known, "+447700900123"), plus);
}

proptest! {
    #[test]
    fn what_is_read_holds_every_digit_that_was_typed(text in "[+(]{0,2}[0-9 ()-]{0,24}") {
        let known = Known::new();
        let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
        match recognise(text.trim_ascii(), &known.facts()) {
            Ok(Receiver::Phone { country_code, number }) => {
                prop_assert!(text.contains('+'));
                prop_assert_eq!(country_code.raw(), format!("+{}", digits(country_code.raw())));
                prop_assert_eq!(format!("{}{}", digits(country_code.raw()), number.raw()), digits(&text));
            }
            Ok(Receiver::Uid(uid)) => prop_assert_eq!(uid.raw(), text.trim_ascii()),
            Ok(Receiver::Email(_)) => prop_assert!(false),
            Err(_) => {}
        }
    }

    #[test]
    fn a_receiver_is_read_again_from_its_own_text(code in "[1-9][0-9]{0,2}", number in "[0-9]{4,15}") {
        let known = Known::new();
        let typed = phone(&code, &number).as_typed();
        if let Ok(found) = recognise(typed.raw(), &known.facts()) {
            prop_assert_eq!(found, phone(&format!("+{code}"), &number));
        }
    }

    #[test]
    fn nothing_in_one_text_panics(text in any::<String>(), tail in any::<String>()) {
        let known = Known::new();
        let _ = recognise(&text, &known.facts());
        let _ = recognise(&format!("+{tail}"), &known.facts());
        let _ = sent(&known, &one_text(&text));
    }
}
