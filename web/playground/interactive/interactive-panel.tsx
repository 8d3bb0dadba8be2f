// The tab Interactive: a terminal with the program in it, buttons for what phones have no keys for, and how it ended.

import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { styleNonce } from '../../shared/style-nonce.ts';
import { statusWords } from '../words.ts';
import { endTalk, isTalking, sendInput, session, showOn, startTalk } from './session.ts';

export function InteractivePanel() {
  const parent = useRef<HTMLDivElement>(null);
  const isReady = useSignal(false);
  useEffect(() => {
    let close: (() => void) | null = null;
    let isGone = false;
    void import('./terminal.ts').then(({ openTerminal }) => {
      if (isGone || parent.current === null) return;
      const terminal = openTerminal(parent.current, styleNonce(), sendInput);
      close = terminal.close;
      showOn(terminal);
      isReady.value = true;
    });
    return () => {
      isGone = true;
      showOn(null);
      close?.();
    };
  }, [isReady]);
  return (
    <section class="interactive" aria-label="Interactive">
      <p class="actions">
        {isTalking.value ? (
          <>
            <button type="button" onClick={() => sendInput({ type: 'signal', name: 'SIGINT' })}>
              Ctrl-C
            </button>
            <button type="button" onClick={() => sendInput({ type: 'eof' })}>
              Ctrl-D
            </button>
            <button type="button" onClick={endTalk}>
              End
            </button>
          </>
        ) : (
          <button type="button" disabled={!isReady.value} onClick={startTalk}>
            {session.value.phase === 'ended' ? 'Run again' : 'Start'}
          </button>
        )}
        <SessionState />
      </p>
      <div class="terminal" ref={parent} />
    </section>
  );
}

const PHASES = {
  idle: 'Run starts the program here; type what it reads.',
  connecting: 'Connecting…',
  queued: 'Queued',
  compiling: 'Compiling…',
  running: 'Running',
};

function SessionState() {
  const { phase, end, status } = session.value;
  const tone = status === null ? 'muted' : statusWords(status).tone;
  return (
    <span
      class={`session-state ${tone}`}
      data-testid="run-state"
      data-phase={phase}
      data-status={status ?? phase}
    >
      {phase === 'ended' ? end : PHASES[phase]}
    </span>
  );
}
