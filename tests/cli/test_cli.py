"""The command line: what a stranger types first."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from twin_assets.cli import app
from twin_core.authors import load_authors
from twin_core.settings import TwinSettings

runner = CliRunner()


def twin(*arguments: str, answers: str = ""):
    return runner.invoke(app, list(arguments), input=answers)


def test_help_names_the_first_steps():
    shown = twin("--help").output
    for command in ("init", "run", "ask", "serve", "dev", "demo", "doctor"):
        assert command in shown
    assert "Start with" in shown


def test_init_asks_and_writes_the_consent_record(articles: Path, installation: TwinSettings):
    done = twin("init", answers=f"Jane Doe\ny\n{articles}\n")
    assert done.exit_code == 0, done.output
    assert "18 articles" in done.output
    assert "twin run me" in done.output
    author = load_authors(installation.authors_file).get("me")
    assert author.name == "Jane Doe"
    assert author.consent and author.consent.basis == "self"


def test_init_asks_again_for_a_folder_that_is_not_there(articles: Path):
    done = twin("init", answers=f"Jane\ny\n/no/such/folder\n{articles}\n")
    assert done.exit_code == 0
    assert "does not exist" in done.output


def test_init_of_somebody_elses_articles_wants_evidence(articles: Path, installation: TwinSettings):
    done = twin("init", "--folder", str(articles), answers="Jane Doe\nn\nwritten\nmail of 1 May\n")
    assert done.exit_code == 0, done.output
    consent = load_authors(installation.authors_file).get("jane-doe").consent
    assert consent and consent.evidence == "mail of 1 May"


def test_init_without_questions(articles: Path, installation: TwinSettings):
    options = ("--name", "J", "--slug", "j", "--basis", "self", "--folder", str(articles))
    assert twin("init", *options).exit_code == 0
    again = twin("init", *options)
    assert again.exit_code == 1
    assert "already has an author 'j'" in " ".join(again.output.split())


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (("--slug", "Not A Slug"), "slug is 'Not A Slug'"),
        (("--name", "★"), "name is '★'"),
        (("--folder", "~nosuchuser/x"), "'~nosuchuser/x' is not a folder"),
        (("--basis", "whim"), "'whim' is no ground of consent"),
        (("--feed", "ftp://example.org/feed"), "not the address of a feed"),
        (("--feed", "http://127.0.0.1:9/feed"), "not a public address"),
    ],
)
def test_init_explains_what_it_cannot_take(
    articles: Path, installation: TwinSettings, options: tuple[str, ...], problem: str
):
    base = ["--name", "J", "--basis", "self", "--folder", str(articles)]
    done = twin("init", *base, *options)
    assert done.exit_code == 1
    assert problem in " ".join(done.output.split())
    assert "Remedy:" in done.output
    assert not installation.authors_file.exists()


def test_init_sample_adds_both_authors_once(installation: TwinSettings):
    assert twin("init", "--sample").exit_code == 0
    assert twin("init", "--sample").exit_code == 0
    assert len(load_authors(installation.authors_file).authors) == 2


def test_run_without_an_authors_file_says_what_to_do():
    done = twin("run", "me")
    assert done.exit_code == 1
    assert "no authors file" in done.output
    assert "twin init" in done.output


def test_run_of_an_unknown_author_names_the_known_ones(author):
    done = twin("run", "inez")
    assert done.exit_code == 1
    assert "author 'inez' is not in the authors file (known: ines)" in " ".join(done.output.split())


def test_ask_before_there_is_a_twin_says_what_to_do(author):
    done = twin("ask", "ines", "Hello?")
    assert done.exit_code == 1
    assert "no promoted twin 'ines'" in done.output
    assert "twin run ines" in done.output


def test_a_wrong_setting_is_explained(monkeypatch: pytest.MonkeyPatch, author):
    monkeypatch.setenv("TWIN_PROFILE", "enormous")
    done = twin("run", "ines")
    assert done.exit_code == 1
    assert "enormous" in done.output and "smollm2-135m" in done.output


def test_doctor_finds_what_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    healthy = twin("doctor")
    assert healthy.exit_code == 0, healthy.output
    assert "twin init" in healthy.output
    monkeypatch.setenv("TWIN_ENGINE_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("TWIN_EMBEDDING_MODEL", str(tmp_path / "absent"))
    sick = twin("doctor")
    assert sick.exit_code == 1
    assert "does not answer" in sick.output
    assert "neither a directory" in sick.output


def test_authors_check_collects_and_stores_nothing(author, articles, installation):
    from typer.testing import CliRunner

    from twin_assets.cli import app

    (articles / "broken.md").write_text("---\na: [\n---\nText.\n")
    result = CliRunner().invoke(app, ["authors", "check"], env={"COLUMNS": "200"})
    assert result.exit_code == 0, result.output
    assert "18 articles (nothing is stored yet); nothing was stored" in " ".join(
        result.output.split()
    )
    assert "quarantined" in result.output and "broken.md" in result.output
    assert not installation.lake_dir.exists()
    unknown = CliRunner().invoke(app, ["authors", "check", "--author", "nobody"])
    assert unknown.exit_code == 1
    assert "nobody" in unknown.output


def test_a_day_that_is_none_is_told_in_plain_words(author, capfd: pytest.CaptureFixture[str]):
    done = twin("run", "ines", "--select", "raw_articles", "--since", "foo")
    assert done.exit_code == 1
    told = " ".join(capfd.readouterr().out.split())
    assert "'foo' is not a date" in told and "Remedy: write it as 2025-01-31." in told
    assert "dagster." not in told and "Failure" not in told
