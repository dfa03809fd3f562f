# Die Texte der Seite auf Deutsch. Schlüssel und Variablen sind die von en.ftl.

# ---- every page
skip-link = Zum Inhalt springen
menu-label = Menü
logged-in-as = Angemeldet: { $name }
log-out = Abmelden
language-label = Sprache
footer-words = Toxmail, das Postamt in diesem Zuhause
flash-good = Erledigt
flash-bad = Nicht erledigt
failure-title = Das hat nicht geklappt
failure-words = Das hat das Zuhause geantwortet (vorerst auf Englisch):
failure-advice = Was tun: { $advice }

# ---- the menu
nav-home = Übersicht

# ---- dates and times
date-long = { $day }. { $month } { $year }
time-now = gerade eben
time-minutes-ago = 
    { $minutes ->
        [one] vor { $minutes } Minute
       *[other] vor { $minutes } Minuten
    }
time-today = heute { $time }
time-yesterday = gestern { $time }
unit-days = T.
month-1 = Januar
month-2 = Februar
month-3 = März
month-4 = April
month-5 = Mai
month-6 = Juni
month-7 = Juli
month-8 = August
month-9 = September
month-10 = Oktober
month-11 = November
month-12 = Dezember
weekday-1 = Montag
weekday-2 = Dienstag
weekday-3 = Mittwoch
weekday-4 = Donnerstag
weekday-5 = Freitag
weekday-6 = Samstag
weekday-7 = Sonntag

# ---- what is not served
error-title-bad-request = Diese Anfrage ist nicht zu verstehen
error-title-forbidden = Das geht hier nicht
error-title-not-found = Diese Seite gibt es nicht
error-title-too-large = Das ist zu viel auf einmal
error-title-too-many = Einen Moment bitte
error-title-trouble = Das Zuhause hat eine Störung
error-title-unavailable = Im Moment nicht
error-title-failure = Das hat nicht geklappt
error-bad-request = Ihr Browser hat etwas geschickt, das dieses Zuhause nicht versteht. Gehen Sie zurück und versuchen Sie es noch einmal.
error-form = Das Formular ist nicht so angekommen, wie dieses Zuhause es geschickt hat. Gehen Sie zurück, laden Sie die Seite neu und füllen Sie es noch einmal aus.
error-slow = Das Formular hat zu lange gebraucht. Prüfen Sie Ihre Verbindung und versuchen Sie es noch einmal.
error-token = Diese Seite war lange offen, oder Sie haben sich in einem anderen Fenster an- oder abgemeldet. Gehen Sie zurück, laden Sie die Seite neu und versuchen Sie es noch einmal. Es wurde nichts geändert.
error-origin = Diese Änderung kam von einer anderen Website, oder Ihr Browser sagt nicht, von welcher. Sie wurde nicht gemacht. Wenn Sie es waren: Öffnen Sie die Seite Ihres Zuhauses und machen Sie es dort.
error-host = Auf diesen Namen hört dieses Zuhause nicht. Öffnen Sie http://toxmail.local/ oder die Adresse des Geräts.
error-host-missing = Die Anfrage sagt nicht klar, für welches Zuhause sie ist.
error-plain = Über diese Verbindung könnten andere mitlesen, darum wird hier nichts geändert. Öffnen Sie die Seite über die sichere Adresse (https).
error-admin-only = Das kann nur, wer dieses Zuhause verwaltet. Fragen Sie dort nach.
error-log-in = Melden Sie sich zuerst an.
error-method = Das geht unter dieser Adresse nicht.
error-not-found = Vielleicht ist in der Adresse ein Tippfehler, oder die Seite gehört zu einer anderen Version von Toxmail.
error-too-large = Was geschickt wurde, ist größer, als dieses Zuhause annimmt. Schicken Sie weniger auf einmal.
error-too-many = Das wurde in kurzer Zeit zu oft versucht.
error-trouble = Drinnen ist etwas schiefgegangen. Kein Brief ist verloren. Versuchen Sie es noch einmal; bleibt es dabei, steht der Grund im Protokoll des Zuhauses.
error-unavailable = Das Zuhause ist beschäftigt oder hält gerade an. Versuchen Sie es gleich noch einmal.
error-failure = Das Zuhause konnte es nicht tun. Es wurde nichts geändert.
error-retry = Versuchen Sie es in { $wait } noch einmal.
error-back = Zur ersten Seite

# ---- login
login-title = Anmelden
login-intro = Mit Ihrem Namen in diesem Zuhause und Ihrem eigenen Passwort.
login-name = Name
login-name-hint = Was in Ihrer Adresse hier vor dem @ steht, zum Beispiel anna.
login-password = Passwort
login-password-hint = Ihr eigenes, nicht das eines Geräts.
login-submit = Anmelden
login-forgotten = Vergessen? Wer dieses Zuhause verwaltet, kann Ihnen ein neues geben.
login-wrong = Name und Passwort passen nicht zusammen. Achten Sie auf die Großschreibung und versuchen Sie es noch einmal.
login-later = Zu viele falsche Versuche. Zu Ihrer Sicherheit zählt der nächste erst in { $wait }.
login-out = Sie sind auf diesem Gerät abgemeldet.

# ---- home
home-hello = Guten Tag, { $name }
home-status = Wie es dem Zuhause geht
home-tox-udp = Mit dem Tox-Netz verbunden, direkt.
home-tox-tcp = Mit dem Tox-Netz über Vermittler verbunden: Briefe kommen an, große brauchen länger.
home-tox-offline = Nicht mit dem Tox-Netz verbunden. Briefe warten hier und gehen von selbst weiter. Prüfen Sie, ob der Router eine Internetverbindung hat.
home-state-good = Alles in Ordnung
home-state-slow = Läuft, nur langsamer
home-state-bad = Bitte nachsehen
home-waiting = 
    { $count ->
        [0] Kein Brief wartet.
        [one] Ein Brief ist unterwegs.
       *[other] { $count } Briefe sind unterwegs.
    }
home-address = Ihre Adresse
home-address-words = Wer in einem anderen Zuhause Toxmail hat, schreibt Ihnen an:

# ---- over plain HTTP
plain-title = Ein Schritt bis zur Seite Ihres Zuhauses
plain-why = Über diese Verbindung könnten andere im Netz mitlesen. Darum zeigt Ihr Zuhause seine Seite nur über eine sichere.
plain-step-open = Die sichere Seite öffnen
plain-step-warning-title = Ihr Browser warnt einmal
plain-step-warning = Er sagt, dass er Ihr Zuhause noch nicht kennt, und das stimmt: Es bürgt für sich selbst, keine Firma tut es. Wählen Sie „Erweitert“ und fahren Sie fort.
plain-step-compare-title = Wenn Sie sichergehen wollen
plain-step-compare = Vergleichen Sie den Fingerabdruck (SHA-256) des Zertifikats im Browser mit dem, den das Zuhause beim Start ausgibt. Diese Seite zeigt ihn auch, aber eine ungeschützte Seite ließe sich fälschen:
plain-ca-title = Dauerhaft ohne Warnung
plain-ca = Ein Gerät, das der Zertifizierungsstelle Ihres Zuhauses vertraut, warnt nie mehr. Sie kann nur für dieses Zuhause bürgen, für keine andere Website.
plain-ca-pem = Für Computer herunterladen (PEM)
plain-ca-der = Für Telefone herunterladen (CRT)
plain-fingerprint-server = Das Zertifikat der Seite
plain-fingerprint-ca = Die Zertifizierungsstelle Ihres Zuhauses
plain-off = Die sichere Seite ist in den Einstellungen dieses Zuhauses ausgeschaltet ([listen] https). Schalten Sie sie dort ein.

# ---- setup
setup-title = Hier wohnt noch niemand
setup-words = Das ist ein neues Zuhause. Wer als Erstes hinzugefügt wird, verwaltet es. In einem Terminal auf dem Gerät:

# ---- my security
nav-security = Passwort und Anmeldungen
security-title = Passwort und Anmeldungen
security-password = Mein Passwort ändern
security-password-words = Ihr eigenes Passwort öffnet diese Seite. Mailprogramme, die ein eigenes Passwort haben, laufen weiter.
security-old = Ihr bisheriges Passwort
security-old-wrong = Das ist nicht Ihr bisheriges Passwort.
security-new = Neues Passwort
security-new-hint = Mindestens { $shortest } Zeichen. Drei oder vier Wörter, die nur Sie so aneinanderreihen würden, sind gut und leicht zu merken.
security-new-short = Das ist zu kurz: Nehmen Sie mindestens { $shortest } Zeichen.
security-again = Das neue Passwort noch einmal
security-new-differs = Die beiden neuen Passwörter sind nicht gleich. Tippen Sie beide noch einmal.
security-change = Passwort ändern
security-changed = Ihr Passwort ist geändert. Jeder andere Browser ist abgemeldet.
security-language = Meine Sprache
security-language-words = Die dieser Seite und der Mails, in denen das Zuhause Ihnen etwas mitteilt.
security-language-save = Diese Sprache verwenden
security-sessions = Wo ich angemeldet bin
security-sessions-words = Ist etwas dabei, das Sie nicht kennen? Melden Sie es ab, und ändern Sie Ihr Passwort.
security-program = Browser
security-program-unknown = unbekannt
security-address = Adresse
security-seen = Zuletzt benutzt
security-opened = Angemeldet
security-this = dieser hier
security-end = Abmelden
security-end-all = Überall abmelden
security-ended = Er ist abgemeldet.
security-ended-before = Er war schon abgemeldet.
security-ended-all = Alles ist abgemeldet, auch dieser Browser.

# ---- security of the home
nav-admin-security = Sicherheit
admin-security-title = Sicherheit des Zuhauses
admin-security-sessions = Wer auf der Seite angemeldet ist
admin-security-sessions-words = Eine Anmeldung endet nach zwei Wochen ohne Benutzung und mit einem neuen Passwort.
admin-security-member = Person
admin-security-end-all = Alle abmelden
admin-security-failures = Fehlgeschlagene Anmeldungen
admin-security-failures-words = Die letzten hundert seit dem Start, bei allen Diensten. Einzelne sind Tippfehler oder ein Mailprogramm mit einem alten Passwort. Viele von einer Adresse: Jemand rät und muss jedes Mal länger warten.
admin-security-failures-none = Keine
admin-security-when = Wann
admin-security-login = Als
admin-security-service = Dienst

# ---- about
nav-about = Über Toxmail
about-title = Über Toxmail
about-version = Toxmail
about-toxcore = Tox-Bibliothek (toxcore)
about-sqlite = Datenbank (SQLite)
about-licence-title = Lizenz
about-licence = Toxmail ist freie Software: Sie dürfen sie unter der GNU General Public License, Version 3 oder später, benutzen, untersuchen, weitergeben und ändern. Sie kommt ohne jede Gewährleistung.
about-parts = Woraus es gemacht ist
about-parts-words = 
    { $count ->
        [one] { $count } Bibliothek anderer, unter eigener Lizenz:
       *[other] { $count } Bibliotheken anderer, jede unter ihrer eigenen Lizenz:
    }
about-part = Bibliothek
about-part-version = Version
about-part-licence = Lizenz
