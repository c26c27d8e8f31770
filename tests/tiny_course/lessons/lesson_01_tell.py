# %% [markdown]
# # Lesson 01 · Tell and end

# %%
import multiprocessing

# %% tags=["T01"]
if __name__ == "__main__":
    numbers = [3, 1, 2]
    for number in numbers:
        print("told", number)
    assert sum(numbers) == 6

# %% tags=["T02"]
if __name__ == "__main__":
    kept = numbers
    while kept:
        kept.pop(0)
    assert numbers == []

# %% tags=["T03"]
if __name__ == "__main__":
    child = multiprocessing.Process(target=int)
    child.start()
    child.join()
    assert child.exitcode == 0
