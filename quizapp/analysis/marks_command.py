"""`quizapp statistics`: the figures of a paper test, from a CSV of its marks."""

from pathlib import Path

from quizapp.config import BadSetting
from quizapp.domain.item_analysis import told
from quizapp.domain.marks_sheet import BadMarks, Problem, read_marks

MOST_BYTES = 50 * 2**20


def figures(file: Path) -> dict[str, object]:
    """What is printed; `BadSetting` where there is no such file, `BadMarks` where it is not right."""
    try:
        if file.stat().st_size > MOST_BYTES:
            raise BadMarks([Problem(1, f"tệp lớn hơn {MOST_BYTES // 2**20} MB. Tách tệp thành nhiều phần.")])
        text = file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise BadMarks([Problem(line, "không phải UTF-8. Trong Excel chọn “CSV UTF-8” khi lưu.")]) from None
    except OSError:
        raise BadSetting(f"Không đọc được tệp {file}.") from None
    marks = read_marks(text)
    return told(marks.slots, marks.rows, marks.highest)
