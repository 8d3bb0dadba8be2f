// Runs programs at a service with an address, over version 1 of its API.

import type { ExecutionResult } from '../api/execution.ts';
import { type CodeRunner, progressOf, type RunnableLanguage } from './code-runner.ts';

const MAX_EVENT_LENGTH = 80 * 1024 * 1024;

export function createRemoteRunner({
  url,
  apiKey,
}: {
  readonly url: string;
  readonly apiKey: string;
}): CodeRunner {
  const base = url.replace(/\/+$/, '');
  const headers: Record<string, string> = apiKey === '' ? {} : { authorization: `Bearer ${apiKey}` };
  const call = async (path: string, options: RequestInit = {}) => {
    const answer = await fetch(`${base}/api/v1${path}`, {
      ...options,
      headers: { ...headers, ...options.headers },
    }).catch((error: Error) => {
      if (options.signal?.aborted) throw error;
      throw new Error(`The code execution service at ${base} does not answer. Is it running?`);
    });
    if (!answer.ok) throw new Error(await detailOf(answer));
    return answer;
  };
  return {
    languages: async () => (await (await call('/languages')).json()) as RunnableLanguage[],
    execute: async (request, { signal, onProgress }) => {
      const answer = await call('/execute', {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
        body: JSON.stringify(request),
        signal,
      });
      return lastResult(answer, progressOf(request, onProgress));
    },
  };
}

async function detailOf(answer: Response): Promise<string> {
  const text = await answer.text();
  try {
    return (JSON.parse(text) as { detail: string }).detail ?? text;
  } catch {
    return `The code execution service answered with status ${answer.status}`;
  }
}

/** The result in the last event of a stream. */
async function lastResult(
  answer: Response,
  onEvent: ReturnType<typeof progressOf>,
): Promise<ExecutionResult> {
  let buffered = '';
  const decoder = new TextDecoder();
  for await (const chunk of answer.body ?? []) {
    buffered += decoder.decode(chunk, { stream: true });
    if (buffered.length > MAX_EVENT_LENGTH) throw new Error('The answer of the service is too large');
    const blocks = buffered.split('\n\n');
    buffered = blocks.pop() ?? '';
    for (const block of blocks) {
      const { type, data } = eventIn(block);
      if (type === 'done') return data as ExecutionResult;
      if (type === 'error') throw new Error((data as { detail?: string }).detail ?? 'The execution failed');
      if (type !== '') onEvent({ ...(data as object), type });
    }
  }
  throw new Error('The service ended the connection before the result');
}

/** A comment has no type. */
function eventIn(block: string): { type: string; data: unknown } {
  const fields = block.split('\n').map((line) => /^(\w+): ?(.*)$/.exec(line));
  const valuesOf = (name: string) => fields.flatMap((field) => (field?.[1] === name ? [field[2] ?? ''] : []));
  const data = valuesOf('data').join('\n');
  return { type: valuesOf('event')[0] ?? '', data: data === '' ? null : JSON.parse(data) };
}
