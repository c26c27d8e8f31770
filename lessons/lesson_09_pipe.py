# %% [markdown]
# # Lesson 09 · Pipe: two ends and who holds them
#
# *Goal:* send messages over a `Pipe`, and end the stream by closing, under every start method.
#
# *You need:* Lessons 02, 03 and 08: `Process`, start methods, what can be sent. About 25 minutes.
#
# *Run it:* `make lesson-09`, or `START=spawn make lesson-09` for another start method.
#
# The producer has finished and gone. The consumer still waits, and so do you.
# Everything in this lesson comes down to one question: *who still holds the other end?*


# %%
import gc
import multiprocessing as mp
import os
import random
import stat
import subprocess
import sys
import tempfile
import time

from grader.reading import expect

# %%
if __name__ == "__main__":
    ctx = mp.get_context(os.environ.get("START") or None)
    method = ctx.get_start_method()
    posix = os.name == "posix"  # Linux, macOS: yes. Windows: no.
    print("start method:", method)

# %% [markdown]
# ## Two ends
#
# A pipe (管道) is the shortest road for inter-process communication (进程间通信).
# From the article's list of methods:
#
# ```python
# # the article's version, shortened
# pipe = Pipe()
# pipe[0].recv(msg) # 接收                        (receive)
# pipe[1].send(msg) # 发送                        (send)
# ```
#
# > duplex=True: both ends send and receive. duplex=False: conn1 receives, conn2 sends.
# > (全双工模式(默认),双方均可收发 / conn1只接收,conn2只发送)
#
# What does `recv(msg)` do?
#
# *it fills msg* · *it ignores msg* · *TypeError*

# %% tags=["C114", "C115", "C116"]
if __name__ == "__main__":
    left, right = ctx.Pipe()
    left.send("tea?")
    right.send("rice!")
    heard = (right.recv(), left.recv())
    print(heard)  # prints: ('tea?', 'rice!')
    assert heard == ("tea?", "rice!")  # C114: two connections, tied to each other

    right.send("one object")
    with expect(TypeError):  # C116
        left.recv("msg")
    # prints: TypeError: _ConnectionBase.recv() takes 1 positional argument but 2 were given
    assert left.recv() == "one object"  # C116: it is what recv() returns

    reader, writer = ctx.Pipe(duplex=False)
    writer.send("one way")
    assert reader.recv() == "one way"  # C115
    with expect(OSError):  # C115
        reader.send("back")  # prints: OSError: connection is read-only
    with expect(OSError):  # C115
        writer.recv()  # prints: OSError: connection is write-only
    for end in (left, right, reader, writer):
        end.close()

# %% [markdown]
# `TypeError`: nothing goes into `recv()`, the object comes out. The rest is right,
# and the order is worth learning: `reader, writer = ctx.Pipe(duplex=False)`.
#
# ## Waiting, or asking
#
# > With nothing to receive, recv() blocks for ever. (会一直阻塞)
#
# > poll() returns at once; with None it waits without limit. (无限期地等待数据到达)
#
# Right, both. And `recv()` has no timeout, so to wait with a deadline you ask first:
# `poll(seconds)`.
#
# One child calls `recv()`, one `poll(None)`; we call `poll()` and `poll(0.1)`.
# Nobody has sent anything. Who comes back?
#
# *all four* · *we, with False* · *we, with an error*


# %%
def call_recv(line):
    line.send("ready")
    line.send(line.recv())


def call_poll_none(line):
    line.send("ready")
    found = line.poll(None)
    line.send((found, line.recv()))


# %% tags=["C120", "C128"]
if __name__ == "__main__":
    answers = {}
    for target in (call_recv, call_poll_none):
        ours, theirs = ctx.Pipe()
        p = ctx.Process(target=target, args=(theirs,))
        p.start()
        theirs.close()
        assert ours.recv() == "ready"
        empty = (ours.poll(), ours.poll(0.1))
        waits = p.exitcode is None
        ours.send("a word")
        p_says = ours.recv()
        p.join()
        answers[target.__name__] = p_says
        print(empty, "it waits:", waits, "· then", p_says)
        # prints: (False, False) it waits: True · then a word
        # prints: (False, False) it waits: True · then (True, 'a word')
        assert empty == (False, False) and waits  # C128: nothing from recv() until we sent
        if posix:
            at_the_end = ours.poll()
            print("after its end, poll():", at_the_end)  # prints: after its end, poll(): True
            assert at_the_end  # C120: and yet there is nothing
            with expect(EOFError):
                ours.recv()  # prints: EOFError:
        else:
            with expect(BrokenPipeError):  # C120
                ours.poll()
        ours.close()
    assert answers["call_recv"] == "a word"  # C128
    assert answers["call_poll_none"] == (True, "a word")  # C120: None waits

# %% [markdown]
# We, with `False`, which means *nothing yet*. It does not mean *finished*.
#
# And look at the last lines: after the child's end `poll()` says `True`, with nothing there.
# `True` means *`recv()` will not block*: there is a message, or the end.
# The cure: `try: ... except EOFError` around `recv()`, even after `poll()`.
#
# ## What closing does
#
# > The other end is closed and no data is left: EOFError.
# > (另外一端已经关闭,再也不存在任何数据,将引发EOFError异常)
#
# > If one side closes its end, the other must close its end too.
# > (若一方关闭了端点,相应的另一端必须关闭其端点)
#
# `left` sends two words and closes. `right` calls `recv()` three times.
#
# *three EOFErrors* · *two words, one EOFError* · *two words, then it hangs*

# %% tags=["C123", "C135"]
if __name__ == "__main__":
    left, right = ctx.Pipe()
    left.send("two")
    left.send("words")
    left.close()
    words = [right.recv(), right.recv()]
    print(words, "right is closed:", right.closed)
    # prints: ['two', 'words'] right is closed: False
    with expect(EOFError):  # C123: the end comes after the last message
        right.recv()  # prints: EOFError:
    assert words == ["two", "words"]  # C135: had right closed at once, these were lost
    assert not right.closed  # C135
    right.close()

# %% [markdown]
# End-of-file (文件结束) stands *behind* the last message.
# So the first sentence is right, and the second is a way to lose data:
# read until `EOFError`, then close.
#
# > close() does not close the channel; nothing can be put in any more.
# > (并未关闭通道,只是把状态改为不可再插入元素的状态)
#
# > recv() on a closed pipe raises EOFError. (如果管道已经被关闭,会抛出EOFError)
#
# Then a closed end should still receive. Does it?
#
# *yes* · *EOFError* · *OSError*

# %% tags=["C129", "C130"]
if __name__ == "__main__":
    left, right = ctx.Pipe()
    left.close()
    with expect(OSError) as caught:  # C130: no taking out either
        left.recv()  # prints: OSError: handle is closed
    with expect(OSError):  # C130: no putting in
        left.send("late")  # prints: OSError: handle is closed
    assert not isinstance(caught.error, EOFError)  # C129: our own end
    with expect(EOFError):  # C129: the other's
        right.recv()  # prints: EOFError:
    with expect(BrokenPipeError):  # C130: this channel is closed, in both directions
        right.send("late")  # prints: BrokenPipeError: [Errno 32] Broken pipe (or in other words)
    right.close()

# %% [markdown]
# `OSError`. `close()` gives up *this process's* handle, for both directions.
# `EOFError` is news about *others*: nobody holds the other end any more.
#
# > If conn is garbage-collected, close() is called. (如果conn被垃圾回收,将自动调用此方法)
#
# We write `del writer`. Does the reader see the end?
#
# *yes* · *no* · *only if that was the last name for it*

# %% tags=["C118"]
if __name__ == "__main__":
    reader, writer = ctx.Pipe(duplex=False)
    in_a_list = [writer]
    del writer
    gc.collect()
    forgotten = reader.poll(0.1)
    print("the end is here:", forgotten)  # prints: the end is here: False
    assert not forgotten  # C118: somebody still knows it
    in_a_list.clear()
    gc.collect()
    with expect(EOFError):  # C118: collected, closed
        reader.recv()  # prints: EOFError:
    reader.close()

# %% [markdown]
# Right, and only then. The cure is to say it: `writer.close()`.
#
# ## A stream that never ends
#
# Now the article's producer and consumer (生产者/消费者), one child each:
#
# ```python
# # the article's version, shortened
# def producer(pipe):
#     for product in products:
#         pipe.send(product)
#
# def consumer(pipe):
#     while True:
#         try:
#             item = pipe.recv()
#         except EOFError as e:
#             print('生产者跑路了')                 (the producer has run off)
#             break
#
# products = [random.randint(1, 10) for i in range(10)]
# ```
#
# Its main part gives `pipe[1]` to the producer, `pipe[0]` to the consumer,
# closes both here, and joins.
# Below it runs as a program under each start method of your system.
# We added a diary, so that we see what the consumer got.
# Where does the consumer end, and where are its numbers those of the parent's `products`?
#
# *both everywhere* · *it ends under fork, numbers differ there* · *the other way round*


# %%
ARTICLE = """\
import multiprocessing as mp
import os
import random

def producer(pipe):
    for product in products:
        pipe.send(product)

def consumer(pipe, diary):
    while True:
        try:
            diary.send(pipe.recv())
        except EOFError:
            diary.send("the producer has run off")
            break

products = [random.randint(1, 10**6) for i in range(10)]

if __name__ == "__main__":
    ctx = mp.get_context(os.environ["START"])
    pipe = ctx.Pipe(duplex=False)
    ours, diary = ctx.Pipe(duplex=False)
    process_producer = ctx.Process(target=producer, args=(pipe[1],))
    process_consumer = ctx.Process(target=consumer, args=(pipe[0], diary))
    process_producer.start()
    process_consumer.start()
    pipe[0].close()
    pipe[1].close()
    process_producer.join()
    same = [ours.recv() for _ in range(10)] == products
    print("it ended:", ours.poll(float(os.environ["PATIENCE"])), "same numbers:", same)
    process_consumer.kill()
    process_consumer.join()
"""


# %% tags=["C132", "C133"]
if __name__ == "__main__":
    programs = {}
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "article.py")
        with open(path, "w", encoding="utf-8") as file:
            file.write(ARTICLE)
        for each in mp.get_all_start_methods():
            patience = "0.5" if each == "fork" else "30"  # we know who will need it
            surroundings = {**os.environ, "START": each, "PATIENCE": patience}
            programs[each] = subprocess.Popen(
                [sys.executable, path], env=surroundings, stdout=subprocess.PIPE, text=True
            )
        said = {
            each: program.communicate(timeout=60)[0].strip() for each, program in programs.items()
        }
    for each in sorted(said):
        print(f"{each:11}{said[each]}")
    # prints: fork       it ended: False same numbers: True
    # prints: forkserver it ended: True same numbers: False
    # prints: spawn      it ended: True same numbers: False
    for each, line in said.items():
        assert ("it ended: False" in line) == (each == "fork")  # C132
        assert ("same numbers: True" in line) == (each == "fork")  # C133

# %% [markdown]
# The other way round: two mistakes, and each method shows one of them.
#
# The numbers: spawn and forkserver run the module again in the child, and so draw others.
# The cure: `args=(products, ...)`.
#
# The end comes when *every* copy of the write end is closed. Who holds what, under fork:
#
# | | read end | write end |
# |---|---|---|
# | parent | closed by us | closed by us |
# | producer | inherited | used, then closed by its exit |
# | consumer | used | **inherited: it waits for itself** |
#
# `EOFError` only when the right column is empty.
# Under spawn and forkserver a child holds what it was given, and nothing else.
#
# > An end that neither side uses should be closed.
# > (若双方都没有使用管道的某个端点,就应该关闭管道)
#
# In spirit. The rule that works: *each process closes each end that it does not use itself.*
# To follow it under every method, give the child both ends.
# Here the consumer holds the write end everywhere. First it keeps it, then it closes it.


# %%
def produce(products, reader, writer):
    reader.close()  # not mine
    for product in products:
        writer.send(product)
    writer.close()


def consume(reader, writer, tidy, diary):
    if tidy:
        writer.close()  # not mine
    try:
        while True:
            diary.send(reader.recv())
    except EOFError:
        diary.send("end of stream")


# %% tags=["C132", "C133", "C134"]
if __name__ == "__main__":
    products = [random.randint(1, 10) for _ in range(10)]  # under the guard
    for tidy in (False, True):
        reader, writer = ctx.Pipe(duplex=False)
        ours, diary = ctx.Pipe(duplex=False)
        producer = ctx.Process(target=produce, args=(products, reader, writer))
        consumer = ctx.Process(target=consume, args=(reader, writer, tidy, diary))
        producer.start()
        consumer.start()
        for end in (reader, writer, diary):
            end.close()
        producer.join()
        got = [ours.recv() for _ in products]
        ended = ours.poll(30 if tidy else 0.3)
        print("tidy:", tidy, "· all arrived:", got == products, "· it ended:", ended)
        # prints: tidy: False · all arrived: True · it ended: False
        # prints: tidy: True · all arrived: True · it ended: True
        if not ended:
            consumer.kill()
        consumer.join()
        ours.close()
        assert got == products  # C133: given as an argument
        assert ended == tidy  # C134: one unused end decides
    assert consumer.exitcode == 0  # C132: cured, under each start method

# %% [markdown]
# One line in the child, `writer.close()`, and the stream ends.
#
# ## A message of ten megabytes
#
# The system keeps some kilobytes of a pipe for you; whoever sends more waits for the reader.
# A child sends ten megabytes and returns. The parent, as taught, joins it first.
#
# *it works* · *both wait for ever* · *MemoryError*
#
# And how do you end what is stuck? The article:
#
# > First close the pipe, then terminate the process, then join.
# > (先关闭通道 再关闭进程proc.terminate() 再等待进程结束proc.join())
#
# So we terminate it. What do we read from the pipe?
#
# *the whole message* · *EOFError: nothing* · *a piece, then an error*


# %%
def send_much(writer):
    writer.send_bytes(bytes(10_000_000))


# %% tags=["C136"]
if __name__ == "__main__":
    for cure in ("read", "terminate"):
        reader, writer = ctx.Pipe(duplex=False)
        p = ctx.Process(target=send_much, args=(writer,))
        p.start()
        writer.close()
        reader.poll(None)  # its first bytes are here
        p.join(timeout=0.3)
        stuck = p.exitcode is None
        if cure == "read":
            size = len(reader.recv_bytes())
            p.join()
            print("stuck:", stuck, "· read:", size)  # prints: stuck: True · read: 10000000
            assert (stuck, size, p.exitcode) == (True, 10_000_000, 0)
        else:
            p.terminate()
            p.join()
        if cure == "terminate" and posix:
            with expect(OSError, EOFError):  # C136: terminate() tears the message
                reader.recv_bytes()  # prints: OSError: got end of file during message
        reader.close()

    reader, writer = ctx.Pipe(duplex=False)
    ours, diary = ctx.Pipe(duplex=False)
    p = ctx.Process(target=consume, args=(reader, writer, True, diary))
    p.start()
    reader.close()
    diary.close()
    for word in ("tea", "rice"):
        writer.send(word)
    writer.close()  # this is the stop signal
    p.join()
    read = [ours.recv() for _ in range(3)]
    print(read, p.exitcode)  # prints: ['tea', 'rice', 'end of stream'] 0
    assert read == ["tea", "rice", "end of stream"]  # C136: no terminate(), nothing lost
    assert p.exitcode == 0  # C136
    ours.close()

# %% [markdown]
# Both wait for ever: the child for a reader, the parent for the child.
# The cure: read, *then* join.
#
# `terminate()` cut the message in two, and the half that came is of no use.
# The cure: close, then join. Closing *is* the signal to stop;
# `terminate()` is for a child that does not listen.
#
# ## Bytes
#
# For what is bytes already, four methods, no pickle. The article describes them well:
#
# | call | |
# |---|---|
# | `send_bytes(buffer, offset, size)` | that part, as *one* message |
# | `recv_bytes(maxlength)` | one whole message, never a part |
# | `recv_bytes_into(buffer, offset)` | into your bytearray; returns the size |
#
# > Above maxlength: IOError, and no further reading. (将引发IOError异常,无法进行进一步读取)
#
# > Buffer too small: BufferTooShort. (将引发BufferTooShort异常)
#
# After which of the two errors can you read on?
#
# *both* · *neither* · *BufferTooShort*

# %% tags=["C121", "C122", "C124"]
if __name__ == "__main__":
    reader, writer = ctx.Pipe(duplex=False)
    writer.send_bytes(b"abcdef", 2, 3)
    writer.send_bytes(b"xyz")
    part, whole = reader.recv_bytes(), reader.recv_bytes(3)
    print(part, whole)  # prints: b'cde' b'xyz'
    assert part == b"cde"  # C124
    assert whole == b"xyz"  # C121: one message, and 3 is not too long for a limit of 3
    writer.send_bytes(b"four")
    writer.send_bytes(b"ok")
    with expect(OSError):  # C121: the limit; C122: an OSError
        reader.recv_bytes(3)  # prints: OSError: bad message length
    with expect(OSError):  # C122: and no way on
        reader.recv_bytes()  # prints: OSError: handle is closed
    print("IOError is", IOError.__name__)  # prints: IOError is OSError
    assert IOError is OSError  # C122
    writer.close()

# %% tags=["C125", "C126"]
if __name__ == "__main__":
    reader, writer = ctx.Pipe(duplex=False)
    tray = bytearray(b"------")
    writer.send_bytes(b"tea")
    size = reader.recv_bytes_into(tray, 2)
    print(size, tray)  # prints: 3 bytearray(b'--tea-')
    assert (size, tray) == (3, b"--tea-")  # C125
    writer.send_bytes(b"a long letter")
    writer.send_bytes(b"rice")
    with expect(mp.BufferTooShort) as caught:  # C126
        reader.recv_bytes_into(tray)
    size = reader.recv_bytes_into(tray)
    print(caught.error.args[0], bytes(tray[:size]))  # prints: b'a long letter' b'rice'
    assert caught.error.args[0] == b"a long letter"  # C126: the message is not lost
    assert tray[:size] == b"rice"  # C126: and the next one comes
    reader.close()
    writer.close()

# %% [markdown]
# Only after `BufferTooShort`, which brings the message along, in `args[0]`.
# Too long for `maxlength`, and Python gives up reading there: the message is still inside, unread.
# (`IOError` has been a second name of `OSError` since 3.3.)
#
# ## What it is made of
#
# > Pipe communicates through sockets. (Pipe是通过socket进行进程间通信的)
#
# > fileno() returns the integer file descriptor. (返回连接使用的整数文件描述符)
#
# Is that so for both kinds of `Pipe`?
#
# *yes* · *for the duplex one* · *on Windows too*

# %% tags=["C119", "C131"]
if __name__ == "__main__":
    kinds = {}
    for duplex in (True, False):
        one, other = ctx.Pipe(duplex)
        if posix:
            mode = os.fstat(one.fileno()).st_mode
            kinds[duplex] = (
                "socket" if stat.S_ISSOCK(mode) else "pipe" if stat.S_ISFIFO(mode) else "?"
            )
        else:
            kinds[duplex] = type(one).__name__
        number = one.fileno()
        print("duplex:", duplex, "·", kinds[duplex], "· fileno() is", type(number).__name__)
        # prints: duplex: True · socket · fileno() is int
        # prints: duplex: False · pipe · fileno() is int     (Windows: PipeConnection, twice)
        one.close()
        other.close()
        if posix:
            with expect(OSError):  # C119: it was a descriptor, and is one no more
                os.fstat(number)  # prints: OSError: [Errno 9] Bad file descriptor
    expected = {True: "socket", False: "pipe"} if posix else dict.fromkeys(kinds, "PipeConnection")
    assert kinds == expected  # C131
    assert isinstance(number, int)  # C119

# %% [markdown]
# For the duplex (全双工) one, on Linux and macOS. One-way is an anonymous pipe of the system.
# Windows has a named pipe for both, and `fileno()` is a *handle* that `select` does not take.
# What waits for several ends everywhere: `multiprocessing.connection.wait`.
#
# > Pipe is faster than Queue. (Pipe的读写效率要高于Queue)
#
# So replace the queue of your two producers by one fast pipe?
#
# *yes* · *no, it is not faster* · *no, for another reason*


# %%
def through_pipe(ctx, count):
    reader, writer = ctx.Pipe(duplex=False)
    begun = time.process_time()
    for number in range(count):
        writer.send(number)
        reader.recv()
    return time.process_time() - begun


def through_queue(ctx, count):
    box = ctx.Queue()
    begun = time.process_time()
    for number in range(count):
        box.put(number)
        box.get()
    seconds = time.process_time() - begun
    box.close()
    box.join_thread()
    return seconds


def repeat(letter, line, door):
    line.recv()
    while True:
        door.send_bytes(letter * 100_000)


# %% tags=["racing", "C127"]
if __name__ == "__main__":
    pipe = min(through_pipe(ctx, 1000) for _ in range(3))
    box = min(through_queue(ctx, 1000) for _ in range(3))
    print(f"1000 messages, processor: Pipe {1000 * pipe:.1f} ms, Queue {1000 * box:.1f} ms")
    assert pipe < box  # C127: one writer, one reader

    if posix:
        reader, writer = ctx.Pipe(duplex=False)
        children, lines = [], []
        for letter in (b"A", b"B"):
            ours, theirs = ctx.Pipe()
            children.append(ctx.Process(target=repeat, args=(letter, theirs, writer)))
            children[-1].start()
            theirs.close()
            lines.append(ours)
        for line in lines:
            line.send("go")
        intact, deadline = (b"A" * 100_000, b"B" * 100_000), time.monotonic() + 30
        torn = False
        while not torn and time.monotonic() < deadline:
            try:
                torn = reader.recv_bytes(100_000) not in intact
            except OSError:
                torn = True  # letters, read as a length
        for p in children:
            p.kill()
            p.join()
        print("two writers, a torn message:", torn)  # prints: two writers, a torn message: True
        assert torn  # C127: no substitute for a Queue

# %% [markdown]
# For another reason. A `Queue` is a pipe with locks and a feeder thread (Lesson 08).
# It costs more, and its locks keep messages whole.
# On a bare end two writers write into each other's messages, and two readers tear them apart.
# The cure: one writer, one reader, one pipe; for more, a `Queue` (Lesson 10).
#
# ## Three lines to remember
#
# 1. End-of-file comes when *every* copy of the write end is closed; close what you do not use.
# 2. Read first, then join; closing is the stop signal, `terminate()` tears messages.
# 3. `poll()` False: nothing yet. `poll()` True: a message, or the end. `recv()` has no timeout.
#
# ## Exercises
#
# **09_1 A stream that ends** ★★ `exercises/ex_09_1_pump.py`
#
# Connect a producer and a consumer so that end-of-file arrives under every start method.
#
# `make grade EX=09_1`
#
# **09_2 Ask with a deadline** ★★★ `exercises/ex_09_2_asker.py`
#
# Ask a peer, give up in time, and never take a late answer for the right one.
#
# `make grade EX=09_2`
