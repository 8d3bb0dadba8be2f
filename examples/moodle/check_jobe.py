"""Makes the calls that CodeRunner makes of a Jobe server, in their order: is this server good for a Moodle site?

Usage: check_jobe.py HOST:PORT [KEY]
"""

import base64
import hashlib
import json
import sys
import urllib.error
import urllib.request

SUPPORT = b"19 23\n"
# CodeRunner names a support file by the hash of its content.
SUPPORT_ID = hashlib.md5(SUPPORT).hexdigest()

# Each as CodeRunner sends it: what a student wrote within the template of the question, and the outcome that it expects.
RUNS = [
    ("a Python answer", "python3", "print(sum(map(int, input().split())))", 15, "42\n"),
    ("an exception", "python3", "print(1 / 0)", 12, None),
    ("a syntax error", "python3", "print(", 11, None),
    ("an endless loop", "python3", "while True: pass", 13, None),
    ("a C answer", "c", '#include <stdio.h>\nint main(void) { puts("42"); return 0; }', 15, "42\n"),
    ("a C warning", "c", "int main(void) { int unused; return 0; }", 11, None),
]


def call(server, key, method, path, body=None):
    request = urllib.request.Request(
        f"http://{server}/jobe/index.php/restapi/{path}",
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Content-Type": "application/json; charset=utf-8", "Accept": "application/json", "X-API-KEY": key},
    )
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, json.loads(answer.read() or b"null")
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.read().decode()


def run(server, key, language, code, files=()):
    spec = {
        "language_id": language,
        "sourcecode": code,
        "sourcefilename": f"__tester__.{language}",
        "input": "19 23\n",
        "file_list": list(files),
        "parameters": {"cputime": 2, "memorylimit": 200, "disklimit": 10},
    }
    return call(server, key, "POST", "runs", {"run_spec": spec})


def check(what, is_right, found):
    print(f"{'ok  ' if is_right else 'FAIL'} {what}" + ("" if is_right else f": {found}"), flush=True)
    return is_right


def with_support_file(server, key):
    """CodeRunner runs first, and sends the files only when the server lacks them."""
    files = [[SUPPORT_ID, "data.txt"]]
    code = "print(open('data.txt').read(), end='')"
    status, found = run(server, key, "python3", code, files)
    if status == 404:
        contents = base64.b64encode(SUPPORT).decode()
        status, found = call(server, key, "PUT", f"files/{SUPPORT_ID}", {"file_contents": contents})
        yield check("a support file is sent", status == 204, (status, found))
        status, found = run(server, key, "python3", code, files)
    is_right = status == 200 and found["stdout"] == SUPPORT.decode()
    yield check("a program reads a support file", is_right, (status, found))


def main(server, key=""):
    status, languages = call(server, key, "GET", "languages")
    names = [name for name, _ in languages] if status == 200 else []
    checks = [check("the languages are listed", "python3" in names, (status, languages))]
    for what, language, code, outcome, stdout in RUNS:
        if language in names:
            status, found = run(server, key, language, code)
            is_right = status == 200 and found["outcome"] == outcome and stdout in (None, found["stdout"])
            checks.append(check(what, is_right, (status, found)))
    checks.extend(with_support_file(server, key))
    return 0 if all(checks) else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
