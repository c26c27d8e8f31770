# %% [markdown]
# # Lesson 04 · How processes end
#
# *Goal:* read exit codes, stop a child without breaking anything,
# and tell an orphan from a zombie.
#
# *You need:* Lessons 01 to 03: `Process`, `join()`, the start methods. About 20 minutes.
#
# *Run it:* `make lesson-04`, or `START=spawn make lesson-04` for another start method.
#
# Two of your children are gone, a third will not go, and `ps` shows one called `<defunct>`.
# What did they leave behind, and who has to clear it away?


# %%
import io
import multiprocessing as mp
import os
import signal
import subprocess
import sys
from multiprocessing import connection

from grader.reading import expect

# %%
if __name__ == "__main__":
    ctx = mp.get_context(os.environ.get("START") or None)
    method = ctx.get_start_method()
    posix = os.name == "posix"  # Linux, macOS: yes. Windows: no.
    print("start method:", method)


# %% [markdown]
# ## One small number
#
# A child ended in the night. All it left you is `p.exitcode` (退出码).
#
# > exitcode: None while the process runs, -N if signal N ended it.
# > (进程在运行时为None、如果为–N,表示被信号N结束)
#
# Right, and half of the story. What do you read after `sys.exit(256)`?
#
# *256* · *0* · *1*


# %%
def end(how, line):
    line.recv()  # nobody ends before we have looked
    sys.stderr = io.StringIO()  # the error texts of this cell go nowhere
    if how == "return":
        return 42
    if how == "raise":
        raise RuntimeError("out of rice")
    sys.exit(how)


# %% tags=["C043"]
if __name__ == "__main__":
    ways = ["return", "raise", 3, "out of rice", 256, -1, "terminate", "kill"]
    children, lines = [], []
    for how in ways:
        ours, theirs = ctx.Pipe()
        children.append(ctx.Process(target=end, args=(how, theirs)))
        lines.append((ours, theirs))
    before = [p.exitcode for p in children]
    for p, (_, theirs) in zip(children, lines, strict=True):
        p.start()
        theirs.close()
    waiting = [p.exitcode for p in children]
    children[-2].terminate()
    children[-1].kill()
    for ours, _ in lines[:-2]:
        ours.send("now")
    for p in children:
        p.join()
    codes = [p.exitcode for p in children]
    for how, code in zip(ways, codes, strict=True):
        print(f"{how!r:14}{code:5}", signal.Signals(-code).name if code < 0 else "")
    # prints: 'return'          0
    # prints: 'raise'           1
    # prints: 3                 3
    # prints: 'out of rice'     1
    # prints: 256               0     (Windows: 256)
    # prints: -1              255     (Windows: 4294967295)
    # prints: 'terminate'     -15 SIGTERM
    # prints: 'kill'           -9 SIGKILL     (Windows: -15)
    assert before == waiting == [None] * 8  # C043: not only while it runs
    assert codes[:4] == [0, 1, 3, 1]  # C043: a text counts as 1
    assert codes[4:6] == ([0, 255] if posix else [256, 4294967295])  # C043
    assert codes[6:] == ([-15, -9] if posix else [-15, -15])  # C043
    if hasattr(signal, "SIGRTMIN"):  # Linux
        with expect(ValueError):
            signal.Signals(signal.SIGRTMIN + 1)  # prints: ValueError: 35 is not a valid Signals


# %% [markdown]
# 0: one byte is kept on Linux and macOS, so a program that counts its errors
# and exits with the count reports success at 256.
#
# A negative code is the signal (信号) that ended the child. Not every signal has a name.
#
# `None` means "not started" or "not ended". An `if` takes it for false, like 0.
# The cure: `if p.exitcode is None`, never `if not p.exitcode`.
#
# ## What terminate() leaves undone
#
# > p.terminate() ends the process by force. (强制终止进程)
#
# A cook has a `try` with a `finally`. We ask one cook to stop and terminate another.
# Whose rice is put away?
#
# *both: that is what `finally` is for* · *the first* · *neither*


# %%
def cook(line):
    try:
        line.send("cooking")
        line.recv()
    finally:
        line.send("rice put away")


# %% tags=["C037"]
if __name__ == "__main__":
    for ask in (True, False):
        ours, theirs = ctx.Pipe()
        p = ctx.Process(target=cook, args=(theirs,))
        p.start()
        theirs.close()
        assert ours.recv() == "cooking"
        if ask:
            ours.send("please stop")
            words = ours.recv()
            print("asked:", words)  # prints: asked: rice put away
            assert words == "rice put away"
        else:
            p.terminate()
            with expect(EOFError):  # C037: finally did not run
                ours.recv()  # prints: EOFError:
        p.join()
        print("exit code", p.exitcode)  # prints: exit code 0, then exit code -15
        assert p.exitcode == (0 if ask else -15)  # C037


# %% [markdown]
# The first. The second left no word, only the end of its line.
# `terminate()` sends the signal SIGTERM, and its default is to stop the process where it stands:
# no `finally`, no `atexit`, no unsent data of a queue.
# (On Windows it calls TerminateProcess, with the same effect.)
#
# The cure: ask first, by a message or an event.
#
# ## What terminate() cannot do
#
# > It closes the process by force, but not at once; is_alive() shows whether it lives.
# > (强制关闭进程,但是不会立即关闭,可以通过p.is_alive()查看是否存活)
#
# `hands_full` holds SIGTERM up until it has put something down. `deaf` ignores SIGTERM.
# Which of them is alive when `terminate()` has returned?
#
# *neither* · *only `deaf`* · *both, and one of them for ever*


# %%
def hands_full(line):
    if hasattr(signal, "pthread_sigmask"):  # not on Windows
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    line.send("ready")
    line.send("yes, still here" if line.recv() == "are you there?" else "what?")
    line.recv()
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})  # here SIGTERM arrives
    line.send("survived")


def deaf(line):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    line.send("ready")
    line.send("yes, still here" if line.recv() == "are you there?" else "what?")
    line.recv()


# %% tags=["C037", "C059"]
if __name__ == "__main__":
    for target in (hands_full, deaf):
        ours, theirs = ctx.Pipe()
        p = ctx.Process(target=target, args=(theirs,))
        p.start()
        theirs.close()
        assert ours.recv() == "ready"
        p.terminate()
        if posix:
            ours.send("are you there?")
            answer, alive = ours.recv(), p.is_alive()
            print(f"{target.__name__}: {answer}")  # prints: hands_full: yes, still here ...
            if target is hands_full:
                ours.send("put it down")
            else:
                p.kill()
        p.join()
        print("after join()", p.is_alive(), p.exitcode)
        # prints: after join() False -15
        # prints: after join() False -9     (Windows: -15)
        if posix:
            assert (answer, alive) == ("yes, still here", True)  # C059: terminate() was over, p not
        assert not p.is_alive()  # C059: join() sees the end
        forced = -9 if posix and target is deaf else -15
        assert p.exitcode == forced  # C037: SIGTERM was ignored, SIGKILL cannot be


# %% [markdown]
# Both: they answered us, under all three start methods. (On Windows neither can refuse.)
#
# ```text
# parent      terminate() returns   is_alive(): True       join() returns, -15
#                   │ SIGTERM                                     ▲
# hands_full  ──────┴─ held up ──── "yes, still here" ── unblocks ┘
# deaf        ──────┴─ ignored ──── "yes, still here" ───────────── ... until kill()
# ```
#
# The cause: `terminate()` posts a letter and does not wait for it to be read.
# An ordinary child is gone a moment later; here we made that moment long enough to see.
#
# The cure: `p.join(timeout=...)`, then look at `p.exitcode`.
# Still `None`? `p.kill()` sends SIGKILL, which no process can ignore. Then join again.
#
# ## The zombie: dead, and on the books
#
# > A process consists of program, data and a process control block.
# > (进程由程序、数据和进程控制块三部分组成)
#
# The last is the kernel's record: PID, state, parent, exit code.
# A child exits with 7, and we do *not* join it. What is left of the three?
#
# *nothing* · *only the record* · *all three, until `join()`*


# %%
def record(pid):
    """Return what Linux has on record about a process; nothing when it has none."""
    try:
        with open(f"/proc/{pid}/status") as file:
            fields = [line.partition(":") for line in file]
    except OSError:
        return {}
    return {name: value.strip() for name, _, value in fields}


def seven(line):
    line.send("alive")
    line.recv()
    sys.exit(7)


# %% tags=["racing", "C008"]
if __name__ == "__main__":
    ours, theirs = ctx.Pipe()
    p = ctx.Process(target=seven, args=(theirs,))
    p.start()
    theirs.close()
    assert ours.recv() == "alive"
    living = record(p.pid)
    ours.send("go")
    if hasattr(os, "waitid") and method != "forkserver":
        # Wait for the end, but leave the record where it is (WNOWAIT).
        noted = os.waitid(os.P_PID, p.pid, os.WEXITED | os.WNOWAIT).si_status
        p.kill()  # changes nothing: the code stays 7
    else:
        connection.wait([p.sentinel])
        noted = None
    dead = record(p.pid)
    print("living:", living.get("State"), "memory", living.get("VmSize"))
    print("dead:  ", dead.get("State"), "memory", dead.get("VmSize"), "exit code", noted)
    # fork and spawn print: dead:   Z (zombie) memory None exit code 7
    p.join()
    after = record(p.pid)
    print("after join():", after, p.exitcode)  # prints: after join(): {} 7
    if living:  # where there is /proc
        assert ("VmSize" in living, "VmSize" in dead) == (True, False)  # C008: program, data gone
        kept = (dead.get("State"), noted)
        nobody = (None, None)  # the fork server has already taken the record away
        assert kept == (nobody if method == "forkserver" else ("Z (zombie)", 7))  # C008
    assert (after, p.exitcode) == ({}, 7)  # C008: once read, the record goes too


# %% [markdown]
# Only the record. That is a zombie (僵尸进程): *finished, not yet waited for by its parent*.
# It uses no memory of its own and no core, only a PID and a line in `ps`: `<defunct>`.
# `kill()` did nothing: it is dead already.
#
# Under forkserver we saw none: there the server is the parent, and it collects at once.
#
# The cure: `p.join()`. (`is_alive()`, `exitcode` and starting another child collect too.)
#
# ## The orphan: alive, and nobody's
#
# > If p has created children, they become zombies. (如果p创建了子进程,该子进程就成了僵尸进程)
#
# That is what the article says about `terminate()`. Our `p` starts a grandchild; we terminate `p`.
# Then we write to the grandchild.
#
# *it is dead too* · *it is a zombie* · *it answers*


# %%
def grandchild(line):
    line.send((os.getpid(), os.getppid()))
    line.recv()
    line.send((os.getppid(), mp.parent_process().is_alive()))
    line.recv()


def family(method, line):
    p = mp.get_context(method).Process(target=grandchild, args=(line,))
    p.start()
    line.close()
    p.join()


# %% tags=["racing", "C046"]
if __name__ == "__main__":
    ours, theirs = ctx.Pipe()
    p = ctx.Process(target=family, args=(method, theirs))
    p.start()
    theirs.close()
    pid, parent_before = ours.recv()
    p.terminate()
    p.join()
    ours.send("are you there?")
    parent_after, starter_lives = ours.recv()  # a zombie answers nothing
    state = record(pid).get("State", "(no /proc here)")
    print("p:", p.exitcode, "· grandchild:", state)
    print("its parent was", parent_before, "and is", parent_after, "· p was", p.pid)
    print("the one who started it lives:", starter_lives)  # prints: ... lives: False
    ours.send("go home")
    with expect(EOFError):
        ours.recv()  # prints: EOFError: (now it is gone)
    assert (p.exitcode, starter_lives) == (-15, False)  # C046: its parent was gone ...
    assert state[0] in "RSD("  # C046: ... and it ran or waited, it was no Z
    if posix:
        assert (parent_before == p.pid) == (method != "forkserver")
        assert parent_after != p.pid  # C046: it had another parent


# %% [markdown]
# It answers. It is an *orphan* (孤儿进程), the opposite of a zombie:
#
# | | zombie 僵尸进程 | orphan 孤儿进程 |
# |---|---|---|
# | program, data | gone | **running** |
# | kernel's record | **kept**, with the exit code | kept, with a new parent |
# | who is missing | nobody: the parent did not look | **the parent** |
# | ends when | the parent waits | its own work ends |
#
# Linux and macOS give an orphan to process 1 or to a *subreaper* that stands in for it.
# (Under forkserver the parent was a fork server, and stays it. Windows has no adoption.)
#
# The cause: a signal reaches one process, not its descendants.
# The cure: ask `p` to stop, and let it end its own children first. Lesson 06 ends whole trees.
#
# ## Daemons: the flag
#
# A daemon process (守护进程) is a child that its parent ends on its own way out.
#
# > p.daemon is False by default. (默认值为False)
#
# > It must be set before p.start(). (必须在p.start()之前设置)
#
# > Then p cannot create new processes of its own. (p不能创建自己的新进程)
#
# Inside a daemon we make a `Process`, start it, and then try `subprocess.run`.
#
# *both are refused* · *only `Process` is* · *both run*


# %%
def look_around(method, line):
    inner = mp.get_context(method).Process(target=print)
    line.send(inner.daemon)
    try:
        inner.start()
        line.send("started")
        inner.join()
    except AssertionError as error:
        line.send(str(error))
    line.send(subprocess.run([sys.executable, "-I", "-S", "-c", ""]).returncode)
    line.recv()


# %% tags=["C040", "C050", "C051"]
if __name__ == "__main__":
    ours, theirs = ctx.Pipe()
    p = ctx.Process(target=look_around, args=(method, theirs))
    at_first = p.daemon
    p.daemon = True
    p.start()
    theirs.close()
    inherited, refusal, returncode = ours.recv(), ours.recv(), ours.recv()
    print("daemon here:", at_first, "· in a daemon:", inherited)
    # prints: daemon here: False · in a daemon: True
    print("Process.start():", refusal)
    # prints: Process.start(): daemonic processes are not allowed to have children
    print("subprocess.run():", returncode)  # prints: subprocess.run(): 0
    with expect(AssertionError):  # C050
        p.daemon = False  # prints: AssertionError: process has already started
    ours.send("done")
    p.join()
    assert (at_first, inherited) == (False, True)  # C040
    assert refusal == "daemonic processes are not allowed to have children"  # C051
    assert returncode == 0  # C051: another program is no Process


# %% [markdown]
# Only `Process`. The refusal is a line in Python's `start()`:
# nobody would end the grandchildren when the daemon is ended.
# `subprocess` has no such line, so that danger is yours.
#
# And the default is *inherited*: `False` in the main process, `True` inside a daemon.
#
# The workers of a `Pool` are daemons: no pool inside a pool's task.
# The cure: `concurrent.futures.ProcessPoolExecutor`, whose workers are none.
#
# ## Daemons: a counter, and the last day
#
# ```python
# # the article's version, shortened
# def daemon_process():
#     global i_func
#     while True:
#         i_func += 1
#         time.sleep(0.2)
#         print(f'守护进程还活着{i_func}')
#
# i_func = 0
# if __name__ == '__main__':
#     p_d = Process(target=daemon_process)
#     p_d.daemon = True
#     p_d.start()
# ```
#
# It works ("the daemon is still alive 1, 2, 3 …"). Then somebody tidies up:
# `i_func = 0` moves under the guard. Where does the daemon still count?
#
# *everywhere* · *under fork* · *nowhere*
#
# And the parent's own `i_func`, after three rounds in the child? *0* · *3*

# %%
i_func = 0


def article_daemon(line):
    global i_func
    while line.recv() == "next":  # the article sleeps here
        i_func += 1
        line.send(i_func)


def tidied_daemon(line):
    global tidied_up
    try:
        while line.recv() == "next":
            tidied_up += 1
            line.send(tidied_up)
    except NameError as error:
        line.send(f"NameError: {error}")


# %% tags=["C064"]
if __name__ == "__main__":
    tidied_up = 0  # under the guard
    for target in (article_daemon, tidied_daemon):
        ours, theirs = ctx.Pipe()
        p = ctx.Process(target=target, args=(theirs,), daemon=True)
        p.start()
        theirs.close()
        ours.send("next")
        counts = [ours.recv()]
        if counts == [1]:
            for _ in range(2):
                ours.send("next")
                counts.append(ours.recv())
            ours.send("stop")
        p.join()
        print(target.__name__, *counts)
        # prints: article_daemon 1 2 3
        # spawn and forkserver print: tidied_daemon NameError: name 'tidied_up' is not defined
        if target is article_daemon:
            assert counts == [1, 2, 3]  # C064: a new i_func = 0 in every child
        else:
            assert (counts == [1, 2, 3]) == (method == "fork")  # C064
    print("here:", i_func, tidied_up)  # prints: here: 0 0
    assert (i_func, tidied_up) == (0, 0)  # C064: the parent's own never moves


# %% [markdown]
# Under fork alone: there the child copies our memory, guard and all.
# The others import the module anew, and an import skips the guard (Lesson 03).
# The parent's counter stays 0.
#
# The cure: pass it, `args=(0, line)`.
#
# A counting daemon, now corrected, also shows what a daemon is for.
# `household` starts one, then leaves, once by `os._exit(0)` and once by `return`.
# After which does the daemon still count?
#
# *neither* · *only `os._exit`* · *both*


# %%
def daemon_process(count, line):
    while line.recv() == "next":
        count += 1
        line.send(count)


def household(method, line, door, abruptly):
    p = mp.get_context(method).Process(target=daemon_process, args=(0, line), daemon=True)
    p.start()
    line.close()
    door.recv()
    if abruptly:
        os._exit(0)


# %%
if __name__ == "__main__":
    for abruptly in (True, False):
        ours, theirs = ctx.Pipe()
        door, their_door = ctx.Pipe()
        p = ctx.Process(target=household, args=(method, theirs, their_door, abruptly))
        p.start()
        theirs.close()
        their_door.close()
        ours.send("next")
        assert ours.recv() == 1
        door.send("leave")
        p.join()
        assert p.exitcode == 0
        if abruptly:
            ours.send("next")
            count = ours.recv()
            print("after os._exit:", count)  # prints: after os._exit: 2
            assert count == 2
            ours.send("stop")
        else:
            print("after return:")  # prints: after return:
        with expect(EOFError):
            ours.recv()  # prints: EOFError: (it is gone)


# %% [markdown]
# Only after `os._exit`. On an orderly way out, Python calls `terminate()` on its daemons,
# so their `finally` is skipped too.
# A parent that is killed has no way out to walk, and its daemon becomes an orphan.
# The cure: a child that watches `mp.parent_process()`, in Lesson 18.
#
# ## Three lines to remember
#
# 1. `exitcode`: `None` not ended, 0 fine, above 0 failed, below 0 a signal.
# 2. `terminate()` is a request that skips `finally`: ask first, join afterwards, `kill()` last.
# 3. A zombie is dead and not yet waited for; an orphan is alive and has lost its parent.
#
# ## Exercises
#
# **04_1 What does this exit code say** ★ `exercises/ex_04_1_describe.py`
#
# Put an exit code into words: not finished, ok, failed, or killed by which signal.
#
# `make grade EX=04_1`
#
# **04_2 Ask, then tell, then force** ★★ `exercises/ex_04_2_stop.py`
#
# End a child by the gentlest step that works, say which one it was, and leave no zombie.
#
# `make grade EX=04_2`
