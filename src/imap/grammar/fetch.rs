//! FETCH (RFC 3501 section 6.4.5, RFC 3516, RFC 7162, RFC 8474).

use super::Read;
use crate::imap::command::{Bad, By, Command, Item, Section, SectionText};
use crate::imap::lexer::Lexer;

/// Parts inside parts that a section can name.
const MAX_PART_DEPTH: usize = 64;

pub(super) fn fetch(by: By, lexer: &mut Lexer) -> Read<Command> {
    lexer.space()?;
    let set = lexer.set()?;
    lexer.space()?;
    let items = if lexer.peek() == Some(b'(') {
        lexer.list(item)?
    } else {
        let mut ahead = *lexer;
        match ahead.word()?.as_str() {
            "ALL" => macro_of(
                lexer,
                ahead,
                &[Item::Flags, Item::InternalDate, Item::Size, Item::Envelope],
            ),
            "FAST" => macro_of(lexer, ahead, &[Item::Flags, Item::InternalDate, Item::Size]),
            "FULL" => {
                let all = [
                    Item::Flags,
                    Item::InternalDate,
                    Item::Size,
                    Item::Envelope,
                    Item::Body,
                ];
                macro_of(lexer, ahead, &all)
            }
            _ => vec![item(lexer)?],
        }
    };
    if items.is_empty() {
        return Err(Bad::new("FETCH wants at least one item"));
    }
    let (mut changed_since, mut vanished) = (None, false);
    if lexer.skip(b' ') {
        lexer.list(|lexer| {
            match lexer.word()?.as_str() {
                "CHANGEDSINCE" => {
                    lexer.space()?;
                    changed_since = Some(lexer.number64()?);
                }
                "VANISHED" => vanished = true,
                _ => return Err(Bad::new("FETCH has no such modifier here")),
            }
            Ok(())
        })?;
        if vanished && (changed_since.is_none() || by == By::Number) {
            // RFC 7162 section 3.2.6.
            return Err(Bad::new("VANISHED goes with UID FETCH and CHANGEDSINCE"));
        }
    }
    Ok(Command::Fetch {
        by,
        set,
        items,
        changed_since,
        vanished,
    })
}

fn macro_of<'a>(lexer: &mut Lexer<'a>, behind: Lexer<'a>, items: &[Item]) -> Vec<Item> {
    *lexer = behind;
    items.to_vec()
}

fn item(lexer: &mut Lexer) -> Read<Item> {
    let word = lexer.word()?;
    Ok(match word.as_str() {
        "UID" => Item::Uid,
        "FLAGS" => Item::Flags,
        "INTERNALDATE" => Item::InternalDate,
        "ENVELOPE" => Item::Envelope,
        "BODYSTRUCTURE" => Item::BodyStructure,
        "MODSEQ" => Item::ModSeq,
        "EMAILID" => Item::EmailId,
        "THREADID" => Item::ThreadId,
        "RFC822" => Item::Rfc822,
        "RFC822.SIZE" => Item::Size,
        "RFC822.HEADER" => Item::Rfc822Header,
        "RFC822.TEXT" => Item::Rfc822Text,
        "BODY" if lexer.peek() != Some(b'[') => Item::Body,
        "BODY" => Item::Section(section(lexer, false)?),
        "BODY.PEEK" => Item::Section(section(lexer, true)?),
        "BINARY" | "BINARY.PEEK" => {
            let part = binary_part(lexer)?;
            Item::Binary {
                part,
                partial: partial(lexer)?,
                peek: word == "BINARY.PEEK",
            }
        }
        "BINARY.SIZE" => Item::BinarySize(binary_part(lexer)?),
        _ => return Err(Bad::new(format!("FETCH knows no item {word} here"))),
    })
}

/// Numbers with dots between them, and whether a dot is behind the last.
fn numbers(lexer: &mut Lexer) -> Read<(Vec<u32>, bool)> {
    let (mut part, mut dot) = (Vec::new(), false);
    while matches!(lexer.peek(), Some(b'0'..=b'9')) {
        let number = lexer.number()?;
        if number == 0 || part.len() == MAX_PART_DEPTH {
            return Err(Bad::new("There is no part of this number"));
        }
        part.push(number);
        dot = lexer.skip(b'.');
        if !dot {
            break;
        }
    }
    Ok((part, dot))
}

fn binary_part(lexer: &mut Lexer) -> Read<Vec<u32>> {
    lexer.expect(b'[')?;
    let mut part = Vec::new();
    if lexer.peek() != Some(b']') {
        let dot;
        (part, dot) = numbers(lexer)?;
        if part.is_empty() || dot {
            return Err(Bad::new("Here the number of a part is missing"));
        }
    }
    lexer.expect(b']')?;
    Ok(part)
}

fn section(lexer: &mut Lexer, peek: bool) -> Read<Section> {
    lexer.expect(b'[')?;
    let (part, dot) = numbers(lexer)?;
    let text = if lexer.peek() == Some(b']') && !dot {
        SectionText::All
    } else if !part.is_empty() && !dot {
        return Err(Bad::new("BODY has no such section"));
    } else {
        match lexer.word()?.as_str() {
            "HEADER" => SectionText::Header,
            "TEXT" => SectionText::Text,
            "MIME" if !part.is_empty() => SectionText::Mime,
            "HEADER.FIELDS" => SectionText::Fields(fields(lexer)?),
            "HEADER.FIELDS.NOT" => SectionText::FieldsNot(fields(lexer)?),
            _ => return Err(Bad::new("BODY has no such section")),
        }
    };
    lexer.expect(b']')?;
    Ok(Section {
        part,
        text,
        partial: partial(lexer)?,
        peek,
    })
}

fn fields(lexer: &mut Lexer) -> Read<Vec<String>> {
    lexer.space()?;
    let names = lexer.list(Lexer::text)?;
    let legal = |name: &String| !name.is_empty() && name.bytes().all(|b| b.is_ascii_graphic());
    if names.is_empty() || !names.iter().all(legal) {
        return Err(Bad::new("Here names of header fields are missing"));
    }
    Ok(names)
}

fn partial(lexer: &mut Lexer) -> Read<Option<(u64, u64)>> {
    if !lexer.skip(b'<') {
        return Ok(None);
    }
    let first = lexer.number64()?;
    lexer.expect(b'.')?;
    let length = lexer.number64()?;
    lexer.expect(b'>')?;
    if length == 0 {
        return Err(Bad::new("A part of no octets cannot be fetched"));
    }
    Ok(Some((first, length)))
}
