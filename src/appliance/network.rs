//! How the box is connected: the home reads what the box's own script says of it, and leaves there which Wi-Fi somebody wants
//! (overlay/usr/lib/toxmail/wifi).
//!
//! The home is an unprivileged user and has no way to the radio. What it leaves is judged again by the script, in which nothing stands
//! between quotes: names and keys are hexadecimal digits.
//!
//! | in the folder, which is memory | whose | what |
//! | --- | --- | --- |
//! | `inbox/ask` | the home's | a word, `look`, `join` or `forget`; for `join` a line each of `ssid`, `psk`, `country`, `hidden` |
//! | `asked` | root's | the request, until it is said what becomes of it |
//! | `state` | root's | how the box is connected, and what has become of what was asked, a line each ([`State`]) |
//! | `networks` | root's | what is in reach, a line each: signal, how it is protected, name, as `wpa_cli scan_results` has them |

use std::io;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::note;
use crate::config::wifi::{Country, Ssid, Wifi};
use crate::durable;

/// Longest file that is read, in bytes; the script keeps 64 networks.
const MAX_FILE: u64 = 16 << 10;

/// What the home asks of the box.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// Which networks are in reach.
    Look,
    /// Another network in place of the one that is set. That one comes back if this one does not work.
    Join(Wifi),
    /// No network any more.
    Forget,
}

impl Request {
    fn written(&self) -> Zeroizing<String> {
        Zeroizing::new(match self {
            Self::Look => "look\n".to_owned(),
            Self::Forget => "forget\n".to_owned(),
            Self::Join(wifi) => {
                let (ssid, psk) = (wifi.ssid.hex(), wifi.key.written());
                let (country, hidden) = (wifi.country, if wifi.hidden { "yes" } else { "no" });
                format!(
                    "join\nssid={ssid}\npsk={}\ncountry={country}\nhidden={hidden}\n",
                    *psk
                )
            }
        })
    }
}

/// What has become of the last request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// The box listens for what is in reach.
    Looking,
    /// It has.
    Looked,
    /// It tries to join.
    Joining,
    /// It is in.
    Joined,
    /// The network said no to the password, twice.
    WrongPassword,
    /// Nothing of that name answers, or it is protected in another way.
    NotFound,
    /// It is there, and does not let the box in.
    Failed,
    /// There is no radio in this box.
    NoHardware,
    /// The network that was set is forgotten.
    Forgotten,
    /// The power went away, or the box's script ended, in the middle.
    Interrupted,
    /// It was nothing that the box understands.
    NotUnderstood,
}

impl Phase {
    /// All of them, by the words of the script.
    pub const ALL: &[(&str, Self)] = &[
        ("looking", Self::Looking),
        ("looked", Self::Looked),
        ("joining", Self::Joining),
        ("joined", Self::Joined),
        ("wrong-password", Self::WrongPassword),
        ("not-found", Self::NotFound),
        ("failed", Self::Failed),
        ("no-hardware", Self::NoHardware),
        ("forgotten", Self::Forgotten),
        ("interrupted", Self::Interrupted),
        ("not-understood", Self::NotUnderstood),
    ];

    /// Whether it is not over yet.
    pub const fn is_under_way(self) -> bool {
        matches!(self, Self::Looking | Self::Joining)
    }
}

/// What stands where a network that did not work would have stood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// The network from before.
    Back,
    /// There was none before: the new one, which is tried on and on.
    Tries,
    /// None.
    Nothing,
}

/// What carries the box's mail.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Link {
    /// The cable, which goes before Wi-Fi.
    Cable,
    /// Wi-Fi.
    Wifi,
    /// Nothing.
    #[default]
    None,
}

/// How the box is connected, and what has become of the last request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// By what.
    pub link: Link,
    /// Its IPv4 address there.
    pub address: Option<String>,
    /// It has a radio.
    pub hardware: bool,
    /// The network that it is in, whether that carries anything or not.
    pub joined: Option<Ssid>,
    /// How loud that is, in dBm.
    pub signal: Option<i32>,
    /// The network that is set.
    pub saved: Option<Ssid>,
    /// The country that is set.
    pub country: Option<Country>,
    /// What has become of the last request.
    pub phase: Option<Phase>,
    /// The network that it was about.
    pub asked: Option<Ssid>,
    /// What stands there now, where that did not work.
    pub then: Option<Then>,
}

impl State {
    /// Reads the script's lines. What it cannot have written counts as not said.
    fn read(bytes: &[u8]) -> Self {
        let (value, text) = (|key| note::value(bytes, key), |key| note::text(bytes, key));
        let word = text("phase");
        let phase = Phase::ALL.iter().find(|(name, _)| Some(*name) == word);
        Self {
            link: match text("link") {
                Some("cable") => Link::Cable,
                Some("wifi") => Link::Wifi,
                _ => Link::None,
            },
            address: text("address").map(str::to_owned),
            hardware: text("hardware") == Some("yes"),
            joined: value("name").and_then(|name| Ssid::new(unescaped(name))),
            signal: text("signal").and_then(|signal| signal.parse().ok()),
            saved: value("saved").and_then(saved),
            country: text("country").and_then(Country::new),
            phase: phase.map(|(_, phase)| *phase),
            asked: text("asked").and_then(Ssid::of_hex),
            then: match text("then") {
                Some("back") => Some(Then::Back),
                Some("tries") => Some(Then::Tries),
                Some("nothing") => Some(Then::Nothing),
                _ => None,
            },
        }
    }
}

/// How a network is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lock {
    /// Not at all.
    Open,
    /// By a password (WPA or WPA2, and perhaps WPA3 besides).
    Password,
    /// In a way that the box does not know: WPA3 alone, a login of each person's own, WEP.
    Other,
}

/// A network in reach.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Its name.
    pub ssid: Ssid,
    /// How loud it is, in dBm: the loudest of its senders.
    pub signal: i32,
    /// How it is protected.
    pub lock: Lock,
}

impl Seen {
    /// `SIGNAL TAB FLAGS TAB NAME`.
    fn read(line: &[u8]) -> Option<Self> {
        let mut parts = line.splitn(3, |b| *b == b'\t');
        let signal = std::str::from_utf8(parts.next()?).ok()?.parse().ok()?;
        let flags = std::str::from_utf8(parts.next()?).ok()?;
        let ssid = Ssid::new(unescaped(parts.next()?))?;
        let has = |words: &[&str]| words.iter().any(|word| flags.contains(word));
        let lock = if has(&["PSK"]) {
            Lock::Password
        } else if has(&["WEP", "WPA", "RSN", "OWE", "SAE", "EAP"]) {
            Lock::Other
        } else {
            Lock::Open
        };
        Some(Self { ssid, signal, lock })
    }

    /// One line a name, the loudest first.
    fn read_all(bytes: &[u8]) -> Vec<Self> {
        let mut all: Vec<Self> = bytes
            .split(|b| *b == b'\n')
            .filter_map(Self::read)
            .collect();
        all.sort_by_key(|seen| std::cmp::Reverse(seen.signal));
        let mut kept: Vec<Self> = Vec::new();
        for seen in all {
            match kept.iter_mut().find(|other| other.ssid == seen.ssid) {
                // Somebody else may send the same name, louder: whose it is, is what the password tells.
                Some(other) if seen.lock == Lock::Password => other.lock = Lock::Password,
                Some(_) => {}
                None => kept.push(seen),
            }
        }
        kept
    }
}

/// A name as wpa_supplicant shows it (its `printf_encode`).
fn unescaped(text: &[u8]) -> Vec<u8> {
    let (mut bytes, mut rest) = (Vec::new(), text);
    while let [first, tail @ ..] = rest {
        rest = tail;
        if *first != b'\\' {
            bytes.push(*first);
            continue;
        }
        let [letter, tail @ ..] = rest else { break };
        rest = tail;
        bytes.push(match letter {
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'e' => 0x1b,
            b'x' => {
                let digits = rest.get(..2).and_then(|two| std::str::from_utf8(two).ok());
                let Some(byte) = digits.and_then(|two| u8::from_str_radix(two, 16).ok()) else {
                    continue;
                };
                rest = rest.get(2..).unwrap_or_default();
                byte
            }
            other => *other,
        });
    }
    bytes
}

/// A name as it stands in wpa_supplicant's settings: in digits, or as it is between quotes.
fn saved(value: &[u8]) -> Option<Ssid> {
    match value.strip_prefix(b"\"") {
        Some(rest) => Ssid::new(rest.strip_suffix(b"\"")?.to_vec()),
        None => Ssid::of_hex(std::str::from_utf8(value).ok()?),
    }
}

/// Why a request is not taken.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Another one is not done with yet.
    #[error("the box is busy with its network")]
    UnderWay,
    /// The folder says no.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Where the home and the box's script meet.
#[derive(Clone, Debug)]
pub struct Desk {
    folder: PathBuf,
}

impl Desk {
    /// The folder that they share.
    pub fn new(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
        }
    }

    fn ask_file(&self) -> PathBuf {
        self.folder.join("inbox").join("ask")
    }

    /// How the box is connected, and what has become of the last request.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn state(&self) -> io::Result<State> {
        Ok(State::read(&note::read(
            &self.folder.join("state"),
            MAX_FILE,
        )?))
    }

    /// What was in reach when somebody last looked, the loudest first.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn networks(&self) -> io::Result<Vec<Seen>> {
        Ok(Seen::read_all(&note::read(
            &self.folder.join("networks"),
            MAX_FILE,
        )?))
    }

    /// Whether a request waits for the box: what is said then is about the one before it.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn is_waiting(&self) -> io::Result<bool> {
        // The script moves it from here to there, and removes it once it has said what it does.
        Ok(self.ask_file().try_exists()? || self.folder.join("asked").try_exists()?)
    }

    /// Leaves a request.
    ///
    /// # Errors
    /// Another one is under way, or the folder says no.
    pub fn ask(&self, request: &Request) -> Result<(), Error> {
        // In this order, or what is said between the two looks would be missed.
        if self.is_waiting()? || self.state()?.phase.is_some_and(Phase::is_under_way) {
            return Err(Error::UnderWay);
        }
        durable::write(&self.ask_file(), request.written().as_bytes())?;
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::fs;

    use super::*;
    use crate::config::wifi::Key;

    fn desk() -> (tempfile::TempDir, Desk) {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("inbox")).unwrap();
        let desk = Desk::new(dir.path());
        (dir, desk)
    }

    fn ssid(text: &str) -> Ssid {
        Ssid::typed(text).unwrap()
    }

    #[test]
    fn what_is_asked_lies_in_the_inbox_and_nothing_more_while_it_does() {
        let (dir, desk) = desk();
        let inbox = dir.path().join("inbox");
        let join = Request::Join(Wifi {
            ssid: Ssid::new(b"a\"\n}".to_vec()).unwrap(),
            key: Key::of(&ssid("x"), &"0aF".repeat(22)[..64]).unwrap(),
            country: Country::new("fr").unwrap(),
            hidden: true,
        });
        let key = &"0af".repeat(22)[..64];
        let joined = format!("join\nssid=61220a7d\npsk={key}\ncountry=FR\nhidden=yes\n");
        for (request, text) in [
            (Request::Look, "look\n"),
            (Request::Forget, "forget\n"),
            (join.clone(), joined.as_str()),
        ] {
            desk.ask(&request).unwrap();
            assert!(desk.is_waiting().unwrap());
            assert_eq!(fs::read_to_string(inbox.join("ask")).unwrap(), text);
            assert_eq!(fs::read_dir(&inbox).unwrap().count(), 1);
            assert!(matches!(desk.ask(&Request::Look), Err(Error::UnderWay)));
            // The script has it, and has said nothing yet.
            fs::rename(inbox.join("ask"), dir.path().join("asked")).unwrap();
            assert!(matches!(desk.ask(&Request::Look), Err(Error::UnderWay)));
            fs::remove_file(dir.path().join("asked")).unwrap();
        }
        assert!(!format!("{join:?}").contains("0af"), "{join:?}");
        for (word, phase) in Phase::ALL {
            fs::write(dir.path().join("state"), format!("phase={word}\n")).unwrap();
            let asked = desk.ask(&Request::Look);
            assert_eq!(asked.is_err(), phase.is_under_way(), "{word}");
            let _ = fs::remove_file(inbox.join("ask"));
        }
    }

    #[test]
    fn what_the_box_says_is_read_and_nothing_else() {
        let (dir, desk) = desk();
        assert_eq!(desk.state().unwrap(), State::default());
        let file = dir.path().join("state");
        fs::write(
            &file,
            "link=wifi\naddress=192.168.1.23\nhardware=yes\nname=G\\xc3\\xa4rten \\\"5\\\"\nsignal=-54\n\
             saved=\"name=\"x\"\ncountry=DE\nphase=wrong-password\nasked=4761\nthen=back\n",
        )
        .unwrap();
        let state = desk.state().unwrap();
        let expected = State {
            link: Link::Wifi,
            address: Some("192.168.1.23".into()),
            hardware: true,
            joined: Some(ssid("Gärten \"5\"")),
            signal: Some(-54),
            saved: Some(ssid("name=\"x")),
            country: Country::new("DE"),
            phase: Some(Phase::WrongPassword),
            asked: Some(ssid("Ga")),
            then: Some(Then::Back),
        };
        assert_eq!(state, expected);
        fs::write(&file, "link=cable\nsaved=4761\nthen=tries\nname=\n").unwrap();
        let state = desk.state().unwrap();
        assert_eq!((state.link, state.joined), (Link::Cable, None));
        assert_eq!(
            (state.saved, state.then),
            (Some(ssid("Ga")), Some(Then::Tries))
        );
        fs::write(
            &file,
            b"phase=dancing\nlink=\xff\nsignal=loud\nsaved=\"half\nasked=zz\ncountry=XYZ\nthen=\n",
        )
        .unwrap();
        assert_eq!(desk.state().unwrap(), State::default());
    }

    #[test]
    fn networks_are_told_by_their_bytes_the_loudest_first_and_each_once() {
        let (dir, desk) = desk();
        assert!(desk.networks().unwrap().is_empty());
        let lines = [
            "-70\t[WPA2-PSK-CCMP][WPS][ESS]\tGarden",
            "-40\t[ESS]\tCaf\\xc3\\xa9",
            "-50\t[RSN-PSK+SAE-CCMP][ESS]\tGarden",
            // Somebody else's of the same name, louder.
            "-45\t[ESS]\tGarden",
            "-61\t[WPA2-SAE-CCMP][ESS]\t\\\\x41",
            "-62\t[WPA2-EAP-CCMP][ESS]\ttab\\there",
            "-63\t[WEP][ESS]\t\\n\\r\\e\\\"\\xff",
            "-64\t[WPA-PSK-TKIP][ESS]\t a\tb ",
            // Hidden ones, and lines that are none.
            "-30\t[WPA2-PSK-CCMP][ESS]\t",
            "-30\t[WPA2-PSK-CCMP][ESS]\t\\x00\\x00",
            "loud\t[ESS]\tx",
            "-30",
            "",
        ];
        fs::write(dir.path().join("networks"), lines.join("\n")).unwrap();
        let seen = desk.networks().unwrap();
        let seen: Vec<_> = seen
            .iter()
            .map(|seen| (seen.signal, seen.lock, seen.ssid.hex()))
            .collect();
        let hex = |bytes: &[u8]| Ssid::new(bytes.to_vec()).unwrap().hex();
        let expected = [
            (-40, Lock::Open, hex("Café".as_bytes())),
            (-45, Lock::Password, hex(b"Garden")),
            (-61, Lock::Other, hex(b"\\x41")),
            (-62, Lock::Other, hex(b"tab\there")),
            (-63, Lock::Other, hex(b"\n\r\x1b\"\xff")),
            (-64, Lock::Password, hex(b" a\tb ")),
        ];
        assert_eq!(seen, expected);
        // Half an escape ends nothing badly.
        for odd in ["\\", "\\x", "\\xz", "\\x4"] {
            unescaped(odd.as_bytes());
        }
    }

    /// The words of the script are those that are read here.
    #[test]
    fn the_script_tells_phases_that_the_home_knows() {
        let script = include_str!("../../overlay/usr/lib/toxmail/wifi");
        let told: Vec<&str> = ["tell ", "phase="]
            .iter()
            .flat_map(|verb| script.split(verb).skip(1))
            .filter_map(|rest| {
                rest.split(|c: char| !c.is_ascii_lowercase() && c != '-')
                    .next()
            })
            .collect();
        for (word, phase) in Phase::ALL {
            assert!(told.contains(word), "{phase:?} is never told");
        }
    }
}
