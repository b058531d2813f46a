"""Numbers with either decimal sign, read exactly."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stakeholder_hub.decisions.pabulib.amounts import decimal_places, read_amount


@pytest.mark.parametrize(
    "text",
    [
        "1546168.66",
        "1546168,66",
        "1 546 168,66",
        "1.546.168,66",
        "1,546,168.66",
        "1\u202f546\u00a0168.66",
        "1'546'168.66",
    ],
)
def test_every_usual_way_to_write_an_amount_means_the_same(text):
    assert read_amount(text) == Fraction(154616866, 100)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12,000", 12000),
        ("1.000", 1),
        ("0,125", Fraction(1, 8)),
        ("1.000.000", 10**6),
        ("1e+06", 10**6),
        ("5.", 5),
        (",5", Fraction(1, 2)),
        ("-3", -3),
        ("+4,50", Fraction(9, 2)),
    ],
)
def test_amounts_are_read_exactly(text, value):
    assert read_amount(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        "abc",
        "1,2,3",
        "1.2.3",
        "1e99",
        "nan",
        "inf",
        "0x10",
        "1_000",
        "١٢",
        "9" * 70,
        "1" * 20,
        "0.1234567",
        "--1",
        "1;2",
    ],
)
def test_what_is_not_one_plain_number_is_refused(text):
    with pytest.raises(ValueError):
        read_amount(text)


@given(st.integers(0, 10**12), st.integers(0, 99))
def test_any_grouping_gives_back_the_amount(whole, cents):
    value = Fraction(whole * 100 + cents, 100)
    grouped = f"{whole:,}"
    assert read_amount(f"{grouped}.{cents:02d}") == value
    assert read_amount(f"{grouped.replace(',', '.')},{cents:02d}") == value
    assert read_amount(f"{grouped.replace(',', ' ')},{cents:02d}") == value


def test_the_smallest_unit_follows_from_the_decimals_used():
    assert decimal_places([Fraction(3), Fraction(5, 2), Fraction(1, 100)]) == 2
