"""Work shared out to processes."""

from __future__ import annotations

import operator
import os

import pytest

from simcse_ml.errors import UserError
from simcse_ml.text.workers import PATIENCE, Crew


def test_results_come_in_the_order_of_the_jobs() -> None:
    with Crew[int, int](2, operator.attrgetter, "real") as crew:
        pending = [crew.submit(number) for number in range(PATIENCE + 6)]
        assert [future.result() for future in pending] == list(range(PATIENCE + 6))


def test_a_fault_in_a_worker_is_raised_where_the_job_came_from() -> None:
    with Crew[object, int](2, operator.attrgetter, "real") as crew:
        for number in range(PATIENCE):
            crew.submit(number)
        with pytest.raises(RuntimeError, match="AttributeError"):
            crew.submit("no number").result()
        assert crew.submit(7).result() == 7


def test_a_worker_that_is_killed_is_said() -> None:
    with Crew[int, object](2, operator.methodcaller, "bit_length") as crew:
        for number in range(PATIENCE + 1):
            crew.submit(number).result()
        for process in crew._processes:
            os.kill(process.pid, 9)
        with pytest.raises(UserError, match="has ended"):
            crew.submit(1).result()
