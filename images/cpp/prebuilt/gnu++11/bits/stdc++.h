#pragma GCC system_header
#include_next <bits/stdc++.h>
