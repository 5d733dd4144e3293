"""XML messages read by the XPaths that fields declare; entities are never expanded, depth and size are bounded."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from hashlib import sha256
from typing import Any

from lxml import etree

from feeds.feed import Bounds, Record, RefusedError
from feeds.readers.decoding import without_prolog
from lakehouse.field import Field

Element = etree._Element
_FORBIDDEN = re.compile(r"<!\s*(?i:DOCTYPE|ENTITY)")
# A path of tags, some chosen by what an element below them or an attribute says, an attribute at its end; whatever else is an XPath.
_STEP = re.compile(r"([A-Za-z]\w*)(?:\[(?:normalize-space\((\w+)\)|@(\w+))='([^'/]*)'\])?")
_PLAIN = re.compile(rf"(?:\./)?{_STEP.pattern}(?:/{_STEP.pattern})*(?:/@\w+)?\Z")
# Strings, functions, axes and attributes of an XPath stay as they are; what is left are element names.
_XPATH_TOKEN = re.compile(r"'[^']*'|[\w-]+(?=\()|[\w-]+::|@[\w:]+|[A-Za-z_]\w*")
NAMESPACE_PREFIX = "n"
# Where a tag is none: comments, character data, instructions.
_UNTOLD = re.compile(r"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>", re.DOTALL)
# The encoding is said, or else libxml2 would find one of its own in bytes that were read, and searched for a DTD, as UTF-8.
_PARSER = etree.XMLParser(encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True,
                          remove_blank_text=True)


def parse(text: str, bounds: Bounds, root: str, namespace: str | None = None) -> Element:
    """The root element; RefusedError names what is wrong with the message."""
    if len(text) > bounds.record_bytes:
        raise RefusedError("record.bounds", f"{len(text)} characters, {bounds.record_bytes} allowed")
    # Comments and character data begin with the same mark, but few messages hold any.
    if "<!" in text and _FORBIDDEN.search(text):
        raise RefusedError("xml.entities")
    try:
        element = etree.fromstring(without_prolog(text).encode(), _PARSER)
    except (etree.XMLSyntaxError, ValueError) as fault:
        raise RefusedError("xml.malformed", str(fault)[:160]) from None
    name = etree.QName(element)
    if name.localname != root or name.namespace != namespace:
        raise RefusedError("xml.form", f"{{{name.namespace or ''}}}{name.localname}"[:300])
    if _path(_deeper_than(bounds.depth))(element):
        raise RefusedError("record.bounds", f"nested deeper than {bounds.depth}")
    if len(text) > bounds.field_bytes and _path(f"boolean(//text()[string-length(.) > {bounds.field_bytes}])")(element):
        raise RefusedError("record.bounds", f"a field of more than {bounds.field_bytes} characters")
    return element


def count_elements(text: str, *names: str) -> int:
    """Elements of some names, under any prefix, by the tags of the raw text."""
    return len(re.findall(rf"<(?:[^\s<>/:!?]+:)?(?:{'|'.join(names)})(?=[\s/>])", _UNTOLD.sub("", text)))


@cache
def _deeper_than(depth: int) -> str:
    return f"boolean({'/*' * (depth + 1)})"


@cache
def _path(expression: str, namespace: str | None = None) -> etree.XPath:
    """The compiled XPath, its element names put into the namespace."""
    if namespace is None:
        return etree.XPath(expression)
    named = _XPATH_TOKEN.sub(lambda t: t[0] if t[0][0] in "'@" or t[0].endswith("::") or _calls(expression, t) else f"n:{t[0]}", expression)
    return etree.XPath(named, namespaces={NAMESPACE_PREFIX: namespace})


def _calls(expression: str, token: re.Match[str]) -> bool:
    return expression[token.end(): token.end() + 1] == "("


@dataclass(frozen=True)
class _Node:
    """What a place in the message gives: names of fields by its own text, of lists of texts, by an attribute, and whole lists.

    `chosen` are places that only elements are at which say something: by the tag or attribute that says it, then by what it says.
    """

    texts: list[str] = field(default_factory=list)
    many: list[str] = field(default_factory=list)
    attributes: list[tuple[str, str]] = field(default_factory=list)
    lists: list[Field] = field(default_factory=list)
    chosen: dict[tuple[str, bool], dict[str, "_Node"]] = field(default_factory=dict)
    below: dict[str, "_Node"] = field(default_factory=dict)

    def step(self, step: str, namespace: str | None) -> "_Node":
        """The place that a step of a path leads to."""
        found = _STEP.fullmatch(step)
        assert found is not None
        tag, by, attribute, said = found.groups()
        node = self.below.setdefault(_named(tag, namespace), _Node())
        if not by and not attribute:
            return node
        choice = (attribute, True) if attribute else (_named(by, namespace), False)
        return node.chosen.setdefault(choice, {}).setdefault(said, _Node())


def _named(tag: str, namespace: str | None) -> str:
    return f"{{{namespace}}}{tag}" if namespace else tag


@dataclass(frozen=True)
class _Plan:
    """How declared fields are taken: plain paths in one walk down the element, the others by their XPath."""

    declared: Sequence[Field]
    names: tuple[tuple[str, bool], ...]
    top: _Node
    others: tuple[tuple[Field, etree.XPath], ...]


_PLANS: dict[tuple[int, str | None], _Plan] = {}


def _plan(declared: Sequence[Field], namespace: str | None) -> _Plan:
    """The plan of a set of fields, settled once: the plan holds the set, so that its id stays its own."""
    key = (id(declared), namespace)
    if key not in _PLANS:
        top, others = _Node(), []
        sent = [each for each in declared if each.source]
        for each in sent:
            if not _PLAIN.match(each.source):
                others.append((each, _path(each.source, namespace)))
                continue
            path, _, attribute = each.source.removeprefix("./").partition("/@")
            node = top
            for step in path.split("/"):
                node = node.step(step, namespace)
            if attribute:
                node.attributes.append((attribute, each.name))
            elif each.type == "list":
                node.lists.append(each)
            else:
                (node.many if _is_many(each) else node.texts).append(each.name)
        _PLANS[key] = _Plan(declared, tuple((each.name, _is_many(each)) for each in sent), top, tuple(others))
    return _PLANS[key]


def _is_many(declared: Field) -> bool:
    return declared.type == "list" or declared.type.startswith("array<")


def take(element: Element, declared: Sequence[Field], namespace: str | None = None) -> dict[str, Any]:
    """The declared fields of an element as texts, the first of each; an absent one is None, a list a list of dictionaries."""
    plan = _plan(declared, namespace)
    values: dict[str, Any] = {name: [] if is_many else None for name, is_many in plan.names}
    _walk(element, plan.top, values, namespace)
    for each, path in plan.others:
        found: Any = path(element)
        if each.type == "list":
            values[each.name] = [take(item, each.items, namespace) for item in found]
        elif _is_many(each):
            values[each.name] = [text for text in map(_text, found) if text]
        else:
            values[each.name] = _text(found[0]) if found else None
    return values


def _walk(element: Element, node: _Node, values: dict[str, Any], namespace: str | None) -> None:
    below = node.below
    for child in element:
        place = below.get(child.tag)
        if place is not None:
            _give(child, place, values, namespace)


def _give(element: Element, place: _Node, values: dict[str, Any], namespace: str | None) -> None:
    """Put what an element and those below say under the fields' names: the first one of a single field, every one of a list."""
    for name in place.texts:
        if values[name] is None and (text := element.text):
            values[name] = text.strip() or None
    for attribute, name in place.attributes:
        if values[name] is None and (said := element.get(attribute)):
            values[name] = said.strip() or None
    for name in place.many:
        if (text := element.text) and (text := text.strip()):
            values[name].append(text)
    for each in place.lists:
        values[each.name].append(take(element, each.items, namespace))
    for (by, is_attribute), places in place.chosen.items():
        said = element.get(by) if is_attribute else element.findtext(by)
        if chosen := places.get(" ".join((said or "").split())):
            _give(element, chosen, values, namespace)
    if place.below:
        _walk(element, place, values, namespace)


def _text(found: Any) -> str | None:
    return ((found.text or "") if isinstance(found, etree._Element) else str(found)).strip() or None


def opening_tag(element: Element) -> str:
    """The tag that opens an element, with its attributes."""
    bare = etree.Element(str(element.tag), {str(name): str(value) for name, value in element.attrib.items()})
    return str(etree.tostring(bare, encoding="unicode"))[:-2] + ">"


def content_hash(element: Element) -> str:
    """SHA-256 of what an element says: attribute order, prefixes, comments and white space around values aside.

    Elements in the order of the message, each with how many it holds, are the whole tree. Marks that XML forbids part what is said.
    """
    said: list[str] = []
    for each in element.iter("*"):
        text, tail = each.text, each.tail
        said += (_local(each.tag), str(len(each)), text.strip() if text else "")
        if tail and each is not element and (tail := tail.strip()):
            said.append("\x02" + tail)
        if each.keys():
            said += [f"\x03{_local(str(name))}\x04{str(value).strip()}" for name, value in sorted(each.items()) if not str(name).endswith("}schemaLocation")]
    return sha256("\x01".join(said).encode(errors="surrogatepass")).hexdigest()


@lru_cache(4096)
def _local(name: str) -> str:
    return name.rpartition("}")[2]


def one_record(root: str, namespace: str, fields: Callable[[], Sequence[Field]]) -> Callable[[str, Bounds], Iterator[Record]]:
    """A reader of messages that are one record each."""

    def read(text: str, bounds: Bounds) -> Iterator[Record]:
        try:
            element = parse(text, bounds, root, namespace)
        except RefusedError as refused:
            yield Record("", text[:bounds.record_bytes], None, refusal=refused.code, detail=refused.detail)
            return
        # lxml makes an element's Python side anew where nobody holds it.
        held = list(element.iter())
        yield Record("", text, take(element, fields(), namespace), (content_hash(held[0]),))

    return read
