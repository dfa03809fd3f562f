//! The light of a box without a screen: what a person sees who looks whether it works.
//!
//! | light | meaning |
//! | --- | --- |
//! | fast blinking | it starts, or stops |
//! | slow blinking | nobody lives there yet: open its page |
//! | steady | fine, or something that can wait |
//! | a flash each second | trouble: open its page |
//!
//! The kernel blinks by itself (`timer`, Documentation/leds/leds-class.rst): this program writes two numbers when the meaning
//! changes, and nothing else. Whoever starts it as an unprivileged user sets the trigger and gives it the two files.

use std::io;
use std::path::{Path, PathBuf};

/// What the light tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// The home starts, or stops.
    Busy,
    /// Nobody has claimed it.
    Setup,
    /// It works.
    Fine,
    /// Somebody must act.
    Trouble,
}

impl Sign {
    /// Milliseconds on and off. Without an off the light is steady.
    const fn rhythm(self) -> (u32, u32) {
        match self {
            Self::Busy => (100, 100),
            Self::Setup => (1000, 1000),
            Self::Fine => (1000, 0),
            Self::Trouble => (100, 900),
        }
    }
}

/// A light in `/sys/class/leds`.
#[derive(Debug)]
pub struct Light {
    folder: PathBuf,
    shows: Option<Sign>,
}

impl Light {
    /// The light in this folder, such as `/sys/class/leds/ACT`.
    pub fn new(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            shows: None,
        }
    }

    /// Shows it, unless it does already.
    ///
    /// # Errors
    /// There is no such light, or it is somebody else's. It is tried again the next time.
    pub fn show(&mut self, sign: Sign) -> io::Result<()> {
        if self.shows == Some(sign) {
            return Ok(());
        }
        let [on, off] = ["delay_on", "delay_off"].map(|name| self.folder.join(name));
        if !on.exists() {
            std::fs::write(self.folder.join("trigger"), "timer")?;
        }
        let (lit, dark) = sign.rhythm();
        std::fs::write(on, lit.to_string())?;
        std::fs::write(off, dark.to_string())?;
        self.shows = Some(sign);
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::collections::HashSet;
    use std::fs;

    use super::*;

    #[test]
    fn every_sign_looks_different_and_is_written_once() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["trigger", "delay_on", "delay_off"] {
            fs::write(folder.path().join(name), "").unwrap();
        }
        let read = || {
            ["delay_on", "delay_off"].map(|n| fs::read_to_string(folder.path().join(n)).unwrap())
        };
        let mut light = Light::new(folder.path());
        let mut seen = HashSet::new();
        for sign in [Sign::Busy, Sign::Setup, Sign::Fine, Sign::Trouble] {
            light.show(sign).unwrap();
            assert!(seen.insert(read()), "{sign:?}");
            fs::write(folder.path().join("delay_on"), "untouched").unwrap();
            light.show(sign).unwrap();
            assert_eq!(read()[0], "untouched");
        }
        assert_eq!(
            fs::read_to_string(folder.path().join("trigger")).unwrap(),
            ""
        );
    }

    #[test]
    fn a_light_that_blinks_otherwise_is_asked_for_its_timer_and_one_that_is_not_there_is_an_error()
    {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("trigger"), "mmc0").unwrap();
        Light::new(folder.path()).show(Sign::Fine).unwrap();
        assert_eq!(
            fs::read_to_string(folder.path().join("trigger")).unwrap(),
            "timer"
        );
        Light::new(&folder.path().join("none"))
            .show(Sign::Fine)
            .unwrap_err();
    }
}
