//! A letter made of what a friend has said and sent. A file of 100 MB passes through it 57 bytes a line, and never lies in
//! memory.

use std::fs::File;
use std::io::{self, BufReader, Cursor, Read};
use std::path::Path;

use data_encoding::{BASE64, HEXLOWER};
use mail_builder::MessageBuilder;
use mail_builder::headers::address::Address;
use mail_builder::headers::content_type::ContentType;
use mail_builder::headers::date::Date;
use mail_builder::mime::MimePart;
use sha2::{Digest, Sha256};

use super::notebook::{Item, Letter};
use crate::mail::address::{self, MemberName, PeerKey};
use crate::mail::header::{self, ArrivalBook, HeaderSection};
use crate::mail::verdict::Reason;
use crate::notices::Language;
use crate::notices::chat::{self, Line};

/// Bytes of a file in one line of base64 (RFC 2045 section 6.8: 76 characters).
const LINE: usize = 57;
/// Characters of a file's name that are kept.
const MAX_NAME: usize = 120;

/// What a letter is made with.
pub(super) struct Making<'a> {
    pub letter: &'a Letter,
    pub peer: &'a PeerKey,
    /// Under which this home knows the friend's key.
    pub local: Option<&'a str>,
    /// What this home calls the friend.
    pub name: &'a str,
    pub member: &'a MemberName,
    /// `<52 base32>.tox` of this home.
    pub suffix: &'a str,
    pub language: Language,
    /// Where the files lie.
    pub folder: &'a Path,
}

/// A letter that can be filed.
pub(super) struct Made {
    /// As it would have come over Tox; the empty line is not in it.
    pub header: HeaderSection,
    /// What follows the empty line.
    pub body: Vec<Piece>,
    /// The friend's address.
    pub sender: String,
}

/// A piece of a body.
pub(super) enum Piece {
    Bytes(Vec<u8>),
    /// In base64.
    File(File),
}

/// Writes the letter.
///
/// # Errors
/// A file is gone, or something that should not: the header is none.
pub(super) fn make(making: &Making<'_>) -> io::Result<Made> {
    let Making { letter, peer, .. } = making;
    let sender = address::canonical(making.local, peer);
    // As another home would write it: filing makes it the address that people here know.
    let to = format!("{}@{}", making.member, making.suffix);
    let root = root_id(making);
    let id = if letter.first {
        root.clone()
    } else {
        format!("chat.{}@{}", HEXLOWER.encode(&letter.token), making.suffix)
    };
    let mut files = Vec::new();
    let mut text = String::new();
    for item in &letter.items {
        let line = match item {
            Item::Said(words) => Line::Said(words),
            Item::Did(words) => Line::Did(words),
            Item::File { name, file, .. } => {
                files.push((name, file));
                Line::File(name)
            }
            Item::NoFile { name, size, why } => Line::NoFile(name, *size, *why),
            Item::Flood => Line::Flood,
        };
        let line = chat::line(making.language, making.name, line);
        text.push_str(&line.replace('\n', "\r\n"));
        text.push_str("\r\n");
    }
    let boundary = format!("=_{}", HEXLOWER.encode(&letter.token));
    let mut message = MessageBuilder::new()
        .from(Address::new_address(None::<&str>, sender.as_str()))
        .to(Address::new_address(None::<&str>, to.as_str()))
        .subject(chat::subject(making.language, making.name, letter.day))
        .date(Date::new(letter.came))
        .message_id(id.as_str());
    if !letter.first {
        message = message.in_reply_to(root.as_str()).references(root.as_str());
    }
    let text = MimePart::new("text/plain", text);
    let whole = if files.is_empty() {
        message.body(text).write_to_vec()?
    } else {
        let kind = ContentType::new("multipart/mixed").attribute("boundary", boundary.clone());
        message
            .body(MimePart::new(kind, vec![text]))
            .write_to_vec()?
    };
    let end = whole
        .windows(4)
        .position(|w| w == b"\r\n\r\n")
        .ok_or_else(|| io::Error::other("a letter without an empty line"))?;
    let header = HeaderSection::parse(&whole[..end + 2]).map_err(io::Error::other)?;
    let mut text = whole[end + 4..].to_vec();
    let mut body = Vec::new();
    if !files.is_empty() {
        // The last boundary comes after the files.
        let last = format!("--{boundary}--");
        let at = text
            .windows(last.len())
            .rposition(|w| w == last.as_bytes())
            .ok_or_else(|| io::Error::other("a multipart without its end"))?;
        text.truncate(at);
        body.push(Piece::Bytes(std::mem::take(&mut text)));
        for (name, file) in files {
            let mut head = format!("--{boundary}\r\n").into_bytes();
            MimePart::new(kind_of(name), &b""[..])
                .transfer_encoding("base64")
                .attachment(name.as_str())
                .write_part(&mut head);
            head.truncate(head.trim_ascii_end().len());
            head.extend_from_slice(b"\r\n\r\n");
            body.push(Piece::Bytes(head));
            body.push(Piece::File(File::open(making.folder.join(file))?));
        }
        text = format!("{last}\r\n").into_bytes();
    }
    body.push(Piece::Bytes(text));
    Ok(Made {
        header,
        body,
        sender,
    })
}

impl Made {
    /// The header section as this home files what comes from outside, with the empty line.
    ///
    /// # Errors
    /// None that a letter made here would meet.
    pub(super) fn head(&self, book: &dyn ArrivalBook) -> Result<Vec<u8>, Reason> {
        let head = header::on_arrival(&self.header, book, &self.sender, "chat")?;
        Ok(crate::delivery::letter::with_empty_line(head))
    }

    /// The body while it is read.
    pub(super) fn body(self) -> Box<dyn Read> {
        let mut all: Box<dyn Read> = Box::new(io::empty());
        for piece in self.body {
            let next: Box<dyn Read> = match piece {
                Piece::Bytes(bytes) => Box::new(Cursor::new(bytes)),
                Piece::File(file) => Box::new(Lines::new(file)),
            };
            all = Box::new(all.chain(next));
        }
        all
    }
}

/// The Message-ID of the first letter of a day, without angle brackets: the same whoever asks, and nobody's key is in it.
fn root_id(making: &Making<'_>) -> String {
    let mut hash = Sha256::new();
    hash.update(making.peer.as_bytes());
    hash.update(making.suffix);
    format!(
        "chat.{}.{}@{}",
        chat::iso(making.letter.day),
        HEXLOWER.encode(&hash.finalize()[..8]),
        making.suffix
    )
}

/// What a letter with a file of `size` bytes has in its place.
pub(super) fn encoded_size(size: u64) -> u64 {
    // 76 characters and a line end; and what stands before it.
    size.div_ceil(LINE as u64)
        .saturating_mul(78)
        .saturating_add(1024)
}

/// A file in lines of base64, while it is read.
struct Lines {
    from: BufReader<File>,
    line: Vec<u8>,
    taken: usize,
}

impl Lines {
    fn new(file: File) -> Self {
        Self {
            from: BufReader::with_capacity(64 << 10, file),
            line: Vec::new(),
            taken: 0,
        }
    }
}

impl Read for Lines {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.taken == self.line.len() {
            // Some lines at a time.
            let mut bytes = Vec::with_capacity(LINE * 64);
            Read::take(&mut self.from, (LINE * 64) as u64).read_to_end(&mut bytes)?;
            self.line.clear();
            self.taken = 0;
            for line in bytes.chunks(LINE) {
                self.line.extend_from_slice(BASE64.encode(line).as_bytes());
                self.line.extend_from_slice(b"\r\n");
            }
        }
        let length = buffer.len().min(self.line.len() - self.taken);
        buffer[..length].copy_from_slice(&self.line[self.taken..self.taken + length]);
        self.taken += length;
        Ok(length)
    }
}

/// A file's name as it may stand in a letter: no path, no control characters, nothing that turns the direction of writing
/// around (so that `gnp.exe` looks like a picture).
pub(super) fn clean_name(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let last = text.rsplit(['/', '\\']).next().unwrap_or_default();
    let turns = |c: char| matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}');
    let plain: String = last
        .chars()
        .filter(|c| !c.is_control() && !turns(*c))
        .collect();
    let plain = plain.trim().trim_start_matches('.').trim();
    if plain.is_empty() {
        return "file".to_owned();
    }
    let count = plain.chars().count();
    if count <= MAX_NAME {
        return plain.to_owned();
    }
    // The end says what it is.
    let skip = |n: usize| plain.chars().skip(n).collect::<String>();
    let start: String = plain.chars().take(MAX_NAME - 21).collect();
    format!("{start}…{}", skip(count - 20))
}

/// What a mail program should take a file for: what it shows at once is worth naming.
fn kind_of(name: &str) -> &'static str {
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    match ending.to_ascii_lowercase().as_str() {
        "jpg" | "jpeg" => "image/jpeg",
        "png" => "image/png",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "heic" => "image/heic",
        "pdf" => "application/pdf",
        "mp4" => "video/mp4",
        "mov" => "video/quicktime",
        "mp3" => "audio/mpeg",
        "ogg" | "opus" => "audio/ogg",
        "m4a" => "audio/mp4",
        "zip" => "application/zip",
        // Also what a mail program would run or show as its own: pages, scripts, messages.
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use mail_parser::{MessageParser, MimeHeaders};

    use super::*;
    use crate::notices::chat::Why;

    struct Book(String);
    impl ArrivalBook for Book {
        fn peer_suffix(&self) -> &str {
            &self.0
        }
        fn may_write_as(&self, _: &str) -> bool {
            false
        }
        fn display_for(&self, _: &str) -> Option<String> {
            Some("Paul Müller".into())
        }
        fn preferred(&self, canonical: &str) -> Option<String> {
            Some(match canonical.ends_with(&self.0) {
                true => "paul@tox".into(),
                false => canonical.replace(&canonical[5..], "toxmail.local"),
            })
        }
    }

    fn made(letter: &Letter, folder: &Path) -> Vec<u8> {
        let peer = PeerKey::from_bytes([7; 32]);
        let member = "anna".parse().unwrap();
        let made = make(&Making {
            letter,
            peer: &peer,
            local: None,
            name: "Paul Müller",
            member: &member,
            suffix: &format!("{}.tox", PeerKey::from_bytes([9; 32]).base32()),
            language: Language::German,
            folder,
        })
        .unwrap();
        let mut whole = made.head(&Book(format!("{}.tox", peer.base32()))).unwrap();
        made.body().read_to_end(&mut whole).unwrap();
        whole
    }

    fn letter(first: bool, items: Vec<Item>) -> Letter {
        Letter {
            id: 1,
            day: 20_781,
            first,
            token: [5; 16],
            owner: None,
            came: 20_781 * 86_400 + 3600,
            items,
        }
    }

    #[test]
    fn a_chat_reads_like_a_letter_of_the_friend() {
        let dir = tempfile::tempdir().unwrap();
        let first = made(
            &letter(
                true,
                vec![Item::Said("Hallo Oma 👵".into()), Item::Did("winkt".into())],
            ),
            dir.path(),
        );
        let second = made(
            &letter(false, vec![Item::Said("noch was".into())]),
            dir.path(),
        );
        let parse = |bytes| MessageParser::default().parse(bytes).unwrap();
        let (first, second) = (parse(&first), parse(&second));
        assert_eq!(
            first.subject(),
            Some("Chat mit Paul Müller, Dienstag, 24. November")
        );
        assert_eq!(
            first.body_text(0).unwrap(),
            "Hallo Oma 👵\r\n* Paul Müller winkt\r\n"
        );
        let from = first.from().unwrap().first().unwrap();
        assert_eq!(
            (from.name(), from.address()),
            (Some("Paul Müller"), Some("paul@tox"))
        );
        assert_eq!(first.header_raw("X-Toxmail-Path").unwrap().trim(), "chat");
        let to = first.to().unwrap().first().unwrap();
        assert_eq!(to.address(), Some("anna@toxmail.local"));
        assert_eq!(first.date().unwrap().to_timestamp(), 20_781 * 86_400 + 3600);
        assert!(first.header_raw("In-Reply-To").is_none());
        let root = first.message_id().unwrap();
        assert_eq!(second.in_reply_to().as_text(), Some(root));
        assert_eq!(second.references().as_text(), Some(root));
        assert_ne!(second.message_id(), Some(root));
    }

    #[test]
    fn files_hang_on_the_letter() {
        let dir = tempfile::tempdir().unwrap();
        let bytes: Vec<u8> = (0..100_000u32).map(|n| (n * 7) as u8).collect();
        std::fs::write(dir.path().join("in-1"), &bytes).unwrap();
        std::fs::write(dir.path().join("in-2"), b"").unwrap();
        let file = |name: &str, file: &str, size| Item::File {
            name: name.into(),
            file: file.into(),
            size,
            id: [0; 32],
        };
        let items = vec![
            Item::Said("schau".into()),
            file("Grüße aus \"Rom\".png", "in-1", 100_000),
            file("leer.bin", "in-2", 0),
            Item::NoFile {
                name: "film.mkv".into(),
                size: 5_000_000_000,
                why: Why::Large,
            },
        ];
        let whole = made(&letter(true, items), dir.path());
        assert!((whole.len() as u64) < encoded_size(100_000) + encoded_size(0) + 2000);
        assert!(whole.split(|b| *b == b'\n').all(|line| line.len() <= 999));
        let message = MessageParser::default().parse(&whole).unwrap();
        assert_eq!(message.attachment_count(), 2);
        let sun = message.attachment(0).unwrap();
        assert_eq!(sun.attachment_name(), Some("Grüße aus \"Rom\".png"));
        assert_eq!(sun.content_type().unwrap().subtype(), Some("png"));
        assert_eq!(sun.contents(), bytes);
        assert_eq!(message.attachment(1).unwrap().contents(), b"");
        let text = message.body_text(0).unwrap();
        assert!(
            text.starts_with("schau\r\n[Datei im Anhang: Grüße"),
            "{text}"
        );
        assert!(
            text.contains("film.mkv") && text.contains("5.0 GB"),
            "{text}"
        );
    }

    #[test]
    fn a_files_name_is_only_a_name() {
        for (given, clean) in [
            (&b"sun.png"[..], "sun.png"),
            (b"../../etc/passwd", "passwd"),
            (b"C:\\Users\\x\\a b.doc", "a b.doc"),
            (b"...", "file"),
            (b"", "file"),
            (b".bashrc", "bashrc"),
            (b"a\r\nBcc: x\0.png", "aBcc: x.png"),
            ("photo\u{202E}gnp.exe".as_bytes(), "photognp.exe"),
            (b"\xff\xfe", "\u{FFFD}\u{FFFD}"),
        ] {
            assert_eq!(clean_name(given), clean);
        }
        let long = clean_name(&[&[b'x'; 250][..], b".tar.gz"].concat());
        assert_eq!(long.chars().count(), MAX_NAME);
        assert!(long.ends_with(".tar.gz"));
    }
}
