"""How often `result.access` is right: on real pages, and on pages that are cut where a publisher would cut them.

    python benchmarks/access.py [FOLDER] [--pitches held_out|made] [--of extract|clean|clean_text] [--misses]
                                [--limit N] [--json FILE]

FOLDER holds `gold.json` (a list of objects with `id`, `url`, `body`: the article's paragraphs), `access.json` (for
each id what readers say: `access`) and `pages/<id>.html.gz`; without one, the shared data set is taken where it stands
beside the checkout.

Real pages: the share that is called `full` of those that readers call so, and how many are called `wall`. Cut pages:
each page is cut after one to four paragraphs (`teaser`), and its body is taken out whole (`wall`), once for each kind
of notice (subscription, ad blocker, consent, login); a notice of `pitches.yaml` in the page's language, or in any of
its languages if the page's is none of them, stands in its place, in one of several kinds of markup. Every other page
also loses its `articleBody` statement. Which paragraph, notice and markup it is comes from the page's id, so it is the
same in every run. `--pitches made` takes the notices that the vocabulary was tried with, `held_out`, the default, those
that were only counted. `--of clean_text` judges the text that `clean` without rules makes of a page.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import yaml
from lxml import etree
from lxml import html as lxml_html

import cleanpage
from cleanpage.page import parse
from cleanpage.rules.phrases import fold

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared" / "data" / "news"
KINDS = ("subscription", "adblock", "consent", "login")
_MOST_PARAGRAPHS = 4
# A page whose body is found to a smaller share cannot be cut.
_FOUND = 0.7
_UNSEEN = frozenset(("script", "style", "noscript", "template", "head", "title"))
Entry = dict[str, Any]
Judge = Callable[[bytes, str], cleanpage.Access]


# --- the cutter --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cut:
    """A page that was cut.

    Attributes:
        name: the page's id, and how it was cut.
        made: what it is now: `teaser` or `wall`.
        kind: what the notice asks for.
        html: the page.
    """

    name: str
    made: str
    kind: str
    language: str
    url: str
    html: bytes


class Cutter:
    """Cuts pages.

    Args:
        pitches: notices by language and kind, each a list of lines.
    """

    def __init__(self, pitches: dict[str, dict[str, list[list[str]]]]) -> None:
        self.pitches = pitches

    def cuts(self, entry: Entry, html: bytes) -> Iterator[Cut]:
        """Every way in which a page is cut; none if its body is not found."""
        body = [paragraph for paragraph in entry["body"] if len(paragraph) > 40]
        numbers = _places(parse(html).root, body)
        if len(numbers) < _FOUND * len(body):
            return
        for made in ("teaser", "wall"):
            for kind in KINDS:
                cut = self._cut(entry, html, numbers, made, kind)
                if cut is not None:
                    yield cut

    def _cut(self, entry: Entry, html: bytes, numbers: list[int], made: str, kind: str) -> Cut | None:
        """A page cut one way, None if its body is too short for it."""
        chance = zlib.crc32(f"{entry['id']} {made} {kind}".encode())
        root = parse(html).root
        elements = list(root.iter())
        places = [elements[number] for number in numbers]
        keep = 0 if made == "wall" else 1 + chance % _MOST_PARAGRAPHS
        if len(places) < keep + 2:
            return None
        language = _language(root)
        if language not in self.pitches:
            language = sorted(self.pitches)[chance // 211 % len(self.pitches)]
        notices = self.pitches[language][kind]
        notice = notices[chance // 7 % len(notices)]
        _replace(root, places[keep:], lxml_html.fromstring(_SHAPES[chance // 31 % len(_SHAPES)](notice)))
        if chance % 2:
            _forget_body(root)
        name = f"{entry['id']} {made} {keep} {kind} {language}"
        html = lxml_html.tostring(root, encoding="utf-8", doctype="<!DOCTYPE html>")
        return Cut(name, made, kind, language, entry["url"], html)


def _language(root: etree._Element) -> str:
    html = next(root.iter("html"), root)
    return (html.get("lang") or "").casefold().replace("_", "-").partition("-")[0]


def _squeezed(text: str) -> str:
    return "".join(fold(text).split())


def _places(root: etree._Element, body: list[str]) -> list[int]:
    """The smallest elements that hold the paragraphs: their numbers, in page order."""
    wanted = [squeezed for paragraph in body if (squeezed := _squeezed(paragraph))]
    seen: dict[str, int] = {}
    for number, element in enumerate(root.iter()):
        if not isinstance(element.tag, str) or element.tag in _UNSEEN:
            continue
        if any(ancestor.tag in _UNSEEN for ancestor in element.iterancestors()):
            continue
        text = _squeezed("".join(element.itertext()))
        for paragraph in wanted:
            if len(text) < 2 * len(paragraph) + 40 and paragraph in text:
                seen[paragraph] = number  # the last one is the innermost of its line, or the last copy
    return sorted(set(seen.values()))


def _replace(root: etree._Element, places: list[etree._Element], notice: etree._Element) -> None:
    """Take everything from the first to the last of some elements out, and put a notice in its place."""
    first, last = places[0], places[-1]
    parent = first.getparent()
    assert parent is not None
    order = {element: number for number, element in enumerate(root.iter())}
    start, stop = order[first], max(order[element] for element in last.iter())
    # What begins before the first of them holds it, and what ends after the last of them holds that one.
    around = {*first.iterancestors(), *last.iterancestors()}
    gone = [element for element, number in order.items() if start <= number <= stop and element not in around]
    parent.insert(parent.index(first), notice)
    notice.tail = None
    for element in gone:
        holder = element.getparent()
        if holder is not None and element is not notice:
            if element.tail and element.tail.strip() and element is last:
                notice.tail = element.tail
            holder.remove(element)


def _forget_body(root: etree._Element) -> None:
    """Leave the article out of the page's structured data."""
    for script in root.iter("script"):
        text = script.text or ""
        if "ld+json" not in (script.get("type") or "") or "articleBody" not in text:
            continue
        try:
            stated = json.loads(text, strict=False)
        except ValueError:
            script.text = None
            continue
        waiting = [stated]
        while waiting:
            one = waiting.pop()
            if isinstance(one, dict):
                one.pop("articleBody", None)
                waiting += one.values()
            elif isinstance(one, list):
                waiting += one
        script.text = json.dumps(stated)


def _boxed(lines: list[str]) -> str:
    head, *middle, last = map(escape, lines)
    text = "".join(f"<p>{line}</p>" for line in middle)
    return f'<div class="c-offer-box"><h3>{head}</h3>{text}<a href="/go" class="btn">{last}</a></div>'


def _walled(lines: list[str]) -> str:
    head, *middle, last = map(escape, lines)
    items = "".join(f"<li>{line}</li>" for line in middle)
    return f'<section class="paywall" id="pw-1"><h2>{head}</h2><ul>{items}</ul><button>{last}</button></section>'


def _nameless(lines: list[str]) -> str:
    return "<div>" + "".join(f"<div><span>{escape(line)}</span></div>" for line in lines) + "</div>"


def _paragraphs(lines: list[str]) -> str:
    return "<div>" + "".join(f"<p>{escape(line)}</p>" for line in lines) + "</div>"


def _aside(lines: list[str]) -> str:
    head, *rest = map(escape, lines)
    return f'<aside data-x="17"><p><strong>{head}</strong> {" ".join(rest[:1])}</p>' + (
        "".join(f"<p><a href='/x'>{line}</a></p>" for line in rest[1:]) + "</aside>"
    )


_SHAPES = (_boxed, _walled, _nameless, _paragraphs, _aside)


# --- the measure -------------------------------------------------------------------------------


def judge_of(name: str) -> Judge:
    """What says how much of a page is to be seen."""
    cleaner = cleanpage.Cleaner()
    if name == "clean_text":
        bare = cleanpage.Cleaner(cleanpage.Rules())
        return lambda html, url: cleaner.clean_text(bare.clean(html, url=url).text, url=url).access
    method = {"extract": cleaner.extract, "clean": cleaner.clean}[name]
    return lambda html, url: method(html, url=url).access


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=SHARED)
    parser.add_argument("--pitches", choices=("held_out", "made"), default="held_out")
    parser.add_argument("--of", choices=("extract", "clean", "clean_text"), default="extract")
    parser.add_argument("--limit", type=int, default=None, help="so many pages only")
    parser.add_argument("--misses", action="store_true", help="name what is called something else")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    try:
        entries = json.loads((options.folder / "gold.json").read_text("utf-8"))[: options.limit]
        said = json.loads((options.folder / "access.json").read_text("utf-8"))
    except OSError as error:
        sys.exit(
            f"{options.folder} lacks {Path(error.filename).name}: name a folder that has gold.json and access.json"
        )
    pitches = yaml.safe_load((ROOT / "benchmarks" / "pitches.yaml").read_text("utf-8"))[options.pitches]
    judge, cutter = judge_of(options.of), Cutter(pitches)
    real: Counter[tuple[str, str]] = Counter()
    cut: Counter[tuple[str, str, str]] = Counter()
    languages: Counter[tuple[str, bool]] = Counter()
    uncut = 0
    for entry in entries:
        html = gzip.decompress((options.folder / "pages" / f"{entry['id']}.html.gz").read_bytes())
        truth = said[entry["id"]]["access"]
        access = judge(html, entry["url"])
        real[truth, access.status] += 1
        if options.misses and access.status != truth:
            print(f"{entry['id']}: {truth}, called {access.status}: {'; '.join(access.evidence)}")
        cuts = list(cutter.cuts(entry, html)) if truth == "full" else []
        uncut += truth == "full" and not cuts
        for one in cuts:
            access = judge(one.html, one.url)
            cut[one.made, one.kind, access.status] += 1
            languages[one.language, access.status == one.made] += 1
            if options.misses and access.status != one.made:
                print(f"{one.name}: called {access.status}: {'; '.join(access.evidence)}")
    figures = report(real, cut, languages)
    print(f"({uncut} pages whose body was not found in their markup were not cut)")
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1) + "\n")


def report(
    real: Counter[tuple[str, str]], cut: Counter[tuple[str, str, str]], languages: Counter[tuple[str, bool]]
) -> dict[str, Any]:
    """Print the figures, and return them."""
    full = sum(count for (truth, _), count in real.items() if truth == "full")
    figures: dict[str, Any] = {
        "real": {"pages": full, "full": real["full", "full"] / full, "wall": sum(real[t, "wall"] for t, _ in real)}
    }
    print(
        f"real pages: {real['full', 'full'] / full:.3f} of {full} called full, {figures['real']['wall']} of "
        f"{sum(real.values())} called wall"
    )
    for made in ("teaser", "wall"):
        for kind in (*KINDS, ""):
            counts = {status: n for (m, k, status), n in cut.items() if m == made and (not kind or k == kind)}
            total: Counter[str] = Counter()
            for (m, k, status), n in cut.items():
                if m == made and kind in ("", k):
                    total[status] += n
            pages = sum(total.values())
            if not counts or not pages:
                continue
            figures[f"{made} {kind}".strip()] = {"pages": pages, "right": total[made] / pages}
            others = ", ".join(f"{status} {n}" for status, n in sorted(total.items()) if status != made)
            name = f"{made}, {kind}" if kind else f"{made}, all"
            print(f"{name:22} {total[made] / pages:.3f} of {pages}" + (f" ({others})" if others else ""))
    pages = sum(cut.values())
    if pages:
        right = sum(n for (made, _, status), n in cut.items() if made == status) / pages
        figures["cut"] = {"pages": pages, "right": right}
        print(f"{'cut pages, all':22} {right:.3f} of {pages}")
    for language in sorted({language for language, _ in languages}):
        right, wrong = languages[language, True], languages[language, False]
        print(f"  {language}: {right / (right + wrong):.3f} of {right + wrong}")
    return figures


if __name__ == "__main__":
    main()
