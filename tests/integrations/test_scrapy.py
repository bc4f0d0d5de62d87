"""Real crawls with Scrapy, of a server on this machine."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from .conftest import ARTICLE, KEPT, REMOVED, example, framework, run_python

framework("scrapy")

_PAGES = {
    "/start": (
        "text/html",
        b"<title>Start</title><p>Start.</p><a href=/bridge>a</a><a href=/empty>b</a><a href=/picture>c</a>",
    ),
    "/bridge": ("text/html; charset=utf-8", ARTICLE.encode()),
    "/latin": ("text/html; charset=windows-1252", "<p>Über die Brücke.</p>".encode("cp1252")),
    "/empty": ("text/html", b""),
    "/picture": ("image/png", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9),
}


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        kind, body = _PAGES.get(self.path, ("", b""))
        self.send_response(200 if kind else 404)
        self.send_header("Content-Type", kind or "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def _lines(path: Path) -> dict[str, dict[str, Any]]:
    records = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    found = {record["url"].rpartition("/")[2]: record for record in records}
    assert len(found) == len(records)
    return found


def test_the_example_of_the_documentation_crawls_a_site(site: str, tmp_path: Path) -> None:
    run_python(example("scrapy.md"), tmp_path, site + "/start")
    found = _lines(tmp_path / "articles.jsonl")
    assert set(found) == {"start", "bridge", "empty", "picture"}  # what the bridge links to is not found
    good = found["bridge"]
    assert KEPT in " ".join(good["markdown"].split())
    assert REMOVED not in good["markdown"]
    assert (good["title"], good["authors"]) == ("Bridge opens", ["Ann Example"])
    assert good["published"].startswith("2024-03-15T09:20")
    assert "html" not in good
    assert found["empty"]["error"].startswith("empty: ")
    assert found["picture"]["error"].startswith("binary: ")
    assert "markdown" not in found["picture"]


_SPIDER = """
import dataclasses, json, sys
import scrapy
from scrapy.crawler import CrawlerProcess
from cleanpage.integrations.scrapy import page

class Declared(scrapy.Item):
    url, html, text, words, removed = (scrapy.Field() for _ in range(5))

@dataclasses.dataclass
class Page:
    url: str
    body: bytes
    content_type: str | None = None
    text: str = ""
    title: str = "as the spider says"
    error: str | None = None

class Spider(scrapy.Spider):
    name = "spider"
    handle_httpstatus_all = True

    def parse(self, response):
        yield MAKE(response)

    def closed(self, reason):
        stats = self.crawler.stats.get_stats()
        print(json.dumps({key: value for key, value in stats.items() if isinstance(value, int | str)}))

crawl = CrawlerProcess({
    "ITEM_PIPELINES": {"cleanpage.integrations.scrapy.CleanpagePipeline": 300},
    "FEEDS": {"out.jsonl": {"format": "jsonlines"}},
    **SETTINGS,
})
crawl.crawl(Spider, start_urls=sys.argv[1:])
crawl.start()
"""


def _crawl(
    folder: Path, urls: list[str], make: str, **settings: Any
) -> tuple[dict[str, dict[str, Any]], dict[str, Any]]:
    """What a crawl with one kind of item writes, by the last part of the address, and its statistics."""
    code = _SPIDER.replace("MAKE(response)", make).replace("SETTINGS", repr(settings))
    output = run_python(code, folder, *urls)
    assert '{"' in output, output
    stats = next(json.loads(line) for line in output.splitlines() if line.startswith('{"'))
    return _lines(folder / "out.jsonl"), stats


def test_an_item_gets_the_fields_it_declares_and_is_dropped_if_it_cannot_hold_an_error(
    site: str, tmp_path: Path
) -> None:
    make = "Declared(url=response.url, html=response.body)"
    settings = {"CLEANPAGE_WITH_REMOVED": True, "CLEANPAGE_MODE": "clean"}
    found, stats = _crawl(tmp_path, [f"{site}/bridge", f"{site}/empty"], make, **settings)
    assert set(found) == {"bridge"}
    assert set(found["bridge"]) == {"url", "text", "words", "removed"}
    assert [one["text"] for one in found["bridge"]["removed"]] == [REMOVED]
    assert stats["cleanpage/pages"] == 2
    assert stats["cleanpage/errors/empty"] == 1
    assert stats["cleanpage/words"] == found["bridge"]["words"]
    assert stats["cleanpage/removed_words"] == 3
    assert stats["item_dropped_count"] == 1


def test_other_fields_another_class_and_rules_of_ones_own(site: str, tmp_path: Path) -> None:
    rules = tmp_path / "rules" / "generic"
    rules.mkdir(parents=True)
    rules.joinpath("ad.yaml").write_text('remove: {ad: [{css: p, starts: "Cyclists"}]}\n')
    make = "Page(response.url, response.body, response.headers['Content-Type'].decode())"
    settings = {"CLEANPAGE_HTML_FIELD": "body", "CLEANPAGE_RULES": ["rules"], "CLEANPAGE_MODE": "clean"}
    urls = [f"{site}/{name}" for name in ("bridge", "latin", "empty")]
    found, stats = _crawl(tmp_path, urls, make, **settings)
    assert found["latin"]["text"] == "Über die Brücke."
    assert "From six in the morning" in found["bridge"]["text"]
    assert "Cyclists" not in found["bridge"]["text"]
    assert all((one["title"], one["body"]) == ("as the spider says", None) for one in found.values())
    assert found["empty"]["error"].startswith("empty: ")
    assert "item_dropped_count" not in stats


def test_without_asyncio_and_without_a_page(site: str, tmp_path: Path) -> None:
    reactor = {"TWISTED_REACTOR": "twisted.internet.selectreactor.SelectReactor"}
    make = "{'url': response.url, 'status': 1} if response.url.endswith('latin') else page(response)"
    found, stats = _crawl(tmp_path, [f"{site}/bridge", f"{site}/latin"], make, **reactor)
    assert found["latin"] == {"url": f"{site}/latin", "status": 1}
    assert KEPT in found["bridge"]["text"]
    assert stats["cleanpage/pages"] == 1


def test_a_setting_that_is_none_of_its_values_is_named() -> None:
    from scrapy.settings import Settings

    from cleanpage.integrations import scrapy

    with pytest.raises(ValueError, match="CLEANPAGE_MODE is 'article'; write one of 'extract', 'clean'"):
        scrapy._choice(Settings({"CLEANPAGE_MODE": "article"}), "CLEANPAGE_MODE", ("extract", "clean"))


def test_the_settings_of_the_documentation_are_those_of_the_module() -> None:
    from cleanpage.integrations import scrapy

    page = Path(__file__).parents[2].joinpath("docs/integrations/scrapy.md").read_text("utf-8")
    blocks = [
        [
            line.split("#")[0].strip()
            for line in text.splitlines()
            if line.strip().startswith("CLEANPAGE_") and "=" in line
        ]
        for text in (scrapy.__doc__ or "", page)
    ]
    assert blocks[0] == blocks[1]
    assert len(blocks[0]) == 6
