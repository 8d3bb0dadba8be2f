// Every protection that a container is made with, one by one, and that the engine has understood each of them.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { engineForTests } from '../../test/docker-engine.ts';
import { MIB } from '../units.ts';
import { type ContainerSpec, containerConfig, limitsConfig } from './container-config.ts';
import { removeContainer } from './driver/container.ts';
import { bareRoot } from './driver/docker-fixture.ts';
import { boxLabels } from './labels.ts';

const { engine, skip } = await engineForTests();
const UID = 61_254;

interface Config {
  readonly HostConfig: Readonly<Record<string, unknown>>;
  readonly [name: string]: unknown;
}

const SPEC: ContainerSpec = {
  image: 'an-image',
  diskBytes: 8 * MIB,
  limits: { memoryBytes: 68 * MIB, processes: 17, cpuQuota: 0.5 },
};
const identity = { uid: UID, labels: boxLabels('home', 'instance') };
const settings = { seccompProfile: '{"defaultAction":"SCMP_ACT_ERRNO"}', sources: '' };
const config = containerConfig(SPEC, identity, settings) as Config;
const host = config.HostConfig;

for (const [what, value, expected] of [
  ['no network', [config.NetworkDisabled, host.NetworkMode], [true, 'none']],
  ['a read-only root', host.ReadonlyRootfs, true],
  ['a user of its own, that is not root', config.User, `${UID}:${UID}`],
  ['no capability', [host.CapDrop, host.CapAdd], [['ALL'], undefined]],
  [
    'no new privileges, and the profile of system calls',
    host.SecurityOpt,
    ['no-new-privileges', `seccomp=${settings.seccompProfile}`],
  ],
  ['no privileges', host.Privileged, false],
  ['as much memory as is asked for, and no swap', [host.Memory, host.MemorySwap], [68 * MIB, 68 * MIB]],
  ['the processes that are asked for', host.PidsLimit, 17],
  ['the CPU quota, in a period of a second', [host.CpuPeriod, host.CpuQuota], [1_000_000, 505_000]],
  ['the OOM killer', host.OomKillDisable ?? false, false],
  ['shared memory and queues of its own', host.IpcMode, 'private'],
  ['no more shared memory than disk', host.ShmSize, 8 * MIB],
  ['processes of its own', host.PidMode, ''],
  ['a host name of its own', [host.UTSMode, config.Hostname], ['', 'box']],
  ['control groups of its own', host.CgroupnsMode, 'private'],
  ['nothing of this machine mounted', [host.Binds, host.Mounts, host.VolumesFrom, host.Devices], Array(4)],
  ['no environment', config.Env, []],
  ['no log, which would grow', host.LogConfig, { Type: 'none', Config: {} }],
  ['no restart', host.RestartPolicy, { Name: 'no' }],
  ['a stop that is a kill', [config.StopSignal, config.StopTimeout], ['SIGKILL', 0]],
  [
    'an input that ends with its service',
    [config.OpenStdin, config.StdinOnce, config.Tty],
    [true, true, false],
  ],
  [
    'the supervisor as its first process',
    [config.Entrypoint, host.Init],
    [['/usr/lib/code-execution-service/supervisor', 'container'], false],
  ],
  ['labels by which it is found', config.Labels, identity.labels],
] as const)
  test(`a container has ${what}`, () => {
    const wanted = Array.isArray(expected) ? [...expected] : expected;
    assert.deepEqual(value, wanted);
  });

test('a container has limits of descriptors, core files and message queues', () => {
  const limits = host.Ulimits as { Name: string; Soft: number; Hard: number }[];
  const hard = Object.fromEntries(limits.map(({ Name, Hard }) => [Name, Hard]));
  assert.deepEqual(hard, { nofile: 4096, core: 1, msgqueue: 0 });
  assert.ok(limits.every(({ Soft, Hard }) => Soft === Hard));
});

test('all that a program may write to is in memory, each place with its size, files, mode and owner', () => {
  const common = 'rw,exec,nosuid,nodev';
  assert.deepEqual(host.Tmpfs, {
    '/box': `${common},size=8388608,nr_inodes=8192,mode=0700,uid=${UID},gid=${UID}`,
    '/code': `${common},size=100663296,nr_inodes=8192,mode=0755,uid=${UID},gid=${UID}`,
    '/build': `${common},size=100663296,nr_inodes=8192,mode=0755,uid=${UID},gid=${UID}`,
  });
});

test('shared memory is never more than 64 MiB', () => {
  const large = containerConfig({ ...SPEC, diskBytes: 512 * MIB }, identity, settings) as Config;
  assert.equal(large.HostConfig.ShmSize, 64 * MIB);
});

test('programs of a container are the first to go when the machine runs out of memory', () => {
  assert.equal(host.OomScoreAdj, 500);
});

/** Of /proc, all that describes the machine; of /sys, all but what is below /sys/fs/cgroup and is named there. */
const MASKED = `
  /proc/acpi /proc/asound /proc/bus /proc/cmdline /proc/config.gz /proc/diskstats /proc/driver /proc/fs /proc/interrupts
  /proc/iomem /proc/ioports /proc/irq /proc/kallsyms /proc/kcore /proc/key-users /proc/keys /proc/kpagecount
  /proc/kpageflags /proc/latency_stats /proc/mdstat /proc/misc /proc/modules /proc/mtrr /proc/pagetypeinfo
  /proc/partitions /proc/sched_debug /proc/schedstat /proc/scsi /proc/slabinfo /proc/softirqs /proc/swaps /proc/sys
  /proc/sysrq-trigger /proc/timer_list /proc/timer_stats /proc/tty /proc/version /proc/vmallocinfo /proc/vmstat
  /proc/zoneinfo
  /sys/block /sys/bus /sys/class /sys/dev /sys/devices /sys/firmware /sys/hypervisor /sys/kernel /sys/module /sys/power
  /sys/fs/bpf /sys/fs/btrfs /sys/fs/ext4 /sys/fs/fuse /sys/fs/pstore /sys/fs/selinux /sys/fs/smackfs /sys/fs/xfs
  /dev/pts`;

test('exactly these paths are masked', () => {
  assert.deepEqual((host.MaskedPaths as string[]).toSorted(), MASKED.trim().split(/\s+/).toSorted());
  assert.deepEqual(host.ReadonlyPaths, []);
});

test('the engine is asked for nothing besides', () => {
  const top = `AttachStderr AttachStdin AttachStdout Cmd Entrypoint Env HostConfig Hostname Image Labels NetworkDisabled
    OpenStdin StdinOnce StopSignal StopTimeout Tty User WorkingDir`;
  const below = `AutoRemove CapDrop CgroupnsMode CpuPeriod CpuQuota Init IpcMode LogConfig MaskedPaths Memory MemorySwap
    NetworkMode OomScoreAdj PidMode PidsLimit Privileged ReadonlyPaths ReadonlyRootfs RestartPolicy SecurityOpt ShmSize
    Tmpfs UTSMode Ulimits`;
  assert.deepEqual(Object.keys(config).toSorted(), top.split(/\s+/));
  assert.deepEqual(Object.keys(host).toSorted(), below.split(/\s+/));
  assert.deepEqual(
    [config.WorkingDir, config.Cmd, config.Image, host.AutoRemove],
    ['/', [], 'an-image', false],
  );
  assert.deepEqual([config.AttachStdin, config.AttachStdout, config.AttachStderr], [true, true, true]);
});

test('another runtime is asked for only where one is set', () => {
  assert.equal('Runtime' in host, false);
  const other = containerConfig(SPEC, identity, { ...settings, runtime: 'runsc' }) as Config;
  assert.equal(other.HostConfig.Runtime, 'runsc');
});

test('no quota is sent as none, so that an earlier one ends', () => {
  assert.equal((limitsConfig({ ...SPEC.limits, cpuQuota: 0 }) as { CpuQuota: number }).CpuQuota, -1);
});

describe('on an engine', { skip }, () => {
  test('each setting is taken as it was meant, without a warning', async () => {
    assert.ok(engine);
    const { image } = await bareRoot(engine);
    const supervisor = join(import.meta.dirname, '../../supervisor/build/supervisor');
    const seccompProfile = JSON.stringify(
      JSON.parse(execFileSync(supervisor, ['seccomp-profile'], { encoding: 'utf8' })),
    );
    const own = { uid: UID, labels: boxLabels(randomUUID(), 'test') };
    const wanted = containerConfig({ ...SPEC, image }, own, { ...settings, seccompProfile }) as Config;
    const made = await engine.request<{ Id: string; Warnings: string[] | null }>(
      'POST',
      '/containers/create',
      {
        json: wanted,
      },
    );
    try {
      assert.deepEqual(made.Warnings ?? [], []);
      const found = await engine.request<{
        HostConfig: Record<string, unknown>;
        Config: Record<string, unknown>;
      }>('GET', `/containers/${made.Id}/json`);
      // Its bridge to older clients adds defaults of its own to these two.
      const comparable = ({ Ulimits, Tmpfs, RestartPolicy, ...rest }: Record<string, unknown>) => rest;
      assert.partialDeepStrictEqual(found.HostConfig, comparable(wanted.HostConfig));
      assert.deepEqual(found.HostConfig.Tmpfs, wanted.HostConfig.Tmpfs);
      assert.partialDeepStrictEqual(found.Config.Labels, wanted.Labels);
      for (const name of ['User', 'NetworkDisabled', 'StopSignal', 'OpenStdin', 'StdinOnce'])
        assert.deepEqual(found.Config[name] ?? [], wanted[name], name);
    } finally {
      await removeContainer(engine, made.Id);
    }
  });
});
