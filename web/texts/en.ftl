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
failure-words = This is what was said (in English):

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
login-forgotten = Forgotten?
login-forgotten-member = Whoever looks after this home can give you a new one: under “Administration”, “People”.
login-forgotten-admin = You look after it yourself? On a box the memory card takes a new password in:
login-forgotten-step-1 = Pull the plug, and put the memory card of the box into a computer. A small drive opens.
login-forgotten-step-2 = Make a text file there that is called { $file }: in its first line your name in this home, in its second the new password, of eight characters at least.
login-forgotten-step-3 = Put the card back, and plug the box in. After two minutes the new password counts, and the file is gone. If it does not, look at the card again: { $problem } says why.
login-forgotten-computer = Where the home runs on a computer, type there in a terminal, with your name in this home:
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
home-tox-peers = Homes and friends: { $count }. Reached directly: { $direct }, through a relay: { $relayed }.
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
home-to-letters = All my letters on their way
home-to = To { $name }
home-moving-more =
    { $count ->
        [one] And to one more.
       *[other] And to { $count } more.
    }
home-online = Who is there
home-online-words = A letter to them leaves at once.
home-online-none = There are no contacts yet.
home-online-nobody = Nobody is there right now. Letters wait, and leave as soon as their box is there.
home-online-count = Contacts that are there: { $there } of { $count }
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
finding-tox-nobody-answers-do = Look whether other devices here reach the internet. If they do, update Toxmail: a newer list of helpers comes with it.
finding-tox-relayed = Everything goes through relays: letters arrive, big ones take longer.
finding-tox-relayed-do = It gets faster if the router lets UDP through, best with port { $port } forwarded to the box.
finding-direct-only-without-udp = Some contacts are set to “direct only”, but this home has no direct connections at all. Letters to them wait.
finding-direct-only-without-udp-do = Switch UDP on in toxmail.toml, or allow relays for these contacts.
finding-no-bootstrap-nodes = The home knows nobody whom it could ask its way into the Tox network.
finding-no-bootstrap-nodes-do = Take “bootstrap” out of the file toxmail.toml, if it stands there; else update Toxmail, which brings a list of helpers.
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
finding-no-members = Nobody has a mailbox yet.
finding-no-members-do = Add the first person.
finding-no-main-mailbox = Letters to the home itself are to go to { $name }, who does not live here.
finding-no-pairing-member = { $name } is to be asked about new contacts, but does not live here.
finding-disk-full = The disk is full ({ $size } free): no letter is taken.
finding-disk-full-do = Make room now: delete old letters, or give the home a larger disk.
finding-disk-low = The disk is nearly full ({ $size } free).
finding-disk-low-do = Make room soon: delete old letters, or give the home a larger disk.
finding-under-voltage = The box gets too little power.
finding-under-voltage-do = Use the power supply that was made for it, with a short cable, and take off what else draws power from the box. Too little power can spoil the card.
finding-doors = The box's firewall could not be set up as it should be.
finding-doors-do = Switch the box off and on. If this stays, install another version, or put a new card in and restore a backup. Mail goes on meanwhile; strangers are kept out by simpler rules, or by Toxmail itself.
finding-overheating = The box is too hot ({ $degrees } °C).
finding-overheating-do = Give it air, out of the sun and off the radiator. It slows down by itself, and goes on.
finding-card-worn = The memory card is near the end of its life ({ $percent } % of it are used).
finding-card-worn-do = Make a backup now, and restore it on a new card soon.
finding-card-errors =
    { $count ->
        [one] The memory card or disk made a mistake.
       *[other] The memory card or disk made { $count } mistakes.
    }
finding-card-errors-do = Pull the plug and plug it in again: the box repairs what it can. Then make a backup at once. If this comes back, restore the backup on a new card.
finding-card-unreadable = The memory card or disk could not be read or written in some place.
finding-card-unreadable-do = Make a backup now, and restore it on a new card or disk: this one is dying. If a letter that cannot be read any more is missing in the backup, it says so.
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
finding-open-to-others-do = Keep it for the home alone; in a terminal:
finding-certificate-unreadable = A key or certificate of this home cannot be read: { $path }.
finding-certificate-unreadable-do = Start the home again: it makes a new certificate. If it stays so, restore the folder tls from a backup.
finding-certificate-expired = The home's certificate has expired: browsers and mail programs warn of it.
finding-certificate-ends = The home's certificate expires in { $time }.
finding-certificate-do = Start the box again: it makes a new one. If it stays so, look whether its clock is right.
finding-backup-never = There is no backup: what is on this disk would be lost with it.
finding-backup-old = The last backup is old ({ $when }).
finding-update-failed = Version { $version } was tried on this box { $when } and did not work; the version before it runs.
finding-update-failed-do = Wait for a later version. No letter was lost. The page about updates tells what happened.
finding-update-not-started = Version { $version } did not come up three times in a row ({ $when }), and the other version runs. Pulling the plug again and again does that, too.
finding-update-not-started-do = Install it again on the page about updates; where the box looks for later versions at night, it does so by itself. No letter was lost.
finding-update-not-installed = Version { $version }, which the box had fetched by itself, could not be installed ({ $when }).
finding-update-not-installed-do = Tell whoever makes your updates. The page about updates tells what happened. What runs was not changed.
finding-updates-unreachable = The box cannot find out whether there is a later version of Toxmail ({ $why }).
finding-updates-unreachable-do = Look at the address on the page about updates, or switch the nightly look off there.
finding-backup-do = Make one, and keep it outside of this box.

# ---- what the home says no with
no-other = The home could not do it. Nothing was changed.
no-other-do = Try again. If it stays so, show this to whoever looks after the home: its log says more.
no-disk-full = The disk of the home is full.
no-disk-full-do = Delete letters that nobody needs, and try again.
no-disk-fails = The home cannot read or write its memory card or disk.
no-disk-fails-do = Tell whoever looks after the home. The card may be worn out: make a backup, and put in a new one. If no backup can be made, pull the plug, plug it in again, and make it at once.
no-busy = The home has much to do right now.
no-busy-do = Try again in a moment.
no-stopping = The home is stopping or starting.
no-stopping-do = Wait a minute, and try again.
no-gone = What you meant is not there any more.
no-gone-do = Somebody has changed or removed it meanwhile. Load the page again.
no-locked = The file toxmail.toml says it, and wins.
no-locked-do = It can be changed in that file only. Whoever set up the box can do it.
no-value = This cannot be set to that.
no-value-do = Choose something else.
no-times = A letter would go back before its writer hears that it waits.
no-times-do = Choose a shorter time until the writer is told, or a longer one until the letter goes back.
no-mailbox-taken = Somebody has the mailbox { $name } already.
no-mailbox-taken-do = Choose another one.
no-address-taken = { $address } belongs to somebody else.
no-address-taken-do = An address belongs to one person only. Remove it there first.
no-usable = What you typed cannot be used.
no-usable-do = Look for a typing error, and try something else.
no-login = The login at the provider did not work. Nothing was kept.
no-login-do = Look at the server, the login and the password below. Many providers want a password made for programs (“app password”). You can go on without, and come back later.
no-account = The provider does not let the home in right now.
no-account-do = Nothing is lost: letters wait, and it is tried again. If the password has changed there, enter the account anew.
no-fetched-already = { $name } fetches from that mailbox already.
no-fetched-already-do = A mailbox there belongs to one person here. Take the login of another one.
no-tox-address = That is no Tox address, or there is a mistake in it.
no-tox-address-do = Copy it again, from the first digit to the last. It has 76 digits and letters.
no-key-only = That is only a part of a Tox address, and this home does not know yet whose.
no-key-only-do = Ask them for their whole Tox address, or for an invitation.
no-own-home = That is your own home.
no-own-home-do = Enter here what the other home has given you. Yours is for them.
no-contact-known = That address is in the contacts already, as { $name }.
no-contact-known-do = Open that contact if it should have another name.
no-email-known = { $name } has that e-mail address already.
no-email-known-do = An address belongs to one contact. Remove it there first.
no-email = “{ $address }” is no ordinary e-mail address.
no-email-do = Look for a typing error. Whoever lives here needs no contact.
no-other-tox = { $name } has another Tox address here.
no-other-tox-do = A contact has one Tox address. Make a second contact for the other one.
no-address = A contact needs an address.
no-address-do = Leave at least one, or remove the whole contact.
no-chat-tox = A friend with a Tox chat program needs a Tox address.
no-chat-tox-do = Ask them for it: 76 digits and letters.
no-home-chat = There is a home with Toxmail at that address, not a chat program.
no-home-chat-do = Add it without the tick at “Tox chat program”.
no-too-many = There is no room for more contacts or addresses.
no-too-many-do = Remove contacts, addresses or photos that nobody needs.
no-blocked = That home is blocked here.
no-blocked-do = Whoever looks after your home can remove the blocked contact; then it can be added again.
no-box-removed = The new box was removed from the contacts here.
no-box-removed-do = Ask them for an invitation, and accept it.
no-box-taken = That box is the new box of { $name } already.
no-box-taken-do = Ask both whose it is. Remove the contact that is wrong, and pair anew.
no-cards = No contacts can be read in that.
no-cards-do = Export them once more as a vCard (a file that ends with .vcf), version 3 or 4.
no-card-large = That contact is too large.
no-card-large-do = Take a smaller photo: all of it together may have 512 KB.
no-card-name = That contact has no name.
no-card-name-do = Give it a name where it comes from, and export it again.
no-invitation = That is no whole invitation.
no-invitation-do = Copy the whole link, from tox: to its end, or ask for a new one.
no-invitation-newer = That invitation was made by a later Toxmail.
no-invitation-newer-do = Update this home, or let them add you by your Tox address.
no-invitation-address = That is a Tox address, and no invitation.
no-invitation-address-do = Add it under “Contacts”, or ask for an invitation.
no-invitations-many = A hundred invitations are open already.
no-invitations-many-do = Take some back first.
no-letter = That letter does not wait any more.
no-letter-do = It has left, or was taken back. There is nothing to do.
no-letter-held = That letter waits for an answer.
no-letter-held-do = Say first whether it shall go.
no-backup-runs = A backup is being made already.
no-backup-runs-do = Wait until it is there.
no-passphrase = That is not the passphrase of this backup.
no-passphrase-do = Type it as it was when this backup was made. Nothing was changed.
no-backup = That file is no backup of a home, or is damaged.
no-backup-do = Choose another file, or an older backup. Nothing was changed.
no-backup-newer = That backup was made by a later Toxmail.
no-backup-newer-do = Put the newest Toxmail on this box first. Nothing was changed.
no-served = This home does not offer what this device needs.
no-served-do = Take another program, or ask whoever looks after the home to switch it on in its file toxmail.toml.
no-host-name = This program wants a home with a name, and yours has a number only.
no-host-name-do = Take another program, or let whoever looks after the home give it a name such as toxmail.local in its file toxmail.toml.
no-ascii = This program takes only plain letters in an address.
no-ascii-do = Take another program, or another address of yours.
no-code = That is too much for a code to scan.
no-code-do = Type the settings from the table instead.

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
plain-ca-pem = Download for Mac, Linux and Thunderbird (PEM)
plain-ca-der = Download for Windows and telephones (CRT)
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
setup-window = 
    { $minutes ->
        [one] For one more minute anybody in your home's network can see this page and move in first.
       *[other] For { $minutes } more minutes anybody in your home's network can see this page and move in first.
    }
setup-needs-code = Everybody in your network can see this page. Only who has the setup code can go on.
setup-too-late = For safety a new home can be set up in the first 30 minutes after it was switched on only. Pull the plug, put it in again, and reload this page after a minute.
setup-too-far = For safety a new home can be set up from its own network only. Connect this device to the same router as the box.
setup-shut = This home cannot be set up as it is running now. Switch it off and on again; if it stays so, the home's log tells the reason.
restore-link = I have a backup
restore-title = Bring your home back
restore-words = This box becomes the home that the backup was made of: with its people, passwords, contacts and letters, and the same address. The file is checked to its end first; until then nothing changes.
restore-old-box = Leave the old box switched off from now on: two boxes that are the same home take each other's letters away.
restore-passphrase = Passphrase of the backup
restore-passphrase-hint = The one that you chose when the backup was made.
restore-file = Backup file
restore-file-hint = A large one takes a while. Leave this page open.
restore-go = Bring it back
restored-title = Your home is back
restored-words = It starts again now, which takes a minute. Then log in with the name and password that you had. The browser may warn once more, because the home shows its old certificate.
restored-settings = Some settings of the backup do not fit this box. Your home goes on without them, and nothing of your letters is missing for it. Which ones they are is in a mail to whoever looks after the home.
paper-link = I have only the sheet of paper
paper-title = From the sheet of paper
paper-words = This box gets the Tox address that your home had. People and contacts have to be added again; letters that the homes of your contacts have kept come then.
paper-text = The text on the sheet
paper-text-hint = From BEGIN to END. Scan the code with a phone and copy what it shows, or type it; spaces and line ends do not matter.
paper-passphrase = Passphrase of the sheet
paper-passphrase-hint = The one that you chose when the sheet was made.
paper-go = Take this address
paper-wrong = This is not the text of a sheet, or a letter of it is wrong or missing. It begins with BEGIN and ends with END.
paper-taken = Your home has its address back
paper-taken-check = The same words stand on the sheet:
paper-taken-words = The box starts again now, which takes a minute. Then move in, as on a new box. The browser may warn once more, because the home has a new certificate.
paper-taken-next = Move in
adopt-found = A disk is plugged in that holds a home.
adopt-link = Go on with the home on this disk
adopt-title = Go on with the home on this disk
adopt-words = The card of a box can break while the disk with its letters is whole. This box then goes on as that home: with its people, passwords, contacts and letters, and the same address. Nothing on the disk is erased.
adopt-old-card = Do this only if the card that the disk belonged to is broken or lost. Never start a box with that card again: two boxes that are the same home take each other's letters away.
adopt-choice = { $name }, { $size }. A box last wrote to it: { $when }.
adopt-choice-no-time = { $name }, { $size }.
adopt-alone = No other box has this home: its card is broken or lost.
adopt-alone-missing = Say here that no other box has this home. If one does, go on there.
adopt-go = Go on with this home
adopt-under-way = Leave the box on and the disk plugged in. It starts again, which takes some minutes. Then log in with the name and password that you had.
adopt-nothing = No disk with a home is plugged in. Plug it into the box's USB socket, wait some seconds, and look again.
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
provider-another = Another address
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
scan-hint = If they show you a code: the camera of many telephones shows the text in it. Copy that, from tox: to its end, and paste it here. If yours shows none, let them send you the link as a message.
scan-start = Scan their code with the camera
scan-stop = Stop the camera
scan-refused = The camera cannot be used. Allow it in the browser, or paste the link.
setup-pair-invitation = Your invitation
setup-pair-invitation-words = It is shown now, and never again. It works once, until { $until }. Let them scan it, or send the link by a way that you trust.
setup-pair-qr = Invitation to this home
setup-done-title = Your home is ready
setup-done-devices = At each device
setup-done-devices-words = Letters are read and written with the mail programs that you know: Thunderbird, the telephone's own, and others. Each person logs in to this page and chooses “Connect a device”, which says what to do there.
setup-done-devices-link = Connect another device
setup-done-this = On this device
setup-done-this-words = It gets a password of its own, which is shown once. This device looks like: { $device }.
setup-done-this-go = Connect this device
setup-finish = Finish
setup-finished = The home is set up. You can change everything here later.
claimed-title = How this home was set up
claimed-code = This home was set up on { $when }, from { $from }, with the setup code.
claimed-window = This home was set up on { $when }, from { $from }, without a code, soon after power-on. If that was nobody of you, set the box up anew.
claimed-file = This home was set up on { $when }, by a file on the memory card.

# ---- my security
nav-security = Password
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

# ---- administration
nav-admin = Administration
admin-words = What you look after for everybody at home. Only you see these pages.
admin-back = Back to the administration
admin-no = No, leave it as it is
admin-print = Print
admin-members-words = Who has a mailbox here. Add somebody, give a new password, say which addresses are theirs.
admin-pairing-words = Invite another home, or accept its invitation. A new address if strangers are a nuisance, a new box.
admin-security-about = Who is logged in to the page, and which logins failed.
admin-log-words = What the home has written down last, for whoever helps you.
admin-version = Version and updates
admin-version-words = This home runs Toxmail { $version }. A newer version comes the way this one came: with the program, or with a new image of the box. This page does not fetch any by itself.

# ---- administration: people
members-title = People
members-list = Who lives here
members-back = Back to the people
members-person = Person
members-addresses = Addresses
members-offices = Tasks
members-devices = Devices
members-is-administrator = Administrator
members-is-main = Mail for the home itself
members-is-member = Mailbox
members-add = Add a person
members-add-button = Add this person
members-name-title = Name
members-login = Logs in as { $name }; the address in this home is { $name }@toxmail.local.
members-rename = Change the name
members-renamed = Others see { $name } from now on.
members-reset-title = A new password
members-reset-words = For somebody who has forgotten theirs. Mail programs that have a password of their own go on working. The page logs them out everywhere.
members-reset-own = Change your own password at “Password and logins”
members-reset-button = Give a new password
members-reset = { $name } has a new password, and is logged out of the page everywhere.
members-ordinary = Ordinary e-mail addresses
members-ordinary-words = Addresses at a mail provider that are this person's. They can write with them, and appear under the first one in ordinary mail. Other homes are told of them, so that letters come directly.
members-ordinary-none = None yet.
members-address = Another address
members-address-sure = I have made sure that this address is { $name }'s. In this home nobody else can write with it.
members-address-unsure = Say that you have made sure of it.
members-address-wrong = That is no ordinary e-mail address. Write it like anna@example.org.
members-address-taken = That is { $name }'s address in this home.
members-address-add = Add the address
members-address-added = { $address } is added.
members-address-remove = Remove
members-address-removed = { $address } is removed.
members-devices-title = Devices
members-devices-words = Each has a password of its own. If one is lost, take its password back: nothing else is logged out. The time of the last use is written down once a day.
members-devices-none = No device has a password of its own.
members-device = Device
members-device-made = Since
members-device-unused = never
members-device-revoke = Take the password back
members-device-revoked = The password of “{ $label }” opens nothing any more.
members-main-words = Letters that are written to the home, and to nobody in it, go to one person.
members-main-here = { $name } gets them
members-main-locked = The file toxmail.toml says who gets them (main_mailbox). It can be changed there only.
members-main-button = Let { $name } get them
members-main-made = { $name } gets the letters to the home itself from now on.
members-administrator-here = { $name } looks after the home. To hand it over, open the page of another person.
members-administrator-words = One person looks after the home: these pages, and letters to the postmaster.
members-administrator-button = Hand the home over to { $name }
members-administrator-title = Hand the home over to { $name }?
members-administrator-then = From then on { $name } looks after the home, and you do not see these pages any more. Only { $name } can give them back to you. Your letters stay as they are.
members-administrator-yes = Hand it over
members-own-password = Your own password
members-password-wrong = That is not your password.
members-handed-over = { $name } looks after the home now.
members-remove-title = Moving out
members-remove-own = Whoever looks after the home cannot be removed. Hand it over to somebody else first.
members-remove-button = Remove { $name } …
members-removal-title = Remove { $name }?
members-removal-devices = All devices and logins of this person stop working at once, and new letters to them go back to their writers.
members-removal-letters = Their letters are not deleted. They are put away on the box, in the folder { $folder }, where only somebody with access to the box itself finds them.
members-removal-waiting = 
    { $count ->
        [0] No letter of theirs is on its way.
        [one] One letter of theirs is still on its way; it goes on.
       *[other] { $count } letters of theirs are still on their way; they go on.
    }
members-removal-contacts = Contacts that are only theirs are removed. Those of the whole home stay.
members-removal-main = Letters to the home itself go to somebody else from then on: you can choose whom on their page.
members-removal-yes = Remove { $name }
members-removed = { $name } is removed. The letters are put away on the box.
members-removed-partly = { $name } is removed, but something of theirs could not be put away. No letter is lost; the log tells what it was.

# ---- administration: pairing
pairing-title = Other homes
pairing-invite-title = Invite another home
pairing-invite-words = An invitation is a link. Whoever opens it in their Toxmail becomes a contact of this home, once, without another question. So pass it on only to whom it is for.
pairing-lasts = How long it is good
pairing-days = 
    { $count ->
        [one] One day
       *[other] { $count } days
    }
pairing-invite = Make an invitation
pairing-qr = The invitation as a code to scan
pairing-made-title = Invitation from { $home }
pairing-made-words = In your Toxmail open “Other homes”, and enter this link under “Accept an invitation”. It is good until { $until }.
pairing-made-once = Copy, print or scan it now: it is shown this once.
pairing-copy = Copy
pairing-open = Open invitations
pairing-open-none = None is open.
pairing-made = Made
pairing-until = Good until
pairing-withdraw = Take it back
pairing-withdrawn = The invitation opens nothing any more.
pairing-past = Invitations of the last weeks
pairing-became = What became of it
pairing-used = accepted
pairing-was-withdrawn = taken back
pairing-outdated = leads nowhere: this home has a new Tox address
pairing-expired = its time is over
pairing-accept-title = Accept an invitation
pairing-link = The link of the other home
pairing-link-hint = The whole line that begins with tox:
pairing-link-wrong = Copy the whole line that begins with tox:, and paste it here.
pairing-accept = Accept
pairing-accepted = { $name } is a contact now. Letters can go as soon as both homes have found each other.
pairing-tox-title = The Tox address of this home
pairing-tox-words = Whoever has it can ask to become a contact, and is let in only when somebody here says yes.
pairing-renew-title = A new Tox address
pairing-renew-why = If strangers keep asking to become contacts, they have got hold of the address. With a new one they reach nobody.
pairing-renew-contacts = Nothing changes for those who are contacts: they find this home as before, and all mail addresses stay.
pairing-renew-invitations = 
    { $count ->
        [0] No invitation is open that would be lost.
        [one] One open invitation leads nowhere then. Make a new one.
       *[other] { $count } open invitations lead nowhere then. Make new ones.
    }
pairing-renew-paper = Cards on paper and files with the old address are no good any more for a first contact.
pairing-renew-yes = Take a new address
pairing-renewed = This home has a new Tox address. The old one leads nowhere.
pairing-move-title = A new box
pairing-move-words = If this home moves to another box without its backup, the other homes have to learn where it is.
pairing-move-link = Announce a new box …
pairing-moving = A new box is announced
pairing-moving-words = Contacts that this home meets are told of it, and asked to confirm it. The key of the new box:
pairing-move-withdraw = Take the announcement back
pairing-move-withdrawn = The announcement is taken back.
pairing-move-backup = A new box into which you put the backup of this one is the same home. Then nothing has to be announced.
pairing-move-then = Without it the new box is a stranger to the others. This one then tells every contact that it meets where the new one is; there a person compares some words with you and says yes. Letters go to the new box from then on. Leave this box on until all have answered.
pairing-move-id = The Tox address of the new box
pairing-move-hint = 76 digits and letters; the new box shows them on this very page.
pairing-move-wrong = That is no Tox address: it has 76 characters of 0–9 and A–F.
pairing-move-yes = Announce the new box
pairing-move-announced = The new box is announced to every contact that this home meets.

# ---- administration: cable and Wi-Fi
admin-network-words = How the box is connected: by cable or by Wi-Fi.
network-title = Cable and Wi-Fi
network-now = How the box is connected
network-by-cable = The box is connected by cable.
network-by-wifi = The box is connected by Wi-Fi, in “{ $name }”.
network-by-wifi-heard = The box is connected by Wi-Fi, in “{ $name }” ({ $reception }).
network-by-some-wifi = The box is connected by Wi-Fi.
network-by-nothing = The box is not connected at the moment, neither by cable nor by Wi-Fi.
network-signal-good = good reception
network-signal-fair = fair reception
network-signal-weak = weak reception
network-address = Its address there is { $address }.
network-no-address = The router has not given it an address yet.
network-stands-by = It is in the Wi-Fi “{ $name }” too, which takes over when the cable is pulled.
network-set = The Wi-Fi “{ $name }” is set, but the box is not in it at the moment.
network-waits = The box begins in a moment.
network-looking = The box listens which networks are near. That takes some seconds.
network-looked = The box has listened. What is near can be chosen below.
network-joining = The box tries the Wi-Fi “{ $name }”. That takes up to a minute.
network-joined = The box is in the Wi-Fi “{ $name }”.
network-wrong-password = The Wi-Fi “{ $name }” did not take the password. Type it again, capitals and small letters as they are.
network-not-found = The Wi-Fi “{ $name }” was not found. Either it is too far away, or it is spelt differently, or it has a password where you said that it has none.
network-failed = The Wi-Fi “{ $name }” is there, but did not let the box in. Start the router again, or put the box nearer to it, and try again.
network-no-hardware = This box has no Wi-Fi.
network-forgotten = The Wi-Fi is forgotten. The box is connected by cable only.
network-interrupted = The box was interrupted before it was done.
network-not-understood = The box did not understand that. Try it once more.
network-then-back = The Wi-Fi from before is set again.
network-then-tries = There was none before it, so it stays set, and the box goes on trying.
network-then-nothing = No Wi-Fi is set.
network-wifi-title = Choose a Wi-Fi
network-without = This box has no Wi-Fi. It is connected by cable only.
network-wifi-words = The box uses Wi-Fi only while there is no cable in it. A cable is faster and fails less often.
network-look = Look which networks are near
network-which = Network
network-near = { $name } ({ $reception }, { $lock })
network-lock-none = no password
network-lock-some = with a password
network-lock-other = the box cannot join it
network-other = Another one, by its name
network-name = Name of the Wi-Fi
network-name-only = Only for a network that is not in the list, because it hides its name.
network-name-hint = As the router spells it, with its capitals and spaces.
network-name-missing = Say which network it is.
network-name-wrong = No Wi-Fi is called that: a name has at most 32 characters, fewer with accents.
network-lock = Is there a password?
network-lock-with = Yes, the one below
network-lock-without = No: without a password. Whoever is near can join this network, and see with whom the box talks.
network-lock-impossible = The box cannot join this network: it takes only WPA3, or a login of each person’s own, or the old WEP. If it is yours, set the router to “WPA2 and WPA3”.
network-lock-is-there = This network has a password. Choose “Yes”, and type it.
network-lock-both = You chose “without a password” and typed one. Do one of the two.
network-password = Password of the Wi-Fi
network-password-hint = 8 to 63 characters; often it stands on the router. The box keeps a key that is made of it, not the password.
network-password-wrong = That is no Wi-Fi password: it has 8 to 63 characters.
network-country = Country
network-country-hint = Where the box is. Every country has rules of its own for radio.
network-country-choose = Choose
network-country-other = Or another country, by its two letters
network-country-wrong = Choose the country, or type its two letters, such as FR.
network-go = Join this Wi-Fi
network-go-words = If the box does not get in within a minute, the Wi-Fi from before comes back by itself. While there is no cable in the box, this page does not answer meanwhile, and afterwards only to devices in the new network.
network-asked = The box tries it now.
network-under-way = The box is busy with its network. Wait a minute, and try again.
network-trouble = The box could not be told. Try again; if it happens again, pull the plug and put it in again.
network-forget-title = Forget the Wi-Fi
network-forget-words = “{ $name }” is set. If the box forgets it, it is connected by cable only.
network-forget-cable = Plug in a cable first: without Wi-Fi nobody could reach the box.
network-forget = Forget this Wi-Fi
network-forgets = The box forgets it now.
network-countries = AR Argentina; AU Australia; AT Austria; BE Belgium; BR Brazil; BG Bulgaria; CA Canada; CL Chile; CO Colombia; HR Croatia; CY Cyprus; CZ Czechia; DK Denmark; EE Estonia; FI Finland; FR France; DE Germany; GR Greece; HU Hungary; IS Iceland; IE Ireland; IT Italy; LV Latvia; LI Liechtenstein; LT Lithuania; LU Luxembourg; MT Malta; MX Mexico; NL Netherlands; NZ New Zealand; NO Norway; PE Peru; PL Poland; PT Portugal; RO Romania; SK Slovakia; SI Slovenia; ZA South Africa; ES Spain; SE Sweden; CH Switzerland; UA Ukraine; GB United Kingdom; US United States; UY Uruguay

# ---- administration: another version
admin-update-words = Which version this box runs, and how it gets another one.
update-title = Update
update-now = What runs now
update-waits = The file is there. The box looks at it now.
update-checking = The box looks whether the file is meant for it.
update-installing = Version { $version } is being put on the card. Leave the box on; mail goes on meanwhile.
update-trying = Version { $version } is installed, and the box starts again with it. That takes some minutes. If it does not work, the version before it comes back by itself.
update-installed = Version { $version } is installed and works.
update-refused = The file was not taken: it is no update that was made for your box by those who made it. Fetch it again from where updates come from. Nothing was changed.
update-other-board = The file was not taken: it is for another kind of box. Choose the one for yours. Nothing was changed.
update-older = The file was not taken: version { $version } is not later than what runs. If that is what you want, send it once more and say so. Nothing was changed.
update-failed = Version { $version } could not be put on the card. What runs was not changed. Try it once more; if it fails again, the card may be wearing out.
update-interrupted = The box lost its power while the update was being put on the card. What runs was not changed. Send the file once more.
update-fell-back = Version { $version } did not work here, and the version before it runs again. No letter was lost. Wait for a later version.
update-not-started = Version { $version } had worked, and then did not come up three times in a row; the other version runs. No letter was lost. If the plug was pulled some times, that is why: install it again.
update-file-title = Another version
update-words = The box puts it beside what runs, starts with it, and keeps it only if mail, the Tox network and this page work. Letters that come meanwhile wait at their senders.
update-which = Which versions
update-newer-only = Only a later one than what runs
update-older-too = An older one, too
update-file = The file
update-file-hint = Its name ends with .raucb. Keep this page open until it is there.
update-go = Send and install
update-taken = The file is there. The box looks at it now.
update-under-way = An update is under way already. Wait until it is done.
update-no-room = There is no room for it on the disk. Delete letters that nobody needs, and try again.
update-too-large = This file is too big: no update for this box is that large. Choose the right one.
update-disk = It could not be written to the disk. Try again; if it happens again, the card may be wearing out.
update-from-title = Later versions by themselves
update-from-words = The box can look for itself whether there is a later version, and install it at night. It takes none but those of the people who made it, keeps it only if everything works, and tries none a second time.
update-from = Where later versions are
update-from-hint = The address of a folder, beginning with https://. It comes from those who made your box. Leave it empty to look nowhere. Whoever runs that server sees your internet address.
update-from-missing = Say where the box should look, or switch off the nightly look.
update-from-wrong = That is no folder on a web server. It begins with https:// and the name of a server, such as https://example.org/toxmail/.
update-nightly = Look every night, and install a later version
update-look = Look now
update-looking = The box looks now. That takes some seconds, and some minutes if there is a later version. Open this page again then.
update-look-current = The last look: what runs is the latest.
update-look-brought = The last look: version { $version } was there, and the box got it.
update-look-before = The last look: version { $version } is there, and the box had it before. Unless you ask, it waits for the next one.
update-look-failed = The last look came to nothing.
disk-title = Another disk
disk-now = Where the letters are
disk-on-card = On the box's card: { $used }, with all else that the home keeps.
disk-on-disk = On the disk that is plugged into the box: { $used }, with all else that the home keeps. The disk has to stay plugged in.
disk-the-card = the card
disk-no-name = a disk without a name
disk-waits = The box begins.
disk-preparing = The disk is being made ready ({ $to }). Leave it plugged in.
disk-copying = { $done } of { $total } are there ({ $to }). Leave the disk plugged in; mail goes on meanwhile.
disk-finishing = The last part is being copied ({ $to }). Mail and this page are off for some minutes, and come back by themselves.
disk-moved = The letters are there now ({ $to }). An older copy stays where they were before.
disk-failed = The letters could not be moved ({ $to }). They are where they were, and nothing is lost. Try it once more, or take another disk.
disk-interrupted = The box lost its power while the letters were being moved ({ $to }). They are where they were, and nothing is lost. Begin once more.
disk-gone = The disk is not plugged in any more. Nothing was changed.
disk-small = There is too little room there. Nothing was changed.
disk-locked = Nothing can be written there. Nothing was changed.
disk-busy = The box was being given another version. Nothing was moved: try it again when that is done.
disk-adopting = The box looks for the home on the disk ({ $to }).
disk-adopted = This box has gone on with the home on the disk ({ $to }). Never start a box with the old card again.
disk-no-home = There is no home on that disk. Nothing was changed.
disk-unusable = This box cannot go on with the home on that disk ({ $to }). Nothing was changed.
disk-left = The letters were moved from that disk back to a card, so what is on it is old. Go on with that card, or with a backup. Nothing was changed.
disk-claimed = Somebody has moved in meanwhile. Nothing was changed.
disk-progress = How much is there
disk-card-title = Back to the card
disk-card-words = The box can put the letters on its card again ({ $size }). Then the disk can be taken away. A copy of the letters stays on it: erase it before you give it away. The way to another disk leads over the card, too.
disk-card-go = Use the card again
disk-other-title = Choose a disk
disk-other-words = A disk or SSD at the box's USB socket lasts longer than a card, and holds more. It needs { $needs } at least. The box copies everything, and starts again from there. An older copy stays on the card: erase the card before you give it away.
disk-nothing = No other disk can be chosen now. Where the letters are on the card: plug one into the box's USB socket, wait some seconds, and look again.
disk-which = Which disk
disk-choice = { $name }, { $size }. { $content }
disk-is-empty = It looks empty.
disk-is-used = There is something on it.
disk-is-toxmail = Letters of a Toxmail box are on it, or were.
disk-is-card = It is the box's card.
disk-too-small = It is too small.
disk-is-locked = It is write-protected.
disk-warning = Everything that is on that disk now is erased, and cannot be brought back.
disk-word = erase
disk-word-label = Type “{ $word }” if you want that
disk-word-wrong = Type the word “{ $word }”, so that nothing is erased by mistake.
disk-go = Erase the disk and move the letters there
disk-none-chosen = Choose a disk.
disk-asked = The box begins. Leave it on, and the disk plugged in.
disk-under-way = The letters are being moved already. Wait until that is done.
disk-not-there = That disk is not plugged in any more, or will not do. Choose again.
disk-not-asked = The box could not be asked. Try it again.
absent-missing = The disk with your letters is not plugged in
absent-missing-words = This box keeps its letters on a disk of their own, and does not find it, or cannot read it. Nothing is lost by that: letters for you wait at their senders.
absent-missing-do = Plug the disk in again. The box notices by itself, and is back some minutes later.
absent-missing-dead = If the disk is broken: “The disk died” in the instructions tells how to go on with a backup.
absent-damaged = The card of this box is damaged
absent-damaged-words = The box cannot read what it keeps on its card, though it has tried to repair it. It erases nothing. Letters for you wait at their senders.
absent-damaged-do = Switch the box off and on once. If this page comes back, make a new card, and start the box with it.
absent-damaged-disk = If your letters are on a disk of their own, they are still there: leave it plugged in, and choose “{ $choice }” on the page of the new card.
absent-damaged-card = If your letters were on the card: “The card died” in the instructions tells how to go on with a backup.
absent-left = The letters of this disk are on another card
absent-left-words = They were moved from this disk back to a card, and that card has them now. What is on the disk is old. Nothing is lost by that: letters for you wait at their senders.
absent-left-do = Switch the box off, put that card into it, and switch it on again.
absent-left-gone = If that card is broken or gone: “The card died” in the instructions tells how to go on with a backup.
absent-moving = Your letters are moving to another disk
absent-moving-words = Mail is off for some minutes. Leave the box on and the disk plugged in; it comes back by itself.

# ---- administration: log
log-title = Log
log-words = What the home has written down since it was started, the newest first, in English. You need not understand it: it is for whoever helps you. It holds addresses, but never what a letter says, and no password.
log-last = The last lines
log-problems = Only what went wrong
log-all = All that is kept
log-more = Show all that is kept
log-empty = Nothing is written down yet.
log-no-problems = Nothing went wrong
log-caption = The newest line comes first
log-severity = Kind
log-text = What it says
log-error = Trouble
log-warning = Take a look
log-fact = Note
log-download-title = For somebody who helps you
log-download-words = The same as a file. Look through it before you pass it on: it says who writes to whom.
log-download = Save as a file

# ---- administration: backup
admin-backup-words = The whole home in one file that only your passphrase opens.
backup-title = Backup
backup-back = Back to the backup
backup-make = Make one now
backup-last = The last one was made { $when }.
backup-left-out =
    { $count ->
        [one] One letter could not be read from the card or disk and is not in it.
       *[other] { $count } letters could not be read from the card or disk and are not in it.
    }
backup-never = None was made yet
backup-words = If the box breaks, another one becomes this home with this file: same addresses, people, passwords and contacts. Keep it outside of the box. Nothing of it stays here.
backup-warning = Without the passphrase nobody can open it, you neither. Write it on paper, and keep the paper apart from the file.
backup-passphrase = Passphrase for this backup
backup-passphrase-hint = Ten characters at least; four words that have nothing to do with each other are good.
backup-weak = That is too easy to guess. Take ten characters at least, or four words that have nothing to do with each other.
backup-repeated = The passphrase once more
backup-differs = The two are not the same. Type both once more.
backup-own-hint = So that nobody carries the home away who finds this page open.
backup-with-mail = With the letters in the mailboxes. The file is as big as they are; without them it is small, and has everything else.
backup-download = Make the backup and save it
backup-restore = When you need it
backup-restore-off = Switch the old box off, and leave it off: two boxes that are the same home take each other's letters away.
backup-restore-command = On the first page of the new box, choose “I have a backup”, and give it the file and the passphrase.
backup-restore-start = When it starts again, it is this home.
backup-restore-after = Letters that came after the backup was made are on the old box only. Letters to ordinary addresses that may have gone out already wait until you have said yes; the home asks you by mail.
backup-paper = The identity on paper
backup-paper-words = One sheet that keeps the home's Tox address, if every other backup is lost. It has no letters, people or contacts. It is locked by a passphrase, too.
backup-paper-open = Make the sheet …
backup-paper-make = Show the sheet
backup-paper-qr = The identity as a code to scan
backup-paper-title = The identity of { $home }
backup-paper-made = Made on { $day }. Keep this sheet in a safe place, and the passphrase in another.
backup-paper-once = Print it now: it is shown this once.
backup-paper-check = Words to check
backup-paper-use = On a new box choose “{ $backup }” on the setup page, then “{ $paper }”; it shows the same words. So does the command, with the text in a file:

# ---- administration: storage
admin-storage-words = How much room there is, how much each mailbox takes, and how large letters may be.
storage-title = Storage and limits
storage-room = Room on the disk
storage-free = { $free } of { $total } are free
storage-full = There is no room for letters any more: they wait at their senders, and nothing is lost. Delete what nobody needs.
storage-low = Soon there is no room for letters any more. Delete what nobody needs.
storage-reserve = Letters never take the last { $bytes }.
storage-bar = Used of the disk
storage-letters = Letters in mailboxes
storage-waiting = Letters on their way
storage-mailboxes = Mailboxes
storage-mailboxes-quota = Each may have up to { $bytes }.
storage-mailboxes-free = Each may have as much as the disk has room for.
storage-other-disk = Put the letters on another disk
storage-takes = Takes

# ---- administration: settings
settings-locked = The file toxmail.toml says it, and wins: it can be changed there only.
admin-save = Save
settings-changed = It is saved, and counts from now on.
settings-usual = as usual
settings-usual-now = as usual ({ $value })
settings-no-limit = no limit
storage-limits = Limits
storage-message = Largest letter
storage-message-hint = With everything that is attached. Another home may take less.
storage-quota = Largest mailbox
storage-quota-hint = Letters to a full mailbox wait at their senders until there is room.
storage-delay = Tell the writer that a letter still waits after
storage-expire = Give a letter back that did not arrive after
storage-expire-hint = The other home may be on holiday: a month is good.
admin-home-words = What the home is called, and the language in which it writes to you.
home-settings-title = The home
home-settings-name = Name of the home
home-settings-name-hint = What other homes see.
home-settings-name-wrong = Write a name on one line that is not too long.
home-settings-language = Language of the home
home-settings-language-hint = For everybody who has not chosen one.
home-settings-changed = It is saved. Other homes are told the new name when they meet this one.
home-settings-hostname = Name in the network
home-settings-hostname-words = It stands in the certificate of this home. Another one is written into the file toxmail.toml (hostname), and counts once the home is started again.
pairing-asked-title = Who is asked
pairing-asked-words = When strangers would like to write to this home, or another home says that an address is one of its people's, these are asked by mail. Nobody chosen: the administrator.

# ---- administration: provider
admin-provider-words = The way to everybody without Toxmail, through your mail provider.
account-title = Ordinary mail
account-home = The home's account
account-words = Letters to people without Toxmail go through this mail provider, of everybody who has an ordinary address of their own and no account of their own.
account-none = There is none: letters go to other homes only
account-state = State
account-fine = Works
account-fails = Does not work
account-since = since { $when }
account-said = Letters wait, and go by themselves once it works again. This is what the provider said:
account-test = Try it now
account-works = The provider accepts the login.
account-remove = Remove …
account-set = Set it up
account-replace = Another account, or a new password
account-stored = The login works, and the account is kept. Whose addresses may write through it is said on the page of each person.
account-removal-title = Remove the home's account?
account-removal-letters = Letters that wait for it go on waiting, until there is another account or they are given back.
account-removal-fetches = 
    { $count ->
        [one] One mailbox is fetched with its login: that stops working.
       *[other] { $count } mailboxes are fetched with its login: that stops working.
    }
account-removal-password = Its password is forgotten here. Nothing changes at the provider.
account-removal-yes = Remove the account
account-removed = The account is removed.
account-removed-waiting = The account is removed. Letters that still wait for one: { $count }.
account-members = Accounts of their own
account-members-words = Whoever has one writes through it. Each person sets it up alone.
account-members-none = Nobody has one.
fetching-title = Mail that is fetched
fetching-words = The home can fetch what arrives at a provider, so that all letters are in one mailbox. Each person sets it up alone, for their own mailbox there.
fetching-none = Nothing is fetched for anybody.
fetching-from = From
fetching-every = every { $time }
fetching-not-yet = not looked at since the start
fetching-now = Look now
fetching-done = Letters that have come: { $count }.
fetching-runs = There is much to fetch; it goes on by itself.
fetching-stop = Stop …
fetching-removal-title = Stop fetching for { $name }?
fetching-removal-words = What has come stays here, and what is there stays there. To begin again, the password is needed once more.
fetching-removal-yes = Stop fetching
fetching-removed = Nothing more is fetched for { $name }.

# ---- administration: problems
admin-problems-words = A thorough look at everything, and what to do about what is wrong.
problems-title = Is anything wrong?
problems-words = The home has just looked at everything, and has asked the machines that it works with.
problems-none = Nothing is wrong
problems-again = Look again

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
admin-security-nobody = a name that nobody here has
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

# ---- my card
nav-me = My card
me-title = My address card
me-words = Pass this on to whoever shall write to you: by the code, as a file, or on paper.
me-qr = { $name } as a contact, to be scanned
me-tox = For the other home's first contact
me-tox-words = This is the Tox address of your home. Whoever looks after another home enters it there once; from then on letters go directly from home to home.
me-download = Download as a contact (vCard)
me-copy = Copy the address
me-copied = Copied
me-print = Print
me-more = More of yours
me-to-devices = Connect a telephone or a computer
me-to-card = A card for the wall, with all settings
me-to-letters = Letters on their way

# ---- my devices
nav-devices = Devices
devices-title = My devices
devices-connect = Connect a device
devices-connect-words = Each telephone and each computer gets a password of its own. If one is lost, you take only that one back.
devices-choose = Connect
devices-thunderbird = Thunderbird on a computer
devices-thunderbird-words = You type your name and address, and it finds the rest by itself.
devices-android = Android, with Thunderbird
devices-android-words = You scan a code with the Thunderbird app, or type your address there.
devices-apple = iPhone, iPad or Mac
devices-apple-words = You download a file, and the device sets itself up.
devices-delta = Delta Chat
devices-delta-words = You scan a code. Please read first what it does not check.
devices-other = Outlook and others
devices-other-words = You type the settings from a table.
devices-list = Devices that are connected
devices-list-words = The time of the last use is written down once a day.
devices-none = No device is connected yet.
devices-label = What you call the device
devices-made = Connected
devices-used = Last used
devices-never = Not yet
devices-revoke = Disconnect
devices-revoke-title = Disconnect this device?
devices-revoke-words = It can no longer read or send letters here. Letters that it holds already stay on it. If you connect it again later, it gets a new password.
devices-revoke-yes = Disconnect
devices-revoke-no = Keep it
devices-revoked = “{ $label }” is disconnected.
devices-back = To my devices
devices-before = Before you begin
devices-make = Make a password for it
devices-make-words = The password is made now and shown once, on the next page.
devices-make-file-words = A password is made for this device alone. It comes in the file: nobody has to type it.
devices-make-button = Make the password
devices-make-file = Download the file
devices-label-hint = So that you recognise it later, such as “Laptop in the kitchen”.
devices-label-other = Mail program
devices-label-empty = Give the device a name.
devices-label-long = That is too long: { $most } characters at most.
devices-after = Then
devices-steps = How to go on
devices-compare = To compare
devices-compare-words = If a device asks whether it may trust the certificate, compare these letters and digits (SHA-256) with what it shows. If they are the same, it is your home. If not, choose “Cancel” and ask whoever looks after the home.
devices-fingerprint-server = The certificate of your home
devices-fingerprint-ca = The authority of your home
devices-dialog = What you will see
devices-thunderbird-before = Thunderbird will ask once whether it may trust your home. You can spare yourself that: download the authority of your home. In Thunderbird open Settings, Privacy & Security, “Manage Certificates…”, “Authorities”, “Import…”, choose the file, and tick “Trust this CA to identify websites.”
devices-thunderbird-step-1 = In Thunderbird open the menu ☰, and choose “New Account”, then “Email”. A Thunderbird that has no account yet asks by itself.
devices-thunderbird-step-2 = Type your name and this address: { $address }. Choose “Continue” (in newer ones “Find Settings”). It finds the settings by itself; choose “Continue” again.
devices-thunderbird-step-3 = Type the password that this page has made for it, not your own.
devices-thunderbird-step-4 = If it does not know your home yet, it shows this. Choose “View…”, compare the fingerprint below, and confirm:
devices-thunderbird-step-5 = When you send your first letter, it asks the same once more. After that it never does again.
devices-exception-title = Add Security Exception
devices-exception-words = The certificate is not trusted because it hasn’t been verified as issued by a trusted authority using a secure signature.
devices-exception-button = ☑ Permanently store this exception · [Confirm Security Exception]
devices-android-step-1 = Install Thunderbird from your app store.
devices-android-step-2 = Download the authority of your home on the telephone, and install it there under Settings, Security, More security settings, Install a certificate, CA certificate. The telephone warns of it; it can vouch for this home only.
devices-android-step-3 = Open Thunderbird on the telephone. At its first start choose “Get started” and then “Import settings”; later open its settings, “Import settings”, “Scan QR code”. Hold it before the code that stands here once the password is made.
devices-android-step-4 = It shows the account that it has found. Choose “Import”.
devices-android-step-5 = If it does not find the name of your home, type one of the addresses from the table instead.
devices-android-here-1 = Open Thunderbird on this telephone. At its first start choose “Get started”; later open its settings, and there “Add account”. Type this address: { $address }
devices-android-here-2 = Choose “Next”. It finds the settings by itself. Where it asks for a password, it is that of this device, not your own.
devices-android-here-3 = If it says “Configuration not found”, choose “Edit configuration”, and type what the table says.
devices-apple-before = The file holds the password. It goes over the secure connection to this device alone. Open this page on the device that you want to connect.
devices-apple-profile = Mail and contacts of your home. The certificate lets this device recognise your home; it can vouch for no other website.
devices-apple-step-1 = Allow the download. The device says “Profile Downloaded”. Go on within 8 minutes, for then it throws the profile away.
devices-apple-step-2 = iPhone and iPad: open Settings, then “Profile Downloaded”. Mac: open System Settings, General, Device Management. It shows the name of your home:
devices-apple-unverified = Not verified. (It says so of every profile that no company has signed.)
devices-apple-step-3 = Choose “Install” (iPhone and iPad: at the top right), and type the code of the device.
devices-apple-step-4 = iPhone and iPad only: Settings, General, About, Certificate Trust Settings, and switch your home on.
devices-apple-step-5 = Open Mail. Your letters are there.
devices-delta-before = Delta Chat does not know your home's certificate, and cannot learn it. It will not check whom it talks to: somebody in your home network could pretend to be your home, and take the password of this device. At home that is rarely a danger; in a café's network do not use it.
devices-delta-agree = I understand this, and want to use Delta Chat nevertheless.
devices-delta-agree-first = Tick this box first, or choose another program.
devices-delta-step-1 = In Delta Chat choose “Create New Profile” or “Add Profile”, then “Scan QR Code”.
devices-delta-step-2 = Hold it before the code that stands here once the password is made, and choose “OK”.
devices-delta-here-1 = Install Delta Chat on this telephone, if it is not there yet.
devices-delta-here-2 = Touch “Open Delta Chat”, which stands here once the password is made. It asks whether it may log in; choose “OK”.
devices-delta-open = Open Delta Chat
devices-other-before = If the program can use certificates of the computer, install the authority of your home there first: then it never asks.
devices-other-step-1 = In the program choose to set the account up by hand, or “Advanced setup”, and there IMAP or POP as in the table.
devices-other-step-2 = Type the settings as the table has them, with the user name and the password of this page, for reading and for sending.
devices-other-step-3 = If it asks whether it may trust the certificate, compare the fingerprint.
devices-made-title = “{ $label }” is ready to be connected
devices-once = Shown this once
devices-once-words = The password stands here now and never again. Type or scan it now. If you need it later, make a new one.
devices-code = Settings and password for one device, to be scanned
devices-code-words = Whoever scans this code can read your letters. Show it to your own device only.
devices-here = You have this page open on the telephone itself, and it cannot scan its own screen. So the settings are typed here; the password can be copied.
devices-code-elsewhere = For another telephone instead: the code to scan
devices-your-name = Your name
devices-your-address = Your address
devices-password = Password of this device
devices-copy = Copy the password
devices-by-hand = The settings, to be typed
devices-table = Servers
devices-purpose = For
devices-incoming = Receiving
devices-outgoing = Sending
devices-protocol = Kind
devices-server = Server
devices-port = Port
devices-security = Security
devices-login = User name
devices-books = Address book (CardDAV)
devices-instead = If it does not find the server
devices-written-down = Done: it is typed or scanned
devices-card-title = A card for the wall
devices-card-words = Your addresses and the settings, to print. Passwords are not on it.
devices-card-page = The page of your home:
devices-card-by-hand = (written by hand, if at all)

# ---- my letters
nav-letters = Letters
letters-title = My letters on their way
letters-none = Nothing is on its way: every letter of yours has left.
letters-no-more = There are no more letters behind this.
letters-first-page = To the beginning
letters-count =
    { $count ->
        [one] One letter, { $size }.
       *[other] { $count } letters, { $size } in all.
    }
letters-no-subject = (without a subject)
letters-facts = Written { $when }, { $size }
letters-who = { $name } ({ $address })
letters-on-its-way = On its way
letters-delivered = Arrived
letters-held = Waits for your answer
letters-failed = Did not arrive
letters-waits-for-home = Waits until the other home is there
letters-waits = Waits for its turn
letters-waits-again = Is tried again
letters-next-try = Next try in { $wait }.
letters-why = The home says:
letters-more =
    { $count ->
        [one] And one more.
       *[other] And { $count } more.
    }
letters-sent-bytes = { $sent } sent
letters-sent-of-bytes = { $sent } of { $total }
letters-sent-of-parts = Parts: { $sent } of { $total }
letters-speed = { $size } per second
letters-left = { $time } left
letters-retry = Try now
letters-retried = It is being tried now.
letters-gone = It has left already.
letters-cancel = Take back
letters-cancel-title = Take this letter back?
letters-cancel-words = It goes to nobody who does not have it yet. Whoever has it keeps it.
letters-cancel-yes = Take it back
letters-cancel-no = Let it go on
letters-cancel-late = It can no longer be taken back.
letters-cancelled = The letter is taken back.
letters-look-again = Look again
letters-held-words = A part of it would go by ordinary e-mail, or it was on its way when the home was restored from a backup. Shall it go?
letters-held-send = Send it
letters-held-stop = Do not send it
letters-released = It goes.
letters-not-held = It does not wait for an answer any more.
letters-next-page = Newer letters

# ---- my contacts
nav-contacts = Contacts
contacts-title = Contacts
contacts-add = Add somebody
contacts-none = You know nobody here yet. Add somebody, or ask whoever looks after the home to connect it with another home.
contacts-list =
    { $count ->
        [one] One contact
       *[other] { $count } contacts
    }
contacts-search = Search by name or address
contacts-search-button = Search
contacts-not-found = Nobody is found by that.
contacts-all = Show everybody
contacts-found =
    { $count ->
        [one] One is found.
       *[other] { $count } are found.
    }
contacts-name = Name
contacts-kind = Kind
contacts-state = Where they are
contacts-mine = only yours
contacts-has-claims = An address waits for your look.
contacts-before = Those before
contacts-next = Those after
contacts-files = As a file
contacts-files-words = Telephones and mail programs that are connected have these contacts anyway. A file is for all others.
contacts-export = Download all (vCard)
contacts-import = Take in from a file
contacts-connected = There now
contacts-online = There, answers soon
contacts-awaits-direct = There, but not directly: letters wait
contacts-asked = Asked, has not answered yet
contacts-waiting = Let in, not seen yet
contacts-blocked = Blocked
contacts-ordinary = By ordinary mail
contacts-offline = Not there
contacts-last-seen = Last seen { $when }
contacts-kind-home = Home with Toxmail
contacts-kind-chat = Chat program
contacts-kind-unknown = Not known yet
contacts-kind-ordinary = Ordinary e-mail
contacts-add-words = Paste what you were given: an e-mail address, a Tox address, or an invitation.
contacts-address = Address or invitation
contacts-address-hint = Such as oma@example.org, a long Tox address, or a link that begins with tox:
contacts-address-empty = Paste an address or an invitation here.
contacts-invitation-not-yours = This is an invitation: it connects the whole home with another one. Pass it on to whoever looks after yours.
contacts-add-name = Name
contacts-add-name-hint = What you call them. An invitation needs none.
contacts-name-empty = Give a name.
contacts-add-chat = They use a Tox chat program, not Toxmail.
contacts-add-everybodys = For everybody at home, not for me alone.
contacts-add-button = Add
contacts-added = Added.
contacts-back = To my contacts
contacts-facts = What is known
contacts-short = Write to
contacts-home-name = Their home calls itself
contacts-full = In full
contacts-emails = E-mail addresses
contacts-emails-hint = One in each line; the first is the one that is shown.
contacts-whose = Whose contact
contacts-everybodys = Everybody's at home
contacts-only-mine = Only yours
contacts-claims = Addresses that their home claims
contacts-claims-words = Their home says that these are theirs. Nobody here has confirmed it, so they count for nothing yet. Confirm only what you know to be theirs.
contacts-claims-confirm = That is theirs
contacts-confirmed = The address is confirmed.
contacts-words = Is it really them?
contacts-words-compared = You have compared the words
contacts-words-not-compared = Not compared yet
contacts-words-words = Call them, and read these words to each other. If both see the same, nobody stands between you.
contacts-words-same = We have the same words
contacts-words-undo = Take that back
contacts-verified = Noted: you have compared the words.
contacts-unverified = Noted: the words are not compared.
contacts-edit = Change
contacts-edit-everybodys = This is everybody's contact: what you change changes for all at home.
contacts-save = Save
contacts-changed = Saved.
contacts-fallback = When their home is away for long
contacts-fallback-words = Letters wait until their home is there. After a time that you choose they may go by ordinary e-mail instead, which others can read on the way.
contacts-fallback-label = By ordinary e-mail
contacts-fallback-never = Never
contacts-fallback-after = After { $time }
contacts-direct = Directly only
contacts-direct-words = Letters usually take a detour through relays where no direct way is found; these cannot read them, but see that there is mail. Directly only means: rather wait than take a detour.
contacts-direct-on = Directly only
contacts-direct-off = Through relays too
contacts-direct-on-button = Directly only
contacts-direct-off-button = Allow relays again
contacts-end = End it
contacts-not-yours = The rest is decided by whoever looks after this home.
contacts-block = Block
contacts-block-title = Block { $name }?
contacts-block-words = Nothing is taken from their home any more, and nothing goes there: for everybody here. Letters on their way to them come back. They are not told.
contacts-block-yes = Block
contacts-blocked-now = Blocked.
contacts-remove = Remove
contacts-remove-title = Remove { $name }?
contacts-remove-words = The contact is gone from the address books here. If nobody else here knows their home, letters on their way to them come back, and they would have to be connected anew.
contacts-remove-yes = Remove
contacts-removed = Removed.
contacts-end-no = No, leave it
contacts-imported = New: { $new }. Completed: { $completed }. Not taken: { $refused }.
contacts-import-words = Telephones and mail programs write contacts as vCards (files that end with .vcf). Who is known already is completed, not entered twice. They become yours alone.
contacts-import-hint = A file that ends with .vcf, of 8 MB at most.
contacts-import-this = The file
contacts-import-file = Choose the file
contacts-import-button = Take in
contacts-import-line = Line { $line }:

# ---- who asks
requests-title = Who would like to write
requests-none = Nobody asks at the moment.
requests-not-asked = Only those who decide about strangers in this home see this. Ask whoever looks after it.
requests-somebody = Somebody ({ $key }…)
requests-they-say = They say of themselves:
requests-say-nothing = (nothing)
requests-received = Asked { $when }
requests-words = Anybody can say anything. Accept only who you expect; you can compare safety words afterwards.
requests-accept = Accept
requests-refuse = Refuse
requests-accepted = Accepted: you can write to each other now.
requests-refused = Refused. They may ask again.
requests-blocked = Blocked. They are not heard again.
requests-block-title = Block whoever asks?
requests-block-words = They are not heard again, and are not told.
requests-more =
    { $count ->
        [one] One more waits behind these.
       *[other] { $count } more wait behind these.
    }
requests-move = { $name } says: “I have a new box”
requests-announced = Announced { $when }
requests-move-words = It may be true, or somebody may have taken the old box. Call them. They see the same words on their new box? Then it is true.
requests-move-confirm = The words are the same: it is them
requests-move-refuse = That is not true
requests-moved = Confirmed: letters go to the new box from now on.
requests-not-moved = Refused: everything stays with the old box.

# ---- my settings
nav-settings = Settings
settings-title = My settings
settings-save = Save
settings-saved = Saved.
settings-name = My name
settings-name-words = It stands beside your address in the letters that you write, in the address books of this home, and on your card.
settings-mixed = A letter to several people
settings-mixed-words = Some are reached directly and in private, others by ordinary e-mail only, which others can read on the way. What shall happen to a letter that goes to both?
settings-mixed-tell = Send it, and tell me afterwards which way each copy went.
settings-mixed-ask = Ask me first.
settings-mixed-refuse = Do not send it.
settings-reencode = Letters for old mail providers
settings-reencode-words = A few providers take plain letters only, without é or ü. The home can write a letter anew for them. A digital signature in it would be broken by that, so it is done only with your word.
settings-reencode-on = Write my letters anew where a provider needs it.
settings-provider = My own mail provider
settings-provider-words = Ordinary e-mail usually goes through the provider of the home. If you have an account of your own, yours goes through that.
settings-provider-problem = It has not worked since { $when }. The provider says:
settings-provider-problem-now = It does not work. The provider says:
settings-provider-test = Try the login
settings-provider-works = The login works.
settings-provider-remove = Remove
settings-provider-remove-title = Remove your own provider?
settings-provider-remove-words = Your ordinary e-mail goes through the provider of the home from then on, if there is one. What waits for yours stays until it is set up again or taken back.
settings-provider-removed = Removed.
settings-provider-again = Enter it anew
settings-provider-set = The login works; your ordinary e-mail goes that way from now on.
settings-provider-save = Try the login, and save
settings-no-address = No ordinary e-mail address is entered here for you yet. Whoever looks after the home enters it; then you can set up your account.
settings-address = Your address there
settings-address-not-yours = Choose one of your own addresses. A new one is entered by whoever looks after the home.
settings-host = Server for outgoing mail
settings-host-hint = Your provider tells it, such as smtp.example.org.
settings-host-empty = Enter the server.
settings-host-not-public = That server stands in the home network, or has no address in the internet. Take the one that your provider names; one in the home network is set up by whoever looks after the home.
settings-port-wrong = A port is a number from 1 to 65535; usually 465.
settings-username = User name there
settings-username-hint = Usually your address; leave it empty then.
settings-password = Password there
settings-password-hint = Many providers want a password of its own for mail programs (“app password”).
settings-password-empty = Enter the password.
settings-fetch = Letters that arrive at my provider
settings-fetch-words = Answers to ordinary e-mail arrive at your provider. The home can fetch them from there, so that you find everything in one place.
settings-fetch-host = Server for incoming mail
settings-fetch-host-hint = Your provider tells it, such as imap.example.org.
settings-fetch-username-usual = Usually your address.
settings-fetch-username-empty = Enter the user name.
settings-fetch-every = Looked for every
settings-fetch-after = What becomes of them there
settings-fetch-deletes = They are deleted there once they lie here.
settings-fetch-keeps = They stay there as well.
settings-fetch-worked = Worked last
settings-fetch-everything = Fetch what lies there already, too, not only what comes from now on.
settings-fetch-delete = Delete letters at the provider once they lie safely here.
settings-fetch-set = The login works; letters are fetched from now on.
settings-fetch-now = Fetch now
settings-fetch-runs = There is much to fetch; it goes on by itself.
settings-fetch-remove = Fetch no more
settings-fetch-remove-title = Fetch no more letters?
settings-fetch-remove-words = What lies here stays. New letters stay at your provider.
settings-fetch-removed = Nothing is fetched any more.

# ---- backups to a USB stick
stick-title = Backup on a USB stick
stick-words = The box can write its backup to a USB stick that is plugged into it: now, and by itself every night to a stick that stays in.
stick-open = To the USB stick …
stick-now = The stick in use
stick-progress = How far the backup is
stick-go = Make a backup now
stick-nightly = Every night, by itself. The stick stays plugged in.
stick-forget = Make no more backups on this stick
stick-another = Another stick, or another passphrase
stick-choose = Choose a stick
stick-choose-words = What is on the stick stays there: the backups lie in the folder Toxmail, and the newest seven are kept. A stick can be pulled out whenever no backup is being made. For more than 4 GB it has to be formatted as exFAT.
stick-nothing = No USB stick is plugged in. Plug one into the box, wait some seconds, and look again.
stick-which = Which stick
stick-choice = { $name }, { $size }.
stick-use = Use this stick, and make the first backup
stick-no-name = a stick without a name
stick-unknown = The box cannot read how it is formatted. Format it on a computer, as exFAT or FAT32.
stick-failed = The last backup did not come to be ({ $when }). Older ones may have made room for it; the last good one is still there.
stick-last =
    { $kept ->
        [one] The last backup was made { $when } and has { $size }. { $free } are free on the stick.
       *[other] The last backup was made { $when } and has { $size }. { $kept } backups are on the stick, and { $free } are free.
    }
stick-writing = A backup is being made: { $done } are on the stick. Leave it plugged in.
stick-checking = The backup is being read back: { $done } of { $total } are right. Leave the stick plugged in.
stick-none-chosen = Choose a stick that is plugged in.
stick-begun = The backup begins. Leave the stick plugged in.
stick-forgotten = No more backups are made on that stick. Those that are there stay.
stick-why-away = The stick is not plugged in. Plug the same one in again and make a backup on the page about the stick, or choose another one there.
stick-why-twins = Two sticks with the same content are plugged in, and the box does not know which is meant. Pull one of them out, and make a backup on the page about the stick.
stick-why-full = There is no room on the stick. Delete on a computer what else is on it, or choose a larger one on the page about the stick.
stick-why-too-long = The backup is larger than 4 GB, and the stick is formatted so that no file may be larger (FAT32). Format it as exFAT on a computer, which erases it, and choose it anew on the page about the stick; or make backups without the letters.
stick-why-locked = Nothing can be written to the stick. It may have a little switch that locks it; else it is damaged. Make it writable, or choose another one on the page about the stick.
stick-why-broken = The stick could not be written to or read: it was pulled out too early, or it is damaged. Try it once more on the page about the stick. If that fails too, choose another stick.
stick-incomplete = The backup of { $when } lies on the stick, but something is missing in it.
stick-why-incomplete = Letters or folders could not be read on the card or disk, so they are not in it. The last backup in which nothing is missing stays on the stick. The card or disk may be dying: take a new one soon, and bring the home back from that backup.
stick-why-home = The home could not make the backup. Try it once more on the page about the stick. If it stays so, show this to whoever looks after the home.
stick-why-missed = Nightly backups are made between two and five o'clock: leave the box on at night. Make one now on the page about the stick.
finding-backup-failed = The nightly backup to the USB stick did not come to be ({ $when }).
finding-backup-missed = There was no nightly backup to the USB stick for two nights.
restore-stick = From a USB stick
restore-stick-words = A stick with backups is plugged into the box. The newest one on it is taken.
restore-stick-file = Another backup on it
restore-stick-newest = The newest
restore-stick-choice = { $name } ({ $size })
restore-stick-go = Bring it back from the stick
restore-stick-empty = There is no backup on that stick: they lie in its folder Toxmail.
stick-unreadable = The stick cannot be read. Try another one, or bring the file with your browser.
stick-silent = The box does not get to the stick. Wait a minute and try it once more. If it stays so, pull the stick out and plug it in again.
