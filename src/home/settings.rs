//! What was chosen in the page or by a command: kept in the database, and true at once.

use serde_json::Value;

use super::operator::Running;
use super::people::value;
use crate::cause::Cause;
use crate::config::{self, Config};
use crate::control::answer;
use crate::control::protocol::Failure;
use crate::database::{self, Database};
use crate::journal;

/// Lets what was chosen count, as far as the file does not say it.
///
/// # Errors
/// The rows cannot be read.
pub(super) fn choose(config: &mut Config, database: &Database) -> Result<(), database::Error> {
    for key in config::choosable() {
        if let Some(value) = database.setting(key)?
            && let Err(e) = config.choose(key, &value)
        {
            // Of another version: the default is better than no home.
            journal::trouble("settings", &format!("{key}: {e}"));
        }
    }
    Ok(())
}

/// `setting list`
pub(super) fn list(home: &Running) -> Result<Value, Failure> {
    let settings: Result<Vec<_>, _> = config::choosable().map(|key| show(home, key)).collect();
    value(&settings?)
}

/// `setting set`
pub(super) fn set(home: &Running, key: &str, new: Option<&str>) -> Result<Value, Failure> {
    let mut config = (*home.config()).clone();
    config.chosen(key)?;
    if config.is_written(key) {
        return Err(Failure::new(
            format!("toxmail.toml itself says {key}, and wins over what is chosen here"),
            "change it there, or remove the line, make the home read it again (SIGHUP), and choose then",
        )
        .because(Cause::Locked));
    }
    if let Some(new) = new {
        config.choose(key, new)?;
        let queue = &config.queue;
        if queue.delay_notice_after > queue.expire_after {
            return Err(Failure::new(
                "a letter would go back before its writer hears that it waits",
                "choose a shorter queue.delay_notice_after, or a longer queue.expire_after",
            )
            .because(Cause::TimesCross));
        }
    }
    let before = home.database.setting(key)?;
    home.database.set_setting(key, new)?;
    if let Err(e) = (home.reload)() {
        home.database.set_setting(key, before.as_deref())?;
        return Err(e);
    }
    value(&show(home, key)?)
}

fn show(home: &Running, key: &str) -> Result<answer::Setting, Failure> {
    let config = home.config();
    let locked = config.is_written(key);
    Ok(answer::Setting {
        key: key.to_owned(),
        value: config.chosen(key)?,
        locked,
        chosen: !locked && home.database.setting(key)?.is_some(),
    })
}

impl From<config::Unusable> for Failure {
    fn from(error: config::Unusable) -> Self {
        Self::new(&error, error.advice.clone()).because(Cause::ValueUnusable)
    }
}
