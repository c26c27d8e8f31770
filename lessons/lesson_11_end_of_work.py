# %% [markdown]
# # Lesson 11 · The end of the work: sentinels and JoinableQueue
#
# *Goal:* tell "nothing yet" from "nothing more", and know when everything has been done.
#
# *You need:* Lesson 10. About 20 minutes.
#
# *Run it:* `make lesson-11`, or `START=spawn make lesson-11` for another start method.
#
# Your workers have stopped. Because the work is done, or because none had come yet?
# Or they have not stopped, and nobody can tell them that no more will come.


# %%
import enum
import multiprocessing as mp
import os
import queue
import threading
from multiprocessing import connection

from grader.reading import expect

# %%
if __name__ == "__main__":
    ctx = mp.get_context(os.environ.get("START") or None)
    print("start method:", ctx.get_start_method())


# %% [markdown]
# ## Home before the work came
#
# ```python
# # the article's version, shortened
# def proc_get(q, proc_name):
#     while q.qsize():               # data all received: leave (数据接收完(没有数据)就跳出)
#         try:
#             dat = q.get_nowait()
#             print(f"{proc_name}方接收数据{dat}")
#         except:
#             print(f"队列空了!")     # the queue is empty!
#         time.sleep(0.1)
# ```
#
# This receiver is quick: it runs before the sender has put the first of ten items.
# How does it end?
#
# *with ten items* · *with none and exit code 0* · *with none and an error*


# %%
def article_get(q, line):
    taken = []
    try:
        while q.qsize():
            try:
                taken.append(q.get_nowait())
            except BaseException:  # what a bare `except:` catches
                pass
    except NotImplementedError:
        pass  # macOS has no qsize()
    line.send(taken)


# %% tags=["C160"]
if __name__ == "__main__":
    q = ctx.Queue(10)
    ours, theirs = ctx.Pipe()
    p = ctx.Process(target=article_get, args=(q, theirs))
    p.start()
    theirs.close()
    received = ours.recv()
    p.join()
    print("received:", received, "· exit code", p.exitcode)
    # prints: received: [] · exit code 0
    for item in range(10):
        q.put(item)
    left = [q.get(timeout=30) for _ in range(10)]
    print("left lying:", left)  # prints: left lying: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
    assert (received, p.exitcode) == ([], 0)  # C160: it left, and thought it was done
    assert left == list(range(10))  # C160
    q.close()
    q.join_thread()


# %% [markdown]
# None and 0, so nobody notices.
# The cause: `qsize() == 0` means *nothing yet* as well as *nothing more*.
#
# Then perhaps with a better number?
#
# > qsize() returns the correct number of items now in the queue.
# > The result of this function is not reliable. (返回队列中目前项目的正确数量。此函数的结果并不可靠)
#
# Two lines of one remark; the second is right. One parcel is on its way, still being packed.
# Then two receivers look, and when both have looked, both take. What do they see?
#
# *1 and 0* · *1 and 1, and each gets something* · *1 and 1, and one waits for ever*


# %%
class Parcel:
    def __init__(self, word):
        self.word = word
        self.gate = threading.Event()

    def __reduce__(self):  # the queue's feeder thread calls this
        self.gate.wait()
        return (str, (self.word,))  # it arrives as a string


def size_of(q):
    try:
        return q.qsize()
    except NotImplementedError:
        return 1  # macOS: as if we had counted ourselves


def look_and_take(q, both_looked, seen, got):
    seen.append(size_of(q))
    both_looked.wait(timeout=30)
    got.put(q.get())


# %% tags=["C145"]
if __name__ == "__main__":
    q = ctx.Queue()
    parcel = Parcel("rice")
    q.put(parcel)
    print("qsize:", size_of(q))  # prints: qsize: 1
    with expect(queue.Empty):  # C145: counted, and not to be had
        q.get_nowait()  # prints: Empty:

    parcel.gate.set()
    both_looked, seen, got = threading.Barrier(2), [], queue.Queue()
    args = (q, both_looked, seen, got)
    pair = [threading.Thread(target=look_and_take, args=args) for _ in range(2)]
    for each in pair:
        each.start()
    print("one got", got.get(timeout=30), "· both saw:", seen)
    # prints: one got rice · both saw: [1, 1]
    assert seen == [1, 1]  # C145: right for both, when they looked
    with expect(queue.Empty):  # C145: and the other waits for what is not there
        got.get(timeout=0.2)  # prints: Empty:
    q.put("bread")  # we let it go
    for each in pair:
        each.join()
    q.close()
    q.join_thread()


# %% [markdown]
# 1 and 1, and one waits, until we put something more.
# The number is *put minus taken*. It counts what cannot be had yet,
# and it is old when you read it.
# The cure: no number at all. The sender has to *say* that it is done.
#
# ## Closing says nothing
#
# A pipe has an end: close it, and the other side gets `EOFError`.
#
# > Closing a queue sends no end-of-data signal and no exception to its users.
# > (关闭队列不会在队列使用者中生成任何类型的数据结束信号或异常)
#
# The consumer asks for a second item. We, the producer, close the queue.
# After how long does it hear of that?
#
# *at once: EOFError* · *when we end* · *never*


# %%
def ask_twice(q, line):
    line.send(q.get(timeout=30))
    line.send("asking")
    try:
        line.send(q.get(timeout=0.3))
    except Exception as error:
        line.send(type(error).__name__)


# %% tags=["C151"]
if __name__ == "__main__":
    q = ctx.Queue()
    ours, theirs = ctx.Pipe()
    p = ctx.Process(target=ask_twice, args=(q, theirs))
    p.start()
    theirs.close()
    q.put("tea")
    print("consumer:", ours.recv(), "·", ours.recv())  # prints: consumer: tea · asking
    q.close()
    q.join_thread()  # now all of it is closed here
    heard = ours.recv()
    print("consumer:", heard)  # prints: consumer: Empty
    p.join()
    assert heard == "Empty"  # C151: its own patience ended, nothing else


# %% [markdown]
# Never. The `Empty` came from the consumer's own timeout.
# The cause: every process that holds a queue holds both ends of its pipe, the consumer too,
# so end-of-file cannot come. (And `mp.Queue` has no `shutdown()`;
# the threads' `queue.Queue` has one from Python 3.13.)
#
# The cure is an item that means the end: a sentinel (结束标记).
#
# ## A red brick for every worker
#
# ```text
#                                                           ┌──▶ worker 1
#  ▶ ▓ ─ ▓ ─ 9 ─ 8 ─ 7 ─ 6 ─ 5 ─ 4 ─ 3 ─ 2 ─ 1 ─ 0 ─▶ get() ┤
#    └─┬─┘                                                  └──▶ worker 2
#   one red brick each, behind the last item: who takes a brick goes home
# ```
#
# Below are the article's sender and two receivers, corrected.
# The receivers start first, which was fatal before.
# We put ten items, and then, by mistake, *one* brick. How many receivers go home?
#
# *none* · *one* · *two*


# %%
class Brick(enum.Enum):
    RED = "the end"


def worker(q, line):
    taken = []
    while (item := q.get()) is not Brick.RED:
        taken.append(item)
    line.send(taken)


# %%
if __name__ == "__main__":
    q = ctx.Queue(5)
    lines, workers = [], []
    for _ in range(2):
        ours, theirs = ctx.Pipe()
        workers.append(ctx.Process(target=worker, args=(q, theirs)))
        workers[-1].start()
        theirs.close()
        lines.append(ours)
    for item in range(10):
        q.put(item)
    q.put(Brick.RED)
    first = connection.wait(lines, timeout=30)  # the lines with something to read
    others = [line for line in lines if line not in first]
    still_waits = not connection.wait(others, timeout=0.2)
    print("at home:", len(first), "· the other waits:", still_waits)
    # prints: at home: 1 · the other waits: True
    q.put(Brick.RED)
    taken = [line.recv() for line in lines]
    for p in workers:
        p.join()
    together = sorted(taken[0] + taken[1])
    print("together:", together)
    # prints: together: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
    assert len(first) == 1 and still_waits
    assert together == list(range(10))
    assert [p.exitcode for p in workers] == [0, 0]
    q.close()
    q.join_thread()


# %% [markdown]
# One: the brick is gone, and the other waits for a brick of its own.
# The cure: `for _ in workers: q.put(Brick.RED)`, after the last item.
# With several senders the *parent* lays the bricks, when it has joined all of them.
#
# ## What makes a good brick
#
# The worker asks `item is mark`. Each mark below goes through a queue once.
# Which are still themselves on the other side?
#
# *all* · *None and Brick.RED* · *only None*

# %%
if __name__ == "__main__":
    q = ctx.Queue()
    same = {}
    for mark in (None, Brick.RED, object()):
        q.put(mark)
        arrived = q.get()
        same[type(mark).__name__] = arrived is mark
    print(same)  # prints: {'NoneType': True, 'Brick': True, 'object': False}
    assert same == {"NoneType": True, "Brick": True, "object": False}
    items = [3, 0, "", 4]
    for item in [*items, None]:
        q.put(item)
    polite = []
    while item := q.get():  # stops at everything that counts as false
        polite.append(item)
    print("while item := q.get():", polite)  # prints: while item := q.get(): [3]
    rest = [q.get() for _ in range(3)]
    assert (polite, rest) == ([3], ["", 4, None])
    q.close()
    q.join_thread()


# %% [markdown]
# An `object()` arrives as a copy, and `is` never finds it. (Pickling: Lesson 08.)
# `None` will do where no item can be `None`; an enum member always does.
# And a loop that stops at what is *false* stops at 0 and `""`.
# The cure: `is not Brick.RED`, as in `worker`.
#
# ## Everything eaten
#
# The last item has been *taken*. Is it *done*? A sentinel does not tell the sender.
#
# > JoinableQueue (可连接的共享进程队列) has the methods of Queue, and task_done() and join().
# > (除了与Queue对象相同的方法之外,还具有以下方法)
#
# ```python
# # the article's version, shortened
# def consumer(q, name):
#     while True:
#         food = q.get()
#         time.sleep(random.uniform(0.2, 0.4))
#         print('%s吃了一个%s' % (name, food))      # con ate one …
#         q.task_done()
#
# def producer(q, name, food):
#     for i in range(10):
#         time.sleep(random.uniform(0.2, 0.4))
#         print('%s生产了%s%s' % (name, food, i + 1))
#         q.put(food + str(i))
#
# proc_con.daemon = True   # else it runs for ever     (否则永远运行)
# # proc_con.join()        # do not: it runs for ever  (不要使用join(),否则永远运行)
# proc_prod.join()         # first, all must be in the queue
# q.join()                 # then, all must be done
# ```
#
# It is right, and it runs everywhere. Only the sleeps are not needed;
# here each bun (馒头) that was eaten is told to us through a pipe, *before* `task_done()`.
# Why must `proc_prod.join()` stand before `q.join()`? What if nothing has been put yet?
#
# *q.join() waits for the first item* · *q.join() returns at once* · *q.join() raises*


# %%
def consumer(q, line):
    while True:
        food = q.get()
        line.send(food)
        q.task_done()


def producer(q, food):
    for i in range(10):
        q.put(food + str(i))


def joins_within(q, seconds):
    """q.join() with a deadline, which it does not have itself."""
    joiner = threading.Thread(target=q.join, daemon=True)
    joiner.start()
    joiner.join(timeout=seconds)
    return not joiner.is_alive()


# %% tags=["C162", "C167", "C168", "C169"]
if __name__ == "__main__":
    q = ctx.JoinableQueue()
    new = {name for name in dir(q) if name[0] != "_"} - set(dir(ctx.Queue()))
    print(sorted(new))  # prints: ['join', 'task_done']
    assert isinstance(q, type(ctx.Queue())) and new == {"join", "task_done"}  # C162

    ours, theirs = ctx.Pipe()
    proc_con = ctx.Process(target=consumer, args=(q, theirs), daemon=True)
    proc_prod = ctx.Process(target=producer, args=(q, "馒头"))
    proc_con.start()
    theirs.close()
    too_early = joins_within(q, 30)
    print("q.join() before the first put: back,", too_early)
    # prints: q.join() before the first put: back, True
    proc_prod.start()
    proc_prod.join()
    q.join()
    eaten = []
    while ours.poll():  # what is there now, without waiting
        eaten.append(ours.recv())
    print("eaten when q.join() is back:", len(eaten))  # prints: eaten when q.join() is back: 10
    assert too_early
    assert eaten == [f"馒头{i}" for i in range(10)]  # C167

    proc_con.join(timeout=0.2)
    print("the consumer has ended:", not proc_con.is_alive())
    # prints: the consumer has ended: False
    assert proc_con.exitcode is None  # C169: its join() would wait for ever
    assert proc_con.is_alive() and proc_con.daemon  # C168: endless, so a daemon
    proc_con.terminate()  # what Python does to a daemon at its own exit
    proc_con.join()


# %% [markdown]
# At once: nothing is unfinished. `q.join()` means *as many done as put, up to now*.
#
# The daemon is ended by force, in the middle of whatever it does.
# Here that is harmless: after `q.join()` it only waits.
# The cleaner end is a brick, and then you *may* join the consumer.
#
# ## The item that nobody reported
#
# > task_done() (任务完成通知) says that an item returned by get() has been processed.
# > (发出信号表示q.get()返回的项目已经被处理)
#
# Right, once per `get()`. Two consumers end at a brick. Both meet a stone among the buns,
# and eating a stone raises. One calls `task_done()` after eating, the other in a `finally`.
# For which does `q.join()` come back?
#
# *both* · *the one with finally* · *neither*


# %%
def eat(food):
    if food == "stone":
        raise ValueError(f"cannot eat a {food}")


def forgetful(q):
    while True:
        food = q.get()
        try:
            if food is Brick.RED:
                q.task_done()
                return
            eat(food)
            q.task_done()
        except ValueError as error:
            print("forgetful:", error)


def honest(q):
    while True:
        food = q.get()
        try:
            if food is Brick.RED:
                return
            eat(food)
        except ValueError as error:
            print("honest:", error)
        finally:
            q.task_done()


# %% tags=["C163"]
if __name__ == "__main__":
    for target, patience in ((forgetful, 0.3), (honest, 30)):
        q = ctx.JoinableQueue()
        p = ctx.Process(target=target, args=(q,))
        p.start()
        for food in ("bun", "stone", "bun", Brick.RED):
            q.put(food)
        p.join()  # it ends at its brick, so we may
        done = joins_within(q, patience)
        print(f"{target.__name__}: exit code {p.exitcode}, q.join() came back: {done}")
        # prints: forgetful: cannot eat a stone
        # prints: forgetful: exit code 0, q.join() came back: False
        # prints: honest: cannot eat a stone
        # prints: honest: exit code 0, q.join() came back: True
        assert p.exitcode == 0
        assert done == (target is honest)  # C163: one report per get(), or join() waits on
        if not done:
            q.task_done()  # we report the stone, so that the waiting thread may end
            assert joins_within(q, 30)
        q.close()
        q.join_thread()


# %% [markdown]
# The one with `finally`. The brick was put, so it is reported too.
# `q.join()` has no timeout. A thread gives it one: `joins_within(q, 30)`.
#
# ## Who is told
#
# > task_done() tells the os that this get() is finished, and join() tells the os
# > that the queue has been emptied. (告诉 os 已经完成这一次的q.get()了)
#
# > ValueError if task_done() is called more often than items were removed.
# > (调用此方法的次数大于从队列中删除的项目数量,将引发ValueError异常)
#
# We put one bun and call `task_done()`, but nobody has taken the bun. What happens?
#
# *ValueError* · *q.join() comes back with the bun still there* · *q.join() waits for a get()*

# %% tags=["C166"]
if __name__ == "__main__":
    q = ctx.JoinableQueue()
    q.put("bun")
    q.task_done()  # no error
    came_back = joins_within(q, 30)
    with expect(ValueError):  # C166: more often than *put*
        q.task_done()  # prints: ValueError: task_done() called too many times
    still_there = q.get(timeout=30)
    print("q.join() came back:", came_back, "· still there:", still_there)
    # prints: q.join() came back: True · still there: bun
    assert (came_back, still_there) == (True, "bun")  # C166: no get() was needed


# %% [markdown]
# It comes back. So a worker that reports *before* its work, or twice, lets you go too early.
#
# And whom does `task_done()` tell, if not the operating system?
# Inside a `JoinableQueue` there is a semaphore, shared by its processes:
# `put()` adds one, `task_done()` takes one away.
# We take one away by hand, from the semaphore itself. Does `q.join()` notice?
#
# *no: only task_done() counts* · *yes: it comes back*

# %% tags=["C165"]
if __name__ == "__main__":
    q.put("bun")
    waits_for_one = not joins_within(q, 0.2)
    unfinished = q._unfinished_tasks  # a look inside, not for your programs
    by_hand = unfinished.acquire(block=False)
    none_left = not unfinished.acquire(block=False)
    asked_again = joins_within(q, 30)
    print("one unfinished:", waits_for_one, "· taken by hand:", by_hand, "· back:", asked_again)
    # prints: one unfinished: True · taken by hand: True · back: True
    assert waits_for_one
    assert by_hand and none_left  # C165: the one item stood in this semaphore
    assert asked_again  # C165: join() asks this number, nobody else
    q.get(timeout=30)
    with q._cond:  # wake the first one, as task_done() does at zero
        q._cond.notify_all()
    q.close()
    q.join_thread()


# %% [markdown]
# Yes. `join()` tells nobody anything: it *asks* a number, and sleeps until it is woken at zero.
#
# ```text
#  put() ── +1 ──▶ ┌────────────┐ ◀── -1 ── task_done()
#                  │ unfinished │              │ at zero
#  join() ─ 0 ? ─▶ └────────────┘              ▼
#     └─ no: sleep ◀── wake ──────────────── condition
# ```
#
# The cause of an endless `q.join()` is always the same: a +1 without its -1.
# (Also if a consumer dies with an item in its hands: Lesson 19.)
# The cure: `task_done()` in `finally`, once per `get()`.
#
# ## Three lines to remember
#
# 1. "Empty" means nothing *yet*; only a sentinel means nothing *more*.
# 2. One sentinel for each worker, after the last item; test with `is`, never for true or false.
# 3. `q.join()` waits until `task_done()` has been called once per `put()`: call it in `finally`.
#
# ## Exercises
#
# **11_1 A worker that never leaves early** ★ `exercises/ex_11_1_worker.py`
#
# Take items until the end mark, answer each one, and survive the bad ones.
#
# `make grade EX=11_1`
#
# **11_2 Fan out, fan in** ★★ `exercises/ex_11_2_fan_out.py`
#
# Spread items over n workers through one bounded queue; return the results in input order.
#
# `make grade EX=11_2`
#
# **11_3 Honest task_done** ★★ `exercises/ex_11_3_task_done.py`
#
# Report each item once, when it is done; wait for all of them with a deadline.
#
# `make grade EX=11_3`
