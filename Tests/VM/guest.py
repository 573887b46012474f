"""Runs the scenarios inside the VM: `Tests/VM/boot VERSION python3 Tests/VM/guest.py [--only REGEX]`."""

import importlib
import sys

from lab import runner

ORDER = ("tutorial", "pages", "pages35", "peers", "bulk", "sync", "sealed", "links", "group", "alone", "second", "privileges", "descriptors", "failover", "soak", "streams", "display", "statistics", "follow", "errors", "files", "hostile", "forged", "dropped", "faults", "tutorial", "pages", "pages35", "peers", "bulk", "sync", "sealed", "links", "group", "privileges", "failover", "soak", "streams", "display", "statistics", "follow", "errors", "hostile", "faults")

for name in ORDER:
    importlib.import_module(f"scenarios.{name}")
sys.exit(runner.main(sys.argv[1:]))
