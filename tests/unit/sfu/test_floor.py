"""Hands and the floor, as a class would see them."""

from __future__ import annotations

from sfu.floor import Floor


def test_hands_stand_in_the_order_they_were_raised() -> None:
    floor = Floor("hand")
    assert floor.raise_hand("mila", 10.0)
    assert floor.raise_hand("timur", 11.0)
    assert not floor.raise_hand("mila", 12.0), "a hand that is up keeps its place"
    assert floor.hands == [("mila", 10.0), ("timur", 11.0)]


def test_a_hand_lowered_and_raised_again_goes_to_the_end() -> None:
    floor = Floor("hand")
    floor.raise_hand("mila", 10.0)
    floor.raise_hand("timur", 11.0)
    assert floor.lower_hand("mila")
    assert not floor.lower_hand("mila")
    floor.raise_hand("mila", 12.0)
    assert [who for who, _ in floor.hands] == ["timur", "mila"]


def test_lower_all_tells_whose_hands_were_up() -> None:
    floor = Floor("hand")
    floor.raise_hand("mila", 10.0)
    floor.raise_hand("timur", 11.0)
    assert floor.lower_all() == ["mila", "timur"]
    assert floor.hands == []


def test_under_the_hand_policy_only_holders_speak() -> None:
    floor = Floor("hand")
    assert not floor.may_speak("mila")
    assert floor.give("mila")
    assert not floor.give("mila")
    assert floor.may_speak("mila")
    assert not floor.may_speak("timur")
    assert floor.take("mila")
    assert not floor.take("mila")
    assert not floor.may_speak("mila")


def test_in_an_open_call_everybody_speaks() -> None:
    floor = Floor("open")
    assert floor.may_speak("mila")
    assert floor.holders == []


def test_whoever_leaves_takes_hand_and_floor_along() -> None:
    floor = Floor("hand")
    floor.give("mila")
    floor.raise_hand("mila", 10.0)
    assert floor.forget("mila") == (True, True)
    assert floor.forget("mila") == (False, False)
    assert floor.holders == [] and floor.hands == []


def test_take_all() -> None:
    floor = Floor("hand")
    floor.give("mila")
    floor.give("timur")
    assert floor.take_all() == ["mila", "timur"]
    assert not floor.may_speak("timur")
