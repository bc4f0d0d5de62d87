"""What an article is called, who wrote it and when: found in what the page says of itself.

For each field the sources are asked in turn, the most trustworthy first, and the first that says something usable
counts: the publisher's rules, statements in JSON-LD, `meta` elements, microdata, and what a reader sees.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cached_property
from urllib.parse import urljoin, urlsplit

from lxml import etree

from ..result import Metadata
from ..rules.phrases import fold
from . import titles
from .dates import date_in_url, parse_date
from .markup import Markup
from .names import distinct, names_in, persons
from .publisher import Given
from .statements import Statements, Thing, texts, types_of
from .vocabulary import vocabulary

_TAG = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z]{4})?(?:[-_](?:[A-Za-z]{2}|\d{3}))?")
_MAX_URL = 2000
_MAX_CANDIDATES = 100
# Names of the site that are compared, and their characters.
_MAX_SITES, _MAX_NAME = 20, 200


def find_metadata(root: etree._Element, url: str | None = None, given: Given | None = None) -> Metadata:
    """The metadata of a page. Whatever the page holds, nothing is raised; what is not found is empty.

    Args:
        root: the page's tree, as it was parsed; it is not changed.
        url: the page's address.
        given: what the publisher's rules find.
    """
    return _Search(root, url or "", given or Given()).metadata()


class _Search:
    def __init__(self, root: etree._Element, url: str, given: Given) -> None:
        self.address = url[:_MAX_URL]
        self.given = given
        self.markup = Markup(root)
        self.statements = Statements(root)

    def metadata(self) -> Metadata:
        language = self.language()
        return Metadata(
            title=self.title(),
            authors=self.authors(),
            published=self.published(language),
            modified=self.modified(language),
            language=language,
            site=next(self.site_names(), ""),
            url=self.url,
            description=self.description(),
            image=self.image(),
        )

    @cached_property
    def articles(self) -> list[Thing]:
        return self.statements.articles([self.address, self.markup.link("canonical"), *self.meta("url")])

    def meta(self, field: str) -> Iterator[str]:
        """What the `meta` elements say for a field, one after the other."""
        return (text for values in self.markup.said(field) for text in values)

    def stated(self, *names: str) -> Iterator[str]:
        """The texts that statements about the article hold under some names."""
        return (text for article in self.articles for name in names for text in texts(article.get(name)))

    # --- the site and the page -----------------------------------------------------------------

    def site_names(self) -> Iterator[str]:
        """Names of the site, the best first."""
        yield from next(self.markup.said("site"), ())
        yield from self.statements.sites()
        yield from self.meta("site")

    @cached_property
    def sites(self) -> tuple[str, ...]:
        """All names of the site, those of its host among them."""
        host = _host(self.url) or _host(self.address)
        bare = host.removeprefix("www.")
        labels = bare.split(".")
        short = [labels[-2], labels[0]] if len(labels) > 1 else []
        named = [name[:_MAX_NAME] for _, name in zip(range(_MAX_SITES), self.site_names(), strict=False)]
        plain = [name.partition(" (")[0] for name in named]
        return tuple(dict.fromkeys((*named, *plain, host, bare, *short)))

    @cached_property
    def url(self) -> str:
        """The canonical address, where the page names one that can be true."""
        said = (self.markup.link("canonical"), *self.meta("url"), *self.stated("url"))
        return next((found for one in said if (found := self.absolute(one))), "") or self.absolute(self.address)

    def absolute(self, url: str) -> str:
        """An address in full, empty if it is none of the web."""
        try:
            joined = urljoin(self.address, url.strip()[:_MAX_URL]) if url.strip() else ""
            parts = urlsplit(joined)
        except ValueError:
            return ""
        fine = parts.scheme in ("http", "https") and parts.netloc and not re.search(r"[\s<>\"]", joined)
        return joined if fine else ""

    def language(self) -> str:
        said = (self.markup.language, *self.meta("language"), *self.stated("inLanguage"))
        return next((tag for one in said if (tag := language_tag(one))), "")

    def description(self) -> str:
        return next((text for text in (*self.meta("description"), *self.stated("description"))), "")

    def image(self) -> str:
        said = [*self.meta("image")]
        for article in self.articles:
            said += [
                text
                for one in self.statements.things(article.get("image"))
                for name in ("url", "contentUrl", "name", "@id")
                for text in texts(one.get(name))
            ]
        return next((found for one in said if (found := self.absolute(one))), "")

    # --- the article ---------------------------------------------------------------------------

    def title(self) -> str:
        for text in self.given.title:
            return titles.without_site(text, self.sites)
        said = [self._title(source) for source in (self.meta("title"), self.stated("headline"), [self.markup.title])]
        headings = [one for one in self.markup.headings if titles.bare_name(one) not in self._bare_sites]
        first = headings[:1] or [""]
        social, headline, page = (
            titles.without_site(one, self.sites, said[:place] + said[place + 1 :] + first)
            for place, one in enumerate(said)
        )
        bare = [titles.without_site(one, self.sites, said) for one in headings]
        return titles.chosen(social, headline, bare, page, is_news=self._is_news)

    @property
    def _is_news(self) -> bool:
        """Whether the page states that it is a news article."""
        types = types_of(self.articles[0]) if self.articles else ()
        return any(vocabulary().types.get(name) == 0 for name in types)

    def _title(self, source: Iterable[str]) -> str:
        """The first title of a source that is not only the site's name."""
        return next((title for title in source if titles.bare_name(title) not in self._bare_sites), "")

    def authors(self) -> tuple[str, ...]:
        for source in self._authors():
            names = distinct(source)
            if names:
                return tuple(persons(names, self.sites))
        return ()

    def _authors(self) -> Iterator[list[str]]:
        """Who may be the authors, source by source, the best first."""
        yield [name for text in self.given.authors for name in names_in(text, self.sites, stated=True)]
        found = [*self._stated_authors(), *self._meta_authors()]
        weak = [names for names in found if not any(map(self._is_person, names))]
        yield from (names for names in found if names not in weak)
        yield from self.markup.bylines(self.sites)
        yield from weak
        yield from self.markup.lines_by(self.sites)

    @cached_property
    def _bare_sites(self) -> frozenset[str]:
        return frozenset(map(titles.bare_name, self.sites))

    def _is_person(self, name: str) -> bool:
        return titles.bare_name(name) not in self._bare_sites and fold(name) not in vocabulary().agencies

    def _stated_authors(self) -> Iterator[list[str]]:
        for article in self.articles:
            for name in ("author", "creator"):
                yield [one for thing in self.statements.things(article.get(name)) for one in self._names_of(thing)]

    def _names_of(self, thing: Thing) -> list[str]:
        named = list(texts(thing.get("name")))
        if not named:
            parts = [text for name in ("givenName", "familyName") for text in texts(thing.get(name))]
            named = [" ".join(parts)]
        if not vocabulary().bodies.isdisjoint(types_of(thing)):
            return named
        return [one for text in named for one in names_in(text, self.sites, stated=True)]

    def _meta_authors(self) -> Iterator[list[str]]:
        for values in self.markup.said("authors"):
            yield [name for text in values for name in names_in(text, self.sites, stated=True)]

    def published(self, language: str) -> datetime | None:
        said = (
            self.given.published,
            self.stated("datePublished"),
            self.meta("published"),
            titles.dates_at_end(self.markup.title),
            self.markup.dates("published"),
            self.stated("dateCreated", "uploadDate"),
        )
        named = _first_date(said, language) or date_in_url(_path(self.address) or _path(self.url))
        return named or _first_date((self.markup.dated_lines(),), language)

    def modified(self, language: str) -> datetime | None:
        return _first_date(
            (self.stated("dateModified"), self.meta("modified"), self.markup.dates("modified")), language
        )


def _first_date(sources: Iterable[Iterable[str]], language: str) -> datetime | None:
    for source in sources:
        for _, text in zip(range(_MAX_CANDIDATES), source, strict=False):
            found = parse_date(text, language)
            if found is not None:
                return found
    return None


def language_tag(text: str) -> str:
    """A language as BCP 47 writes it, such as `de-AT` for `de_at`; empty if the text names none."""
    found = _TAG.fullmatch(re.split("[,;]", text[:100], maxsplit=1)[0].strip())
    if found is None:
        return ""
    language, *rest = re.split("[-_]", found[0])
    return "-".join([language.lower(), *(part.title() if len(part) == 4 else part.upper() for part in rest)])


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "") if url else ""
    except ValueError:
        return ""


def _path(url: str) -> str:
    try:
        return urlsplit(url).path
    except ValueError:
        return ""
