"""What stands around messages and groups of EDIFACT, so that one can be read again without the others."""

from collections.abc import Sequence
from dataclasses import dataclass

from feeds.readers.edifact import LEVEL_B, Segment, Sent, Separators, at
from feeds.readers.envelope import around


@dataclass(frozen=True)
class Wrapping:
    """An interchange's service characters, and its first and last segment where it has them."""

    separators: Separators
    opening: tuple[Sent, ...] = ()
    closing: tuple[Sent, ...] = ()

    def of_text(self) -> str | None:
        """What stands around a whole interchange: the declaration of its service characters."""
        declared = self._declaration()
        return around(declared) if declared else ""

    def of_message(self) -> str | None:
        """What stands around a whole message."""
        before, after = self._text(self.opening), self._text(self.closing)
        return around(self._declaration() + before, after) if before or after else self.of_text()

    def of_groups(self, start: Sequence[str], ahead: Sequence[Sent], groups: Sequence[Sequence[Segment]], behind: Sequence[Sent]) -> list[str | None]:
        """What stands around each group of a message: all that is told once, and where there are others, one of them in brief.

        `start` are the segments that begin a group. Readers ask whether a group is the only or the last one.
        """
        before = self._declaration() + self._text((*self.opening, *ahead))
        # What was corrected may lack its last terminator.
        after = self.separators.terminator + self._text((*behind, *self.closing))
        if len(groups) == 1:
            return [around(before, after)]
        alike = around(before, after[:1] + self._other(start) + after[1:])
        last = around(before + self._other(start, groups[:-1]), after)
        return [*[alike] * (len(groups) - 1), last]

    def _other(self, start: Sequence[str], groups: Sequence[Sequence[Segment]] = ()) -> str:
        """Another group in brief: that it is there, and which totals the groups have of their own."""
        marks = self.separators
        totals = dict.fromkeys(at(one, 1) for group in groups for one in group if one[0][0].strip() == "CNT")
        told = [*start, *(f"CNT{marks.element}{kind}{marks.component}1" for kind in totals if kind and kind.isalnum())]
        return "".join(segment + marks.terminator for segment in told)

    def _text(self, segments: Sequence[Sent]) -> str:
        return "".join(one.text + self.separators.terminator for one in segments)

    def _declaration(self) -> str:
        marks = self.separators
        if marks in (Separators(), LEVEL_B):
            return ""
        return f"UNA{marks.component}{marks.element}.{marks.release or ' '} {marks.terminator}"
