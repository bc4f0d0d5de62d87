"""A run as a whole: every page once, whatever happens in between."""

from __future__ import annotations

import gzip
import json
import os
import pickle
import random
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cleanpage import Cleaner, CleanpageError, Rules
from cleanpage.batch import runner, sinks
from cleanpage.batch.document import Entry
from cleanpage.batch.record import Shape
from cleanpage.batch.runner import Job, Report, run
from cleanpage.batch.summary import Summary
from cleanpage.batch.work import Done, PageWork

from .support import RULES, http, members, record

for module in ("fastwarc", "orjson", "pyarrow", "zstandard"):
    pytest.importorskip(module)
import zstandard  # noqa: E402
from pyarrow import parquet  # noqa: E402

OUTPUTS = ["out.jsonl", "out.jsonl.gz", "out.jsonl.zst", "out.parquet", "out/"]
ROOT = Path(__file__).resolve().parents[2]


class SlowWork(PageWork):
    """Work that takes long enough to be interrupted, and that some pages break."""

    def __call__(self, entry: Entry) -> Done:
        time.sleep(0.01)
        if b"HANG" in getattr(entry, "block", b""):
            time.sleep(600)
        if b"DIE" in getattr(entry, "block", b""):
            os.kill(os.getpid(), signal.SIGKILL)
        return PageWork.__call__(self, entry)


def archive(path: Path, count: int = 60, marks: dict[int, bytes] | None = None) -> Path:
    """An archive with responses of several kinds, a damaged one among them."""
    marks = marks or {}
    records = []
    for n in range(count):
        block = http(marks[n]) if n in marks else http(b"", kind="image/png") if n % 10 == 4 else None
        records.append(record(n, block))
    packed = members(records)
    packed[7] = packed[7][:60] + b"????????" + packed[7][68:]
    path.write_bytes(b"".join(packed))
    return path


def job(source: object, out: Path | str, **options: Any) -> Job:
    return Job((str(source),), str(out), Cleaner(Rules.parse(RULES)), **{"workers": 2, "interval": 0.1, **options})


def written(out: str) -> list[dict[str, Any]]:
    """The records of an output."""
    path = Path(out)
    if out.endswith("/"):
        return [row for part in sorted(path.glob("*.parquet")) for row in parquet.read_table(part).to_pylist()]
    if out.endswith(".parquet"):
        found: list[dict[str, Any]] = parquet.read_table(path).to_pylist()
        return found
    data = path.read_bytes()
    if out.endswith(".gz"):
        data = gzip.decompress(data)
    if out.endswith(".zst"):
        data = zstandard.ZstdDecompressor().stream_reader(data, read_across_frames=True).read()
    return [json.loads(line) for line in data.splitlines()]


def errors(out: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in Path(out.rstrip("/") + ".errors.jsonl").read_bytes().splitlines()]


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[dict[str, Any]], list[dict[str, Any]]]:
    """An archive, and what an undisturbed run makes of it."""
    folder = tmp_path_factory.mktemp("calm")
    source = archive(folder / "a.warc.gz")
    out = str(folder / "out.jsonl")
    assert run(job(source, out)).is_finished
    return source, written(out), errors(out)


class InlinePool:
    """A pool without processes, for what has nothing to do with them: it is a hundred times as fast."""

    def __init__(self, function: Any, *_: Any) -> None:
        self._function = function

    def __enter__(self) -> InlinePool:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def map(self, items: Any, *, ordered: bool) -> Any:
        """Some overtake others, if they may."""
        dice, waiting = random.Random(1), []
        for item in filter(None, items):
            waiting.append(item)
            if len(waiting) == 5:
                yield self._done(waiting.pop(0 if ordered else dice.randrange(5)))
        yield from map(self._done, waiting)

    def _done(self, item: Any) -> Any:
        tag, entry = item
        return tag, pickle.loads(pickle.dumps(self._function(pickle.loads(pickle.dumps(entry))))), 0.001


@pytest.fixture
def inline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "Pool", InlinePool)


Calm = tuple[Path, list[dict[str, Any]], list[dict[str, Any]]]


def test_records_and_errors(calm: Calm) -> None:
    source, records, failures = calm
    assert len(records) == 53
    assert len({one["id"] for one in [*records, *failures]}) == 60
    assert [one["url"].rsplit("/", 1)[1] for one in records] == [str(n) for n in range(60) if n % 10 != 4 and n != 7]
    assert {one["error"] for one in failures} == {"type", "damaged"}
    first = records[0]
    assert list(first) == (
        "id url source title authors published language access truncated text words removed_words".split()
    )
    assert first["id"] == f"{source}#0"
    assert (first["source"], first["url"]) == (str(source), "https://www.site.example/0")
    assert first["title"] == "Title 0"
    assert first["language"] == "en"
    assert first["removed_words"] == 2
    assert first["words"] == len(first["text"].split())
    assert "Buy" not in first["text"]
    assert list(failures[0]) == ["id", "url", "source", "error", "message"]


@pytest.mark.usefixtures("inline")
@pytest.mark.parametrize("name", OUTPUTS)
def test_every_kind_of_output_holds_the_same(name: str, calm: Calm, tmp_path: Path) -> None:
    out = f"{tmp_path}/{name}"
    run(job(calm[0], out))
    assert written(out) == calm[1]
    assert errors(out) == calm[2]
    left = sorted(path.name for path in tmp_path.iterdir())
    bare = name.rstrip("/")
    assert left == sorted([bare, f"{bare}.errors.jsonl", f"{bare}.journal"])
    if name.endswith("/"):
        assert [path.name for path in (tmp_path / bare).iterdir()] == ["part-00000.parquet"]


def test_without_order_the_same_set(calm: Calm, tmp_path: Path) -> None:
    out = str(tmp_path / "out.jsonl")
    run(job(calm[0], out, ordered=False, workers=3))
    by_id = sorted(written(out), key=lambda one: str(one["id"]))
    assert by_id == sorted(calm[1], key=lambda one: str(one["id"]))


@pytest.mark.usefixtures("inline")
def test_forms_and_removals(calm: Calm, tmp_path: Path) -> None:
    for form in ("markdown", "html"):
        out = f"{tmp_path}/{form}.parquet"
        run(job(calm[0], out, shape=Shape("clean", form, with_removed=True)))  # type: ignore[arg-type]
        first = written(out)[0]
        assert "text" not in first
        assert "Title 0" in first[form]
        (gone,) = first["removed"]
        assert (gone["rule"], gone["category"], gone["text"], gone["words"]) == ("rules/ad/.ad", "ad", "Buy 0!", 2)


def test_a_page_that_hangs_and_one_that_kills(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "PageWork", SlowWork)
    source = archive(tmp_path / "a.warc.gz", 12, {2: b"<p>HANG", 5: b"<p>DIE", 6: b"<p>fine"})
    out = str(tmp_path / "out.jsonl")
    run(job(source, out, max_seconds=2.0))
    assert [one["error"] for one in errors(out)] == ["timeout", "type", "crash", "damaged"]
    assert [one["url"].rsplit("/", 1)[1] for one in errors(out)[:3]] == ["2", "4", "5"]
    assert len(written(out)) == 8


@pytest.mark.usefixtures("inline")
@pytest.mark.parametrize("name", OUTPUTS)
@pytest.mark.parametrize("ordered", [True, False])
def test_stopped_anywhere_and_gone_on_with(
    name: str, ordered: bool, calm: Calm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run that breaks off at an exception, wherever it is, is a run that was killed there: nothing is put in order."""
    monkeypatch.setattr(sinks, "_ROW_GROUP", 2000)
    out = f"{tmp_path}/{name}"
    dice, finished, tries = random.Random(name), False, 0
    while not finished:
        left = dice.randrange(1, 40)

        def observe(_: Summary) -> None:
            nonlocal left
            left -= 1
            if left < 0:
                raise RuntimeError("pulled the plug")

        try:
            finished = run(job(calm[0], out, ordered=ordered, interval=0.001), observe).is_finished
        except RuntimeError:
            tries += 1
    assert tries >= 1
    found, wrong = written(out), errors(out)
    if not ordered:
        found, wrong = (sorted(rows, key=lambda one: int(one["id"].rpartition("#")[2])) for rows in (found, wrong))
    assert found == calm[1]
    assert wrong == calm[2]


@pytest.mark.usefixtures("inline")
@pytest.mark.parametrize("when", ["checkpoint", "finish", "clean_up"])
@pytest.mark.parametrize("name", OUTPUTS)
def test_killed_while_the_output_is_made_durable(
    name: str, when: str, calm: Calm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = f"{tmp_path}/{name}"
    kind = sinks.LineSink if "jsonl" in name else sinks.ParquetSink
    usual = getattr(kind, when)

    def broken(self: Any) -> None:
        usual(self)
        raise RuntimeError("pulled the plug")

    with monkeypatch.context() as patch:
        patch.setattr(kind, when, broken)
        with pytest.raises(RuntimeError):
            run(job(calm[0], out))
    run(job(calm[0], out))
    assert written(out) == calm[1]
    assert errors(out) == calm[2]


PROGRAM = """\
import sys
from pathlib import Path
from cleanpage.batch import runner
from tests.batch.test_runner import SlowWork, job
runner.PageWork = SlowWork
print("ready", flush=True)
report = runner.run(job(sys.argv[1], sys.argv[2], ordered=sys.argv[3] == "ordered", interval=0.05))
sys.exit(0 if report.is_finished else 130)
"""


def start(source: Path, out: str, order: str = "ordered") -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(source), out, order],
        stdout=subprocess.PIPE,
        cwd=ROOT,
        start_new_session=True,
    )


def children(pid: int) -> list[int]:
    found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True).stdout
    return [int(one) for one in found.split()]


@pytest.mark.parametrize(("name", "order"), [("out.jsonl.gz", "ordered"), ("out.parquet", "unordered")])
def test_killed_again_and_again(name: str, order: str, calm: Calm, tmp_path: Path) -> None:
    out, dice, kills = f"{tmp_path}/{name}", random.Random(name), 0
    process = start(calm[0], out, order)
    while process.poll() is None:
        try:
            process.wait(dice.uniform(0.2, 1.2))
        except subprocess.TimeoutExpired:
            workers = children(process.pid)
            if kills < 8:
                kills += 1
                victim = dice.choice(workers) if workers and kills % 2 else process.pid
                os.kill(victim, signal.SIGKILL)
        if process.poll() == -signal.SIGKILL:
            process.wait()
            process = start(calm[0], out, order)
    assert process.returncode == 0
    assert kills > 1
    by_place = lambda one: int(one["id"].rpartition("#")[2])  # noqa: E731
    assert sorted(written(out), key=by_place) == calm[1]
    assert sorted(errors(out), key=by_place) == calm[2]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_it_in_good_order(number: int, tmp_path: Path) -> None:
    source = archive(tmp_path / "a.warc.gz", 200)
    out = str(tmp_path / "out.jsonl")
    process = start(source, out)
    end = time.monotonic() + 60
    while not (Path(out).exists() and Path(out).stat().st_size):
        assert time.monotonic() < end
        time.sleep(0.05)
    process.send_signal(number)
    assert process.wait(30) == 130
    done = written(out)
    assert 0 < len(done) < 175
    assert [one["id"] for one in done] == sorted((one["id"] for one in done), key=lambda id: int(id.rpartition("#")[2]))
    assert run(job(source, out)).is_finished
    ids = [one["id"] for one in [*written(out), *errors(out)]]
    assert len(ids) == len(set(ids)) == 200
    assert written(out)[: len(done)] == done


# --- arguments and locks -----------------------------------------------------------------------


def stopped(source: Path, out: str) -> None:
    """A run that has begun and not ended."""

    def observe(_: Summary) -> None:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        run(job(source, out), observe)


@pytest.mark.usefixtures("inline")
def test_a_finished_run_is_not_done_again(calm: Calm, tmp_path: Path) -> None:
    out = str(tmp_path / "out.jsonl")
    first = run(job(calm[0], out))
    before = Path(out).stat().st_mtime_ns
    again = run(job(calm[0], out))
    assert again == Report(first.summary, True, was_finished=True)
    assert Path(out).stat().st_mtime_ns == before


@pytest.mark.usefixtures("inline")
def test_other_arguments_are_refused_with_a_way_out(calm: Calm, tmp_path: Path) -> None:
    out = str(tmp_path / "out.jsonl")
    stopped(calm[0], out)
    with pytest.raises(CleanpageError, match=r'--mode: "extract", now "clean"\): .*--restart'):
        run(job(calm[0], out, shape=Shape("clean")))
    other = Job((str(calm[0]),), out, Cleaner(Rules.parse("remove: {ad: [.other]}")))
    with pytest.raises(CleanpageError, match="rules: "):
        run(other)
    with_other_rules = replace(other, shape=Shape("clean"))  # the article alone is without the box, whatever the rules
    assert run(with_other_rules, restart=True).is_finished
    assert "Buy 0!" in written(out)[0]["text"]


@pytest.mark.usefixtures("inline")
def test_workers_and_order_may_change(calm: Calm, tmp_path: Path) -> None:
    out = str(tmp_path / "out.jsonl")
    stopped(calm[0], out)
    assert run(job(calm[0], out, workers=1, max_seconds=None)).is_finished
    assert written(out) == calm[1]


def test_an_output_of_something_else_is_not_overwritten(calm: Calm, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    out.write_text("precious\n")
    with pytest.raises(CleanpageError, match="--restart overwrites it"):
        run(job(calm[0], out))
    assert out.read_text() == "precious\n"


@pytest.mark.usefixtures("inline")
def test_an_output_that_was_shortened_is_not_gone_on_with(calm: Calm, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    with pytest.raises(RuntimeError):
        run(job(calm[0], out, interval=0.0), _fail_after(20))
    out.write_text("")
    with pytest.raises(CleanpageError, match="shorter than what was written"):
        run(job(calm[0], out))


def _fail_after(count: int) -> Any:
    def observe(summary: Summary) -> None:
        if summary.pages >= count:
            raise RuntimeError

    return observe


@pytest.mark.usefixtures("inline")
@pytest.mark.parametrize("restart", [False, True])
def test_two_runs_on_one_output(restart: bool, calm: Calm, tmp_path: Path) -> None:
    out = str(tmp_path / "out.jsonl")
    refused: list[CleanpageError] = []

    def observe(_: Summary) -> None:
        if not refused:
            code = (
                "import sys; from cleanpage import CleanpageError; from tests.batch.test_runner import job, run\n"
                f"try: run(job({str(calm[0])!r}, {out!r}), restart={restart})\n"
                "except CleanpageError as error: print(error)"
            )
            told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
            refused.append(CleanpageError(told.stdout + told.stderr))

    run(job(calm[0], out), observe)
    assert "another run is writing this output" in str(refused[0])
    assert written(out) == calm[1]


@pytest.mark.usefixtures("inline")
def test_a_journal_that_is_none(calm: Calm, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    (tmp_path / "out.jsonl.journal").write_text("not a database, but long enough to be taken for one" * 100)
    with pytest.raises(CleanpageError, match="cannot be used as a journal"):
        run(job(calm[0], out))
    assert run(job(calm[0], out), restart=True).is_finished


def test_an_output_whose_format_is_unknown(calm: Calm, tmp_path: Path) -> None:
    with pytest.raises(CleanpageError, match=r"\.jsonl\.zst or \.parquet"):
        run(job(calm[0], tmp_path / "out.csv"))


@pytest.mark.usefixtures("inline")
def test_figures(calm: Calm, tmp_path: Path) -> None:
    out = str(tmp_path / "out.jsonl")
    with pytest.raises(RuntimeError):
        run(job(calm[0], out, interval=0.0), _fail_after(20))
    summary = run(job(calm[0], out)).summary
    assert (summary.pages, summary.failed) == (53, 7)
    assert summary.errors == {"type": 6, "damaged": 1}
    assert summary.access.total() == 53
    assert summary.words == sum(one["words"] for one in calm[1])
    assert summary.removed == {"ad": 106}
    assert summary.top_rules() == [("rules/ad/.ad", 106)]
    assert sum(summary.durations) == 60
    assert len(summary.slowest) == 10
    assert summary.done == calm[0].stat().st_size
    assert Summary.from_plain(json.loads(json.dumps(summary.to_plain()))) == summary


def test_in_a_thread(calm: Calm, tmp_path: Path) -> None:
    out = str(tmp_path / "out.jsonl")
    thread = threading.Thread(target=run, args=(job(calm[0], out),))
    thread.start()
    thread.join()
    assert written(out) == calm[1]
