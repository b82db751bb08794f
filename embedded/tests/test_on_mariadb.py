"""The core of the contract holds on MariaDB, too."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.embedded_only
@pytest.mark.mariadb
@pytest.mark.no_site
def test_the_contract_on_mariadb(mariadb, pytestconfig):
	if pytestconfig.getoption("db") == "mariadb":
		pytest.skip("the whole suite runs on MariaDB already")
	command = [
		sys.executable,
		"-m",
		"pytest",
		f"--rootdir={ROOT}",
		"--db=mariadb",
		"-q",
		ROOT / "tests" / "contract",
	]
	done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
	assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
