"""Schemathesis asks the home's page whatever can be asked, as its administrator, and prints as JSON what must not be.

surface.py ROOT CA.PEM URL NAME PASSWORD EXAMPLES (without NAME and PASSWORD as a stranger): the addresses are those of the source below ROOT (`src/web/page`), the fields those of
the forms that the page shows; what is put into them is made up by Schemathesis from an OpenAPI document of both. EXAMPLES of each kind
for each address and method. Wrong is: an answer of 500 or more, one that no route has, one of another kind, one without its protecting
fields, one that shows a text of somebody else unescaped, one that is late.
"""

import json
import pathlib
import re
import sys
import warnings
from html.parser import HTMLParser
from urllib.parse import quote, urljoin, urlsplit

import hypothesis
import requests
import schemathesis
from hypothesis import HealthCheck
from schemathesis import GenerationMode

warnings.filterwarnings("ignore")

root, ca, origin, name, password, examples = sys.argv[1:]
# They end the login that all the others need; what they do is seen in the tests of logins.
LEFT_OUT = {("POST", "/logout"), ("POST", "/me/security/end-all"), ("POST", "/admin/security/end-all")}
# A stream that goes on.
STREAMS = {"/events", "/me/letters/events"}
STATUSES = [200, 303, 400, 401, 403, 404, 405, 409, 413, 415, 422, 429]
KINDS = ["text/html; charset=utf-8", "text/plain; charset=utf-8", "application/x-x509-ca-cert", "application/x-pem-file"]
PROTECTION = ["content-security-policy", "x-content-type-options", "x-frame-options", "referrer-policy", "cache-control"]
# In seconds; a backup and a password's hash take their time.
LATE = 30
MARK = "<i>made up</i>"


def routes():
    """The addresses and methods that the source names."""
    found, everywhere = {}, {}
    files = {file: file.read_text() for file in sorted(pathlib.Path(root, "src/web/page").rglob("*.rs"))}

    def named(text):
        steps = re.findall(r"const (\w+): &str = Step::(\w+)\.path", text)
        return dict(re.findall(r'const (\w+): &str = "([^"]+)"', text)) | {name: f"/setup/{step.lower()}" for name, step in steps}

    for text in files.values():
        everywhere |= named(text)
    for file, text in files.items():
        constants = everywhere | named(text)
        if file.name == "autoconfig.rs":
            text = 'r.route("/.well-known/autoconfig/mail/config-v1.1.xml", get(answer)).route("/mail/config-v1.1.xml", get(answer))'
        for match in re.finditer(r"\.route\(\s*(\"[^\"]+\"|[\w:]+),", text):
            path = match[1]
            path = path.strip('"') if path.startswith('"') else constants.get(path.split("::")[-1])
            depth, end = 1, match.end()
            while depth:
                depth += {"(": 1, ")": -1}.get(text[end], 0)
                end += 1
            methods = re.findall(r"\b(get|post)\(", text[match.end() : end])
            if path is None or not methods:
                sys.exit(f"{file}: which address is {match[0]}?")
            found.setdefault(path.replace("{*", "{"), set()).update(m.upper() for m in methods)
    return found


class Forms(HTMLParser):
    """The forms of a page: address, token, fields with what may stand in them."""

    def __init__(self, text):
        super().__init__()
        self.forms, self.links, self.select = [], [], None
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        of = dict(attributes)
        if tag == "a" and of.get("href"):
            self.links.append(of["href"])
        elif tag == "form" and of.get("method", "").lower() == "post":
            self.forms.append({"action": of.get("action", ""), "fields": {}, "files": "multipart" in of.get("enctype", "")})
        elif self.forms and of.get("name") and tag in ("input", "textarea", "select", "button"):
            values = self.forms[-1]["fields"].setdefault(of["name"], [])
            self.select = of["name"] if tag == "select" else self.select
            if of.get("type") in ("hidden", "radio", "checkbox") or tag == "button":
                values.append(of.get("value", ""))
        elif tag == "option" and self.forms and self.select:
            self.forms[-1]["fields"][self.select].append(of.get("value", ""))


class Home:
    def __init__(self):
        self.session = requests.Session()
        # Only the home's own authority counts, whatever this machine is told.
        self.session.trust_env = False
        self.session.verify = ca
        self.session.headers["Origin"] = origin
        self.token = ""
        self.log_in()

    def log_in(self):
        self.session.cookies.clear()
        page = self.session.get(f"{origin}/login", timeout=LATE)
        if not name:
            self.token = token(page.text)
            return
        fields = {"csrf": token(page.text), "name": name, "password": password, "to": "/"}
        answer = self.session.post(f"{origin}/login", data=fields, timeout=LATE, allow_redirects=False)
        if answer.status_code != 303:
            sys.exit(f"the login was answered {answer.status_code}: {answer.text}")
        self.token = token(self.session.get(f"{origin}/", timeout=LATE).text)


def token(text):
    return re.search(r'name="csrf" value="([^"]+)"', text)[1]


def fields_of(home, known):
    """What the forms of all pages ask for, by the route that takes it."""
    fields, seen, ahead = {}, set(), ["/", *(path for path, methods in known.items() if "GET" in methods and "{" not in path)]
    patterns = [(re.compile("^" + re.sub(r"\{\w+\}", "[^/]+", path) + "$"), path) for path in sorted(known, key=lambda p: p.count("{"))]
    while ahead:
        path = ahead.pop()
        if path in seen or path in STREAMS or len(seen) > 400:
            continue
        seen.add(path)
        answer = home.session.get(origin + path, timeout=LATE)
        if not answer.headers.get("content-type", "").startswith("text/html"):
            continue
        page = Forms(answer.text)
        for link in page.links:
            link = urlsplit(urljoin(answer.url, link))
            if f"{link.scheme}://{link.netloc}" == origin:
                ahead.append(link.path + (f"?{link.query}" if link.query else ""))
        for form in page.forms:
            action = urlsplit(urljoin(answer.url, form["action"])).path
            route = next((path for pattern, path in patterns if pattern.match(action)), None)
            if route is None:
                sys.exit(f"{path}: the form for {action} leads to no route")
            kept = fields.setdefault(route, {"fields": {}, "files": form["files"]})
            for field, values in form["fields"].items():
                kept["fields"].setdefault(field, set()).update(values)
    # Forms that nothing here makes the page show get the names of all fields.
    templates = pathlib.Path(root, "web/templates").glob("*.html")
    everything = {field: [] for file in templates for field in re.findall(r'name="([a-z_]+)"', file.read_text())}
    for path, methods in known.items():
        if "POST" in methods and path not in fields:
            fields[path] = {"fields": everything, "files": path == "/setup/restore"}
    return fields


def document(known, fields):
    """All of it as OpenAPI tells it."""
    text = {"type": "string", "maxLength": 300}
    samples = ["anna", "ben", "far", MARK, "..", "%00", "a" * 300]
    answers = {str(status): {"description": "", "content": {kind: {} for kind in KINDS}} for status in STATUSES}
    paths = {}
    for path, methods in sorted(known.items()):
        parameters = [
            {"name": part, "in": "path", "required": True, "schema": {"anyOf": [{"type": "string", "minLength": 1}, {"enum": samples}]}}
            for part in re.findall(r"\{(\w+)\}", path)
        ]
        operations = {}
        if "GET" in methods and path not in STREAMS:
            query = [{"name": key, "in": "query", "schema": text} for key in ("id", "page", "to", "name", "emailaddress", "q")]
            operations["get"] = {"parameters": [*parameters, *query], "responses": answers}
        if "POST" in methods and ("POST", path) not in LEFT_OUT:
            form = fields[path]
            properties = {
                field: {"anyOf": [text, {"enum": [*sorted(values), MARK]}]} for field, values in form["fields"].items() if field != "csrf"
            }
            schema = {"type": "object", "properties": properties, "additionalProperties": text}
            kind = "multipart/form-data" if form["files"] else "application/x-www-form-urlencoded"
            operations["post"] = {"parameters": parameters, "requestBody": {"content": {kind: {"schema": schema}}}, "responses": answers}
        if operations:
            paths[path] = operations
    return {"openapi": "3.0.3", "info": {"title": "the page", "version": "1"}, "servers": [{"url": origin}], "paths": paths}


def wrong(case, answer):
    """What must not be of an answer."""
    if answer.status_code not in STATUSES:
        yield f"was answered {answer.status_code}"
    for field in PROTECTION:
        if field not in answer.headers:
            yield f"has no {field}"
    if answer.headers.get("content-type", [""])[0].startswith("text/html") and MARK in answer.text:
        yield "shows what was made up as it is"
    if answer.status_code == 303 and not re.match(r"^/(?!/)", answer.headers["location"][0]):
        yield f"leads to {answer.headers['location'][0]}"
    if answer.elapsed > LATE:
        yield f"took {answer.elapsed} s"


def main():
    home = Home()
    known = routes()
    fields = fields_of(home, known)
    schema = schemathesis.openapi.from_dict(document(known, fields))
    faults, asked, statuses = [], 0, {}
    operations = [result.ok() for result in schema.get_all_operations()]
    # Wrong logins make the next one wait.
    operations.sort(key=lambda operation: operation.path == "/login")
    for operation in operations:
        for mode in GenerationMode:
            def ask(case):
                nonlocal asked
                if isinstance(case.body, dict) and mode == GenerationMode.POSITIVE:
                    case.body["csrf"] = home.token
                answer = case.call(base_url=origin, session=home.session, verify=ca, timeout=LATE, allow_redirects=False)
                asked += 1
                statuses[answer.status_code] = statuses.get(answer.status_code, 0) + 1
                for what in wrong(case, answer):
                    faults.append(f"{case.method} {case.formatted_path} {case.query} {case.body}: {what}")
                if name and operation.path != "/login" and answer.headers.get("location", [""])[0].startswith("/login"):
                    home.log_in()

            try:
                strategy = operation.as_strategy(generation_mode=mode)
                settings = hypothesis.settings(
                    max_examples=int(examples), deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
                )
                settings(hypothesis.given(case=strategy)(ask))()
            except (hypothesis.errors.Unsatisfiable, hypothesis.errors.InvalidArgument):
                # Nothing of that kind can be made up for it.
                pass
    print(json.dumps({"operations": len(operations), "asked": asked, "statuses": statuses, "faults": faults[:40]}))


main()
