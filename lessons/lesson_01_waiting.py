# %% [markdown]
# # Lesson 01 · A process and the art of waiting
# *Goal:* say what a process (进程) is and which state it is in,
# and keep *synchronous* apart from *blocking*.
#
# *You need:* functions, `import`, a terminal. Nothing about processes.
#
# *Run it:* `make lesson-01`, or `START=spawn make lesson-01` for another start method.
#
# It is late, and your program stands still: no error, no output, no load.
# *Who* stands still, and *what does it wait for?* Here are the words for both.
# Where a line in italics offers answers, choose one before you read on.


# %%
import multiprocessing as mp
import os
import queue
import sys
import threading
import time

from grader.reading import expect

# %%
if __name__ == "__main__":
    ctx = mp.get_context(os.environ.get("START") or None)
    print("start method:", ctx.get_start_method())

# %% [markdown] tags=["C001"]
# ## One program, many processes
# You start one script twice: one program, two of something.
# The article: "A process is an instance of a program being executed."
# (进程是正在运行的程序的实例)
# That is right. But it is called the *narrow* definition (狭义定义), a *broad* one follows,
# "one run of a program over some data", and then *narrow* again: "what executes".
# Are they three things?
#
# Two processes run one function. Each puts a word on `shelf`.
# What is on our own shelf afterwards?
#
# *both words* · *the last word* · *nothing*

# %%
shelf = []


def put_on_shelf(word, answers):
    shelf.append(word)
    answers.send((os.getpid(), shelf))


# %% tags=["C002", "C009"]
if __name__ == "__main__":
    shelves = []
    for word in ("tea", "rice"):
        inbox, outbox = ctx.Pipe(duplex=False)
        child = ctx.Process(target=put_on_shelf, args=(word, outbox))
        child.start()
        outbox.close()
        pid_of_the_run, its_shelf = inbox.recv()
        child.join()
        inbox.close()
        shelves.append(its_shelf)
        # The instance that we started, and what ran over the data: one thing.
        assert pid_of_the_run == child.pid != os.getpid()  # C002
    print("their shelves:", shelves)  # prints: their shelves: [['tea'], ['rice']]
    print("our shelf:", shelf)  # prints: our shelf: []
    assert shelves == [["tea"], ["rice"]]  # C009: one program, different data
    assert shelf == []

# %% [markdown]
# Nothing, under all three start methods: each process has a `shelf` of its own.
# The PID of the instance and the PID of the run are one number, so one definition will do:
#
# **A process is an instance of a program together with what it holds:**
# its own memory and open files, a number (PID), a parent, at least one thread.
#
# What another process should know must be sent: `answers.send(...)`.

# %% [markdown]
# ## Who executes, who owns
# The article: "In traditional operating systems the process is both the unit of allocation
# and the unit of execution." (既是基本的分配单元,也是基本的执行单元)
#
# Two threads of *this* process now write on one table, each with the PID of its owner
# and the number under which the system runs it. How many different ones will we count?
#
# *one owner, one number* · *one owner, two numbers* · *two of each*


# %%
def sit_down(table, both_here):
    table.append((os.getpid(), threading.get_native_id()))
    both_here.wait(timeout=30)


# %% tags=["C003"]
if __name__ == "__main__":
    table = []
    both_here = threading.Barrier(2)
    guests = [threading.Thread(target=sit_down, args=(table, both_here)) for _ in range(2)]
    for guest in guests:
        guest.start()
    for guest in guests:
        guest.join()
    owners = {pid for pid, _ in table}
    executors = {thread for _, thread in table}
    print("owners:", len(owners), "executors:", len(executors))  # prints: owners: 1 executors: 2
    assert (len(owners), len(executors)) == (1, 2)  # C003

# %% [markdown]
# One owner, two numbers. "Traditional" carries that sentence.
# On Linux, macOS and Windows today the *thread* gets the core;
# the *process* owns memory and files and is protected from others.
# In the usual build of Python the threads of a process share one interpreter lock (GIL),
# so they take turns with Python code. Two processes need not.

# %% [markdown] tags=["C004", "C017"]
# ## Five states, three words
# The article lists the states: "new, ready, running, blocked, exited."
# (创建、就绪、运行、阻塞、退出)
#
# ```text
#          start()              the core is yours
#   new ────────────▶ ready ─────────────────────▶ running ─────────────▶ exited
#                       ▲ ▲    time slice is over   │   │    return,
#                       │ └─────────────────────────┘   │    sys.exit,
#    a message arrives, │                               │    error, signal
#    a lock is released │                               │ recv(), get(),
#                       └────────────── blocked ◀───────┘ acquire(), join()
# ```
#
# Ready (就绪) lacks only a core; blocked (阻塞) lacks something no core can give.
# Processes are born and die while the system runs (动态性).
#
# A child waits for a letter that nobody has written. Which word does Python have for it?
#
# *blocked* · *running* · *started*


# %%
def wait_for_letter(door):
    door.send("I am here")
    door.recv()


def word_for(process):
    """Return the word that Python itself has for the state of a process."""
    return next(word for word in ("initial", "started", "stopped") if word in repr(process))


def state_in_linux(pid):
    """Return R (running or ready), S (blocked) and so on; None where there is no /proc."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0]
    except OSError:
        return None


# %% tags=["C004", "C017"]
if __name__ == "__main__":
    door, its_door = ctx.Pipe()
    child = ctx.Process(target=wait_for_letter, args=(its_door,), name="child")
    words = [word_for(child)]
    assert child.pid is None  # C004: not born yet
    child.start()
    its_door.close()
    print("the child says:", door.recv())  # prints: the child says: I am here
    words.append(word_for(child))

    deadline = time.monotonic() + 30
    while state_in_linux(child.pid) not in ("S", None) and time.monotonic() < deadline:
        time.sleep(0.01)
    seen = state_in_linux(child.pid)
    print("Linux says:", seen or "(no /proc here)")
    child.join(timeout=0.2)
    alive = child.is_alive()
    print("still alive:", alive)  # prints: still alive: True

    door.send("a letter")
    child.join()
    door.close()
    words.append(word_for(child))
    print(words, child.exitcode)  # prints: ['initial', 'started', 'stopped'] 0
    assert words == ["initial", "started", "stopped"]  # C017
    assert seen in ("S", None) and alive  # C017: blocked, which Python calls started
    assert child.exitcode == 0 and not child.is_alive()  # C004: gone

# %% [markdown]
# *Started* covers ready, running and blocked.
# `is_alive()` means "has not exited", not "gets on with its work".
#
# That was a hang. The cause: the child waits for a message that nobody sends.
# The cure: `door.send("a letter")`, and until you have found the place, `join(timeout=...)`.

# %% [markdown] tags=["C005", "C007"]
# ## Nobody knows who is first
# The article: "Any process may run concurrently with others", and processes
# "advance at independent, unpredictable speeds" (不可预知的速度).
# Both are right, unless one waits for the other.
#
# We start `first`, then `second`. Whose word arrives first?
#
# *first: it has a head start* · *second* · *nobody can say*


# %%
def greet(name, may_go_on, answers):
    may_go_on.wait()
    answers.put(name)


# %% tags=["C005", "C007"]
if __name__ == "__main__":
    answers = ctx.Queue()
    events = {name: ctx.Event() for name in ("first", "second")}
    children = [ctx.Process(target=greet, args=(n, e, answers)) for n, e in events.items()]
    for child in children:
        child.start()

    events["second"].set()
    order = [answers.get(timeout=30)]
    first_lives = children[0].exitcode is None
    events["first"].set()
    order.append(answers.get(timeout=30))
    for child in children:
        child.join()
    print(order)  # prints: ['second', 'first']
    assert first_lives  # C005: when the word of the second came
    assert order == ["second", "first"]  # C007: the order of starting decides nothing

# %% [markdown]
# Nobody can say. Here *we* held `first` back; a busy machine does it unasked.
#
# The cause: the order of starting is not an order of running.
# The cure: wait for the message, `answers.get(timeout=30)`.
# With `time.sleep(1)` instead, the day comes on which one second is too short.

# %% [markdown]
# ## Concurrent, parallel, both
# The article: "Parallel: several processes execute at the same time. Concurrent:
# several processes alternate." (并行:多个进程同时执行 / 并发:多个进程交替进行)
#
# Two processes are tied to one core. Each waits at a barrier until both are there.
#
# *they meet* · *they never meet: one must end first* · *they meet only on two cores*


# %%
def cores_i_may_use():
    """Return the cores this process may use; empty where Python cannot tell or change them."""
    return sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []


def meet(cores, meeting, answers):
    if cores:
        os.sched_setaffinity(0, cores)  # not on macOS and Windows: there any core will do
    meeting.wait(timeout=30)
    answers.put((len(cores_i_may_use()), os.cpu_count()))


# %% tags=["C015", "C016"]
if __name__ == "__main__":
    mine = cores_i_may_use()
    for cores in (mine[:1], mine):
        meeting, answers = ctx.Barrier(2), ctx.Queue()
        pair = [ctx.Process(target=meet, args=(cores, meeting, answers)) for _ in range(2)]
        for child in pair:
            child.start()
        usable = [answers.get(timeout=30) for _ in pair]
        for child in pair:
            child.join()
        met = all(child.exitcode == 0 for child in pair)
        print("cores:", len(cores) or "any", "· both alive at one moment:", met)
        assert met  # C016: concurrent, on one core and on all of them
        assert usable == [(len(cores), os.cpu_count())] * 2  # C015: only the first number changes

# %% [markdown]
# They meet. *Concurrent* (并发) means that lifetimes overlap.
# Alternating on one core is one way to do that, *parallel* (并行) on several is another:
# they are not opposites.
#
# Parallel work needs as many cores as workers.
# `os.cpu_count()` stayed the same in the tied children: it counts the machine's cores.
# Yours are `len(os.sched_getaffinity(0))` on Linux, `os.process_cpu_count()` from 3.13.

# %% [markdown]
# ## Twenty lines of scheduler
# Who gets the core next? That choice is scheduling (调度). The article has four rules:
#
# - first come, first served (先来先服务) "favours long jobs, not short ones";
# - shortest job first (短作业优先);
# - round robin (时间片轮转法): "waiting time in proportion to service time";
# - multilevel feedback queue (多级反馈队列): "currently recognised as a rather good algorithm".
#
# A, B and C arrive together and need 6, 3 and 1 units of time.
# Under round robin with a time slice (时间片) of 1, who waits longest?
#
# *A, twice as long as B* · *A and B, equally long* · *C, being last in line*


# %%
def schedule(jobs, rule):
    """Share one core; return who had it, unit by unit. jobs: name -> (arrival, need)."""
    row = ""
    while len(row) < sum(need for _, need in jobs.values()):
        came = [name for name, (arrival, _) in jobs.items() if arrival <= len(row)]
        ready = [name for name in came if row.count(name) < jobs[name][1]]
        row += rule(ready, row, jobs)
    return row


def first_come(ready, row, jobs):
    return ready[0]


def shortest(ready, row, jobs):
    return min(ready, key=lambda name: jobs[name][1])


def round_robin(ready, row, jobs):
    return min(ready, key=row.rfind)  # whose last turn is longest ago


def feedback(ready, row, jobs):
    return min(ready, key=lambda name: min(row.count(name), 2))  # every turn: one level down


# %% tags=["C011", "C012", "C013"]
if __name__ == "__main__":
    jobs = {"A": (0, 6), "B": (0, 3), "C": (0, 1)}
    waits = {}
    for rule in (first_come, shortest, round_robin):
        row = schedule(jobs, rule)
        waits[rule] = {name: row.rindex(name) + 1 - need for name, (_, need) in jobs.items()}
        print(f"{rule.__name__:12}{row}  {waits[rule]}")
    # prints: first_come  AAAAAABBBC  {'A': 0, 'B': 6, 'C': 9}
    # prints: shortest    CBBBAAAAAA  {'A': 4, 'B': 1, 'C': 0}
    # prints: round_robin ABCABABAAA  {'A': 4, 'B': 4, 'C': 2}
    assert waits[first_come]["C"] > waits[first_come]["A"]  # C011: the short one stands behind
    means = {rule: sum(each.values()) / 3 for rule, each in waits.items()}
    assert means[shortest] == min(means.values()) < means[first_come]  # C012
    equal_turns = row.startswith("ABC")
    assert equal_turns and waits[round_robin]["A"] == waits[round_robin]["B"]  # C013

# %% [markdown]
# A and B wait equally long, though A is served twice as long.
# Round robin gives *equal slices in turn* and looks at no proportion.
# A rule that weighs waiting against service is highest response ratio next.
#
# Shortest job first has the smallest mean wait, and a weakness:
# while short jobs keep coming, a long one starves.
# How about the fourth rule, in its textbook form? `L` is long; short jobs keep arriving.
# Which rule makes `L` pause longer?
#
# *feedback* · *round robin* · *both the same*

# %% tags=["C014"]
if __name__ == "__main__":
    jobs = {"L": (0, 6), "a": (2, 2), "b": (4, 2), "c": (6, 2), "d": (8, 2)}
    pauses = {}
    for rule in (feedback, round_robin):
        row = schedule(jobs, rule)
        pauses[rule] = max(len(others) for others in row.split("L"))
        print(f"{rule.__name__:12}{row}  longest pause of L: {pauses[rule]}")
    # prints: feedback    LLaabbccddLLLL  longest pause of L: 8
    # prints: round_robin LLaLbacLbdcLdL  longest pause of L: 3
    assert pauses[feedback] > pauses[round_robin]  # C014: good for the newcomer, not for all
    if os.access("/proc/self/sched", os.R_OK):
        with open("/proc/self/sched") as file:
            kept = [line.split()[0] for line in file if "vruntime" in line]
        print("this kernel counts for every process:", *kept)

# %% [markdown]
# Under feedback `L` stands still as long as newcomers come, unless somebody lifts it up again.
# The rule is a textbook favourite; Windows, with 32 priority levels and boosts, resembles it.
# "Currently" is out of date: Linux counts the *virtual run time* of each process
# and aims at fair shares, as round robin does here (CFS from 2.6.23, EEVDF since 6.6).
# macOS has a scheduler of its own.

# %% [markdown]
# ## Two meanings of "synchronous"
# The article explains 同步 and 异步 twice:
#
# | | first | later, about `subprocess` |
# |---|---|---|
# | 同步 | "reliable", states "stay consistent" | returns when all is done |
# | 异步 | "unreliable" | returns at once, before it is done |
#
# The right column is right. The left one can be tried.
#
# `fill` puts rice into a basket and ends with exit code 3.
# We call it synchronously. What do we hold afterwards?
#
# *rice and a 3* · *an empty basket and a 3* · *rice and a 0*


# %%
def fill(basket, gate):
    gate.wait()
    basket.append("rice")
    sys.exit(3)


# %% tags=["C018"]
if __name__ == "__main__":
    basket, gate = [], ctx.Event()
    gate.set()
    child = ctx.Process(target=fill, args=(basket, gate))
    child.start()
    child.join()  # synchronous: no further before it is done
    synchronous = child.exitcode
    print("code", synchronous, "basket", basket)  # prints: code 3 basket []
    assert synchronous == 3 and basket == []  # C018: waited for, failed, and not consistent

# %% [markdown]
# We waited. It failed all the same, and the rice went into the child's basket.
# **Synchronous: the caller waits for the end of the work.** Nothing more.
#
# Now asynchronously: we ask, do something else, and look later.
# Is the result less reliable?
#
# *yes, it may get lost* · *no, it is the same 3* · *only if we look too late*

# %% tags=["C019"]
if __name__ == "__main__":
    gate = ctx.Event()
    child = ctx.Process(target=fill, args=(basket, gate))
    child.start()  # asynchronous: returns now; behind the closed gate nothing can be done yet
    returned_before_the_end = child.exitcode is None
    print("doing something else")
    gate.set()
    child.join()
    print("all went well, as far as anyone has asked")
    asynchronous = child.exitcode
    print("asked:", asynchronous)  # prints: asked: 3
    assert returned_before_the_end  # C019: the call was over, the work was not
    assert asynchronous == synchronous  # C019: the same result, learnt later

# %% [markdown]
# The same 3.
# **Asynchronous: the call returns at once, and the end is seen later.**
#
# The trap is the line "all went well".
# The cause of a lost failure is not the asynchronous call but the question nobody asked.
# The cure: look at `child.exitcode`.

# %% [markdown]
# ## Blocking belongs to a call
# The article: "Blocking and non-blocking are the state of a program waiting for a message."
# (阻塞与非阻塞:即程序等待消息的状态)
#
# A queue is empty, and nobody writes.
# Which come back: `box.get_nowait()`, `box.get(timeout=0.2)`, `box.get()`?
#
# *all* · *the first two* · *none*


# %%
def take(box):
    box.get()


# %% tags=["C020"]
if __name__ == "__main__":
    box = ctx.Queue()
    with expect(queue.Empty):  # C020: comes back at once, with an answer
        box.get_nowait()  # prints: Empty:
    with expect(queue.Empty):
        box.get(timeout=0.2)  # prints: Empty:

    lock = ctx.Lock()
    answers = [lock.acquire(block=False), lock.acquire(block=False)]
    print("the lock:", answers)  # prints: the lock: [True, False]
    assert answers == [True, False]  # C020: "no" instead of waiting

    waiter = ctx.Process(target=take, args=(box,))
    waiter.start()
    waiter.join(timeout=0.5)
    still_waits = waiter.is_alive()
    print("get() is back:", not still_waits)  # prints: get() is back: False
    box.put("a letter")
    waiter.join()
    print("get() is back:", waiter.exitcode == 0)  # prints: get() is back: True
    assert still_waits and waiter.exitcode == 0  # C020: the same queue, a call that waits
    box.close()
    box.join_thread()

# %% [markdown]
# The first two. The third stood still until we wrote; we let a child ask, and kept a deadline.
# One queue, two answers: **blocking is a property of one call.**
# A blocking call suspends its thread until it can finish;
# a non-blocking (非阻塞) one answers at once, if only with `Empty` or `False`.
# A timeout is the useful middle.

# %% [markdown]
# ## The price of asking
# The article ranks four combinations by what people at a counter can do meanwhile:
#
# | | the article | in Python |
# |---|---|---|
# | synchronous, blocking | "lowest" (只排队) | `box.get()` |
# | asynchronous, blocking | "lower" (只叫号) | start all, then `join()` each |
# | synchronous, non-blocking | "lower" (排队+打电话) | `get_nowait()` in a loop |
# | asynchronous, non-blocking | "high" (叫号+打电话) | an event loop |
#
# Two processes wait for a letter, one in a loop over `get_nowait()`, the other in `get()`.
# Which uses more of the processor?
#
# *the one in `get()`, the article's "lowest"* · *the loop* · *both the same*


# %%
def ask_again_and_again(box, report):
    begun, questions = time.process_time(), 0
    while True:
        questions += 1
        if questions == 5000:
            report.put("no letter yet")
        try:
            box.get_nowait()
            break
        except queue.Empty:
            pass
    report.put((questions, time.process_time() - begun))


def ask_once(box, report):
    report.put("no letter yet")
    begun = time.process_time()
    box.get()
    report.put((1, time.process_time() - begun))


# %% tags=["racing", "C021"]
if __name__ == "__main__":
    waiting = []
    for ask in (ask_again_and_again, ask_once):
        box, report = ctx.Queue(), ctx.Queue()
        child = ctx.Process(target=ask, args=(box, report))
        child.start()
        waiting.append((child, box, report))
    for _, _, report in waiting:
        report.get(timeout=30)  # each has asked, and found nothing
    costs = []
    for child, box, report in waiting:
        box.put("a letter")
        questions, seconds = report.get(timeout=30)
        child.join()
        costs.append(seconds)
        print(f"questions: {questions:6}   processor: {1000 * seconds:7.2f} ms")
        box.close()
        box.join_thread()
    looping, blocking = costs
    assert questions == 1 and looping > blocking  # C021

# %% [markdown]
# The loop: it paid for every question, and would have kept a core busy until morning.
#
# How much the *caller* can do meanwhile is one kind of efficiency.
# For the machine, blocking is the cheapest way to wait.
# The cure for a loop that only waits is one line: `box.get(timeout=...)`.
# Where you can only ask, pause in between and keep a deadline: your second exercise.

# %% [markdown]
# ## Three lines to remember
# 1. A process is an instance of a program with what it owns; an *alive* one may be blocked.
# 2. Synchronous is about *when* you learn of the end; blocking about what *one call* does.
# 3. Order comes from messages, never from sleeping; every wait deserves a deadline.

# %% [markdown]
# ## Exercises
# - ★ **Who waits how long**: `exercises/ex_01_1_waiting_times.py`, then `make grade EX=01_1`
# - ★ **Wait with a deadline**: `exercises/ex_01_2_wait_until.py`, then `make grade EX=01_2`
