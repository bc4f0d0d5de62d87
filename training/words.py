"""What words say of the blocks they stand in: weights of words, fitted."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.sparse

from cleanpage.article.blocks import Blocks
from cleanpage.article.naming import THOUSANDTHS, Naming, name_words
from cleanpage.article.vocabulary import Lexicon, Vocabulary, text_words

if TYPE_CHECKING:
    from .data import LabelledPage

# The strength of the penalty on weights: the smaller, the fewer words count.
NAMES_C, TEXTS_C = 0.01, 0.3
# On how many domains a word, or a kind of pages, must stand to count at all.
LEAST_DOMAINS, LEAST_DOMAINS_OF_KIND = 6, 40
# Before a word of a name: whether it is one of the block's own elements, or of any around it.
OWN, AROUND = "own ", "around "
_LARGEST = 30_000  # thousandths


@dataclass
class Counted:
    """Which words stand at each block of a page, and how often.

    Attributes:
        words: all of them.
        begins: for each block where its entries begin, and where the last ones end.
        places: of each entry the place of its word.
        counts: of each entry how often the word counts.
    """

    words: list[str]
    begins: Any
    places: Any
    counts: Any


def _counted(blocks: Iterable[dict[str, float]]) -> Counted:
    known: dict[str, int] = {}
    begins, places, counts = [0], [], []
    for block in blocks:
        for word, count in block.items():
            places.append(known.setdefault(word, len(known)))
            counts.append(count)
        begins.append(len(places))
    return Counted(list(known), np.array(begins), np.array(places, dtype=np.int32), np.array(counts))


def words_of_names(blocks: Blocks) -> Counted:
    """The words that `Naming.scores` counts."""
    kinds, kind_of = blocks.outline.kinds
    words = [sorted(name_words(facts)) for facts in kinds]
    around: dict[int, Counter[str]] = {}

    def enclosing(element: int) -> Counter[str]:
        if element not in around:
            own = Counter(AROUND + word for word in words[kind_of[element]])
            around[element] = own + enclosing(int(blocks.parents[element])) if element else own
        return around[element]

    def of_block(element: int) -> Counter[str]:
        near = Counter(OWN + word for number in (element, blocks.parents[element]) for word in words[kind_of[number]])
        return near + enclosing(element)

    for element in range(len(blocks.parents)):  # from the outside to the inside, so that nothing recurses deeply
        enclosing(element)
    return _counted(map(of_block, blocks.element.tolist()))


def words_of_texts(folded: Iterable[str]) -> Counted:
    """The words that `Lexicon.scores` counts, each by its share in the score."""
    found = (sorted(text_words(text)) for text in folded)
    return _counted({word: 1 / np.sqrt(len(words)) for word in words} for words in found)


# --- fitting -----------------------------------------------------------------------------------


class Table:
    """The words of many pages: a row for each block, a column for each word that enough domains use.

    Args:
        pages: the pages.
        counted: the words of each.
    """

    def __init__(self, pages: Sequence[LabelledPage], counted: Sequence[Counted]) -> None:
        domains = defaultdict(set)
        for page, one in zip(pages, counted, strict=True):
            for word in one.words:
                domains[word].add(page.domain)
        self.words = sorted(word for word, users in domains.items() if len(users) >= LEAST_DOMAINS)
        place_of = {word: place for place, word in enumerate(self.words)}
        parts = []
        for one in counted:
            place = np.array([place_of.get(word, -1) for word in one.words], dtype=np.int64)[one.places]
            row = np.repeat(np.arange(len(one.begins) - 1), np.diff(one.begins))
            known = place >= 0
            shape = len(one.begins) - 1, len(self.words)
            parts.append(scipy.sparse.csr_matrix((one.counts[known], (row[known], place[known])), shape))
        self.rows = scipy.sparse.vstack(parts, format="csr")
        self.begins = np.cumsum([0, *(part.shape[0] for part in parts)])

    def fit(self, pages: Sequence[LabelledPage], some: Sequence[int], strength: float) -> Any:
        """Logistic regression with an absolute penalty (Tibshirani, 1996): of most words it says that they say nothing.

        Args:
            pages: all pages of the table.
            some: the numbers of those that it is fitted to.
            strength: the inverse of the penalty's.

        Returns:
            The words' weights in thousandths, whole numbers.
        """
        from sklearn.linear_model import LogisticRegression

        rows = np.concatenate([np.arange(self.begins[i], self.begins[i + 1]) for i in some])
        labels = np.concatenate([pages[i].labels for i in some])
        weights = 100 * np.concatenate([pages[i].weights for i in some])
        # A block of which a share is of the article counts as two: one that is, and one that is not.
        yes, no = np.flatnonzero(weights * labels > 0), np.flatnonzero(weights * (1 - labels) > 0)
        model = LogisticRegression(C=strength, solver="liblinear", l1_ratio=1, max_iter=200, random_state=7)
        model.fit(
            scipy.sparse.vstack([self.rows[rows[yes]], self.rows[rows[no]]]),
            np.repeat([1, 0], [len(yes), len(no)]),
            sample_weight=np.concatenate([weights[yes] * labels[yes], weights[no] * (1 - labels[no])]),
        )
        return np.rint(model.coef_[0] * THOUSANDTHS).clip(-_LARGEST, _LARGEST).astype(np.int64)

    def scores(self, page: int, weights: Any) -> Any:
        """What the words of a page's blocks say."""
        return self.rows[self.begins[page] : self.begins[page + 1]] @ weights / THOUSANDTHS


def kinds_of_pages(pages: Sequence[LabelledPage]) -> tuple[str, ...]:
    """What many domains say that their pages are."""
    domains = defaultdict(set)
    for page in pages:
        for kind in page.kinds:
            domains[kind].add(page.domain)
    return tuple(sorted(kind for kind, users in domains.items() if len(users) >= LEAST_DOMAINS_OF_KIND))


def vocabulary(names: Table, of_names: Any, texts: Table, of_texts: Any, kinds: tuple[str, ...]) -> Vocabulary:
    """The words that count for anything."""
    pairs: dict[str, list[int]] = {}
    for word, weight in zip(names.words, of_names.tolist(), strict=True):
        own = word.startswith(OWN)
        if weight:
            pairs.setdefault(word.split(" ", 1)[1], [0, 0])[0 if own else 1] = weight
    naming = Naming({word: (own, around) for word, (own, around) in sorted(pairs.items())})
    lexicon = Lexicon({word: weight for word, weight in zip(texts.words, of_texts.tolist(), strict=True) if weight})
    return Vocabulary(naming, lexicon, kinds)
