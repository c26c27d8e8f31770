"""What can only be looked at beside the student's code: whether the very same list is looked at."""


class Counting(list):
    """A list that counts how often somebody goes through it or asks for an item."""

    looks = 0

    def __iter__(self):
        self.looks += 1
        return super().__iter__()

    def __getitem__(self, index):
        self.looks += 1
        return super().__getitem__(index)


def looks_at(module, numbers, say):
    """Call the student's function with a list of ours; return its answer and how it looked."""
    counting = Counting(numbers)
    answer = module.tell(counting, say)
    return [answer, counting.looks]
