"""A rule file becomes rules: every key and value is checked, every mistake named with its place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import TypeVar

from ..errors import Problem
from . import format as spec
from .checks import LONGEST_PATTERN, check_pattern, nearest, taken_of_canary, wrong_with_mark
from .expressions import AttributePath, parse_attributes, parse_value
from .model import (
    ALWAYS,
    CATEGORIES,
    PHRASE_CONDITIONS,
    ArticleMetadata,
    Content,
    Example,
    Kind,
    LineRule,
    Mark,
    PageTest,
    Phrase,
    Place,
    Rule,
    RuleFile,
    Scope,
    Span,
    Value,
)
from .phrases import fold
from .selectors import Selector, SelectorProblem, parse_css, parse_xpath
from .sites import is_entry
from .source import Node, read

T = TypeVar("T")
_URL = re.compile(r"https?://[^\s/?#]+\S*", re.I)
_DOMAIN = re.compile(r"(?:[^\W_](?:[\w-]*[^\W_])?\.)+[^\W\d_][\w-]*[^\W_]")
_PROPERTY = re.compile(r"[a-z][A-Za-z]{1,60}")
# Characters of a selector, a phrase or a name: far more than anybody writes, and little enough for every parser. What
# stands in examples may be of any length.
LONGEST = 10_000
_ANY_LENGTH = ("page", "text")


def is_domain(text: str) -> bool:
    """Whether a text is a domain as rule files name them, such as `example.com`."""
    return _DOMAIN.fullmatch(text) is not None


def read_rules(text: str, file: str, key: str, kind: Kind | None, problems: list[Problem]) -> RuleFile | None:
    """Read one rule file.

    Args:
        text: its content.
        file: its name, for messages.
        key: its short name, the first part of its rules' ids.
        kind: what its folder says it is; None to judge by its content.
        problems: where mistakes are added.

    Returns:
        What could be read, or None if that is nothing.
    """
    before = len(problems)
    root = read(text, file, problems)
    if root is None:
        return None
    return _Reader(file, key, problems, lines_left_out=len(problems) > before).file(root, kind)


class _Reader:
    def __init__(self, file: str, key: str, problems: list[Problem], *, lines_left_out: bool = False) -> None:
        # What is empty only because a line was left out is no second mistake.
        self.lines_left_out = lines_left_out
        self.name = file
        self.key = key
        self.problems = problems
        self.kind: Kind = "generic"

    def problem(self, node: Node, message: str, hint: str = "") -> None:
        if node.kind == "empty" and self.lines_left_out:
            return
        self.problems.append(Problem(self.name, node.line, node.column, message, hint))

    def place(self, node: Node) -> Place:
        return Place(self.name, node.line, node.column)

    # --- the file ------------------------------------------------------------------------------

    def file(self, root: Node, kind: Kind | None) -> RuleFile | None:
        if root.kind != "mapping":
            self.problem(root, f"a rule file is a mapping, not {root.what}", "begin with `remove:` or `publisher:`")
            return None
        keys = self.keys(root, spec.FILE, "a rule file")
        if kind is None:
            kind = "publisher" if "domains" in keys or "publisher" in keys else "generic"
            if "marks" in keys and "publisher" not in keys:
                kind = "family"
        self.kind = kind
        if kind != "family" and "marks" in keys:
            self.problem(
                keys["marks"], f"a {kind} file has no `marks`: they are what a family is known by", "remove it"
            )
        if kind == "publisher" and "domains" not in keys:
            self.problem(root, "a publisher needs domains", "add `domains: [example.com]`")
        if kind == "generic":
            for name in ("domains", "publisher", "family"):
                if name in keys:
                    self.problem(keys[name], f"generic rules hold on every page and have no `{name}`", "remove it")
        family = keys.get("family")
        domains = self.texts(keys.get("domains"), "domain")
        for node, domain in domains:
            self.check_domain(node, domain)
        return RuleFile(
            self.name,
            self.key,
            kind,
            self.text(keys.get("publisher"), "name"),
            tuple(domain.lower() for _, domain in domains),
            self.text(family, "name of a family") if kind != "generic" else "",
            self.contents(keys.get("content")),
            tuple(self.by_category(keys.get("remove"), self.rule)),
            tuple(rule for node in self.items(keys.get("keep")) if (rule := self.rule(node, "")) is not None),
            tuple(self.by_category(keys.get("lines"), self.line)),
            tuple(example for node in self.items(keys.get("examples")) if (example := self.example(node)) is not None),
            tuple(self.place(node) for node, _ in domains),
            self.place(family) if family is not None else None,
            self.metadata(keys.get("metadata")),
            tuple(self.attributes(keys.get("strip_attributes"))),
            tuple(test for node in self.items(keys.get("tests")) if (test := self.page_test(node)) is not None),
            tuple(mark for node in self.items(keys.get("marks")) if (mark := self.mark(node)) is not None),
        )

    def check_domain(self, node: Node, domain: str) -> None:
        if not is_domain(domain):
            bare = re.sub(r"^[a-z]+://|^www\.|[/:*].*$|^\.+", "", domain.strip().lower())
            hint = f"write {bare}" if is_domain(bare) else "write it as in example.com"
            self.problem(node, f"{domain!r} is no domain", hint)

    def by_category(self, node: Node | None, make: Callable[[Node, str], T | None]) -> Iterable[T]:
        if node is None:
            return
        if node.kind != "mapping":
            self.problem(
                node, f"expected categories with lists of rules, not {node.what}", "write `related:` and a list"
            )
            return
        for category, entries in self.pairs(node, CATEGORIES, "category"):
            for entry in self.items(entries):
                made = make(entry, category)
                if made is not None:
                    yield made

    # --- rules ---------------------------------------------------------------------------------

    def rule(self, node: Node, category: str) -> Rule | None:
        before = len(self.problems)
        if node.kind == "text":
            selectors = self.css(node)
            if not selectors:
                return None
            rule = Rule(self.key, self.kind, category, selectors, node.value.strip(), self.place(node))
        elif node.kind == "mapping":
            rule = self.long_rule(node, category)
        else:
            self.problem(node, f"expected a rule, not {node.what}", "write a CSS selector, or `css:` and conditions")
            return None
        if len(self.problems) > before:
            return None
        taken = taken_of_canary(rule)
        if taken:
            self.problem(node, f"{rule.source!r} could match everything: any <{taken}>", "name a class, id or phrase")
            return None
        return rule

    def long_rule(self, node: Node, category: str) -> Rule:
        keys = self.keys(node, spec.RULE, "a rule")
        css, xpath = keys.get("css"), keys.get("xpath")
        phrases = {name: self.phrases(keys.get(name)) for name in PHRASE_CONDITIONS}
        matches = self.patterns(keys.get("matches"))
        if css is not None and xpath is not None:
            self.problem(xpath, "a rule has either css or xpath", "make two rules")
        understood = len(keys) == len(node.value)  # else what is missing may be what is misspelt
        if (
            understood
            and css is None
            and xpath is None
            and not any(name in keys for name in (*PHRASE_CONDITIONS, "matches", "teasers"))
        ):
            self.problem(node, "a rule needs css, xpath or a phrase", "add `css:`, `text:`, `starts:` or `equals:`")
        return Rule(
            self.key,
            self.kind,
            category,
            self.css(css) if css is not None else self.xpath(xpath) if xpath is not None else (),
            str((css or xpath or node).value).strip() if css is not None or xpath is not None else "",
            self.place(node),
            **phrases,
            matches=matches,
            unless=tuple(s for part, _ in self.texts(keys.get("unless"), "selector") for s in self.css(part)),
            max_words=self.number(keys.get("max_words")),
            max_paragraphs=self.number(keys.get("max_paragraphs"), 0),
            paths=self.paths(keys.get("path")),
            scope=self.scope(keys.get("scope")),
            span=self.span(keys),
            min_chars=self.number(keys.get("min_chars")),
            teasers=self.number(keys.get("teasers"), 2),
            path_matches=self.patterns(keys.get("path_matches"), "path"),
            domains=self.sites(keys.get("domains")),
            page_has=self.page_has(keys.get("page_has")),
        )

    def line(self, node: Node, category: str) -> LineRule | None:
        if node.kind != "mapping":
            self.problem(node, f"expected a rule for lines, not {node.what}", "write `line:`, or `from:` and `to:`")
            return None
        before = len(self.problems)
        keys = self.keys(node, spec.LINE, "a rule for lines")
        if "line" in keys:
            for name in ("from", "to", "max_lines"):
                if name in keys:
                    self.problem(keys[name], f"`line` and `{name}` do not go together", "make two rules")
        elif "from" not in keys or "to" not in keys:
            self.problem(node, "a rule for lines needs `line`, or `from` and `to`", "add what is missing")
        made = LineRule(
            self.key,
            self.kind,
            category,
            self.place(node),
            self.phrases(keys.get("line")),
            self.phrases(keys.get("from")),
            self.phrases(keys.get("to")),
            self.number(keys.get("max_lines")) or 40,
            self.span(keys),
        )
        return made if len(self.problems) == before else None

    def contents(self, node: Node | None) -> tuple[Content, ...]:
        if node is None:
            return ()
        made = []
        for part in self.items(node) if node.kind == "list" else [node]:
            if part.kind == "text":
                made.append(Content(self.css(part), part.value.strip()))
            elif part.kind == "mapping":
                keys = self.keys(part, spec.CONTENT, "content")
                css, xpath = keys.get("css"), keys.get("xpath")
                where = css or xpath
                if where is None or (css is not None and xpath is not None):
                    self.problem(part, "content needs either css or xpath", "add `css:`")
                    continue
                selectors = self.css(where) if css is not None else self.xpath(where)
                paths, has = self.paths(keys.get("path")), self.page_has(keys.get("page_has"))
                made.append(Content(selectors, str(where.value), paths, self.span(keys), has))
            else:
                self.problem(part, f"expected a selector, not {part.what}", "write `content: article`")
        return tuple(made)

    def metadata(self, node: Node | None) -> ArticleMetadata:
        if node is None:
            return ArticleMetadata()
        if node.kind != "mapping":
            self.problem(node, f"expected a mapping, not {node.what}", "write `title:` and where it is")
            return ArticleMetadata()
        keys = self.keys(node, spec.METADATA, "metadata")
        return ArticleMetadata(**{name: tuple(self.values(name, part)) for name, part in keys.items()})

    def values(self, field: str, node: Node) -> Iterable[Value]:
        if node.kind == "list" and not node.value:
            self.problem(node, "an empty list: expected a selector")
        for part in node.value if node.kind == "list" else [node]:
            if part.kind == "mapping":
                value = self.value(field, part)
                if value is not None:
                    yield value
            else:
                yield Value(self.css(part))

    def value(self, field: str, node: Node) -> Value | None:
        keys = self.keys(node, spec.VALUE, field)
        given = [name for name in ("css", "xpath", "value", "json_ld") if name in keys]
        if len(given) != 1:
            message = "expected either css, xpath, value or json_ld"
            self.problem(node, message, "add `css:`" if not given else "make two entries")
            return None
        if "value" in given and field != "authors":
            self.problem(keys["value"], f"no two articles share their {field}", "write `css:` or `xpath:`")
        css = keys.get("css")
        return Value(
            self.css(css) if css is not None else (),
            self.checked(keys.get("xpath"), parse_value, "//meta[@name='author']/@content") or "",
            self.text(keys.get("value"), "name"),
            self.paths(keys.get("path")),
            self.span(keys),
            self.page_has(keys.get("page_has")),
            self.property_name(keys.get("json_ld")),
        )

    def property_name(self, node: Node | None) -> str:
        """The name of a property of schema.org."""
        name = self.text(node, "property")
        if node is not None and name and not _PROPERTY.fullmatch(name):
            self.problem(node, f"{name!r} is no property of schema.org", "write one such as `headline`")
        return name

    def attributes(self, node: Node | None) -> Iterable[AttributePath]:
        for part, _ in self.texts(node, "XPath expression"):
            path = self.checked(part, parse_attributes, "//img/@srcset")
            if path is not None:
                yield path

    def page_has(self, node: Node | None) -> tuple[Selector, ...]:
        made: list[Selector] = []
        if node is not None and node.kind == "list" and not node.value:
            self.problem(node, "an empty list: expected a selector")
        for part in [] if node is None else node.value if node.kind == "list" else [node]:
            if part.kind != "mapping":
                made += self.css(part)
                continue
            keys = self.keys(part, spec.SELECTOR, "page_has")
            if len(keys) != 1:
                self.problem(part, "expected either css or xpath", "write `page_has: .name`")
            for name, where in keys.items():
                made += self.css(where) if name == "css" else self.xpath(where)
        return tuple(made)

    def mark(self, node: Node) -> Mark | None:
        before = len(self.problems)
        parts = [node]
        if node.kind == "mapping":
            parts = self.items(self.keys(node, spec.MARK, "a mark").get("all"))
            if len(parts) < 2 and len(self.problems) == before:
                self.problem(node, "`all` needs several selectors", "write `- .name` for one")
        made = Mark(
            tuple(self.css(part) for part in parts),
            " and ".join(str(part.value).strip() for part in parts),
            self.place(node),
        )
        wrong = wrong_with_mark(made) if len(self.problems) == before else ""
        if wrong:
            self.problem(node, wrong, "name what only this system has, as in .prefix-name or meta[name=generator]")
        return made if len(self.problems) == before else None

    def page_test(self, node: Node) -> PageTest | None:
        if node.kind != "mapping":
            self.problem(node, f"expected a test, not {node.what}", "write `url:` and `contains:`")
            return None
        keys = self.keys(node, spec.PAGE_TEST, "a test")
        if "url" not in keys:
            self.problem(node, "a test needs the address of a page", "add `url:`")
            return None
        url = self.text(keys["url"], "address").strip()
        if url and not _URL.fullmatch(url):
            self.problem(keys["url"], f"{url!r} is no address of a page", "write it as in https://example.com/news/1")
        contains, lacks = (
            tuple(text for _, text in self.texts(keys.get(name), "text")) for name in ("contains", "lacks")
        )
        return PageTest(self.place(node), url, contains, lacks)

    def example(self, node: Node) -> Example | None:
        if node.kind != "mapping":
            self.problem(node, f"expected an example, not {node.what}", "write `html:` or `text:` and `removes:`")
            return None
        keys = self.keys(node, spec.EXAMPLE, "an example")
        if ("html" in keys) == ("text" in keys):
            self.problem(node, "an example has either html or text", "write one of them")
            return None
        if "removes" not in keys and "keeps" not in keys:
            self.problem(node, "an example needs removes or keeps", "say what must go or stay")
        return Example(
            self.place(node),
            self.text(keys.get("html"), "page"),
            self.text(keys.get("text"), "text"),
            self.text(keys.get("url"), "address"),
            tuple(text for _, text in self.texts(keys.get("removes"), "text", or_none=True)),
            tuple(text for _, text in self.texts(keys.get("keeps"), "text", or_none=True)),
        )

    # --- values --------------------------------------------------------------------------------

    def keys(self, node: Node, known: tuple[spec.Key, ...], what: str) -> dict[str, Node]:
        return dict(self.pairs(node, [key.name for key in known], f"key of {what}"))

    def pairs(self, node: Node, known: Sequence[str], what: str) -> list[tuple[str, Node]]:
        found: dict[str, Node] = {}
        for key, value in node.value:
            name = key.value if key.kind == "text" else None
            if self.lines_left_out and name in CATEGORIES and known is not CATEGORIES:
                continue  # its heading was left out
            if name is None or name not in known:
                self.problem(
                    key, f"unknown {what}: {name if name is not None else key.what}", nearest(name or "", known)
                )
            elif name in found:
                self.problem(key, f"{name!r} stands here twice", "join the two")
            else:
                found[name] = value
        return list(found.items())

    def items(self, node: Node | None) -> list[Node]:
        if node is None:
            return []
        if node.kind != "list":
            self.problem(node, f"expected a list, not {node.what}", "begin each entry with `- `")
            return []
        return list(node.value)

    def text(self, node: Node | None, what: str) -> str:
        if node is None:
            return ""
        if node.kind != "text" or not node.value.strip():
            self.problem(node, f"expected a {what}, not {'an empty one' if node.kind == 'text' else node.what}")
            return ""
        return "" if what not in _ANY_LENGTH and self.is_too_long(node, what) else str(node.value)

    def is_too_long(self, node: Node, what: str) -> bool:
        if len(node.value) <= LONGEST:
            return False
        self.problem(node, f"{len(node.value):,} characters are too many for a {what}", f"write at most {LONGEST:,}")
        return True

    def texts(self, node: Node | None, what: str, *, or_none: bool = False) -> list[tuple[Node, str]]:
        if node is None:
            return []
        if node.kind == "list" and not node.value and not or_none:
            self.problem(node, f"an empty list: expected a {what}")
        parts = node.value if node.kind == "list" else [node]
        return [(part, text) for part in parts if (text := self.text(part, what))]

    def phrases(self, node: Node | None) -> tuple[Phrase, ...]:
        made = []
        if node is not None and node.kind == "mapping":
            self.problem(
                node, "expected a phrase or a list of phrases, not a mapping", 'put a text with ": " in quotes'
            )
            return ()
        for part in [] if node is None else node.value if node.kind == "list" else [node]:
            if part.kind in ("list", "mapping"):
                self.problem(part, f"expected a phrase, not {part.what}", 'put a text with ": " in quotes')
                continue
            if self.is_too_long(part, "phrase"):
                continue
            folded = fold(part.value).replace("\n", " ")
            if folded.strip():
                made.append(Phrase(" ".join(part.value.split()), folded))
            else:
                self.problem(part, "an empty phrase", "it would match everything: write the words of the notice")
        if node is not None and node.kind == "list" and not node.value:
            self.problem(node, "an empty list: expected a phrase")
        return tuple(made)

    def patterns(self, node: Node | None, what: str = "text") -> tuple[str, ...]:
        made = []
        for part, pattern in self.texts(node, "regular expression"):
            wrong = check_pattern(pattern, what)
            if wrong:
                self.problem(part, wrong, "see the syntax of RE2")
            else:
                made.append(pattern)
        return tuple(made)

    def css(self, node: Node) -> tuple[Selector, ...]:
        source = self.text(node, "CSS selector")
        try:
            return parse_css(source.strip()) if source else ()
        except SelectorProblem as wrong:
            self.problem(node, str(wrong), "write a CSS selector such as .newsletter-box")
            return ()

    def xpath(self, node: Node) -> tuple[Selector, ...]:
        source = self.text(node, "XPath expression")
        try:
            return (parse_xpath(source.strip()),) if source else ()
        except SelectorProblem as wrong:
            self.problem(node, str(wrong), "write an XPath expression such as //div[@data-offer]")
            return ()

    def checked(self, node: Node | None, parse: Callable[[str], T], such_as: str) -> T | None:
        """An XPath expression that `parse` finds no fault with."""
        source = self.text(node, "XPath expression")
        try:
            return parse(source.strip()) if source and node is not None else None
        except SelectorProblem as wrong:
            assert node is not None
            self.problem(node, str(wrong), f"write an XPath expression such as {such_as}")
            return None

    def scope(self, node: Node | None) -> Scope:
        if node is None:
            return Scope()
        words = self.text(node, "scope").split(None, 1)
        if not words:
            return Scope()
        kind = words[0]
        if kind == "closest":
            if len(words) < 2:
                self.problem(node, "`closest` needs a selector", "write `closest section`")
                return Scope()
            selectors = self.css(Node(words[1], "text", node.line, node.column))
            if any(selector.complex is None for selector in selectors):
                self.problem(node, "`closest` takes tags, classes, ids and attributes only", "write `closest section`")
            return Scope("closest", selectors)
        if kind == "up":
            if len(words) < 2 or not re.fullmatch(r"[1-9][0-9]{0,3}", words[1]):
                self.problem(node, "`up` needs a number of levels", "write `up 2`")
                return Scope()
            return Scope("up", levels=int(words[1]))
        if kind not in spec.SCOPES or len(words) > 1:
            self.problem(node, f"unknown scope: {node.value}", nearest(kind, spec.SCOPES))
            return Scope()
        return Scope(kind)  # type: ignore[arg-type]

    def number(self, node: Node | None, least: int = 1) -> int | None:
        if node is None:
            return None
        if node.kind == "text" and node.plain and re.fullmatch(r"[0-9]{1,9}", node.value) and int(node.value) >= least:
            return int(node.value)
        what = node.value if node.kind == "text" else node.what
        self.problem(node, f"expected a whole number from {least}, not {what}")
        return None

    def paths(self, node: Node | None) -> tuple[str, ...]:
        made = []
        for part, path in self.texts(node, "path"):
            if len(path) > LONGEST_PATTERN:
                self.problem(part, f"a path of more than {LONGEST_PATTERN:,} characters", "make several rules")
            elif path.startswith(("/", "*")):
                made.append(path)
            else:
                self.problem(part, f"{path!r} is no path", "begin with /, as in /sport/*")
        return tuple(made)

    def sites(self, node: Node | None) -> tuple[str, ...]:
        made: dict[str, Node] = {}
        for part, text in self.texts(node, "domain"):
            domain = text.lower()
            other = domain[1:] if domain.startswith("~") else f"~{domain}"
            if not is_entry(domain):
                self.problem(part, f"{text!r} is no domain", "write example.com, example.* or ~shop.example.com")
            elif other in made:
                self.problem(part, f"{text!r} contradicts {other!r}", "remove one of them")
            else:
                made[domain] = part
        return tuple(made)

    def span(self, keys: dict[str, Node]) -> Span:
        since, until = self.day(keys.get("since")), self.day(keys.get("until"))
        if since is not None and until is not None and until < since:
            self.problem(keys["until"], "`until` is before `since`", "swap them")
        return Span(since, until) if since is not None or until is not None else ALWAYS

    def day(self, node: Node | None) -> date | None:
        value = self.text(node, "date")
        if not value or node is None:
            return None
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.problem(node, f"{value!r} is no date", "write YYYY-MM-DD")
            return None
