"""`python3 -m gridgov …` is `gridgov …`."""

import sys

from gridgov.cli import main

if __name__ == "__main__":
    sys.exit(main())
