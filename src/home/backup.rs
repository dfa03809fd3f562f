//! Backup and restore, for the operator's command and for the start of a home.

use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::people::value;
use super::stopped::{DATABASE, IDENTITY};
use super::{lock_folder, remains};
use crate::appliance::backup::{self, Error, Key, Letters, Paper, SealedKey};
use crate::cause::Cause;
use crate::config::Ports;
use crate::control::Failure;
use crate::control::backup::{Job, Present, WithMail};
use crate::database::Database;
use crate::durable::{self, Draft};
use crate::journal;
use crate::members::Members;

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let advice = match &error {
            Error::Weak(_) => "whoever finds the backup can try as many as they like",
            Error::WrongPassphrase => {
                "type it as it was when this backup was made; nothing was changed"
            }
            Error::Damaged(_) => "try another copy of it, or an older one; nothing was changed",
            Error::Newer(_) => "use that later version; nothing was changed",
            Error::NoKey => "make one once with `toxmaild backup key create`",
            Error::NoIdentity => "start it once with `toxmaild run`",
            Error::NoHome(_) => "name the home's folder with --data DIR",
            Error::Changed(_) => "try again",
            Error::Random => "start the machine again",
            Error::Database(_) | Error::Io(_) => "",
        };
        let cause = match &error {
            Error::Weak(_) => Cause::NotUsable,
            Error::WrongPassphrase => Cause::BackupPassphrase,
            Error::Damaged(_) => Cause::BackupDamaged,
            Error::Newer(_) => Cause::BackupNewer,
            Error::Changed(_) => Cause::Busy,
            _ => Cause::Other,
        };
        let failure = Failure::new(&error, advice).because(cause);
        match error {
            Error::Database(error) => error.into(),
            Error::Io(error) => error.into(),
            _ => failure,
        }
    }
}

/// `toxmaild backup …`
///
/// # Errors
/// What is wrong, and what to do.
pub fn job(job: Job) -> Result<Value, Failure> {
    match job {
        Job::Key { passphrase } => {
            let (recipient, sealed) = SealedKey::new(passphrase.expose())?.to_texts();
            Ok(json!({ "recipient": recipient, "sealed": sealed }))
        }
        Job::Create {
            data,
            file,
            passphrase,
            with_mail,
        } => {
            let key = match passphrase {
                Some(passphrase) => Key::Given(SealedKey::new(passphrase.expose())?),
                None => Key::Kept,
            };
            create(&data, &file, &key, with_mail)
        }
        Job::Restore {
            data,
            file,
            passphrase,
            present,
        } => restore(&data, &file, passphrase.expose(), present),
        Job::Paper { data, passphrase } => {
            let paper = Paper::of(&data, passphrase.expose())?;
            Ok(json!({ "paper": paper.text, "words": paper.words, "tox_id": paper.id.to_string() }))
        }
        Job::FromPaper {
            data,
            file,
            passphrase,
        } => from_paper(&data, &file, passphrase.expose()),
    }
}

fn create(dir: &Path, file: &Path, key: &Key, with_mail: WithMail) -> Result<Value, Failure> {
    go_on(dir)?;
    let there = |file: &Path| {
        Failure::new(
            format!("{} is there already", file.display()),
            "give the new backup another name",
        )
    };
    if file.symlink_metadata().is_ok() {
        return Err(there(file));
    }
    let mut unfinished = file.as_os_str().to_owned();
    unfinished.push(".part");
    let unfinished = PathBuf::from(unfinished);
    match fs::remove_file(&unfinished) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e.into()),
        _ => {}
    }
    let mut draft = Draft::create(&unfinished).map_err(|e| match e.kind() {
        io::ErrorKind::NotFound => Failure::new(e, "name a file in a folder that is there"),
        _ => e.into(),
    })?;
    let letters = match with_mail {
        WithMail::Yes => Letters::Taken,
        WithMail::No => Letters::Left,
    };
    let made = backup::create(dir, key, letters, io::BufWriter::new(&mut draft))?;
    draft.flush()?;
    draft.commit(file)?;
    Ok(json!({
        "file": file,
        "created": made.created,
        "bytes": made.bytes,
        "files": made.files,
        "letters": made.letters,
        "left_out": made.left_out,
        "with_mail": letters == Letters::Taken,
    }))
}

fn restore(dir: &Path, file: &Path, passphrase: &str, present: Present) -> Result<Value, Failure> {
    let mut archive = File::open(file).map_err(|e| {
        let error = format!("{}: {e}", file.display());
        Failure::new(
            error,
            "name a file that `toxmaild backup create` has written",
        )
    })?;
    let (dir, _lock) = &stopped_folder(dir)?;
    if backup::finish(dir)?.is_some() {
        return Err(Failure::new(
            format!(
                "another backup was being put into {}, and is in its place now",
                dir.display()
            ),
            "start the home; or restore this one all the same, with --replace",
        ));
    }
    if present == Present::Stays {
        refuse_home(dir)?;
    }
    let staged = backup::stage(dir, &mut archive, passphrase, Ports::default(), &[])?;
    let finished = backup::finish(dir)?;
    let aside = finished.and_then(|finished| finished.aside);
    journal::restored(dir, aside.as_deref());
    value(&json!({
        "restored": dir,
        "created": staged.created,
        "with_mail": staged.letters,
        "key": staged.key.map(|key| key.to_string()),
        "held": staged.held,
        "settings": staged.settings,
        "aside": aside,
    }))
}

/// The folder of a home that does not run, made if it is missing, and its lock.
fn stopped_folder(dir: &Path) -> Result<(PathBuf, File), Failure> {
    if !dir.exists() && !durable::folder_of(dir).is_dir() {
        return Err(Failure::new(
            format!("there is no folder {}", durable::folder_of(dir).display()),
            "make it first, or name another one with --data DIR",
        ));
    }
    durable::make_folder(dir)?;
    let dir = dir.canonicalize()?;
    refuse_others(&dir)?;
    let lock = lock_folder(&dir).map_err(|e| match e.downcast::<Failure>() {
        Ok(failure) => failure,
        Err(e) => Failure::new(e, ""),
    })?;
    Ok((dir, lock))
}

/// Refuses to leave files that the home could not write.
pub(super) fn refuse_others(dir: &Path) -> Result<(), Failure> {
    let (owner, we) = (
        fs::metadata(dir)?.uid(),
        rustix::process::geteuid().as_raw(),
    );
    if owner == we {
        return Ok(());
    }
    Err(Failure::new(
        format!("{} belongs to another user", dir.display()),
        format!("run this as that user: sudo -u '#{owner}' toxmaild …"),
    ))
}

/// The identity alone comes back; contacts, members and letters do not.
fn from_paper(dir: &Path, file: &Path, passphrase: &str) -> Result<Value, Failure> {
    let text = fs::read_to_string(file).map_err(|e| {
        let error = format!("{}: {e}", file.display());
        Failure::new(
            error,
            "name a file with the text of the paper, from BEGIN to END",
        )
    })?;
    let paper = Paper::read(&text, passphrase)?;
    let (dir, _lock) = &stopped_folder(dir)?;
    if backup::finish(dir)?.is_some() || dir.join(IDENTITY).exists() {
        return Err(Failure::new(
            format!("{} has a home with an identity in it", dir.display()),
            "name an empty folder with --data DIR",
        ));
    }
    refuse_home(dir)?;
    // The database first: a home without one is not started over what is left of another.
    let database = Database::open(&dir.join(DATABASE))?;
    durable::write(&dir.join(IDENTITY), &paper.save)?;
    let noted = remains::note(&database, &paper.id.key());
    database.close();
    noted?;
    Ok(json!({ "identity": dir, "words": paper.words, "tox_id": paper.id.to_string() }))
}

/// Whether anything of worth is there: a home with members, or other things.
fn refuse_home(dir: &Path) -> Result<(), Failure> {
    let advice =
        "name an empty folder with --data DIR; or say --replace, which sets aside what is there";
    if remains::without_database(dir)?.is_some() && !dir.join(IDENTITY).exists() {
        return Err(Failure::new(
            format!("{} has letters of a home in it", dir.display()),
            advice,
        ));
    }
    if dir.join(DATABASE).exists() {
        let database = Database::open(&dir.join(DATABASE))?;
        let members = Members::open(database.clone()).and_then(|members| members.list());
        database.close();
        if !members?.is_empty() {
            return Err(Failure::new(
                format!("{} has a home with members in it", dir.display()),
                advice,
            ));
        }
        return Ok(());
    }
    for entry in fs::read_dir(dir)? {
        let name = entry?.file_name();
        let harmless = [
            "lost+found",
            crate::config::FILE,
            IDENTITY,
            "restore",
            "backup",
        ];
        let name = name.to_string_lossy();
        if !harmless.contains(&&*name) && !name.starts_with("before-restore-") {
            return Err(Failure::new(
                format!("{} holds other things, and no home", dir.display()),
                "name the home's folder, or an empty one, with --data DIR",
            ));
        }
    }
    Ok(())
}

/// At the start of a home, with the folder's lock: what was restored takes its place.
///
/// # Errors
/// Those of the file system.
pub(super) fn put_into_place(dir: &Path) -> Result<(), Failure> {
    if let Some(finished) = backup::finish(dir)? {
        journal::restored(dir, finished.aside.as_deref());
    }
    Ok(())
}

/// The same before a command looks into the folder of a stopped home: half of one home and half of another would lie there.
///
/// # Errors
/// Those of the file system.
pub(super) fn go_on(dir: &Path) -> Result<(), Failure> {
    if !backup::is_ready(dir) {
        return Ok(());
    }
    // A home that is starting goes on with it by itself.
    match lock_folder(dir) {
        Ok(_lock) => {
            refuse_others(dir)?;
            put_into_place(dir)
        }
        Err(_) => Ok(()),
    }
}

/// `backup key`
pub(super) fn keep_key(
    database: &Database,
    recipient: &str,
    sealed: &str,
) -> Result<Value, Failure> {
    let key = SealedKey::from_texts(recipient, sealed).ok_or_else(|| {
        Failure::new(
            "this is no key",
            "use the toxmaild of the same version as the home",
        )
    })?;
    key.keep(database)?;
    Ok(json!({ "recipient": recipient }))
}

/// `backup done`
pub(super) fn note(database: &Database, created: i64, left_out: u64) -> Result<Value, Failure> {
    let left_out = (left_out > 0).then(|| left_out.to_string());
    database.set_setting(backup::LEFT_OUT, left_out.as_deref())?;
    database.set_setting(backup::LAST, Some(&created.to_string()))?;
    Ok(json!({ "created": created }))
}
