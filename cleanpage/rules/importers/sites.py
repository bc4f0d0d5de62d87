"""Site files of Full-Text RSS, read: lines of `directive: value`, each file named after the host it is for.

What the lines mean is said by the help page of Full-Text RSS and by graby, the free program that reads the same
files: empty lines and those that begin with `#` are left out, a line is split at its first colon, and
`if_page_contains` belongs to the directive right before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

from ...errors import CleanpageError
from ..reader import is_domain

# What becomes a part of a rule file.
IMPORTED = (
    "body", "strip", "strip_id_or_class", "strip_attr", "title", "author", "date", "if_page_contains", "test_url",
    "test_contains",
)  # fmt: skip
# What steers fetching, repairing and joining pages, which is another program's work.
SKIPPED = frozenset(
    "autodetect_next_page autodetect_on_failure convert_double_br_tags dissolve find_string footnotes http_header "
    "insert_detected_image login_extra_fields login_password_field login_uri login_username_field move_into "
    "native_ad_clue next_page_link not_logged_in_xpath parser post_strip_attr prune replace_string requires_login "
    "single_page_link single_page_link_in_feed skip_id_or_class skip_json_ld src_lazy_load_attr strip_comments "
    "strip_image_src tidy wrap_in".split()
)
MAX_BYTES = 1024 * 1024
MAX_LINE = 8192
_LINE_END = re.compile(r"\r\n|\r|\n")
_DIRECTIVE = re.compile(r"(?P<name>[^:(]*)(?:\(.*\)\s*)?:(?P<value>.*)", re.S)
_BINARY = re.compile("[\0-\x08\x0e-\x1a\x1c-\x1f]")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Something that could not be imported, and why.

    Attributes:
        file: the site file's name.
        line: counted from 1.
        directive: its name as written; empty for the file as a whole.
        reason: in words.
    """

    file: str
    line: int
    directive: str
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.directive + ': ' if self.directive else ''}{self.reason}"


@dataclass(frozen=True, slots=True)
class Directive:
    """A line of a site file.

    Attributes:
        name: the directive.
        value: what stands after its colon.
        condition: the `if_page_contains` that belongs to it.
    """

    file: str
    line: int
    name: str
    value: str
    condition: Directive | None = None


@dataclass(slots=True)
class SiteFile:
    """A site file.

    Attributes:
        name: the file's name.
        domain: the host it is for, without `www.`; empty if its name says none.
        directives: those that are imported, in their order.
        skipped: the names of those that are another program's work, one for each line.
        refused: the lines that are no directive, or the whole file.
    """

    name: str
    domain: str = ""
    directives: list[Directive] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)

    @property
    def rank(self) -> tuple[int, str]:
        """An order of files for the same domain: the plain name, the one for subdomains, others."""
        return (0 if self.name == f"{self.domain}.txt" else 1 if self.name.startswith(".") else 2), self.name


def read_folder(folder: Path) -> Iterator[SiteFile]:
    """Read the site files in a folder, in the order of their names.

    Raises:
        CleanpageError: there is no such folder, or no site file in it.
    """
    if not folder.is_dir():
        raise CleanpageError(f"there are no site files at {folder}: no such folder")
    paths = sorted(path for path in folder.iterdir() if path.suffix == ".txt" and path.is_file())
    if not paths:
        raise CleanpageError(f"there are no site files at {folder}: the folder holds no .txt file")
    return map(read_site, paths)


def read_site(path: Path) -> SiteFile:
    """Read a site file. What is wrong with it stands in `refused`."""
    site = SiteFile(path.name, domain_of(path.name))
    text = _text(path, site)
    waiting: Directive | None = None
    for number, line in enumerate(_LINE_END.split(text), 1):
        if len(line) > MAX_LINE:
            site.refused.append(Refusal(site.name, number, "", f"a line of more than {MAX_LINE:,} characters"))
            continue
        refused = len(site.refused)
        directive = _directive(line, number, site)
        if directive is None:
            if len(site.refused) > refused:
                waiting = None  # a condition behind it is about something unknown
            continue
        if directive.name == "if_page_contains":
            _bind(directive, waiting, site)
        elif directive.name in SKIPPED:
            site.skipped.append(directive.name)
        else:
            site.directives.append(directive)
        waiting = directive
    return site


def domain_of(name: str) -> str:
    """The domain that a site file's name says, empty for none.

    `example.com.txt` is for example.com and www.example.com, `.example.com.txt` for its other subdomains. Rule files
    know domains with all of their subdomains, so both become example.com.
    """
    host = name.removesuffix(".txt").lower().removeprefix(".").removeprefix("www.")
    # Full-Text RSS names files for systems, which it knows by their markup, like hosts.
    return host if is_domain(host) and not host.startswith("fingerprint.") else ""


def _text(path: Path, site: SiteFile) -> str:
    def refuse(reason: str, line: int = 1) -> str:
        site.refused.append(Refusal(site.name, line, "", reason))
        return ""

    try:
        if path.stat().st_size > MAX_BYTES:
            return refuse(f"the file is larger than {MAX_BYTES:,} bytes")
        data = path.read_bytes()
    except OSError as error:
        return refuse(f"the file cannot be read: {error.strerror}")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        binary = _BINARY.search(data[:4096].decode("latin-1"))
        line = data.count(b"\n", 0, error.start) + 1
        return refuse("a binary file") if binary else refuse("the file is not UTF-8: save it as UTF-8", line)
    if "\0" in text:
        return refuse("a binary file")
    return text if text.strip() else refuse("the file is empty")


def _directive(line: str, number: int, site: SiteFile) -> Directive | None:
    """What a line says; None for nothing that counts."""
    if not line.strip() or line.lstrip().startswith("#"):
        return None
    found = _DIRECTIVE.fullmatch(line)
    if found is None:
        site.refused.append(Refusal(site.name, number, "", "no directive: a line is `name: value`"))
        return None
    name = found["name"].strip()
    if name in IMPORTED or name in SKIPPED:
        return Directive(site.name, number, name, found["value"].strip())
    near = get_close_matches(name, [*IMPORTED, *SKIPPED], 1, 0.6)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    site.refused.append(Refusal(site.name, number, name[:80], f"unknown directive{hint}"))
    return None


def _bind(condition: Directive, before: Directive | None, site: SiteFile) -> None:
    """Give a condition to the directive it stands behind."""
    if before is not None and before.name in SKIPPED:
        site.skipped.append(condition.name)  # it goes with what it is about
    elif before is not None and site.directives and site.directives[-1] is before:
        site.directives[-1] = Directive(before.file, before.line, before.name, before.value, condition)
    else:
        site.directives.append(condition)  # it belongs to nothing; who reads on says so
