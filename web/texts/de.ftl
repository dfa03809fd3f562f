# Die Texte der Seite auf Deutsch. Schlüssel und Variablen sind die von en.ftl.

# ---- every page
skip-link = Zum Inhalt springen
menu-label = Menü
menu-close = Menü schließen
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
date-short = { $day }. { $month }
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
login-moment = Einen Moment
login-continue = Weiter
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
home-state-good = Alles in Ordnung
home-state-attention = Einen Blick wert
home-state-bad = Braucht jemanden
home-state-unknown = Im Moment nicht bekannt
home-fine = Briefe kommen und gehen. Sie brauchen nichts zu tun.
home-for-admin =
    { $count ->
        [one] Es gibt etwas, das sich ansehen sollte, wer dieses Zuhause verwaltet. Es steht nach der Anmeldung auf dieser Seite.
       *[other] Es gibt { $count } Dinge, die sich ansehen sollte, wer dieses Zuhause verwaltet. Sie stehen nach der Anmeldung auf dieser Seite.
    }
home-unknown = Das Zuhause kann das im Moment nicht sagen.
home-tox = Der Weg zu anderen
home-tox-state-udp = Direkt
home-tox-state-tcp = Über Vermittler
home-tox-state-offline = Keiner
home-tox-udp = Mit dem Tox-Netz verbunden, direkt.
home-tox-tcp = Mit dem Tox-Netz über Vermittler verbunden: Briefe kommen an, große brauchen länger. Nach einem Start ist das einige Minuten lang normal; bleibt es so, lässt der Router kein UDP durch.
home-tox-offline = Nicht mit dem Tox-Netz verbunden. Briefe warten hier und gehen von selbst weiter. Prüfen Sie, ob der Router eine Internetverbindung hat.
home-tox-since = So ist es seit: { $when }.
home-tox-peers = Von { $count } anderen werden { $direct } direkt und { $relayed } über einen Vermittler erreicht.
home-letters = Meine Briefe unterwegs
home-waiting =
    { $count ->
        [0] Kein Brief wartet.
        [one] Ein Brief ist unterwegs.
       *[other] { $count } Briefe sind unterwegs.
    }
home-waiting-all =
    { $count ->
        [0] Im ganzen Zuhause wartet kein Brief.
        [one] Im ganzen Zuhause wartet ein Brief ({ $size }); in diesem Augenblick unterwegs: { $moving }.
       *[other] Im ganzen Zuhause warten { $count } Briefe ({ $size }); in diesem Augenblick unterwegs: { $moving }.
    }
home-no-subject = (ohne Betreff)
home-to = An { $name }
home-sent = { $sent } von { $total }
home-parts = Teil { $sent } von { $total }
home-speed = { $size } in der Sekunde
home-left = noch { $time }
home-moving-more =
    { $count ->
        [one] Und an noch jemanden.
       *[other] Und an { $count } weitere.
    }
home-online = Wer da ist
home-online-words = Ein Brief an sie geht sofort hinaus.
home-online-none = Es gibt noch keine Kontakte.
home-online-nobody = Gerade ist niemand da. Briefe warten und gehen, sobald das andere Gerät da ist.
home-online-count = { $there } von { $count } Kontakten
home-online-directly = direkt
home-online-relayed = über einen Vermittler
home-online-more =
    { $count ->
        [one] Und noch jemand.
       *[other] Und { $count } weitere.
    }
home-box = Das Gerät
home-disk = Platz auf dem Speicher
home-disk-free = { $free } frei von { $total }
home-disk-letters = Briefe in Postfächern
home-disk-waiting = Wartende Briefe
home-backup = Letzte Sicherung
home-backup-none = noch keine
home-days-mine = Meine Briefe der letzten { $count } Tage
home-days-all = Alle Briefe dieses Zuhauses in den letzten { $count } Tagen
home-days-none = Es kam und ging kein Brief.
home-days-received = Empfangen: { $count } (direkt { $direct }, mit gewöhnlicher Post { $ordinary }, im Zuhause { $local }).
home-days-sent = Gesendet: { $count } (direkt { $direct }, mit gewöhnlicher Post { $ordinary }, im Zuhause { $local }).
home-days-line = { $day }: { $received } empfangen, { $sent } gesendet
home-days-day = Tag
home-days-in = Empfangen
home-days-out = Gesendet
home-days-pale = Blasser: mit gewöhnlicher Post
home-days-table = Die Zahlen als Tabelle
home-address = Ihre Adresse
home-address-words = Wer in einem anderen Zuhause Toxmail hat, schreibt Ihnen an:
home-again = Noch einmal nachsehen
home-live = Diese Seite zeigt von selbst, was sich ändert.

# ---- was nicht stimmen kann
finding-do-restart = Starten Sie das Gerät neu: Stecker ziehen, zehn Sekunden warten, wieder einstecken. Bleibt es so, steht mehr im Protokoll des Zuhauses.
finding-do-reach = Fragen Sie dort, ob das Gerät eingeschaltet ist und eine Internetverbindung hat. Was für sie bestimmt ist, wartet hier; nichts geht verloren.
finding-do-choose = Bestimmen Sie jemand anderen, oder fügen Sie { $name } hinzu.
finding-not-running = Das Zuhause läuft nicht: Kein Brief geht hinaus oder kommt herein.
finding-out-of-order = Ein Teil des Zuhauses tut seine Arbeit nicht.
finding-settings-mistake = In der Datei toxmail.toml ist ein Fehler. Das Zuhause bleibt bei dem, was es vorher gelesen hat.
finding-settings-mistake-do = Berichtigen Sie ihn vor dem nächsten Start: Mit dem Fehler startet es nicht.
finding-never-started = Das Zuhause wurde noch nie gestartet.
finding-never-started-do = Starten Sie es, und öffnen Sie diese Seite noch einmal.
finding-database-damaged = Was das Zuhause auf seiner Speicherkarte aufhebt, ist beschädigt.
finding-database-damaged-do = Spielen Sie vor dem nächsten Start eine Sicherung zurück; auf eine neue Karte oder Platte, wenn diese alt ist.
finding-old-toxcore = Die Tox-Bibliothek dieses Zuhauses ({ $version }) hat eine gefährliche Lücke.
finding-old-toxcore-do = Bringen Sie sie auf { $oldest } oder neuer, und starten Sie das Zuhause neu.
finding-tox-ended = Das Zuhause hat die Verbindung zum Tox-Netz endgültig verloren: Kein Brief geht direkt.
finding-tox-offline = Seit { $time } keine Verbindung zum Tox-Netz.
finding-tox-offline-do = Briefe warten und gehen von selbst weiter. Dauert es an, prüfen Sie, ob der Router eine Internetverbindung hat.
finding-tox-offline-long = Seit { $time } keine Verbindung zum Tox-Netz: Kein Brief kommt oder geht direkt.
finding-tox-offline-long-do = Prüfen Sie, ob andere Geräte hier ins Internet kommen. Wenn ja, starten Sie erst den Router neu und dann das Gerät.
finding-tox-nobody-answers = Niemand im Tox-Netz antwortet diesem Zuhause.
finding-tox-nobody-answers-do = Prüfen Sie, ob andere Geräte hier ins Internet kommen. Wenn ja, braucht das Zuhause eine neuere Liste von Helfern: toxmaild bootstrap import, in einem Terminal.
finding-tox-relayed = Alles geht über Vermittler: Briefe kommen an, große brauchen länger.
finding-tox-relayed-do = Schneller wird es, wenn der Router UDP durchlässt, am besten mit einer Weiterleitung von Port { $port } zum Gerät.
finding-direct-only-without-udp = Einige Kontakte stehen auf „nur direkt“, aber dieses Zuhause hat gar keine direkten Verbindungen. Briefe an sie warten.
finding-direct-only-without-udp-do = Schalten Sie UDP in toxmail.toml ein, oder erlauben Sie für diese Kontakte Vermittler.
finding-no-bootstrap-nodes = Das Zuhause kennt niemanden, den es nach dem Weg ins Tox-Netz fragen könnte.
finding-no-bootstrap-nodes-do = Geben Sie ihm eine Liste von Helfern: toxmaild bootstrap import, in einem Terminal.
finding-names-behind-proxy =
    { $count ->
        [one] Ein Helfer in toxmail.toml nützt hinter dem Proxy nichts.
       *[other] { $count } Helfer in toxmail.toml nützen hinter dem Proxy nichts.
    }
finding-names-behind-proxy-do = Schreiben Sie sie dort mit ihrer Nummer (IP-Adresse) statt mit ihrem Namen.
finding-not-a-friend = Tox nimmt { $name } nicht als Kontakt an: Kein Brief erreicht ihn.
finding-not-a-friend-do = Entfernen Sie den Kontakt, und fügen Sie ihn mit seiner ganzen Tox-Adresse wieder hinzu.
finding-identity-not-saved = Die Tox-Identität des Zuhauses lässt sich nicht speichern.
finding-identity-not-saved-do = Prüfen Sie, ob der Speicher voll oder kaputt ist. Das Zuhause versucht es von selbst noch einmal.
finding-tox-blind = Briefe von anderen werden etwas später bemerkt, als es möglich wäre.
finding-not-served = Der Dienst „{ $service }“ läuft nicht ({ $address }).
finding-no-such-service = Der Dienst „{ $service }“ ist in toxmail.toml eingeschaltet, aber diese Version hat ihn nicht.
finding-no-such-service-do = Schalten Sie ihn dort aus, oder aktualisieren Sie Toxmail.
finding-no-members = Noch hat niemand ein Postfach.
finding-no-members-do = Fügen Sie die erste Person hinzu.
finding-no-main-mailbox = Briefe an das Zuhause selbst soll { $name } bekommen, wohnt aber nicht hier.
finding-no-pairing-member = { $name } soll bei neuen Kontakten gefragt werden, wohnt aber nicht hier.
finding-disk-full = Der Speicher ist voll ({ $size } frei): Es wird kein Brief mehr angenommen.
finding-disk-full-do = Schaffen Sie jetzt Platz: Löschen Sie alte Briefe, oder geben Sie dem Zuhause mehr Speicher.
finding-disk-low = Der Speicher ist fast voll ({ $size } frei).
finding-disk-low-do = Schaffen Sie bald Platz: Löschen Sie alte Briefe, oder geben Sie dem Zuhause mehr Speicher.
finding-clock-not-set = Das Gerät weiß nicht, wie spät es ist.
finding-clock-not-set-do = Mit einer Internetverbindung stellt es seine Uhr selbst. Bis dahin erfährt niemand rechtzeitig, wenn ein Brief zu lange wartet.
finding-letters-late-name =
    { $count ->
        [one] Ein Brief an { $name } wartet seit { $time }.
       *[other] { $count } Briefe an { $name } warten, der erste seit { $time }.
    }
finding-letters-late-seen-do = Das Gerät dort war zuletzt da: { $when }. Fragen Sie, ob es eingeschaltet ist und eine Internetverbindung hat.
finding-letters-late-ordinary =
    { $count ->
        [one] Ein Brief an eine gewöhnliche Adresse wartet seit { $time }.
       *[other] { $count } Briefe an gewöhnliche Adressen warten, der erste seit { $time }.
    }
finding-letters-late =
    { $count ->
        [one] Ein Brief wartet seit { $time }.
       *[other] { $count } Briefe warten, der erste seit { $time }.
    }
finding-letter-lost = Die Datei eines wartenden Briefs (Nummer { $id }) ist verschwunden.
finding-letter-lost-do = Holen Sie sie aus einer Sicherung, oder nehmen Sie den Brief zurück, damit sein Absender davon erfährt.
finding-provider-fails-home = Der E-Mail-Anbieter des Zuhauses nimmt keine Briefe an (seit: { $when }).
finding-provider-fails-member = Der E-Mail-Anbieter von { $name } nimmt keine Briefe an (seit: { $when }).
finding-provider-fails-do = Briefe an gewöhnliche Adressen warten und werden wieder versucht. Prüfen Sie, ob das Konto dort geht und das Passwort noch stimmt.
finding-fetch-fails = Die Briefe von { $name } werden beim E-Mail-Anbieter nicht abgeholt (seit: { $when }).
finding-fetch-fails-do = Sie bleiben dort, und es wird wieder versucht. Prüfen Sie, ob das Konto dort geht und das Passwort noch stimmt.
finding-gateway-fails =
    { $count ->
        [one] Der andere Mailserver der Familie hat einen Brief nicht angenommen.
       *[other] Der andere Mailserver der Familie hat { $count } Briefe nicht angenommen.
    }
finding-gateway-do = Prüfen Sie, ob er läuft. Briefe warten hier; nichts geht verloren.
finding-gateway-away = Der andere Mailserver der Familie ({ $address }) ist nicht zu erreichen.
finding-gateway-door-off = Der Mailserver von { $domain } kann keine Briefe abgeben: Die Tür dafür ist zu.
finding-gateway-door-off-do = Öffnen Sie sie in toxmail.toml: [listen] gateway.
finding-gateway-open-door = Jedes Gerät in { $networks } kann als irgendjemand von { $domain } schreiben.
finding-gateway-open-door-do = Verlangen Sie dort ein Passwort: username und password_file unter [gateway] in toxmail.toml.
finding-gateway-password = Das Passwort des anderen Mailservers der Familie lässt sich nicht lesen.
finding-gateway-password-do = Prüfen Sie, ob die Datei { $path } da ist und das Zuhause sie lesen darf.
finding-incompatible = { $name } hat eine andere Version von Toxmail, darum kommt kein Brief hinüber.
finding-incompatible-do = Bringen Sie beide auf das neueste Toxmail.
finding-request-flood = { $count } Fremde haben binnen einer Stunde darum gebeten, Kontakt zu werden.
finding-request-flood-do = Jemand hat die Tox-Adresse dieses Zuhauses verbreitet. Geben Sie ihm eine andere; Ihre Kontakte bleiben und erfahren sie von selbst.
finding-requests-waiting =
    { $count ->
        [one] Jemand bittet darum, Kontakt zu werden.
       *[other] { $count } bitten darum, Kontakte zu werden.
    }
finding-requests-waiting-do = Sehen Sie nach, wer es ist, und sagen Sie ja oder nein.
finding-peer-double = Das Zuhause von { $name } läuft auf zwei Geräten zugleich.
finding-peer-double-do = Sagen Sie es dort: Briefe gehen mal an das eine, mal an das andere, bis eines von beiden ausgeschaltet ist.
finding-seen-double = { $name } sieht dieses Zuhause auf zwei Geräten zugleich: Briefe gehen mal an das eine, mal an das andere.
finding-seen-double-do = Schalten Sie das andere Gerät aus, und starten Sie es nie wieder mit denselben Daten. Wissen Sie von keinem, dann hat jemand eine Kopie dieses Zuhauses: Richten Sie ein neues ein, und verbinden Sie es neu.
finding-unanswered = { $name } hat Ihre Anfrage seit einer Woche nicht beantwortet.
finding-unanswered-do = Bitten Sie darum, sie anzunehmen, oder um eine Einladung; oder entfernen Sie den Kontakt.
finding-peer-silent = { $name } wurde seit über einer Woche nicht gesehen. Zuletzt: { $when }.
finding-open-to-others = Andere Benutzer dieses Rechners können { $path } lesen; dort liegen Geheimnisse.
finding-open-to-others-do = Lassen Sie nur das Zuhause daran; in einem Terminal: chmod go= { $path }
finding-certificate-unreadable = Ein Schlüssel oder Zertifikat dieses Zuhauses lässt sich nicht lesen: { $path }.
finding-certificate-unreadable-do = Starten Sie das Zuhause neu: Es macht ein neues Zertifikat. Bleibt es so, holen Sie den Ordner tls aus einer Sicherung.
finding-certificate-expired = Das Zertifikat des Zuhauses ist abgelaufen: Browser und E-Mail-Programme warnen davor.
finding-certificate-ends = Das Zertifikat des Zuhauses läuft in { $time } ab.
finding-certificate-do = Starten Sie das Gerät neu: Es macht ein neues. Bleibt es so, prüfen Sie, ob seine Uhr stimmt.
finding-backup-never = Es gibt keine Sicherung: Was auf diesem Speicher liegt, ginge mit ihm verloren.
finding-backup-old = Die letzte Sicherung ist alt ({ $when }).
finding-backup-do = Machen Sie eine, und bewahren Sie sie außerhalb des Geräts auf.

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
