"""Every way into cleanpage, as a function of bytes: for fuzzing, for mutations, and for the corpus in the tests.

Whatever the bytes, an entry ends, and raises nothing: what cleanpage may raise is caught here, and what it gives is asked
for in every form. Anything else that leaves an entry is a fault.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from cleanpage import Cleaner, PageError, Result, RuleError, Rules
from cleanpage.batch.document import DocumentError
from cleanpage.batch.lines import Fields, lines
from cleanpage.batch.warc import archived_pages
from cleanpage.rules.pack import Pack, check_sum
from cleanpage.rules.ruleset import _Part

CORPUS = Path(__file__).parent / "corpus"
URL = "https://www.example.com/news/2024/bridge.html"
_FORMS = ("text", "html", "markdown", "removed", "metadata", "access", "evidence", "encoding")
_MOST = 1 << 20  # bytes a page of an archive may have

PAGE = (
    "<html><head><title>T</title></head><body><div class='box ad' id=top data-x=1><h1>Bridge opens</h1><p class=x>It opens "
    "on <a href=/m>Monday</a>, says the council.</p><ul><li>One</li><li class=y>Two</li></ul></div><p>Read also: x</p>"
    "<section><h2>More</h2><p>Another</p></section></body></html>"
)
RULES = """
publisher: Example News
domains: [example.com]
content: [main, .story]
remove:
  ad: [.ad, '#top > p', {css: 'p, div', starts: ['Read also:'], max_words: 9}, {equals: Advertisement}]
  related:
    - {css: section, heading: More, scope: section}
    - {xpath: '//li[@class]', unless: img}
    - {css: 'li:nth-child(2)', matches: 'tw.', since: 2020-01-01, path: /news/*}
    - {css: ul, teasers: 3}
keep: [.live]
lines: {player: [{line: close}, {from: Please turn off, to: and reload, max_lines: 9}]}
metadata: {title: h1, authors: [.by, {json_ld: author}], published: [{xpath: //time/@datetime}]}
strip_attributes: [//img/@srcset]
examples: [{html: '<p>a', keeps: [a]}]
"""
_FAMILY = """
marks: [.story-page-of-system, 'meta[name=generator][content^="Example CMS"]']
remove: {social: [.share]}
"""


@cache
def cleaner() -> Cleaner:
    """The one with the built-in rules, which all share."""
    return Cleaner()


@cache
def family_rules() -> Rules:
    return Rules.parse(_FAMILY, "families/system.yaml", "system")


def forms(result: Result) -> list[Any]:
    """Everything that a result has."""
    return [getattr(result, name) for name in _FORMS]


def as_text(data: bytes) -> str:
    """Bytes as text, lone surrogates included."""
    return data.decode("utf-8", "surrogatepass" if b"\xed" in data[:1] else "surrogateescape")


# --- the entries -------------------------------------------------------------------------------


def page(data: bytes) -> None:
    """A page, as bytes."""
    try:
        forms(cleaner().clean(data, url=URL))
        forms(cleaner().extract(data, url=URL))
    except PageError:
        pass


def page_as_text(data: bytes) -> None:
    """A page, as `str` with lone surrogates, without an address."""
    try:
        text = as_text(data)
    except UnicodeDecodeError:
        return
    try:
        forms(cleaner().clean(text))
        forms(cleaner().extract(text))
    except PageError:
        pass


def text(data: bytes) -> None:
    """Text that was extracted before."""
    try:
        text = as_text(data)
    except UnicodeDecodeError:
        return
    with suppress(PageError):
        forms(cleaner().clean_text(text, url=URL))


def circumstances(data: bytes) -> None:
    """What comes with a page: its address, the header, the name of an encoding, one a line."""
    parts = data.decode("utf-8", "surrogateescape").split("\n")
    url, header, encoding = (*parts, "", "", "")[:3]
    try:
        forms(cleaner().extract(PAGE.encode(), url=url, content_type=header))
        forms(cleaner().clean_text("a\nb", url=url))
        forms(cleaner().clean(PAGE.encode(), encoding=encoding))
    except (PageError, LookupError):
        pass


def rules(data: bytes) -> None:
    """A rule file."""
    try:
        found = Rules.parse(data.decode("utf-8", "replace"), "rules.yaml", "example.com")
        _use(Cleaner(found + family_rules()))
    except RuleError:
        pass


def selector(data: bytes) -> None:
    """A selector, an XPath and a pattern, whatever the YAML around them."""
    text = data.decode("utf-8", "replace")
    for entry in (
        text,
        {"css": text, "scope": f"closest {text}"},
        {"xpath": text},
        {"css": ".x", "matches": text},
        {"equals": text},
    ):
        try:
            file = {"publisher": "x", "domains": ["example.com"], "remove": {"ad": [entry]}}
            _use(Cleaner(Rules.parse(json.dumps(file, ensure_ascii=False))))
        except RuleError:
            pass


def pack(data: bytes) -> None:
    """A pack, as it is, and with the check sum that belongs to it."""
    for whole in (data, data + check_sum(data)):
        try:
            found = Pack(whole, "fuzzed.pack")
            _use(Cleaner(Rules(_parts=[_Part(found)])))
            list(found.files())
        except RuleError:
            pass


def _use(cleaner: Cleaner) -> None:
    """Apply rules in every way."""
    try:
        forms(cleaner.clean(PAGE, url=URL))
        forms(cleaner.extract(PAGE, url=URL))
        forms(cleaner.clean_text("Please turn off\nclose\nand reload\nRead also: x\n", url=URL))
    except PageError:
        pass


def json_ld(data: bytes) -> None:
    """What a page states of itself."""
    html = (
        b"<html><head><script type='application/ld+json'>"
        + data
        + b"</script></head><body><p>A text.</p></body></html>"
    )
    with suppress(PageError):
        forms(cleaner().extract(html, url=URL))


def warc(data: bytes) -> None:
    """An archive, packed or not; what comes after any of its entries is the same when reading begins there."""
    _entries(lambda resume: archived_pages(io.BytesIO(data), "a.warc", _MOST, resume))


def jsonl(data: bytes) -> None:
    """Lines of JSON, packed or not."""
    _entries(lambda resume: lines(io.BytesIO(data), "a.jsonl", _MOST, Fields(), resume))


def _entries(read: Callable[[Any], Any]) -> None:
    found = []
    for entry in read(None):
        found.append((entry.id, entry.resume))
        if len(found) > 200:
            break
        try:
            document = entry.read(_MOST)
        except DocumentError:
            continue
        try:
            if document.is_text:
                content = document.content
                forms(cleaner().clean_text(content if isinstance(content, str) else content.decode("utf-8", "replace")))
            else:
                forms(
                    cleaner().clean(document.content, document.url, document.date, content_type=document.content_type)
                )
        except PageError:
            pass
    if 1 < len(found) <= 200:
        place = len(found) // 2
        rest = [(entry.id, entry.resume) for entry in read(found[place - 1][1])]
        assert rest == found[place:], f"read on after {found[place - 1]}: {rest} instead of {found[place:]}"


ENTRIES: dict[str, Callable[[bytes], None]] = {
    "page": page,
    "page_as_text": page_as_text,
    "text": text,
    "circumstances": circumstances,
    "rules": rules,
    "selector": selector,
    "pack": pack,
    "json_ld": json_ld,
    "warc": warc,
    "jsonl": jsonl,
}
# Those that take markup.
MARKUP = frozenset(("page", "page_as_text", "json_ld", "warc"))
# Where the corpus of an entry is, where it is not named as the entry.
_SHARED = {"page_as_text": "page"}


def corpus(entry: str) -> list[bytes]:
    """The inputs that are kept for an entry."""
    folder = CORPUS / _SHARED.get(entry, entry)
    found = [path.read_bytes() for path in sorted(folder.iterdir())] if folder.is_dir() else []
    if entry == "pack":
        found.append(_pack())
    if entry == "rules":
        found.append(RULES.encode())
    if entry in ("warc", "jsonl"):
        import gzip

        import zstandard

        found += [pack_(data) for data in list(found) for pack_ in (gzip.compress, zstandard.ZstdCompressor().compress)]
    return found


@cache
def _pack() -> bytes:
    """A pack without its check sum."""
    from cleanpage.rules.pack import compile_rules

    files = [*Rules.parse(RULES, "example.yaml", "example.com").files, *family_rules().files]
    files += Rules.parse("remove: {ad: [.box, {starts: Read also}, {css: '[data-x*=y]'}]}", "ad.yaml", "ad").files
    whole = compile_rules(files, "corpus")
    return whole[: -len(check_sum(b""))]
