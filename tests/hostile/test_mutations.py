"""What never breaks, on inputs that were spoiled: `benchmarks/mutations.py` does the same a million times."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleanpage import Cleaner, PageError, Rules

from . import entries, mutations

BUILTIN = Cleaner()
EMPTY = Cleaner(Rules())
RANDOMS = st.randoms(use_true_random=False)


def some_page(random: Random) -> bytes:
    kept = entries.corpus("page")
    data = random.choice(kept) if random.randint(0, 2) else mutations.made(random, 3)
    return mutations.mutated(random, data, kept)


@settings(max_examples=60)
@given(RANDOMS)
def test_pages(random: Random) -> None:
    data = some_page(random)
    try:
        once = BUILTIN.clean(data, url=entries.URL)
    except PageError:
        return
    assert entries.forms(BUILTIN.clean(data, url=entries.URL)) == entries.forms(once)
    try:
        read = EMPTY.clean(once.html)
    except PageError as error:
        assert error.limit == "empty"
        assert once.text == ""
        return
    if (read.text, read.html) == (once.text, once.html):  # libxml2 does not always read what it has written
        twice = BUILTIN.clean(once.html, url=entries.URL)
        assert (twice.text, twice.html) == (once.text, once.html)
    entries.forms(BUILTIN.extract(data, url=entries.URL))


@pytest.mark.parametrize("name", [name for name in entries.ENTRIES if name != "page"])
def test_entries(name: str) -> None:
    @settings(max_examples=12)
    @given(RANDOMS)
    def entry_takes(random: Random) -> None:
        kept = entries.corpus(name)
        data = mutations.mutated(random, random.choice(kept), kept, markup=name in entries.MARKUP)
        entries.ENTRIES[name](data)

    entry_takes()


@pytest.mark.parametrize("mutation", [*mutations.BYTES, *mutations.MARKUP], ids=lambda one: one.__name__)
def test_a_mutation_takes_anything_and_is_the_same_again(mutation: mutations.Mutation) -> None:
    changed = 0
    for number, data in enumerate([b"", b"<", *entries.corpus("page")] * 3):
        one, other = mutation(Random(number), data), mutation(Random(number), data)
        assert one == other
        changed += one != data
    assert changed
