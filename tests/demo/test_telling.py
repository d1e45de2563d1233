"""The teller lets no answer pass that is not the story's, and says which it was."""

from fractions import Fraction

import pytest

from demo.telling import Mismatch, Teller, four_decimals


def test_an_answer_as_told_is_counted(capsys: pytest.CaptureFixture[str]) -> None:
    teller = Teller()
    teller.check("colour", "red", "red")
    teller.check_ratio("dose", {"value": 0.6667, "numerator": 2, "denominator": 3}, 2, 3)
    assert teller.checks == 2
    assert "2 / 3 = 0.6667" in capsys.readouterr().out


@pytest.mark.parametrize(
    "found",
    [
        {"value": 0.6666, "numerator": 2, "denominator": 3},
        {"value": 0.6667, "numerator": 4, "denominator": 6},
        {"value": None, "numerator": 0, "denominator": 0},
    ],
)
def test_a_ratio_that_differs_anywhere_ends_the_story(found: dict[str, float | None]) -> None:
    teller = Teller()
    with pytest.raises(Mismatch, match="dose: the story says"):
        teller.check_ratio("dose", found, 2, 3)
    assert teller.checks == 0


def test_figures_are_rounded_half_up() -> None:
    assert four_decimals(Fraction(1, 20_000)) == 0.0001
    assert four_decimals(Fraction(-1, 20_000)) == 0
    assert four_decimals(Fraction(-16, 100_000)) == -0.0002
