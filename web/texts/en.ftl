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
