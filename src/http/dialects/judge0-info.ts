// What Judge0 reports about itself: languages, statuses, its limits and its version. Clients choose their tables of
// languages by the version, and read every limit when they start.

import type { FastifyInstance } from 'fastify';
import { ServiceError } from '../../errors.ts';
import { REQUEST_SIZES } from '../../limits.ts';
import { KIB } from '../../units.ts';
import type { DialectParts } from './dialect.ts';
import { NUMERIC_ATTRIBUTES } from './judge0-attributes.ts';
import { judge0Languages } from './judge0-languages.ts';
import { MULTI_FILE } from './judge0-program.ts';
import { STATUSES } from './judge0-result.ts';
import { MAX_BATCH_SIZE } from './judge0-submissions.ts';

/** The version of Judge0 that is answered as. */
const VERSION = '1.13.1';
const ABOUT = {
  version: VERSION,
  homepage: '/docs',
  source_code: '/docs',
  maintainer: 'Code Execution Service',
};

export function addInfoRoutes(app: FastifyInstance, parts: DialectParts): void {
  const languages = () => judge0Languages(parts.languages());
  const shown = ({ number, label }: ReturnType<typeof languages>[number]) => ({ id: number, name: label });
  app.get('/languages', async () => languages().map(shown));
  app.get('/languages/all', async () => languages().map((each) => ({ ...shown(each), is_archived: false })));
  app.get<{ Params: { id: string } }>('/languages/:id', async ({ params }) => {
    const found = languages().find(({ number }) => String(number) === params.id);
    if (found === undefined) throw new ServiceError('not_found', 'Not Found');
    if (found.number === MULTI_FILE) {
      return { ...shown(found), is_archived: false, source_file: null, compile_cmd: null, run_cmd: null };
    }
    const file = parts.sourceFileOf(found.language.id, '');
    return {
      ...shown(found),
      is_archived: false,
      source_file: file,
      compile_cmd: found.isCompiled ? `${found.language.id} %s ${file}` : null,
      run_cmd: found.isCompiled ? './program' : `${found.language.id} ${file}`,
    };
  });
  app.get('/statuses', async () => STATUSES);
  app.get('/about', async () => ABOUT);
  app.get('/version', async (_request, reply) => reply.type('text/plain').send(VERSION));
  app.get('/license', async (_request, reply) => reply.type('text/plain').send('MIT\n'));
  app.get('/isolate', async (_request, reply) => reply.type('text/plain').send('Code Execution Service\n'));
  app.get('/system_info', async () => ({
    Architecture: process.arch,
    'CPU(s)': String(parts.config.concurrency),
  }));
  app.get('/config_info', async () => configInfo(parts));
  app.get('/workers', async () => [workers(parts)]);
}

function workers({ config, queue }: DialectParts) {
  const { concurrency } = config;
  const { active } = queue();
  const working = Math.min(active, concurrency);
  return {
    queue: VERSION,
    size: active - working,
    available: concurrency,
    idle: concurrency - working,
    working,
    paused: 0,
    failed: 0,
  };
}

function configInfo({ config }: DialectParts) {
  const limits = Object.entries(NUMERIC_ATTRIBUTES).flatMap(([name, range]) => [
    [name, range.default],
    [`max_${name}`, range.maximum],
  ]);
  return {
    maintenance_mode: false,
    enable_wait_result: true,
    enable_compiler_options: true,
    allowed_languages_for_compile_options: [],
    enable_command_line_arguments: true,
    enable_submission_delete: false,
    enable_callbacks: true,
    callbacks_max_tries: 3,
    callbacks_timeout: 5,
    enable_additional_files: true,
    max_queue_size: config.queueSize,
    ...Object.fromEntries(limits),
    enable_per_process_and_thread_time_limit: false,
    allow_enable_per_process_and_thread_time_limit: true,
    enable_per_process_and_thread_memory_limit: false,
    allow_enable_per_process_and_thread_memory_limit: true,
    redirect_stderr_to_stdout: false,
    max_extract_size: REQUEST_SIZES.filesBytes / KIB,
    enable_batched_submissions: true,
    max_submission_batch_size: MAX_BATCH_SIZE,
    submission_cache_duration: 1,
    use_docs_as_homepage: true,
    allow_enable_network: false,
    enable_network: false,
  };
}
