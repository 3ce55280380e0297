"""Imports every module of a package, and watches what that touches."""

import json
import subprocess
import sys
from pathlib import Path

IMPORT_ALL = """
import importlib, json, pkgutil, sys, threading

package, home, setup = sys.argv[1], sys.argv[2], sys.argv[3:]
touched, importing = [], [""]
readable = tuple(json.loads(sys.stdin.read()))
acts = (
    "sqlite3.connect", "socket.connect", "socket.bind", "socket.getaddrinfo", "subprocess.Popen",
    "os.system", "os.mkdir", "os.remove", "os.rename", "os.fork", "tempfile.mkstemp",
)


def by_us():
    frame = sys._getframe(2)
    while frame is not None:
        place = frame.f_code.co_filename
        if place.startswith(home):
            return True
        if place.startswith("<frozen importlib"):
            return False
        frame = frame.f_back
    return True


def watch(event, args):
    if event == "open":
        place, mode, flags = args
        writes = flags is not None and flags & 0o3103
        if not writes and (not isinstance(place, str) or place.startswith(readable)):
            return
    elif event not in acts:
        return
    if by_us():
        touched.append(f"{importing[0]}: {event} {args[0] if args else ''}")


def start(thread):
    if by_us():
        touched.append(f"{importing[0]}: thread {thread.name}")


sys.addaudithook(watch)
threading.Thread.start = start
if setup:
    import os

    os.environ["DJANGO_SETTINGS_MODULE"] = setup[0]
    importing[0] = "django"
    importlib.import_module("django").setup()
root = importlib.import_module(package)
names = [package, *(module.name for module in pkgutil.walk_packages(root.__path__, f"{package}."))]
names = [name for name in names if not name.endswith(".__main__")]
for importing[0] in names:
    importlib.import_module(importing[0])
print(json.dumps([len(names), touched]))
"""
"""Imports every module of a package and prints how many they are and what they touched meanwhile.

What a library does while it is itself imported is its own matter; what our code has it do is ours.
"""


def import_all(package: str, *, home: Path, below: Path, django: str = "") -> tuple[int, list[str]]:
    """How many modules a package has, and what importing them opens, connects, starts or writes."""
    readable = [sys.prefix, sys.base_prefix, str(home)]
    command = [sys.executable, "-B", "-c", IMPORT_ALL, package, str(home), *filter(None, [django])]
    answer = subprocess.run(
        command, cwd=below, input=json.dumps(readable), capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, answer.stderr
    number, touched = json.loads(answer.stdout.splitlines()[-1])
    return int(number), [str(each) for each in touched]
