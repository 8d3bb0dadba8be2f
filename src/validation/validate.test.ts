// The policy of the validation over real analyzers: what refuses, what warns, what settings change, and that no source
// of any bytes makes it fail.

import assert from 'node:assert/strict';
import { after, suite, test } from 'node:test';
import fc from 'fast-check';
import { ANALYSIS_LIMITS } from '../limits.ts';
import { ANALYSES } from './catalog.ts';
import { type AnalysisOutcome, createAnalyzer } from './engine/analyzer.ts';
import { createPolicy } from './policy.ts';
import { PRESET_NAMES, PRESETS } from './presets.ts';
import { createValidator, refuseFindings, sentenceOf } from './validate.ts';

const analyzer = createAnalyzer({ processes: 2, limits: ANALYSIS_LIMITS });
after(() => analyzer.close());

const logged: object[] = [];
const log = { error: (details: object) => void logged.push(details) };

function validatorWith(settings: { rules?: string[]; limits?: string[] } = {}, analyze = analyzer.analyze) {
  const policy = createPolicy({ rules: settings.rules ?? [], limits: settings.limits ?? [] });
  return createValidator(policy, { analyzer: { ...analyzer, analyze }, log: log as never });
}

const sources = (code: string, path = 'main.py') => [{ path, content: Buffer.from(code) }];
const rulesOf = async (code: string, settings = {}) => {
  const { findings } = await validatorWith(settings).validate('python', sources(code));
  return findings.map(({ rule, severity }) => `${rule} ${severity}`);
};

const DANGEROUS = 'import os\nprint(os.system("id"))\n';

suite('a validation', () => {
  test('reports rule, place and line of each finding, and the time spent', async () => {
    const { findings, complexity, codeHash, timeMs } = await validatorWith().validate(
      'python',
      sources(DANGEROUS),
    );
    assert.deepEqual(findings, [
      {
        rule: 'python/process',
        severity: 'error',
        message: 'Starting other programs or copies of the process is not allowed',
        file: 'main.py',
        line: 2,
        column: 7,
        snippet: 'print(os.system("id"))',
      },
    ]);
    assert.deepEqual(
      complexity.map(({ file, figures }) => [file, figures.lines]),
      [['main.py', 3]],
    );
    assert.match(codeHash, /^[0-9a-f]{64}$/);
    assert.ok(timeMs > 0);
    assert.throws(() => refuseFindings(findings), {
      code: 'code_rejected',
      message: /^main\.py:2:7: Starting other programs .* \(python\/process\)$/,
      findings,
    });
  });

  test('validates further files of the language, but not data', async () => {
    const { findings } = await validatorWith().validate('python', [
      ...sources('import util\n'),
      ...sources('import socket\n', 'lib/util.py'),
      ...sources('import socket\n', 'notes.txt'),
    ]);
    assert.deepEqual(
      findings.map(({ file, line }) => [file, line]),
      [['lib/util.py', 1]],
    );
  });

  test('of a language without rules finds nothing', async () => {
    const { findings, complexity } = await validatorWith().validate('cobol', sources('STOP RUN.'));
    assert.deepEqual([findings, complexity], [[], []]);
  });

  test('finds characters that make code read as what it is not', async () => {
    assert.deepEqual(await rulesOf('x = 1 # \u202e evil\n'), ['source/bidirectional-override error']);
    assert.deepEqual(await rulesOf('x = "\u0008"\n'), ['source/control-character error']);
    assert.deepEqual(await rulesOf('\ufeffx = "שלום \u200f émoji 🎉 \u00a0"\t\f\r\n'), []);
  });

  test('finds figures over their limits, which settings set', async () => {
    const deep = 'if 1:\n if 1:\n  if 1:\n   print(1)\n';
    assert.deepEqual(await rulesOf(deep), []);
    const { findings } = await validatorWith({ limits: ['nesting=2'] }).validate('python', sources(deep));
    assert.deepEqual(findings.map(sentenceOf), [
      'main.py:1:1: nesting must be at most 2, got 3 (complexity/nesting)',
    ]);
    const longest = await rulesOf(`x = "${'a'.repeat(200)}"\n`, { limits: ['longest_line=100'] });
    assert.deepEqual(longest, ['complexity/longest_line error']);
  });

  test('takes the severity of a rule from the settings, the most exact first', async () => {
    assert.deepEqual(await rulesOf(DANGEROUS, { rules: ['python/process=warning'] }), [
      'python/process warning',
    ]);
    assert.deepEqual(await rulesOf(DANGEROUS, { rules: ['*/process=off'] }), []);
    assert.deepEqual(await rulesOf(DANGEROUS, { rules: ['python/*=off', 'python/process=error'] }), [
      'python/process error',
    ]);
    assert.throws(
      () => createPolicy({ rules: ['python/proces=off'], limits: [] }),
      /VALIDATION_RULES must name rules that exist, got "python\/proces"/,
    );
  });

  test('takes severities from a preset, and what the operator names before it', async () => {
    const evaluated = 'print(eval(input()))\n';
    const dynamic = 'exec(input())\n';
    assert.deepEqual(await rulesOf(evaluated), ['python/evaluation warning']);
    assert.deepEqual(await rulesOf(evaluated, { rules: ['contest'] }), []);
    assert.deepEqual(await rulesOf(evaluated, { rules: ['playground'] }), ['python/evaluation error']);
    assert.deepEqual(await rulesOf(dynamic), ['python/dynamic-code error']);
    assert.deepEqual(await rulesOf(dynamic, { rules: ['course'] }), ['python/dynamic-code warning']);
    assert.deepEqual(await rulesOf(dynamic, { rules: ['course', '*/*=error'] }), [
      'python/dynamic-code error',
    ]);
    assert.deepEqual(await rulesOf(dynamic, { rules: ['course', 'python/*=off'] }), []);
    for (const preset of PRESET_NAMES)
      assert.deepEqual(await rulesOf(DANGEROUS, { rules: [preset] }), ['python/process error'], preset);
  });

  test('has presets that name rules which exist, and takes no other name for a rule', () => {
    const rulesIn = (rules: readonly string[]) => createPolicy({ rules, limits: [] });
    for (const preset of PRESET_NAMES) {
      assert.ok(rulesIn([preset]).layers[1] === PRESETS[preset]);
      rulesIn(Object.entries(PRESETS[preset]).map(([rule, severity]) => `${rule}=${severity}`));
    }
    rulesIn(['*/*=off', 'python/*=warning', '*/process=error', 'complexity/nesting=off', 'source/*=warning']);
    for (const unknown of ['python/x', 'cobol/*', '*/proces', 'complexity/depth', 'courses'])
      assert.throws(
        () => rulesIn(['course', `${unknown}=off`]),
        {
          message: new RegExp(
            `^VALIDATION_RULES must name rules that exist, got "${unknown.replace('*', '\\*')}"`,
          ),
        },
        unknown,
      );
    assert.throws(() => rulesIn(['course', 'contest']), /one preset, and it comes first, got contest after/);
    assert.throws(() => rulesIn(['python/*=off', 'course']), /one preset, and it comes first/);
    assert.throws(() => rulesIn(['*/network=off', '*/network=error']), /names \*\/network more than once/);
    assert.throws(
      () => createPolicy({ rules: [], limits: ['nesting=1', 'nesting=2'] }),
      /COMPLEXITY_LIMITS names nesting more than once/,
    );
  });

  test('says of a source that is too much to read, and of an analysis that failed on our side', async () => {
    const withOutcome = (outcome: AnalysisOutcome) =>
      validatorWith({}, async () => outcome).validate('python', sources('x'));
    const exhausted = await withOutcome({ type: 'exhausted', reason: 'it takes more than 1 ms to read' });
    assert.deepEqual(exhausted.findings.map(sentenceOf), [
      'main.py:1:1: The code cannot be checked: it takes more than 1 ms to read (analysis/limit)',
    ]);
    assert.equal(exhausted.findings[0]?.severity, 'error');
    const unavailable = await withOutcome({ type: 'unavailable', reason: 'secret of ours' });
    assert.deepEqual(unavailable.findings.map(sentenceOf), [
      'main.py:1:1: The code was not checked (analysis/unavailable)',
    ]);
    refuseFindings(unavailable.findings);
    assert.match(JSON.stringify(logged.at(-1)), /secret of ours/);
  });

  test('remembers an analysis by language and code, and drops the one that was not used for longest', async () => {
    const analyzed: string[] = [];
    const validator = validatorWith({}, async ({ language, sources: [text = ''] }) => {
      analyzed.push(`${language} ${text}`);
      return { type: 'done', files: [] };
    });
    await validator.validate('python', sources('x', 'main'));
    await validator.validate('javascript', sources('x', 'main'));
    await validator.validate('python', sources('x', 'main'));
    assert.deepEqual(analyzed, ['python x', 'javascript x']);
    for (let index = 0; index < ANALYSIS_LIMITS.cached - 1; index += 1)
      await validator.validate('python', sources(String(index), 'main'));
    analyzed.length = 0;
    await validator.validate('python', sources('x', 'main'));
    assert.deepEqual(analyzed, []);
    await validator.validate('javascript', sources('x', 'main'));
    assert.deepEqual(analyzed, ['javascript x']);
  });

  test('analyzes the same code once, and again after an internal failure', async () => {
    let count = 0;
    const outcomes: AnalysisOutcome[] = [
      { type: 'unavailable', reason: 'busy' },
      { type: 'done', files: [] },
    ];
    const validator = validatorWith({}, async () => outcomes[count++] ?? assert.fail('analyzed again'));
    for (let time = 0; time < 4; time += 1) await validator.validate('python', sources('x'));
    assert.equal(count, 2);
  });
});

suite('no source', () => {
  const language = fc.constantFrom(...Object.keys(ANALYSES));
  const words = fc.array(
    fc.constantFrom(
      'eval',
      'os',
      'import',
      '(',
      ')',
      '{',
      '}',
      '[',
      '"',
      "'",
      '`',
      ';',
      '\n',
      ' ',
      '=',
      '.',
      '::',
      '#',
      '//',
      '/*',
      '<',
      '>',
      '&',
      '$',
      '\\',
      'def f',
      'class A',
      'x',
      'getattr',
      'require',
      'system',
      '0',
      '+',
      '@',
      '\u202e',
      '\ud83d\ude00',
      '<<E',
    ),
    { maxLength: 400 },
  );
  const text = fc.oneof(
    words.map((parts) => parts.join('')),
    fc.string({ unit: 'binary', maxLength: 2000 }),
    fc
      .tuple(fc.constantFrom('(', '[', '{', 'a<', 'if x:', '-', '!', '"', '${'), fc.nat({ max: 3000 }))
      .map(([part, count]) => part.repeat(count)),
  );
  const content = fc.oneof(
    text.map((each) => Buffer.from(each)),
    fc.uint8Array({ maxLength: 2000 }).map((bytes) => Buffer.from(bytes)),
  );

  test('of any bytes makes a validation fail, and each is answered within its bounds', async () => {
    const validator = validatorWith();
    await fc.assert(
      fc.asyncProperty(language, content, async (id, bytes) => {
        const { findings } = await validator.validate(id, [{ path: 'main', content: bytes }]);
        for (const { line, column, snippet, rule, message } of findings) {
          assert.ok(line >= 1 && column >= 1 && snippet.length <= 120 && snippet.isWellFormed());
          assert.ok(message !== '' && rule !== 'analysis/unavailable', rule);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('that is found harmless is found harmless again, whatever was validated before', async () => {
    await fc.assert(
      fc.asyncProperty(language, text, async (id, code) => {
        const first = await validatorWith().validate(id, sources(code, 'main'));
        const second = await validatorWith().validate(id, sources(code, 'main'));
        assert.deepEqual(second.findings, first.findings);
      }),
      { numRuns: 60 },
    );
  });
});
