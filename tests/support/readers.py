"""Reads what devices are told, with Python's own parsers (and vobject) and by the published formats alone.

Standard input: a JSON array of [format, text]. Standard output: a JSON array of what was read, or {"wrong": why} for what is not as
its format has it.
"""

import base64
import json
import plistlib
import re
import sys
import uuid
from urllib.parse import parse_qsl, unquote, urlsplit
from xml.etree import ElementTree

import vobject

HOST = r"[a-z0-9-]+(\.[a-z0-9-]+)*"


def need(condition, why):
    if not condition:
        raise ValueError(why)


# draft-ietf-mailmaint-autoconfig, appendix "RELAX NG schema", and what Thunderbird adds to it for POP3. Strict where the schema lets
# unknown things pass: children in this order, the last of a name with "*" any number of times.
SERVER = ["hostname", "port", "socketType", "authentication", "username", "pop3?"]
CHILDREN = {
    "clientConfig": ["emailProvider", "addressbook?"],
    "emailProvider": ["domain*", "displayName", "displayShortName", "incomingServer*", "outgoingServer*"],
    "incomingServer": SERVER,
    "outgoingServer": SERVER,
    "pop3": ["leaveMessagesOnServer", "daysToLeaveMessagesOnServer", "downloadOnBiff"],
    "addressbook": ["url", "authentication", "username"],
}
ATTRIBUTES = {
    "clientConfig": {"version": r"1\.1"},
    "emailProvider": {"id": HOST},
    "incomingServer": {"type": "imap|pop3"},
    "outgoingServer": {"type": "smtp"},
    "addressbook": {"type": "carddav"},
    "authentication": {"system": "http"},
}
TEXTS = {
    "domain": HOST,
    "displayName": r"(?s).{1,60}",
    "displayShortName": r".{1,20}",
    "hostname": HOST,
    "port": r"[1-9][0-9]{0,4}",
    "socketType": "SSL|STARTTLS",
    "authentication": "password-cleartext|Basic",
    "username": r"[a-z0-9._-]+|%EMAILLOCALPART%",
    "leaveMessagesOnServer": "true|false",
    "daysToLeaveMessagesOnServer": r"[0-9]+",
    "downloadOnBiff": "true|false",
    "url": rf"https://{HOST}:[0-9]+/",
}


def autoconfig(text):
    def check(element):
        names = [child.tag for child in element]
        pattern = "".join(
            f"({name[:-1]} ){'+' if name[-1] == '*' else '?'}" if name[-1] in "*?" else f"({name} )"
            for name in CHILDREN.get(element.tag, [])
        )
        need(re.fullmatch(pattern, "".join(name + " " for name in names)), f"{element.tag} holds {names}")
        known = ATTRIBUTES.get(element.tag, {})
        for name, value in element.attrib.items():
            need(re.fullmatch(known.get(name, "(?!)"), value), f"{element.tag} {name}={value}")
        content = element.text or ""
        if names:
            need(not content.strip(), f"text in {element.tag}")
        else:
            need(re.fullmatch(TEXTS[element.tag], content), f"{element.tag}: {content}")
        for child in element:
            check(child)

    root = ElementTree.fromstring(text.encode())
    need(root.tag == "clientConfig", root.tag)
    check(root)
    return {element.tag: element.text for element in root.iter() if not len(element)}


# Apple's device-management schemas: mdm/profiles/TopLevel, CommonPayloadKeys and the three payloads. Key: type, required, allowed.
COMMON = {
    "PayloadIdentifier": (str, True, r"[A-Za-z0-9._-]+"),
    "PayloadUUID": (str, True, r"[0-9A-F-]{36}"),
    "PayloadVersion": (int, True, "1"),
    "PayloadDescription": (str, False, None),
    "PayloadDisplayName": (str, False, None),
    "PayloadOrganization": (str, False, None),
}
TOP = COMMON | {"PayloadType": (str, True, "Configuration"), "PayloadContent": (list, True, None)}
AUTH = "EmailAuth(None|Password|CRAMMD5|NTLM|HTTPMD5)"
PORT = "[1-9][0-9]{0,4}"
PAYLOADS = {
    "com.apple.security.root": {
        "PayloadCertificateFileName": (str, False, None),
        "PayloadContent": (bytes, True, None),
    },
    "com.apple.mail.managed": {
        "EmailAccountDescription": (str, False, None),
        "EmailAccountName": (str, False, None),
        "EmailAccountType": (str, True, "EmailType(IMAP|POP)"),
        "EmailAddress": (str, False, None),
        "IncomingMailServerAuthentication": (str, True, AUTH),
        "IncomingMailServerHostName": (str, True, HOST),
        "IncomingMailServerPortNumber": (int, False, PORT),
        "IncomingMailServerUseSSL": (bool, False, "True"),
        "IncomingMailServerUsername": (str, False, None),
        "IncomingPassword": (str, False, None),
        "OutgoingPassword": (str, False, None),
        "OutgoingMailServerAuthentication": (str, True, AUTH),
        "OutgoingMailServerHostName": (str, True, HOST),
        "OutgoingMailServerPortNumber": (int, False, PORT),
        "OutgoingMailServerUseSSL": (bool, False, "True"),
        "OutgoingMailServerUsername": (str, False, None),
    },
    "com.apple.carddav.account": {
        "CardDAVAccountDescription": (str, False, None),
        "CardDAVHostName": (str, True, HOST),
        "CardDAVUsername": (str, False, None),
        "CardDAVPassword": (str, False, None),
        "CardDAVPrincipalURL": (str, False, r"/carddav/[a-z0-9._-]+/"),
        "CardDAVUseSSL": (bool, False, "True"),
        "CardDAVPort": (int, False, PORT),
    },
}


def profile(text):
    def check(dictionary, keys):
        for key, value in dictionary.items():
            need(key in keys, f"unknown key {key}")
            kind, _, allowed = keys[key]
            need(type(value) is kind, f"{key} is a {type(value)}")
            need(allowed is None or re.fullmatch(allowed, str(value)), f"{key}: {value}")
        for key, (_, required, _) in keys.items():
            need(not required or key in dictionary, f"no {key}")
        need(uuid.UUID(dictionary["PayloadUUID"]).variant == uuid.RFC_4122, "no UUID")

    top = plistlib.loads(text.encode(), fmt=plistlib.FMT_XML)
    check(top, TOP)
    names = {top["PayloadIdentifier"]: top["PayloadUUID"]}
    read = {"": {key: value for key, value in top.items() if key != "PayloadContent"}}
    for payload in top["PayloadContent"]:
        kind = payload["PayloadType"]
        check(payload, COMMON | {"PayloadType": (str, True, None)} | PAYLOADS[kind])
        names[payload["PayloadIdentifier"]] = payload["PayloadUUID"]
        read[kind] = payload
    need(len(names) == len(read) == len(set(names.values())), "identifiers or UUIDs come twice")
    authority = read["com.apple.security.root"]
    authority["PayloadContent"] = base64.b64encode(authority["PayloadContent"]).decode()
    return read


# Thunderbird for Android, "Export for Mobile" QR code format, version 1.
def android(text):
    need(text.isascii(), "what a reader of QR codes may misread")
    version, (part, parts), *accounts = json.loads(text)
    need(version == 1 and 1 <= part <= parts, "version or part")
    need(accounts and len(accounts) % 2 == 0, "half an account")

    def line(value):
        need(isinstance(value, str) and not re.search(r"[\r\n]", value), f"no line: {value!r}")
        return value

    def server(array, protocols):
        protocol, host, port, security, authentication, login = array[:6]
        need(protocol in protocols and type(protocol) is int, "protocol")
        need(re.fullmatch(HOST, host) and re.search("[a-z]", host), f"host {host}")
        need(type(port) is int and 1 <= port <= 65535, "port")
        need(security in (0, 2, 3) and authentication in range(7), "security or authentication")
        return {"protocol": protocol, "host": host, "port": port, "security": security, "authentication": authentication, "login": line(login)}

    read = []
    for incoming, groups in zip(accounts[::2], accounts[1::2]):
        need(len(incoming) <= 8 and len(groups) >= 1, "length")
        account = {"incoming": server(incoming, (0, 1)) | {"name": line(incoming[6]), "password": line(incoming[7])}, "groups": []}
        for outgoing, *identities in groups:
            need(len(outgoing) <= 7 and identities, "length")
            for address, name in identities:
                need(re.fullmatch(r"[!-~]+@[!-~]+", address), f"address {address}")
                line(name)
            account["groups"].append([server(outgoing, (0,)) | {"password": line(outgoing[6])}, *identities])
        read.append(account)
    return read


# Delta Chat, uri-schemes.md, "DCLOGIN".
def dclogin(text):
    url = urlsplit(text)
    need(url.scheme == "dclogin" and url.path in ("", "/") and not url.fragment, "shape")
    need(re.fullmatch(r"[A-Za-z0-9._~%+-]+@[A-Za-z0-9.-]+", url.netloc), f"authority {url.netloc}")
    pairs = parse_qsl(url.query, keep_blank_values=True, strict_parsing=True, errors="strict")
    fields = dict(pairs)
    need(len(fields) == len(pairs), "a field comes twice")
    need(set(fields) <= set("v p ih ip iu ipw is ic sh sp su spw ss sc".split()), f"fields {list(fields)}")
    need(fields["v"] == "1" and fields["p"], "v and p")
    need(fields["ic"] == fields["sc"] and fields["ic"] in ("1", "3"), "certificate checks")
    for port in fields["ip"], fields["sp"]:
        need(1 <= int(port) <= 65535, "port")
    for security in fields["is"], fields["ss"]:
        need(security in ("ssl", "starttls"), "security")
    return {"address": unquote(url.netloc, errors="strict")} | fields


def vcard(text):
    need(text.endswith("\r\n") and all(len(line.encode()) <= 75 for line in text.split("\r\n")), "lines")
    card = vobject.readOne(text)
    card.validate()
    need(card.version.value == "3.0", "version")
    values = lambda name: [line.value for line in card.contents.get(name, [])]
    return {name: values(name) for name in ("fn", "email", "impp", "uid", "rev")}


FORMATS = {"autoconfig": autoconfig, "profile": profile, "android": android, "dclogin": dclogin, "vcard": vcard}


def read(kind, text):
    try:
        return FORMATS[kind](text)
    except Exception as error:
        return {"wrong": f"{type(error).__name__}: {error}"}


json.dump([read(kind, text) for kind, text in json.load(sys.stdin)], sys.stdout)
