"""What the tests of the workbench share."""

from __future__ import annotations

from pathlib import Path

import pytest

from cleanpage.workbench.session import Session

from .support import read_pages, write_rules, write_site


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    return write_site(tmp_path / "pages")


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    return write_rules(tmp_path / "rules")


@pytest.fixture
def rule_file(rules: Path) -> Path:
    return rules / "publishers" / "example" / "coast.example.yaml"


@pytest.fixture
def session(pages: Path, rules: Path) -> Session:
    return Session(read_pages(pages), [rules])
