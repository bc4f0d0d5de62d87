"""CSS selectors, parsed once and matched one element at a time.

A rule set holds far more selectors than a page has elements, so a selector is never searched for in a page: it
names the *key* without which it cannot match (an id, a class, an attribute, a tag), the page's own names pull the
few selectors they may fit, and those are decided on the element. What is decided here directly: tags, ids, classes,
attributes, `:not()`, `:is()`, `:where()` of such, and the combinators. What else an element must be (`:has()`,
`:nth-child()` …) lxml decides, on the element too. Only XPath is evaluated for the whole page at once.
"""

from __future__ import annotations

import re
from copy import copy
from dataclasses import dataclass
from enum import Enum, auto
from functools import cached_property
from typing import Any, Literal, NamedTuple, cast

from cssselect import SelectorError
from cssselect import parser as cssselect
from lxml import etree

from ..outline import class_tokens
from ..stream import Facts
from . import css

KeyKind = Literal["id", "class", "attribute", "tag", "any"]
Key = tuple[KeyKind, str]
_RAREST_FIRST: tuple[KeyKind, ...] = ("id", "class", "attribute", "tag", "any")

_UPPER_TO_LOWER = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")
# The selectors that rules are mostly made of, which need no full parser: compounds of a tag, classes, ids and
# attributes, joined by blanks and `>`. What they mean is the same by either way (a test compares them).
_NAME = r"-?[A-Za-z_][A-Za-z0-9_-]*"
_PART = re.compile(
    rf"""\.(?P<class>{_NAME})|\#(?P<id>{_NAME})
    |\[(?P<attribute>{_NAME})(?:(?P<operator>[~|^$*]?=)(?:"(?P<double>[^"\\\n]*)"|'(?P<single>[^'\\\n]*)'|(?P<bare>{_NAME})))?\]""",
    re.X,
)
_COMPOUND = re.compile(rf"(?P<tag>[A-Za-z][A-Za-z0-9]*)?(?P<parts>(?:{_PART.pattern})*)".replace("?P<", "?P<c_"), re.X)
# What XML does not allow, and lxml refuses with other errors than its own.
_CONTROL = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NO_ELEMENT = re.compile(r"(?:^|/|::)\s*(?:@[\w*:.-]+|text\(\)|comment\(\)|attribute::[\w*:.-]+)\s*(?:\[[^\]]*\]\s*)*$")
# A part of an expression may not run before a page has what it asks for, so unknown functions are looked for by name.
# Regular expressions (EXSLT's `re:`) are left out on purpose: Python's engine would run them, without a bound on time.
_FUNCTIONS = frozenset(
    "and boolean ceiling comment concat contains count div false floor id lang last local-name mod name namespace-uri "
    "node normalize-space not number or position processing-instruction round starts-with string string-length "
    "substring substring-after substring-before sum text translate true".split()
)
_FUNCTION = re.compile(r"(?<![\w.:-])((?:[^\W\d][\w.-]*:)?[^\W\d][\w.-]*)\s*\(")
_LITERAL = re.compile(r"""\"[^\"]*\"|'[^']*'""")
# In what lxml decides, what may begin to hold when something else is removed: a `not`, a place among siblings, a text.
# That something stands inside can only cease to hold.
_MAY_BEGIN = re.compile(r"not\(|count\(|position\(|last\(|sibling|parent::|string-length|contains\(\.")
_JOINT = re.compile(r"\s*(>)\s*|\s+")


# Combinators in a selector. People write three or four.
_MOST_STEPS = 64
# A part of an attribute's value that is at least so long is rare.
_RARE_PART = 4


class SelectorProblem(ValueError):
    """A selector that cannot be used; the message says why, in words for its author."""


@dataclass(frozen=True, slots=True)
class Attribute:
    name: str
    operator: str  # exists = ~= |= ^= $= *= !=
    value: str
    any_case: bool = False  # `[x="y" i]`: the letters A to Z stand for a to z, too; `value` has the latter

    def matches(self, element: etree._Element) -> bool:
        has = element.get(self.name)
        return self.operator == "!=" if has is None else self.admits(has)

    @property
    def needle(self) -> str:
        """What must stand in a page's values, each on a line of one text, for this condition to hold anywhere;
        empty if any value may do. Where case does not count, in the values in lower case."""
        if self.any_case and not self.value.isascii():
            return ""  # there is more than one way to write what is not ASCII in lower case
        match self.operator:
            case "=":
                return f"\n{self.value}\n"
            case "^=" | "|=":
                return f"\n{self.value}"
            case "$=":
                return f"{self.value}\n"
            case "*=" | "~=":
                return self.value
            case _:
                return ""

    def admits(self, has: str) -> bool:
        """Whether an attribute with this value would do."""
        value = self.value
        if self.any_case:
            has = has.translate(_UPPER_TO_LOWER)
        match self.operator:
            case "*=":
                return bool(value) and value in has
            case "exists":
                return True
            case "=":
                return has == value
            case "~=":
                return bool(value) and not re.search(r"\s", value) and value in class_tokens(has)
            case "|=":
                return has == value or has.startswith(value + "-")
            case "^=":
                return bool(value) and has.startswith(value)
            case "$=":
                return bool(value) and has.endswith(value)
            case _:
                return has != value


class Anchor(NamedTuple):
    """What a page must have for a selector to match anything.

    Attributes:
        kind, name: an id, a class, an attribute or a tag.
        attribute: the condition on the attribute's value.
    """

    kind: KeyKind
    name: str
    attribute: Attribute | None = None

    @property
    def is_rare(self) -> bool:
        """Whether few pages have it."""
        attribute = self.attribute
        if attribute is None:
            return self.kind in ("id", "class")
        return len(attribute.needle) >= _RARE_PART


@dataclass(frozen=True)
class Hard:
    """A condition that lxml decides, on the element itself: an XPath expression that begins with `self::`."""

    xpath: str

    @cached_property
    def compiled(self) -> etree.XPath:
        return etree.XPath(self.xpath, smart_strings=False)

    def matches(self, element: etree._Element) -> bool:
        return bool(self.compiled(element))

    def __getstate__(self) -> dict[str, object]:
        return {"xpath": self.xpath}


@dataclass(frozen=True, slots=True)
class Compound:
    """What one element must be: `div.box[data-x]:not(.y)`."""

    tag: str = ""
    ids: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    attributes: tuple[Attribute, ...] = ()
    without: tuple[Complex, ...] = ()
    any_of: tuple[tuple[Complex, ...], ...] = ()
    has: tuple[tuple[str, ...], ...] = ()  # tags, of which one must stand inside
    hard: Hard | None = None

    def matches(self, element: etree._Element) -> bool:
        if self.tag and element.tag != self.tag:
            return False
        for name in self.ids:
            if element.get("id") != name:
                return False
        if self.classes:
            value = element.get("class")
            if not value:
                return False
            tokens = class_tokens(value)
            for name in self.classes:
                if name not in tokens:
                    return False
        for attribute in self.attributes:
            if not attribute.matches(element):
                return False
        for other in self.without:
            if other.matches(element):
                return False
        for others in self.any_of:
            if not any(other.matches(element) for other in others):
                return False
        for tags in self.has:
            if next(element.iterdescendants(*tags), None) is None:
                return False
        return self.hard is None or self.hard.matches(element)

    @property
    def own_attributes(self) -> frozenset[str] | None:
        """See `Selector.own_attributes`."""
        if self.has or self.hard is not None:
            return None
        inner = [one.own_attributes for one in (*self.without, *(one for others in self.any_of for one in others))]
        own = {"id"} if self.ids else set()
        own.update({"class"} if self.classes else (), (attribute.name for attribute in self.attributes))
        return None if None in inner else frozenset(own.union(*(names for names in inner if names is not None)))

    @property
    def key(self) -> Key:
        """The rarest name an element must have to match."""
        if self.ids:
            return "id", self.ids[0]
        if self.classes:
            return "class", max(self.classes, key=len)  # a long name is rarer than a short one
        for attribute in self.attributes:
            if attribute.operator != "!=":
                return "attribute", attribute.name
        return ("tag", self.tag) if self.tag else ("any", "")

    @property
    def anchor(self) -> Anchor:
        """The same, with the condition on the attribute's value."""
        return Anchor(*self.key, _key_attribute(self))


@dataclass(frozen=True, slots=True)
class Complex:
    """Compounds joined by combinators, read from the element outwards: `before` pairs each combinator with the
    compound on its left."""

    subject: Compound
    before: tuple[tuple[str, Compound], ...] = ()

    def matches(self, element: etree._Element) -> bool:
        if not self.subject.matches(element):
            return False
        return not self.before or _search_before(element, self.before, 0) is _Found.YES

    @property
    def own_attributes(self) -> frozenset[str] | None:
        """See `Selector.own_attributes`."""
        return None if self.before else self.subject.own_attributes


class _Found(Enum):
    """Whether what should stand before an element was found; if not, where it need not be looked for either."""

    YES = auto()
    NOT_HERE = auto()
    NOT_AMONG_SIBLINGS = auto()  # nor from any sibling of the element
    NOWHERE = auto()  # nor from any of its ancestors or their siblings


def _search_before(element: etree._Element, steps: tuple[tuple[str, Compound], ...], place: int) -> _Found:
    """Look for the compounds before an element, as browsers do it: what was in vain from one element is not tried again
    from others, so no more is looked at than once for each step."""
    combinator, compound = steps[place]
    is_last = place + 1 == len(steps)
    vain = _Found.NOWHERE if combinator == " " else _Found.NOT_AMONG_SIBLINGS
    for candidate in _candidates(element, combinator):
        if not compound.matches(candidate):
            continue
        found = _Found.YES if is_last else _search_before(candidate, steps, place + 1)
        if found in (_Found.YES, _Found.NOWHERE):
            return found
        if found is _Found.NOT_AMONG_SIBLINGS and combinator in "+~":
            return found
    return vain if combinator != "+" else _Found.NOT_HERE


def _candidates(element: etree._Element, combinator: str) -> Any:
    if combinator == " ":
        return element.iterancestors()
    if combinator == ">":
        parent = element.getparent()
        return () if parent is None else (parent,)
    before = element.itersiblings("*", preceding=True)
    if combinator == "+":
        nearest = next(before, None)
        return () if nearest is None else (nearest,)
    return before


@dataclass(frozen=True, eq=False)
class Selector:
    """One selector, without commas.

    Attributes:
        source: as it was written.
        complex: the parsed selector, None for XPath.
        xpath: the XPath expression, empty for CSS.
        key: what an element must have to match.
        attribute: the attribute condition of the key, where the key is an attribute.
        positional: whether what stands around an element decides too, so that removals can change the answer.
    """

    source: str
    complex: Complex | None
    xpath: str
    key: Key
    attribute: Attribute | None = None
    positional: bool = False

    def matches(self, element: etree._Element) -> bool:
        """Whether an element matches. Only where `complex` is set."""
        assert self.complex is not None
        return self.complex.matches(element)

    def matches_facts(self, facts: Facts) -> bool:
        """Whether an element with these matches. Only with `own_attributes`, which must have been read."""
        return self.matches(cast(etree._Element, facts))  # of an element, nothing but its names is asked for

    @cached_property
    def anchor(self) -> Anchor:
        """The rarest name that a page must have for the selector to match anything: the key, or what stands around the
        element must have where the key is common."""
        own = Anchor(*self.key, self.attribute)
        if self.complex is None or own.is_rare:
            return own
        around = [anchor for _, compound in self.complex.before if (anchor := compound.anchor).is_rare]
        return min(around, key=lambda anchor: _RAREST_FIRST.index(anchor.kind), default=own)

    @cached_property
    def own_attributes(self) -> frozenset[str] | None:
        """The attributes by which an element decides alone, besides its tag, whether it matches; None if what stands
        around it or inside decides, too."""
        return None if self.complex is None else self.complex.own_attributes

    @cached_property
    def is_key(self) -> bool:
        """Whether the key alone decides, as for `.box`."""
        name = self.key[1]
        keys = [Compound(ids=(name,)), Compound(classes=(name,)), Compound(name)]
        if self.attribute is not None:
            keys.append(Compound(attributes=(self.attribute,)))
        return self.complex is not None and not self.complex.before and self.complex.subject in keys

    @cached_property
    def is_tag(self) -> bool:
        """Whether the selector is a tag and nothing else."""
        return self.complex == Complex(Compound(self.key[1])) and bool(self.key[1])

    @cached_property
    def compiled(self) -> etree.XPath:
        return etree.XPath(self.xpath, smart_strings=False)

    def find(self, root: etree._Element) -> list[etree._Element]:
        """All elements of a tree that match, decided by lxml. Only where `xpath` is set.

        An expression that fails on this page (it may call a function with what the page holds) finds nothing.
        """
        try:
            found = self.compiled(root)
        except etree.XPathError:
            return []
        return [node for node in found if isinstance(node, etree._Element)] if isinstance(found, list) else []

    def is_in(self, root: etree._Element) -> bool:
        """Whether any element of a tree matches, its root included."""
        if self.complex is None:
            return bool(self.find(root))
        kind, name = self.key
        return any(map(self.complex.matches, root.iter(name if kind == "tag" else "*")))

    def __getstate__(self) -> dict[str, object]:
        cached = ("compiled", "anchor", "is_key", "is_tag", "own_attributes")
        return {name: value for name, value in self.__dict__.items() if name not in cached}


def parse_css(source: str) -> tuple[Selector, ...]:
    """Parse a selector or a list of them.

    Raises:
        SelectorProblem: with what is wrong.
    """
    if known := _KNOWN.get(source) or _simple(source):
        return (known,)
    if _CONTROL.search(source):
        raise SelectorProblem(f"{source!r} has a character that no page can hold")
    try:
        parts = [source] if "," not in source else css.split(source)
        return tuple(_KNOWN.get(part) or _simple(part) or _full(part) for part in parts)
    except (SelectorError, RecursionError) as error:
        reason = "it is too complex" if isinstance(error, RecursionError) else error
        raise SelectorProblem(f"broken selector {source!r}: {reason}") from None


def _simple(source: str) -> Selector | None:
    """A selector of the plain kind, or None if it takes cssselect to read it."""
    place, compounds, combinators = 0, [], []
    while True:
        found = _COMPOUND.match(source, place)
        if found is None or found.end() == place:
            return None
        compounds.append(_plain_compound(found["c_tag"] or "", found["c_parts"]))
        place = found.end()
        if place == len(source):
            break
        joint = _JOINT.match(source, place)
        if joint is None:
            return None
        combinators.append(joint[1] or " ")
        place = joint.end()
        if len(combinators) > _MOST_STEPS:
            raise SelectorProblem(f"more than {_MOST_STEPS} combinators")
    complex_ = Complex(compounds[-1], tuple(zip(reversed(combinators), compounds[-2::-1], strict=True)))
    return _keep(Selector(source, complex_, "", complex_.subject.key, _key_attribute(complex_.subject)))


def _plain_compound(tag: str, parts: str) -> Compound:
    ids, classes, attributes = [], [], []
    for part in _PART.finditer(parts):
        if part["class"]:
            classes.append(part["class"])
        elif part["id"]:
            ids.append(part["id"])
        else:
            value = next((v for v in (part["double"], part["single"], part["bare"]) if v is not None), "")
            attributes.append(Attribute(part["attribute"].lower(), part["operator"] or "exists", value))
    return Compound(tag.lower(), tuple(ids), tuple(classes), tuple(attributes))


def _keep(selector: Selector) -> Selector:
    if len(_KNOWN) >= _MOST_KNOWN:
        _KNOWN.clear()
    _KNOWN[selector.source] = selector
    return selector


_KNOWN: dict[str, Selector] = {}
_MOST_KNOWN = 20_000


def _full(source: str) -> Selector:
    """Any selector, parsed by cssselect."""
    ((_, tree),) = css.parse(source)
    if "|" in source and _has_namespace(tree.parsed_tree):
        raise SelectorProblem(f"{source!r} names a namespace, which HTML pages do not have")
    if tree.pseudo_element is not None:
        raise SelectorProblem(f"{source!r} has a pseudo-element, which no stored page has")
    try:
        complex_ = _complex(tree.parsed_tree)
    except _NotDirect:
        raise SelectorProblem(f"selector {source!r} cannot be used: {_reason(tree)}") from None
    if _steps_of(complex_) > _MOST_STEPS:
        raise SelectorProblem(f"more than {_MOST_STEPS} combinators")
    subject = complex_.subject
    # Rules repeat selectors (`unless: h1, p`); as one object, a page decides each of them once.
    return _keep(Selector(source, complex_, "", subject.key, _key_attribute(subject), _is_positional(complex_)))


def _steps_of(complex_: Complex) -> int:
    """The most combinators in a row, those of selectors inside of `:not()` and `:is()` included."""
    compounds = (complex_.subject, *(compound for _, compound in complex_.before))
    inner = [one for c in compounds for one in (*c.without, *(one for others in c.any_of for one in others))]
    return len(complex_.before) + max(map(_steps_of, inner), default=0)


def _is_positional(complex_: Complex) -> bool:
    """Whether a selector may begin to match when something else is removed."""
    if any(combinator in "+~" for combinator, _ in complex_.before):
        return True
    for compound in (complex_.subject, *(compound for _, compound in complex_.before)):
        if compound.hard is not None and _MAY_BEGIN.search(compound.hard.xpath):
            return True
        inner = [*compound.without, *(one for others in compound.any_of for one in others)]
        if any(map(_is_positional, inner)) or any(map(_may_cease, compound.without)):
            return True
    return False


def _may_cease(complex_: Complex) -> bool:
    """Whether a selector may cease to match when what stands inside an element is removed."""
    return any(c.has or c.hard is not None for c in (complex_.subject, *(compound for _, compound in complex_.before)))


def _reason(tree: cssselect.Selector) -> str:
    try:
        css.Translator().selector_to_xpath(tree)
    except (SelectorError, RecursionError) as error:
        return str(error)
    return "it is too complex"


def _has_namespace(tree: Any) -> bool:
    while tree is not None:
        if getattr(tree, "namespace", None):
            return True
        if isinstance(tree, cssselect.CombinedSelector) and _has_namespace(tree.subselector):
            return True
        if isinstance(tree, css.AnyOf | css.NoneOf) and any(map(_has_namespace, tree.alternatives)):
            return True
        tree = getattr(tree, "selector", None)
    return False


def parse_xpath(source: str) -> Selector:
    """Check an XPath expression that selects elements.

    Raises:
        SelectorProblem: with what is wrong.
    """
    if _NO_ELEMENT.search(source):
        raise SelectorProblem(f"XPath {source!r} selects texts or attributes, not elements")
    found = try_xpath(source)
    if not isinstance(found, list):
        raise SelectorProblem(f"XPath {source!r} gives a {type(found).__name__}, not elements")
    return Selector(source, None, source, ("any", ""), None, True)


def try_xpath(source: str) -> object:
    """What an XPath expression gives on a page that holds next to nothing.

    Raises:
        SelectorProblem: with what is wrong with the expression.
    """
    if _CONTROL.search(source):
        raise SelectorProblem(f"{source!r} has a character that no page can hold")
    outside = _LITERAL.sub("''", source)
    if "$" in outside:
        raise SelectorProblem(f"XPath {source!r} has a variable, which nothing here gives a value")
    for name in _FUNCTION.findall(outside):
        if name not in _FUNCTIONS:
            raise SelectorProblem(f"XPath {source!r} calls {name}(), which XPath 1.0 does not have")
    try:
        compiled = etree.XPath(source, smart_strings=False)
        return compiled(etree.fromstring("<html><body><p>a</p></body></html>"))
    except etree.XPathError as error:
        raise SelectorProblem(f"broken XPath {source!r}: {error}") from None


def _key_attribute(compound: Compound) -> Attribute | None:
    if compound.key[0] != "attribute":
        return None
    return next(attribute for attribute in compound.attributes if attribute.operator != "!=")


# --- from cssselect's tree ---------------------------------------------------------------------


class _NotDirect(Exception):
    """This part is left to lxml."""


def _complex(tree: Any) -> Complex:
    before = []
    while isinstance(tree, cssselect.CombinedSelector):
        before.append((tree.combinator, _compound(tree.subselector)))
        tree = tree.selector
    compounds = [compound for _, compound in before] + [_compound(tree)]
    combinators = [combinator for combinator, _ in before]
    return Complex(compounds[0], tuple(zip(combinators, compounds[1:], strict=True)))


def _compound(tree: Any) -> Compound:
    parts: dict[str, list[Any]] = {"ids": [], "classes": [], "attributes": [], "without": [], "any_of": [], "has": []}
    left = []
    while not isinstance(tree, cssselect.Element):
        try:
            _add_part(tree, parts)
        except _NotDirect:
            left.append(tree)
        tree = tree.selector
    tag = _name(tree.element or "")
    return Compound(tag, **{name: tuple(values) for name, values in parts.items()}, hard=_hard(tree, left))


def _add_part(tree: Any, parts: dict[str, list[Any]]) -> None:
    """Sort a part of a compound among the others of its kind, if it is not one for lxml."""
    match tree:
        case cssselect.Class():
            parts["classes"].append(tree.class_name)
        case cssselect.Hash():
            parts["ids"].append(tree.id)
        case cssselect.Attrib() if not tree.namespace:
            parts["attributes"].append(_attribute(tree))
        case css.NoneOf():
            parts["without"] += [_complex(one) for one in tree.alternatives]
        case css.AnyOf():
            parts["any_of"].append(tuple(_complex(one) for one in tree.alternatives))
        case cssselect.Relation():
            parts["has"].append(tuple(_tag_inside(*argument) for argument in tree.arguments))
        case _:
            raise _NotDirect


def _tag_inside(combinator: Any, selector: Any) -> str:
    """The tag in `:has(tag)`."""
    tree = selector.parsed_tree
    if combinator.value != " " or not isinstance(tree, cssselect.Element) or not tree.element:
        raise _NotDirect
    return _name(tree.element)


def _name(written: str) -> str:
    """The name of a tag or an attribute; by an escape, a selector may have any."""
    if _CONTROL.search(written):
        raise SelectorProblem(f"{written!r} has a character that no page can hold")
    if "{" in written or "}" in written:  # to lxml, a namespace stands between them
        raise SelectorProblem(f"{written!r} is no name that can be looked for: it has a brace")
    return written.lower()


def _hard(element: cssselect.Element, left: list[Any]) -> Hard | None:
    """What is left to lxml of a compound."""
    if not left:
        return None
    tree: Any = element
    for part in reversed(left):
        part = copy(part)
        part.selector = tree
        tree = part
    try:
        hard = Hard(css.Translator().selector_to_xpath(cssselect.Selector(tree), prefix="self::"))
        hard.compiled(etree.Element("p"))
    except (SelectorError, etree.XPathError, RecursionError, ValueError):  # lxml refuses what no XML can hold
        raise _NotDirect from None
    return hard


def _attribute(tree: cssselect.Attrib) -> Attribute:
    value = (tree.value.value if tree.value is not None else "") or ""
    if tree.flag == "i":
        return Attribute(_name(tree.attrib), tree.operator, value.translate(_UPPER_TO_LOWER), True)
    return Attribute(_name(tree.attrib), tree.operator, value)
