"""House rules that a reader cannot check by eye every time."""

import ast
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted((ROOT / "cohort").rglob("*.py"))
SCREEN = [ROOT / "app.py", *sorted((ROOT / "pages").glob("*.py")), *sorted((ROOT / "cohort" / "ui").glob("*.py"))]


def imports(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def calls(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node.func.attr, node


@pytest.mark.parametrize("path", [p for p in MODULES if p not in SCREEN], ids=lambda p: str(p.relative_to(ROOT)))
def test_only_the_screen_imports_streamlit(path):
    assert not [name for name in imports(path) if name.split(".")[0] == "streamlit"]


@pytest.mark.parametrize("folder", ["statistics", "readers"])
def test_statistics_and_readers_know_nothing_of_charts_or_words(folder):
    for path in (ROOT / "cohort" / folder).rglob("*.py"):
        assert not [
            n for n in imports(path) if n.startswith(("altair", "cohort.charts", "cohort.ui", "cohort.narrative"))
        ]


def test_charts_never_import_statistics():
    for path in (ROOT / "cohort" / "charts").rglob("*.py"):
        assert not [n for n in imports(path) if n.startswith(("cohort.statistics", "cohort.ui"))], path


@pytest.mark.parametrize("path", SCREEN, ids=lambda p: str(p.relative_to(ROOT)))
def test_no_door_for_markup_or_files_but_ours(path):
    for name, node in calls(path):
        assert name != "html", "st.html is not used"
        assert not [k for k in node.keywords if k.arg == "unsafe_allow_html"]
        if name == "download_button":
            assert path.name == "panels.py", "files leave through panels.download"


def test_every_page_asks_for_the_view_first():
    for path in (ROOT / "pages").glob("*.py"):
        body = [
            n
            for n in ast.parse(path.read_text(encoding="utf-8")).body
            if not isinstance(n, ast.Import | ast.ImportFrom)
        ]
        assert ast.unparse(body[1]) == "view = frame.current_view()", path.name


def test_cached_functions_take_no_hidden_argument():
    """An argument that starts with an underscore is left out of the key: one visitor would see another's result."""
    for path in SCREEN:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and any("cache_" in ast.unparse(d) for d in node.decorator_list):
                assert not [a.arg for a in node.args.args if a.arg.startswith("_")], (path, node.name)


def test_configuration_keeps_the_app_quiet():
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert config["browser"]["gatherUsageStats"] is False
    assert config["client"]["showErrorDetails"] == "none"
    assert config["client"]["disableDataExport"] is True
    assert config["runner"]["magicEnabled"] is False
    # Streamlit sends large messages as references to earlier ones, and after quick clicks to ones the browser let go
    assert config["global"]["minCachedMessageSize"] >= 1e6 * config["server"]["maxMessageSize"]


def test_direct_requirements_are_pinned():
    lines = [
        line.split("#")[0].strip() for line in (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    ]
    assert all("==" in line for line in lines if line and not line.startswith("-"))
