"""Pages, notices and rules, made by Hypothesis.

A library for every test of what never breaks: `pages()` and `articles()` draw pages, `rule_files()` draws rule files
in the shape of their YAML, `notice_for()` writes a notice that a given rule is about, and `visible_words()` reads a
page as a person would, without cleanpage.
"""

from __future__ import annotations

import html as markup
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st
from lxml import etree

from cleanpage import Rules
from cleanpage.rules.model import CATEGORIES, Rule

# --- words ---------------------------------------------------------------------------------------

WORDS = {
    "de": "der Rat hat gestern über Häuser für große Städte beraten und dabei fünf neue Straßen gezählt während es "
    "im Süden regnete Bürgerinnen sagten sie hätten lange auf Züge gewartet doch niemand wusste warum",
    "en": "the council met on Monday to talk about houses bridges and the river which had risen again while people "
    "in the south waited for trains that never came nobody could say why it took so long this year",
    "fr": "le conseil s’est réuni lundi pour parler des maisons où vivent les élèves et du fleuve qui était monté "
    "encore pendant que les gens attendaient le train déjà très tard sans savoir ce qu’il fallait faire",
    "ru": "совет встретился вчера чтобы обсудить новые дома и мосты через реку которая снова поднялась пока люди на "
    "юге ждали поездов и никто не знал почему всё это длится так долго",
    "el": "το συμβούλιο μίλησε χθες για τα σπίτια και τις γέφυρες ενώ ο κόσμος περίμενε στον σταθμό χωρίς να ξέρει",
    "ar": "اجتمع المجلس أمس للحديث عن البيوت والجسور بينما انتظر الناس القطار في المحطة ولم يعرف أحد السبب",
    "zh": "昨天 议会 讨论 新的 房子 和 桥梁 南方 的 人们 等待 火车 没有 人 知道 为什么",
    "tr": "kurul dün evler ve köprüler üzerine konuştu güneyde insanlar İstanbul treni için ışıkta bekledi",
}
LANGUAGES = tuple(WORDS)


@st.composite
def sentences(draw: st.DrawFn, language: str = "de", least: int = 1, most: int = 14) -> str:
    """Some words of a language, as plain text."""
    vocabulary = WORDS[language].split()
    words = draw(st.lists(st.sampled_from(vocabulary), min_size=least, max_size=most))
    return " ".join(words) + draw(st.sampled_from(["", ".", "?", " …", "!", " –"]))


# --- pages ---------------------------------------------------------------------------------------

# What rules and pages have in common, so that rules find something.
CLASSES = ("box", "teaser", "share-bar", "k", "ad", "artikel")
IDS = ("top", "wall", "nl")
PHRASES = (
    "Anzeige", "Lesen Sie auch:", "Mehr zum Thema", "Jetzt abonnieren", "Newsletter", "Bitte deaktivieren", "Teilen",
    "Read more", "À lire aussi",
)  # fmt: skip


def attributes() -> st.SearchStrategy[str]:
    """Attributes as they are written, most often none."""
    return st.one_of(
        st.just(""),
        st.just(""),
        st.sampled_from(CLASSES).map(' class="{}"'.format),
        st.lists(st.sampled_from(CLASSES), min_size=1, max_size=3).map(lambda c: f" class='{' '.join(c)}'"),
        st.sampled_from(IDS).map(" id={}".format),
        st.sampled_from(
            [" data-x", ' data-x="1"', " title='a &quot; b'", " lang=de", " hidden", " style='display:none'"]
        ),
    )


@st.composite
def inline(draw: st.DrawFn, language: str = "de", most: int = 14) -> str:
    """A line: words with inline elements between and around them, never inside of one that rules name."""
    parts = []
    for _ in range(draw(st.integers(1, 3))):
        text = markup.escape(draw(st.one_of(sentences(language, 1, most), st.sampled_from(PHRASES))), quote=False)
        kind = draw(st.integers(0, 11))
        if kind == 0:
            text = f"<a href='/x?a=1&amp;b=2'{draw(attributes())}>{text}</a>"
        elif kind == 1:
            text = f"<b{draw(attributes())}>{text}</b>"
        elif kind == 2:
            text = f"<span{draw(attributes())}><i>{text}</i></span>"
        elif kind == 3:
            text += draw(
                st.sampled_from(["<!-- a > b -->", "<script>x = '<p>y'</script>", "<img src=a alt=b>", "<wbr>"])
            )
        elif kind == 4:
            text = text.replace("e", "&#101;", 1).replace("a", "a<!-- -->", 1).replace(" ", "&nbsp;", 1)
        elif kind == 5:
            text += draw(st.sampled_from(["<br>", "<br/> ", "<span hidden> x </span>", "<sup>2</sup>"]))
        parts.append(text)
    return draw(st.sampled_from([" ", "\n", " \t"])).join(parts)


@st.composite
def paragraphs(draw: st.DrawFn, language: str = "de") -> str:
    tag = draw(st.sampled_from(["p", "p", "p", "div", "blockquote", "P"]))
    return f"<{tag}{draw(attributes())}>{draw(inline(language))}</{tag}>"


@st.composite
def headings(draw: st.DrawFn, language: str = "de") -> str:
    rank = draw(st.integers(1, 4))
    return f"<h{rank}{draw(attributes())}>{draw(inline(language, 4))}</h{rank}>"


@st.composite
def lists(draw: st.DrawFn, language: str = "de") -> str:
    tag, close = draw(st.sampled_from(["ul", "ol"])), draw(st.sampled_from(["</li>", ""]))
    items = draw(st.lists(inline(language, 5), min_size=1, max_size=3))
    return f"<{tag}{draw(attributes())}>{''.join(f'<li>{item}{close}' for item in items)}</{tag}>"


@st.composite
def tables(draw: st.DrawFn, language: str = "de") -> str:
    rows = draw(st.lists(st.lists(inline(language, 3), min_size=1, max_size=2), min_size=1, max_size=2))
    cells = "".join("<tr>" + "".join(f"<td>{cell}" for cell in row) for row in rows)
    return f"<table{draw(attributes())}>{cells}</table>"


@st.composite
def figures(draw: st.DrawFn, language: str = "de") -> str:
    return f"<figure{draw(attributes())}><img src=a.jpg><figcaption>{draw(inline(language, 4))}</figcaption></figure>"


ODD = st.sampled_from(
    [
        "<script>document.write('<p>nie</p>')</script>", "<style>.a > b { content: 'nie' }</style>",
        "<template><p>nie</p></template>", "<noscript><p>nie</p></noscript>", "<!-- <p>nie</p> -->", "<hr>",
        "<svg><title>nie</title><text>nie</text></svg>", "<p></p>", "<div hidden><p>nie</p></div>", "</p>", "</section>",
        "<pre>eins\n  zwei\n\ndrei</pre>", "lose Worte ", "<button>Teilen</button>", "<dialog>nie</dialog>", "<iframe></iframe>",
        "<details><summary>mehr</summary>weniger</details>", "<b><p>schief</b> gebaut</p>", "<?php nie ?>", "&nbsp;",
        "<o:p>fremd</o:p>", "<my-box>eigen</my-box>", "<p>offen", "<textarea>Feld</textarea>", "<center>alt</center>",
    ]
)  # fmt: skip


# Markup that is rarer still, or broken on purpose, each with what a reader sees of it.
HARD = [
    ("<table><tr><td>außen<table><tr><td>innen</table></table>", "außen innen"),
    ("<p class=box class=k id=a id=top>zweimal</p>", "zweimal"),
    ("<my-box><template shadowrootmode=open><p>nie</p></template><p slot=s>Licht</p></my-box>", "Licht"),
    ("<p dir=rtl>שלום \u202eabc\u202c <bdo dir=ltr>עולם</bdo></p>", "שלום \u202eabc\u202c עולם"),
    ("<p>e\u0301\u0301 a\u0308 \u0e01\u0e33 नि</p>", "e\u0301\u0301 a\u0308 \u0e01\u0e33 नि"),
    ("<p>&amp;&lt;&gt;&quot;&#39;&#x41;&#65;&hellip;&#128;</p>", "&<>\"'AA…€"),
    ("<p>a\0b \ud800 c</p>", "ab \ufffd c"),
    ("<p>👨\u200d👩\u200d👧 und 🇩🇪</p>", "👨\u200d👩\u200d👧 und 🇩🇪"),
    ("<noscript><div class=ad><p>nie</p></div></noscript><p>da</p>", "da"),
    ("<b><i>eins</b>zwei</i> <p>drei", "einszwei drei"),
    ("<ul><li>eins<ul><li>zwei</ul><li>drei</ul>", "eins zwei drei"),
]


@st.composite
def blocks(draw: st.DrawFn, language: str = "de", depth: int = 2) -> str:
    """A part of a page that begins and ends a line."""
    kind = draw(st.integers(0, 11))
    if kind == 0:
        return draw(headings(language))
    if kind == 1:
        return draw(lists(language))
    if kind == 2:
        return draw(st.one_of(tables(language), figures(language)))
    if kind == 3:
        return draw(ODD)
    if kind <= 6 and depth:
        tag = draw(st.sampled_from(["div", "section", "article", "aside"]))
        inner = draw(st.lists(blocks(language, depth - 1), min_size=1, max_size=3))
        return f"<{tag}{draw(attributes())}>{draw(st.sampled_from(['', ' ']))}{''.join(inner)}</{tag}>"
    return draw(paragraphs(language))


@dataclass(frozen=True)
class Page:
    """A page in parts."""

    before: str
    blocks: tuple[str, ...]
    after: str

    @property
    def html(self) -> str:
        return self.before + "".join(self.blocks) + self.after

    def with_inserted(self, notices: Iterable[tuple[int, str]]) -> str:
        """The page with notices before the blocks of these numbers."""
        parts = list(self.blocks)
        for place, notice in sorted(notices, reverse=True):
            parts.insert(min(place, len(parts)), notice)
        return self.before + "".join(parts) + self.after


HEADS = st.sampled_from(
    [
        ("", "<p>Schluss</p>"),
        ("<!DOCTYPE html><html lang=de><head><meta charset=utf-8><title>T</title></head><body>", "</body></html>"),
        (
            "<html><head><style>a{}</style></head><body class=artikel><header>Kopf</header><main>",
            "</main></body></html>",
        ),
        ("<!doctype html><body><nav><a href=/>Start</a></nav><div><article>", "</article></div><footer>Fuß</footer>"),
    ]
)


@st.composite
def pages(draw: st.DrawFn, most: int = 7) -> Page:
    """Any page: articles with everything that pages have, in some language."""
    language = draw(st.sampled_from(LANGUAGES))
    before, after = draw(HEADS)
    return Page(before, tuple(draw(st.lists(blocks(language), min_size=1, max_size=most))), after)


@st.composite
def articles(draw: st.DrawFn, least: int = 2, most: int = 6) -> Page:
    """A clean page: an article of well-formed blocks, without a name or a phrase that rules look for."""
    language = draw(st.sampled_from(LANGUAGES))
    before, after = draw(HEADS)
    parts = [f"<h1>{markup.escape(draw(sentences(language, 2, 6)))}</h1>"]
    for _ in range(draw(st.integers(least, most))):
        text = markup.escape(draw(sentences(language, 8, 30)))
        parts.append(
            draw(st.sampled_from(["<p>{}</p>", "<p><em>{}</em></p>", "<blockquote><p>{}</p></blockquote>", "<ul><li>{}</li></ul>"])).format(text)
        )  # fmt: skip
    return Page(before, tuple(parts), after)


@st.composite
def long_pages(draw: st.DrawFn) -> Page:
    """A page with so much prose, in boxes that rules may name, that some of them are held back."""
    language = draw(st.sampled_from(["de", "en", "fr", "ru"]))

    def box(depth: int) -> str:
        inner = ""
        for _ in range(draw(st.integers(1, 3))):
            if depth and draw(st.booleans()):
                inner += box(depth - 1)
            else:
                inner += f"<p{draw(attributes())}>{markup.escape(draw(sentences(language, 25, 60)))}</p>"
        return f"<div class={draw(st.sampled_from(CLASSES))}>{inner}</div>"

    return Page("", tuple(box(2) for _ in range(draw(st.integers(1, 3)))), f"<p>{draw(sentences(language))}</p>")


# --- rules ---------------------------------------------------------------------------------------

SELECTORS = st.one_of(
    st.sampled_from(CLASSES).map(".{}".format),
    st.sampled_from(IDS).map("#{}".format),
    st.sampled_from(
        [
            "div.box", ".box > p", ".box .teaser", "[data-x]", "p[title]", "[class*=share]", "section.k, aside.ad",
            ".teaser + p", ".ad ~ .box", ".box:not(.k)", ".k:first-child", ".box:has(p)", "div.teaser:nth-child(2)", ".box *",
        ]
    ),
)  # fmt: skip
TAGS = st.sampled_from(["p", "div", "section", "h2", "li", "a", "b", "span"])
SCOPES = st.sampled_from(["self", "closest div", "closest section", "section", "links", "rest", "preceding"])
SOME_PHRASES = st.one_of(st.sampled_from(PHRASES), st.lists(st.sampled_from(PHRASES), min_size=1, max_size=3))


@st.composite
def long_rules(draw: st.DrawFn, *, scopes: bool = True) -> dict[str, Any]:
    """A rule in the long form, with any conditions."""
    rule: dict[str, Any] = {}
    where = draw(st.integers(0, 5))
    if where <= 2:
        rule["css"] = draw(SELECTORS)
    elif where == 3:
        rule["xpath"] = draw(st.sampled_from(["//p[@data-x]", "//div[@id]/p", "//*[@title]", "//section/p[1][@class]"]))
    elif where == 4:
        rule["css"] = draw(TAGS)
    conditions = draw(st.sets(st.sampled_from(["text", "starts", "equals", "heading", "matches"]), max_size=2))
    if where >= 4 and not conditions:
        conditions = {draw(st.sampled_from(["text", "starts", "equals", "heading"]))}
    for name in sorted(conditions):
        rule[name] = draw(st.sampled_from(["anzeige", "mehr .*thema", "^jetzt"]) if name == "matches" else SOME_PHRASES)
    if draw(st.integers(0, 3)) == 0:
        rule["max_words"] = draw(st.integers(1, 20))
    if draw(st.integers(0, 4)) == 0:
        rule["unless"] = draw(st.sampled_from([".k", "img", "h2", "a[href]"]))
    if draw(st.integers(0, 6)) == 0:
        rule["path"] = draw(st.sampled_from(["/sport/*", "/*", "*.html"]))
    if draw(st.integers(0, 6)) == 0:
        rule["since"] = draw(st.sampled_from(["2020-01-01", "2030-01-01"]))
    if scopes and draw(st.integers(0, 2)) == 0:
        rule["scope"] = draw(SCOPES)
    return rule


def some_rules(*, scopes: bool = True, most: int = 4) -> st.SearchStrategy[dict[str, list[Any]]]:
    """What stands under `remove`: categories with rules."""
    return st.dictionaries(
        st.sampled_from(CATEGORIES[:-1]),
        st.lists(st.one_of(SELECTORS, long_rules(scopes=scopes)), min_size=1, max_size=most),
        min_size=1,
        max_size=2,
    )


def simple_rules() -> st.SearchStrategy[dict[str, list[Any]]]:
    """Rules whose answer no other removal can change: names, and phrases that are contained."""
    selector = st.sampled_from(
        [*(f".{name}" for name in CLASSES), *(f"#{name}" for name in IDS), ".box > p", "[data-x]"]
    )
    return st.dictionaries(
        st.sampled_from(CATEGORIES[:-1]), st.lists(selector, min_size=1, max_size=3), min_size=1, max_size=2
    )


LINE_RULES = st.one_of(
    st.fixed_dictionaries({"line": SOME_PHRASES}),
    st.fixed_dictionaries({"from": SOME_PHRASES, "to": SOME_PHRASES}, optional={"max_lines": st.integers(1, 6)}),
)


@st.composite
def rule_files(draw: st.DrawFn, *, keep: bool = True) -> dict[str, Any]:
    """A rule file in the shape of its YAML: generic, or of the publisher of example.com."""
    file: dict[str, Any] = {"remove": draw(some_rules())}
    if draw(st.booleans()):
        file |= {"publisher": "Beispielblatt", "domains": ["example.com"]}
    if keep and draw(st.integers(0, 2)) == 0:
        file["keep"] = draw(
            st.lists(st.sampled_from([".k", "#top", {"css": "p", "starts": "Teilen"}]), min_size=1, max_size=2)
        )
    if draw(st.booleans()):
        file["lines"] = {"player": draw(st.lists(LINE_RULES, min_size=1, max_size=3))}
    return file


@st.composite
def line_files(draw: st.DrawFn) -> dict[str, Any]:
    """A rule file about text without markup, by lines or by phrases."""
    phrases = st.dictionaries(st.sampled_from(["equals", "starts", "text"]), SOME_PHRASES, min_size=1, max_size=1)
    return {
        "lines": {"player": draw(st.lists(LINE_RULES, min_size=1, max_size=3))},
        "remove": {"ad": draw(st.lists(phrases, min_size=1, max_size=2))},
    }


def as_rules(*files: dict[str, Any]) -> Rules:
    """The rules of files; JSON is YAML."""
    rules = Rules()
    for number, file in enumerate(files):
        rules += Rules.parse(json.dumps(file, ensure_ascii=False), f"{number}.yaml", f"file{number}")
    return rules


# --- notices -------------------------------------------------------------------------------------

_NAME = re.compile(r"(?:([a-z][a-z0-9]*)?)([.#])([\w-]+)", re.A)
_TAG = re.compile(r"[a-z][a-z0-9]*", re.A)
_LINE_TAGS = frozenset(("a", "b", "i", "em", "strong", "span", "small", "time"))


def notice_for(rule: Rule, words: str = "Ein paar Worte dazu.") -> str | None:
    """A notice that a rule is about, as a block of its own; None for rules that need more than themselves."""
    if (
        rule.scope.kind != "self"
        or rule.paths
        or rule.path_matches
        or rule.domains
        or rule.min_chars
        or rule.matches
        or rule.span.since
        or rule.span.until
    ):
        return None
    phrases = [getattr(rule, name) for name in ("equals", "starts", "text", "heading") if getattr(rule, name)]
    if rule.teasers is not None:
        parts = "".join(f"<li><a href=/{n}>Noch so eine Schlagzeile {n}</a></li>" for n in range(rule.teasers))
        return None if phrases or rule.selectors else f"<aside><ul>{parts}</ul></aside>"
    if len(phrases) > 1:
        return None
    phrase = phrases[0][0].source if phrases else ""
    if rule.max_words is not None and rule.max_words < len(f"{phrase} {words}".split()):
        return None
    phrase = markup.escape(phrase)
    if rule.heading:
        body = f"<h3>{phrase}</h3><p>{words}</p>"
    elif rule.equals:
        body = phrase
    else:
        body = f"{phrase} {words}" if phrase else words
    if not rule.selectors:
        return f"<p>{body}</p>" if not rule.heading else None
    source = rule.selectors[0].source
    if named := _NAME.fullmatch(source):
        tag = named[1] or "div"
        attribute = "class" if named[2] == "." else "id"
        element = f'<{tag} {attribute}="{named[3]}">{body}</{tag}>'
    elif _TAG.fullmatch(source) and phrases:
        tag, element = source, f"<{source}>{body}</{source}>"
    else:
        return None
    if tag in _LINE_TAGS:
        return f"<div>{element}</div>" if not rule.heading else None
    if tag == "p" and rule.heading:
        return None
    wrapper = {"li": "<ul>{}</ul>", "td": "<table><tr>{}</tr></table>", "figcaption": "<figure>{}</figure>"}
    return wrapper.get(tag, "{}").format(element)


def notices(rules: Rules) -> list[tuple[str, str]]:
    """Each rule of a set with its notice, where it has one."""
    return [
        (rule.name(), notice)
        for file in rules.files
        for rule in file.remove
        if file.kind != "family" and rule.category != "chrome" and (notice := notice_for(rule)) is not None
    ]


# --- reading without cleanpage -------------------------------------------------------------------

_UNSEEN = frozenset(
    "script style template noscript svg iframe object audio video canvas select datalist head title noembed noframes rp".split()
)
_WITHIN_LINES = frozenset(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i img ins kbd label mark math mi q s samp small span "
    "strike strong sub sup time tt u var wbr o:p my-box my-word".split()
)
_SURROGATE = re.compile("[\ud800-\udfff]")
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)


def _shown(element: etree._Element) -> bool:
    if element.tag in _UNSEEN or (element.tag == "dialog" and element.get("open") is None):
        return False
    hidden = element.get("hidden")
    return (hidden is None or hidden == "until-found") and not _HIDDEN.search(element.get("style") or "")


def _texts(element: etree._Element) -> Iterable[str]:
    # An explicit stack: pages may be deeper than Python's.
    stack: list[Any] = [element]
    while stack:
        node = stack.pop()
        if isinstance(node, str):
            yield node
            continue
        if not isinstance(node.tag, str) or (node is not element and not _shown(node)):
            continue
        around = "" if node.tag in _WITHIN_LINES else "\n"
        parts: list[Any] = [around, node.text or ""]
        for child in node:
            parts += [child, child.tail or ""]
        stack.extend(reversed([*parts, around]))


def visible_text(html: str) -> str:
    """The text that a reader sees, with line ends around what is no inline element."""
    if not html.strip():
        return ""
    root = etree.fromstring(
        _SURROGATE.sub("\ufffd", html).encode().replace(b"\0", b""), etree.HTMLParser(encoding="utf-8", huge_tree=True)
    )
    if root is None:
        return ""
    body = root.find("body")
    return "".join(_texts(root if body is None else body))


def visible_words(html: str) -> list[str]:
    """The words that a reader sees."""
    return visible_text(html).split()


def is_subsequence(some: Iterable[str], every: Iterable[str]) -> bool:
    """Whether all of `some` stand in `every`, in this order."""
    rest = iter(every)
    return all(one in rest for one in some)


# --- rules that wait for one another -------------------------------------------------------------


@st.composite
def chains(draw: st.DrawFn) -> tuple[str, list[Any]]:
    """A page and rules of which each can only fire once the one before it has."""
    language = draw(st.sampled_from(["de", "en", "fr", "ru", "tr"]))
    rules: list[Any] = [".ad"]
    html = f"<p class=ad>{markup.escape(draw(sentences(language, 6, 9)))}</p>"
    for number in range(draw(st.integers(1, 4))):
        name = f"kette{number}"
        rest = markup.escape(draw(sentences(language, 1, 3)))
        kind = draw(st.integers(0, 4))
        tag = draw(st.sampled_from(["div", "section", "aside"]))
        if kind == 0:
            rules.append({"css": f".{name}", "max_words": 5})
            html = f"<{tag} class={name}>{rest}{html}</{tag}>"
        elif kind == 1:
            rules.append({"css": f".{name}", "starts": f"Beginn {number}"})
            html = f"<{tag} class={name}>{html}<p>Beginn {number}</p>{rest}</{tag}>"
        elif kind == 2:
            rules.append({"css": tag, "equals": f"Ganz {number}"})
            html = f"<{tag}>{html}<p>Ganz {number}</p></{tag}>"
        elif kind == 3:
            rules.append({"css": f".{name}", "heading": f"Kopf {number}"})
            html = f"<{tag} class={name}><h2 class=ad>Weg</h2>{html}<h3>Kopf {number}</h3>{rest}</{tag}>"
        else:
            rules.append(f".{name}:first-child")
            html = f"<{tag}>{html}<p class={name}>{rest}</p></{tag}>"
            break
    return f"<p>Vorweg</p>{html}<p>Danach</p>", draw(st.permutations(rules))
