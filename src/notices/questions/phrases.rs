//! The sentences themselves: one table a language. `{}` is filled in, one after the other.

use crate::notices::text::Language;

pub(super) struct Phrases {
    pub(super) words: [&'static str; 4],
    pub(super) means: Means,
    pub(super) how: &'static str,
    pub(super) until: &'static str,
    pub(super) nothing: &'static str,
    pub(super) request: (&'static str, &'static str),
    pub(super) request_words: &'static str,
    pub(super) request_advice: &'static str,
    pub(super) more: (&'static str, &'static str),
    pub(super) claims: (&'static str, &'static str),
    pub(super) claims_advice: &'static str,
    pub(super) claim: &'static str,
    pub(super) accepted: (&'static str, &'static str),
    pub(super) refused: (&'static str, &'static str),
    pub(super) blocked: (&'static str, &'static str),
    pub(super) overtaken: (&'static str, &'static str),
    pub(super) confirmed: (&'static str, &'static str),
    pub(super) taken: &'static str,
    pub(super) denied: (&'static str, &'static str),
    pub(super) held: (&'static str, &'static str),
    pub(super) held_end: &'static str,
    pub(super) restored: &'static str,
    pub(super) again: [&'static str; 2],
    pub(super) not_again: (&'static str, &'static str),
    pub(super) restored_end: &'static str,
    pub(super) privately: &'static str,
    pub(super) ordinarily: &'static str,
    pub(super) shows: &'static str,
    pub(super) waits: &'static str,
    pub(super) failed: &'static str,
    pub(super) sent: (&'static str, &'static str),
    pub(super) stopped: (&'static str, &'static str),
    pub(super) gone: (&'static str, &'static str),
    pub(super) ways: (&'static str, &'static str),
    pub(super) first: (&'static str, &'static str),
    pub(super) answers: &'static str,
    pub(super) answers_fetched: &'static str,
    pub(super) unclear: (&'static str, &'static str),
    pub(super) unclear_empty: &'static str,
    pub(super) unclear_end: &'static str,
    pub(super) before: (&'static str, &'static str),
    pub(super) late: (&'static str, &'static str),
    pub(super) not_yours: (&'static str, &'static str),
}

/// What each word does, question by question.
pub(super) struct Means {
    pub(super) request: [&'static str; 3],
    pub(super) claims: [&'static str; 2],
    pub(super) letter: [&'static str; 2],
}

const ENGLISH: Phrases = Phrases {
    words: ["yes", "no", "block", "send"],
    means: Means {
        request: [
            "they become a contact, and letters can go both ways",
            "nothing happens",
            "nothing of theirs ever comes in here",
        ],
        claims: [
            "all of these addresses are theirs",
            "everything stays as it is",
        ],
        letter: [
            "the letter goes out",
            "the letter does not go out, to nobody",
        ],
    },
    how: "To answer, reply to this mail and write one word on the first line:",
    until: "If you do not answer, nothing happens. Your answer counts until {}.",
    nothing: "Nothing has changed.",
    request: (
        "{} would like to write to you",
        "{} (key {}) would like to exchange letters with this home.",
    ),
    request_words: "These are their own words:",
    request_advice: "Say yes only to somebody you know. Anybody can give themselves any name: if you are not sure, telephone them and \
        ask whether it was they, and how their key begins.",
    more: (
        "More people would like to write to you: {}",
        "besides those about whom Toxmail has asked you today, {} more would like to exchange letters with this home. You need not do \
         anything: Toxmail asks you about a few of them a day. If you cannot explain why there are so many, tell whoever looks after the box.",
    ),
    claims: (
        "Is this right? Addresses of {}",
        "{} says that these e-mail addresses belong to its people:",
    ),
    claims_advice: "If that is right, your letters to these addresses go straight and privately to that home from now on, and no longer by \
        ordinary mail. So say yes only if you know that it is true of all of them; telephone them if you are not sure.",
    claim: "{} is {}",
    accepted: (
        "{} can write to you now",
        "{} is a contact now. Letters to {} reach them as soon as both homes are connected.",
    ),
    refused: (
        "You said no to {}",
        "{} was told nothing, and cannot write to you. If they ask again, Toxmail does not trouble you about it for a month.",
    ),
    blocked: (
        "{} is blocked",
        "nothing from {} comes in here any more, and nothing goes there. If that was a mistake, tell whoever looks after the box.",
    ),
    overtaken: (
        "Your answer about {} came too late",
        "somebody in this home has decided about {} in another way already, or they do not ask any more.",
    ),
    confirmed: (
        "The addresses are confirmed",
        "letters to these addresses go straight and privately to their home from now on:",
    ),
    taken: "These could not be confirmed, because somebody else here has them:",
    denied: (
        "The addresses are not confirmed",
        "letters to these addresses go on as before, and Toxmail does not ask about them again:",
    ),
    held: (
        "Shall it go? {}",
        "your letter \"{}\" is for people who are reached directly and privately, and for others who are reached by ordinary mail only.",
    ),
    held_end: "It has not gone to anybody yet. Without an answer it comes back to you on {}.",
    restored: "this home was restored from a backup. When the backup was made, the letter \"{}\" had not yet gone to these people; it may \
        have gone since, and then they would get it a second time:",
    restored_end: "It waits for your word. Without an answer it comes back on {}.",
    again: ["it goes to them now", "it does not go to them from here"],
    not_again: (
        "It does not go again: {}",
        "the letter \"{}\" does not go to these people from here. What goes directly to other homes is not touched by this.",
    ),
    privately: "Directly and privately, from home to home:",
    ordinarily: "By ordinary mail, through your provider:",
    shows: "Whoever gets the copy by ordinary mail sees on it the ordinary e-mail addresses of the others in To and Cc, and so does the provider.",
    waits: "{} (it waits for their home)",
    failed: "{} (did NOT arrive; another mail tells you why)",
    sent: (
        "It goes out: {}",
        "your letter \"{}\" is on its way to everybody now.",
    ),
    stopped: (
        "Not sent: {}",
        "your letter \"{}\" was not sent, to nobody. It is still in your folder of sent mail.",
    ),
    gone: (
        "There is nothing to send any more",
        "the letter of this question is not waiting any more: it came back to you, or somebody cancelled it.",
    ),
    ways: (
        "Which way it went: {}",
        "your letter \"{}\" has taken different ways.",
    ),
    first: (
        "You have written by ordinary mail: {}",
        "your letter \"{}\" is the first that Toxmail has sent for you by ordinary mail, through your provider.",
    ),
    answers: "Answers to ordinary mail arrive in your mailbox at the provider, not here. Read that mailbox with your mail program, too, as \
        you did before.",
    answers_fetched: "Answers to ordinary mail arrive in your mailbox at the provider. Toxmail fetches them from there, so you find them \
        here, a few minutes later, among your other letters.",
    unclear: (
        "Your answer was not understood",
        "the first line of your answer says \"{}\", which Toxmail does not understand.",
    ),
    unclear_empty: "Toxmail has found no word of your own in your answer.",
    unclear_end: "Nothing has happened yet; the question still waits for your answer.",
    before: (
        "This was answered before",
        "{} has answered this question before, with \"{}\".",
    ),
    late: (
        "Your answer came too late",
        "the time for answering this question is over.",
    ),
    not_yours: (
        "Your answer does not count",
        "this question was not put to you, or it is too old to be remembered.",
    ),
};

const FRENCH: Phrases = Phrases {
    words: ["oui", "non", "bloquer", "envoyer"],
    means: Means {
        request: [
            "elle devient un contact, et les lettres passent dans les deux sens",
            "il ne se passe rien",
            "plus rien de sa part n'entre ici, jamais",
        ],
        claims: [
            "toutes ces adresses sont bien les leurs",
            "tout reste comme avant",
        ],
        letter: ["la lettre part", "la lettre ne part pas, pour personne"],
    },
    how: "Pour répondre, répondez à ce message et écrivez un seul mot sur la première ligne :",
    until: "Si vous ne répondez pas, il ne se passe rien. Votre réponse compte jusqu'au {}.",
    nothing: "Rien n'a changé.",
    request: (
        "{} souhaite vous écrire",
        "{} (clé {}) souhaite échanger des lettres avec cette maison.",
    ),
    request_words: "Voici ses propres mots :",
    request_advice: "Ne dites oui qu'à une personne que vous connaissez. N'importe qui peut se donner n'importe quel nom : en cas de doute, \
        téléphonez-lui et demandez si c'était bien elle, et comment commence sa clé.",
    more: (
        "D'autres personnes souhaitent vous écrire : {}",
        "en plus de celles dont Toxmail vous a parlé aujourd'hui, {} autres souhaitent échanger des lettres avec cette maison. Vous n'avez rien à \
         faire : Toxmail vous en présente quelques-unes par jour. Si vous ne vous expliquez pas leur nombre, parlez-en à la personne qui s'occupe du boîtier.",
    ),
    claims: (
        "Est-ce exact ? Adresses de {}",
        "{} dit que ces adresses électroniques sont celles de ses habitants :",
    ),
    claims_advice: "Si c'est exact, vos lettres à ces adresses iront désormais directement et en privé à cette maison, et non plus par le courrier \
        ordinaire. Ne dites donc oui que si vous savez que c'est vrai de toutes ; en cas de doute, téléphonez.",
    claim: "{} est {}",
    accepted: (
        "{} peut maintenant vous écrire",
        "{} est maintenant un contact. Les lettres à {} lui parviennent dès que les deux maisons sont reliées.",
    ),
    refused: (
        "Vous avez dit non à {}",
        "{} n'en a rien su et ne peut pas vous écrire. Si la demande revient, Toxmail ne vous en parlera pas pendant un mois.",
    ),
    blocked: (
        "{} : bloqué",
        "plus rien n'entre ici de la part de {}, et rien n'y va. Si c'était une erreur, parlez-en à la personne qui s'occupe du boîtier.",
    ),
    overtaken: (
        "Votre réponse au sujet de {} est arrivée trop tard",
        "quelqu'un dans cette maison a déjà décidé autrement au sujet de {}, ou bien la demande n'existe plus.",
    ),
    confirmed: (
        "Les adresses sont confirmées",
        "les lettres à ces adresses vont désormais directement et en privé à leur maison :",
    ),
    taken: "Celles-ci n'ont pas pu être confirmées, parce que quelqu'un d'autre ici les a :",
    denied: (
        "Les adresses ne sont pas confirmées",
        "les lettres à ces adresses partent comme avant, et Toxmail ne vous en reparlera pas :",
    ),
    held: (
        "Faut-il l'envoyer ? {}",
        "votre lettre « {} » s'adresse à des personnes joignables directement et en privé, et à d'autres qui ne le sont que par le courrier ordinaire.",
    ),
    held_end: "Elle n'est encore partie pour personne. Sans réponse, elle vous revient le {}.",
    restored: "cette maison a été rétablie à partir d'une sauvegarde. Au moment de la sauvegarde, la lettre « {} » n'était pas encore partie \
        pour ces personnes ; elle est peut-être partie depuis, et elles la recevraient alors une seconde fois :",
    restored_end: "Elle attend votre réponse. Sans réponse, elle revient le {}.",
    again: [
        "elle part maintenant pour eux",
        "elle ne part pas d'ici pour eux",
    ],
    not_again: (
        "Elle ne repart pas : {}",
        "la lettre « {} » ne part pas d'ici pour ces personnes. Ce qui va directement à d'autres maisons n'est pas concerné.",
    ),
    privately: "Directement et en privé, de maison à maison :",
    ordinarily: "Par le courrier ordinaire, par votre fournisseur :",
    shows: "Qui reçoit la copie par le courrier ordinaire y voit les adresses électroniques ordinaires des autres qui sont dans « À » et « Cc », et le fournisseur également.",
    waits: "{} (elle attend sa maison)",
    failed: "{} (elle n'est PAS arrivée ; un autre message vous dit pourquoi)",
    sent: (
        "Elle part : {}",
        "votre lettre « {} » est maintenant en route vers tous.",
    ),
    stopped: (
        "Pas envoyée : {}",
        "votre lettre « {} » n'a été envoyée à personne. Elle est toujours dans votre dossier des messages envoyés.",
    ),
    gone: (
        "Il n'y a plus rien à envoyer",
        "la lettre de cette question n'attend plus : elle vous est revenue, ou quelqu'un l'a annulée.",
    ),
    ways: (
        "Quel chemin elle a pris : {}",
        "votre lettre « {} » a pris des chemins différents.",
    ),
    first: (
        "Vous avez écrit par le courrier ordinaire : {}",
        "votre lettre « {} » est la première que Toxmail a envoyée pour vous par le courrier ordinaire, par votre fournisseur.",
    ),
    answers: "Les réponses au courrier ordinaire arrivent dans votre boîte chez le fournisseur, pas ici. Continuez à relever cette boîte avec \
        votre programme de courrier, comme avant.",
    answers_fetched: "Les réponses au courrier ordinaire arrivent dans votre boîte chez le fournisseur. Toxmail va les y chercher : vous les \
        trouverez ici, quelques minutes plus tard, parmi vos autres lettres.",
    unclear: (
        "Votre réponse n'a pas été comprise",
        "la première ligne de votre réponse dit « {} », ce que Toxmail ne comprend pas.",
    ),
    unclear_empty: "Toxmail n'a trouvé aucun mot de vous dans votre réponse.",
    unclear_end: "Il ne s'est encore rien passé ; la question attend toujours votre réponse.",
    before: (
        "Il y a déjà une réponse",
        "{} a déjà répondu à cette question : « {} ».",
    ),
    late: (
        "Votre réponse est arrivée trop tard",
        "le délai pour répondre à cette question est passé.",
    ),
    not_yours: (
        "Votre réponse ne compte pas",
        "cette question ne vous était pas posée, ou elle est trop ancienne.",
    ),
};

const GERMAN: Phrases = Phrases {
    words: ["ja", "nein", "blockieren", "senden"],
    means: Means {
        request: [
            "wird ein Kontakt, und Briefe gehen in beide Richtungen",
            "es geschieht nichts",
            "von dort kommt hier nie wieder etwas an",
        ],
        claims: ["alle diese Adressen stimmen", "alles bleibt, wie es ist"],
        letter: [
            "der Brief geht hinaus",
            "der Brief geht nicht hinaus, an niemanden",
        ],
    },
    how: "Um zu antworten, antworten Sie auf diese Nachricht und schreiben Sie ein Wort in die erste Zeile:",
    until: "Wenn Sie nicht antworten, geschieht nichts. Ihre Antwort zählt bis zum {}.",
    nothing: "Es hat sich nichts geändert.",
    request: (
        "{} möchte Ihnen schreiben",
        "{} (Schlüssel {}) möchte mit diesem Zuhause Briefe austauschen.",
    ),
    request_words: "Dort schreibt man dazu:",
    request_advice: "Sagen Sie nur ja, wenn Sie die Person kennen. Jeder kann sich jeden Namen geben: Rufen Sie im Zweifel dort an und fragen Sie, \
        ob die Anfrage wirklich von dort kam und wie der Schlüssel beginnt.",
    more: (
        "Weitere Leute möchten Ihnen schreiben: {}",
        "außer denen, nach denen Toxmail Sie heute gefragt hat, möchten {} weitere mit diesem Zuhause Briefe austauschen. Sie müssen nichts tun: \
         Toxmail fragt Sie jeden Tag nach einigen. Wenn Sie sich nicht erklären können, warum es so viele sind, sagen Sie es der Person, die sich um die Box kümmert.",
    ),
    claims: (
        "Stimmt das? Adressen von {}",
        "{} sagt, dass diese E-Mail-Adressen seinen Leuten gehören:",
    ),
    claims_advice: "Wenn das stimmt, gehen Ihre Briefe an diese Adressen von nun an direkt und vertraulich in jenes Zuhause und nicht mehr mit der gewöhnlichen \
        Post. Sagen Sie also nur ja, wenn Sie wissen, dass alle stimmen; rufen Sie im Zweifel dort an.",
    claim: "{} ist {}",
    accepted: (
        "{} kann Ihnen jetzt schreiben",
        "{} ist jetzt ein Kontakt. Briefe an {} kommen dort an, sobald beide Zuhause verbunden sind.",
    ),
    refused: (
        "Sie haben nein gesagt: {}",
        "{} hat davon nichts erfahren und kann Ihnen nicht schreiben. Kommt die Anfrage wieder, fragt Toxmail Sie einen Monat lang nicht danach.",
    ),
    blocked: (
        "{} ist blockiert",
        "von {} kommt hier nichts mehr an, und dorthin geht nichts. Wenn das ein Versehen war, sagen Sie es der Person, die sich um die Box kümmert.",
    ),
    overtaken: (
        "Ihre Antwort zu {} kam zu spät",
        "über {} hat in diesem Zuhause schon jemand anders entschieden, oder die Anfrage gibt es nicht mehr.",
    ),
    confirmed: (
        "Die Adressen sind bestätigt",
        "Briefe an diese Adressen gehen von nun an direkt und vertraulich in deren Zuhause:",
    ),
    taken: "Diese konnten nicht bestätigt werden, weil hier schon jemand anders sie hat:",
    denied: (
        "Die Adressen sind nicht bestätigt",
        "Briefe an diese Adressen gehen wie bisher, und Toxmail fragt nicht noch einmal danach:",
    ),
    held: (
        "Soll er hinausgehen? {}",
        "Ihr Brief „{}“ ist für Leute, die direkt und vertraulich zu erreichen sind, und für andere, zu denen nur die gewöhnliche Post führt.",
    ),
    held_end: "Er ist noch an niemanden gegangen. Ohne Antwort kommt er am {} zu Ihnen zurück.",
    restored: "dieses Zuhause wurde aus einer Sicherung wiederhergestellt. Als sie gemacht wurde, war der Brief „{}“ an diese Leute noch nicht \
        hinausgegangen; vielleicht ging er seither hinaus, und dann bekämen sie ihn ein zweites Mal:",
    restored_end: "Er wartet auf Ihr Wort. Ohne Antwort kommt er am {} zurück.",
    again: [
        "er geht jetzt an sie hinaus",
        "er geht von hier nicht an sie hinaus",
    ],
    not_again: (
        "Geht nicht noch einmal hinaus: {}",
        "der Brief „{}“ geht von hier nicht an diese Leute. Was direkt an andere Zuhause geht, ist davon nicht betroffen.",
    ),
    privately: "Direkt und vertraulich, von Zuhause zu Zuhause:",
    ordinarily: "Mit der gewöhnlichen Post, über Ihren Anbieter:",
    shows: "Wer die Kopie mit der gewöhnlichen Post bekommt, sieht darauf die gewöhnlichen E-Mail-Adressen der anderen unter „An“ und „Kopie“; der Anbieter ebenso.",
    waits: "{} (wartet noch auf das andere Zuhause)",
    failed: "{} (NICHT angekommen; warum, sagt eine andere Nachricht)",
    sent: (
        "Er geht hinaus: {}",
        "Ihr Brief „{}“ ist jetzt zu allen unterwegs.",
    ),
    stopped: (
        "Nicht gesendet: {}",
        "Ihr Brief „{}“ wurde an niemanden gesendet. Er liegt noch in Ihrem Ordner der gesendeten Nachrichten.",
    ),
    gone: (
        "Es gibt nichts mehr zu senden",
        "der Brief zu dieser Frage wartet nicht mehr: Er kam zu Ihnen zurück, oder jemand hat ihn abgebrochen.",
    ),
    ways: (
        "Welchen Weg er nahm: {}",
        "Ihr Brief „{}“ hat verschiedene Wege genommen.",
    ),
    first: (
        "Sie haben mit der gewöhnlichen Post geschrieben: {}",
        "Ihr Brief „{}“ ist der erste, den Toxmail für Sie mit der gewöhnlichen Post gesendet hat, über Ihren Anbieter.",
    ),
    answers: "Antworten auf gewöhnliche Post kommen in Ihrem Postfach beim Anbieter an, nicht hier. Lesen Sie dieses Postfach weiterhin mit \
        Ihrem Mailprogramm, wie bisher.",
    answers_fetched: "Antworten auf gewöhnliche Post kommen in Ihrem Postfach beim Anbieter an. Toxmail holt sie dort ab; Sie finden sie \
        einige Minuten später hier, bei Ihren anderen Briefen.",
    unclear: (
        "Ihre Antwort wurde nicht verstanden",
        "in der ersten Zeile Ihrer Antwort steht „{}“, und das versteht Toxmail nicht.",
    ),
    unclear_empty: "Toxmail hat in Ihrer Antwort kein eigenes Wort gefunden.",
    unclear_end: "Es ist noch nichts geschehen; die Frage wartet weiter auf Ihre Antwort.",
    before: (
        "Diese Frage ist schon beantwortet",
        "{} hat diese Frage schon beantwortet, mit „{}“.",
    ),
    late: (
        "Ihre Antwort kam zu spät",
        "die Zeit für eine Antwort auf diese Frage ist vorbei.",
    ),
    not_yours: (
        "Ihre Antwort zählt nicht",
        "diese Frage ging nicht an Sie, oder sie ist zu alt.",
    ),
};

const SPANISH: Phrases = Phrases {
    words: ["sí", "no", "bloquear", "enviar"],
    means: Means {
        request: [
            "pasa a ser un contacto y las cartas van en las dos direcciones",
            "no ocurre nada",
            "nada suyo vuelve a entrar aquí",
        ],
        claims: ["todas estas direcciones son suyas", "todo queda como está"],
        letter: ["la carta sale", "la carta no sale, para nadie"],
    },
    how: "Para contestar, responda a este mensaje y escriba una sola palabra en la primera línea:",
    until: "Si no contesta, no ocurre nada. Su respuesta vale hasta el {}.",
    nothing: "No ha cambiado nada.",
    request: (
        "{} quiere escribirle",
        "{} (clave {}) quiere intercambiar cartas con esta casa.",
    ),
    request_words: "Estas son sus propias palabras:",
    request_advice: "Diga sí solo a alguien que conozca. Cualquiera puede darse cualquier nombre: si tiene dudas, llame por teléfono y pregunte \
        si fue esa persona y cómo empieza su clave.",
    more: (
        "Más personas quieren escribirle: {}",
        "además de aquellas por las que Toxmail le ha preguntado hoy, {} más quieren intercambiar cartas con esta casa. No tiene que hacer nada: \
         Toxmail le pregunta cada día por algunas. Si no se explica por qué son tantas, avise a quien se ocupa de la caja.",
    ),
    claims: (
        "¿Es correcto? Direcciones de {}",
        "{} dice que estas direcciones de correo son de su gente:",
    ),
    claims_advice: "Si es correcto, sus cartas a estas direcciones irán desde ahora directamente y en privado a esa casa, y ya no por el correo \
        ordinario. Diga sí solo si sabe que es verdad de todas; si tiene dudas, llame por teléfono.",
    claim: "{} es {}",
    accepted: (
        "{} ya puede escribirle",
        "{} ya es un contacto. Las cartas a {} le llegan en cuanto las dos casas estén conectadas.",
    ),
    refused: (
        "Ha dicho no a {}",
        "{} no ha sabido nada y no puede escribirle. Si vuelve a pedirlo, Toxmail no le molestará con ello durante un mes.",
    ),
    blocked: (
        "{}: bloqueado",
        "nada de {} entra ya aquí, y nada va allí. Si fue un error, avise a quien se ocupa de la caja.",
    ),
    overtaken: (
        "Su respuesta sobre {} llegó tarde",
        "alguien en esta casa ya ha decidido otra cosa sobre {}, o la petición ya no existe.",
    ),
    confirmed: (
        "Las direcciones están confirmadas",
        "las cartas a estas direcciones van desde ahora directamente y en privado a su casa:",
    ),
    taken: "Estas no se pudieron confirmar, porque aquí las tiene otra persona:",
    denied: (
        "Las direcciones no están confirmadas",
        "las cartas a estas direcciones siguen como antes, y Toxmail no volverá a preguntar por ellas:",
    ),
    held: (
        "¿Debe salir? {}",
        "su carta «{}» es para personas a las que se llega directamente y en privado, y para otras a las que solo se llega por el correo ordinario.",
    ),
    held_end: "Todavía no ha salido para nadie. Sin respuesta, vuelve a usted el {}.",
    restored: "esta casa se ha restaurado a partir de una copia de seguridad. Cuando se hizo la copia, la carta «{}» aún no había salido para \
        estas personas; quizá haya salido después, y entonces la recibirían por segunda vez:",
    restored_end: "Espera su respuesta. Sin respuesta, vuelve el {}.",
    again: ["sale ahora para ellas", "no sale de aquí para ellas"],
    not_again: (
        "No sale otra vez: {}",
        "la carta «{}» no sale de aquí para estas personas. Lo que va directamente a otras casas no cambia.",
    ),
    privately: "Directamente y en privado, de casa a casa:",
    ordinarily: "Por el correo ordinario, a través de su proveedor:",
    shows: "Quien recibe la copia por el correo ordinario ve en ella las direcciones de correo ordinarias de los demás que están en «Para» y «Copia», y el proveedor también.",
    waits: "{} (espera a su casa)",
    failed: "{} (NO ha llegado; otro mensaje le dice por qué)",
    sent: ("Sale: {}", "su carta «{}» va ya de camino a todos."),
    stopped: (
        "No enviada: {}",
        "su carta «{}» no se ha enviado a nadie. Sigue en su carpeta de mensajes enviados.",
    ),
    gone: (
        "Ya no hay nada que enviar",
        "la carta de esta pregunta ya no espera: volvió a usted, o alguien la canceló.",
    ),
    ways: (
        "Qué camino tomó: {}",
        "su carta «{}» ha tomado caminos distintos.",
    ),
    first: (
        "Ha escrito por el correo ordinario: {}",
        "su carta «{}» es la primera que Toxmail ha enviado por usted por el correo ordinario, a través de su proveedor.",
    ),
    answers: "Las respuestas al correo ordinario llegan a su buzón en el proveedor, no aquí. Siga leyendo ese buzón con su programa de correo, \
        como antes.",
    answers_fetched: "Las respuestas al correo ordinario llegan a su buzón en el proveedor. Toxmail las recoge allí: las encontrará aquí, unos \
        minutos después, entre sus demás cartas.",
    unclear: (
        "No se entendió su respuesta",
        "la primera línea de su respuesta dice «{}», y Toxmail no lo entiende.",
    ),
    unclear_empty: "Toxmail no ha encontrado ninguna palabra suya en su respuesta.",
    unclear_end: "Todavía no ha ocurrido nada; la pregunta sigue esperando su respuesta.",
    before: (
        "Esta pregunta ya tiene respuesta",
        "{} ya ha contestado a esta pregunta, con «{}».",
    ),
    late: (
        "Su respuesta llegó tarde",
        "el tiempo para contestar a esta pregunta ha pasado.",
    ),
    not_yours: (
        "Su respuesta no vale",
        "esta pregunta no era para usted, o es demasiado antigua.",
    ),
};

pub(super) fn phrases(language: Language) -> &'static Phrases {
    match language {
        Language::English => &ENGLISH,
        Language::French => &FRENCH,
        Language::German => &GERMAN,
        Language::Spanish => &SPANISH,
    }
}
