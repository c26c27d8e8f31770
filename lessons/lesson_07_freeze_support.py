# %% [markdown]
# # Lesson 07 · Packaged programs: freeze_support
#
# *Goal:* know when `freeze_support` matters, where it goes, and that it cures nothing else.
#
# *You need:* Lessons 03 and 05: start methods, the main guard, `subprocess.run`.
# About 20 minutes.
#
# *Run it:* `make lesson-07`, or `START=spawn make lesson-07`.
#
# Your program works. You pack it into one file and send it to a colleague.
# She double-clicks, the fan roars, the machine stands still.


# %%
import inspect
import multiprocessing as mp
import os
import re
import shutil
import subprocess
import sys
import tempfile
from multiprocessing import context, spawn

WINDOWS = sys.platform == "win32"

# %%
if __name__ == "__main__":
    ctx = mp.get_context(os.environ.get("START") or None)
    method = ctx.get_start_method()
    methods = sorted(mp.get_all_start_methods())
    print("start method:", method, "· this system has:", *methods)


# %% [markdown]
# ## Mirror in mirror
#
# > A packaged exe keeps opening itself until the memory is full; why, I do not know yet.
# > (打包成.exe双击之后会一直打开exe,导致内存占满…暂时不得而知)
#
# > There is no problem on Linux. (在Linux下没有问题)
#
# A frozen executable (冻结/打包的可执行文件) is Python and your program in one file.
# To get a child, spawn starts `sys.executable`. And here that is *your program*.
#
# ```text
#  app.exe ──"a Python for     app.exe ──"a Python for     app.exe ──▶ …
#   main       my child"──────▶ main       my child"──────▶ main
# ```
#
# You need no freezer to see it. `EXE` is the beginning of a file that plays a frozen one:
# whoever wants to start Python starts this file again. The fourth start pulls a brake.
#
# Under which methods is the brake needed?
#
# *spawn* · *spawn and forkserver* · *all three*

# %%
EXE = """\
import argparse, multiprocessing, os, sys
from multiprocessing import spawn, util

sys.frozen = True  # so do PyInstaller, cx_Freeze and py2exe; multiprocessing looks at it
turn = os.environ["TURN"] = str(int(os.environ.get("TURN", 0)) + 1)
print("start", turn, flush=True)
if turn == "4":
    sys.exit("the brake")


def this_file(words):
    return [sys.executable, __file__, *words[1:]]


def for_a_child(command=spawn.get_command_line, **words):
    return this_file(command(**words))


def for_a_server(path, words, fds, launch=util.spawnv_passfds):
    serves = any("forkserver import" in str(word) for word in words)
    return launch(path, this_file(words) if serves else words, fds)


spawn.get_command_line, util.spawnv_passfds = for_a_child, for_a_server
"""
PROGRAM = """

def work():
    print("the work is done", flush=True)


if __name__ == "__main__":
    # first lines
    ctx = multiprocessing.get_context(os.environ["METHOD"])
    p = ctx.Process(target=work)
    p.start()
    p.join()
    print("the child ended with", p.exitcode, flush=True)
"""


def run(text, method="spawn"):
    """Run a program from a file; return all that it and its children said."""
    surroundings = {**os.environ, "METHOD": method}
    for name in ("TURN", "PYTHONUNBUFFERED"):
        surroundings.pop(name, None)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "app.py")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return subprocess.run(
            [sys.executable, path],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=surroundings,
            encoding="utf-8",
            errors="replace",
            timeout=60,
        ).stdout


def starts(text):
    return len(re.findall("^start ", text, re.MULTILINE))


# %% tags=["C102", "C103"]
if __name__ == "__main__":
    mirror = {each: run(EXE + PROGRAM, each) for each in methods}
    endless = [each for each in methods if "the brake" in mirror[each]]
    for each in methods:
        print(f"{each:11} started {starts(mirror[each])} times")
    # prints: fork        started 1 times
    # prints: forkserver  started 4 times
    # prints: spawn       started 4 times
    assert endless == [each for each in methods if each != "fork"]  # C102
    assert not any("the work is done" in mirror[each] for each in endless)  # C102

    default = mp.get_all_start_methods()[0]
    trouble = default in endless
    print("default here:", default, "· trouble:", trouble)
    on_linux = sys.version_info >= (3, 14)  # there forkserver has become the default
    assert trouble == {"win32": True, "darwin": True}.get(sys.platform, on_linux)  # C103


# %% [markdown]
# Spawn and forkserver, on every system that has them. fork copies the running process
# and opens no file. So "no problem on Linux" was true as long as fork was the default there.
#
# Here is the reason that the article looks for: the child is told its task on its command line,
# nobody reads that line, so it does what your program does. It starts a child.
# (A real one on Linux is worse: each copy starts two, the child and a small helper.)
#
# ## The line that breaks the mirror
#
# > Add freeze_support() below the main guard, and it is solved.
# > (只要在main入口下添加multiprocessing.freeze_support()就可以解决)
#
# Right. `HOOK` does what PyInstaller does on every system:
# it puts its own function in the place of `multiprocessing.freeze_support`.
# We call it as the first line, or after the arguments are parsed.
#
# *both work* · *the first works* · *the second works*

# %%
HOOK = """

def freeze_support():
    if "-c" in sys.argv:  # I am to be the fork server
        exec(sys.argv[sys.argv.index("-c") + 1])
        sys.exit()
    spawn.freeze_support()


multiprocessing.freeze_support = freeze_support
"""
FREEZE = "multiprocessing.freeze_support()\n"
PARSE = "argparse.ArgumentParser().parse_args()\n"


def with_first_lines(*lines):
    return PROGRAM.replace("# first lines\n", "    ".join(lines))


# %% tags=["C105", "C107"]
if __name__ == "__main__":
    said = {each: run(EXE + HOOK + with_first_lines(FREEZE, PARSE), each) for each in methods}
    for each in methods:
        print(f"{each:11} started {starts(said[each])} times, done:", "work is done" in said[each])
    # prints: fork        started 1 times, done: True
    # prints: forkserver  started 2 times, done: True
    # prints: spawn       started 2 times, done: True
    assert all("the child ended with 0" in said[each] for each in methods)  # C105
    saved = [each for each in methods if starts(said[each]) == 2]
    assert saved == [each for each in methods if each != "fork"]  # C107: on any system

    late = run(EXE + HOOK + with_first_lines(PARSE, FREEZE))
    print(*[line for line in late.splitlines() if "error:" in line or "ended" in line], sep="\n")
    # spawn prints: app.py: error: unrecognized arguments: --multiprocessing-fork ...
    # prints: the child ended with 2
    assert "unrecognized arguments: --multiprocessing-fork" in late  # C105
    assert "the child ended with 2" in late and "work is done" not in late  # C105


# %% [markdown]
# The first works. The child's command line is not meant for your parser.
#
# ```text
#  app.exe ──"a Python for my child"──▶ app.exe --multiprocessing-fork ...
#   freeze_support(): not me             freeze_support(): that is me; does the work, exits
#   parse, main, ...                     ╳ (nothing below this line is reached)
# ```
#
# It ends by `SystemExit`: do not catch that.
# The cure: at the entry point (入口), `freeze_support()` is the first line.
#
# ## Two functions of one name
#
# The article prints the source code (源代码):
#
# ```python
# # the article's version
# def freeze_support():
#     '''
#     Run code for process object if this in not the main process
#     '''
#     if is_forking(sys.argv):
#         kwds = {}
#         for arg in sys.argv[2:]:
#             name, value = arg.split('=')
#             if value == 'None':
#                 kwds[name] = None
#             else:
#                 kwds[name] = int(value)
#         spawn_main(**kwds)
#         sys.exit()
# ```
#
# Is that what you call, when you call `multiprocessing.freeze_support()`?
#
# *yes* · *it was, before 3.8* · *no*

# %%
LISTING = """\
def freeze_support():
    '''
    Run code for process object if this in not the main process
    '''
    if is_forking(sys.argv):
        kwds = {}
        for arg in sys.argv[2:]:
            name, value = arg.split('=')
            if value == 'None':
                kwds[name] = None
            else:
                kwds[name] = int(value)
        spawn_main(**kwds)
        sys.exit()
"""

# %% tags=["C111"]
if __name__ == "__main__":
    same_text = inspect.getsource(spawn.freeze_support) == LISTING
    called = mp.freeze_support.__func__
    print("listing:", f"{spawn.__name__}.{spawn.freeze_support.__qualname__}", same_text)
    print("called: ", f"{called.__module__}.{called.__qualname__}")
    # prints: listing: multiprocessing.spawn.freeze_support True
    # prints: called:  multiprocessing.context.BaseContext.freeze_support
    print(inspect.getsource(called))
    assert same_text  # C111: word for word, from Python 3.6 to 3.14
    assert called is context.BaseContext.freeze_support  # C111
    assert called is not spawn.freeze_support  # C111


# %% [markdown]
# No. The listing is the *inner* function, word for word.
# You call the outer one, printed above: it looks at `sys.frozen`, and at one thing more,
# before it calls the inner. What that one thing is has changed. Three sentences hang on it:
#
# > It adds support for programs frozen into Windows executables.
# > (冻结以生成Windows可执行文件时,添加支持)
#
# > On other platforms the call has no effect. (在非Windows平台上是无效的)
#
# > Python 3.8 added this function. (python3.8添加了这个函数)
#
# We pretend to be frozen, call the outer function under each method,
# and see whether it calls the inner one. On a system other than Windows:
#
# *never* · *under spawn* · *it depends on the Python*

# %%
ASK = """\
import multiprocessing, sys
from multiprocessing import spawn

called = []
spawn.freeze_support = lambda: called.append("it acts")
for method in multiprocessing.get_all_start_methods():
    called.clear()
    sys.frozen = True
    multiprocessing.get_context(method).freeze_support()
    frozen = bool(called)
    called.clear()
    del sys.frozen
    multiprocessing.get_context(method).freeze_support()
    print(method, frozen, bool(called))
"""

# %% tags=["C099", "C104"]
if __name__ == "__main__":
    acts, acts_unfrozen = [], []
    for each, frozen, unfrozen in map(str.split, run(ASK).splitlines()):
        acts += [each] * (frozen == "True")
        acts_unfrozen += [each] * (unfrozen == "True")
    version = sys.version_info[:3]
    print("Python", *version, "acts under:", *acts or ["none"])
    since_then = version >= (3, 13, 4)
    assert acts == (["spawn"] if since_then or WINDOWS else [])  # C099
    assert acts_unfrozen == []

    with open(spawn.__file__, encoding="utf-8") as file:
        signed = re.search(r"Copyright \(c\) \d{4}-(\d{4})", file.read())
    print("the inner function's file was signed in", signed[1])
    # prints: the inner function's file was signed in 2008
    assert int(signed[1]) < 2019  # C104: the year of Python 3.8
    if shutil.which("python2.7"):
        question = "import multiprocessing as m; print(hasattr(m, 'freeze_support'))"
        old = subprocess.run(["python2.7", "-c", question], capture_output=True)
        if old.returncode == 0:  # it is really there
            print("Python 2.7 has it:", old.stdout.decode().strip())
            assert old.stdout.split() == [b"True"]  # C104


# %% [markdown]
# It depends on the Python:
#
# | | acts, if frozen, |
# |---|---|
# | up to 3.13.3 | on Windows |
# | 3.13.4, 3.14.0 and later | under spawn, on every system |
# | packed by PyInstaller | on every system, under every method (its own function) |
#
# And it is as old as `multiprocessing` itself (2.6 and 3.0). 3.8 added nothing.
#
# ## Whose RuntimeError
#
# > Tested with py2exe, PyInstaller and cx_Freeze. (已使用py2exe、PyInstaller和cx_Freeze进行了测试)
#
# > Without the call a frozen executable raises RuntimeError. (会抛出RuntimeError异常)
#
# Both stand in Python's manual. The three have one thing in common: `sys.frozen`,
# `"console_exe"` or the like for py2exe and `True` for the others.
# That changes the command line of a child.
#
# `CX` plays cx_Freeze on Linux: it looks at the command line first, complains,
# and makes the call that you forgot. Without the call, who raises RuntimeError?
#
# *PyInstaller* · *cx_Freeze* · *neither*

# %%
TELL = """
import sys
from multiprocessing import spawn
if sys.argv[1:]:
    sys.frozen = sys.argv[1] if sys.argv[1] != "True" else True
print(*spawn.get_command_line(pipe_handle=7)[1:])
"""
CX = """
if spawn.is_forking(sys.argv):
    print("... forgotten to use the proper idiom in the main module: freeze_support()")
    spawn.freeze_support()
"""

# %% tags=["C100", "C106"]
if __name__ == "__main__":
    lines = {}
    for freezer, marks in {"none": [], "py2exe": ["console_exe"], "the others": ["True"]}.items():
        tell = [sys.executable, "-c", TELL, *marks]
        lines[freezer] = subprocess.run(tell, capture_output=True, text=True).stdout.strip()
        print(f"{freezer:11}", lines[freezer])
    # prints: py2exe      --multiprocessing-fork pipe_handle=7
    # prints: the others  --multiprocessing-fork pipe_handle=7
    frozen_line = "--multiprocessing-fork pipe_handle=7"
    assert lines["py2exe"] == lines["the others"] == frozen_line  # C100: it knows all three
    assert frozen_line not in lines["none"] and "spawn_main" in lines["none"]  # C100

    without = {"PyInstaller": mirror["spawn"], "cx_Freeze": run(EXE + CX + PROGRAM)}
    for freezer, text in without.items():
        print(f"{freezer:11} started {starts(text)} times, RuntimeError:", "RuntimeError" in text)
    # prints: PyInstaller started 4 times, RuntimeError: False
    # prints: cx_Freeze   started 2 times, RuntimeError: False
    assert [starts(text) for text in without.values()] == [4, 2]  # C106: each in its own way
    assert not any("RuntimeError" in text for text in without.values())  # C106
    assert "freeze_support()" in without["cx_Freeze"]  # C106: it only says so


# %% [markdown]
# Neither. What you see depends on the freezer
# (on Linux real builds by PyInstaller 6.22 and cx_Freeze 8.7 behaved so):
#
# | without the call, under spawn | |
# |---|---|
# | PyInstaller | starts itself without end |
# | cx_Freeze, from 7, not on Windows | prints a text that names `freeze_support`; the child fails |
# | Nuitka | works |
#
# The `RuntimeError` whose text names `freeze_support` is a different story:
# an *unfrozen* program without a main guard (Lesson 03).
# Its cure is the guard. `freeze_support()` cures nothing there.
#
# ## In any case?
#
# > It may be left out of a program that is never frozen. (则可以省略)
#
# > In a normal run it has no effect. (正常运行…也是无效的)
#
# > All in all, best to add it in any case. (不管怎样最好加上freeze_support())
#
# The article's example, to be run unfrozen:
#
# ```python
# # the article's version
# from multiprocessing import Process, freeze_support
# def f():
#     print('hello world!')
# if __name__ == '__main__':
#     freeze_support()
#     Process(target=f).start()
# ```
#
# In the cell below it stands corrected, with a context and a `join`.
# We run it with the call and, as a program, without it. What differs?
#
# *nothing* · *without it: RuntimeError* · *without it: endless*


# %%
def f():
    print("hello world!")


ARTICLE = """\
from multiprocessing import Process, freeze_support
def f():
    print('hello world!')
if __name__ == '__main__':
    freeze_support()
    Process(target=f).start()
"""

# %% tags=["C109", "C112"]
if __name__ == "__main__":
    mp.freeze_support()
    p = ctx.Process(target=f)
    p.start()
    p.join()  # prints: hello world!
    assert p.exitcode == 0  # C112

    as_it_is = run(ARTICLE)
    left_out = run(ARTICLE.replace("    freeze_support()\n", ""))
    print(as_it_is.split(), left_out.split())
    # prints: ['hello', 'world!'] ['hello', 'world!']
    assert as_it_is == "hello world!\n"  # C112: unfrozen, it runs everywhere
    assert left_out == as_it_is  # C109


# %% [markdown]
# Nothing. So "best in any case" sounds like free insurance.
# Somebody adds it above a line that has been there for years:
#
# ```python
# freeze_support()
# set_start_method("spawn")
# ```
#
# Unfrozen. What happens?
#
# *nothing new* · *RuntimeError* · *it depends on the Python*

# %%
INSURED = """\
import multiprocessing as mp
mp.freeze_support()
print(mp.get_start_method(allow_none=True))
print(mp.get_context("spawn").get_start_method())
try:
    mp.set_start_method("spawn")
    print("set")
except RuntimeError as error:
    print("RuntimeError:", error)
"""

# %% tags=["C108", "C110"]
if __name__ == "__main__":
    fixed, by_context, by_setting = run(INSURED).splitlines()
    print("after the call the method is", fixed)  # None, in most versions
    print("get_context:", by_context, "· set_start_method:", by_setting)
    hurt = (3, 13, 4) <= version <= (3, 13, 12) or (3, 14, 0) <= version <= (3, 14, 3)
    assert (fixed != "None") == hurt  # C108: a side effect, in these versions
    assert (by_setting == "RuntimeError: context has already been set") == hurt  # C108
    assert by_context == "spawn"  # C110: harmless with a context
    assert by_setting.startswith("RuntimeError" if hurt else "set")  # C110: else not always


# %% [markdown]
# It depends. In 3.13.4 to 3.13.12 and 3.14.0 to 3.14.3 the call *asked* for the start method,
# and asking fixed it. The next line then failed: "context has already been set".
# Before and after it has no such effect.
#
# The cure: `ctx = mp.get_context("spawn")`, which no earlier call can spoil.
# Then the insurance is free. If you never freeze, it is also pointless.
#
# ## Three lines to remember
#
# 1. A frozen program is its own Python: under spawn and forkserver a child runs your `main` again.
# 2. `freeze_support()` is the first line below the guard, before parsing; let `SystemExit` pass.
# 3. It cures frozen programs only; for the start method use `get_context`.
#
# ## Exercises
#
# **07_1 First line of main** ★ `exercises/ex_07_1_entry.py`
#
# Write the entry point of a program that may be frozen: the right calls, in the right order.
#
# `make grade EX=07_1`
