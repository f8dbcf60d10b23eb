"""`quizapp`: the door. What only looks at a file of questions does not wait for all rooms to be loaded."""

import gc
import sys
from collections.abc import Sequence


def main() -> None:
    """The command that was asked for."""
    name, *told = sys.argv[1:] or [""]
    if name == "import-questions" and not any(one.startswith("--unit") for one in told):
        _look_at(told)
    from quizapp import commands

    commands.main()


def _look_at(told: Sequence[str]) -> None:
    gc.set_threshold(100_000, 50, 100)  # a short life with large trees: looking for garbage would take a tenth of it
    if "--json" in told:
        from quizapp.courses.question_program import import_questions
    else:
        from quizapp.question_check import import_questions
    import_questions(list(told), prog_name="quizapp import-questions")


if __name__ == "__main__":
    main()
