"""The queue lives in a manager's process: then no child waits for its answer to be taken."""

import queue

from given import ChildDied


def gather(ctx, target, n):
    with ctx.Manager() as manager:
        q = manager.Queue()
        crew = {i: ctx.Process(target=target, args=(q, i)) for i in range(n)}
        for child in crew.values():
            child.start()
        results = {}
        try:
            while missing := crew.keys() - results.keys():
                gone = [i for i in missing if not crew[i].is_alive()]
                try:
                    results.update([q.get(timeout=0.02)])
                except queue.Empty:
                    if gone:
                        raise ChildDied(gone[0], crew[gone[0]].exitcode) from None
        finally:
            for i, child in crew.items():
                if i not in results:
                    child.terminate()
                child.join()
    return results
