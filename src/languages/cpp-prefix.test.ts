// Which sources may have the precompiled header before their own first lines.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hasOnlyHeadersBefore } from './cpp-prefix.ts';

const BITS = '#include <bits/stdc++.h>\nint main() {}\n';

test('other headers and comments may stand before it', () => {
  for (const before of ['#include <iostream>\n', '// mine\n\n # include <ext/pb_ds/assoc_container.hpp>\r\n'])
    assert.ok(hasOnlyHeadersBefore(before + BITS), before);
});

test('what could change the meaning of the header, or comes first anyway, may not', () => {
  for (const before of ['', '// mine\n']) assert.ok(!hasOnlyHeadersBefore(before + BITS), before);
  const others = ['#define int long long\n', '#pragma GCC optimize("O3")\n', 'int a;\n', '/*\n'];
  for (const before of [...others, '#include "own.h"\n', '#if 0\n', '// mine \\\n'])
    assert.ok(!hasOnlyHeadersBefore(`${before}#include <map>\n${BITS}`), before);
  assert.ok(!hasOnlyHeadersBefore('#include <map>\nint main() {}\n'));
});
