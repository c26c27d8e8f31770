"""Cases by pattern; asks the enumeration whether it has the number before it asks for the name."""

import signal


def describe(exitcode):
    match exitcode:
        case None:
            return "not finished"
        case 0:
            return "ok"
        case n if n > 0:
            return "failed with %d" % n
        case n if -n in {member.value for member in signal.valid_signals()
                         if isinstance(member, signal.Signals)}:
            return "killed by " + signal.Signals(-n).name
    return "killed by signal %d" % -exitcode
