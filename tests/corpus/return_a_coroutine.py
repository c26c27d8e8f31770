# expect: denied: wrong
# kind: hostile object
# defence: judgement (passes)
async def FUNCTION(*args):
    return right(*args)
