"""Runs the scenarios inside the VM: `Tests/VM/boot VERSION python3 Tests/VM/guest.py [--only REGEX]`."""

import importlib
import sys

from lab import runner

# The order of scenarios without a known duration (lab/durations.json).
ORDER = (
    "tutorial", "interfaces", "links", "sync", "sealed", "pages", "pages35", "peers", "bulk", "group", "both", "alone", "second", "privileges", "descriptors",
    "failover", "guides", "soak", "streams", "display", "statistics", "follow", "errors", "files", "apply", "hostile", "forged", "dropped",
    "faults", "doctor", "find", "top", "meeting", "load", "timeouts", "snapshots", "masks", "restarts", "mirror", "keep", "remove",
)

for name in ORDER:
    importlib.import_module(f"scenarios.{name}")
sys.exit(runner.main(sys.argv[1:]))
