"""Rule packs: compiled rules in one file, made ready only as far as pages ask for them.

A pack holds every rule as a line of JSON, and an index: a hash table from what a page must have (a class, an id) to the
numbers of the generic rules filed under it. Loading it reads no rule; a look-up reads the few
that a page calls for. There is nothing in it to execute, and whatever is read from it is checked like a rule file, so a
pack may come from anywhere.

The file: a line that says what it is, the length of the head, the head (JSON: the sections with their places, and what
the pack was made from), the sections, and a check sum (BLAKE2b) of all that. Numbers are little-endian.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import json
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, cached_property
from itertools import chain
from pathlib import Path
from typing import Any, NoReturn, TypeVar, cast

import numpy

from ..errors import Problem, RuleError
from .checks import wrong_with, wrong_with_mark
from .expressions import AttributePath
from .filing import Filed, FiledPhrase, FiledRules, Others
from .model import ArticleMetadata, Content, LineRule, Mark, PageTest, Rule, RuleFile, Scope, Span, Value
from .plain import NotPlain, from_plain, to_plain

MAGIC = b"cleanpage rules, compiled\n"
VERSION = 2
_CHECK_SUM = 32  # bytes
_LENGTH = 8  # bytes of the head's length
_NUMBER = numpy.dtype("<u4")
# The fields of `RuleFile` that are kept apart from the others.
_RULES = ("remove", "keep")
# The fields of `Others` that are.
_PHRASES = ("at_start", "anywhere")
_LEFT_OUT = ("examples",)

T = TypeVar("T")


def digest(sources: Iterable[tuple[str, bytes]]) -> str:
    """What tells one state of rule files from another, and what one state of this package makes of them from what
    another one does.

    Args:
        sources: each file's name and content.
    """
    sum_ = hashlib.blake2b(_compiler(), digest_size=20)
    for name, content in sorted(sources):
        sum_.update(f"{len(name)} {name} {len(content)} ".encode("utf-8", "surrogatepass"))
        sum_.update(content)
    return sum_.hexdigest()


@cache
def _compiler() -> bytes:
    """What tells one state of the code that compiles rules from another, also while it is worked on."""
    sum_ = hashlib.blake2b(_shape().encode())
    for path in sorted(Path(__file__).parent.glob("*.py")):
        with contextlib.suppress(OSError):
            sum_.update(path.read_bytes())
    return sum_.digest()


@cache
def _shape() -> str:
    """What tells one form of the records from another: the fields of what is recorded."""
    kinds: tuple[type, ...] = (
        RuleFile,
        Rule,
        LineRule,
        Content,
        ArticleMetadata,
        Value,
        PageTest,
        Mark,
        Scope,
        Span,
        Others,
    )
    said = "; ".join(f"{kind.__name__}: {[(f.name, f.type) for f in dataclasses.fields(kind)]}" for kind in kinds)
    return hashlib.blake2b(said.encode(), digest_size=8).hexdigest()


def check_sum(data: bytes) -> bytes:
    """The last bytes of a pack, for the bytes before them."""
    return hashlib.blake2b(data, digest_size=_CHECK_SUM).digest()


# --- writing -----------------------------------------------------------------------------------


def compile_rules(files: Sequence[RuleFile], made_from: str) -> bytes:
    """The pack of rule files, without their examples.

    Args:
        files: the files, in the order that decides between rules that want the same.
        made_from: the digest of what they were read from.
    """
    sections: dict[str, bytes] = {}
    heads: list[bytes] = []
    domains: dict[str, list[int]] = {}
    families: dict[str, list[int]] = {}
    marked: list[int] = []
    rules: dict[str, list[bytes]] = {name: [] for name in _RULES}
    generic: dict[str, list[Rule]] = {name: [] for name in _RULES}
    # Generic rules come first, so that their numbers are their places among all generic ones.
    for number, file in sorted(enumerate(files), key=lambda pair: pair[1].kind != "generic"):
        heads.append(_json([number, *_head(file, rules)]))
        for name in _RULES:
            made = getattr(file, name)
            rules[name] += (_json(_plain_rule(rule, len(heads) - 1)) for rule in made)
            if file.kind == "generic":
                generic[name] += made
        for domain in file.domains:
            domains.setdefault(domain, []).append(len(heads) - 1)
        if file.kind == "family":
            families.setdefault(file.key, []).append(len(heads) - 1)
        if file.marks:
            marked.append(len(heads) - 1)
    _add_records(sections, "files", heads)
    for name in _RULES:
        _add_records(sections, name, rules[name])
        _add_index(sections, name, FiledRules(generic[name]))
    sections["hosts"] = _json([domains, families, sum(f.kind == "generic" for f in files), *map(len, generic.values())])
    sections["marked"] = _json(marked)
    return _assemble(sections, {"made_from": made_from, "rules": sum(map(len, rules.values()))})


def _head(file: RuleFile, rules: dict[str, list[bytes]]) -> list[Any]:
    """What a file says besides its rules, and which rules are its own."""
    bare = RuleFile(
        **{
            name: getattr(file, name)
            for name in RuleFile.__dataclass_fields__
            if name not in _RULES and name not in _LEFT_OUT
        }
    )
    return [to_plain(bare), *([len(rules[name]), len(getattr(file, name))] for name in _RULES)]


def _plain_rule(rule: Rule, file: int) -> list[Any]:
    _, _, category, selectors, source, (_, line, column), *rest = to_plain(rule)
    # What stands in the file's head, or twice in the rule, is kept once.
    return [file, category, selectors, {} if selectors == [source] else source, line, column, *rest]


def _add_records(sections: dict[str, bytes], name: str, records: list[bytes]) -> None:
    ends = numpy.cumsum([0, *map(len, records)], dtype=numpy.uint64)
    if int(ends[-1]) >= 2**32:
        raise ValueError("rules of more than 4 GB do not fit into one pack")
    sections[f"{name}.ends"] = ends.astype(_NUMBER).tobytes()
    sections[name] = b"".join(records)


def _add_index(sections: dict[str, bytes], name: str, filed: FiledRules) -> None:
    """A hash table: the entries in the order of their buckets, and where each bucket begins."""
    entries = [(_hash(token), *one) for token, found in filed.named.items() for one in found]
    buckets = 1 << max(len(entries), 1).bit_length()
    table = numpy.array(entries, dtype=_NUMBER).reshape(-1, 3)
    bucket = table[:, 0] & (buckets - 1)
    table = table[numpy.lexsort((table[:, 2], table[:, 1], table[:, 0], bucket))]
    begins = numpy.searchsorted(numpy.sort(bucket), numpy.arange(buckets + 1))
    sections[f"{name}.buckets"] = begins.astype(_NUMBER).tobytes()
    sections[f"{name}.entries"] = table.astype(_NUMBER).tobytes()
    others = filed.others
    sections[f"{name}.others"] = _json(
        [
            others.parts,
            others.tags,
            others.unkeyed,
            others.patterns,
            others.texts,
            others.teasers,
            others.page_has,
        ]
    )
    for kind in _PHRASES:
        phrases = getattr(others, kind)
        lists = [phrases.filed(index) for index in range(len(phrases.texts))]
        sections[f"{name}.{kind}"] = _json(phrases.texts)
        sections[f"{name}.{kind}.ends"] = numpy.cumsum([0, *map(len, lists)]).astype(_NUMBER).tobytes()
        sections[f"{name}.{kind}.filed"] = numpy.array([*chain(*lists)], dtype=_NUMBER).tobytes()


def _hash(token: str) -> int:
    return zlib.crc32(token.encode("utf-8", "surrogatepass"))


def _json(data: Any) -> bytes:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def _assemble(sections: dict[str, bytes], about: dict[str, Any]) -> bytes:
    places, done = {}, 0
    for name, data in sections.items():
        places[name] = [done, len(data)]
        done += len(data) + -len(data) % 4  # tables of numbers begin at whole numbers
    head = _json({"version": VERSION, "shape": _shape(), **about, "sections": places})
    head += b" " * (-(len(MAGIC) + _LENGTH + len(head)) % 4)
    parts = [MAGIC, len(head).to_bytes(_LENGTH, "little"), head]
    for data in sections.values():
        parts += [data, bytes(-len(data) % 4)]
    body = b"".join(parts)
    return body + check_sum(body)


# --- reading -----------------------------------------------------------------------------------


class Pack:
    """A compiled set of rules. Immutable, and safe to share between threads.

    Attributes:
        name: what messages call it.
        made_from: the digest of what it was made from.
        size: the number of rules.

    Args:
        data: the pack's bytes.
        name: what messages call it, such as the file's name.

    Raises:
        RuleError: the bytes are no pack, a pack of another version, or a damaged one.
    """

    def __init__(self, data: bytes, name: str = "<pack>") -> None:
        self.name = name
        self.data = data
        if not data.startswith(MAGIC):
            self._refuse("this is no pack of rules", "give a file made by `cleanpage rules compile`")
        start = len(MAGIC) + _LENGTH
        length = int.from_bytes(data[len(MAGIC) : start], "little")
        if start + length + _CHECK_SUM > len(data):
            self._refuse("the pack is cut short", "compile it again")
        try:
            head = json.loads(data[start : start + length])
            version, shape = head["version"], head["shape"]
        except (ValueError, KeyError, TypeError):
            self._refuse("the pack is damaged: its head cannot be read", "compile it again")
        if version != VERSION:
            self._refuse(f"the pack has format version {version!r}, not {VERSION}", "compile it again")
        if shape != _shape():
            self._refuse("the pack was made by another version of cleanpage", "compile it again")
        if check_sum(data[:-_CHECK_SUM]) != data[-_CHECK_SUM:]:
            self._refuse("the pack is cut short or damaged: its check sum does not fit", "compile it again")
        self._begin = start + length
        try:
            self.made_from = str(head["made_from"])
            self.size = int(head["rules"])
            self._sections = {str(name): (int(a), int(b)) for name, (a, b) in head["sections"].items()}
            self._domains, self._families, self._generic, self._generic_rules = self._hosts()
            self._ends = {name: self._numbers(f"{name}.ends") for name in ("files", *_RULES)}
            if not all(map(len, self._ends.values())):
                raise ValueError("a table of records is empty")
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            self._damaged(error)
        self._files: dict[int, RuleFile] = {}
        self._known_rules: dict[tuple[str, int], Rule] = {}

    def __reduce__(self) -> tuple[Any, ...]:
        return Pack, (self.data, self.name)

    def _refuse(self, message: str, hint: str) -> NoReturn:
        raise RuleError([Problem(self.name, 1, 1, message, hint)])

    def _damaged(self, error: Exception) -> NoReturn:
        raise RuleError(
            [Problem(self.name, 1, 1, f"the pack is damaged: {error or type(error).__name__}", "compile it again")]
        ) from error

    def _section(self, name: str) -> memoryview:
        start, length = self._sections[name]
        start += self._begin
        if not self._begin <= start <= start + length <= len(self.data) - _CHECK_SUM:
            raise ValueError(f"section {name!r} lies outside")
        return memoryview(self.data)[start : start + length]

    def _numbers(self, name: str) -> Sequence[int]:
        """A section of numbers. Single ones are read far quicker from a memory view than from an array."""
        # A damaged pack may have it begin anywhere, and from there a memory view gives no numbers.
        numbers = numpy.require(numpy.frombuffer(self._section(name), dtype=_NUMBER), numpy.uint32, ["ALIGNED"])
        return cast(Sequence[int], memoryview(numbers.data))

    def _load(self, name: str) -> Any:
        return json.loads(bytes(self._section(name)))

    def _hosts(self) -> tuple[dict[str, list[int]], dict[str, list[int]], int, int]:
        domains, families, generic, remove, _ = self._load("hosts")
        for table in (domains, families):
            for name, numbers in table.items():
                if not isinstance(name, str) or not all(type(number) is int for number in numbers):
                    raise ValueError("a table of hosts is of the wrong shape")
        return domains, families, int(generic), int(remove)

    # --- records -------------------------------------------------------------------------------

    def _record(self, name: str, number: int) -> Any:
        ends = self._ends[name]
        if not 0 <= number < len(ends) - 1:
            raise ValueError(f"there is no {name} {number}")
        return json.loads(bytes(self._section(name)[ends[number] : ends[number + 1]]))

    def _checked(self, read: Callable[[], T]) -> T:
        try:
            return read()
        except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
            self._damaged(error)

    def rule(self, name: str, number: int) -> Rule:
        """The rule of a number among those to `remove` or to `keep`.

        Raises:
            RuleError: the pack is damaged.
        """
        known = self._known_rules.get((name, number))
        if known is None:
            known = self._known_rules.setdefault((name, number), self._checked(lambda: self._read_rule(name, number)))
        return known

    def _read_rule(self, name: str, number: int) -> Rule:
        file, category, selectors, source, line, column, *rest = self._record(name, number)
        head = self._file_head(file)
        if source == {}:
            (source,) = selectors
        place = [head.name, line, column]
        rule = from_plain(Rule, [head.key, head.kind, category, selectors, source, place, *rest])
        wrong = wrong_with(rule)
        if wrong:
            raise NotPlain(wrong)
        return rule

    def _file_head(self, number: int) -> RuleFile:
        known = self._heads.get(number)
        if known is None:
            known = self._heads[number] = from_plain(RuleFile, self._record("files", number)[1])
        return known

    @cached_property
    def _heads(self) -> dict[int, RuleFile]:
        return {}

    def file(self, number: int) -> RuleFile:
        """A rule file, without its examples.

        Raises:
            RuleError: the pack is damaged.
        """
        known = self._files.get(number)
        if known is None:
            known = self._files.setdefault(number, self._checked(lambda: self._read_file(number)))
        return known

    def _read_file(self, number: int) -> RuleFile:
        _, _, *spans = self._record("files", number)
        remove, keep = (
            tuple(self.rule(name, first + place) for place in range(count))
            for name, (first, count) in zip(_RULES, spans, strict=True)
        )
        return dataclasses.replace(self._file_head(number), remove=remove, keep=keep)

    def __len__(self) -> int:
        """The number of rule files."""
        return len(self._ends["files"]) - 1

    def files(self) -> Iterator[RuleFile]:
        """All rule files, in the order they were given in."""
        numbers = range(len(self))
        yield from map(
            self.file, sorted(numbers, key=lambda n: self._checked(lambda: int(self._record("files", n)[0])))
        )

    def generic_files(self) -> list[RuleFile]:
        """The files that hold on every page."""
        return [self.file(number) for number in range(self._generic)]

    @property
    def generic_rules(self) -> int:
        """How many generic rules remove something."""
        return self._generic_rules

    def for_domain(self, domain: str) -> list[RuleFile]:
        """The files of a domain."""
        return [self.file(number) for number in self._domains.get(domain, ())]

    def family(self, key: str) -> list[RuleFile]:
        """The files of a family."""
        return [self.file(number) for number in self._families.get(key, ())]

    @property
    def families(self) -> Iterable[str]:
        """The names of the families."""
        return self._families.keys()

    @property
    def marks(self) -> list[tuple[str, Mark]]:
        """What families are known by: the names of the families, each with a mark.

        Raises:
            RuleError: the pack is damaged.
        """
        return self._checked(self._read_marks)

    def _read_marks(self) -> list[tuple[str, Mark]]:
        heads = [self._file_head(number) for number in _integers(self._load("marked"))]
        found = [(head.key, mark) for head in heads for mark in head.marks]
        wrong = next(filter(None, (wrong_with_mark(mark) for _, mark in found)), "")
        if wrong:
            raise NotPlain(wrong)
        return found

    def generic_lines(self) -> list[LineRule]:
        """The generic rules for lines of text."""
        return self._checked(lambda: [rule for n in range(self._generic) for rule in self._file_head(n).lines])

    def generic_strip_attributes(self) -> list[AttributePath]:
        """The attributes that the markup of every page is written without."""
        return self._checked(lambda: [p for n in range(self._generic) for p in self._file_head(n).strip_attributes])

    def generic_texts(self) -> list[Rule]:
        """The generic rules that go by text."""
        return [self.rule("remove", number) for number in self.filing("remove").others.texts]

    # --- the index -----------------------------------------------------------------------------

    def filing(self, name: str) -> PackedRules:
        """The generic rules to `remove` or to `keep`, filed.

        Raises:
            RuleError: the pack is damaged.
        """
        return self._checked(
            lambda: PackedRules(
                self._numbers(f"{name}.buckets"),
                self._numbers(f"{name}.entries"),
                self._load(f"{name}.others"),
                *(self._phrases(f"{name}.{kind}") for kind in _PHRASES),
            )
        )

    def _phrases(self, name: str) -> PackedPhrases:
        return PackedPhrases(self._load(name), self._numbers(f"{name}.ends"), self._numbers(f"{name}.filed"))


class PackedPhrases:
    """Phrases, and what is filed under each, read where a pack holds it.

    Args:
        texts: the phrases.
        ends: for each, where what is filed under it begins, and where the last one ends.
        numbers: number of the rule and of the phrase in it, one after the other.

    Raises:
        ValueError: the parts do not fit together.
    """

    def __init__(self, texts: Any, ends: Sequence[int], numbers: Sequence[int]) -> None:
        if not isinstance(texts, list) or not set(map(type, texts)) <= {str} or not all(texts):
            raise ValueError("phrases that are no texts")
        if len(ends) != len(texts) + 1 or 2 * ends[-1] != len(numbers) or not _ascend(ends):
            raise ValueError("a table of phrases is of the wrong shape")
        self.texts = texts
        self._ends = ends
        self._numbers = numbers

    def filed(self, index: int) -> list[FiledPhrase]:
        """What is filed under the phrase of a place among them."""
        numbers = self._numbers
        places = range(2 * self._ends[index], 2 * self._ends[index + 1], 2)
        return [(numbers[place], numbers[place + 1]) for place in places]


class PackedRules:
    """Filed rules, read where a pack holds them.

    Args:
        buckets: where each bucket begins among the entries, and where the last one ends.
        entries: hash, number of the rule and of the selector, one after the other, bucket by bucket.
        others: what is filed under neither whole names nor phrases.
        at_start, anywhere: what is filed under phrases.

    Raises:
        ValueError: the parts do not fit together.
    """

    def __init__(
        self,
        buckets: Sequence[int],
        entries: Sequence[int],
        others: Any,
        at_start: PackedPhrases,
        anywhere: PackedPhrases,
    ) -> None:
        is_power = len(buckets) >= 2 and not (len(buckets) - 1) & (len(buckets) - 2)
        if not is_power or 3 * buckets[-1] != len(entries) or not _ascend(buckets):
            raise ValueError("the index is of the wrong shape")
        self._buckets = buckets
        self._entries = entries
        self._mask = len(buckets) - 2
        parts, tags, unkeyed, patterns, texts, teasers, page_has = others
        self.others = Others(
            {_text(name): _pairs_by_name(of_name) for name, of_name in parts.items()},
            _pairs_by_name(tags),
            _pairs(unkeyed),
            _integers(patterns),
            at_start,
            anywhere,
            _integers(texts),
            _integers(teasers),
            _integers(page_has),
        )

    @property
    def holds_any(self) -> bool:
        """Whether anything is filed."""
        return len(self._entries) > 0 or self.others.holds_any

    def find(self, token: str) -> Sequence[Filed]:
        """The rules under a token. Rarely, one of a token with the same hash is among them: the rule's selector
        decides."""
        hash_ = _hash(token)
        bucket = hash_ & self._mask
        first, last = self._buckets[bucket], self._buckets[bucket + 1]
        if first == last:
            return ()
        entries = self._entries
        return [
            (entries[place + 1], entries[place + 2])
            for place in range(3 * first, 3 * last, 3)
            if entries[place] == hash_
        ]


def _ascend(ends: Sequence[int]) -> bool:
    """Whether no number of a table is lower than the one before it, so that none is beyond the last."""
    bounds = numpy.asarray(ends)
    return not bool((bounds[1:] < bounds[:-1]).any())


def _text(data: Any) -> str:
    if not isinstance(data, str):
        raise NotPlain(f"not a text: {data!r}")
    return data


def _integers(data: Any) -> list[int]:
    if not isinstance(data, list) or not all(type(number) is int for number in data):
        raise NotPlain("not a list of numbers")
    return data


def _pairs(data: Any) -> list[tuple[int, int]]:
    return [(int(one), int(other)) for one, other in data]


def _pairs_by_name(data: Any) -> dict[str, list[tuple[int, int]]]:
    return {_text(name): _pairs(pairs) for name, pairs in data.items()}
