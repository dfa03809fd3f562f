//! What the home writes into letters that it makes of chats, in four languages, and what it says to the friend itself.

use super::{Language, clean};

/// One thing of a chat, as a letter tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line<'a> {
    /// Somebody said this.
    Said(&'a str),
    /// Somebody did this ("/me").
    Did(&'a str),
    /// A file came and hangs on the letter.
    File(&'a str),
    /// A file did not come: its name, and its size in bytes.
    NoFile(&'a str, u64, Why),
    /// The rest of what was said on that day was not taken.
    Flood,
}

/// Why a file did not come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// It is larger than this home takes.
    Large,
    /// Its program did not say how large it is.
    Endless,
    /// Too many at the same time.
    Many,
    /// There is no room for it.
    Room,
    /// It stopped in the middle and did not go on.
    Broken,
}

struct Words {
    /// Name, weekday, day, month.
    subject: &'static str,
    months: [&'static str; 12],
    file: &'static str,
    /// Name of the friend, of the file, its size.
    large: &'static str,
    endless: &'static str,
    many: &'static str,
    room: &'static str,
    broken: &'static str,
    flood: &'static str,
    no_groups: &'static str,
    too_much: &'static str,
}

const ENGLISH: Words = Words {
    subject: "Chat with {}, {} {} {}",
    months: [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    file: "[File attached: {}]",
    large: "[{} wanted to send the file \"{}\" ({}), which is larger than your home takes. Ask for it in smaller parts.]",
    endless: "[{} wanted to send the file \"{}\", but their program did not say how large it is. Ask them to send it from another program.]",
    many: "[{} wanted to send the file \"{}\" ({}) together with too many others. Ask them to send it again.]",
    room: "[{} wanted to send the file \"{}\" ({}), but there was no room for it. Make room, and ask them to send it again.]",
    broken: "[{} began to send the file \"{}\" ({}), which stopped on the way. Ask them to send it again.]",
    flood: "[{} has written more today than your home takes from one friend in a day. What came later today is not here; they were told.]",
    no_groups: "This is a mailbox, which joins no groups. What you write here arrives as mail.",
    too_much: "You have written more today than this mailbox takes from one friend in a day. What you write before tomorrow will not be read.",
};

const FRENCH: Words = Words {
    subject: "Discussion avec {}, {} {} {}",
    months: [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ],
    file: "[Fichier joint : {}]",
    large: "[{} voulait envoyer le fichier « {} » ({}), plus grand que ce que votre maison accepte. Demandez-le en plusieurs parties.]",
    endless: "[{} voulait envoyer le fichier « {} », mais son programme n'a pas dit sa taille. Demandez-lui de l'envoyer avec un autre programme.]",
    many: "[{} voulait envoyer le fichier « {} » ({}) avec trop d'autres à la fois. Demandez-lui de le renvoyer.]",
    room: "[{} voulait envoyer le fichier « {} » ({}), mais il n'y avait pas de place. Faites de la place et demandez-lui de le renvoyer.]",
    broken: "[{} a commencé à envoyer le fichier « {} » ({}), qui s'est arrêté en route. Demandez-lui de le renvoyer.]",
    flood: "[{} a écrit aujourd'hui plus que ce que votre maison accepte d'un ami en un jour. Ce qui est venu plus tard aujourd'hui n'est pas ici ; il ou elle en a été informé.]",
    no_groups: "Ceci est une boîte aux lettres, qui ne rejoint aucun groupe. Ce que vous écrivez ici arrive comme courrier.",
    too_much: "Vous avez écrit aujourd'hui plus que ce que cette boîte aux lettres accepte d'un ami en un jour. Ce que vous écrirez avant demain ne sera pas lu.",
};

const GERMAN: Words = Words {
    subject: "Chat mit {}, {}, {}. {}",
    months: [
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ],
    file: "[Datei im Anhang: {}]",
    large: "[{} wollte die Datei „{}“ ({}) schicken, die größer ist, als Ihr Zuhause annimmt. Bitten Sie um kleinere Teile.]",
    endless: "[{} wollte die Datei „{}“ schicken, aber das Programm sagte nicht, wie groß sie ist. Bitten Sie darum, sie mit einem anderen Programm zu schicken.]",
    many: "[{} wollte die Datei „{}“ ({}) zusammen mit zu vielen anderen schicken. Bitten Sie darum, sie noch einmal zu schicken.]",
    room: "[{} wollte die Datei „{}“ ({}) schicken, aber es war kein Platz dafür. Schaffen Sie Platz, und bitten Sie darum, sie noch einmal zu schicken.]",
    broken: "[{} hat begonnen, die Datei „{}“ ({}) zu schicken; sie blieb unterwegs stehen. Bitten Sie darum, sie noch einmal zu schicken.]",
    flood: "[{} hat heute mehr geschrieben, als Ihr Zuhause von einem Menschen an einem Tag annimmt. Was heute später kam, fehlt hier; das wurde dort gesagt.]",
    no_groups: "Das hier ist ein Briefkasten, der keiner Gruppe beitritt. Was Sie hier schreiben, kommt als Brief an.",
    too_much: "Sie haben heute mehr geschrieben, als dieser Briefkasten von einem Menschen an einem Tag annimmt. Was Sie vor morgen schreiben, wird nicht gelesen.",
};

const SPANISH: Words = Words {
    subject: "Chat con {}, {} {} de {}",
    months: [
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ],
    file: "[Archivo adjunto: {}]",
    large: "[{} quería enviar el archivo «{}» ({}), más grande de lo que su casa acepta. Pídalo en partes más pequeñas.]",
    endless: "[{} quería enviar el archivo «{}», pero su programa no dijo cuánto ocupa. Pídale que lo envíe con otro programa.]",
    many: "[{} quería enviar el archivo «{}» ({}) junto con demasiados otros. Pídale que lo envíe de nuevo.]",
    room: "[{} quería enviar el archivo «{}» ({}), pero no había sitio. Haga sitio y pídale que lo envíe de nuevo.]",
    broken: "[{} empezó a enviar el archivo «{}» ({}), que se detuvo en el camino. Pídale que lo envíe de nuevo.]",
    flood: "[{} ha escrito hoy más de lo que su casa acepta de un amigo en un día. Lo que llegó hoy más tarde no está aquí; ya se le ha dicho.]",
    no_groups: "Esto es un buzón, que no entra en grupos. Lo que escriba aquí llega como correo.",
    too_much: "Ha escrito hoy más de lo que este buzón acepta de un amigo en un día. Lo que escriba antes de mañana no se leerá.",
};

fn words(language: Language) -> &'static Words {
    match language {
        Language::English => &ENGLISH,
        Language::French => &FRENCH,
        Language::German => &GERMAN,
        Language::Spanish => &SPANISH,
    }
}

/// The subject of a day's chat; `day` counts from 1970-01-01.
pub fn subject(language: Language, name: &str, day: i64) -> String {
    let words = words(language);
    let (_, month, date) = civil(day);
    let weekday = usize::try_from((day + 3).rem_euclid(7)).unwrap_or(0); // 1970-01-01 was a Thursday
    let (weekday, month) = (language.weekdays()[weekday], words.months[month]);
    let date = date.to_string();
    fill(words.subject, &[&clean(name), weekday, &date, month])
}

/// One thing of a chat with that friend.
pub fn line(language: Language, name: &str, line: Line<'_>) -> String {
    let words = words(language);
    let name = &clean(name);
    match line {
        Line::Said(text) => text.to_owned(),
        Line::Did(text) => format!("* {name} {text}"),
        Line::File(file) => fill(words.file, &[file]),
        Line::NoFile(file, size, why) => {
            let sentence = match why {
                Why::Large => words.large,
                Why::Endless => words.endless,
                Why::Many => words.many,
                Why::Room => words.room,
                Why::Broken => words.broken,
            };
            fill(sentence, &[name, file, &bytes(size)])
        }
        Line::Flood => fill(words.flood, &[name]),
    }
}

/// What a friend hears who invites the home into a group.
pub fn no_groups(language: Language) -> &'static str {
    words(language).no_groups
}

/// What a friend hears who has written too much today.
pub fn too_much(language: Language) -> &'static str {
    words(language).too_much
}

/// Each `{}` in its turn; what is filled in is not looked at again.
fn fill(sentence: &str, with: &[&str]) -> String {
    let mut with = with.iter();
    let mut pieces = sentence.split("{}");
    let mut filled = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        filled.push_str(with.next().unwrap_or(&""));
        filled.push_str(piece);
    }
    filled
}

/// `4.2 MB`.
fn bytes(size: u64) -> String {
    const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
    if size < 1000 {
        return format!("{size} B");
    }
    let mut tenths = size / 100;
    let mut unit = 0;
    while tenths >= 10_000 && unit + 1 < UNITS.len() {
        tenths /= 1000;
        unit += 1;
    }
    format!("{}.{} {}", tenths / 10, tenths % 10, UNITS[unit])
}

/// Year, month from 0, day of a day since 1970-01-01 (the calendar of Howard Hinnant's `civil_from_days`).
fn civil(day: i64) -> (i64, usize, i64) {
    let shifted = day + 719_468; // since 0000-03-01
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153; // from March
    let date = of_year - (153 * month + 2) / 5 + 1;
    let month = usize::try_from((month + 2) % 12).unwrap_or(0);
    (year + era * 400 + i64::from(month < 2), month, date)
}

/// `2026-11-25`, for names that must not change with the language.
pub fn iso(day: i64) -> String {
    let (year, month, date) = civil(day);
    format!("{year:04}-{:02}-{date:02}", month + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Language; 4] = [
        Language::English,
        Language::French,
        Language::German,
        Language::Spanish,
    ];

    #[test]
    fn a_day_has_its_subject_in_every_language() {
        // 2026-11-24, a Tuesday.
        let day = 20_781;
        assert_eq!(iso(day), "2026-11-24");
        let subjects = ALL.map(|language| subject(language, "Paul", day));
        assert_eq!(
            subjects,
            [
                "Chat with Paul, Tuesday 24 November",
                "Discussion avec Paul, mardi 24 novembre",
                "Chat mit Paul, Dienstag, 24. November",
                "Chat con Paul, martes 24 de noviembre",
            ]
        );
        assert_eq!(
            subject(Language::English, "{}\r\nBcc: x", 0),
            "Chat with {}Bcc: x, Thursday 1 January"
        );
    }

    #[test]
    fn the_calendar_is_that_of_the_mail_library() {
        for day in (-1000..40_000)
            .step_by(17)
            .chain([59, 60, 789, 11_016, 11_017])
        {
            let theirs = mail_parser::DateTime::from_timestamp(day * 86_400);
            assert_eq!(iso(day), theirs.to_rfc3339()[..10]);
        }
    }

    #[test]
    fn every_line_is_filled_in_every_language() {
        for language in ALL {
            let mut all = vec![
                line(language, "Paul", Line::Did("waves")),
                line(language, "Paul", Line::File("sun.png")),
                line(language, "Paul", Line::Flood),
                no_groups(language).to_owned(),
                too_much(language).to_owned(),
            ];
            for why in [Why::Large, Why::Endless, Why::Many, Why::Room, Why::Broken] {
                let told = line(
                    language,
                    "Paul",
                    Line::NoFile("film.mkv", 4_234_567_890, why),
                );
                assert!(told.contains("film.mkv"), "{told}");
                assert!(why == Why::Endless || told.contains("4.2 GB"), "{told}");
                all.push(told);
            }
            for text in all {
                assert!(!text.contains("{}"), "{text}");
                assert!(text.len() < 400, "{text}");
            }
        }
        assert_eq!(
            line(Language::English, "Paul", Line::Did("waves")),
            "* Paul waves"
        );
        assert_eq!(line(Language::English, "Paul", Line::Said("{}")), "{}");
    }

    #[test]
    fn sizes_are_short() {
        assert_eq!(
            [0, 999, 1000, 999_949, 4_200_000, 100 << 20].map(bytes),
            ["0 B", "999 B", "1.0 kB", "999.9 kB", "4.2 MB", "104.8 MB"]
        );
    }
}
