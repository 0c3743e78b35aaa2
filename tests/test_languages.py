"""In which language somebody reads: the header of their browser, and what there is."""

from __future__ import annotations

import pytest

from jupyterlab_cohost.http.gateway.card import PageState, card
from jupyterlab_cohost.http.languages import best, languages, texts_of_pages, translated
from jupyterlab_cohost.protocol.sentences import sentence

KNOWN = ("de_DE", "pt_BR", "zh_CN")


@pytest.mark.parametrize(
    "header,language",
    [
        ("de", "de_DE"),
        ("de-AT,de;q=0.9,en;q=0.8", "de_DE"),
        ("en-US,en;q=0.9,de;q=0.8", "en"),
        ("fr,de;q=0.5,en;q=0.3", "de_DE"),
        ("en;q=0.2, zh-cn;q=0.7", "zh_CN"),
        ("pt-PT", "pt_BR"),
        ("de;q=0", "en"),
        ("", "en"),
        ("*", "en"),
        ("../../etc;q=x,<script>", "en"),
        (",".join(["xx"] * 5000) + ",de", "en"),
    ],
)
def test_ui_92_the_first_wanted_language_that_there_is(header: str, language: str) -> None:
    assert best(header, KNOWN) == language


def test_ui_92_a_card_is_in_the_language_with_its_message_and_is_else_english() -> None:
    assert "de_DE" in languages()
    message = sentence("You are signed in as %1, and this link is not for that account.", "<b>ada</b>")
    german = card(PageState("not_invited", message), "n", "/b/", "de_DE")
    assert 'lang="de-DE"' in german and "Dieser Link ist nicht für Sie" in german
    assert "Your name" not in german.partition("data-texts=")[0] and ">Ihr Name<" in german
    assert "&lt;b&gt;ada&lt;/b&gt;" in german and "<b>ada</b>" not in german
    english = card(PageState("not_invited", message), "n", "/b/")
    assert 'lang="en"' in english and ">Your name<" in english and 'data-texts="{}"' in english
    for page in (german, english):
        assert "{{" not in page


def test_ui_92_a_sentence_keeps_its_arguments_and_one_without_translation_is_english() -> None:
    texts = texts_of_pages("de_DE")
    said = translated(sentence("This name is too long: at most %1 characters.", 64), texts)
    assert "64" in said and said != "This name is too long: at most 64 characters."
    assert translated("Never heard of.", texts) == "Never heard of."
