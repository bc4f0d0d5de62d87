"""What rules do on stored pages, and what an edit changes."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cleanpage import CleanpageError, Rules
from cleanpage.authoring.effect import changes, effects, rules_with
from cleanpage.authoring.revision import files_at
from cleanpage.cli import app
from cleanpage.stored import Page

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
WORDS = "harbour town ship mole divers hull afternoon leak master evening tide wind crew island ferry market".split()
PARAGRAPHS = [
    f"The {one} was closed this morning, the {other} said, because a {third} had been seen in front of the {one} again."
    for one, other, third in zip(WORDS, WORDS[3:], WORDS[5:], strict=False)
]
BODY = "".join(f"<p>{text}</p>" for text in PARAGRAPHS)


def pages(count: int = 2) -> list[Page]:
    html = f"""<html><head><title>A ship</title></head><body><article><h1>A ship</h1>{BODY}
<p class="standout">{PARAGRAPHS[0].replace("morning", "evening")}</p></article>
<div class="lampbox wide"><p>Another story of ours.</p></div><div class="lettering"><p>Our letter.</p></div></body></html>"""
    return [Page(f"{n}.html", html.encode(), f"https://www.coast.example/{n}") for n in range(count)]


def rules(remove: str) -> Rules:
    return Rules.parse(f"publisher: A\ndomains: [coast.example]\nremove:\n{remove}", "coast.yaml", "coast.example")


def found(remove: str) -> list[tuple[str, int]]:
    given = rules(remove)
    return [(one.code, one.place.line) for one in effects(given.files, given, pages())]


def test_what_finds_nothing_and_what_is_needless() -> None:
    assert found("  related:\n    - .lampbox\n    - .gone\n    - .wide\n") == [("idle", 6), ("needless", 7)]
    # Conditions that do not hold here may hold on other pages.
    assert found("  related:\n    - {css: .lampbox, starts: Elsewhere}\n") == []


def test_what_takes_of_an_article() -> None:
    assert found("  related:\n    - .standout\n") == [("takes-article", 5)]


def test_what_stands_in_different_articles_is_no_line_of_any() -> None:
    given = rules("  related:\n    - .standout\n")
    (first, *_) = pages()
    other = first.html.decode()
    for number, text in enumerate(PARAGRAPHS[1:]):
        other = other.replace(
            text, f"On day {number} nobody came to the {WORDS[number]}, which had never been seen before."
        )
    another = Page("other.html", other.encode(), "https://www.coast.example/other")
    assert "nobody came" in other
    assert list(effects(given.files, given, [first, another])) == []
    elsewhere = Page("other.html", other.encode(), "https://sub.coast.example/other")
    assert [one.code for one in effects(given.files, given, [first, elsewhere])] == ["takes-article"]


def test_rules_of_other_sites_are_not_asked() -> None:
    given = Rules.parse("publisher: B\ndomains: [b.example]\nremove:\n  ad: [.gone]\n")
    assert list(effects(given.files, given, pages())) == []


def test_a_version_takes_the_place_of_another() -> None:
    new, old = rules("  ad: [.lettering]\n"), rules("  ad: [.lampbox]\n")
    both = rules_with(new.files, [*old.files, *Rules.parse("remove:\n  ad: [.x]\n", key="other").files])
    assert sorted(file.key for file in both.files) == ["coast.example", "other"]
    assert next(iter(both.files)) is new.files[0]


def test_what_an_edit_changes() -> None:
    (one, two) = changes(rules("  ad: [.lettering]\n"), rules("  ad: [.lampbox]\n"), pages())
    assert (one.page, one.domain, one.gone, one.back) == ("0.html", "www.coast.example", 4, 2)
    assert one.text == "Another story of ours."
    assert two.page == "1.html"
    assert changes(rules("  ad: [.lettering]\n"), rules("  ad: [div.lettering]\n"), pages()) == []


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A repository of rules with one commit, edited since."""
    folder = tmp_path / "checkout"
    (folder / "publishers").mkdir(parents=True)
    path = folder / "publishers" / "coast.example.yaml"
    path.write_text("publisher: A\ndomains: [coast.example]\nremove:\n  ad:\n    - .lettering\n")
    git = ["git", "-C", str(folder), "-c", "user.name=a", "-c", "user.email=a@b.example"]
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-qm", "first"]):
        subprocess.run([*git, *arguments], check=True)
    path.write_text(path.read_text().replace(".lettering", ".lampbox"))
    return folder


@needs_git
def test_files_of_a_revision(checkout: Path) -> None:
    (file,) = files_at("HEAD", [checkout])
    assert (file.kind, file.key, file.remove[0].source) == ("publisher", "coast.example", ".lettering")
    assert files_at("HEAD", [checkout / "publishers" / "coast.example.yaml"])[0].remove[0].source == ".lettering"
    with pytest.raises(CleanpageError, match="git ls-tree: "):
        files_at("nowhere", [checkout])


@needs_git
def test_the_command(checkout: Path, tmp_path: Path) -> None:
    folder = tmp_path / "pages"
    folder.mkdir()
    for page in pages():
        (folder / page.name).write_bytes(page.html)
    (folder / "gold.json").write_text(json.dumps([{"id": str(n), "url": f"https://coast.example/{n}"} for n in (0, 1)]))
    arguments = ["rules", "lint", str(checkout), "--pages", str(folder), "--against", "HEAD"]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    assert "changed since HEAD: 2 pages on 1 site\n  " in result.output
    assert "0.html (coast.example): 4 words go, 2 come back: Another story of ours." in result.output
    result = CliRunner().invoke(app, ["rules", "lint", str(checkout), "--against", "HEAD"])
    assert result.exit_code == 2
    assert "it needs pages" in result.output
