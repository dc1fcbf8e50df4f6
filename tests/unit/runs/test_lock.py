"""One process at a time on a run; the dead hold nothing."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import time

import psutil
import pytest

from simcse_ml.errors import UserError
from simcse_ml.runs.folder import RunFolder, create_run
from simcse_ml.runs.lock import hold, holder


@pytest.fixture
def folder(tmp_path) -> RunFolder:
    return create_run(tmp_path, language="ja", inputs=["a.txt"])


def write_lock(folder, **fields):
    record = {"host": platform.node(), "pid": os.getpid(), "started": psutil.Process().create_time()}
    folder.lock.write_text(json.dumps({**record, **fields}))


def hold_in_child(folder) -> subprocess.Popen:
    code = f"""
import sys, time
from pathlib import Path
from simcse_ml.runs.folder import RunFolder
from simcse_ml.runs.lock import hold
with hold(RunFolder(Path({str(folder.path)!r}))):
    print("held", flush=True)
    time.sleep(60)
"""
    child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    assert child.stdout.readline() == b"held\n"
    return child


def test_a_second_process_is_refused_and_told_who_holds_it(folder):
    child = hold_in_child(folder)
    try:
        with pytest.raises(UserError, match=f"process {child.pid} is at work"), hold(folder):
            pass
        assert holder(folder).pid == child.pid
    finally:
        child.kill()
        child.communicate()


def test_the_lock_of_a_killed_process_is_taken_over(folder):
    child = hold_in_child(folder)
    child.kill()
    child.communicate()
    assert folder.lock.exists()
    assert holder(folder) is None
    with hold(folder):
        assert holder(folder).pid == os.getpid()
    assert not folder.lock.exists()


def test_a_pid_that_was_given_to_another_process_holds_nothing(folder):
    write_lock(folder, started=psutil.Process().create_time() - 1000)
    with hold(folder):
        assert holder(folder).pid == os.getpid()


def test_another_machines_lock_is_respected(folder):
    write_lock(folder, host="elsewhere", pid=1)
    with pytest.raises(UserError, match="on elsewhere"), hold(folder):
        pass


def test_an_old_lock_without_text_is_taken_over(folder):
    folder.lock.write_text("")
    old = time.time() - 3600
    os.utime(folder.lock, (old, old))
    with hold(folder):
        assert holder(folder).pid == os.getpid()


def test_a_lock_is_given_back_on_an_error_too(folder):
    with pytest.raises(ZeroDivisionError), hold(folder):
        raise ZeroDivisionError
    assert not folder.lock.exists()
