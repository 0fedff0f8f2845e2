# limit: 900
# long: minutes
"""Ten thousand times fork, exec and exit: memory at the end is as it was after the first hundred."""

from confine import COMPILER, Compare, build

Compare().expect("10,000 processes", [build("cycles.c", "-static", compiler=COMPILER), "10000"], 0, b"even\n", limit=700)
