# Les textes de la page en français. Les clés et les variables sont celles de en.ftl.

# ---- every page
skip-link = Aller au contenu
menu-label = Menu
menu-close = Fermer le menu
logged-in-as = Connecté : { $name }
log-out = Se déconnecter
language-label = Langue
footer-words = Toxmail, le bureau de poste de cette maison
flash-good = C'est fait
flash-bad = Ce n'est pas fait
failure-title = Cela n'a pas marché
failure-words = Voici ce que la maison a répondu (en anglais pour l'instant) :
failure-advice = Que faire : { $advice }

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
error-origin = Cette modification a été demandée par un autre site, ou votre navigateur ne dit pas lequel. Elle n'a pas été faite. Si c'était vous : ouvrez la page de la maison et faites-la là.
error-host = Cette maison ne répond pas à ce nom. Ouvrez http://toxmail.local/ ou l'adresse du boîtier.
error-host-missing = La demande ne dit pas clairement à quelle maison elle s'adresse.
error-plain = Sur cette connexion, d'autres pourraient lire ; rien n'est donc modifié ici. Ouvrez la page de la maison à l'adresse sécurisée (https).
error-admin-only = Seul l'administrateur de cette maison peut le faire. Demandez-lui.
error-log-in = Connectez-vous d'abord.
error-method = Cela ne peut pas se faire à cette adresse.
error-not-found = L'adresse contient peut-être une faute de frappe, ou la page est d'une autre version de Toxmail.
error-too-large = Ce qui a été envoyé dépasse ce que cette maison accepte. Envoyez-en moins à la fois.
error-too-many = Cela a été essayé trop souvent en peu de temps.
error-trouble = Quelque chose s'est mal passé à l'intérieur. Aucun courrier n'est perdu. Réessayez ; si cela continue, l'administrateur en trouvera la raison dans le journal de la maison.
error-unavailable = La maison est occupée ou s'arrête. Réessayez dans un instant.
error-failure = La maison n'a pas pu le faire. Rien n'a été changé.
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
login-forgotten = Oublié ? L'administrateur de cette maison peut vous en donner un nouveau.
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
home-tox-tcp = Relié au réseau Tox par des relais : le courrier arrive, les gros envois prennent plus de temps. Après un démarrage, c'est normal pendant quelques minutes ; si cela dure, votre box internet ne laisse pas passer UDP.
home-tox-offline = Pas relié au réseau Tox. Le courrier attend ici et partira de lui-même. Vérifiez que votre box a une connexion à internet.
home-tox-since = Il en est ainsi depuis : { $when }.
home-tox-peers = Sur { $count } maisons et amis, { $direct } sont joints directement et { $relayed } par un relais.
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
        [one] Dans toute la maison, { $count } courrier attend ({ $size }) ; en route à l'instant : { $moving }.
       *[other] Dans toute la maison, { $count } courriers attendent ({ $size }) ; en route à l'instant : { $moving }.
    }
home-no-subject = (sans objet)
home-to = À { $name }
home-sent = { $sent } sur { $total }
home-parts = Partie { $sent } sur { $total }
home-speed = { $size } par seconde
home-left = encore { $time }
home-moving-more =
    { $count ->
        [one] Et à { $count } autre personne.
       *[other] Et à { $count } autres personnes.
    }
home-online = Qui est là
home-online-words = Un courrier pour eux part aussitôt.
home-online-none = Il n'y a pas encore de contacts.
home-online-nobody = Personne n'est là pour l'instant. Le courrier attend et part dès que leur boîtier est là.
home-online-count = { $there } sur { $count } contacts
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
home-days-received = Reçu : { $count } (directement { $direct }, par messagerie ordinaire { $ordinary }, dans la maison { $local }).
home-days-sent = Envoyé : { $count } (directement { $direct }, par messagerie ordinaire { $ordinary }, dans la maison { $local }).
home-days-line = { $day } : { $received } reçus, { $sent } envoyés
home-days-day = Jour
home-days-in = Reçu
home-days-out = Envoyé
home-days-pale = Plus pâle : par messagerie ordinaire
home-days-table = Les nombres en tableau
home-address = Votre adresse
home-address-words = Les personnes d'autres maisons avec Toxmail vous écrivent à :
home-again = Regarder de nouveau
home-live = Cette page montre d'elle-même ce qui change.

# ---- ce qui peut ne pas aller
finding-do-restart = Redémarrez le boîtier : débranchez-le, attendez dix secondes, rebranchez-le. Si cela dure, le journal de la maison en dit plus.
finding-do-reach = Demandez-leur si leur boîtier est allumé et relié à internet. Ce qui leur est destiné attend ici ; rien n'est perdu.
finding-do-choose = Choisissez quelqu'un d'autre, ou ajoutez { $name }.
finding-not-running = La maison ne fonctionne pas : aucun courrier ne part ni n'arrive.
finding-out-of-order = Une partie de la maison ne fait pas son travail.
finding-settings-mistake = Il y a une erreur dans le fichier toxmail.toml. La maison garde ce qu'elle avait lu avant.
finding-settings-mistake-do = Corrigez-la avant le prochain démarrage : avec cette erreur, la maison ne démarrerait pas.
finding-never-started = La maison n'a jamais été démarrée.
finding-never-started-do = Démarrez-la, puis rouvrez cette page.
finding-database-damaged = Ce que la maison garde sur son disque est abîmé.
finding-database-damaged-do = Restaurez une sauvegarde avant le prochain démarrage ; sur une carte ou un disque neuf si celui-ci est vieux.
finding-old-toxcore = La bibliothèque Tox de cette maison ({ $version }) a une faille dangereuse.
finding-old-toxcore-do = Passez à { $oldest } ou plus récent, puis redémarrez la maison.
finding-tox-ended = La maison a perdu pour de bon sa liaison au réseau Tox : aucun courrier ne part directement.
finding-tox-offline = Pas de liaison au réseau Tox depuis { $time }.
finding-tox-offline-do = Le courrier attend et partira de lui-même. Si cela dure, vérifiez que votre box a une connexion à internet.
finding-tox-offline-long = Pas de liaison au réseau Tox depuis { $time } : aucun courrier n'arrive ni ne part directement.
finding-tox-offline-long-do = Vérifiez que d'autres appareils ont accès à internet ici. Si oui, redémarrez la box internet, puis le boîtier.
finding-tox-nobody-answers = Personne dans le réseau Tox ne répond à cette maison.
finding-tox-nobody-answers-do = Vérifiez que d'autres appareils ont accès à internet ici. Si oui, il faut à la maison une liste d'aides plus récente : toxmaild bootstrap import, dans un terminal.
finding-tox-relayed = Tout passe par des relais : le courrier arrive, les gros envois prennent plus de temps.
finding-tox-relayed-do = Ce sera plus rapide si votre box internet laisse passer UDP, de préférence avec le port { $port } redirigé vers le boîtier.
finding-direct-only-without-udp = Certains contacts sont réglés sur « direct seulement », mais cette maison n'a aucune liaison directe. Leur courrier attend.
finding-direct-only-without-udp-do = Activez UDP dans toxmail.toml, ou autorisez les relais pour ces contacts.
finding-no-bootstrap-nodes = La maison ne connaît personne à qui demander le chemin du réseau Tox.
finding-no-bootstrap-nodes-do = Donnez-lui une liste d'aides : toxmaild bootstrap import, dans un terminal.
finding-names-behind-proxy =
    { $count ->
        [one] { $count } aide de toxmail.toml ne sert à rien derrière le proxy.
       *[other] { $count } aides de toxmail.toml ne servent à rien derrière le proxy.
    }
finding-names-behind-proxy-do = Écrivez-les là par leur numéro (adresse IP), pas par leur nom.
finding-not-a-friend = Tox n'accepte pas { $name } comme contact : aucun courrier ne lui parvient.
finding-not-a-friend-do = Supprimez le contact et ajoutez-le de nouveau avec son adresse Tox complète.
finding-identity-not-saved = L'identité Tox de la maison ne peut pas être enregistrée.
finding-identity-not-saved-do = Vérifiez si le disque est plein ou défaillant. La maison réessaie d'elle-même.
finding-tox-blind = Le courrier des autres maisons est remarqué un peu plus tard qu'il ne pourrait l'être.
finding-not-served = Le service « { $service } » ne fonctionne pas ({ $address }).
finding-no-such-service = Le service « { $service } » est activé dans toxmail.toml, mais cette version ne l'a pas.
finding-no-such-service-do = Désactivez-le là, ou mettez Toxmail à jour.
finding-no-members = Personne n'a encore de boîte aux lettres.
finding-no-members-do = Ajoutez la première personne.
finding-no-main-mailbox = Le courrier pour la maison elle-même doit aller à { $name }, qui n'habite pas ici.
finding-no-pairing-member = { $name } doit être consulté pour les nouveaux contacts, mais n'habite pas ici.
finding-disk-full = Le disque est plein ({ $size } libres) : aucun courrier n'est accepté.
finding-disk-full-do = Faites de la place maintenant : effacez de vieux courriers, ou donnez à la maison un disque plus grand.
finding-disk-low = Le disque est presque plein ({ $size } libres).
finding-disk-low-do = Faites bientôt de la place : effacez de vieux courriers, ou donnez à la maison un disque plus grand.
finding-clock-not-set = Le boîtier ne sait pas quelle heure il est.
finding-clock-not-set-do = Avec une connexion à internet, il règle son horloge lui-même. D'ici là, personne n'est prévenu à temps quand un courrier attend trop longtemps.
finding-letters-late-name =
    { $count ->
        [one] { $count } courrier pour { $name } attend depuis { $time }.
       *[other] { $count } courriers pour { $name } attendent, le premier depuis { $time }.
    }
finding-letters-late-seen-do = Leur boîtier a été vu pour la dernière fois : { $when }. Demandez-leur s'il est allumé et relié à internet.
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
finding-provider-fails-home = Le fournisseur de messagerie de la maison n'accepte pas de courrier (depuis : { $when }).
finding-provider-fails-member = Le fournisseur de messagerie de { $name } n'accepte pas de courrier (depuis : { $when }).
finding-provider-fails-do = Le courrier vers des adresses ordinaires attend et sera réessayé. Vérifiez que le compte fonctionne et que le mot de passe est toujours le même.
finding-fetch-fails = Le courrier de { $name } n'est pas relevé chez le fournisseur de messagerie (depuis : { $when }).
finding-fetch-fails-do = Il y reste, et la maison réessaie. Vérifiez que le compte fonctionne et que le mot de passe est toujours le même.
finding-gateway-fails =
    { $count ->
        [one] L'autre serveur de messagerie de la famille n'a pas accepté { $count } courrier.
       *[other] L'autre serveur de messagerie de la famille n'a pas accepté { $count } courriers.
    }
finding-gateway-do = Vérifiez qu'il fonctionne. Le courrier attend ici ; rien n'est perdu.
finding-gateway-away = L'autre serveur de messagerie de la famille ({ $address }) est injoignable.
finding-gateway-door-off = Le serveur de messagerie de { $domain } ne peut pas remettre de courrier : sa porte est fermée.
finding-gateway-door-off-do = Ouvrez-la dans toxmail.toml : [listen] gateway.
finding-gateway-open-door = Tout appareil de { $networks } peut écrire au nom de n'importe qui de { $domain }.
finding-gateway-open-door-do = Exigez-y un mot de passe : username et password_file sous [gateway] dans toxmail.toml.
finding-gateway-password = Le mot de passe de l'autre serveur de messagerie de la famille est illisible.
finding-gateway-password-do = Vérifiez que le fichier { $path } existe et que la maison peut le lire.
finding-incompatible = { $name } a une autre version de Toxmail ; aucun courrier ne passe donc.
finding-incompatible-do = Mettez les deux maisons à jour vers le dernier Toxmail.
finding-request-flood = { $count } inconnus ont demandé en une heure à devenir des contacts.
finding-request-flood-do = Quelqu'un a répandu l'adresse Tox de cette maison. Donnez-lui-en une autre ; vos contacts restent, et leurs maisons l'apprennent d'elles-mêmes.
finding-requests-waiting =
    { $count ->
        [one] Quelqu'un demande à devenir un contact.
       *[other] { $count } demandent à devenir des contacts.
    }
finding-requests-waiting-do = Regardez qui c'est, et dites oui ou non.
finding-peer-double = La maison de { $name } tourne sur deux boîtiers à la fois.
finding-peer-double-do = Dites-le-leur : le courrier va tantôt à l'un, tantôt à l'autre, jusqu'à ce que l'un des deux soit arrêté.
finding-seen-double = { $name } voit cette maison sur deux boîtiers à la fois : le courrier va tantôt à l'un, tantôt à l'autre.
finding-seen-double-do = Arrêtez l'autre boîtier et ne le redémarrez jamais avec les mêmes données. Si vous n'en connaissez aucun, quelqu'un a une copie de cette maison : installez-en une nouvelle et reliez-la de nouveau.
finding-unanswered = { $name } n'a pas répondu à votre demande depuis une semaine.
finding-unanswered-do = Demandez-lui de l'accepter, ou une invitation ; ou supprimez le contact.
finding-peer-silent = { $name } n'a pas été vu depuis plus d'une semaine. La dernière fois : { $when }.
finding-open-to-others = D'autres utilisateurs de cette machine peuvent lire { $path }, où se trouvent des secrets.
finding-open-to-others-do = Réservez-le à la maison ; dans un terminal : chmod go= { $path }
finding-certificate-unreadable = Une clé ou un certificat de cette maison est illisible : { $path }.
finding-certificate-unreadable-do = Redémarrez la maison : elle fait un nouveau certificat. Si cela dure, restaurez le dossier tls depuis une sauvegarde.
finding-certificate-expired = Le certificat de la maison a expiré : navigateurs et messageries avertissent.
finding-certificate-ends = Le certificat de la maison expire dans { $time }.
finding-certificate-do = Redémarrez le boîtier : il en fait un nouveau. Si cela dure, vérifiez que son horloge est juste.
finding-backup-never = Il n'y a pas de sauvegarde : ce qui est sur ce disque serait perdu avec lui.
finding-backup-old = La dernière sauvegarde est ancienne ({ $when }).
finding-backup-do = Faites-en une et gardez-la hors de ce boîtier.

# ---- over plain HTTP
plain-title = Encore un pas vers la page de votre maison
plain-why = Sur cette connexion, d'autres sur le réseau pourraient lire. Votre maison ne montre donc sa page que par une connexion sécurisée.
plain-step-open = Ouvrir la page sécurisée
plain-step-warning-title = Votre navigateur avertit une fois
plain-step-warning = Il dit qu'il ne connaît pas encore votre maison, et c'est vrai : elle se porte garante d'elle-même, aucune entreprise ne le fait. Choisissez « Avancé » et continuez.
plain-step-compare-title = Si vous voulez être sûr
plain-step-compare = Comparez l'empreinte (SHA-256) du certificat dans le navigateur avec celle que la maison affiche au démarrage. Cette page la montre aussi, mais une page sans protection peut être falsifiée :
plain-ca-title = Sans avertissement, pour de bon
plain-ca = Un appareil qui fait confiance à l'autorité de votre maison n'avertit plus. Elle ne peut se porter garante que de cette maison, d'aucun autre site.
plain-ca-pem = Télécharger pour ordinateurs (PEM)
plain-ca-der = Télécharger pour téléphones (CRT)
plain-fingerprint-server = Le certificat de la page
plain-fingerprint-ca = L'autorité de votre maison
plain-off = La page sécurisée est désactivée dans les réglages de cette maison ([listen] https). Activez-la là.

# ---- setup
setup-title = Personne n'habite encore ici
setup-words = C'est une nouvelle maison. La première personne ajoutée s'en occupe. Dans un terminal sur le boîtier :

# ---- my security
nav-security = Mot de passe et connexions
security-title = Mot de passe et connexions
security-password = Changer mon mot de passe
security-password-words = Votre propre mot de passe ouvre cette page. Les programmes de messagerie qui ont leur propre mot de passe continuent de fonctionner.
security-old = Votre mot de passe actuel
security-old-wrong = Ce n'est pas votre mot de passe actuel.
security-new = Nouveau mot de passe
security-new-hint = Au moins { $shortest } caractères. Trois ou quatre mots que vous seul assembleriez font l'affaire et se retiennent bien.
security-new-short = C'est trop court : prenez au moins { $shortest } caractères.
security-again = Le nouveau mot de passe encore une fois
security-new-differs = Les deux nouveaux mots de passe ne sont pas identiques. Retapez-les tous les deux.
security-change = Changer le mot de passe
security-changed = Votre mot de passe est changé. Tous les autres navigateurs sont déconnectés.
security-language = Ma langue
security-language-words = Celle de cette page et des messages par lesquels la maison vous informe.
security-language-save = Utiliser cette langue
security-sessions = Où je suis connecté
security-sessions-words = Y a-t-il quelque chose que vous ne connaissez pas ? Déconnectez-le et changez votre mot de passe.
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

# ---- security of the home
nav-admin-security = Sécurité
admin-security-title = Sécurité de la maison
admin-security-sessions = Qui est connecté à la page
admin-security-sessions-words = Une connexion prend fin après deux semaines sans utilisation et au changement du mot de passe.
admin-security-member = Personne
admin-security-end-all = Déconnecter tout le monde
admin-security-failures = Connexions échouées
admin-security-failures-words = Les cent dernières depuis le démarrage de la maison, pour tous les services. Quelques-unes sont des fautes de frappe ou un programme avec un ancien mot de passe. Beaucoup depuis une adresse : quelqu'un devine, et doit attendre chaque fois plus longtemps.
admin-security-failures-none = Aucune
admin-security-when = Quand
admin-security-login = En tant que
admin-security-service = Service

# ---- about
nav-about = À propos
about-title = À propos de Toxmail
about-version = Toxmail
about-toxcore = Bibliothèque Tox (toxcore)
about-sqlite = Base de données (SQLite)
about-licence-title = Licence
about-licence = Toxmail est un logiciel libre : vous pouvez l'utiliser, l'étudier, le partager et le modifier selon la licence publique générale GNU, version 3 ou ultérieure. Il est fourni sans aucune garantie.
about-parts = De quoi il est fait
about-parts-words = 
    { $count ->
        [one] { $count } bibliothèque d'autres personnes, sous sa propre licence :
       *[other] { $count } bibliothèques d'autres personnes, chacune sous sa propre licence :
    }
about-part = Bibliothèque
about-part-version = Version
about-part-licence = Licence
