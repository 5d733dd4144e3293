"""Verify a LightGBM text model before it is loaded: LightGBM trusts the indices in it and crashes on wrong ones."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lakehouse.errors import InternalError

# A tree's lines in order: what each holds and how many (leaves n, n-1 splits, categories c; see _Tree).
_NODE = ("split_feature", "split_gain", "threshold", "decision_type", "left_child", "right_child")
_LEAF = ("leaf_value", "leaf_weight", "leaf_count")
_INNER = ("internal_value", "internal_weight", "internal_count")
_CATEGORY = ("cat_boundaries", "cat_threshold")
_INTEGERS = frozenset(("split_feature", "decision_type", "left_child", "right_child", "leaf_count", "internal_count", *_CATEGORY))
_FIXED = ("tree", "version=v4", "num_class=1", "num_tree_per_iteration=1", "label_index=0")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,127}\Z")
_INTEGER = re.compile(r"-?[0-9]{1,10}\Z")
_FLOAT = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,25})?(e[+-]?[0-9]{1,3})?\Z")
# A split of known from unknown values has its threshold at infinity.
_THRESHOLD = re.compile(_FLOAT.pattern.removesuffix(r"\Z") + r"\Z|-?inf\Z")
_INFO = re.compile(r"(none|\[[-+0-9.e]+:[-+0-9.e]+\]|-?[0-9]+(:-?[0-9]+)*)\Z")
_MOST_LEAVES, _MOST_TREES, _MOST_BYTES, _MOST_DEPTH = 4096, 20_000, 1 << 30, 512
_TYPES = 12  # Bits: 1 category, 2 missing goes left, 4 and 8 kind of missing.
_END = "end of trees\n"


@dataclass(frozen=True)
class _Tree:
    leaves: int
    categories: int
    lines: dict[str, list[str]]
    shrinkage: str

    @property
    def text(self) -> str:
        names = [*_NODE, *_LEAF, *_INNER, *(_CATEGORY if self.categories else ())]
        body = "".join(f"{name}={' '.join(self.lines[name])}\n" for name in names)
        return f"num_leaves={self.leaves}\nnum_cat={self.categories}\n{body}is_linear=0\nshrinkage={self.shrinkage}\n\n\n"


@dataclass(frozen=True)
class Forest:
    """A binary LightGBM model whose every index is in range; `text` is the one way it is written."""

    names: tuple[str, ...]
    monotone: tuple[str, ...]
    infos: tuple[str, ...]
    trees: tuple[_Tree, ...]

    @property
    def text(self) -> str:
        """The model as LightGBM reads it, without the parameters it was trained with."""
        blocks = [f"Tree={i}\n{tree.text}" for i, tree in enumerate(self.trees)]
        header = [*_FIXED, f"max_feature_idx={len(self.names) - 1}", "objective=binary sigmoid:1",
                  f"feature_names={' '.join(self.names)}"]
        header += [f"monotone_constraints={' '.join(self.monotone)}"] if self.monotone else []
        header += [f"feature_infos={' '.join(self.infos)}", f"tree_sizes={' '.join(str(len(b)) for b in blocks)}"]
        return "\n".join(header) + "\n\n" + "".join(blocks) + _END


def read_forest(text: str) -> Forest:
    """The model in a text that LightGBM wrote, every value checked; InternalError where one cannot be."""
    if len(text) > _MOST_BYTES or not text.isascii() or _END not in text:
        raise refusal("it is too large, not plain text, or has no end")
    header, *blocks = text[: text.index(_END)].split("Tree=")
    lines = header.rstrip("\n").split("\n")
    if tuple(lines[:5]) != _FIXED or len(lines) not in (10, 11):
        raise refusal("its header is not that of a binary model of version v4")
    directed = ("monotone_constraints",) if len(lines) == 11 else ()
    keys = ("max_feature_idx", "objective", "feature_names", *directed, "feature_infos", "tree_sizes")
    given = {key: _after(key, line) for key, line in zip(keys, lines[5:], strict=True)}
    names = tuple(given["feature_names"].split(" "))
    monotone = tuple(given["monotone_constraints"].split(" ")) if "monotone_constraints" in given else ()
    infos = tuple(given["feature_infos"].split(" "))
    if given["objective"] != "binary sigmoid:1" or given["max_feature_idx"] != str(len(names) - 1):
        raise refusal("its objective or its number of features is wrong")
    if len(set(names)) != len(names) or not all(map(_NAME.match, names)):
        raise refusal("its feature names are repeated or no names")
    fits = len(infos) == len(names) and len(monotone) in (0, len(names))
    if not fits or not all(map(_INFO.match, infos)) or set(monotone) - {"-1", "0", "1"}:
        raise refusal("its feature ranges or monotone constraints do not fit its features")
    if not 1 <= len(blocks) <= _MOST_TREES:
        raise refusal(f"it has {len(blocks)} trees, 1 to {_MOST_TREES} are allowed")
    return Forest(names, monotone, infos, tuple(_tree(i, block, len(names)) for i, block in enumerate(blocks)))


def verify_model(text: str, names: Sequence[str]) -> None:
    """Refuse a model text that is not exactly as `Forest.text` writes it, or reads other features than `names`."""
    forest = read_forest(text)
    if forest.names != tuple(names):
        raise InternalError("model.features", "the model text reads other features than its feature list names",
                            "Promote a model trained with these features, or train one: haechi train.")
    if forest.text != text:
        raise refusal("it is not written as Haechi writes models")


def average(forests: Sequence[Forest]) -> Forest:
    """One forest whose raw score is the mean of theirs: all their trees, each leaf divided by their number."""
    def scaled(tree: _Tree) -> _Tree:
        lines = {name: [repr(float(v) / len(forests)) for v in values] if name in ("leaf_value", "internal_value") else values
                 for name, values in tree.lines.items()}
        return _Tree(tree.leaves, tree.categories, lines, repr(float(tree.shrinkage) / len(forests)))

    if len(forests) == 1:
        return forests[0]
    return Forest(forests[0].names, forests[0].monotone, forests[0].infos,
                  tuple(scaled(tree) for forest in forests for tree in forest.trees))


def refusal(found: str) -> InternalError:
    """The fault of a model that must not be loaded."""
    return InternalError("model.tampered", f"the model text is refused: {found}",
                         "Restore the lake's _haechi folder from a backup, or train a new model: haechi train.")


def _after(key: str, line: str) -> str:
    if not line.startswith(f"{key}="):
        raise refusal(f"'{key}' is not where it belongs")
    return line[len(key) + 1 :]


def _tree(number: int, block: str, features: int) -> _Tree:
    lines = block.split("\n")
    leaves, categories = (_small(_after(key, line)) for key, line in zip(("num_leaves", "num_cat"), [*lines, "", ""][1:3], strict=True))
    names = [*_NODE, *_LEAF, *_INNER, *(_CATEGORY if categories else ())]
    if lines[0] != str(number) or not 1 <= leaves <= _MOST_LEAVES or categories > leaves - 1:
        raise refusal(f"tree {number} has a wrong number, or a wrong count of leaves or categories")
    if len(lines) != 8 + len(names) or lines[-3:] != ["", "", ""] or lines[-5] != "is_linear=0":
        raise refusal(f"tree {number} has lines too many or too few")
    held = {name: _after(name, line).split() for name, line in zip(names, lines[3:-5], strict=True)}
    sizes = dict.fromkeys(_NODE + _INNER, leaves - 1) | dict.fromkeys(_LEAF, leaves) | {"cat_boundaries": categories + 1}
    if leaves == 1:  # A tree of one leaf leaves its weight unsaid.
        sizes["leaf_weight"] = len(held["leaf_weight"][:1])
    for name, values in held.items():
        form = _INTEGER if name in _INTEGERS else _THRESHOLD if name == "threshold" else _FLOAT
        if len(values) != sizes.get(name, len(values)) or not all(map(form.match, values)):
            raise refusal(f"tree {number} has wrong {name}")
    shrinkage = _after("shrinkage", lines[-4])
    if not _FLOAT.match(shrinkage) or not _sound({k: np.array(v, float) for k, v in held.items()}, leaves, features):
        raise refusal(f"tree {number} points outside itself")
    return _Tree(leaves, categories, held, shrinkage)


def _small(value: str) -> int:
    if not re.match(r"[0-9]{1,6}\Z", value):
        raise refusal("a count is no count")
    return int(value)


def _sound(tree: dict[str, npt.NDArray[np.float64]], leaves: int, features: int) -> bool:
    """Whether all numbers are finite, all indices in range, and the nodes one tree of bearable depth."""
    if not all(np.isfinite(values).all() for name, values in tree.items() if name != "threshold"):
        return False
    if leaves == 1:
        return True
    split, kind = tree["split_feature"].astype(int), tree["decision_type"].astype(int)
    left, right = tree["left_child"].astype(int), tree["right_child"].astype(int)
    children = np.concatenate([left, right])
    whole = np.array_equal(np.sort(children), np.concatenate([np.arange(-leaves, 0), np.arange(1, leaves - 1)]))
    # LightGBM numbers a split after its parent: that rules out circles.
    parents = np.tile(np.arange(leaves - 1), 2)
    if not whole or (children[children > 0] <= parents[children > 0]).any() or _depth(left, right) > _MOST_DEPTH:
        return False
    inside = ((split >= 0) & (split < features) & (kind >= 0) & (kind < _TYPES)).all()
    counted = (tree["internal_count"] >= 1).all() and (tree["leaf_count"] >= 0).all()
    return bool(inside and counted) and _categories_sound(tree, kind & 1 == 1)


def _depth(left: npt.NDArray[np.int64], right: npt.NDArray[np.int64]) -> int:
    level, depth = np.zeros(1, dtype=np.int64), 0
    while len(level):
        below = np.concatenate([left[level], right[level]])
        level, depth = below[below > 0], depth + 1
    return depth


def _categories_sound(tree: dict[str, npt.NDArray[np.float64]], is_category: npt.NDArray[np.bool_]) -> bool:
    """Whether each split on a category names one of the sets, and the sets cover their bits exactly."""
    if "cat_boundaries" not in tree:
        return not is_category.any()
    bounds, bits, at = tree["cat_boundaries"], tree["cat_threshold"], tree["threshold"][is_category]
    covered = bounds[0] == 0 and (np.diff(bounds) > 0).all() and bounds[-1] == len(bits)
    named = np.array_equal(np.sort(at), np.arange(len(bounds) - 1))
    return bool(covered and named and (bits >= 0).all() and (bits < 1 << 32).all())
