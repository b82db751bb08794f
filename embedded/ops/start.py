"""bin/start: set everything up, load the demo company, serve it until Ctrl-C."""

import argparse
import json
import shutil
import signal
import socket
import subprocess
import sys
import time
from types import FrameType

from . import setup
from .services import MariaDB, Server, end_with_parent
from .setup import ROOT, SetupError, Steps

SITE = "demo.localhost"
SITE_DIR = ROOT / "sites" / SITE
PASSWORD = "admin"


def main() -> int:
	"""The command; its exit code."""
	options = _options()
	steps = Steps()
	server = None
	for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
		signal.signal(number, _stop)
	try:
		if options.serve:
			_check_port(options.port)
		setup.python_packages(steps)
		setup.debian_packages(steps, setup.PRINTING, "PDF printing and Chinese fonts")
		if options.fresh:
			shutil.rmtree(SITE_DIR, ignore_errors=True)
		database = _database(options.db)
		if database == "mariadb":
			server = _mariadb(steps, options.fresh)
		_site(steps, server)
		_demo(steps)
		if options.serve:
			_serve(steps, options.port)
		return 0
	except SetupError as error:
		print(f"\n{error}", file=sys.stderr)
		return 1
	except KeyboardInterrupt:
		return 130
	finally:
		if server:
			server.stop()


def _options() -> argparse.Namespace:
	parser = argparse.ArgumentParser(
		prog="bin/start", description="Set up Order Ops with its demo company and serve it until Ctrl-C."
	)
	parser.add_argument("--fresh", action="store_true", help=f"throw {SITE} away and make it anew")
	parser.add_argument("--port", type=int, default=8000, help="the port to serve on (8000)")
	parser.add_argument("--db", choices=("sqlite", "mariadb"), help="the database (sqlite)")
	parser.add_argument("--no-serve", dest="serve", action="store_false", help="only set up")
	return parser.parse_args()


def _stop(number: int, frame: FrameType | None) -> None:
	raise KeyboardInterrupt


def _check_port(port: int) -> None:
	with socket.socket() as probe:
		probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
		try:
			probe.bind(("127.0.0.1", port))
		except OSError:
			raise SetupError(f"Port {port} is in use. Choose another: bin/start --port {port + 1}") from None


def _database(wanted: str | None) -> str:
	"""The kind of database: what the site has, or what was asked for."""
	config = SITE_DIR / "site_config.json"
	if not config.exists():
		return wanted or "sqlite"
	present = json.loads(config.read_text()).get("db_type", "mariadb")
	if wanted not in (None, present):
		raise SetupError(
			f"{SITE} is on {present}. To make it anew on {wanted}: bin/start --fresh --db {wanted}"
		)
	return present


def _mariadb(steps: Steps, fresh: bool) -> MariaDB:
	directory = ROOT / "config" / "mariadb"
	if fresh:
		shutil.rmtree(directory, ignore_errors=True)
	steps.say("starting a private MariaDB in config/mariadb")
	return MariaDB(directory, steps)


def _site(steps: Steps, server: Server | None) -> None:
	"""The site with the app in it, brought up to date when the code has changed."""
	code = [
		path
		for folder in ("order_ops", "embedded/frappe")
		for path in (ROOT / folder).rglob("*")
		if path.suffix in (".json", ".txt", ".html", ".csv") or path.name == "hooks.py"
	]
	mark = setup.fingerprint(code)
	if not (SITE_DIR / "site_config.json").exists():
		steps.say(f"making the site {SITE} and installing Order Ops")
		new_site = ["new-site", SITE, "--admin-password", PASSWORD]
		database = server.new_site_options if server else ["--db-type", "sqlite"]
		try:
			setup.bench(SITE, *new_site, *database, "--install-app", "order_ops")
		except BaseException:
			shutil.rmtree(SITE_DIR, ignore_errors=True)
			raise
	elif setup.stamp(SITE) != mark:
		steps.say("the code has changed: migrating the site")
		setup.bench(SITE, "migrate")
	setup.stamp(SITE, mark)


def _demo(steps: Steps) -> None:
	"""The demo company and its day, played once."""
	done = SITE_DIR / "demo_is_loaded"
	if done.exists():
		return
	steps.say("loading the demo company")
	setup.bench(SITE, "execute", "order_ops.demo.load")
	steps.say("playing one business day")
	setup.bench(SITE, "execute", "order_ops.demo.play_day")
	done.touch()


def _serve(steps: Steps, port: int) -> None:
	"""Web, worker and scheduler as our children; when one ends or we are told to stop, all end."""
	bench = [setup.PYTHON, "-m", "frappe.utils.bench_helper", "frappe", "--site", SITE]
	commands = {
		"web": [*bench, "serve", "--port", str(port)],
		"worker": [*bench, "worker"],
		"scheduler": [*bench, "schedule"],
	}
	logs = ROOT / "logs"
	logs.mkdir(exist_ok=True)
	children = {}
	try:
		for name, command in commands.items():
			with (logs / f"{name}.log").open("ab") as log:
				children[name] = subprocess.Popen(
					command,
					cwd=ROOT / "sites",
					stdin=subprocess.DEVNULL,
					stdout=log,
					stderr=log,
					preexec_fn=end_with_parent,
				)
		_wait_until_served(children["web"], port)
		steps.say("ready")
		print(_addresses(port), flush=True)
		while not (ended := [name for name, child in children.items() if child.poll() is not None]):
			time.sleep(0.5)
		raise SetupError(
			f"The {ended[0]} process ended by itself; see {logs / ended[0]}.log. All is stopped."
		)
	finally:
		_end(children.values())


def _wait_until_served(web: subprocess.Popen, port: int) -> None:
	for _ in range(300):
		if web.poll() is not None:
			raise SetupError(f"The web process ended at once; see {ROOT / 'logs' / 'web.log'}")
		with socket.socket() as probe:
			if probe.connect_ex(("127.0.0.1", port)) == 0:
				return
		time.sleep(0.1)
	raise SetupError(f"Nothing answered on port {port} within 30 seconds; see {ROOT / 'logs' / 'web.log'}")


def _addresses(port: int) -> str:
	"""Where to go and who to be; the demo company tells its own people."""
	home = f"http://127.0.0.1:{port}"
	people = setup.bench(SITE, "execute", "order_ops.demo.logins")
	lines = [
		"",
		f"  Desk          {home}/app",
		f"  Order board   {home}/ops/board",
		f"  Portal        {home}/orders",
		f"  REST          {home}/api/method/order_ops.api.v1...",
		"",
		f"  Administrator / {PASSWORD}",
		*(f"  {user} / {password}   {role}" for user, password, role in json.loads(people)),
		"",
		"  Ctrl-C stops everything that was started here.",
	]
	return "\n".join(lines)


def _end(children: object) -> None:
	"""Ask our children to stop; after ten seconds make them."""
	children = list(children)
	for number in (signal.SIGINT, signal.SIGTERM):
		signal.signal(number, signal.SIG_IGN)
	for child in children:
		child.terminate()
	deadline = time.monotonic() + 10
	for child in children:
		try:
			child.wait(max(0.1, deadline - time.monotonic()))
		except subprocess.TimeoutExpired:
			child.kill()
			child.wait()
