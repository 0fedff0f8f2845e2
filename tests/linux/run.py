#!/usr/bin/python3
"""A program run in Isthmus behaves like one of the host: input, output, errors, status, signals, arguments, environment."""
# limit: 600

from support.compare import BUSYBOX, Compare

compare = Compare()
compare.expect("arithmetic and a status", [BUSYBOX, "sh", "-c", "echo $((6*7)); exit 7"], 7, b"42\n")
compare.expect("standard input", [BUSYBOX, "sort"], 0, b"a\nb\n", stdin=b"b\na\n")
compare.expect("standard error apart", [BUSYBOX, "sh", "-c", "echo out; echo err >&2"], 0, b"out\n", b"err\n")
compare.shell("true", "true")
compare.shell("false", "false")
compare.shell("death by a signal", "kill -TERM $$; sleep 5")
compare.shell("death by the strongest signal", "kill -KILL $$; sleep 5")
compare.shell("a command that is not there", "no-such-command")
compare.shell("a syntax error", "if then")
compare.program("arguments as they are",
                [BUSYBOX, "sh", "-c", "for a; do echo \"<$a>\"; done", "sh", "", "a b", "*", "\\n", "ä€"])
compare.shell("environment and directory", "echo $HOME $TERM; pwd; cd /; pwd")
compare.program("input of 200,000 bytes", [BUSYBOX, "wc"], stdin=b"one line\n" * 22222)
compare.program("input that is binary", [BUSYBOX, "od", "-An", "-tx1"], stdin=bytes(range(256)) * 4)
compare.program("input that is not read", [BUSYBOX, "head", "-n", "1"], stdin=b"line\n" * 50000)
compare.shell("output of 1 MB", "i=0; while [ $i -lt 2000 ]; do echo " + "x" * 500 + "; i=$((i+1)); done")
compare.shell("output that is binary", "printf '\\000\\001\\020\\020k\\377'")
