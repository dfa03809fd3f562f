//! What members hear of their mailbox at the provider, from which this home fetches, in four languages.

use super::clean;
use super::text::{Language, Letter, fill, greeting_of};

/// What there is to tell. `login` is that of the mailbox at the provider.
#[derive(Clone, Copy, Debug)]
pub enum FetchNews<'a> {
    /// The provider does not accept the login.
    Login {
        /// Which mailbox.
        login: &'a str,
        /// The provider's server.
        host: &'a str,
        /// What it says.
        said: Option<&'a str>,
    },
    /// The account for outgoing mail whose login was borrowed is another one: nothing is fetched until it is set up again.
    Account {
        /// Which mailbox.
        login: &'a str,
        /// The provider's server.
        host: &'a str,
    },
    /// It has not worked for a day.
    Unreachable {
        /// Which mailbox.
        login: &'a str,
        /// The provider's server.
        host: &'a str,
        /// What it says, if it says anything.
        said: Option<&'a str>,
    },
    /// The provider has not handed out a letter for a day.
    Stuck {
        /// Which mailbox.
        login: &'a str,
        /// The provider's server.
        host: &'a str,
        /// What it says, if it says anything.
        said: Option<&'a str>,
    },
    /// The member's mailbox here is full.
    Full {
        /// Which mailbox.
        login: &'a str,
    },
    /// Letters are too large for this home.
    TooLarge {
        /// Which mailbox.
        login: &'a str,
        /// How many.
        count: u64,
        /// The size of the largest, in bytes.
        bytes: u64,
        /// The largest that this home takes, in bytes.
        max: u64,
    },
    /// Letters are such that this home cannot take them.
    Unreadable {
        /// Which mailbox.
        login: &'a str,
        /// How many.
        count: u64,
    },
}

/// Subject and text; the text names the mailbox first, and then what stands in the order of the variant. Of one letter there
/// is no number.
struct Phrases {
    login: (&'static str, &'static str),
    account: (&'static str, &'static str),
    unreachable: (&'static str, &'static str),
    stuck: (&'static str, &'static str),
    full: (&'static str, &'static str),
    too_large: (&'static str, &'static str),
    too_large_some: (&'static str, &'static str),
    unreadable: (&'static str, &'static str),
    unreadable_some: (&'static str, &'static str),
}

const ENGLISH: Phrases = Phrases {
    login: (
        "Your mail provider does not let Toxmail in",
        "this is Toxmail, the post office in your home. It cannot fetch your letters from the mailbox {}: {} does not accept the password. \
         They wait there, nothing is lost.\n\n\
         What to do: if you have changed your password at the provider, give the new one to whoever looks after the box. If you have \
         not, log in at the provider's web page and see whether something is to be confirmed there; some providers want a password of \
         its own for programs. Until then read your letters there.",
    ),
    account: (
        "Your letters are not fetched any more",
        "this is Toxmail, the post office in your home. It does not fetch your letters from the mailbox {} at {} any more, because your \
         letters go out through another account now, and its password must not be told to a stranger. They wait there, nothing is lost.\n\n\
         What to do: ask whoever looks after the box to set the fetching up again. Until then read your letters there.",
    ),
    unreachable: (
        "Your letters are not fetched from your mail provider",
        "this is Toxmail, the post office in your home. For a day it has not been able to fetch your letters from the mailbox {} ({}). They \
         wait there, nothing is lost, and Toxmail tries again by itself.\n\n\
         What to do: if you need them now, read them at the provider. If the internet works otherwise, tell whoever looks after the box.",
    ),
    stuck: (
        "A letter cannot be fetched from your mail provider",
        "this is Toxmail, the post office in your home. For a day the mailbox {} ({}) has not handed out a letter that lies there. The others \
         come as always, nothing is lost, and Toxmail tries again by itself.\n\n\
         What to do: look for it at the provider and read it there. If it can be deleted, Toxmail does not ask for it any more.",
    ),
    full: (
        "Your mailbox is full",
        "this is Toxmail, the post office in your home. Your mailbox here has no room for letters that lie in the mailbox {}. They wait \
         there, nothing is lost.\n\n\
         What to do: delete letters here that you do not need any more, and empty the bin. Toxmail then fetches the others by itself.",
    ),
    too_large: (
        "A large letter stays at your mail provider",
        "this is Toxmail, the post office in your home. In the mailbox {} lies a letter of {}; this home takes letters of {} at most. So it \
         stays there.\n\n\
         What to do: read it at the provider, or ask whoever looks after the box to allow larger letters.",
    ),
    too_large_some: (
        "Large letters stay at your mail provider",
        "this is Toxmail, the post office in your home. In the mailbox {} lie {} letters of up to {}; this home takes letters of {} at most. \
         So they stay there.\n\n\
         What to do: read them at the provider, or ask whoever looks after the box to allow larger letters.",
    ),
    unreadable: (
        "A letter stays at your mail provider",
        "this is Toxmail, the post office in your home. In the mailbox {} lies a letter with so many addresses or other particulars before \
         its text that this home does not take it. So it stays there.\n\n\
         What to do: read it at the provider, if you expect it.",
    ),
    unreadable_some: (
        "Letters stay at your mail provider",
        "this is Toxmail, the post office in your home. In the mailbox {} lie {} letters with so many addresses or other particulars before \
         their text that this home does not take them. So they stay there.\n\n\
         What to do: read them at the provider, if you expect them.",
    ),
};

const FRENCH: Phrases = Phrases {
    login: (
        "Votre fournisseur de messagerie ne laisse pas entrer Toxmail",
        "ici Toxmail, le bureau de poste de votre maison. Il ne peut pas aller chercher vos messages dans la boîte {} : {} n'accepte pas le \
         mot de passe. Ils y attendent, rien n'est perdu.\n\n\
         Que faire : si vous avez changé votre mot de passe chez le fournisseur, donnez le nouveau à la personne qui s'occupe du boîtier. \
         Sinon, connectez-vous sur la page web du fournisseur et regardez s'il y a quelque chose à confirmer ; certains fournisseurs \
         demandent un mot de passe particulier pour les programmes. En attendant, lisez vos messages là-bas.",
    ),
    account: (
        "Vos messages ne sont plus relevés",
        "ici Toxmail, le bureau de poste de votre maison. Il ne va plus chercher vos messages dans la boîte {} chez {}, parce que vos messages \
         partent maintenant par un autre compte, dont le mot de passe ne doit pas être dit à un étranger. Ils y attendent, rien n'est perdu.\n\n\
         Que faire : demandez à la personne qui s'occupe du boîtier de régler de nouveau la relève. En attendant, lisez vos messages là-bas.",
    ),
    unreachable: (
        "Vos messages ne sont plus relevés chez votre fournisseur",
        "ici Toxmail, le bureau de poste de votre maison. Depuis un jour, il n'a pas pu aller chercher vos messages dans la boîte {} ({}). Ils \
         y attendent, rien n'est perdu, et Toxmail réessaie de lui-même.\n\n\
         Que faire : s'il vous les faut maintenant, lisez-les chez le fournisseur. Si internet fonctionne par ailleurs, parlez-en à la \
         personne qui s'occupe du boîtier.",
    ),
    stuck: (
        "Un message ne peut pas être relevé chez votre fournisseur",
        "ici Toxmail, le bureau de poste de votre maison. Depuis un jour, la boîte {} ({}) ne donne pas un message qui s'y trouve. Les autres \
         arrivent comme toujours, rien n'est perdu, et Toxmail réessaie de lui-même.\n\n\
         Que faire : cherchez-le chez le fournisseur et lisez-le là-bas. S'il peut être supprimé, Toxmail ne le demandera plus.",
    ),
    full: (
        "Votre boîte aux lettres est pleine",
        "ici Toxmail, le bureau de poste de votre maison. Votre boîte n'a plus de place ici pour des messages qui se trouvent dans la boîte {}. \
         Ils y attendent, rien n'est perdu.\n\n\
         Que faire : supprimez ici les messages dont vous n'avez plus besoin et videz la corbeille. Toxmail ira ensuite chercher les autres \
         de lui-même.",
    ),
    too_large: (
        "Un grand message reste chez votre fournisseur",
        "ici Toxmail, le bureau de poste de votre maison. Dans la boîte {} se trouve un message de {} ; cette maison prend des messages de {} \
         au plus. Il reste donc là-bas.\n\n\
         Que faire : lisez-le chez le fournisseur, ou demandez à la personne qui s'occupe du boîtier d'autoriser de plus grands messages.",
    ),
    too_large_some: (
        "De grands messages restent chez votre fournisseur",
        "ici Toxmail, le bureau de poste de votre maison. Dans la boîte {} se trouvent {} messages, dont le plus grand fait {} ; cette maison \
         prend des messages de {} au plus. Ils restent donc là-bas.\n\n\
         Que faire : lisez-les chez le fournisseur, ou demandez à la personne qui s'occupe du boîtier d'autoriser de plus grands messages.",
    ),
    unreadable: (
        "Un message reste chez votre fournisseur",
        "ici Toxmail, le bureau de poste de votre maison. Dans la boîte {} se trouve un message avec tant d'adresses ou d'autres indications \
         avant son texte que cette maison ne le prend pas. Il reste donc là-bas.\n\n\
         Que faire : lisez-le chez le fournisseur, si vous l'attendez.",
    ),
    unreadable_some: (
        "Des messages restent chez votre fournisseur",
        "ici Toxmail, le bureau de poste de votre maison. Dans la boîte {} se trouvent {} messages avec tant d'adresses ou d'autres \
         indications avant leur texte que cette maison ne les prend pas. Ils restent donc là-bas.\n\n\
         Que faire : lisez-les chez le fournisseur, si vous les attendez.",
    ),
};

const GERMAN: Phrases = Phrases {
    login: (
        "Ihr Mail-Anbieter lässt Toxmail nicht herein",
        "hier ist Toxmail, das Postamt in Ihrem Zuhause. Es kann Ihre Nachrichten nicht aus dem Postfach {} abholen: {} nimmt das Passwort \
         nicht an. Sie warten dort, nichts ist verloren.\n\n\
         Was tun: Haben Sie Ihr Passwort beim Anbieter geändert, so geben Sie das neue der Person, die sich um die Box kümmert. Wenn nicht, \
         melden Sie sich auf der Webseite des Anbieters an und sehen Sie nach, ob dort etwas zu bestätigen ist; manche Anbieter wollen \
         für Programme ein eigenes Passwort. Lesen Sie Ihre Nachrichten bis dahin dort.",
    ),
    account: (
        "Ihre Nachrichten werden nicht mehr abgeholt",
        "hier ist Toxmail, das Postamt in Ihrem Zuhause. Es holt Ihre Nachrichten nicht mehr aus dem Postfach {} bei {} ab, denn Ihre \
         Nachrichten gehen jetzt über ein anderes Konto hinaus, und dessen Passwort darf kein Fremder hören. Sie warten dort, nichts ist \
         verloren.\n\n\
         Was tun: Bitten Sie die Person, die sich um die Box kümmert, das Abholen neu einzurichten. Lesen Sie Ihre Nachrichten bis dahin dort.",
    ),
    unreachable: (
        "Ihre Nachrichten werden nicht beim Anbieter abgeholt",
        "hier ist Toxmail, das Postamt in Ihrem Zuhause. Seit einem Tag kann es Ihre Nachrichten nicht aus dem Postfach {} abholen ({}). Sie \
         warten dort, nichts ist verloren, und Toxmail versucht es von selbst weiter.\n\n\
         Was tun: Brauchen Sie sie jetzt, so lesen Sie sie beim Anbieter. Geht das Internet sonst, so sagen Sie es der Person, die sich um \
         die Box kümmert.",
    ),
    stuck: (
        "Eine Nachricht lässt sich nicht beim Anbieter abholen",
        "hier ist Toxmail, das Postamt in Ihrem Zuhause. Seit einem Tag gibt das Postfach {} ({}) eine Nachricht nicht heraus, die dort liegt. \
         Die anderen kommen wie immer, nichts ist verloren, und Toxmail versucht es von selbst weiter.\n\n\
         Was tun: Suchen Sie sie beim Anbieter und lesen Sie sie dort. Kann sie gelöscht werden, so fragt Toxmail nicht mehr nach ihr.",
    ),
    full: (
        "Ihr Postfach ist voll",
        "hier ist Toxmail, das Postamt in Ihrem Zuhause. Ihr Postfach hier hat keinen Platz für Nachrichten, die im Postfach {} liegen. Sie \
         warten dort, nichts ist verloren.\n\n\
         Was tun: Löschen Sie hier Nachrichten, die Sie nicht mehr brauchen, und leeren Sie den Papierkorb. Die anderen holt Toxmail dann von \
         selbst ab.",
    ),
    too_large: (
        "Eine große Nachricht bleibt bei Ihrem Anbieter",
        "hier ist Toxmail, das Postamt in Ihrem Zuhause. Im Postfach {} liegt eine Nachricht von {}; dieses Zuhause nimmt Nachrichten bis {}. \
         Sie bleibt also dort.\n\n\
         Was tun: Lesen Sie sie beim Anbieter, oder bitten Sie die Person, die sich um die Box kümmert, größere Nachrichten zu erlauben.",
    ),
    too_large_some: (
        "Große Nachrichten bleiben bei Ihrem Anbieter",
        "hier ist Toxmail, das Postamt in Ihrem Zuhause. Im Postfach {} liegen {} Nachrichten von bis zu {}; dieses Zuhause nimmt Nachrichten \
         bis {}. Sie bleiben also dort.\n\n\
         Was tun: Lesen Sie sie beim Anbieter, oder bitten Sie die Person, die sich um die Box kümmert, größere Nachrichten zu erlauben.",
    ),
    unreadable: (
        "Eine Nachricht bleibt bei Ihrem Anbieter",
        "hier ist Toxmail, das Postamt in Ihrem Zuhause. Im Postfach {} liegt eine Nachricht mit so vielen Adressen oder anderen Angaben vor \
         ihrem Text, dass dieses Zuhause sie nicht nimmt. Sie bleibt also dort.\n\n\
         Was tun: Lesen Sie sie beim Anbieter, wenn Sie sie erwarten.",
    ),
    unreadable_some: (
        "Nachrichten bleiben bei Ihrem Anbieter",
        "hier ist Toxmail, das Postamt in Ihrem Zuhause. Im Postfach {} liegen {} Nachrichten mit so vielen Adressen oder anderen Angaben vor \
         ihrem Text, dass dieses Zuhause sie nicht nimmt. Sie bleiben also dort.\n\n\
         Was tun: Lesen Sie sie beim Anbieter, wenn Sie sie erwarten.",
    ),
};

const SPANISH: Phrases = Phrases {
    login: (
        "Su proveedor de correo no deja entrar a Toxmail",
        "aquí Toxmail, la oficina de correos de su casa. No puede recoger sus mensajes del buzón {}: {} no acepta la contraseña. Esperan allí, no \
         se ha perdido nada.\n\n\
         Qué hacer: si ha cambiado su contraseña en el proveedor, dé la nueva a la persona que se ocupa de la caja. Si no, entre en la página \
         web del proveedor y mire si hay algo que confirmar; algunos proveedores piden una contraseña propia para los programas. Mientras \
         tanto, lea sus mensajes allí.",
    ),
    account: (
        "Sus mensajes ya no se recogen",
        "aquí Toxmail, la oficina de correos de su casa. Ya no recoge sus mensajes del buzón {} en {}, porque sus mensajes salen ahora por otra \
         cuenta, cuya contraseña no se debe decir a un extraño. Esperan allí, no se ha perdido nada.\n\n\
         Qué hacer: pida a la persona que se ocupa de la caja que configure de nuevo la recogida. Mientras tanto, lea sus mensajes allí.",
    ),
    unreachable: (
        "No se recogen sus mensajes del proveedor",
        "aquí Toxmail, la oficina de correos de su casa. Desde hace un día no ha podido recoger sus mensajes del buzón {} ({}). Esperan allí, no \
         se ha perdido nada, y Toxmail lo intenta de nuevo por sí solo.\n\n\
         Qué hacer: si los necesita ahora, léalos en el proveedor. Si internet funciona por lo demás, dígaselo a la persona que se ocupa de la \
         caja.",
    ),
    stuck: (
        "Un mensaje no se puede recoger en su proveedor",
        "aquí Toxmail, la oficina de correos de su casa. Desde hace un día el buzón {} ({}) no entrega un mensaje que está allí. Los demás llegan \
         como siempre, no se ha perdido nada, y Toxmail lo intenta de nuevo por sí solo.\n\n\
         Qué hacer: búsquelo en el proveedor y léalo allí. Si se puede borrar, Toxmail no volverá a pedirlo.",
    ),
    full: (
        "Su buzón está lleno",
        "aquí Toxmail, la oficina de correos de su casa. Su buzón de aquí no tiene sitio para mensajes que están en el buzón {}. Esperan allí, \
         no se ha perdido nada.\n\n\
         Qué hacer: borre aquí mensajes que ya no necesite y vacíe la papelera. Toxmail recogerá después los demás por sí solo.",
    ),
    too_large: (
        "Un mensaje grande se queda en su proveedor",
        "aquí Toxmail, la oficina de correos de su casa. En el buzón {} hay un mensaje de {}; esta casa acepta mensajes de {} como máximo. Por \
         eso se queda allí.\n\n\
         Qué hacer: léalo en el proveedor, o pida a la persona que se ocupa de la caja que permita mensajes más grandes.",
    ),
    too_large_some: (
        "Mensajes grandes se quedan en su proveedor",
        "aquí Toxmail, la oficina de correos de su casa. En el buzón {} hay {} mensajes de hasta {}; esta casa acepta mensajes de {} como \
         máximo. Por eso se quedan allí.\n\n\
         Qué hacer: léalos en el proveedor, o pida a la persona que se ocupa de la caja que permita mensajes más grandes.",
    ),
    unreadable: (
        "Un mensaje se queda en su proveedor",
        "aquí Toxmail, la oficina de correos de su casa. En el buzón {} hay un mensaje con tantas direcciones u otros datos antes de su texto \
         que esta casa no lo acepta. Por eso se queda allí.\n\n\
         Qué hacer: léalo en el proveedor, si lo espera.",
    ),
    unreadable_some: (
        "Algunos mensajes se quedan en su proveedor",
        "aquí Toxmail, la oficina de correos de su casa. En el buzón {} hay {} mensajes con tantas direcciones u otros datos antes de su texto \
         que esta casa no los acepta. Por eso se quedan allí.\n\n\
         Qué hacer: léalos en el proveedor, si los espera.",
    ),
};

/// The mail about it.
pub fn letter(language: Language, news: &FetchNews<'_>) -> Letter {
    let phrases = match language {
        Language::English => &ENGLISH,
        Language::French => &FRENCH,
        Language::German => &GERMAN,
        Language::Spanish => &SPANISH,
    };
    let count_of = |count: u64| (count > 1).then(|| count.to_string());
    let ((subject, text), words, says) = match *news {
        FetchNews::Login { login, host, said } => (
            phrases.login,
            vec![login.to_owned(), host.to_owned()],
            said.map(|said| (host, said)),
        ),
        FetchNews::Account { login, host } => (
            phrases.account,
            vec![login.to_owned(), host.to_owned()],
            None,
        ),
        FetchNews::Unreachable { login, host, said } => (
            phrases.unreachable,
            vec![login.to_owned(), host.to_owned()],
            said.map(|said| (host, said)),
        ),
        FetchNews::Stuck { login, host, said } => (
            phrases.stuck,
            vec![login.to_owned(), host.to_owned()],
            said.map(|said| (host, said)),
        ),
        FetchNews::Full { login } => (phrases.full, vec![login.to_owned()], None),
        FetchNews::TooLarge {
            login,
            count,
            bytes,
            max,
        } => {
            let count = count_of(count);
            let phrase = match count {
                Some(_) => phrases.too_large_some,
                None => phrases.too_large,
            };
            let sizes = [bytes, max].map(|bytes| megabytes(language, bytes));
            let words = [login.to_owned()].into_iter().chain(count).chain(sizes);
            (phrase, words.collect(), None)
        }
        FetchNews::Unreadable { login, count } => {
            let count = count_of(count);
            let phrase = match count {
                Some(_) => phrases.unreadable_some,
                None => phrases.unreadable,
            };
            let words = [login.to_owned()].into_iter().chain(count);
            (phrase, words.collect(), None)
        }
    };
    let filled = words.iter().fold(text.to_owned(), |text, word| {
        fill(&text, &clean(word).replace("{}", ""))
    });
    // Its own words, in whatever language, and whose they are.
    let said = says.map_or(String::new(), |(host, said)| {
        format!("\n\n[{}: {}]", clean(host), clean(said))
    });
    let greeting = greeting_of(language);
    let body = format!("{greeting}\n\n{filled}{said}\n\nToxmail\n");
    Letter {
        subject: subject.to_owned(),
        body: body.replace('\n', "\r\n"),
    }
}

fn megabytes(language: Language, bytes: u64) -> String {
    let tenths = bytes.div_ceil(100_000);
    let (unit, point) = match language {
        Language::English => ("MB", '.'),
        Language::French => ("Mo", ','),
        Language::German | Language::Spanish => ("MB", ','),
    };
    format!("{}{point}{} {unit}", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_told_is_told_in_four_languages_and_whole() {
        let (login, host) = ("anna@example.org", "imap.example.org");
        let said = Some("no {} entry\r\nX");
        let large = |count| FetchNews::TooLarge {
            login,
            count,
            bytes: 120_000_001,
            max: 104_857_600,
        };
        let all = [
            FetchNews::Login { login, host, said },
            FetchNews::Login {
                login,
                host,
                said: None,
            },
            FetchNews::Account { login, host },
            FetchNews::Unreachable { login, host, said },
            FetchNews::Stuck { login, host, said },
            FetchNews::Full { login },
            large(1),
            large(731),
            FetchNews::Unreadable { login, count: 1 },
            FetchNews::Unreadable { login, count: 731 },
        ];
        for news in all {
            let mut seen = Vec::new();
            for code in ["en", "fr", "de", "es"] {
                let Letter { subject, body } = letter(Language::from_code(code), &news);
                let words = body.split("\r\n\r\n[").next().unwrap_or_default();
                assert!(words.contains(login) && !words.contains("{}"), "{body}");
                assert!(!body.replace("\r\n", "").contains(['\r', '\n']), "{body}");
                assert_eq!(
                    body.contains("120"),
                    matches!(news, FetchNews::TooLarge { .. })
                );
                assert_eq!(
                    body.contains("731"),
                    matches!(
                        news,
                        FetchNews::TooLarge { count: 731, .. }
                            | FetchNews::Unreadable { count: 731, .. }
                    )
                );
                let (names_host, quotes) = match news {
                    FetchNews::Login { said, .. }
                    | FetchNews::Unreachable { said, .. }
                    | FetchNews::Stuck { said, .. } => (true, said.is_some()),
                    FetchNews::Account { .. } => (true, false),
                    _ => (false, false),
                };
                let quote = body.contains("[imap.example.org: no {} entryX]");
                assert_eq!(quote, quotes, "{body}");
                assert_eq!(body.contains('['), quotes, "{body}");
                assert_eq!(words.contains(host), names_host, "{body}");
                assert!(!seen.contains(&subject), "{subject}");
                seen.push(subject);
            }
        }
    }
}
