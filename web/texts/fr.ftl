# Les textes de la page en français. Les clés et les variables sont celles de en.ftl.

# ---- every page
skip-link = Aller au contenu
menu-label = Menu
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
home-tox-udp = Relié au réseau Tox, directement.
home-tox-tcp = Relié au réseau Tox par des relais : le courrier arrive, les gros envois prennent plus de temps.
home-tox-offline = Pas relié au réseau Tox. Le courrier attend ici et partira de lui-même. Vérifiez que votre box a une connexion à internet.
home-state-good = Tout va bien
home-state-slow = Fonctionne, plus lentement
home-state-bad = À vérifier
home-waiting = 
    { $count ->
        [0] Aucun courrier en attente.
        [one] { $count } courrier est en route.
       *[other] { $count } courriers sont en route.
    }
home-address = Votre adresse
home-address-words = Les personnes d'autres maisons avec Toxmail vous écrivent à :

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
setup-step = Étape { $step } sur { $count }
setup-title = Bienvenue dans votre nouvelle maison
setup-words = Dans quelques minutes, chacun chez vous aura sa propre boîte aux lettres. Vous pouvez vous arrêter à tout moment et reprendre plus tard là où vous en étiez.
setup-language = Quelle langue parle votre maison ?
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
setup-plain-title = La page sécurisée ne s'ouvre pas ?
setup-plain-words = Vous pouvez continuer sans elle. Mais quiconque est sur votre réseau en ce moment pourrait lire les mots de passe que vous tapez, et plus tard votre courrier. Ne le faites que si vous connaissez tout le monde sur ce réseau, et changez ensuite les mots de passe sur la page sécurisée.
setup-plain-go = Continuer sans protection
setup-plain-still = Cette connexion n'est pas protégée : d'autres sur le réseau pourraient lire. Vous avez choisi de continuer.
setup-plain-refused = Cette connexion ne permet pas d'envoyer des mots de passe, car d'autres pourraient les lire. Ouvrez la première page de l'installation et continuez-y en sécurité.
setup-window = Pendant encore { $minutes } minutes, toute personne sur le réseau de la maison peut voir cette page et s'installer en premier.
setup-needs-code = Tout le monde sur votre réseau peut voir cette page. Seul celui qui a le code d'installation peut continuer.
setup-too-late = Par sécurité, une nouvelle maison ne s'installe que dans les 30 premières minutes après l'allumage. Débranchez la prise, rebranchez-la et rechargez cette page après une minute.
setup-too-far = Par sécurité, une nouvelle maison ne s'installe que depuis son propre réseau. Connectez cet appareil au même routeur que le boîtier.
setup-shut = Dans son état actuel, cette maison ne peut pas être installée. Éteignez-la et rallumez-la ; si cela continue, le journal de la maison en donne la raison.
setup-claimed-title = Quelqu'un a été plus rapide
setup-claimed-words = Cette maison vient d'être installée depuis un autre navigateur. Rien de ce que vous avez saisi n'a été gardé. Si c'était quelqu'un de votre famille, demandez-lui de vous ajouter. Si vous ne savez pas qui c'était, n'utilisez pas cette maison : réinstallez le boîtier.
setup-code = Code d'installation
setup-code-hint = Il a été affiché au démarrage de la maison, ou accompagne le boîtier. Les espaces ne comptent pas.
setup-code-missing = Il manque le code d'installation.
setup-code-wrong = Ce n'est pas le code de cette maison. Vérifiez-le et retapez-le.
setup-home-title = Votre maison et vous
setup-home-name = Comment s'appelle votre maison ?
setup-home-hint = Les maisons avec lesquelles vous correspondez le voient, par exemple « 5 rue du Jardin » ou « Les Martin ».
setup-home-missing = Donnez un nom à votre maison.
setup-home-long = Ce nom est trop long ou contient des caractères impossibles. Prenez-en un court.
setup-home-locked = La maison s'appelle { $home } : c'est inscrit dans son fichier de réglages, et se change là.
setup-home-again = Vous êtes déjà la première personne ici. Sur cette page, seul le nom de la maison peut encore changer.
setup-first-title = Vous êtes la première personne
setup-first-words = Vous vous occupez de la maison : vous pouvez ajouter et retirer des personnes et changer les réglages. Vous pourrez confier cela à quelqu'un d'autre plus tard.
person-display = Nom
person-display-hint = Tel que les autres le verront, par exemple Anna Martin.
person-display-missing = Écrivez un nom.
person-display-long = Un nom a au plus { $most } caractères, sur une ligne.
person-mailbox = Boîte aux lettres (peut rester vide)
person-mailbox-hint = Ce qui précède le @. Vide, elle est tirée du nom : anna pour Anna Martin.
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
setup-people-title = Qui d'autre habite ici ?
setup-people-words = Chacun a sa propre boîte, que personne d'autre ne peut ouvrir. Déjà là :
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
setup-provider-words = La plupart des gens n'ont pas Toxmail. Pour leur écrire, votre maison passe par le fournisseur de messagerie que vous avez déjà. Vous pouvez vous en passer : le courrier ira alors seulement aux maisons qui ont Toxmail.
setup-provider-present = Le courrier part par { $host }
setup-provider-locked = C'est inscrit dans le fichier de réglages de la maison, et se change là.
provider-address = Votre adresse e-mail
provider-address-hint = Celle chez votre fournisseur, par exemple anna@example.org.
provider-address-wrong = Ce n'est pas une adresse e-mail. Écrivez-la en entier, avec le @.
provider-look = Chercher
provider-other = une autre adresse
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
provider-needs-app = { $provider } n'accepte qu'un mot de passe créé pour les programmes (« mot de passe d'application »), pas celui de son site. Créez-en un dans votre compte, sous sécurité, et tapez-le ici.
provider-needs-enabling = Chez { $provider }, l'envoi par un programme de messagerie (POP3/IMAP ou SMTP) doit d'abord être autorisé, dans les réglages de son site.
provider-needs-own = { $provider } a un mot de passe à part pour les programmes de messagerie, différent de celui de votre compte. Il se règle dans votre compte.
provider-unusable = { $provider } ne laisse pas une maison se connecter avec un mot de passe ; la vôtre ne peut donc pas passer par lui. Prenez une autre adresse si vous en avez une, ou continuez sans.
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
setup-pair-invitation = Votre invitation
setup-pair-invitation-words = Elle est affichée maintenant, et plus jamais. Elle sert une fois, jusqu'au { $until }. Faites-la scanner, ou envoyez le lien par un moyen sûr.
setup-pair-qr = Invitation dans cette maison
setup-done-title = Votre maison est prête
setup-done-devices = Sur chaque appareil
setup-done-devices-words = Le courrier se lit et s'écrit avec les programmes que vous connaissez : Thunderbird, celui du téléphone et d'autres. Chacun se connecte à cette page et choisit « Connecter un appareil », qui dit quoi faire.
setup-done-devices-link = Connecter un appareil
setup-finish = Terminer
setup-finished = La maison est installée. Vous pourrez tout changer ici plus tard.
claimed-title = Comment cette maison a été installée
claimed-code = Le { $when }, depuis { $from }, avec le code d'installation.
claimed-window = Le { $when }, depuis { $from }, sans code, peu après l'allumage. Si ce n'était aucun de vous, réinstallez le boîtier.
claimed-file = Le { $when }, par un fichier de la carte mémoire.

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
