"""Accepts any two numbers whose squares have the right sum: exits with 42 for right, 43 for wrong."""

import sys
from pathlib import Path


def wrong(reason):
    Path(sys.argv[3], "judgemessage.txt").write_text(reason)
    sys.exit(43)


n = int(Path(sys.argv[1]).read_text())
is_possible = Path(sys.argv[2]).read_text().strip() != "impossible"
words = sys.stdin.read(1000).split()
if words == ["impossible"]:
    if is_possible:
        wrong("there is an answer")
    sys.exit(42)
if len(words) != 2 or not all(word.isascii() and word.isdigit() and len(word) < 10 for word in words):
    wrong("two integers are expected, or impossible")
a, b = map(int, words)
if a * a + b * b != n:
    wrong(f"{a}² + {b}² is not {n}")
sys.exit(42)
