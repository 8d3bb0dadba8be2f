// The programs that a language shows people first, with their tests. The first one reads input, and its tests pass as
// it is: the playground begins with it, and examples/<language>.json is made from it.

import type { Language } from '../languages/language.ts';

interface ShownTest {
  readonly name: string;
  readonly input: string;
  readonly expected_output: string;
  readonly is_hidden?: boolean;
  readonly weight?: number;
}

export interface ShownExample {
  readonly title: string;
  /** Name of the source file. */
  readonly file: string;
  readonly code: string;
  readonly test_cases: readonly ShownTest[];
}

const SUM_TESTS: readonly ShownTest[] = [
  { name: 'small numbers', input: '19 23\n', expected_output: '42\n' },
  { name: 'a negative number', input: '-5 3\n', expected_output: '-2\n' },
  {
    name: 'large numbers',
    input: '999999999 1\n',
    expected_output: '1000000000\n',
    is_hidden: true,
    weight: 2,
  },
];

export function examplesOf({ examples, sourceFile }: Language): ShownExample[] {
  const shown = (title: string, code: string, tests: readonly ShownTest[]) => ({
    title,
    file: sourceFile(code),
    code,
    test_cases: tests,
  });
  return [
    shown('Sum of two numbers', examples.sum.code, SUM_TESTS),
    shown('Hello, world', examples.hello.code, []),
  ];
}

/** The content of examples/<language>.json: the first example as a request. */
export function exampleFile(language: Language): string {
  const [first] = examplesOf(language);
  const request = { language: language.id, code: first?.code, test_cases: first?.test_cases };
  return `${JSON.stringify(request, null, 2)}\n`;
}
