//! The writer, its groups and its stops; migrations forwards and backwards.

use super::*;

fn open(dir: &Path) -> Database {
    let database = Database::open(&dir.join("toxmail.db")).unwrap();
    database
        .write(|c| -> Result<(), Error> {
            Ok(c.execute_batch("CREATE TABLE t (n INTEGER UNIQUE) STRICT")?)
        })
        .unwrap();
    database
}

/// The disk is full for a statement that needs no journal of its own: SQLite gives up the whole transaction.
fn meet_a_full_disk(c: &Connection) -> rusqlite::Result<()> {
    c.execute_batch("CREATE TABLE big (b BLOB)")?;
    c.pragma_update(None, "max_page_count", 1)?;
    let full = c.execute_batch("INSERT INTO big (b) VALUES (zeroblob(900000))");
    c.pragma_update(None, "max_page_count", 1_000_000)?;
    full
}

fn count(database: &Database) -> i64 {
    database
        .read(|c| -> Result<i64, Error> {
            Ok(c.query_row("SELECT count(*) FROM t", [], |r| r.get(0))?)
        })
        .unwrap()
}

#[test]
fn a_failed_job_is_undone_alone() {
    let dir = tempfile::tempdir().unwrap();
    let database = open(dir.path());
    std::thread::scope(|scope| {
        for n in 0..40 {
            let database = &database;
            scope.spawn(move || {
                let result = database.write(move |c| -> Result<(), Error> {
                    c.execute("INSERT INTO t (n) VALUES (?1)", [n])?;
                    if n % 2 == 0 {
                        c.execute("INSERT INTO t (n) VALUES (?1)", [n])?;
                    }
                    Ok(())
                });
                assert_eq!(result.is_ok(), n % 2 == 1);
            });
        }
    });
    assert_eq!(count(&database), 20);
}

#[test]
fn who_has_leisure_is_served_when_nobody_else_comes() {
    let dir = tempfile::tempdir().unwrap();
    let database = open(dir.path());
    let insert = |n: i64| {
        move |c: &Connection| -> Result<(), Error> {
            c.execute("INSERT INTO t (n) VALUES (?1)", [n])?;
            Ok(())
        }
    };
    database.write_at_leisure(insert(0)).unwrap();
    assert_eq!(count(&database), 1);
}

#[test]
fn a_panicking_job_takes_nobody_with_it() {
    let dir = tempfile::tempdir().unwrap();
    let database = open(dir.path());
    assert!(
        database
            .write(|_| -> Result<(), Error> { panic!("on purpose") })
            .is_err()
    );
    database
        .write(|c| -> Result<usize, Error> { Ok(c.execute("INSERT INTO t (n) VALUES (1)", [])?) })
        .unwrap();
    assert_eq!(count(&database), 1);
    database.close();
    assert!(matches!(database.write(|_| Ok(())), Err(Error::Closed)));
}

#[test]
fn a_full_disk_undoes_the_whole_group_and_everybody_hears_it() {
    let dir = tempfile::tempdir().unwrap();
    let database = open(dir.path());
    let (started, go) = (std::sync::mpsc::channel(), std::sync::mpsc::channel::<()>());
    std::thread::scope(|scope| {
        let insert = |n: i64| {
            let database = &database;
            move || {
                database.write(move |c| -> Result<(), Error> {
                    c.execute("INSERT INTO t (n) VALUES (?1)", [n])?;
                    Ok(())
                })
            }
        };
        let first = {
            let database = &database;
            let (started, go) = (started.0, go.1);
            scope.spawn(move || {
                database.write(move |c| -> Result<(), Error> {
                    c.execute("INSERT INTO t (n) VALUES (1)", [])?;
                    started.send(()).unwrap();
                    go.recv().unwrap();
                    let _ = meet_a_full_disk(c);
                    Ok(()) // a job that swallows the error changes nothing
                })
            })
        };
        started.1.recv().unwrap();
        let second = scope.spawn(insert(2));
        std::thread::sleep(Duration::from_millis(30)); // let it queue up behind the first
        go.0.send(()).unwrap();
        let error = first.join().unwrap().unwrap_err();
        assert!(matches!(error, Error::Undone), "{error:?}");
        second.join().unwrap().unwrap(); // it ran in a transaction of its own
    });
    assert_eq!(count(&database), 1);
}

#[test]
fn a_job_that_meets_a_full_disk_says_so_when_sqlite_has_undone_everything() {
    let dir = tempfile::tempdir().unwrap();
    let database = open(dir.path());
    let error = database
        .write(|c| -> Result<(), Error> {
            c.execute("INSERT INTO t (n) VALUES (1)", [])?;
            Ok(meet_a_full_disk(c)?)
        })
        .unwrap_err();
    assert!(error.is_full(), "{error}");
}

#[test]
fn settings_are_kept_and_forgotten() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("toxmail.db");
    let database = Database::open(&path).unwrap();
    assert_eq!(database.setting("home.language").unwrap(), None);
    database.set_setting("home.language", Some("fr")).unwrap();
    database.set_setting("home.language", Some("de")).unwrap();
    let value = database.setting("home.language").unwrap();
    assert_eq!(value.as_deref(), Some("de"));
    database.set_setting("home.language", None).unwrap();
    assert_eq!(database.setting("home.language").unwrap(), None);
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn a_later_schema_is_refused_and_an_earlier_one_is_brought_up_to_date() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("db");
    let connection = Connection::open(&path).unwrap();
    let (one, two) = (
        &["CREATE TABLE a (n INTEGER);"],
        &["CREATE TABLE a (n INTEGER);", "CREATE TABLE b (n INTEGER);"],
    );
    migrate(&connection, &path, one, 1).unwrap();
    migrate(&connection, &path, two, 2).unwrap();
    connection
        .execute("INSERT INTO b (n) VALUES (1)", [])
        .unwrap();
    let refused = || {
        matches!(
            migrate(&connection, &path, one, 1),
            Err(Error::Newer {
                found: 2,
                known: 1,
                ..
            })
        )
    };
    assert!(refused());
    // One that was written before there was a word for its friends.
    connection.pragma_update(None, "application_id", 0).unwrap();
    assert!(refused());
}

#[test]
fn an_earlier_program_goes_on_with_a_later_schema_that_only_adds() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("db");
    let connection = Connection::open(&path).unwrap();
    let (one, two) = (
        &["CREATE TABLE a (n INTEGER);"],
        &[
            "CREATE TABLE a (n INTEGER);",
            "ALTER TABLE a ADD COLUMN m INTEGER NOT NULL DEFAULT 7;",
        ],
    );
    migrate(&connection, &path, one, 1).unwrap();
    migrate(&connection, &path, two, 1).unwrap();
    // Back to the program before, and forth again: nothing is done twice.
    migrate(&connection, &path, one, 1).unwrap();
    connection
        .execute("INSERT INTO a (n) VALUES (1)", [])
        .unwrap();
    migrate(&connection, &path, two, 1).unwrap();
    let found = connection.query_row("SELECT n + m FROM a", [], |row| row.get::<_, i64>(0));
    assert_eq!(found.unwrap(), 8);
    // The friends of a file that is up to date are put right.
    connection.pragma_update(None, "application_id", 0).unwrap();
    migrate(&connection, &path, two, 1).unwrap();
    migrate(&connection, &path, one, 1).unwrap();
}

#[test]
fn mailboxes_of_an_earlier_schema_are_counted_subscribed_and_named() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("toxmail.db");
    let connection = Connection::open(&path).unwrap();
    migrate(&connection, &path, &MIGRATIONS[..4], 0).unwrap();
    connection
        .execute_batch(
            "INSERT INTO mailboxes (id, member, name, uid_validity, uid_next, messages, bytes) VALUES
                (1, 'anna', 'INBOX', 7, 4, 3, 60), (2, 'ben', 'INBOX', 8, 1, 0, 0);
             INSERT INTO mailbox_messages (mailbox, uid, name, place, flags, size, lines, arrived, mod_seq)
              VALUES (1, 1, x'61', 1, 1 << 18, 10, 0, 5, 1),
                (1, 2, x'62', 1, 1 << 19, 20, 0, 5, 1), (1, 3, x'63', 0, 0, 30, 0, 5, 1);",
        )
        .unwrap();
    drop(connection);
    let database = Database::open(&path).unwrap();
    let found = database
        .read(|c| -> Result<String, Error> {
            Ok(c.query_row(
                "SELECT group_concat(unseen || ' ' || deleted || ' ' || deleted_bytes || ' ' || length(object_id)
                    || ' ' || (SELECT count(*) FROM mailbox_subscriptions AS s WHERE s.member = m.member), ', ')
                    || ', ' || count(DISTINCT object_id)
                 FROM (SELECT id, member, unseen, deleted, deleted_bytes, object_id FROM mailboxes ORDER BY id) AS m",
                [],
                |row| row.get(0),
            )?)
        })
        .unwrap();
    assert_eq!(found, "2 1 20 16 1, 0 0 0 16 1, 2");
}

#[test]
fn a_home_of_the_first_schema_keeps_what_it_has() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("toxmail.db");
    let connection = Connection::open(&path).unwrap();
    migrate(&connection, &path, &MIGRATIONS[..1], 0).unwrap();
    connection
        .execute_batch(
            "INSERT INTO members (name, display, password, created) VALUES ('anna', 'Anna', '', 1);
             INSERT INTO contacts (name, nickname, made_by, added) VALUES ('Bob', 'bob', 'person', 1);
             INSERT INTO messages (file, size, digest, sender, smtputf8, eight_bit, ret, boot, arrived_ms, wall)
                VALUES ('a.eml', 1, x'00', 'anna@toxmail.local', 0, 0, 0, 1, 1, 1);
             INSERT INTO deliveries (message, kind, target, transfer, size) VALUES (1, 'local', x'', x'01', 1);",
        )
        .unwrap();
    drop(connection);
    let database = Database::open(&path).unwrap();
    let found = database
        .read(|c| -> Result<String, Error> {
            Ok(c.query_row(
                "SELECT (SELECT mixed FROM members) || ' ' || (SELECT open FROM deliveries) || ' '
                    || (SELECT ways FROM messages) || ' ' || (SELECT count(*) FROM cards)
                 FROM contacts WHERE nickname = 'bob'",
                [],
                |row| row.get(0),
            )?)
        })
        .unwrap();
    assert_eq!(found, "tell 1 0 1");
}

/// What an earlier program says must hold with a column that it does not know. `tests/upgrade.rs` shows it at work.
#[test]
fn every_statement_names_the_columns_that_it_writes_and_reads() {
    let mut files = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    let mut texts = vec![];
    while let Some(path) = files.pop() {
        if path.is_dir() {
            files.extend(std::fs::read_dir(path).unwrap().map(|e| e.unwrap().path()));
        } else if path.extension().is_some_and(|e| e == "rs") {
            texts.push((
                path.display().to_string(),
                std::fs::read_to_string(path).unwrap(),
            ));
        }
    }
    assert!(texts.len() > 100);
    let dir = tempfile::tempdir().unwrap();
    let database = Database::open(&dir.path().join("toxmail.db")).unwrap();
    let triggers = database.read(|c| -> Result<Vec<(String, String)>, Error> {
        let mut all = c.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")?;
        let all = all.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(all.collect::<Result<_, _>>()?)
    });
    texts.extend(triggers.unwrap());
    for (name, text) in texts {
        let words: Vec<&str> = text.split_whitespace().collect();
        for at in words.windows(3) {
            let table = at[1].trim_start_matches('"');
            let sql = table.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
            let nameless = ["VALUES", "SELECT", "DEFAULT"]
                .iter()
                .any(|w| at[2].starts_with(w));
            assert!(!(at[0] == "INTO" && sql && nameless), "{name}: {at:?}");
            let all = at[0].ends_with("SELECT") && at[1].ends_with('*') && !at[1].contains('(');
            assert!(!all, "{name}: {at:?}");
        }
    }
}

#[test]
fn readers_share_a_few_connections_and_nobody_waits_for_a_long_one() {
    let dir = tempfile::tempdir().unwrap();
    let database = open(dir.path());
    // More at a time than there are connections.
    std::thread::scope(|scope| {
        for _ in 0..MAX_READERS * 8 {
            scope.spawn(|| assert_eq!(count(&database), 0));
        }
    });
    assert_eq!(lock(&database.inner.readers).busy, 0);

    // All of them read for long, and one of those jobs panics.
    let (started, go) = (
        std::sync::mpsc::channel(),
        std::sync::Barrier::new(MAX_READERS + 1),
    );
    std::thread::scope(|scope| {
        for n in 0..MAX_READERS {
            let (database, started, go) = (&database, started.0.clone(), &go);
            scope.spawn(move || {
                let long = std::panic::AssertUnwindSafe(|| {
                    database.read(|_| -> Result<(), Error> {
                        started.send(()).unwrap();
                        go.wait();
                        assert!(n > 0, "on purpose");
                        Ok(())
                    })
                });
                assert_eq!(std::panic::catch_unwind(long).is_ok(), n > 0);
            });
        }
        for _ in 0..MAX_READERS {
            started.1.recv().unwrap();
        }
        assert_eq!(count(&database), 0);
        assert!(lock(&database.inner.readers).busy == MAX_READERS);
        go.wait();
    });
    let readers = lock(&database.inner.readers);
    assert_eq!((readers.busy, readers.idle.len()), (0, MAX_READERS));
}
