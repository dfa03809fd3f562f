//! The sentences themselves: one table a language. `{}` is filled in, one after the other.

/// Sentences of one language. `{}` is filled in.
pub(super) struct Words {
    pub(super) failed: Kind,
    pub(super) delayed: Kind,
    pub(super) delivered: Kind,
    /// The same of a friend with a chat program.
    pub(super) handed: Kind,
    pub(super) cancelled: Kind,
    pub(super) no_subject: &'static str,
    pub(super) greeting: &'static str,
    pub(super) about: &'static str,
    pub(super) about_from_elsewhere: &'static str,
    pub(super) why: &'static str,
    pub(super) advice: &'static str,
    pub(super) last_seen: &'static str,
    pub(super) never_seen: &'static str,
    pub(super) keeps_trying: &'static str,
    pub(super) direct: Direct,
    pub(super) chat_last_seen: &'static str,
    pub(super) chat_never_seen: &'static str,
    pub(super) chat_keeps_trying: &'static str,
    pub(super) relay: Relay,
    pub(super) whole: &'static str,
    pub(super) headers: &'static str,
    pub(super) signature: &'static str,
    pub(super) weekdays: [&'static str; 7],
    pub(super) reasons: Reasons,
}

/// The subject, and the line about one recipient.
pub(super) struct Kind {
    pub(super) subject: &'static str,
    pub(super) line: &'static str,
}

/// What happened, and what to do.
pub(super) type Told = (&'static str, &'static str);

/// What is told otherwise of a letter on the ordinary route.
pub(super) struct Relay {
    pub(super) delivered: Kind,
    pub(super) fell_back: Kind,
    /// What that means, behind its line.
    pub(super) fell_back_more: &'static str,
    pub(super) keeps_trying: &'static str,
    /// It was not tried yet.
    pub(super) not_yet: &'static str,
    /// Nobody answers there.
    pub(super) away: Told,
    /// No login, or no encryption that can be trusted.
    pub(super) login: Told,
    /// The provider does not want it.
    pub(super) refused: Told,
    /// Letters or addresses that the provider cannot carry.
    pub(super) cannot: Told,
    pub(super) trouble: Told,
}

/// What is told of somebody to whom nothing goes through a relay, while no other way leads there.
pub(super) struct Direct {
    pub(super) waits: &'static str,
    pub(super) keeps_trying: &'static str,
    pub(super) too_late: Told,
}

pub(super) struct Reasons {
    pub(super) nobody: Told,
    pub(super) full: Told,
    pub(super) too_large: Told,
    pub(super) too_late: Told,
    pub(super) unanswered: Told,
    pub(super) forbidden: Told,
    pub(super) removed: Told,
    /// Three about chat programs.
    pub(super) nothing_to_show: Told,
    pub(super) unwanted: Told,
    pub(super) chat_too_late: Told,
    pub(super) circle: Told,
    pub(super) trouble: Told,
    pub(super) other: Told,
}

pub(super) const ENGLISH: Words = Words {
    failed: Kind {
        subject: "Not delivered: {}",
        line: "{} did NOT get it.",
    },
    delayed: Kind {
        subject: "Still waiting: {}",
        line: "{} has not got it yet.",
    },
    delivered: Kind {
        subject: "Delivered: {}",
        line: "{}: delivered. It is on their disk.",
    },
    handed: Kind {
        subject: "Handed over: {}",
        line: "{}: handed to their chat program. Whether it is kept or read there, Toxmail cannot tell.",
    },
    cancelled: Kind {
        subject: "Cancelled: {}",
        line: "{}: cancelled before it was delivered. (If it was under way already, it may have arrived all the same.)",
    },
    no_subject: "a message without a subject",
    greeting: "Hello,",
    about: "this is Toxmail, the post office in your home, about your message \"{}\" of {}.",
    about_from_elsewhere: "this is Toxmail, the post office in the home \"{}\", about your message \"{}\" of {}.",
    why: "Why: {}",
    advice: "What to do: {}",
    last_seen: "Their home cannot be reached at the moment; it was last there on {}.",
    never_seen: "Their home cannot be reached at the moment.",
    keeps_trying: "You need not do anything: Toxmail delivers it as soon as their home is there again, and keeps trying until {}.",
    direct: Direct {
        waits: "It waits for a direct connection: at the moment only a relay leads there, somebody else's computer, and your home has been told to send this person nothing through one.",
        keeps_trying: "You need not do anything: Toxmail delivers it as soon as there is a direct connection, and keeps trying until {}. Whoever looks after the box can allow relays for this person.",
        too_late: (
            "there was no direct connection in time, and your home has been told to send this person nothing through a relay.",
            "ask whoever looks after the box to allow relays for this person, and send it again.",
        ),
    },
    chat_last_seen: "Their chat program is not online at the moment; it was last there on {}.",
    chat_never_seen: "Their chat program is not online at the moment.",
    chat_keeps_trying: "You need not do anything: Toxmail hands it over as soon as their chat program is online, and keeps trying until {}.",
    relay: Relay {
        delivered: Kind {
            subject: "Handed over: {}",
            line: "{}: handed to your mail provider, who takes it on. What becomes of it, and any answer, arrives in your mailbox there.",
        },
        fell_back: Kind {
            subject: "By ordinary mail now: {}",
            line: "{} has not got it directly in the time you allow; it goes by ordinary mail now.",
        },
        fell_back_more: "Your mail provider carries it, and can read it. If it was under way to them already, they may get it twice. Any answer to it arrives in your mailbox at the provider.",
        keeps_trying: "You need not do anything: Toxmail tries again by itself, until {}.",
        not_yet: "Your mail provider has not taken it yet.",
        away: (
            "your mail provider could not be reached.",
            "if other people's mail goes out, send it again; if none does, tell whoever looks after the box.",
        ),
        login: (
            "your mail provider does not let your home in.",
            "tell whoever looks after the box; perhaps the password at the provider was changed. Then send it again.",
        ),
        refused: (
            "your mail provider refused it.",
            "the provider's own words stand in the brackets; correct what they name, and send it again.",
        ),
        cannot: (
            "your mail provider cannot carry a message like this.",
            "send it again without special letters in the address; or let whoever looks after the box allow Toxmail to write such messages anew, or ask the provider about it.",
        ),
        trouble: (
            "your mail provider, or the one of the other person, has trouble at the moment.",
            "send it again later; if it comes back once more, ask the provider.",
        ),
    },
    whole: "Your message is attached, so that nothing is lost.",
    headers: "The beginning of your message is attached; the whole of it is in your folder of sent mail.",
    signature: "Toxmail",
    weekdays: [
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
        "Saturday",
        "Sunday",
    ],
    reasons: Reasons {
        nobody: (
            "there is no mailbox of that name.",
            "check the address, and send it again.",
        ),
        full: (
            "their mailbox or their disk is full.",
            "ask them to make room, and send it again.",
        ),
        too_large: (
            "the message is too large.",
            "send it in smaller parts, or make the pictures smaller.",
        ),
        too_late: (
            "their home could not be reached in time.",
            "ask them whether their box is switched on and has internet, and send it again.",
        ),
        unanswered: (
            "Toxmail asked you whether it should go, and you have not answered.",
            "send it again, and answer the question about it.",
        ),
        forbidden: (
            "it is not allowed.",
            "ask them to add you to their contacts, and send it again.",
        ),
        removed: (
            "it had no way to go: this contact was removed or blocked in your own home.",
            "if that was a mistake, add the contact again, and send it again.",
        ),
        nothing_to_show: (
            "their chat program shows text and files only, and there was none in your message.",
            "write a subject or a text, and send it again.",
        ),
        unwanted: (
            "their chat program did not take all of the files.",
            "ask them to accept the files, and send those again.",
        ),
        chat_too_late: (
            "their chat program was not online in time.",
            "ask them to start it, and send it again.",
        ),
        circle: (
            "it went round in circles.",
            "look for two mailboxes that forward to each other, and stop one of them.",
        ),
        trouble: (
            "one of the two homes has trouble of its own at the moment.",
            "send it again later; if it comes back once more, tell whoever looks after the box.",
        ),
        other: (
            "it was refused.",
            "ask them, by telephone for instance, and send it again.",
        ),
    },
};

pub(super) const FRENCH: Words = Words {
    failed: Kind {
        subject: "Non remis : {}",
        line: "{} ne l'a PAS reçu.",
    },
    delayed: Kind {
        subject: "Toujours en attente : {}",
        line: "{} ne l'a pas encore reçu.",
    },
    delivered: Kind {
        subject: "Remis : {}",
        line: "{} : remis. Il est sur son disque.",
    },
    handed: Kind {
        subject: "Transmis : {}",
        line: "{} : transmis à son programme de discussion. Toxmail ne peut pas savoir s'il y est gardé ou lu.",
    },
    cancelled: Kind {
        subject: "Annulé : {}",
        line: "{} : annulé avant la remise. (S'il était déjà en route, il est peut-être arrivé quand même.)",
    },
    no_subject: "un message sans objet",
    greeting: "Bonjour,",
    about: "ici Toxmail, le bureau de poste de votre maison, au sujet de votre message « {} » du {}.",
    about_from_elsewhere: "ici Toxmail, le bureau de poste de la maison « {} », au sujet de votre message « {} » du {}.",
    why: "Pourquoi : {}",
    advice: "Que faire : {}",
    last_seen: "Sa maison n'est pas joignable pour le moment ; elle l'a été pour la dernière fois : {}.",
    never_seen: "Sa maison n'est pas joignable pour le moment.",
    keeps_trying: "Vous n'avez rien à faire : Toxmail le remettra dès que sa maison sera de nouveau là, et essaiera jusqu'au {}.",
    direct: Direct {
        waits: "Il attend une liaison directe : pour le moment, seul un relais y mène, l'ordinateur de quelqu'un d'autre, et votre maison ne doit rien envoyer à cette personne par un relais.",
        keeps_trying: "Vous n'avez rien à faire : Toxmail le remettra dès qu'il y aura une liaison directe, et essaiera jusqu'au {}. La personne qui s'occupe du boîtier peut permettre les relais pour ce contact.",
        too_late: (
            "il n'y a pas eu de liaison directe à temps, et votre maison ne doit rien envoyer à cette personne par un relais.",
            "demandez à la personne qui s'occupe du boîtier de permettre les relais pour ce contact, et renvoyez-le.",
        ),
    },
    chat_last_seen: "Son programme de discussion n'est pas en ligne pour le moment ; il l'a été pour la dernière fois : {}.",
    chat_never_seen: "Son programme de discussion n'est pas en ligne pour le moment.",
    chat_keeps_trying: "Vous n'avez rien à faire : Toxmail le transmettra dès que son programme de discussion sera en ligne, et essaiera jusqu'au {}.",
    relay: Relay {
        delivered: Kind {
            subject: "Transmis : {}",
            line: "{} : transmis à votre fournisseur de messagerie, qui l'achemine. La suite, et toute réponse, arrivera dans votre boîte chez lui.",
        },
        fell_back: Kind {
            subject: "Par courrier ordinaire maintenant : {}",
            line: "{} ne l'a pas reçu directement dans le délai que vous permettez ; il part maintenant par courrier ordinaire.",
        },
        fell_back_more: "Votre fournisseur de messagerie l'achemine et peut le lire. S'il était déjà en route, il arrivera peut-être deux fois. Toute réponse arrivera dans votre boîte chez le fournisseur.",
        keeps_trying: "Vous n'avez rien à faire : Toxmail réessaie de lui-même, jusqu'au {}.",
        not_yet: "Votre fournisseur de messagerie ne l'a pas encore pris.",
        away: (
            "votre fournisseur de messagerie n'a pas pu être joint.",
            "si le courrier des autres part, renvoyez-le ; si rien ne part, parlez-en à la personne qui s'occupe du boîtier.",
        ),
        login: (
            "votre fournisseur de messagerie ne laisse pas entrer votre maison.",
            "parlez-en à la personne qui s'occupe du boîtier ; peut-être le mot de passe chez le fournisseur a-t-il changé. Renvoyez-le ensuite.",
        ),
        refused: (
            "votre fournisseur de messagerie l'a refusé.",
            "ses propres mots sont entre crochets ; corrigez ce qu'ils indiquent et renvoyez-le.",
        ),
        cannot: (
            "votre fournisseur de messagerie ne peut pas transporter un tel message.",
            "renvoyez-le sans lettres spéciales dans l'adresse ; ou demandez à la personne qui s'occupe du boîtier de permettre à Toxmail de réécrire de tels messages, ou renseignez-vous auprès du fournisseur.",
        ),
        trouble: (
            "votre fournisseur de messagerie, ou celui de l'autre personne, a un problème en ce moment.",
            "renvoyez-le plus tard ; s'il revient encore, renseignez-vous auprès du fournisseur.",
        ),
    },
    whole: "Votre message est joint, pour que rien ne se perde.",
    headers: "Le début de votre message est joint ; il est en entier dans votre dossier des messages envoyés.",
    signature: "Toxmail",
    weekdays: [
        "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche",
    ],
    reasons: Reasons {
        nobody: (
            "il n'y a pas de boîte aux lettres de ce nom.",
            "vérifiez l'adresse et renvoyez-le.",
        ),
        full: (
            "sa boîte aux lettres ou son disque est plein.",
            "demandez-lui de faire de la place, et renvoyez-le.",
        ),
        too_large: (
            "le message est trop grand.",
            "envoyez-le en plusieurs parties, ou réduisez les images.",
        ),
        too_late: (
            "sa maison n'a pas pu être jointe à temps.",
            "demandez-lui si son boîtier est allumé et relié à internet, et renvoyez-le.",
        ),
        unanswered: (
            "Toxmail vous a demandé s'il devait partir, et vous n'avez pas répondu.",
            "renvoyez-le, et répondez à la question à son sujet.",
        ),
        forbidden: (
            "ce n'est pas permis.",
            "demandez-lui de vous ajouter à ses contacts, et renvoyez-le.",
        ),
        removed: (
            "il n'avait plus de chemin : ce contact a été supprimé ou bloqué dans votre propre maison.",
            "si c'était une erreur, ajoutez de nouveau ce contact, et renvoyez-le.",
        ),
        nothing_to_show: (
            "son programme de discussion ne montre que du texte et des fichiers, et votre message n'en contenait pas.",
            "écrivez un objet ou un texte, et renvoyez-le.",
        ),
        unwanted: (
            "son programme de discussion n'a pas pris tous les fichiers.",
            "demandez-lui d'accepter les fichiers, et renvoyez-les.",
        ),
        chat_too_late: (
            "son programme de discussion n'a pas été en ligne à temps.",
            "demandez-lui de le démarrer, et renvoyez-le.",
        ),
        circle: (
            "il a tourné en rond.",
            "cherchez deux boîtes aux lettres qui se renvoient le courrier l'une à l'autre, et arrêtez l'un des deux renvois.",
        ),
        trouble: (
            "une des deux maisons a elle-même un problème en ce moment.",
            "renvoyez-le plus tard ; s'il revient encore, parlez-en à la personne qui s'occupe du boîtier.",
        ),
        other: (
            "il a été refusé.",
            "demandez-lui, par téléphone par exemple, et renvoyez-le.",
        ),
    },
};

pub(super) const GERMAN: Words = Words {
    failed: Kind {
        subject: "Nicht zugestellt: {}",
        line: "{} hat sie NICHT bekommen.",
    },
    delayed: Kind {
        subject: "Wartet noch: {}",
        line: "{} hat sie noch nicht bekommen.",
    },
    delivered: Kind {
        subject: "Zugestellt: {}",
        line: "{}: zugestellt. Sie liegt dort auf der Platte.",
    },
    handed: Kind {
        subject: "Übergeben: {}",
        line: "{}: an das Chat-Programm übergeben. Ob sie dort bleibt oder gelesen wird, kann Toxmail nicht sagen.",
    },
    cancelled: Kind {
        subject: "Abgebrochen: {}",
        line: "{}: vor der Zustellung abgebrochen. (War sie schon unterwegs, kann sie trotzdem angekommen sein.)",
    },
    no_subject: "eine Nachricht ohne Betreff",
    greeting: "Guten Tag,",
    about: "hier ist Toxmail, das Postamt in Ihrem Zuhause. Es geht um Ihre Nachricht „{}“ vom {}.",
    about_from_elsewhere: "hier ist Toxmail, das Postamt im Zuhause „{}“. Es geht um Ihre Nachricht „{}“ vom {}.",
    why: "Warum: {}",
    advice: "Was tun: {}",
    last_seen: "Das andere Zuhause ist zurzeit nicht erreichbar; zuletzt war es da: {}.",
    never_seen: "Das andere Zuhause ist zurzeit nicht erreichbar.",
    keeps_trying: "Sie müssen nichts tun: Toxmail stellt sie zu, sobald das andere Zuhause wieder da ist, und versucht es bis zum {}.",
    direct: Direct {
        waits: "Sie wartet auf eine direkte Verbindung: Zurzeit führt nur ein Relais dorthin, ein fremder Rechner, und Ihr Zuhause soll dieser Person nichts über ein Relais senden.",
        keeps_trying: "Sie müssen nichts tun: Toxmail stellt sie zu, sobald es eine direkte Verbindung gibt, und versucht es bis zum {}. Wer sich um die Box kümmert, kann Relais für diesen Kontakt erlauben.",
        too_late: (
            "es gab nicht rechtzeitig eine direkte Verbindung, und Ihr Zuhause soll dieser Person nichts über ein Relais senden.",
            "bitten Sie die Person, die sich um die Box kümmert, Relais für diesen Kontakt zu erlauben, und senden Sie die Nachricht noch einmal.",
        ),
    },
    chat_last_seen: "Das Chat-Programm dort ist zurzeit nicht online; zuletzt war es da: {}.",
    chat_never_seen: "Das Chat-Programm dort ist zurzeit nicht online.",
    chat_keeps_trying: "Sie müssen nichts tun: Toxmail übergibt sie, sobald das Chat-Programm online ist, und versucht es bis zum {}.",
    relay: Relay {
        delivered: Kind {
            subject: "Weitergegeben: {}",
            line: "{}: an Ihren E-Mail-Anbieter weitergegeben, der sie weiterleitet. Was daraus wird, und jede Antwort, kommt in Ihrem Postfach dort an.",
        },
        fell_back: Kind {
            subject: "Jetzt auf gewöhnlichem Weg: {}",
            line: "{} hat sie in der Zeit, die Sie dafür lassen, nicht direkt bekommen; sie geht jetzt als gewöhnliche E-Mail.",
        },
        fell_back_more: "Ihr E-Mail-Anbieter befördert sie und kann sie lesen. War sie schon unterwegs, kommt sie vielleicht zweimal an. Jede Antwort darauf kommt in Ihrem Postfach beim Anbieter an.",
        keeps_trying: "Sie müssen nichts tun: Toxmail versucht es von selbst wieder, bis zum {}.",
        not_yet: "Ihr E-Mail-Anbieter hat sie noch nicht angenommen.",
        away: (
            "Ihr E-Mail-Anbieter war nicht zu erreichen.",
            "geht die Post der anderen hinaus, senden Sie die Nachricht noch einmal; geht keine hinaus, sagen Sie es der Person, die sich um die Box kümmert.",
        ),
        login: (
            "Ihr E-Mail-Anbieter lässt Ihr Zuhause nicht ein.",
            "sagen Sie es der Person, die sich um die Box kümmert; vielleicht wurde das Passwort beim Anbieter geändert. Senden Sie die Nachricht dann noch einmal.",
        ),
        refused: (
            "Ihr E-Mail-Anbieter hat sie abgelehnt.",
            "seine eigenen Worte stehen in den Klammern; berichtigen Sie, was sie nennen, und senden Sie die Nachricht noch einmal.",
        ),
        cannot: (
            "Ihr E-Mail-Anbieter kann so eine Nachricht nicht befördern.",
            "senden Sie sie noch einmal ohne besondere Buchstaben in der Adresse; oder lassen Sie Toxmail von der Person, die sich um die Box kümmert, erlauben, solche Nachrichten umzuschreiben, oder fragen Sie den Anbieter.",
        ),
        trouble: (
            "bei Ihrem E-Mail-Anbieter, oder bei dem der anderen Person, gibt es zurzeit eine Störung.",
            "senden Sie die Nachricht später noch einmal; kommt sie wieder zurück, fragen Sie den Anbieter.",
        ),
    },
    whole: "Ihre Nachricht hängt an, damit nichts verloren geht.",
    headers: "Der Anfang Ihrer Nachricht hängt an; ganz steht sie in Ihrem Ordner der gesendeten Nachrichten.",
    signature: "Toxmail",
    weekdays: [
        "Montag",
        "Dienstag",
        "Mittwoch",
        "Donnerstag",
        "Freitag",
        "Samstag",
        "Sonntag",
    ],
    reasons: Reasons {
        nobody: (
            "es gibt kein Postfach dieses Namens.",
            "prüfen Sie die Adresse und senden Sie die Nachricht noch einmal.",
        ),
        full: (
            "das Postfach oder die Platte dort ist voll.",
            "bitten Sie darum, Platz zu schaffen, und senden Sie die Nachricht noch einmal.",
        ),
        too_large: (
            "die Nachricht ist zu groß.",
            "senden Sie sie in kleineren Teilen, oder verkleinern Sie die Bilder.",
        ),
        too_late: (
            "das andere Zuhause war nicht rechtzeitig zu erreichen.",
            "fragen Sie nach, ob die Box dort eingeschaltet ist und Internet hat, und senden Sie die Nachricht noch einmal.",
        ),
        unanswered: (
            "Toxmail hat Sie gefragt, ob sie hinausgehen soll, und Sie haben nicht geantwortet.",
            "senden Sie die Nachricht noch einmal, und beantworten Sie die Frage dazu.",
        ),
        forbidden: (
            "das ist nicht erlaubt.",
            "bitten Sie darum, in die Kontakte aufgenommen zu werden, und senden Sie die Nachricht noch einmal.",
        ),
        removed: (
            "es gab keinen Weg mehr: Dieser Kontakt wurde in Ihrem eigenen Zuhause entfernt oder gesperrt.",
            "wenn das ein Versehen war, nehmen Sie den Kontakt wieder auf und senden Sie die Nachricht noch einmal.",
        ),
        nothing_to_show: (
            "das Chat-Programm dort zeigt nur Text und Dateien, und in Ihrer Nachricht war nichts davon.",
            "schreiben Sie einen Betreff oder einen Text, und senden Sie die Nachricht noch einmal.",
        ),
        unwanted: (
            "das Chat-Programm dort hat nicht alle Dateien angenommen.",
            "bitten Sie darum, die Dateien anzunehmen, und senden Sie diese noch einmal.",
        ),
        chat_too_late: (
            "das Chat-Programm dort war nicht rechtzeitig online.",
            "bitten Sie darum, es zu starten, und senden Sie die Nachricht noch einmal.",
        ),
        circle: (
            "sie ist im Kreis gelaufen.",
            "suchen Sie zwei Postfächer, die aneinander weiterleiten, und schalten Sie eine der beiden Weiterleitungen ab.",
        ),
        trouble: (
            "in einem der beiden Zuhause gibt es zurzeit eine Störung.",
            "senden Sie die Nachricht später noch einmal; kommt sie wieder zurück, sagen Sie es der Person, die sich um die Box kümmert.",
        ),
        other: (
            "sie wurde abgelehnt.",
            "fragen Sie dort nach, zum Beispiel am Telefon, und senden Sie die Nachricht noch einmal.",
        ),
    },
};

pub(super) const SPANISH: Words = Words {
    failed: Kind {
        subject: "No entregado: {}",
        line: "{} NO lo ha recibido.",
    },
    delayed: Kind {
        subject: "Sigue esperando: {}",
        line: "{} todavía no lo ha recibido.",
    },
    delivered: Kind {
        subject: "Entregado: {}",
        line: "{}: entregado. Está en su disco.",
    },
    handed: Kind {
        subject: "Transmitido: {}",
        line: "{}: entregado a su programa de chat. Toxmail no puede saber si allí se guarda o se lee.",
    },
    cancelled: Kind {
        subject: "Cancelado: {}",
        line: "{}: cancelado antes de la entrega. (Si ya estaba en camino, puede haber llegado de todos modos.)",
    },
    no_subject: "un mensaje sin asunto",
    greeting: "Hola:",
    about: "le escribe Toxmail, la oficina de correos de su casa, sobre su mensaje «{}» del {}.",
    about_from_elsewhere: "le escribe Toxmail, la oficina de correos de la casa «{}», sobre su mensaje «{}» del {}.",
    why: "Por qué: {}",
    advice: "Qué hacer: {}",
    last_seen: "Su casa no está disponible en este momento; la última vez fue: {}.",
    never_seen: "Su casa no está disponible en este momento.",
    keeps_trying: "No tiene que hacer nada: Toxmail lo entregará en cuanto su casa vuelva a estar disponible, y lo intentará hasta el {}.",
    direct: Direct {
        waits: "Espera una conexión directa: en este momento solo lleva allí un repetidor, el ordenador de otra persona, y su casa no debe enviar nada a esta persona por un repetidor.",
        keeps_trying: "No tiene que hacer nada: Toxmail lo entregará en cuanto haya una conexión directa, y lo intentará hasta el {}. Quien se ocupa de la caja puede permitir los repetidores para este contacto.",
        too_late: (
            "no hubo una conexión directa a tiempo, y su casa no debe enviar nada a esta persona por un repetidor.",
            "pida a quien se ocupa de la caja que permita los repetidores para este contacto, y envíelo de nuevo.",
        ),
    },
    chat_last_seen: "Su programa de chat no está conectado en este momento; la última vez fue: {}.",
    chat_never_seen: "Su programa de chat no está conectado en este momento.",
    chat_keeps_trying: "No tiene que hacer nada: Toxmail se lo entregará en cuanto su programa de chat esté conectado, y lo intentará hasta el {}.",
    relay: Relay {
        delivered: Kind {
            subject: "Transmitido: {}",
            line: "{}: transmitido a su proveedor de correo, que lo lleva adelante. Lo que ocurra con él, y cualquier respuesta, llegará a su buzón allí.",
        },
        fell_back: Kind {
            subject: "Ahora por correo ordinario: {}",
            line: "{} no lo ha recibido directamente en el plazo que usted permite; ahora va por correo ordinario.",
        },
        fell_back_more: "Su proveedor de correo lo lleva y puede leerlo. Si ya estaba en camino, puede llegar dos veces. Cualquier respuesta llegará a su buzón en el proveedor.",
        keeps_trying: "No tiene que hacer nada: Toxmail vuelve a intentarlo por sí mismo, hasta el {}.",
        not_yet: "Su proveedor de correo todavía no lo ha aceptado.",
        away: (
            "no se pudo llegar a su proveedor de correo.",
            "si el correo de los demás sale, envíelo de nuevo; si no sale ninguno, avise a quien se ocupa de la caja.",
        ),
        login: (
            "su proveedor de correo no deja entrar a su casa.",
            "avise a quien se ocupa de la caja; quizá se cambió la contraseña en el proveedor. Después envíelo de nuevo.",
        ),
        refused: (
            "su proveedor de correo lo rechazó.",
            "sus propias palabras están entre corchetes; corrija lo que indican y envíelo de nuevo.",
        ),
        cannot: (
            "su proveedor de correo no puede llevar un mensaje así.",
            "envíelo de nuevo sin letras especiales en la dirección; o pida a quien se ocupa de la caja que permita a Toxmail reescribir tales mensajes, o pregunte al proveedor.",
        ),
        trouble: (
            "su proveedor de correo, o el de la otra persona, tiene un problema en este momento.",
            "envíelo de nuevo más tarde; si vuelve otra vez, pregunte al proveedor.",
        ),
    },
    whole: "Su mensaje va adjunto, para que no se pierda nada.",
    headers: "El comienzo de su mensaje va adjunto; entero está en su carpeta de mensajes enviados.",
    signature: "Toxmail",
    weekdays: [
        "lunes",
        "martes",
        "miércoles",
        "jueves",
        "viernes",
        "sábado",
        "domingo",
    ],
    reasons: Reasons {
        nobody: (
            "no hay ningún buzón con ese nombre.",
            "compruebe la dirección y envíelo de nuevo.",
        ),
        full: (
            "su buzón o su disco está lleno.",
            "pídale que haga sitio y envíelo de nuevo.",
        ),
        too_large: (
            "el mensaje es demasiado grande.",
            "envíelo en partes más pequeñas o reduzca las imágenes.",
        ),
        too_late: (
            "no se pudo llegar a su casa a tiempo.",
            "pregúntele si su caja está encendida y tiene internet, y envíelo de nuevo.",
        ),
        unanswered: (
            "Toxmail le preguntó si debía salir y usted no contestó.",
            "envíelo de nuevo y conteste a la pregunta.",
        ),
        forbidden: (
            "no está permitido.",
            "pídale que le añada a sus contactos y envíelo de nuevo.",
        ),
        removed: (
            "ya no había camino: este contacto se quitó o se bloqueó en su propia casa.",
            "si fue un error, añada de nuevo el contacto y envíelo otra vez.",
        ),
        nothing_to_show: (
            "su programa de chat solo muestra texto y archivos, y en su mensaje no había ninguno.",
            "escriba un asunto o un texto y envíelo de nuevo.",
        ),
        unwanted: (
            "su programa de chat no aceptó todos los archivos.",
            "pídale que acepte los archivos y envíelos de nuevo.",
        ),
        chat_too_late: (
            "su programa de chat no estuvo conectado a tiempo.",
            "pídale que lo abra y envíelo de nuevo.",
        ),
        circle: (
            "ha estado dando vueltas en círculo.",
            "busque dos buzones que se reenvíen el correo el uno al otro y anule uno de los dos reenvíos.",
        ),
        trouble: (
            "una de las dos casas tiene un problema propio en este momento.",
            "envíelo de nuevo más tarde; si vuelve otra vez, avise a quien se ocupa de la caja.",
        ),
        other: (
            "fue rechazado.",
            "pregúntele, por teléfono por ejemplo, y envíelo de nuevo.",
        ),
    },
};
