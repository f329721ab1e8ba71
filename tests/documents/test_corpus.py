"""One in twenty of the malformed files (`python -m tests.corpus` asks about all of them)."""

import random

import pytest

from tests import corpus
from tests.documents import samples
from tests.documents.malformed import COUNT, malformed


def test_the_same_files_at_each_run():
    one, other = (dict(malformed(random.Random(7))) for _ in range(2))  # noqa: S311 -- no secret
    assert (one == other, len(one)) == (True, COUNT)


@pytest.fixture
def outcomes(tmp_path):
    return list(corpus.examine(corpus.write(tmp_path, every=20)))


def test_none_takes_the_worker_along_nor_keeps_it(outcomes):
    assert len({one.path for one in outcomes}) == COUNT // 20
    assert [one for one in outcomes if one.verdict in {"died", "hung"} or one.is_late] == []
    assert {one.verdict for one in outcomes} >= {"fine", "broken"}


def test_the_next_file_is_read_after_one_that_ends_the_process(tmp_path):
    """A hundred thousand sections in one another overflow the reader's stack."""
    deep = next(path for path in corpus.write(tmp_path) if path.name == "0030-hand.odt")
    (tmp_path / "sound.png").write_bytes(samples.picture())
    *_, text, last = corpus.examine([deep, tmp_path / "sound.png"])
    assert (text.verdict in {"died", "broken", "heavy"}, last.verdict) == (True, "fine")
