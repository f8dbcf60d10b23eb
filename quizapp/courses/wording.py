"""Câu chữ: what may be said of any text that a reader meets: its sentences, names and words.

Each check gives (rule, message) pairs; the linter says where the text stands.
"""

import re
from collections.abc import Iterator

MAX_SENTENCE = 25  # words

Told = tuple[str, str]  # the rule, and what to do


def words(text: str) -> int:
    """Số chữ: what stands between spaces and holds a letter or a digit."""
    return sum(any(c.isalnum() for c in word) for word in text.split())


# --- sentences -------------------------------------------------------------------------------------------------

_FENCE_LINE = re.compile(r"(?m)^:::.*$")
_SOFT_WRAP = re.compile(r"(?<!\n)\n(?!\s*(?:\n|$|[-*+] |\d+[.)] |#))")
_SENTENCE_END = re.compile(r"[.!?;:…]+(?=[\s”’\"')*]|$)|\n")


def flowing(markdown: str) -> str:
    """A lesson's text with its sentences in one line each: a single line break does not end one."""
    return _SOFT_WRAP.sub(" ", _FENCE_LINE.sub("", markdown))


def long_sentences(text: str) -> Iterator[Told]:
    for sentence in _SENTENCE_END.split(text):
        if (count := words(sentence)) > MAX_SENTENCE:
            start = " ".join(sentence.split()[:6])
            yield "long-sentence", f"câu dài {count} chữ, nhiều nhất {MAX_SENTENCE}: tách câu “{start} …”"


# --- names -----------------------------------------------------------------------------------------------------

_FAMILIES = (
    "Nguyễn|Trần|Lê|Phạm|Hoàng|Huỳnh|Phan|Vũ|Võ|Đặng|Bùi|Đỗ|Hồ|Ngô|Dương|Lý|Đinh|Trịnh|Lâm|Mai|Đào|Tô|Trương|"
    "Cao|Châu|Chu|Danh|Đoàn|Hà|Hứa|Kiều|Lương|Lưu|Nghiêm|Phùng|Quách|Tạ|Tăng|Thạch|Thái|Tôn|Triệu|Vương"
)
_UPPER = "A-Z" + "".join(chr(code) for code in range(0xC0, 0x1EFA) if chr(code).isupper())
_FULL_NAME = re.compile(rf"\b(?:{_FAMILIES})(?: [{_UPPER}][^\W\d_{_UPPER}]*\b){{2,}}")


# Whom the documents themselves name: the sixth task speaks of the late General Secretary.
_IN_DOCUMENTS = re.compile(r"Hồ Chí Minh|(?<=cố Tổng Bí thư )Nguyễn Phú Trọng\b")


def real_names(text: str) -> Iterator[Told]:
    """Full names of persons: a story needs none, and any may be somebody's."""
    for found in _FULL_NAME.finditer(text):
        if not _IN_DOCUMENTS.match(text, found.start()):
            yield "real-name", f"“{found[0]}” giống tên người thật: viết “một công chức”, “chị Hoa”, “anh Bình”"


# The province of the directive, before and after 1/7/2025: it may be named as who issued or has to act, not as the place
# of a story. A name that is also a word or a person's (Hòa Bình, Hồ Chí Minh) is none by itself.
_OWN = "Kiên Giang|An Giang"
_PLACES = re.compile(
    r"\b(?:Hà Nội|Hải Phòng|Đà Nẵng|Cần Thơ|(?:TP\.?|[Tt]hành phố) Hồ Chí Minh|Sài Gòn|Bà Rịa|Vũng Tàu|Bạc Liêu|"
    r"Bắc Giang|Bắc Kạn|Bắc Ninh|Bến Tre|Bình Dương|Bình Định|Bình Phước|Bình Thuận|Cà Mau|Cao Bằng|Đắk Lắk|Đắk Nông|"
    r"Điện Biên|Đồng Nai|Đồng Tháp|Gia Lai|Hà Giang|Hà Nam|Hà Tĩnh|Hải Dương|Hậu Giang|Hưng Yên|Khánh Hòa|Kon Tum|"
    r"Lai Châu|Lạng Sơn|Lào Cai|Lâm Đồng|Long An|Nam Định|Nghệ An|Ninh Bình|Ninh Thuận|Phú Thọ|Phú Yên|Quảng Bình|"
    r"Quảng Nam|Quảng Ngãi|Quảng Ninh|Quảng Trị|Sóc Trăng|Sơn La|Tây Ninh|Thái Bình|Thái Nguyên|Thanh Hóa|"
    r"Thừa Thiên|Tiền Giang|Trà Vinh|Tuyên Quang|Vĩnh Long|Vĩnh Phúc|Yên Bái|"
    r"Rạch Giá|Hà Tiên|Phú Quốc|Thổ Châu|Kiên Hải|Hòn Đất|Kiên Lương|Giồng Riềng|Gò Quao|An Biên|An Minh|"
    r"U Minh Thượng|Vĩnh Thuận|Tân Hiệp|Châu Thành|Giang Thành|Long Xuyên|Châu Đốc|Tân Châu|Tịnh Biên|Tri Tôn|"
    r"Chợ Mới|Phú Tân|Châu Phú|Thoại Sơn)\b"
)
_OWN_BODY = re.compile(
    r"\b(?:Sở|Công an|Cục|Chi cục|Bệnh viện|Trường|Thanh tra|Tòa án|Viện kiểm sát|Kho bạc|Bảo hiểm xã hội|Điện lực)\b"
    rf"[^.,;:?!\n]{{0,40}}\b(?:{_OWN})\b"
)
_NAMED_PLACE = re.compile(
    rf"\b(?:[Xx]ã|[Pp]hường|[Tt]hị trấn|[Hh]uyện|[Qq]uận|[Tt]hị xã|[Đđ]ặc khu|[Ấấ]p|[Kk]hu phố)"
    rf"(?: [{_UPPER}][^\W\d_{_UPPER}]+\b)+"
)


def real_places(text: str) -> Iterator[Told]:
    """Places and bodies that there are, or that sound so: a story happens in “một xã”, “sở A”."""
    told: set[str] = set()
    for pattern in (_OWN_BODY, _NAMED_PLACE, _PLACES):
        for found in pattern.finditer(text):
            if not any(found[0] in other for other in told):
                told.add(found[0])
                yield "real-place", f"“{found[0]}” là địa danh, cơ quan có thật: viết “một xã”, “cơ quan A”"


# --- words -----------------------------------------------------------------------------------------------------

_FRIENDS = r"(?<!người )(?<!nước )(?<!tình )(?<!kết )(?<!làm )\bbạn\b(?! bè| đọc| thân| học| đồng| cùng| nghề| hàng)"
_FORBIDDEN = [
    (re.compile(rf"(?i){pattern}"), advice)
    for pattern, advice in (
        (_FRIENDS, "gọi người học là “đồng chí”"),
        (r"\bquiz(?:zes)?\b", "viết “phần kiểm tra”"),
        (r"\busers?\b", "viết “người học”"),
        (r"\bsubmit\b", "viết “nộp bài”"),
        (r"\bdraft\b", "viết “bản nháp”"),
        (r"\bmodules?\b", "viết “bài”"),
        (r"\bdeadline\b", "viết “hạn hoàn thành” hoặc “hạn nộp”"),
        (r"\bnỗi cán bộ\b", "bài báo in sai, viết “mỗi cán bộ”"),
        (r"\bkhông nghĩ\b", "bài báo in sai, viết “không nghỉ” hoặc diễn đạt khác"),
        (r"\btrao dồi\b", "bài báo in sai, viết “trau dồi”"),
    )
]


def forbidden_words(text: str) -> Iterator[Told]:
    for pattern, advice in _FORBIDDEN:
        if found := pattern.search(text):
            yield "forbidden-word", f"không dùng “{found[0]}”: {advice}"
