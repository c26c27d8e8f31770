"""Plain values as JSON with one-letter tags, in frames of a 4-byte length and a body.

Both sides use it: the grader never unpickles anything that a submission sent.
Only exact types travel. A subclass, a function, an open file: each becomes an `Opaque`,
which is equal to nothing, so that an object that lies about itself cannot win.

=====  =====================================  =====  =====================================
tag    value                                  tag    value
=====  =====================================  =====  =====================================
``i``  int beyond 53 bits, in hexadecimal     ``s``  set
``f``  float that JSON has no number for      ``z``  frozenset
``b``  bytes, base64                          ``c``  complex, two floats
``B``  bytearray, base64                      ``r``  range, three ints
``t``  tuple                                  ``o``  `Opaque`: the name of a type
``d``  dict, pairs in order                   ``e``  exception as a value: type name, arguments
=====  =====================================  =====  =====================================

From the grader to a worker only: ``x`` a multiprocessing context, ``g`` a name of ``given`` with
arguments for a ``functools.partial``, ``w`` a `kit.remote.Remote`.
"""

from __future__ import annotations

import binascii
import json
import struct

TYPE_CHECKING = False  # known to type checkers; every spawned child would pay for typing
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

MAX_FRAME = 4 * 1024 * 1024
"""Bytes of one frame."""
MAX_DEPTH = 64
"""Levels of nesting of one value."""
MAX_PARTS = 200_000
"""Elements of one value, at all levels."""
MAX_ENTRIES = 10_000
"""Entries of one set or dict: equal hashes cost quadratic time where it is built."""
MAX_EQUAL_HASHES = 100
"""Entries of one set or dict with the same hash: an honest one has hardly two."""
MAX_DIGITS = 20
"""Decimal digits of an integer outside the tag ``i``."""
MAX_BITS = 14_000
"""Bits of an integer: Python refuses to write one of more than 4300 decimal digits."""

_SAFE_INT = 2**53
_LENGTH = struct.Struct(">I")


class WireError(ValueError):
    """A value or a frame that is not of this format, or is over one of its limits."""


class Opaque:
    """Stands for a value that does not travel: only the name of its type is known."""

    def __init__(self, type_name: str) -> None:
        self.type_name = type_name

    def __repr__(self) -> str:
        return f"<{self.type_name} object>"


class Raised:
    """An exception that was returned or reported as a value: its type's name and its arguments."""

    def __init__(self, type_name: str, args: tuple[Any, ...]) -> None:
        self.type_name = type_name
        self.args = args

    def __repr__(self) -> str:
        return f"{self.type_name}({', '.join(map(repr, self.args))})"


def encode(value: object, extend: Callable[[object], Any] | None = None) -> Any:
    """Turn a value into what `json.dumps` takes.

    Args:
        value: anything; what is of no exact plain type becomes an `Opaque`.
        extend: asked first for every value of another type; returns JSON, or None to decline.

    Raises:
        WireError: nested deeper than `MAX_DEPTH`, or more than `MAX_PARTS` parts.
    """
    return _Encoder(extend).encode(value, 0)


class _Encoder:
    def __init__(self, extend: Callable[[object], Any] | None) -> None:
        self._extend = extend
        self._parts = 0

    def encode(self, value: Any, depth: int) -> Any:
        self._parts += 1
        if depth > MAX_DEPTH:
            raise WireError(f"a value nested deeper than {MAX_DEPTH} levels")
        if self._parts > MAX_PARTS:
            raise WireError(f"a value of more than {MAX_PARTS} parts")
        kind = type(value)
        if value is None or kind is bool or kind is str:
            return value
        if kind is int:
            return value if -_SAFE_INT < value < _SAFE_INT else {"i": _hexadecimal(value)}
        if kind is float:
            return value if value - value == 0 else {"f": repr(value)}
        if kind is list:
            return self._all(value, depth)
        tag = _TAGS.get(kind)
        if tag in ("t", "s", "z"):
            return {tag: self._all(value, depth)}
        if tag == "d":
            return {"d": [self._all(pair, depth) for pair in value.items()]}
        if tag in ("b", "B"):
            return {tag: binascii.b2a_base64(value, newline=False).decode("ascii")}
        if tag == "c":
            return {"c": self._all((value.real, value.imag), depth)}
        if tag == "r":
            return {"r": self._all((value.start, value.stop, value.step), depth)}
        return self._other(value, depth)

    def _all(self, values: Iterable[Any], depth: int) -> list[Any]:
        return [self.encode(each, depth + 1) for each in values]

    def _other(self, value: Any, depth: int) -> Any:
        if self._extend is not None:
            extended = self._extend(value)
            if extended is not None:
                return extended
        if isinstance(value, Raised):
            return {"e": [value.type_name, self._all(value.args, depth)]}
        if issubclass(type(value), BaseException):
            args = BaseException.__getattribute__(value, "args")
            return {"e": [type(value).__name__, self._all(args, depth)]}
        name = value.type_name if type(value) is Opaque else type(value).__name__
        return {"o": str(name)[:200]}


_TAGS: dict[type, str] = {
    tuple: "t",
    dict: "d",
    set: "s",
    frozenset: "z",
    bytes: "b",
    bytearray: "B",
    complex: "c",
    range: "r",
}


def decode(data: Any, extend: Callable[[str, Any], Any] | None = None) -> Any:
    """Turn what `json.loads` gave into a value.

    Args:
        data: JSON data.
        extend: called with tag and content for the tags ``x``, ``g`` and ``w``; without it
            they are refused.

    Raises:
        WireError: anything that `encode` would not have made.
    """
    return _Decoder(extend).decode(data, 0)


class _Decoder:
    def __init__(self, extend: Callable[[str, Any], Any] | None) -> None:
        self._extend = extend
        self._parts = 0

    def decode(self, data: Any, depth: int) -> Any:
        self._parts += 1
        if depth > MAX_DEPTH or self._parts > MAX_PARTS:
            raise WireError("a value that is too deep or has too many parts")
        if data is None or isinstance(data, (bool, int, float, str)):
            return data
        if isinstance(data, list):
            return [self.decode(each, depth + 1) for each in data]
        if len(data) != 1:
            raise WireError("a tag must stand alone")
        ((tag, content),) = data.items()
        if tag in "xgw" and self._extend is not None:
            return self._extend(tag, content)
        return self._tagged(tag, content, depth)

    def _tagged(self, tag: str, content: Any, depth: int) -> Any:
        try:
            match tag:
                case "i":
                    return _integer(_text(content))
                case "f":
                    return float(_text(content))
                case "b":
                    return binascii.a2b_base64(_text(content), strict_mode=True)
                case "B":
                    return bytearray(binascii.a2b_base64(_text(content), strict_mode=True))
                case "o":
                    return Opaque(_text(content)[:200])
                case "t":
                    return tuple(self._all(content, depth))
                case "c":
                    return complex(*self._numbers(content, 2, float))
                case "r":
                    return range(*self._numbers(content, 3, int))
                case "s":
                    return set(_scattered(self._all(content, depth, MAX_ENTRIES)))
                case "z":
                    return frozenset(_scattered(self._all(content, depth, MAX_ENTRIES)))
                case "d":
                    return dict(self._pairs(content, depth))
                case "e":
                    name, args = content
                    return Raised(_text(name)[:200], tuple(self._all(args, depth)))
        except (TypeError, ValueError, OverflowError, binascii.Error) as error:
            raise WireError(f"bad content of tag {tag!r}: {error}") from None
        raise WireError(f"unknown tag {tag!r}")

    def _all(self, content: Any, depth: int, most: int = MAX_PARTS) -> list[Any]:
        if not isinstance(content, list) or len(content) > most:
            raise WireError(f"a list of at most {most} entries was expected")
        return [self.decode(each, depth + 1) for each in content]

    def _numbers(self, content: Any, count: int, kind: type) -> list[Any]:
        numbers = self._all(content, MAX_DEPTH - 1)
        if len(numbers) != count or any(type(each) is not kind for each in numbers):
            raise WireError(f"{count} numbers of type {kind.__name__} were expected")
        return numbers

    def _pairs(self, content: Any, depth: int) -> list[tuple[Any, Any]]:
        if not isinstance(content, list) or len(content) > MAX_ENTRIES:
            raise WireError(f"a list of at most {MAX_ENTRIES} pairs was expected")
        pairs = [self._all(pair, depth) for pair in content]
        if any(len(pair) != 2 for pair in pairs):
            raise WireError("a dict travels as pairs")
        _scattered([key for key, _ in pairs])
        return [(key, value) for key, value in pairs]


def _scattered(keys: list[Any]) -> list[Any]:
    """Keys of a set or dict, unless so many have the same hash that building it would take long.

    Raises:
        WireError: they have.
        TypeError: one of them has no hash.
    """
    counts: dict[int, int] = {}
    for key in keys:
        number = hash(key)
        counts[number] = counts.get(number, 0) + 1
        if counts[number] > MAX_EQUAL_HASHES:
            raise WireError("too many entries with the same hash")
    return keys


def _hexadecimal(value: int) -> str:
    if value.bit_length() > MAX_BITS:
        raise WireError(f"an integer of more than {MAX_BITS} bits")
    return hex(value)


def _integer(text: str) -> int:
    value = int(text, 16)
    if value.bit_length() > MAX_BITS:
        raise ValueError(f"an integer of more than {MAX_BITS} bits")
    return value


def _text(content: Any) -> str:
    if not isinstance(content, str):
        raise WireError("text was expected")
    return content


def dumps(data: Any) -> bytes:
    """JSON data as the body of a frame.

    Raises:
        WireError: longer than `MAX_FRAME` bytes.
    """
    body = json.dumps(data, allow_nan=False, separators=(",", ":")).encode("ascii")
    if len(body) > MAX_FRAME:
        raise WireError(f"a value of {len(body)} bytes; at most {MAX_FRAME} can be sent")
    return body


def loads(body: bytes) -> Any:
    """The body of a frame as JSON data.

    Raises:
        WireError: not JSON, nested too deep, or an integer with more than `MAX_DIGITS` digits.
    """
    try:
        return json.loads(body, parse_int=_parse_int, parse_constant=_refuse_constant)
    except RecursionError:
        raise WireError("nested too deep") from None
    except ValueError as error:
        raise WireError(f"not JSON: {error}") from None


def _parse_int(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise WireError("an integer with too many digits")
    return int(digits)


def _refuse_constant(name: str) -> float:
    raise WireError(f"{name} is no number here")


def frame(data: Any) -> bytes:
    """JSON data as one whole frame, ready to send."""
    body = dumps(data)
    return _LENGTH.pack(len(body)) + body


class FrameReader:
    """Cuts a stream of bytes into frames; keeps at most one frame in memory.

    ``feed(chunk)`` returns the JSON data of every frame that is complete.

    Args:
        most: bytes of one frame.

    Raises:
        WireError: a length over ``most``, or a body that is not JSON.
    """

    def __init__(self, most: int = MAX_FRAME) -> None:
        self._most = most
        self._buffer = bytearray()

    def feed(self, chunk: bytes) -> list[Any]:
        self._buffer += chunk
        frames = []
        while len(self._buffer) >= _LENGTH.size:
            (length,) = _LENGTH.unpack_from(self._buffer)
            if length > self._most:
                raise WireError(f"a frame of {length} bytes; at most {self._most} are taken")
            end = _LENGTH.size + length
            if len(self._buffer) < end:
                break
            frames.append(loads(bytes(self._buffer[_LENGTH.size : end])))
            del self._buffer[:end]
        return frames


def read_frame(receive: Callable[[int], bytes]) -> Any:
    """Read exactly one frame with a blocking ``receive(n)``; None at a clean end.

    Raises:
        EOFError: the stream ended inside a frame.
        WireError: as `FrameReader`.
    """
    head = _exactly(receive, _LENGTH.size, at_start=True)
    if head is None:
        return None
    (length,) = _LENGTH.unpack(head)
    if length > MAX_FRAME:
        raise WireError(f"a frame of {length} bytes")
    return loads(_exactly(receive, length, at_start=False) or b"")


def _exactly(receive: Callable[[int], bytes], size: int, *, at_start: bool) -> bytes | None:
    chunks = bytearray()
    while len(chunks) < size:
        chunk = receive(size - len(chunks))
        if not chunk:
            if at_start and not chunks:
                return None
            raise EOFError("the stream ended inside a frame")
        chunks += chunk
    return bytes(chunks)
