# The page's texts in English. The same keys, with the same variables, stand in fr.ftl, de.ftl and es.ftl.

# ---- every page
skip-link = Skip to the content
menu-label = Menu
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
home-tox-udp = Connected to the Tox network, directly.
home-tox-tcp = Connected to the Tox network through relays: letters arrive, big ones take longer.
home-tox-offline = Not connected to the Tox network. Letters wait here and leave by themselves. Look whether the router has an internet connection.
home-state-good = All is well
home-state-slow = Works, more slowly
home-state-bad = Needs a look
home-waiting = 
    { $count ->
        [0] No letter waits.
        [one] One letter is on its way.
       *[other] { $count } letters are on their way.
    }
home-address = Your address
home-address-words = People in other homes with Toxmail write to you at:

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
setup-step = Step { $step } of { $count }
setup-title = Welcome to your new home
setup-words = In a few minutes everybody at home has a mailbox of their own. You can stop at any time, and go on later where you were.
setup-language = Which language does your home speak?
setup-go = Go on
setup-skip = Not now, go on
setup-back = Back
setup-print = Print
setup-copy = Copy
setup-unfinished = The setup is not finished
setup-finish-link = Finish the setup
setup-boot-mistake = Something is wrong with a file on the memory card
setup-secure-title = The next pages ask for passwords
setup-secure-words = So they are shown over a secure connection, which nobody in the network can read.
setup-secure-go = Go on, securely
setup-secure-compare = Compare the certificate's fingerprint (SHA-256) in the browser with the one here, or better with the one that the home printed when it started.
setup-plain-title = The secure page does not open?
setup-plain-words = You can go on without it. Then whoever is in your network at this moment could read the passwords that you type, and later read your letters. Do this only if you know everybody in it, and change the passwords afterwards on the secure page.
setup-plain-go = Go on without protection
setup-plain-still = This connection is not protected: others in the network could read along. You have chosen to go on.
setup-plain-refused = Passwords are not taken over this connection, because others could read along. Open the first page of the setup, and go on securely there.
setup-window = For { $minutes } more minutes anybody in your home's network can see this page and move in first.
setup-needs-code = Everybody in your network can see this page. Only who has the setup code can go on.
setup-too-late = For safety a new home can be set up in the first 30 minutes after it was switched on only. Pull the plug, put it in again, and reload this page after a minute.
setup-too-far = For safety a new home can be set up from its own network only. Connect this device to the same router as the box.
setup-shut = This home cannot be set up as it is running now. Switch it off and on again; if it stays so, the home's log tells the reason.
setup-claimed-title = Somebody was quicker
setup-claimed-words = This home has just been set up from another browser. Nothing of yours was kept. If it was somebody of your family, ask them to add you. If you do not know who it was, do not use this home: set the box up anew.
setup-code = Setup code
setup-code-hint = It was printed when the home started, or lies with the box. Spaces do not matter.
setup-code-missing = The setup code is missing.
setup-code-wrong = That is not this home's code. Look again, and type it once more.
setup-home-title = Your home, and you
setup-home-name = What is your home called?
setup-home-hint = Other homes that you write to see it, such as “Garden Street 5” or “The Martins”.
setup-home-missing = Give your home a name.
setup-home-long = That name is too long, or has characters that cannot stand in it. Take a short one.
setup-home-locked = The home is called { $home }: that stands in its file of settings, and is changed there.
setup-home-again = You are the first person here already. Only the name of the home can be changed on this page.
setup-first-title = You are the first
setup-first-words = You look after the home: you can add and remove people, and change its settings. You can hand that over later.
person-display = Name
person-display-hint = As others shall see it, such as Anna Martin.
person-display-missing = Write a name.
person-display-long = A name has { $most } characters at most, on one line.
person-mailbox = Mailbox (may stay empty)
person-mailbox-hint = What stands before the @. Empty, it is made from the name: anna for Anna Martin.
person-mailbox-missing = No mailbox can be made from that name. Write one, such as anna.
person-mailbox-wrong = A mailbox has 1 to 32 letters from a to z, digits, dashes or single dots, such as anna or anna.m.
person-mailbox-reserved = The home needs this name for itself. Choose another.
person-mailbox-taken = Somebody has the mailbox { $name } already. Choose another.
person-password = Password
person-password-hint = At least eight characters. A few words are easy to remember.
person-again = The same password again
person-password-short = A password has at least { $shortest } characters.
person-password-long = This password is too long, or has characters that cannot be typed again.
person-password-differs = The two passwords are not the same. Type both again.
setup-people-title = Who else lives here?
setup-people-words = Each person gets a mailbox of their own, which nobody else can open. They have one already:
setup-people-add = Add a person
setup-people-made = Make a password that is easy to read aloud
setup-people-typed = They type their own now
setup-people-type = Type a password
setup-people-submit = Add
setup-people-added = { $name } has a mailbox now.
setup-slip-title = For { $name }
setup-slip-words = This password is shown now, and never again. Print it, write it down, or read it aloud to them. They can change it on their own page.
setup-slip-page = Page
setup-provider-title = Letters to everybody else
setup-provider-words = Most people have no Toxmail. To write to them your home sends through the mail provider that you have already. You can leave this out: then letters go to other homes with Toxmail only.
setup-provider-present = Letters go out through { $host }
setup-provider-locked = That stands in the home's file of settings, and is changed there.
provider-address = Your e-mail address
provider-address-hint = The one at your provider, such as anna@example.org.
provider-address-wrong = That is no e-mail address. Write the whole one, with the @.
provider-look = Look it up
provider-other = another address
provider-password = Password at the provider
provider-password-hint = It is kept locked away in the home, and never shown again.
provider-password-missing = Type the password.
provider-details = Server and login
provider-host = Server for outgoing mail (SMTP)
provider-host-hint = Your provider's help pages name it, such as smtp.example.org.
provider-host-wrong = That is no name of a server.
provider-port = Port
provider-port-wrong = A port is a number from 1 to 65535, mostly 465 or 587.
provider-tls = Encryption
provider-tls-implicit = SSL/TLS (port 465)
provider-tls-starttls = STARTTLS (port 587)
provider-username = Login
provider-username-wrong = Write the login. Often it is the whole e-mail address.
provider-tested = The home tries the login first, which can take half a minute. Nothing is kept if it does not work.
provider-submit = Try it, and keep it
provider-stored = The login works. You write to ordinary addresses as { $address }.
provider-needs-app = { $provider } takes a password made for programs only (“app password”), not that of its web page. Make one in your account there, under security, and type it here.
provider-needs-enabling = At { $provider } sending by mail programs (POP3/IMAP or SMTP) has to be allowed first: in the settings of its web page.
provider-needs-own = { $provider } has a password of its own for mail programs, which is not that of your account. It is set in the account's settings there.
provider-unusable = { $provider } does not let a home log in with a password, so your home cannot send through it. Take another address if you have one, or go on without.
setup-pair-title = Another home with Toxmail
setup-pair-words = Letters to another home go straight there, and nobody in between can read them. One of you invites, the other accepts.
setup-pair-mine = You invite
setup-pair-invite = Make an invitation
setup-pair-theirs = You were invited
setup-pair-link = Their link
setup-pair-link-hint = It begins with tox: and is long. Paste the whole of it.
setup-pair-link-wrong = Paste the whole link that the other home has made.
setup-pair-accept = Accept
setup-pair-accepted = { $name } is a contact now. Letters cross as soon as both homes are online.
setup-pair-invitation = Your invitation
setup-pair-invitation-words = It is shown now, and never again. It works once, until { $until }. Let them scan it, or send the link by a way that you trust.
setup-pair-qr = Invitation to this home
setup-done-title = Your home is ready
setup-done-devices = At each device
setup-done-devices-words = Letters are read and written with the mail programs that you know: Thunderbird, the telephone's own, and others. Each person logs in to this page and chooses “Connect a device”, which says what to do there.
setup-done-devices-link = Connect a device
setup-finish = Finish
setup-finished = The home is set up. You can change everything here later.
claimed-title = How this home was set up
claimed-code = On { $when }, from { $from }, with the setup code.
claimed-window = On { $when }, from { $from }, without a code, soon after power-on. If that was nobody of you, set the box up anew.
claimed-file = On { $when }, by a file on the memory card.

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
