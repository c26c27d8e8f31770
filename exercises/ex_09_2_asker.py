"""Exercise 09_2 · Ask with a deadline ★★★

At the other end of a pipe sits a peer that answers questions. It may be slow, answer twice, never,
or in another order, and it may go away. You write the end that asks, and never waits for ever.

An Asker owns one end of a pipe. Each call of ask sends one request, and waits for the answer to
this request, and to no other.

What goes over the pipe
    You send a tuple (number, request). The number is an int of your choice that this Asker has not
    used before; the request is what ask was given.
    The peer sends tuples (number, answer), with the number of the request that is answered.
    An answer may be anything that can be pickled: None is an answer like any other.

What ask gets
    request   the question, anything that can be pickled
    limit     seconds that this call may take, counted from its beginning; 0 or more, int or float

What ask returns
    The answer to its own request. The first one counts, if the peer sends it more than once.

What ask raises
    TimeoutError      no answer to this request has come within limit seconds.
                      What else has come is no answer: the limit does not begin anew with it.
    ConnectionError   the peer has closed its end, and no answer to this request has come before.
                      It may be a subclass, such as BrokenPipeError; send() itself raises that.
                      What the peer has sent before it closed still counts: an answer to this
                      request is returned, and only the next call raises ConnectionError.
    The built-in exceptions, with any text. Nothing else is raised: no EOFError.

After TimeoutError the Asker stays usable. The answer to that request may still come, during any
later call: it must never be taken for the answer to another request. Nobody asks for it any more,
so you may forget it. After ConnectionError every further call raises ConnectionError too.

conn is a multiprocessing connection in both directions, as Pipe() returns two of. Only this Asker
uses it, from one thread. Do not close it, and start no threads or processes that outlive a call.

Tested with a peer that plays a script: it answers at once, late (together with what comes after a
later request), twice, never, in another order, again and again something old, and it closes its
end at once or after some answers. Where no answer comes, limits are short; where one comes, they
are long.
Not tested: peers that send anything but such tuples, answers to numbers that were never used, a peer
that does not read, and what counts of that which happens at the very end of the limit.

Example: asker.ask("size?", 0.5) sends (1, "size?"), raises TimeoutError after half a second.
Then asker.ask("name?", 10.0) sends (2, "name?"). The peer sends (1, 4096), then (2, "log.txt"):
ask returns "log.txt".
"""

from multiprocessing import Pipe
from multiprocessing.connection import Connection

from given import CLOSE, start_peer


class Asker:
    """Asks the peer at the other end of a pipe; each answer belongs to one question.

    Args:
        conn: this end of the pipe.
    """

    def __init__(self, conn: Connection) -> None:
        # Your code goes here, in place of the next line.
        raise NotImplementedError("keep what ask needs to know")

    def ask(self, request: object, limit: float) -> object:
        """Send a request and return its answer.

        Args:
            request: the question.
            limit: seconds that this call may take.

        Raises:
            TimeoutError: no answer to this request came in time.
            ConnectionError: the peer is gone.
        """
        # Your code goes here, in place of the next line.
        raise NotImplementedError("send the request, wait for its answer and for no other")


def attempt(asker: Asker, request: object, limit: float) -> str:
    """What one call of ask leads to, in words."""
    try:
        return f"the answer {asker.ask(request, limit)!r}"
    except (TimeoutError, ConnectionError, EOFError) as error:
        return type(error).__name__


if __name__ == "__main__":
    ours, theirs = Pipe()
    start_peer(theirs, [[], [(0, 4096), (1, "log.txt")], [(2, None), CLOSE]])
    asker = Asker(ours)

    print("1. No answer within half a second")
    print("   got", attempt(asker, "size?", 0.5), "  expected TimeoutError")
    print("2. The late answer comes first, then the right one")
    print("   got", attempt(asker, "name?", 10.0), "  expected the answer 'log.txt'")
    print("3. An answer, then the peer closes its end")
    print("   got", attempt(asker, "owner?", 10.0), "  expected the answer None")
    print("4. Nobody is there any more: expected ConnectionError, or a subclass of it")
    print("   got", attempt(asker, "date?", 10.0))
