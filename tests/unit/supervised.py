"""A process for the supervisor's tests: `python supervised.py PORT [obey|ignore|refuse|late]`.

It answers 200 on its port (with its own pid as the body). Told to stop it writes `stopped.PORT` into its working folder
and ends (`obey`), or does not care (`ignore`, which also leaves a `sleep` behind whose pid is in `left.PORT`). `refuse`
ends at once with the code of a configuration that cannot be used. `late` answers 503 until it has been asked three
times.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import FrameType

port, manner = int(sys.argv[1]), sys.argv[2]


class Health(BaseHTTPRequestHandler):
    asked = 0

    def do_GET(self) -> None:
        Health.asked += 1
        body = str(os.getpid()).encode()
        self.send_response(503 if manner == "late" and Health.asked < 3 else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Stay quiet."""


def stop(_number: int, _frame: FrameType | None) -> None:
    Path(f"stopped.{port}").touch()
    sys.exit(0)


if manner == "refuse":
    sys.exit(78)
if manner == "ignore":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    left = subprocess.Popen(["sleep", "600"])
    Path(f"left.{port}").write_text(str(left.pid))
else:
    signal.signal(signal.SIGTERM, stop)
if len(sys.argv) > 4:
    from sfera.child import die_with

    die_with(int(sys.argv[4]))
HTTPServer(("127.0.0.1", port), Health).serve_forever()
