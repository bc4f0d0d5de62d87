"""The whole way of a rule, from a page with nuisance in it to an example that passes, as its author goes it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cleanpage import Rules
from cleanpage.examples import run
from cleanpage.stored import Page
from cleanpage.workbench.server import Server
from cleanpage.workbench.session import Session

from ..support import HOST, RULES, markup, read_pages, serving

# Axe's levels of what it finds that keep somebody from using the page.
SERIOUS = ("serious", "critical")


def said(page: Any, text: str) -> None:
    """Wait until the live region says a text."""
    page.locator("#say", has_text=re.compile(re.escape(text))).wait_for()


def block(page: Any, text: str) -> Any:
    return page.frame_locator("#frame").get_by_text(text)


def test_open_pick_choose_save_test(
    open_workbench: Callable[..., Any], server: Server, rule_file: Path, screenshots: Path
) -> None:
    page = open_workbench(server)
    assert "Nobody was hurt" in page.frame_locator("#frame").locator("body").inner_text()
    page.screenshot(path=screenshots / "1-open.png")

    block(page, "At the mole").click()
    page.get_by_role("heading", name="No rule takes this").wait_for()
    choice = page.locator(".choice", has=page.locator("code", has_text=re.compile(r"^\.tide-table$")))
    choice.click()
    assert "2 blocks here (9 words), 4 on 2 of 2 other pages" in choice.inner_text()
    assert page.input_value("#css") == ".tide-table"
    page.select_option("#category", "feedback")
    said(page, ".tide-table as feedback: 9 words would go, nothing of the article.")
    preview = page.locator("#preview")
    assert "High water today" in preview.inner_text()
    assert page.frame_locator("#frame").locator("[data-taken]").count() == 1
    page.screenshot(path=screenshots / "2-choose.png")
    assert rule_file.read_text("utf-8") == RULES

    page.get_by_role("button", name="Save").click()
    said(page, "Saved in")
    page.get_by_role("heading", name="Removed by a rule").wait_for()
    assert "coast.example/feedback/.tide-table" in page.locator("#picked").inner_text()
    assert page.frame_locator("#frame").locator('[data-r][data-c="feedback"]').count() == 1
    page.screenshot(path=screenshots / "3-saved.png")
    lines = rule_file.read_text("utf-8").splitlines()
    assert [line for line in RULES.splitlines() if line not in lines] == []
    assert len(lines) == len(RULES.splitlines()) + 7

    page.keyboard.press("t")
    said(page, "2 examples: all passed.")
    page.screenshot(path=screenshots / "4-tested.png")
    (report,) = run(Rules.load(rule_file))
    assert (report.failures, report.unshown) == ((), ())

    page.keyboard.press("u")
    said(page, "Taken back")
    assert rule_file.read_text("utf-8") == RULES


def test_the_same_way_by_keys_alone(open_workbench: Callable[..., Any], server: Server, rule_file: Path) -> None:
    page = open_workbench(server)
    press = page.keyboard.press
    for _ in range(30):
        press("j")
        page.locator("#say", has_text=re.compile(r"^Block \d+ of \d+")).wait_for()
        if "High water today" in page.locator("#say").inner_text():
            break
    else:
        pytest.fail("the block was not reached")
    press("w")
    page.locator(".choice").first.wait_for()
    press("c")
    assert page.evaluate("document.activeElement.name") == "choice"
    for _ in range(30):
        if page.evaluate("document.getElementById('css').value") == ".tide-table":
            break
        press("ArrowDown")
    else:
        pytest.fail("the selector was not reached")
    press("g")
    assert page.evaluate("document.activeElement.id") == "category"
    page.keyboard.type("feed")
    press("Escape")
    said(page, ".tide-table as feedback: 9 words would go")
    press("s")
    said(page, "Saved in")
    assert "    - .tide-table" in rule_file.read_text("utf-8").splitlines()
    press("t")
    said(page, "all passed")
    press("1")
    assert page.evaluate("document.activeElement.id") == "tab-block"
    press("ArrowRight")
    assert page.evaluate("document.activeElement.id") == "tab-removed"
    press("n")
    said(page, "Page 2 of 3")
    press("x")
    said(page, "removed, feedback, by coast.example/feedback/.tide-table")
    press("f")
    assert page.evaluate("document.activeElement.id") == "frame"
    press("k")  # heard in the frame, too
    said(page, "left: Two tugs")
    press("?")
    page.get_by_role("dialog").wait_for()
    press("Escape")
    page.get_by_role("dialog").wait_for(state="hidden")


def test_keys_can_be_left_to_others(open_workbench: Callable[..., Any], server: Server) -> None:
    page = open_workbench(server)
    page.keyboard.press("?")
    page.locator("#single-keys").uncheck()
    page.keyboard.press("Escape")
    before = page.locator("#say").inner_text()
    page.keyboard.press("j")
    assert page.locator("#say").inner_text() == before
    page.keyboard.press("Alt+j")
    said(page, "Block 1 of")


def test_a_block_that_was_taken_shows_its_rule(
    open_workbench: Callable[..., Any], server: Server, rule_file: Path
) -> None:
    page = open_workbench(server)
    block(page, "Older story about the boats").click()
    page.get_by_role("heading", name="Removed by a rule").wait_for()
    text = page.locator("#picked").inner_text()
    assert "coast.example/related/.more-stories" in text
    assert f"{rule_file}:7" in text


def test_a_block_that_was_taken_wrongly_is_kept(
    open_workbench: Callable[..., Any], server: Server, rule_file: Path
) -> None:
    page = open_workbench(server)
    block(page, "More from the coast").click()
    choice = page.locator(".choice", has=page.locator("code", has_text=re.compile(r"^\.more-stories$")))
    assert "3 blocks here" in choice.inner_text()
    assert page.input_value("#css") == ""  # nothing is given back unasked
    choice.click()
    said(page, "would come back")
    page.keyboard.press("s")
    said(page, "Saved in")
    page.get_by_role("heading", name="No rule takes this").wait_for()
    assert page.frame_locator("#frame").locator("[data-r]").count() == 0
    lines = rule_file.read_text("utf-8").splitlines()
    assert lines[lines.index("keep:") + 1] == "  - .more-stories"


def test_what_was_held_back_is_hatched_and_says_why(
    open_workbench: Callable[..., Any], rules: Path, screenshots: Path
) -> None:
    wrapped = (
        markup(1)
        .replace("<p>The harbour", '<div class="newsletter-signup"><p>The harbour')
        .replace("</article>", "</div></article>")
    )
    with serving(Session([Page("1.html", wrapped.encode(), f"https://{HOST}/1")], [rules])) as server:
        page = open_workbench(server)
        held = page.frame_locator("#frame").locator('[data-h][data-c="newsletter"]')
        assert "repeating-linear-gradient" in held.evaluate("e => getComputedStyle(e).backgroundImage")
        page.keyboard.press("x")
        page.keyboard.press("x") if "Removed by" in page.locator("#picked").inner_text() else None
        page.get_by_role("heading", name="Held back: it is still there").wait_for()
        assert "Because" in page.locator("#picked").inner_text()
        page.locator(".choice").first.wait_for()  # a rule of the site's own could take it
        page.screenshot(path=screenshots / "held.png")


def test_what_is_beside_the_page(open_workbench: Callable[..., Any], server: Server) -> None:
    page = open_workbench(server)
    assert "4 of 4" in page.locator("#score").inner_text()
    page.get_by_role("tab", name="Removed").click()
    panel = page.get_by_role("tabpanel", name="Removed")
    assert "1 block removed" in panel.inner_text()
    page.get_by_role("tab", name="Clean text").click()
    assert "High water today" in page.get_by_role("tabpanel", name="Clean text").inner_text()
    assert "More from the coast" not in page.get_by_role("tabpanel", name="Clean text").inner_text()
    page.get_by_role("tab", name="Article").click()
    assert "High water today" not in page.get_by_role("tabpanel", name="Article").inner_text()
    page.get_by_role("tab", name="Removed").click()
    panel.get_by_role("button").first.click()
    page.get_by_role("heading", name="Removed by a rule").wait_for()


def test_a_selector_of_ones_own_is_tried_as_it_is_written(open_workbench: Callable[..., Any], server: Server) -> None:
    page = open_workbench(server)
    block(page, "At the mole").click()
    page.locator(".choice").first.wait_for()
    page.fill("#css", ".byline")
    page.locator("#takes", has_text="it takes of the article").wait_for()
    page.fill("#css", "p[")
    said(page, "is no selector")


def test_without_a_folder_of_rules_saving_says_what_is_missing(open_workbench: Callable[..., Any], pages: Path) -> None:
    # What the server refuses is an error to the browser, too; nothing else may be one.
    with serving(Session(read_pages(pages))) as server:
        page = open_workbench(server)
        assert "--rules" in page.locator("#target").text_content()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(
    open_workbench: Callable[..., Any], server: Server, screenshots: Path, scheme: str
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    # Axe sets styles of its own while it looks.
    page = open_workbench(server, color_scheme=scheme, bypass_csp=True)

    def check(name: str) -> None:
        page.screenshot(path=screenshots / f"{name}-{scheme}.png")
        found = axe.run(page, options={"iframes": False}).response["violations"]
        assert [(one["id"], [n["html"] for n in one["nodes"]]) for one in found if one["impact"] in SERIOUS] == []

    check("open")
    block(page, "At the mole").click()
    page.locator(".choice").first.wait_for()
    page.locator('input[name="choice"]').first.check()
    page.select_option("#category", "feedback")
    page.locator("#preview").wait_for()
    check("chosen")
    page.get_by_role("button", name="Save").click()
    page.locator("#outcome").wait_for()
    check("saved")
    for name in ("Removed", "Clean text", "Article"):
        page.get_by_role("tab", name=name).click()
        check(name.lower().replace(" ", "-"))
    page.get_by_role("button", name="Keys").click()
    check("keys")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_in_the_stored_page(browser: Any, server: Server, scheme: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    context = browser.new_context(color_scheme=scheme, bypass_csp=True)
    page = context.new_page()
    page.goto(f"{server.address}pages/0")
    found = axe.run(page).response["violations"]
    context.close()
    assert [one["id"] for one in found if one["impact"] in SERIOUS] == []


def test_it_can_be_used_in_a_narrow_window(
    open_workbench: Callable[..., Any], server: Server, screenshots: Path
) -> None:
    page = open_workbench(server, viewport={"width": 480, "height": 900})
    page.screenshot(path=screenshots / "narrow.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 480
