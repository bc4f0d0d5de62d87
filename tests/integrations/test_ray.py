"""The work of a batch on a cluster of two workers on this machine, with Ray Data."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cleanpage import Cleaner, CleanpageError

from .conftest import ARTICLE, ROOT, example, framework, warc

for _name in ("ray", "ray.data", "fastwarc", "zstandard"):
    framework(_name)

import ray  # noqa: E402

from cleanpage.batch.document import Document, Entry  # noqa: E402
from cleanpage.batch.runner import Job, run  # noqa: E402
from cleanpage.batch.sources import Kind, Reading  # noqa: E402
from cleanpage.batch.summary import Summary  # noqa: E402
from cleanpage.integrations import ray as ours  # noqa: E402
from cleanpage.integrations.ray import RayEngine, _Worker  # noqa: E402

# One cluster for all tests that need one.
pytestmark = [pytest.mark.xdist_group("ray"), pytest.mark.filterwarnings("ignore")]


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few pages are enough for many tasks."""
    monkeypatch.setattr(ours, "_BLOCK_BYTES", 40_000)


@pytest.fixture(scope="module")
def cluster() -> Iterator[None]:
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    store = 200 << 20
    ray.init(
        "local",
        num_cpus=2,
        include_dashboard=False,
        object_store_memory=store,
        log_to_driver=False,
        logging_level="ERROR",
    )
    yield
    ray.shutdown()


def _page(number: int) -> bytes:
    return (
        ARTICLE.replace("two years", f"{number} years")
        .replace("<p>Cyclists", "<p>Buses wait.</p>" * 60 + "<p>Cyclists")
        .encode()
    )


@pytest.fixture(scope="module")
def crawl(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Archives, lines and files with 400 pages, some of which are none."""
    folder = tmp_path_factory.mktemp("crawl")
    pages = [(f"https://www.example.com/{n}", _page(n) if n % 9 else (b"", b"\0\1\2" * 300)[n % 2]) for n in range(300)]
    whole = warc(pages[:250])
    cut = whole.index(b"\x1f\x8b\x08", len(whole) // 2)
    (folder / "a.warc.gz").write_bytes(whole[:cut] + b"junk" * 20 + whole[cut:])
    (folder / "b.warc.gz").write_bytes(warc(pages[250:]))
    lines = [json.dumps({"html": _page(n).decode(), "url": f"https://www.example.org/{n}"}) for n in range(70)]
    (folder / "c.jsonl").write_text("\n".join([*lines, "{no json"]))
    for number in range(30):
        (folder / f"page{number:02}.html").write_bytes(_page(number))
    (folder / "packed.html.gz").write_bytes(gzip.compress(_page(99)))
    (folder / "broken.html.gz").write_bytes(gzip.compress(_page(99))[:300])
    return folder


def _job(out: Path, *sources: Path | str, **options: Any) -> Job:
    return Job(tuple(map(str, sources)), str(out), Cleaner(), workers=2, **options)


def _written(job: Job) -> tuple[bytes, bytes]:
    """The records and the errors of a run."""
    return Path(job.out).read_bytes(), Path(job.errors_path).read_bytes()


@pytest.fixture(scope="module")
def expected(crawl: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, bytes]:
    """What the local engine makes of the pages."""
    job = _job(tmp_path_factory.mktemp("local") / "out.jsonl", crawl)
    run(job)
    records, errors = _written(job)
    assert records.count(b"\n") > 330
    assert errors.count(b"\n") > 30
    return records, errors


def _below(parent: int) -> dict[int, tuple[int, str]]:
    """The processes that a process has started, and those that they have, with their parents and command lines."""
    parents = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    found, new = set[int](), {parent}
    while new:
        new = {pid for pid, above in parents.items() if above in new} - found
        found |= new
    return {pid: (parents[pid], _command(pid)) for pid in found}


@pytest.mark.usefixtures("cluster")
def test_the_records_are_those_of_the_local_engine(crawl: Path, expected: tuple[bytes, bytes], tmp_path: Path) -> None:
    job = _job(tmp_path / "out.jsonl", crawl)
    report = run(job, engine=RayEngine())
    assert _written(job) == expected
    assert report.is_finished
    assert report.summary.pages == expected[0].count(b"\n")
    assert report.summary.failed == expected[1].count(b"\n")
    assert run(job, engine=RayEngine()).was_finished


@pytest.mark.usefixtures("cluster")
def test_workers_that_are_killed_lose_nothing(crawl: Path, expected: tuple[bytes, bytes], tmp_path: Path) -> None:
    job = _job(tmp_path / "out.jsonl", crawl)
    killed: list[str] = []
    done = threading.Event()

    def kill() -> None:
        """Kill one process that works on pages, and then an actor above one."""
        while len(killed) < 2 and not done.wait(0.1):
            processes = _below(os.getpid())
            for pid, (parent, command) in processes.items():
                if "cleanpage.workers.child" in command and "ray::" in processes.get(parent, (0, ""))[1]:
                    os.kill(parent if killed else pid, signal.SIGKILL)
                    killed.append(processes[parent][1] if killed else command)
                    break

    threading.Thread(target=kill, daemon=True).start()
    report = run(job, engine=RayEngine())
    done.set()
    assert len(killed) == 2
    assert "ray::MapWorker" in killed[1]
    assert _written(job) == expected
    assert report.summary.errors["crash"] == 0


@pytest.mark.usefixtures("cluster")
def test_a_run_that_was_broken_off_goes_on(crawl: Path, expected: tuple[bytes, bytes], tmp_path: Path) -> None:
    job = _job(tmp_path / "out.jsonl", crawl, interval=0)

    class BrokenOff(Exception):
        pass

    for limit in (40, 260):

        def observe(summary: Summary, limit: int = limit) -> None:
            if summary.pages >= limit:
                raise BrokenOff

        with pytest.raises(BrokenOff):
            run(job, observe, engine=RayEngine())
    # What one engine began, the other may finish.
    assert run(job).summary.pages == expected[0].count(b"\n")
    assert _written(job) == expected


@pytest.mark.usefixtures("cluster")
def test_files_in_an_object_store(crawl: Path, expected: tuple[bytes, bytes], tmp_path: Path) -> None:
    store = f"file://{crawl}"
    job = _job(tmp_path / "out.jsonl", f"{store}/*.warc.gz", f"{store}/packed.html.gz", store + "/nothing.warc.gz")
    run(job, engine=RayEngine())
    records, errors = ([json.loads(line) for line in lines.splitlines()] for lines in _written(job))
    archives = [json.loads(line) for line in expected[0].splitlines() if b".warc.gz#" in line]
    moved = [{**one, "id": f"file://{one['id']}", "source": f"file://{one['source']}"} for one in archives]
    assert records[:-1] == moved
    assert records[-1]["id"] == records[-1]["source"] == f"{store}/packed.html.gz"
    assert "99 years" in " ".join(records[-1]["text"].split())
    assert (errors[-1]["id"], errors[-1]["error"]) == (f"{store}/nothing.warc.gz", "file")
    assert "FileNotFoundError" in errors[-1]["message"]
    assert len(errors) == sum(b".warc.gz#" in line for line in expected[1].splitlines()) + 1


def test_object_stores_are_listed_as_folders_are(tmp_path: Path) -> None:
    below = tmp_path / "below"
    below.mkdir()
    for path in (tmp_path / "b.html", tmp_path / "_SUCCESS", below / "a.warc.gz"):
        path.write_bytes(b"12345")
    store = f"file://{tmp_path}"
    sources = ours.RemoteSources([store, f"{store}/*.html", f"{store}/_SUCCESS", f"{store}/none"], Reading())
    names = [[name.removeprefix(store) for name in sources.files(number, "")] for number in range(4)]
    assert names == [["/b.html", "/below/a.warc.gz"], ["/b.html"], ["/_SUCCESS"], ["/none"]]
    assert list(sources.files(0, f"{store}/below/a.warc.gz")) == [f"{store}/below/a.warc.gz"]
    assert [sources.size(f"{store}/{name}") for name in ("b.html", "none")] == [5, 0]
    assert [piece.base for piece in sources.pieces()] == [0, 5, 10, 15, 20]
    with pytest.raises(CleanpageError, match="nostore://x cannot be listed: ValueError"):
        list(ours.RemoteSources(["nostore://x"], Reading()).pieces())


@pytest.mark.usefixtures("cluster")
def test_a_file_that_has_changed_meanwhile_is_named(tmp_path: Path) -> None:
    path = tmp_path / "pages.warc.gz"
    path.write_bytes(warc((f"https://www.example.com/{n}", _page(n)) for n in range(20)))
    job = _job(tmp_path / "out.jsonl", path, interval=0)

    def stop(summary: Summary) -> None:
        if summary.pages > 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(job, stop)
    path.write_bytes(warc((f"https://www.example.com/{n}", _page(n + 1)) for n in range(20)))
    with pytest.raises(CleanpageError, match=r"pages.warc.gz is not the file that was read.*--restart"):
        run(job, engine=RayEngine())


def _command_line(*arguments: str | Path) -> dict[str, Any]:
    """What starts the command in a process of its own."""
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    command = [sys.executable, "-m", "cleanpage", "batch", *map(str, arguments)]
    return {"args": command, "env": {**os.environ, "PYTHONPATH": path}}


@pytest.mark.usefixtures("cluster")
def test_the_command_joins_a_cluster(crawl: Path, expected: tuple[bytes, bytes], tmp_path: Path) -> None:
    address = ray.get_runtime_context().gcs_address
    out = tmp_path / "out.jsonl"
    command = _command_line(crawl / "b.warc.gz", "--out", out, "--engine", "ray", "--ray-address", address)
    done = subprocess.run(**command, capture_output=True, timeout=400)
    assert done.returncode == 1, done.stderr.decode()  # some pages have failed
    wanted = [line for line in expected[0].splitlines() if b"b.warc.gz#" in line]
    assert out.read_bytes().splitlines() == wanted
    assert ray.is_initialized()


def test_what_cannot_be_is_said_in_a_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "page.html").write_text("<p>Text.</p>")
    command = _command_line(tmp_path / "page.html", "--out", tmp_path / "out.jsonl", "--ray-address", "auto")
    done = subprocess.run(**command, capture_output=True, timeout=400)
    assert done.returncode == 2
    assert b"it is for --engine ray" in done.stderr
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(CleanpageError, match=r"pip install 'cleanpage\[ray\]'"):
        run(_job(tmp_path / "out.jsonl", tmp_path / "page.html"), engine=RayEngine())


@pytest.mark.usefixtures("cluster")
def test_the_example_of_the_documentation_runs(capsys: pytest.CaptureFixture[str]) -> None:
    exec(example("ray.md").replace("ray.init(", "dict("), {})  # it runs already
    assert capsys.readouterr().out.endswith("Page 0.\n")


def test_what_is_fetched_is_not_for_a_cluster(tmp_path: Path) -> None:
    for number, source in enumerate(("-", "https://www.example.com/")):
        with pytest.raises(CleanpageError, match="--engine local"):
            run(_job(tmp_path / f"{number}.jsonl", source), engine=RayEngine())
    with pytest.raises(CleanpageError, match="--engine local"):
        run(_job(tmp_path / "out.jsonl", "list.txt", reading=Reading(Kind.urls)), engine=RayEngine())


def test_the_command_starts_ray_itself_and_goes_on_after_it_was_killed(
    crawl: Path, expected: tuple[bytes, bytes], tmp_path: Path
) -> None:
    out = tmp_path / "out.jsonl"
    common = [crawl, "--out", out, "--workers", "2", "--checkpoint-seconds", "0.1"]
    command = _command_line(*common, "--engine", "ray")
    first = subprocess.Popen(**command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 300
        while not (out.exists() and out.stat().st_size) and time.monotonic() < deadline:
            assert first.poll() is None
            time.sleep(0.05)
        helpers = set(_below(first.pid))
    finally:
        first.kill()
        first.wait()
    assert 0 < out.stat().st_size < len(expected[0])
    # The other engine finishes it: that Ray goes on with what was begun is shown above, and it takes a while to start.
    second = subprocess.run(**_command_line(*common), capture_output=True, timeout=400)
    assert second.returncode == 1, second.stderr.decode()  # some pages have failed
    assert (out.read_bytes(), Path(f"{out}.errors.jsonl").read_bytes()) == expected
    # Ray's workers ask every few seconds whether they are still wanted, and its own agents take longer.
    work = ("raylet/raylet", "ray::MapWorker", "ray::MapBatches", "cleanpage.workers")
    deadline = time.monotonic() + 120
    while left := [_command(pid) for pid in helpers if any(name in _command(pid) for name in work)]:
        assert time.monotonic() < deadline, left
        time.sleep(0.2)


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
    except OSError:
        return ""


def _hostile(entry: Entry) -> str:
    if entry.id == "hang":
        time.sleep(60)
    if entry.id == "crash":
        os._exit(9)
    return entry.id


class _Entry(Entry):
    def read(self, max_bytes: int) -> Document:
        raise NotImplementedError


def test_a_page_that_hangs_or_crashes_is_an_error_of_its_own() -> None:
    import pickle

    import pyarrow as pa

    worker = _Worker(_hostile, 1.0, None)  # type: ignore[arg-type]
    names = ["one", "hang", "two", "crash", "three"]
    block = pa.table({"entry": [pickle.dumps(_Entry(name, "s", [0], 0)) for name in names]})
    rows = worker(block).to_pylist()
    assert [row["id"] for row in rows] == names
    outcomes = [pickle.loads(row["outcome"]) for row in rows]
    assert [getattr(one, "kind", one) for one in outcomes] == ["one", "timeout", "two", "crash", "three"]
    assert worker(block.slice(0, 1)).num_rows == 1
