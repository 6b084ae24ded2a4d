"""The search for flashes and beeps finds each once, however it sets in."""

from __future__ import annotations

import pytest

from tests.interop.beacon import rises


@pytest.mark.parametrize("first", [0.02, 0.11, 0.23, 0.26])
def test_a_beep_that_sets_in_within_a_window_is_found_once(first: float) -> None:
    levels = [0.0, first, 0.36, 0.34, 0.12, 0.3, 0.05, 0.0]
    found = rises((number / 200, level) for number, level in enumerate(levels))
    assert found == [1 / 200 if first > 0.25 else 2 / 200]
