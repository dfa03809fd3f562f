//! Answers to what the home has asked.

use toxmail::questions::answer::{Answer, read};

/// Whatever a program sends: it is a word, or it is not; what is quoted never is, and what says that it is automatic never is.
pub fn answers(data: &[u8]) {
    if let Answer::Unclear(shown) = read(data) {
        assert!(shown.chars().count() <= 80 && !shown.chars().any(char::is_control));
    }
    let automatic = [b"Auto-Submitted: auto-replied\r\n", data].concat();
    assert_eq!(read(&automatic), Answer::Automatic);
    let text = String::from_utf8_lossy(data);
    let quoted: String = text.lines().map(|line| format!("> {line}\r\n")).collect();
    let letter = format!("Content-Type: text/plain; charset=utf-8\r\n\r\n{quoted}");
    assert_eq!(read(letter.as_bytes()), Answer::Unclear(String::new()));
}
