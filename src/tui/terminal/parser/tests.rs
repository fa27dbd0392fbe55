//! Keys, pastes and answers, cut at any byte.

use super::*;

fn read(bytes: &[u8]) -> Vec<Input> {
    let mut parser = Parser::default();
    parser.feed(bytes);
    std::iter::from_fn(|| parser.next()).collect()
}

fn keys(bytes: &[u8]) -> Vec<(KeyCode, KeyModifiers)> {
    let key = |input| match input {
        Input::Event(Event::Key(key)) => (key.code, key.modifiers),
        other => panic!("{other:?}"),
    };
    read(bytes).into_iter().map(key).collect()
}

#[test]
fn keys_of_every_spelling_are_the_keys_that_they_are() {
    let (none, shift, ctrl, alt) = (KeyModifiers::NONE, KeyModifiers::SHIFT, KeyModifiers::CONTROL, KeyModifiers::ALT);
    for (bytes, code, modifiers) in [
        ("a", KeyCode::Char('a'), none),
        ("G", KeyCode::Char('G'), shift),
        ("é", KeyCode::Char('é'), none),
        ("额", KeyCode::Char('额'), none),
        ("\r", KeyCode::Enter, none),
        ("\t", KeyCode::Tab, none),
        ("\x7f", KeyCode::Backspace, none),
        ("\x03", KeyCode::Char('c'), ctrl),
        ("\n", KeyCode::Char('j'), ctrl),
        ("\0", KeyCode::Char(' '), ctrl),
        ("\x1c", KeyCode::Char('4'), ctrl),
        ("\x1ba", KeyCode::Char('a'), alt),
        ("\x1bé", KeyCode::Char('é'), alt),
        ("\x1b[A", KeyCode::Up, none),
        ("\x1bOB", KeyCode::Down, none),
        ("\x1b[1;5C", KeyCode::Right, ctrl),
        ("\x1b[H", KeyCode::Home, none),
        ("\x1b[4~", KeyCode::End, none),
        ("\x1b[3;2~", KeyCode::Delete, shift),
        ("\x1b[Z", KeyCode::BackTab, shift),
        ("\x1bOP", KeyCode::F(1), none),
        ("\x1b[[E", KeyCode::F(5), none),
        ("\x1b[15~", KeyCode::F(5), none),
        ("\x1b[17~", KeyCode::F(6), none),
        ("\x1b[24~", KeyCode::F(12), none),
        ("\x1b[1;2R", KeyCode::F(3), shift),
        ("\x1b[99;5u", KeyCode::Char('c'), ctrl),
        ("\x1b[27;5;99~", KeyCode::Char('c'), ctrl),
        ("\x1b[97;2u", KeyCode::Char('A'), shift),
        ("\x1b[9;2u", KeyCode::BackTab, shift),
    ] {
        assert_eq!(keys(bytes.as_bytes()), [(code, modifiers)], "{bytes:?}");
    }
    assert_eq!(keys(b"\x1b\x1b[A"), [(KeyCode::Esc, none), (KeyCode::Up, none)]);
    let released = read(b"\x1b[97;1:3u");
    assert!(matches!(&released[..], [Input::Event(Event::Key(key))] if key.kind == KeyEventKind::Release));
}

#[test]
fn an_escape_character_is_a_key_when_nothing_follows() {
    let mut parser = Parser::default();
    parser.feed(b"\x1b");
    assert_eq!((parser.next(), parser.unfinished()), (None, Unfinished::Escape));
    parser.give_up();
    assert_eq!(parser.next(), Some(Input::Event(Event::Key(KeyCode::Esc.into()))));
    assert_eq!(parser.unfinished(), Unfinished::Nothing);
    parser.feed(b"\x1b");
    parser.feed(b"[A");
    assert_eq!(parser.next(), Some(Input::Event(Event::Key(KeyCode::Up.into()))));
}

#[test]
fn answers_of_terminals_act_nowhere_wherever_they_are_cut() {
    for answer in [
        "\x1bP1+r544e=787465726d\x1b\\",
        "\x1b]11;rgb:1e1e/1e1e/2e2e\x1b\\",
        "\x1b]11;rgb:1e1e/1e1e/2e2e\x07",
        "\x1b_Gi=31;OK\x1b\\",
        "\x1b^private\x1b\\",
        "\x1bXstring\x1b\\",
        "\x1b[?62;4;22c",
        "\x1b[>41;354;0c",
        "\x1b[?2026;2$y",
        "\x1b[?1u",
        "\x1b[0n",
        "\x1b[8;24;80t",
        "\x1b[?997;1n",
    ] {
        let bytes = answer.as_bytes();
        let in_two = (0..=bytes.len()).map(|cut| vec![&bytes[..cut], &bytes[cut..]]);
        let in_pieces = (1..4).map(|size| bytes.chunks(size).collect());
        for parts in in_two.chain(in_pieces) {
            let mut parser = Parser::default();
            for part in &parts {
                parser.feed(part);
            }
            parser.feed(b"j");
            let all = std::iter::from_fn(|| parser.next()).filter(|input| !matches!(input, Input::Background(_)));
            let all: Vec<Input> = all.collect();
            assert_eq!(all, [Input::Event(Event::Key(KeyCode::Char('j').into()))], "{answer:?} as {parts:?}");
        }
        // One that never ends is given up, and takes no later key with it.
        let mut parser = Parser::default();
        parser.feed(&answer.as_bytes()[..3]);
        parser.give_up();
        parser.feed(b"j");
        assert_eq!(parser.next(), Some(Input::Event(Event::Key(KeyCode::Char('j').into()))), "{answer:?}");
    }
}

#[test]
fn an_interrupt_leaves_a_string_that_has_no_end() {
    for begun in ["\x1bPanything", "\x1b]11;", "\x1b_", "\x1b^", "\x1bX"] {
        assert_eq!(
            keys(&[begun.as_bytes(), b"\x03j"].concat()),
            [(KeyCode::Char('c'), KeyModifiers::CONTROL), (KeyCode::Char('j'), KeyModifiers::NONE)]
        );
    }
}

#[test]
fn a_background_is_told_whole_or_cut_and_only_when_asked_for_so() {
    let (dark, light) = (Input::Background(Background::Dark), Input::Background(Background::Light));
    for (answer, found) in [
        ("\x1b]11;rgb:1e1e/1e1e/2e2e\x1b\\", Some(&dark)),
        ("\x1b]11;rgb:fdfd/f6f6/e3e3\x07", Some(&light)),
        ("\x1b]11;rgba:ff/ff/ff/ff\x1b\\", Some(&light)),
        ("\x1b]11;#000000\x1b\\", Some(&dark)),
        ("\x1b]10;rgb:ffff/ffff/ffff\x1b\\", None),
        ("\x1b]11;rgb:ffff/ffff\x1b\\", None),
        ("\x1b]11;rgb:fffff/ffff/ffff\x1b\\", None),
        ("\x1bP11;rgb:ffff/ffff/ffff\x1b\\", None),
        ("\x1b]11;rgb:ffff/ffff/ffff\x18", None),
    ] {
        for cut in 0..=answer.len() {
            let mut parser = Parser::default();
            parser.feed(&answer.as_bytes()[..cut]);
            parser.feed(&answer.as_bytes()[cut..]);
            assert_eq!(parser.next().as_ref(), found, "{answer:?} cut at {cut}");
            assert_eq!((parser.next(), parser.unfinished()), (None, Unfinished::Nothing), "{answer:?}");
        }
    }
    let long = format!("\x1b]11;rgb:ffff/ffff/ffff{}\x07j", " ".repeat(1_000));
    assert_eq!(read(long.as_bytes()), [Input::Event(Event::Key(KeyCode::Char('j').into()))]);
}

#[test]
fn what_was_put_back_is_given_first() {
    let mut parser = Parser::default();
    parser.feed(b"ab");
    let first = parser.next().unwrap();
    parser.put_back([first.clone()].into());
    assert_eq!(parser.next(), Some(first));
}

#[test]
fn the_place_of_the_cursor_is_an_answer_and_no_key() {
    assert_eq!(read(b"\x1b[12;7R"), [Input::CursorAt(12, 7)]);
    assert_eq!(read(b"x\x1b[2;1Ry").len(), 3);
}

#[test]
fn a_paste_is_one_text_whatever_is_in_it() {
    let paste = |text: &str| Input::Event(Event::Paste(text.to_owned()));
    assert_eq!(read(b"\x1b[200~50\r60\x1b[201~"), [paste("50\r60")]);
    assert_eq!(read(b"\x1b[200~a\x1b[12;7R\x1b[A\x1b[201~"), [paste("a\u{1b}[12;7R\u{1b}[A")]);
    assert_eq!(read("\x1b[200~\x1b[201~".as_bytes()), [paste("")]);
    let mut parser = Parser::default();
    parser.feed(b"\x1b[200~a\x1b[20");
    assert_eq!((parser.next(), parser.unfinished()), (None, Unfinished::Paste));
    parser.feed(b"1~");
    assert_eq!(parser.next(), Some(paste("a")));
}

#[test]
fn the_mouse_is_understood_in_all_three_protocols() {
    let mouse =
        |kind, column, row, modifiers| vec![Input::Event(Event::Mouse(MouseEvent { kind, column, row, modifiers }))];
    let (left, none) = (MouseButton::Left, KeyModifiers::NONE);
    assert_eq!(read(b"\x1b[<0;10;5M"), mouse(MouseEventKind::Down(left), 9, 4, none));
    assert_eq!(read(b"\x1b[<0;10;5m"), mouse(MouseEventKind::Up(left), 9, 4, none));
    assert_eq!(read(b"\x1b[<64;10;5M"), mouse(MouseEventKind::ScrollUp, 9, 4, none));
    assert_eq!(read(b"\x1b[<81;1;1M"), mouse(MouseEventKind::ScrollDown, 0, 0, KeyModifiers::CONTROL));
    assert_eq!(read(b"\x1b[<35;1;1M"), mouse(MouseEventKind::Moved, 0, 0, none));
    assert_eq!(read(b"\x1b[32;30;40M"), mouse(MouseEventKind::Down(left), 29, 39, none));
    assert_eq!(read(b"\x1b[M\x20\x21\x22"), mouse(MouseEventKind::Down(left), 0, 1, none));
}

#[test]
fn what_is_no_text_is_no_key_and_takes_no_key_with_it() {
    assert_eq!(keys(b"\xff\xfej"), [(KeyCode::Char('j'), KeyModifiers::NONE)]);
    assert_eq!(keys(b"\xe9j"), [(KeyCode::Char('j'), KeyModifiers::NONE)]);
    assert_eq!(keys(b"\xe9\x1b[A"), [(KeyCode::Up, KeyModifiers::NONE)]);
    assert_eq!(keys(&[b"\x1b[", [b'1'; 200].as_slice(), b"Aj"].concat()), [(KeyCode::Char('j'), KeyModifiers::NONE)]);
}

#[test]
fn a_paste_without_an_end_is_left_by_a_key() {
    let events = |parser: &mut Parser| std::iter::from_fn(|| parser.next()).collect::<Vec<_>>();
    let begun = || {
        let mut parser = Parser::default();
        parser.feed(b"\x1b[200~TJmW");
        assert_eq!((parser.unfinished(), parser.next()), (Unfinished::Paste, None));
        parser
    };
    let pasted = |text: &str| Input::Event(Event::Paste(text.to_owned()));
    let key = |code, modifiers| Input::Event(Event::Key(KeyEvent::new(code, modifiers)));
    let mut parser = begun();
    parser.feed(b"\x1b");
    assert_eq!(parser.unfinished(), Unfinished::PasteEscape);
    parser.give_up();
    let escape = key(KeyCode::Esc, KeyModifiers::NONE);
    assert_eq!(events(&mut parser), [pasted("TJmW\x1b"), escape], "no field takes what holds an escape character");
    let mut parser = begun();
    parser.feed(b"\x1b");
    parser.feed(b"[201~q");
    let q = key(KeyCode::Char('q'), KeyModifiers::NONE);
    assert_eq!(events(&mut parser), [pasted("TJmW"), q], "its end, cut in two");
    let mut parser = begun();
    assert!(!parser.interrupt(b"5D1p") && !parser.interrupt(b"\x03p") && parser.interrupt(b"\x1b\x03"));
    let interrupt = key(KeyCode::Char('c'), KeyModifiers::CONTROL);
    assert_eq!(events(&mut parser), [pasted("TJmW\x03"), interrupt]);
    assert!(!parser.interrupt(b"\x03"), "only in a paste");
}

#[test]
fn a_paste_that_never_ends_is_kept_within_bounds() {
    let mut parser = Parser::default();
    parser.feed(b"\x1b[200~");
    for _ in 0..5 {
        parser.feed(&vec![b'a'; LONGEST_PASTE]);
    }
    assert!(parser.held.len() <= 2 * LONGEST_PASTE);
    parser.feed(PASTE_END);
    let Some(Input::Event(Event::Paste(text))) = parser.next() else { panic!("no paste") };
    assert!(text.len() >= LONGEST_PASTE - PASTE_END.len());
}
