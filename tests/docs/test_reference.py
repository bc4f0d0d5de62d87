"""The reference of the rule format says what the reader of rule files knows."""

from __future__ import annotations

from cleanpage.rules import format as tables
from cleanpage.rules.format import Key
from cleanpage.rules.handbook import handbook
from cleanpage.rules.model import CATEGORIES

from .blocks import DOCS


def test_the_page_is_up_to_date() -> None:
    page = (DOCS / "rules" / "reference.md").read_text("utf-8")
    assert page == handbook(), "make it again: cleanpage rules schema --format markdown > docs/rules/reference.md"


def test_every_key_category_scope_and_shape_is_in_it() -> None:
    page = handbook()
    listed = [
        value for value in vars(tables).values() if isinstance(value, tuple) and value and isinstance(value[0], Key)
    ]
    assert len(listed) >= 12
    for key in (key for keys in listed for key in keys):
        assert f"| `{key.name}` |" in page
        assert key.shape in (*tables.SHAPES, "category")
    assert tuple(key.name for key in tables.CATEGORY) == CATEGORIES
    assert {key.name.split()[0] for key in tables.SCOPE} == set(tables.SCOPES)
