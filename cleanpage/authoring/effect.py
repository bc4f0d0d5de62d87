"""What rules do on stored pages: which find nothing, which are needless, which take of an article, and what an edit
changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from ..api import Cleaner
from ..engine.find import matching
from ..examples import ids_of
from ..outline import count_words
from ..result import Removal
from ..rules.model import Rule, RuleFile
from ..rules.phrases import fold_blocks
from ..rules.ruleset import Rules, host_of
from ..stored import Page
from .lint import Remark
from .site import SAME_ARTICLE, generic_cleaner

# A line of an article that is worth a remark when a rule takes it.
_LEAST_WORDS = 8
_LONGEST_TEXT = 80  # characters
WORST = 10


@dataclass(frozen=True, slots=True)
class _Article:
    """The article of a page, as it is found without the rules of its publisher.

    Attributes:
        page: the page's name.
        host: its site.
        lines: the longer lines, folded.
    """

    page: str
    host: str
    lines: frozenset[str]

    @classmethod
    def of(cls, page: Page) -> _Article:
        text = generic_cleaner().extract(page.html, url=page.url).text
        lines = (fold_blocks(line) for line in text.splitlines() if count_words(line) >= _LEAST_WORDS)
        return cls(page.name, host_of(page.url)[0], frozenset(lines))

    def differs(self, other: _Article) -> bool:
        """Whether the two are different articles, and not one that was stored twice."""
        return len(self.lines & other.lines) <= SAME_ARTICLE * min(len(self.lines), len(other.lines))


@dataclass(slots=True)
class _Seen:
    """What a rule did on the pages that it is for."""

    pages: int = 0
    found: int = 0  # on how many pages its selectors match anything
    fired: int = 0  # on how many it took something
    taken: list[tuple[str, _Article]] = field(default_factory=list)  # lines of articles


def rules_with(files: Sequence[RuleFile], others: Iterable[RuleFile]) -> Rules:
    """A set of files, and of others those that are not among them in another version."""
    own = {(file.kind, file.key) for file in files}
    return Rules([*files, *(file for file in others if (file.kind, file.key) not in own)])


def effects(files: Sequence[RuleFile], rules: Rules, pages: Iterable[Page]) -> Iterator[Remark]:
    """What is worth a second look in rule files, by what their rules do on pages.

    One page cannot prove that a rule is dead: layouts depend on the day. So each remark says on how many pages it
    rests. What stands word for word in different articles of a site is no line of any, and may be taken.

    Args:
        files: the files that are looked at.
        rules: these and all others that are in force.
        pages: stored pages, with their addresses.
    """
    cleaner = Cleaner(rules)
    seen = {rule: _Seen() for file in files for rule in file.remove}
    articles: list[_Article] = []
    for page in pages:
        _look_at(page, cleaner, files, seen, articles)
    repeated = _repeated(articles)
    for rule, what in seen.items():
        name = ids_of(rule)[0]
        on = f"{what.pages} page{'' if what.pages == 1 else 's'}"
        taken = [(line, where.page) for line, where in what.taken if (where.host, fold_blocks(line)) not in repeated]
        if taken:
            text, where = taken[0]
            message = f"takes {len(taken)} lines of articles, the first on {where}: {_short(text)!r}"
            yield Remark(rule.place, "takes-article", f"{name} {message}")
        if what.pages and not what.fired and not what.found:
            yield Remark(rule.place, "idle", f"{name} finds nothing on {on}")
        elif what.pages and not what.fired and not rule.has_conditions:
            message = f"finds something on {what.found} of {on}, but nothing that other rules do not take"
            yield Remark(rule.place, "needless", f"{name} {message}")


def _look_at(
    page: Page, cleaner: Cleaner, files: Sequence[RuleFile], seen: dict[Rule, _Seen], articles: list[_Article]
) -> None:
    cleaning, applied = cleaner._cleaning(page.html, page.url, None, None, None, cleaner.categories)
    whole, _ = cleaner._cleaning(page.html, page.url, None, None, None, frozenset())
    mine = [file for file in files if file.kind == "generic" or file in applied]
    if not mine:
        return
    article = _Article.of(page)
    articles.append(article)
    by_rule: dict[str, list[Removal]] = {}
    for removal in cleaning.removals():
        if not removal.held_back:
            by_rule.setdefault(removal.rule, []).append(removal)
    for file in mine:
        for rule in file.remove:
            if rule.category not in cleaner.categories:
                continue
            what = seen[rule]
            what.pages += 1
            what.found += any(matching(whole.outline, whole.document.root, one) for one in rule.selectors)
            removals = [removal for name in ids_of(rule) for removal in by_rule.get(name, ())]
            what.fired += bool(removals)
            lines = (line for removal in removals for line in removal.text.split("\n"))
            what.taken += [(line, article) for line in lines if fold_blocks(line) in article.lines]


def _repeated(articles: Sequence[_Article]) -> set[tuple[str, str]]:
    """The lines that stand in different articles of a site, each with its host."""
    places: dict[tuple[str, str], list[_Article]] = {}
    for article in articles:
        for line in article.lines:
            places.setdefault((article.host, line), []).append(article)
    return {key for key, some in places.items() if any(map(some[0].differs, some[1:]))}


# --- edits -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Change:
    """What an edit of rules changes on a page.

    Attributes:
        page: its name.
        domain: its host.
        gone: how many words go that stayed.
        back: how many words stay that went.
        text: the first line that goes, or else that stays now.
    """

    page: str
    domain: str
    gone: int
    back: int
    text: str


def changes(before: Rules, after: Rules, pages: Iterable[Page]) -> list[Change]:
    """What is different on pages with other rules, the largest difference first; words that go count double.

    Args:
        before: all rules, as they were.
        after: all rules, as they are.
        pages: stored pages, with their addresses.
    """
    old, new = Cleaner(before), Cleaner(after)
    found = []
    for page in pages:
        was, is_ = (Counter(one.clean(page.html, url=page.url).text.splitlines()) for one in (old, new))
        gone, back = was - is_, is_ - was
        if gone or back:
            words = [sum(count_words(line) * times for line, times in some.items()) for some in (gone, back)]
            first = next(iter(gone or back))
            found.append(Change(page.name, host_of(page.url)[0], words[0], words[1], _short(first)))
    return sorted(found, key=lambda one: (-2 * one.gone - one.back, one.page))


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_TEXT else text[: _LONGEST_TEXT - 1].rstrip() + "…"
