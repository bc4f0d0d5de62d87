"""How good texts are: data sets, measures, systems, and the command."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cleanpage import CleanpageError
from cleanpage.bench.datasets import language, read_data_sets, registered_domain
from cleanpage.bench.folds import Folds, fold_file, fold_of
from cleanpage.bench.measures import BLOCKS, SHINGLES, SNIPPETS, WORDS, measure_for
from cleanpage.bench.quality import measure_quality
from cleanpage.bench.systems import SYSTEMS, load_system
from cleanpage.cli import app

ARTICLE = [
    "The harbour of the small town was closed this morning after a ship had run aground.",
    "Divers looked at the hull in the afternoon and found no leak in it.",
]
PITCH = "Get our morning letter about ships every day."
PAGE = f"""<!DOCTYPE html><html lang="en-GB"><head><title>Harbour closed</title></head><body>
<article><h1>Harbour closed</h1><p>{ARTICLE[0]}</p><p>{ARTICLE[1]}</p></article>
<div class="newsletter-signup"><p>{PITCH}</p></div></body></html>"""


def whole_text(html: bytes, url: str | None) -> str:
    """A system of the user's own: all paragraphs of the page."""
    assert url == "https://www.news.example/a"
    return "\n".join([*ARTICLE, PITCH])


def fails(html: bytes, url: str | None) -> str:
    raise RuntimeError("out of order")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder of four data sets about one page."""
    rows: dict[str, dict[str, Any]] = {
        "news": {"body": ARTICLE, "country": "uk"},
        "runs": {"body": "\n".join(ARTICLE)},
        "snippets": {"with": [ARTICLE[0][:30]], "without": [PITCH]},
        "labels": {
            "body": ARTICLE,
            "blocks": [
                {"text": "Harbour closed", "label": "keep"},
                *({"text": text, "label": "body"} for text in ARTICLE),
                {"text": PITCH, "label": "newsletter"},
            ],
        },
    }
    for name, row in rows.items():
        (tmp_path / name).mkdir()
        row["url"] = "https://www.news.example/a"
        (tmp_path / name / "gold.json").write_text(json.dumps([{"id": "a", **row}]), "utf-8")
    (tmp_path / "news" / "pages").mkdir()
    (tmp_path / "news" / "pages" / "a.html.gz").write_bytes(gzip.compress(PAGE.encode()))
    (tmp_path / "notes").mkdir()
    return tmp_path


# --- data sets ---------------------------------------------------------------------------------


def test_sets_are_found_and_share_pages(data: Path) -> None:
    sets = read_data_sets(data)
    assert [one.name for one in sets] == ["labels", "news", "runs", "snippets"]
    assert {one.cases[0].path for one in sets} == {data / "news" / "pages" / "a.html.gz"}
    assert sets[0].cases[0].publisher == "news.example"
    assert b"Harbour" in sets[0].cases[0].html()


def test_one_set_and_named_ones(data: Path) -> None:
    assert [one.name for one in read_data_sets(data / "labels")] == ["labels"]
    assert [one.name for one in read_data_sets(data, ["runs"])] == ["runs"]


def test_fewer_pages_are_taken_from_all_over_a_set(data: Path) -> None:
    rows = [{"id": f"{number}", "url": "https://news.example/", "body": ["x"]} for number in range(9)]
    (data / "news" / "gold.json").write_text(json.dumps(rows), "utf-8")
    for row in rows:
        (data / "news" / "pages" / f"{row['id']}.html.gz").write_bytes(gzip.compress(PAGE.encode()))
    (few,) = read_data_sets(data, ["news"], 3)
    assert [case.key for case in few.cases] == ["0", "3", "6"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda data: data / "nowhere", "nowhere: no such folder"),
        (lambda data: data / "notes", "no data set in"),
        (lambda data: (data / "news" / "gold.json").write_text("[1]") and data, r"gold\.json is no list of truths"),
        (lambda data: (data / "news" / "pages" / "a.html.gz").unlink() or data, r"no page for 'a': a\.html or"),
    ],
)
def test_what_cannot_be_read_is_named(data: Path, change: Any, message: str) -> None:
    with pytest.raises(CleanpageError, match=message):
        read_data_sets(change(data))


def test_a_set_that_is_not_there(data: Path) -> None:
    with pytest.raises(CleanpageError, match=r"no data set 'wcxb' in .*: it holds labels, news, runs, snippets"):
        read_data_sets(data, ["wcxb"])


def test_a_cut_page_is_named(data: Path) -> None:
    path = data / "news" / "pages" / "a.html.gz"
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(CleanpageError, match=r"a\.html\.gz: "):
        read_data_sets(data)[0].cases[0].html()


def test_language_and_domain() -> None:
    assert language(PAGE.encode()) == "en"
    assert language(b"<html><p lang=de>x") == "?"
    assert registered_domain("https://a.b.example.co.uk:80/x", "k") == "example.co.uk"
    assert registered_domain(None, "k") == "k"


# --- measures ----------------------------------------------------------------------------------


def figures(measure: Any, output: str, row: dict[str, Any]) -> dict[str, float]:
    return {name: round(float(one), 4) for name, one in measure.figures(measure.score(output, row)).items()}


def test_words_are_counted_as_often_as_they_occur() -> None:
    found = figures(WORDS, "one two two five", {"body": ["one two", "three four"]})
    assert (found["precision"], found["recall"], found["f1"]) == (0.5, 0.5, 0.5)
    assert figures(WORDS, "", {"main_content": ""})["f1"] == 1.0
    assert figures(WORDS, "", {"main_content": "words"})["f1"] == 0.0
    # Without spaces between words a character counts as one.
    assert figures(WORDS, "東京", {"main_content": "東京都庁"})["recall"] == 0.5


def test_snippets_with_the_words() -> None:
    row = {"main_content": "one two three", "with": ["One  two", "four"], "without": ["menu"]}
    found = figures(WORDS, "one two", row)
    assert (found["snippets found"], found["snippets leaked"]) == (0.5, 0.0)


def test_runs_of_words() -> None:
    found = figures(SHINGLES, "a b c d e", {"body": "a b c d x"})
    assert (found["precision"], found["recall"], found["f1"]) == (0.5, 0.5, 0.5)


def test_snippets() -> None:
    row = {"with": ["kept  text", "lost"], "without": ["leak", "other"]}
    assert figures(SNIPPETS, "kept text\nleak", row) == {
        "f1": 0.5,
        "precision": 0.5,
        "recall": 0.5,
        "snippets leaked": 0.5,
    }
    assert SNIPPETS.faults("kept text\nleak", row) == ["-lost", "+leak"]


LABELLED = {
    "body": [*ARTICLE, "Share"],
    "blocks": [
        {"text": "Share", "label": "social"},
        {"text": PITCH, "label": "newsletter"},
        {"text": "A line of five words.", "label": "keep"},
    ],
}


def test_blocks() -> None:
    everything = "\n".join(["Share", ARTICLE[0], "A line of five words.", ARTICLE[1], "Share", PITCH])
    found = figures(BLOCKS, everything, LABELLED)
    # One `Share` is the article's own, and is given to it first.
    assert (found["nuisance removed"], found["whole body"], found["kept"]) == (0.5, 1.0, 1.0)
    cleaned = figures(BLOCKS, "\n".join([*ARTICLE, "Share"]), LABELLED)
    assert (cleaned["nuisance removed"], cleaned["removed social"], cleaned["kept"]) == (1.0, 1.0, 0.0)
    assert BLOCKS.faults("Share\n" + PITCH, LABELLED) == [
        f"-body: {ARTICLE[0]}",
        f"-body: {ARTICLE[1]}",
        f"+newsletter: {PITCH}",
    ]


def test_what_is_measured_follows_from_the_truth() -> None:
    assert measure_for({"body": ["x"], "blocks": []}) is BLOCKS
    assert measure_for({"body": ["x"]}) is measure_for({"main_content": "x", "with": []}) is WORDS
    assert measure_for({"body": "x"}) is SHINGLES
    assert measure_for({"with": [], "without": []}) is SNIPPETS


# --- systems -----------------------------------------------------------------------------------


def test_the_parts_of_cleanpage() -> None:
    texts = {
        name: load_system(name)(PAGE.encode(), "https://www.news.example/a")
        for name in SYSTEMS
        if name.startswith("cleanpage.")
    }
    assert texts["cleanpage.plain"].splitlines() == ["Harbour closed", *ARTICLE, PITCH]
    assert texts["cleanpage.clean"].splitlines() == ["Harbour closed", *ARTICLE]
    assert texts["cleanpage.extract"].splitlines() == ARTICLE
    assert len(texts) == 6


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("trafilatua", "unknown system 'trafilatua'.*trafilatura"),
        ("nowhere:run", "there is no system nowhere:run"),
        ("json:nothing", "there is no system json:nothing"),
        ("json:__name__", "json:__name__ is no function"),
    ],
)
def test_systems_that_are_none(name: str, message: str) -> None:
    with pytest.raises(CleanpageError, match=message):
        load_system(name)


def test_a_system_that_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SYSTEMS, "resiliparse", lambda: __import__("not_installed_anywhere"))
    with pytest.raises(CleanpageError, match=r"resiliparse is not installed .*cleanpage\[peers\]"):
        load_system("resiliparse")


# --- the run -----------------------------------------------------------------------------------


def test_a_system_of_ones_own_and_its_failures(data: Path) -> None:
    measured = list(measure_quality([f"{__name__}:whole_text", f"{__name__}:fails"], read_data_sets(data)))
    by_name = {(one.system.rpartition(":")[2], one.data_set): one for one in measured}
    assert len(by_name) == 8
    news = by_name["whole_text", "news"]
    assert news.figures["recall"].value == 1.0 > news.figures["precision"].value
    assert news.figures["f1"].low == pytest.approx(news.figures["f1"].value)
    assert list(news.by("country")) == ["uk"]
    assert by_name["whole_text", "labels"].figures["nuisance removed"].value == 0.0
    failed = by_name["fails", "news"]
    assert failed.figures["f1"].value == 0.0
    assert [answer.failure for answer in failed.failures] == ["RuntimeError: out of order"]


def test_the_interval_holds_the_figure_and_is_the_same_again(data: Path) -> None:
    rows = [{"id": f"p{n}", "url": "https://www.news.example/a", "body": [*ARTICLE, "More. " * n]} for n in range(20)]
    (data / "news" / "gold.json").write_text(json.dumps(rows), "utf-8")
    for row in rows:
        (data / "news" / "pages" / f"{row['id']}.html.gz").write_bytes(gzip.compress(PAGE.encode()))
    sets = read_data_sets(data, ["news"])
    first, second = (next(iter(measure_quality([f"{__name__}:whole_text"], sets))).figures["f1"] for _ in range(2))
    assert first == second
    assert first.low < first.value < first.high


def test_folds_follow_from_the_domain(tmp_path: Path) -> None:
    homes = [fold_of(f"site-{number}.example", 4) for number in range(400)]
    assert homes == [fold_of(f"site-{number}.example", 4) for number in range(400)]
    assert min(homes.count(fold) for fold in range(4)) > 60
    with pytest.raises(CleanpageError, match="no weights of folds"):
        Folds.read(tmp_path)


def test_a_page_is_judged_by_the_weights_of_its_fold(data: Path, tmp_path: Path) -> None:
    weights = (Path(__file__).parents[2] / "cleanpage" / "article" / "weights.npz").read_bytes()
    home = fold_of("news.example", 2)
    fold_file(tmp_path, home).write_bytes(weights)
    fold_file(tmp_path, 1 - home).write_bytes(b"none")
    case = read_data_sets(data, ["news"])[0].cases[0]
    run = Folds.read(tmp_path).system(with_rules=True)
    assert run(case, case.html()).splitlines() == ARTICLE
    fold_file(tmp_path, home).rename(fold_file(tmp_path, 2))
    fold_file(tmp_path, 1 - home).rename(fold_file(tmp_path, home))
    with pytest.raises(CleanpageError, match="no weights of folds"):
        Folds.read(tmp_path)


# --- the command -------------------------------------------------------------------------------


def test_the_command(data: Path) -> None:
    arguments = [
        "bench",
        "quality",
        str(data),
        "--workers",
        "1",
        "--set",
        "labels",
        "--worst",
        "1",
        "--by",
        "publisher",
    ]
    result = CliRunner().invoke(app, [*arguments, "--system", f"{__name__}:whole_text"])
    assert result.exit_code == 0, result.output
    assert "whole_text on labels (blocks): 1 page\n" in result.output
    assert "nuisance removed    0.0000  [0.0000, 0.0000]" in result.output
    assert "news.example: 0.0000" in result.output
    assert f"+newsletter: {PITCH}" in result.output


def test_the_command_for_programs(data: Path) -> None:
    result = CliRunner().invoke(
        app, ["bench", "quality", str(data), "--workers", "1", "--set", "news", "--format", "json", "--worst", "1"]
    )
    assert result.exit_code == 0, result.output
    (one,) = json.loads(result.stdout)["results"]
    assert (one["system"], one["data_set"], one["pages"], one["failures"]) == ("cleanpage.extract", "news", 1, {})
    assert one["figures"]["f1"]["value"] == 1.0
    assert one["groups"]["publisher"]["news.example"]["pages"] == 1


def test_the_command_without_what_it_needs(data: Path) -> None:
    result = CliRunner().invoke(app, ["bench", "quality", str(data), "--cv", "--folds", str(data)])
    assert result.exit_code == 2
    assert "there are no weights of folds" in result.output
