"""One suite, two hosts: what a test stands on.

On the embedded host the session makes a bench and a site of its own in a temporary directory. On a real bench
(`bin/test --host bench …`) it uses the site named there. A plain test function is rolled back when it ends; a
FrappeTestCase rolls back when its class ends. Tests of a `rules.py` need no site and get none.
"""

import os
import shutil
import tempfile
import unittest
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests.support import bench_command

ROOT = Path(__file__).parent
SITE = "test.localhost"
PASSWORD = "admin"

# a loaded machine is no failure; what CI finds, it finds again
settings.register_profile(
	"suite",
	deadline=None,
	suppress_health_check=[HealthCheck.too_slow],
	derandomize="CI" in os.environ,
	database=None,
)
settings.load_profile("suite")


def pytest_addoption(parser: pytest.Parser) -> None:
	"""Options of ours; bin/test hands them through."""
	ours = parser.getgroup("order_ops")
	ours.addoption("--long", action="store_true", help="run the long tests, too")
	ours.addoption("--host", choices=("embedded", "bench"), default="embedded", help="set by bin/test")
	ours.addoption(
		"--db", choices=("sqlite", "mariadb"), default="sqlite", help="database of the embedded host"
	)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
	"""Skip what does not belong here, and say why."""
	bench = config.getoption("host") == "bench"
	reasons = {
		"long": None if config.getoption("long") else "long: bin/test --long",
		"bench_only": None if bench else "needs a real bench: bin/test --host bench",
		"embedded_only": "is about the embedded host" if bench else None,
		"mariadb": "the bench brings its own MariaDB" if bench else None,
		"redis": "the bench brings its own Redis" if bench else None,
	}
	for item in items:
		for marker, reason in reasons.items():
			if reason and item.get_closest_marker(marker):
				item.add_marker(pytest.mark.skip(reason=reason))


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
	"""Which host ran, and what was skipped for which reason."""
	host = config.getoption("host")
	where = os.environ.get("ORDER_OPS_SITE") if host == "bench" else config.getoption("db")
	terminalreporter.write_line(f"host: {host} ({where})")
	reasons = Counter(
		report.longrepr[2].removeprefix("Skipped: ") for report in terminalreporter.stats.get("skipped", [])
	)
	for reason, count in reasons.most_common():
		terminalreporter.write_line(f"skipped {count}: {reason}")


def _needs_site(item: pytest.Item) -> bool:
	return item.path.name != "test_rules.py" and not item.get_closest_marker("no_site")


@pytest.fixture(scope="session", autouse=True)
def site(request: pytest.FixtureRequest) -> Iterator[str | None]:
	"""The name of the site that the tests run on, connected as Administrator."""
	if not any(_needs_site(item) for item in request.session.items):
		yield None
		return
	if request.config.getoption("host") == "bench":
		yield from _connected(os.environ["ORDER_OPS_SITE"])
		return
	new_site = ["--db-type", "sqlite"]
	if request.config.getoption("db") == "mariadb":
		new_site = request.getfixturevalue("mariadb").new_site_options
	with tempfile.TemporaryDirectory(prefix="order-ops-test-") as directory:
		sites = Path(directory, "sites")
		sites.mkdir()
		shutil.copy(ROOT / "sites" / "apps.txt", sites)
		(sites / "common_site_config.json").write_text('{"allow_tests": true}\n')
		before = os.getcwd()
		os.chdir(sites)
		try:
			try:
				bench_command("new-site", SITE, "--admin-password", PASSWORD, *new_site)
				bench_command("--site", SITE, "install-app", "order_ops")
			except RuntimeError as error:
				pytest.exit(f"There is no site to test on. {error}", returncode=1)
			yield from _connected(SITE)
		finally:
			os.chdir(before)


def _connected(site: str) -> Iterator[str]:
	import frappe

	frappe.init(site)
	frappe.connect()
	frappe.flags.in_test = True
	try:
		yield site
	finally:
		frappe.db.rollback()
		frappe.destroy()


@pytest.fixture(autouse=True)
def _clean(request: pytest.FixtureRequest, site: str | None) -> Iterator[None]:
	"""A test function leaves nothing behind: its transaction, its user, its language."""
	yield
	if site is None or not _needs_site(request.node) or isinstance(request.instance, unittest.TestCase):
		return
	import frappe

	frappe.db.rollback()
	frappe.set_user("Administrator")
	frappe.local.lang = "en"


@pytest.fixture
def bench(site: str) -> Callable[..., str]:
	"""Run `bench --site SITE …` beside the test; what it printed. What the test wrote is committed before."""
	import frappe

	def run(*arguments: str) -> str:
		frappe.db.commit()
		return bench_command("--site", site, *arguments)

	return run


@pytest.fixture(scope="session")
def mariadb() -> Iterator[Any]:
	"""A private MariaDB server; skips with its reason where there can be none."""
	from embedded.ops.services import MariaDB

	yield from _private_server(MariaDB)


@pytest.fixture(scope="session")
def redis() -> Iterator[Any]:
	"""A private Redis server; skips with its reason where there can be none."""
	from embedded.ops.services import Redis

	yield from _private_server(Redis)


def _private_server(kind: type) -> Iterator[Any]:
	from embedded.ops.setup import SetupError, Steps

	with tempfile.TemporaryDirectory(prefix="order-ops-") as directory:
		try:
			server = kind(Path(directory), Steps())
		except SetupError as error:
			pytest.skip(str(error))
		try:
			yield server
		finally:
			server.stop()
