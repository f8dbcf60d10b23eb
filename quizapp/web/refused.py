"""A rule says no, in the person's words."""


class Refused(Exception):
    """Shown as a 409: the sentence says what holds now and what to do."""

    def __init__(self, sentence: str, back: str | None = None):
        self.sentence = sentence
        self.back = back  # address of a sensible next page, or None for home
        super().__init__(sentence)
