//! What a box's own script asks of this program while the home is off: to carry it to another disk, and a page that says why nobody answers.
//!
//! # What never happens here
//! The page knows nothing of the home: it has no folder, no key and no certificate, hence no HTTPS, and no other port is open meanwhile.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Ipv6Addr, Shutdown, TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::lock_folder;
use crate::appliance::carry::{self, Care};
use crate::appliance::light::{Light, Sign};
use crate::control::command::{Absence, AbsentOptions, CarryOptions, Tell};
use crate::web::absent;

/// How long a home that was told to end is waited for.
const ENDS: Duration = Duration::from_secs(60);
/// How long a visitor may take for anything.
const TAKES: Duration = Duration::from_secs(5);
/// Longest head of a request that is read, in bytes.
const MAX_HEAD: usize = 8 * 1024;
/// So many visitors at a time; whoever comes then tries again.
const MOST: usize = 16;

/// `toxmaild carry`: the home's folder to another disk. `tell` hears how many bytes are there, of how many.
///
/// # Errors
/// The home does not end, or a disk says no; the home's folder is as it was.
pub fn carry(options: CarryOptions, tell: Tell<'_>) -> anyhow::Result<()> {
    let CarryOptions { data, to, care } = options;
    // Nobody starts the home meanwhile.
    let _lock = match care {
        Care::Bulk => {
            // The home goes on meanwhile, and comes first.
            let _ = rustix::process::nice(10);
            None
        }
        Care::Exact => Some(lock_once_it_ends(&data)?),
    };
    carry::carry(&data, &to, care, tell)?;
    Ok(())
}

fn lock_once_it_ends(dir: &Path) -> anyhow::Result<std::fs::File> {
    let begin = Instant::now();
    loop {
        match lock_folder(dir) {
            Err(e) if begin.elapsed() > ENDS => return Err(e),
            Err(_) => std::thread::sleep(Duration::from_millis(50)),
            Ok(lock) => return Ok(lock),
        }
    }
}

/// `toxmaild absent`: says to whoever opens the page why the home is not there, until SIGTERM.
///
/// # Errors
/// The port is taken.
pub fn absent(options: AbsentOptions) -> anyhow::Result<()> {
    let AbsentOptions { why, light, port } = options;
    // Where there is no IPv6 at all.
    let door = TcpListener::bind((Ipv6Addr::UNSPECIFIED, port))
        .or_else(|_| TcpListener::bind((Ipv4Addr::UNSPECIFIED, port)))?;
    if let Some(folder) = light {
        let sign = match why {
            Absence::Missing | Absence::Damaged | Absence::Left => Sign::Trouble,
            Absence::Moving => Sign::Busy,
        };
        // The page is there without it, too.
        let _ = Light::new(&folder).show(sign);
    }
    let inside = Arc::new(AtomicUsize::new(0));
    for visitor in door.incoming() {
        let Ok(visitor) = visitor else {
            // Out of descriptors, say: that passes.
            std::thread::sleep(Duration::from_millis(100));
            continue;
        };
        let seat = Seat::take(&inside);
        if let Some(seat) = seat {
            std::thread::spawn(move || {
                let _seat = seat;
                // An error is the visitor's going away.
                let _ = answer(visitor, why);
            });
        }
    }
    Ok(())
}

struct Seat(Arc<AtomicUsize>);

impl Seat {
    fn take(inside: &Arc<AtomicUsize>) -> Option<Self> {
        let seat = Self(Arc::clone(inside));
        (inside.fetch_add(1, Ordering::AcqRel) < MOST).then_some(seat)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

fn answer(mut visitor: TcpStream, why: Absence) -> io::Result<()> {
    let until = Instant::now() + TAKES;
    visitor.set_write_timeout(Some(TAKES))?;
    let mut head = Vec::new();
    let mut piece = [0; 1024];
    while !head.windows(4).any(|four| four == b"\r\n\r\n") {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() || head.len() > MAX_HEAD {
            return Ok(());
        }
        visitor.set_read_timeout(Some(left))?;
        let read = visitor.read(&mut piece)?;
        if read == 0 {
            return Ok(());
        }
        head.extend_from_slice(&piece[..read]);
    }
    let head = String::from_utf8_lossy(&head);
    let languages = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("accept-language")
            .then_some(value)
    });
    let page = absent::page(why, languages.unwrap_or_default());
    let fields = format!(
        "HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\n\
         Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'\r\n\
         X-Content-Type-Options: nosniff\r\nCache-Control: no-store\r\nRetry-After: 30\r\nConnection: close\r\n\r\n",
        page.len()
    );
    visitor.write_all(fields.as_bytes())?;
    if !head.starts_with("HEAD ") {
        visitor.write_all(page.as_bytes())?;
    }
    visitor.shutdown(Shutdown::Write)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn ask(head: &str) -> String {
        ask_why(Absence::Missing, head)
    }

    fn ask_why(why: Absence, head: &str) -> String {
        let door = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let mut visitor = TcpStream::connect(door.local_addr().unwrap()).unwrap();
        let (inside, _) = door.accept().unwrap();
        visitor.write_all(head.as_bytes()).unwrap();
        answer(inside, why).unwrap();
        io::read_to_string(visitor).unwrap()
    }

    #[test]
    fn each_reason_has_its_own_words_in_every_language() {
        for why in [
            Absence::Missing,
            Absence::Damaged,
            Absence::Left,
            Absence::Moving,
        ] {
            let pages: std::collections::BTreeSet<String> = ["en", "de", "fr", "es"]
                .iter()
                .map(|language| {
                    ask_why(
                        why,
                        &format!("GET / HTTP/1.1\r\naccept-language: {language}\r\n\r\n"),
                    )
                })
                .collect();
            assert_eq!(pages.len(), 4, "{why:?}");
        }
        // What there is to do with a damaged card and a disk is called as the page of the new card calls it.
        let said = ask_why(Absence::Damaged, "GET / HTTP/1.1\r\n\r\n");
        for words in [
            "card of this box is damaged",
            "Go on with the home on this disk",
        ] {
            assert!(said.contains(words), "{said}");
        }
    }

    #[test]
    fn whoever_comes_is_told_in_their_language_whatever_they_ask_for() {
        let said = ask("GET / HTTP/1.1\r\nHost: toxmail.local\r\n\r\n");
        assert!(said.starts_with("HTTP/1.1 503 "), "{said}");
        assert!(
            said.contains("lang=\"en\"") && said.contains("not plugged in"),
            "{said}"
        );
        for (language, words) in [
            ("de-AT,en;q=0.5", "lang=\"de\""),
            ("fr", "lang=\"fr\""),
            ("es", "lang=\"es\""),
        ] {
            let said = ask(&format!(
                "POST /admin HTTP/1.1\r\naccept-LANGUAGE: {language}\r\n\r\n"
            ));
            assert!(said.contains(words), "{said}");
            let body = said.split_once("\r\n\r\n").unwrap().1;
            assert!(said.contains(&format!("Content-Length: {}\r\n", body.len())));
        }
        let said = ask("HEAD / HTTP/1.1\r\n\r\n");
        assert!(
            said.ends_with("\r\n\r\n") && !said.contains("<html"),
            "{said}"
        );
    }

    #[test]
    fn a_head_without_an_end_is_not_read_for_ever() {
        let door = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let mut visitor = TcpStream::connect(door.local_addr().unwrap()).unwrap();
        let (inside, _) = door.accept().unwrap();
        visitor.write_all(&vec![b'x'; MAX_HEAD + 2048]).unwrap();
        answer(inside, Absence::Missing).unwrap();
    }

    #[test]
    fn a_home_that_runs_is_waited_for_and_one_that_ended_is_carried() {
        let dir = tempfile::tempdir().unwrap();
        let [data, to] = ["data", "to"].map(|name| dir.path().join(name));
        for folder in [&data, &to] {
            std::fs::create_dir(folder).unwrap();
        }
        std::fs::write(data.join("toxmail.db"), "rows").unwrap();
        let running = lock_folder(&data).unwrap();
        let options = CarryOptions {
            data,
            to: to.clone(),
            care: Care::Exact,
        };
        let carrying = std::thread::spawn(move || carry(options, &mut |_, _| {}));
        assert!(!carrying.is_finished());
        assert!(!to.join("toxmail.db").exists());
        drop(running);
        carrying.join().unwrap().unwrap();
        assert_eq!(
            std::fs::read_to_string(to.join("toxmail.db")).unwrap(),
            "rows"
        );
    }
}
