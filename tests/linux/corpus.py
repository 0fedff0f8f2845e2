# limit: 600
"""The scripts of corpus/, as if from elsewhere: each with busybox's shell here and in Isthmus."""

import glob
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "support"))

from compare import BUSYBOX, Compare     # noqa: E402  (found by the line above)

compare = Compare()
only = sys.argv[1:]
for path in sorted(glob.glob(os.path.join(HERE, "corpus", "*.sh"))):
    name = os.path.basename(path)[:-len(".sh")]
    if not only or name in only:
        with open(path, "rb") as script:
            compare.program(name, [BUSYBOX, "sh", "script"], files={"script": script.read()}, limit=150)
