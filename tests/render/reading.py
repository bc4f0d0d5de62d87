"""Reads Markdown as a parser does."""

from __future__ import annotations

from markdown_it import MarkdownIt
from markdown_it.token import Token

_PARSER = MarkdownIt("commonmark").enable("table")


def rendered(markdown: str) -> str:
    """What Markdown becomes as HTML."""
    return str(_PARSER.render(markdown))


def tokens(markdown: str) -> list[Token]:
    """The parser's tokens, those inside of lines included."""
    return [token for block in _PARSER.parse(markdown) for token in (block, *(block.children or ()))]


def words(markdown: str) -> list[str]:
    """The words that Markdown says, without those that only stand for an image. HTML counts as words, so that it is
    noticed."""
    said = []
    for token in tokens(markdown):
        if token.type in ("text", "code_inline", "html_inline"):
            said.append(token.content)
        elif token.type in ("fence", "code_block", "html_block"):
            said.append(f"\n{token.content}\n")
        elif token.block or token.type in ("softbreak", "hardbreak"):
            said.append("\n")
    return "".join(said).split()
