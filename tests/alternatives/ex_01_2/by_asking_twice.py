"""Asks in the head of the loop and once more when it gives up: one question more than needed."""


def wait_until(done, limit, step, clock):
    end = clock.now() + limit
    while clock.now() < end:
        if done():
            return True
        pause = end - clock.now()
        if pause > step:
            pause = step
        clock.sleep(pause)
    return done() or done()
