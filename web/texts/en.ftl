# The page's texts in English. The same keys, with the same variables, stand in fr.ftl, de.ftl and es.ftl.

# ---- every page
skip-link = Skip to the content
menu-label = Menu
menu-close = Close the menu
logged-in-as = Logged in as { $name }
log-out = Log out
language-label = Language
footer-words = Toxmail, the post office of this home
flash-good = Done
flash-bad = Not done
failure-title = That did not work
failure-words = This is what the home said (in English for now):
failure-advice = What to do: { $advice }

# ---- the menu
nav-home = Home

# ---- dates and times
date-long = { $day } { $month } { $year }
date-short = { $day } { $month }
time-now = just now
time-minutes-ago = 
    { $minutes ->
        [one] { $minutes } minute ago
       *[other] { $minutes } minutes ago
    }
time-today = today { $time }
time-yesterday = yesterday { $time }
unit-days = d
month-1 = January
month-2 = February
month-3 = March
month-4 = April
month-5 = May
month-6 = June
month-7 = July
month-8 = August
month-9 = September
month-10 = October
month-11 = November
month-12 = December
weekday-1 = Monday
weekday-2 = Tuesday
weekday-3 = Wednesday
weekday-4 = Thursday
weekday-5 = Friday
weekday-6 = Saturday
weekday-7 = Sunday

# ---- what is not served
error-title-bad-request = That request cannot be understood
error-title-forbidden = That is not possible here
error-title-not-found = There is no such page
error-title-too-large = That is too much at once
error-title-too-many = One moment, please
error-title-trouble = The home has trouble
error-title-unavailable = Not right now
error-title-failure = That did not work
error-bad-request = Your browser sent something that this home does not understand. Go back and try again.
error-form = The form did not arrive as this home sent it. Go back, load the page again, and fill it in once more.
error-slow = The form took too long to arrive. Look at your connection, and try again.
error-token = This page was open for a long time, or in another window you have logged in or out. Go back, load the page again, and do it once more. Nothing was changed.
error-origin = This change was asked for by another website, or your browser does not say by which. It was not made. If it was you: open the home's own page, and do it there.
error-host = This home does not answer to that name. Open http://toxmail.local/, or the address of the box.
error-host-missing = The request does not say clearly which home it is for.
error-plain = Over this connection others could read along, so nothing is changed here. Open the home's page over the secure address (https).
error-admin-only = Only the administrator of this home can do that. Ask them.
error-log-in = Log in first.
error-method = That cannot be done at this address.
error-not-found = Perhaps the address has a typing error, or the page is of another version of Toxmail.
error-too-large = What was sent is larger than this home takes. Send less at once.
error-too-many = That was tried too often in a short time.
error-trouble = Something went wrong inside. No letter is lost. Try again; if it stays so, the administrator finds the reason in the home's log.
error-unavailable = The home is busy or stopping. Try again in a moment.
error-failure = The home could not do it. Nothing was changed.
error-retry = Try again in { $wait }.
error-back = To the first page

# ---- login
login-title = Log in
login-moment = One moment
login-continue = Go on
login-intro = With your name in this home and your own password.
login-name = Name
login-name-hint = What stands before the @ in your address here, such as anna.
login-password = Password
login-password-hint = Your own, not that of a device.
login-submit = Log in
login-forgotten = Forgotten? The administrator of this home can give you a new one.
login-wrong = Name and password do not belong together. Look whether the keyboard writes capitals, and try again.
login-later = Too many wrong tries. For your safety the next one is looked at in { $wait }.
login-out = You are logged out on this device.

# ---- home
home-hello = Hello, { $name }
home-status = How the home is
home-state-good = All is well
home-state-attention = Worth a look
home-state-bad = Needs somebody
home-state-unknown = Not known right now
home-fine = Letters come and go. There is nothing that you have to do.
home-for-admin =
    { $count ->
        [one] There is something that whoever looks after this home should see. They find it on this page when they log in.
       *[other] There are { $count } things that whoever looks after this home should see. They find them on this page when they log in.
    }
home-unknown = The home cannot tell this right now.
home-tox = The way to other homes
home-tox-state-udp = Direct
home-tox-state-tcp = Through relays
home-tox-state-offline = None
home-tox-udp = Connected to the Tox network, directly.
home-tox-tcp = Connected to the Tox network through relays: letters arrive, big ones take longer. Right after a start that is normal for some minutes; if it stays, the router does not let UDP through.
home-tox-offline = Not connected to the Tox network. Letters wait here and leave by themselves. Look whether the router has an internet connection.
home-tox-since = So it is since: { $when }.
home-tox-peers = Of { $count } homes and friends { $direct } are reached directly, and { $relayed } through a relay.
home-letters = My letters on their way
home-waiting =
    { $count ->
        [0] No letter waits.
        [one] One letter is on its way.
       *[other] { $count } letters are on their way.
    }
home-waiting-all =
    { $count ->
        [0] In the whole home no letter waits.
        [one] In the whole home one letter waits ({ $size }); on its way this moment: { $moving }.
       *[other] In the whole home { $count } letters wait ({ $size }); on their way this moment: { $moving }.
    }
home-no-subject = (without a subject)
home-to = To { $name }
home-sent = { $sent } of { $total }
home-parts = Part { $sent } of { $total }
home-speed = { $size } per second
home-left = { $time } left
home-moving-more =
    { $count ->
        [one] And to one more.
       *[other] And to { $count } more.
    }
home-online = Who is there
home-online-words = A letter to them leaves at once.
home-online-none = There are no contacts yet.
home-online-nobody = Nobody is there right now. Letters wait, and leave as soon as their box is there.
home-online-count = { $there } of { $count } contacts
home-online-directly = directly
home-online-relayed = through a relay
home-online-more =
    { $count ->
        [one] And one more.
       *[other] And { $count } more.
    }
home-box = The box
home-disk = Room on the disk
home-disk-free = { $free } free of { $total }
home-disk-letters = Letters in mailboxes
home-disk-waiting = Letters that wait
home-backup = Last backup
home-backup-none = none yet
home-days-mine = My letters of the last { $count } days
home-days-all = All letters of this home in the last { $count } days
home-days-none = No letter came or went.
home-days-received = Received: { $count } (directly { $direct }, by ordinary mail { $ordinary }, within the home { $local }).
home-days-sent = Sent: { $count } (directly { $direct }, by ordinary mail { $ordinary }, within the home { $local }).
home-days-line = { $day }: { $received } received, { $sent } sent
home-days-day = Day
home-days-in = Received
home-days-out = Sent
home-days-pale = Paler: by ordinary mail
home-days-table = The numbers in a table
home-address = Your address
home-address-words = People in other homes with Toxmail write to you at:
home-again = Look again
home-live = This page shows by itself what changes.

# ---- what can be wrong
finding-do-restart = Start the box again: pull its plug, wait ten seconds, and plug it in. If it stays so, the home's log says more.
finding-do-reach = Ask them whether their box is switched on and has an internet connection. What is for them waits here, and nothing is lost.
finding-do-choose = Choose somebody else, or add { $name }.
finding-not-running = The home does not run: no letter goes out or comes in.
finding-out-of-order = A part of the home does not do its work.
finding-settings-mistake = There is a mistake in the file toxmail.toml. The home goes on with what it read before.
finding-settings-mistake-do = Correct it before the box is started again: with the mistake it would not start.
finding-never-started = The home was never started.
finding-never-started-do = Start it, and open this page again.
finding-database-damaged = What the home keeps on its disk is damaged.
finding-database-damaged-do = Restore a backup before the home is started again; on a new card or disk, if this one is old.
finding-old-toxcore = The Tox library of this home ({ $version }) has a dangerous hole.
finding-old-toxcore-do = Update it to { $oldest } or later, and start the home again.
finding-tox-ended = The home has lost its connection to the Tox network for good: no letter goes directly.
finding-tox-offline = No connection to the Tox network for { $time }.
finding-tox-offline-do = Letters wait and leave by themselves. If it lasts, look whether the router has an internet connection.
finding-tox-offline-long = No connection to the Tox network for { $time }: no letter comes or goes directly.
finding-tox-offline-long-do = Look whether other devices here reach the internet. If they do, start the router again, and then the box.
finding-tox-nobody-answers = Nobody in the Tox network answers this home.
finding-tox-nobody-answers-do = Look whether other devices here reach the internet. If they do, the home needs a newer list of helpers: toxmaild bootstrap import, in a terminal.
finding-tox-relayed = Everything goes through relays: letters arrive, big ones take longer.
finding-tox-relayed-do = It gets faster if the router lets UDP through, best with port { $port } forwarded to the box.
finding-direct-only-without-udp = Some contacts are set to “direct only”, but this home has no direct connections at all. Letters to them wait.
finding-direct-only-without-udp-do = Switch UDP on in toxmail.toml, or allow relays for these contacts.
finding-no-bootstrap-nodes = The home knows nobody whom it could ask its way into the Tox network.
finding-no-bootstrap-nodes-do = Give it a list of helpers: toxmaild bootstrap import, in a terminal.
finding-names-behind-proxy =
    { $count ->
        [one] One helper in toxmail.toml is of no use behind the proxy.
       *[other] { $count } helpers in toxmail.toml are of no use behind the proxy.
    }
finding-names-behind-proxy-do = Write them there by number (IP address), not by name.
finding-not-a-friend = Tox does not take { $name } as a contact: no letter reaches them.
finding-not-a-friend-do = Remove the contact, and add it again with its whole Tox address.
finding-identity-not-saved = The home's Tox identity cannot be written to the disk.
finding-identity-not-saved-do = Look whether the disk is full or failing. The home tries again by itself.
finding-tox-blind = Letters from other homes are noticed a little later than they could be.
finding-not-served = The service “{ $service }” does not work ({ $address }).
finding-no-such-service = The service “{ $service }” is switched on in toxmail.toml, but this version does not have it.
finding-no-such-service-do = Switch it off there, or update Toxmail.
finding-no-members = Nobody has a mailbox yet.
finding-no-members-do = Add the first person.
finding-no-main-mailbox = Letters to the home itself are to go to { $name }, who does not live here.
finding-no-pairing-member = { $name } is to be asked about new contacts, but does not live here.
finding-disk-full = The disk is full ({ $size } free): no letter is taken.
finding-disk-full-do = Make room now: delete old letters, or give the home a larger disk.
finding-disk-low = The disk is nearly full ({ $size } free).
finding-disk-low-do = Make room soon: delete old letters, or give the home a larger disk.
finding-clock-not-set = The box does not know what time it is.
finding-clock-not-set-do = With an internet connection it sets its clock by itself. Until then nobody is told in time when a letter waits too long.
finding-letters-late-name =
    { $count ->
        [one] One letter to { $name } has waited for { $time }.
       *[other] { $count } letters to { $name } wait, the first of them for { $time }.
    }
finding-letters-late-seen-do = Their box was last seen: { $when }. Ask them whether it is switched on and has an internet connection.
finding-letters-late-ordinary =
    { $count ->
        [one] One letter to an ordinary address has waited for { $time }.
       *[other] { $count } letters to ordinary addresses wait, the first of them for { $time }.
    }
finding-letters-late =
    { $count ->
        [one] One letter has waited for { $time }.
       *[other] { $count } letters wait, the first of them for { $time }.
    }
finding-letter-lost = The file of a letter that waits (number { $id }) is gone.
finding-letter-lost-do = Restore it from a backup, or take the letter back, so that its writer hears of it.
finding-provider-fails-home = The home's mail provider takes no letters (since: { $when }).
finding-provider-fails-member = { $name }'s mail provider takes no letters (since: { $when }).
finding-provider-fails-do = Letters to ordinary addresses wait and are tried again. Look whether the account there works and its password is still the same.
finding-fetch-fails = { $name }'s letters are not fetched from the mail provider (since: { $when }).
finding-fetch-fails-do = They stay there, and it is tried again. Look whether the account there works and its password is still the same.
finding-gateway-fails =
    { $count ->
        [one] The family's other mail server did not take a letter.
       *[other] The family's other mail server did not take { $count } letters.
    }
finding-gateway-do = Look whether it runs. Letters wait here, and nothing is lost.
finding-gateway-away = The family's other mail server ({ $address }) cannot be reached.
finding-gateway-door-off = The mail server of { $domain } cannot hand in letters: the door for it is closed.
finding-gateway-door-off-do = Open it in toxmail.toml: [listen] gateway.
finding-gateway-open-door = Every device in { $networks } can write as anybody at { $domain }.
finding-gateway-open-door-do = Ask for a password there: username and password_file below [gateway] in toxmail.toml.
finding-gateway-password = The password of the family's other mail server cannot be read.
finding-gateway-password-do = Look whether the file { $path } is there, and whether the home may read it.
finding-incompatible = { $name } has another version of Toxmail, so no letter crosses.
finding-incompatible-do = Update both homes to the newest Toxmail.
finding-request-flood = { $count } strangers have asked within an hour to become contacts.
finding-request-flood-do = Somebody has spread this home's Tox address. Give the home another one; your contacts stay, and their homes learn it by themselves.
finding-requests-waiting =
    { $count ->
        [one] Somebody asks to become a contact.
       *[other] { $count } ask to become contacts.
    }
finding-requests-waiting-do = Look who it is, and say yes or no.
finding-peer-double = The home of { $name } runs on two boxes at once.
finding-peer-double-do = Tell the people there: letters go now to the one and now to the other, until they stop one of the two.
finding-seen-double = { $name } sees this home on two boxes at once: letters go now to the one and now to the other.
finding-seen-double-do = Stop the other box, and never start it again with the same data. If you know of none, somebody has a copy of this home: set up a new one, and pair it anew.
finding-unanswered = { $name } has not answered your request for a week.
finding-unanswered-do = Ask them to accept it, or for an invitation; or remove the contact.
finding-peer-silent = { $name } was not seen for over a week. The last time: { $when }.
finding-open-to-others = Other users of this machine can read { $path }, where secrets are.
finding-open-to-others-do = Keep it for the home alone; in a terminal: chmod go= { $path }
finding-certificate-unreadable = A key or certificate of this home cannot be read: { $path }.
finding-certificate-unreadable-do = Start the home again: it makes a new certificate. If it stays so, restore the folder tls from a backup.
finding-certificate-expired = The home's certificate has expired: browsers and mail programs warn of it.
finding-certificate-ends = The home's certificate expires in { $time }.
finding-certificate-do = Start the box again: it makes a new one. If it stays so, look whether its clock is right.
finding-backup-never = There is no backup: what is on this disk would be lost with it.
finding-backup-old = The last backup is old ({ $when }).
finding-backup-do = Make one, and keep it outside of this box.

# ---- over plain HTTP
plain-title = One step to your home's page
plain-why = Over this connection others in the network could read along. So your home shows its page only over a secure one.
plain-step-open = Open the secure page
plain-step-warning-title = Your browser warns once
plain-step-warning = It says that it does not know your home yet, and that is so: your home vouches for itself, no company does. Choose “Advanced”, and go on.
plain-step-compare-title = If you want to be sure
plain-step-compare = Compare the certificate's fingerprint (SHA-256) in the browser with the one that the home prints when it starts. This page shows it too, but a page without protection could be forged:
plain-ca-title = Without a warning, for good
plain-ca = A device that trusts your home's own authority never warns again. The authority can vouch for this home only, for no other website.
plain-ca-pem = Download for computers (PEM)
plain-ca-der = Download for telephones (CRT)
plain-fingerprint-server = The page's certificate
plain-fingerprint-ca = Your home's authority
plain-off = The secure page is switched off in this home's settings ([listen] https). Switch it on there.

# ---- setup
setup-title = Nobody lives here yet
setup-words = This is a new home. The first person who is added looks after it. In a terminal on the box:

# ---- my security
nav-security = Password and logins
security-title = Password and logins
security-password = Change my password
security-password-words = Your own password opens this page. Mail programs that have a password of their own go on working.
security-old = Your password until now
security-old-wrong = That is not your password until now.
security-new = New password
security-new-hint = At least { $shortest } characters. Three or four words that only you would put together are good and easy to keep in mind.
security-new-short = That is too short: take at least { $shortest } characters.
security-again = The new password once more
security-new-differs = The two new passwords are not the same. Type both once more.
security-change = Change the password
security-changed = Your password is changed. Every other browser is logged out.
security-language = My language
security-language-words = Of this page, and of the mails in which the home tells you something.
security-language-save = Use this language
security-sessions = Where I am logged in
security-sessions-words = Is something there that you do not know? Log it out, and change your password.
security-program = Browser
security-program-unknown = unknown
security-address = Address
security-seen = Last used
security-opened = Logged in
security-this = this one
security-end = Log out
security-end-all = Log out everywhere
security-ended = It is logged out.
security-ended-before = It was logged out already.
security-ended-all = Everything is logged out, this browser too.

# ---- security of the home
nav-admin-security = Security
admin-security-title = Security of the home
admin-security-sessions = Who is logged in to the page
admin-security-sessions-words = A login ends after two weeks without use, and with a change of the password.
admin-security-member = Person
admin-security-end-all = Log everybody out
admin-security-failures = Logins that failed
admin-security-failures-words = The last hundred since the home was started, at every service. A few are typing errors or a mail program with an old password. Many from one address: somebody guesses, and is made to wait longer each time.
admin-security-failures-none = None
admin-security-when = When
admin-security-login = As
admin-security-service = Service

# ---- about
nav-about = About
about-title = About Toxmail
about-version = Toxmail
about-toxcore = Tox library (toxcore)
about-sqlite = Database (SQLite)
about-licence-title = Licence
about-licence = Toxmail is free software: you may use, study, share and change it under the GNU General Public License, version 3 or later. It comes without any warranty.
about-parts = What it is built of
about-parts-words = 
    { $count ->
        [one] { $count } library of other people, under a licence of its own:
       *[other] { $count } libraries of other people, each under its own licence:
    }
about-part = Library
about-part-version = Version
about-part-licence = Licence
