"""The page as a browser shows and prints it: whole, quiet, and the same whatever somebody calls an exercise."""

from dataclasses import fields, replace
from datetime import date

import pytest

from hep_api.dosing.schedule import Schedule, ScheduleKind
from hep_api.foundation.languages import WRITTEN
from hep_api.integrations import documents
from hep_api.integrations.handouts import pages
from hep_api.integrations.handouts.phrases.languages import PHRASEBOOKS
from hep_api.integrations.handouts.phrases.phrasebook import Phrasebook
from hep_api.integrations.handouts.wishes import Paper, Wishes
from hep_api.integrations.languages import Language
from hep_api.integrations.laying_out import Page
from hep_api.plans.occurrences import PlanTerms, due_occurrences
from tests.integrations.browsing import Browsing
from tests.integrations.handing_out import FROM, handout
from tests.integrations.pdf_text import texts_of

TERMS = PlanTerms(date(2026, 5, 4), None, ((date(2026, 5, 14), date(2026, 5, 18)),))
TWICE = Schedule(ScheduleKind.DAILY, times_per_day=2)
SECOND = Schedule(ScheduleKind.EVERY_N_DAYS, every_n_days=2, times_per_day=1)
QUOTA = Schedule(ScheduleKind.WEEKLY_QUOTA, times_per_week=3)
NEEDED = Schedule(ScheduleKind.AS_NEEDED)
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'}</style><b>{{7*7}} מתיחה 🦵 &amp;"


def policy(page: Page) -> dict[str, str]:
    return {"Content-Security-Policy": page.content_security_policy}


@pytest.mark.parametrize("language", Language)
def test_a_browser_shows_and_prints_the_page_without_a_complaint(browsing: Browsing, language: Language) -> None:
    wishes = Wishes(language=language, weeks=3, large=language is Language.GERMAN)
    made, histories = handout(wishes, TERMS, TWICE, SECOND, QUOTA, NEEDED)
    page = pages.render(made)
    with browsing.show(page.html, policy(page)) as shown:
        due = [each for one in histories for each in due_occurrences(one.versions, TERMS, FROM, date(2026, 5, 25))]
        of_choice = 3 + 1 + 3  # the week with the pause expects one
        assert shown.count("td.due .box") == len(due)
        assert shown.count("td.choice .box") == of_choice
        assert shown.texts(".words") == [
            each.prescribed.words[:1].upper() + each.prescribed.words[1:] for each in made.exercises
        ]
        assert shown.page.locator("html").get_attribute("lang") == language.value
        assert all(image.get_attribute("alt") for image in shown.page.locator("img").all())
        assert all(image.evaluate("image => image.naturalWidth > 0") for image in shown.page.locator("img").all())
        assert shown.count("thead th[scope=col]") == 3 * 8
        assert shown.count("tbody th[scope=row]") == 3 * 4
        assert shown.page.pdf(prefer_css_page_size=True).startswith(b"%PDF")
        assert (shown.complaints, shown.fetched) == ([], [])


def test_what_somebody_wrote_stays_what_they_wrote(browsing: Browsing) -> None:
    wishes = Wishes(language=Language.ENGLISH, weeks=1)
    texts = {"steps": [HOSTILE], "cues": [HOSTILE], "precautions": [HOSTILE], "note": HOSTILE, "phase": HOSTILE}
    made, _ = handout(wishes, TERMS, TWICE, name=HOSTILE, **texts)
    page = pages.render(made)
    with browsing.show(page.html, policy(page)) as shown:
        assert shown.texts(".phase, .name span[dir]") == [HOSTILE] * 2
        assert shown.texts(".said, .note") == [f"Note: {HOSTILE}"] * 2
        assert shown.texts("li") == [HOSTILE] * 3
        assert shown.count("script, b, .exercise img[src=x]") == 0
        assert (shown.complaints, shown.fetched) == ([], [])
    # The policy is the second wall: what gets past the escaping runs nothing, draws nothing and calls nobody.
    broken = page.html.replace("</body>", "<script>alert(1)</script><img src='https://x.example/'></body>")
    with browsing.show(broken, policy(page)) as shown:
        assert len(shown.complaints) == 2
        assert all("Content Security Policy" in complaint for complaint in shown.complaints)
        assert shown.fetched == []


def test_paper_and_type_are_as_wished() -> None:
    usual = Wishes(language=Language.ENGLISH, weeks=0)
    made, _ = handout(usual, TERMS, TWICE)
    plain, large = (pages.render(each) for each in (made, replace(made, wishes=replace(usual, large=True))))
    letter = pages.render(replace(made, wishes=replace(usual, paper=Paper.LETTER)))
    assert ("size: A4" in plain.html, "size: letter" in letter.html) == (True, True)
    assert ("font: 10.5pt" in plain.html, "font: 15pt" in large.html) == (True, True)
    assert ("6 May 2026" in plain.html, "May 6, 2026" in letter.html) == (True, True)
    assert len({each.content_security_policy for each in (plain, large, letter)}) == 3
    assert "<table" not in plain.html


def test_the_pdf_has_the_words_and_fetches_nothing(caplog: pytest.LogCaptureFixture) -> None:
    made, _ = handout(Wishes(language=Language.GERMAN, weeks=1), TERMS, TWICE)
    html = pages.render(made).html
    pdf = documents.make_pdf(html.replace("</body>", "<img src='file:///etc/hostname'><img src='https://x.example/'>"))
    assert pdf.startswith(b"%PDF-1.7")
    assert any("3Sätzeà10Wiederholungen,zweimaltäglich" in text for text in texts_of(pdf))
    # Neither file nor address was read, and nothing of a handout goes into the log.
    assert b"/Subtype /Image" not in pdf
    assert caplog.records == []


@pytest.mark.parametrize("language", WRITTEN)
def test_every_language_says_everything_with_the_same_things_to_fill_in(language: str) -> None:
    ours, english = PHRASEBOOKS[Language(language)], PHRASEBOOKS[Language.ENGLISH]
    for field in fields(Phrasebook):
        said, original = getattr(ours, field.name), getattr(english, field.name)
        assert said.strip() == said != ""
        assert [part.split("}")[0] for part in said.split("{")[1:]] == [
            part.split("}")[0] for part in original.split("{")[1:]
        ]
