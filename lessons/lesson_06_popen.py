# %% [markdown]
# # Lesson 06 · Popen: streams, deadlines, process trees
#
# *Goal:* keep several programs, and the programs that *they* start, under control,
# without a deadlock.
#
# *You need:* Lessons 04 and 05: exit codes, signals, `subprocess.run`. About 25 minutes.
#
# *Run it:* `make lesson-06`, or `START=spawn make lesson-06`.
# The start method matters in the last section only.
#
# Your nightly build has a limit of ten minutes, and it is still there in the morning.
# `run` is one call that starts, feeds, reads and waits. Here we take it apart.


# %%
import inspect
import multiprocessing as mp
import os
import signal
import socket
import subprocess
import sys
from subprocess import DEVNULL, PIPE, Popen, TimeoutExpired

from grader.reading import expect

POSIX = os.name == "posix"  # Linux and macOS; elsewhere: Windows

# %%
if __name__ == "__main__":
    ctx = mp.get_context(os.environ.get("START") or None)
    method = ctx.get_start_method()
    print("start method:", method)


# %% [markdown]
# ## Nobody has asked
#
# > How does the parent notice the end of the child? Two ways: Popen() and Call().
# > (父进程如何监听子进程结束?两个方法:Popen()、Call())
#
# > Popen starts the child and goes on. (开启子进程后直接执行下一步)
#
# The second is right. So how can `Popen` be a way to notice the end?
#
# `SEVEN` ends with code 7 when its input ends. We end its input
# and let the system tell us, past Python, that it is gone.
# What does `program.returncode` say then?
#
# *7* · *0* · *None*


# %%
def python(code, *arguments):
    """Return the command that runs these lines in a new Python."""
    return [sys.executable, "-c", code, *map(str, arguments)]


SEVEN = "import sys; sys.stdin.read(); sys.exit(7)"


# %% tags=["C072", "C073"]
if __name__ == "__main__":
    asked, waited, talked, left = [Popen(python(SEVEN), stdin=PIPE) for _ in range(4)]
    at_start = [program.poll() for program in (asked, waited, talked, left)]
    print("at the start:", at_start)  # prints: at the start: [None, None, None, None]
    assert at_start == [None] * 4  # C073: four programs run, and we went on

    asked.stdin.close()
    if hasattr(os, "waitid"):  # Linux; macOS from Python 3.13
        os.waitid(os.P_PID, asked.pid, os.WEXITED | os.WNOWAIT)  # it has ended; we only look
    unasked = asked.returncode
    print("it has ended:", unasked)  # prints: it has ended: None
    assert unasked is None  # C072: Popen has noticed nothing

    codes = [asked.poll() if hasattr(os, "waitid") else asked.wait()]
    waited.stdin.close()
    codes.append(waited.wait(timeout=30))
    talked.communicate(timeout=30)  # ends the input, reads, waits
    codes.append(talked.returncode)
    with left:
        pass  # leaving the block closes the pipes and waits
    codes.append(left.returncode)
    print(codes)  # prints: [7, 7, 7, 7]
    assert codes == [7] * 4  # C072: four ways to ask


# %% [markdown]
# `None`: the end is noted when somebody asks.
# (Until then the program is a zombie, Lesson 04. And `Call` does not exist, Lesson 05.)
#
# | you want | write |
# |---|---|
# | a look | `program.poll()`: the code, or `None` |
# | to wait, with a limit | `program.wait(timeout=...)` |
# | to feed, to read, to wait | `program.communicate(..., timeout=...)` |
# | to wait however the block ends | `with Popen(...) as program:` |
#
# ## Two words out of nowhere
#
# ```python
# # the article's version
# proc = Popen(args) #
# out, err = proc.communicate(bstr) #
# returncode = proc.wait(timeout) #
# ```
#
# We add an empty standard input (else it would be your keyboard) and pass three bytes.
# `COUNT` ends with the number of bytes that it was given. What are `out` and `returncode`?
#
# *"I got 3" and 3* · *None and 3* · *None and 0*


# %%
COUNT = "import sys; n = len(sys.stdin.read()); print('I got', n); sys.exit(n)"


# %% tags=["C095"]
if __name__ == "__main__":
    proc = Popen(python(COUNT), stdin=DEVNULL)
    out, err = proc.communicate(b"tea")  # prints: I got 0
    returncode = proc.wait(30)
    print(out, err, returncode)  # prints: None None 0
    assert (out, err, returncode) == (None, None, 0)  # C095: the tea was dropped, silently

    proc = Popen(python(COUNT), stdin=PIPE, stdout=PIPE)
    out, err = proc.communicate(b"tea")
    print(out.split(), err, proc.returncode)  # prints: [b'I', b'got', b'3'] None 3
    assert (out.split(), err, proc.returncode) == ([b"I", b"got", b"3"], None, 3)  # C095
    with expect(ValueError):  # C095: one conversation a program
        proc.communicate(b"more tea")

    proc = Popen(python(COUNT), stdin=PIPE, stdout=PIPE, encoding="utf-8")
    out, _ = proc.communicate("tea")
    print(repr(out))  # prints: 'I got 3\n'
    assert out == "I got 3\n"  # C095: text in, text out


# %% [markdown]
# `None` and 0, and no error. `communicate` uses the pipes (管道) that exist.
# The cure: say which you want, `stdin=PIPE, stdout=PIPE`, and call it once.
# (Again only after a `TimeoutExpired`, as below.)
#
# ## It worked in the test
#
# > wait(timeout) returns the return code. (returncode = proc.wait(timeout))
#
# Right. Your tool prints 1,000 bytes, you call `wait()`, then read. It works.
# In the night it prints 200,000. What does `wait()` do?
#
# *return a bit later* · *return, and bytes are lost* · *never return*


# %%
FILL = "import sys; sys.stdout.write('x' * int(sys.argv[1])); sys.exit(3)"


# %% tags=["C096"]
if __name__ == "__main__":
    with Popen(python(FILL, 1_000), stdout=PIPE) as proc:
        code = proc.wait(timeout=30)
        out = proc.stdout.read()
    print("1,000 bytes:", code, len(out))  # prints: 1,000 bytes: 3 1000
    assert (code, len(out)) == (3, 1_000)  # C096

    with Popen(python(FILL, 200_000), stdout=PIPE) as proc:
        with expect(TimeoutExpired):  # C096
            proc.wait(timeout=0.5)
        code = proc.poll()
        out, _ = proc.communicate(timeout=30)
    print("200,000 bytes:", code, "then", proc.returncode, len(out))
    # prints: 200,000 bytes: None then 3 200000
    assert (code, proc.returncode, len(out)) == (None, 3, 200_000)  # C096: it had waited for us


# %% [markdown]
# Never. A pipe is a buffer (管道缓冲区) of fixed size, 64 KB on Linux as a rule.
#
# ```text
# tool  ── write ──▶ ▓▓▓▓▓▓▓ full ▓▓▓▓▓▓▓ ── read ──▶ nobody
#   └─ waits until somebody reads      you wait until the tool ends ─┘
# ```
#
# That is a deadlock (死锁): each waits for the other.
# The cure: `out, _ = proc.communicate()`, which reads *while* it waits.
#
# ## The whole list
#
# ```python
# # the article's version, shortened
# class subprocess.PopenPopen(
#     args, # 通过创建进程而执行的命令及参数    (the command and its arguments)
#     bufsize=-1, #
#     executable=None, #
#     ...
#     text=None, # 将stdin,stdout,stderr修改为string模式    (makes the streams strings)
# )
# ```
#
# It has twenty names; most say nothing but `#`.
# How many does your Python have that are not among them?
#
# *none* · *two* · *six*

# %%
ARTICLE = """
args bufsize executable stdin stdout stderr preexec_fn close_fds shell cwd env universal_newlines
startupinfo creationflags restore_signals start_new_session pass_fds encoding errors text
"""
GROUPS = {
    "what runs": "args executable shell cwd env",
    "streams": "stdin stdout stderr bufsize pipesize encoding errors text universal_newlines",
    "inherits": "close_fds pass_fds restore_signals umask",
    "family": "start_new_session process_group",
    "who it is": "user group extra_groups",
    "POSIX only": "preexec_fn",
    "Windows only": "startupinfo creationflags",
}

# %% tags=["C093", "C094"]
if __name__ == "__main__":
    with expect(AttributeError):  # C093
        subprocess.PopenPopen(python("pass"))

    mine = list(inspect.signature(Popen).parameters)
    new = [name for name in mine if name not in ARTICLE.split()]
    for group, names in GROUPS.items():
        print(f"{group:13}", *[name + "*" * (name in new) for name in names.split()])
    print("new:", *new)
    # prints: new: user group extra_groups umask pipesize process_group
    assert set(mine) >= set(ARTICLE.split())  # C094
    since_3_9 = {"user", "group", "extra_groups", "umask"}
    assert since_3_9 | {"pipesize", "process_group"} <= set(new)  # C094

    foreign = {"creationflags": 1} if POSIX else {"preexec_fn": os.getpid}
    with expect(ValueError):  # C094: each system refuses what belongs to the other
        Popen(python("pass"), **foreign)


# %% [markdown]
# Six: four came with Python 3.9, `pipesize` with 3.10, `process_group` with 3.11.
# And the name is `Popen`, once.
#
# `preexec_fn` runs your code in the child before the program starts. It is unsafe
# as soon as you have threads: the locks are copied locked (Lesson 03). Most of what it
# was used for has a name of its own now. One of those we need next.
#
# ## The one who stays
#
# > timeout: raises TimeoutExpired; in seconds. (超时抛出TimeoutExpired,单位秒)
#
# Right. But your build tool starts a helper, as `make` starts a compiler,
# and both print into your pipe.
# Each member rings our bell, then answers when we call.
# `run(tool, stdout=PIPE, timeout=0.5)` raises. Who still answers?
#
# *nobody* · *the helper* · *both*


# %%
MEMBER = """
import os, socket, subprocess, sys

port, name, *children = sys.argv[1:]
started = [subprocess.Popen([*sys.orig_argv[:3], port, child]) for child in children]
try:
    os.write(1, name.encode() + b" works\\n")  # to stdout, past all buffers
    with socket.create_connection(("127.0.0.1", int(port))) as line:
        line.sendall(name.encode())
        while line.recv(1):  # until the line is cut
            line.sendall(b"!")
except OSError:
    pass  # nobody is there any more
"""


def family(bell):
    """Return the command of a tool that starts a helper."""
    return python(MEMBER, bell.getsockname()[1], "tool", "helper")


def lines_to_both(bell, patience=30):
    """Wait until tool and helper have rung; return a line to each."""
    bell.settimeout(patience)
    lines = {}
    while len(lines) < 2:
        line, _ = bell.accept()
        line.settimeout(30)
        name = line.recv(10).decode()
        if name:  # else it died at the door
            lines[name] = line
    return lines


def answers(line):
    try:
        line.sendall(b"?")
        return line.recv(1) == b"!"
    except ConnectionError:
        return False


def who_answers(lines):
    return [name for name in sorted(lines) if answers(lines[name])]


def let_go(lines):
    """Cut all lines, and wait until nobody holds their other ends."""
    for line in lines.values():
        with line:
            try:
                line.shutdown(socket.SHUT_WR)
                line.recv(1)
            except OSError:
                pass  # it was gone already


# %% tags=["C088"]
if __name__ == "__main__":
    if POSIX:
        for limit in (0.5, 2, 8, 32):  # on a busy machine the helper comes late: once more
            with socket.create_server(("127.0.0.1", 0)) as bell:
                try:
                    subprocess.run(family(bell), stdout=PIPE, timeout=limit)
                except TimeoutExpired as error:
                    late = error
                try:
                    lines = lines_to_both(bell, patience=0.1)
                    break
                except TimeoutError:
                    pass
        alive = who_answers(lines)
        print(type(late).__name__, "- who answers:", *alive)
        # prints: TimeoutExpired - who answers: helper
        assert late.timeout == limit  # C088: in seconds, and it raised
        assert alive == ["helper"]  # C088: run() kills the direct child, and nobody else
        let_go(lines)
    else:
        print("on Windows run() itself would wait here, until the helper ends")


# %% [markdown]
# The helper. It has lost its parent, holds your pipe and works on.
# (On Windows `run` would not even come back before the helper ends.)
#
# Now by hand, step by step, as `run` does it: `communicate(timeout=...)`, `kill()`.
# When the tool is dead, we read what it has said: `communicate()` again. That
#
# *returns at once* · *raises, because the tool is dead* · *waits for the helper*


# %%
def words_of(proc, seconds):
    """Collect what a program prints; None when that takes too long."""
    try:
        return sorted(proc.communicate(timeout=seconds)[0].splitlines())
    except TimeoutExpired:
        return None


# %% tags=["C088"]
if __name__ == "__main__":
    with socket.create_server(("127.0.0.1", 0)) as bell:
        with Popen(family(bell), stdout=PIPE) as proc:
            lines = lines_to_both(bell)
            words = [words_of(proc, 0.2)]
            unharmed = who_answers(lines)
            print("timeout:", *unharmed)  # prints: timeout: helper tool
            proc.kill()
            proc.wait()
            words.append(words_of(proc, 0.2))
            orphan = who_answers(lines)
            print("killed: ", *orphan, words)  # prints: killed:  helper [None, None]
            let_go(lines)
            words.append(words_of(proc, 30))
    print(words[-1])  # prints: [b'helper works', b'tool works']
    assert unharmed == ["helper", "tool"]  # C088: a timeout of communicate() kills nobody
    assert orphan == ["helper"] and words[1] is None  # C088: end-of-file is the helper's to give
    assert words[2] == [b"helper works", b"tool works"]  # C088: and nothing was lost


# %% [markdown]
# It waits for the helper. A stream ends when *everyone* who holds its write end is gone,
# and the helper inherited it. That is where your night went.
#
# ## A red line around the family
#
# Processes belong to a process group (进程组). A child is born into its parent's.
# `start_new_session=True` gives the tool a group of its own, numbered by its PID,
# and one call reaches all of it: `os.killpg(proc.pid, signal.SIGKILL)`.
#
# ```text
#   as it comes                            with start_new_session=True
#  ┏━ your group ━━━━━━━━━━━━━━━━━━━┓     ┏━ your group ━┓   ┏━ its own ━━━━━━━━━━┓
#  ┃  you ───▶ tool ───▶ helper     ┃     ┃     you ─────╂──▶┃  tool ───▶ helper  ┃
#  ┗━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┛     ┗━━━━━━━━━━━━━━┛   ┗━━━━━━━━━━━━━━━━━━━━┛
#   killpg reaches you, too                                   killpg reaches these
# ```
#
# The three lines of the article, corrected. Who answers afterwards?
#
# *nobody* · *the helper* · *nobody, and the output is lost*

# %% tags=["group", "C088"]
if __name__ == "__main__":
    if POSIX:
        with socket.create_server(("127.0.0.1", 0)) as bell:
            with Popen(family(bell), stdout=PIPE, start_new_session=True) as proc:
                lines = lines_to_both(bell)
                own_group = os.getpgid(proc.pid) == proc.pid != os.getpgrp()
                try:
                    out, _ = proc.communicate(timeout=0.2)
                except TimeoutExpired:
                    os.killpg(proc.pid, signal.SIGKILL)
                    out, _ = proc.communicate(timeout=30)
        alive = who_answers(lines)
        print("alive:", alive, "out:", sorted(out.splitlines()), "code:", proc.returncode)
        # prints: alive: [] out: [b'helper works', b'tool works'] code: -9
        assert own_group and alive == []  # C088: the cure
        assert sorted(out.splitlines()) == [b"helper works", b"tool works"]
        assert proc.returncode == -signal.SIGKILL
        let_go(lines)
    else:
        print("Windows ignores start_new_session and has no killpg")


# %% [markdown]
# Nobody, and nothing is lost. Kill the group *first*, then read to the end.
#
# (Windows puts processes into a *job object*, which ends all of them when it is closed;
# Python has no call for it. `taskkill /T /F /PID ...` follows the tree of parents instead.)
#
# Somebody forgets `start_new_session` and kills the group of the child all the same.
# What is that program's last word?
#
# *"cleaned up"* · *PermissionError* · *none*

# %%
FORGETFUL = """
import os, signal, subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
os.killpg(os.getpgid(child.pid), signal.SIGKILL)
print("cleaned up")
"""

# %% tags=["own-group"]
if __name__ == "__main__":
    if POSIX:
        # The group of its own is for our sake: else this would be our last word as well.
        done = subprocess.run(python(FORGETFUL), stdout=PIPE, start_new_session=True)
        print(done.returncode, done.stdout)  # prints: -9 b''
        assert (done.returncode, done.stdout) == (-signal.SIGKILL, b"")


# %% [markdown]
# None: the child's group was its own.
#
# ## Who else holds the pipe
#
# `tea | head -1` without a shell: the first program's output is the second one's input.
# The second takes one line and ends. What does the first, which never stops, do then?
#
# *it fails: nobody reads* · *it waits for ever* · *it writes into nothing*

# %%
TEA = "while True: print('tea')"
ONE_LINE = "print(input().upper())"

# %% tags=["pipeline"]
if __name__ == "__main__":
    tea = Popen(python(TEA), stdout=PIPE, stderr=DEVNULL)
    head = Popen(python(ONE_LINE), stdin=tea.stdout, stdout=PIPE)
    out, _ = head.communicate(timeout=30)
    with expect(TimeoutExpired):
        tea.wait(timeout=0.5)
    waits = tea.poll() is None
    tea.stdout.close()  # the cure
    codes = [tea.wait(timeout=30), head.returncode]
    print(out.split(), "it waits:", waits, "codes:", codes)
    # prints: [b'TEA'] it waits: True codes: [1, 0]   (the 1 may be another number)
    assert waits and out.split() == [b"TEA"]
    assert codes[0] != 0 and codes[1] == 0


# %% [markdown]
# It waits for ever: *we* still hold `tea.stdout`, the read end, so the pipe has a reader.
# The cure is `tea.stdout.close()`, right after the second `Popen`.
# Then the first gets its "broken pipe", and its code tells you so.
#
# A program that reads until its input ends has the same trouble with the *write* end.
# We start one, then a `Process` that has nothing to do with it. We close its input.
# When does the program end?
#
# *at once* · *when the Process ends* · *it depends on the start method*


# %%
def stay(line):
    line.recv()


# %% tags=["copies"]
if __name__ == "__main__":
    program = Popen(python(SEVEN), stdin=PIPE)
    ours, theirs = ctx.Pipe()
    p = ctx.Process(target=stay, args=(theirs,))
    p.start()
    theirs.close()
    program.stdin.close()
    try:
        code = program.wait(timeout=0.5 if method == "fork" else 30)
    except TimeoutExpired:
        code = None
    print("while the Process lives:", code)  # None under fork, 7 under spawn and forkserver
    assert code == (None if method == "fork" else 7)
    ours.send("go")
    p.join()
    ours.close()
    last = program.wait(timeout=30)
    print("afterwards:", last)  # prints: afterwards: 7
    assert last == 7


# %% [markdown]
# It depends. A *program* gets only the three streams (`close_fds=True`),
# and spawn and forkserver pass on no more than they must.
# A forked `Process` is a copy of us, and so holds a copy of everything we hold.
#
# The cure: start your Processes first, or use `mp.get_context("spawn")`.
#
# ## Three lines to remember
#
# 1. `Popen` does not wait: ask with `poll`, wait with `communicate`, never `wait` on a full pipe.
# 2. A timeout ends one process: `start_new_session=True`, `killpg`, and only then read on.
# 3. A stream ends when the last holder lets go: close the ends that you do not use.
#
# ## Exercises
#
# **06_1 Time is up, for the whole family** ★★★ `exercises/ex_06_1_run_tree.py`
#
# Run a program with a limit; when time is up, end it and everything it started.
#
# `make grade EX=06_1`
#
# **06_2 A pipeline without a shell** ★★ `exercises/ex_06_2_pipeline.py`
#
# Connect programs like `a | b | c`, feed the first, and return all exit codes.
#
# `make grade EX=06_2`
