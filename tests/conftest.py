"""What every test shares."""

import logging
import sys
from pathlib import Path

import structlog

# The simulator's tests keep the check of its answers; both suites use the one.
sys.path.append(str(Path(__file__).parents[1] / "simulator" / "tests"))

import conformance
from conformance import pytest_runtest_call  # noqa: F401  a hook: pytest finds it here by its name


def pytest_configure() -> None:
    """Hands structlog's events to logging, and checks every answer of a simulator against Amazon's models.

    What is logged is shown only where a test fails.
    """
    conformance.watch()
    structlog.configure(
        processors=[structlog.stdlib.render_to_log_kwargs],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    for noisy in ("botocore", "boto3", "urllib3", "httpx", "httpcore"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
