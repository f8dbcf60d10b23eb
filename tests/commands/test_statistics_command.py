"""`quizapp statistics`: a paper test's marks in, JSON out; bad files in sentences with their line."""

import json

import pytest

NAMES = "attempts median mean sd skewness kurtosis cic error_ratio standard_error".split()
SLOT = "slot attempts facility sd effective_weight covariance discrimination_index discriminative_efficiency".split()


@pytest.fixture
def sheet(tmp_path):
    def write(content):
        path = tmp_path / "diem.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def test_the_figures_are_printed_as_json(place, sheet):
    path = sheet("attempt,1/1,2/2.5\na,1,2.5\nb,0,\nc,1,1\nd,,2\n")
    result = place.quizapp("statistics", path)
    assert result.exit_code == 0
    told = json.loads(result.output)
    assert list(told) == ["slots", "quiz"]
    assert [list(one) for one in told["slots"]] == [SLOT] * 2
    assert list(told["quiz"]) == NAMES
    first, second = told["slots"]
    assert (first["slot"], first["attempts"], first["facility"]) == (1, 4, 0.5)
    assert second["facility"] == pytest.approx(5.5 / 4 / 2.5)
    assert told["quiz"]["mean"] == pytest.approx((3.5 + 0 + 2 + 2) / 4)
    assert told["quiz"]["median"] == 2
    assert not place.folder.exists()  # no database is needed


def test_what_is_not_defined_is_null(place, sheet):
    told = json.loads(place.quizapp("statistics", sheet(b"\xef\xbb\xbfattempt,1/1\na,1\n")).output)
    assert told["slots"][0]["sd"] is None
    assert told["slots"][0]["discrimination_index"] is None
    assert told["quiz"] == dict.fromkeys(NAMES) | {"attempts": 1, "median": 1.0, "mean": 1.0}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("attempt,1/1\na,1\nb,7\n", "Dòng 3: câu 1: điểm 7 lớn hơn điểm cao nhất, 1."),
        ("attempt,1/1\nb,\xff\n".encode("latin-1"), "Dòng 2: không phải UTF-8."),
        (b"PK\x03\x04\x00\x00", "Dòng 1: có ký tự không phải chữ."),
        (b"", "Dòng 1: tiêu đề phải là “attempt,1/1,2/2.5,…”"),
    ],
)
def test_a_bad_file_is_told_with_its_line_and_nothing_is_printed(place, sheet, content, said):
    result = place.quizapp("statistics", sheet(content))
    assert (result.exit_code, result.stdout) == (1, "")
    assert said in result.stderr
    assert "Chưa tính gì." in result.stderr


def test_a_file_that_is_not_there_is_one_sentence(place, tmp_path):
    for path in (tmp_path / "khong-co.csv", tmp_path):
        result = place.quizapp("statistics", path)
        assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
