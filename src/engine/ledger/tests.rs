//! A ledger is opened, set aside when it is damaged, and shared.

use super::*;

#[test]
fn damaged_file_is_set_aside_and_said_until_the_user_knows() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("l.sqlite");
    fs::write(&path, "this is not a database, it only looks like one to a tired eye".repeat(100)).unwrap();
    let before = fs::read(&path).unwrap();
    let Err(LedgerError::Damaged { set_aside }) = Ledger::open(&path) else { panic!("opened") };
    assert_eq!(fs::read(&set_aside).unwrap(), before);
    let ledger = Ledger::open(&path).unwrap();
    assert_eq!(ledger.damage().unwrap(), Some(set_aside), "the next start begins a new one, and says so");
    ledger.acknowledge_damage().unwrap();
    assert_eq!(ledger.damage().unwrap(), None);
}

#[test]
fn a_flipped_page_in_the_middle_is_damage_too() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("l.sqlite");
    drop(Ledger::open(&path).unwrap());
    let mut bytes = fs::read(&path).unwrap();
    let half = bytes.len() / 2;
    for byte in &mut bytes[half..half + 4096] {
        *byte ^= 0x5a;
    }
    fs::write(&path, &bytes).unwrap();
    let Err(LedgerError::Damaged { set_aside }) = Ledger::open(&path) else { panic!("opened") };
    assert_eq!(fs::read(set_aside).unwrap(), bytes);
}

#[test]
fn two_that_find_the_same_damage_set_one_ledger_aside() {
    for _ in 0..20 {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("l.sqlite");
        fs::write(&path, "this is not a database, it only looks like one to a tired eye".repeat(100)).unwrap();
        let open = || match Ledger::open(&path) {
            Err(LedgerError::Damaged { .. }) => Ledger::open(&path).unwrap(),
            other => other.unwrap(),
        };
        std::thread::scope(|scope| {
            let other = scope.spawn(open);
            let (one, two) = (open(), other.join().unwrap());
            assert!(one.is_in_place() && two.is_in_place());
            assert_eq!(one.damage().unwrap(), Some(damaged_name(&path, "", 1)));
        });
        assert_eq!(damaged_count(&path), 1);
    }
}

#[test]
fn every_ledger_that_was_set_aside_is_told_of_by_itself() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("l.sqlite");
    for _ in 0..2 {
        fs::write(&path, "not a database".repeat(400)).unwrap();
        assert!(matches!(Ledger::open(&path), Err(LedgerError::Damaged { .. })));
    }
    let ledger = Ledger::open(&path).unwrap();
    for number in 1..=2 {
        assert_eq!(ledger.damage().unwrap(), Some(damaged_name(&path, "", number)));
        ledger.acknowledge_damage().unwrap();
    }
    assert_eq!(ledger.damage().unwrap(), None);
}

#[test]
fn a_glance_reads_and_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("l.sqlite");
    assert!(Ledger::open_read_only(&path).is_none() && !path.exists());
    Ledger::open(&path).unwrap().set_fact("uid", "7").unwrap();
    let open_read_only = Ledger::open_read_only(&path).unwrap();
    assert_eq!(open_read_only.fact("uid").unwrap().as_deref(), Some("7"));
    assert!(open_read_only.set_fact("uid", "8").is_err());
    drop(open_read_only);
    Ledger::open(&path).unwrap().connection.pragma_update(None, "user_version", 1).unwrap();
    assert!(Ledger::open_read_only(&path).is_none(), "another version's tables may be others");
    fs::write(&path, "not a database".repeat(400)).unwrap();
    assert!(Ledger::open_read_only(&path).is_none() && path.exists());
}

#[test]
fn a_newer_ledger_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("l.sqlite");
    Ledger::open(&path).unwrap().connection.pragma_update(None, "user_version", 99).unwrap();
    let before = fs::read(&path).unwrap();
    assert!(matches!(Ledger::open(&path), Err(LedgerError::Newer { found: 99 })));
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn the_file_is_for_its_owner_alone_and_a_link_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("deep/l.sqlite");
    let _ledger = Ledger::open(&path).unwrap();
    assert!(private::is_the_users_alone(&path) && private::is_the_users_alone(path.parent().unwrap()));
    let link = dir.path().join("symlink.sqlite");
    private::link(&path, &link);
    assert!(matches!(Ledger::open(&link), Err(LedgerError::Place { .. })));
}

#[test]
fn a_ledger_that_was_moved_away_knows_it() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("l.sqlite");
    let ledger = Ledger::open(&path).unwrap();
    assert!(ledger.is_in_place());
    let moved = fs::rename(&path, dir.path().join("elsewhere"));
    assert_eq!(moved.is_ok(), private::OPEN_FILES_MOVE);
    if !private::OPEN_FILES_MOVE {
        return assert!(ledger.is_in_place());
    }
    assert!(!ledger.is_in_place());
    let _other = Ledger::open(&path).unwrap();
    assert!(!ledger.is_in_place(), "another file of that name is not the same");
}

#[test]
fn each_account_has_a_file_and_its_name_gives_no_key_away() {
    let path = |host, key| path_for(Path::new("/data"), host, key);
    let usual = path("openapi.bitunix.com", "0123456789abcdef");
    assert!(usual.starts_with("/data/ledger") && usual.to_string_lossy().contains("openapi.bitunix.com-"));
    assert!(!usual.to_string_lossy().contains("0123456789"));
    assert_eq!(usual, path("openapi.bitunix.com", "0123456789abcdef"));
    assert_ne!(usual, path("openapi.bitunix.com", "0123456789abcdeg"));
    assert_ne!(usual, path("127.0.0.1", "0123456789abcdef"));
    assert!(path("[::1]/..", "k").file_name().unwrap().to_str().unwrap().starts_with("___1__..-"));
}

#[test]
fn an_open_ledger_is_not_given_another_name() {
    let dir = tempfile::tempdir().unwrap();
    let (old, new) = (dir.path().join("old.sqlite"), dir.path().join("new.sqlite"));
    let open = Ledger::open(&old).unwrap();
    let why = rekey(&old, &new).unwrap_err();
    assert_eq!(why.kind(), io::ErrorKind::WouldBlock, "{why}");
    assert!(old.exists() && !new.exists());
    let again = Ledger::open(&old).unwrap();
    drop((open, again));
    // Until the profile names the new key both lead to it; where that comes to nothing, the old one does.
    let rekeyed = rekey(&old, &new).unwrap();
    assert_eq!(identity(&old).unwrap(), identity(&new).unwrap());
    drop(rekeyed);
    assert!(old.exists() && !new.exists());
    let known = Ledger::open(&old).unwrap();
    known.set_fact("kept", "yes").unwrap();
    drop(known);
    rekey(&old, &new).unwrap().keep();
    assert!(!old.exists() && new.exists());
    assert_eq!(Ledger::open(&new).unwrap().fact("kept").unwrap().as_deref(), Some("yes"));
}

#[test]
fn damage_is_said_until_known_with_and_without_a_new_ledger() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("l.sqlite");
    drop(Ledger::open(&path).unwrap());
    assert!(!has_damage(&path).unwrap());
    fs::write(&path, "not a database".repeat(400)).unwrap();
    assert!(Ledger::open(&path).is_err());
    assert!(has_damage(&path).unwrap());
    let ledger = Ledger::open(&path).unwrap();
    assert!(has_damage(&path).unwrap());
    ledger.acknowledge_damage().unwrap();
    assert!(!has_damage(&path).unwrap());
}
