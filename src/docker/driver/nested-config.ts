// The configuration of a container in which the supervisor makes boxes. It is an outer wall around all of them: it has
// no network, no privilege, a read-only root and the capabilities that boxes need, under a filter of system calls.

import { SUPERVISOR_PATH } from '../image-layout.ts';

export interface NestedSpec {
  readonly image: string;
  /** Boxes at the same time. */
  readonly slots: number;
  /** Slot n runs programs as user `firstUid + n`. */
  readonly firstUid: number;
  readonly storeBytes: number;
  readonly isolation: 'default' | 'strict';
  readonly labels: Readonly<Record<string, string>>;
  /** JSON of `deploy/seccomp/code-execution-service.json`. */
  readonly seccompProfile: string;
  /** The engine's name of another runtime. */
  readonly runtime?: string | undefined;
}

/** An empty directory of every image. */
const RUN_DIRECTORY = '/box';
const SHARES_OF_A_PROCESS = 1024;
/** What `supervisor/requirements.c` asks for. */
const CAPABILITIES = ['SYS_ADMIN', 'SETUID', 'SETGID', 'SETPCAP', 'CHOWN', 'DAC_OVERRIDE'];

/** The body of a request that creates the container. */
export function nestedConfig(spec: NestedSpec): object {
  const { slots, firstUid, storeBytes, isolation } = spec;
  const argv = [slots, firstUid, RUN_DIRECTORY, storeBytes, isolation, 0].map(String);
  return {
    Image: spec.image,
    Entrypoint: [SUPERVISOR_PATH, 'nested', ...argv],
    Cmd: [],
    Env: [],
    User: '0:0',
    WorkingDir: '/',
    Hostname: 'box',
    Labels: spec.labels,
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    OpenStdin: true,
    // The supervisor ends when its input does, and with it all its boxes.
    StdinOnce: true,
    Tty: false,
    NetworkDisabled: true,
    StopSignal: 'SIGTERM',
    HostConfig: {
      ...(spec.runtime !== undefined && { Runtime: spec.runtime }),
      NetworkMode: 'none',
      ReadonlyRootfs: true,
      CapDrop: ['ALL'],
      CapAdd: CAPABILITIES,
      // AppArmor's profile for containers refuses every mount; the supervisor's own root is the stricter one.
      SecurityOpt: ['no-new-privileges', `seccomp=${spec.seccompProfile}`, 'apparmor=unconfined'],
      Privileged: false,
      IpcMode: 'private',
      PidMode: '',
      CgroupnsMode: 'private',
      UTSMode: '',
      // As much processor time as that many programs outside would get.
      CpuShares: SHARES_OF_A_PROCESS * slots,
      LogConfig: { Type: 'none', Config: {} },
      RestartPolicy: { Name: 'no' },
      AutoRemove: false,
      Init: false,
    },
  };
}
