"""An index of names: which of many listed names a name may be, by shared letters, sounds and skeletons, then word by word."""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import JaroWinkler
from sklearn.feature_extraction.text import TfidfVectorizer

from fusion.names import is_latin, is_particle, plain, skeleton, sound, words

_View = tuple[Callable[[str], str], str]
# A name as it is spelled, heard, and left over from another script; word order told apart from none of them.
_VIEWS: tuple[_View, ...] = (
    (lambda name: " ".join(sorted(plain(name).split())), "char_wb"),
    (lambda name: " ".join(sorted(map(sound, words(name)))), "char_wb"),
    (lambda name: " ".join(sorted(map(skeleton, words(name)))), "char_wb"),
    # Chinese writes no blanks: such a name is heard as one word, in the order of its writing.
    (lambda name: sound("".join(words(name))), "char_wb"),
)
_CANDIDATES = 12
_ROWS = 256
_ALIKE, _HEARD_ALIKE, _INITIAL = 0.82, 0.97, 0.8
_RUN_TOGETHER, _PARTED = 0.9, 2
# Of the score: letters in common, what of the asked name is found in the listed one, and the other way round.
_LETTERS, _FOUND, _COVERED = 1.0, 0.3, 0.1


@dataclass(frozen=True)
class Match:
    """A listed name (its position) that a name may be: score from 0 to 1, and its parts."""

    position: int
    score: float
    letters: float
    found: float
    covered: float


class NameIndex:
    """Listed names, ready to be asked."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = list(names)
        self._vectors, self._listed = [], []
        for view, analyzer in _VIEWS:
            vectors = TfidfVectorizer(analyzer=analyzer, ngram_range=(2, 4), sublinear_tf=True, lowercase=False, dtype=np.float32)
            self._listed.append(vectors.fit_transform([view(name) or "?" for name in self.names]).T.tocsr())
            self._vectors.append(vectors)
        told = Counter(bone for name in self.names for bone in {skeleton(word) for word in words(name)})
        self._rarity = {bone: math.log((len(self.names) + 1) / count) for bone, count in told.items()}
        self._most = math.log(len(self.names) + 1)

    def ask(self, names: Sequence[str], least: float = 0.0) -> list[list[Match]]:
        """The best matches of each name, the best first, those of at least a score."""
        found: list[list[Match]] = []
        for start in range(0, len(names), _ROWS):
            part = list(names[start : start + _ROWS])
            alike = self._alike(part)
            many = min(_CANDIDATES, alike.shape[1])
            top = np.argpartition(-alike, many - 1, axis=1)[:, :many]
            found += [self._ranked(name, row, alike[place], least) for place, (name, row) in enumerate(zip(part, top, strict=True))]
        return found

    def _alike(self, names: list[str]) -> NDArray[np.float32]:
        """What letters each name shares with each listed one, 0 to 1: the mean of the views that its script leaves."""
        views = [(vectors.transform([view(name) for name in names]) @ listed).toarray()
                 for vectors, listed, (view, _) in zip(self._vectors, self._listed, _VIEWS, strict=True)]
        # How a name of another script is spelled in Latin letters is the transliteration's doing, not its bearer's.
        spelled = np.array([[is_latin(name)] for name in names], dtype=np.float32)
        parted = np.array([[_is_parted(name)] for name in names], dtype=np.float32)
        by_word = (views[1] + views[2] + views[0] * spelled) / (2 + spelled)
        return np.asarray(np.maximum(by_word, (1 - parted) * views[3]), dtype=np.float32)

    def _ranked(self, name: str, positions: NDArray[np.int64], alike: NDArray[np.float32], least: float) -> list[Match]:
        mine, matches = words(name), []
        for position in positions.tolist():
            letters = float(alike[position])
            # Words found can add no more than their weight.
            if _score(letters, 1.0, 1.0) < least:
                continue
            theirs = words(self.names[position])
            there, back = self._covered(mine, theirs), self._covered(theirs, mine)
            if not _is_parted(name):
                whole = max(_joined("".join(mine), "".join(theirs)), _HEARD_ALIKE * _joined(sound("".join(mine)), sound("".join(theirs))))
                there, back = max(there, whole), max(back, whole)
            if (score := _score(letters, there, back)) >= least:
                matches.append(Match(position, score, letters, there, back))
        return sorted(matches, key=lambda match: (-match.score, match.position))

    def _covered(self, these: list[str], those: list[str]) -> float:
        """The share of some words, rare ones weighing more, that is found among others, run together or parted too."""
        weights = [self._weight(word) for word in these]
        total = sum(weights)
        if not total:
            return 0.0
        found = [max((_same(word, other) for other in those), default=0.0) for word in these]
        for place, word in enumerate(these):
            found[place] = max(found[place], max((_joined(word, pair) for pair in _pairs(those)), default=0.0))
        for place, pair in enumerate(_pairs(these)):
            both = max((_joined(other, pair) for other in those), default=0.0)
            found[place], found[place + 1] = max(found[place], both), max(found[place + 1], both)
        return sum(weight * share for weight, share in zip(weights, found, strict=True)) / total

    def _weight(self, word: str) -> float:
        rare = max(self._rarity.get(skeleton(word), self._most), 0.5)
        return rare * (0.3 if is_particle(word) else 1.0)


def _is_parted(name: str) -> bool:
    """Whether blanks tell the words of a name apart, as they do in all scripts but a few."""
    return is_latin(name) or " " in plain(name)


def _score(letters: float, found: float, covered: float) -> float:
    return min((_LETTERS * letters + _FOUND * found + _COVERED * covered) / (_LETTERS + _FOUND + _COVERED), 1.0)


def _joined(word: str, pair: str) -> float:
    """How much a word is two run together, 0 where it is not: half of it does not do."""
    if abs(len(word) - len(pair)) > _PARTED:
        return 0.0
    near = JaroWinkler.similarity(word, pair)
    return float(near) if near > _RUN_TOGETHER else 0.0


def _pairs(these: list[str]) -> list[str]:
    return [one + other for one, other in pairwise(these)]


def _same(word: str, other: str) -> float:
    """How much two words are one, 0 where they are not."""
    if word == other:
        return 1.0
    if len(word) == 1 or len(other) == 1:
        return _INITIAL if word[0] == other[0] else 0.0
    heard, theirs = sound(word), sound(other)
    if heard == theirs:
        return _HEARD_ALIKE
    near = max(JaroWinkler.similarity(word, other), 0.98 * JaroWinkler.similarity(heard, theirs))
    return float(near) if near > _ALIKE else 0.0
