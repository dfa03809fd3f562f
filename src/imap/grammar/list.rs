//! LIST, with what RFC 5258, RFC 5819 and RFC 6154 add.

use super::Read;
use crate::imap::command::{Bad, List};
use crate::imap::lexer::Lexer;

pub(super) fn list(lexer: &mut Lexer) -> Read<List> {
    let mut list = List::default();
    lexer.space()?;
    if lexer.peek() == Some(b'(') {
        list.extended = true;
        for option in lexer.list(Lexer::word)? {
            match option.as_str() {
                "SUBSCRIBED" => list.only_subscribed = true,
                // There are no mailboxes elsewhere.
                "REMOTE" => {}
                "RECURSIVEMATCH" => list.recursive_match = true,
                "SPECIAL-USE" => list.only_special = true,
                _ => return Err(Bad::new("LIST has no such selection here")),
            }
        }
        if list.recursive_match && !list.only_subscribed {
            // RFC 5258 section 3: RECURSIVEMATCH wants another selection that it can apply to.
            return Err(Bad::new("RECURSIVEMATCH goes with SUBSCRIBED"));
        }
        lexer.space()?;
    }
    list.reference = lexer.astring()?;
    lexer.space()?;
    if lexer.peek() == Some(b'(') {
        list.extended = true;
        list.patterns = lexer.list(Lexer::pattern)?;
    } else {
        list.patterns.push(lexer.pattern()?);
    }
    if lexer.skip(b' ') {
        list.extended = true;
        if lexer.word()? != "RETURN" {
            return Err(Bad::new("Here RETURN is missing"));
        }
        lexer.space()?;
        let mut status = None;
        lexer.list(|lexer| {
            match lexer.word()?.as_str() {
                "SUBSCRIBED" => list.return_subscribed = true,
                // Told in any case.
                "CHILDREN" | "SPECIAL-USE" => {}
                "STATUS" => {
                    lexer.space()?;
                    status = Some(super::status_items(lexer)?);
                }
                _ => return Err(Bad::new("LIST can return no such thing here")),
            }
            Ok(())
        })?;
        list.status = status;
    }
    Ok(list)
}
