"""A browser for the workbench: Chromium, driven by Playwright.

Where one of the two is missing the tests are skipped, with the reason; in `.ci/run`, where both have to be, they fail.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cleanpage.workbench.server import Server
from cleanpage.workbench.session import Session

from ..support import serving

HERE = Path(__file__).parent
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker("browser")
            item.add_marker(pytest.mark.xdist_group("browser"))


def missing(what: str) -> None:
    if os.environ.get("CLEANPAGE_TEST_BROWSER"):
        pytest.fail(what)
    pytest.skip(what)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Chromium, as the system has it."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        missing("Playwright is not installed: pip install 'cleanpage[browser-tests]'")
    found = os.environ.get("CLEANPAGE_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        missing("there is no Chromium: apt-get install chromium, or name it in CLEANPAGE_CHROMIUM")
    # Root, as which containers run tests, has no sandbox of processes; that of the page's frame is another thing.
    as_root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=[*as_root, "--disable-dev-shm-usage"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def screenshots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pictures are kept: in the folder that CLEANPAGE_SCREENSHOTS names, or with the other files of tests."""
    named = os.environ.get("CLEANPAGE_SCREENSHOTS")
    folder = Path(named) if named else tmp_path_factory.mktemp("screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _is_fault(message: Any) -> bool:
    """Whether a message of the console tells of a fault. That a rule is refused (422) is none."""
    return message.type == "error" and " 422 " not in message.text


@pytest.fixture
def server(session: Session) -> Iterator[Server]:
    with serving(session) as server:
        yield server


@pytest.fixture
def open_workbench(browser: Any) -> Iterator[Callable[..., Any]]:
    """Opens a workbench in a window of its own; what goes wrong in its scripts fails the test."""
    contexts: list[Any] = []
    errors: list[str] = []

    def open_workbench(server: Server, **options: Any) -> Any:
        context = browser.new_context(**{"viewport": {"width": 1400, "height": 900}, **options})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(120_000)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(message.text) if _is_fault(message) else None)
        page.goto(server.address)
        page.wait_for_selector("body[data-ready]")
        return page

    yield open_workbench
    found = list(errors)
    for context in contexts:
        context.close()
    assert not found
