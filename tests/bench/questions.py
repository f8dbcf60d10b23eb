"""What previewing a file of 2,000 questions costs, format by format: CPU seconds and the most memory, each in a process.

    PYTHONPATH=. python tests/bench/questions.py [--questions N]

Reading, judging and near-duplicates against the content's own bank and within the file.
"""

import argparse
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from quizapp.courses import near_questions, offering
from quizapp.courses.exchange.folders import read as read_folder
from quizapp.courses.exchange.formats import FORMATS
from quizapp.courses.exchange.writing import question_of
from quizapp.domain.interchange import Offered, OfferedOption

WORDS = (
    "cán bộ công chức đơn vị người dân hồ sơ phong bì quà biếu kê khai tài sản báo cáo cấp trên từ chối trả lại thời hạn "
    "giải quyết công khai minh bạch trách nhiệm người đứng đầu kiểm tra giám sát lãng phí tiết kiệm xe công mua sắm đấu thầu"
).split()


def bank() -> list[near_questions.Kept]:
    kept = []
    for one in read_folder(ROOT / "content"):
        for unit in one.contents.units.values():
            kept += [
                near_questions.Kept(offering.from_question(question_of(item)), unit.title) for item in unit.questions
            ]
    return kept


def made(count: int) -> list[Offered]:
    chance = random.Random(7)
    told = lambda n: " ".join(chance.choices(WORDS, k=n))  # noqa: E731
    items = []
    for n in range(count):
        options = tuple(
            OfferedOption(
                text=told(9).capitalize(), weight=100 if k == n % 4 else 0, feedback=told(18).capitalize() + "."
            )
            for k in range(4)
        )
        items.append(
            Offered(
                kind="single", id=f"c-{n}", text=f"{told(24).capitalize()} ({n})?", options=options, feedback=told(20)
            )
        )
    return items


def preview(name: str, path: Path) -> None:
    kept = bank()
    started = time.process_time()
    items = offering.judged(FORMATS[name].read(path.read_bytes(), path.name))
    read = time.process_time() - started
    twins = near_questions.twins(items, kept)
    for item in items:
        if not item.fatal:
            offering.to_question(item)
    whole = time.process_time() - started
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    good = sum(not item.fatal for item in items)
    print(
        f"{name:8} {len(items):5} read, {good} good, {len(twins)} twins: {read:.2f} s + {whole - read:.2f} s CPU, {memory:.0f} MB"
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--questions", type=int, default=2000)
    parser.add_argument("--one", nargs=2)
    given = parser.parse_args()
    if given.one:
        return preview(given.one[0], Path(given.one[1]))
    items = made(given.questions)
    with tempfile.TemporaryDirectory() as folder:
        for name, one in FORMATS.items():
            try:
                path = Path(folder) / f"questions{one.ends[0]}"
                path.write_bytes(one.write(items))
            except ModuleNotFoundError:
                print(f"{name:8} is not there yet")
                continue
            subprocess.run([sys.executable, __file__, "--one", name, str(path)], check=True)
    return None


if __name__ == "__main__":
    main()
