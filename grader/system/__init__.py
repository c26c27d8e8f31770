"""What only some operating systems have, behind one face.

`linux` asks the kernel, `sandbox` also locks in; `portable` works wherever Python does.
"""

from __future__ import annotations

import multiprocessing
import sys
from enum import StrEnum
from pathlib import Path

from grader.reactor import Reactor
from grader.system.base import Door, Host, HostSettings

__all__ = ["Form", "is_portable_only", "make_door", "make_host", "stage", "start_methods"]


def is_portable_only() -> bool:
    """Whether this system has nothing but the portable form."""
    if not sys.platform.startswith("linux"):
        return True
    from grader.system import linux

    return not linux.available()


class Form(StrEnum):
    """How a submission is run and watched."""

    PORTABLE = "portable"
    """Any system; callers are believed."""
    PLAIN = "plain"
    """Linux: callers are attested, everything below is ended; no defence."""
    SANDBOX = "sandbox"
    """Linux with bubblewrap: locked in."""


def make_door(form: Form) -> Door:
    """The socket at which the witness listens."""
    if form is Form.PORTABLE:
        from grader.system.portable import PortableDoor

        return PortableDoor()
    from grader.system.linux import LinuxDoor

    if form is Form.PLAIN:
        return LinuxDoor()
    from grader.system import sandbox

    return LinuxDoor(namespaced=True, owner=sandbox.submissions_uid())


def make_host(form: Form, reactor: Reactor, settings: HostSettings, witness: str) -> Host:
    """The place where one submission runs."""
    if form is Form.PORTABLE or settings.attached:
        from grader.system.portable import PortableHost

        return PortableHost(reactor, settings, witness)
    if form is Form.SANDBOX:
        from grader.system.sandbox import SandboxHost

        return SandboxHost(reactor, settings, witness)
    from grader.system.linux import LinuxHost

    return LinuxHost(reactor, settings, witness)


def stage(exercises: Path, python: str) -> Path:
    """What a sandboxed submission may import of a course; see `sandbox.stage`."""
    from grader.system import sandbox

    return sandbox.stage(exercises, python)


def start_methods() -> list[str]:
    """The start methods of this system, the most telling first."""
    order = ["spawn", "fork", "forkserver"]
    return [each for each in order if each in multiprocessing.get_all_start_methods()]
