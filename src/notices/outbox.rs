//! What a mail program shows of a letter on its way, and what is told of one that was taken back too late; in four languages.

use std::fmt::Write as _;

use jiff::tz::TimeZone;
use jiff::{Timestamp, ZonedDateTime};
use mail_builder::headers::Header;
use mail_builder::headers::text::Text;

use super::clean;
use super::text::{Language, Letter, date, fill, greeting_of, no_subject_of};

/// The field in the header section of a letter on its way.
pub const FIELD: &str = "X-Toxmail-Status";
/// Recipients that are named; of more it is said how many.
const NAMED: usize = 20;

/// How far a letter is to one recipient.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// Its writer is asked whether it should go.
    Held,
    /// It waits for a home that is not there.
    AwaitsBox,
    /// It waits for a direct connection to that home.
    AwaitsDirect,
    /// It waits for a chat program that is not online.
    AwaitsChat,
    /// It is being delivered.
    Going,
    /// It was not taken the last time.
    Again,
    /// The same of the writer's mail provider.
    ProviderAgain,
    /// They have it.
    There,
    /// They will not get it.
    Failed,
}

/// One recipient of a letter on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stage {
    /// Name or address.
    pub who: String,
    /// How far it is.
    pub standing: Standing,
    /// When their home or program was last there, in seconds since 1970.
    pub last_seen: Option<i64>,
}

/// Sentences of one language. `{}` is filled in.
struct Words {
    held: &'static str,
    awaits_box: &'static str,
    awaits_direct: &'static str,
    awaits_chat: &'static str,
    /// Behind one that waits.
    seen: &'static str,
    going: &'static str,
    again: &'static str,
    provider_again: &'static str,
    there: &'static str,
    failed: &'static str,
    more: &'static str,
    today: &'static str,
    yesterday: &'static str,
    /// A weekday, then a time.
    weekday: &'static str,
    subject: &'static str,
    about: &'static str,
    /// To whom it went.
    late: &'static str,
    /// Nobody waited for it any more.
    too_late: &'static str,
    others: &'static str,
}

const ENGLISH: Words = Words {
    held: "{}: waiting for your answer to the question whether it should go",
    awaits_box: "waiting for {}'s box",
    awaits_direct: "waiting for a direct connection to {}'s box",
    awaits_chat: "waiting until {}'s chat program is online",
    seen: ", last seen {}",
    going: "on its way to {}",
    again: "not taken yet for {}, tried again by itself",
    provider_again: "not taken yet by your mail provider for {}, tried again by itself",
    there: "{} has it",
    failed: "{} did not get it",
    more: "{} more",
    today: "today {}",
    yesterday: "yesterday {}",
    weekday: "{} {}",
    subject: "Not taken back everywhere: {}",
    about: "this is Toxmail, the post office in your home, about your message \"{}\", which you took out of the Outbox.",
    late: "{} had got it before, and keeps it.",
    too_late: "It did not wait any more, and could not be taken back.",
    others: "Everybody else does not get it any more.",
};

const FRENCH: Words = Words {
    held: "{} : attend votre réponse à la question s'il doit partir",
    awaits_box: "attend le boîtier de {}",
    awaits_direct: "attend une liaison directe avec le boîtier de {}",
    awaits_chat: "attend que le programme de discussion de {} soit en ligne",
    seen: ", vu pour la dernière fois {}",
    going: "en route vers {}",
    again: "pas encore accepté pour {}, nouvel essai automatique",
    provider_again: "pas encore accepté par votre fournisseur de messagerie pour {}, nouvel essai automatique",
    there: "{} l'a reçu",
    failed: "{} ne l'a pas reçu",
    more: "et {} de plus",
    today: "aujourd'hui {}",
    yesterday: "hier {}",
    weekday: "{} {}",
    subject: "Pas repris partout : {}",
    about: "ici Toxmail, le bureau de poste de votre maison, au sujet de votre message « {} », que vous avez retiré de la boîte d'envoi.",
    late: "{} l'avait déjà reçu, et le garde.",
    too_late: "Il n'attendait plus, et ne pouvait plus être repris.",
    others: "Les autres ne le recevront plus.",
};

const GERMAN: Words = Words {
    held: "{}: wartet auf Ihre Antwort, ob er hinausgehen soll",
    awaits_box: "wartet auf die Box von {}",
    awaits_direct: "wartet auf eine direkte Verbindung zur Box von {}",
    awaits_chat: "wartet, bis das Chat-Programm von {} online ist",
    seen: ", zuletzt gesehen {}",
    going: "unterwegs zu {}",
    again: "für {} noch nicht angenommen, wird von selbst wieder versucht",
    provider_again: "von Ihrem Mailanbieter für {} noch nicht angenommen, wird von selbst wieder versucht",
    there: "{} hat ihn",
    failed: "{} hat ihn nicht bekommen",
    more: "und {} weitere",
    today: "heute {}",
    yesterday: "gestern {}",
    weekday: "{} {}",
    subject: "Nicht überall zurückgenommen: {}",
    about: "hier ist Toxmail, das Postamt bei Ihnen zu Hause, zu Ihrem Brief „{}“, den Sie aus dem Postausgang genommen haben.",
    late: "{} hatte ihn schon und behält ihn.",
    too_late: "Er wartete nicht mehr und ließ sich nicht zurücknehmen.",
    others: "Alle anderen bekommen ihn nicht mehr.",
};

const SPANISH: Words = Words {
    held: "{}: espera su respuesta a la pregunta de si debe salir",
    awaits_box: "espera la caja de {}",
    awaits_direct: "espera una conexión directa con la caja de {}",
    awaits_chat: "espera a que el programa de chat de {} esté en línea",
    seen: ", visto por última vez {}",
    going: "en camino hacia {}",
    again: "aún no aceptado para {}, se intenta otra vez automáticamente",
    provider_again: "aún no aceptado por su proveedor de correo para {}, se intenta otra vez automáticamente",
    there: "{} lo tiene",
    failed: "{} no lo ha recibido",
    more: "y {} más",
    today: "hoy {}",
    yesterday: "ayer {}",
    weekday: "{} {}",
    subject: "No retirado del todo: {}",
    about: "aquí Toxmail, la oficina de correos de su casa, acerca de su mensaje «{}», que usted sacó de la bandeja de salida.",
    late: "{} ya lo tenía, y lo conserva.",
    too_late: "Ya no esperaba, y no se podía retirar.",
    others: "Los demás ya no lo reciben.",
};

const fn words(language: Language) -> &'static Words {
    match language {
        Language::English => &ENGLISH,
        Language::French => &FRENCH,
        Language::German => &GERMAN,
        Language::Spanish => &SPANISH,
    }
}

/// The field, folded and encoded, with its line end: how far a letter is to everybody, as told at `now` (seconds since 1970).
pub fn status(language: Language, stages: &[Stage], now: i64) -> String {
    let text = plain(language, stages, now, &TimeZone::system());
    let mut field = format!("{FIELD}: ").into_bytes();
    let written = field.len();
    Text::new(text).write_header(&mut field, written);
    String::from_utf8_lossy(&field).into_owned()
}

fn plain(language: Language, stages: &[Stage], now: i64, zone: &TimeZone) -> String {
    let words = words(language);
    let mut text = String::new();
    for stage in stages.iter().take(NAMED) {
        if !text.is_empty() {
            text.push_str("; ");
        }
        let (sentence, waits) = match stage.standing {
            Standing::Held => (words.held, false),
            Standing::AwaitsBox => (words.awaits_box, true),
            Standing::AwaitsDirect => (words.awaits_direct, false),
            Standing::AwaitsChat => (words.awaits_chat, true),
            Standing::Going => (words.going, false),
            Standing::Again => (words.again, false),
            Standing::ProviderAgain => (words.provider_again, false),
            Standing::There => (words.there, false),
            Standing::Failed => (words.failed, false),
        };
        text.push_str(&fill(sentence, &clean(&stage.who)));
        if let Some(seen) = stage.last_seen.filter(|_| waits) {
            text.push_str(&fill(words.seen, &near(language, seen, now, zone)));
        }
    }
    let more = stages.len().saturating_sub(NAMED);
    if more > 0 {
        let _ = write!(text, "; {}", fill(words.more, &more.to_string()));
    }
    text
}

/// A moment in words that are true for the rest of the day: `today 18:02`, `yesterday 18:02`, `Tuesday 18:02`, `2026-11-25`.
fn near(language: Language, seconds: i64, now: i64, zone: &TimeZone) -> String {
    let zoned = |seconds: i64| -> ZonedDateTime {
        let moment = Timestamp::from_second(seconds).unwrap_or(Timestamp::UNIX_EPOCH);
        moment.to_zoned_datetime(zone.clone())
    };
    let (then, today) = (zoned(seconds), zoned(now).date());
    let clock = format!("{:02}:{:02}", then.hour(), then.minute());
    let span = today.since(then.date());
    let days = span.map_or(i64::MAX, |span| i64::from(span.get_days()));
    let words = words(language);
    match days {
        // A clock that was set meanwhile may say that it is in the future.
        i64::MIN..=0 => fill(words.today, &clock),
        1 => fill(words.yesterday, &clock),
        2..7 => {
            let at = usize::try_from(then.weekday().to_monday_zero_offset()).unwrap_or(0);
            fill(&fill(words.weekday, language.weekdays()[at]), &clock)
        }
        _ => date(seconds),
    }
}

/// The mail about a letter that was taken back: these had it already; or, where nobody is named, all of it had gone.
pub fn late(language: Language, title: Option<&str>, has: &[String]) -> Letter {
    let words = words(language);
    let title = title.unwrap_or(no_subject_of(language));
    let mut body = format!(
        "{}\n\n{}\n\n",
        greeting_of(language),
        fill(words.about, title)
    );
    if has.is_empty() {
        body.push_str(words.too_late);
    } else {
        for who in has {
            let _ = writeln!(body, "{}", fill(words.late, &clean(who)));
        }
        body.push_str(words.others);
    }
    body.push_str("\n\nToxmail\n");
    Letter {
        subject: fill(words.subject, title),
        body: body.replace('\n', "\r\n"),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use super::*;

    const ALL: [Language; 4] = [
        Language::English,
        Language::French,
        Language::German,
        Language::Spanish,
    ];
    /// Wednesday, 2026-11-25 17:02 in UTC.
    const SEEN: i64 = 1_795_626_120;
    const DAY: i64 = 86_400;

    fn stage(who: &str, standing: Standing, last_seen: Option<i64>) -> Stage {
        Stage {
            who: who.into(),
            standing,
            last_seen,
        }
    }

    #[test]
    fn a_letter_tells_whom_it_waits_for_and_since_when_in_words_that_hold_all_day() {
        let zone = TimeZone::fixed(jiff::tz::offset(1));
        let anna = [stage("Anna", Standing::AwaitsBox, Some(SEEN))];
        for (later, expected) in [
            (0, "waiting for Anna's box, last seen today 18:02"),
            (-5 * DAY, "waiting for Anna's box, last seen today 18:02"),
            (DAY, "waiting for Anna's box, last seen yesterday 18:02"),
            // The day ends at midnight here.
            (
                5 * 3600 + 58 * 60,
                "waiting for Anna's box, last seen yesterday 18:02",
            ),
            (
                5 * 3600 + 57 * 60,
                "waiting for Anna's box, last seen today 18:02",
            ),
            (6 * DAY, "waiting for Anna's box, last seen Wednesday 18:02"),
            (7 * DAY, "waiting for Anna's box, last seen 2026-11-25"),
        ] {
            assert_eq!(
                plain(Language::English, &anna, SEEN + later, &zone),
                expected
            );
        }
        let german = plain(Language::German, &anna, SEEN + DAY, &zone);
        assert_eq!(
            german,
            "wartet auf die Box von Anna, zuletzt gesehen gestern 18:02"
        );
    }

    #[test]
    fn every_standing_has_words_of_its_own_in_each_language() {
        use Standing::*;
        let standings = [
            Held,
            AwaitsBox,
            AwaitsDirect,
            AwaitsChat,
            Going,
            Again,
            ProviderAgain,
            There,
            Failed,
        ];
        let mut seen = Vec::new();
        for language in ALL {
            for standing in standings {
                let text = plain(language, &[stage("Zo", standing, None)], 0, &TimeZone::UTC);
                assert!(text.contains("Zo") && !text.contains("{}"), "{text}");
                assert!(!seen.contains(&text), "{text}");
                seen.push(text);
            }
            let many: Vec<Stage> = (0..23)
                .map(|n| stage(&n.to_string(), There, None))
                .collect();
            let text = plain(language, &many, 0, &TimeZone::UTC);
            assert!(
                text.contains("19") && !text.contains("20") && text.contains('3'),
                "{text}"
            );
        }
    }

    #[test]
    fn the_field_is_ascii_in_short_lines_whatever_the_name_is_and_reads_back() {
        for who in [
            "Carl",
            "Zoë",
            "x\r\nBcc: evil@example.org",
            &"lang ".repeat(100),
        ] {
            for language in ALL {
                let field = status(language, &[stage(who, Standing::AwaitsBox, Some(0))], 0);
                assert!(field.is_ascii() && field.ends_with("\r\n"), "{field:?}");
                let lines: Vec<&str> = field.split_terminator("\r\n").collect();
                assert!(
                    lines
                        .iter()
                        .all(|line| line.len() < 200 && !line.is_empty())
                );
                assert!(
                    lines[1..].iter().all(|line| line.starts_with([' ', '\t'])),
                    "{field:?}"
                );
                let message = mail_parser::MessageParser::new()
                    .parse(field.as_bytes())
                    .unwrap();
                assert_eq!(message.headers().len(), 1, "{field:?}");
            }
        }
        let simple = status(
            Language::English,
            &[stage("carl", Standing::AwaitsBox, None)],
            0,
        );
        assert_eq!(simple, "X-Toxmail-Status: waiting for carl's box\r\n");
    }

    #[test]
    fn whoever_takes_a_letter_back_too_late_hears_who_has_it() {
        let mut seen = Vec::new();
        for language in ALL {
            let some = late(language, Some("Pears"), &["Anna".into(), "Ben".into()]);
            assert!(some.subject.contains("Pears") && some.body.contains("Pears"));
            assert!(
                some.body.contains("Anna") && some.body.contains("Ben"),
                "{}",
                some.body
            );
            let all = late(language, None, &[]);
            for Letter { subject, body } in [some, all] {
                assert!(!subject.contains("{}") && !body.contains("{}"), "{body}");
                assert!(!body.replace("\r\n", "").contains(['\r', '\n']));
                assert!(!seen.contains(&body), "{body}");
                seen.push(body);
            }
        }
    }
}
