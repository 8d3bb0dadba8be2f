// Where `await` stands outside of functions, and where it only seems to.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withoutLiterals } from './javascript-source.ts';
import { awaitsOutsideFunctions } from './top-level-await.ts';

const awaits = (code: string) => awaitsOutsideFunctions(withoutLiterals(code));

for (const code of [
  'await f();',
  'const x = await f();',
  'console.log(await f());',
  'async function g(): Promise<number> { return 7; }\nconsole.log(await g());',
  'if (a) { await f(); }',
  'if (a) {\n  for (const b of c) {\n    await b;\n  }\n}',
  'for await (const x of y) console.log(x);',
  'try { await f(); } catch (e) { }',
  'try { f(); } catch (e) { await g(); }',
  'try { f(); } catch { await g(); }',
  'const f = async () => 1\nawait f()',
  'const f = async () => { await 1 }\nawait f()',
  'const f = async () => await 1;\nawait f();',
  'const all = [1, 2].map((x) => x * 2), y = await f();',
  'class A { async m() { await 1; } }\nawait new A().m();',
  'const o = { async m() { await 1; }, n: 1 };\nawait o.m();',
  'const { a, b } = await import("x");',
  'const a = [await f(), await g()];',
  'const a = { b: await f() };',
  'switch (await f()) { case 1: break; }',
  'while (await f()) {}',
  `\`\${await f()}\``,
  'export const x = await f();',
  'type F = (a: number) => Promise<void>;\nawait g();',
  'const x = (await f()) as number;',
  'throw await f();',
  'if (1) await /x/.test("y");',
  '{ await (f()); }',
  'const x = a ? await (f()) : b;',
  'const x = (a) / b / await f();',
  'while (x) { y(); }\nawait (f());',
]) {
  test(`it is outside in ${JSON.stringify(code)}`, () => assert.equal(awaits(code), true));
}

for (const code of [
  'async function f() { await null; }\nf();',
  'async function f() {\nawait null;\n}\nf();',
  'async function f(): Promise<{ a: number }> { await null; return { a: 1 }; }',
  'const f = async () => { await null; };',
  'const f = async () => await null;',
  'const f = async () => await null\nf()',
  'const f = async (x) => g(await x);',
  'const f = async (): Promise<void> => { await null; };',
  'class A { async m(): Promise<void> { await null; } }',
  'class A extends B { static async m() { if (x) { await null; } } }',
  'const o = { async m(): Promise<void> { await null; } };',
  'const o = { async m() { for (;;) { await null; } } };',
  '(async () => { await null; })();',
  '(async function () { await null; })();',
  'rl.on("line", async (line) => { await f(line); });',
  'a.await(1);',
  '// await x\n"await y"',
  'async function* g() { yield await 1; }',
  'if (1) /await x/.test("y");',
  'for (const a of b) /await (x)/.exec(a);',
  'while (f(x)) /[(] await y/.test(z);',
  'function await(x) { return x; }\nconsole.log(await(7));',
  'const await = (x) => x;\nawait(7);',
  'interface A { await(): number; }',
  'type A = { readonly a: string; await(x: number, y: (z: number) => void): Promise<void> };',
  'class A { await(x) { return x; } }',
  'const o = { a: 1, await() { return 1; } };',
  'const f = async function () {\n  try { await 1; } finally { await 2; }\n};',
]) {
  test(`it is inside in ${JSON.stringify(code)}`, () => assert.equal(awaits(code), false));
}

test('the longest sources take no time', () => {
  for (const piece of [
    '=>',
    '(',
    '{',
    'a',
    '\n',
    'async ',
    'class {',
    '=>\n',
    '=>(',
    ')',
    'await ',
    '"',
    'x=>\n\n',
  ]) {
    const code = piece.repeat((1 << 20) / piece.length);
    const start = process.cpuUsage();
    awaitsOutsideFunctions(code);
    const { user, system } = process.cpuUsage(start);
    assert.ok(user + system < 3_000_000, `${piece}: ${user + system} µs`);
  }
});
