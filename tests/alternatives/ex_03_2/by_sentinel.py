"""Waits for the child's end first; the answer, if there is one, lies in the pipe by then."""

import io
import pickle
import traceback
from multiprocessing import connection

import given


class _Answer:
    def __init__(self, value=None, text=None):
        self.value, self.text = value, text


def _work(fn, args, line):
    try:
        answer = pickle.dumps(_Answer(value=fn(*args)))
    except Exception:
        answer = pickle.dumps(_Answer(text=traceback.format_exc()))
    line.send_bytes(answer)


def call_in_child(ctx, fn, *args):
    for number, each in enumerate((fn, *args)):
        try:
            pickle.Pickler(io.BytesIO()).dump(each)
        except Exception as error:
            what = f"argument {number}" if number else "the function"
            raise given.NotPortable(f"{what}, {each!r}: {error}") from error
    ours, theirs = ctx.Pipe()
    child = ctx.Process(target=_work, args=(fn, args, theirs), name="call_in_child")
    child.start()
    try:
        connection.wait([child.sentinel])
        if not ours.poll():
            child.join()
            raise given.ChildFailed(f"no answer, exit code {child.exitcode}")
        answer = pickle.loads(ours.recv_bytes())
    finally:
        child.join()
        ours.close()
        theirs.close()
    if answer.text is not None:
        raise given.ChildFailed(answer.text)
    return answer.value
