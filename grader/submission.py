"""One file under judgement, with the place where it runs."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from grader.failure import Failed
from grader.reactor import Reactor
from grader.system import Form, make_host, stage
from grader.system.base import Host, HostSettings
from grader.witness import Witness


class Submission:
    """One file under judgement, with the place where it runs.

    Args:
        source: the bytes of the file.
        file_name: its name; the module is called like it.
        python: interpreter of the worker.
        course: the folder with ``exercises/given`` and ``exercises/drivers``.
        drivers: module of ``exercises/drivers`` with the helpers of this exercise.
        processes: whether the exercise starts any.
        form: how it is run and watched.
        system: operating system of the worker, as `sys.platform` names it.
        attached: the worker keeps this terminal, for a run by hand.
        where: the folder of the student's own file, for a run by hand; else a copy is used.
        trace: file to which every order is added, one JSON line each.
    """

    def __init__(
        self,
        source: bytes,
        file_name: str,
        *,
        python: str,
        course: Path,
        drivers: str,
        processes: bool,
        form: Form,
        system: str = sys.platform,
        attached: bool = False,
        where: Path | None = None,
        trace: Path | None = None,
    ) -> None:
        self.trace = trace
        self.system = system
        self.file_name = file_name
        self.broken: Failed | None = None
        """Set once the file cannot even be imported: no property needs to find that out again."""
        self.remarks: list[str] = []
        self.reactor = Reactor()
        self._folder = Path(tempfile.mkdtemp(prefix="grader-"))
        copy = self._folder / "submission"
        scratch = self._folder / "scratch"
        for folder in (copy, scratch):
            folder.mkdir()
        (copy / file_name).write_bytes(source)
        self.witness = Witness(self.reactor, form)
        exercises = course / "exercises"
        if form is Form.SANDBOX:
            self._open_to_sandbox(copy / file_name)
            exercises = stage(exercises, python)
        self._settings = HostSettings(
            python=python,
            path=(where or copy, exercises),
            scratch=scratch,
            processes=processes,
            attached=attached,
        )
        self.drivers = drivers
        self.processes = processes
        self.attached = attached
        self._form = form
        self.host = self._make_host()

    def _make_host(self) -> Host:
        return make_host(self._form, self.reactor, self._settings, self.witness.address)

    def renew_host(self) -> None:
        """After the supervisor was lost: end what is left of it, and start another one."""
        self.host.close()
        self.host = self._make_host()

    def _open_to_sandbox(self, file: Path) -> None:
        """Let the sandbox's uid read the submission, and nothing else in our folder."""
        self._folder.chmod(0o711)
        file.parent.chmod(0o755)
        file.chmod(0o644)

    @property
    def limits(self) -> HostSettings:
        """What it may use."""
        return self._settings

    @property
    def module(self) -> str:
        """The name under which the worker imports the file."""
        return Path(self.file_name).stem

    def close(self) -> None:
        """End everything that the submission started and remove what it wrote."""
        try:
            self.host.close()
        finally:
            self.witness.close()
            self.reactor.close()
            shutil.rmtree(self._folder, ignore_errors=True)
