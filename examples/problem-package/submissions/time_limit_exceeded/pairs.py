# Tries all pairs.
from math import isqrt


def find(n):
    most = isqrt(n)
    for a in range(most + 1):
        for b in range(most + 1):
            if a * a + b * b == n:
                return f"{a} {b}"
    return "impossible"


print(find(int(input())))
