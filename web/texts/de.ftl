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
failure-words = Das wurde gesagt (auf Englisch):

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
login-forgotten = Vergessen?
login-forgotten-member = Wer sich um dieses Zuhause kümmert, kann Ihnen ein neues geben: unter „Verwaltung“, „Personen“.
login-forgotten-admin = Sie kümmern sich selbst darum? Beim Gerät kommt ein neues Passwort über die Speicherkarte hinein:
login-forgotten-step-1 = Ziehen Sie den Stecker und stecken Sie die Speicherkarte des Geräts in einen Computer. Ein kleines Laufwerk öffnet sich.
login-forgotten-step-2 = Legen Sie dort eine Textdatei an, die { $file } heißt: in der ersten Zeile Ihr Name in diesem Zuhause, in der zweiten das neue Passwort mit mindestens acht Zeichen.
login-forgotten-step-3 = Stecken Sie die Karte zurück und das Gerät wieder ein. Nach zwei Minuten gilt das neue Passwort, und die Datei ist weg. Wenn nicht, sehen Sie noch einmal auf die Karte: { $problem } sagt, warum.
login-forgotten-computer = Läuft das Zuhause auf einem Computer, tippen Sie dort in einem Terminal, mit Ihrem Namen in diesem Zuhause:
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
home-tox-peers = Andere Zuhause und Freunde: { $count }. Direkt erreicht: { $direct }, über einen Vermittler: { $relayed }.
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
home-to-letters = Alle meine Briefe unterwegs
home-to = An { $name }
home-moving-more =
    { $count ->
        [one] Und an noch jemanden.
       *[other] Und an { $count } weitere.
    }
home-online = Wer da ist
home-online-words = Ein Brief an sie geht sofort hinaus.
home-online-none = Es gibt noch keine Kontakte.
home-online-nobody = Gerade ist niemand da. Briefe warten und gehen, sobald das andere Gerät da ist.
home-online-count = Kontakte, die da sind: { $there } von { $count }
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
finding-tox-nobody-answers-do = Sehen Sie nach, ob andere Geräte hier ins Internet kommen. Wenn ja, aktualisieren Sie Toxmail: Damit kommt eine neuere Liste von Helfern.
finding-tox-relayed = Alles geht über Vermittler: Briefe kommen an, große brauchen länger.
finding-tox-relayed-do = Schneller wird es, wenn der Router UDP durchlässt, am besten mit einer Weiterleitung von Port { $port } zum Gerät.
finding-direct-only-without-udp = Einige Kontakte stehen auf „nur direkt“, aber dieses Zuhause hat gar keine direkten Verbindungen. Briefe an sie warten.
finding-direct-only-without-udp-do = Schalten Sie UDP in toxmail.toml ein, oder erlauben Sie für diese Kontakte Vermittler.
finding-no-bootstrap-nodes = Das Zuhause kennt niemanden, den es nach dem Weg ins Tox-Netz fragen könnte.
finding-no-bootstrap-nodes-do = Nehmen Sie „bootstrap“ aus der Datei toxmail.toml, wenn es dort steht; sonst aktualisieren Sie Toxmail, das eine Liste von Helfern mitbringt.
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
finding-no-members = Noch hat niemand ein Postfach.
finding-no-members-do = Fügen Sie die erste Person hinzu.
finding-no-main-mailbox = Briefe an das Zuhause selbst soll { $name } bekommen, wohnt aber nicht hier.
finding-no-pairing-member = { $name } soll bei neuen Kontakten gefragt werden, wohnt aber nicht hier.
finding-disk-full = Der Speicher ist voll ({ $size } frei): Es wird kein Brief mehr angenommen.
finding-disk-full-do = Schaffen Sie jetzt Platz: Löschen Sie alte Briefe, oder geben Sie dem Zuhause mehr Speicher.
finding-disk-low = Der Speicher ist fast voll ({ $size } frei).
finding-disk-low-do = Schaffen Sie bald Platz: Löschen Sie alte Briefe, oder geben Sie dem Zuhause mehr Speicher.
finding-under-voltage = Die Box bekommt zu wenig Strom.
finding-under-voltage-do = Nehmen Sie das Netzteil, das für sie gemacht ist, mit kurzem Kabel, und ziehen Sie ab, was sonst noch Strom von der Box nimmt. Zu wenig Strom kann die Karte verderben.
finding-doors = Die Firewall der Box ließ sich nicht so einrichten, wie sie sein soll.
finding-doors-do = Schalten Sie die Box aus und wieder ein. Bleibt das so, installieren Sie eine andere Version, oder nehmen Sie eine neue Karte und stellen eine Sicherung wieder her. Die Post geht inzwischen weiter; einfachere Regeln oder Toxmail selbst halten Fremde draußen.
finding-overheating = Die Box ist zu heiß ({ $degrees } °C).
finding-overheating-do = Geben Sie ihr Luft, weg von Sonne und Heizung. Sie wird von selbst langsamer und arbeitet weiter.
finding-card-worn = Die Speicherkarte ist am Ende ihres Lebens ({ $percent } % sind verbraucht).
finding-card-worn-do = Machen Sie jetzt eine Sicherung, und spielen Sie sie bald auf eine neue Karte zurück.
finding-card-errors =
    { $count ->
        [one] Die Speicherkarte oder Festplatte hat einen Fehler gemacht.
       *[other] Die Speicherkarte oder Festplatte hat { $count } Fehler gemacht.
    }
finding-card-errors-do = Ziehen Sie den Stecker und stecken Sie ihn wieder ein: Die Box repariert, was sie kann. Machen Sie dann sofort eine Sicherung. Kommt das wieder, spielen Sie die Sicherung auf eine neue Karte zurück.
finding-card-unreadable = Die Speicherkarte oder Platte ließ sich an einer Stelle nicht lesen oder beschreiben.
finding-card-unreadable-do = Machen Sie jetzt eine Sicherung, und spielen Sie sie auf eine neue Karte oder Platte zurück: Diese geht kaputt. Fehlt in der Sicherung ein Brief, der sich nicht mehr lesen lässt, sagt sie es.
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
finding-open-to-others-do = Lassen Sie nur das Zuhause daran; in einem Terminal:
finding-certificate-unreadable = Ein Schlüssel oder Zertifikat dieses Zuhauses lässt sich nicht lesen: { $path }.
finding-certificate-unreadable-do = Starten Sie das Zuhause neu: Es macht ein neues Zertifikat. Bleibt es so, holen Sie den Ordner tls aus einer Sicherung.
finding-certificate-expired = Das Zertifikat des Zuhauses ist abgelaufen: Browser und E-Mail-Programme warnen davor.
finding-certificate-ends = Das Zertifikat des Zuhauses läuft in { $time } ab.
finding-certificate-do = Starten Sie das Gerät neu: Es macht ein neues. Bleibt es so, prüfen Sie, ob seine Uhr stimmt.
finding-backup-never = Es gibt keine Sicherung: Was auf diesem Speicher liegt, ginge mit ihm verloren.
finding-backup-old = Die letzte Sicherung ist alt ({ $when }).
finding-update-failed = Version { $version } wurde auf dieser Box versucht ({ $when }) und lief nicht; die Version davor läuft.
finding-update-failed-do = Warten Sie auf eine spätere Version. Kein Brief ging verloren. Die Seite über Updates sagt, was geschah.
finding-update-not-started = Version { $version } ist dreimal hintereinander nicht hochgefahren ({ $when }), und die andere Version läuft. Das kommt auch davon, dass jemand mehrmals den Stecker zieht.
finding-update-not-started-do = Installieren Sie sie noch einmal, auf der Seite über Updates; wo die Box nachts nach späteren Versionen sieht, tut sie es von selbst. Kein Brief ging verloren.
finding-update-not-installed = Version { $version }, die die Box von selbst geholt hat, konnte nicht installiert werden ({ $when }).
finding-update-not-installed-do = Sagen Sie es denen, die Ihre Updates machen. Die Seite über Updates sagt, was geschehen ist. Was läuft, wurde nicht verändert.
finding-updates-unreachable = Die Box kann nicht herausfinden, ob es eine spätere Version von Toxmail gibt ({ $why }).
finding-updates-unreachable-do = Sehen Sie auf der Seite über Updates nach der Adresse, oder schalten Sie dort das nächtliche Nachsehen aus.
finding-backup-do = Machen Sie eine, und bewahren Sie sie außerhalb des Geräts auf.

# ---- what the home says no with
no-other = Das Zuhause konnte es nicht tun. Es wurde nichts geändert.
no-other-do = Versuchen Sie es noch einmal. Bleibt es so, zeigen Sie dies der Person, die das Zuhause verwaltet: Im Protokoll steht mehr.
no-disk-full = Der Speicher des Zuhauses ist voll.
no-disk-full-do = Löschen Sie Briefe, die niemand mehr braucht, und versuchen Sie es noch einmal.
no-disk-fails = Das Zuhause kann seine Speicherkarte oder Festplatte nicht lesen oder beschreiben.
no-disk-fails-do = Sagen Sie es der Person, die das Zuhause verwaltet. Vielleicht ist die Karte verbraucht: Machen Sie eine Sicherung, und setzen Sie eine neue ein. Geht keine Sicherung, ziehen Sie den Stecker, stecken Sie ihn wieder ein, und machen Sie sie dann sofort.
no-busy = Das Zuhause hat gerade viel zu tun.
no-busy-do = Versuchen Sie es gleich noch einmal.
no-stopping = Das Zuhause wird gerade beendet oder gestartet.
no-stopping-do = Warten Sie eine Minute, und versuchen Sie es noch einmal.
no-gone = Das, was Sie meinten, gibt es nicht mehr.
no-gone-do = Jemand hat es inzwischen geändert oder entfernt. Laden Sie die Seite neu.
no-locked = Das steht in der Datei toxmail.toml, und die gilt.
no-locked-do = Es lässt sich nur in dieser Datei ändern. Das kann, wer die Box eingerichtet hat.
no-value = Das lässt sich nicht so einstellen.
no-value-do = Wählen Sie etwas anderes.
no-times = Ein Brief käme zurück, bevor man erfährt, dass er wartet.
no-times-do = Wählen Sie eine kürzere Zeit bis zur Nachricht, oder eine längere, bis der Brief zurückgeht.
no-mailbox-taken = Das Postfach { $name } hat schon jemand.
no-mailbox-taken-do = Wählen Sie ein anderes.
no-address-taken = { $address } gehört jemand anderem.
no-address-taken-do = Eine Adresse gehört nur einer Person. Entfernen Sie sie dort zuerst.
no-usable = Was Sie eingegeben haben, lässt sich nicht verwenden.
no-usable-do = Suchen Sie nach einem Tippfehler, und versuchen Sie etwas anderes.
no-login = Die Anmeldung beim Anbieter hat nicht geklappt. Es wurde nichts behalten.
no-login-do = Prüfen Sie unten Server, Anmeldenamen und Passwort. Viele Anbieter wollen ein eigenes Passwort für Programme („App-Passwort“). Sie können auch ohne weitermachen und später wiederkommen.
no-account = Der Anbieter lässt das Zuhause im Moment nicht herein.
no-account-do = Nichts geht verloren: Briefe warten, und es wird wieder versucht. Hat sich dort das Passwort geändert, geben Sie das Konto neu ein.
no-fetched-already = { $name } holt schon aus diesem Postfach.
no-fetched-already-do = Ein Postfach dort gehört hier einer Person. Nehmen Sie den Anmeldenamen eines anderen.
no-tox-address = Das ist keine Tox-Adresse, oder es ist ein Fehler darin.
no-tox-address-do = Kopieren Sie sie noch einmal, vom ersten bis zum letzten Zeichen. Sie hat 76 Ziffern und Buchstaben.
no-key-only = Das ist nur ein Teil einer Tox-Adresse, und dieses Zuhause weiß noch nicht, von wem.
no-key-only-do = Bitten Sie um die ganze Tox-Adresse oder um eine Einladung.
no-own-home = Das ist Ihr eigenes Zuhause.
no-own-home-do = Geben Sie hier ein, was das andere Zuhause Ihnen gegeben hat. Ihres ist für die anderen.
no-contact-known = Diese Adresse steht schon in den Kontakten, als { $name }.
no-contact-known-do = Öffnen Sie diesen Kontakt, wenn er anders heißen soll.
no-email-known = { $name } hat diese E-Mail-Adresse schon.
no-email-known-do = Eine Adresse gehört zu einem Kontakt. Entfernen Sie sie dort zuerst.
no-email = „{ $address }“ ist keine gewöhnliche E-Mail-Adresse.
no-email-do = Suchen Sie nach einem Tippfehler. Wer hier wohnt, braucht keinen Kontakt.
no-other-tox = { $name } hat hier eine andere Tox-Adresse.
no-other-tox-do = Ein Kontakt hat eine Tox-Adresse. Legen Sie für die andere einen zweiten an.
no-address = Ein Kontakt braucht eine Adresse.
no-address-do = Lassen Sie mindestens eine stehen, oder entfernen Sie den ganzen Kontakt.
no-chat-tox = Jemand mit einem Tox-Chatprogramm braucht eine Tox-Adresse.
no-chat-tox-do = Bitten Sie darum: 76 Ziffern und Buchstaben.
no-home-chat = Unter dieser Adresse ist ein Zuhause mit Toxmail, kein Chatprogramm.
no-home-chat-do = Fügen Sie es ohne das Häkchen beim Chatprogramm hinzu.
no-too-many = Für weitere Kontakte oder Adressen ist kein Platz mehr.
no-too-many-do = Entfernen Sie Kontakte, Adressen oder Fotos, die niemand braucht.
no-blocked = Dieses Zuhause ist hier gesperrt.
no-blocked-do = Wer Ihr Zuhause verwaltet, kann den gesperrten Kontakt entfernen; dann lässt er sich wieder hinzufügen.
no-box-removed = Die neue Box wurde hier aus den Kontakten entfernt.
no-box-removed-do = Bitten Sie um eine Einladung, und nehmen Sie sie an.
no-box-taken = Diese Box ist schon die neue Box von { $name }.
no-box-taken-do = Fragen Sie beide, wem sie gehört. Entfernen Sie den falschen Kontakt, und verbinden Sie sich neu.
no-cards = Darin sind keine lesbaren Kontakte.
no-cards-do = Exportieren Sie sie noch einmal als vCard (eine Datei, die auf .vcf endet), Version 3 oder 4.
no-card-large = Dieser Kontakt ist zu groß.
no-card-large-do = Nehmen Sie ein kleineres Foto: Zusammen dürfen es 512 KB sein.
no-card-name = Dieser Kontakt hat keinen Namen.
no-card-name-do = Geben Sie ihm dort, woher er kommt, einen Namen, und exportieren Sie ihn neu.
no-invitation = Das ist keine ganze Einladung.
no-invitation-do = Kopieren Sie den ganzen Link, von tox: bis zum Ende, oder bitten Sie um eine neue.
no-invitation-newer = Diese Einladung stammt von einem neueren Toxmail.
no-invitation-newer-do = Aktualisieren Sie dieses Zuhause, oder lassen Sie sich mit Ihrer Tox-Adresse hinzufügen.
no-invitation-address = Das ist eine Tox-Adresse und keine Einladung.
no-invitation-address-do = Fügen Sie sie unter „Kontakte“ hinzu, oder bitten Sie um eine Einladung.
no-invitations-many = Es sind schon hundert Einladungen offen.
no-invitations-many-do = Nehmen Sie zuerst einige zurück.
no-letter = Dieser Brief wartet nicht mehr.
no-letter-do = Er ist abgegangen oder wurde zurückgenommen. Es ist nichts zu tun.
no-letter-held = Dieser Brief wartet auf eine Antwort.
no-letter-held-do = Sagen Sie zuerst, ob er abgehen soll.
no-backup-runs = Es wird schon eine Sicherung gemacht.
no-backup-runs-do = Warten Sie, bis sie da ist.
no-passphrase = Das ist nicht der Kennsatz dieser Sicherung.
no-passphrase-do = Geben Sie den ein, der beim Machen dieser Sicherung galt. Es wurde nichts geändert.
no-backup = Diese Datei ist keine Sicherung eines Zuhauses, oder sie ist beschädigt.
no-backup-do = Wählen Sie eine andere Datei oder eine ältere Sicherung. Es wurde nichts geändert.
no-backup-newer = Diese Sicherung stammt von einem neueren Toxmail.
no-backup-newer-do = Bringen Sie zuerst das neueste Toxmail auf diese Box. Es wurde nichts geändert.
no-served = Dieses Zuhause bietet nicht an, was dieses Gerät braucht.
no-served-do = Nehmen Sie ein anderes Programm, oder bitten Sie die Person, die das Zuhause verwaltet, es in der Datei toxmail.toml einzuschalten.
no-host-name = Dieses Programm will ein Zuhause mit einem Namen, und Ihres hat nur eine Nummer.
no-host-name-do = Nehmen Sie ein anderes Programm, oder lassen Sie dem Zuhause in der Datei toxmail.toml einen Namen wie toxmail.local geben.
no-ascii = Dieses Programm nimmt in einer Adresse nur einfache Buchstaben.
no-ascii-do = Nehmen Sie ein anderes Programm oder eine andere Ihrer Adressen.
no-code = Das ist zu viel für einen Code zum Scannen.
no-code-do = Geben Sie die Einstellungen aus der Tabelle ein.

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
plain-ca-pem = Für Mac, Linux und Thunderbird herunterladen (PEM)
plain-ca-der = Für Windows und Telefone herunterladen (CRT)
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
setup-window = 
    { $minutes ->
        [one] Noch eine Minute lang kann jeder im Netz Ihres Zuhauses diese Seite sehen und als Erster einziehen.
       *[other] Noch { $minutes } Minuten lang kann jeder im Netz Ihres Zuhauses diese Seite sehen und als Erster einziehen.
    }
setup-needs-code = Jeder in Ihrem Netz kann diese Seite sehen. Weiter kommt nur, wer den Einrichtungscode hat.
setup-too-late = Zur Sicherheit lässt sich ein neues Zuhause nur in den ersten 30 Minuten nach dem Einschalten einrichten. Ziehen Sie den Stecker, stecken Sie ihn wieder ein und laden Sie diese Seite nach einer Minute neu.
setup-too-far = Zur Sicherheit lässt sich ein neues Zuhause nur aus seinem eigenen Netz einrichten. Verbinden Sie dieses Gerät mit demselben Router wie die Box.
setup-shut = So, wie dieses Zuhause gerade läuft, lässt es sich nicht einrichten. Schalten Sie es aus und wieder ein; bleibt es dabei, steht der Grund im Protokoll des Zuhauses.
restore-link = Ich habe eine Sicherung
restore-title = Ihr Zuhause zurückholen
restore-words = Diese Box wird zu dem Zuhause, von dem die Sicherung stammt: mit seinen Personen, Passwörtern, Kontakten und Briefen und derselben Adresse. Zuerst wird die Datei bis zum Ende geprüft; bis dahin ändert sich nichts.
restore-old-box = Lassen Sie die alte Box von jetzt an ausgeschaltet: Zwei Boxen, die dasselbe Zuhause sind, nehmen einander die Briefe weg.
restore-passphrase = Kennsatz der Sicherung
restore-passphrase-hint = Der, den Sie beim Sichern gewählt haben.
restore-file = Sicherungsdatei
restore-file-hint = Eine große Datei braucht eine Weile. Lassen Sie diese Seite offen.
restore-go = Zurückholen
restored-title = Ihr Zuhause ist wieder da
restored-words = Es startet jetzt neu, das dauert eine Minute. Melden Sie sich dann mit Ihrem bisherigen Namen und Passwort an. Vielleicht warnt der Browser noch einmal, weil das Zuhause sein altes Zertifikat zeigt.
restored-settings = Einige Einstellungen der Sicherung passen nicht zu dieser Box. Ihr Zuhause läuft ohne sie weiter; von Ihren Briefen fehlt deswegen keiner. Welche es sind, steht in einer Mail an die Person, die sich um das Zuhause kümmert.
paper-link = Ich habe nur das Blatt Papier
paper-title = Vom Blatt Papier
paper-words = Diese Box bekommt die Tox-Adresse, die Ihr Zuhause hatte. Personen und Kontakte müssen neu angelegt werden; Briefe, die bei Ihren Kontakten noch warten, kommen dann.
paper-text = Der Text auf dem Blatt
paper-text-hint = Von BEGIN bis END. Scannen Sie den Code mit einem Handy und kopieren Sie, was es zeigt, oder tippen Sie ihn ab; Leerzeichen und Zeilenenden sind gleichgültig.
paper-passphrase = Kennsatz des Blattes
paper-passphrase-hint = Der, den Sie beim Erstellen des Blattes gewählt haben.
paper-go = Diese Adresse nehmen
paper-wrong = Das ist nicht der Text eines Blattes, oder ein Buchstabe ist falsch oder fehlt. Er beginnt mit BEGIN und endet mit END.
paper-taken = Ihr Zuhause hat seine Adresse wieder
paper-taken-check = Auf dem Blatt stehen dieselben Wörter:
paper-taken-words = Die Box startet jetzt neu, das dauert eine Minute. Ziehen Sie dann ein wie bei einer neuen Box. Vielleicht warnt der Browser noch einmal, weil das Zuhause ein neues Zertifikat hat.
paper-taken-next = Einziehen
adopt-found = Es steckt eine Festplatte mit einem Zuhause.
adopt-link = Mit dem Zuhause auf dieser Festplatte weitermachen
adopt-title = Mit dem Zuhause auf dieser Festplatte weitermachen
adopt-words = Die Karte einer Box kann kaputtgehen, während die Festplatte mit ihren Briefen heil ist. Diese Box macht dann als jenes Zuhause weiter: mit seinen Personen, Passwörtern, Kontakten und Briefen und derselben Adresse. Auf der Festplatte wird nichts gelöscht.
adopt-old-card = Tun Sie das nur, wenn die Karte, zu der die Festplatte gehörte, kaputt oder verloren ist. Starten Sie nie wieder eine Box mit jener Karte: Zwei Boxen, die dasselbe Zuhause sind, nehmen einander die Briefe weg.
adopt-choice = { $name }, { $size }. Zuletzt schrieb eine Box darauf: { $when }.
adopt-choice-no-time = { $name }, { $size }.
adopt-alone = Keine andere Box hat dieses Zuhause: Ihre Karte ist kaputt oder verloren.
adopt-alone-missing = Bestätigen Sie hier, dass keine andere Box dieses Zuhause hat. Hat eine es, machen Sie dort weiter.
adopt-go = Mit diesem Zuhause weitermachen
adopt-under-way = Lassen Sie die Box an und die Festplatte stecken. Sie startet neu, das dauert einige Minuten. Melden Sie sich dann mit Ihrem bisherigen Namen und Passwort an.
adopt-nothing = Es steckt keine Festplatte mit einem Zuhause. Stecken Sie sie an den USB-Anschluss der Box, warten Sie einige Sekunden, und sehen Sie noch einmal nach.
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
provider-another = Eine andere Adresse
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
scan-hint = Zeigt man Ihnen einen Code: Die Kamera vieler Telefone zeigt den Text darin. Kopieren Sie ihn, von tox: bis zum Ende, und fügen Sie ihn hier ein. Zeigt Ihre nichts, lassen Sie sich den Link als Nachricht schicken.
scan-start = Den Code mit der Kamera scannen
scan-stop = Kamera ausschalten
scan-refused = Die Kamera lässt sich nicht benutzen. Erlauben Sie sie im Browser, oder fügen Sie den Link ein.
setup-pair-invitation = Ihre Einladung
setup-pair-invitation-words = Sie wird jetzt gezeigt und nie wieder. Sie gilt einmal, bis { $until }. Lassen Sie sie scannen, oder schicken Sie den Link auf einem Weg, dem Sie vertrauen.
setup-pair-qr = Einladung in dieses Zuhause
setup-done-title = Ihr Zuhause ist bereit
setup-done-devices = An jedem Gerät
setup-done-devices-words = Briefe lesen und schreiben Sie mit den Mailprogrammen, die Sie kennen: Thunderbird, dem des Telefons und anderen. Jede Person meldet sich auf dieser Seite an und wählt „Gerät verbinden“; dort steht, was zu tun ist.
setup-done-devices-link = Ein anderes Gerät verbinden
setup-done-this = Auf diesem Gerät
setup-done-this-words = Es bekommt ein eigenes Passwort, das einmal gezeigt wird. Dieses Gerät sieht aus wie: { $device }.
setup-done-this-go = Dieses Gerät verbinden
setup-finish = Fertig
setup-finished = Das Zuhause ist eingerichtet. Sie können hier später alles ändern.
claimed-title = Wie dieses Zuhause eingerichtet wurde
claimed-code = Dieses Zuhause wurde am { $when } eingerichtet, von { $from } aus, mit dem Einrichtungscode.
claimed-window = Dieses Zuhause wurde am { $when } eingerichtet, von { $from } aus, ohne Code, kurz nach dem Einschalten. War das niemand von Ihnen, richten Sie die Box neu ein.
claimed-file = Dieses Zuhause wurde am { $when } durch eine Datei auf der Speicherkarte eingerichtet.

# ---- my security
nav-security = Passwort
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

# ---- administration
nav-admin = Verwaltung
admin-words = Worum Sie sich für alle im Zuhause kümmern. Diese Seiten sehen nur Sie.
admin-back = Zurück zur Verwaltung
admin-no = Nein, so lassen
admin-print = Drucken
admin-members-words = Wer hier einen Briefkasten hat. Jemanden hinzufügen, ein neues Passwort geben, sagen, wem welche Adresse gehört.
admin-pairing-words = Ein anderes Zuhause einladen oder seine Einladung annehmen. Eine neue Adresse, wenn Fremde lästig werden, ein neues Gerät.
admin-security-about = Wer auf der Seite angemeldet ist, und welche Anmeldungen fehlgeschlagen sind.
admin-log-words = Was das Zuhause zuletzt notiert hat, für jemanden, der Ihnen hilft.
admin-version = Version und Aktualisierungen
admin-version-words = In diesem Zuhause läuft Toxmail { $version }. Eine neuere Version kommt auf dem Weg, auf dem diese kam: mit dem Programm oder mit einem neuen Abbild des Geräts. Diese Seite holt keine von selbst.

# ---- administration: people
members-title = Personen
members-list = Wer hier wohnt
members-back = Zurück zu den Personen
members-person = Person
members-addresses = Adressen
members-offices = Aufgaben
members-devices = Geräte
members-is-administrator = Verwaltet das Zuhause
members-is-main = Post an das Zuhause selbst
members-is-member = Briefkasten
members-add = Eine Person hinzufügen
members-add-button = Diese Person hinzufügen
members-name-title = Name
members-login = Meldet sich als { $name } an; die Adresse in diesem Zuhause ist { $name }@toxmail.local.
members-rename = Namen ändern
members-renamed = Andere sehen von nun an { $name }.
members-reset-title = Ein neues Passwort
members-reset-words = Für jemanden, der seines vergessen hat. Mailprogramme, die ein eigenes Passwort haben, laufen weiter. Auf der Seite wird die Person überall abgemeldet.
members-reset-own = Ihr eigenes Passwort ändern Sie unter „Passwort und Anmeldungen“
members-reset-button = Neues Passwort geben
members-reset = { $name } hat ein neues Passwort und ist auf der Seite überall abgemeldet.
members-ordinary = Gewöhnliche E-Mail-Adressen
members-ordinary-words = Adressen bei einem Mailanbieter, die dieser Person gehören. Sie kann damit schreiben und erscheint in gewöhnlicher Post unter der ersten. Andere Zuhause erfahren sie, damit Briefe direkt kommen.
members-ordinary-none = Noch keine.
members-address = Eine weitere Adresse
members-address-sure = Ich habe mich vergewissert, dass diese Adresse { $name } gehört. In diesem Zuhause kann niemand sonst damit schreiben.
members-address-unsure = Sagen Sie, dass Sie sich vergewissert haben.
members-address-wrong = Das ist keine gewöhnliche E-Mail-Adresse. Schreiben Sie sie wie anna@example.org.
members-address-taken = Das ist in diesem Zuhause die Adresse von { $name }.
members-address-add = Adresse hinzufügen
members-address-added = { $address } ist hinzugefügt.
members-address-remove = Entfernen
members-address-removed = { $address } ist entfernt.
members-devices-title = Geräte
members-devices-words = Jedes hat ein eigenes Passwort. Geht eines verloren, nehmen Sie sein Passwort zurück: Sonst wird nichts abgemeldet. Die letzte Benutzung wird einmal am Tag notiert.
members-devices-none = Kein Gerät hat ein eigenes Passwort.
members-device = Gerät
members-device-made = Seit
members-device-unused = nie
members-device-revoke = Passwort zurücknehmen
members-device-revoked = Das Passwort von „{ $label }“ öffnet nichts mehr.
members-main-words = Briefe an das Zuhause, die niemanden darin nennen, gehen an eine Person.
members-main-here = { $name } bekommt sie
members-main-locked = Wer sie bekommt, steht in der Datei toxmail.toml (main_mailbox). Es lässt sich nur dort ändern.
members-main-button = { $name } soll sie bekommen
members-main-made = { $name } bekommt von nun an die Briefe an das Zuhause selbst.
members-administrator-here = { $name } verwaltet das Zuhause. Um es zu übergeben, öffnen Sie die Seite einer anderen Person.
members-administrator-words = Eine Person verwaltet das Zuhause: diese Seiten, und die Briefe an den Postmaster.
members-administrator-button = Das Zuhause an { $name } übergeben
members-administrator-title = Das Zuhause an { $name } übergeben?
members-administrator-then = Von da an verwaltet { $name } das Zuhause, und Sie sehen diese Seiten nicht mehr. Nur { $name } kann sie Ihnen zurückgeben. Ihre Briefe bleiben, wie sie sind.
members-administrator-yes = Übergeben
members-own-password = Ihr eigenes Passwort
members-password-wrong = Das ist nicht Ihr Passwort.
members-handed-over = { $name } verwaltet jetzt das Zuhause.
members-remove-title = Auszug
members-remove-own = Wer das Zuhause verwaltet, kann nicht entfernt werden. Übergeben Sie es erst jemand anderem.
members-remove-button = { $name } entfernen …
members-removal-title = { $name } entfernen?
members-removal-devices = Alle Geräte und Anmeldungen dieser Person gehen sofort nicht mehr, und neue Briefe an sie gehen an ihre Absender zurück.
members-removal-letters = Die Briefe werden nicht gelöscht. Sie werden auf dem Gerät weggelegt, im Ordner { $folder }, wo sie nur findet, wer an das Gerät selbst kommt.
members-removal-waiting = 
    { $count ->
        [0] Kein Brief dieser Person ist unterwegs.
        [one] Ein Brief dieser Person ist noch unterwegs; er geht weiter.
       *[other] { $count } Briefe dieser Person sind noch unterwegs; sie gehen weiter.
    }
members-removal-contacts = Kontakte, die nur dieser Person gehören, werden entfernt. Die des ganzen Zuhauses bleiben.
members-removal-main = Briefe an das Zuhause selbst gehen von da an an jemand anderen: An wen, wählen Sie auf dessen Seite.
members-removal-yes = { $name } entfernen
members-removed = { $name } ist entfernt. Die Briefe sind auf dem Gerät weggelegt.
members-removed-partly = { $name } ist entfernt, aber etwas konnte nicht weggelegt werden. Kein Brief ist verloren; was es war, steht im Protokoll.

# ---- administration: pairing
pairing-title = Andere Zuhause
pairing-invite-title = Ein anderes Zuhause einladen
pairing-invite-words = Eine Einladung ist ein Link. Wer ihn in seinem Toxmail öffnet, wird ohne weitere Frage ein Kontakt dieses Zuhauses, einmal. Geben Sie ihn nur dem, für den er ist.
pairing-lasts = Wie lange sie gilt
pairing-days = 
    { $count ->
        [one] Ein Tag
       *[other] { $count } Tage
    }
pairing-invite = Einladung erstellen
pairing-qr = Die Einladung als Code zum Scannen
pairing-made-title = Einladung von { $home }
pairing-made-words = Öffnen Sie in Ihrem Toxmail „Andere Zuhause“ und geben Sie diesen Link unter „Eine Einladung annehmen“ ein. Er gilt bis { $until }.
pairing-made-once = Kopieren, drucken oder scannen Sie ihn jetzt: Er wird nur dieses eine Mal gezeigt.
pairing-copy = Kopieren
pairing-open = Offene Einladungen
pairing-open-none = Keine ist offen.
pairing-made = Erstellt
pairing-until = Gilt bis
pairing-withdraw = Zurücknehmen
pairing-withdrawn = Die Einladung öffnet nichts mehr.
pairing-past = Einladungen der letzten Wochen
pairing-became = Was daraus wurde
pairing-used = angenommen
pairing-was-withdrawn = zurückgenommen
pairing-outdated = führt ins Leere: Dieses Zuhause hat eine neue Tox-Adresse
pairing-expired = ihre Zeit ist abgelaufen
pairing-accept-title = Eine Einladung annehmen
pairing-link = Der Link des anderen Zuhauses
pairing-link-hint = Die ganze Zeile, die mit tox: beginnt
pairing-link-wrong = Kopieren Sie die ganze Zeile, die mit tox: beginnt, und fügen Sie sie hier ein.
pairing-accept = Annehmen
pairing-accepted = { $name } ist jetzt ein Kontakt. Briefe gehen, sobald die beiden Zuhause einander gefunden haben.
pairing-tox-title = Die Tox-Adresse dieses Zuhauses
pairing-tox-words = Wer sie hat, kann darum bitten, ein Kontakt zu werden, und wird nur eingelassen, wenn hier jemand Ja sagt.
pairing-renew-title = Eine neue Tox-Adresse
pairing-renew-why = Wenn ständig Fremde Kontakte werden wollen, haben sie die Adresse in die Hände bekommen. Mit einer neuen erreichen sie niemanden mehr.
pairing-renew-contacts = Für Ihre Kontakte ändert sich nichts: Sie finden dieses Zuhause wie bisher, und alle Mailadressen bleiben.
pairing-renew-invitations = 
    { $count ->
        [0] Keine offene Einladung geht dabei verloren.
        [one] Eine offene Einladung führt dann ins Leere. Erstellen Sie eine neue.
       *[other] { $count } offene Einladungen führen dann ins Leere. Erstellen Sie neue.
    }
pairing-renew-paper = Karten auf Papier und Dateien mit der alten Adresse taugen nicht mehr für den ersten Kontakt.
pairing-renew-yes = Neue Adresse nehmen
pairing-renewed = Dieses Zuhause hat eine neue Tox-Adresse. Die alte führt ins Leere.
pairing-move-title = Ein neues Gerät
pairing-move-words = Zieht dieses Zuhause ohne seine Sicherung auf ein anderes Gerät um, müssen die anderen Zuhause erfahren, wo es ist.
pairing-move-link = Ein neues Gerät ankündigen …
pairing-moving = Ein neues Gerät ist angekündigt
pairing-moving-words = Kontakte, denen dieses Zuhause begegnet, erfahren davon und werden gebeten, es zu bestätigen. Der Schlüssel des neuen Geräts:
pairing-move-withdraw = Ankündigung zurücknehmen
pairing-move-withdrawn = Die Ankündigung ist zurückgenommen.
pairing-move-backup = Ein neues Gerät, auf das Sie die Sicherung von diesem spielen, ist dasselbe Zuhause. Dann ist nichts anzukündigen.
pairing-move-then = Ohne sie ist das neue Gerät für die anderen fremd. Dieses sagt dann jedem Kontakt, dem es begegnet, wo das neue ist; dort vergleicht jemand einige Wörter mit Ihnen und sagt Ja. Von da an gehen Briefe an das neue Gerät. Lassen Sie dieses an, bis alle geantwortet haben.
pairing-move-id = Die Tox-Adresse des neuen Geräts
pairing-move-hint = 76 Ziffern und Buchstaben; das neue Gerät zeigt sie auf ebendieser Seite.
pairing-move-wrong = Das ist keine Tox-Adresse: Sie hat 76 Zeichen aus 0–9 und A–F.
pairing-move-yes = Das neue Gerät ankündigen
pairing-move-announced = Das neue Gerät wird jedem Kontakt angekündigt, dem dieses Zuhause begegnet.

# ---- administration: cable and Wi-Fi
admin-network-words = Wie die Box verbunden ist: über Kabel oder WLAN.
network-title = Kabel und WLAN
network-now = Wie die Box verbunden ist
network-by-cable = Die Box ist über das Kabel verbunden.
network-by-wifi = Die Box ist über WLAN verbunden, in „{ $name }“.
network-by-wifi-heard = Die Box ist über WLAN verbunden, in „{ $name }“ ({ $reception }).
network-by-some-wifi = Die Box ist über WLAN verbunden.
network-by-nothing = Die Box ist gerade nicht verbunden, weder über Kabel noch über WLAN.
network-signal-good = guter Empfang
network-signal-fair = mäßiger Empfang
network-signal-weak = schwacher Empfang
network-address = Ihre Adresse dort ist { $address }.
network-no-address = Der Router hat ihr noch keine Adresse gegeben.
network-stands-by = Im WLAN „{ $name }“ ist sie auch; es übernimmt, wenn das Kabel gezogen wird.
network-set = Das WLAN „{ $name }“ ist eingestellt, aber die Box ist gerade nicht darin.
network-waits = Die Box beginnt gleich.
network-looking = Die Box horcht, welche Netze in der Nähe sind. Das dauert einige Sekunden.
network-looked = Die Box hat gehorcht. Was in der Nähe ist, lässt sich unten auswählen.
network-joining = Die Box versucht es mit dem WLAN „{ $name }“. Das dauert bis zu einer Minute.
network-joined = Die Box ist im WLAN „{ $name }“.
network-wrong-password = Das WLAN „{ $name }“ hat das Passwort nicht angenommen. Geben Sie es noch einmal ein, mit Groß- und Kleinbuchstaben.
network-not-found = Das WLAN „{ $name }“ wurde nicht gefunden. Entweder ist es zu weit weg, oder es schreibt sich anders, oder es hat ein Passwort, wo Sie keines angegeben haben.
network-failed = Das WLAN „{ $name }“ ist da, hat die Box aber nicht hineingelassen. Starten Sie den Router neu, oder stellen Sie die Box näher heran, und versuchen Sie es noch einmal.
network-no-hardware = Diese Box hat kein WLAN.
network-forgotten = Das WLAN ist vergessen. Die Box ist nur noch über Kabel verbunden.
network-interrupted = Die Box wurde unterbrochen, bevor sie fertig war.
network-not-understood = Die Box hat das nicht verstanden. Versuchen Sie es noch einmal.
network-then-back = Das WLAN von vorher ist wieder eingestellt.
network-then-tries = Vorher war keines eingestellt; darum bleibt es dabei, und die Box versucht es weiter.
network-then-nothing = Es ist kein WLAN eingestellt.
network-wifi-title = Ein WLAN wählen
network-without = Diese Box hat kein WLAN. Sie lässt sich nur über Kabel verbinden.
network-wifi-words = Die Box benutzt WLAN nur, solange kein Kabel in ihr steckt. Ein Kabel ist schneller und fällt seltener aus.
network-look = Nachsehen, welche Netze in der Nähe sind
network-which = Netz
network-near = { $name } ({ $reception }, { $lock })
network-lock-none = ohne Passwort
network-lock-some = mit Passwort
network-lock-other = die Box kann nicht hinein
network-other = Ein anderes, mit seinem Namen
network-name = Name des WLANs
network-name-only = Nur für ein Netz, das nicht in der Liste steht, weil es seinen Namen verbirgt.
network-name-hint = So, wie der Router ihn schreibt, mit Großbuchstaben und Leerzeichen.
network-name-missing = Geben Sie an, welches Netz es ist.
network-name-wrong = So heißt kein WLAN: Ein Name hat höchstens 32 Zeichen, mit Umlauten weniger.
network-lock = Gibt es ein Passwort?
network-lock-with = Ja, das folgende
network-lock-without = Nein: ohne Passwort. Wer in der Nähe ist, kann in dieses Netz und sehen, mit wem die Box spricht.
network-lock-impossible = Die Box kann nicht in dieses Netz: Es nimmt nur WPA3, oder eine eigene Anmeldung jeder Person, oder das alte WEP. Wenn es Ihres ist, stellen Sie den Router auf „WPA2 und WPA3“.
network-lock-is-there = Dieses Netz hat ein Passwort. Wählen Sie „Ja“, und geben Sie es ein.
network-lock-both = Sie haben „ohne Passwort“ gewählt und eines eingegeben. Tun Sie nur eines von beiden.
network-password = Passwort des WLANs
network-password-hint = 8 bis 63 Zeichen; oft steht es auf dem Router. Die Box behält einen Schlüssel, der daraus gemacht wird, nicht das Passwort.
network-password-wrong = Das ist kein WLAN-Passwort: Es hat 8 bis 63 Zeichen.
network-country = Land
network-country-hint = Wo die Box steht. Jedes Land hat eigene Regeln für Funk.
network-country-choose = Wählen
network-country-other = Oder ein anderes Land, mit seinen zwei Buchstaben
network-country-wrong = Wählen Sie das Land, oder geben Sie seine zwei Buchstaben ein, etwa DE.
network-go = Mit diesem WLAN verbinden
network-go-words = Wenn die Box nicht innerhalb einer Minute hineinkommt, kommt das WLAN von vorher von selbst zurück. Solange kein Kabel in der Box steckt, antwortet diese Seite in dieser Zeit nicht, und danach nur Geräten im neuen Netz.
network-asked = Die Box versucht es jetzt.
network-under-way = Die Box ist gerade mit ihrem Netz beschäftigt. Warten Sie eine Minute, und versuchen Sie es noch einmal.
network-trouble = Der Box ließ es sich nicht sagen. Versuchen Sie es noch einmal; wenn es wieder geschieht, ziehen Sie den Stecker und stecken Sie ihn wieder ein.
network-forget-title = Das WLAN vergessen
network-forget-words = „{ $name }“ ist eingestellt. Wenn die Box es vergisst, ist sie nur über Kabel verbunden.
network-forget-cable = Stecken Sie erst ein Kabel ein: Ohne WLAN wäre die Box für niemanden erreichbar.
network-forget = Dieses WLAN vergessen
network-forgets = Die Box vergisst es jetzt.
network-countries = AR Argentinien; AU Australien; BE Belgien; BR Brasilien; BG Bulgarien; CL Chile; DK Dänemark; DE Deutschland; EE Estland; FI Finnland; FR Frankreich; GR Griechenland; IE Irland; IS Island; IT Italien; CA Kanada; CO Kolumbien; HR Kroatien; LV Lettland; LI Liechtenstein; LT Litauen; LU Luxemburg; MT Malta; MX Mexiko; NZ Neuseeland; NL Niederlande; NO Norwegen; AT Österreich; PE Peru; PL Polen; PT Portugal; RO Rumänien; SE Schweden; CH Schweiz; SK Slowakei; SI Slowenien; ES Spanien; ZA Südafrika; CZ Tschechien; UA Ukraine; HU Ungarn; UY Uruguay; US Vereinigte Staaten; GB Vereinigtes Königreich; CY Zypern

# ---- administration: another version
admin-update-words = Welche Version auf dieser Box läuft, und wie sie eine andere bekommt.
update-title = Aktualisieren
update-now = Was jetzt läuft
update-waits = Die Datei ist da. Die Box sieht sie sich gerade an.
update-checking = Die Box prüft, ob die Datei für sie bestimmt ist.
update-installing = Version { $version } kommt gerade auf die Karte. Lassen Sie die Box an; Briefe kommen und gehen weiter.
update-trying = Version { $version } ist installiert, und die Box startet mit ihr neu. Das dauert einige Minuten. Wenn sie nicht läuft, kommt die Version davor von selbst zurück.
update-installed = Version { $version } ist installiert und läuft.
update-refused = Die Datei wurde nicht angenommen: Sie ist kein Update, das für Ihre Box von denen gemacht ist, die sie gebaut haben. Holen Sie sie noch einmal dort, woher Updates kommen. Nichts wurde geändert.
update-other-board = Die Datei wurde nicht angenommen: Sie ist für eine andere Art von Box. Wählen Sie die für Ihre. Nichts wurde geändert.
update-older = Die Datei wurde nicht angenommen: Version { $version } ist nicht neuer als das, was läuft. Wenn Sie das wollen, schicken Sie sie noch einmal und sagen Sie es dazu. Nichts wurde geändert.
update-failed = Version { $version } ließ sich nicht auf die Karte schreiben. Was läuft, wurde nicht geändert. Versuchen Sie es noch einmal; geht es wieder nicht, ist vielleicht die Karte verbraucht.
update-interrupted = Der Strom fiel aus, während das Update auf die Karte kam. Was läuft, wurde nicht geändert. Schicken Sie die Datei noch einmal.
update-fell-back = Version { $version } lief hier nicht, und die Version davor läuft wieder. Kein Brief ging verloren. Warten Sie auf eine spätere Version.
update-not-started = Version { $version } lief, ist dann aber dreimal hintereinander nicht hochgefahren; die andere Version läuft. Kein Brief ging verloren. Wurde der Stecker mehrmals gezogen, lag es daran: Installieren Sie sie noch einmal.
update-file-title = Eine andere Version
update-words = Die Box legt sie neben das, was läuft, startet mit ihr und behält sie nur, wenn Briefe, das Tox-Netz und diese Seite gehen. Briefe, die inzwischen kommen, warten bei ihren Absendern.
update-which = Welche Versionen
update-newer-only = Nur eine spätere als die, die läuft
update-older-too = Auch eine ältere
update-file = Die Datei
update-file-hint = Ihr Name endet mit .raucb. Lassen Sie diese Seite offen, bis sie da ist.
update-go = Schicken und installieren
update-taken = Die Datei ist da. Die Box sieht sie sich gerade an.
update-under-way = Ein Update läuft schon. Warten Sie, bis es fertig ist.
update-no-room = Auf der Karte ist kein Platz dafür. Löschen Sie Briefe, die niemand braucht, und versuchen Sie es noch einmal.
update-too-large = Diese Datei ist zu groß: Kein Update für diese Box ist so groß. Wählen Sie die richtige aus.
update-disk = Sie ließ sich nicht schreiben. Versuchen Sie es noch einmal; geht es wieder nicht, ist vielleicht die Karte verbraucht.
update-from-title = Spätere Versionen von selbst
update-from-words = Die Box kann selbst nachsehen, ob es eine spätere Version gibt, und sie nachts installieren. Sie nimmt nur solche von denen, die sie gebaut haben, behält sie nur, wenn alles läuft, und versucht keine ein zweites Mal.
update-from = Wo es spätere Versionen gibt
update-from-hint = Die Adresse eines Ordners; sie beginnt mit https:// und kommt von denen, die Ihre Box gebaut haben. Leer heißt: nirgends nachsehen. Wer den Server betreibt, sieht Ihre Internetadresse.
update-from-missing = Sagen Sie, wo die Box nachsehen soll, oder schalten Sie das nächtliche Nachsehen aus.
update-from-wrong = Das ist kein Ordner auf einem Webserver. Er beginnt mit https:// und dem Namen eines Servers, etwa https://example.org/toxmail/.
update-nightly = Jede Nacht nachsehen und eine spätere Version installieren
update-look = Jetzt nachsehen
update-looking = Die Box sieht jetzt nach. Das dauert einige Sekunden, und einige Minuten, wenn es eine spätere Version gibt. Öffnen Sie diese Seite dann noch einmal.
update-look-current = Zuletzt nachgesehen: Was läuft, ist die neueste.
update-look-brought = Zuletzt nachgesehen: Version { $version } war da, und die Box hat sie bekommen.
update-look-before = Zuletzt nachgesehen: Version { $version } ist da, und die Box hatte sie schon einmal. Wenn Sie nichts sagen, wartet sie auf die nächste.
update-look-failed = Zuletzt nachgesehen: Es wurde nichts daraus.
disk-title = Eine andere Festplatte
disk-now = Wo die Briefe sind
disk-on-card = Auf der Karte der Box: { $used }, mit allem anderen, was das Zuhause aufbewahrt.
disk-on-disk = Auf der Festplatte, die an der Box steckt: { $used }, mit allem anderen, was das Zuhause aufbewahrt. Sie muss stecken bleiben.
disk-the-card = die Karte
disk-no-name = eine Festplatte ohne Namen
disk-waits = Die Box fängt an.
disk-preparing = Die Festplatte wird vorbereitet ({ $to }). Lassen Sie sie stecken.
disk-copying = { $done } von { $total } sind dort ({ $to }). Lassen Sie die Festplatte stecken; Briefe kommen und gehen weiter.
disk-finishing = Der letzte Teil wird kopiert ({ $to }). Post und diese Seite sind einige Minuten aus und kommen von selbst wieder.
disk-moved = Die Briefe sind jetzt dort ({ $to }). Am alten Ort bleibt eine ältere Kopie.
disk-failed = Die Briefe konnten nicht umziehen ({ $to }). Sie sind, wo sie waren, und nichts ist verloren. Versuchen Sie es noch einmal, oder nehmen Sie eine andere Festplatte.
disk-interrupted = Der Strom fiel aus, während die Briefe umzogen ({ $to }). Sie sind, wo sie waren, und nichts ist verloren. Fangen Sie noch einmal an.
disk-gone = Die Festplatte steckt nicht mehr. Nichts wurde geändert.
disk-small = Dort ist zu wenig Platz. Nichts wurde geändert.
disk-locked = Dort lässt sich nichts schreiben. Nichts wurde geändert.
disk-busy = Die Box bekam gerade eine andere Version. Nichts ist umgezogen: Versuchen Sie es wieder, wenn das fertig ist.
disk-adopting = Die Box sucht das Zuhause auf der Festplatte ({ $to }).
disk-adopted = Diese Box hat mit dem Zuhause auf der Festplatte weitergemacht ({ $to }). Starten Sie nie wieder eine Box mit der alten Karte.
disk-no-home = Auf dieser Festplatte ist kein Zuhause. Nichts wurde geändert.
disk-unusable = Diese Box kann mit dem Zuhause auf dieser Festplatte nicht weitermachen ({ $to }). Nichts wurde geändert.
disk-left = Die Briefe sind von dieser Festplatte auf eine Karte zurückgezogen; was darauf ist, ist alt. Machen Sie mit jener Karte weiter oder mit einer Sicherung. Nichts wurde geändert.
disk-claimed = Inzwischen ist jemand eingezogen. Nichts wurde geändert.
disk-progress = Wie viel dort ist
disk-card-title = Zurück auf die Karte
disk-card-words = Die Box kann die Briefe wieder auf ihre Karte legen ({ $size }). Dann können Sie die Festplatte wegnehmen. Eine Kopie der Briefe bleibt darauf: Löschen Sie sie, bevor Sie die Festplatte weggeben. Auch der Weg zu einer anderen Festplatte führt über die Karte.
disk-card-go = Wieder die Karte nehmen
disk-other-title = Eine Festplatte wählen
disk-other-words = Eine Festplatte oder SSD am USB-Anschluss der Box hält länger als eine Karte, und es passt mehr darauf. Sie braucht mindestens { $needs }. Die Box kopiert alles und startet von dort neu. Auf der Karte bleibt eine ältere Kopie: Löschen Sie die Karte, bevor Sie sie weggeben.
disk-nothing = Jetzt lässt sich keine andere Festplatte wählen. Liegen die Briefe auf der Karte: Stecken Sie eine an den USB-Anschluss der Box, warten Sie einige Sekunden, und sehen Sie noch einmal nach.
disk-which = Welche Festplatte
disk-choice = { $name }, { $size }. { $content }
disk-is-empty = Sie sieht leer aus.
disk-is-used = Es ist etwas darauf.
disk-is-toxmail = Darauf sind oder waren Briefe einer Toxmail-Box.
disk-is-card = Sie ist die Karte der Box.
disk-too-small = Sie ist zu klein.
disk-is-locked = Sie ist schreibgeschützt.
disk-warning = Alles, was jetzt auf dieser Festplatte ist, wird gelöscht und lässt sich nicht zurückholen.
disk-word = löschen
disk-word-label = Tippen Sie „{ $word }“, wenn Sie das wollen
disk-word-wrong = Tippen Sie das Wort „{ $word }“, damit nichts aus Versehen gelöscht wird.
disk-go = Die Festplatte löschen und die Briefe dorthin legen
disk-none-chosen = Wählen Sie eine Festplatte.
disk-asked = Die Box fängt an. Lassen Sie sie an, und die Festplatte stecken.
disk-under-way = Die Briefe ziehen schon um. Warten Sie, bis das fertig ist.
disk-not-there = Diese Festplatte steckt nicht mehr, oder sie eignet sich nicht. Wählen Sie noch einmal.
disk-not-asked = Die Box ließ sich nicht fragen. Versuchen Sie es noch einmal.
absent-missing = Die Festplatte mit Ihren Briefen steckt nicht
absent-missing-words = Diese Box hat ihre Briefe auf einer eigenen Festplatte und findet sie nicht oder kann sie nicht lesen. Dadurch geht nichts verloren: Briefe an Sie warten bei ihren Absendern.
absent-missing-do = Stecken Sie die Festplatte wieder an. Die Box merkt es von selbst und ist einige Minuten später wieder da.
absent-missing-dead = Wenn die Festplatte kaputt ist: „The disk died“ in der Anleitung sagt, wie es mit einer Sicherung weitergeht.
absent-damaged = Die Karte dieser Box ist beschädigt
absent-damaged-words = Die Box kann nicht lesen, was sie auf ihrer Karte aufbewahrt, obwohl sie versucht hat, es zu reparieren. Sie löscht nichts. Briefe an Sie warten bei ihren Absendern.
absent-damaged-do = Schalten Sie die Box einmal aus und wieder ein. Kommt diese Seite wieder, machen Sie eine neue Karte, und starten Sie die Box damit.
absent-damaged-disk = Liegen Ihre Briefe auf einer eigenen Festplatte, sind sie noch dort: Lassen Sie sie stecken, und wählen Sie auf der Seite der neuen Karte „{ $choice }“.
absent-damaged-card = Lagen Ihre Briefe auf der Karte: „The card died“ in der Anleitung sagt, wie es mit einer Sicherung weitergeht.
absent-left = Die Briefe dieser Festplatte sind auf einer anderen Karte
absent-left-words = Sie sind von dieser Festplatte auf eine Karte zurückgezogen, und jetzt hat sie diese Karte. Was auf der Festplatte liegt, ist alt. Dadurch geht nichts verloren: Briefe an Sie warten bei ihren Absendern.
absent-left-do = Schalten Sie die Box aus, stecken Sie jene Karte hinein, und schalten Sie sie wieder ein.
absent-left-gone = Wenn jene Karte kaputt oder verschwunden ist: „The card died“ in der Anleitung sagt, wie es mit einer Sicherung weitergeht.
absent-moving = Ihre Briefe ziehen auf eine andere Festplatte um
absent-moving-words = Die Post ist einige Minuten aus. Lassen Sie die Box an und die Festplatte stecken; alles kommt von selbst wieder.

# ---- administration: log
log-title = Protokoll
log-words = Was das Zuhause seit dem Start notiert hat, das Neueste zuerst, auf Englisch. Sie müssen es nicht verstehen: Es ist für jemanden, der Ihnen hilft. Adressen stehen darin, aber nie, was in einem Brief steht, und kein Passwort.
log-last = Die letzten Zeilen
log-problems = Nur was schiefging
log-all = Alles, was aufgehoben ist
log-more = Alles zeigen, was aufgehoben ist
log-empty = Noch ist nichts notiert.
log-no-problems = Nichts ging schief
log-caption = Die neueste Zeile kommt zuerst
log-severity = Art
log-text = Was darin steht
log-error = Störung
log-warning = Bitte ansehen
log-fact = Notiz
log-download-title = Für jemanden, der Ihnen hilft
log-download-words = Dasselbe als Datei. Sehen Sie sie durch, bevor Sie sie weitergeben: Darin steht, wer wem schreibt.
log-download = Als Datei speichern

# ---- administration: backup
admin-backup-words = Das ganze Zuhause in einer Datei, die nur Ihr Kennsatz öffnet.
backup-title = Sicherung
backup-back = Zurück zur Sicherung
backup-make = Jetzt eine machen
backup-last = Die letzte wurde gemacht: { $when }.
backup-left-out =
    { $count ->
        [one] Ein Brief war auf der Karte oder Festplatte nicht mehr zu lesen und ist nicht darin.
       *[other] { $count } Briefe waren auf der Karte oder Festplatte nicht mehr zu lesen und sind nicht darin.
    }
backup-never = Noch keine gemacht
backup-words = Geht das Gerät kaputt, wird ein anderes mit dieser Datei zu diesem Zuhause: dieselben Adressen, Personen, Passwörter und Kontakte. Bewahren Sie sie außerhalb des Geräts auf. Hier bleibt nichts davon.
backup-warning = Ohne den Kennsatz kann sie niemand öffnen, auch Sie nicht. Schreiben Sie ihn auf Papier, und bewahren Sie das Papier getrennt von der Datei auf.
backup-passphrase = Kennsatz für diese Sicherung
backup-passphrase-hint = Mindestens zehn Zeichen; vier Wörter, die nichts miteinander zu tun haben, sind gut.
backup-weak = Das ist zu leicht zu erraten. Nehmen Sie mindestens zehn Zeichen oder vier Wörter, die nichts miteinander zu tun haben.
backup-repeated = Der Kennsatz noch einmal
backup-differs = Die beiden sind nicht gleich. Tippen Sie beide noch einmal.
backup-own-hint = Damit niemand das Zuhause mitnimmt, der diese Seite offen findet.
backup-with-mail = Mit den Briefen in den Briefkästen. Die Datei ist so groß wie diese; ohne sie ist sie klein und hat alles andere.
backup-download = Sicherung machen und speichern
backup-restore = Wenn Sie sie brauchen
backup-restore-off = Schalten Sie das alte Gerät aus, und lassen Sie es aus: Zwei Geräte, die dasselbe Zuhause sind, nehmen einander die Briefe weg.
backup-restore-command = Wählen Sie auf der ersten Seite der neuen Box „Ich habe eine Sicherung“, und geben Sie ihr die Datei und den Kennsatz.
backup-restore-start = Wenn es wieder startet, ist es dieses Zuhause.
backup-restore-after = Briefe, die nach der Sicherung kamen, sind nur auf dem alten Gerät. Briefe an gewöhnliche Adressen, die vielleicht schon hinausgingen, warten auf Ihr Ja; das Zuhause fragt Sie per Mail.
backup-paper = Die Identität auf Papier
backup-paper-words = Ein Blatt, das die Tox-Adresse des Zuhauses bewahrt, wenn jede andere Sicherung verloren ist. Briefe, Personen und Kontakte sind nicht darauf. Auch dieses ist mit einem Kennsatz verschlossen.
backup-paper-open = Das Blatt erstellen …
backup-paper-make = Das Blatt zeigen
backup-paper-qr = Die Identität als Code zum Scannen
backup-paper-title = Die Identität von { $home }
backup-paper-made = Erstellt am { $day }. Bewahren Sie dieses Blatt an einem sicheren Ort auf und den Kennsatz an einem anderen.
backup-paper-once = Drucken Sie es jetzt: Es wird nur dieses eine Mal gezeigt.
backup-paper-check = Wörter zur Kontrolle
backup-paper-use = Auf einer neuen Box wählen Sie auf der Einrichtungsseite „{ $backup }“, dann „{ $paper }“; sie zeigt dieselben Wörter. Ebenso der Befehl, mit dem Text in einer Datei:

# ---- administration: storage
admin-storage-words = Wie viel Platz da ist, wie viel jeder Briefkasten braucht und wie groß Briefe sein dürfen.
storage-title = Speicher und Grenzen
storage-room = Platz auf dem Datenträger
storage-free = { $free } von { $total } sind frei
storage-full = Für Briefe ist kein Platz mehr: Sie warten bei ihren Absendern, und nichts ist verloren. Löschen Sie, was niemand braucht.
storage-low = Bald ist für Briefe kein Platz mehr. Löschen Sie, was niemand braucht.
storage-reserve = Die letzten { $bytes } nehmen Briefe nie ein.
storage-bar = Vom Datenträger belegt
storage-letters = Briefe in Briefkästen
storage-waiting = Briefe unterwegs
storage-mailboxes = Briefkästen
storage-mailboxes-quota = Jeder darf bis zu { $bytes } haben.
storage-mailboxes-free = Jeder darf so viel haben, wie der Datenträger fasst.
storage-other-disk = Die Briefe auf eine andere Festplatte legen
storage-takes = Belegt

# ---- administration: settings
settings-locked = Das steht in der Datei toxmail.toml, und die gilt: Es lässt sich nur dort ändern.
admin-save = Speichern
settings-changed = Es ist gespeichert und gilt ab jetzt.
settings-usual = wie üblich
settings-usual-now = wie üblich ({ $value })
settings-no-limit = keine Grenze
storage-limits = Grenzen
storage-message = Größter Brief
storage-message-hint = Mit allen Anhängen. Ein anderes Zuhause nimmt vielleicht weniger an.
storage-quota = Größter Briefkasten
storage-quota-hint = Briefe an einen vollen Briefkasten warten bei ihren Absendern, bis Platz ist.
storage-delay = Dem Absender sagen, dass ein Brief noch wartet, nach
storage-expire = Einen Brief zurückgeben, der nicht ankam, nach
storage-expire-hint = Das andere Zuhause ist vielleicht in den Ferien: Ein Monat ist gut.
admin-home-words = Wie das Zuhause heißt und in welcher Sprache es Ihnen schreibt.
home-settings-title = Das Zuhause
home-settings-name = Name des Zuhauses
home-settings-name-hint = So sehen es andere Zuhause.
home-settings-name-wrong = Schreiben Sie einen Namen in einer Zeile, der nicht zu lang ist.
home-settings-language = Sprache des Zuhauses
home-settings-language-hint = Für alle, die keine gewählt haben.
home-settings-changed = Es ist gespeichert. Andere Zuhause erfahren den neuen Namen, wenn sie diesem begegnen.
home-settings-hostname = Name im Netz
home-settings-hostname-words = Er steht im Zertifikat dieses Zuhauses. Ein anderer kommt in die Datei toxmail.toml (hostname) und gilt nach dem nächsten Start.
pairing-asked-title = Wer gefragt wird
pairing-asked-words = Wenn Fremde diesem Zuhause schreiben möchten oder ein anderes Zuhause sagt, eine Adresse gehöre einem der Seinen, werden diese per Mail gefragt. Niemand gewählt: wer das Zuhause verwaltet.

# ---- administration: provider
admin-provider-words = Der Weg zu allen ohne Toxmail, über Ihren Mailanbieter.
account-title = Gewöhnliche Post
account-home = Das Konto des Zuhauses
account-words = Briefe an Leute ohne Toxmail gehen über diesen Mailanbieter, von allen, die eine eigene gewöhnliche Adresse und kein eigenes Konto haben.
account-none = Es gibt keines: Briefe gehen nur an andere Zuhause
account-state = Zustand
account-fine = Läuft
account-fails = Geht nicht
account-since = seit: { $when }
account-said = Briefe warten und gehen von selbst, sobald es wieder geht. Das hat der Anbieter gesagt:
account-test = Jetzt ausprobieren
account-works = Der Anbieter nimmt die Anmeldung an.
account-remove = Entfernen …
account-set = Einrichten
account-replace = Ein anderes Konto oder ein neues Passwort
account-stored = Die Anmeldung klappt, und das Konto ist gespeichert. Wer mit welcher Adresse darüber schreiben darf, steht auf der Seite jeder Person.
account-removal-title = Das Konto des Zuhauses entfernen?
account-removal-letters = Briefe, die darauf warten, warten weiter, bis es ein anderes Konto gibt oder sie zurückgehen.
account-removal-fetches = 
    { $count ->
        [one] Ein Postfach wird mit dieser Anmeldung abgeholt: Das geht dann nicht mehr.
       *[other] { $count } Postfächer werden mit dieser Anmeldung abgeholt: Das geht dann nicht mehr.
    }
account-removal-password = Sein Passwort wird hier vergessen. Beim Anbieter ändert sich nichts.
account-removal-yes = Konto entfernen
account-removed = Das Konto ist entfernt.
account-removed-waiting = Das Konto ist entfernt. Briefe, die noch auf eines warten: { $count }.
account-members = Eigene Konten
account-members-words = Wer eines hat, schreibt darüber. Jede Person richtet es selbst ein.
account-members-none = Niemand hat eines.
fetching-title = Post, die abgeholt wird
fetching-words = Das Zuhause kann abholen, was bei einem Anbieter ankommt, damit alle Briefe in einem Briefkasten sind. Jede Person richtet es selbst ein, für ihr eigenes Postfach dort.
fetching-none = Für niemanden wird etwas abgeholt.
fetching-from = Von
fetching-every = alle { $time }
fetching-not-yet = seit dem Start noch nicht angesehen
fetching-now = Jetzt nachsehen
fetching-done = Briefe, die gekommen sind: { $count }.
fetching-runs = Es gibt viel abzuholen; es geht von selbst weiter.
fetching-stop = Beenden …
fetching-removal-title = Nicht mehr für { $name } abholen?
fetching-removal-words = Was gekommen ist, bleibt hier, und was dort liegt, bleibt dort. Um wieder anzufangen, braucht es das Passwort noch einmal.
fetching-removal-yes = Nicht mehr abholen
fetching-removed = Für { $name } wird nichts mehr abgeholt.

# ---- administration: problems
admin-problems-words = Ein gründlicher Blick auf alles, und was zu tun ist, wenn etwas nicht stimmt.
problems-title = Stimmt etwas nicht?
problems-words = Das Zuhause hat gerade alles angesehen und die Maschinen gefragt, mit denen es arbeitet.
problems-none = Alles in Ordnung
problems-again = Noch einmal nachsehen

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
admin-security-nobody = ein Name, den hier niemand hat
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

# ---- my card
nav-me = Meine Karte
me-title = Meine Adresskarte
me-words = Geben Sie sie allen, die Ihnen schreiben sollen: mit dem Code, als Datei oder auf Papier.
me-qr = { $name } als Kontakt, zum Scannen
me-tox = Für den ersten Kontakt des anderen Zuhauses
me-tox-words = Das ist die Tox-Adresse Ihres Zuhauses. Wer ein anderes Zuhause verwaltet, gibt sie dort einmal ein; von da an gehen Briefe direkt von Zuhause zu Zuhause.
me-download = Als Kontakt herunterladen (vCard)
me-copy = Adresse kopieren
me-copied = Kopiert
me-print = Drucken
me-more = Mehr von Ihnen
me-to-devices = Telefon oder Computer verbinden
me-to-card = Eine Karte für die Wand, mit allen Einstellungen
me-to-letters = Briefe unterwegs

# ---- my devices
nav-devices = Geräte
devices-title = Meine Geräte
devices-connect = Ein Gerät verbinden
devices-connect-words = Jedes Telefon und jeder Computer bekommt ein eigenes Passwort. Geht eines verloren, trennen Sie nur dieses.
devices-choose = Verbinden
devices-thunderbird = Thunderbird auf einem Computer
devices-thunderbird-words = Sie tippen Namen und Adresse, den Rest findet es selbst.
devices-android = Android, mit Thunderbird
devices-android-words = Sie scannen einen Code mit der Thunderbird-App oder tippen dort Ihre Adresse.
devices-apple = iPhone, iPad oder Mac
devices-apple-words = Sie laden eine Datei herunter, und das Gerät richtet sich selbst ein.
devices-delta = Delta Chat
devices-delta-words = Sie scannen einen Code. Lesen Sie vorher, was es nicht prüft.
devices-other = Outlook und andere
devices-other-words = Sie tippen die Einstellungen aus einer Tabelle.
devices-list = Verbundene Geräte
devices-list-words = Wann ein Gerät zuletzt benutzt wurde, wird einmal am Tag notiert.
devices-none = Noch ist kein Gerät verbunden.
devices-label = Wie Sie das Gerät nennen
devices-made = Verbunden
devices-used = Zuletzt benutzt
devices-never = Noch nicht
devices-revoke = Trennen
devices-revoke-title = Dieses Gerät trennen?
devices-revoke-words = Es kann hier keine Briefe mehr lesen oder senden. Was es schon hat, bleibt darauf. Wenn Sie es später wieder verbinden, bekommt es ein neues Passwort.
devices-revoke-yes = Trennen
devices-revoke-no = Behalten
devices-revoked = „{ $label }“ ist getrennt.
devices-back = Zu meinen Geräten
devices-before = Bevor Sie anfangen
devices-make = Ein Passwort dafür erstellen
devices-make-words = Das Passwort wird jetzt erstellt und auf der nächsten Seite einmal gezeigt.
devices-make-file-words = Für dieses Gerät wird ein eigenes Passwort erstellt. Es steht in der Datei: Niemand muss es eintippen.
devices-make-button = Passwort erstellen
devices-make-file = Datei herunterladen
devices-label-hint = Damit Sie es später erkennen, zum Beispiel „Laptop in der Küche“.
devices-label-other = Mailprogramm
devices-label-empty = Geben Sie dem Gerät einen Namen.
devices-label-long = Das ist zu lang: höchstens { $most } Zeichen.
devices-after = Danach
devices-steps = So geht es weiter
devices-compare = Zum Vergleichen
devices-compare-words = Wenn ein Gerät fragt, ob es dem Zertifikat vertrauen darf, vergleichen Sie diese Buchstaben und Ziffern (SHA-256) mit dem, was es zeigt. Sind sie gleich, ist es Ihr Zuhause. Wenn nicht, wählen Sie „Abbrechen“ und fragen Sie, wer das Zuhause verwaltet.
devices-fingerprint-server = Das Zertifikat Ihres Zuhauses
devices-fingerprint-ca = Die Zertifizierungsstelle Ihres Zuhauses
devices-dialog = Das werden Sie sehen
devices-thunderbird-before = Thunderbird fragt einmal, ob es Ihrem Zuhause vertrauen darf. Das können Sie sich sparen: Laden Sie die Zertifizierungsstelle Ihres Zuhauses herunter. Öffnen Sie in Thunderbird Einstellungen, Datenschutz & Sicherheit, „Zertifikate verwalten…“, „Zertifizierungsstellen“, „Importieren…“, wählen Sie die Datei und setzen Sie das Häkchen bei „Dieser CA vertrauen, um Websites zu identifizieren.“
devices-thunderbird-step-1 = Öffnen Sie in Thunderbird das Menü ☰ und wählen Sie „Neues Konto“, dann „E-Mail“. Ein Thunderbird, das noch kein Konto hat, fragt von selbst.
devices-thunderbird-step-2 = Tippen Sie Ihren Namen und diese Adresse: { $address }. Wählen Sie „Weiter“ (in neueren „Einstellungen suchen“). Die Einstellungen findet es selbst; wählen Sie noch einmal „Weiter“.
devices-thunderbird-step-3 = Tippen Sie das Passwort, das diese Seite dafür erstellt hat, nicht Ihr eigenes.
devices-thunderbird-step-4 = Kennt es Ihr Zuhause noch nicht, zeigt es dies. Wählen Sie „Ansehen…“, vergleichen Sie den Fingerabdruck unten und bestätigen Sie:
devices-thunderbird-step-5 = Beim Senden Ihres ersten Briefes fragt es noch einmal dasselbe. Danach nie wieder.
devices-exception-title = Sicherheits-Ausnahmeregel hinzufügen
devices-exception-words = Dem Zertifikat wird nicht vertraut, weil nicht verifiziert wurde, dass es von einer vertrauenswürdigen Autorität unter Verwendung einer sicheren Signatur herausgegeben wurde.
devices-exception-button = ☑ Diese Ausnahme dauerhaft speichern · [Sicherheits-Ausnahmeregel bestätigen]
devices-android-step-1 = Installieren Sie Thunderbird aus Ihrem App-Store.
devices-android-step-2 = Laden Sie die Zertifizierungsstelle Ihres Zuhauses auf das Telefon und installieren Sie sie dort unter Einstellungen, Sicherheit, Weitere Sicherheitseinstellungen, Zertifikat installieren, CA-Zertifikat. Das Telefon warnt davor; sie kann nur für dieses Zuhause bürgen.
devices-android-step-3 = Öffnen Sie Thunderbird auf dem Telefon. Beim ersten Start wählen Sie „Los geht’s“ und dann „Einstellungen importieren“; später in seinen Einstellungen „Einstellungen importieren“, „QR-Code scannen“. Halten Sie es vor den Code, der hier steht, sobald das Passwort erstellt ist.
devices-android-step-4 = Es zeigt das gefundene Konto. Wählen Sie „Importieren“.
devices-android-step-5 = Findet es den Namen Ihres Zuhauses nicht, tippen Sie stattdessen eine der Adressen aus der Tabelle.
devices-android-here-1 = Öffnen Sie Thunderbird auf diesem Telefon. Beim ersten Start wählen Sie „Los geht’s“, später in seinen Einstellungen „Konto hinzufügen“. Tippen Sie diese Adresse: { $address }
devices-android-here-2 = Wählen Sie „Weiter“. Es findet die Einstellungen von selbst. Fragt es nach einem Passwort, ist es das dieses Geräts, nicht Ihr eigenes.
devices-android-here-3 = Sagt es „Konfiguration nicht gefunden“, wählen Sie „Konfiguration bearbeiten“ und tippen, was in der Tabelle steht.
devices-apple-before = In der Datei steht das Passwort. Sie geht über die sichere Verbindung nur an dieses Gerät. Öffnen Sie diese Seite auf dem Gerät, das Sie verbinden möchten.
devices-apple-profile = Mail und Kontakte Ihres Zuhauses. Am Zertifikat erkennt dieses Gerät Ihr Zuhause; für eine andere Website kann es nicht bürgen.
devices-apple-step-1 = Erlauben Sie das Herunterladen. Das Gerät meldet „Profil geladen“. Machen Sie innerhalb von 8 Minuten weiter, denn danach löscht es das Profil.
devices-apple-step-2 = iPhone und iPad: Öffnen Sie Einstellungen, dann „Profil geladen“. Mac: Öffnen Sie Systemeinstellungen, Allgemein, Geräteverwaltung. Dort steht der Name Ihres Zuhauses:
devices-apple-unverified = Nicht überprüft. (Das steht bei jedem Profil, das keine Firma unterschrieben hat.)
devices-apple-step-3 = Wählen Sie „Installieren“ (iPhone und iPad: oben rechts) und tippen Sie den Code des Geräts.
devices-apple-step-4 = Nur iPhone und iPad: Einstellungen, Allgemein, Info, Zertifikatsvertrauenseinstellungen, und schalten Sie Ihr Zuhause ein.
devices-apple-step-5 = Öffnen Sie Mail. Ihre Briefe sind da.
devices-delta-before = Delta Chat kennt das Zertifikat Ihres Zuhauses nicht und kann es nicht lernen. Es prüft nicht, mit wem es spricht: Jemand in Ihrem Heimnetz könnte sich als Ihr Zuhause ausgeben und das Passwort dieses Geräts an sich nehmen. Zu Hause ist das selten eine Gefahr; im Netz eines Cafés benutzen Sie es nicht.
devices-delta-agree = Ich habe das verstanden und möchte Delta Chat trotzdem benutzen.
devices-delta-agree-first = Setzen Sie erst dieses Häkchen, oder wählen Sie ein anderes Programm.
devices-delta-step-1 = Wählen Sie in Delta Chat „Neues Profil erstellen“ oder „Profil hinzufügen“, dann „QR-Code scannen“.
devices-delta-step-2 = Halten Sie es vor den Code, der hier steht, sobald das Passwort erstellt ist, und wählen Sie „OK“.
devices-delta-here-1 = Installieren Sie Delta Chat auf diesem Telefon, falls es noch nicht da ist.
devices-delta-here-2 = Tippen Sie auf „Delta Chat öffnen“; das steht hier, sobald das Passwort erstellt ist. Es fragt, ob es sich anmelden darf; wählen Sie „OK“.
devices-delta-open = Delta Chat öffnen
devices-other-before = Kann das Programm die Zertifikate des Computers benutzen, installieren Sie dort zuerst die Zertifizierungsstelle Ihres Zuhauses: Dann fragt es nie.
devices-other-step-1 = Wählen Sie im Programm, das Konto von Hand einzurichten, oder „Erweiterte Einrichtung“, und dort IMAP oder POP wie in der Tabelle.
devices-other-step-2 = Tippen Sie die Einstellungen der Tabelle, mit dem Benutzernamen und dem Passwort dieser Seite, für das Empfangen und das Senden.
devices-other-step-3 = Fragt es, ob es dem Zertifikat vertrauen darf, vergleichen Sie den Fingerabdruck.
devices-made-title = „{ $label }“ kann verbunden werden
devices-once = Nur dieses eine Mal
devices-once-words = Das Passwort steht jetzt hier und nie wieder. Tippen oder scannen Sie es gleich. Brauchen Sie es später, erstellen Sie ein neues.
devices-code = Einstellungen und Passwort für ein Gerät, zum Scannen
devices-code-words = Wer diesen Code scannt, kann Ihre Briefe lesen. Zeigen Sie ihn nur Ihrem eigenen Gerät.
devices-here = Diese Seite ist auf dem Telefon selbst offen, und seinen eigenen Bildschirm kann es nicht scannen. Hier werden die Einstellungen deshalb getippt; das Passwort können Sie kopieren.
devices-code-elsewhere = Stattdessen für ein anderes Telefon: der Code zum Scannen
devices-your-name = Ihr Name
devices-your-address = Ihre Adresse
devices-password = Passwort dieses Geräts
devices-copy = Passwort kopieren
devices-by-hand = Die Einstellungen, zum Tippen
devices-table = Server
devices-purpose = Zum
devices-incoming = Empfangen
devices-outgoing = Senden
devices-protocol = Art
devices-server = Server
devices-port = Port
devices-security = Sicherheit
devices-login = Benutzername
devices-books = Adressbuch (CardDAV)
devices-instead = Wenn es den Server nicht findet
devices-written-down = Fertig: getippt oder gescannt
devices-card-title = Eine Karte für die Wand
devices-card-words = Ihre Adressen und die Einstellungen, zum Drucken. Passwörter stehen nicht darauf.
devices-card-page = Die Seite Ihres Zuhauses:
devices-card-by-hand = (von Hand geschrieben, wenn überhaupt)

# ---- my letters
nav-letters = Briefe
letters-title = Meine Briefe unterwegs
letters-none = Nichts ist unterwegs: Alle Ihre Briefe sind hinausgegangen.
letters-no-more = Dahinter gibt es keine Briefe mehr.
letters-first-page = Zum Anfang
letters-count =
    { $count ->
        [one] Ein Brief, { $size }.
       *[other] { $count } Briefe, zusammen { $size }.
    }
letters-no-subject = (ohne Betreff)
letters-facts = Geschrieben { $when }, { $size }
letters-who = { $name } ({ $address })
letters-on-its-way = Unterwegs
letters-delivered = Angekommen
letters-held = Wartet auf Ihre Antwort
letters-failed = Nicht angekommen
letters-waits-for-home = Wartet, bis das andere Zuhause da ist
letters-waits = Wartet, bis er an der Reihe ist
letters-waits-again = Wird noch einmal versucht
letters-next-try = Nächster Versuch in { $wait }.
letters-why = Das Zuhause sagt:
letters-more =
    { $count ->
        [one] Und noch jemand.
       *[other] Und { $count } weitere.
    }
letters-sent-bytes = { $sent } gesendet
letters-sent-of-bytes = { $sent } von { $total }
letters-sent-of-parts = Teile: { $sent } von { $total }
letters-speed = { $size } in der Sekunde
letters-left = noch { $time }
letters-retry = Jetzt versuchen
letters-retried = Es wird jetzt versucht.
letters-gone = Er ist schon hinausgegangen.
letters-cancel = Zurücknehmen
letters-cancel-title = Diesen Brief zurücknehmen?
letters-cancel-words = Er geht an niemanden mehr, der ihn noch nicht hat. Wer ihn hat, behält ihn.
letters-cancel-yes = Zurücknehmen
letters-cancel-no = Weiterschicken lassen
letters-cancel-late = Er kann nicht mehr zurückgenommen werden.
letters-cancelled = Der Brief ist zurückgenommen.
letters-look-again = Noch einmal nachsehen
letters-held-words = Ein Teil ginge mit gewöhnlicher E-Mail, oder er war unterwegs, als das Zuhause aus einer Sicherung wiederhergestellt wurde. Soll er gehen?
letters-held-send = Senden
letters-held-stop = Nicht senden
letters-released = Er geht hinaus.
letters-not-held = Er wartet auf keine Antwort mehr.
letters-next-page = Neuere Briefe

# ---- my contacts
nav-contacts = Kontakte
contacts-title = Kontakte
contacts-add = Jemanden hinzufügen
contacts-none = Sie kennen hier noch niemanden. Fügen Sie jemanden hinzu, oder bitten Sie, wer das Zuhause verwaltet, es mit einem anderen zu verbinden.
contacts-list =
    { $count ->
        [one] Ein Kontakt
       *[other] { $count } Kontakte
    }
contacts-search = Nach Name oder Adresse suchen
contacts-search-button = Suchen
contacts-not-found = Damit wird niemand gefunden.
contacts-all = Alle zeigen
contacts-found =
    { $count ->
        [one] Einer ist gefunden.
       *[other] { $count } sind gefunden.
    }
contacts-name = Name
contacts-kind = Art
contacts-state = Wie es steht
contacts-mine = nur Ihrer
contacts-has-claims = Eine Adresse wartet auf Ihren Blick.
contacts-before = Die davor
contacts-next = Die danach
contacts-files = Als Datei
contacts-files-words = Verbundene Telefone und Mailprogramme haben diese Kontakte ohnehin. Die Datei ist für alle anderen.
contacts-export = Alle herunterladen (vCard)
contacts-import = Aus einer Datei übernehmen
contacts-connected = Jetzt da
contacts-online = Da, antwortet gleich
contacts-awaits-direct = Da, aber nicht direkt: Briefe warten
contacts-asked = Gefragt, noch keine Antwort
contacts-waiting = Eingelassen, noch nicht gesehen
contacts-blocked = Gesperrt
contacts-ordinary = Mit gewöhnlicher E-Mail
contacts-offline = Nicht da
contacts-last-seen = Zuletzt gesehen: { $when }
contacts-kind-home = Zuhause mit Toxmail
contacts-kind-chat = Chatprogramm
contacts-kind-unknown = Noch nicht bekannt
contacts-kind-ordinary = Gewöhnliche E-Mail
contacts-add-words = Fügen Sie ein, was man Ihnen gegeben hat: eine E-Mail-Adresse, eine Tox-Adresse oder eine Einladung.
contacts-address = Adresse oder Einladung
contacts-address-hint = Zum Beispiel oma@example.org, eine lange Tox-Adresse oder ein Link, der mit tox: beginnt
contacts-address-empty = Fügen Sie hier eine Adresse oder eine Einladung ein.
contacts-invitation-not-yours = Das ist eine Einladung: Sie verbindet das ganze Zuhause mit einem anderen. Geben Sie sie weiter an, wer Ihres verwaltet.
contacts-add-name = Name
contacts-add-name-hint = Wie Sie die Person nennen. Eine Einladung braucht keinen.
contacts-name-empty = Geben Sie einen Namen an.
contacts-add-chat = Diese Person benutzt ein Tox-Chatprogramm, nicht Toxmail.
contacts-add-everybodys = Für alle im Haus, nicht nur für mich.
contacts-add-button = Hinzufügen
contacts-added = Hinzugefügt.
contacts-back = Zu meinen Kontakten
contacts-facts = Was bekannt ist
contacts-short = Schreiben an
contacts-home-name = Das Zuhause nennt sich
contacts-full = Vollständig
contacts-emails = E-Mail-Adressen
contacts-emails-hint = In jeder Zeile eine; die erste wird gezeigt.
contacts-whose = Wessen Kontakt
contacts-everybodys = Von allen im Haus
contacts-only-mine = Nur Ihrer
contacts-claims = Adressen, die das andere Zuhause angibt
contacts-claims-words = Das andere Zuhause sagt, das seien die richtigen. Niemand hier hat es bestätigt, darum zählen sie noch nicht. Bestätigen Sie nur, was Sie wissen.
contacts-claims-confirm = Die stimmt
contacts-confirmed = Die Adresse ist bestätigt.
contacts-words = Ist es wirklich diese Person?
contacts-words-compared = Sie haben die Wörter verglichen
contacts-words-not-compared = Noch nicht verglichen
contacts-words-words = Rufen Sie an und lesen Sie einander diese Wörter vor. Sehen beide dieselben, steht niemand dazwischen.
contacts-words-same = Wir haben dieselben Wörter
contacts-words-undo = Das zurücknehmen
contacts-verified = Notiert: Sie haben die Wörter verglichen.
contacts-unverified = Notiert: Die Wörter sind nicht verglichen.
contacts-edit = Ändern
contacts-edit-everybodys = Das ist ein Kontakt von allen: Was Sie ändern, ändert sich für alle im Haus.
contacts-save = Speichern
contacts-changed = Gespeichert.
contacts-fallback = Wenn das andere Zuhause lange weg ist
contacts-fallback-words = Briefe warten, bis das andere Zuhause da ist. Nach einer Zeit, die Sie wählen, dürfen sie stattdessen mit gewöhnlicher E-Mail gehen, die andere unterwegs lesen können.
contacts-fallback-label = Mit gewöhnlicher E-Mail
contacts-fallback-never = Nie
contacts-fallback-after = Nach { $time }
contacts-direct = Nur direkt
contacts-direct-words = Wird kein direkter Weg gefunden, gehen Briefe auf einem Umweg über Vermittler; diese können sie nicht lesen, sehen aber, dass es Post gibt. Nur direkt heißt: lieber warten als ein Umweg.
contacts-direct-on = Nur direkt
contacts-direct-off = Auch über Vermittler
contacts-direct-on-button = Nur direkt
contacts-direct-off-button = Vermittler wieder erlauben
contacts-end = Beenden
contacts-not-yours = Das Übrige entscheidet, wer dieses Zuhause verwaltet.
contacts-block = Sperren
contacts-block-title = { $name } sperren?
contacts-block-words = Von diesem Zuhause wird nichts mehr angenommen, und nichts geht mehr dorthin: für alle hier. Briefe, die dorthin unterwegs sind, kommen zurück. Die anderen erfahren es nicht.
contacts-block-yes = Sperren
contacts-blocked-now = Gesperrt.
contacts-remove = Entfernen
contacts-remove-title = { $name } entfernen?
contacts-remove-words = Der Kontakt verschwindet aus den Adressbüchern hier. Kennt sonst niemand hier dieses Zuhause, kommen Briefe dorthin zurück, und es müsste neu verbunden werden.
contacts-remove-yes = Entfernen
contacts-removed = Entfernt.
contacts-end-no = Nein, so lassen
contacts-imported = Neu: { $new }. Ergänzt: { $completed }. Nicht übernommen: { $refused }.
contacts-import-words = Telefone und Mailprogramme schreiben Kontakte als vCard (Dateien, die mit .vcf enden). Wer schon bekannt ist, wird ergänzt, nicht doppelt eingetragen. Sie gehören dann nur Ihnen.
contacts-import-hint = Eine Datei, die mit .vcf endet, höchstens 8 MB.
contacts-import-this = Die Datei
contacts-import-file = Datei wählen
contacts-import-button = Übernehmen
contacts-import-line = Zeile { $line }:

# ---- who asks
requests-title = Wer schreiben möchte
requests-none = Im Augenblick fragt niemand.
requests-not-asked = Das sehen nur die, die hier über Fremde entscheiden. Fragen Sie, wer dieses Zuhause verwaltet.
requests-somebody = Jemand ({ $key }…)
requests-they-say = Über sich selbst steht da:
requests-say-nothing = (nichts)
requests-received = Gefragt { $when }
requests-words = Sagen kann jeder alles. Nehmen Sie nur an, wen Sie erwarten; die Sicherheitswörter können Sie danach vergleichen.
requests-accept = Annehmen
requests-refuse = Ablehnen
requests-accepted = Angenommen: Sie können einander jetzt schreiben.
requests-refused = Abgelehnt. Es darf noch einmal gefragt werden.
requests-blocked = Gesperrt. Davon hören Sie nichts mehr.
requests-block-title = Sperren, wer da fragt?
requests-block-words = Sie hören nichts mehr davon, und die andere Seite erfährt es nicht.
requests-more =
    { $count ->
        [one] Noch eine Anfrage wartet dahinter.
       *[other] { $count } weitere Anfragen warten dahinter.
    }
requests-move = { $name } sagt: „Ich habe einen neuen Kasten“
requests-announced = Angekündigt { $when }
requests-move-words = Das kann stimmen, oder jemand hat den alten Kasten an sich genommen. Rufen Sie an. Stehen auf dem neuen Kasten dieselben Wörter? Dann stimmt es.
requests-move-confirm = Die Wörter sind gleich: Es stimmt
requests-move-refuse = Das stimmt nicht
requests-moved = Bestätigt: Briefe gehen von jetzt an zum neuen Kasten.
requests-not-moved = Abgelehnt: Alles bleibt beim alten Kasten.

# ---- my settings
nav-settings = Einstellungen
settings-title = Meine Einstellungen
settings-save = Speichern
settings-saved = Gespeichert.
settings-name = Mein Name
settings-name-words = Er steht neben Ihrer Adresse in den Briefen, die Sie schreiben, in den Adressbüchern dieses Zuhauses und auf Ihrer Karte.
settings-mixed = Ein Brief an mehrere
settings-mixed-words = Die einen werden direkt und vertraulich erreicht, die anderen nur mit gewöhnlicher E-Mail, die andere unterwegs lesen können. Was soll mit einem Brief geschehen, der an beide geht?
settings-mixed-tell = Senden, und mir danach sagen, welchen Weg jede Kopie nahm.
settings-mixed-ask = Mich vorher fragen.
settings-mixed-refuse = Nicht senden.
settings-reencode = Briefe für alte Mailanbieter
settings-reencode-words = Einige Anbieter nehmen nur schlichte Briefe, ohne é oder ü. Das Zuhause kann einen Brief für sie neu schreiben. Eine digitale Unterschrift darin würde dadurch ungültig, darum geschieht es nur mit Ihrem Wort.
settings-reencode-on = Meine Briefe neu schreiben, wo ein Anbieter es braucht.
settings-provider = Mein eigener Mailanbieter
settings-provider-words = Gewöhnliche E-Mail geht meist über den Anbieter des Hauses. Haben Sie ein eigenes Konto, geht Ihre darüber.
settings-provider-problem = Seit { $when } klappt es nicht. Der Anbieter sagt:
settings-provider-problem-now = Es klappt nicht. Der Anbieter sagt:
settings-provider-test = Anmeldung ausprobieren
settings-provider-works = Die Anmeldung klappt.
settings-provider-remove = Entfernen
settings-provider-remove-title = Ihren eigenen Anbieter entfernen?
settings-provider-remove-words = Ihre gewöhnliche E-Mail geht dann über den Anbieter des Hauses, wenn es einen gibt. Was auf Ihren wartet, bleibt, bis er wieder eingerichtet ist oder Sie es zurücknehmen.
settings-provider-removed = Entfernt.
settings-provider-again = Neu eingeben
settings-provider-set = Die Anmeldung klappt; Ihre gewöhnliche E-Mail geht von jetzt an diesen Weg.
settings-provider-save = Anmeldung ausprobieren und speichern
settings-no-address = Für Sie ist hier noch keine gewöhnliche E-Mail-Adresse eingetragen. Das tut, wer das Zuhause verwaltet; danach können Sie Ihr Konto einrichten.
settings-address = Ihre Adresse dort
settings-address-not-yours = Wählen Sie eine Ihrer Adressen. Eine neue trägt ein, wer das Zuhause verwaltet.
settings-host = Server für ausgehende Mail
settings-host-hint = Ihr Anbieter nennt ihn, zum Beispiel smtp.example.org.
settings-host-empty = Geben Sie den Server an.
settings-host-not-public = Dieser Server steht im Netz des Hauses oder hat keine Adresse im Internet. Nehmen Sie den, den Ihr Anbieter nennt; einen im Netz des Hauses richtet ein, wer das Zuhause verwaltet.
settings-port-wrong = Ein Port ist eine Zahl von 1 bis 65535; meist 465.
settings-username = Benutzername dort
settings-username-hint = Meist Ihre Adresse; dann lassen Sie es leer.
settings-password = Passwort dort
settings-password-hint = Viele Anbieter wollen für Mailprogramme ein eigenes („App-Passwort“).
settings-password-empty = Geben Sie das Passwort an.
settings-fetch = Briefe, die bei meinem Anbieter ankommen
settings-fetch-words = Antworten auf gewöhnliche E-Mail kommen bei Ihrem Anbieter an. Das Zuhause kann sie dort abholen, damit Sie alles an einem Ort finden.
settings-fetch-host = Server für eingehende Mail
settings-fetch-host-hint = Ihr Anbieter nennt ihn, zum Beispiel imap.example.org.
settings-fetch-username-usual = Meist Ihre Adresse.
settings-fetch-username-empty = Geben Sie den Benutzernamen an.
settings-fetch-every = Nachgesehen wird alle
settings-fetch-after = Was dort aus ihnen wird
settings-fetch-deletes = Sie werden dort gelöscht, sobald sie hier liegen.
settings-fetch-keeps = Sie bleiben auch dort.
settings-fetch-worked = Zuletzt geklappt
settings-fetch-everything = Auch holen, was dort schon liegt, nicht nur, was von jetzt an kommt.
settings-fetch-delete = Briefe beim Anbieter löschen, sobald sie sicher hier liegen.
settings-fetch-set = Die Anmeldung klappt; von jetzt an werden Briefe geholt.
settings-fetch-now = Jetzt holen
settings-fetch-runs = Es ist viel zu holen; das geht von selbst weiter.
settings-fetch-remove = Nicht mehr holen
settings-fetch-remove-title = Keine Briefe mehr holen?
settings-fetch-remove-words = Was hier liegt, bleibt. Neue Briefe bleiben bei Ihrem Anbieter.
settings-fetch-removed = Es wird nichts mehr geholt.

# ---- Sicherungen auf einem USB-Stick
stick-title = Sicherung auf einem USB-Stick
stick-words = Die Box kann ihre Sicherung auf einen USB-Stick schreiben, der in ihr steckt: jetzt, und von selbst jede Nacht auf einen Stick, der stecken bleibt.
stick-open = Zum USB-Stick …
stick-now = Der Stick, der benutzt wird
stick-progress = Wie weit die Sicherung ist
stick-go = Jetzt eine Sicherung machen
stick-nightly = Jede Nacht, von selbst. Der Stick bleibt stecken.
stick-forget = Auf diesem Stick keine Sicherungen mehr machen
stick-another = Ein anderer Stick, oder ein anderer Kennsatz
stick-choose = Einen Stick wählen
stick-choose-words = Was auf dem Stick ist, bleibt dort: Die Sicherungen liegen im Ordner Toxmail, und die neuesten sieben bleiben. Der Stick darf herausgezogen werden, wann immer keine Sicherung gemacht wird. Für mehr als 4 GB muss er als exFAT formatiert sein.
stick-nothing = Es steckt kein USB-Stick. Stecken Sie einen in die Box, warten Sie einige Sekunden, und sehen Sie noch einmal nach.
stick-which = Welcher Stick
stick-choice = { $name }, { $size }.
stick-use = Diesen Stick nehmen, und die erste Sicherung machen
stick-no-name = ein Stick ohne Namen
stick-unknown = Die Box kann nicht lesen, wie er formatiert ist. Formatieren Sie ihn an einem Computer, als exFAT oder FAT32.
stick-failed = Die letzte Sicherung kam nicht zustande ({ $when }). Ältere haben vielleicht Platz für sie gemacht; die letzte gute ist noch da.
stick-last =
    { $kept ->
        [one] Die letzte Sicherung wurde { $when } gemacht und hat { $size }. { $free } sind auf dem Stick frei.
       *[other] Die letzte Sicherung wurde { $when } gemacht und hat { $size }. { $kept } Sicherungen sind auf dem Stick, und { $free } sind frei.
    }
stick-writing = Eine Sicherung wird gemacht: { $done } sind auf dem Stick. Lassen Sie ihn stecken.
stick-checking = Die Sicherung wird zurückgelesen: { $done } von { $total } stimmen. Lassen Sie den Stick stecken.
stick-none-chosen = Wählen Sie einen Stick, der steckt.
stick-begun = Die Sicherung beginnt. Lassen Sie den Stick stecken.
stick-forgotten = Auf diesem Stick werden keine Sicherungen mehr gemacht. Die dort sind, bleiben.
stick-why-away = Der Stick steckt nicht. Stecken Sie denselben wieder ein und machen Sie auf der Seite über den Stick eine Sicherung, oder wählen Sie dort einen anderen.
stick-why-twins = Es stecken zwei Sticks mit demselben Inhalt, und die Box weiß nicht, welcher gemeint ist. Ziehen Sie einen heraus, und machen Sie auf der Seite über den Stick eine Sicherung.
stick-why-full = Auf dem Stick ist kein Platz. Löschen Sie an einem Computer, was sonst darauf ist, oder wählen Sie auf der Seite über den Stick einen größeren.
stick-why-too-long = Die Sicherung ist größer als 4 GB, und der Stick ist so formatiert, dass keine Datei größer sein darf (FAT32). Formatieren Sie ihn an einem Computer als exFAT, was ihn löscht, und wählen Sie ihn auf der Seite über den Stick neu; oder machen Sie Sicherungen ohne die Briefe.
stick-why-locked = Auf den Stick kann nicht geschrieben werden. Vielleicht hat er einen kleinen Schalter, der ihn sperrt; sonst ist er beschädigt. Entsperren Sie ihn, oder wählen Sie auf der Seite über den Stick einen anderen.
stick-why-broken = Der Stick konnte nicht beschrieben oder gelesen werden: Er wurde zu früh herausgezogen, oder er ist beschädigt. Versuchen Sie es auf der Seite über den Stick noch einmal. Geht auch das nicht, so wählen Sie einen anderen Stick.
stick-incomplete = Die Sicherung von { $when } liegt auf dem Stick, aber es fehlt etwas darin.
stick-why-incomplete = Briefe oder Ordner ließen sich auf der Karte oder Festplatte nicht lesen und sind deshalb nicht darin. Die letzte Sicherung, in der nichts fehlt, bleibt auf dem Stick. Vielleicht geht die Karte oder Festplatte kaputt: Nehmen Sie bald eine neue, und holen Sie das Zuhause aus jener Sicherung zurück.
stick-why-home = Das Zuhause konnte die Sicherung nicht machen. Versuchen Sie es auf der Seite über den Stick noch einmal. Bleibt es so, zeigen Sie das jemandem, der sich um das Zuhause kümmert.
stick-why-missed = Nächtliche Sicherungen werden zwischen zwei und fünf Uhr gemacht: Lassen Sie die Box nachts an. Machen Sie jetzt eine auf der Seite über den Stick.
finding-backup-failed = Die nächtliche Sicherung auf den USB-Stick kam nicht zustande ({ $when }).
finding-backup-missed = Seit zwei Nächten gab es keine nächtliche Sicherung auf den USB-Stick.
restore-stick = Von einem USB-Stick
restore-stick-words = In der Box steckt ein Stick. Die neueste Sicherung darauf wird genommen.
restore-stick-file = Eine andere Sicherung darauf
restore-stick-newest = Die neueste
restore-stick-choice = { $name } ({ $size })
restore-stick-go = Vom Stick zurückholen
restore-stick-empty = Auf diesem Stick ist keine Sicherung: Sie liegen in seinem Ordner Toxmail.
stick-unreadable = Der Stick kann nicht gelesen werden. Versuchen Sie einen anderen, oder bringen Sie die Datei mit Ihrem Browser.
stick-silent = Die Box kommt an den Stick nicht heran. Warten Sie eine Minute und versuchen Sie es noch einmal. Bleibt es so, dann ziehen Sie den Stick heraus und stecken Sie ihn wieder ein.
