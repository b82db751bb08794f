"""bin/start in a clean clone: sets up, starts again in seconds, stops all that it started."""

import os
import signal
import socket
import subprocess
import time
import urllib.request
from pathlib import Path

import pytest

from embedded.ops import setup
from embedded.ops.setup import Steps

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.embedded_only, pytest.mark.no_site]


def test_without_root_it_says_what_is_left_out(monkeypatch, capsys):
	monkeypatch.setattr(setup.os, "geteuid", lambda: 1000)
	there = setup.debian_packages(Steps(), {"libfancy1": "/no/such/file"}, "fancy printing")
	assert not there
	assert "left out: fancy printing. As root on Debian: apt-get install libfancy1" in capsys.readouterr().out


def test_what_is_there_is_not_installed_again(monkeypatch, capsys):
	monkeypatch.setattr(setup, "_apt_install", lambda packages: pytest.fail("nothing is missing"))
	assert setup.debian_packages(Steps(), {"base-files": "/etc/*-release"}, "having a name")
	assert not capsys.readouterr().out


@pytest.fixture(scope="module")
def clone(tmp_path_factory) -> Path:
	"""A clean clone, set up."""
	clone = tmp_path_factory.mktemp("clean") / "clone"
	subprocess.run(["git", "clone", "--quiet", ROOT, clone], check=True)
	subprocess.run([clone / "bin" / "start", "--no-serve"], check=True)
	return clone


def free_port() -> int:
	with socket.socket() as probe:
		probe.bind(("127.0.0.1", 0))
		return probe.getsockname()[1]


def processes(clone: Path) -> list[str]:
	"""The command lines of all processes that run from this clone."""
	found = []
	for entry in Path("/proc").glob("[0-9]*/cmdline"):
		try:
			command = entry.read_text().replace("\0", " ")
		except OSError:
			continue  # it has just ended
		if str(clone) in command:
			found.append(command)
	return found


@pytest.mark.long
def test_a_second_start_takes_seconds(clone):
	began = time.monotonic()
	subprocess.run([clone / "bin" / "start", "--no-serve"], check=True)
	assert time.monotonic() - began < 3
	subprocess.run(["git", "diff", "--exit-code", "--stat"], cwd=clone, check=True)


@pytest.mark.long
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_however_it_ends_nothing_of_it_stays(clone, number):
	port = free_port()
	program = subprocess.Popen(
		[clone / "bin" / "start", "--port", str(port)],
		stdout=subprocess.PIPE,
		text=True,
		start_new_session=True,
	)
	for line in program.stdout:
		if "Ctrl-C" in line:
			break
	with urllib.request.urlopen(f"http://127.0.0.1:{port}/login") as answer:
		assert answer.status == 200
	assert len(processes(clone)) >= 3
	os.kill(program.pid, number)
	program.wait(20)
	deadline = time.monotonic() + 15
	while processes(clone) and time.monotonic() < deadline:
		time.sleep(0.2)
	assert not processes(clone)


@pytest.mark.long
def test_a_port_in_use_is_a_plain_sentence(clone):
	with socket.socket() as taken:
		taken.bind(("127.0.0.1", 0))
		taken.listen()
		port = taken.getsockname()[1]
		done = subprocess.run([clone / "bin" / "start", "--port", str(port)], capture_output=True, text=True)
	assert done.returncode == 1
	assert f"Port {port} is in use." in done.stderr
	assert "Traceback" not in done.stderr
