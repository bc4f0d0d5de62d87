"""Documents of LangChain, with markup in and the article out."""

from __future__ import annotations

import asyncio

import pytest

from .conftest import ARTICLE, KEPT, REMOVED, example, framework

framework("langchain_core")

from langchain_core.documents import Document  # noqa: E402

from cleanpage.integrations.langchain import CleanpageTransformer  # noqa: E402

_URL = "https://www.example.com/bridge.html"


def test_a_document_keeps_its_identity_and_learns_what_the_page_says() -> None:
    before = Document(id="7", page_content=ARTICLE, metadata={"source": _URL, "crawl": "spring"})
    (after,) = CleanpageTransformer().transform_documents([before])
    assert KEPT in after.page_content
    assert REMOVED not in after.page_content
    assert after.id == "7"
    assert after.metadata["source"] == _URL
    assert after.metadata["crawl"] == "spring"
    assert (after.metadata["title"], after.metadata["authors"]) == ("Bridge opens", ["Ann Example"])
    assert before.page_content == ARTICLE
    assert "title" not in before.metadata


def test_a_page_that_fails_is_an_empty_document_with_the_reason() -> None:
    pages = [Document(page_content=""), Document(page_content=ARTICLE), Document(page_content="\0" * 900)]
    bad, good, worse = CleanpageTransformer().transform_documents(pages)
    assert (bad.page_content, worse.page_content) == ("", "")
    assert bad.metadata["error"].startswith("empty: ")
    assert "error" in worse.metadata
    assert "error" not in good.metadata


def test_mode_format_and_the_key_of_the_address() -> None:
    transformer = CleanpageTransformer(mode="clean", format="markdown", url_key="link")
    page = Document(page_content='<h1>Title</h1><p>Text, <a href="/x">linked</a>.</p>', metadata={"link": _URL})
    (after,) = transformer.transform_documents([page])
    assert after.page_content.strip() == "# Title\n\nText, [linked](https://www.example.com/x)."


def test_it_works_in_an_event_loop() -> None:
    (after,) = asyncio.run(CleanpageTransformer().atransform_documents([Document(page_content=ARTICLE)]))
    assert KEPT in after.page_content


def test_the_example_of_the_documentation_runs(capsys: pytest.CaptureFixture[str]) -> None:
    code = example("langchain.md")
    exec(code, {})
    promised = [line.split("  # ")[1] for line in code.splitlines() if "  # " in line]
    assert capsys.readouterr().out.splitlines() == promised
