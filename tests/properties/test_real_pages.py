"""What never breaks, on real pages. They are data for development and stand beside the repository, if they are there."""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from cleanpage import Cleaner, Rules
from cleanpage.rules.ruleset import host_of

from .strategies import is_subsequence, visible_text, visible_words

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "news"
pytestmark = pytest.mark.skipif(
    not (DATA / "gold.json").is_file(), reason="the real pages (../shared/data/news) are not beside this checkout"
)

BUILTIN = Cleaner()
GENERIC = Cleaner(Rules.builtin(publishers=False))
NONE = Cleaner(Rules())
NOTICE = '<div id="adblock-notice"><p>Bitte deaktivieren Sie Ihren Werbeblocker.</p></div>'


def _entries() -> list[dict[str, Any]]:
    path = DATA / "gold.json"
    return json.loads(path.read_text("utf-8")) if path.is_file() else []


ENTRIES = _entries()


@cache
def page(name: str) -> str:
    data = gzip.decompress((DATA / "pages" / f"{name}.html.gz").read_bytes())
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def words(text: str) -> list[str]:
    """The words without punctuation: a full stop behind a link that went stands alone."""
    return re.findall(r"\w+", text)


@pytest.fixture(params=ENTRIES, ids=lambda entry: entry["id"])
def entry(request: pytest.FixtureRequest) -> dict[str, Any]:
    found: dict[str, Any] = request.param
    return found


def test_all_of_them_are_there() -> None:
    assert len(ENTRIES) >= 132


def test_guarantees(entry: dict[str, Any]) -> None:
    html, url = page(entry["id"]), entry["url"]
    result = BUILTIN.clean(html, url=url)
    # 1: nothing is invented
    visible = visible_text(html)
    assert is_subsequence("".join(result.text.split()), "".join(visible.split()))
    joined = "".join(visible.split())
    assert [word for word in set(words(result.text)) - set(words(visible)) if word not in joined] == []
    # every word stays or is told to have gone
    gone = [removal for removal in result.removed if not removal.held_back]
    told = Counter("".join(removal.text for removal in gone).translate({32: None, 10: None, 9: None}))
    before = NONE.clean(html, url=url)
    everything = Counter("".join(before.text.split()))
    assert Counter("".join(result.text.split())) + told - everything == Counter()
    assert everything - told - Counter("".join(result.text.split())) == Counter()
    # 2: once is enough
    again = BUILTIN.clean(result.html, url=url)
    assert again.text == result.text
    assert again.html == result.html
    text = BUILTIN.clean_text(result.text, url=url).text
    assert BUILTIN.clean_text(text, url=url).text == text
    # 3: same in, same out
    twin = Cleaner().clean(html, url=url)
    assert (twin.text, twin.html, twin.removed) == (result.text, result.html, result.removed)
    # 4: more rules never add text, but for those that say what is to be kept. By characters: where the page itself has
    # two words in one, they are words of their own once something of it is gone.
    fewer = Counter("".join(GENERIC.clean(html, url=url).text.split()))
    if not any(file.keep for file in BUILTIN.rules.for_host(host_of(url)[0])):
        assert not Counter("".join(result.text.split())) - fewer
    assert not fewer - everything
    # 5: insertion is undone
    spoiled = result.html.replace("</p>", f"</p>{NOTICE}", 1)
    assert BUILTIN.clean(spoiled, url=url).text == again.text
    # 6: the article survives
    body = " ".join(entry["body"]).split()
    there = Counter(visible_words(html))
    left = Counter(result.text.split())
    lost = [word for word in body if there[word] and not left[word]]
    assert len(lost) <= max(0.1 * len(body), 15), lost[:20]
