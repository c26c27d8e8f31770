"""Keeps to the beat: after an overrun the next look comes at the next multiple of step."""


def wait_until(done, limit, step, clock):
    begin = clock.now()
    beat = 0
    while True:
        if done():
            return True
        passed = clock.now() - begin
        if passed >= limit:
            return False
        beat = max(beat, int(passed // step)) + 1
        clock.sleep(min(beat * step, limit) - passed)
