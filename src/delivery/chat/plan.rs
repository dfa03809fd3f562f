//! A letter taken apart for a chat program: what is said, and which files go with it. The same letter gives the same parts at
//! every attempt, so that what was acknowledged is known by its place.

use std::fs;
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use mail_parser::MessageParser;
use sha2::{Digest, Sha256};

use super::letter::clean_name;
use crate::chat::split;
use crate::delivery::{Post, letter};
use crate::durable::{self, Draft};
use crate::journal;
use crate::mail::parts::{self, Decoder, Leaf, Role};
use crate::mail::verdict::{Reason, Status, Verdict};
use crate::queue::Delivery;

/// A text that is longer, in bytes, goes as a file: nobody reads fifty chat messages in a row.
const MAX_SAID: usize = 64 << 10;
/// A text part that is longer, in bytes as it lies in the letter, is not decoded in memory and goes as a file.
const MAX_READ: u64 = 1 << 20;
/// `TOX_MAX_FILENAME_LENGTH`.
const MAX_FILE_NAME: usize = 255;

/// One part, as it goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Content {
    Text(String),
    File {
        name: String,
        /// Its bytes, decoded.
        path: PathBuf,
        size: u64,
    },
}

impl Content {
    /// By which an acknowledgement knows what it was for.
    pub(super) fn digest(&self) -> [u8; 16] {
        let mut hash = Sha256::new();
        match self {
            Content::Text(text) => hash.update(text),
            Content::File { name, size, .. } => {
                hash.update(b"file\0");
                hash.update(size.to_be_bytes());
                hash.update(name);
            }
        }
        let mut digest = [0; 16];
        digest.copy_from_slice(&hash.finalize()[..16]);
        digest
    }
}

/// Where the decoded files of a delivery lie begins like this.
pub(super) fn prefix(delivery: &Delivery) -> String {
    format!("out-{}-", delivery.id.number())
}

/// Takes a letter apart. Its files are decoded into `folder`.
///
/// # Errors
/// A verdict: never for a letter that has nothing to say, later for trouble with the disk.
pub(super) fn plan(
    post: &Post,
    folder: &Path,
    delivery: &Delivery,
) -> Result<Vec<Content>, Verdict> {
    let mut opened = letter::open(post, delivery)?;
    let subject = MessageParser::new()
        .parse_headers(opened.header.bytes())
        .and_then(|message| message.subject().map(str::to_owned))
        .unwrap_or_default();
    let heading = heading(post, delivery, &subject, &opened.header);
    take_apart(&mut opened.content, folder, &prefix(delivery), heading).map_err(|e| {
        journal::disk_trouble("taking a letter apart for a chat program", &e);
        letter::own_trouble(letter::disk_reason(&e))
    })?
}

/// What is said before the text: the subject; and who writes, where several people live behind this one Tox identity.
fn heading(
    post: &Post,
    delivery: &Delivery,
    subject: &str,
    header: &crate::mail::header::HeaderSection,
) -> String {
    let of_chat = format!("@{}", post.suffix());
    let references = ["In-Reply-To", "References"].map(|name| header.text(name));
    let in_chat = references.iter().flatten().any(|ids| {
        ids.split_whitespace().any(|id| {
            let id = id.trim_matches(['<', '>']);
            id.starts_with("chat.") && id.ends_with(&of_chat)
        })
    });
    // An answer within the day's chat has the subject that this home made, which tells the friend nothing.
    let answers = subject.get(..3).is_some_and(|start| {
        start.eq_ignore_ascii_case("re:") || start.eq_ignore_ascii_case("aw:")
    });
    let subject = if in_chat && answers {
        ""
    } else {
        subject.trim()
    };
    let people = post.members.list().unwrap_or_default();
    let writer = match &delivery.member {
        Some(member) if people.len() > 1 => people
            .into_iter()
            .find(|person| person.name == *member)
            .map(|person| match person.display.trim() {
                "" => member.to_string(),
                display => display.to_owned(),
            }),
        _ => None,
    };
    match (writer, subject) {
        (Some(writer), "") => format!("{writer}:"),
        (Some(writer), subject) => format!("{writer}: {subject}"),
        (None, subject) => subject.to_owned(),
    }
}

/// The outer error is of the disk, the inner one the letter's.
fn take_apart(
    file: &mut (impl Read + Seek),
    folder: &Path,
    prefix: &str,
    heading: String,
) -> io::Result<Result<Vec<Content>, Verdict>> {
    file.seek(SeekFrom::Start(0))?;
    let leaves = parts::leaves(&mut BufReader::with_capacity(64 << 10, &mut *file))?;
    let roles = parts::roles(&leaves);
    let mut said = vec![heading];
    let mut files = Vec::new();
    for (number, (leaf, role)) in leaves.iter().zip(&roles).enumerate() {
        let length = leaf.ends - leaf.starts;
        match role {
            Role::Spare => {}
            Role::Text | Role::Html if length <= MAX_READ => {
                let mut body = vec![0; usize::try_from(length).unwrap_or_default()];
                file.seek(SeekFrom::Start(leaf.starts))?;
                file.read_exact(&mut body)?;
                said.push(split::tidy(&leaf.text(&body)));
            }
            Role::Text | Role::Html | Role::File => {
                let name = file_name(leaf, number);
                let path = folder.join(format!("{prefix}{number}"));
                let size = decode(file, leaf, &path)?;
                if size == 0 {
                    // Nothing to send, and programs differ in what they make of nothing.
                    said.push(format!("[{name}: 0 B]"));
                } else {
                    files.push(Content::File { name, path, size });
                }
            }
        }
    }
    said.retain(|text| !text.trim().is_empty());
    let text = said.join("\n\n");
    let mut contents = Vec::new();
    if text.len() > MAX_SAID {
        let path = folder.join(format!("{prefix}text"));
        let mut draft = fresh(&path)?;
        draft.write_all(text.as_bytes())?;
        let size = draft.len();
        draft.keep();
        let first: String = said.swap_remove(0).chars().take(100).collect();
        contents.extend(split::split(&first).into_iter().map(Content::Text));
        contents.push(Content::File {
            name: "letter.txt".into(),
            path,
            size,
        });
    } else {
        contents.extend(split::split(&text).into_iter().map(Content::Text));
    }
    contents.extend(files);
    if contents.is_empty() {
        return Ok(Err(Verdict::Never {
            why: Reason::new(
                Status(5, 6, 1),
                "there is nothing in this letter that a chat program could show: no subject, no text, no file",
            ),
        }));
    }
    Ok(Ok(contents))
}

fn fresh(path: &Path) -> io::Result<Draft> {
    match fs::remove_file(path) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
        _ => {}
    }
    Draft::create(path)
}

/// Decodes a part into a file of its own; its size.
fn decode(file: &mut (impl Read + Seek), leaf: &Leaf, path: &Path) -> io::Result<u64> {
    let length = leaf.ends - leaf.starts;
    if durable::room(durable::folder_of(path))? < length + durable::RESERVE {
        return Err(io::ErrorKind::StorageFull.into());
    }
    file.seek(SeekFrom::Start(leaf.starts))?;
    let body = BufReader::with_capacity(64 << 10, Read::take(&mut *file, length));
    let mut draft = fresh(path)?;
    // Needs no fsync: what a power cut takes is decoded again.
    io::copy(&mut Decoder::new(body, leaf.encoding), &mut draft)?;
    let size = draft.len();
    draft.keep();
    Ok(size)
}

fn file_name(leaf: &Leaf, number: usize) -> String {
    let mut name = match &leaf.name {
        Some(name) => clean_name(name.as_bytes()),
        None => {
            let ending = match leaf.kind.as_str() {
                "text/plain" => "txt",
                "text/html" => "html",
                "text/calendar" => "ics",
                "message/rfc822" | "message/global" => "eml",
                "image/jpeg" => "jpg",
                "image/png" => "png",
                "image/gif" => "gif",
                "application/pdf" => "pdf",
                "application/pgp-signature" => "asc",
                _ => "bin",
            };
            format!("part-{}.{ending}", number + 1)
        }
    };
    while name.len() > MAX_FILE_NAME {
        name.remove(0);
    }
    name
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    fn apart(dir: &Path, heading: &str, message: &str) -> Result<Vec<Content>, Verdict> {
        let path = dir.join("message");
        fs::write(&path, message.replace('\n', "\r\n")).unwrap();
        let mut file = fs::File::open(path).unwrap();
        take_apart(&mut file, dir, "out-1-", heading.to_owned()).unwrap()
    }

    fn texts(contents: &[Content]) -> Vec<&str> {
        let texts = contents.iter().filter_map(|content| match content {
            Content::Text(text) => Some(text.as_str()),
            Content::File { .. } => None,
        });
        texts.collect()
    }

    #[test]
    fn subject_text_and_files_in_this_order() {
        let dir = tempfile::tempdir().unwrap();
        let contents = apart(
            dir.path(),
            "Sunday",
            "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nCome to tea.\n\n> quoted\n\n--b\n\
             Content-Type: image/png\nContent-Disposition: attachment; filename=\"../sun.png\"\n\
             Content-Transfer-Encoding: base64\n\naGVsbG8=\n--b\nContent-Disposition: attachment; filename=empty\n\n--b--\n",
        )
        .unwrap();
        assert_eq!(
            texts(&contents),
            ["Sunday\n\nCome to tea.\n\n> quoted\n\n[empty: 0 B]"]
        );
        let Content::File { name, path, size } = &contents[1] else {
            panic!("{contents:?}")
        };
        assert_eq!((name.as_str(), *size), ("sun.png", 5));
        assert_eq!(fs::read(path).unwrap(), b"hello");
        assert_eq!(contents.len(), 2);
        // The same at every attempt.
        let digests =
            |contents: &[Content]| contents.iter().map(Content::digest).collect::<Vec<_>>();
        let again = fs::read(dir.path().join("message")).unwrap();
        let again = String::from_utf8(again).unwrap().replace("\r\n", "\n");
        assert_eq!(
            digests(&apart(dir.path(), "Sunday", &again).unwrap()),
            digests(&contents)
        );
    }

    #[test]
    fn html_becomes_text_and_nothing_is_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let html = apart(
            dir.path(),
            "",
            "Content-Type: text/html\n\n<p>Hi <b>there</b></p>",
        )
        .unwrap();
        assert_eq!(texts(&html), ["Hi there"]);
        let nothing = apart(dir.path(), " ", "Content-Type: text/plain\n\n  \n").unwrap_err();
        let Verdict::Never { why } = nothing else {
            panic!("{nothing:?}")
        };
        assert_eq!(why.status, Status(5, 6, 1));
    }

    #[test]
    fn a_very_long_text_goes_as_a_file() {
        let dir = tempfile::tempdir().unwrap();
        let long = "a line of a novel\n".repeat(5000);
        let contents = apart(dir.path(), "My novel", &format!("Subject: x\n\n{long}")).unwrap();
        assert_eq!(texts(&contents), ["My novel"]);
        let Content::File { path, .. } = &contents[1] else {
            panic!("{contents:?}")
        };
        let file = fs::read_to_string(path).unwrap();
        assert!(file.starts_with("My novel\n\na line") && file.len() > MAX_SAID);
    }
}
