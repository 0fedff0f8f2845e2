"""Entry point: `python3 tools/isthmus_tool VERB ...`, as the script `isthmus` calls it."""

import os
import sys

# A caller may have closed 0, 1 or 2. Then the next file opened here would be taken for the program's input or output.
for descriptor in (0, 1, 2):
    try:
        os.fstat(descriptor)
    except OSError:
        os.open(os.devnull, os.O_RDWR)

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from isthmus_tool.cli import main  # noqa: E402  (needs the path set above)

sys.exit(main(sys.argv[1:]))
