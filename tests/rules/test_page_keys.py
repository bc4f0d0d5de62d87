"""What a rule file says of the site's pages besides what to remove: metadata, attributes, tests, `page_has`."""

from __future__ import annotations

import pickle

import pytest

from cleanpage.rules.format import METADATA, PAGE_TEST, SELECTOR, VALUE, schema
from cleanpage.rules.model import RuleFile

from ..support import problems, rules

EVERYTHING = """\
publisher: A
domains: [a.example]
content:
  - article.story
  - xpath: (//article)[1]
    page_has: .long-read
metadata:
  title: [{json_ld: headline}, h1]
  authors:
    - css: .by
      path: /news/*
    - xpath: substring-after(//p[@class='by'], 'By ')
      page_has:
        xpath: //p[@class='by']
    - value: Ann Example
  published:
    - xpath: //time/@datetime
strip_attributes:
  - //img/@srcset
  - //a/@title | //a/attribute::target
remove:
  ad:
    - css: .x
      page_has: [.y, {css: "#z"}, {xpath: //p}]
tests:
  - url: https://a.example/1
    contains: [One., Two.]
  - url: http://a.example/2
"""


def file_of(text: str) -> RuleFile:
    (file,) = rules(text).files
    return file


def test_everything_is_kept() -> None:
    file = file_of(EVERYTHING)
    article, long_read = file.content
    assert (article.source, long_read.source) == ("article.story", "(//article)[1]")
    assert [selector.source for selector in long_read.page_has] == [".long-read"]
    stated, title = file.metadata.title
    by, after, fixed = file.metadata.authors
    (published,) = file.metadata.published
    assert [selector.source for selector in title.selectors] == ["h1"]
    assert (stated.json_ld, stated.selectors) == ("headline", ())
    assert by.paths == ("/news/*",)
    assert after.xpath == "substring-after(//p[@class='by'], 'By ')"
    assert [selector.xpath for selector in after.page_has] == ["//p[@class='by']"]
    assert fixed.value == "Ann Example"
    assert published.xpath == "//time/@datetime"
    assert [path.xpath for path in file.strip_attributes] == ["//img/@srcset", "//a/@title | //a/attribute::target"]
    assert [selector.source for selector in file.remove[0].page_has] == [".y", "#z", "//p"]
    assert [(test.url, test.contains) for test in file.tests] == [
        ("https://a.example/1", ("One.", "Two.")),
        ("http://a.example/2", ()),
    ]
    assert file.tests[0].place.line == 26


def test_files_travel_between_processes() -> None:
    file = file_of(EVERYTHING)
    assert file.strip_attributes[0].compiled  # what lxml made of it stays behind
    again = pickle.loads(pickle.dumps(file))
    assert again.metadata.authors[2].value == "Ann Example"
    assert again.strip_attributes == file.strip_attributes


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("metadata: h1", 1, "expected a mapping"),
        ("metadata:\n  titel: h1", 2, "did you mean 'title'?"),
        ("metadata:\n  title: []", 2, "an empty list"),
        ("metadata:\n  title: ['h1[']", 2, "broken selector"),
        ("metadata:\n  title:\n    - {css: h1, xpath: //h1}", 3, "either css, xpath, value or json_ld"),
        ("metadata:\n  title:\n    - {path: /x}", 3, "either css, xpath, value or json_ld"),
        ("metadata:\n  title:\n    - value: Always the same", 3, "no two articles share their title"),
        ("metadata:\n  title:\n    - {css: h1, json_ld: headline}", 3, "make two entries"),
        ("metadata:\n  title:\n    - json_ld: $.headline", 3, "no property of schema.org"),
        ("metadata:\n  title:\n    - json_ld: ''", 3, "expected a property"),
        ("metadata:\n  published:\n    - xpath: count(//time)", 3, "gives a number"),
        ("metadata:\n  published:\n    - xpath: boolean(//time)", 3, "gives a truth value"),
        ("metadata:\n  authors:\n    - xpath: lower-case(//p)", 3, "calls lower-case()"),
        ("metadata:\n  authors:\n    - xpath: //p[@x and re:test(., 'a')]", 3, "calls re:test()"),
        ("metadata:\n  authors:\n    - xpath: //p[", 3, "broken XPath"),
        ("strip_attributes: [//img]", 1, "selects no attributes"),
        ("strip_attributes: ['//img[@src]']", 1, "selects no attributes"),
        ("strip_attributes: ['//img/@']", 1, "broken XPath"),
        ("strip_attributes: []", 1, "an empty list"),
        ("remove:\n  ad:\n    - {css: .x, page_has: []}", 3, "an empty list"),
        ("remove:\n  ad:\n    - {css: .x, page_has: '.y['}", 3, "broken selector"),
        ("remove:\n  ad:\n    - {css: .x, page_has: {css: .y, xpath: //p}}", 3, "either css or xpath"),
        ("remove:\n  ad:\n    - {css: .x, page_has: {xpath: //p/@id}}", 3, "not elements"),
        ("tests: [https://a.example/]", 1, "expected a test"),
        ("tests:\n  - contains: x", 2, "needs the address"),
        ("tests:\n  - url: a.example/1", 2, "no address of a page"),
        ("tests:\n  - {url: 'https://a.example/', contains: []}", 2, "an empty list"),
    ],
)
def test_mistakes_are_named_at_their_place(text: str, line: int, message: str) -> None:
    (problem,) = problems(text)
    assert problem.startswith(f"<rules>:{line}:")
    assert message in problem


def test_the_schema_knows_the_keys() -> None:
    jsonschema = pytest.importorskip("jsonschema")
    import yaml

    check = jsonschema.Draft202012Validator(schema())
    check.validate(yaml.safe_load(EVERYTHING))
    assert check.is_valid({"content": "article"})
    assert check.is_valid({"content": ["article", {"xpath": "//main"}]})
    assert not check.is_valid({"metadata": {"titel": "h1"}})
    assert not check.is_valid({"tests": [{"contains": "x"}]})
    assert not check.is_valid({"remove": {"ad": [{"css": ".x", "page_has": {"css": 1, "x": 2}}]}})
    assert all(key.meaning for table in (METADATA, PAGE_TEST, SELECTOR, VALUE) for key in table)
