# %% [markdown]
# # Lesson 08 · What may cross the border: pickling
#
# *Goal:* predict which objects reach another process, and as what,
# and make your own classes and errors fit to travel.
#
# *You need:* Lessons 02 and 03: `Process`, `args`, the start methods. About 20 minutes.
#
# *Run it:* `make lesson-08`, or `START=spawn make lesson-08` for another start method.
#
# An object leaves one process and does not arrive in the other. No error.
# Or it arrives, and is not quite what you sent.
# Between two processes there are only bytes; somebody has to pack and unpack.


# %%
import contextlib
import io
import multiprocessing as mp
import os
import pickle
import queue
import threading
from multiprocessing.managers import BaseManager

from grader.reading import expect

# %%
if __name__ == "__main__":
    ctx = mp.get_context(os.environ.get("START") or None)
    method = ctx.get_start_method()
    print("start method:", method)

# %% [markdown]
# ## A copy arrives
#
# The article needs one word for it:
#
# > pipe[1].send(msg): send. (发送)
#
# It sends any object that pickle (the serialisation, 序列化, of Python) can turn into bytes.
# We send a list that holds one plate twice, to ourselves, and change the plate afterwards.
# What do we receive?
#
# *the list as it is now* · *the list as it was* · *the list as it was, with two plates*

# %% tags=["C117"]
if __name__ == "__main__":
    reader, writer = ctx.Pipe(duplex=False)
    plate = {"rice": 1}
    writer.send([plate, plate, None, b"tea", 1.5])
    plate["rice"] = 2
    copy = reader.recv()
    print(copy)  # prints: [{'rice': 1}, {'rice': 1}, None, b'tea', 1.5]
    assert copy == [{"rice": 1}, {"rice": 1}, None, b"tea", 1.5]  # C117
    assert copy[0] is copy[1] is not plate  # C117: one plate, and it is another

    with open(os.devnull) as file:
        for stranger in (threading.Lock(), file, (n for n in "ab")):
            with expect(TypeError):  # C117: only what can be pickled
                writer.send(stranger)
    # prints: TypeError: cannot pickle '_thread.lock' object
    # prints: TypeError: cannot pickle '_io.TextIOWrapper' object
    # prints: TypeError: cannot pickle 'generator' object
    nothing_left = not reader.poll()
    writer.send("still fine")
    word = reader.recv()
    print(word)  # prints: still fine
    assert nothing_left and word == "still fine"  # C117: refused before a byte was sent
    reader.close()
    writer.close()

# %% [markdown]
# The list as it was, with one plate: `send` packs *now*, and one parcel keeps its knots.
# What arrives is a copy (副本). A lock, an open file, a running generator are turned away,
# at once, in your own line. (How much fits through at once: Lesson 09.)
#
# ## The passport desk
#
# ```text
#   your process           │ the desk: pickle │           the other process
#                          │                  │
#   [1, "tea"]  ───────────│─── by value ─────│──▶  a new [1, "tea"]
#   Order("rice") ─────────│─── both ─────────│──▶  ITS class Order, a new {'dish': 'rice'}
#   def bill ──────────────│─── by name ──────│──▶  ITS function bill
#   lambda, lock, file ────│─✗ turned away    │
# ```
#
# Functions and classes travel by name (按名字): module and name, no code.
#
# A child runs. Now we give the *class* a discount of 10, make an order, and send it.
# Which discount does the child see?
#
# *10* · *0* · *it depends on the start method*


# %%
class Order:
    discount = 0

    def __init__(self, dish):
        self.dish = dish


def read_order(line):
    line.send("ready")
    order = line.recv()
    line.send((order.dish, order.discount))


# %%
if __name__ == "__main__":
    ours, theirs = ctx.Pipe()
    p = ctx.Process(target=read_order, args=(theirs,))
    p.start()
    theirs.close()
    assert ours.recv() == "ready"
    Order.discount = 10
    order = Order("rice")
    ours.send(order)
    dish, discount = ours.recv()
    p.join()
    print("here", order.discount, "· there", discount)  # prints: here 10 · there 0
    letter = pickle.dumps(order)
    found = {word: word in letter for word in (b"Order", b"dish", b"rice", b"discount")}
    print(found)  # prints: {b'Order': True, b'dish': True, b'rice': True, b'discount': False}
    assert (dish, discount, order.discount) == ("rice", 0, 10)
    assert found == {b"Order": True, b"dish": True, b"rice": True, b"discount": False}
    ours.close()

# %% [markdown]
# 0, everywhere. The letter holds the *name* `Order` and the object's own dictionary.
# The discount belongs to the class, and the child looked up its own.
# The cure: what must travel is an attribute of the object: `self.discount = discount`.
#
# ## A lambda has no name to travel by
#
# ```python
# # the article's version, shortened
# BaseManager.register('get_q', callable=get_q)
# # 法2:匿名函数                                  (way 2: a lambda)
# BaseManager.register('get_q', callable=lambda: q)
# ```
#
# > Better use a function instead of a lambda: Python 2.7 cannot pickle lambdas;
# > but nearly everybody uses Python 3 now.
# > (避免python2.7中,pickle无法序列化lambda的问题,虽然但是现在基本都在用python3)
#
# Managers are Lesson 15; here only this counts: `start()` starts a process.
# You use Python 3. Is way 2 fine?
#
# *yes* · *under fork* · *no*


# %%
class Kitchen(BaseManager):
    pass


def menu():
    return ["tea", "rice"]


# %% tags=["C252"]
if __name__ == "__main__":
    Kitchen.register("menu", callable=lambda: ["tea", "rice"])
    kitchen = Kitchen(ctx=ctx)
    if method == "fork":
        with kitchen:
            place = kitchen.menu().index("rice")
            print("with a lambda, under fork:", place)  # prints: with a lambda, under fork: 1
            assert place == 1  # C252
    elif os.name != "nt":  # on Windows a start() that fails leaves half a child
        with expect(pickle.PicklingError):  # C252
            kitchen.start()
    with expect(pickle.PicklingError):  # C252: Python 3, whatever the start method
        pickle.dumps(lambda: ["tea", "rice"])
    # prints: PicklingError: Can't pickle <function <lambda> at 0x…>: … (the words vary)

    Kitchen.register("menu", callable=menu)
    with Kitchen(ctx=ctx) as kitchen:
        place = kitchen.menu().index("rice")
    print("with a function:", place)  # prints: with a function: 1
    assert place == 1  # C252

# %% [markdown]
# Under fork, which packs nothing. The advice is right, its reason is out of date:
# *no* Python pickles a lambda, and under spawn and forkserver `start()` must pack.
# The cause: the name of every lambda is `<lambda>`, and no module has that.
# The cure: a `def` at module level.
#
# ## Who packs, and when
#
# > The Queue objects of two processes are not the same one: the data is pickled
# > and passed to the Queue of the other process.
# > (两个进程的Queue并不是同一个,而是将数据pickle后传给另一个进程的Queue)
#
# Right. And *when* is it pickled? We put a basket and then drop something into it.
# To see what a busy day can do, the parcel before it is slow to pack.
# What does the child take out?
#
# *[1]* · *[1, 2]* · *our basket itself*


# %%
class SlowParcel:
    go = None
    packed_by = ""

    def __reduce__(self):  # pickle calls this
        SlowParcel.packed_by = threading.current_thread().name
        SlowParcel.go.wait(timeout=30)
        return str, ("the slow parcel",)  # rebuild me by calling str("the slow parcel")


def take_two(box, line):
    box.note = "the child's queue"
    parcel, basket = box.get(), box.get()
    basket.append("child")
    line.send((parcel, basket))


# %% tags=["C158"]
if __name__ == "__main__":
    box = ctx.Queue()
    ours, theirs = ctx.Pipe()
    p = ctx.Process(target=take_two, args=(box, theirs))
    p.start()
    theirs.close()

    SlowParcel.go = threading.Event()
    basket = [1]
    box.put(SlowParcel())
    box.put(basket)
    basket.append(2)  # after put()
    SlowParcel.go.set()
    parcel, its_basket = ours.recv()
    p.join()
    print("the child's basket:", its_basket)  # prints: the child's basket: [1, 2, 'child']
    print("ours:", basket)  # prints: ours: [1, 2]
    print("packed by:", SlowParcel.packed_by)  # prints: packed by: QueueFeederThread
    assert its_basket == [1, 2, "child"]  # C158: what was put was [1]
    assert (basket, parcel) == ([1, 2], "the slow parcel")  # C158: a copy
    assert not hasattr(box, "note")  # C158: not the same Queue
    assert SlowParcel.packed_by != threading.current_thread().name  # C158
    ours.close()

# %% [markdown]
# `[1, 2]`. `put` only lays the object on a heap in your process.
# A feeder thread (后台线程) packs it later, in whatever state it is by then.
# `send` packs at once, in your own thread.
# The cure: put what nobody changes any more: `box.put(list(basket))`.
#
# ## The letter that nobody missed
#
# So who gets the error when a thing cannot be packed? We put a lambda, then a word.
#
# *`put` raises* · *`get` raises* · *neither: the word comes first*

# %% tags=["C158"]
if __name__ == "__main__":
    task = [lambda: 7]
    with contextlib.redirect_stderr(io.StringIO()) as stderr:
        box.put(task)
        box.put("the next letter")
        first = box.get(timeout=30)
    [news] = [line for line in stderr.getvalue().splitlines() if "PicklingError:" in line]
    print("first out:", first)  # prints: first out: the next letter
    print("on stderr:", news.split(":")[0])  # prints: on stderr: _pickle.PicklingError
    assert first == "the next letter"  # C158: the lambda is lost
    assert "lambda" in news  # C158: and this is all the news
    with expect(pickle.PicklingError):
        pickle.dumps(task)  # the same, but here
    box.close()
    box.join_thread()

# %% [markdown]
# Neither. The error belongs to the feeder thread, which prints it and takes the next letter.
# Whoever counts on five answers now waits for the fifth, for ever.
# The cure, while you look for the culprit: `pickle.dumps(task)` before `box.put(task)`.
#
# ## Who may hold a queue
#
# > A Queue serves parent and child, or children of one parent.
# > (用于父进程与子进程之间的通信或同一父进程的子进程之间通信)
#
# We hand `box` to a child, and the child to *its* child. Then we send `box` through a pipe.
# Which works?
#
# *both* · *the grandchild* · *the pipe*


# %%
def courier(method, floors, box):
    if floors == 0:
        box.put("from your grandchild")
        return
    p = mp.get_context(method).Process(target=courier, args=(method, floors - 1, box))
    p.start()
    p.join()


# %% tags=["C159"]
if __name__ == "__main__":
    box = ctx.Queue()
    p = ctx.Process(target=courier, args=(method, 1, box))
    p.start()
    word = box.get(timeout=30)
    p.join()
    print(word)  # prints: from your grandchild
    assert word == "from your grandchild"  # C159: no family limit

    reader, writer = ctx.Pipe(duplex=False)
    with expect(RuntimeError) as caught:  # C159: but only one road
        writer.send(box)
    # prints: RuntimeError: Queue objects should only be shared between processes through inheritance
    assert "through inheritance" in str(caught.error)  # C159
    reader.close()
    writer.close()
    box.close()
    box.join_thread()

# %% [markdown]
# The grandchild. The limit is not the family but the road:
# a queue passes the desk only while a process is being born, through `args`.
# Locks, events and the rest of `ctx` obey the same rule.
# The cure: `ctx.Process(target=courier, args=(..., box))`, never `put` or `send`.
#
# ## The error that never arrives
#
# A worker of a pool (进程池) fails. Your `get()` should raise its error.
# The class looks as one writes it every day. What does `get()` do?
#
# *it raises OutOfStock* · *it raises something else* · *it never returns*


# %%
class OutOfStock(Exception):
    def __init__(self, dish, missing):
        super().__init__(f"{dish}: {missing} missing")
        self.dish = dish
        self.missing = missing


class SoldOut(Exception):
    def __init__(self, dish, missing):
        super().__init__(dish, missing)
        self.dish = dish
        self.missing = missing

    def __str__(self):
        return f"{self.dish}: {self.missing} missing"


def sell(failure):
    raise failure("rice", 3)


# %%
if __name__ == "__main__":
    letter = pickle.dumps(OutOfStock("rice", 3))  # packing works
    with expect(TypeError):
        pickle.loads(letter)
    # prints: TypeError: OutOfStock.__init__() missing 1 required positional argument: 'missing'

    died = queue.SimpleQueue()
    threading.excepthook = died.put  # who dies in a thread of ours?
    pool = ctx.Pool(1)
    outcome = pool.apply_async(sell, (OutOfStock,))
    cause = died.get(timeout=30).exc_type.__name__
    print("a thread of the pool died of", cause)  # prints: a thread of the pool died of TypeError
    with expect(mp.TimeoutError):
        outcome.get(timeout=0.2)  # prints: TimeoutError:
    with contextlib.suppress(AssertionError):
        pool.terminate()  # even this stumbles now
    for worker in mp.active_children():
        worker.terminate()
        worker.join()
    threading.excepthook = threading.__excepthook__
    assert (cause, outcome.ready()) == ("TypeError", False)

    with ctx.Pool(1) as pool:
        with expect(SoldOut) as caught:
            pool.apply_async(sell, (SoldOut,)).get(timeout=30)  # prints: SoldOut: rice: 3 missing
        pool.close()
        pool.join()
    assert (caught.error.dish, caught.error.missing) == ("rice", 3)

# %% [markdown]
# Never. It was packed, sent, and could not be unpacked; the thread that unpacks died of that,
# and nobody is left to answer. Without our 0.2 seconds you would wait until morning.
#
# The cause: to rebuild an error, pickle calls its class with `error.args`,
# and `args` is what `super().__init__` was given: here one text, where two values are needed.
# (What is not positional is not in `args` at all.)
# The cure: `super().__init__(dish, missing)`, the text in `__str__`. And a timeout for `get`.
#
# ## Fit to travel
#
# Your object holds a lock, so it is turned away.
# `__getstate__` returns what to pack, `__setstate__` gets it on the other side.
# Two ways to leave the lock at home, one word apart. Which is right?
#
# *both* · *HastyTill* · *CarefulTill*


# %%
class Till:
    def __init__(self):
        self.total = 0
        self.lock = threading.Lock()

    def add(self, amount):
        with self.lock:
            self.total += amount

    def __setstate__(self, state):
        self.__dict__.update(state)
        self.lock = threading.Lock()  # a new one: the old guards nothing over here


class HastyTill(Till):
    def __getstate__(self):
        state = self.__dict__
        del state["lock"]
        return state


class CarefulTill(Till):
    def __getstate__(self):
        state = self.__dict__.copy()
        del state["lock"]
        return state


def earn(till, line):
    till.add(5)
    line.send(till.total)


# %%
if __name__ == "__main__":
    with expect(TypeError):
        pickle.dumps(Till())  # prints: TypeError: cannot pickle '_thread.lock' object
    hasty, careful = HastyTill(), CarefulTill()
    for till in (hasty, careful):
        till.add(1)
        copy = pickle.loads(pickle.dumps(till))
        copy.add(1)
        print(type(till).__name__, "copy:", copy.total)
        # prints: HastyTill copy: 2, then CarefulTill copy: 2
        assert copy.total == 2
    with expect(AttributeError):
        hasty.add(1)  # prints: AttributeError: 'HastyTill' object has no attribute 'lock'

    ours, theirs = ctx.Pipe()
    p = ctx.Process(target=earn, args=(careful, theirs))
    p.start()
    theirs.close()
    its_total = ours.recv()
    p.join()
    careful.add(1)
    print("there", its_total, "· here", careful.total)  # prints: there 6 · here 2
    assert (its_total, careful.total) == (6, 2)
    ours.close()

# %% [markdown]
# CarefulTill. Both copies are fine; it is the *original* that HastyTill has robbed,
# because `self.__dict__` is the object's own drawer and not a list of its contents.
# The cure: `.copy()`. And what cannot travel is made anew in `__setstate__`.
#
# | at the desk | what is packed |
# |---|---|
# | numbers, text, bytes, lists, dicts | everything in them |
# | your object | its class by name, its `__dict__` or what `__getstate__` returns |
# | an exception | its class by name, `args`, `__dict__` |
# | function, class | module and name |
# | whatever has `__reduce__` | a function by name, and its arguments |
# | lambda, lock, file, socket, generator, thread | **turned away** |
# | queue, lock, event of `ctx` | **turned away**, but for `args` of a new process |
#
# ## A letter from a stranger
#
# The fifth row says: the *sender* names a function, and *you* call it.
# Fifteen bytes came in by the network. What does `pickle.loads` do with them?
#
# *it raises: no object of ours* · *it returns text, harmless* · *whatever the sender likes*

# %%
if __name__ == "__main__":
    letter = b"cos\ngetcwd\n(tR."  # "from os take getcwd; call it with ()"
    answer = pickle.loads(letter)
    print("it called os.getcwd():", answer == os.getcwd())  # prints: it called os.getcwd(): True
    assert answer == os.getcwd()

# %% [markdown]
# Whatever the sender likes: `os.system` is as easy to spell.
# `recv()` and `get()` unpickle too.
# The cure: pickle among your own processes; with strangers, `json.loads` (and Lesson 12).
#
# ## Three lines to remember
#
# 1. What arrives is a copy: values in full, functions and classes by name, lambdas never.
# 2. `send` packs now and raises here; `put` packs later, and its errors go to stderr.
# 3. An error is rebuilt by its class from `args`; unpickling runs what the sender chose.
#
# ## Exercises
#
# This lesson has none yet. Until then, send something of your own across:
# take a class of yours, put an instance through `copy.deepcopy` and through a queue,
# and predict first which of its fields arrive.
