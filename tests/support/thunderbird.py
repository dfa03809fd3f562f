"""Thunderbird, headless, does what its user would do, and prints as JSON what it has seen.

thunderbird.py book CA.PEM URL LOGIN PASSWORD TYPED: sets up an address book by CardDAV; prints the names of the address books found
there, what it completes TYPED to, and the names of all cards; then renames whoever was completed to "Renamed by Thunderbird".

thunderbird.py account CA.PEM HTTP HTTPS NAME ADDRESS PASSWORD PROTOCOL TO: its user has typed NAME, ADDRESS and PASSWORD, and it
finds the rest by itself: what it would look for on ports 80 and 443 is on HTTP and HTTPS of this machine. Takes the server that
speaks PROTOCOL, fetches the letters that are there, writes one to TO, and looks for address books; prints what it has found.

thunderbird.py imap CA.PEM IMAPS SUBMISSIONS LOGIN PASSWORD ADDRESS TO: a mailbox by IMAP on port IMAPS of toxmail.local. Reads what is
in INBOX, moves one letter to the archive, deletes one, tags one, and writes one with an attachment to TO (unless SUBMISSIONS is 0); a
line tells what it has seen. A second line says that it waits; a third tells the letter that has come meanwhile.
"""

import json
import pathlib
import socket
import subprocess
import sys
import tempfile
import time

BOOK = """
const [ca, url, login, password, typed, done] = arguments;
(async () => {
  Cc["@mozilla.org/security/x509certdb;1"].getService(Ci.nsIX509CertDB).addCertFromBase64(ca, "CT,,");
  const { CardDAVUtils } = ChromeUtils.importESModule("resource:///modules/CardDAVUtils.sys.mjs");
  const { CardDAVDirectory } = ChromeUtils.importESModule("resource:///modules/CardDAVDirectory.sys.mjs");
  const { MailServices } = ChromeUtils.importESModule("resource:///modules/MailServices.sys.mjs");
  const books = await CardDAVUtils.detectAddressBooks(login, password, url, false, true);
  const directory = await books[0].create();
  const book = CardDAVDirectory.forFile(directory.fileName);
  // It fetches the cards by itself, all in one go.
  for (let i = 0; i < 600 && !book.childCardCount; i++) await new Promise(r => setTimeout(r, 100));
  const search = Cc["@mozilla.org/autocomplete/search;1?name=addrbook"].createInstance(Ci.nsIAutoCompleteSearch);
  const completed = await new Promise(resolve => {
    search.startSearch(typed, JSON.stringify({ type: "addr_to" }), null, {
      onSearchResult(_, result) {
        if (result.searchResult != Ci.nsIAutoCompleteResult.RESULT_SUCCESS_ONGOING) {
          resolve(Array.from({ length: result.matchCount }, (_, i) => result.getValueAt(i)));
        }
      },
    });
  });
  const names = Array.from(book.childCards, card => card.displayName).sort();
  const email = completed[0].match(/<(.*)>/)[1];
  const card = book.cardForEmailAddress(email);
  card.displayName = "Renamed by Thunderbird";
  // It sends the change by itself; until it has, it must not be ended.
  const sent = new Promise(resolve => {
    const send = book._modifyCard.bind(book);
    book._modifyCard = changed => send(changed).then(resolve, resolve);
  });
  book.modifyCard(card);
  await sent;
  return { books: books.map(b => b.name), completed, names };
})().then(done, error => done({ error: String(error), stack: error.stack }));
"""

ACCOUNT = """
const [ca, name, address, password, protocol, to, done] = arguments;
(async () => {
  Cc["@mozilla.org/security/x509certdb;1"].getService(Ci.nsIX509CertDB).addCertFromBase64(ca, "CT,,");
  const { MailServices } = ChromeUtils.importESModule("resource:///modules/MailServices.sys.mjs");
  const { NetUtil } = ChromeUtils.importESModule("resource://gre/modules/NetUtil.sys.mjs");
  const creation = module => ChromeUtils.importESModule(`resource:///modules/accountcreation/${module}.sys.mjs`);
  const { FindConfig } = creation("FindConfig");
  const { AccountConfig } = creation("AccountConfig");
  const { ConfigVerifier } = creation("ConfigVerifier");
  const { CreateInBackend } = creation("CreateInBackend");
  const { RemoteAddressBookUtils } = creation("RemoteAddressBookUtils");
  const { msgWindow } = Services.wm.getMostRecentWindow("mail:3pane");
  const domain = address.split("@")[1];
  const { signal } = new AbortController();

  // What the account hub does between its questions.
  const { value: config } = await FindConfig.parallelAutoDiscovery(domain, address, signal, "", "").next();
  if (!config) throw new Error("it found no settings");
  AccountConfig.replaceVariables(config, name, address, password);
  const offered = [config.incoming, ...config.incomingAlternatives].map(server => server.type);
  config.incoming = [config.incoming, ...config.incomingAlternatives].find(server => server.type == protocol);
  config.rememberPassword = true;
  await new ConfigVerifier(msgWindow, signal).verifyConfig(config, config.source != AccountConfig.kSourceXML);
  const account = await CreateInBackend.createAccountInBackend(config);
  const incoming = account.incomingServer;

  let inbox;
  for (let i = 0; i < 300 && !inbox; i++) {
    inbox = incoming.rootFolder.getFolderWithFlags(Ci.nsMsgFolderFlags.Inbox);
    if (!inbox) await new Promise(resolve => setTimeout(resolve, 100));
  }
  if (!inbox) throw new Error("it has no inbox");
  const fetch = () => new Promise(resolve => {
    const listener = {
      OnStartRunningUrl() {},
      OnStopRunningUrl(_, status) { resolve(status); },
    };
    if (protocol == "imap") inbox.QueryInterface(Ci.nsIMsgImapMailFolder).updateFolderWithListener(msgWindow, listener);
    else incoming.getNewMessages(inbox, msgWindow, listener);
  });
  let fetched = await fetch();
  // By IMAP the first look finds the folders only.
  for (let i = 0; i < 100 && Components.isSuccessCode(fetched) && !Array.from(inbox.messages).length; i++) {
    await new Promise(resolve => setTimeout(resolve, 100));
    fetched = await fetch();
  }
  if (!Components.isSuccessCode(fetched)) throw new Error(`it fetched nothing: ${fetched}`);
  const source = uri => new Promise((resolve, reject) => {
    let bytes = "";
    const listener = {
      QueryInterface: ChromeUtils.generateQI(["nsIStreamListener", "nsIRequestObserver"]),
      onStartRequest() {},
      onDataAvailable(_, stream, _offset, count) { bytes += NetUtil.readInputStreamToString(stream, count); },
      onStopRequest(_, status) { Components.isSuccessCode(status) ? resolve(bytes) : reject(new Error(`no letter: ${status}`)); },
    };
    MailServices.messageServiceFromURI(uri).streamMessage(uri, listener, null, null, false, "", false);
  });
  const letters = [];
  for (const header of inbox.messages) {
    const bytes = await source(inbox.getUriForMsg(header));
    const text = new TextDecoder().decode(Uint8Array.from(bytes, c => c.charCodeAt(0)));
    letters.push({ subject: header.mime2DecodedSubject, text });
  }

  const fields = Cc["@mozilla.org/messengercompose/composefields;1"].createInstance(Ci.nsIMsgCompFields);
  const identity = account.defaultIdentity;
  fields.from = MailServices.headerParser.makeMimeAddress(identity.fullName, identity.email);
  fields.to = to;
  fields.subject = "Gr\u00fc\u00dfe from Thunderbird";
  fields.body = "It set itself up.\\r\\n";
  fields.forcePlainText = true;
  const send = Cc["@mozilla.org/messengercompose/send;1"].createInstance(Ci.nsIMsgSend);
  const sent = await new Promise(resolve => {
    const listener = {
      QueryInterface: ChromeUtils.generateQI(["nsIMsgSendListener"]),
      onStartSending() {},
      onProgress() {},
      onStatus() {},
      onStopSending(_id, status) { resolve(status); },
      onGetDraftFolderURI() {},
      onSendNotPerformed(_id, status) { resolve(status || Cr.NS_ERROR_ABORT); },
      onTransportSecurityError(_id, status, _info, location) { resolve(`${status} at ${location}`); },
    };
    send.createAndSendMessage(
      null, identity, account.key, fields, false, false, Ci.nsIMsgSend.nsMsgDeliverNow, null, "text/plain",
      fields.body, null, null, listener, "", "", Ci.nsIMsgCompType.New,
    ).catch(error => resolve(String(error)));
  });
  if (sent !== 0) throw new Error(`it sent nothing: ${sent}`);

  let books;
  try {
    const found = await RemoteAddressBookUtils.getAddressBooksForAccount(address, password, `https://${domain}`);
    books = found.map(book => book.name);
  } catch (error) {
    books = String(error);
  }
  const server = ({ type, hostname, port, socketType, username }) => ({ type, hostname, port, socketType, username });
  return {
    source: config.subSource,
    display: config.displayName,
    offered,
    incoming: server(config.incoming),
    outgoing: server(config.outgoing),
    leaves: incoming.getBoolValue("leave_on_server"),
    days: incoming.getIntValue("num_days_to_leave_on_server"),
    letters,
    books,
  };
})().then(done, error => done({ error: String(error), stack: error.stack }));
"""

IMAP = """
const [ca, port, smtpPort, login, password, address, to, done] = arguments;
(async () => {
  Cc["@mozilla.org/security/x509certdb;1"].getService(Ci.nsIX509CertDB).addCertFromBase64(ca, "CT,,");
  const { MailServices } = ChromeUtils.importESModule("resource:///modules/MailServices.sys.mjs");
  const { NetUtil } = ChromeUtils.importESModule("resource://gre/modules/NetUtil.sys.mjs");
  const creation = module => ChromeUtils.importESModule(`resource:///modules/accountcreation/${module}.sys.mjs`);
  const { AccountConfig } = creation("AccountConfig");
  const { CreateInBackend } = creation("CreateInBackend");
  const { msgWindow } = Services.wm.getMostRecentWindow("mail:3pane");
  const until = async (what, look) => {
    for (let i = 0; i < 300; i++) {
      const found = look();
      if (found) return found;
      await new Promise(resolve => setTimeout(resolve, 100));
    }
    throw new Error(`waited for ${what}`);
  };
  const config = new AccountConfig();
  const server = { hostname: "toxmail.local", username: login, password, socketType: 3, auth: Ci.nsMsgAuthMethod.passwordCleartext };
  Object.assign(config.incoming, server, { type: "imap", port: Number(port) });
  Object.assign(config.outgoing, server, { type: "smtp", port: Number(smtpPort) || 1 });
  Object.assign(config.identity, { realname: "Anna Martin", emailAddress: address });
  config.displayName = address;
  config.rememberPassword = true;
  const account = await CreateInBackend.createAccountInBackend(config);
  const incoming = account.incomingServer;
  const root = incoming.rootFolder;
  const flag = name => root.getFolderWithFlags(Ci.nsMsgFolderFlags[name]);
  const inbox = await until("INBOX", () => flag("Inbox"));
  const update = folder => new Promise((resolve, reject) => {
    folder.QueryInterface(Ci.nsIMsgImapMailFolder).updateFolderWithListener(msgWindow, {
      OnStartRunningUrl() {},
      OnStopRunningUrl(_, status) { Components.isSuccessCode(status) ? resolve() : reject(new Error(`no update: ${status}`)); },
    });
  });
  // The first look finds the other folders, too.
  await update(inbox);
  const archive = await until("the archive", () => root.subFolders.find(folder => folder.name == "Archive"));
  await until("the trash", () => flag("Trash"));
  await update(inbox);
  await until("four letters", () => Array.from(inbox.messages).length == 4);
  const letter = subject => Array.from(inbox.messages).find(header => header.mime2DecodedSubject == subject);
  const letters = Array.from(inbox.messages, header => header.mime2DecodedSubject).sort();

  const uri = inbox.getUriForMsg(letter("letter 0"));
  const text = await new Promise((resolve, reject) => {
    let bytes = "";
    const listener = {
      QueryInterface: ChromeUtils.generateQI(["nsIStreamListener", "nsIRequestObserver"]),
      onStartRequest() {},
      onDataAvailable(_, stream, _offset, count) { bytes += NetUtil.readInputStreamToString(stream, count); },
      onStopRequest(_, status) { Components.isSuccessCode(status) ? resolve(bytes) : reject(new Error(`no letter: ${status}`)); },
    };
    MailServices.messageServiceFromURI(uri).streamMessage(uri, listener, null, null, false, "", false);
  });
  inbox.markMessagesRead([letter("letter 0")], true);
  inbox.addKeywordsToMessages([letter("letter 3")], "$label1");
  const copied = act => new Promise((resolve, reject) => act({
    onStartCopy() {},
    onProgress() {},
    setMessageKey() {},
    getMessageId() { return null; },
    onStopCopy(status) { Components.isSuccessCode(status) ? resolve() : reject(new Error(`not moved: ${status}`)); },
  }));
  await copied(listener => MailServices.copy.copyMessages(inbox, [letter("letter 1")], archive, true, listener, msgWindow, false));
  await copied(listener => inbox.deleteMessages([letter("letter 2")], msgWindow, false, false, listener, false));
  await update(inbox);
  await until("two letters", () => Array.from(inbox.messages).length == 2);

  if (Number(smtpPort)) {
    const file = Cc["@mozilla.org/file/directory_service;1"].getService(Ci.nsIProperties).get("ProfD", Ci.nsIFile);
    file.append("apples.txt");
    const { FileUtils } = ChromeUtils.importESModule("resource://gre/modules/FileUtils.sys.mjs");
    const out = FileUtils.openSafeFileOutputStream(file);
    out.write("red apples", 10);
    FileUtils.closeSafeFileOutputStream(out);
    const attachment = Cc["@mozilla.org/messengercompose/attachment;1"].createInstance(Ci.nsIMsgAttachment);
    attachment.url = Services.io.newFileURI(file).spec;
    attachment.name = "apples.txt";
    attachment.contentType = "text/plain";
    const fields = Cc["@mozilla.org/messengercompose/composefields;1"].createInstance(Ci.nsIMsgCompFields);
    const identity = account.defaultIdentity;
    fields.from = MailServices.headerParser.makeMimeAddress(identity.fullName, identity.email);
    fields.to = to;
    fields.subject = "Gr\u00fc\u00dfe from Thunderbird";
    fields.body = "With apples.\\r\\n";
    fields.forcePlainText = true;
    fields.addAttachment(attachment);
    identity.doFcc = true;
    identity.fccFolderURI = flag("SentMail").URI;
    const send = Cc["@mozilla.org/messengercompose/send;1"].createInstance(Ci.nsIMsgSend);
    const sent = await new Promise(resolve => {
      const listener = {
        QueryInterface: ChromeUtils.generateQI(["nsIMsgSendListener", "nsIMsgCopyServiceListener"]),
        onStartSending() {},
        onProgress() {},
        onStatus() {},
        onStopSending(_id, status) { if (!Components.isSuccessCode(status)) resolve(status); },
        onGetDraftFolderURI() {},
        onSendNotPerformed(_id, status) { resolve(status || Cr.NS_ERROR_ABORT); },
        onTransportSecurityError(_id, status, _info, location) { resolve(`${status} at ${location}`); },
        onStartCopy() {},
        setMessageKey() {},
        getMessageId() { return null; },
        onStopCopy(status) { resolve(status); },
      };
      send.createAndSendMessage(
        null, identity, account.key, fields, false, false, Ci.nsIMsgSend.nsMsgDeliverNow, null, "text/plain",
        fields.body, null, null, listener, "", "", Ci.nsIMsgCompType.New,
      ).catch(error => resolve(String(error)));
    });
    if (sent !== 0) throw new Error(`it sent nothing: ${sent}`);
  }
  const name = kind => flag(kind)?.name;
  return {
    letters,
    text,
    special: { sent: name("SentMail"), drafts: name("Drafts"), trash: name("Trash"), junk: name("Junk"), archive: name("Archive") },
  };
})().then(done, error => done({ error: String(error), stack: error.stack }));
"""

# Whether IDLE has begun cannot be asked; the letter that comes too early is seen by it all the same.
IDLE = """
const [done] = arguments;
(async () => {
  const { MailServices } = ChromeUtils.importESModule("resource:///modules/MailServices.sys.mjs");
  const account = MailServices.accounts.accounts.find(account => account.incomingServer.type == "imap");
  const inbox = account.incomingServer.rootFolder.getFolderWithFlags(Ci.nsMsgFolderFlags.Inbox);
  for (let i = 0; i < 900; i++) {
    const found = Array.from(inbox.messages).find(header => header.mime2DecodedSubject == "letter 77");
    if (found) return { new: found.mime2DecodedSubject };
    await new Promise(resolve => setTimeout(resolve, 100));
  }
  throw new Error("nothing has come");
})().then(done, error => done({ error: String(error) }));
"""


def read(connection):
    digits = b""
    while not digits.endswith(b":"):
        digits += connection.recv(1)
    data = b""
    while len(data) < int(digits[:-1]):
        data += connection.recv(65536)
    return json.loads(data)


def main():
    what, ca_file, *arguments = sys.argv[1:]
    prefs = {
        "app.update.enabled": False,
        "mail.provider.suppress_dialog_on_startup": True,
        "mailnews.start_page.enabled": False,
        "network.dns.localDomains": "toxmail.local,autoconfig.toxmail.local",
        "signon.rememberSignons": True,
    }
    if what == "account":
        http, https, *arguments = arguments
        prefs["network.socket.forcePort"] = f"80={http};443={https}"
        script = ACCOUNT
    elif what == "imap":
        # Not by asking every few minutes: by being told.
        prefs["mail.server.default.check_new_mail"] = False
        script = IMAP
    else:
        script = BOOK
    lines = pathlib.Path(ca_file).read_text().splitlines()
    ca = "".join(line for line in lines if line and not line.startswith("-----"))
    with tempfile.TemporaryDirectory() as folder, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        prefs["marionette.port"] = port
        text = "".join(f"user_pref({json.dumps(k)}, {json.dumps(v)});\n" for k, v in prefs.items())
        pathlib.Path(folder, "user.js").write_text(text)
        program = subprocess.Popen(
            ["thunderbird", "--headless", "--marionette", "--remote-allow-system-access", "--no-remote", "--profile", folder],
            env={"HOME": folder, "PATH": "/usr/bin:/bin", "MOZ_HEADLESS": "1"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            deadline = time.monotonic() + 120
            while True:
                try:
                    connection = socket.create_connection(("127.0.0.1", port), timeout=180)
                    break
                except OSError:
                    if time.monotonic() > deadline or program.poll() is not None:
                        raise
                    time.sleep(0.2)
            read(connection)
            number = 0

            def say(command, arguments):
                nonlocal number
                number += 1
                data = json.dumps([0, number, command, arguments]).encode()
                connection.sendall(str(len(data)).encode() + b":" + data)
                _, _, error, result = read(connection)
                if error:
                    sys.exit(f"{command}: {error}")
                return result

            say("WebDriver:NewSession", {})
            say("Marionette:SetContext", {"value": "chrome"})
            say("WebDriver:SetTimeouts", {"script": 120000})
            arguments = {"script": script, "args": [ca, *arguments]}
            print(json.dumps(say("WebDriver:ExecuteAsyncScript", arguments)["value"]), flush=True)
            if what == "imap":
                print(json.dumps({"waits": True}), flush=True)
                print(json.dumps(say("WebDriver:ExecuteAsyncScript", {"script": IDLE, "args": []})["value"]), flush=True)
            connection.close()
        finally:
            program.terminate()
            try:
                program.wait(30)
            except subprocess.TimeoutExpired:
                program.kill()
                program.wait()


main()
