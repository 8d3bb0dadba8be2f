"""The tests' side: runs one test function on modules that are served by the program in another box, and ends as a program
of testlib does. Nothing of the program is loaded here.
"""

import asyncio
import functools
import importlib.abc
import importlib.util
import inspect
import json
import os
import sys
import unittest

from peer import Gone, Peer, RemoteModule

MAX_MESSAGE = 4000
PASSED, FAILED, BROKEN = 0, 1, 3


class Served(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds the program's modules; `solution` is its main one. It is asked last: modules of the tests, of Python and of
    pytest are never the program's."""

    def __init__(self, peer, modules, main):
        self.peer = peer
        self.names = {**{name: name for name in modules}, **({} if "solution" in modules else {"solution": main})}
        self.names |= {".".join(name.split(".")[:n]): ".".join(name.split(".")[:n]) for name in modules for n in range(1, name.count(".") + 1)}

    def find_spec(self, name, path=None, target=None):
        return importlib.util.spec_from_loader(name, self) if name in self.names else None

    def create_module(self, spec):
        number, public, is_package = self.peer.ask("import", self.names[spec.name])
        module = RemoteModule(spec.name)
        module.__dict__.update(_peer=self.peer, _number=number, _public=[str(each) for each in public])
        if is_package or any(name.startswith(spec.name + ".") for name in self.names):
            spec.submodule_search_locations = []
        return module

    def exec_module(self, module):
        pass


def is_named(test, name):
    """`test_add` and `Numbers.test_add` name `test_numbers.py::Numbers::test_add[1-2]`, as the whole does."""
    whole, wanted = "." + test.replace("::", "."), "." + name.replace("::", ".")
    return whole.endswith(wanted) or whole.partition("[")[0].endswith(wanted)


def with_pytest(files, name):
    import pytest

    seen = {"passed": 0, "failures": [], "broken": []}

    class Only:
        def pytest_collection_modifyitems(self, items):
            items[:] = [item for item in items if is_named(item.nodeid, name)]

        def pytest_collectreport(self, report):
            if report.failed:
                said = str(report.longrepr).split("\n")
                seen["broken"].append("\n".join([line[1:].strip() for line in said if line[:2] == "E "] or said))

        def pytest_runtest_logreport(self, report):
            if report.outcome != "passed" or hasattr(report, "wasxfail"):
                seen["failures"].append(message_of(report))
            elif report.when == "call":
                seen["passed"] += 1

    options = ["-q", "-p", "no:cacheprovider", "-p", "no:faulthandler", "-c", "/dev/null", "--rootdir=/code"]
    pytest.main([*options, *files], plugins=[Only()])
    return seen["passed"], seen["failures"], seen["broken"]


def message_of(report):
    crash = getattr(report.longrepr, "reprcrash", None)
    return crash.message if crash else f"{report.outcome}: {report.longrepr}"


def with_unittest(files, name):
    found, broken = [], []
    for file in files:
        try:
            found += tests_in(file)
        except BaseException as error:
            broken.append(f"{type(error).__name__}: {error}")
    result = unittest.TestResult()
    chosen = [test for test, known in found if is_named(known, name)]
    unittest.TestSuite(chosen).run(result)
    ends = [*result.errors, *result.failures, *result.skipped, *result.expectedFailures]
    failures = [last_line(text) for _, text in ends] + ["it was expected to fail" for _ in result.unexpectedSuccesses]
    return len(chosen) - len(failures), failures, broken


def last_line(trace):
    """The exception of a traceback: what follows its frames."""
    lines = trace.rstrip().split("\n")
    begin = max((at for at, line in enumerate(lines) if line.startswith('  File "')), default=-1) + 1
    while begin < len(lines) - 1 and lines[begin].startswith("    "):
        begin += 1
    return "\n".join(lines[begin:])


def tests_in(file):
    module = __import__(file[: -len(".py")].replace("/", "."), fromlist=["*"])
    suites = [unittest.defaultTestLoader.loadTestsFromModule(module)]
    while suites:
        each = suites.pop()
        if isinstance(each, unittest.TestSuite):
            suites += list(each)
        else:
            name = each._testMethodName
            if not isinstance(each, unittest.IsolatedAsyncioTestCase) and hasattr(each, name):
                setattr(each, name, finished(getattr(each, name)))
            yield each, f"{file}::{type(each).__name__}::{each.id().rpartition('.')[2]}"
    for name, function in vars(module).items():
        if name.startswith("test") and inspect.isfunction(function):
            yield unittest.FunctionTestCase(finished(function)), f"{file}::{name}"


def finished(function):
    """Also what a coroutine does belongs to its test."""

    @functools.wraps(function)
    def run():
        result = function()
        if inspect.iscoroutine(result):
            asyncio.run(result)
        elif inspect.isgenerator(result):
            raise TypeError(f"{function.__name__} must not yield")

    return run


def end(code, message, stderr):
    words = {PASSED: "ok", FAILED: "wrong answer", BROKEN: "FAIL"}[code]
    os.write(stderr, f"{words} {message}"[:MAX_MESSAGE].encode("utf-8", "replace"))
    os._exit(code)


def test_files(files):
    tests = [file for file in files if os.path.basename(file).startswith("test") or file.endswith("_test.py")]
    return tests or files


def main():
    del sys.modules["peer"]
    with open(sys.argv[1]) as input_file, open("/code/.unit/modules.json") as modules_file:
        name, given = input_file.read(), json.load(modules_file)
    sys.path[0] = "/code"
    sys.argv = ["/code"]
    stderr = os.dup(2)
    peer = Peer(os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb"), guarded=True)
    nothing = os.open("/dev/null", os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nothing, number)
    sys.meta_path.append(Served(peer, given["modules"], given["main"]))
    run = with_pytest if given["runner"] == "pytest" else with_unittest
    try:
        passed, failures, broken = run(test_files(given["tests"]), name)
    except BaseException as error:
        end(FAILED if isinstance(error, Gone) else BROKEN, f"{type(error).__name__}: {error}", stderr)
    failures += peer.failed_assertions
    if broken and not passed + len(failures):
        end(FAILED if peer.has_failed else BROKEN, "the tests cannot be loaded: " + broken[0][-MAX_MESSAGE // 2 :], stderr)
    if not passed and not failures:
        end(BROKEN, f"there is no test function {name}", stderr)
    end(FAILED if failures else PASSED, failures[0] if failures else f"{passed} passed", stderr)


main()
