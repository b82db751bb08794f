"""Run one of the programs beside this file, with this repository's modules wherever one stands."""

import sys
from importlib import import_module
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parents[2])
sys.exit(import_module(f"embedded.ops.{sys.argv.pop(1)}").main())
