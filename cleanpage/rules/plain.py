"""Rules as plain data: what JSON can hold, and back, with every type checked.

The shape follows from the dataclasses of the model: an object is a list with its fields in order, those at the end
that have their default left out. What is read back is as well-formed as what the reader of rule files makes, or it is
refused: the data may come from anywhere.
"""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Callable
from datetime import date
from functools import cache
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from .expressions import AttributePath, parse_attributes
from .model import Phrase
from .phrases import fold
from .selectors import Selector, SelectorProblem, parse_css, parse_xpath

T = TypeVar("T")
Decoder = Callable[[Any], Any]


class NotPlain(ValueError):
    """Data that cannot be what it is said to be."""


def to_plain(value: Any) -> Any:
    """Plain data for an object of the model."""
    if isinstance(value, (str, int, bool)) or value is None:
        return value
    if isinstance(value, Selector):
        return value.source if value.complex is not None else [value.source]
    if isinstance(value, Phrase):
        return value.source
    if isinstance(value, AttributePath):
        return value.xpath
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (tuple, list)):
        return [to_plain(one) for one in value]
    return _without_defaults(value)


def _without_defaults(value: Any) -> list[Any]:
    fields = _fields(type(value))
    parts = [getattr(value, field.name) for field in fields]
    while parts and parts[-1] == _default(fields[len(parts) - 1]):
        parts.pop()
    return [
        # What has its default in the middle is marked by an empty object, which stands for nothing else.
        {} if part == _default(field) else to_plain(part)
        for field, part in zip(fields, parts, strict=False)
    ]


def _fields(kind: type) -> list[dataclasses.Field[Any]]:
    return [field for field in dataclasses.fields(kind) if field.init]


def _default(field: dataclasses.Field[Any]) -> Any:
    return field.default if field.default is not dataclasses.MISSING else _NONE


_NONE = object()


def from_plain(cls: type[T], data: Any) -> T:
    """An object of the model from plain data.

    Raises:
        NotPlain: the data is not of that shape.
    """
    made: T = _decoder(cast(Any, cls))(data)
    return made


@cache
def _decoder(kind: Any) -> Decoder:
    """What reads plain data as a type."""
    if kind is Selector:
        return _selector
    if kind is Phrase:
        return _phrase
    if kind is AttributePath:
        return _attributes
    if kind is date:
        return _date
    if kind is type(None):
        return _exactly(type(None))
    if kind in (str, bool, int):
        return _exactly(kind)
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Literal:
        return _one_of(arguments)
    if origin is tuple:
        return _tuple(arguments)
    if origin in (Union, types.UnionType):
        return _optional(arguments)
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        return _dataclass(kind)
    raise TypeError(f"no plain form for {kind}")


def _selector(data: Any) -> Selector:
    try:
        if isinstance(data, str):
            (selector,) = parse_css(data)
            return selector
        (source,) = data
        return parse_xpath(_text(source))
    except (SelectorProblem, ValueError, TypeError) as error:
        raise NotPlain(f"not a selector: {data!r}") from error


def _phrase(data: Any) -> Phrase:
    source = _text(data)
    return Phrase(source, fold(source).replace("\n", " "))


def _attributes(data: Any) -> AttributePath:
    try:
        return parse_attributes(_text(data))
    except SelectorProblem as error:
        raise NotPlain(str(error)) from error


def _date(data: Any) -> date:
    try:
        return date.fromisoformat(_text(data))
    except ValueError as error:
        raise NotPlain(f"not a date: {data!r}") from error


def _text(data: Any) -> str:
    if not isinstance(data, str):
        raise NotPlain(f"not a text: {data!r}")
    return data


def _exactly(kind: type) -> Decoder:
    def decode(data: Any) -> Any:
        if type(data) is not kind:
            raise NotPlain(f"not a {kind.__name__}: {data!r}")
        return data

    return decode


def _one_of(values: tuple[Any, ...]) -> Decoder:
    def decode(data: Any) -> Any:
        if data not in values:
            raise NotPlain(f"not one of {values}: {data!r}")
        return data

    return decode


def _tuple(arguments: tuple[Any, ...]) -> Decoder:
    if len(arguments) == 2 and arguments[1] is Ellipsis:
        one = _decoder(arguments[0])

        def decode(data: Any) -> Any:
            if not isinstance(data, list):
                raise NotPlain(f"not a list: {data!r}")
            return tuple(map(one, data))

        return decode
    parts = [_decoder(argument) for argument in arguments]

    def decode_each(data: Any) -> Any:
        if not isinstance(data, list) or len(data) != len(parts):
            raise NotPlain(f"not a list of {len(parts)}: {data!r}")
        return tuple(part(value) for part, value in zip(parts, data, strict=True))

    return decode_each


def _optional(arguments: tuple[Any, ...]) -> Decoder:
    (kind,) = [argument for argument in arguments if argument is not type(None)]
    decode = _decoder(kind)
    return lambda data: None if data is None else decode(data)


def _dataclass(kind: type) -> Decoder:
    hints = get_type_hints(kind)
    fields = _fields(kind)
    decoders = [_decoder(hints[field.name]) for field in fields]
    defaults = [_default(field) for field in fields]
    needed = sum(default is _NONE for default in defaults)

    def decode(data: Any) -> Any:
        if not isinstance(data, list) or not needed <= len(data) <= len(fields):
            raise NotPlain(f"not a {kind.__name__}: {data!r}")
        parts = [
            default if value == {} else part(value)
            for part, default, value in zip(decoders, defaults, data, strict=False)
        ]
        if _NONE in parts:
            raise NotPlain(f"not a {kind.__name__}: {data!r}")
        return kind(*parts)

    return decode
