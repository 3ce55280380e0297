"""`python -m spapi_simulator`."""

import sys

from spapi_simulator.command import run

sys.exit(run())
