# expect: full marks
# kind: honest but odd
class Solver:
    def __call__(self, *args):
        return right(*args)


FUNCTION = Solver()
