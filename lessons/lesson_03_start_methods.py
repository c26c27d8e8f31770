# %% [markdown]
# # Lesson 03 · Start methods and the main guard
#
# *Goal:* know what a child inherits under fork, spawn and forkserver,
# and write modules that any of them can import.
#
# *You need:* Lesson 02: `start`, `join`, `args`, exit codes. About 25 minutes.
#
# *Run it:* `make lesson-03`, or `START=spawn make lesson-03` for another start method.
#
# A program runs on your machine and fails on a colleague's, with the same Python.
# Or it starts, and starts, and starts, until you pull the plug.
# Both come from one question: *how does a child come to know your program?*


# %%
import multiprocessing as mp
import os
import pickle
import signal
import subprocess
import sys
import tempfile
import threading
import warnings

from grader.reading import expect

# %%
if __name__ == "__main__":
    ctx = mp.get_context(os.environ.get("START") or None)
    method = ctx.get_start_method()
    methods = sorted(mp.get_all_start_methods())
    print("start method:", method, "· this system has:", *methods)

# %% [markdown]
# ## Is the oven hot?
# The article: "The process is the independent unit of resource allocation and scheduling."
# (系统分配资源和调度的独立单位)
#
# Independent in what it *owns*, yes. (What gets a core is a thread: Lesson 01.)
# Now see what that costs. The module says `oven = "cold"`.
# Under the main guard (主模块保护) we heat it, and then start a child.
# What does the child find?
#
# *hot* · *cold* · *it depends on the start method*

# %%
oven = "cold"


def feel(line):
    line.send(oven)


def feel_argument(oven, line):
    line.send(oven)


def ask(context, target, *args):
    """Run target in a child; return what it sends."""
    ours, theirs = context.Pipe()
    p = context.Process(target=target, args=(*args, theirs))
    p.start()
    theirs.close()
    answer = ours.recv()
    p.join()
    ours.close()
    return answer


# %% tags=["C006"]
if __name__ == "__main__":
    oven = "hot"
    found = ask(ctx, feel)
    print("the child found it", found)  # hot under fork, cold under spawn and forkserver
    assert found == ("hot" if method == "fork" else "cold")  # C006
    given = ask(ctx, feel_argument, oven)
    print("given as an argument:", given)  # prints: given as an argument: hot
    assert given == "hot"  # C006: what was sent is the same everywhere

# %% [markdown]
# It depends on the start method (启动方式).
# Run the lesson again with another `START` and watch that line.
#
# The cause: the guarded line ran in the parent, and only a fork child is a copy of the parent.
# The cure: pass it, `args=(oven,)`.

# %% [markdown]
# ## Three ways to be born
# The article: "multiprocessing works by fork." (multiprocessing的原理是fork)
# And: "On Windows the child imports the file that started it."
# (在Windows创建子进程的时候会自动import启动它的这个文件)
#
# ```text
#   fork                    spawn                    forkserver
#   copy the house          build a new house        keep an empty house,
#   as it stands            from the plan            copy that one
#
#  ┌──────────────┐        ┌──────────────┐         ┌──────────────┐
#  │ you: hot     │        │ you: hot     │         │ you: hot     │
#  └──────┬───────┘        └──────┬───────┘         └──────┬───────┘
#         │ copy                  │ "new python,           │ "one more"
#         │                       │  here is the file"     ▼
#         │                       │                 ┌──────────────┐
#         │                       │                 │ server       │
#         │                       │                 └──────┬───────┘
#         ▼                       ▼                        ▼ copy
#  ┌──────────────┐        ┌──────────────┐         ┌──────────────┐
#  │ child: hot   │        │ child: cold  │         │ child: cold  │
#  └──────────────┘        └──────────────┘         └──────────────┘
# ```
#
# A child can read the command line by which its process began, and its own `__name__`.
# In how many of the three is `__name__` still `"__main__"`?
#
# *three* · *one* · *none*


# %%
def certificate(line):
    line.send((__name__, os.getppid(), sys.orig_argv))


# %% tags=["C025", "C053"]
if __name__ == "__main__":
    names, copies = {}, set()
    for each in methods:
        names[each], parent, command = ask(mp.get_context(each), certificate)
        if command == sys.orig_argv:
            copies.add(each)
        begun = [word.split(";")[0] for word in command if word.startswith("from multiproc")]
        mother = "us" if parent == os.getpid() else "another"
        print(f"{each:11}{names[each]:12} parent: {mother:8}", *begun or ["our own command line"])
    # prints: fork       __main__     parent: us       our own command line
    # prints: forkserver __mp_main__  parent: another  from multiprocessing.forkserver import main
    # prints: spawn      __mp_main__  parent: us       from multiprocessing.spawn import spawn_main
    assert copies == set(methods) & {"fork"} != set(methods)  # C025
    renamed = {each for each in methods if names[each] == "__mp_main__"}
    assert renamed == set(methods) - {"fork"}  # C053

    default = mp.get_all_start_methods()[0]
    print("the default here:", default)
    on_linux = "forkserver" if sys.version_info >= (3, 14) else "fork"
    assert default == {"win32": "spawn", "darwin": "spawn"}.get(sys.platform, on_linux)  # C025

# %% [markdown]
# One. Only fork copies us. The other two read your file again, on *every* system,
# and call it `__mp_main__`, so the line `if __name__ == "__main__":` is false there.
#
# | | Windows | macOS | Linux to 3.13 | Linux from 3.14 |
# |---|---|---|---|---|
# | has | spawn | all three | all three | all three |
# | default | spawn | spawn | fork | **forkserver** |
#
# The cause of "works here, fails there": two defaults.
# The cure: write for spawn; what runs there runs under all three.

# %% [markdown]
# ## Called once, returns twice
# The article: "fork() is called once and returns twice: in the parent the child's PID,
# in the child 0." (调用1次,返回两次…父进程返回子进程的pid,子进程返回0)
#
# We call it by hand. How often does the line below `os.fork()` run?
#
# *once* · *twice* · *twice, with different answers*

# %% tags=["C026"]
if __name__ == "__main__":
    if hasattr(os, "fork"):  # not on Windows
        inbox, outbox = os.pipe()
        answer = os.fork()
        if answer == 0:
            os.write(outbox, f"{answer} {os.getpid()}".encode())
            os._exit(0)
        os.waitpid(answer, 0)
        in_the_child, its_pid = map(int, os.read(inbox, 100).split())
        os.close(inbox)
        os.close(outbox)
        print("the child got", in_the_child)  # prints: the child got 0
        print("we got the child's PID:", answer == its_pid)  # prints: we got the child's PID: True
        assert (in_the_child, answer) == (0, its_pid)  # C026

# %% [markdown]
# Twice, with different answers. Right, wherever there is a fork.

# %% [markdown]
# ## What the copy leaves behind
# The article: "The system copies the current process." (操作系统自动把当前进程复制了一份)
#
# All of it? One of our threads holds a lock while we fork. Then it lets go.
# The child now asks for *its* copy of the lock. What does it get?
#
# *the lock* · *nothing, for ever* · *an error*


# %%
def hold(lock, held, let_go):
    with lock:
        held.set()
        let_go.wait(timeout=30)


def try_lock(lock, line):
    line.recv()
    line.send((threading.active_count(), lock.acquire(timeout=0.2)))


# %% tags=["C027"]
if __name__ == "__main__":
    if "fork" in methods:
        fork = mp.get_context("fork")
        lock, held, let_go = threading.Lock(), threading.Event(), threading.Event()
        holder = threading.Thread(target=hold, args=(lock, held, let_go))
        holder.start()
        held.wait()

        ours, theirs = fork.Pipe()
        p = fork.Process(target=try_lock, args=(lock, theirs))
        with warnings.catch_warnings(record=True) as heard:
            warnings.simplefilter("always")
            p.start()
        theirs.close()
        let_go.set()
        holder.join()
        free_here = lock.acquire(blocking=False)
        ours.send("nobody holds it any more")
        its_threads, got_it = ours.recv()
        p.join()
        ours.close()
        print("free in the parent:", free_here)  # prints: free in the parent: True
        print("threads in the child:", its_threads)  # prints: threads in the child: 1
        print("the child got the lock:", got_it)  # prints: the child got the lock: False
        assert (free_here, its_threads, got_it) == (True, 1, False)  # C027
        warned = [w.message for w in heard if issubclass(w.category, DeprecationWarning)]
        print("Python warned:", bool(warned))  # False on 3.11, True from 3.12
        assert bool(warned) == (sys.version_info >= (3, 12))  # C027

# %% [markdown]
# Nothing; without our 0.2 seconds it would wait for ever.
# The cause: only the thread that called fork lives in the child,
# and the lock was copied locked, without the one who could open it.
# From 3.12 on, Python warns when you fork with threads about.
# On macOS the system's libraries may start threads unasked, so spawn became the default there.
# The cure: `mp.get_context("spawn")`, or fork before you start threads.
#
# The other half of the copy is lazy. We hold 32 MB, and a child is forked.
# How much memory is the child's own?
#
# *32 MB at once* · *32 MB, once it writes there* · *never any*


# %%
def own_megabytes():
    """Count what this process shares with no other (Linux)."""
    with open("/proc/self/smaps_rollup") as file:
        own = [int(line.split()[1]) for line in file if line.startswith("Private_")]
    return sum(own) // 1024


def write_on(block, line):
    before = own_megabytes()
    block[::4096] = bytes(len(block) // 4096)  # one byte on every page
    line.send((before, own_megabytes()))


# %% tags=["C027"]
if __name__ == "__main__":
    if "fork" in methods and os.access("/proc/self/smaps_rollup", os.R_OK):
        block = bytearray(b"x") * (32 << 20)
        before, after = ask(mp.get_context("fork"), write_on, block)
        print(f"the child's own: {before} MB, after writing {after} MB")  # about 1, then 33
        assert before < 16 and after - before > 28  # C027

# %% [markdown]
# Once it writes there. This is copy-on-write (写时复制):
# a page is shared until one side changes it. So fork is quick, however large the parent.

# %% [markdown]
# ## A target needs an address
# The article: "target is the callable, the task of the child." (调用对象,即子进程要执行的任务)
#
# Any callable? We pass a lambda under each method.
#
# *runs everywhere* · *fails everywhere* · *runs under fork*


# %%
def leave_seven():
    sys.exit(7)


def nameless():
    return lambda: sys.exit(7)


# %% tags=["C031"]
if __name__ == "__main__":
    task = nameless()
    for each in methods:
        p = mp.get_context(each).Process(target=task)
        print(each, end=": ")
        if each == "fork":
            p.start()
            p.join()
            print("exit code", p.exitcode)  # prints: fork: exit code 7
            assert p.exitcode == 7  # C031
        else:
            with expect(pickle.PicklingError, AttributeError):  # C031
                # spawn: AttributeError (PicklingError from 3.14): Can't pickle local object ...
                if os.name != "nt":
                    p.start()
                else:  # there a start() that fails leaves half a child; so ask pickle alone
                    pickle.dumps(task)

    p = ctx.Process(target=leave_seven)
    p.start()
    p.join()
    print("by name:", p.exitcode)  # prints: by name: 7
    assert p.exitcode == 7  # C031

# %% [markdown]
# It runs under fork, which hides the mistake until the program moves.
# Under spawn and forkserver the target travels as an *address*, module and name,
# written by pickle (序列化). A lambda has none, nor has a function inside a function.
# (A lambda at module level fails too, with a `PicklingError`.)
#
# The cure: a `def` at module level.

# %% [markdown]
# ## The guard
# The article's long list of `Process` ends with a warning.
# (Its other remarks are in Lessons 02 and 04.)
#
# ```text
# # the article's version, shortened
# 在 import 的时候又执行了整个文件。             (the import runs the whole file again)
# 因此如果将process()直接写在文件中
# 就会无限递归创建子进程报错,                    (unguarded: endless recursion and an error)
# 所以必须把创建子进程的部分使用
# if __name__ ==‘__main__’:
#     pass
# 判断保护起来                                    (so children must be started under the guard)
# ```
#
# You copy the guard into your file. What happens?
#
# *it protects you* · *a syntax error* · *it is always false*

# %% tags=["C055"]
if __name__ == "__main__":
    article = "if __name__ ==‘__main__’:\n    pass\n"
    with expect(SyntaxError) as caught:  # C055
        compile(article, "article.py", "exec")
    assert "U+2018" in caught.error.msg  # C055
    compile(article.replace("‘", "'").replace("’", "'"), "article.py", "exec")

# %% [markdown]
# A syntax error: the quotes are curly. The cure: `if __name__ == "__main__":`.
#
# What the guard saves you from is dangerous to try here, so each try is a program of its own,
# in a session of its own that we can end as a whole. It has 30 seconds,
# and we read until no process is left that could print.


# %%
def end(program):
    """End a program with all its children."""
    try:
        if hasattr(os, "killpg"):
            os.killpg(program.pid, signal.SIGTERM)
        else:
            program.terminate()
    except OSError:
        pass  # it had ended


def listen(program, enough):
    """Read to the end of file; end the parent when its children came often enough."""
    text, imports = "", 0
    for line in program.stdout:
        text += line
        imports += "imported as __mp_main__" in line
        if imports == enough:
            program.terminate()  # not the whole family: the last children die of their own error
    return text


def run_program(text, methods, *options, enough=None):
    """Run a program once per start method, side by side; return what each printed.

    Without options Python gets it as a file, else through stdin.
    """
    running = {}
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "program.py")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        for each in methods:
            surroundings = {**os.environ, "START": each}
            surroundings.pop("PYTHONUNBUFFERED", None)  # it tears lines
            with open(path, encoding="utf-8") as file:
                running[each] = subprocess.Popen(
                    [sys.executable, *options] if options else [sys.executable, path],
                    stdin=file,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    env=surroundings,
                    encoding="utf-8",
                    errors="replace",
                    start_new_session=True,
                )
        brake = threading.Timer(30, lambda: [end(program) for program in running.values()])
        brake.start()
        try:
            return {each: listen(program, enough) for each, program in running.items()}
        finally:
            brake.cancel()
            brake.join()
            for program in running.values():
                end(program)
                program.wait()
                program.stdout.close()


UNGUARDED = """\
import multiprocessing as mp
import os

print("imported as", __name__, flush=True)
ctx = mp.get_context(os.environ["START"])
p = ctx.Process(target=abs, args=(-1,))
p.start()
p.join()
print("the child ended with", p.exitcode)
"""

# %% [markdown]
# `UNGUARDED` starts a `Process` at module level.
# The article expects endless recursion (递归). How often is the file executed under spawn?
#
# *once* · *twice* · *without end*

# %% tags=["C054"]
if __name__ == "__main__":
    said = run_program(UNGUARDED, methods)
    for each, text in said.items():
        runs, last = text.count("imported as"), text.splitlines()[-1]
        print(f"{each}: executed {runs} times; RuntimeError: {'RuntimeError' in text}; {last}")
    # prints: fork: executed 1 times; RuntimeError: False; the child ended with 0
    # prints: spawn: executed 2 times; RuntimeError: True; the child ended with 1
    assert said["spawn"].count("imported as") == 2  # C054: no recursion
    assert "bootstrapping phase" in said["spawn"]  # C054
    assert "the child ended with 1" in said["spawn"]  # C054: the parent went on
    for each in set(methods) - {"spawn"}:
        assert ("RuntimeError" in said[each]) == (each == "forkserver")  # C054

# %% [markdown]
# Twice. The child reads your file, meets `start()`, and Python stops it with a `RuntimeError`.
# The parent goes on with an exit code of 1 that nobody may read.
# Forkserver does the same, except on 3.14: there the *server* dies reading your file,
# and the parent gets `ConnectionResetError`.
#
# Now the same mistake with a pool (进程池), which keeps two children ready for work.
#
# *twice again* · *three times, one for each process* · *without end*

# %%
UNGUARDED_POOL = """\
import faulthandler
import multiprocessing as mp

faulthandler.dump_traceback_later(30, exit=True)  # a brake of its own
print("imported as", __name__, flush=True)
with mp.get_context("spawn").Pool(2) as pool:
    print(pool.map(abs, [-1, -2]))
"""

# %% tags=["racing", "C054"]
if __name__ == "__main__":
    text = run_program(UNGUARDED_POOL, ["spawn"], enough=6)["spawn"]
    children = text.count("imported as __mp_main__")
    print("children for 2 places:", children, "- then we ended it")
    print("an answer:", "[1, 2]" in text)  # prints: an answer: False
    assert children >= 6  # C054: three generations, and no end of it
    assert "[1, 2]" not in text

# %% [markdown]
# Without end. No child recurses here either: each dies of its `RuntimeError`,
# and the pool, doing its duty, replaces the dead.
# (A packaged program without `freeze_support` does recurse: Lesson 07.)
#
# The cure is one line. Here is the article's warning, corrected, as a program.
# It also draws a key at module level. Does the child have the same key?
#
# *yes* · *no* · *under fork only*

# %%
GUARDED = """\
import multiprocessing as mp
import os
import secrets

key = secrets.token_hex(8)


def show_key():
    print("key", key, flush=True)


if __name__ == "__main__":
    show_key()
    ctx = mp.get_context(os.environ["START"])
    p = ctx.Process(target=show_key)
    p.start()
    p.join()
    print("the child ended with", p.exitcode)
"""

# %% tags=["C056"]
if __name__ == "__main__":
    for each, text in run_program(GUARDED, methods).items():
        last = text.splitlines()[-1]
        keys = {line for line in text.splitlines() if line.startswith("key ")}
        print(f"{each}: {last}; different keys: {len(keys)}")
        assert last == "the child ended with 0"  # C056
        assert len(keys) == (1 if each == "fork" else 2)  # C056: executed again
    # prints: fork: the child ended with 0; different keys: 1
    # prints: forkserver: the child ended with 0; different keys: 2
    # prints: spawn: the child ended with 0; different keys: 2

# %% [markdown]
# "Children must be started under the guard" is right, and on every system.
# But the guard guards only what stands under it.
# The rest of the module runs again in the child: keys, open files, connections.
#
# The cure: above the guard define, below it act.

# %% [markdown]
# ## For Windows?
# "For Windows" is the article's second line. Its chat server begins like this:
#
# ```python
# # the article's version, shortened
# server = socket(AF_INET, SOCK_STREAM)
# server.bind(('127.0.0.1', 8080))
# server.listen(5)
# ...
# if __name__ == '__main__': #windows下start进程一定要写到这下面
#     ...  # p = Process(target=talk, args=...); p.start()
# ```
#
# The comment says that on Windows `start` must stand below the guard, and it does.
# Under which methods does the child get to `talk`?
#
# *all* · *fork* · *spawn, the one that Windows has*

# %%
SERVER = """\
import multiprocessing as mp
import os
import socket

# The first run takes any free port instead of 8080; from then on it is fixed.
port = int(os.environ.get("LESSON_PORT", 0))
server = socket.create_server(("127.0.0.1", port))
os.environ["LESSON_PORT"] = str(server.getsockname()[1])


def talk():
    pass


if __name__ == "__main__":
    p = mp.get_context(os.environ["START"]).Process(target=talk)
    p.start()
    p.join()
    print("the child ended with", p.exitcode)
"""

# %% tags=["C283"]
if __name__ == "__main__":
    said = run_program(SERVER, methods)
    works = [each for each, text in said.items() if "the child ended with 0" in text]
    trouble = [line for line in said["spawn"].splitlines() if "Error:" in line]
    print("works under:", *works)  # prints: works under: fork
    print("spawn:", *trouble)  # OSError: [Errno 98] Address already in use, or as your system says
    assert works == [each for each in methods if each == "fork"]  # C283
    assert ("fork" in methods) == (os.name != "nt")  # C283

# %% [markdown]
# Only fork, and Windows has no fork.
# The article is meant for one system, and its mechanism and its server come from another.
#
# The cause: the child's import binds the port a second time.
# The cure: `server = ...` under the guard (Lesson 12 builds it whole).

# %% [markdown]
# ## At the prompt
# The article: "It cannot be used in an interactive editor such as Jupyter."
# (不能在交互式的编辑器下面使用,比如Jupyter)
#
# We type a session into `python -i`, as into a notebook:
# one child with *my* function, defined at the prompt,
# one with `time.sleep`, which comes from a module. Under spawn, which works?
#
# *both* · *only time.sleep* · *neither*

# %%
SESSION = """\
import multiprocessing as mp, os, time
def my_function():
    pass

ctx = mp.get_context(os.environ["START"])
mine = ctx.Process(target=my_function)
mine.start()
mine.join()
imported = ctx.Process(target=time.sleep, args=(0,))
imported.start()
imported.join()
print(); print("mine", mine.exitcode, "imported", imported.exitcode)
"""

# %% tags=["C057"]
if __name__ == "__main__":
    for each, text in run_program(SESSION, methods, "-i", "-q").items():
        [codes] = [line for line in text.splitlines() if line.startswith("mine ")]
        print(f"typed, {each}: {codes}")
        assert codes == ("mine 0 imported 0" if each == "fork" else "mine 1 imported 0")  # C057
    # prints: typed, fork: mine 0 imported 0
    # prints: typed, forkserver: mine 1 imported 0
    # prints: typed, spawn: mine 1 imported 0

    text = run_program(SESSION, ["spawn"], "-q")["spawn"]  # without -i: a script, not a session
    [codes] = [line for line in text.splitlines() if line.startswith("mine ")]
    print("through stdin, spawn:", codes)  # mine 1 imported 1
    assert codes.startswith("mine 1")  # C057

# %% [markdown] tags=["C284"]
# Only `time.sleep`. Under spawn and forkserver the child looks for `my_function`
# in a `__main__` that was never a file. So the article goes too far:
# what is *imported* works at a prompt, and under fork everything does.
# A script fed through stdin is worse off: the child tries to read a file called `<stdin>`.
#
# As a rule of thumb its advice is good, and this course follows it:
# lessons are modules, run by name. A notebook can only be read.
#
# The cure: put the function into a file, and write `from tasks import my_function`.

# %% [markdown]
# ## Three lines to remember
#
# 1. fork copies the process; spawn and forkserver import your file again, as `__mp_main__`.
# 2. Above the guard define, below it act; what a child needs goes through `args`.
# 3. Targets are `def`s at module level: what runs under spawn runs everywhere.

# %% [markdown]
# ## Exercises
# - ★ **A module that may be imported**: `exercises/ex_03_1_importable_module.py`,
#   then `make grade EX=03_1`
# - ★★ **Refuse what fork would hide**: `exercises/ex_03_2_call_in_child.py`,
#   then `make grade EX=03_2`
