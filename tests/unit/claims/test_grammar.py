"""The language of claims: what binds tighter, what reads back, and what is refused."""

import pytest

from cohort.claims.grammar import (
    Call,
    ExpressionError,
    Number,
    Operation,
    Word,
    read_comparisons,
    read_expression,
    written,
)


def test_signs_bind_as_in_arithmetic():
    tree = read_expression("n() - 2 * 3 = 13")
    product = Operation("*", Number("2"), Number("3"))
    assert tree == Operation("=", Operation("-", Call("n", ()), product), Number("13"))


def test_and_binds_tighter_than_or_and_looser_than_comparisons():
    tree = read_expression("count(a=x | b=y & c=z)").arguments[0]
    assert tree.sign == "|"
    assert tree.right == Operation("&", Operation("=", Word("b"), Word("y")), Operation("=", Word("c"), Word("z")))


def test_minus_groups_to_the_left():
    assert read_expression("a - b - c") == Operation("-", Operation("-", Word("a"), Word("b")), Word("c"))


@pytest.mark.parametrize(
    "text",
    ["a - (b - c)", "(a + b) * c", "count((a = x | b = y) & c != 'not one word')", "km(os_dx, 24) >= 73.70", "n()"],
)
def test_what_is_written_reads_back_to_the_same_tree(text):
    tree = read_expression(text)
    assert written(tree) == text
    assert read_expression(written(tree)) == tree


def test_brackets_that_change_nothing_are_left_out():
    assert written(read_expression("((a) + (b)) = (1)")) == "a + b = 1"


def test_comparisons_are_separated_by_semicolons_but_not_inside_quotes():
    found = read_comparisons("n() = 1; ae('a; b', any) = 2")
    assert [written(node) for node in found] == ["n() = 1", "ae('a; b', any) = 2"]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "is missing"),
        ("count(", "is missing"),
        ("count(a=x", "closing bracket"),
        ("n() = ", "is missing"),
        ("n() 19", "should end here"),
        ("n() = 1 = 2", "should end here"),
        ("n() $ 2", "means nothing here"),
        ("'open", "means nothing here"),
        ("2a = 1", "means nothing here"),
        ("os.system('x').y", "means nothing here"),
        ("n(); ", "is missing"),
        ("(" * 40 + "1" + ")" * 40, "nested too deeply"),
        ("+".join(["1"] * 300), "too long"),
    ],
)
def test_anything_else_is_refused(text, what):
    with pytest.raises(ExpressionError, match=what):
        read_comparisons(text)


def test_the_longest_text_allowed_can_be_read():
    assert read_expression("+".join(["1"] * 200)).sign == "+"
