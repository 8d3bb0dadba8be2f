// Validation of submitted code: rejected code never runs, warnings reach the answer, and the audit log gets no code.

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Finding } from '../errors.ts';
import { createLog } from '../log.ts';
import type { Validation } from '../validation/validate.ts';
import { auditViolations, createAudit } from './audit.ts';

import { createServiceForTests } from './service-fixture.ts';
import { createValidateCode } from './validate-code.ts';

const FINDING: Finding = {
  rule: 'script/process',
  severity: 'error',
  message: 'No processes',
  file: 'main.sc',
  line: 1,
  column: 2,
  snippet: 'MARKED CODE',
};
const WARNING: Finding = { ...FINDING, rule: 'script/unsafe', severity: 'warning' };

/** Validation that finds these, and the lines of the audit log. */
function validationWith(mode: 'enforce' | 'warn', findings: readonly Finding[]) {
  const lines: string[] = [];
  const log = createLog({ logLevel: 'CRITICAL', debug: false }, { write: (line) => lines.push(line) });
  const validation: Validation = { findings, complexity: [], codeHash: 'ab12', isBroken: false, timeMs: 3 };
  const validate = createValidateCode(mode, {
    validator: { validate: async () => validation },
    audit: createAudit(log),
  });
  return { validate, events: () => lines.map((line) => JSON.parse(line)), lines };
}

suite('code that breaks a rule', () => {
  test('is rejected under enforce, with all findings, and audited without the code', async () => {
    const { validate, events, lines } = validationWith('enforce', [WARNING, FINDING, FINDING]);
    const service = createServiceForTests({}, { validate });
    await assert.rejects(service.execute({ user_id: 'ann' }), {
      code: 'code_rejected',
      findings: [WARNING, FINDING, FINDING],
    });
    assert.equal(service.sandbox.opened.length, 0);
    assert.equal(service.scheduler.state().held, 0);
    const [{ time: _time, execution_id, ...event }] = events();
    assert.match(execution_id, /^[0-9A-Z]{26}$/);
    assert.deepEqual(event, {
      level: 'warn',
      event: 'code_rejected',
      user_id: 'ann',
      language: 'script',
      rules: ['script/unsafe', 'script/process'],
      code_sha256: 'ab12',
      msg: 'audit',
    });
    assert.doesNotMatch(lines.join(), /MARKED/);
  });

  test('runs with warnings under warn, which are in the answer', async () => {
    const { validate, events } = validationWith('warn', [FINDING]);
    const record = await createServiceForTests({}, { validate }).execute({});
    assert.deepEqual(record.warnings, ['main.sc:1:2: No processes (script/process)']);
    assert.deepEqual(record.timings, { validation_ms: 3 });
    assert.equal(events()[0].event, 'code_warned');
  });

  test('runs with warnings under enforce if no rule rejects', async () => {
    const { validate } = validationWith('enforce', [WARNING]);
    const record = await createServiceForTests({}, { validate }).execute({});
    assert.deepEqual(record.warnings, ['main.sc:1:2: No processes (script/unsafe)']);
  });

  test('is not audited if nothing was found', async () => {
    const { validate, events } = validationWith('enforce', []);
    const record = await createServiceForTests({}, { validate }).execute({});
    assert.deepEqual([record.warnings, events()], [[], []]);
  });
});

test('a program that was killed for a forbidden system call is audited', async () => {
  const { lines, events } = (() => {
    const all: string[] = [];
    return { lines: all, events: () => all.map((line) => JSON.parse(line)) };
  })();
  const audit = createAudit(
    createLog({ logLevel: 'INFO', debug: false }, { write: (line) => lines.push(line) }),
  );
  const service = createServiceForTests();
  const task = await service.accept({ language: 'script', code: 'MARKED CODE', user_id: 'ann' });
  const record = await service.executeTask(task, new AbortController().signal);
  auditViolations(audit, task, record);
  assert.deepEqual(lines, []);
  const results = record.results.map((result) => ({ ...result, status: 'security_violation' as const }));
  auditViolations(audit, task, { ...record, results });
  const [{ event, user_id, rules, code_sha256 }] = events();
  assert.deepEqual([event, user_id, rules], ['security_violation', 'ann', ['run/system-call']]);
  assert.match(code_sha256, /^[0-9a-f]{64}$/);
  assert.doesNotMatch(lines.join(), /MARKED/);
});
