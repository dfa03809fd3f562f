//! A password from standard input: a line, or typed twice without being seen where that is a terminal.

use std::io::{self, IsTerminal, Write};

use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use zeroize::Zeroizing;

use super::protocol::Secret;

/// Longest password, in bytes: argon2 reads all of it.
const LONGEST: usize = 1024;

/// Asks for a new password.
///
/// # Errors
/// A sentence for the person.
pub fn read(whose: &str) -> Result<Secret, String> {
    let password = if io::stdin().is_terminal() {
        let first = typed(&format!("New password for {whose}: "))?;
        if *first != *typed("Once more: ")? {
            return Err("the two passwords differ".into());
        }
        first
    } else {
        line()?
    };
    if password.is_empty() {
        return Err("a password on standard input is needed, and it cannot be empty".into());
    }
    if password.len() > LONGEST {
        return Err(format!("a password has at most {LONGEST} bytes"));
    }
    Ok(Secret::new(password.to_string()))
}

/// Asks for a passphrase that is known already.
///
/// # Errors
/// A sentence for the person.
pub fn known(what: &str) -> Result<Secret, String> {
    let passphrase = match io::stdin().is_terminal() {
        true => typed(&format!("Passphrase of {what}: "))?,
        false => line()?,
    };
    if passphrase.is_empty() {
        return Err("the passphrase on standard input is needed".into());
    }
    Ok(Secret::new(passphrase.to_string()))
}

fn line() -> Result<Zeroizing<String>, String> {
    let mut text = Zeroizing::new(String::new());
    let mut limited = io::Read::take(io::stdin().lock(), LONGEST as u64 + 3);
    io::BufRead::read_line(&mut limited, &mut text).map_err(|e| format!("standard input: {e}"))?;
    let length = text.trim_end_matches(['\r', '\n']).len();
    text.truncate(length);
    Ok(text)
}

fn typed(prompt: &str) -> Result<Zeroizing<String>, String> {
    // First unseen, then asked: what is typed at once is neither shown nor thrown away.
    let unseen = Unseen::begin();
    eprint!("{prompt}");
    let _ = io::stderr().flush();
    let text = line();
    drop(unseen);
    eprintln!();
    text
}

/// The terminal without echo, until dropped.
struct Unseen(Option<Termios>);

impl Unseen {
    fn begin() -> Self {
        let Ok(before) = tcgetattr(io::stdin()) else {
            return Self(None);
        };
        let mut modes = before.clone();
        modes.local_modes.remove(LocalModes::ECHO);
        Self(
            tcsetattr(io::stdin(), OptionalActions::Flush, &modes)
                .is_ok()
                .then_some(before),
        )
    }
}

impl Drop for Unseen {
    fn drop(&mut self) {
        if let Some(before) = &self.0 {
            let _ = tcsetattr(io::stdin(), OptionalActions::Now, before);
        }
    }
}
