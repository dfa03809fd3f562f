"""Thunderbird, headless, sets up an address book by CardDAV as its user would, completes a name from it, and changes a card.

thunderbird.py CA.PEM URL LOGIN PASSWORD TYPED: prints, as JSON, the names of the address books found there, what it completes
TYPED to, and the names of all cards; then renames whoever was completed to "Renamed by Thunderbird".
"""

import json
import pathlib
import socket
import subprocess
import sys
import tempfile
import time

SCRIPT = """
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


def read(connection):
    digits = b""
    while not digits.endswith(b":"):
        digits += connection.recv(1)
    data = b""
    while len(data) < int(digits[:-1]):
        data += connection.recv(65536)
    return json.loads(data)


def main():
    ca_file, url, login, password, typed = sys.argv[1:]
    lines = pathlib.Path(ca_file).read_text().splitlines()
    ca = "".join(line for line in lines if line and not line.startswith("-----"))
    with tempfile.TemporaryDirectory() as folder, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        prefs = {
            "marionette.port": port,
            "app.update.enabled": False,
            "mail.provider.suppress_dialog_on_startup": True,
            "mailnews.start_page.enabled": False,
            "network.dns.localDomains": "toxmail.local",
            "signon.rememberSignons": True,
        }
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
            arguments = {"script": SCRIPT, "args": [ca, url, login, password, typed]}
            print(json.dumps(say("WebDriver:ExecuteAsyncScript", arguments)["value"]))
            connection.close()
        finally:
            program.terminate()
            try:
                program.wait(30)
            except subprocess.TimeoutExpired:
                program.kill()
                program.wait()


main()
