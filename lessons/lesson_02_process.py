# %% [markdown]
# # Lesson 02 · Process: start, join, arguments
#
# *Goal:* start a Python function in another process, hand it arguments,
# wait for it, and read how it ended.
#
# *You need:* Lesson 01, and that you have written functions with `*args`. About 20 minutes.
#
# *Run it:* `make lesson-02`, then `START=spawn make lesson-02`.
# `START` picks the way a child is made: `spawn`, `fork` or `forkserver`.
# Lesson 03 compares the three; here we only say where they differ.


# %%
import inspect
import multiprocessing as mp
import os
import sys
import threading

from grader.reading import expect

# %%
if __name__ == "__main__":
    ctx = mp.get_context(os.environ.get("START") or None)
    method = ctx.get_start_method()
    print("start method:", method)


# %% [markdown]
# ## The first child
#
# You have one program, and you want a second pair of hands.
# The article's first example runs a function in a child process (子进程),
# prints who is who, and the parent process (父进程, also 主进程) waits.
#
# ```python
# # the article's version, shortened
# def sub_process(arg1, arg2):
#     print(f"子进程PID:{os.getpid()},父进程PID:{os.getppid()}")
#     time.sleep(5)
#     print(f"子进程的参数:{(arg1, arg2)}")
#
# p = Process(target=sub_process, args=("hello", 12))   # under the main guard
# p.start()
# p.join()
# ```
#
# It runs everywhere.
# We change one thing: a sleep proves nothing, so here a message holds the child.
# `ctx.Pipe()` gives two ends of a line: *ours* stays here, *theirs* goes to the child.
# (Pipes are Lesson 09.)
#
# Before you run it: is the child's `os.getppid()` the process that called `start()`?
#
# *always* · *not under spawn* · *not under forkserver*


# %%
def sub_process(arg1, arg2, line):
    line.send((os.getpid(), os.getppid(), mp.parent_process().pid))
    word = line.recv()  # the article sleeps 5 s here
    print(f"child: arguments {(arg1, arg2)}, then {word!r}")


# %% tags=["C038", "C042", "C062"]
if __name__ == "__main__":
    ours, theirs = ctx.Pipe()
    p = ctx.Process(target=sub_process, args=("hello", 12), kwargs={"line": theirs})
    pid_before = p.pid
    p.start()
    theirs.close()  # the child has its own copy
    child_pid, os_parent, starter = ours.recv()
    print(f"I am {os.getpid()}, my child is {p.pid}")
    print(f"the child is {child_pid}, its os.getppid() is {os_parent}")
    alive_before = p.is_alive()
    ours.send("go on")  # prints: child: arguments ('hello', 12), then 'go on'
    p.join()
    print("alive:", alive_before, "then", p.is_alive())  # prints: alive: True then False
    assert (alive_before, p.is_alive()) == (True, False)  # C038
    assert (pid_before, p.pid) == (None, child_pid)  # C042
    assert p.exitcode == 0  # C062
    assert (os_parent == os.getpid()) == (method != "forkserver")  # C062
    assert starter == os.getpid()


# %% [markdown]
# Three facts of the article hold: `p.pid` is the PID (`None` before `start()`),
# `is_alive()` is true while the child runs, and the example ends well.
#
# The surprise is forkserver: a helper process makes the children there, so *it* is their parent.
# The cure, if a child must know who started it: `mp.parent_process().pid`.
#
# ## Two verbs: start and run
#
# The article lists both:
#
# > start() starts the child and calls run() there. (启动子进程,并调用该子进程中的p.run())
#
# > join only works for a process opened by start, not for one opened by run.
# > (p.join只能join住start开启的进程,而不能join住run开启的进程)
#
# Both are right, and the second hides a trap.
# `introduce` reports the process it runs in.
# What does it report when *you* call `p.run()`?
#
# *child* · *MainProcess* · *nothing, it raises*


# %%
def introduce(line):
    line.send((mp.current_process().name, os.getpid()))


# %% tags=["C035", "C036", "C048"]
if __name__ == "__main__":
    ours, theirs = ctx.Pipe()
    p = ctx.Process(target=introduce, args=(theirs,), name="child")
    p.run()
    name, pid = ours.recv()
    print("run() ran in", name)  # prints: run() ran in MainProcess
    assert (pid, p.pid) == (os.getpid(), None)  # C036
    with expect(AssertionError):  # C048
        p.join()  # prints: AssertionError: can only join a started process

    p.start()
    theirs.close()
    name, pid = ours.recv()
    print("start() ran in", name)  # prints: start() ran in child
    assert pid == p.pid != os.getpid()  # C035
    p.join()
    with expect(AssertionError):  # C035
        p.start()  # prints: AssertionError: cannot start a process twice


# %% [markdown]
# `p.run()` is a plain method call: no child, no PID, nothing to join, no error.
# Programs with this mistake give right answers, slowly, on one core.
#
# The cure: `p.start()`. And one `Process` object starts once; make a new one for the next child.
#
# ## What comes back
#
# Your function returns 42, and you want the 42.
#
# > join() makes the main process wait until the child has really ended.
# > (可以通过p.join()让主进程等到子进程真正结束)
#
# So you wait. What does `p.join()` give you?
#
# *42* · *0* · *None*


# %%
def answer():
    return 42


def leave():
    sys.exit(3)


def fail():
    sys.stderr = sys.stdout  # keeps the traceback on this page
    raise ValueError("no luck")


# %%
if __name__ == "__main__":
    children = [ctx.Process(target=target) for target in (answer, leave, fail)]
    for p in children:
        p.start()
    waited = [p.join() for p in children]
    codes = [p.exitcode for p in children]
    print("join() gave", waited)  # prints: join() gave [None, None, None]
    print("exit codes", codes)  # prints: exit codes [0, 3, 1]
    assert waited == [None, None, None]
    assert codes == [0, 3, 1]


# %% [markdown]
# The 42 is lost.
#
# ```text
#             start()                             join() gives None
# parent  ───────●─────────── goes on ───────────────●─────────▶
#                │                                   ▲
#                │                                   │ exit code 0
# child          └──▶ run() ──▶ answer() ────────────┘
#                                  │
#                                  └── return 42 ──▶  the gap
# ```
#
# Cause: a return value lives in the child's memory, and that memory ends with the child.
# One small number survives, the exit code (退出码):
#
# | the target | `p.exitcode` |
# |---|---|
# | still runs | `None` |
# | returns, whatever it returns | 0 |
# | calls `sys.exit(3)` | 3 |
# | raises | 1, and the traceback goes to stderr |
#
# The cure: send the value *before* you return.
# The same cell shows what `join()` does promise: afterwards all the child's work is done.


# %%
def compute(line):
    line.recv()
    line.send(sum(range(1_000_000)))


# %% tags=["C060"]
if __name__ == "__main__":
    ours, theirs = ctx.Pipe()
    p = ctx.Process(target=compute, args=(theirs,))
    p.start()
    theirs.close()
    before = (ours.poll(), p.exitcode)  # poll(): is there something to read?
    ours.send("go on")
    p.join()
    after = (ours.poll(), p.exitcode)
    print("before", before, "after", after)  # prints: before (False, None) after (True, 0)
    assert (before, after) == ((False, None), (True, 0))  # C060
    total = ours.recv()
    print(total)  # prints: 499999500000
    assert total == sum(range(1_000_000))


# %% [markdown]
# (With an answer of megabytes, read first, then join: Lesson 09 shows why.)
#
# ## Five boxes in the wrong order
#
# You are about to write the call from memory. The article draws it so:
#
# ```text
# # the article's version
# class Process{
#     group,   # unused, always None  (参数未使用,值始终为None)
#     target,
#     args,
#     kwargs,
#     name,
# }
# ```
#
# You fill the five in this order. What happens?
#
# *it works* · *an error at once* · *the child starts and misses its arguments*


# %%
def unpack(*args, extra=0):
    print("got", args, "extra", extra)
    sys.exit(10 * len(args) + extra)  # a report that fits into an exit code


# %% tags=["C029", "C030"]
if __name__ == "__main__":
    signature = inspect.signature(ctx.Process)
    # prints: (group=None, target=None, name=None, args=(), kwargs={}, *, daemon=None)
    print(signature)
    boxes = list(signature.parameters)
    assert boxes == ["group", "target", "name", "args", "kwargs", "daemon"]  # C029
    with expect(ValueError):  # C029
        ctx.Process(None, unpack, ("Ana", "Bo"), {}, "greeter")
    p = ctx.Process(None, unpack, "Ana")  # only three: no error
    p.start()
    p.join()  # prints: got () extra 0
    print("its name is", p.name)  # prints: its name is Ana
    assert (p.name, p.exitcode) == ("Ana", 0)  # C029
    with expect(AssertionError):  # C030
        ctx.Process(group="team", target=unpack)


# %% [markdown]
# `name` stands third, and `daemon` is missing from the article's list.
# With five values a string lands in `kwargs`, and that fails at once.
# With three it is worse: the argument becomes the *name*, and the child runs empty-handed.
# (Had "Ana" been in a tuple, the tuple would be the name.
# fork runs that; spawn and forkserver end the child: "name must be a string".)
#
# The cure: keywords, always. `ctx.Process(target=unpack, args=("Ana",))`.
#
# The rest of the article's list, on one live child:


# %%
def stay(line):
    line.send("here")
    line.recv()


# %%
if __name__ == "__main__":
    ours, theirs = ctx.Pipe()
    p = ctx.Process(target=stay, args=(theirs,), name="tenant")
    p.start()
    theirs.close()
    assert ours.recv() == "here"
    for attribute in ("name", "pid", "daemon", "exitcode"):
        print(f"p.{attribute} =", getattr(p, attribute))
    print("p.authkey is bytes:", isinstance(p.authkey, bytes))  # prints: p.authkey is bytes: True
    print("p.is_alive() =", p.is_alive())  # prints: p.is_alive() = True
    p.terminate()  # by force: Lesson 04
    p.join()
    print("then", p.is_alive(), p.exitcode)  # prints: then False -15
    assert not p.is_alive()
    assert p.exitcode == -15


# %% [markdown]
# ## args: one word, three letters
#
# > args is the tuple of positional arguments. (args 调用对象的位置参数元组)
#
# > kwargs is the dictionary of the callable. (kwargs 调用对象的字典)
#
# True for positional arguments (位置参数) that you write as a tuple.
# But you have one word to pass, and write `args=("abc")`, which Python reads as `args="abc"`.
# How many arguments arrive?
#
# *one* · *three* · *none, it raises here*


# %% tags=["racing", "C032", "C033"]
if __name__ == "__main__":
    children = [
        ctx.Process(target=unpack, args="abc"),
        ctx.Process(target=unpack, args=("abc",)),
        ctx.Process(target=unpack, args=["x", "y"], kwargs={"extra": 5}),
    ]
    for p in children:
        p.start()
    for p in children:
        p.join()  # prints, in any order: got ('a', 'b', 'c') extra 0 ...
    codes = [p.exitcode for p in children]
    print(codes)  # prints: [30, 10, 25]
    assert codes[:2] == [30, 10]  # C032
    assert codes[2] == 25  # C033
    with expect(TypeError):  # C032
        ctx.Process(target=unpack, args=7)  # prints: TypeError: 'int' object is not iterable


# %% [markdown]
# Anything that can be iterated is accepted and turned into a tuple.
# A string is iterable, letter by letter. A number is not, so that mistake shows at once.
#
# The cure is a comma: `args=("abc",)`.
#
# Next: you pass a basket, and the child puts a pear into it. What does your basket hold?
#
# *apple* · *apple and pear* · *it depends on the start method*


# %%
class Basket:
    packed = 0  # how often pickle took one apart, in this process

    def __init__(self, *things):
        self.things = list(things)

    def __getstate__(self):  # pickle calls this
        Basket.packed += 1
        return self.__dict__


def add_pear(basket):
    basket.things.append("pear")
    sys.exit(len(basket.things))


# %% tags=["C032"]
if __name__ == "__main__":
    basket = Basket("apple")
    p = ctx.Process(target=add_pear, args=(basket,))
    p.start()
    p.join()
    print("the child counted", p.exitcode)  # prints: the child counted 2
    print("here it holds", basket.things)  # prints: here it holds ['apple']
    print("packed:", Basket.packed)  # packed: 1, under fork 0
    assert (p.exitcode, basket.things) == (2, ["apple"])  # C032
    assert Basket.packed == (0 if method == "fork" else 1)  # C032


# %% [markdown]
# The child holds a *copy*, under every start method.
# Only the road differs: under spawn and forkserver each argument is pickled and sent,
# under fork the child starts with a copy of your memory.
# What cannot be pickled works under fork alone (Lesson 03).
#
# ## A name is a label
#
# > name is the child's name. (name 子进程的名称)
#
# > p.name is the name of the process. (p.name 进程的名称)
#
# You start two children and call both "twin".
#
# *an error* · *the second is renamed* · *two twins*


# %% tags=["C034", "C041"]
if __name__ == "__main__":
    children, cards = [], []
    for _ in range(2):
        ours, theirs = ctx.Pipe()
        p = ctx.Process(target=introduce, args=(theirs,), name="twin")
        p.start()
        theirs.close()
        children.append(p)
        cards.append(ours)
    read = [card.recv() for card in cards]
    for p in children:
        p.join()
    names = [name for name, _ in read]
    pids = [pid for _, pid in read]
    print(names)  # prints: ['twin', 'twin']
    assert names == [p.name for p in children]  # C041
    assert (len(set(names)), len(set(pids))) == (1, 2)  # C034
    default = ctx.Process(target=unpack).name
    print("without a name:", default)
    kind = {"spawn": "SpawnProcess", "fork": "ForkProcess", "forkserver": "ForkServerProcess"}
    assert default.startswith(kind[method] + "-")  # C034


# %% [markdown]
# Right, both: parent and child see the same name.
# It is for people and logs; it finds nothing and need not be unique. The PID tells twins apart.
#
# ## A class of your own
#
# > A class of your own must implement run(). (自定义类的类中一定要实现该方法)
#
# ```python
# # the article's version, shortened
# class MyProcess(Process):
#     def __init__(self, arg1, arg2):
#         super().__init__()
#         ...
# p = MyProcess(1, 2, 3, 4)
# ```
#
# Below, `Plain` has no `run()`, and `Forgetful` has no `super().__init__()`.
# Which fail?
#
# *all three* · *MyProcess(1, 2, 3, 4) and Plain* · *MyProcess(1, 2, 3, 4) and Forgetful*


# %%
class MyProcess(mp.Process):
    def __init__(self, arg1, arg2):
        super().__init__()
        self.arg1 = arg1
        self.arg2 = arg2

    def run(self):
        print("run() with", (self.arg1, self.arg2))


class Plain(mp.Process):
    pass


class Forgetful(mp.Process):
    def __init__(self, word):
        self.word = word


# %% tags=["C045", "C063"]
if __name__ == "__main__":
    # ctx cannot choose for these three: their base, mp.Process, follows the global setting.
    mp.set_start_method(method, force=True)
    with expect(TypeError) as caught:  # C063
        MyProcess(1, 2, 3, 4)
    assert "takes 3 positional arguments but 5 were given" in str(caught.error)  # C063
    p = MyProcess("a", "b")
    p.start()
    p.join()  # prints: run() with ('a', 'b')
    assert p.exitcode == 0  # C063

    p = Plain(target=unpack, args=("x", "y"))
    p.start()
    p.join()  # prints: got ('x', 'y') extra 0
    assert ("run" in vars(Plain), p.exitcode) == (False, 20)  # C045
    with expect(AttributeError):  # C045
        Forgetful("word").start()


# %% [markdown]
# `MyProcess` wants two values and got four; with `self` that makes "3" and "5".
# `Plain` works: the inherited `run()` calls `target`.
# `Forgetful` fails at `start()`, because the base class never set itself up.
#
# So inheritance (继承) asks for one line: `super().__init__()`.
# Then pass a `target`, or write `run()`.
#
# ## Who goes first
#
# > The order in which children run is not decided by the order in which they start.
# > (子进程的执行顺序不是根据启动顺序决定的)
#
# `listen` is started first and needs a word that only `speak`, started second, can send.
#
# *both end* · *the first blocks the second for ever* · *sometimes this, sometimes that*


# %%
def listen(line):
    word = line.recv()
    print("started first, heard", word)


def speak(line):
    print("started second")
    line.send("hello")


# %% tags=["C058"]
if __name__ == "__main__":
    ear, mouth = ctx.Pipe(duplex=False)
    first = ctx.Process(target=listen, args=(ear,))
    second = ctx.Process(target=speak, args=(mouth,))
    first.start()
    second.start()
    first.join(timeout=20)  # prints: started second
    second.join(timeout=20)  # prints: started first, heard hello
    assert (first.exitcode, second.exitcode) == (0, 0)  # C058


# %% [markdown]
# Right. If starting first meant running first, this program could not end.
# Left alone, children run in any order, and the next run may bring another.
# The cure when order matters: a message, as here. Not a sleep.
#
# ## A join that gives up
#
# Your child is stuck, and you do not want to be stuck with it.
#
# > join(timeout): the main thread waits for p to end. (主线程等待p终止)
#
# The child below waits for your word. After `p.join(timeout=0.2)`, what do you hold?
#
# *False* · *TimeoutError* · *None*
#
# And when another thread calls `join()`, must the main thread wait too?


# %%
def wait_for(process, seen):
    process.join()
    seen.append((threading.current_thread().name, process.exitcode))


# %% tags=["C039"]
if __name__ == "__main__":
    ours, theirs = ctx.Pipe()
    p = ctx.Process(target=stay, args=(theirs,))
    p.start()
    theirs.close()
    gave_up = p.join(timeout=0.2)
    code_then = p.exitcode
    print(gave_up, code_then)  # prints: None None

    seen = []
    waiter = threading.Thread(target=wait_for, args=(p, seen), name="waiter")
    waiter.start()
    ours.send("you may go")  # the main thread is free to do this
    waiter.join()
    print(seen)  # prints: [('waiter', 0)]
    finished = p.join(timeout=0.2)
    print(finished, p.exitcode)  # prints: None 0
    assert (gave_up, code_then) == (None, None)  # C039
    assert (finished, p.exitcode) == (None, 0)  # C039
    assert seen == [("waiter", 0)]  # C039


# %% [markdown]
# `None` when it gave up, `None` when the child had ended: the value of `join()` tells nothing.
# And it is the *calling* thread that waits, here `waiter`, not the main one.
#
# The cure: ask afterwards, `if p.exitcode is None:` it still runs.
#
# ## Three lines to remember
#
# 1. `start()` makes a process, `run()` makes none; `join()` waits and always returns `None`.
# 2. Use keywords, and a comma: `Process(target=f, args=(x,))`. The child gets a copy of `x`.
# 3. What the target returns is lost; only the exit code and what you send come back.
#
# ## Exercises
#
# **02_1 Start all, then wait for all** ★ `exercises/ex_02_1_run_all.py`
#
# Start one process per argument tuple, all before the first wait; return the exit codes in order.
#
# `make grade EX=02_1`
