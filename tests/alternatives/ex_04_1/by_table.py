"""All names in one table, made once; what is not in it is spelled by number."""

import signal

_SIGNALS = {-int(each): each.name for each in signal.Signals}
_WORDS = {None: "not finished", 0: "ok"} | {k: f"killed by {v}" for k, v in _SIGNALS.items()}


def describe(exitcode):
    if exitcode in _WORDS:
        return _WORDS[exitcode]
    kind = "failed with" if exitcode > 0 else "killed by signal"
    return f"{kind} {abs(exitcode)}"
