"""The tests of rule files, run: what they say of pages of their site, held against stored pages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from ..api import Cleaner
from ..errors import PageError
from ..examples import ExampleFailure, fold_blanks, takers
from ..rules.model import PageTest, RuleFile
from ..rules.ruleset import Rules
from ..stored import Page


@dataclass(frozen=True, slots=True)
class TestReport:
    """What the tests of rule files showed.

    Attributes:
        tests: how many of them have their page among the stored ones.
        without: how many have not.
        failures: what went wrong, in the order of files.
    """

    tests: int
    without: int
    failures: tuple[ExampleFailure, ...]


def run_tests(files: Sequence[RuleFile], rules: Rules, pages: Iterable[Page]) -> TestReport:
    """Run the tests of rule files on stored pages, with all rules that are in force.

    What a test says must be there is looked for in the article (`extract`), what must be gone in the cleaned page.

    Args:
        files: the files whose tests are run.
        rules: these and all others.
        pages: the pages, with their addresses.
    """
    by_address = {_address(page.url): page for page in pages if page.url}
    cleaner = Cleaner(rules)
    tests = [test for file in files for test in file.tests]
    known = [(test, page) for test in tests if (page := by_address.get(_address(test.url))) is not None]
    failures = tuple(failure for test, page in known for failure in _run(test, page, cleaner))
    return TestReport(len(known), len(tests) - len(known), failures)


def _run(test: PageTest, page: Page, cleaner: Cleaner) -> Iterator[ExampleFailure]:
    try:
        whole = Cleaner(Rules()).clean(page.html).text
        cleaned = cleaner.clean(page.html, url=page.url)
        article = cleaner.extract(page.html, url=page.url)
    except PageError as error:
        yield ExampleFailure(test.place, f"{page.name}: {error}")
        return
    for text in test.contains:
        wanted = fold_blanks(text)
        if wanted not in fold_blanks(whole):
            yield ExampleFailure(test.place, f"{page.name} has no such text", text)
        elif wanted not in fold_blanks(article.text):
            blame = tuple(dict.fromkeys(takers(text, article.removed)))
            message = f"{page.name}: should be in the article"
            yield ExampleFailure(test.place, message, text, True, blame, whole, article.text)
    for text in test.lacks:
        unwanted = fold_blanks(text)
        if unwanted in fold_blanks(cleaned.text):
            held = tuple(one.rule for one in cleaned.removed if one.held_back and unwanted in fold_blanks(one.text))
            message = f"{page.name}: should have gone"
            yield ExampleFailure(test.place, message, text, False, held, whole, cleaned.text)


def _address(url: str | None) -> str:
    """An address without what does not tell pages apart: the scheme, `www.`, the fragment, a slash at the end."""
    parts = urlsplit(url or "")
    host = (parts.hostname or "").removeprefix("www.")
    query = f"?{parts.query}" if parts.query else ""
    return f"{host}{parts.path.rstrip('/')}{query}"
