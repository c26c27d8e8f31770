"""What makes two recordings of a lesson the same: numbers and names that only one run has.

===============================  ================================================================
pids, also of threads            1000 is the lesson's own process, 999 the one that started it;
                                 then 1001, 1002 ... in the order in which they were created
addresses, ``id``, thread idents  numbered by first appearance
names of temporary files         likewise
ports on this machine            likewise, from 50001
folders                          ``/course``, ``/python``, ``/tmp``
===============================  ================================================================

A number that stands in the lesson's own text is never taken for one of these.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

MAIN, STARTER = 1000, 999
"""Shown as the pids of the lesson and of who started it."""
_PID = re.compile(r"(?<![A-Za-z0-9.])\d{4,7}(?![A-Za-z0-9]|\.\d)")
_ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{6,16}\b")
_IDENT = re.compile(r"(?<![A-Za-z0-9.])\d{14,15}(?![A-Za-z0-9]|\.\d)")
_IDENTS = range(0x5000_0000_0000, 0x8000_0000_0000)
"""Where Linux puts the heap, the stacks and the libraries of a 64-bit process."""
_TEMPORARY = re.compile(
    r"(?P<before>\b(?:tmp|pymp-|listener-|mp-|psm_|wnsm_)|/tmp/[\w.-]*?)"
    r"(?P<random>[a-z0-9_]{8})(?![A-Za-z0-9_])"
)
_PORT = re.compile(
    r"(?P<before>(?:127\.0\.0\.1|0\.0\.0\.0|localhost|::1)\]?(?::|', ))(?P<port>\d{4,5})\b"
)


@dataclass(frozen=True)
class PidSpan:
    """The pids that were given out while a lesson ran; the counter may have begun again meanwhile.

    Attributes:
        first: of the lesson itself.
        last: the newest one at its end.
        starter: who started the lesson.
    """

    first: int
    last: int
    starter: int

    def __contains__(self, pid: int) -> bool:
        if pid == self.starter:
            return True
        if self.first <= self.last:
            return self.first <= pid <= self.last
        return pid >= self.first or pid <= self.last

    def age(self, pid: int) -> tuple[bool, int]:
        """A key that sorts pids by their creation."""
        return pid < self.first, pid


class Normaliser:
    """Rewrites the output of one lesson, cell by cell.

    Args:
        pids: the pids of the time in which it ran.
        folders: what is put in place of which path.
        source: the lesson's text.
    """

    def __init__(self, pids: PidSpan, folders: Mapping[str, str], source: str) -> None:
        self._span = pids
        self._folders = dict(folders)
        self._source = source
        self._literals = set(re.findall(r"\d+", source.replace("_", "")))
        longest_first = sorted(map(re.escape, folders), key=len, reverse=True)
        self._folder = re.compile(rf"(?<![\w.-])(?:{'|'.join(longest_first)})(?![\w-])")
        self._pids = {pids.first: MAIN, pids.starter: STARTER}
        self._next_pid = MAIN + 1
        self._addresses: dict[str, int] = {}
        self._temporary: dict[str, int] = {}
        self._ports: dict[str, int] = {}

    def cell(self, texts: Sequence[str], writers: Iterable[int], racing: bool) -> list[str]:
        """Rewrite the texts of one cell.

        Args:
            texts: in their order.
            writers: the pids that wrote them, as far as known.
            racing: how many pids it shows may differ; then those of later cells must not.
        """
        texts = [self._steady(text) for text in texts]
        found = {int(each) for text in texts for each in _PID.findall(text) if self._is_pid(each)}
        for pid in sorted({*found, *writers} - self._pids.keys(), key=self._span.age):
            self._pids[pid] = self._next_pid
            self._next_pid += 1
        if racing:
            self._next_pid += 100 - self._next_pid % 100
        return [_PID.sub(self._renumbered, text) for text in texts]

    def pid(self, pid: int) -> int:
        """The number that stands for a pid that some cell has shown."""
        return self._pids[pid]

    def _is_pid(self, digits: str) -> bool:
        return int(digits) in self._span and digits not in self._literals

    def _renumbered(self, found: re.Match[str]) -> str:
        return str(self._pids[int(found[0])]) if self._is_pid(found[0]) else found[0]

    def _steady(self, text: str) -> str:
        """Everything but pids."""
        text = self._folder.sub(lambda found: self._folders[found[0]], text)
        steps: list[tuple[re.Pattern[str], Callable[[re.Match[str]], str]]] = [
            (_TEMPORARY, self._temporary_name),
            (_ADDRESS, lambda found: hex(0x7F00_0000_0000 + 16 * self._nth(found[0]))),
            (_IDENT, self._ident),
            (_PORT, self._port),
        ]
        for pattern, replacement in steps:
            text = pattern.sub(replacement, text)
        return text

    def _nth(self, address: str) -> int:
        key = hex(int(address, 0))
        return self._addresses.setdefault(key, len(self._addresses) + 1)

    def _ident(self, found: re.Match[str]) -> str:
        if int(found[0]) not in _IDENTS or found[0] in self._literals:
            return found[0]
        return str(0x7F00_0000_0000 + 16 * self._nth(found[0]))

    def _temporary_name(self, found: re.Match[str]) -> str:
        if found["random"] in self._source:
            return found[0]
        number = self._temporary.setdefault(found["random"], len(self._temporary) + 1)
        return f"{found['before']}{number:08}"

    def _port(self, found: re.Match[str]) -> str:
        if found["port"] in self._literals:
            return found[0]
        number = self._ports.setdefault(found["port"], len(self._ports) + 1)
        shown = str(50000 + number)
        self._literals.add(shown)  # no pid
        return found["before"] + shown
