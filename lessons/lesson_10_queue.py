# %% [markdown]
# # Lesson 10 · Queue: many to many
#
# *Goal:* send work through a bounded queue (队列) and get every item out again.
#
# *You need:* Lesson 02, and the pipe of Lesson 09. About 25 minutes.
#
# *Run it:* `make lesson-10`, or `START=spawn make lesson-10` for another start method.
#
# Every night your program hands ten jobs to its workers.
# Some mornings ten results are there, some mornings none. No error, exit code 0.


# %%
import contextlib
import gc
import importlib
import multiprocessing as mp
import os
import queue
import sys
import threading
import time
from multiprocessing import queues
from multiprocessing.synchronize import SEM_VALUE_MAX

from grader.reading import expect

# %%
if __name__ == "__main__":
    ctx = mp.get_context(os.environ.get("START") or None)
    print("start method:", ctx.get_start_method())


# %% [markdown]
# ## Twenty nights
#
# ```python
# # the article's version, shortened: q = Queue(5), one proc_put, two proc_get
# def proc_put(q, data, proc_name):
#     for dat in data:               # ten numbers
#         try:
#             q.put_nowait(dat)
#             print(f"{proc_name}方发送数据{dat}")
#         except:
#             print(f"队列满了!")     # the queue is full!
#         time.sleep(0.1)
#
# def proc_get(q, proc_name):
#     while q.qsize():               # nothing left: leave
#         try:
#             dat = q.get_nowait()
#             print(f"{proc_name}方接收数据{dat}")
#         except:
#             print(f"队列空了!")     # the queue is empty!
#         time.sleep(0.1)
# ```
#
# Here it runs twenty times, with counters for prints, and pauses cut to a hundredth.
# (Long pauses make a loss rarer: then it comes on the night you are away.)
# Each night ten numbers go in. How many come out?
#
# *ten, every night* · *fewer, always the same number* · *fewer, and nobody can say how many*


# %%
def article_put(q):
    refused = 0
    for item in range(10):
        try:
            q.put_nowait(item)
        except BaseException:  # what a bare `except:` catches
            refused += 1
        time.sleep(0.001)
    return refused


def article_get(q):
    taken = 0
    while q.qsize():
        try:
            q.get_nowait()
            taken += 1
        except BaseException:
            pass
        time.sleep(0.001)
    return taken


def nightly(work, q, meeting, answers):
    for _ in range(20):
        meeting.wait(timeout=30)
        try:
            answers.put((work.__name__, work(q)))
        except NotImplementedError:  # macOS has no qsize()
            answers.put((work.__name__, 0))


def twenty_nights(ctx, sender, receiver):
    """Return for every night how many were refused, and how many were left lying."""
    q, meeting, answers = ctx.Queue(5), ctx.Barrier(4), ctx.Queue()
    works = (sender, receiver, receiver)
    crew = [ctx.Process(target=nightly, args=(work, q, meeting, answers)) for work in works]
    for worker in crew:
        worker.start()
    lost = []
    for _ in range(20):
        meeting.wait(timeout=30)
        counts = [answers.get(timeout=30) for _ in crew]
        refused = sum(n for name, n in counts if name == sender.__name__)
        taken = sum(n for name, n in counts if name == receiver.__name__)
        left = 10 - refused - taken
        for _ in range(left):  # sweep up before the next night
            q.get(timeout=30)
        lost.append((refused, left))
    for worker in crew:
        worker.join()
    return lost


# %% tags=["racing"]
if __name__ == "__main__":
    lost = twenty_nights(ctx, article_put, article_get)
    print("lost each night:", *[refused + left for refused, left in lost])
    print("of 200, refused at the door:", sum(refused for refused, _ in lost))
    print("of 200, left lying:", sum(left for _, left in lost))

# %% [markdown]
# Nobody can say. (Twenty zeros? Run it again.) There are two leaks.
# The sender throws away what finds no room: that is today's.
# The receivers go home too early: that is Lesson 11's.
#
# ## The sender's leak
#
# To see it for certain, we let nobody read: ten items, room for five.
# Then we *close* the queue and send ten more through the same function.
# How often does it say "full"?
#
# *5, then 0* · *5, then 10* · *5, then an error*


# %%
def careful_put(q):
    refused = 0
    for item in range(10):
        try:
            q.put_nowait(item)
        except queue.Full:
            refused += 1
    return refused


# %% tags=["C157", "C161"]
if __name__ == "__main__":
    q = ctx.Queue(5)
    refused = article_put(q)
    arrived = [q.get(timeout=30) for _ in range(5)]
    print("full:", refused, "times · arrived:", arrived)
    # prints: full: 5 times · arrived: [0, 1, 2, 3, 4]
    assert (refused, arrived) == (5, [0, 1, 2, 3, 4])  # C161: 5 to 9 exist nowhere any more

    q.close()
    refused = article_put(q)
    print("closed, but 'full':", refused, "times")  # prints: closed, but 'full': 10 times
    assert refused == 10  # C157: bare except
    with expect(ValueError):  # C157: except queue.Full
        careful_put(q)  # prints: ValueError: Queue <...> is closed

# %% [markdown]
# 5, then 10.
#
# > put_nowait() and get_nowait() do not block, so handle their exceptions!
# > (是两个非阻塞方法,故一定要做异常处理!!!)
#
# Right, and a bare `except:` is not handling: it takes a closed queue, a typing mistake
# and Ctrl-C for "full". The cure: `except queue.Full`, and nothing more.
#
# But even then the item is gone. The article has the better tool one line earlier:
#
# > put() and get() block. (是两个阻塞方法)
#
# `feed` puts ten items with `put()` into a queue for five, and tells us after each.
# We read one. How many more can it put?
#
# *none* · *one* · *five*


# %%
def feed(q, line):
    for item in range(10):
        q.put(item)
        line.send(item)


def eat(q, line):
    line.send("asking")
    line.send(q.get())


# %% tags=["C138", "C141", "C156"]
if __name__ == "__main__":
    q = ctx.Queue(5)
    ours, theirs = ctx.Pipe()
    p = ctx.Process(target=feed, args=(q, theirs))
    p.start()
    theirs.close()
    placed = [ours.recv() for _ in range(5)]
    sixth_came = ours.poll(0.1)
    print("placed:", placed, "· a sixth:", sixth_came)
    # prints: placed: [0, 1, 2, 3, 4] · a sixth: False
    arrived = [q.get()]
    print("we took one; placed:", ours.recv())  # prints: we took one; placed: 5
    seventh_came = ours.poll(0.1)
    arrived += [q.get() for _ in range(9)]
    p.join()
    assert (sixth_came, seventh_came) == (False, False)  # C141: it waits for room
    assert arrived == list(range(10))  # C156: waiting loses nothing

    ours, theirs = ctx.Pipe()
    p = ctx.Process(target=eat, args=(q, theirs))
    p.start()
    theirs.close()
    assert ours.recv() == "asking"
    came_back = ours.poll(0.1)
    q.put("tea")
    print("back at once:", came_back, "· then", ours.recv())
    # prints: back at once: False · then tea
    p.join()
    assert not came_back  # C138
    q.close()
    q.join_thread()

# %% [markdown]
# One. The reader sets the pace of the sender. That is back-pressure (背压),
# and it is what the 5 in `Queue(5)` is for.
# (Without a bound `put()` never waits.)
# The cure for the first leak is one line: `q.put(item)`, or `q.put(item, timeout=10)`.
#
# ## Who raises what
#
# Enqueue and dequeue (入队/出队), from the article's list:
#
# ```python
# # the article's version, shortened
# q.get(block, timeout)        # block=False: Queue.Empty, "in module Queue" (定义在Queue模块中)
# q.get_nowait()               # same as q.get(False)         (同q.get(False)方法)
# q.put(item, block, timeout)  # block=False: Queue.Empty     (将引发Queue.Empty异常)
#                              # timeout over: Queue.Full     (超时后将引发Queue.Full异常)
# q.put_nowait()               # same as q.get(False)         (同q.get(False)方法)
# ```
#
# `Overheard` is a queue that repeats every call of `get` and `put` instead of doing it.
# What does the last line, `q.put_nowait()`, raise on a full queue?
#
# *queue.Full* · *queue.Empty* · *TypeError*


# %%
class Overheard(queues.Queue):
    def get(self, *args):
        return ("get", *args)

    def put(self, *args):
        return ("put", *args)


# %% tags=["C139", "C140"]
if __name__ == "__main__":
    q = ctx.Queue(1)
    with expect(queue.Empty):  # C139: class Empty, module queue
        q.get(False)  # prints: Empty:
    with expect(queue.Empty):
        q.get(timeout=0.1)  # prints: Empty:
    with expect(ModuleNotFoundError):  # C139: the name of Python 2
        importlib.import_module("Queue")  # prints: ModuleNotFoundError: No module named 'Queue'
    print("mp.Empty:", hasattr(mp, "Empty"))  # prints: mp.Empty: False
    assert not hasattr(mp, "Empty")  # C139
    heard = Overheard(ctx=ctx).get_nowait()
    print(heard)  # prints: ('get', False)
    assert heard == ("get", False)  # C140

# %% tags=["C142", "C143", "C144"]
if __name__ == "__main__":
    q.put("tea")  # now it is full
    with expect(queue.Full):  # C142
        q.put("rice", block=False)  # prints: Full:
    with expect(queue.Full):  # C143
        q.put("rice", timeout=0.1)  # prints: Full:
    with expect(TypeError):  # C144
        q.put_nowait()  # prints: TypeError: ... missing 1 required positional argument: 'obj'
    heard = Overheard(ctx=ctx).put_nowait("rice")
    print(heard)  # prints: ('put', 'rice', False)
    assert heard == ("put", "rice", False)  # C144
    print("still in it:", q.get())  # prints: still in it: tea
    q.close()
    q.join_thread()

# %% [markdown]
# TypeError: `put_nowait(item)` needs an item, and is `put(item, False)`.
#
# | | no item | no room |
# |---|---|---|
# | `get()`, `put(item)` | waits | waits |
# | `get(timeout=s)`, `put(item, timeout=s)` | `queue.Empty` after s | `queue.Full` after s |
# | `get_nowait()`, `put_nowait(item)` | `queue.Empty` | `queue.Full` |
#
# The cause of the confusion is a name: the exceptions live in the *threads'* module.
# The cure: `import queue`, in small letters.

# %% [markdown] tags=["C155"]
# ## Inside
#
# > It is built on a pipe and locks. (底层队列使用管道和锁定实现)
#
# Right, and two more things explain the rest of this lesson:
#
# ```text
#   process A                               one pipe              process B
#  ┌──────────────────────────────────┐                        ┌─────────────────┐
#  │ put() ──▶ list ──▶ feeder thread ┼───▶ ═══════════════ ──▶┼─ get()          │
#  │  ▲                 pickles,      │      (about 64 KiB     │   one at a time:│
#  │  │                 then writes   │       on Linux)        │   reader lock   │
#  └──┼───────────────────────────────┘                        └────────┼────────┘
#     └──── semaphore: maxsize places; put() takes one, get() gives it back
# ```
#
# > maxsize: no limit by default. (忽略/默认无大小限制)
#
# We put a megabyte into a queue without a bound. Nobody reads. What does `put()` do?
#
# *it waits for a reader* · *it returns* · *it raises*


# %%
def feeders():
    """Return the feeder threads of this process, the newest last."""
    return [each for each in threading.enumerate() if each.name == "QueueFeederThread"]


# %% tags=["C137", "C155"]
if __name__ == "__main__":
    q = ctx.Queue()
    before = feeders()
    q.put(bytes(1_000_000))
    print("put() is back; new threads:", len(set(feeders()) - set(before)))
    # prints: put() is back; new threads: 1
    assert len(set(feeders()) - set(before)) == 1  # C155
    print("read:", len(q.get()))  # prints: read: 1000000
    q.close()
    q.join_thread()
    print("places without a bound:", SEM_VALUE_MAX)  # 2147483647 on Linux and Windows
    with expect(OverflowError, OSError):  # C137: the limit of the semaphore
        ctx.Queue(SEM_VALUE_MAX + 1)
    assert ctx.Queue(0)._maxsize == SEM_VALUE_MAX  # C137

# %% [markdown]
# It returns, before anything has been read.
# The first `put()` of a process starts its feeder thread, and the feeder does the waiting.
#
# So "no limit" is a large one (macOS has fewer places), and what does not fit the pipe
# stays in *your* memory. The cure: give every queue a bound.
#
# ## Full and empty at once
#
# > empty() is unreliable while others put. (如果其他进程或线程正在往队列中添加项目,结果是不可靠的)
#
# > full() too, because of threads. (由于线程的存在,结果也可能是不可靠的)
#
# Both right, but how unreliable?
# A `Parcel` takes time to pack: pickling it waits until its gate is open.
# It goes into a queue for one. Judge full and empty (判满/判空): what do we hear?
#
# *full* · *empty* · *both*


# %%
class Parcel:
    def __init__(self, word):
        self.word = word
        self.gate = threading.Event()

    def __reduce__(self):  # the feeder thread calls this
        self.gate.wait()
        return (str, (self.word,))  # it arrives as a string


def size_of(q):
    try:
        return q.qsize()
    except NotImplementedError:
        return "not here"


# %% tags=["C140", "C146", "C147", "C148"]
if __name__ == "__main__":
    q = ctx.Queue(1)
    parcel = Parcel("rice")
    q.put(parcel)
    empty, full, size = q.empty(), q.full(), size_of(q)
    print("empty:", empty, "· full:", full, "· qsize:", size)
    # prints: empty: True · full: True · qsize: 1     (macOS: not here)
    with expect(queue.Empty):  # C140: although put() is back
        q.get_nowait()  # prints: Empty:
    assert empty  # C147: wrong, with an item on its way
    assert size == ("not here" if sys.platform == "darwin" else 1)  # C146

    parcel.gate.set()
    somebody = threading.Thread(target=q.get)
    looked = q.full()
    somebody.start()
    somebody.join()
    print("full when we looked:", looked, "· and now:", q.full())
    # prints: full when we looked: True · and now: False
    assert (full, looked, q.full()) == (True, True, False)  # C148: out of date
    q.close()
    q.join_thread()

# %% [markdown]
# Both. `full()` and `qsize()` look at the semaphore, `empty()` looks into the pipe.
# Between the two the parcel lies on the feeder's table.
# (`qsize()` raises `NotImplementedError` on some systems, says the article: on macOS.)
#
# The cause: you ask about a moment that is over.
# The cure: do not ask. `get(timeout=...)` asks and takes in one step.
#
# ## Closing
#
# > close(): the background thread writes what is queued,
# > but is closed as soon as this method has finished. (但将在此方法完成时马上关闭)
#
# > join_thread(): waits, after close(), until all items are consumed. (等待所有队列项被消耗)
#
# > close() is called when q is garbage collected. (如果q被垃圾收集,将自动调用此方法)
#
# The third is right. For the others: we put a parcel and close at once, its gate still shut.
# `reader` reads nothing before we tell it to.
#
# *the parcel is lost* · *join_thread() waits for `reader`* · *join_thread() waits for the gate*


# %%
def reader(q, line):
    line.recv()
    line.send(q.get(timeout=30))
    q.put("open here")
    line.send(q.get(timeout=30))


# %% tags=["C149", "C153"]
if __name__ == "__main__":
    q = ctx.Queue()
    ours, theirs = ctx.Pipe()
    p = ctx.Process(target=reader, args=(q, theirs))
    p.start()
    theirs.close()
    parcel = Parcel("rice")
    q.put(parcel)
    feeder = feeders()[-1]
    with expect(AssertionError):  # C153: close() first
        q.join_thread()  # prints: AssertionError: Queue <...> not closed
    q.close()
    after_close = feeder.is_alive()
    print("close() is back; the feeder works:", after_close)
    # prints: close() is back; the feeder works: True
    assert after_close  # C149
    with expect(ValueError):  # C149
        q.put("tea")  # prints: ValueError: Queue <...> is closed
    with expect(ValueError):  # C149: no more get() here either
        q.get()  # prints: ValueError: Queue <...> is closed

    parcel.gate.set()
    q.join_thread()
    print("join_thread() is back; the feeder works:", feeder.is_alive())
    # prints: join_thread() is back; the feeder works: False
    ours.send("now you may read")
    unread, other = ours.recv(), ours.recv()
    print("the reader:", unread, "·", other)  # prints: the reader: rice · open here
    p.join()
    assert unread == "rice"  # C153: join_thread() was back before anybody had read
    assert other == "open here"  # C149: closed in our process only

# %% tags=["C150"]
if __name__ == "__main__":
    q = ctx.Queue()
    q.put("tea")
    feeder = feeders()[-1]
    worked = feeder.is_alive()
    del q
    gc.collect()
    feeder.join(timeout=30)
    print("feeder:", worked, "· without its queue:", feeder.is_alive())
    # prints: feeder: True · without its queue: False
    assert (worked, feeder.is_alive()) == (True, False)  # C150

# %% [markdown]
# `join_thread()` waits for the gate: until all is *written*, not until it is read.
# `close()` means "*I* put no more": it waits for nothing and closes nobody else's copy.
# The cure, to know that all has been worked on: a `JoinableQueue`, Lesson 11.
#
# ## The process that will not end
#
# A child puts its result, a megabyte, and returns. You `join()` it, and wait for ever.
#
# > join_thread() is by default called by all processes that did not create q.
# > (默认情况下,此方法由不是q的原始创建者的所有进程调用)
#
# > cancel_join_thread(): no joining at exit. (不会再进程退出时自动连接后台线程)
#
# `guest` puts into our queue, `creator` into one of its own.
# Nobody reads. Which of them end?
#
# *both* · *only creator* · *neither*


# %%
def guest(q, line):
    q.put(bytes(1_000_000))
    line.send("my last line")


def read_when_told(q, line):
    line.recv()
    with contextlib.suppress(OSError):  # the feeder closes the pipe once all is written
        q.get()


def creator(line):
    q = mp.Queue()
    threading.Thread(target=read_when_told, args=(q, line), daemon=True).start()
    guest(q, line)


def careless(q):
    q.put(Parcel("never packed"))
    q.cancel_join_thread()


# %% tags=["C152", "C154"]
if __name__ == "__main__":
    q = ctx.Queue()
    for target, args in ((guest, (q,)), (creator, ())):
        ours, theirs = ctx.Pipe()
        p = ctx.Process(target=target, args=(*args, theirs))
        p.start()
        theirs.close()
        assert ours.recv() == "my last line"
        p.join(timeout=0.3)
        hangs = p.is_alive()
        if target is guest:
            q.get()
        else:
            ours.send("read it")
        p.join(timeout=30)
        print(f"{target.__name__} hangs: {hangs}, read: exit code {p.exitcode}")
        # prints: guest hangs: True, read: exit code 0
        # prints: creator hangs: True, read: exit code 0
        assert hangs and p.exitcode == 0  # C154

    p = ctx.Process(target=careless, args=(q,))
    p.start()
    p.join(timeout=30)
    print("careless:", p.exitcode)  # prints: careless: 0
    assert p.exitcode == 0  # C152: it did not wait for its feeder
    with expect(queue.Empty):  # C152: and this is the price
        q.get(timeout=0.1)  # prints: Empty:

# %% [markdown]
# Neither. Every process that has put something joins its feeder at exit.
# The documentation makes the creator an exception; the code does not.
#
# ```text
#  child:   put() ─▶ last line ─▶ exit waits for the feeder ─▶ the feeder for the pipe ─▶ the
#  parent:  join() ◀── waits for the child ──                             pipe for a reader
# ```
#
# `cancel_join_thread()` lets it go, and what was not yet written goes too, without a word.
# The cure is the order of two lines: **`q.get()` first, then `p.join()`.**
#
# ## Twenty nights, again
#
# `put()` waits, `get()` waits, and the sender puts one end mark for each receiver,
# which Lesson 11 explains. How many of 200 are lost now?
#
# *a few* · *none*


# %%
def put_all(q):
    for item in range(10):
        q.put(item)
    for _ in range(2):
        q.put(None)
    return 0  # none refused


def get_all(q):
    return sum(1 for _ in iter(q.get, None))  # get() again and again, until None comes


# %%
if __name__ == "__main__":
    lost = twenty_nights(ctx, put_all, get_all)
    print("lost each night:", *[refused + left for refused, left in lost])
    # prints: lost each night: 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0
    assert lost == [(0, 0)] * 20

# %% [markdown]
# None, and it would be none with pauses too, anywhere you put them.
#
# ## Three lines to remember
#
# 1. A full queue raises `queue.Full`, an empty one `queue.Empty`; `put()` and `get()` wait instead.
# 2. `put()` only hands over to a feeder thread: `empty()`, `full()`, `qsize()` are guesses.
# 3. Get first, join after: a process does not end before its items fit into the pipe.
#
# ## Exercises
#
# **10_1 Back-pressure** ★ `exercises/ex_10_1_feed.py`
#
# Put every item, in order, waiting for room; say how far you came when nobody reads.
#
# `make grade EX=10_1`
#
# **10_2 One large result from each child** ★★ `exercises/ex_10_2_gather.py`
#
# Collect one result from each child, however large, and notice a child that dies before its answer.
#
# `make grade EX=10_2`
