// What a body must be before its fields are validated: UTF-8, JSON, within bounds; and the messages for one that is not.

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { createTestServer } from '../server-fixture.ts';

const PROGRAM = '{"language":"python","code":"print(\'x\')"}';

suite('a body', () => {
  const post = (server: Awaited<ReturnType<typeof createTestServer>>, payload: Buffer) =>
    server.inject({
      method: 'POST',
      url: '/api/v1/execute',
      headers: { 'content-type': 'application/json' },
      payload,
    });
  /** The program with bytes in the place of the character between the quotes. */
  const withBytes = (...bytes: number[]) => {
    const [before = '', after = ''] = PROGRAM.split("'x'");
    return Buffer.concat([Buffer.from(`${before}'`), Buffer.from(bytes), Buffer.from(`'${after}`)]);
  };

  const wrong: [what: string, bytes: number[], shown: string][] = [
    ['Latin-1', [0xe9], '0xE9'],
    ['a following byte alone', [0x80], '0x80'],
    ['an overlong form', [0xc0, 0xaf], '0xC0'],
    ['an overlong form of three bytes', [0xe0, 0x80, 0xaf], '0xE0'],
    ['a surrogate', [0xed, 0xa0, 0x80], '0xED'],
    ['more than Unicode has', [0xf5, 0x80, 0x80, 0x80], '0xF5'],
    ['a character without its end', [0xf0, 0x9f, 0x98], '0xF0'],
  ];
  for (const [what, bytes, shown] of wrong) {
    test(`with ${what} is rejected with the place of the byte`, async (t) => {
      const server = await createTestServer(t);
      const answer = await post(server, withBytes(...bytes));
      assert.equal(answer.statusCode, 400);
      const place = PROGRAM.indexOf("'x'") + 1;
      assert.ok(
        answer
          .json()
          .detail.startsWith(`The body must be UTF-8, the byte at position ${place} (${shown}) is not`),
        answer.json().detail,
      );
    });
  }

  test('that is not UTF-8 far from its beginning is rejected with the place of the byte', async (t) => {
    const server = await createTestServer(t);
    for (const before of [65_535, 65_536, 65_537, 200_000]) {
      const body = Buffer.concat([Buffer.from(`"${'é'.repeat(before)}`), Buffer.of(0xc3, 0x28)]);
      const { detail } = (await post(server, body)).json();
      assert.match(detail, new RegExp(`position ${1 + 2 * before} \\(0xC3\\)`));
    }
  });

  test('in UTF-16 is rejected, with a byte order mark and without', async (t) => {
    const server = await createTestServer(t);
    const little = Buffer.from(PROGRAM, 'utf16le');
    const big = Buffer.from(little).swap16();
    for (const body of [
      little,
      big,
      Buffer.from(`\ufeff${PROGRAM}`, 'utf16le'),
      Buffer.from(`\ufeff${PROGRAM}`, 'utf16le').swap16(),
    ]) {
      const answer = await post(server, body);
      assert.equal(answer.statusCode, 400);
      assert.match(answer.json().detail, /UTF-16, it must be UTF-8$/);
    }
  });

  test('may begin with a byte order mark, and have any character', async (t) => {
    const codes: unknown[] = [];
    const server = await createTestServer(t, {
      submit: async ({ code }) => {
        codes.push(code);
        throw new Error('seen');
      },
    });
    await post(server, Buffer.from(`\ufeff${PROGRAM}`));
    await post(server, withBytes(...Buffer.from('é語😀\ufeff\uffff')));
    assert.deepEqual(codes, ["print('x')", "print('é語😀\ufeff\uffff')"]);
  });

  test('is rejected for its shape before it is parsed', async (t) => {
    const server = await createTestServer(t, {
      environment: { MAX_CODE_LENGTH: '100', MAX_TEST_CASES: '2' },
    });
    const cases: [body: string, status: number, detail: string][] = [
      ['['.repeat(11), 400, 'The body must have at most 10 levels of nesting, got more'],
      [
        `{"stdin":${'['.repeat(10)}`,
        400,
        'The body must have at most 10 levels of nesting, got more in "stdin"',
      ],
      [`{"args":[${'0,'.repeat(704)}0]}`, 400, 'The body must have at most 704 values, got more in "args"'],
      [`{"code":"${'x'.repeat(1201)}"}`, 413, 'code must have at most 100 characters, got more'],
      [
        `{"language":"${'x'.repeat(49_153)}"}`,
        400,
        'A string must have at most 49152 bytes, got 49153 in "language"',
      ],
      [
        `{"weight":${'1'.repeat(401)}}`,
        400,
        'A number must have at most 400 characters, got more in "weight"',
      ],
    ];
    for (const [body, status, detail] of cases) {
      const answer = await post(server, Buffer.from(body));
      assert.deepEqual([answer.statusCode, answer.json().detail], [status, detail]);
    }
  });

  test('has brackets, commas and quotes in its texts as it likes', async (t) => {
    const server = await createTestServer(t);
    const code = `${'[{,:"\\'.repeat(5000)}NaN Infinity`;
    const answer = await post(server, Buffer.from(JSON.stringify({ language: 'python', code, stdin: code })));
    assert.equal(answer.statusCode, 200);
  });
});
