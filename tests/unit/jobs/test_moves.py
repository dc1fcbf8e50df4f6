"""A rank by two models as a move in words."""

import pytest

from simcse_ml.jobs.compare import move_of


@pytest.mark.parametrize(
    ("left", "right", "said"),
    [
        (1, 1, "="),
        (1, 12, "down 11"),  # twelfth is not "A only": B has it among its best
        (31, 3, "up 28"),
        (2, 101, "A only"),
        (5000, 100, "B only"),
        (400, 200, "up 200"),
    ],
)
def test_only_is_said_where_the_other_model_has_it_nowhere_near(left, right, said):
    assert move_of(left, right) == said
