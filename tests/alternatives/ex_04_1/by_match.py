"""Cases by pattern; asks the enumeration whether it has the number before it asks for the name."""

import signal

_KNOWN = {each for each in signal.valid_signals() if isinstance(each, signal.Signals)}


def describe(exitcode):
    match exitcode:
        case None:
            return "not finished"
        case 0:
            return "ok"
        case n if n > 0:
            return "failed with " + str(n)
        case n if -n in _KNOWN:
            return "killed by " + signal.Signals(-n).name
    return f"killed by signal {-exitcode}"
