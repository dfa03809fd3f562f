//! What the administrator hears by mail of what is wrong with the home, in four languages.

use super::clean;
use super::text::{Language, Letter, greeting_of};

/// One thing that is wrong, in the reader's language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alarm {
    /// What is wrong.
    pub words: String,
    /// What to do.
    pub advice: String,
    /// What another program said of it, in whatever language.
    pub said: Option<String>,
}

/// Subject, what comes before the list, and what comes behind it.
type Phrase = (&'static str, &'static str, &'static str);

const ENGLISH: Phrase = (
    "Your Toxmail box needs a look",
    "this is Toxmail, the post office in your home. Something needs somebody's hand:",
    "Each of these is told once, until it is right again. The home's web page shows at any time how it is.",
);
const FRENCH: Phrase = (
    "Votre boîtier Toxmail a besoin de vous",
    "ici Toxmail, le bureau de poste de votre maison. Il y a quelque chose à faire :",
    "Chaque chose n'est dite qu'une fois, jusqu'à ce qu'elle aille de nouveau. La page web de la maison montre à tout moment comment ça va.",
);
const GERMAN: Phrase = (
    "Ihre Toxmail-Box braucht Sie",
    "hier ist Toxmail, das Postamt in Ihrem Zuhause. Hier muss jemand etwas tun:",
    "Jedes davon wird einmal gesagt, bis es wieder in Ordnung ist. Die Webseite Ihres Zuhauses zeigt jederzeit, wie es steht.",
);
const SPANISH: Phrase = (
    "Su caja Toxmail le necesita",
    "aquí Toxmail, la oficina de correos de su casa. Hay algo que hacer:",
    "Cada cosa se dice una sola vez, hasta que vuelva a estar bien. La página web de la casa muestra en todo momento cómo está.",
);

/// The mail about them.
pub fn letter(language: Language, alarms: &[Alarm]) -> Letter {
    let (subject, before, behind) = match language {
        Language::English => ENGLISH,
        Language::French => FRENCH,
        Language::German => GERMAN,
        Language::Spanish => SPANISH,
    };
    let mut body = format!("{}\n\n{before}\n\n", greeting_of(language));
    for alarm in alarms {
        body.push_str(&format!(
            "- {} {}\n",
            clean(&alarm.words),
            clean(&alarm.advice)
        ));
        if let Some(said) = &alarm.said {
            body.push_str(&format!("  [{}]\n", clean(said)));
        }
        body.push('\n');
    }
    body.push_str(behind);
    body.push_str("\n\nToxmail\n");
    Letter {
        subject: subject.to_owned(),
        body: body.replace('\n', "\r\n"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_alarm_stands_in_the_mail_on_its_own_lines() {
        let alarms = [
            Alarm {
                words: "The disk is full.".into(),
                advice: "Make room.".into(),
                said: None,
            },
            Alarm {
                words: "No login.".into(),
                advice: "Look at it.\r\nX: y".into(),
                said: Some("535 no\r\nX: y".into()),
            },
        ];
        let mut subjects = std::collections::HashSet::new();
        for code in ["en", "fr", "de", "es"] {
            let Letter { subject, body } = letter(Language::from_code(code), &alarms);
            assert!(subjects.insert(subject));
            assert!(
                body.contains("\r\n- The disk is full. Make room.\r\n\r\n- No login. Look at it.")
            );
            assert!(body.contains("\r\n  [535 noX: y]\r\n"), "{body}");
            assert!(!body.contains("\r\nX:"), "{body}");
        }
    }
}
