"""`extractor="trafilatura"`: the real library behind the same call."""

from __future__ import annotations

import builtins
import pickle
import sys
from typing import Any

import pytest
from hypothesis import given
from typer.testing import CliRunner

import cleanpage
from cleanpage import Cleaner, CleanpageError, Rules
from cleanpage.cli import app
from cleanpage.outline import outline
from cleanpage.page import Limits, parse

from ..properties.strategies import Page, pages
from ..support import rules
from .pages import article, page

OWN = "domains: [example.com]\nremove: {related: [.see-also]}\nkeep: [.note]\nmetadata: {title: .headline}\n"
URL = "https://www.example.com/bridge"
HEADLINE, PARAGRAPHS, HTML = article("en")


def without_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def refuse(name: str, *arguments: Any, **named: Any) -> Any:
        if name.partition(".")[0] == "trafilatura":
            raise ImportError("no such library")
        return real(name, *arguments, **named)

    for name in [name for name in sys.modules if name.partition(".")[0] == "trafilatura"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(builtins, "__import__", refuse)


# --- where it is missing -------------------------------------------------------------------------


def test_an_error_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    without_the_library(monkeypatch)
    for ask in (
        lambda: Cleaner(Rules(), extractor="trafilatura"),
        lambda: cleanpage.extract(HTML, extractor="trafilatura"),
    ):
        with pytest.raises(CleanpageError, match=r"pip install 'cleanpage\[trafilatura\]'"):
            ask()
    result = CliRunner().invoke(app, ["extract", "--extractor", "trafilatura"], input=HTML)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "cleanpage[trafilatura]" in result.stderr


def test_an_unknown_extractor() -> None:
    with pytest.raises(ValueError, match="did you mean 'trafilatura'"):
        Cleaner(Rules(), extractor="trafilature")
    with pytest.raises(ValueError, match="unknown extractor"):
        cleanpage.extract(HTML, extractor="")


def test_it_is_not_imported_unless_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    without_the_library(monkeypatch)
    assert cleanpage.extract(HTML).text.split("\n") == PARAGRAPHS
    assert Cleaner(Rules()).extractor == "cleanpage"


# --- where it is there ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def cleaner() -> Cleaner:
    pytest.importorskip("trafilatura", reason="trafilatura is not installed: pip install 'cleanpage[trafilatura]'")
    return Cleaner(rules(OWN), extractor="trafilatura")


def test_it_finds_the_article(cleaner: Cleaner) -> None:
    for language in ("en", "de", "fr", "ja"):
        _, paragraphs, html = article(language)
        result = cleaner.extract(html)
        assert result.text.split("\n") == paragraphs
        (reason,) = result.evidence
        assert reason.startswith("trafilatura 2")


def test_every_form_says_the_same(cleaner: Cleaner) -> None:
    body = f"<p>{PARAGRAPHS[0]}</p><h2>Why so late</h2><ul><li>Rust and the <b>river</b>, mostly</li><li>Money for stone</li></ul>"
    body += f"<p>{PARAGRAPHS[1]} <a href='/more'>{PARAGRAPHS[2]}</a></p><blockquote><p>{PARAGRAPHS[3]}</p></blockquote>"
    result = cleaner.extract(page(HEADLINE, body), url=URL)
    assert result.text.split("\n") == [
        PARAGRAPHS[0],
        "Why so late",
        "Rust and the river, mostly",
        "Money for stone",
        f"{PARAGRAPHS[1]} {PARAGRAPHS[2]}",
        PARAGRAPHS[3],
    ]
    assert Cleaner(Rules()).clean(result.html).text == result.text
    assert "## Why so late" in result.markdown
    assert "- Rust and the **river**, mostly" in result.markdown
    assert "(https://www.example.com/more)" in result.markdown
    assert f"> {PARAGRAPHS[3]}" in result.markdown


def test_rules_come_first_and_metadata_is_ours(cleaner: Cleaner) -> None:
    see = "See also: every bridge that has ever been opened in this county, with pictures and maps of all of them."
    note = "The author of this article lives beside the bridge."
    body = "".join(f"<p>{one}</p>" for one in PARAGRAPHS[:2]) + f'<p class="see-also">{see}</p>'
    body += "".join(f"<p>{one}</p>" for one in PARAGRAPHS[2:])
    html = page(HEADLINE, body).replace("</main>", f'</main><div class="note">{note}</div>')
    html = html.replace("<header>", '<header><b class="headline">A bridge</b>')
    result = cleaner.extract(html, url=URL)
    assert result.text.split("\n") == [*PARAGRAPHS, note]
    assert [removal.category for removal in result.removed] == ["related"]
    assert result.metadata.title == "A bridge"
    assert see in cleaner.extract(html).text  # elsewhere it is no rule's


def test_the_call_chooses(cleaner: Cleaner) -> None:
    assert cleaner.extract(HTML, extractor="cleanpage").evidence == ("scorer",)
    assert cleanpage.extract(HTML, extractor="trafilatura").evidence[0].startswith("trafilatura")
    assert pickle.loads(pickle.dumps(cleaner)).extractor == "trafilatura"


def test_once_is_enough(cleaner: Cleaner) -> None:
    first = cleaner.extract(HTML)
    assert cleaner.extract(first.html).text == first.text


def test_rules_for_furniture_leave_an_article_alone(cleaner: Cleaner) -> None:
    # In the page its heading is the first in the article, and is not part of the text.
    furniture = rules("remove: {chrome: ['article.story > p:first-child']}")
    html = f'<body><article class="story"><h1>{HEADLINE}</h1>{"".join(f"<p>{one}</p>" for one in PARAGRAPHS)}</article></body>'
    own = Cleaner(furniture, extractor="trafilatura")
    once = own.extract(html)
    assert once.text.split("\n") == PARAGRAPHS
    assert own.extract(once.html).text == once.text


def test_nothing_is_found_on_an_empty_page(cleaner: Cleaner) -> None:
    result = cleaner.extract("<title>Nothing</title><nav><a href='/'>Home</a></nav>")
    assert result.text in ("", "Home")


def test_what_fails_is_reported(cleaner: Cleaner, monkeypatch: pytest.MonkeyPatch) -> None:
    import trafilatura

    def fail(*arguments: Any, **named: Any) -> None:
        raise RecursionError

    monkeypatch.setattr(trafilatura, "bare_extraction", fail)
    result = cleaner.extract(HTML)
    assert (result.text, result.evidence[0].partition(": ")[2]) == ("", "failed: RecursionError")


def test_the_command(cleaner: Cleaner) -> None:
    result = CliRunner().invoke(app, ["extract", "--extractor", "trafilatura", "--why"], input=HTML)
    assert (result.exit_code, result.stdout.splitlines()) == (0, PARAGRAPHS)
    assert "article found by trafilatura" in " ".join(result.stderr.split())


@given(made=pages())
def test_nothing_is_invented(cleaner: Cleaner, made: Page) -> None:
    words = iter(" ".join(outline(parse(made.html), Limits()).blocks).split())
    assert all(word in words for word in cleaner.extract(made.html).text.split())
