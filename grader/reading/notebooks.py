"""A recording as a notebook: ``build/notebooks/lesson_02_process.ipynb``.

The notebook is for reading, with the outputs of the recording, and for running in a kernel: its
first cell makes the children of spawn and forkserver find the lesson.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

import nbformat

from grader.errors import GraderFault, WrongUse
from grader.reading.recording import RecordedCell, Recording, Rich, State, Write

FIRST_TAG = "remove-cell"
"""Tag of the first cell: a book leaves such a cell out."""

_FIRST = """\
# Run this cell first: it makes this notebook work in a kernel.
# Its outputs were recorded under Python {python} on {system}, start method {method}.
import importlib.util
import os
import sys
from pathlib import Path

{start}
module = "{module}"
here = Path.cwd()
lesson = Path(*module.split(".")).with_suffix(".py")
course = next((each for each in (here, *here.parents) if (each / lesson).is_file()), None)
if course is None:
    raise FileNotFoundError(
        f"{{lesson}} is not in {{here}} or above. Open this notebook in the course's folder, "
        f"or run `python -m {{module}}` there."
    )
os.chdir(course)
sys.path.insert(0, str(course))
# Children that are not forked import the lesson's file by this name.
# So they see its functions as they are in the file, not as you may change them below.
sys.modules["__main__"].__spec__ = importlib.util.find_spec(module)
"""


def write(recording: Recording, folder: Path) -> Path:
    """Write the notebook of a recording into a folder, which is made if need be.

    Raises:
        WrongUse: it cannot be written.
        GraderFault: it is no valid notebook.
    """
    notebook = build(recording)
    path = folder / f"{recording.module.rpartition('.')[2]}.ipynb"
    fresh = path.with_suffix(".new")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, fresh)  # type: ignore[no-untyped-call]
        os.replace(fresh, path)
    except OSError as error:
        raise WrongUse(f"The notebook cannot be written: {error}") from None
    return path


def complaints(recording: Recording) -> list[str]:
    """What is not right with a recorded lesson, a line each; none for a good one."""
    found = []
    if recording.state is not State.ENDED:
        where = "before its first cell"
        if recording.reached is not None:
            where = f"in the cell at line {recording.cells[recording.reached].cell.first}"
        code = "" if recording.code is None else f", exit code {recording.code}"
        found.append(f"{recording.state} {where}{code}")
        errors = "".join(each.text("stderr") for each in recording.cells)
        found += errors.splitlines()[-1:]
    return found + [f"left a {each.kind} behind: {each.what}" for each in recording.left]


def build(recording: Recording) -> nbformat.NotebookNode:
    """The notebook of a recording, valid nbformat 4.5.

    Under ``course`` its metadata say where and how it was recorded, and those of a cell of code
    the line of its mark and who wrote what: for each run of characters in its streams the
    output's number, how many, and the process.

    Raises:
        GraderFault: it is no valid notebook.
    """
    cells: list[dict[str, Any]] = [_first(recording)]
    count = 1
    for recorded in recording.cells:
        if recorded.cell.markdown:
            cells.append(_markdown(recorded))
        else:
            count += 1
            ran = recording.reached is not None and recorded.cell.number <= recording.reached
            cells.append(_code(recorded, count if ran else None))
    notebook: nbformat.NotebookNode = nbformat.from_dict(  # type: ignore[no-untyped-call]
        {
            "nbformat": 4,
            "nbformat_minor": 5,
            "metadata": {
                "kernelspec": {
                    "name": "python3",
                    "display_name": "Python 3",
                    "language": "python",
                },
                "language_info": {"name": "python", "version": recording.python},
                "course": {
                    "module": recording.module,
                    "title": recording.title,
                    "python": recording.python,
                    "system": recording.system,
                    "start_method": recording.start_method,
                    "state": str(recording.state),
                    "left": [{"kind": each.kind, "what": each.what} for each in recording.left],
                },
            },
            "cells": cells,
        }
    )
    try:
        nbformat.validate(notebook)
    except nbformat.ValidationError as error:
        raise GraderFault(f"The notebook of {recording.module} is not valid: {error}") from None
    return notebook


def _first(recording: Recording) -> dict[str, Any]:
    start = (
        f'os.environ["START"] = "{recording.start_method}"  # or another start method'
        if recording.chosen
        else '# os.environ["START"] = "spawn"  # for another start method than the default'
    )
    source = _FIRST.format(
        python=recording.python,
        system=recording.system,
        method=recording.start_method,
        start=start,
        module=recording.module,
    )
    return {
        "cell_type": "code",
        "id": "first",
        "metadata": {"tags": [FIRST_TAG]},
        "execution_count": None,
        "source": source.rstrip("\n"),
        "outputs": [],
    }


def _id(recorded: RecordedCell) -> str:
    """The same for the same cell at the same place, in every recording."""
    digest = hashlib.sha256(recorded.cell.source.encode()).hexdigest()
    return f"{recorded.cell.number:03}-{digest[:8]}"


def _metadata(recorded: RecordedCell) -> dict[str, Any]:
    return {"tags": list(recorded.cell.tags)} if recorded.cell.tags else {}


def _markdown(recorded: RecordedCell) -> dict[str, Any]:
    return {
        "cell_type": "markdown",
        "id": _id(recorded),
        "metadata": _metadata(recorded),
        "source": recorded.cell.source,
    }


def _code(recorded: RecordedCell, count: int | None) -> dict[str, Any]:
    outputs: list[dict[str, Any]] = []
    writes: list[dict[str, Any]] = []
    for output in recorded.outputs:
        if isinstance(output, Rich):
            outputs.append(
                {"output_type": "display_data", "data": dict(output.forms), "metadata": {}}
            )
        else:
            _add_write(output, outputs, writes)
    return {
        "cell_type": "code",
        "id": _id(recorded),
        "metadata": {
            **_metadata(recorded),
            "course": {"line": recorded.cell.first, "writes": writes},
        },
        "execution_count": count,
        "source": recorded.cell.source,
        "outputs": outputs,
    }


def _add_write(write: Write, outputs: list[dict[str, Any]], writes: list[dict[str, Any]]) -> None:
    """Put a write into the last output or a new one, and note who wrote it."""
    if not outputs or outputs[-1].get("name") != write.stream:
        outputs.append({"output_type": "stream", "name": write.stream, "text": ""})
    outputs[-1]["text"] += write.text
    place = len(outputs) - 1
    who = {"output": place, "pid": write.writer.pid, "process": write.writer.label}
    if writes and {**writes[-1], "characters": 0} == {**who, "characters": 0}:
        writes[-1]["characters"] += len(write.text)
    else:
        writes.append({**who, "characters": len(write.text)})
