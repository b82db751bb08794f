"""Private MariaDB and Redis servers: own data directory, own socket, nothing of the machine's touched."""

import ctypes
import hashlib
import os
import pwd
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from . import setup
from .setup import SetupError, Steps

LIBC = ctypes.CDLL(None)
PR_SET_PDEATHSIG = 1


def end_with_parent() -> None:
	"""For preexec_fn: should the parent be killed outright, Linux ends the child, too."""
	if sys.platform == "linux":
		LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Server:
	"""One server process with its data directory and its socket."""

	def __init__(self, name: str, command: list, log: Path, ready: list) -> None:
		self.name = name
		self.log = log
		with log.open("ab") as output:
			self.process = subprocess.Popen(
				[str(part) for part in command],
				stdin=subprocess.DEVNULL,
				stdout=output,
				stderr=output,
				start_new_session=True,
				preexec_fn=end_with_parent,
			)
		self._wait_for([str(part) for part in ready])

	def _wait_for(self, ready: list[str]) -> None:
		for _ in range(300):
			if self.process.poll() is not None:
				break
			if subprocess.run(ready, capture_output=True).returncode == 0:
				return
			time.sleep(0.1)
		self.stop()
		raise SetupError(f"{self.name} did not start; its last words:\n{self.log.read_text()[-1500:]}")

	def stop(self) -> None:
		"""End it the way it likes, by force after ten seconds."""
		self.process.terminate()
		try:
			self.process.wait(10)
		except subprocess.TimeoutExpired:
			self.process.kill()
			self.process.wait()


class MariaDB(Server):
	"""A MariaDB that listens on a Unix socket only; `root` without a password, for the user who started it."""

	def __init__(self, directory: Path, steps: Steps) -> None:
		if not setup.debian_packages(steps, setup.MARIADB, "a private MariaDB server"):
			raise SetupError("MariaDB is not installed, and could not be installed.")
		directory.mkdir(parents=True, exist_ok=True)
		data = directory / "data"
		self.socket = _short_socket(directory / "mariadb.sock")
		user = f"--user={_user_name()}"
		if not (data / "mysql").exists():
			install = ["mariadb-install-db", "--no-defaults", user, f"--datadir={data}", "--skip-test-db"]
			setup.run(
				[*install, "--auth-root-authentication-method=normal"], "Making the MariaDB data directory"
			)
		command = [
			*("/usr/sbin/mariadbd", "--no-defaults", user, f"--datadir={data}", f"--socket={self.socket}"),
			*("--skip-networking", f"--pid-file={directory / 'mariadb.pid'}", "--skip-log-bin"),
			*("--character-set-server=utf8mb4", "--collation-server=utf8mb4_unicode_ci"),
			*("--innodb-flush-log-at-trx-commit=2", "--max-allowed-packet=256M"),
		]
		ready = ["mariadb-admin", "--no-defaults", f"--socket={self.socket}", "-uroot", "ping"]
		super().__init__("MariaDB", command, directory / "mariadb.log", ready)

	@property
	def new_site_options(self) -> list[str]:
		"""What `bench new-site` must be told to make a site here."""
		return ["--db-type", "mariadb", "--db-socket", str(self.socket), "--db-root-username", "root"]


class Redis(Server):
	"""A Redis that listens on a Unix socket only and keeps nothing."""

	def __init__(self, directory: Path, steps: Steps) -> None:
		if not setup.debian_packages(steps, setup.REDIS, "a private Redis server"):
			raise SetupError("Redis is not installed, and could not be installed.")
		directory.mkdir(parents=True, exist_ok=True)
		self.socket = _short_socket(directory / "redis.sock")
		command = [
			"redis-server",
			"--port",
			"0",
			"--unixsocket",
			self.socket,
			"--save",
			"",
			"--dir",
			directory,
		]
		super().__init__("Redis", command, directory / "redis.log", ["redis-cli", "-s", self.socket, "ping"])

	@property
	def url(self) -> str:
		"""For site_config.json: redis_queue, redis_cache."""
		return f"unix://{self.socket}"


def _short_socket(wanted: Path) -> Path:
	"""A socket's path may have 107 bytes: where it is longer it lies in a directory of ours below /tmp."""
	if len(os.fsencode(wanted)) <= 100:
		return wanted
	name = hashlib.sha256(os.fsencode(wanted)).hexdigest()[:16]
	directory = Path(tempfile.gettempdir(), f"order-ops-{name}")
	directory.mkdir(mode=0o700, exist_ok=True)
	if directory.stat().st_uid != os.geteuid():
		raise SetupError(f"{directory} belongs to somebody else.")
	return directory / wanted.name


def _user_name() -> str:
	return pwd.getpwuid(os.geteuid()).pw_name
