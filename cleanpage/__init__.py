"""cleanpage takes a web page and gives back the page without nuisance, with a reason for everything it removed."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .api import Cleaner, clean, clean_text, extract
    from .errors import CleanpageError, PageError, Problem, RuleError
    from .page import Limits, Page
    from .result import Access, Metadata, Removal, Result
    from .rules.ruleset import Rules

__version__ = "0.1.0"

__all__ = [
    "Access",
    "Cleaner",
    "CleanpageError",
    "Limits",
    "Metadata",
    "Page",
    "PageError",
    "Problem",
    "Removal",
    "Result",
    "RuleError",
    "Rules",
    "clean",
    "clean_text",
    "extract",
]

# Each name is imported when it is first asked for, so that the command can show its help, and a program can import
# cleanpage, without the parser and the engine.
_HOMES = {
    **dict.fromkeys(("Cleaner", "clean", "clean_text", "extract"), "api"),
    **dict.fromkeys(("CleanpageError", "PageError", "Problem", "RuleError"), "errors"),
    **dict.fromkeys(("Access", "Metadata", "Removal", "Result"), "result"),
    **dict.fromkeys(("Limits", "Page"), "page"),
    "Rules": "rules.ruleset",
}


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value: object = getattr(import_module(f".{home}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
