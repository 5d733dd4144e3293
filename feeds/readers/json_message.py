"""Messages of JSON that hold a list of records, bare or under a name: the records with their raw texts, and their count."""

import re
from typing import Any

from feeds.feed import RefusedError
from feeds.readers import json_lines
from feeds.readers.json_objects import decoded, unique

_BLANK = re.compile(r"[ \t\n\r]*")
# A string that never ends reaches to the end of the text, so that no quote is tried twice.
_STRING = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)', re.DOTALL)
_STRING_OR_BRACKET = re.compile(rf"{_STRING.pattern}|[][{{}}]", re.DOTALL)
_LIST_FOLLOWS = re.compile(r"\s*:\s*\[")
_UNMARKED = re.compile(r"[^][{},]+")
_INNERMOST = re.compile(r"\{[^][{}]*\}|\[[^][{}]*\]")
_PASSES = 10


def records_of(text: str, wrapper: str) -> tuple[dict[str, Any], list[tuple[str, Any]] | None]:
    """What a whole message holds: the members of its envelope, and its records with their raw texts.

    The records are the top-level list, or the list under `wrapper` in the top-level object; None where there is neither,
    and the members then are the one object that was sent. RefusedError where the text is no JSON, or neither list nor object.
    """
    at = _skip(text, 0)
    opening = text[at:at + 1]
    members: dict[str, Any] = {}
    found: list[tuple[str, Any]] | None
    if opening == "[":
        found, end = _elements(text, at)
    elif opening == "{":
        members, found, end = _members(text, at, f'"{wrapper}"')
    else:
        raise RefusedError("json.malformed", "neither a list nor an object")
    if _skip(text, end) < len(text):
        raise RefusedError("json.malformed", f"more text after the message, from character {end + 1}")
    return members, found


def _skip(text: str, at: int) -> int:
    found = _BLANK.match(text, at)
    return found.end() if found else at


def _next(text: str, at: int, wanted: str) -> tuple[str, int]:
    """The mark that comes next, one of the wanted, and the place after it and the blanks behind it."""
    at = _skip(text, at)
    mark = text[at:at + 1]
    if not mark or mark not in wanted:
        raise RefusedError("json.malformed", f"character {at + 1}: {mark or 'the end'} where one of {wanted} belongs")
    return mark, _skip(text, at + 1)


def _elements(text: str, at: int) -> tuple[list[tuple[str, Any]], int]:
    """The elements of the list that begins at a place, each with its raw text, and where the list ends."""
    found: list[tuple[str, Any]] = []
    at = _skip(text, at + 1)
    if text[at:at + 1] == "]":
        return found, at + 1
    mark = ","
    while mark == ",":
        value, end = decoded(text, at)
        found.append((text[at:end], value))
        mark, at = _next(text, end, ",]")
    return found, at


def _members(text: str, at: int, wrapper: str) -> tuple[dict[str, Any], list[tuple[str, Any]] | None, int]:
    """The members of the object that begins at a place, the elements of its wrapper set apart, and where it ends."""
    pairs: list[tuple[str, Any]] = []
    found: list[tuple[str, Any]] | None = None
    at = _skip(text, at + 1)
    if text[at:at + 1] == "}":
        return {}, None, at + 1
    mark = ","
    while mark == ",":
        if text[at:at + 1] != '"':
            raise RefusedError("json.malformed", f"character {at + 1}: no name of a member")
        name, end = decoded(text, at)
        spelled = text[at:end]
        _, at = _next(text, end, ":")
        if spelled == wrapper and text[at:at + 1] == "[":
            elements, end = _elements(text, at)
            found, value = elements, None
        else:
            value, end = decoded(text, at)
        pairs.append((name, value))
        mark, at = _next(text, end, ",}")
    try:
        return unique(pairs), found, at
    except ValueError as fault:
        raise RefusedError("json.malformed", str(fault)) from None


def are_lines(text: str) -> bool:
    """Whether a text is JSON Lines: more than one line, the first of them an object by itself, which no whole message has."""
    lines = json_lines.lines(text)
    first, second = next(lines, None), next(lines, None)
    if first is None or second is None or not (first[1].startswith("{") and first[1].endswith("}")):
        return False
    return not _outermost(_marks(first[1]))


def count(text: str, wrapper: str) -> int:
    """Records of the raw text by its brackets alone: elements of the list, lines of JSON Lines, else one."""
    if are_lines(text):
        return json_lines.count(text)
    begin = _list_begins(text, f'"{wrapper}"')
    if begin < 0:
        return 1
    return _outermost(_marks(text[begin:])).partition("]")[0].count(",") + 1


def _list_begins(text: str, wrapper: str) -> int:
    """Where the elements of the message's list begin; -1 where there is no list."""
    at = _skip(text, 0)
    if text[at:at + 1] == "[":
        return at + 1
    depth = 0
    for token in _STRING_OR_BRACKET.finditer(text, at):
        mark = token[0]
        if mark in "{[":
            depth += 1
        elif mark in "}]":
            depth -= 1
        elif depth == 1 and mark == wrapper and (found := _LIST_FOLLOWS.match(text, token.end())):
            return found.end()
    return -1


def _marks(text: str) -> str:
    """The brackets and commas of a text, those within strings left out."""
    return _UNMARKED.sub("", _STRING.sub("", text))


def _outermost(marks: str) -> str:
    """The marks that stand in no bracket, and brackets without their other half."""
    for _ in range(_PASSES):
        fewer = _INNERMOST.sub("", marks)
        if len(fewer) == len(marks):
            return marks
        marks = fewer
    kept, depth = [], 0
    for mark in marks:
        if mark in "{[":
            depth += 1
        elif mark in "}]" and depth:
            depth -= 1
        elif not depth:
            kept.append(mark)
    return "".join(kept) + "{" * depth
