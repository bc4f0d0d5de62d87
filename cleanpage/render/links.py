"""Addresses that may be written: of links, and of images."""

from __future__ import annotations

import re
from urllib.parse import urljoin

from lxml import etree

_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.I)
_LINK_SCHEMES = frozenset(("http", "https", "mailto", "tel", "ftp"))
_IMAGE_SCHEMES = frozenset(("http", "https"))
# Pictures without scripts: the kinds that Markdown parsers show, too.
_IMAGE_DATA = re.compile(r"data:image/(?:gif|png|jpeg|webp);", re.I)
# What browsers take out of an address before they read it.
_DROPPED = re.compile("[\t\n\r]")
_AROUND = "".join(map(chr, range(0x21)))
# A page may have any number of links, and each may be written with its base before it.
_LONGEST_BASE = 250


def base_of(root: etree._Element, url: str | None) -> str | None:
    """What a page's relative addresses are relative to; None if that is not known.

    Args:
        root: the page's root element.
        url: the page's own address.
    """
    if url is None or not url.lower().startswith(("http://", "https://")):
        return None
    stated = root.find("head/base[@href]")
    href = stated.get("href", "") if stated is not None else ""
    return _absolute(href, url) if href and len(href) <= _LONGEST_BASE else url


def safe_link(href: str | None, base: str | None = None) -> str | None:
    """The address of a link, None for one that leads nowhere or runs a script.

    Args:
        href: the attribute.
        base: what a relative address is relative to; without it such an address stays as it is.
    """
    return _safe(href, base, _LINK_SCHEMES)


def safe_image(image: etree._Element, base: str | None = None, *, data: bool = False) -> str | None:
    """The address of an image, None if it has none.

    Args:
        image: the element.
        base: what a relative address is relative to; without it such an address stays as it is.
        data: whether a picture that is written out in its address will do.
    """
    source = image.get("src", "").strip(_AROUND)
    if data and _IMAGE_DATA.match(source):
        return _DROPPED.sub("", source)
    found = _safe(source, base, _IMAGE_SCHEMES)
    if found is None:  # lazy pages have a blank picture there
        candidates = image.get("srcset", "").split(None, 1)
        found = _safe(candidates[0].rstrip(","), base, _IMAGE_SCHEMES) if candidates else None
    return found


def _safe(address: str | None, base: str | None, schemes: frozenset[str]) -> str | None:
    if not address:
        return None
    address = _DROPPED.sub("", address.strip(_AROUND))
    scheme = _SCHEME.match(address)
    if not address or (scheme is not None and scheme[1].lower() not in schemes):
        return None
    return address if base is None or scheme is not None else _absolute(address, base)


def _absolute(address: str, base: str) -> str:
    try:
        return urljoin(base, address)
    except ValueError:  # no address at all, such as a bracket that nothing closes
        return address
