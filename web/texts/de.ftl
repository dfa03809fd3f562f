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
setup-step = Schritt { $step } von { $count }
setup-title = Willkommen in Ihrem neuen Zuhause
setup-words = In wenigen Minuten hat jeder bei Ihnen ein eigenes Postfach. Sie können jederzeit aufhören und später dort weitermachen, wo Sie waren.
setup-language = Welche Sprache spricht Ihr Zuhause?
setup-go = Weiter
setup-skip = Jetzt nicht, weiter
setup-back = Zurück
setup-print = Drucken
setup-copy = Kopieren
setup-unfinished = Die Einrichtung ist noch nicht fertig
setup-finish-link = Einrichtung abschließen
setup-boot-mistake = Mit einer Datei auf der Speicherkarte stimmt etwas nicht
setup-secure-title = Auf den nächsten Seiten geht es um Passwörter
setup-secure-words = Darum werden sie über eine sichere Verbindung gezeigt, die im Netz niemand mitlesen kann.
setup-secure-go = Sicher weiter
setup-secure-compare = Vergleichen Sie den Fingerabdruck (SHA-256) des Zertifikats im Browser mit dem hier, oder besser mit dem, den das Zuhause beim Start ausgegeben hat.
setup-plain-title = Die sichere Seite lässt sich nicht öffnen?
setup-plain-words = Sie können ohne sie weitermachen. Dann könnte, wer gerade in Ihrem Netz ist, die Passwörter mitlesen, die Sie eingeben, und später Ihre Briefe. Tun Sie das nur, wenn Sie alle im Netz kennen, und ändern Sie die Passwörter danach auf der sicheren Seite.
setup-plain-go = Ohne Schutz weiter
setup-plain-still = Diese Verbindung ist nicht geschützt: Andere im Netz könnten mitlesen. Sie haben sich entschieden, trotzdem weiterzumachen.
setup-plain-refused = Über diese Verbindung werden keine Passwörter angenommen, weil andere mitlesen könnten. Öffnen Sie die erste Seite der Einrichtung und gehen Sie dort sicher weiter.
setup-window = Noch { $minutes } Minuten lang kann jeder im Netz Ihres Zuhauses diese Seite sehen und als Erster einziehen.
setup-needs-code = Jeder in Ihrem Netz kann diese Seite sehen. Weiter kommt nur, wer den Einrichtungscode hat.
setup-too-late = Zur Sicherheit lässt sich ein neues Zuhause nur in den ersten 30 Minuten nach dem Einschalten einrichten. Ziehen Sie den Stecker, stecken Sie ihn wieder ein und laden Sie diese Seite nach einer Minute neu.
setup-too-far = Zur Sicherheit lässt sich ein neues Zuhause nur aus seinem eigenen Netz einrichten. Verbinden Sie dieses Gerät mit demselben Router wie die Box.
setup-shut = So, wie dieses Zuhause gerade läuft, lässt es sich nicht einrichten. Schalten Sie es aus und wieder ein; bleibt es dabei, steht der Grund im Protokoll des Zuhauses.
setup-claimed-title = Jemand war schneller
setup-claimed-words = Dieses Zuhause wurde eben von einem anderen Browser aus eingerichtet. Von Ihren Angaben wurde nichts behalten. War es jemand aus Ihrer Familie, lassen Sie sich hinzufügen. Wissen Sie nicht, wer es war, benutzen Sie dieses Zuhause nicht: Richten Sie die Box neu ein.
setup-code = Einrichtungscode
setup-code-hint = Er wurde beim Start des Zuhauses ausgegeben oder liegt der Box bei. Leerzeichen spielen keine Rolle.
setup-code-missing = Der Einrichtungscode fehlt.
setup-code-wrong = Das ist nicht der Code dieses Zuhauses. Sehen Sie noch einmal nach und geben Sie ihn neu ein.
setup-home-title = Ihr Zuhause und Sie
setup-home-name = Wie heißt Ihr Zuhause?
setup-home-hint = Andere, mit denen Sie sich schreiben, sehen den Namen, zum Beispiel „Gartenstraße 5“ oder „Familie Martin“.
setup-home-missing = Geben Sie Ihrem Zuhause einen Namen.
setup-home-long = Der Name ist zu lang oder enthält Zeichen, die nicht möglich sind. Nehmen Sie einen kurzen.
setup-home-locked = Das Zuhause heißt { $home }: Das steht in seiner Einstellungsdatei und wird dort geändert.
setup-home-again = Sie sind hier schon als erste Person eingezogen. Auf dieser Seite lässt sich nur noch der Name des Zuhauses ändern.
setup-first-title = Sie sind die erste Person
setup-first-words = Sie verwalten das Zuhause: Sie können Personen hinzufügen und entfernen und Einstellungen ändern. Das lässt sich später übergeben.
person-display = Name
person-display-hint = So, wie andere ihn sehen sollen, zum Beispiel Anna Martin.
person-display-missing = Schreiben Sie einen Namen.
person-display-long = Ein Name hat höchstens { $most } Zeichen in einer Zeile.
person-mailbox = Postfach (darf leer bleiben)
person-mailbox-hint = Was vor dem @ steht. Leer wird es aus dem Namen gebildet: anna für Anna Martin.
person-mailbox-missing = Aus diesem Namen lässt sich kein Postfach bilden. Schreiben Sie eines, zum Beispiel anna.
person-mailbox-wrong = Ein Postfach hat 1 bis 32 Buchstaben von a bis z, Ziffern, Striche oder einzelne Punkte, zum Beispiel anna oder anna.m.
person-mailbox-reserved = Diesen Namen braucht das Zuhause selbst. Wählen Sie einen anderen.
person-mailbox-taken = Das Postfach { $name } hat schon jemand. Wählen Sie ein anderes.
person-password = Passwort
person-password-hint = Mindestens acht Zeichen. Ein paar Wörter sind leicht zu merken.
person-again = Dasselbe Passwort noch einmal
person-password-short = Ein Passwort hat mindestens { $shortest } Zeichen.
person-password-long = Dieses Passwort ist zu lang oder enthält Zeichen, die sich nicht wieder eingeben lassen.
person-password-differs = Die beiden Passwörter sind nicht gleich. Geben Sie beide noch einmal ein.
setup-people-title = Wer wohnt noch hier?
setup-people-words = Jede Person bekommt ein eigenes Postfach, das sonst niemand öffnen kann. Schon dabei:
setup-people-add = Eine Person hinzufügen
setup-people-made = Ein Passwort erzeugen, das sich gut vorlesen lässt
setup-people-typed = Die Person gibt jetzt ihr eigenes ein
setup-people-type = Ein Passwort eingeben
setup-people-submit = Hinzufügen
setup-people-added = { $name } hat jetzt ein Postfach.
setup-slip-title = Für { $name }
setup-slip-words = Dieses Passwort wird jetzt gezeigt und nie wieder. Drucken Sie es, schreiben Sie es auf oder lesen Sie es vor. Auf der eigenen Seite lässt es sich ändern.
setup-slip-page = Seite
setup-provider-title = Briefe an alle anderen
setup-provider-words = Die meisten haben kein Toxmail. Um ihnen zu schreiben, sendet Ihr Zuhause über den Mailanbieter, den Sie schon haben. Sie können das auslassen: Dann gehen Briefe nur an andere mit Toxmail.
setup-provider-present = Briefe gehen über { $host } hinaus
setup-provider-locked = Das steht in der Einstellungsdatei des Zuhauses und wird dort geändert.
provider-address = Ihre E-Mail-Adresse
provider-address-hint = Die bei Ihrem Anbieter, zum Beispiel anna@example.org.
provider-address-wrong = Das ist keine E-Mail-Adresse. Schreiben Sie die ganze, mit dem @.
provider-look = Nachsehen
provider-other = andere Adresse
provider-password = Passwort beim Anbieter
provider-password-hint = Es wird im Zuhause verschlossen aufbewahrt und nie wieder gezeigt.
provider-password-missing = Geben Sie das Passwort ein.
provider-details = Server und Anmeldung
provider-host = Server für ausgehende Mail (SMTP)
provider-host-hint = Er steht auf den Hilfeseiten Ihres Anbieters, zum Beispiel smtp.example.org.
provider-host-wrong = Das ist kein Servername.
provider-port = Port
provider-port-wrong = Ein Port ist eine Zahl von 1 bis 65535, meist 465 oder 587.
provider-tls = Verschlüsselung
provider-tls-implicit = SSL/TLS (Port 465)
provider-tls-starttls = STARTTLS (Port 587)
provider-username = Anmeldename
provider-username-wrong = Schreiben Sie den Anmeldenamen. Oft ist es die ganze E-Mail-Adresse.
provider-tested = Das Zuhause probiert die Anmeldung zuerst aus; das kann eine halbe Minute dauern. Klappt sie nicht, wird nichts behalten.
provider-submit = Ausprobieren und behalten
provider-stored = Die Anmeldung klappt. An gewöhnliche Adressen schreiben Sie als { $address }.
provider-needs-app = { $provider } nimmt von Programmen nur ein eigens erzeugtes Passwort („App-Passwort“), nicht das der Webseite. Erzeugen Sie dort in Ihrem Konto unter Sicherheit eines und geben Sie es hier ein.
provider-needs-enabling = Bei { $provider } muss das Senden mit Mailprogrammen (POP3/IMAP oder SMTP) zuerst erlaubt werden: in den Einstellungen der Webseite.
provider-needs-own = { $provider } hat für Mailprogramme ein eigenes Passwort, das nicht das Ihres Kontos ist. Es wird dort in den Kontoeinstellungen festgelegt.
provider-unusable = { $provider } lässt kein Zuhause mit einem Passwort herein; darüber kann Ihr Zuhause nicht senden. Nehmen Sie eine andere Adresse, wenn Sie eine haben, oder machen Sie ohne weiter.
setup-pair-title = Ein anderes Zuhause mit Toxmail
setup-pair-words = Briefe an ein anderes Zuhause gehen direkt dorthin, und niemand dazwischen kann sie lesen. Eine Seite lädt ein, die andere nimmt an.
setup-pair-mine = Sie laden ein
setup-pair-invite = Einladung erstellen
setup-pair-theirs = Sie wurden eingeladen
setup-pair-link = Der Link der anderen
setup-pair-link-hint = Er beginnt mit tox: und ist lang. Fügen Sie ihn ganz ein.
setup-pair-link-wrong = Fügen Sie den ganzen Link ein, den das andere Zuhause erstellt hat.
setup-pair-accept = Annehmen
setup-pair-accepted = { $name } ist jetzt ein Kontakt. Briefe gehen hin und her, sobald beide online sind.
setup-pair-invitation = Ihre Einladung
setup-pair-invitation-words = Sie wird jetzt gezeigt und nie wieder. Sie gilt einmal, bis { $until }. Lassen Sie sie scannen, oder schicken Sie den Link auf einem Weg, dem Sie vertrauen.
setup-pair-qr = Einladung in dieses Zuhause
setup-done-title = Ihr Zuhause ist bereit
setup-done-devices = An jedem Gerät
setup-done-devices-words = Briefe lesen und schreiben Sie mit den Mailprogrammen, die Sie kennen: Thunderbird, dem des Telefons und anderen. Jede Person meldet sich auf dieser Seite an und wählt „Gerät verbinden“; dort steht, was zu tun ist.
setup-done-devices-link = Gerät verbinden
setup-finish = Fertig
setup-finished = Das Zuhause ist eingerichtet. Sie können hier später alles ändern.
claimed-title = Wie dieses Zuhause eingerichtet wurde
claimed-code = Am { $when }, von { $from } aus, mit dem Einrichtungscode.
claimed-window = Am { $when }, von { $from } aus, ohne Code, kurz nach dem Einschalten. War das niemand von Ihnen, richten Sie die Box neu ein.
claimed-file = Am { $when }, durch eine Datei auf der Speicherkarte.

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
