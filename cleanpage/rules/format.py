"""The rule format, as data: which keys there are, what they hold, what they mean.

The reader checks files against these tables and the JSON Schema for editors is written from them, so the two cannot
say different things.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .model import CATEGORIES


@dataclass(frozen=True, slots=True)
class Key:
    """A key of a mapping: the shape of its value, and what it means."""

    name: str
    shape: str
    meaning: str


RULE = (
    Key("css", "text", "which elements: a CSS selector, or several with commas"),
    Key("xpath", "text", "which elements: an XPath expression, for what CSS cannot say"),
    Key("text", "texts", "a phrase the element's text contains; of a list, any"),
    Key("starts", "texts", "a phrase the element's text starts with; of a list, any"),
    Key("equals", "texts", "a phrase the element's whole text equals; of a list, any"),
    Key("heading", "texts", "a phrase the element's first heading, or its first block, equals; of a list, any"),
    Key("matches", "texts", "a regular expression (RE2) found in the element's text, case ignored; of a list, any"),
    Key("unless", "texts", "a CSS selector: not if anything in the element matches it"),
    Key("max_words", "number", "not if the element has more words than this"),
    Key("max_paragraphs", "count", "not if the element holds more paragraphs of running text than this"),
    Key("min_chars", "number", "not if the element has fewer characters of text than this"),
    Key(
        "teasers", "number", "only a list of at least so many teasers of other articles: alike, each a linked headline"
    ),
    Key("path", "texts", "a glob on the URL's path, such as /sport/*; of a list, any"),
    Key("path_matches", "texts", "a regular expression (RE2) found in the URL's path; of a list, any"),
    Key("page_has", "page", "only on pages in which something matches: a CSS selector or xpath:; of a list, any"),
    Key("domains", "sites", "the sites this rule is for: example.com, example.*; not there: ~shop.example.com"),
    Key("scope", "scope", "how much goes: self, closest <css>, up <n>, section, links, rest or preceding"),
    Key("since", "date", "the first day this layout was seen, YYYY-MM-DD"),
    Key("until", "date", "the last day this layout was seen, YYYY-MM-DD"),
)
LINE = (
    Key("line", "texts", "a phrase the line equals, leading bullets ignored; of a list, any"),
    Key("from", "texts", "a phrase the first line of a span contains; of a list, any"),
    Key("to", "texts", "a phrase the last line of a span contains; of a list, any"),
    Key("max_lines", "number", "the most lines a span may have, empty ones not counted (40 if not given)"),
    Key("since", "date", "the first day this was seen, YYYY-MM-DD"),
    Key("until", "date", "the last day this was seen, YYYY-MM-DD"),
)
CONTENT = (
    Key("css", "text", "the element that holds the article: a CSS selector"),
    Key("xpath", "text", "the element that holds the article: an XPath expression"),
    Key("path", "texts", "a glob on the URL's path, such as /sport/*; of a list, any"),
    Key("page_has", "page", "only on pages in which something matches: a CSS selector or xpath:; of a list, any"),
    Key("since", "date", "the first day this layout was seen, YYYY-MM-DD"),
    Key("until", "date", "the last day this layout was seen, YYYY-MM-DD"),
)
SELECTOR = (
    Key("css", "text", "a CSS selector"),
    Key("xpath", "text", "an XPath expression, for what CSS cannot say"),
)
VALUE = (
    Key("css", "text", "the element whose text it is: a CSS selector"),
    Key("xpath", "text", "an XPath expression that gives elements, attributes or a text"),
    Key("value", "text", "the value itself, for authors only: a site that one person writes"),
    Key("json_ld", "text", "a property of what the page's JSON-LD states of the article, such as headline"),
    *CONTENT[2:],
)
METADATA = (
    Key("title", "values", "where the article's title is; of a list, the first that gives a text"),
    Key("authors", "values", "where its authors are; of a list, the first that gives a text"),
    Key("published", "values", "where the day of its publication is; of a list, the first that gives a text"),
)
MARK = (Key("all", "selectors", "CSS selectors that must all match something in the page"),)
PAGE_TEST = (
    Key("url", "text", "the page's address"),
    Key("contains", "texts", "what the article must contain, all of a list"),
    Key("lacks", "texts", "what the cleaned page must be without, all of a list"),
)
EXAMPLE = (
    Key("html", "block", "a page, or a part of one"),
    Key("text", "block", "a text without markup, instead of html"),
    Key("url", "text", "the page's address, where it matters; else the first domain's"),
    Key("removes", "texts or none", "what must be gone"),
    Key("keeps", "texts or none", "what must still be there"),
)
FILE = (
    Key("publisher", "text", "the publisher's name"),
    Key("domains", "texts", "the sites this is for, with their subdomains"),
    Key("family", "text", "the family whose rules come first"),
    Key("marks", "marks", "families only: what pages of the family have, on whatever site; of a list, any"),
    Key("content", "content", "where the article is, when the generic search is not enough; of a list, the first"),
    Key(
        "metadata",
        "metadata",
        "where the article's title, authors and date are; asked before anything else on the page",
    ),
    Key("strip_attributes", "texts", "XPath expressions of attributes that the HTML is written without"),
    Key("remove", "categories of rules", "what to remove, by category"),
    Key("keep", "rules", "what is never removed, whatever matches inside or around it"),
    Key("lines", "categories of lines", "what to remove from text without markup, by category"),
    Key("examples", "examples", "pages or texts that show what the rules do"),
    Key("tests", "tests", "pages of the site, and what their articles contain; for tools that have them stored"),
)

CATEGORY = (
    Key("adblock", "category", "notices about ad blockers"),
    Key("subscription", "category", "paywall notices, subscription pitches and offers, prices, e-paper, gift articles"),
    Key("newsletter", "category", "newsletter pitches and forms"),
    Key("consent", "category", "cookie and privacy texts, and what stands for content that one must allow first"),
    Key("related", "category", "other articles: recommendations, most read, latest, topics, more by this author"),
    Key("social", "category", "buttons and labels for sharing, following, liking, copying the link, printing, saving"),
    Key("comments", "category", "readers' comments, their labels and rules"),
    Key("app", "category", "prompts to load an app or to allow notifications"),
    Key("login", "category", "prompts to log in or to register that are not tied to a subscription"),
    Key("donation", "category", "pleas to donate, to support, to become a member"),
    Key("ad", "category", "labels of advertisements, sponsored content, affiliate boxes, shops, job portals"),
    Key("feedback", "category", "was this helpful, report an error, surveys that are not about the article"),
    Key("player", "category", "the controls of audio, video and galleries: listen, loading, skip, slide counters"),
    Key("chrome", "category", "site furniture: menus, breadcrumbs, search, imprint, footers, tickers, edition pickers"),
)
SCOPE = (
    Key("self", "scope", "the element alone; so it is if nothing is said"),
    Key("closest <css>", "scope", "the nearest element around it, or itself, that the selector fits"),
    Key("up <n>", "scope", "the element so many levels above it"),
    Key("section", "scope", "the heading that it is or holds, and all up to the next heading of that rank"),
    Key("links", "scope", "it and the links right after it"),
    Key("rest", "scope", "it and all that follows it in its parent"),
    Key("preceding", "scope", "it and all that comes before it in its parent"),
)
# How values are called in the tables, and what is written for them.
SHAPES = {
    "text": "a text",
    "texts": "a text, or a list of them",
    "texts or none": "a text, or a list of them, which may be empty",
    "block": "a text, best as a block after a bar (`html: |`)",
    "number": "a whole number from 1",
    "count": "a whole number from 0",
    "date": "a day, `YYYY-MM-DD`",
    "scope": "one of the scopes below",
    "sites": "a domain, `example.com` or `example.*`, with `~` before it one that is left out; or a list of them",
    "page": "a CSS selector, or `css:` or `xpath:`, or a list of them",
    "content": "an entry as below, or a list of them",
    "values": "an entry as below, or a list of them",
    "metadata": "`title`, `authors` and `published`, as below",
    "marks": "a list of marks",
    "selectors": "a list of two or more CSS selectors",
    "rules": "a list of rules",
    "categories of rules": "categories, each with a list of rules",
    "categories of lines": "categories, each with a list of line rules",
    "examples": "a list of examples",
    "tests": "a list of tests",
}

SCOPES = ("self", "closest", "up", "section", "links", "rest", "preceding")
_SCOPE_PATTERN = r"^(self|section|links|rest|preceding|closest\s+\S.*|up\s+[1-9]\d{0,3})$"


def schema() -> dict[str, Any]:
    """The format as JSON Schema (draft 2020-12), for editors."""
    text: dict[str, Any] = {"type": ["string", "number", "boolean"], "minLength": 1}
    site: dict[str, Any] = {"type": "string", "pattern": r"^~?[^*~/:\s]+\.([^*~/:\s]+|\*)$"}
    shapes: dict[str, Any] = {
        "text": text,
        "block": text,
        "texts": {"anyOf": [text, {"type": "array", "items": text, "minItems": 1}]},
        "sites": {"anyOf": [site, {"type": "array", "items": site, "minItems": 1}]},
        "texts or none": {"anyOf": [text, {"type": "array", "items": text}]},
        "number": {"type": "integer", "minimum": 1},
        "count": {"type": "integer", "minimum": 0},
        "date": {"type": "string", "format": "date"},
        "scope": {"type": "string", "pattern": _SCOPE_PATTERN},
        "selectors": {"type": "array", "items": text, "minItems": 2},
        "marks": {"type": "array", "items": {"$ref": "#/$defs/mark"}, "minItems": 1},
        "content": _one_or_more("content"),
        "page": _one_or_more("selector"),
        "values": _one_or_more("value"),
        "metadata": {"$ref": "#/$defs/metadata"},
        "tests": {"type": "array", "items": {"$ref": "#/$defs/test"}, "minItems": 1},
        "rules": {"type": "array", "items": {"$ref": "#/$defs/rule"}, "minItems": 1},
        "categories of rules": _by_category("rule"),
        "categories of lines": _by_category("line"),
        "examples": {"type": "array", "items": {"$ref": "#/$defs/example"}, "minItems": 1},
    }

    def mapping(keys: tuple[Key, ...]) -> dict[str, Any]:
        return {
            "type": "object",
            "additionalProperties": False,
            "properties": {key.name: {**shapes[key.shape], "description": key.meaning} for key in keys},
        }

    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "cleanpage rule file",
        **mapping(FILE),
        "$defs": {
            "rule": {"anyOf": [{**text, "description": "a CSS selector"}, mapping(RULE)]},
            "line": {**mapping(LINE), "anyOf": [{"required": ["line"]}, {"required": ["from", "to"]}]},
            "content": {"anyOf": [{**text, "description": "a CSS selector"}, mapping(CONTENT)]},
            "selector": {"anyOf": [{**text, "description": "a CSS selector"}, mapping(SELECTOR)]},
            "value": {"anyOf": [{**text, "description": "a CSS selector"}, mapping(VALUE)]},
            "metadata": mapping(METADATA),
            "mark": {"anyOf": [{**text, "description": "a CSS selector"}, {**mapping(MARK), "required": ["all"]}]},
            "test": {**mapping(PAGE_TEST), "required": ["url"]},
            "example": {**mapping(EXAMPLE), "anyOf": [{"required": ["html"]}, {"required": ["text"]}]},
        },
    }


def _one_or_more(item: str) -> dict[str, Any]:
    one = {"$ref": f"#/$defs/{item}"}
    return {"anyOf": [one, {"type": "array", "items": one, "minItems": 1}]}


def _by_category(item: str) -> dict[str, Any]:
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            category: {"type": "array", "items": {"$ref": f"#/$defs/{item}"}, "minItems": 1} for category in CATEGORIES
        },
    }
