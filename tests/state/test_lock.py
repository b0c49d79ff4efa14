"""Lock info: Terraform's form, read however little of it is there, and whether its process is gone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace

import pytest

from hcl_lite.version import __version__
from state.lock import LockInfo, _process, decode_lock, describe_run, encode_lock, is_alive, is_gone

needs_proc = pytest.mark.skipif(not os.path.exists("/proc/self/stat"), reason="only Linux tells processes apart")


def test_it_has_the_form_of_terraforms() -> None:
    """All of its keys, and one of ours; read back whole."""
    info = describe_run("apply")
    assert json.loads(encode_lock(info, "there")) == {
        "ID": info.id,
        "Operation": "apply",
        "Info": f"pid {os.getpid()}",
        "Who": info.who,
        "Version": __version__,
        "Created": info.since,
        "Path": "there",
        "Process": info.process,
    }
    assert decode_lock(encode_lock(info, "there")) == info


@pytest.mark.parametrize(
    ("data", "info", "said"),
    [
        (b"", LockInfo(""), "somebody (nothing else is known)"),
        (b"[]", LockInfo(""), "somebody (nothing else is known)"),
        (b'{"ID": 3, "Who": "", "Info": "pid x"}', LockInfo(""), "somebody (nothing else is known)"),
        (
            b'{"ID": "i", "Who": "ann@host", "Operation": "OperationTypeApply", "Info": "", "Created": "now"}',
            LockInfo("i", "ann@host", "OperationTypeApply", "now"),
            "ann@host (OperationTypeApply, since now)",
        ),
    ],
    ids=["nothing", "a list", "other types", "Terraform's own"],
)
def test_a_foreign_record_is_read_as_far_as_it_goes(data: bytes, info: LockInfo, said: str) -> None:
    """Servers keep less, and Terraform writes other words."""
    assert (decode_lock(data), str(decode_lock(data))) == (info, said)


@needs_proc
def test_only_a_process_of_this_kernel_is_known_to_be_gone() -> None:
    """Not one of another machine, container or boot, and not this one."""
    code = "import sys; from state.lock import *; sys.stdout.buffer.write(encode_lock(describe_run('apply'), ''))"
    ended = decode_lock(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout)
    own = describe_run("apply")
    assert ended.process
    assert is_gone(ended)
    assert not is_gone(own)
    assert is_alive(replace(own, pid=os.getppid(), process=_process(os.getppid())))
    assert not any(map(is_alive, (own, ended, replace(ended, process=""))))
    assert not is_gone(replace(ended, process="another-boot/pid:[1]/" + ended.process.rpartition("/")[2]))
    assert not is_gone(replace(ended, process=""))
    assert is_gone(replace(own, process=own.process + "0")), "the same pid, taken by a later process"


@needs_proc
def test_a_process_that_nobody_has_waited_for_is_gone() -> None:
    """A container without an init keeps it for long."""
    code = "import sys; from state.lock import *; sys.stdout.buffer.write(encode_lock(describe_run('apply'), ''))"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        ended = decode_lock(process.stdout.read())
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        assert (is_gone(ended), is_alive(ended)) == (True, False)
