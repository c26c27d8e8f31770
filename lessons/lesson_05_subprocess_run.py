# %% [markdown]
# # Lesson 05 · Other programs: subprocess.run
#
# *Goal:* run a program that is not yours, know what it said and how it ended,
# and never wait for it for ever.
#
# *You need:* Lesson 01 and 02. About 25 minutes.
#
# *Run it:* `make lesson-05`, or `START=spawn make lesson-05`.
# The start method matters in the last section only: `subprocess` never asks for it.


# %%
import codecs
import contextlib
import inspect
import locale
import mmap
import multiprocessing as mp
import os
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
import warnings
from concurrent.futures import ThreadPoolExecutor

from grader.reading import expect

POSIX = os.name == "posix"  # Linux and macOS; elsewhere: Windows

# %%
if __name__ == "__main__":
    ctx = mp.get_context(os.environ.get("START") or None)
    print("start method:", ctx.get_start_method())


# %% [markdown]
# ## Three pipes and a number
#
# A tool does half of your work, and it is not written in Python.
#
# > subprocess is for talking to external programs, for calling them.
# > (subprocess适用于与外部进程交互,调用外部进程)
#
# > run() executes the command, waits for its end, returns a CompletedProcess object.
# > (等待命令执行完毕,返回一个CompletedProcess对象)
#
# Right, both. A program, seen from outside:
#
# ```text
#                   ┌─────────────────┐ ── stdout ──▶ done.stdout
# input ── stdin ──▶│  args           │
#                   │  cwd, env       │ ── stderr ──▶ done.stderr
#                   └────────┬────────┘
#                            └── exit code ─────────▶ done.returncode
# ```
#
# Standard input, output, error (标准输入、输出、错误) carry bytes;
# the return code (返回码) is one small number.
# An external command (外部命令) is a *list*: the program, then its arguments.
# Python stands in for any tool here, so that it runs on your machine too.
#
# If you capture nothing, what is in `done.stdout`?
#
# *an empty string* · *None* · *the output all the same*


# %%
def python(code, *arguments):
    """Return the command that runs these lines in a new Python."""
    return [sys.executable, "-c", code, *arguments]


SHOUT = """
import sys
print(sys.stdin.read().upper())
print("I can only shout", file=sys.stderr)
sys.exit(3)
"""


# %% tags=["C022", "C076"]
if __name__ == "__main__":
    command = python(SHOUT)
    done = subprocess.run(command, input="tea", capture_output=True, encoding="utf-8")
    print(type(done).__name__, done.returncode)  # prints: CompletedProcess 3
    print(repr(done.stdout), repr(done.stderr))  # prints: 'TEA\n' 'I can only shout\n'
    assert isinstance(done, subprocess.CompletedProcess)  # C076
    assert (done.args, done.returncode) == (command, 3)  # C076
    assert (done.stdout, done.stderr) == ("TEA\n", "I can only shout\n")  # C076
    loose = subprocess.run(python("print('straight to the screen')"))
    print(loose.stdout)  # prints: None
    assert (loose.stdout, loose.stderr) == (None, None)  # C076
    with expect(TypeError):  # C022: a program, never a function
        subprocess.run(len)


# %% [markdown]
# `None`: the words went past you, to where your own output goes.
# The `TypeError` marks the border: functions and objects are for `multiprocessing`,
# programs and bytes for `subprocess`.
#
# ## Which call waits
#
# > subprocess.Popen() goes on at once; subprocess.Call(), not recommended, waits.
# > (父进程开启子进程后,不管其是否结束,直接执行下一步 / 不推荐使用,父进程一直等待)
#
# > run is built on Popen. run is synchronous, Popen asynchronous.
# > (run函数的底层就是Popen函数。run同步,Popen异步)
#
# `LISTEN` ends when its input ends. Which of these fail?
#
# *Call* · *run with a keyword it has never heard of* · *both*


# %%
LISTEN = "import sys; sys.stdin.read()"


# %% tags=["C074", "C077", "C078"]
if __name__ == "__main__":
    program = subprocess.Popen(python(LISTEN), stdin=subprocess.PIPE)
    at_return = program.poll()
    program.communicate(timeout=30)  # ends its input, waits
    print("Popen:", at_return, "then", program.returncode)  # prints: Popen: None then 0
    assert (at_return, program.returncode) == (None, 0)  # C078: back before the end
    done = subprocess.run(python(LISTEN), input=b"")
    assert done.returncode == 0  # C078: back after the end

    with expect(AttributeError):  # C074
        subprocess.Call(python("pass"))
    # prints: AttributeError: module 'subprocess' has no attribute 'Call'
    with expect(TypeError) as caught:
        subprocess.run(python("pass"), colour="red")
    # prints: TypeError: Popen.__init__() got an unexpected keyword argument 'colour'
    assert "Popen" in str(caught.error) and inspect.isclass(subprocess.Popen)  # C077


# %% [markdown]
# Both. The name is `call`, with a small c.
# And the second message shows who does the work:
# `run` hands unknown keywords to `Popen`, a class (Lesson 06).
#
# > call, check_call, check_output, getoutput, getstatusoutput: all replaced by run,
# > kept only for compatibility. (它们存在只是为了保持向下兼容)
#
# Half right. To Python's manual they are *older*, none is deprecated:
#
# | call | gives | if the program fails |
# |---|---|---|
# | `run(cmd)` | a `CompletedProcess` | says nothing |
# | `call(cmd)` | the return code | says nothing |
# | `check_call(cmd)` | 0 | `CalledProcessError` |
# | `check_output(cmd)` | its stdout, still handy | `CalledProcessError` |
# | `getoutput(line)` | stdout and stderr mixed, **by a shell** | says nothing |
# | `getstatusoutput(line)` | code and mixture, **by a shell** | says nothing |
#
# Which of the five warn you when called? *all* · *the shell ones* · *none*

# %% tags=["C075", "C079"]
if __name__ == "__main__":
    works, fails = python("print('tea')"), python("import sys; sys.exit(3)")
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        code = subprocess.call(fails)
        tea = subprocess.check_output(works)
        shell_code = subprocess.getstatusoutput("exit 3")
        mixed = subprocess.getoutput("echo tea 1>&2")
        for checked in (subprocess.check_call, subprocess.check_output):
            with expect(subprocess.CalledProcessError):  # C079
                checked(fails)
    deprecated = [each for each in seen if "Deprecat" in each.category.__name__]
    print(code, tea.split(), shell_code, mixed.split())  # prints: 3 [b'tea'] (3, '') ['tea']
    assert code == subprocess.run(fails).returncode == 3  # C075
    assert deprecated == []  # C075, C079
    assert tea == subprocess.run(works, stdout=subprocess.PIPE, check=True).stdout  # C079
    assert (shell_code, mixed.strip()) == ((3, ""), "tea")  # C079: a shell, and stderr in it


# %% [markdown]
# None. But `run` does all that they do, and you learn one name.
#
# ## The true list of parameters
#
# ```python
# # the article's version, shortened
# def subprocess.run(
#     args,
#     stdin=None,
#     input=None,  # input与stdin不能同时使用; input默认是一个bytes流
#     ...
# ```
#
# `stdin` stands second. So you write `run(command, PIPE)`. What happens?
#
# *stdin is a pipe* · *TypeError* · *nothing that you asked for, and no error*

# %% tags=["C080"]
if __name__ == "__main__":
    print(inspect.signature(subprocess.run))
    # prints: (*popenargs, input=None, capture_output=False, timeout=None, check=False, **kwargs)
    done = subprocess.run(python("print('tea')"), subprocess.PIPE)  # prints: tea
    print(done.stdout)  # prints: None
    kinds = {p.kind.name for p in inspect.signature(subprocess.run).parameters.values()}
    second = list(inspect.signature(subprocess.Popen).parameters)[1]
    print(second, subprocess.PIPE)  # prints: bufsize -1
    assert done.stdout is None  # C080
    assert kinds == {"VAR_POSITIONAL", "KEYWORD_ONLY", "VAR_KEYWORD"}  # C080
    assert (second, subprocess.PIPE) == ("bufsize", -1)  # C080


# %% [markdown]
# No error: the second place is `bufsize`, and `PIPE` is the number -1, its default.
# The cure: one list, then keywords.
#
# | keyword | what it does | what it refuses |
# |---|---|---|
# | `input=b"tea"` | feeds stdin, then ends it | `stdin=` beside it |
# | | bytes, unless the streams are text | `"tea"` without `text` or `encoding` |
# | `capture_output=True` | the same as `stdout=PIPE, stderr=PIPE` | either beside it |
# | `text=True` | all three streams are `str` | a different `universal_newlines=` |
# | `universal_newlines=True` | `text`, by its name before 3.7 | |
# | `cwd="folder"` | **sets** the working directory | a folder that is not there |
# | `env={...}` | replaces the *whole* environment | |
#
# So `cwd` does more than "show the current working directory" (当前工作路径).
#
# Five calls below stand under `expect`. How many have started a program when they fail?
#
# *all* · *one* · *none*


# %%
WHERE = "import os, sys; print(os.path.samefile('.', sys.argv[1]))"


# %% tags=["table", "C081", "C082", "C083", "C087", "C092"]
if __name__ == "__main__":
    both = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with expect(ValueError):  # C081
        subprocess.run(command, input=b"tea", stdin=subprocess.DEVNULL)

    by_bytes = subprocess.run(command, input=b"tea", capture_output=True)
    assert by_bytes.stdout.split() == [b"TEA"]  # C082
    with expect(TypeError):  # C082
        subprocess.run(command, input="tea", **both)

    by_hand = subprocess.run(command, input=b"tea", **both)
    assert vars(by_bytes) == vars(by_hand)  # C083
    with expect(ValueError):  # C083
        subprocess.run(command, input=b"tea", capture_output=True, stdout=subprocess.PIPE)

    for name in ("text", "universal_newlines"):
        by_text = subprocess.run(command, input="tea", capture_output=True, **{name: True})
        assert by_text.stdout == "TEA\n"  # C092
    with expect(subprocess.SubprocessError):  # C092
        subprocess.run(command, text=False, **{name: True})

    with tempfile.TemporaryDirectory() as folder:
        moved = subprocess.run(python(WHERE, folder), cwd=folder, text=True, capture_output=True)
        stays = subprocess.run(python(WHERE, os.getcwd()), text=True, capture_output=True)
        with expect(FileNotFoundError if POSIX else NotADirectoryError):  # C087
            subprocess.run(python("pass"), cwd=os.path.join(folder, "nowhere"))
    print(moved.stdout.strip(), stays.stdout.strip())  # prints: True True
    assert (moved.stdout, stays.stdout) == ("True\n", "True\n")  # C087


# %% [markdown]
# One: the `TypeError` comes from *feeding* a program that already runs.
#
# ## It failed, and nobody noticed
#
# > You get the return code, and an exception on timeout or error.
# > (获取子进程执行结束后的返回码,在执行超时或执行错误时得到异常)
#
# Your script calls a backup tool. The disk is full; the tool says so and exits with 1.
# You wrote `run(backup)`.
#
# *an exception* · *the script goes on* · *the script ends with 1*


# %%
BACKUP = "import sys; print('half of it'); sys.exit('disk full')"  # to stderr, code 1
NEVER = "import threading; threading.Event().wait()"


# %% tags=["racing", "C071", "C089", "C090"]
if __name__ == "__main__":
    backup = python(BACKUP)
    done = subprocess.run(backup, capture_output=True, encoding="utf-8")
    print("backup done, deleting the originals")
    assert done.returncode == 1  # C071: an error exit, and no exception

    with expect(subprocess.CalledProcessError) as caught:  # C089
        subprocess.run(backup, capture_output=True, encoding="utf-8", check=True)
    error = caught.error
    print(error.returncode, repr(error.stdout), repr(error.stderr))
    # prints: 1 'half of it\n' 'disk full\n'
    assert (error.returncode, error.cmd) == (1, backup)  # C090
    assert (error.stdout, error.stderr) == ("half of it\n", "disk full\n")  # C090

    with expect(subprocess.TimeoutExpired):  # C071
        subprocess.run(python(NEVER), timeout=0.2)


# %% [markdown]
# It went on. The cause: a return code speaks only to those who look at it.
# The cure: `check=True`. And for what may never end: `timeout=`, in seconds.
#
# The article warns that then "the returncode is unavailable" (对象的returncode不可用).
# Nothing is lost: the *exception* carries `returncode`, `cmd`, `stdout` and `stderr`.
# (Ended by signal 9? The code is -9, as in Lesson 04.)
#
# ## Two characters become three
#
# > text switches the streams to strings; they are bytes. (本来都是字节流bytes)
#
# Right. A tool writes 进程 in UTF-8. You read it with `text=True` on a Chinese Windows.
#
# *进程* · *杩涚▼* · *an exception*


# %%
WORD = r"import sys; sys.stdout.buffer.write('\u8fdb\u7a0b'.encode())"


# %% tags=["C091"]
if __name__ == "__main__":
    options = ({}, {"text": True}, {"encoding": "utf-8"}, {"errors": "replace"})
    types = [type(subprocess.run(works, stdout=subprocess.PIPE, **each).stdout) for each in options]
    assert types == [bytes, str, str, str]  # C091

    with subprocess.Popen(works, stdout=subprocess.PIPE, text=True) as program:
        program.stdout.read()
    print("text=True here means", program.stdout.encoding)
    chosen = codecs.lookup(program.stdout.encoding)
    assert chosen == codecs.lookup(locale.getpreferredencoding(False))  # C091: the locale decides

    for encoding, expected in (("utf-8", "进程"), ("gbk", "杩涚▼")):
        read = subprocess.run(python(WORD), stdout=subprocess.PIPE, encoding=encoding).stdout
        print(encoding, "gives", len(read), "characters")
        # prints: utf-8 gives 2 characters, then: gbk gives 3 characters
        assert read == expected  # C091


# %% [markdown]
# 杩涚▼, and no error. The cause: `text=True` takes the encoding of *your* locale,
# GBK on a Chinese Windows before Python 3.15, and the tool has never heard of it.
# The cure, which implies `text`: `encoding="utf-8"`.
#
# ## A name chosen by a stranger
#
# > With shell=True args may be an ordinary command string. (args就可以是一个我们常见的命令字符串)
#
# True, and dangerous. Somebody uploads a file named `tea.txt; echo INJECTED`,
# and you put the name into a command string. How many commands run?
#
# *one* · *two* · *none: the name is invalid*


# %%
NAME = "tea.txt; echo INJECTED" if POSIX else "tea.txt& echo INJECTED"
ECHO = "import sys; print(sys.argv[1])"


# %% tags=["C084", "C086"]
if __name__ == "__main__":
    quiet = {"capture_output": True, "encoding": "utf-8"}
    lines = subprocess.run("echo " + NAME, shell=True, **quiet).stdout.split("\n")
    print(lines)  # prints: ['tea.txt', 'INJECTED', '']
    assert [line.strip() for line in lines] == ["tea.txt", "INJECTED", ""]  # C086

    as_list = subprocess.run(python(ECHO, NAME), **quiet).stdout
    print(as_list, end="")  # prints: tea.txt; echo INJECTED
    assert as_list == NAME + "\n"  # C086: one argument, whatever is in it
    if POSIX:
        quoted = subprocess.run("echo " + shlex.quote(NAME), shell=True, **quiet).stdout
        assert quoted == NAME + "\n"  # C086
        lost = subprocess.run(["echo $0", "a", "b"], shell=True, **quiet).stdout
        print(lost, end="")  # prints: a
        assert lost == "a\n"  # C086: with a list the first item alone is the script

    who = subprocess.run("echo $0" if POSIX else "echo %COMSPEC%", shell=True, **quiet)
    print("the shell:", who.stdout.strip())
    assert who.stdout.strip() == ("/bin/sh" if POSIX else os.environ["COMSPEC"])  # C084


# %% [markdown]
# Two: that is an injection (注入). A shell acts on `;`, `$`, `*` and quotes.
# It is `/bin/sh` on Linux, as the article says, and on macOS; `%COMSPEC%` on Windows.
#
# The cure: `run([program, name])`. No shell, nothing to quote.
#
# > With shell=False args can only be a command without arguments, or a list.
# > (args只能是一个不带参数的命令字符串,或者是命令和参数组成的一个list)
#
# What does `"python -c pass"`, one string, do without a shell?
#
# *it runs* · *it fails* · *that depends on the system*

# %% tags=["C085"]
if __name__ == "__main__":
    alone = subprocess.run(sys.executable, input=b"").returncode
    assert alone == subprocess.run(python("pass")).returncode == 0  # C085: bare string, list
    line = f'"{sys.executable}" -c pass'
    if POSIX:
        with expect(FileNotFoundError):  # C085: the whole line is taken for a name
            subprocess.run(line)
    else:
        assert subprocess.run(line).returncode == 0  # C085: Windows splits it


# %% [markdown]
# It depends. POSIX looks for a program of that *name*, spaces included.
# Windows passes whole lines anyway, so there it runs. A list is right on both.
#
# ## Two transcripts
#
# ```python
# # the article's version
# >>> proc = run('dir', shell=True)
# >>> proc.returncode
# 0
# >>> p = run(["ipconfig", "/all"], shell=True)
# >>> proc.args
# ["ipconfig", "/all"]
# ```
#
# As two scripts: which run on your machine? *both* · *the first* · *neither*


# %%
IPCONFIG = """
from subprocess import run
p = run(["ipconfig", "/all"], shell=True)
print(proc.args)
"""


# %% tags=["C097", "C098"]
if __name__ == "__main__":
    silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    dir_code = subprocess.run("dir", shell=True, **silent).returncode
    bare = {**os.environ, "PATH": "nowhere"}  # a shell that finds no programs
    bare_code = subprocess.run("dir", shell=True, env=bare, **silent).returncode
    print("dir:", shutil.which("dir"), dir_code, "without programs:", bare_code)
    if POSIX:
        assert dir_code == (0 if shutil.which("dir") else 127)  # C097: a program, if it is there
        assert bare_code == 127  # C097
    else:
        assert dir_code == bare_code == 0  # C097: part of the shell itself

    script = subprocess.run(python(IPCONFIG), capture_output=True)
    print(script.stderr.split(b"\n")[-2].decode(errors="replace").strip())
    # prints: NameError: name 'proc' is not defined
    assert script.returncode == 1 and b"name 'proc' is not defined" in script.stderr  # C098
    if POSIX and not shutil.which("ipconfig"):
        ip_code = subprocess.run(["ipconfig", "/all"], shell=True, **silent).returncode
        print("ipconfig", ip_code)  # prints: ipconfig 127
        assert ip_code == 127  # C098

    done = subprocess.run(python("import os; print(os.listdir())"), check=True, **quiet)
    print(done.args == python("import os; print(os.listdir())"))  # prints: True
    assert done.stdout.startswith("[")


# %% [markdown]
# `dir` belongs to the shell of Windows. Linux often owns a *program* of that name, by luck;
# where there is none, as on macOS, the shell answers 127: not found.
#
# The second binds `p` and reads `proc`: a session shows the line before, a script fails.
# `ipconfig` is for Windows; elsewhere `/all` becomes the `$0` of the shell, and 127 again.
#
# The cell's last lines correct both: one name, a list, no shell, `check=True`.
#
# ## How a program is started
#
# Two sentences of the article, and they disagree:
#
# > While it runs, the program cannot change. (执行过程中,程序不能发生改变)
#
# > subprocess wraps os.fork() and os.execve(): first fork, then run the new program.
# > (即先fork一个子进程,再运行新的外部程序)
#
# A program prints its PID and calls `os.execv`; a second program prints its own.
#
# *the same PID* · *a new PID* · *the second never runs*


# %%
CHANGE = """
import os, sys
print("first program", os.getpid(), flush=True)  # exec would lose what waits in a buffer
os.execv(sys.executable, [sys.executable, "-c", "import os; print('second', os.getpid())"])
print("never printed")
"""


# %% tags=["C010"]
if __name__ == "__main__":
    if POSIX:
        story = subprocess.run(python(CHANGE), check=True, timeout=30, **quiet).stdout
        print(story, end="")
        (*_, first, first_pid), (second, second_pid) = map(str.split, story.splitlines())
        assert (first, second) == ("program", "second")  # C010: the program changed
        assert first_pid == second_pid  # C010: the process did not
    else:
        print("Windows has no such call: a new program is always a new process")


# %% [markdown]
# The same PID: the process stays, its program changes.
# Nothing behind `execv` runs, because those lines no longer exist.
#
# Is the other half a fork? A fork marks each page of our memory as shared,
# and at the first write to such a page the system steps in. Linux counts that.
# We hold 1,000 pages, run a program, write to all. How often does it step in?
#
# *1,000 times* · *hardly ever* · *it depends on the options*


# %%
def pages_taken_back(memory):
    """Write to every page; return how often the system had to step in."""
    import resource  # POSIX only

    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for place in range(0, len(memory), mmap.PAGESIZE):
        memory[place] = 1
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before


# %% tags=["C023"]
if __name__ == "__main__":
    if sys.platform == "linux":
        private = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS
        with mmap.mmap(-1, 1000 * mmap.PAGESIZE, flags=private) as memory:
            with contextlib.suppress(OSError):  # a kernel without huge pages
                memory.madvise(mmap.MADV_NOHUGEPAGE)
            can_count = pages_taken_back(memory) >= 1000  # the first touch always counts
            subprocess.run(python("pass"))
            plainly = pages_taken_back(memory)
            subprocess.run(python("pass"), preexec_fn=os.getpid)
            with_a_fork = pages_taken_back(memory)
        print("plain:", plainly, "with preexec_fn:", with_a_fork)  # about 0 and about 1000
        if can_count:
            assert plainly < 500  # C023: no fork
            assert with_a_fork >= 1000  # C023: a fork
    else:
        print("this can be counted on Linux only")


# %% [markdown]
# It depends. By default Linux *lends* the child our memory until the new program starts
# (`vfork`; `posix_spawn` from 3.13), and nothing is copied.
# A few options, such as `preexec_fn` and `user`, need a true fork.
# Windows forks nothing: `CreateProcess`.
#
# ## Too heavy
#
# > The child does not load the parent's modules again. (子进程不会把父进程的模块加载一遍)
#
# > For external calls multiprocessing takes too many resources.
# > (对于外部调用来说,使用multiprocessing太占资源)
#
# We ask a program and a `ctx.Process` whether they hold *our* module `grader.reading`.
# The Process also calls a tool. Who says yes?
#
# *the program* · *the Process* · *the Process, under fork only*


# %%
ASK = "import os, sys; print(os.getpid(), 'grader.reading' in sys.modules)"


def call_the_tool(line):
    answer = subprocess.run(python(ASK), stdout=subprocess.PIPE, text=True).stdout
    line.send((os.getpid(), "grader.reading" in sys.modules, answer.split()[0]))


# %% tags=["C024", "C028"]
if __name__ == "__main__":
    answer = subprocess.run(python(ASK), stdout=subprocess.PIPE, text=True).stdout
    tool, program_has_it = answer.split()
    ours, theirs = ctx.Pipe()
    child = ctx.Process(target=call_the_tool, args=(theirs,))
    child.start()
    theirs.close()
    middleman, child_has_it, its_tool = ours.recv()
    child.join()
    print("program:", program_has_it, "Process:", child_has_it)
    # prints: program: False Process: True
    assert (program_has_it, child_has_it) == ("False", True)  # C024
    directly, by_process = {os.getpid(), int(tool)}, {os.getpid(), middleman, int(its_tool)}
    print("processes:", len(directly), "or", len(by_process))  # prints: processes: 2 or 3
    assert len(by_process) == len(directly) + 1  # C028


# %% [markdown]
# The Process, always: fork copies the module, spawn and forkserver import it anew.
# The program starts empty. And the Process is a third one, a whole Python that only waits.
#
# But you want many commands at once. Two tools ring our bell and stay until we answer;
# we answer when *both* have rung. Each is run from a thread.
#
# *both end* · *the first waits for ever*


# %%
RING = """
import socket, sys
socket.create_connection(("127.0.0.1", int(sys.argv[1]))).recv(1)
"""


# %% tags=["C028"]
if __name__ == "__main__":
    with socket.create_server(("127.0.0.1", 0)) as bell, ThreadPoolExecutor(2) as threads:
        bell.settimeout(30)
        ring = python(RING, str(bell.getsockname()[1]))
        calls = [threads.submit(subprocess.run, ring, timeout=30) for _ in range(2)]
        guests = [bell.accept()[0] for _ in calls]
        all_at_once = not any(call.done() for call in calls)
        for guest in guests:
            guest.sendall(b"!")
            guest.close()
        codes = [call.result().returncode for call in calls]
    print("at once:", all_at_once, "codes:", codes)  # prints: at once: True codes: [0, 0]
    assert all_at_once and codes == [0, 0]  # C028: no Process needed


# %% [markdown]
# Both end: a thread that waits for a program leaves Python to the others.
# The cure for many at once: `ThreadPoolExecutor` around `subprocess.run`.
#
# ## Three lines to remember
#
# 1. A list, then keywords: `run([program, name], ...)`; a stranger's words never meet a shell.
# 2. Without `check=True` a failure is silent; the exception carries code, stdout and stderr.
# 3. Say `encoding="utf-8"` and `timeout=`: neither the locale nor the tool will do it for you.
#
# ## Exercises
#
# **05_1 Run a tool and mean it** ★ `exercises/ex_05_1_run_tool.py`
#
# Turn failure and lateness into exceptions of your own.
#
# `make grade EX=05_1`
