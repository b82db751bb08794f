"""The suite on a real bench: its services, a site for the run, its own Python."""

import json
import os
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from . import setup
from .services import end_with_parent
from .setup import ROOT, SetupError, Steps

TOOLS = ["pytest>=8,<10", "freezegun>=1.5,<2", "hypothesis>=6.100,<7"]
TEMPORARY_SITE = f"order-ops-test-{os.getpid()}.localhost"
WIZARD = {"language": "English", "country": "China", "timezone": "Asia/Shanghai", "currency": "CNY"}


class BenchNotReady(SetupError):
	"""The bench is there, but its services do not answer, or no site can be made on it."""


class Bench:
	"""A bench directory with Frappe itself."""

	def __init__(self, directory: Path, steps: Steps) -> None:
		self.directory = directory
		self.sites = directory / "sites"
		self.python = directory / "env" / "bin" / "python"
		self.steps = steps
		if not (self.python.exists() and (self.sites / "apps.txt").exists()):
			raise SetupError(f"{directory} is no bench: it lacks env/bin/python or sites/apps.txt.")
		self.config = json.loads((self.sites / "common_site_config.json").read_text())
		# the code under test is this tree, whatever the bench has under apps/
		self.environment = {**os.environ, "PYTHONPATH": str(ROOT)}

	def run_suite(self, site: str | None, pytest_options: list[str]) -> int:
		"""Run order_ops/ and tests/ (or the paths given) on this site, or on one made for the run."""
		with self._services(), self._app_listed():
			self._install_tools()
			if site:
				self.steps.say(f"migrating {site}")
				self._bench("migrate", site=site)
				return self._pytest(site, pytest_options)
			with self._temporary_site() as fresh:
				return self._pytest(fresh, pytest_options)

	def _pytest(self, site: str, options: list[str]) -> int:
		self.steps.say(f"running the suite on the bench {self.directory}, site {site}")
		given = options
		if not any(option.startswith("/") for option in options):
			given = [*options, str(ROOT / "order_ops"), str(ROOT / "tests")]
		where = [f"--rootdir={ROOT}", f"--config-file={ROOT / 'pyproject.toml'}", "--host=bench"]
		return subprocess.call(
			[self.python, "-m", "pytest", *where, *given],
			cwd=self.sites,
			env={**self.environment, "ORDER_OPS_SITE": site},
		)

	def _bench(self, *arguments: str, site: str | None = None) -> str:
		named = ["--site", site] if site else []
		command = [self.python, "-m", "frappe.utils.bench_helper", "frappe", *named, *arguments]
		return setup.run(command, f"bench {arguments[0]}", cwd=self.sites, env=self.environment).stdout

	@contextmanager
	def _services(self) -> Iterator[None]:
		"""MariaDB and Redis answer; where the bench has a services.sh that could start them, it did and stops them."""
		script = self.directory / "services.sh"
		started = False
		if not self._answer() and script.exists():
			self.steps.say(f"starting the bench's services: {script} start")
			subprocess.run([script, "start"], stdin=subprocess.DEVNULL, capture_output=True)
			started = True
		try:
			if not self._answer():
				raise BenchNotReady(f"The MariaDB or Redis of {self.directory} does not answer.")
			yield
		finally:
			if started:
				subprocess.run([script, "stop"], stdin=subprocess.DEVNULL, capture_output=True)

	def _answer(self) -> bool:
		database = (self.config.get("db_host") or "127.0.0.1", int(self.config.get("db_port") or 3306))
		redis = [urlsplit(self.config.get(key) or "") for key in ("redis_cache", "redis_queue")]
		return all(
			map(_listens, [database, *((url.hostname or "127.0.0.1", url.port or 6379) for url in redis)])
		)

	@contextmanager
	def _app_listed(self) -> Iterator[None]:
		"""order_ops is among the bench's apps, at least while the suite runs."""
		apps = self.sites / "apps.txt"
		before = apps.read_text()
		if "order_ops" in before.split():
			yield
			return
		apps.write_text(before.rstrip("\n") + "\norder_ops\n")
		try:
			yield
		finally:
			apps.write_text(before)

	def _install_tools(self) -> None:
		imports = "import freezegun, hypothesis, pytest"
		if subprocess.call([self.python, "-c", imports], stderr=subprocess.DEVNULL) == 0:
			return
		self.steps.say("installing pytest, freezegun and hypothesis into the bench's environment")
		uv = setup.find_uv()
		pip = [uv, "pip", "install", "--python", self.python] if uv else [self.python, "-m", "pip", "install"]
		setup.run([*pip, *TOOLS], "Installing the test tools")

	@contextmanager
	def _temporary_site(self) -> Iterator[str]:
		"""A site for this run, its wizard completed, order_ops installed; dropped afterwards."""
		user, password = self.config.get("root_login") or "root", self.config.get("root_password")
		if password is None:
			raise BenchNotReady(
				"A site for the run needs root_password in common_site_config.json; or name one: --site"
			)
		root = ["--db-root-username", user, "--db-root-password", password]
		self.steps.say(f"making the site {TEMPORARY_SITE} on the bench")
		scope = "--mariadb-user-host-login-scope=%"
		self._bench("new-site", TEMPORARY_SITE, *root, "--admin-password", "admin", scope, "--force")
		try:
			self._bench("set-config", "allow_tests", "1", "--parse", site=TEMPORARY_SITE)
			wizard = json.dumps({"args": WIZARD})
			complete = "frappe.desk.page.setup_wizard.setup_wizard.setup_complete"
			self._bench("execute", complete, "--kwargs", wizard, site=TEMPORARY_SITE)
			self._bench("install-app", "order_ops", site=TEMPORARY_SITE)
			with self._served():
				yield TEMPORARY_SITE
		finally:
			with tempfile.TemporaryDirectory() as archive:
				aside = ["--archived-sites-path", archive, "--no-backup", "--force"]
				self._bench("drop-site", TEMPORARY_SITE, *root, *aside)

	@contextmanager
	def _served(self) -> Iterator[None]:
		"""The site answers under its host_name: wkhtmltopdf fetches a print's style sheets from there."""
		with socket.socket() as probe:
			probe.bind(("127.0.0.1", 0))
			port = probe.getsockname()[1]
		self._bench("set-config", "host_name", f"http://127.0.0.1:{port}", site=TEMPORARY_SITE)
		command = [self.python, "-m", "frappe.utils.bench_helper", "frappe", "--site", TEMPORARY_SITE]
		server = subprocess.Popen(
			[*command, "serve", "--port", str(port), "--noreload"],
			cwd=self.sites,
			env=self.environment,
			stdin=subprocess.DEVNULL,
			stdout=subprocess.DEVNULL,
			stderr=subprocess.DEVNULL,
			preexec_fn=end_with_parent,
		)
		try:
			yield
		finally:
			server.terminate()
			server.wait()


def _listens(address: tuple[str, int]) -> bool:
	with socket.socket() as probe:
		probe.settimeout(2)
		return probe.connect_ex(address) == 0
