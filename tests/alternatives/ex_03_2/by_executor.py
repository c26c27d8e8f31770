"""An executor with one worker; what the worker may raise is turned into words on its side."""

import pickle
from concurrent.futures import ProcessPoolExecutor

from given import ChildFailed, NotPortable


def _guarded(fn, args):
    try:
        return "result", pickle.dumps(fn(*args))
    except BaseException as error:
        return "error", f"{type(error).__name__}: {error}"


def _refuse_what_cannot_travel(what):
    try:
        return pickle.dumps(what)
    except Exception:
        name = getattr(what, "__qualname__", None) or repr(what)
        raise NotPortable(name) from None


def call_in_child(ctx, fn, *args):
    for each in (fn, *args):
        _refuse_what_cannot_travel(each)
    with ProcessPoolExecutor(1, mp_context=ctx) as executor:
        future = executor.submit(_guarded, fn, args)
        error = future.exception()
        if error is not None:
            raise ChildFailed(str(error))
        kind, content = future.result()
    if kind == "error":
        raise ChildFailed(content)
    return pickle.loads(content)
