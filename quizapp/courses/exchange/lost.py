"""Điều mất khi xuất: what plain text in a cell or a printed line cannot say."""

from collections.abc import Iterator

from quizapp.courses.exchange.texts import PICTURE, from_plain, from_typed, picture_names, to_plain, to_typed
from quizapp.domain.interchange import Offered, each_text, retold, tags_of


def picture_losses(title: str, item: Offered) -> list[str]:
    """A word where a question has pictures."""
    named = any(True for text in each_text(item) for _ in picture_names(text))
    return [f"{title} không mang được hình, chỉ có chữ thay hình"] if named else []


def mark_losses(title: str, item: Offered) -> list[str]:
    """A word where a text has other marks than bold."""
    lost = any(_flat(from_typed(to_typed(bare))) != _flat(bare) for bare in map(_bare, each_text(item)))
    return [f"{title} chỉ giữ chữ đậm; chữ nghiêng, danh sách và bảng thành chữ thường"] if lost else []


MOODLES_TAG = 50  # letters, to which Moodle cuts a tag


def moodle_losses(item: Offered) -> Iterator[str]:
    """A word where Moodle itself keeps less than the file says: letters alone on the right of a pair, short tags."""
    whole = (item, *item.parts)
    rights = [pair.right for one in whole for pair in one.pairs]
    if any(_flat(from_plain(to_plain(right))) != _flat(right) for right in rights):
        yield "Moodle chỉ giữ chữ thường ở vế phải của câu ghép đôi"
    if any(len(tag) > MOODLES_TAG for one in whole for tag in tags_of(one)):
        yield f"Moodle cắt nhãn dài quá {MOODLES_TAG} chữ, khi nhập lại nên xem lại điều khoản, mục tiêu"


def _bare(text: str) -> str:
    return PICTURE.sub("", text) if "![" in text else text


def _flat(text: str) -> str:
    return " ".join(text.split())


def in_words(item: Offered) -> Offered:
    """The question with words in the place of its pictures."""
    return retold(item, lambda text: PICTURE.sub(r"[Hình: \1]", text) if "![" in text else text)
