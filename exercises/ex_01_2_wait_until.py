"""Exercise 01_2 · Wait with a deadline ★

A server is starting, a file is on its way, a child process is about to end.
You can ask "is it done?", but nobody will call you when it is.
So you ask, pause, and ask again, and you give up when the time is over.

Write that loop:

1.  Ask done(). If it says true, return True at once, without another pause.
2.  If at least `limit` seconds have passed since the call began, return False.
3.  Otherwise pause with clock.sleep(...) and go back to 1.

The first question comes at once, before any pause, also when `limit` is 0.
A pause is `step` seconds long, but never longer than the time that is left.
If no time is left, there is no pause.
After an overrun a pause may also be shorter, if you like to get back into step.

A sleep may take longer than asked: it overruns. How much time has passed is known only
to clock.now(), and after an overrun it may be more than `limit`.
Ask once more also then: what this last look sees counts.
If it sees true, the answer is True, although the look came late.
If it sees false, the answer is False, and you neither pause nor ask later.

What you get
    done      a function without arguments that returns True or False;
              once it has said True it goes on saying True
    limit     seconds (a float), 0 or more; not always a multiple of `step`
    step      seconds (a float), more than 0; it may be longer than `limit`
    clock     an object with two methods (see `Clock` in given/ex_01_2.py):
              now() -> float    the time in seconds; it need not begin at 0
              sleep(seconds)    waits; nothing else moves this clock

What you return
    True or False.
    If done() raises an exception, let it pass through unchanged.

When no sleep overruns, every pause but the last is exactly `step`.
However long the sleeps take, ask at most ceil(limit / step) + 2 times.
The times in the tests are multiples of 1/1024 second, so that floats add up exactly.
The time module is of no use here: the clock of the tests is not the one on the wall.

Example: with limit=5 and step=2 the questions come after 0, 2, 4 and 5 seconds.
If done() becomes true after 4.5 seconds, the answer is True.
If it becomes true after 5.5 seconds, the answer is False, unless the last pause overruns
by half a second or more.
"""

from collections.abc import Callable

from given import Clock


def wait_until(done: Callable[[], bool], limit: float, step: float, clock: Clock) -> bool:
    """Ask `done` again and again; return whether it became true in time.

    Args:
        done: the question.
        limit: how many seconds to go on asking.
        step: how many seconds to pause between two questions.
        clock: tells the time and makes the pauses.
    """
    # Your code goes here, in place of the next line.
    raise NotImplementedError("ask, pause and ask again, until it is done or the time is over")


def try_out(moment: float, overruns: tuple[float, ...], expected: bool) -> None:
    """Wait up to 5 seconds for something that becomes true after `moment` seconds."""
    clock = Clock(overruns)
    begin = clock.now()
    asked_at = []

    def done() -> bool:
        asked_at.append(clock.now() - begin)
        if len(asked_at) > 20:
            raise RuntimeError("more than 20 questions: does the clock move between them?")
        return asked_at[-1] >= moment

    got = wait_until(done, limit=5.0, step=2.0, clock=clock)
    print(f"true after {moment} s: got {got}, expected {expected}, asked after {asked_at}")


if __name__ == "__main__":
    print("No sleep overruns. The questions should come after [0.0, 2.0, 4.0, 5.0].")
    try_out(moment=4.5, overruns=(), expected=True)
    try_out(moment=5.5, overruns=(), expected=False)
    print("The first sleep takes 7.5 s too long. One last look after 9.5 s, then it is over.")
    try_out(moment=9.0, overruns=(7.5,), expected=True)
    try_out(moment=10.0, overruns=(7.5,), expected=False)
