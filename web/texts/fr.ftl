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
