//! What the two dialogs with a mail server say alike, [`super::dialog`] with a provider and [`super::lmtp`] with the family's
//! own: the wishes of RFC 3461, and the letter itself with its dots stuffed.
//!
//! What never happens here: nothing is sent, and no answer is judged; what an answer means differs between the two.

use std::io::{self, Read};

use crate::mail::envelope::{Notify, Return};
use crate::pop3::lines::Lines;

/// Bytes of the letter that are read and said in one go.
const PIECE: usize = 64 << 10;

/// ` RET=` and ` ENVID=` of MAIL FROM; the id as the writer's program has written it.
pub fn envelope_wishes(ret: Return, envelope_id: Option<&str>) -> String {
    let mut wishes = match ret {
        Return::Unspecified => String::new(),
        Return::Full => " RET=FULL".to_owned(),
        Return::Headers => " RET=HDRS".to_owned(),
    };
    if let Some(id) = envelope_id {
        wishes.push_str(&format!(" ENVID={id}"));
    }
    wishes
}

/// ` NOTIFY=` of RCPT TO.
pub fn notify(notify: Notify) -> String {
    let Notify {
        success,
        failure,
        delay,
    } = notify;
    let words: Vec<&str> = [(success, "SUCCESS"), (failure, "FAILURE"), (delay, "DELAY")]
        .into_iter()
        .filter_map(|(wanted, word)| wanted.then_some(word))
        .collect();
    match words[..] {
        [] => " NOTIFY=NEVER".to_owned(),
        _ => format!(" NOTIFY={}", words.join(",")),
    }
}

/// A letter as it goes out behind DATA, piece by piece, with the dot that ends it (RFC 5321 section 4.5.2).
pub struct Content<'a> {
    head: Option<&'a [u8]>,
    body: &'a mut dyn Read,
    lines: Lines,
    block: Vec<u8>,
    stuffed: Vec<u8>,
    ended: bool,
}

impl<'a> Content<'a> {
    /// Of this header section, with its empty line, and this body.
    pub fn new(head: &'a [u8], body: &'a mut dyn Read) -> Self {
        Self {
            head: Some(head),
            body,
            lines: Lines::new(None),
            block: vec![0; PIECE],
            stuffed: Vec::with_capacity(PIECE + 1024),
            ended: false,
        }
    }

    /// The next bytes to say; `None` behind the end.
    ///
    /// # Errors
    /// Those of the body: the end is then not said, and the server throws away what it has.
    pub fn piece(&mut self) -> io::Result<Option<&[u8]>> {
        if self.ended {
            return Ok(None);
        }
        self.stuffed.clear();
        if let Some(head) = self.head.take() {
            self.lines.take(head, &mut self.stuffed);
        }
        while self.stuffed.len() < PIECE {
            match self.body.read(&mut self.block) {
                Ok(0) => {
                    self.lines.end(&mut self.stuffed);
                    self.ended = true;
                    break;
                }
                Ok(length) => {
                    self.lines.take(&self.block[..length], &mut self.stuffed);
                }
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
            }
        }
        Ok(Some(&self.stuffed))
    }
}
