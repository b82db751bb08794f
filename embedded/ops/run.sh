#!/bin/sh
# Find a Python (as root on Debian: install one) and hand over to one of the programs beside this file.
set -eu
root=$(CDPATH= cd -- "$(dirname -- "$0")/../.." && pwd -P)
program=$1
shift

good() { command -v "$1" >/dev/null 2>&1 && "$1" -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null; }
find_python() {
	for python in "$root/env/bin/python" python3 python3.13 python3.12 python3.11 python3.10; do
		if good "$python"; then return 0; fi
	done
	return 1
}

if ! find_python; then
	if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
		echo "installing Debian's python3 and python3-venv"
		{ apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends python3 python3-venv; } >/dev/null
	fi
	find_python || { echo "Order Ops needs Python 3.10 or newer (Debian: apt-get install python3 python3-venv)." >&2; exit 1; }
fi
exec "$python" "$root/embedded/ops/__main__.py" "$program" "$@"
