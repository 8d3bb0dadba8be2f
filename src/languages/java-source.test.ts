// Which class names a Java file and which is started.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cpuTimeMsOf } from '../../test/cpu-time.ts';
import { readJavaSource } from './java-source.ts';

const main = 'public static void main(String[] args) {}';

test('the public class names the file and is started', () => {
  assert.deepEqual(readJavaSource(`public class Hello { ${main} }`), {
    file: 'Hello.java',
    mainClass: 'Hello',
  });
});

test('names may be written with Unicode escapes, which a doubled backslash is not', () => {
  const code = `public cl\\u0061ss Caf\\uu00e9 { String s = "\\\\u0022 { "; ${main} }`;
  assert.deepEqual(readJavaSource(code), { file: 'Café.java', mainClass: 'Café' });
});

test('without a public class, the one with main names the file', () => {
  const code = `class Node { int value; }\nclass Program { ${main} }`;
  assert.deepEqual(readJavaSource(code), { file: 'Program.java', mainClass: 'Program' });
});

test('a method called main with other parameters starts nothing', () => {
  const code = `class Helper { static void main(int x) {} }\nclass Program { public static void main(final String... a) {} }`;
  assert.equal(readJavaSource(code).mainClass, 'Program');
});

test('the public class names the file though another one is started', () => {
  const code = `public class Solution { int add() { return 1; } }\nclass Main { ${main} }`;
  assert.deepEqual(readJavaSource(code), { file: 'Solution.java', mainClass: 'Main' });
});

test('a package becomes directories and part of the class name', () => {
  const code = `// a program\npackage com.example.app;\nimport java.util.*;\npublic final class App { ${main} }`;
  assert.deepEqual(readJavaSource(code), {
    file: 'com/example/app/App.java',
    mainClass: 'com.example.app.App',
  });
});

test('comments, strings, text blocks and characters do not mislead', () => {
  const code = `/* public class Wrong { */
class Main {
  // class Other { public static void main(String[] a)
  static String text = "} public class Quoted { \\" void main(";
  static char brace = '}', quote = '\\'';
  static String block = """
      } public class Block {
      """;
  ${main}
}`;
  assert.deepEqual(readJavaSource(code), { file: 'Main.java', mainClass: 'Main' });
});

test('an escape does not end a text block', () => {
  const code = `class Main {
  static String block = """
      \\""" } public class Block { \\\\""";
  ${main}
}`;
  assert.deepEqual(readJavaSource(code), { file: 'Main.java', mainClass: 'Main' });
});

test('a comment that never ends hides the rest', () => {
  assert.equal(readJavaSource(`class Main { ${main} } /* public class Hidden {}`).file, 'Main.java');
});

/** Each was read in the square of its length. */
const HOSTILE: readonly [name: string, code: string][] = [
  ['open comments in a text block', `String s = """\\"""${'/* '.repeat(200_000)}""";`],
  ['open comments', '/* '.repeat(200_000)],
  ['escaped quotes without an end', `'${"\\'".repeat(200_000)}`],
  ['text blocks without an end', '"""\\'.repeat(200_000)],
];
for (const [name, code] of HOSTILE) {
  test(`${name} are read in no time`, async () => {
    assert.ok((await cpuTimeMsOf(() => readJavaSource(code))) < 1000);
  });
}

test('a nested class with main is not started', () => {
  const code = `class Outer { static class Inner { ${main} } }\nclass Real { ${main} }`;
  assert.equal(readJavaSource(code).mainClass, 'Real');
});

test('records, enums and interfaces can hold main', () => {
  assert.equal(readJavaSource(`public enum Level { LOW, HIGH; ${main} }`).file, 'Level.java');
  assert.equal(readJavaSource(`record Point(int x, int y) { ${main} }`).mainClass, 'Point');
  assert.equal(readJavaSource(`interface Start { static void main(String[] args) {} }`).mainClass, 'Start');
});

test('a public member of a class before does not make the next class public', () => {
  const code = `class A { public int x; }\nclass B { ${main} }`;
  assert.equal(readJavaSource(code).file, 'B.java');
});

test('annotations before a package or a class do not matter', () => {
  const code = `@SuppressWarnings({"unchecked", "x"})\npublic class Main { ${main} }`;
  assert.equal(readJavaSource(code).file, 'Main.java');
});

test('code without any type is called Main', () => {
  assert.deepEqual(readJavaSource('int x = 1;'), { file: 'Main.java', mainClass: 'Main' });
});

test('a name too long for a file is not used as one', () => {
  assert.equal(readJavaSource(`public class ${'A'.repeat(5000)} { ${main} }`).file, 'Main.java');
});
