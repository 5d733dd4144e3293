"""Encoding: a table of features as the float64 matrix that a model reads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from features.feature import Feature
from lakehouse.errors import InternalError

Floats = npt.NDArray[np.float64]
Frame: TypeAlias = pa.Table | pa.RecordBatch | pd.DataFrame


@dataclass(frozen=True)
class Encoding:
    """Feature names in order and, for each category, the values known by code.

    A double is as it is (NULL is NaN). A category is the place of its value in the vocabulary; a rare or unseen value
    is the code after the last; NULL is NaN.
    """

    names: tuple[str, ...]
    vocabularies: Mapping[str, tuple[str, ...]]

    @property
    def categories(self) -> list[int]:
        """Columns that hold codes."""
        return [i for i, name in enumerate(self.names) if name in self.vocabularies]

    def matrix(self, frame: Frame) -> Floats:
        """The features of a frame as rows x features, row-major; InternalError where one is missing or of another type."""
        table = pa.Table.from_pandas(frame, preserve_index=False) if isinstance(frame, pd.DataFrame) else frame
        held = set(table.schema.names)  # Arrow lists the names anew each time it is asked.
        missing = [name for name in self.names if name not in held]
        if missing:
            raise InternalError("features.missing", f"the rows to score lack the features {missing[:5]}",
                                "Run featurize again with the features the model was trained on.")
        rows = np.empty((table.num_rows, len(self.names)))
        for i, name in enumerate(self.names):
            rows[:, i] = self._codes(name, table.column(name)) if name in self.vocabularies else _doubles(name, table.column(name))
        return rows

    def _codes(self, name: str, column: Any) -> Floats:
        column = _plain(column)
        values = column if pa.types.is_string(column.type) else pc.cast(column, pa.string())
        vocabulary = self.vocabularies[name]
        place = pc.fill_null(pc.index_in(values, value_set=pa.array(vocabulary, pa.string())), len(vocabulary))
        codes: Floats = place.to_numpy(zero_copy_only=False).astype(np.float64)
        codes[pc.is_null(values).to_numpy(zero_copy_only=False)] = np.nan
        return codes

    def to_json(self) -> dict[str, Any]:
        """The encoding as plain values."""
        return {"names": list(self.names), "vocabularies": {name: list(values) for name, values in self.vocabularies.items()}}

    @staticmethod
    def from_json(given: Mapping[str, Any]) -> "Encoding":
        """The encoding of `to_json`."""
        return Encoding(tuple(given["names"]), {name: tuple(values) for name, values in given["vocabularies"].items()})


def learn_encoding(frame: Frame, features: Sequence[Feature], rarest: int = 20, most: int = 2000) -> Encoding:
    """The encoding of the features, each vocabulary the values seen `rarest` times or more, commonest first."""
    table = pa.Table.from_pandas(frame, preserve_index=False) if isinstance(frame, pd.DataFrame) else frame
    vocabularies = {}
    for feature in features:
        if feature.type == "category":
            column = _plain(table.column(feature.name))
            values = column if pa.types.is_string(column.type) else pc.cast(column, pa.string())
            counted = [(str(c["values"]), int(c["counts"])) for c in pc.value_counts(values.drop_null()).to_pylist()]
            common = sorted((item for item in counted if item[1] >= rarest), key=lambda item: (-item[1], item[0]))
            vocabularies[feature.name] = tuple(value for value, _ in common[:most])
    return Encoding(tuple(feature.name for feature in features), vocabularies)


def _doubles(name: str, column: Any) -> Floats:
    column = _plain(column)
    if not (pa.types.is_floating(column.type) or pa.types.is_integer(column.type) or pa.types.is_boolean(column.type)
            or pa.types.is_null(column.type)):
        raise InternalError("features.type", f"feature {name} is {column.type}, a double was declared", "Mend its formula or its type.")
    return np.asarray(pc.cast(column, pa.float64()).to_numpy(zero_copy_only=False), dtype=np.float64)


def _plain(column: Any) -> Any:
    """One array of plain values, whatever chunks or dictionary it came in."""
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    whole = whole if isinstance(whole, pa.Array) else pa.concat_arrays(whole.chunks)
    return pc.cast(whole, whole.type.value_type) if pa.types.is_dictionary(whole.type) else whole
