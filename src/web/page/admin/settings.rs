//! What can be chosen here instead of in toxmail.toml, for the pages that choose it.

use crate::control::{Failure, Request, answer};
use crate::web::Web;
use crate::web::visitor::Refusal;

/// All of them, as they are now.
pub struct Settings(Vec<answer::Setting>);

impl Settings {
    /// Asks the home.
    ///
    /// # Errors
    /// It says no.
    pub async fn of(web: &Web) -> Result<Self, Refusal> {
        Ok(Self(web.ask(Request::SettingList).await?))
    }

    fn find(&self, key: &str) -> Option<&answer::Setting> {
        self.0.iter().find(|setting| setting.key == key)
    }

    /// What it is now.
    pub fn value(&self, key: &str) -> &str {
        self.find(key).map_or("", |setting| setting.value.as_str())
    }

    /// Whether toxmail.toml says it, and wins.
    pub fn is_locked(&self, key: &str) -> bool {
        self.find(key).is_some_and(|setting| setting.locked)
    }

    /// Whether somebody has chosen it; otherwise it is as usual.
    pub fn is_chosen(&self, key: &str) -> bool {
        self.find(key).is_some_and(|setting| setting.chosen)
    }

    /// Makes them what is wanted; `None` is the usual. What is so already is left alone.
    ///
    /// # Errors
    /// The home says no; those before the one that it says no to are changed.
    pub async fn change(
        &self,
        web: &Web,
        wanted: Vec<(&'static str, Option<String>)>,
    ) -> Result<(), Failure> {
        for (key, value) in wanted {
            let same = match &value {
                Some(value) => self.value(key) == value && self.is_chosen(key),
                None => !self.is_chosen(key),
            };
            if !same {
                let key = key.to_owned();
                web.tell(Request::SettingSet { key, value }).await?;
            }
        }
        Ok(())
    }
}
