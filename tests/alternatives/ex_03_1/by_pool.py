"""A pool of two, which starts both of its workers whatever it is given to do."""

import multiprocessing


def square(number):
    return number**2


def main(ctx, numbers):
    with ctx.Pool(2) as pool:
        squares = pool.map(square, numbers)
        pool.close()
        pool.join()
    return squares


if __name__ == "__main__":
    print(main(multiprocessing.get_context(), list(range(10))))
