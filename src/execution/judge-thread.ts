// The thread in which large outputs are judged, one at a time; see `judge-threads.ts`.

import { parentPort } from 'node:worker_threads';
import { type JudgementTask, judge } from './judgement.ts';

parentPort?.on('message', (task: JudgementTask) => {
  parentPort?.postMessage(judge(task));
});
