"""The sites a single rule is for: `example.com`, `example.*`, `~shop.example.com`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

_LABEL = r"[^\W_](?:[\w-]*[^\W_])?"
_ENTRY = re.compile(rf"~?(?:(?:{_LABEL}\.)+(?:\*|[^\W\d_][\w-]*[^\W_])|{_LABEL}\.\*|(?:\d{{1,3}}\.){{3}}\d{{1,3}})")
# What `.*` stands for where a host ends in two labels: co.uk, com.au, ne.jp.
_LONGEST_SECOND_LEVEL, _COUNTRY = 3, 2


def is_entry(text: str) -> bool:
    """Whether a text is a domain, a name with `.*` for any public suffix, or one of these after `~`."""
    return _ENTRY.fullmatch(text) is not None


def names_of(host: str) -> tuple[str, ...]:
    """Every entry that means a host, the most specific first.

    >>> names_of("www.example.co.uk")[:4]
    ('www.example.co.uk', 'www.example.*', 'www.example.co.*', 'example.co.uk')
    """
    labels = host.split(".") if host else []
    ends = [len(labels) - 1] if len(labels) > 1 else []
    if len(labels) > 2 and len(labels[-1]) == _COUNTRY and len(labels[-2]) <= _LONGEST_SECOND_LEVEL:
        ends.insert(0, len(labels) - 2)
    names = []
    for start in range(len(labels)):
        names.append(".".join(labels[start:]))
        names += [".".join([*labels[start:end], "*"]) for end in ends if start < end]
    return tuple(names)


@dataclass(frozen=True, slots=True)
class Sites:
    """Sites a rule is for, made ready: deciding on a host takes a few look-ups, however many there are.

    Attributes:
        holds: for each domain, whether the rule holds there.
        elsewhere: whether it holds where none of them decides.
    """

    holds: dict[str, bool]
    elsewhere: bool

    @classmethod
    def of(cls, domains: Iterable[str]) -> Self:
        holds = {domain.removeprefix("~"): not domain.startswith("~") for domain in domains}
        return cls(holds, not any(holds.values()))

    def include(self, names: Iterable[str]) -> bool:
        """Whether the rule holds on a host, given by its `names_of`. The most specific entry decides."""
        holds = self.holds
        for name in names:
            verdict = holds.get(name)
            if verdict is not None:
                return verdict
        return self.elsewhere
