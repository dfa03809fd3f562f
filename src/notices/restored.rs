//! What the administrator of a restored home hears, in four languages.

use super::text::{Language, Letter, date, fill, greeting_of};

/// Subject, text, and what is added where the settings of the backup lie aside.
type Phrase = (&'static str, &'static str, &'static str);

const ENGLISH: Phrase = (
    "Your home was restored from a backup",
    "this is Toxmail, the post office in your home. It was restored from the backup of {}.\n\n\
     Leave the old box switched off from now on. Two boxes that are the same home take each other's letters away.\n\n\
     Letters that reached the old box after that day are in the mailboxes there only, if it still works: do not start it to look, \
     but have somebody read its card who knows how.\n\n\
     Letters that waited for other homes go on by themselves; whoever has one already does not get it twice. Letters that waited to go \
     by ordinary mail, to another mail server or to a chat program are held, because they may have gone from the old box: Toxmail \
     asks whoever wrote them.\n\n\
     What was taken back after that day is not taken back any more: passwords of mail programs that were withdrawn since, contacts \
     that were blocked since, and an earlier Tox address count again. Withdraw, block and renew them once more; passwords that were \
     changed since are the old ones. Invitations that nobody had used are withdrawn: make new ones. On the home's web page everybody \
     has to log in anew.",
    "Settings in the file toxmail.toml of the backup do not fit this machine. So your home goes on without them, and the file as it \
     was lies beside, as toxmail.toml.from-backup, for whoever wrote it. What does not fit: {}",
);

const FRENCH: Phrase = (
    "Votre maison a été rétablie à partir d'une sauvegarde",
    "ici Toxmail, le bureau de poste de votre maison. Elle a été rétablie à partir de la sauvegarde du {}.\n\n\
     Laissez désormais l'ancien boîtier éteint. Deux boîtiers qui sont la même maison se prennent les lettres l'un à l'autre.\n\n\
     Les lettres arrivées sur l'ancien boîtier après ce jour ne sont que dans ses boîtes aux lettres, s'il fonctionne encore : ne le \
     rallumez pas pour voir, faites lire sa carte par quelqu'un qui sait le faire.\n\n\
     Les lettres qui attendaient d'autres maisons partent d'elles-mêmes ; qui en a déjà une ne la reçoit pas deux fois. Celles qui \
     devaient partir par le courrier ordinaire, vers un autre serveur de courrier ou vers un programme de messagerie sont retenues, \
     car elles sont peut-être parties de l'ancien boîtier : Toxmail demande à qui les a écrites.\n\n\
     Ce qui a été retiré après ce jour ne l'est plus : les mots de passe de programmes de courrier retirés depuis, les contacts \
     bloqués depuis et une ancienne adresse Tox valent de nouveau. Retirez-les, bloquez-les et renouvelez-la encore une fois ; les \
     mots de passe changés depuis sont les anciens. Les invitations que personne n'avait utilisées sont retirées : faites-en de \
     nouvelles. Sur la page web de la maison, chacun doit s'identifier à nouveau.",
    "Des réglages du fichier toxmail.toml de la sauvegarde ne conviennent pas à cette machine. Votre maison continue donc sans eux, et \
     le fichier tel qu'il était est à côté, sous le nom toxmail.toml.from-backup, pour qui l'a écrit. Ce qui ne convient pas : {}",
);

const GERMAN: Phrase = (
    "Ihr Zuhause wurde aus einer Sicherung wiederhergestellt",
    "hier ist Toxmail, das Postamt bei Ihnen zu Hause. Es wurde aus der Sicherung vom {} wiederhergestellt.\n\n\
     Lassen Sie die alte Box von jetzt an ausgeschaltet. Zwei Boxen, die dasselbe Zuhause sind, nehmen einander die Briefe weg.\n\n\
     Briefe, die nach diesem Tag auf der alten Box ankamen, liegen nur in den Postfächern dort, wenn sie noch geht: Schalten Sie sie \
     nicht ein, um nachzusehen, sondern lassen Sie ihre Karte von jemandem lesen, der das kann.\n\n\
     Briefe, die auf andere Zuhause warteten, gehen von selbst hinaus; wer einen schon hat, bekommt ihn nicht noch einmal. Was als \
     gewöhnliche Post, an einen anderen Mailserver oder an ein Chat-Programm gehen sollte, wird festgehalten, denn vielleicht ging es \
     von der alten Box schon hinaus: Toxmail fragt, wer es geschrieben hat.\n\n\
     Was nach diesem Tag zurückgenommen wurde, ist es nicht mehr: Passwörter von Mailprogrammen, die seither widerrufen wurden, \
     Kontakte, die seither blockiert wurden, und eine frühere Tox-Adresse gelten wieder. Widerrufen, blockieren und erneuern Sie \
     sie noch einmal; Passwörter, die seither geändert wurden, sind die alten. Einladungen, die niemand benutzt hatte, sind \
     zurückgezogen: Machen Sie neue. Auf der Webseite Ihres Zuhauses muss sich jeder neu anmelden.",
    "Einstellungen in der Datei toxmail.toml der Sicherung passen nicht zu diesem Gerät. Ihr Zuhause läuft deshalb ohne sie weiter, \
     und die Datei, wie sie war, liegt als toxmail.toml.from-backup daneben, für die Person, die sie geschrieben hat. Was nicht \
     passt: {}",
);

const SPANISH: Phrase = (
    "Su casa se ha restaurado a partir de una copia de seguridad",
    "aquí Toxmail, la oficina de correos de su casa. Se ha restaurado a partir de la copia de seguridad del {}.\n\n\
     Deje apagada la caja antigua desde ahora. Dos cajas que son la misma casa se quitan las cartas una a otra.\n\n\
     Las cartas que llegaron a la caja antigua después de ese día están solo en los buzones de allí, si todavía funciona: no la \
     encienda para mirar; pida a alguien que sepa hacerlo que lea su tarjeta.\n\n\
     Las cartas que esperaban a otras casas salen por sí solas; quien ya tenga una no la recibe otra vez. Las que debían salir por \
     correo ordinario, hacia otro servidor de correo o hacia un programa de chat quedan retenidas, porque quizá ya salieron de la caja \
     antigua: Toxmail pregunta a quien las escribió.\n\n\
     Lo que se retiró después de ese día ya no está retirado: las contraseñas de programas de correo retiradas desde entonces, los \
     contactos bloqueados desde entonces y una dirección Tox anterior valen otra vez. Retírelas, bloquéelos y renuévela una vez más; \
     las contraseñas cambiadas desde entonces son las antiguas. Las invitaciones que nadie había usado están retiradas: haga otras \
     nuevas. En la página web de la casa cada persona tiene que entrar de nuevo.",
    "Hay ajustes del archivo toxmail.toml de la copia de seguridad que no encajan en esta máquina. Por eso su casa sigue sin ellos, y \
     el archivo tal como era está al lado, con el nombre toxmail.toml.from-backup, para quien lo escribió. Lo que no encaja: {}",
);

/// The mail, about a backup of that time (seconds since 1970); `settings` is why those of the backup lie aside, where they do.
pub fn letter(language: Language, created: i64, settings: Option<&str>) -> Letter {
    let (subject, text, aside) = match language {
        Language::English => ENGLISH,
        Language::French => FRENCH,
        Language::German => GERMAN,
        Language::Spanish => SPANISH,
    };
    let mut text = fill(text, &date(created));
    if let Some(why) = settings {
        text += &format!("\n\n{}", fill(aside, why));
    }
    let body = format!("{}\n\n{text}\n\nToxmail\n", greeting_of(language));
    Letter {
        subject: subject.to_owned(),
        body: body.replace('\n', "\r\n"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_restored_home_is_told_of_in_four_languages() {
        let mut seen = Vec::new();
        for code in ["en", "fr", "de", "es"] {
            let Letter { subject, body } = letter(Language::from_code(code), 1_790_000_000, None);
            assert!(
                body.contains("2026-09-21") && !body.contains("{}"),
                "{body}"
            );
            assert!(!body.replace("\r\n", "").contains(['\r', '\n']));
            // What was taken back since the backup is not taken back any more.
            let undone = ["nvitation", "Einladung", "invitaci"];
            assert!(undone.iter().any(|word| body.contains(word)), "{body}");
            assert!(!body.contains("toxmail.toml"), "{body}");
            assert!(!seen.contains(&subject), "{subject}");
            seen.push(subject);
            let why = "[listen] imap, {}";
            let aside = letter(Language::from_code(code), 1_790_000_000, Some(why)).body;
            assert!(
                aside.contains("toxmail.toml.from-backup") && aside.contains(why),
                "{aside}"
            );
        }
    }
}
