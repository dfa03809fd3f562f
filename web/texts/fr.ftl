# Les textes de la page en français. Les clés et les variables sont celles de en.ftl.

# ---- every page
skip-link = Aller au contenu
menu-label = Menu
menu-close = Fermer le menu
logged-in-as = Connecté : { $name }
log-out = Se déconnecter
language-label = Langue
footer-words = Toxmail, le bureau de poste de cette maison
flash-good = C'est fait
flash-bad = Ce n'est pas fait
failure-title = Cela n'a pas marché
failure-words = Voici ce qui a été dit (en anglais) :

# ---- the menu
nav-home = Accueil

# ---- dates and times
date-long = { $day } { $month } { $year }
date-short = { $day } { $month }
time-now = à l'instant
time-minutes-ago = 
    { $minutes ->
        [one] il y a { $minutes } minute
       *[other] il y a { $minutes } minutes
    }
time-today = aujourd'hui { $time }
time-yesterday = hier { $time }
unit-days = j
month-1 = janvier
month-2 = février
month-3 = mars
month-4 = avril
month-5 = mai
month-6 = juin
month-7 = juillet
month-8 = août
month-9 = septembre
month-10 = octobre
month-11 = novembre
month-12 = décembre
weekday-1 = lundi
weekday-2 = mardi
weekday-3 = mercredi
weekday-4 = jeudi
weekday-5 = vendredi
weekday-6 = samedi
weekday-7 = dimanche

# ---- what is not served
error-title-bad-request = Cette demande est incompréhensible
error-title-forbidden = Ce n'est pas possible ici
error-title-not-found = Cette page n'existe pas
error-title-too-large = C'est trop à la fois
error-title-too-many = Un instant, s'il vous plaît
error-title-trouble = La maison a un problème
error-title-unavailable = Pas maintenant
error-title-failure = Cela n'a pas marché
error-bad-request = Votre navigateur a envoyé quelque chose que cette maison ne comprend pas. Revenez en arrière et réessayez.
error-form = Le formulaire n'est pas arrivé tel que cette maison l'avait envoyé. Revenez en arrière, rechargez la page et remplissez-le de nouveau.
error-slow = Le formulaire a mis trop de temps à arriver. Vérifiez votre connexion et réessayez.
error-token = Cette page est restée ouverte longtemps, ou vous vous êtes connecté ou déconnecté dans une autre fenêtre. Revenez en arrière, rechargez la page et recommencez. Rien n'a été changé.
error-origin = Cette modification a été demandée par un autre site, ou votre navigateur ne dit pas lequel. Elle n'a pas été faite. Si c'était vous : ouvrez la page de la maison et faites-la là.
error-host = Cette maison ne répond pas à ce nom. Ouvrez http://toxmail.local/ ou l'adresse du boîtier.
error-host-missing = La demande ne dit pas clairement à quelle maison elle s'adresse.
error-plain = Sur cette connexion, d'autres pourraient lire ; rien n'est donc modifié ici. Ouvrez la page de la maison à l'adresse sécurisée (https).
error-admin-only = Seul l'administrateur de cette maison peut le faire. Demandez-lui.
error-log-in = Connectez-vous d'abord.
error-method = Cela ne peut pas se faire à cette adresse.
error-not-found = L'adresse contient peut-être une faute de frappe, ou la page est d'une autre version de Toxmail.
error-too-large = Ce qui a été envoyé dépasse ce que cette maison accepte. Envoyez-en moins à la fois.
error-too-many = Cela a été essayé trop souvent en peu de temps.
error-trouble = Quelque chose s'est mal passé à l'intérieur. Aucun courrier n'est perdu. Réessayez ; si cela continue, l'administrateur en trouvera la raison dans le journal de la maison.
error-unavailable = La maison est occupée ou s'arrête. Réessayez dans un instant.
error-retry = Réessayez dans { $wait }.
error-back = À la première page

# ---- login
login-title = Se connecter
login-moment = Un instant
login-continue = Continuer
login-intro = Avec votre nom dans cette maison et votre propre mot de passe.
login-name = Nom
login-name-hint = Ce qui précède le @ dans votre adresse ici, par exemple anna.
login-password = Mot de passe
login-password-hint = Le vôtre, pas celui d'un appareil.
login-submit = Se connecter
login-forgotten = Oublié ?
login-forgotten-member = La personne qui s'occupe de cette maison peut vous en donner un nouveau : sous « Administration », « Personnes ».
login-forgotten-admin = Vous vous en occupez vous-même ? Sur un boîtier, le nouveau mot de passe passe par la carte mémoire :
login-forgotten-step-1 = Débranchez le boîtier et mettez sa carte mémoire dans un ordinateur. Un petit lecteur s'ouvre.
login-forgotten-step-2 = Créez-y un fichier texte nommé { $file } : à la première ligne votre nom dans cette maison, à la deuxième le nouveau mot de passe, d'au moins huit caractères.
login-forgotten-step-3 = Remettez la carte et rebranchez le boîtier. Au bout de deux minutes, le nouveau mot de passe est valable et le fichier a disparu. Sinon, regardez encore la carte : { $problem } dit pourquoi.
login-forgotten-computer = Si la maison tourne sur un ordinateur, tapez-y dans un terminal, avec votre nom dans cette maison :
login-wrong = Le nom et le mot de passe ne vont pas ensemble. Vérifiez les majuscules et réessayez.
login-later = Trop d'essais incorrects. Pour votre sécurité, le prochain ne sera examiné que dans { $wait }.
login-out = Vous êtes déconnecté sur cet appareil.

# ---- home
home-hello = Bonjour, { $name }
home-status = Comment va la maison
home-state-good = Tout va bien
home-state-attention = À regarder
home-state-bad = À régler
home-state-unknown = Inconnu pour l'instant
home-fine = Le courrier va et vient. Vous n'avez rien à faire.
home-for-admin =
    { $count ->
        [one] { $count } chose devrait être vue par la personne qui s'occupe de cette maison. Elle la trouve sur cette page en se connectant.
       *[other] { $count } choses devraient être vues par la personne qui s'occupe de cette maison. Elle les trouve sur cette page en se connectant.
    }
home-unknown = La maison ne peut pas le dire pour l'instant.
home-tox = Le chemin vers les autres maisons
home-tox-state-udp = Direct
home-tox-state-tcp = Par des relais
home-tox-state-offline = Aucun
home-tox-udp = Relié au réseau Tox, directement.
home-tox-tcp = Relié au réseau Tox par des relais : le courrier arrive, les gros envois prennent plus de temps. Après un démarrage, c'est normal pendant quelques minutes ; si cela dure, votre box internet ne laisse pas passer UDP.
home-tox-offline = Pas relié au réseau Tox. Le courrier attend ici et partira de lui-même. Vérifiez que votre box a une connexion à internet.
home-tox-since = Il en est ainsi depuis : { $when }.
home-tox-peers = Maisons et amis : { $count }. Joints directement : { $direct }, par un relais : { $relayed }.
home-letters = Mon courrier en route
home-waiting =
    { $count ->
        [0] Aucun courrier en attente.
        [one] { $count } courrier est en route.
       *[other] { $count } courriers sont en route.
    }
home-waiting-all =
    { $count ->
        [0] Dans toute la maison, aucun courrier n'attend.
        [one] Dans toute la maison, { $count } courrier attend ({ $size }) ; en route à l'instant : { $moving }.
       *[other] Dans toute la maison, { $count } courriers attendent ({ $size }) ; en route à l'instant : { $moving }.
    }
home-to-letters = Tout mon courrier en route
home-to = À { $name }
home-moving-more =
    { $count ->
        [one] Et à { $count } autre personne.
       *[other] Et à { $count } autres personnes.
    }
home-online = Qui est là
home-online-words = Un courrier pour eux part aussitôt.
home-online-none = Il n'y a pas encore de contacts.
home-online-nobody = Personne n'est là pour l'instant. Le courrier attend et part dès que leur boîtier est là.
home-online-count = Contacts présents : { $there } sur { $count }
home-online-directly = directement
home-online-relayed = par un relais
home-online-more =
    { $count ->
        [one] Et { $count } autre.
       *[other] Et { $count } autres.
    }
home-box = Le boîtier
home-disk = Place sur le disque
home-disk-free = { $free } libres sur { $total }
home-disk-letters = Courrier dans les boîtes aux lettres
home-disk-waiting = Courrier en attente
home-backup = Dernière sauvegarde
home-backup-none = aucune
home-days-mine = Mon courrier des { $count } derniers jours
home-days-all = Tout le courrier de cette maison ces { $count } derniers jours
home-days-none = Aucun courrier n'est arrivé ni parti.
home-days-received = Reçu : { $count } (directement { $direct }, par messagerie ordinaire { $ordinary }, dans la maison { $local }).
home-days-sent = Envoyé : { $count } (directement { $direct }, par messagerie ordinaire { $ordinary }, dans la maison { $local }).
home-days-line = { $day } : reçus { $received }, envoyés { $sent }
home-days-day = Jour
home-days-in = Reçu
home-days-out = Envoyé
home-days-pale = Plus pâle : par messagerie ordinaire
home-days-table = Les nombres en tableau
home-address = Votre adresse
home-address-words = Les personnes d'autres maisons avec Toxmail vous écrivent à :
home-again = Regarder de nouveau
home-live = Cette page montre d'elle-même ce qui change.

# ---- ce qui peut ne pas aller
finding-do-restart = Redémarrez le boîtier : débranchez-le, attendez dix secondes, rebranchez-le. Si cela dure, le journal de la maison en dit plus.
finding-do-reach = Demandez-leur si leur boîtier est allumé et relié à internet. Ce qui leur est destiné attend ici ; rien n'est perdu.
finding-do-choose = Choisissez quelqu'un d'autre, ou ajoutez { $name }.
finding-not-running = La maison ne fonctionne pas : aucun courrier ne part ni n'arrive.
finding-out-of-order = Une partie de la maison ne fait pas son travail.
finding-settings-mistake = Il y a une erreur dans le fichier toxmail.toml. La maison garde ce qu'elle avait lu avant.
finding-settings-mistake-do = Corrigez-la avant le prochain démarrage : avec cette erreur, la maison ne démarrerait pas.
finding-never-started = La maison n'a jamais été démarrée.
finding-never-started-do = Démarrez-la, puis rouvrez cette page.
finding-database-damaged = Ce que la maison garde sur son disque est abîmé.
finding-database-damaged-do = Restaurez une sauvegarde avant le prochain démarrage ; sur une carte ou un disque neuf si celui-ci est vieux.
finding-old-toxcore = La bibliothèque Tox de cette maison ({ $version }) a une faille dangereuse.
finding-old-toxcore-do = Passez à { $oldest } ou plus récent, puis redémarrez la maison.
finding-tox-ended = La maison a perdu pour de bon sa liaison au réseau Tox : aucun courrier ne part directement.
finding-tox-offline = Pas de liaison au réseau Tox depuis { $time }.
finding-tox-offline-do = Le courrier attend et partira de lui-même. Si cela dure, vérifiez que votre box a une connexion à internet.
finding-tox-offline-long = Pas de liaison au réseau Tox depuis { $time } : aucun courrier n'arrive ni ne part directement.
finding-tox-offline-long-do = Vérifiez que d'autres appareils ont accès à internet ici. Si oui, redémarrez la box internet, puis le boîtier.
finding-tox-nobody-answers = Personne dans le réseau Tox ne répond à cette maison.
finding-tox-nobody-answers-do = Regardez si d'autres appareils ici accèdent à internet. Si oui, mettez Toxmail à jour : une liste d'aides plus récente vient avec.
finding-tox-relayed = Tout passe par des relais : le courrier arrive, les gros envois prennent plus de temps.
finding-tox-relayed-do = Ce sera plus rapide si votre box internet laisse passer UDP, de préférence avec le port { $port } redirigé vers le boîtier.
finding-direct-only-without-udp = Certains contacts sont réglés sur « direct seulement », mais cette maison n'a aucune liaison directe. Leur courrier attend.
finding-direct-only-without-udp-do = Activez UDP dans toxmail.toml, ou autorisez les relais pour ces contacts.
finding-no-bootstrap-nodes = La maison ne connaît personne à qui demander le chemin du réseau Tox.
finding-no-bootstrap-nodes-do = Retirez « bootstrap » du fichier toxmail.toml, s'il y est ; sinon mettez Toxmail à jour, qui apporte une liste d'aides.
finding-names-behind-proxy =
    { $count ->
        [one] { $count } aide de toxmail.toml ne sert à rien derrière le proxy.
       *[other] { $count } aides de toxmail.toml ne servent à rien derrière le proxy.
    }
finding-names-behind-proxy-do = Écrivez-les là par leur numéro (adresse IP), pas par leur nom.
finding-not-a-friend = Tox n'accepte pas { $name } comme contact : aucun courrier ne lui parvient.
finding-not-a-friend-do = Supprimez le contact et ajoutez-le de nouveau avec son adresse Tox complète.
finding-identity-not-saved = L'identité Tox de la maison ne peut pas être enregistrée.
finding-identity-not-saved-do = Vérifiez si le disque est plein ou défaillant. La maison réessaie d'elle-même.
finding-tox-blind = Le courrier des autres maisons est remarqué un peu plus tard qu'il ne pourrait l'être.
finding-no-members = Personne n'a encore de boîte aux lettres.
finding-no-members-do = Ajoutez la première personne.
finding-no-main-mailbox = Le courrier pour la maison elle-même doit aller à { $name }, qui n'habite pas ici.
finding-no-pairing-member = { $name } doit être consulté pour les nouveaux contacts, mais n'habite pas ici.
finding-disk-full = Le disque est plein ({ $size } libres) : aucun courrier n'est accepté.
finding-disk-full-do = Faites de la place maintenant : effacez de vieux courriers, ou donnez à la maison un disque plus grand.
finding-disk-low = Le disque est presque plein ({ $size } libres).
finding-disk-low-do = Faites bientôt de la place : effacez de vieux courriers, ou donnez à la maison un disque plus grand.
finding-under-voltage = Le boîtier reçoit trop peu de courant.
finding-under-voltage-do = Utilisez l'alimentation faite pour lui, avec un câble court, et débranchez ce qui prend aussi du courant au boîtier. Trop peu de courant peut abîmer la carte.
finding-doors = Le pare-feu du boîtier n'a pas pu être mis en place comme il faut.
finding-doors-do = Éteignez le boîtier et rallumez-le. Si cela reste, installez une autre version, ou mettez une nouvelle carte et restaurez une sauvegarde. Le courrier continue entre-temps ; des règles plus simples, ou Toxmail lui-même, tiennent les inconnus dehors.
finding-overheating = Le boîtier est trop chaud ({ $degrees } °C).
finding-overheating-do = Donnez-lui de l'air, loin du soleil et du radiateur. Il ralentit de lui-même et continue.
finding-card-worn = La carte mémoire arrive en fin de vie ({ $percent } % en sont usés).
finding-card-worn-do = Faites une sauvegarde maintenant, et rétablissez-la bientôt sur une carte neuve.
finding-card-errors =
    { $count ->
        [one] La carte mémoire ou le disque a fait { $count } erreur.
       *[other] La carte mémoire ou le disque a fait { $count } erreurs.
    }
finding-card-errors-do = Débranchez et rebranchez le boîtier : il répare ce qu'il peut. Puis faites tout de suite une sauvegarde. Si cela revient, rétablissez la sauvegarde sur une carte neuve.
finding-card-unreadable = La carte mémoire ou le disque n'a pas pu être lu ou écrit à un endroit.
finding-card-unreadable-do = Faites maintenant une sauvegarde, et rétablissez-la sur une carte ou un disque neuf : celui-ci est en train de lâcher. S'il manque à la sauvegarde une lettre devenue illisible, elle le dira.
finding-clock-not-set = Le boîtier ne sait pas quelle heure il est.
finding-clock-not-set-do = Avec une connexion à internet, il règle son horloge lui-même. D'ici là, personne n'est prévenu à temps quand un courrier attend trop longtemps.
finding-letters-late-name =
    { $count ->
        [one] { $count } courrier pour { $name } attend depuis { $time }.
       *[other] { $count } courriers pour { $name } attendent, le premier depuis { $time }.
    }
finding-letters-late-seen-do = Leur boîtier a été vu pour la dernière fois : { $when }. Demandez-leur s'il est allumé et relié à internet.
finding-letters-late-ordinary =
    { $count ->
        [one] { $count } courrier vers une adresse ordinaire attend depuis { $time }.
       *[other] { $count } courriers vers des adresses ordinaires attendent, le premier depuis { $time }.
    }
finding-letters-late =
    { $count ->
        [one] { $count } courrier attend depuis { $time }.
       *[other] { $count } courriers attendent, le premier depuis { $time }.
    }
finding-letter-lost = Le fichier d'un courrier en attente (numéro { $id }) a disparu.
finding-letter-lost-do = Restaurez-le depuis une sauvegarde, ou reprenez le courrier, pour que son auteur l'apprenne.
finding-provider-fails-home = Le fournisseur de messagerie de la maison n'accepte pas de courrier (depuis : { $when }).
finding-provider-fails-member = Le fournisseur de messagerie de { $name } n'accepte pas de courrier (depuis : { $when }).
finding-provider-fails-do = Le courrier vers des adresses ordinaires attend et sera réessayé. Vérifiez que le compte fonctionne et que le mot de passe est toujours le même.
finding-fetch-fails = Le courrier de { $name } n'est pas relevé chez le fournisseur de messagerie (depuis : { $when }).
finding-fetch-fails-do = Il y reste, et la maison réessaie. Vérifiez que le compte fonctionne et que le mot de passe est toujours le même.
finding-gateway-fails =
    { $count ->
        [one] L'autre serveur de messagerie de la famille n'a pas accepté { $count } courrier.
       *[other] L'autre serveur de messagerie de la famille n'a pas accepté { $count } courriers.
    }
finding-gateway-do = Vérifiez qu'il fonctionne. Le courrier attend ici ; rien n'est perdu.
finding-gateway-away = L'autre serveur de messagerie de la famille ({ $address }) est injoignable.
finding-gateway-door-off = Le serveur de messagerie de { $domain } ne peut pas remettre de courrier : sa porte est fermée.
finding-gateway-door-off-do = Ouvrez-la dans toxmail.toml : [listen] gateway.
finding-gateway-open-door = Tout appareil de { $networks } peut écrire au nom de n'importe qui de { $domain }.
finding-gateway-open-door-do = Exigez-y un mot de passe : username et password_file sous [gateway] dans toxmail.toml.
finding-gateway-password = Le mot de passe de l'autre serveur de messagerie de la famille est illisible.
finding-gateway-password-do = Vérifiez que le fichier { $path } existe et que la maison peut le lire.
finding-incompatible = { $name } a une autre version de Toxmail ; aucun courrier ne passe donc.
finding-incompatible-do = Mettez les deux maisons à jour vers le dernier Toxmail.
finding-request-flood = { $count } inconnus ont demandé en une heure à devenir des contacts.
finding-request-flood-do = Quelqu'un a répandu l'adresse Tox de cette maison. Donnez-lui-en une autre ; vos contacts restent, et leurs maisons l'apprennent d'elles-mêmes.
finding-requests-waiting =
    { $count ->
        [one] Quelqu'un demande à devenir un contact.
       *[other] { $count } demandent à devenir des contacts.
    }
finding-requests-waiting-do = Regardez qui c'est, et dites oui ou non.
finding-peer-double = La maison de { $name } tourne sur deux boîtiers à la fois.
finding-peer-double-do = Dites-le-leur : le courrier va tantôt à l'un, tantôt à l'autre, jusqu'à ce que l'un des deux soit arrêté.
finding-seen-double = { $name } voit cette maison sur deux boîtiers à la fois : le courrier va tantôt à l'un, tantôt à l'autre.
finding-seen-double-do = Arrêtez l'autre boîtier et ne le redémarrez jamais avec les mêmes données. Si vous n'en connaissez aucun, quelqu'un a une copie de cette maison : installez-en une nouvelle et reliez-la de nouveau.
finding-unanswered = { $name } n'a pas répondu à votre demande depuis une semaine.
finding-unanswered-do = Demandez-lui de l'accepter, ou une invitation ; ou supprimez le contact.
finding-peer-silent = { $name } n'a pas été vu depuis plus d'une semaine. La dernière fois : { $when }.
finding-open-to-others = D'autres utilisateurs de cette machine peuvent lire { $path }, où se trouvent des secrets.
finding-open-to-others-do = Réservez-le à la maison ; dans un terminal :
finding-certificate-unreadable = Une clé ou un certificat de cette maison est illisible : { $path }.
finding-certificate-unreadable-do = Redémarrez la maison : elle fait un nouveau certificat. Si cela dure, restaurez le dossier tls depuis une sauvegarde.
finding-certificate-expired = Le certificat de la maison a expiré : navigateurs et messageries avertissent.
finding-certificate-ends = Le certificat de la maison expire dans { $time }.
finding-certificate-do = Redémarrez le boîtier : il en fait un nouveau. Si cela dure, vérifiez que son horloge est juste.
finding-backup-never = Il n'y a pas de sauvegarde : ce qui est sur ce disque serait perdu avec lui.
finding-backup-old = La dernière sauvegarde est ancienne ({ $when }).
finding-update-failed = La version { $version } a été essayée sur ce boîtier ({ $when }) et n'a pas fonctionné ; la version d'avant tourne.
finding-update-failed-do = Attendez une version suivante. Aucune lettre n'a été perdue. La page des mises à jour dit ce qui s'est passé.
finding-update-not-started = La version { $version } n'a pas démarré trois fois de suite ({ $when }), et c'est l'autre version qui tourne. Débrancher le boîtier plusieurs fois de suite suffit pour cela.
finding-update-not-started-do = Installez-la de nouveau sur la page des mises à jour ; si le boîtier cherche des versions la nuit, il le fait de lui-même. Aucune lettre n'a été perdue.
finding-update-not-installed = La version { $version }, que le boîtier avait cherchée de lui-même, n'a pas pu être installée ({ $when }).
finding-update-not-installed-do = Dites-le à ceux qui préparent vos mises à jour. La page des mises à jour explique ce qui s'est passé. Ce qui tourne n'a pas été modifié.
finding-updates-unreachable = Le boîtier ne peut pas savoir s'il y a une version suivante de Toxmail ({ $why }).
finding-updates-unreachable-do = Vérifiez l'adresse sur la page des mises à jour, ou désactivez-y la recherche de nuit.
finding-backup-do = Faites-en une et gardez-la hors de ce boîtier.

# ---- what the home says no with
no-other = La maison n'a pas pu le faire. Rien n'a été changé.
no-other-do = Essayez encore. Si cela dure, montrez ceci à la personne qui s'occupe de la maison : le journal en dit plus.
no-disk-full = Le disque de la maison est plein.
no-disk-full-do = Effacez des courriers dont personne n'a besoin, puis essayez encore.
no-disk-fails = La maison n'arrive pas à lire ou à écrire sa carte mémoire ou son disque.
no-disk-fails-do = Prévenez la personne qui s'occupe de la maison. La carte est peut-être usée : faites une sauvegarde et mettez une carte neuve. Si la sauvegarde ne se fait pas, débranchez et rebranchez le boîtier, et faites-la tout de suite après.
no-busy = La maison a beaucoup à faire en ce moment.
no-busy-do = Essayez encore dans un instant.
no-stopping = La maison s'arrête ou démarre.
no-stopping-do = Attendez une minute, puis essayez encore.
no-gone = Ce que vous vouliez n'est plus là.
no-gone-do = Quelqu'un l'a changé ou retiré entre-temps. Rechargez la page.
no-locked = Le fichier toxmail.toml le dit, et l'emporte.
no-locked-do = Cela ne se change que dans ce fichier. La personne qui a installé le boîtier peut le faire.
no-value = Ce réglage ne peut pas prendre cette valeur.
no-value-do = Choisissez autre chose.
no-times = Un courrier reviendrait avant que son auteur sache qu'il attend.
no-times-do = Choisissez un délai plus court avant de prévenir l'auteur, ou plus long avant le retour du courrier.
no-mailbox-taken = Quelqu'un a déjà la boîte { $name }.
no-mailbox-taken-do = Choisissez-en une autre.
no-address-taken = { $address } appartient à quelqu'un d'autre.
no-address-taken-do = Une adresse n'appartient qu'à une seule personne. Retirez-la d'abord là-bas.
no-usable = Ce que vous avez tapé ne peut pas servir.
no-usable-do = Cherchez une faute de frappe, et essayez autre chose.
no-login = La connexion au fournisseur n'a pas marché. Rien n'a été gardé.
no-login-do = Vérifiez ci-dessous le serveur, l'identifiant et le mot de passe. Beaucoup de fournisseurs veulent un mot de passe à part (« mot de passe d'application »). Vous pouvez continuer sans, et revenir plus tard.
no-account = Le fournisseur ne laisse pas entrer la maison en ce moment.
no-account-do = Rien n'est perdu : les courriers attendent, et un nouvel essai aura lieu. Si le mot de passe y a changé, saisissez le compte à nouveau.
no-fetched-already = { $name } reçoit déjà les courriers de cette boîte.
no-fetched-already-do = Une boîte là-bas est à une seule personne ici. Prenez l'identifiant d'une autre.
no-tox-address = Ce n'est pas une adresse Tox, ou elle contient une faute.
no-tox-address-do = Copiez-la à nouveau, du premier caractère au dernier. Elle a 76 chiffres et lettres.
no-key-only = Ce n'est qu'une partie d'une adresse Tox, et cette maison ne sait pas encore de qui.
no-key-only-do = Demandez-leur leur adresse Tox entière, ou une invitation.
no-own-home = C'est votre propre maison.
no-own-home-do = Saisissez ici ce que l'autre maison vous a donné. Le vôtre est pour elle.
no-contact-known = Cette adresse est déjà dans les contacts, sous { $name }.
no-contact-known-do = Ouvrez ce contact s'il doit porter un autre nom.
no-email-known = { $name } a déjà cette adresse électronique.
no-email-known-do = Une adresse appartient à un seul contact. Retirez-la d'abord là-bas.
no-email = « { $address } » n'est pas une adresse électronique ordinaire.
no-email-do = Cherchez une faute de frappe. Qui habite ici n'a pas besoin de contact.
no-other-tox = { $name } a ici une autre adresse Tox.
no-other-tox-do = Un contact a une seule adresse Tox. Créez un second contact pour l'autre.
no-address = Un contact a besoin d'une adresse.
no-address-do = Laissez-en au moins une, ou retirez le contact entier.
no-chat-tox = Un ami avec une messagerie Tox a besoin d'une adresse Tox.
no-chat-tox-do = Demandez-la-lui : 76 chiffres et lettres.
no-home-chat = À cette adresse se trouve une maison avec Toxmail, pas une messagerie.
no-home-chat-do = Ajoutez-la sans cocher la case de la messagerie Tox.
no-too-many = Il n'y a plus de place pour d'autres contacts ou adresses.
no-too-many-do = Retirez des contacts, des adresses ou des photos dont personne n'a besoin.
no-blocked = Cette maison est bloquée ici.
no-blocked-do = La personne qui s'occupe de votre maison peut retirer le contact bloqué ; il pourra ensuite être ajouté à nouveau.
no-box-removed = Le nouveau boîtier a été retiré des contacts d'ici.
no-box-removed-do = Demandez-leur une invitation, et acceptez-la.
no-box-taken = Ce boîtier est déjà le nouveau boîtier de { $name }.
no-box-taken-do = Demandez aux deux à qui il est. Retirez le contact qui est faux, et reliez-vous à nouveau.
no-cards = Aucun contact ne peut y être lu.
no-cards-do = Exportez-les à nouveau en vCard (un fichier qui finit par .vcf), version 3 ou 4.
no-card-large = Ce contact est trop volumineux.
no-card-large-do = Prenez une photo plus petite : le tout peut avoir 512 ko.
no-card-name = Ce contact n'a pas de nom.
no-card-name-do = Donnez-lui un nom là d'où il vient, et exportez-le à nouveau.
no-invitation = Ce n'est pas une invitation entière.
no-invitation-do = Copiez le lien entier, de tox: jusqu'à la fin, ou demandez-en une nouvelle.
no-invitation-newer = Cette invitation vient d'un Toxmail plus récent.
no-invitation-newer-do = Mettez cette maison à jour, ou faites-vous ajouter par votre adresse Tox.
no-invitation-address = C'est une adresse Tox, pas une invitation.
no-invitation-address-do = Ajoutez-la sous « Contacts », ou demandez une invitation.
no-invitations-many = Cent invitations sont déjà ouvertes.
no-invitations-many-do = Reprenez-en d'abord.
no-letter = Ce courrier n'attend plus.
no-letter-do = Il est parti, ou a été repris. Il n'y a rien à faire.
no-letter-held = Ce courrier attend une réponse.
no-letter-held-do = Dites d'abord s'il doit partir.
no-backup-runs = Une sauvegarde est déjà en cours.
no-backup-runs-do = Attendez qu'elle soit là.
no-passphrase = Ce n'est pas la phrase secrète de cette sauvegarde.
no-passphrase-do = Tapez-la telle qu'elle était quand cette sauvegarde a été faite. Rien n'a été changé.
no-backup = Ce fichier n'est pas la sauvegarde d'une maison, ou il est abîmé.
no-backup-do = Choisissez un autre fichier, ou une sauvegarde plus ancienne. Rien n'a été changé.
no-backup-newer = Cette sauvegarde vient d'un Toxmail plus récent.
no-backup-newer-do = Mettez d'abord le Toxmail le plus récent sur ce boîtier. Rien n'a été changé.
no-served = Cette maison n'offre pas ce dont cet appareil a besoin.
no-served-do = Prenez un autre programme, ou demandez à la personne qui s'occupe de la maison de l'activer dans son fichier toxmail.toml.
no-host-name = Ce programme veut une maison qui a un nom, et la vôtre n'a qu'un numéro.
no-host-name-do = Prenez un autre programme, ou faites donner à la maison un nom comme toxmail.local dans son fichier toxmail.toml.
no-ascii = Ce programme n'accepte que des lettres simples dans une adresse.
no-ascii-do = Prenez un autre programme, ou une autre de vos adresses.
no-code = C'est trop pour un code à scanner.
no-code-do = Tapez plutôt les réglages du tableau.

# ---- over plain HTTP
plain-title = Encore un pas vers la page de votre maison
plain-why = Sur cette connexion, d'autres sur le réseau pourraient lire. Votre maison ne montre donc sa page que par une connexion sécurisée.
plain-step-open = Ouvrir la page sécurisée
plain-step-warning-title = Votre navigateur avertit une fois
plain-step-warning = Il dit qu'il ne connaît pas encore votre maison, et c'est vrai : elle se porte garante d'elle-même, aucune entreprise ne le fait. Choisissez « Avancé » et continuez.
plain-step-compare-title = Si vous voulez être sûr
plain-step-compare = Comparez l'empreinte (SHA-256) du certificat dans le navigateur avec celle que la maison affiche au démarrage. Cette page la montre aussi, mais une page sans protection peut être falsifiée :
plain-ca-title = Sans avertissement, pour de bon
plain-ca = Un appareil qui fait confiance à l'autorité de votre maison n'avertit plus. Elle ne peut se porter garante que de cette maison, d'aucun autre site.
plain-ca-pem = Télécharger pour Mac, Linux et Thunderbird (PEM)
plain-ca-der = Télécharger pour Windows et téléphones (CRT)
plain-fingerprint-server = Le certificat de la page
plain-fingerprint-ca = L'autorité de votre maison
plain-off = La page sécurisée est désactivée dans les réglages de cette maison ([listen] https). Activez-la là.

# ---- setup
setup-step = Étape { $step } sur { $count }
setup-title = Bienvenue dans votre nouvelle maison
setup-words = Dans quelques minutes, chacun chez vous aura sa propre boîte aux lettres. Vous pouvez vous arrêter à tout moment et reprendre plus tard là où vous en étiez.
setup-language = Quelle langue parle votre maison ?
setup-go = Continuer
setup-skip = Pas maintenant, continuer
setup-back = Retour
setup-print = Imprimer
setup-copy = Copier
setup-unfinished = L'installation n'est pas terminée
setup-finish-link = Terminer l'installation
setup-boot-mistake = Un fichier de la carte mémoire pose problème
setup-secure-title = Les pages suivantes demandent des mots de passe
setup-secure-words = Elles s'affichent donc sur une connexion sécurisée, que personne ne peut lire sur le réseau.
setup-secure-go = Continuer en sécurité
setup-secure-compare = Comparez l'empreinte (SHA-256) du certificat dans le navigateur avec celle-ci, ou mieux avec celle que la maison a affichée à son démarrage.
setup-plain-title = La page sécurisée ne s'ouvre pas ?
setup-plain-words = Vous pouvez continuer sans elle. Mais quiconque est sur votre réseau en ce moment pourrait lire les mots de passe que vous tapez, et plus tard votre courrier. Ne le faites que si vous connaissez tout le monde sur ce réseau, et changez ensuite les mots de passe sur la page sécurisée.
setup-plain-go = Continuer sans protection
setup-plain-still = Cette connexion n'est pas protégée : d'autres sur le réseau pourraient lire. Vous avez choisi de continuer.
setup-plain-refused = Cette connexion ne permet pas d'envoyer des mots de passe, car d'autres pourraient les lire. Ouvrez la première page de l'installation et continuez-y en sécurité.
setup-window = 
    { $minutes ->
        [one] Pendant une minute encore, toute personne sur le réseau de la maison peut voir cette page et s'installer en premier.
       *[other] Pendant encore { $minutes } minutes, toute personne sur le réseau de la maison peut voir cette page et s'installer en premier.
    }
setup-needs-code = Tout le monde sur votre réseau peut voir cette page. Seul celui qui a le code d'installation peut continuer.
setup-too-late = Par sécurité, une nouvelle maison ne s'installe que dans les 30 premières minutes après l'allumage. Débranchez la prise, rebranchez-la et rechargez cette page après une minute.
setup-too-far = Par sécurité, une nouvelle maison ne s'installe que depuis son propre réseau. Connectez cet appareil au même routeur que le boîtier.
setup-shut = Dans son état actuel, cette maison ne peut pas être installée. Éteignez-la et rallumez-la ; si cela continue, le journal de la maison en donne la raison.
restore-link = J'ai une sauvegarde
restore-title = Retrouver votre maison
restore-words = Ce boîtier devient la maison dont la sauvegarde a été faite : avec ses personnes, ses mots de passe, ses contacts, son courrier et la même adresse. Le fichier est d'abord vérifié jusqu'au bout ; rien ne change avant.
restore-old-box = Laissez désormais l'ancien boîtier éteint : deux boîtiers qui sont la même maison se prennent leur courrier.
restore-passphrase = Phrase secrète de la sauvegarde
restore-passphrase-hint = Celle que vous avez choisie en faisant la sauvegarde.
restore-file = Fichier de sauvegarde
restore-file-hint = Un gros fichier prend du temps. Laissez cette page ouverte.
restore-go = Retrouver
restored-title = Votre maison est de retour
restored-words = Elle redémarre maintenant, ce qui prend une minute. Connectez-vous ensuite avec le nom et le mot de passe que vous aviez. Le navigateur avertira peut-être encore une fois, car la maison montre son ancien certificat.
restored-settings = Certains réglages de la sauvegarde ne conviennent pas à ce boîtier. Votre maison continue sans eux ; aucun de vos courriers ne manque pour autant. Lesquels, un message le dit à la personne qui s'occupe de la maison.
paper-link = Je n'ai que la feuille de papier
paper-title = Depuis la feuille de papier
paper-words = Ce boîtier reçoit l'adresse Tox que votre maison avait. Les personnes et les contacts sont à ajouter de nouveau ; les courriers que les maisons de vos contacts ont gardés arrivent alors.
paper-text = Le texte de la feuille
paper-text-hint = De BEGIN à END. Scannez le code avec un téléphone et copiez ce qu'il montre, ou tapez-le ; les espaces et les fins de ligne ne comptent pas.
paper-passphrase = Phrase secrète de la feuille
paper-passphrase-hint = Celle que vous avez choisie en faisant la feuille.
paper-go = Prendre cette adresse
paper-wrong = Ce n'est pas le texte d'une feuille, ou une lettre est fausse ou manque. Il commence par BEGIN et finit par END.
paper-taken = Votre maison a retrouvé son adresse
paper-taken-check = Les mêmes mots sont sur la feuille :
paper-taken-words = Le boîtier redémarre maintenant, ce qui prend une minute. Installez-vous ensuite, comme sur un nouveau boîtier. Le navigateur peut avertir encore une fois, car la maison a un nouveau certificat.
paper-taken-next = S'installer
adopt-found = Un disque est branché, qui contient une maison.
adopt-link = Continuer avec la maison de ce disque
adopt-title = Continuer avec la maison de ce disque
adopt-words = La carte d'un boîtier peut se casser alors que le disque avec ses lettres est intact. Ce boîtier continue alors comme cette maison : avec ses personnes, ses mots de passe, ses contacts, son courrier et la même adresse. Rien n'est effacé sur le disque.
adopt-old-card = Ne le faites que si la carte à laquelle le disque appartenait est cassée ou perdue. Ne démarrez plus jamais un boîtier avec cette carte : deux boîtiers qui sont la même maison se prennent leur courrier.
adopt-choice = { $name }, { $size }. Un boîtier y a écrit pour la dernière fois : { $when }.
adopt-choice-no-time = { $name }, { $size }.
adopt-alone = Aucun autre boîtier n'a cette maison : sa carte est cassée ou perdue.
adopt-alone-missing = Confirmez ici qu'aucun autre boîtier n'a cette maison. Si l'un l'a, continuez là-bas.
adopt-go = Continuer avec cette maison
adopt-under-way = Laissez le boîtier allumé et le disque branché. Il redémarre, ce qui prend quelques minutes. Connectez-vous ensuite avec le nom et le mot de passe que vous aviez.
adopt-nothing = Aucun disque avec une maison n'est branché. Branchez-le sur la prise USB du boîtier, attendez quelques secondes, et regardez de nouveau.
setup-claimed-title = Quelqu'un a été plus rapide
setup-claimed-words = Cette maison vient d'être installée depuis un autre navigateur. Rien de ce que vous avez saisi n'a été gardé. Si c'était quelqu'un de votre famille, demandez-lui de vous ajouter. Si vous ne savez pas qui c'était, n'utilisez pas cette maison : réinstallez le boîtier.
setup-code = Code d'installation
setup-code-hint = Il a été affiché au démarrage de la maison, ou accompagne le boîtier. Les espaces ne comptent pas.
setup-code-missing = Il manque le code d'installation.
setup-code-wrong = Ce n'est pas le code de cette maison. Vérifiez-le et retapez-le.
setup-home-title = Votre maison et vous
setup-home-name = Comment s'appelle votre maison ?
setup-home-hint = Les maisons avec lesquelles vous correspondez le voient, par exemple « 5 rue du Jardin » ou « Les Martin ».
setup-home-missing = Donnez un nom à votre maison.
setup-home-long = Ce nom est trop long ou contient des caractères impossibles. Prenez-en un court.
setup-home-locked = La maison s'appelle { $home } : c'est inscrit dans son fichier de réglages, et se change là.
setup-home-again = Vous êtes déjà la première personne ici. Sur cette page, seul le nom de la maison peut encore changer.
setup-first-title = Vous êtes la première personne
setup-first-words = Vous vous occupez de la maison : vous pouvez ajouter et retirer des personnes et changer les réglages. Vous pourrez confier cela à quelqu'un d'autre plus tard.
person-display = Nom
person-display-hint = Tel que les autres le verront, par exemple Anna Martin.
person-display-missing = Écrivez un nom.
person-display-long = Un nom a au plus { $most } caractères, sur une ligne.
person-mailbox = Boîte aux lettres (peut rester vide)
person-mailbox-hint = Ce qui précède le @. Vide, elle est tirée du nom : anna pour Anna Martin.
person-mailbox-missing = Ce nom ne permet pas de former une boîte. Écrivez-en une, par exemple anna.
person-mailbox-wrong = Une boîte a 1 à 32 lettres de a à z, chiffres, tirets ou points isolés, par exemple anna ou anna.m.
person-mailbox-reserved = La maison a besoin de ce nom pour elle-même. Choisissez-en un autre.
person-mailbox-taken = Quelqu'un a déjà la boîte { $name }. Choisissez-en une autre.
person-password = Mot de passe
person-password-hint = Au moins huit caractères. Quelques mots sont faciles à retenir.
person-again = Le même mot de passe encore une fois
person-password-short = Un mot de passe a au moins { $shortest } caractères.
person-password-long = Ce mot de passe est trop long, ou contient des caractères qu'on ne peut pas retaper.
person-password-differs = Les deux mots de passe ne sont pas identiques. Retapez-les tous les deux.
setup-people-title = Qui d'autre habite ici ?
setup-people-words = Chacun a sa propre boîte, que personne d'autre ne peut ouvrir. Déjà là :
setup-people-add = Ajouter une personne
setup-people-made = Créer un mot de passe facile à lire à voix haute
setup-people-typed = La personne tape le sien maintenant
setup-people-type = Taper un mot de passe
setup-people-submit = Ajouter
setup-people-added = { $name } a maintenant une boîte aux lettres.
setup-slip-title = Pour { $name }
setup-slip-words = Ce mot de passe est affiché maintenant, et plus jamais. Imprimez-le, notez-le ou lisez-le à voix haute. Il peut être changé sur la page de la personne.
setup-slip-page = Page
setup-provider-title = Le courrier vers tous les autres
setup-provider-words = La plupart des gens n'ont pas Toxmail. Pour leur écrire, votre maison passe par le fournisseur de messagerie que vous avez déjà. Vous pouvez vous en passer : le courrier ira alors seulement aux maisons qui ont Toxmail.
setup-provider-present = Le courrier part par { $host }
setup-provider-locked = C'est inscrit dans le fichier de réglages de la maison, et se change là.
provider-address = Votre adresse e-mail
provider-address-hint = Celle chez votre fournisseur, par exemple anna@example.org.
provider-address-wrong = Ce n'est pas une adresse e-mail. Écrivez-la en entier, avec le @.
provider-look = Chercher
provider-other = une autre adresse
provider-another = Une autre adresse
provider-password = Mot de passe chez le fournisseur
provider-password-hint = Il est gardé sous clé dans la maison, et n'est plus jamais montré.
provider-password-missing = Tapez le mot de passe.
provider-details = Serveur et identifiant
provider-host = Serveur d'envoi (SMTP)
provider-host-hint = Les pages d'aide de votre fournisseur l'indiquent, par exemple smtp.example.org.
provider-host-wrong = Ce n'est pas un nom de serveur.
provider-port = Port
provider-port-wrong = Un port est un nombre de 1 à 65535, le plus souvent 465 ou 587.
provider-tls = Chiffrement
provider-tls-implicit = SSL/TLS (port 465)
provider-tls-starttls = STARTTLS (port 587)
provider-username = Identifiant
provider-username-wrong = Écrivez l'identifiant. C'est souvent l'adresse e-mail entière.
provider-tested = La maison essaie d'abord de se connecter, ce qui peut prendre une demi-minute. Rien n'est gardé si cela échoue.
provider-submit = Essayer et garder
provider-stored = La connexion fonctionne. Vers les adresses ordinaires, vous écrivez en tant que { $address }.
provider-needs-app = { $provider } n'accepte qu'un mot de passe créé pour les programmes (« mot de passe d'application »), pas celui de son site. Créez-en un dans votre compte, sous sécurité, et tapez-le ici.
provider-needs-enabling = Chez { $provider }, l'envoi par un programme de messagerie (POP3/IMAP ou SMTP) doit d'abord être autorisé, dans les réglages de son site.
provider-needs-own = { $provider } a un mot de passe à part pour les programmes de messagerie, différent de celui de votre compte. Il se règle dans votre compte.
provider-unusable = { $provider } ne laisse pas une maison se connecter avec un mot de passe ; la vôtre ne peut donc pas passer par lui. Prenez une autre adresse si vous en avez une, ou continuez sans.
setup-pair-title = Une autre maison avec Toxmail
setup-pair-words = Le courrier vers une autre maison y va tout droit, et personne ne peut le lire en chemin. L'un invite, l'autre accepte.
setup-pair-mine = Vous invitez
setup-pair-invite = Créer une invitation
setup-pair-theirs = Vous avez été invité
setup-pair-link = Leur lien
setup-pair-link-hint = Il commence par tox: et il est long. Collez-le en entier.
setup-pair-link-wrong = Collez le lien entier que l'autre maison a créé.
setup-pair-accept = Accepter
setup-pair-accepted = { $name } est maintenant un contact. Le courrier circule dès que les deux maisons sont en ligne.
scan-hint = S'ils vous montrent un code : l'appareil photo de beaucoup de téléphones affiche le texte qu'il contient. Copiez-le, de tox: jusqu'à la fin, et collez-le ici. Si le vôtre n'affiche rien, faites-vous envoyer le lien par message.
scan-start = Scanner leur code avec la caméra
scan-stop = Arrêter la caméra
scan-refused = La caméra ne peut pas être utilisée. Autorisez-la dans le navigateur, ou collez le lien.
setup-pair-invitation = Votre invitation
setup-pair-invitation-words = Elle est affichée maintenant, et plus jamais. Elle sert une fois, jusqu'au { $until }. Faites-la scanner, ou envoyez le lien par un moyen sûr.
setup-pair-qr = Invitation dans cette maison
setup-done-title = Votre maison est prête
setup-done-devices = Sur chaque appareil
setup-done-devices-words = Le courrier se lit et s'écrit avec les programmes que vous connaissez : Thunderbird, celui du téléphone et d'autres. Chacun se connecte à cette page et choisit « Connecter un appareil », qui dit quoi faire.
setup-done-devices-link = Connecter un autre appareil
setup-done-this = Sur cet appareil
setup-done-this-words = Il reçoit son propre mot de passe, affiché une seule fois. Cet appareil ressemble à : { $device }.
setup-done-this-go = Connecter cet appareil
setup-finish = Terminer
setup-finished = La maison est installée. Vous pourrez tout changer ici plus tard.
claimed-title = Comment cette maison a été installée
claimed-code = Cette maison a été installée le { $when }, depuis { $from }, avec le code d'installation.
claimed-window = Cette maison a été installée le { $when }, depuis { $from }, sans code, peu après l'allumage. Si ce n'était aucun de vous, réinstallez le boîtier.
claimed-file = Cette maison a été installée le { $when }, par un fichier de la carte mémoire.

# ---- my security
nav-security = Mot de passe
security-title = Mot de passe et connexions
security-password = Changer mon mot de passe
security-password-words = Votre propre mot de passe ouvre cette page. Les programmes de messagerie qui ont leur propre mot de passe continuent de fonctionner.
security-old = Votre mot de passe actuel
security-old-wrong = Ce n'est pas votre mot de passe actuel.
security-new = Nouveau mot de passe
security-new-hint = Au moins { $shortest } caractères. Trois ou quatre mots que vous seul assembleriez font l'affaire et se retiennent bien.
security-new-short = C'est trop court : prenez au moins { $shortest } caractères.
security-again = Le nouveau mot de passe encore une fois
security-new-differs = Les deux nouveaux mots de passe ne sont pas identiques. Retapez-les tous les deux.
security-change = Changer le mot de passe
security-changed = Votre mot de passe est changé. Tous les autres navigateurs sont déconnectés.
security-language = Ma langue
security-language-words = Celle de cette page et des messages par lesquels la maison vous informe.
security-language-save = Utiliser cette langue
security-sessions = Où je suis connecté
security-sessions-words = Y a-t-il quelque chose que vous ne connaissez pas ? Déconnectez-le et changez votre mot de passe.
security-program = Navigateur
security-program-unknown = inconnu
security-address = Adresse
security-seen = Dernière utilisation
security-opened = Connexion
security-this = celui-ci
security-end = Déconnecter
security-end-all = Se déconnecter partout
security-ended = Il est déconnecté.
security-ended-before = Il était déjà déconnecté.
security-ended-all = Tout est déconnecté, ce navigateur aussi.

# ---- administration
nav-admin = Administration
admin-words = Ce dont vous vous occupez pour toute la maison. Vous seul voyez ces pages.
admin-back = Retour à l'administration
admin-no = Non, laisser tel quel
admin-print = Imprimer
admin-members-words = Qui a une boîte aux lettres ici. Ajouter quelqu'un, donner un nouveau mot de passe, dire quelles adresses sont à qui.
admin-pairing-words = Inviter une autre maison, ou accepter son invitation. Une nouvelle adresse si des inconnus importunent, un nouveau boîtier.
admin-security-about = Qui est connecté à la page, et quelles connexions ont échoué.
admin-log-words = Ce que la maison a noté en dernier, pour qui vous aide.
admin-version = Version et mises à jour
admin-version-words = Cette maison utilise Toxmail { $version }. Une version plus récente arrive comme celle-ci est arrivée : avec le programme, ou avec une nouvelle image du boîtier. Cette page n'en cherche pas d'elle-même.

# ---- administration: people
members-title = Personnes
members-list = Qui habite ici
members-back = Retour aux personnes
members-person = Personne
members-addresses = Adresses
members-offices = Rôles
members-devices = Appareils
members-is-administrator = Administrateur
members-is-main = Courrier pour la maison elle-même
members-is-member = Boîte aux lettres
members-add = Ajouter une personne
members-add-button = Ajouter cette personne
members-name-title = Nom
members-login = Se connecte en tant que { $name } ; l'adresse dans cette maison est { $name }@toxmail.local.
members-rename = Changer le nom
members-renamed = Les autres voient désormais { $name }.
members-reset-title = Un nouveau mot de passe
members-reset-words = Pour qui a oublié le sien. Les programmes de messagerie qui ont leur propre mot de passe continuent de fonctionner. La page déconnecte cette personne partout.
members-reset-own = Changez votre propre mot de passe sous « Mot de passe et connexions »
members-reset-button = Donner un nouveau mot de passe
members-reset = { $name } a un nouveau mot de passe, et est déconnecté de la page partout.
members-ordinary = Adresses électroniques ordinaires
members-ordinary-words = Adresses chez un fournisseur qui sont à cette personne. Elle peut écrire avec elles, et apparaît sous la première dans le courrier ordinaire. Les autres maisons les apprennent, pour que les lettres viennent directement.
members-ordinary-none = Aucune pour l'instant.
members-address = Une autre adresse
members-address-sure = Je me suis assuré que cette adresse est à { $name }. Dans cette maison, personne d'autre ne peut écrire avec elle.
members-address-unsure = Dites que vous vous en êtes assuré.
members-address-wrong = Ce n'est pas une adresse électronique ordinaire. Écrivez-la comme anna@example.org.
members-address-taken = C'est l'adresse de { $name } dans cette maison.
members-address-add = Ajouter l'adresse
members-address-added = { $address } est ajoutée.
members-address-remove = Retirer
members-address-removed = { $address } est retirée.
members-devices-title = Appareils
members-devices-words = Chacun a son propre mot de passe. Si l'un est perdu, retirez-lui le sien : rien d'autre n'est déconnecté. La dernière utilisation est notée une fois par jour.
members-devices-none = Aucun appareil n'a son propre mot de passe.
members-device = Appareil
members-device-made = Depuis
members-device-unused = jamais
members-device-revoke = Retirer le mot de passe
members-device-revoked = Le mot de passe de « { $label } » n'ouvre plus rien.
members-main-words = Les lettres écrites à la maison, sans nommer quelqu'un, vont à une personne.
members-main-here = { $name } les reçoit
members-main-locked = Le fichier toxmail.toml dit qui les reçoit (main_mailbox). Cela ne se change que là.
members-main-button = Que { $name } les reçoive
members-main-made = { $name } reçoit désormais les lettres à la maison elle-même.
members-administrator-here = { $name } s'occupe de la maison. Pour transmettre ce rôle, ouvrez la page d'une autre personne.
members-administrator-words = Une personne s'occupe de la maison : ces pages, et les lettres au postmaster.
members-administrator-button = Confier la maison à { $name }
members-administrator-title = Confier la maison à { $name } ?
members-administrator-then = Dès lors, { $name } s'occupe de la maison, et vous ne voyez plus ces pages. Seul { $name } peut vous les rendre. Vos lettres restent telles quelles.
members-administrator-yes = Confier la maison
members-own-password = Votre propre mot de passe
members-password-wrong = Ce n'est pas votre mot de passe.
members-handed-over = { $name } s'occupe maintenant de la maison.
members-remove-title = Départ
members-remove-own = Qui s'occupe de la maison ne peut pas être retiré. Confiez-la d'abord à quelqu'un d'autre.
members-remove-button = Retirer { $name } …
members-removal-title = Retirer { $name } ?
members-removal-devices = Tous les appareils et connexions de cette personne cessent aussitôt de fonctionner, et les nouvelles lettres qui lui sont adressées retournent à leurs auteurs.
members-removal-letters = Ses lettres ne sont pas effacées. Elles sont rangées sur le boîtier, dans le dossier { $folder }, où seul qui a accès au boîtier lui-même les trouve.
members-removal-waiting = 
    { $count ->
        [0] Aucune lettre de cette personne n'est en route.
        [one] { $count } lettre de cette personne est encore en route ; elle continue.
       *[other] { $count } lettres de cette personne sont encore en route ; elles continuent.
    }
members-removal-contacts = Les contacts qui ne sont qu'à cette personne sont retirés. Ceux de toute la maison restent.
members-removal-main = Les lettres à la maison elle-même vont dès lors à quelqu'un d'autre : vous pouvez choisir sur sa page.
members-removal-yes = Retirer { $name }
members-removed = { $name } est retiré. Les lettres sont rangées sur le boîtier.
members-removed-partly = { $name } est retiré, mais quelque chose n'a pas pu être rangé. Aucune lettre n'est perdue ; le journal dit ce que c'était.

# ---- administration: pairing
pairing-title = Autres maisons
pairing-invite-title = Inviter une autre maison
pairing-invite-words = Une invitation est un lien. Qui l'ouvre dans son Toxmail devient un contact de cette maison, une fois, sans autre question. Ne la donnez donc qu'à qui elle est destinée.
pairing-lasts = Combien de temps elle est valable
pairing-days = 
    { $count ->
        [one] { $count } jour
       *[other] { $count } jours
    }
pairing-invite = Créer une invitation
pairing-qr = L'invitation sous forme de code à scanner
pairing-made-title = Invitation de { $home }
pairing-made-words = Dans votre Toxmail, ouvrez « Autres maisons » et entrez ce lien sous « Accepter une invitation ». Il est valable jusqu'au { $until }.
pairing-made-once = Copiez-le, imprimez-le ou scannez-le maintenant : il n'est montré que cette fois.
pairing-copy = Copier
pairing-open = Invitations ouvertes
pairing-open-none = Aucune n'est ouverte.
pairing-made = Créée
pairing-until = Valable jusqu'au
pairing-withdraw = La reprendre
pairing-withdrawn = L'invitation n'ouvre plus rien.
pairing-past = Invitations des dernières semaines
pairing-became = Ce qu'elle est devenue
pairing-used = acceptée
pairing-was-withdrawn = reprise
pairing-outdated = ne mène nulle part : cette maison a une nouvelle adresse Tox
pairing-expired = son temps est passé
pairing-accept-title = Accepter une invitation
pairing-link = Le lien de l'autre maison
pairing-link-hint = Toute la ligne qui commence par tox:
pairing-link-wrong = Copiez toute la ligne qui commence par tox:, et collez-la ici.
pairing-accept = Accepter
pairing-accepted = { $name } est maintenant un contact. Les lettres partent dès que les deux maisons se sont trouvées.
pairing-tox-title = L'adresse Tox de cette maison
pairing-tox-words = Qui l'a peut demander à devenir un contact, et n'entre que si quelqu'un ici dit oui.
pairing-renew-title = Une nouvelle adresse Tox
pairing-renew-why = Si des inconnus demandent sans cesse à devenir des contacts, c'est qu'ils ont trouvé l'adresse. Avec une nouvelle, ils n'atteignent plus personne.
pairing-renew-contacts = Rien ne change pour les contacts : ils trouvent cette maison comme avant, et toutes les adresses de courrier restent.
pairing-renew-invitations = 
    { $count ->
        [0] Aucune invitation ouverte ne sera perdue.
        [one] { $count } invitation ouverte ne mènera plus nulle part. Refaites-en une.
       *[other] { $count } invitations ouvertes ne mèneront plus nulle part. Refaites-en.
    }
pairing-renew-paper = Les cartes sur papier et les fichiers avec l'ancienne adresse ne servent plus pour un premier contact.
pairing-renew-yes = Prendre une nouvelle adresse
pairing-renewed = Cette maison a une nouvelle adresse Tox. L'ancienne ne mène nulle part.
pairing-move-title = Un nouveau boîtier
pairing-move-words = Si cette maison passe à un autre boîtier sans sa sauvegarde, les autres maisons doivent apprendre où elle est.
pairing-move-link = Annoncer un nouveau boîtier …
pairing-moving = Un nouveau boîtier est annoncé
pairing-moving-words = Les contacts que cette maison rencontre l'apprennent, et sont priés de le confirmer. La clé du nouveau boîtier :
pairing-move-withdraw = Reprendre l'annonce
pairing-move-withdrawn = L'annonce est reprise.
pairing-move-backup = Un nouveau boîtier dans lequel vous mettez la sauvegarde de celui-ci est la même maison. Il n'y a alors rien à annoncer.
pairing-move-then = Sans elle, le nouveau boîtier est un inconnu pour les autres. Celui-ci dit alors à chaque contact qu'il rencontre où est le nouveau ; là, une personne compare quelques mots avec vous et dit oui. Dès lors, les lettres vont au nouveau boîtier. Laissez celui-ci allumé jusqu'à ce que tous aient répondu.
pairing-move-id = L'adresse Tox du nouveau boîtier
pairing-move-hint = 76 chiffres et lettres ; le nouveau boîtier les montre sur cette même page.
pairing-move-wrong = Ce n'est pas une adresse Tox : elle a 76 caractères de 0–9 et A–F.
pairing-move-yes = Annoncer le nouveau boîtier
pairing-move-announced = Le nouveau boîtier est annoncé à chaque contact que cette maison rencontre.

# ---- administration: cable and Wi-Fi
admin-network-words = Comment le boîtier est relié : par câble ou par Wi-Fi.
network-title = Câble et Wi-Fi
network-now = Comment le boîtier est relié
network-by-cable = Le boîtier est relié par câble.
network-by-wifi = Le boîtier est relié par Wi-Fi, dans « { $name } ».
network-by-wifi-heard = Le boîtier est relié par Wi-Fi, dans « { $name } » ({ $reception }).
network-by-some-wifi = Le boîtier est relié par Wi-Fi.
network-by-nothing = Le boîtier n'est relié à rien en ce moment, ni par câble ni par Wi-Fi.
network-signal-good = bonne réception
network-signal-fair = réception moyenne
network-signal-weak = réception faible
network-address = Son adresse y est { $address }.
network-no-address = Le routeur ne lui a pas encore donné d'adresse.
network-stands-by = Il est aussi dans le Wi-Fi « { $name } », qui prend le relais quand on retire le câble.
network-set = Le Wi-Fi « { $name } » est réglé, mais le boîtier n'y est pas en ce moment.
network-waits = Le boîtier commence dans un instant.
network-looking = Le boîtier écoute quels réseaux sont à portée. Cela prend quelques secondes.
network-looked = Le boîtier a écouté. Ce qui est à portée peut être choisi ci-dessous.
network-joining = Le boîtier essaie le Wi-Fi « { $name } ». Cela prend jusqu'à une minute.
network-joined = Le boîtier est dans le Wi-Fi « { $name } ».
network-wrong-password = Le Wi-Fi « { $name } » n'a pas accepté le mot de passe. Retapez-le, en respectant majuscules et minuscules.
network-not-found = Le Wi-Fi « { $name } » n'a pas été trouvé. Soit il est trop loin, soit il s'écrit autrement, soit il a un mot de passe alors que vous avez dit qu'il n'en a pas.
network-failed = Le Wi-Fi « { $name } » est là, mais n'a pas laissé entrer le boîtier. Redémarrez le routeur, ou rapprochez le boîtier, et réessayez.
network-no-hardware = Ce boîtier n'a pas de Wi-Fi.
network-forgotten = Le Wi-Fi est oublié. Le boîtier n'est plus relié que par câble.
network-interrupted = Le boîtier a été interrompu avant d'avoir fini.
network-not-understood = Le boîtier n'a pas compris. Réessayez.
network-then-back = Le Wi-Fi d'avant est de nouveau réglé.
network-then-tries = Il n'y en avait pas avant ; il reste donc réglé, et le boîtier continue d'essayer.
network-then-nothing = Aucun Wi-Fi n'est réglé.
network-wifi-title = Choisir un Wi-Fi
network-without = Ce boîtier n'a pas de Wi-Fi. Il se relie par câble uniquement.
network-wifi-words = Le boîtier n'utilise le Wi-Fi que tant qu'aucun câble n'y est branché. Un câble est plus rapide et plus fiable.
network-look = Chercher les réseaux à portée
network-which = Réseau
network-near = { $name } ({ $reception }, { $lock })
network-lock-none = sans mot de passe
network-lock-some = avec un mot de passe
network-lock-other = le boîtier ne peut pas y entrer
network-other = Un autre, par son nom
network-name = Nom du Wi-Fi
network-name-only = Seulement pour un réseau qui n'est pas dans la liste, parce qu'il cache son nom.
network-name-hint = Tel que le routeur l'écrit, avec ses majuscules et ses espaces.
network-name-missing = Dites de quel réseau il s'agit.
network-name-wrong = Aucun Wi-Fi ne s'appelle ainsi : un nom a 32 caractères au plus, moins avec des accents.
network-lock = Y a-t-il un mot de passe ?
network-lock-with = Oui, celui qui suit
network-lock-without = Non : sans mot de passe. Quiconque est à portée peut entrer dans ce réseau et voir avec qui le boîtier parle.
network-lock-impossible = Le boîtier ne peut pas entrer dans ce réseau : il n'accepte que WPA3, ou un compte par personne, ou l'ancien WEP. S'il est à vous, réglez le routeur sur « WPA2 et WPA3 ».
network-lock-is-there = Ce réseau a un mot de passe. Choisissez « Oui » et tapez-le.
network-lock-both = Vous avez choisi « sans mot de passe » et en avez tapé un. Faites l'un ou l'autre.
network-password = Mot de passe du Wi-Fi
network-password-hint = 8 à 63 caractères ; il est souvent écrit sur le routeur. Le boîtier garde une clé qui en est tirée, pas le mot de passe.
network-password-wrong = Ce n'est pas un mot de passe Wi-Fi : il a 8 à 63 caractères.
network-country = Pays
network-country-hint = Où se trouve le boîtier. Chaque pays a ses propres règles pour la radio.
network-country-choose = Choisir
network-country-other = Ou un autre pays, par ses deux lettres
network-country-wrong = Choisissez le pays, ou tapez ses deux lettres, comme FR.
network-go = Rejoindre ce Wi-Fi
network-go-words = Si le boîtier n'entre pas en une minute, le Wi-Fi d'avant revient de lui-même. Tant qu'aucun câble n'est branché, cette page ne répond pas pendant ce temps, et ensuite seulement aux appareils du nouveau réseau.
network-asked = Le boîtier essaie maintenant.
network-under-way = Le boîtier est occupé par son réseau. Attendez une minute et réessayez.
network-trouble = Le boîtier n'a pas pu recevoir la demande. Réessayez ; si cela se reproduit, débranchez-le et rebranchez-le.
network-forget-title = Oublier le Wi-Fi
network-forget-words = « { $name } » est réglé. Si le boîtier l'oublie, il n'est relié que par câble.
network-forget-cable = Branchez d'abord un câble : sans Wi-Fi, personne ne pourrait joindre le boîtier.
network-forget = Oublier ce Wi-Fi
network-forgets = Le boîtier l'oublie maintenant.
network-countries = ZA Afrique du Sud; DE Allemagne; AR Argentine; AU Australie; AT Autriche; BE Belgique; BR Brésil; BG Bulgarie; CA Canada; CL Chili; CY Chypre; CO Colombie; HR Croatie; DK Danemark; ES Espagne; EE Estonie; US États-Unis; FI Finlande; FR France; GR Grèce; HU Hongrie; IE Irlande; IS Islande; IT Italie; LV Lettonie; LI Liechtenstein; LT Lituanie; LU Luxembourg; MT Malte; MX Mexique; NO Norvège; NZ Nouvelle-Zélande; NL Pays-Bas; PE Pérou; PL Pologne; PT Portugal; RO Roumanie; GB Royaume-Uni; SK Slovaquie; SI Slovénie; SE Suède; CH Suisse; CZ Tchéquie; UA Ukraine; UY Uruguay

# ---- administration: another version
admin-update-words = Quelle version ce boîtier utilise, et comment il en reçoit une autre.
update-title = Mise à jour
update-now = Ce qui tourne maintenant
update-waits = Le fichier est là. Le boîtier le regarde maintenant.
update-checking = Le boîtier vérifie que le fichier lui est destiné.
update-installing = La version { $version } est en train d'être mise sur la carte. Laissez le boîtier allumé ; le courrier continue.
update-trying = La version { $version } est installée, et le boîtier redémarre avec elle. Cela prend quelques minutes. Si elle ne fonctionne pas, la version d'avant revient d'elle-même.
update-installed = La version { $version } est installée et fonctionne.
update-refused = Le fichier n'a pas été pris : ce n'est pas une mise à jour faite pour votre boîtier par ceux qui l'ont construit. Cherchez-le encore une fois là d'où viennent les mises à jour. Rien n'a été changé.
update-other-board = Le fichier n'a pas été pris : il est pour une autre sorte de boîtier. Choisissez celui du vôtre. Rien n'a été changé.
update-older = Le fichier n'a pas été pris : la version { $version } n'est pas plus récente que celle qui tourne. Si c'est ce que vous voulez, envoyez-le encore une fois en le disant. Rien n'a été changé.
update-failed = La version { $version } n'a pas pu être mise sur la carte. Ce qui tourne n'a pas été changé. Essayez encore ; si cela échoue de nouveau, la carte est peut-être usée.
update-interrupted = Le courant a manqué pendant que la mise à jour était mise sur la carte. Ce qui tourne n'a pas été changé. Envoyez le fichier encore une fois.
update-fell-back = La version { $version } n'a pas fonctionné ici, et la version d'avant tourne de nouveau. Aucune lettre n'a été perdue. Attendez une version suivante.
update-not-started = La version { $version } fonctionnait, puis n'a pas démarré trois fois de suite ; c'est l'autre version qui tourne. Aucune lettre n'a été perdue. Si le boîtier a été débranché plusieurs fois, c'est la raison : installez-la de nouveau.
update-file-title = Une autre version
update-words = Le boîtier la met à côté de ce qui tourne, démarre avec elle, et ne la garde que si le courrier, le réseau Tox et cette page fonctionnent. Les lettres qui arrivent entre-temps attendent chez leurs expéditeurs.
update-which = Quelles versions
update-newer-only = Seulement une version plus récente que celle qui tourne
update-older-too = Une plus ancienne aussi
update-file = Le fichier
update-file-hint = Son nom se termine par .raucb. Gardez cette page ouverte jusqu'à ce qu'il soit là.
update-go = Envoyer et installer
update-taken = Le fichier est là. Le boîtier le regarde maintenant.
update-under-way = Une mise à jour est déjà en cours. Attendez qu'elle soit finie.
update-no-room = Il n'y a pas de place pour lui sur le disque. Supprimez des lettres dont personne n'a besoin, et réessayez.
update-too-large = Ce fichier est trop gros : aucune mise à jour pour ce boîtier n'est aussi grande. Choisissez le bon.
update-disk = Il n'a pas pu être écrit sur le disque. Réessayez ; si cela se répète, la carte est peut-être usée.
update-from-title = Les versions suivantes, toutes seules
update-from-words = Le boîtier peut regarder lui-même s'il y a une version suivante, et l'installer la nuit. Il ne prend que celles de ceux qui l'ont construit, ne la garde que si tout fonctionne, et n'en essaie aucune deux fois.
update-from = Où sont les versions suivantes
update-from-hint = L'adresse d'un dossier, qui commence par https:// ; elle vient de ceux qui ont construit votre boîtier. Laissez vide pour ne regarder nulle part. Qui tient ce serveur voit votre adresse internet.
update-from-missing = Dites où le boîtier doit regarder, ou désactivez la recherche de nuit.
update-from-wrong = Ce n'est pas un dossier sur un serveur web. Il commence par https:// et le nom d'un serveur, comme https://example.org/toxmail/.
update-nightly = Regarder chaque nuit, et installer une version suivante
update-look = Regarder maintenant
update-looking = Le boîtier regarde maintenant. Cela prend quelques secondes, et quelques minutes s'il y a une version suivante. Ouvrez alors cette page encore une fois.
update-look-current = Dernière recherche : ce qui tourne est la dernière version.
update-look-brought = Dernière recherche : la version { $version } était là, et le boîtier l'a reçue.
update-look-before = Dernière recherche : la version { $version } est là, et le boîtier l'a déjà eue. Sans demande de votre part, il attend la suivante.
update-look-failed = La dernière recherche n'a rien donné.
disk-title = Un autre disque
disk-now = Où sont les lettres
disk-on-card = Sur la carte du boîtier : { $used }, avec tout ce que la maison garde d'autre.
disk-on-disk = Sur le disque branché au boîtier : { $used }, avec tout ce que la maison garde d'autre. Il doit rester branché.
disk-the-card = la carte
disk-no-name = un disque sans nom
disk-waits = Le boîtier commence.
disk-preparing = Le disque est en préparation ({ $to }). Laissez-le branché.
disk-copying = { $done } sur { $total } y sont ({ $to }). Laissez le disque branché ; le courrier continue.
disk-finishing = La dernière partie est copiée ({ $to }). Le courrier et cette page sont arrêtés quelques minutes, et reviennent d'eux-mêmes.
disk-moved = Les lettres y sont maintenant ({ $to }). Une copie ancienne reste là où elles étaient.
disk-failed = Les lettres n'ont pas pu être déplacées ({ $to }). Elles sont là où elles étaient, et rien n'est perdu. Essayez encore, ou prenez un autre disque.
disk-interrupted = Le courant a manqué pendant que les lettres étaient déplacées ({ $to }). Elles sont là où elles étaient, et rien n'est perdu. Recommencez.
disk-gone = Le disque n'est plus branché. Rien n'a été changé.
disk-small = Il y a trop peu de place là. Rien n'a été changé.
disk-locked = Rien ne peut y être écrit. Rien n'a été changé.
disk-busy = Le boîtier recevait une autre version. Rien n'a été déplacé : réessayez quand ce sera fini.
disk-adopting = Le boîtier cherche la maison sur le disque ({ $to }).
disk-adopted = Ce boîtier a continué avec la maison du disque ({ $to }). Ne démarrez plus jamais un boîtier avec l'ancienne carte.
disk-no-home = Il n'y a pas de maison sur ce disque. Rien n'a été changé.
disk-unusable = Ce boîtier ne peut pas continuer avec la maison de ce disque ({ $to }). Rien n'a été changé.
disk-left = Les lettres sont revenues de ce disque sur une carte ; ce qui s'y trouve est ancien. Continuez avec cette carte, ou avec une sauvegarde. Rien n'a été changé.
disk-claimed = Quelqu'un s'est installé entre-temps. Rien n'a été changé.
disk-progress = Ce qui y est déjà
disk-card-title = Retour à la carte
disk-card-words = Le boîtier peut remettre les lettres sur sa carte ({ $size }). Ensuite, le disque peut être enlevé. Une copie des lettres y reste : effacez-le avant de le donner. Le chemin vers un autre disque passe aussi par la carte.
disk-card-go = Reprendre la carte
disk-other-title = Choisir un disque
disk-other-words = Un disque ou un SSD sur la prise USB du boîtier dure plus longtemps qu'une carte, et contient plus. Il lui faut au moins { $needs }. Le boîtier copie tout et redémarre de là. Une copie ancienne reste sur la carte : effacez-la avant de la donner.
disk-nothing = Aucun autre disque ne peut être choisi maintenant. Si les lettres sont sur la carte : branchez-en un sur la prise USB du boîtier, attendez quelques secondes, et regardez de nouveau.
disk-which = Quel disque
disk-choice = { $name }, { $size }. { $content }
disk-is-empty = Il semble vide.
disk-is-used = Il y a quelque chose dessus.
disk-is-toxmail = Des lettres d'un boîtier Toxmail sont dessus, ou y étaient.
disk-is-card = C'est la carte du boîtier.
disk-too-small = Il est trop petit.
disk-is-locked = Il est protégé en écriture.
disk-warning = Tout ce qui est maintenant sur ce disque est effacé, et ne peut pas être récupéré.
disk-word = effacer
disk-word-label = Tapez « { $word } » si c'est ce que vous voulez
disk-word-wrong = Tapez le mot « { $word } », pour que rien ne soit effacé par erreur.
disk-go = Effacer le disque et y mettre les lettres
disk-none-chosen = Choisissez un disque.
disk-asked = Le boîtier commence. Laissez-le allumé, et le disque branché.
disk-under-way = Les lettres sont déjà en route. Attendez que ce soit fini.
disk-not-there = Ce disque n'est plus branché, ou ne convient pas. Choisissez encore.
disk-not-asked = Le boîtier n'a pas pu être interrogé. Réessayez.
absent-missing = Le disque avec vos lettres n'est pas branché
absent-missing-words = Ce boîtier garde ses lettres sur un disque à part, et ne le trouve pas, ou ne peut pas le lire. Rien n'est perdu pour autant : les lettres pour vous attendent chez leurs expéditeurs.
absent-missing-do = Rebranchez le disque. Le boîtier le remarque de lui-même, et revient quelques minutes plus tard.
absent-missing-dead = Si le disque est cassé : « The disk died » dans le mode d'emploi dit comment continuer avec une sauvegarde.
absent-damaged = La carte de ce boîtier est endommagée
absent-damaged-words = Le boîtier ne peut pas lire ce qu'il garde sur sa carte, bien qu'il ait essayé de la réparer. Il n'efface rien. Les lettres pour vous attendent chez leurs expéditeurs.
absent-damaged-do = Éteignez et rallumez le boîtier une fois. Si cette page revient, faites une nouvelle carte, et démarrez le boîtier avec elle.
absent-damaged-disk = Si vos lettres sont sur un disque à part, elles y sont toujours : laissez-le branché, et choisissez « { $choice } » sur la page de la nouvelle carte.
absent-damaged-card = Si vos lettres étaient sur la carte : « The card died » dans le mode d'emploi dit comment continuer avec une sauvegarde.
absent-left = Les lettres de ce disque sont sur une autre carte
absent-left-words = Elles sont revenues de ce disque sur une carte, et c'est cette carte qui les a maintenant. Ce qui est sur le disque est ancien. Rien n'est perdu pour autant : les lettres pour vous attendent chez leurs expéditeurs.
absent-left-do = Éteignez le boîtier, mettez-y cette carte, et rallumez-le.
absent-left-gone = Si cette carte est cassée ou perdue : « The card died » dans le mode d'emploi dit comment continuer avec une sauvegarde.
absent-moving = Vos lettres passent sur un autre disque
absent-moving-words = Le courrier est arrêté quelques minutes. Laissez le boîtier allumé et le disque branché ; tout revient de soi-même.

# ---- administration: log
log-title = Journal
log-words = Ce que la maison a noté depuis son démarrage, le plus récent d'abord, en anglais. Vous n'avez pas à le comprendre : c'est pour qui vous aide. Il contient des adresses, mais jamais le contenu d'une lettre, ni un mot de passe.
log-last = Les dernières lignes
log-problems = Seulement ce qui a mal tourné
log-all = Tout ce qui est gardé
log-more = Montrer tout ce qui est gardé
log-empty = Rien n'est encore noté.
log-no-problems = Rien n'a mal tourné
log-caption = La ligne la plus récente vient d'abord
log-severity = Genre
log-text = Ce qu'elle dit
log-error = Problème
log-warning = À vérifier
log-fact = Note
log-download-title = Pour qui vous aide
log-download-words = La même chose en fichier. Parcourez-le avant de le transmettre : il dit qui écrit à qui.
log-download = Enregistrer en fichier

# ---- administration: backup
admin-backup-words = Toute la maison dans un fichier que seule votre phrase secrète ouvre.
backup-title = Sauvegarde
backup-back = Retour à la sauvegarde
backup-make = En faire une maintenant
backup-last = La dernière a été faite { $when }.
backup-left-out =
    { $count ->
        [one] { $count } courrier n'a pas pu être lu sur la carte ou le disque et n'y est pas.
       *[other] { $count } courriers n'ont pas pu être lus sur la carte ou le disque et n'y sont pas.
    }
backup-never = Aucune n'a encore été faite
backup-words = Si le boîtier tombe en panne, un autre devient cette maison avec ce fichier : mêmes adresses, personnes, mots de passe et contacts. Gardez-le hors du boîtier. Rien n'en reste ici.
backup-warning = Sans la phrase secrète, personne ne peut l'ouvrir, vous non plus. Écrivez-la sur papier, et gardez le papier à part du fichier.
backup-passphrase = Phrase secrète de cette sauvegarde
backup-passphrase-hint = Dix caractères au moins ; quatre mots sans rapport entre eux font l'affaire.
backup-weak = C'est trop facile à deviner. Prenez au moins dix caractères, ou quatre mots sans rapport entre eux.
backup-repeated = La phrase secrète encore une fois
backup-differs = Les deux ne sont pas identiques. Retapez-les.
backup-own-hint = Pour que personne n'emporte la maison en trouvant cette page ouverte.
backup-with-mail = Avec les lettres des boîtes. Le fichier est aussi gros qu'elles ; sans elles, il est petit et contient tout le reste.
backup-download = Faire la sauvegarde et l'enregistrer
backup-restore = Quand vous en avez besoin
backup-restore-off = Éteignez l'ancien boîtier, et laissez-le éteint : deux boîtiers qui sont la même maison se prennent les lettres l'un à l'autre.
backup-restore-command = Sur la première page du nouveau boîtier, choisissez « J'ai une sauvegarde », et donnez-lui le fichier et la phrase secrète.
backup-restore-start = Quand il redémarre, c'est de nouveau cette maison.
backup-restore-after = Les lettres arrivées après la sauvegarde ne sont que sur l'ancien boîtier. Les lettres à des adresses ordinaires qui sont peut-être déjà parties attendent votre accord ; la maison vous le demande par courrier.
backup-paper = L'identité sur papier
backup-paper-words = Une feuille qui garde l'adresse Tox de la maison, si toute autre sauvegarde est perdue. Elle ne contient ni lettres, ni personnes, ni contacts. Elle est aussi fermée par une phrase secrète.
backup-paper-open = Faire la feuille …
backup-paper-make = Montrer la feuille
backup-paper-qr = L'identité sous forme de code à scanner
backup-paper-title = L'identité de { $home }
backup-paper-made = Fait le { $day }. Gardez cette feuille en lieu sûr, et la phrase secrète ailleurs.
backup-paper-once = Imprimez-la maintenant : elle n'est montrée que cette fois.
backup-paper-check = Mots de contrôle
backup-paper-use = Sur un nouveau boîtier, choisissez sur la page d'installation « { $backup } », puis « { $paper } » ; elle montre les mêmes mots. La commande aussi, avec le texte dans un fichier :

# ---- administration: storage
admin-storage-words = La place qu'il y a, celle que prend chaque boîte, et la taille que peuvent avoir les lettres.
storage-title = Stockage et limites
storage-room = Place sur le disque
storage-free = { $free } libres sur { $total }
storage-full = Il n'y a plus de place pour les lettres : elles attendent chez leurs expéditeurs, et rien n'est perdu. Effacez ce dont personne n'a besoin.
storage-low = Bientôt il n'y aura plus de place pour les lettres. Effacez ce dont personne n'a besoin.
storage-reserve = Les lettres ne prennent jamais les derniers { $bytes }.
storage-bar = Occupé sur le disque
storage-letters = Lettres dans les boîtes
storage-waiting = Lettres en route
storage-mailboxes = Boîtes aux lettres
storage-mailboxes-quota = Chacune peut avoir jusqu'à { $bytes }.
storage-mailboxes-free = Chacune peut avoir autant que le disque le permet.
storage-other-disk = Mettre les lettres sur un autre disque
storage-takes = Occupe

# ---- administration: settings
settings-locked = Le fichier toxmail.toml le dit, et l'emporte : cela ne se change que là.
admin-save = Enregistrer
settings-changed = C'est enregistré, et valable dès maintenant.
settings-usual = comme d'habitude
settings-usual-now = comme d'habitude ({ $value })
settings-no-limit = sans limite
storage-limits = Limites
storage-message = Plus grande lettre
storage-message-hint = Avec toutes les pièces jointes. Une autre maison accepte peut-être moins.
storage-quota = Plus grande boîte
storage-quota-hint = Les lettres à une boîte pleine attendent chez leurs expéditeurs qu'il y ait de la place.
storage-delay = Dire à l'auteur qu'une lettre attend encore après
storage-expire = Rendre une lettre qui n'est pas arrivée après
storage-expire-hint = L'autre maison est peut-être en vacances : un mois convient.
admin-home-words = Comment s'appelle la maison, et la langue dans laquelle elle vous écrit.
home-settings-title = La maison
home-settings-name = Nom de la maison
home-settings-name-hint = Ce que voient les autres maisons.
home-settings-name-wrong = Écrivez un nom sur une ligne, pas trop long.
home-settings-language = Langue de la maison
home-settings-language-hint = Pour tous ceux qui n'en ont pas choisi.
home-settings-changed = C'est enregistré. Les autres maisons apprennent le nouveau nom quand elles rencontrent celle-ci.
home-settings-hostname = Nom sur le réseau
home-settings-hostname-words = Il figure dans le certificat de cette maison. Un autre s'écrit dans le fichier toxmail.toml (hostname), et vaut au prochain démarrage de la maison.
pairing-asked-title = Qui est consulté
pairing-asked-words = Quand des inconnus veulent écrire à cette maison, ou qu'une autre maison dit qu'une adresse est à l'un des siens, ces personnes sont consultées par courrier. Personne de choisi : l'administrateur.

# ---- administration: provider
admin-provider-words = Le chemin vers tous ceux qui n'ont pas Toxmail, par votre fournisseur de courrier.
account-title = Courrier ordinaire
account-home = Le compte de la maison
account-words = Les lettres à des personnes sans Toxmail passent par ce fournisseur, pour tous ceux qui ont une adresse ordinaire à eux et pas de compte à eux.
account-none = Il n'y en a pas : les lettres ne vont qu'aux autres maisons
account-state = État
account-fine = Fonctionne
account-fails = Ne fonctionne pas
account-since = depuis { $when }
account-said = Les lettres attendent, et partent d'elles-mêmes dès que cela marche de nouveau. Voici ce qu'a dit le fournisseur :
account-test = L'essayer maintenant
account-works = Le fournisseur accepte la connexion.
account-remove = Retirer …
account-set = L'installer
account-replace = Un autre compte, ou un nouveau mot de passe
account-stored = La connexion fonctionne, et le compte est gardé. Qui peut écrire par lui, et avec quelles adresses, se dit sur la page de chaque personne.
account-removal-title = Retirer le compte de la maison ?
account-removal-letters = Les lettres qui l'attendent continuent d'attendre, jusqu'à un autre compte ou jusqu'à leur retour.
account-removal-fetches = 
    { $count ->
        [one] { $count } boîte est relevée avec sa connexion : cela cesse de fonctionner.
       *[other] { $count } boîtes sont relevées avec sa connexion : cela cesse de fonctionner.
    }
account-removal-password = Son mot de passe est oublié ici. Rien ne change chez le fournisseur.
account-removal-yes = Retirer le compte
account-removed = Le compte est retiré.
account-removed-waiting = Le compte est retiré. Lettres qui en attendent encore un : { $count }.
account-members = Comptes personnels
account-members-words = Qui en a un écrit par lui. Chacun l'installe lui-même.
account-members-none = Personne n'en a.
fetching-title = Courrier relevé
fetching-words = La maison peut relever ce qui arrive chez un fournisseur, pour que toutes les lettres soient dans une boîte. Chacun l'installe pour sa propre boîte là-bas.
fetching-none = Rien n'est relevé pour personne.
fetching-from = Depuis
fetching-every = toutes les { $time }
fetching-not-yet = pas encore relevé depuis le démarrage
fetching-now = Relever maintenant
fetching-done = Lettres arrivées : { $count }.
fetching-runs = Il y a beaucoup à relever ; cela continue tout seul.
fetching-stop = Arrêter …
fetching-removal-title = Ne plus relever pour { $name } ?
fetching-removal-words = Ce qui est arrivé reste ici, et ce qui est là-bas y reste. Pour recommencer, il faut de nouveau le mot de passe.
fetching-removal-yes = Ne plus relever
fetching-removed = Plus rien n'est relevé pour { $name }.

# ---- administration: problems
admin-problems-words = Un examen complet de tout, et que faire si quelque chose ne va pas.
problems-title = Quelque chose ne va pas ?
problems-words = La maison vient de tout examiner, et a interrogé les machines avec lesquelles elle travaille.
problems-none = Tout va bien
problems-again = Regarder encore

# ---- security of the home
nav-admin-security = Sécurité
admin-security-title = Sécurité de la maison
admin-security-sessions = Qui est connecté à la page
admin-security-sessions-words = Une connexion prend fin après deux semaines sans utilisation et au changement du mot de passe.
admin-security-member = Personne
admin-security-end-all = Déconnecter tout le monde
admin-security-failures = Connexions échouées
admin-security-failures-words = Les cent dernières depuis le démarrage de la maison, pour tous les services. Quelques-unes sont des fautes de frappe ou un programme avec un ancien mot de passe. Beaucoup depuis une adresse : quelqu'un devine, et doit attendre chaque fois plus longtemps.
admin-security-failures-none = Aucune
admin-security-when = Quand
admin-security-login = En tant que
admin-security-nobody = un nom que personne n'a ici
admin-security-service = Service

# ---- about
nav-about = À propos
about-title = À propos de Toxmail
about-version = Toxmail
about-toxcore = Bibliothèque Tox (toxcore)
about-sqlite = Base de données (SQLite)
about-licence-title = Licence
about-licence = Toxmail est un logiciel libre : vous pouvez l'utiliser, l'étudier, le partager et le modifier selon la licence publique générale GNU, version 3 ou ultérieure. Il est fourni sans aucune garantie.
about-parts = De quoi il est fait
about-parts-words = 
    { $count ->
        [one] { $count } bibliothèque d'autres personnes, sous sa propre licence :
       *[other] { $count } bibliothèques d'autres personnes, chacune sous sa propre licence :
    }
about-part = Bibliothèque
about-part-version = Version
about-part-licence = Licence

# ---- my card
nav-me = Ma carte
me-title = Ma carte d'adresse
me-words = Donnez-la à ceux qui doivent vous écrire : par le code, en fichier ou sur papier.
me-qr = { $name } comme contact, à scanner
me-tox = Pour le premier contact de l'autre maison
me-tox-words = Voici l'adresse Tox de votre maison. La personne qui s'occupe d'une autre maison l'y saisit une fois ; ensuite les courriers vont directement de maison à maison.
me-download = Télécharger comme contact (vCard)
me-copy = Copier l'adresse
me-copied = Copié
me-print = Imprimer
me-more = Encore à vous
me-to-devices = Connecter un téléphone ou un ordinateur
me-to-card = Une carte à afficher, avec tous les réglages
me-to-letters = Courriers en route

# ---- my devices
nav-devices = Appareils
devices-title = Mes appareils
devices-connect = Connecter un appareil
devices-connect-words = Chaque téléphone et chaque ordinateur reçoit son propre mot de passe. Si l'un se perd, vous ne retirez que celui-là.
devices-choose = Connecter
devices-thunderbird = Thunderbird sur un ordinateur
devices-thunderbird-words = Vous tapez votre nom et votre adresse, il trouve le reste tout seul.
devices-android = Android, avec Thunderbird
devices-android-words = Vous scannez un code avec l'application Thunderbird, ou vous y tapez votre adresse.
devices-apple = iPhone, iPad ou Mac
devices-apple-words = Vous téléchargez un fichier et l'appareil se règle tout seul.
devices-delta = Delta Chat
devices-delta-words = Vous scannez un code. Lisez d'abord ce qu'il ne vérifie pas.
devices-other = Outlook et autres
devices-other-words = Vous tapez les réglages d'après un tableau.
devices-list = Appareils connectés
devices-list-words = La dernière utilisation est notée une fois par jour.
devices-none = Aucun appareil n'est encore connecté.
devices-label = Nom que vous donnez à l'appareil
devices-made = Connecté
devices-used = Dernière utilisation
devices-never = Pas encore
devices-revoke = Déconnecter
devices-revoke-title = Déconnecter cet appareil ?
devices-revoke-words = Il ne pourra plus ni lire ni envoyer de courriers ici. Ceux qu'il contient déjà y restent. Si vous le reconnectez plus tard, il reçoit un nouveau mot de passe.
devices-revoke-yes = Déconnecter
devices-revoke-no = Le garder
devices-revoked = « { $label } » est déconnecté.
devices-back = Vers mes appareils
devices-before = Avant de commencer
devices-make = Lui créer un mot de passe
devices-make-words = Le mot de passe est créé maintenant et affiché une seule fois, à la page suivante.
devices-make-file-words = Un mot de passe est créé pour cet appareil seul. Il est dans le fichier : personne n'a à le saisir.
devices-make-button = Créer le mot de passe
devices-make-file = Télécharger le fichier
devices-label-hint = Pour le reconnaître plus tard, par exemple « Portable de la cuisine ».
devices-label-other = Messagerie
devices-label-empty = Donnez un nom à l'appareil.
devices-label-long = C'est trop long : { $most } caractères au plus.
devices-after = Ensuite
devices-steps = Comment continuer
devices-compare = À comparer
devices-compare-words = Si un appareil demande s'il peut se fier au certificat, comparez ces lettres et chiffres (SHA-256) avec ce qu'il affiche. S'ils sont identiques, c'est votre maison. Sinon, choisissez « Annuler » et demandez à la personne qui s'occupe de la maison.
devices-fingerprint-server = Le certificat de votre maison
devices-fingerprint-ca = L'autorité de votre maison
devices-dialog = Ce que vous verrez
devices-thunderbird-before = Thunderbird demandera une fois s'il peut se fier à votre maison. Vous pouvez vous l'épargner : téléchargez l'autorité de votre maison. Dans Thunderbird, ouvrez Paramètres, Vie privée et sécurité, « Gérer les certificats… », « Autorités », « Importer… », choisissez le fichier, et cochez « Confirmer cette AC pour identifier des sites web. »
devices-thunderbird-step-1 = Dans Thunderbird, ouvrez le menu ☰, et choisissez « Nouveau compte », puis « Adresse e-mail ». Un Thunderbird qui n'a pas encore de compte le demande de lui-même.
devices-thunderbird-step-2 = Tapez votre nom et cette adresse : { $address }. Choisissez « Continuer » (« Trouver les paramètres » dans les plus récents). Il trouve les réglages tout seul ; choisissez encore « Continuer ».
devices-thunderbird-step-3 = Tapez le mot de passe que cette page a créé pour lui, pas le vôtre.
devices-thunderbird-step-4 = S'il ne connaît pas encore votre maison, il affiche ceci. Choisissez « Voir… », comparez l'empreinte ci-dessous et confirmez :
devices-thunderbird-step-5 = À l'envoi de votre premier courrier, il le redemande une fois. Ensuite, plus jamais.
devices-exception-title = Ajout d’une exception de sécurité
devices-exception-words = Le certificat n’est pas sûr car il est impossible de vérifier qu’il ait été délivré par une autorité de confiance utilisant une signature sécurisée.
devices-exception-button = ☑ Conserver cette exception de façon permanente · [Confirmer l’exception de sécurité]
devices-android-step-1 = Installez Thunderbird depuis votre magasin d'applications.
devices-android-step-2 = Téléchargez l'autorité de votre maison sur le téléphone et installez-la sous Paramètres, Sécurité, Autres paramètres de sécurité, Installer un certificat, Certificat CA. Le téléphone met en garde ; elle ne peut répondre que de cette maison.
devices-android-step-3 = Ouvrez Thunderbird sur le téléphone. Au premier démarrage, choisissez « Commencer », puis « Importer les paramètres » ; plus tard, ouvrez ses paramètres, « Importer les paramètres », « Lire un code QR ». Présentez-lui le code qui apparaît ici une fois le mot de passe créé.
devices-android-step-4 = Il affiche le compte trouvé. Choisissez « Importation ».
devices-android-step-5 = S'il ne trouve pas le nom de votre maison, tapez à la place une des adresses du tableau.
devices-android-here-1 = Ouvrez Thunderbird sur ce téléphone. Au premier démarrage, choisissez « Commencer » ; plus tard, ouvrez ses paramètres, puis « Ajouter un compte ». Tapez cette adresse : { $address }
devices-android-here-2 = Choisissez « Suivant ». Il trouve les réglages tout seul. S'il demande un mot de passe, c'est celui de cet appareil, pas le vôtre.
devices-android-here-3 = S'il dit « La configuration n'a pas été trouvée », choisissez « Modifier la configuration » et tapez ce que dit le tableau.
devices-apple-before = Le fichier contient le mot de passe. Il ne va qu'à cet appareil, par la connexion sécurisée. Ouvrez cette page sur l'appareil que vous voulez connecter.
devices-apple-profile = Courrier et contacts de votre maison. Le certificat permet à cet appareil de reconnaître votre maison ; il ne peut répondre d'aucun autre site.
devices-apple-step-1 = Autorisez le téléchargement. L'appareil annonce « Profil téléchargé ». Continuez dans les 8 minutes, car ensuite il jette le profil.
devices-apple-step-2 = iPhone et iPad : ouvrez Réglages, puis « Profil téléchargé ». Mac : ouvrez Réglages Système, Général, Gestion de l'appareil. Le nom de votre maison s'affiche :
devices-apple-unverified = Non vérifié. (Il le dit de tout profil qu'aucune entreprise n'a signé.)
devices-apple-step-3 = Choisissez « Installer » (iPhone et iPad : en haut à droite) et tapez le code de l'appareil.
devices-apple-step-4 = iPhone et iPad seulement : Réglages, Général, Informations, Réglages des certificats, et activez votre maison.
devices-apple-step-5 = Ouvrez Mail. Vos courriers sont là.
devices-delta-before = Delta Chat ne connaît pas le certificat de votre maison et ne peut pas l'apprendre. Il ne vérifiera pas à qui il parle : quelqu'un dans votre réseau pourrait se faire passer pour votre maison et prendre le mot de passe de cet appareil. Chez vous, le danger est faible ; dans le réseau d'un café, ne l'utilisez pas.
devices-delta-agree = Je l'ai compris et je veux quand même utiliser Delta Chat.
devices-delta-agree-first = Cochez d'abord cette case, ou choisissez un autre programme.
devices-delta-step-1 = Dans Delta Chat, choisissez « Créer un nouveau profil » ou « Ajouter un profil », puis « Scanner le code QR ».
devices-delta-step-2 = Présentez-lui le code qui apparaît ici une fois le mot de passe créé, et choisissez « OK ».
devices-delta-here-1 = Installez Delta Chat sur ce téléphone, s'il n'y est pas encore.
devices-delta-here-2 = Touchez « Ouvrir Delta Chat », qui apparaît ici une fois le mot de passe créé. Il demande s'il peut se connecter ; choisissez « OK ».
devices-delta-open = Ouvrir Delta Chat
devices-other-before = Si le programme sait utiliser les certificats de l'ordinateur, installez-y d'abord l'autorité de votre maison : il ne posera alors jamais la question.
devices-other-step-1 = Dans le programme, choisissez de configurer le compte à la main, ou « Configuration avancée », puis IMAP ou POP comme dans le tableau.
devices-other-step-2 = Tapez les réglages du tableau, avec le nom d'utilisateur et le mot de passe de cette page, pour la réception et pour l'envoi.
devices-other-step-3 = S'il demande s'il peut se fier au certificat, comparez l'empreinte.
devices-made-title = « { $label } » est prêt à être connecté
devices-once = Affiché une seule fois
devices-once-words = Le mot de passe est affiché maintenant et plus jamais ensuite. Tapez-le ou scannez-le tout de suite. S'il vous le faut plus tard, créez-en un nouveau.
devices-code = Réglages et mot de passe d'un appareil, à scanner
devices-code-words = Celui qui scanne ce code peut lire vos courriers. Ne le montrez qu'à votre propre appareil.
devices-here = Cette page est ouverte sur le téléphone lui-même, et il ne peut pas scanner son propre écran. Ici, les réglages se tapent donc ; le mot de passe peut être copié.
devices-code-elsewhere = Plutôt pour un autre téléphone : le code à scanner
devices-your-name = Votre nom
devices-your-address = Votre adresse
devices-password = Mot de passe de cet appareil
devices-copy = Copier le mot de passe
devices-by-hand = Les réglages, à taper
devices-table = Serveurs
devices-purpose = Pour
devices-incoming = Recevoir
devices-outgoing = Envoyer
devices-protocol = Type
devices-server = Serveur
devices-port = Port
devices-security = Sécurité
devices-login = Nom d'utilisateur
devices-books = Carnet d'adresses (CardDAV)
devices-instead = S'il ne trouve pas le serveur
devices-written-down = C'est fait : tapé ou scanné
devices-card-title = Une carte à afficher
devices-card-words = Vos adresses et les réglages, à imprimer. Les mots de passe n'y sont pas.
devices-card-page = La page de votre maison :
devices-card-by-hand = (à écrire à la main, si vous voulez)

# ---- my letters
nav-letters = Courriers
letters-title = Mes courriers en route
letters-none = Rien n'est en route : tous vos courriers sont partis.
letters-no-more = Il n'y a pas d'autre courrier après ceux-là.
letters-first-page = Au début
letters-count =
    { $count ->
        [one] Un courrier, { $size }.
       *[other] { $count } courriers, { $size } en tout.
    }
letters-no-subject = (sans objet)
letters-facts = Écrit { $when }, { $size }
letters-who = { $name } ({ $address })
letters-on-its-way = En route
letters-delivered = Arrivé
letters-held = Attend votre réponse
letters-failed = Pas arrivé
letters-waits-for-home = Attend que l'autre maison soit là
letters-waits = Attend son tour
letters-waits-again = Va être retenté
letters-next-try = Prochain essai dans { $wait }.
letters-why = La maison dit :
letters-more =
    { $count ->
        [one] Et encore un.
       *[other] Et { $count } autres.
    }
letters-sent-bytes = Envoyé : { $sent }
letters-sent-of-bytes = { $sent } sur { $total }
letters-sent-of-parts = Parties : { $sent } sur { $total }
letters-speed = { $size } par seconde
letters-left = encore { $time }
letters-retry = Essayer maintenant
letters-retried = Un essai est en cours.
letters-gone = Il est déjà parti.
letters-cancel = Reprendre
letters-cancel-title = Reprendre ce courrier ?
letters-cancel-words = Il n'ira plus à ceux qui ne l'ont pas encore. Ceux qui l'ont le gardent.
letters-cancel-yes = Le reprendre
letters-cancel-no = Le laisser partir
letters-cancel-late = Il ne peut plus être repris.
letters-cancelled = Le courrier est repris.
letters-look-again = Regarder à nouveau
letters-held-words = Une partie partirait par courrier électronique ordinaire, ou il était en route quand la maison a été restaurée d'une sauvegarde. Doit-il partir ?
letters-held-send = L'envoyer
letters-held-stop = Ne pas l'envoyer
letters-released = Il part.
letters-not-held = Il n'attend plus de réponse.
letters-next-page = Courriers plus récents

# ---- my contacts
nav-contacts = Contacts
contacts-title = Contacts
contacts-add = Ajouter quelqu'un
contacts-none = Vous ne connaissez encore personne ici. Ajoutez quelqu'un, ou demandez à la personne qui s'occupe de la maison de la relier à une autre.
contacts-list =
    { $count ->
        [one] Un contact
       *[other] { $count } contacts
    }
contacts-search = Chercher par nom ou adresse
contacts-search-button = Chercher
contacts-not-found = Personne ne correspond.
contacts-all = Afficher tout le monde
contacts-found =
    { $count ->
        [one] Un contact trouvé.
       *[other] { $count } contacts trouvés.
    }
contacts-name = Nom
contacts-kind = Type
contacts-state = Où ils en sont
contacts-mine = à vous seul
contacts-has-claims = Une adresse attend votre avis.
contacts-before = Les précédents
contacts-next = Les suivants
contacts-files = En fichier
contacts-files-words = Les téléphones et les messageries connectés ont ces contacts de toute façon. Le fichier est pour tous les autres.
contacts-export = Tout télécharger (vCard)
contacts-import = Reprendre d'un fichier
contacts-connected = Là maintenant
contacts-online = Là, répond bientôt
contacts-awaits-direct = Là, mais pas directement : les courriers attendent
contacts-asked = Demandé, pas encore de réponse
contacts-waiting = Accepté, pas encore vu
contacts-blocked = Bloqué
contacts-ordinary = Par courrier électronique ordinaire
contacts-offline = Pas là
contacts-last-seen = Vu pour la dernière fois { $when }
contacts-kind-home = Maison avec Toxmail
contacts-kind-chat = Programme de discussion
contacts-kind-unknown = Pas encore connu
contacts-kind-ordinary = Adresse électronique ordinaire
contacts-add-words = Collez ce qu'on vous a donné : une adresse électronique, une adresse Tox ou une invitation.
contacts-address = Adresse ou invitation
contacts-address-hint = Par exemple mamie@example.org, une longue adresse Tox ou un lien qui commence par tox:
contacts-address-empty = Collez ici une adresse ou une invitation.
contacts-invitation-not-yours = C'est une invitation : elle relie toute la maison à une autre. Transmettez-la à la personne qui s'occupe de la vôtre.
contacts-add-name = Nom
contacts-add-name-hint = Comment vous l'appelez. Une invitation n'en a pas besoin.
contacts-name-empty = Donnez un nom.
contacts-add-chat = Cette personne utilise un programme de discussion Tox, pas Toxmail.
contacts-add-everybodys = Pour toute la maison, pas pour moi seul.
contacts-add-button = Ajouter
contacts-added = Ajouté.
contacts-back = Vers mes contacts
contacts-facts = Ce qu'on sait
contacts-short = Écrire à
contacts-home-name = Sa maison se nomme
contacts-full = En entier
contacts-emails = Adresses électroniques
contacts-emails-hint = Une par ligne ; la première est celle qui est affichée.
contacts-whose = À qui est ce contact
contacts-everybodys = À toute la maison
contacts-only-mine = À vous seul
contacts-claims = Adresses que sa maison revendique
contacts-claims-words = Sa maison dit que ces adresses sont les siennes. Personne ici ne l'a confirmé, elles ne comptent donc pas encore. Ne confirmez que ce que vous savez vrai.
contacts-claims-confirm = C'est bien la sienne
contacts-confirmed = L'adresse est confirmée.
contacts-words = Est-ce bien cette personne ?
contacts-words-compared = Vous avez comparé les mots
contacts-words-not-compared = Pas encore comparé
contacts-words-words = Appelez-la et lisez-vous ces mots l'un à l'autre. Si vous voyez les mêmes, personne ne s'est glissé entre vous.
contacts-words-same = Nous avons les mêmes mots
contacts-words-undo = Revenir là-dessus
contacts-verified = C'est noté : vous avez comparé les mots.
contacts-unverified = C'est noté : les mots ne sont pas comparés.
contacts-edit = Modifier
contacts-edit-everybodys = C'est un contact de toute la maison : ce que vous changez change pour tous.
contacts-save = Enregistrer
contacts-changed = Enregistré.
contacts-fallback = Quand sa maison est longtemps absente
contacts-fallback-words = Les courriers attendent que sa maison soit là. Après un délai que vous choisissez, ils peuvent partir par courrier électronique ordinaire, que d'autres peuvent lire en chemin.
contacts-fallback-label = Par courrier électronique ordinaire
contacts-fallback-never = Jamais
contacts-fallback-after = Après { $time }
contacts-direct = Directement seulement
contacts-direct-words = Quand aucune voie directe n'est trouvée, les courriers font un détour par des relais ; ceux-ci ne peuvent pas les lire, mais voient qu'il y a du courrier. Directement seulement veut dire : plutôt attendre que faire un détour.
contacts-direct-on = Directement seulement
contacts-direct-off = Aussi par des relais
contacts-direct-on-button = Directement seulement
contacts-direct-off-button = Permettre à nouveau les relais
contacts-end = Y mettre fin
contacts-not-yours = Le reste est décidé par la personne qui s'occupe de cette maison.
contacts-block = Bloquer
contacts-block-title = Bloquer { $name } ?
contacts-block-words = Plus rien n'est accepté de sa maison et plus rien n'y va : pour tous ici. Les courriers en route vers elle reviennent. Elle n'en est pas informée.
contacts-block-yes = Bloquer
contacts-blocked-now = Bloqué.
contacts-remove = Retirer
contacts-remove-title = Retirer { $name } ?
contacts-remove-words = Le contact disparaît des carnets d'adresses d'ici. Si personne d'autre ici ne connaît sa maison, les courriers en route vers elle reviennent, et il faudrait la relier à nouveau.
contacts-remove-yes = Retirer
contacts-removed = Retiré.
contacts-end-no = Non, laisser
contacts-imported = Nouveaux : { $new }. Complétés : { $completed }. Non repris : { $refused }.
contacts-import-words = Les téléphones et les messageries écrivent les contacts en vCard (fichiers qui finissent par .vcf). Qui est déjà connu est complété, pas saisi deux fois. Ils seront à vous seul.
contacts-import-hint = Un fichier qui finit par .vcf, de 8 Mo au plus.
contacts-import-this = Le fichier
contacts-import-file = Choisir le fichier
contacts-import-button = Reprendre
contacts-import-line = Ligne { $line } :

# ---- who asks
requests-title = Qui voudrait écrire
requests-none = Personne ne demande en ce moment.
requests-not-asked = Seuls ceux qui décident des inconnus dans cette maison voient ceci. Demandez à la personne qui s'en occupe.
requests-somebody = Quelqu'un ({ $key }…)
requests-they-say = Il ou elle dit de soi :
requests-say-nothing = (rien)
requests-received = Demandé { $when }
requests-words = Chacun peut dire n'importe quoi. N'acceptez que qui vous attendez ; vous pourrez comparer les mots de sécurité ensuite.
requests-accept = Accepter
requests-refuse = Refuser
requests-accepted = Accepté : vous pouvez vous écrire.
requests-refused = Refusé. On peut vous le redemander.
requests-blocked = Bloqué. Vous n'en entendrez plus parler.
requests-block-title = Bloquer qui demande ?
requests-block-words = Vous n'en entendrez plus parler, et l'autre n'en est pas informé.
requests-more =
    { $count ->
        [one] Une autre demande attend après celles-ci.
       *[other] { $count } autres demandes attendent après celles-ci.
    }
requests-move = { $name } dit : « J'ai un nouveau boîtier »
requests-announced = Annoncé { $when }
requests-move-words = C'est peut-être vrai, ou quelqu'un a pris l'ancien boîtier. Appelez. Les mêmes mots s'affichent sur le nouveau boîtier ? Alors c'est vrai.
requests-move-confirm = Les mots sont les mêmes : c'est bien cette maison
requests-move-refuse = Ce n'est pas vrai
requests-moved = Confirmé : les courriers vont désormais au nouveau boîtier.
requests-not-moved = Refusé : tout reste à l'ancien boîtier.

# ---- my settings
nav-settings = Réglages
settings-title = Mes réglages
settings-save = Enregistrer
settings-saved = Enregistré.
settings-name = Mon nom
settings-name-words = Il figure à côté de votre adresse dans les courriers que vous écrivez, dans les carnets d'adresses de cette maison et sur votre carte.
settings-mixed = Un courrier à plusieurs personnes
settings-mixed-words = Les unes sont jointes directement et en privé, les autres seulement par courrier électronique ordinaire, que d'autres peuvent lire en chemin. Que faire d'un courrier qui va aux deux ?
settings-mixed-tell = L'envoyer et me dire ensuite par où est partie chaque copie.
settings-mixed-ask = Me demander d'abord.
settings-mixed-refuse = Ne pas l'envoyer.
settings-reencode = Courriers pour d'anciens fournisseurs
settings-reencode-words = Quelques fournisseurs n'acceptent que des courriers simples, sans é ni ü. La maison peut réécrire un courrier pour eux. Une signature numérique en serait brisée, cela ne se fait donc qu'avec votre accord.
settings-reencode-on = Réécrire mes courriers quand un fournisseur l'exige.
settings-provider = Mon propre fournisseur
settings-provider-words = Le courrier électronique ordinaire passe d'habitude par le fournisseur de la maison. Si vous avez votre propre compte, le vôtre passe par lui.
settings-provider-problem = Cela ne marche plus depuis { $when }. Le fournisseur dit :
settings-provider-problem-now = Cela ne marche pas. Le fournisseur dit :
settings-provider-test = Essayer la connexion
settings-provider-works = La connexion marche.
settings-provider-remove = Retirer
settings-provider-remove-title = Retirer votre propre fournisseur ?
settings-provider-remove-words = Votre courrier électronique ordinaire passe ensuite par le fournisseur de la maison, s'il y en a un. Ce qui attend le vôtre reste jusqu'à ce qu'il soit remis ou repris.
settings-provider-removed = Retiré.
settings-provider-again = Le saisir à nouveau
settings-provider-set = La connexion marche ; votre courrier électronique ordinaire passe par là désormais.
settings-provider-save = Essayer la connexion et enregistrer
settings-no-address = Aucune adresse électronique ordinaire n'est encore saisie ici pour vous. La personne qui s'occupe de la maison la saisit ; ensuite vous pourrez régler votre compte.
settings-address = Votre adresse là-bas
settings-address-not-yours = Choisissez une de vos adresses. Une nouvelle est saisie par la personne qui s'occupe de la maison.
settings-host = Serveur d'envoi
settings-host-hint = Votre fournisseur l'indique, par exemple smtp.example.org.
settings-host-empty = Saisissez le serveur.
settings-host-not-public = Ce serveur se trouve dans le réseau de la maison, ou n'a pas d'adresse sur internet. Prenez celui que votre fournisseur indique ; un serveur du réseau de la maison est réglé par la personne qui s'occupe d'elle.
settings-port-wrong = Un port est un nombre de 1 à 65535 ; d'habitude 465.
settings-username = Nom d'utilisateur là-bas
settings-username-hint = D'habitude votre adresse ; laissez alors vide.
settings-password = Mot de passe là-bas
settings-password-hint = Beaucoup de fournisseurs veulent un mot de passe à part pour les messageries (« mot de passe d'application »).
settings-password-empty = Saisissez le mot de passe.
settings-fetch = Courriers qui arrivent chez mon fournisseur
settings-fetch-words = Les réponses au courrier électronique ordinaire arrivent chez votre fournisseur. La maison peut les y chercher, pour que vous trouviez tout au même endroit.
settings-fetch-host = Serveur de réception
settings-fetch-host-hint = Votre fournisseur l'indique, par exemple imap.example.org.
settings-fetch-username-usual = D'habitude votre adresse.
settings-fetch-username-empty = Saisissez le nom d'utilisateur.
settings-fetch-every = Cherchés toutes les
settings-fetch-after = Ce qu'ils deviennent là-bas
settings-fetch-deletes = Ils y sont effacés dès qu'ils sont ici.
settings-fetch-keeps = Ils y restent aussi.
settings-fetch-worked = A marché pour la dernière fois
settings-fetch-everything = Chercher aussi ce qui s'y trouve déjà, pas seulement ce qui arrive désormais.
settings-fetch-delete = Effacer les courriers chez le fournisseur dès qu'ils sont ici en sûreté.
settings-fetch-set = La connexion marche ; les courriers sont cherchés désormais.
settings-fetch-now = Chercher maintenant
settings-fetch-runs = Il y a beaucoup à chercher ; cela continue tout seul.
settings-fetch-remove = Ne plus chercher
settings-fetch-remove-title = Ne plus chercher les courriers ?
settings-fetch-remove-words = Ce qui est ici y reste. Les nouveaux courriers restent chez votre fournisseur.
settings-fetch-removed = Plus rien n'est cherché.

# ---- sauvegardes sur une clé USB
stick-title = Sauvegarde sur une clé USB
stick-words = Le boîtier peut écrire sa sauvegarde sur une clé USB qui y est branchée : maintenant, et de lui-même chaque nuit sur une clé qui reste en place.
stick-open = Vers la clé USB …
stick-now = La clé utilisée
stick-progress = Où en est la sauvegarde
stick-go = Faire une sauvegarde maintenant
stick-nightly = Chaque nuit, automatiquement. La clé reste branchée.
stick-forget = Ne plus faire de sauvegardes sur cette clé
stick-another = Une autre clé, ou une autre phrase secrète
stick-choose = Choisir une clé
stick-choose-words = Ce qui est sur la clé y reste : les sauvegardes sont dans le dossier Toxmail, et les sept plus récentes sont gardées. La clé peut être retirée dès qu'aucune sauvegarde n'est en cours. Au-delà de 4 Go, elle doit être formatée en exFAT.
stick-nothing = Aucune clé USB n'est branchée. Branchez-en une au boîtier, attendez quelques secondes, et regardez de nouveau.
stick-which = Quelle clé
stick-choice = { $name }, { $size }.
stick-use = Utiliser cette clé, et faire la première sauvegarde
stick-no-name = une clé sans nom
stick-unknown = Le boîtier ne peut pas lire son format. Formatez-la sur un ordinateur, en exFAT ou FAT32.
stick-failed = La dernière sauvegarde n'a pas abouti ({ $when }). D'anciennes lui ont peut-être fait de la place ; la dernière bonne est toujours là.
stick-last =
    { $kept ->
        [one] La dernière sauvegarde a été faite { $when } et fait { $size }. { $free } sont libres sur la clé.
       *[other] La dernière sauvegarde a été faite { $when } et fait { $size }. { $kept } sauvegardes sont sur la clé, et { $free } sont libres.
    }
stick-writing = Une sauvegarde est en cours : { $done } sont sur la clé. Laissez-la branchée.
stick-checking = La sauvegarde est relue : { $done } sur { $total } sont justes. Laissez la clé branchée.
stick-none-chosen = Choisissez une clé qui est branchée.
stick-begun = La sauvegarde commence. Laissez la clé branchée.
stick-forgotten = Plus aucune sauvegarde n'est faite sur cette clé. Celles qui s'y trouvent restent.
stick-why-away = La clé n'est pas branchée. Rebranchez la même et faites une sauvegarde sur la page de la clé, ou choisissez-y une autre clé.
stick-why-twins = Deux clés au même contenu sont branchées, et le boîtier ne sait pas laquelle est la bonne. Retirez-en une, et faites une sauvegarde sur la page de la clé.
stick-why-full = Il n'y a plus de place sur la clé. Supprimez sur un ordinateur ce qui s'y trouve d'autre, ou choisissez-en une plus grande sur la page de la clé.
stick-why-too-long = La sauvegarde dépasse 4 Go, et la clé est formatée de telle sorte qu'aucun fichier ne peut être plus grand (FAT32). Formatez-la en exFAT sur un ordinateur, ce qui l'efface, et choisissez-la de nouveau sur la page de la clé ; ou faites des sauvegardes sans les lettres.
stick-why-locked = On ne peut rien écrire sur la clé. Elle a peut-être un petit interrupteur qui la verrouille ; sinon elle est endommagée. Déverrouillez-la, ou choisissez-en une autre sur la page de la clé.
stick-why-broken = La clé n'a pas pu être écrite ou lue : elle a été retirée trop tôt, ou elle est endommagée. Essayez encore une fois sur la page de la clé. Si cela échoue aussi, choisissez une autre clé.
stick-incomplete = La sauvegarde de { $when } est sur la clé, mais il y manque quelque chose.
stick-why-incomplete = Des courriers ou des dossiers n'ont pas pu être lus sur la carte ou le disque, et n'y sont donc pas. La dernière sauvegarde où rien ne manque reste sur la clé. La carte ou le disque est peut-être en fin de vie : prenez-en bientôt un autre, et retrouvez la maison à partir de cette sauvegarde.
stick-why-home = La maison n'a pas pu faire la sauvegarde. Essayez encore une fois sur la page de la clé. Si cela dure, montrez ceci à la personne qui s'occupe de la maison.
stick-why-missed = Les sauvegardes de nuit se font entre deux et cinq heures : laissez le boîtier allumé la nuit. Faites-en une maintenant sur la page de la clé.
finding-backup-failed = La sauvegarde de nuit sur la clé USB n'a pas abouti ({ $when }).
finding-backup-missed = Il n'y a pas eu de sauvegarde de nuit sur la clé USB depuis deux nuits.
restore-stick = Depuis une clé USB
restore-stick-words = Une clé est branchée au boîtier. La sauvegarde la plus récente qui s'y trouve est prise.
restore-stick-file = Une autre sauvegarde de la clé
restore-stick-newest = La plus récente
restore-stick-choice = { $name } ({ $size })
restore-stick-go = Restaurer depuis la clé
restore-stick-empty = Il n'y a pas de sauvegarde sur cette clé : elles sont dans son dossier Toxmail.
stick-unreadable = La clé ne peut pas être lue. Essayez-en une autre, ou apportez le fichier avec votre navigateur.
stick-silent = Le boîtier n'arrive pas à accéder à la clé. Attendez une minute et réessayez. Si cela persiste, retirez la clé et rebranchez-la.
