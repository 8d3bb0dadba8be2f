// What an administrator does: pull images, and clean up. Each asks first, shows its progress and says what it did.

import { useSignal } from '@preact/signals';
import { getJson, RefusedError, sendJson } from '../shared/api.ts';
import { Dialog } from '../shared/dialog.tsx';
import { counted, formatKib } from '../shared/format.ts';
import { KeyForm } from '../shared/key-form.tsx';

const POLL_MS = 1500;

interface Action {
  readonly label: string;
  readonly question: string;
  /** Calls `onProgress` with sentences, and returns the last one. */
  readonly run: (onProgress: (text: string) => void) => Promise<string>;
}

interface Images {
  readonly images: readonly {
    readonly language: string;
    readonly status: string;
    readonly message: string | null;
  }[];
}

const ACTIONS: readonly Action[] = [
  {
    label: 'Pull images',
    question: 'Installs the images in which programs run. Running programs are not affected.',
    run: pullImages,
  },
  {
    label: 'Clean up',
    question:
      'Removes abandoned containers and workspaces, builds that were cached, and results that have expired.',
    run: cleanUp,
  },
];

export function Actions() {
  return (
    <section aria-labelledby="actions-title" class="chart wide">
      <h2 id="actions-title">Administration</h2>
      <p class="muted">Needs a key with the scope admin.</p>
      <p class="actions">
        {ACTIONS.map((action) => (
          <ActionButton key={action.label} {...action} />
        ))}
      </p>
    </section>
  );
}

function ActionButton(action: Action) {
  const isOpen = useSignal(false);
  return (
    <>
      <button
        type="button"
        onClick={() => {
          isOpen.value = true;
        }}
      >
        {action.label}
      </button>
      {isOpen.value && (
        <ActionDialog
          {...action}
          onClose={() => {
            isOpen.value = false;
          }}
        />
      )}
    </>
  );
}

function ActionDialog({ label, question, run, onClose }: Action & { onClose: () => void }) {
  const text = useSignal(question);
  const state = useSignal<'asking' | 'running' | 'done' | 'key'>('asking');
  const start = async () => {
    state.value = 'running';
    try {
      text.value = await run((progress) => {
        text.value = progress;
      });
      state.value = 'done';
    } catch (error) {
      const status = error instanceof RefusedError ? error.problem.status : 0;
      text.value = error instanceof Error ? error.message : String(error);
      state.value = status === 401 || status === 403 ? 'key' : 'done';
    }
  };
  return (
    <Dialog title={label} onClose={onClose}>
      <p role="status">{text.value}</p>
      {state.value === 'key' && <KeyForm reason="This needs another key." onEntered={() => void start()} />}
      <p class="actions">
        {state.value === 'asking' && (
          <button type="button" class="primary" onClick={() => void start()}>
            {label}
          </button>
        )}
        {state.value !== 'running' && (
          <button type="button" onClick={onClose}>
            Close
          </button>
        )}
      </p>
    </Dialog>
  );
}

async function cleanUp(): Promise<string> {
  const { removed, freed_bytes: bytes } = await sendJson<{
    removed: Record<string, number>;
    freed_bytes: number;
  }>('/api/v1/admin/cleanup', {});
  const parts = Object.entries(removed).filter(([, count]) => count > 0);
  const list = parts.map(([name, count]) => `${count} ${name.replaceAll('_', ' ')}`).join(', ');
  return list === '' ? 'There was nothing to remove.' : `Removed ${list}: ${formatKib(bytes / 1024)}.`;
}

async function pullImages(onProgress: (text: string) => void): Promise<string> {
  let { images } = await sendJson<Images>('/api/v1/admin/pull-images', {});
  while (images.some(({ status }) => status !== 'ready' && status !== 'failed')) {
    const current = images.find(({ status }) => status === 'pulling' || status === 'building') ?? images[0];
    onProgress(`${current?.language ?? ''}: ${current?.message ?? current?.status ?? 'waiting'}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    ({ images } = await getJson<Images>('/api/v1/admin/pull-images'));
  }
  const failed = images.filter(({ status }) => status === 'failed');
  if (failed.length === 0) return `${counted(images.length, 'image')} ready.`;
  return failed.map(({ language, message }) => `${language}: ${message ?? 'failed'}`).join(' ');
}
