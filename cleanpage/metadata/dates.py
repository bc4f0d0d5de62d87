"""Dates as pages write them: ISO 8601 and what resembles it, RFC 2822, numbers of seconds, and words."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo

from ..rules.phrases import fold
from .vocabulary import vocabulary

# A date is short; what is longer holds one among other words, and is looked through only so far.
LONGEST = 200
_TIME = (
    r"(?<!\d)(?P<hour>[01]?\d|2[0-4])(?:\s?[:.h時시]\s?(?P<minute>[0-5]\d)分?분?)(?:[:.](?P<second>[0-5]\d|60)(?:[.,](?P<part>\d{1,9})\d*)?)?"
    r"(?!\d|[./]\d)\s?(?P<half>[ap]\.?\s?m\b\.?)?\s?(?P<zone>(?:(?:utc|gmt)\s?)?[+-]\d\d?:?(?:\d\d)?(?!\d)|[A-Za-z]{1,4}\b)?"
)
_CLOCK = re.compile(_TIME, re.I)
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_ISO = re.compile(rf"(?<!\d){_YEAR}(?P<mark>[-/.])(?P<month>\d\d?)(?P=mark)(?P<day>\d\d?)(?!\d)")
_COMPACT = re.compile(
    rf"{_YEAR}(?P<month>\d\d)(?P<day>\d\d)(?:T?(?P<clock>\d{{4}}(?:\d\d)?)(?P<zone>Z|[+-]\d\d:?\d\d)?)?"
)
_IDEOGRAPHIC = re.compile(rf"{_YEAR}\s?[年년]\s?(?P<month>\d\d?)\s?[月월]\s?(?P<day>\d\d?)\s?[日일]?")
_NUMERIC = re.compile(rf"(?<!\d)(?P<first>\d\d?)(?P<mark>[-/.])\s?(?P<second>\d\d?)(?P=mark)\s?{_YEAR}(?!\d)")
_DAY_FIRST = re.compile(
    r"(?<!\d)(?P<day>\d\d?)(?:st|nd|rd|th|er|º|ª)?[.,]?[\s-](?:de |of )?"
    rf"(?P<month>[^\W\d_]{{3,15}})\.?,?[\s-](?:de |del )?{_YEAR}"
)
_MONTH_FIRST = re.compile(rf"(?P<month>[^\W\d_]{{3,15}})\.?\s(?P<day>\d\d?)(?:st|nd|rd|th)?,?\s{_YEAR}")
# As `date` and Java write it: Fri Apr 28 19:20:36 CEST 2023.
_UNIX = re.compile(
    rf"(?P<month>[a-z]{{3}}) (?P<day>\d\d?) (?P<clock>\d\d:\d\d:\d\d)(?: (?P<zone>[a-z]{{1,5}}|[+-]\d{{4}}))? {_YEAR}"
)
_EPOCH = re.compile(r"(?P<seconds>\d{10})(?P<part>\d{3})?(?:\.\d*)?")
_IN_URL = re.compile(
    rf"(?:^|[/_-]){_YEAR}(?P<mark>[-/_])(?P<month>0?[1-9]|1[0-2])(?P=mark)(?P<day>0?[1-9]|[12]\d|3[01])(?!\d)"
)
_IN_URL_COMPACT = re.compile(r"(?<!\d)(?P<year>20[0-4]\d)(?P<month>0[1-9]|1[0-2])(?P<day>0[1-9]|[12]\d|3[01])(?!\d)")
_LAST_YEAR = 2099


def parse_date(text: str, language: str | None = None) -> datetime | None:
    """The date that a text is or begins with, aware of its time zone; UTC where the text names none.

    Args:
        text: such as `2024-04-28T10:00+02:00`, `28. April 2024, 10.00 Uhr` or `1714298400`; at most `LONGEST`
            characters of it are read.
        language: the page's, as BCP 47: whether 4/5/2024 is in April or in May.

    Returns:
        None if there is no date in it that can be true.
    """
    text = " ".join(text[: LONGEST * 2].split())[:LONGEST]
    if not any(map(str.isdigit, text)):
        return None
    if (compact := _COMPACT.fullmatch(text)) is not None and (found := _of_compact(compact)) is not None:
        return found
    if (epoch := _EPOCH.fullmatch(text)) is not None:
        return _of_seconds(int(epoch["seconds"]), int(epoch["part"] or 0))
    folded = fold(text)
    if (unix := _UNIX.search(folded)) is not None and unix["month"] in vocabulary().months:
        day = _day(unix["year"], vocabulary().months[unix["month"]], unix["day"])
        return day and _at(day, f"{unix['clock']} {unix['zone'] or ''}")
    return _of_words(folded, language)


def date_in_url(path: str) -> datetime | None:
    """The day that a URL's path names, as in `/2024/04/28/` or `-20240428`; None if it names none."""
    path = path[:2000]
    found = _IN_URL.search(path) or _IN_URL_COMPACT.search(path)
    return None if found is None else _day(found["year"], int(found["month"]), found["day"])


def _of_words(folded: str, language: str | None) -> datetime | None:
    for pattern in (_ISO, _IDEOGRAPHIC):
        if (found := pattern.search(folded)) is not None:
            return _with_clock(_day(found["year"], int(found["month"]), found["day"]), folded, found.end())
    months = vocabulary().months
    for pattern in (_DAY_FIRST, _MONTH_FIRST):
        for found in pattern.finditer(folded):
            if found["month"] in months:
                return _with_clock(_day(found["year"], months[found["month"]], found["day"]), folded, found.end())
    if (found := _NUMERIC.search(folded)) is not None:
        return _with_clock(_of_numbers(found, language), folded, found.end())
    return None


def _of_numbers(found: re.Match[str], language: str | None) -> datetime | None:
    first, second = int(found["first"]), int(found["second"])
    month_first = found["mark"] == "/" and (language or "").casefold() in vocabulary().month_first
    if (month_first and first <= 12) or second > 12:
        first, second = second, first
    return _day(found["year"], second, str(first))


def _of_seconds(seconds: int, milliseconds: int) -> datetime | None:
    found = datetime.fromtimestamp(seconds, UTC) + timedelta(milliseconds=milliseconds)
    return found if found.year <= _LAST_YEAR else None


def _of_compact(found: re.Match[str]) -> datetime | None:
    day, clock = _day(found["year"], int(found["month"]), found["day"]), found["clock"]
    if day is None or clock is None:
        return day
    return _at(day, ":".join((clock[:2], clock[2:4], clock[4:] or "00")) + (found["zone"] or ""))


def _day(year: str, month: int, day: str) -> datetime | None:
    try:
        return datetime(int(year), month, int(day), tzinfo=UTC)
    except ValueError:
        return None


# How far from a date its time may stand: "28 April 2024 - Updated at 10:00".
_NEAR = 24


def _with_clock(day: datetime | None, folded: str, end: int) -> datetime | None:
    if day is None:
        return None
    found = _CLOCK.search(folded, end)
    if found is None or found.start() - end > _NEAR:
        return day
    return _timed(day, found)


def _at(day: datetime, clock: str) -> datetime:
    found = _CLOCK.match(clock)
    return day if found is None else _timed(day, found)


def _timed(day: datetime, found: re.Match[str]) -> datetime:
    hour, half = int(found["hour"]), (found["half"] or "")[:1].casefold()
    if half and 1 <= hour <= 12:
        hour = hour % 12 + (12 if half == "p" else 0)
    micro = int(((found["part"] or "0") + "000000")[:6])
    clock = timedelta(hours=hour, minutes=int(found["minute"]), seconds=int(found["second"] or 0), microseconds=micro)
    try:
        return day.replace(tzinfo=_zone(found["zone"])) + clock
    except OverflowError:
        return day


def _zone(name: str | None) -> tzinfo:
    """A time zone by its name or offset; UTC for one that is not known."""
    if not name:
        return UTC
    offset = re.search(r"([+-])(\d\d?):?(\d\d)?$", name)
    if offset is None:
        return vocabulary().zones.get(name.upper(), UTC)
    delta = timedelta(hours=int(offset[2]), minutes=int(offset[3] or 0))
    if delta >= timedelta(hours=15):
        return UTC
    return timezone(-delta if offset[1] == "-" else delta) if delta else UTC
