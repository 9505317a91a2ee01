"""XML bodies: rows at an element path; attributes and child elements become columns, everything as text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from connectors.base import Fatal, Retry


class XmlTree:
    """A document read without entities, document types or anything from outside."""

    def __init__(self, text: str) -> None:
        try:
            self._root: Element = fromstring(text, forbid_dtd=True)
        except DefusedXmlException:
            raise Fatal("holds a document type, entities or outside references; XML with these is refused, ask the source to leave them out") from None
        except ParseError as error:
            raise Retry(f"is not whole XML: cut off on the way, or not XML at all ({error})") from None

    def rows(self, path: str) -> Iterator[dict[str, Any]]:
        """Each element at the path (root not named; dots or slashes between) as a row; without a path the root's children."""
        *above, last = _parts(path) or [""]
        parents = self._find(above)
        if not parents:
            raise Fatal(f"has no element {'/'.join(above)!r}; check transport.rows")
        for parent in parents:
            for child in parent:
                if last in ("", _local(child.tag)):
                    yield _row(child)

    def value(self, path: str) -> Any:
        """The text of the first element at a path, or of an attribute (@name at its end); None where there is none."""
        *above, last = _parts(path) or [""]
        if last.startswith("@"):
            return next((v for e in self._find(above) for k, v in e.attrib.items() if _local(k) == last[1:]), None)
        return next(((e.text or "").strip() for e in self._find([*above, last])), None)

    def _find(self, parts: list[str]) -> list[Element]:
        found = [self._root]
        for part in parts:
            found = [child for element in found for child in element if _local(child.tag) == part]
        return found


def _row(element: Element) -> dict[str, Any]:
    try:
        cell = _cell(element)
    except RecursionError:
        raise Fatal("is XML nested too deeply") from None
    return cell if isinstance(cell, dict) else {"#text": cell}


def _cell(element: Element) -> Any:
    """Text for a plain element, else a table: @attribute, child (a list when it comes again), #text."""
    if len(element) == 0 and not element.attrib:
        return (element.text or "").strip()
    table: dict[str, Any] = {f"@{_local(name)}": value for name, value in element.attrib.items()}
    for child in element:
        name, cell = _local(child.tag), _cell(child)
        if name not in table:
            table[name] = cell
        elif isinstance(table[name], list):
            table[name].append(cell)
        else:
            table[name] = [table[name], cell]
    text = (element.text or "").strip()
    if text:
        table["#text"] = text
    return table


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _parts(path: str) -> list[str]:
    return [p for p in path.split("/" if "/" in path else ".") if p]
