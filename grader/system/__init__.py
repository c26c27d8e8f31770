"""What only some operating systems have, behind one face.

`linux` is the strong form; `portable` works wherever Python does, with callers that are believed.
"""

from __future__ import annotations

import multiprocessing
import sys

from grader.reactor import Reactor
from grader.system.base import Door, Host, HostSettings

__all__ = ["is_portable_only", "make_door", "make_host", "start_methods"]


def is_portable_only() -> bool:
    """Whether this system has nothing but the portable form."""
    if not sys.platform.startswith("linux"):
        return True
    from grader.system import linux

    return not linux.available()


def make_door(portable: bool) -> Door:
    """The socket at which the witness listens."""
    if portable:
        from grader.system.portable import PortableDoor

        return PortableDoor()
    from grader.system.linux import LinuxDoor

    return LinuxDoor()


def make_host(portable: bool, reactor: Reactor, settings: HostSettings, witness: str) -> Host:
    """The place where one submission runs."""
    if portable or settings.attached:
        from grader.system.portable import PortableHost

        return PortableHost(reactor, settings, witness)
    from grader.system.linux import LinuxHost

    return LinuxHost(reactor, settings, witness)


def start_methods() -> list[str]:
    """The start methods of this system, the most telling first."""
    order = ["spawn", "fork", "forkserver"]
    return [each for each in order if each in multiprocessing.get_all_start_methods()]
