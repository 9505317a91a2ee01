"""Serve the frame over invented figures, for looking at layouts: python -m tests.dashboard.fake_app [PORT]."""

import sys

from app import build_app
from tests.dashboard.fake_services import FakeServices

if __name__ == "__main__":
    build_app(FakeServices()).server.run(port=int(sys.argv[1]) if len(sys.argv) > 1 else 8061, threaded=True)
