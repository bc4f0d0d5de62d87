"""What a mark may be, and what is said of one that may not."""

from __future__ import annotations

from pathlib import Path

import pytest

from cleanpage import RuleError, Rules
from cleanpage.rules import pack as packs
from cleanpage.rules.pack import Pack, compile_rules

from ..support import problems


def file(mark: str) -> str:
    return f"marks:\n  - {mark}\nremove: {{ad: [.x]}}\n"


@pytest.mark.parametrize(
    "mark",
    [
        ".foo-story",
        "'#foo-app'",
        "'[data-foo]'",
        "'[class^=\"foo-\"]'",
        'meta[name=generator][content^="Foocms"]',
        'meta[property="foo:id"]',
        'script[src*="cdn.foo.example"]',
        "body.single.foo-theme",
        ".foo-page .content",
        "{all: [.content, .foo-story]}",
        "{all: ['#content, #main', .foo-story, article.post]}",
        ".foo-a, .foo-b",
    ],
)
def test_good_marks(mark: str) -> None:
    assert problems(file(mark)) == []


@pytest.mark.parametrize(
    ("mark", "message"),
    [
        ("div", "<rules>:2:5: the mark 'div' names no class, id or attribute"),
        ("'*'", "<rules>:2:5: the mark '*' names no class, id or attribute"),
        (".foo-story p", "<rules>:2:5: the mark '.foo-story p' names no class, id or attribute"),
        ("{all: [.foo-story, article]}", "<rules>:2:5: the mark 'article' names no class, id or attribute"),
        ("'[class*=ad]'", "goes by 'ad', which stands in too many values"),
        (".content", "<rules>:2:5: pages of any system bear the mark '.content'"),
        ("article.post", "pages of any system bear the mark"),
        ("'#main'", "pages of any system bear the mark"),
        ("'[class*=article]'", "pages of any system bear the mark"),
        (".foo-story, .content", "pages of any system bear the mark"),
        ("{all: [.content, .post]}", "pages of any system bear the mark '.content and .post'"),
        ("meta[name=generator]", "pages of any system bear the mark"),
        ("meta[property^='article:']", "pages of any system bear the mark"),
        ("{all: [.foo-story]}", "`all` needs several selectors; write `- .name` for one"),
        ("{all: .foo-story}", "<rules>:2:11: expected a list, not text"),
        ("{any: [.foo-story, .foo-x]}", "unknown key of a mark: any"),
        ("'.:'", "broken selector"),
        ("[.a, .b]", "<rules>:2:5: expected a CSS selector, not a list"),
        ("''", "expected a CSS selector, not an empty one"),
    ],
)
def test_bad_marks(mark: str, message: str) -> None:
    found = problems(file(mark))
    assert len(found) == 1
    assert message in found[0]


@pytest.mark.parametrize("start", ["publisher: A\ndomains: [a.example]\n", "publisher: A\n"])
def test_publishers_have_no_marks(start: str) -> None:
    assert "a publisher file has no `marks`" in "\n".join(problems(start + file(".foo-story")))


def test_generic_files_have_no_marks(tmp_path: Path) -> None:
    (tmp_path / "generic").mkdir()
    (tmp_path / "generic" / "ad.yaml").write_text(file(".foo-story"))
    with pytest.raises(RuleError, match="a generic file has no `marks`"):
        Rules.load(tmp_path)


def test_a_file_with_marks_is_a_family() -> None:
    rules = Rules.parse("domains: [a.example]\n" + file(".foo-story"), key="foo")
    assert [(one.kind, one.key) for one in rules.files] == [("family", "foo")]
    assert [(family, mark.source) for family, mark in rules.marks] == [("foo", ".foo-story")]


def test_a_pack_whose_marks_are_bad_is_damaged(monkeypatch: pytest.MonkeyPatch) -> None:
    (made,) = Rules.parse(file(".foo-story"), key="foo").files
    object.__setattr__(made.marks[0], "parts", ())
    pack = Pack(compile_rules([made], "x"))
    with pytest.raises(RuleError, match="the pack is damaged: a mark without a selector"):
        _ = pack.marks
    monkeypatch.setattr(packs, "wrong_with_mark", lambda mark: "")
    assert len(pack.marks) == 1
