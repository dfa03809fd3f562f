//! What members hear of homes and boxes, in four languages: another home has a new box, this home runs on two.

use super::text::{Language, Letter, fill, greeting_of};
use crate::mail::address::PeerKey;

/// What there is to tell.
#[derive(Clone, Copy, Debug)]
pub enum BoxNews<'a> {
    /// A home says that it has a new box.
    Moved {
        /// What the home is called here.
        home: &'a str,
        /// The key of the new box.
        new: &'a PeerKey,
    },
    /// A home sees this one on two boxes at once.
    Double {
        /// What the home that says so is called here.
        home: &'a str,
    },
}

struct Phrases {
    moved: (&'static str, &'static str),
    double: (&'static str, &'static str),
}

const ENGLISH: Phrases = Phrases {
    moved: (
        "{} says that it has a new box",
        "this is Toxmail, the post office in your home. {} says that it has a new box, and that the new one's key begins with {}.\n\n\
         Nothing has changed: your letters still go to the old box, and what comes from the new one is shown as from a home that \
         you do not know.\n\n\
         What to do: telephone them (do not only write), ask whether it is true, and compare the safety words of the new box. If both \
         is right, tell whoever looks after your box to confirm it: then your letters go to the new box, also those that still wait. \
         If they know of no new box, tell whoever looks after yours to refuse it.",
    ),
    double: (
        "Your home runs on two boxes at once",
        "this is Toxmail, the post office in your home. {} sees your home on two boxes at once. Letters now go to the one and now to \
         the other, so that each of the two seems to lose some.\n\n\
         What to do: if you have copied your home to another box, switch the old one off and use it no more; letters that it still \
         has are in the mailboxes there. If you know of no second box, somebody has a copy of your home's data, or of a backup of \
         it: set up a new home, pair it with your contacts anew, and tell them by telephone that the old one is not yours any more.",
    ),
};

const FRENCH: Phrases = Phrases {
    moved: (
        "{} dit avoir un nouveau boîtier",
        "ici Toxmail, le bureau de poste de votre maison. {} dit avoir un nouveau boîtier, dont la clé commence par {}.\n\n\
         Rien n'a changé : vos messages vont toujours à l'ancien boîtier, et ce qui vient du nouveau s'affiche comme venant d'une \
         maison que vous ne connaissez pas.\n\n\
         Que faire : téléphonez-leur (n'écrivez pas seulement), demandez si c'est vrai, et comparez les mots de sécurité du nouveau \
         boîtier. Si les deux sont justes, demandez à la personne qui s'occupe de votre boîtier de le confirmer : vos messages iront \
         alors au nouveau, y compris ceux qui attendent encore. S'ils ne savent rien d'un nouveau boîtier, demandez-lui de le refuser.",
    ),
    double: (
        "Votre maison fonctionne sur deux boîtiers à la fois",
        "ici Toxmail, le bureau de poste de votre maison. {} voit votre maison sur deux boîtiers à la fois. Les messages vont tantôt à \
         l'un, tantôt à l'autre, si bien que chacun des deux semble en perdre.\n\n\
         Que faire : si vous avez copié votre maison sur un autre boîtier, éteignez l'ancien et ne l'utilisez plus ; les messages \
         qu'il a reçus sont dans ses boîtes aux lettres. Si vous ne connaissez pas de second boîtier, quelqu'un a une copie des données \
         de votre maison ou d'une de ses sauvegardes : installez une nouvelle maison, appairez-la à nouveau avec vos contacts, et \
         dites-leur par téléphone que l'ancienne n'est plus la vôtre.",
    ),
};

const GERMAN: Phrases = Phrases {
    moved: (
        "{} sagt, es habe eine neue Box",
        "hier ist Toxmail, das Postamt bei Ihnen zu Hause. {} sagt, es habe eine neue Box, deren Schlüssel mit {} beginnt.\n\n\
         Geändert hat sich nichts: Ihre Briefe gehen weiter an die alte Box, und was von der neuen kommt, wird als von einem Zuhause \
         angezeigt, das Sie nicht kennen.\n\n\
         Was zu tun ist: Rufen Sie dort an (schreiben Sie nicht nur), fragen Sie, ob das stimmt, und vergleichen Sie die \
         Sicherheitswörter der neuen Box. Ist beides richtig, so bitten Sie, wer sich um Ihre Box kümmert, es zu bestätigen: Dann gehen \
         Ihre Briefe an die neue Box, auch die, die noch warten. Weiß man dort nichts von einer neuen Box, so lassen Sie es ablehnen.",
    ),
    double: (
        "Ihr Zuhause läuft auf zwei Boxen zugleich",
        "hier ist Toxmail, das Postamt bei Ihnen zu Hause. {} sieht Ihr Zuhause auf zwei Boxen zugleich. Briefe gehen bald an die \
         eine, bald an die andere, so dass in beiden welche zu fehlen scheinen.\n\n\
         Was zu tun ist: Haben Sie Ihr Zuhause auf eine andere Box kopiert, so schalten Sie die alte aus und benutzen Sie sie nicht \
         mehr; was sie noch bekommen hat, liegt in den Postfächern dort. Wissen Sie von keiner zweiten Box, so hat jemand eine Kopie \
         der Daten Ihres Zuhauses oder einer Sicherung davon: Richten Sie ein neues Zuhause ein, verbinden Sie es neu mit Ihren \
         Kontakten, und sagen Sie ihnen am Telefon, dass das alte nicht mehr Ihres ist.",
    ),
};

const SPANISH: Phrases = Phrases {
    moved: (
        "{} dice que tiene una caja nueva",
        "aquí Toxmail, la oficina de correos de su casa. {} dice que tiene una caja nueva, cuya clave empieza por {}.\n\n\
         Nada ha cambiado: sus mensajes siguen yendo a la caja antigua, y lo que llega de la nueva se muestra como de una casa que \
         usted no conoce.\n\n\
         Qué hacer: llámeles por teléfono (no solo escriba), pregunte si es verdad y compare las palabras de seguridad de la caja \
         nueva. Si ambas cosas son correctas, pida a quien cuida de su caja que lo confirme: entonces sus mensajes irán a la nueva, \
         también los que aún esperan. Si no saben nada de una caja nueva, pídale que lo rechace.",
    ),
    double: (
        "Su casa funciona en dos cajas a la vez",
        "aquí Toxmail, la oficina de correos de su casa. {} ve su casa en dos cajas a la vez. Los mensajes van unas veces a una y \
         otras veces a la otra, de modo que en cada una parecen faltar algunos.\n\n\
         Qué hacer: si ha copiado su casa a otra caja, apague la antigua y no la use más; los mensajes que todavía recibió están en \
         los buzones de esa caja. Si no sabe de ninguna segunda caja, alguien tiene una copia de los datos de su casa o de una copia de \
         seguridad: instale una casa nueva, emparéjela de nuevo con sus contactos y dígales por teléfono que la antigua ya no es suya.",
    ),
};

/// The words of one piece of news.
pub fn letter(language: Language, news: &BoxNews<'_>) -> Letter {
    let phrases = match language {
        Language::English => &ENGLISH,
        Language::French => &FRENCH,
        Language::German => &GERMAN,
        Language::Spanish => &SPANISH,
    };
    let (subject, text) = match news {
        BoxNews::Moved { home, new } => {
            let digits = new.to_string();
            let key = format!("{} {}", &digits[..4], &digits[4..8]);
            let (subject, text) = phrases.moved;
            (fill(subject, home), fill(&fill(text, home), &key))
        }
        BoxNews::Double { home } => {
            let (subject, text) = phrases.double;
            (subject.to_owned(), fill(text, home))
        }
    };
    let body = format!("{}\n\n{text}\n\nToxmail\n", greeting_of(language));
    Letter {
        subject,
        body: body.replace('\n', "\r\n"),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_told_is_told_in_four_languages_and_whole() {
        let new = PeerKey::from_bytes([0xab; 32]);
        let all = [
            BoxNews::Moved {
                home: "Chez Käthe",
                new: &new,
            },
            BoxNews::Double {
                home: "Chez Käthe"
            },
        ];
        for news in all {
            let mut seen = Vec::new();
            for code in ["en", "fr", "de", "es"] {
                let Letter { subject, body } = letter(Language::from_code(code), &news);
                assert!(body.contains("Chez Käthe"), "{body}");
                assert!(!body.contains("{}") && !subject.contains("{}"), "{body}");
                assert!(!body.replace("\r\n", "").contains(['\r', '\n']));
                assert_eq!(
                    body.contains("ABAB ABAB"),
                    matches!(news, BoxNews::Moved { .. }),
                    "{body}"
                );
                assert!(!seen.contains(&subject), "{subject}");
                seen.push(subject);
            }
        }
    }
}
