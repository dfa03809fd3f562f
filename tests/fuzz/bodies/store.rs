//! Names of mailboxes and of message files.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use toxmail::store::Flags;
use toxmail::store::maildir::{MailboxName, UniqueName, base_name, ours, split};

/// As the name of a mailbox, of a folder that another program made, of a message file.
pub fn maildir(data: &[u8]) {
    if let Ok(text) = std::str::from_utf8(data)
        && let Ok(name) = text.parse::<MailboxName>()
    {
        assert_eq!(
            name.as_str().parse::<MailboxName>().ok(),
            Some(name.clone())
        );
        stays_inside(&name);
    }
    // A folder's name that is read is one that would be written just so.
    if let Some(name) = MailboxName::of_folder(OsStr::from_bytes(data)) {
        assert_eq!(name.folder().as_bytes(), data);
        stays_inside(&name);
    }

    let (base, flags) = split(data);
    assert!(data.starts_with(base));
    assert_eq!(Flags::parse(flags.to_string().as_bytes()), flags);
    let written = [base, b":2,", flags.to_string().as_bytes()].concat();
    assert_eq!(split(&written), (base, flags));
    if let Some((unique, on_disk, size)) = ours(data) {
        let again = base_name(1, &unique, on_disk, size);
        assert_eq!(ours(&again), Some((unique, on_disk, size)));
    }
    let unique = UniqueName::of(&[data]);
    let base = base_name(1_700_000_000, &unique, 7, 9);
    assert_eq!(ours(&base), Some((unique, 7, 9)));
    assert!(!base.contains(&b'/') && base.len() < 200);
}

/// The folder lies in the member's Maildir, beside no other mailbox's, whatever the name.
fn stays_inside(name: &MailboxName) {
    let folder = name.folder();
    if name.is_inbox() {
        return assert_eq!(folder, "");
    }
    assert!(folder.starts_with('.') && folder.len() <= 240, "{folder:?}");
    assert!(
        folder != "." && folder != ".." && !folder.contains(['/', '\0']),
        "{folder:?}"
    );
    assert!(
        folder.bytes().all(|b| (b' '..=b'~').contains(&b)),
        "{folder:?}"
    );
    assert_eq!(
        MailboxName::of_folder(OsStr::new(&folder)).as_ref(),
        Some(name),
        "{folder:?}"
    );
}
