# expect: full marks
# kind: honest but odd
import asyncio


async def work(args):
    await asyncio.sleep(0)
    return right(*args)


def FUNCTION(*args):
    return asyncio.run(work(args))
