# expect: denied: wrong
# kind: hostile object
# defence: judgement (passes)
def FUNCTION(*args):
    yield right(*args)
