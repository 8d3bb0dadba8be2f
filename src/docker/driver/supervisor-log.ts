// What the first process of a container prints beside its answers. Some runtimes let a program open that stream, so that
// from the first program on only sentences of the supervisor's own are passed on, word for word; all else is counted.

export interface SupervisorLog {
  /** Takes a line. */
  line(text: string): void;
  /** From here on a program may be the one who prints. */
  programsRun(): void;
  /** What was passed on, for the reason of the container's end. */
  passedOn(): readonly string[];
}

const MAX_LINES = 8;
const MAX_CHARACTERS = 200;

/** How the supervisor's sentences begin; what follows the reason of an error is left out. */
export const SENTENCES: readonly string[] = [
  ...['/box', '/code', '/build', '/dev/shm', '/tmp'].map((place) => `cannot remove ${place}`),
  ...['message queues', 'shared memory', 'semaphores', 'messages'].map((what) => `cannot remove ${what}`),
  'cannot reset the peak of memory',
  'a process cannot be killed',
  'a malformed frame ends the connection',
  'out of memory',
  'epoll_ctl',
];

/** How failures begin that the supervisor reports in an answer. */
export const FAILURES: readonly string[] = [
  ...['/code', '/build'].map((place) => `cannot write to ${place}`),
  ...['the work directory', '/box/out'].map((place) => `cannot make ${place}`),
  ...[
    'cannot keep an artifact',
    'cannot read an artifact',
    'there is no artifact',
    'an artifact is malformed',
    'more than 16 artifacts',
  ],
  ...['cannot start a program', "cannot keep a program's input", "cannot read the build's output"],
  ...['link into /box/work', 'open /code', 'cannot store'],
];

/** What an error says of a failure whose words may be a program's: a sentence of the supervisor's own, or that it failed. */
export function failureOf(message: string): string {
  return FAILURES.find((sentence) => message.startsWith(sentence)) ?? 'the supervisor reported a failure';
}

/** `pass` takes each line that may be logged; there are few for one container. */
export function createSupervisorLog(pass: (line: string) => void): SupervisorLog {
  const passed: string[] = [];
  let isOwn = true; // no program can have printed so far
  return {
    line(text) {
      const line = isOwn ? text.slice(0, MAX_CHARACTERS) : sentenceOf(text);
      if (line === undefined || passed.length >= MAX_LINES) return;
      passed.push(line);
      pass(line);
    },
    programsRun() {
      isOwn = false;
    },
    passedOn: () => passed,
  };
}

function sentenceOf(text: string): string | undefined {
  return SENTENCES.find((sentence) => text === sentence || text.startsWith(`${sentence}: `));
}
