"""Two Python processes that use each other's objects over a pair of pipes: the program under test in one box, its tests in
another. Each holds its own objects. What crosses is plain data, by value, and numbers that stand for everything else, so
neither can run code in the other, and nothing that the program does to itself changes what the tests compare.

One line of JSON is a message. A request is answered before anything else is asked, and may be answered with a request.
"""

import base64
import builtins
import collections
import datetime
import decimal
import fractions
import inspect
import json
import os
import sys
import threading
import traceback
import types

MAX_LINE = 32 << 20
MAX_DEPTH = 100
MAX_HANDLES = 1 << 20
# Python neither reads nor writes longer numbers as decimals.
MAX_DECIMAL_BITS = 14000
# An instance answers these in its own process. Equality is not among them: see `Remote.__eq__`.
DUNDERS = frozenset(
    "__len__ __getitem__ __setitem__ __delitem__ __contains__ __iter__ __next__ __reversed__ __call__ __enter__ __exit__ "
    "__add__ __radd__ __iadd__ __sub__ __rsub__ __mul__ __rmul__ __truediv__ __rtruediv__ __floordiv__ __mod__ __pow__ "
    "__neg__ __pos__ __abs__ __and__ __or__ __xor__ __invert__ __lshift__ __rshift__ __matmul__ __divmod__ __bool__ "
    "__int__ __float__ __index__ __round__ __str__ __repr__ __format__ __hash__ __lt__ __le__ __gt__ __ge__".split()
)
# Only between two objects of the program: against plain data an object could claim anything.
COMPARISONS = ("__lt__", "__le__", "__gt__", "__ge__")
# What an object makes of plain data by subtraction stays an object, and so does what is computed from it: as plain data it
# could claim to be near to anything.
SUBTRACTIONS = ("__sub__", "__rsub__")
TEXTS = ("__str__", "__repr__", "__format__", "__hash__")
# Through these, a process could reach all that another one holds.
PRIVATE = (types.FrameType, types.CodeType, types.TracebackType, types.ModuleType)
DATES = (datetime.datetime, datetime.date, datetime.time)


class Gone(Exception):
    """The other process has ended, or says what is no message."""


Gone.__module__ = "builtins"  # as messages name it


class RemoteError(Exception):
    """An exception that has no class here."""


class Peer:
    """`guarded`: the other process may only call what it was given, and read public attributes of instances."""

    def __init__(self, reader, writer, guarded):
        self.reader, self.writer, self.guarded = reader, writer, guarded
        self.lock, self.sending = threading.RLock(), threading.Lock()
        self.own, self.numbers = {}, {}  # objects by number, and numbers by identity
        self.handed_classes = set()  # and not only named as that of an object
        self.classes, self.proxies = {}, {}
        self.differences = set()  # numbers of objects that were made by subtraction of plain data
        self.has_failed = False  # an exception has come from the other side
        self.failed_assertions = []  # in functions that the other side called, which may have caught them

    def send(self, message):
        line = json.dumps(message).encode("utf-8", "surrogatepass") + b"\n"
        with self.sending:
            self.writer.write(line)
            self.writer.flush()

    def receive(self):
        line = self.reader.readline(MAX_LINE)
        try:
            message = json.loads(line.decode("utf-8", "surrogatepass"))
            if isinstance(message, list) and message and isinstance(message[0], str):
                return message
        except (ValueError, RecursionError):
            pass
        self.has_failed = True
        raise Gone("the program ended" if line == b"" else "the program wrote what is no answer")

    def ask(self, *request):
        with self.lock:
            self.send(request)
            while True:
                message = self.receive()
                if message[0] == "print" and isinstance(message[1], str):
                    sys.stdout.write(message[1])
                elif message[0] == "value":
                    return message[1:]
                elif message[0] == "error":
                    self.has_failed = True
                    raise self.exception(message[1])
                else:
                    self.answer(message)

    def serve(self):
        while True:
            try:
                message = self.receive()
            except Gone:
                return
            self.answer(message)

    def answer(self, message):
        try:
            answer = ["value", *getattr(self, f"on_{message[0]}")(*message[1:])]
        except Exception as error:
            if self.guarded and isinstance(error, AssertionError):
                self.failed_assertions.append(f"{type(error).__name__}: {error}")
            answer = ["error", self.describe(error)]
        except SystemExit as error:
            answer = ["error", self.describe(RuntimeError(f"SystemExit: {error.code}"))]
        self.send(answer)

    # What the other process may ask.

    def on_import(self, name):
        if self.guarded:
            raise Gone("the program asked for a module")
        __import__(name)
        module = sys.modules[name]
        names = getattr(module, "__all__", [each for each in vars(module) if not each.startswith("_")])
        return [self.number_of(module), list(names), hasattr(module, "__path__")]

    def on_call(self, number, arguments, names):
        function = self.own[number]
        if self.guarded and isinstance(function, type) and number not in self.handed_classes:
            raise TypeError(f"{function.__name__} was not handed over")
        return self.called(function, arguments, names)

    def on_method(self, number, name, arguments, names):
        if name not in DUNDERS and name != "__eq__":
            raise Gone(f"{name} is not a method")
        target = self.own[number]
        if isinstance(target, type):
            raise TypeError(f"{name} of a class")
        if name == "__bool__":
            return self.called(bool, [self.pack(target)], {})
        return self.called(lambda *rest, **named: getattr(type(target), name)(target, *rest, **named), arguments, names)

    def on_get(self, number, name):
        target = self.own[number]
        if self.guarded and (name.startswith("_") or not has_public_attributes(target) or is_of_mock(target, name)):
            raise AttributeError(name)
        return [self.pack(getattr(target, name))]

    def on_set(self, number, name, value):
        if self.guarded:
            raise AttributeError(name)
        setattr(self.own[number], name, self.unpack(value))
        return []

    def on_delete(self, number, name):
        if self.guarded:
            raise AttributeError(name)
        delattr(self.own[number], name)
        return []

    def on_await(self, number):
        import asyncio

        async def wait():
            return await self.own[number]

        return [self.pack(asyncio.run(wait()))]

    def called(self, function, arguments, names):
        args = [self.unpack(each) for each in arguments]
        keywords = {name: self.unpack(each) for name, each in names.items()}
        result = self.pack(function(*args, **keywords))
        # What a function does to a list that it was given is done to the caller's as well.
        changed = [self.pack(each) if is_mutable(each) else None for each in (*args, *keywords.values())]
        given = (*arguments, *names.values())
        return [result, [None if before == after else after for before, after in zip(given, changed)]]

    # Asking.

    def call(self, kind, number, *rest, args=(), names={}):
        packed = [self.pack(each) for each in args]
        result, changed = self.ask(kind, number, *rest, packed, {name: self.pack(each) for name, each in names.items()})
        for own, after in zip((*args, *names.values()), changed):
            if after is not None and is_mutable(own):
                update(own, self.unpack(after))
        return self.unpack(result)

    def get(self, number, name):
        return self.unpack(self.ask("get", number, name)[0])

    # Values.

    def pack(self, value, depth=0):
        if depth > MAX_DEPTH:
            raise ValueError("a value is nested too deeply")
        if isinstance(value, Remote) or isinstance(value, RemoteClass):
            return {"yours": self.number_in(value)}
        if type(value).__module__ == "numpy" and getattr(value, "shape", None) == ():
            value = value.item()
        if value is None or isinstance(value, (bool, int, float, str)) and not is_enum(value):
            number = plain(value)
            is_long = isinstance(number, int) and number.bit_length() > MAX_DECIMAL_BITS
            return {"int": hex(number)} if is_long else number
        packed = pack_data(value, lambda each: self.pack(each, depth + 1))
        if packed is not None:
            return packed
        if isinstance(value, PRIVATE) and (self.guarded or not isinstance(value, types.ModuleType)):
            raise TypeError(f"a {type(value).__name__} cannot be handed over")
        if inspect.iscoroutine(value):
            return {"coroutine": self.number_of(value)}
        if isinstance(value, type):
            description = self.describe_class(value)
            self.handed_classes.add(description[0])
            return {"class": description}
        return {"mine": self.number_of(value), "class": self.describe_class(type(value))}

    def unpack(self, packed):
        if isinstance(packed, list):
            return [self.unpack(each) for each in packed]
        if not isinstance(packed, dict):
            return packed
        (kind, value), *more = packed.items()
        if kind == "yours":
            return self.own[value]
        if kind == "class":
            return self.class_of(value)
        if kind == "mine":
            return self.proxy(value, self.class_of(more[0][1]))
        if kind == "coroutine":
            return self.awaited(value)
        return unpack_data(kind, value, self.unpack)

    async def awaited(self, number):
        return self.unpack(self.ask("await", number)[0])

    def number_of(self, value):
        number = self.numbers.setdefault(id(value), len(self.own) + 1)
        if number > MAX_HANDLES:
            raise MemoryError("too many objects were handed over")
        self.own[number] = value  # keeps it, and so its identity
        return number

    def number_in(self, value):
        return value.__dict__["_number"] if isinstance(value, Remote) else type.__getattribute__(value, "_number")

    def proxy(self, number, kind):
        if number not in self.proxies:
            self.proxies[number] = made = kind.__new__(kind)
            made.__dict__["_number"] = number
        return self.proxies[number]

    def describe_class(self, kind):
        mine = [base for base in kind.__mro__[1:] if base.__module__ != "builtins"]
        names = sorted({name for base in kind.__mro__[:-1] for name in vars(base) if name in DUNDERS and vars(base)[name]})
        base = next((base for base in kind.__mro__ if base.__module__ == "builtins"), object)
        return [self.number_of(kind), kind.__name__, names, base.__name__, [self.describe_class(each) for each in mine[:1]]]

    def class_of(self, description):
        number, name, names, base, bases = description
        if number not in self.classes:
            self.classes[number] = self.make_class(number, str(name), names, base, [self.class_of(each) for each in bases])
        return self.classes[number]

    def make_class(self, number, name, names, base, bases):
        own = exception_named(base)
        if own is not None:
            return type(name, tuple(bases) or (own,), {"_number": number, "__module__": "remote"})
        members = {each: method(self, each) for each in names if each in DUNDERS}
        return RemoteClass(name, tuple(bases) or (Remote,), {**members, "_number": number, "_peer": self, "__module__": "remote"})

    # Exceptions.

    def describe(self, error):
        kind = type(error)
        trace = traceback.extract_tb(error.__traceback__)
        place = f" (line {trace[-1].lineno} of {os.path.basename(trace[-1].filename)})" if trace else ""
        try:
            args = [self.pack(each) for each in error.args]
            more = {name: self.pack(each) for name, each in vars(error).items() if not name.startswith("_")}
        except Exception:
            args, more = [str(error)], {}
        is_own = kind.__module__ == "builtins"
        return [kind.__name__, None if is_own else self.describe_class(kind), args, more, place]

    def exception(self, description):
        name, kind, args, more, place = description
        known = exception_named(name) if kind is None else self.class_of(kind)
        values = [self.unpack(each) for each in args]
        try:
            error = known(*values) if known is not None and issubclass(known, Exception) else RemoteError(name, *values)
        except Exception:
            error = RemoteError(name, *values)
        for each, value in more.items():
            if not each.startswith("_"):
                setattr(error, each, self.unpack(value))
        if hasattr(error, "add_note"):
            error.add_note(f"raised by the program{place}")
        return error


class RemoteClass(type):
    def __call__(cls, *args, **names):
        return cls._peer.call("call", cls._number, args=args, names=names)

    def __getattr__(cls, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return cls._peer.get(type.__getattribute__(cls, "_number"), name)


class Remote(metaclass=RemoteClass):
    """Stands for an object of the other process."""

    def __init_subclass__(cls):
        if "_number" not in vars(cls):
            raise TypeError("tests cannot derive from a class of the program")

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return type(self)._peer.get(self.__dict__["_number"], name)

    def __setattr__(self, name, value):
        peer = type(self)._peer
        peer.ask("set", self.__dict__["_number"], name, peer.pack(value))

    def __delattr__(self, name):
        type(self)._peer.ask("delete", self.__dict__["_number"], name)

    def __eq__(self, other):
        """Equal to no plain data, whatever the object claims."""
        if not isinstance(other, Remote):
            return False
        return self is other or type(self)._peer.call("method", self._number, "__eq__", args=(other,)) is True

    def __ne__(self, other):
        return not self == other

    def __hash__(self):
        return self._number


class RemoteModule(types.ModuleType):
    @property
    def __all__(self):
        """For `import *`, which replaces nothing that a test file has already, such as a module of its own."""
        taken = sys._getframe(1).f_globals
        return [name for name in self.__dict__["_public"] if name not in taken]

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        peer, number = self.__dict__["_peer"], self.__dict__["_number"]
        return peer.get(number, name)

    def __setattr__(self, name, value):
        if name.startswith("__"):
            return super().__setattr__(name, value)
        peer, number = self.__dict__["_peer"], self.__dict__["_number"]
        peer.ask("set", number, name, peer.pack(value))

    def __delattr__(self, name):
        self.__dict__["_peer"].ask("delete", self.__dict__["_number"], name)


def has_public_attributes(value):
    """Of a function, a class or a generator, attributes lead further than to its value."""
    return hasattr(value, "__dict__") and not isinstance(value, type) and not hasattr(value, "__code__")


def is_of_mock(value, name):
    """What a mock has noted, and how it is asked about that, is for the tests."""
    mock = sys.modules.get("unittest.mock")
    return mock is not None and isinstance(value, mock.NonCallableMock) and hasattr(mock.Mock, name)


def method(peer, name):
    def run(self, *args, **names):
        is_alone = not (args and isinstance(args[0], Remote))
        if name in COMPARISONS and is_alone:
            return NotImplemented
        result = peer.call("method", self._number, name, args=args, names=names)
        is_difference = self._number in peer.differences and name not in TEXTS
        if not is_difference and not (name in SUBTRACTIONS and is_alone) or result is NotImplemented:
            return result
        if not isinstance(result, Remote):
            raise TypeError("what an object of the program makes of plain data by subtraction is no plain data")
        peer.differences.add(result._number)
        return result

    run.__name__ = name
    return run


def exception_named(name):
    found = getattr(builtins, name, None)
    return found if isinstance(found, type) and issubclass(found, Exception) else None


def is_mutable(value):
    return isinstance(value, (list, dict, set, bytearray, collections.deque))


def is_enum(value):
    return "enum" in sys.modules and isinstance(value, sys.modules["enum"].Enum)


def plain(value):
    for kind in (bool, int, float, str):
        if isinstance(value, kind):
            return kind.__str__(value) if kind is str else kind(value)
    return None


def update(old, new):
    """Makes `old` equal to `new`, and what it holds too where that is possible."""
    if isinstance(old, list) and isinstance(new, list):
        kept = [merged(*pair) for pair in zip(old, new)]
        old[:] = kept + new[len(kept) :]
    elif isinstance(old, dict) and isinstance(new, dict):
        merge = {key: merged(old[key], value) if key in old else value for key, value in new.items()}
        old.clear()
        old.update(merge)
    elif isinstance(old, set) and isinstance(new, (set, frozenset)):
        old.clear()
        old.update(new)
    elif isinstance(old, (bytearray, collections.deque)):
        old.clear()
        old.extend(new)


def merged(old, new):
    if not is_mutable(old) or type(old) is not type(new):
        return new
    update(old, new)
    return old


def pack_data(value, pack):
    """`None` for what is no data."""
    if isinstance(value, list):
        return [pack(each) for each in value]
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return {"named": [type(value).__name__, list(value._fields), [pack(each) for each in value]]}
    for kind, name in ((tuple, "tuple"), (set, "set"), (frozenset, "frozenset"), (collections.deque, "deque")):
        if isinstance(value, kind):
            return {name: [pack(each) for each in value]}
    if isinstance(value, dict):
        return {"dict": [[pack(key), pack(each)] for key, each in value.items()]}
    if isinstance(value, (bytes, bytearray)):
        return {type(value).__name__: base64.b64encode(value).decode()}
    if isinstance(value, complex):
        return {"complex": [value.real, value.imag]}
    if isinstance(value, range):
        return {"range": [value.start, value.stop, value.step]}
    if isinstance(value, decimal.Decimal):
        return {"decimal": str(value)}
    if isinstance(value, fractions.Fraction):
        return {"fraction": [value.numerator, value.denominator]}
    for kind in DATES:
        if type(value) is kind:
            return {kind.__name__: value.isoformat()}
    if isinstance(value, datetime.timedelta):
        return {"timedelta": [value.days, value.seconds, value.microseconds]}
    return {"ellipsis": 0} if value is ... else {"not": 0} if value is NotImplemented else None


READERS = {
    "tuple": lambda value, read: tuple(map(read, value)),
    "set": lambda value, read: set(map(read, value)),
    "frozenset": lambda value, read: frozenset(map(read, value)),
    "deque": lambda value, read: collections.deque(map(read, value)),
    "dict": lambda value, read: {read(key): read(each) for key, each in value},
    "named": lambda value, read: collections.namedtuple(value[0], value[1])(*map(read, value[2])),
    "bytes": lambda value, read: base64.b64decode(value),
    "bytearray": lambda value, read: bytearray(base64.b64decode(value)),
    "complex": lambda value, read: complex(*value),
    "int": lambda value, read: int(value, 16),
    "range": lambda value, read: range(*value),
    "decimal": lambda value, read: decimal.Decimal(value),
    "fraction": lambda value, read: fractions.Fraction(*value),
    "timedelta": lambda value, read: datetime.timedelta(*value),
    **{kind.__name__: (lambda value, read, kind=kind: kind.fromisoformat(value)) for kind in DATES},
    "ellipsis": lambda value, read: ...,
    "not": lambda value, read: NotImplemented,
}


def unpack_data(kind, value, read):
    if kind not in READERS:
        raise Gone("the program wrote what is no value")
    return READERS[kind](value, read)
