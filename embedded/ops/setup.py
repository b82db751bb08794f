"""Make what the two commands need: Python packages in env/ and Debian's packages, each step said in one line."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ENV = ROOT / "env"
PYTHON = ENV / "bin" / "python"
STAMPS = ROOT / "config" / "stamps.json"

PRINTING = {
	"libpango-1.0-0": "/usr/lib/*/libpango-1.0.so.0",
	"libpangoft2-1.0-0": "/usr/lib/*/libpangoft2-1.0.so.0",
	"libharfbuzz-subset0": "/usr/lib/*/libharfbuzz-subset.so.0",
	"fonts-noto-cjk": "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
}
BROWSER = {"chromium": "/usr/bin/chromium"}
MARIADB = {
	"mariadb-server-core": "/usr/sbin/mariadbd",
	"mariadb-client": "/usr/bin/mariadb-dump",
}
REDIS = {"redis-server": "/usr/bin/redis-server"}


class SetupError(Exception):
	"""A step that could not be done, said so that a person can help."""


class Steps:
	"""Progress lines: `[ 3.1 s] what is being done ... outcome`."""

	def __init__(self) -> None:
		self.began = time.monotonic()

	def say(self, text: str) -> None:
		"""One line with the seconds since the command began."""
		print(f"[{time.monotonic() - self.began:6.1f} s] {text}", flush=True)


def stamp(name: str, value: str | None = None) -> str | None:
	"""What was last done under this name; with a value, remember it."""
	stamps = json.loads(STAMPS.read_text()) if STAMPS.exists() else {}
	if value is None:
		return stamps.get(name)
	STAMPS.parent.mkdir(parents=True, exist_ok=True)
	STAMPS.write_text(json.dumps(stamps | {name: value}, indent=1) + "\n")
	return value


def fingerprint(paths: Iterable[Path]) -> str:
	"""One hash over the contents of files."""
	digest = hashlib.sha256()
	for path in sorted(paths):
		digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
	return digest.hexdigest()


def run(command: list, what: str, **options) -> subprocess.CompletedProcess:
	"""Run a program quietly; when it fails show what it said and stop."""
	done = subprocess.run([str(part) for part in command], capture_output=True, text=True, **options)
	if done.returncode:
		raise SetupError(f"{what} failed:\n{(done.stdout + done.stderr).strip()[-3000:]}")
	return done


def python_packages(steps: Steps, tests: bool = False) -> None:
	"""env/ with the packages of embedded/requirements*.txt, the app and the embedded host on its path."""
	files = [ROOT / "embedded" / f"requirements{suffix}.txt" for suffix in ("", "-test")]
	mark = f"{ROOT} {fingerprint(files)}"
	names = ["packages with tests"] if tests else ["packages", "packages with tests"]
	if PYTHON.exists() and mark in map(stamp, names):
		return
	uv = find_uv()
	if not PYTHON.exists():
		steps.say("making the Python environment env/")
		_make_environment(uv)
	wanted = files[tests]
	steps.say(f"installing Python packages ({wanted.relative_to(ROOT)}) with {'uv' if uv else 'pip'}")
	if uv:
		pip = [uv, "pip", "install", "--python", PYTHON]
	else:
		pip = [PYTHON, "-m", "pip", "install", "--disable-pip-version-check"]
	run([*pip, "-r", wanted], "Installing the Python packages")
	packages = run([PYTHON, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], "Python").stdout
	Path(packages.strip(), "order_ops.pth").write_text(f"{ROOT}\n{ROOT / 'embedded'}\n")
	stamp(names[0], mark)


def find_uv() -> str | None:
	"""uv, when it is there and answers: the same packages in a tenth of the time."""
	found = shutil.which("uv")
	works = found and subprocess.run([found, "--version"], capture_output=True).returncode == 0
	return found if works else None


def _make_environment(uv: str | None) -> None:
	if uv:
		run([uv, "venv", "--allow-existing", "--python", sys.executable, ENV], "Making env/")
		return
	try:
		run([sys.executable, "-m", "venv", ENV], "Making env/")
	except SetupError:
		if os.geteuid() != 0 or not shutil.which("apt-get"):
			raise SetupError(
				"Python cannot make an environment here. Install Debian's python3-venv, then start again."
			) from None
		_apt_install(["python3-venv"])
		run([sys.executable, "-m", "venv", "--clear", ENV], "Making env/")


def debian_packages(steps: Steps, wanted: dict[str, str], purpose: str) -> bool:
	"""Install what is missing through apt as root; otherwise say what is left out. True when all is there."""
	missing = [package for package, path in wanted.items() if not list(Path("/").glob(path.lstrip("/")))]
	if not missing:
		return True
	names = " ".join(missing)
	if not shutil.which("apt-get") or os.geteuid() != 0:
		steps.say(f"left out: {purpose}. As root on Debian: apt-get install {names}")
		return False
	steps.say(f"installing Debian's {names} for {purpose}")
	try:
		_apt_install(missing)
	except SetupError as error:
		steps.say(f"left out: {purpose}. {error}")
		return False
	return True


def _apt_install(packages: list[str]) -> None:
	"""apt-get install, without letting a package start a service of its own on this machine."""
	policy = Path("/usr/sbin/policy-rc.d")
	ours = not policy.exists()
	if ours:
		policy.write_text("#!/bin/sh\nexit 101\n")
		policy.chmod(0o755)
	quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
	install = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
	try:
		if subprocess.run(install, capture_output=True, env=quiet).returncode:
			run(["apt-get", "update"], "apt-get update", env=quiet)
			run(install, f"apt-get install {' '.join(packages)}", env=quiet)
	finally:
		if ours:
			policy.unlink()


def bench(site: str, *arguments: str, sites: Path | None = None) -> str:
	"""Run one `bench` command of the embedded host; what it printed."""
	command = [PYTHON, "-m", "frappe.utils.bench_helper", "frappe", "--site", site, *arguments]
	return run(command, f"bench {' '.join(arguments[:2])}", cwd=sites or ROOT / "sites").stdout
