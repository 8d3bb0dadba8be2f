// Metrics in a SQLite file, for a service without Redis. Several processes may share the file. Every call is
// synchronous and may wait for the disk, so it runs in its own thread (`embedded-worker.ts`).

import { renameSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import {
  type Batch,
  EXECUTIONS,
  type Fault,
  MAX_FAULTS,
  MAX_USERS,
  RESOLUTIONS,
  type Reading,
  type Resolution,
  type TopUser,
  type Window,
} from './metrics.ts';
import { stepStart } from './window.ts';

/** How long one process waits while another writes. */
const BUSY_TIMEOUT_MS = 3000;
const RESOLUTION_NAMES = Object.keys(RESOLUTIONS) as Resolution[];
/** SQLITE_CORRUPT and SQLITE_NOTADB. */
const DAMAGED = [11, 26];

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS counts (
    resolution TEXT NOT NULL, start INTEGER NOT NULL, name TEXT NOT NULL, amount INTEGER NOT NULL,
    PRIMARY KEY (resolution, start, name)) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS active (
    resolution TEXT NOT NULL, start INTEGER NOT NULL, user TEXT NOT NULL,
    PRIMARY KEY (resolution, start, user)) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS user_counts (
    user TEXT NOT NULL, start INTEGER NOT NULL, name TEXT NOT NULL, amount INTEGER NOT NULL,
    PRIMARY KEY (user, start, name)) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS user_counts_by_start ON user_counts (start);
  CREATE TABLE IF NOT EXISTS users (
    user TEXT NOT NULL PRIMARY KEY, seen INTEGER NOT NULL, executed INTEGER) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS faults (at INTEGER NOT NULL, fault TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS batches (id TEXT NOT NULL PRIMARY KEY, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;`;

const STATEMENTS = {
  addBatch: 'INSERT OR IGNORE INTO batches VALUES (?, ?)',
  addCount: `INSERT INTO counts VALUES (?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET amount = amount + excluded.amount`,
  addActive: 'INSERT OR IGNORE INTO active VALUES (?, ?, ?)',
  addUserCount: `INSERT INTO user_counts VALUES (?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET amount = amount + excluded.amount`,
  addUser: `INSERT INTO users VALUES (?, ?, ?) ON CONFLICT DO UPDATE
    SET seen = max(seen, excluded.seen), executed = max(ifnull(executed, 0), ifnull(excluded.executed, executed))`,
  findUser: 'SELECT executed FROM users WHERE user = ?',
  countUsers: 'SELECT count(*) AS amount FROM users',
  totals: `SELECT name, sum(amount) AS amount FROM counts
    WHERE resolution = ? AND start BETWEEN ? AND ? GROUP BY name`,
  steps: `SELECT start, name, amount FROM counts
    WHERE resolution = ? AND start BETWEEN ? AND ? AND name IN (SELECT value FROM json_each(?)) ORDER BY start`,
  activeUsers: `SELECT count(DISTINCT user) AS amount FROM active
    WHERE resolution = ? AND start BETWEEN ? AND ?`,
  userTotals: `SELECT name, sum(amount) AS amount FROM user_counts
    WHERE user = ? AND start BETWEEN ? AND ? GROUP BY name`,
  userSteps: `SELECT start, name, amount FROM user_counts
    WHERE user = ? AND start BETWEEN ? AND ? AND name IN (SELECT value FROM json_each(?)) ORDER BY start`,
  topUsers: `SELECT user, sum(amount) AS amount, executed FROM user_counts JOIN users USING (user)
    WHERE start BETWEEN ? AND ? AND name = '${EXECUTIONS}' GROUP BY user ORDER BY amount DESC, user LIMIT ?`,
  addFault: 'INSERT INTO faults VALUES (?, ?)',
  faults: 'SELECT fault FROM faults WHERE at >= ? ORDER BY at DESC, rowid DESC LIMIT ?',
  forgetFaults: `DELETE FROM faults WHERE at < ? OR rowid <= (SELECT max(rowid) FROM faults) - ${MAX_FAULTS}`,
  forgetCounts: 'DELETE FROM counts WHERE resolution = ? AND start < ?',
  forgetActive: 'DELETE FROM active WHERE resolution = ? AND start < ?',
  forgetUserCounts: 'DELETE FROM user_counts WHERE start < ?',
  forgetUsers: 'DELETE FROM users WHERE seen < ?',
  forgetBatches: 'DELETE FROM batches WHERE at < ?',
} as const;

type Amount = { readonly name: string; readonly amount: number };
type Step = Amount & { readonly start: number };
type Statements = Readonly<Record<keyof typeof STATEMENTS, ReturnType<DatabaseSync['prepare']>>>;

export interface EmbeddedDatabase {
  add(batch: Batch): number;
  read(window: Window, series: readonly string[]): Reading & { activeUsers: number };
  readUser(
    userId: string,
    window: Window,
    series: readonly string[],
  ): (Reading & { lastExecutionAtMs: number | null }) | null;
  readTopUsers(window: Window, limit: number): TopUser[];
  readFaults(fromMs: number, limit: number): Fault[];
  close(): void;
}

interface DatabaseOptions {
  readonly maxUsers?: number;
  readonly now?: () => number;
}

/** Opens or creates the file. A damaged file is renamed and replaced: metrics are not worth a failed start. */
export function openEmbeddedDatabase(path: string, options: DatabaseOptions = {}): EmbeddedDatabase {
  const { maxUsers = MAX_USERS, now = Date.now } = options;
  const database = openOrReplace(path);
  const sql = prepare(database);
  let forgottenAtMs = 0;

  const add = (batch: Batch) => {
    if (sql.addBatch.run(batch.id, now()).changes === 0) return 0;
    for (const period of batch.periods) addPeriod(sql, period);
    for (const fault of batch.faults) sql.addFault.run(fault.atMs, JSON.stringify(fault));
    const refused = batch.users.filter((user) => !addUser(sql, user, maxUsers)).length;
    if (now() - forgottenAtMs < RESOLUTIONS.fine.stepMs) return refused;
    forget(sql, now());
    forgottenAtMs = now();
    return refused;
  };
  return {
    add: (batch) => inTransaction(database, 'IMMEDIATE', () => add(batch)),
    read: (window, series) => inTransaction(database, 'DEFERRED', () => read(sql, window, series)),
    readUser: (userId, window, series) =>
      inTransaction(database, 'DEFERRED', () => readUser(sql, userId, window, series)),
    readTopUsers: (window, limit) => readTopUsers(sql, window, limit),
    readFaults: (fromMs, limit) =>
      sql.faults.all(fromMs, limit).map(({ fault }) => JSON.parse(String(fault)) as Fault),
    close: () => database.close(),
  };
}

function openOrReplace(path: string): DatabaseSync {
  try {
    return open(path);
  } catch (error) {
    if (!DAMAGED.includes((error as { errcode?: number }).errcode ?? 0)) throw error;
    renameSync(path, `${path}.damaged`);
    return open(path);
  }
}

function open(path: string): DatabaseSync {
  const database = new DatabaseSync(path);
  try {
    database.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
    database.exec(SCHEMA);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function prepare(database: DatabaseSync): Statements {
  const prepared = Object.entries(STATEMENTS).map(([name, text]) => [name, database.prepare(text)]);
  return Object.fromEntries(prepared) as Statements;
}

/** `IMMEDIATE` takes the write lock at once; taking it after a read could fail. */
function inTransaction<T>(database: DatabaseSync, kind: 'IMMEDIATE' | 'DEFERRED', work: () => T): T {
  database.exec(`BEGIN ${kind}`);
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

function addPeriod(sql: Statements, { startMs, counts, users }: Batch['periods'][number]): void {
  for (const resolution of RESOLUTION_NAMES) {
    const start = stepStart(resolution, startMs);
    for (const [name, amount] of counts) sql.addCount.run(resolution, start, name, amount);
    for (const user of users) sql.addActive.run(resolution, start, user);
  }
}

/** False if the store has no room for another user. */
function addUser(sql: Statements, user: Batch['users'][number], maxUsers: number): boolean {
  const { userId, startMs, counts, seenAtMs, lastExecutionAtMs } = user;
  const isKnown = sql.findUser.get(userId) !== undefined;
  if (!isKnown && (sql.countUsers.get() as Amount).amount >= maxUsers) return false;
  sql.addUser.run(userId, seenAtMs, lastExecutionAtMs);
  for (const [name, amount] of counts) sql.addUserCount.run(userId, startMs, name, amount);
  return true;
}

function read(sql: Statements, { resolution, fromMs, toMs }: Window, series: readonly string[]) {
  const range = [resolution, fromMs, toMs] as const;
  const { amount } = sql.activeUsers.get(...range) as Amount;
  const steps = sql.steps.all(...range, JSON.stringify(series)) as Step[];
  return { ...readingOf(sql.totals.all(...range) as Amount[], steps), activeUsers: amount };
}

function readUser(sql: Statements, userId: string, { fromMs, toMs }: Window, series: readonly string[]) {
  const user = sql.findUser.get(userId) as { executed: number | null } | undefined;
  if (user === undefined) return null;
  const range = [userId, stepStart('hour', fromMs), toMs] as const;
  const steps = sql.userSteps.all(...range, JSON.stringify(series)) as Step[];
  const reading = readingOf(sql.userTotals.all(...range) as Amount[], steps);
  return { ...reading, lastExecutionAtMs: user.executed || null };
}

function readTopUsers(sql: Statements, { fromMs, toMs }: Window, limit: number): TopUser[] {
  const found = sql.topUsers.all(stepStart('hour', fromMs), toMs, limit);
  return (found as { user: string; amount: number; executed: number | null }[]).map(
    ({ user, amount, executed }) => ({
      userId: user,
      executions: amount,
      lastExecutionAtMs: executed || null,
    }),
  );
}

function readingOf(totals: readonly Amount[], amounts: readonly Step[]): Reading {
  const steps = new Map<number, Map<string, number>>();
  for (const { start, name, amount } of amounts) {
    const counts = steps.get(start) ?? new Map<string, number>();
    counts.set(name, amount);
    steps.set(start, counts);
  }
  return {
    totals: new Map(totals.map(({ name, amount }) => [name, amount])),
    steps: [...steps].map(([startMs, counts]) => ({ startMs, counts })),
  };
}

function forget(sql: Statements, nowMs: number): void {
  for (const resolution of RESOLUTION_NAMES) {
    const { stepMs, retentionMs } = RESOLUTIONS[resolution];
    sql.forgetCounts.run(resolution, nowMs - retentionMs - stepMs);
    sql.forgetActive.run(resolution, nowMs - retentionMs - stepMs);
  }
  const before = nowMs - RESOLUTIONS.hour.retentionMs;
  sql.forgetUserCounts.run(before - RESOLUTIONS.hour.stepMs);
  sql.forgetUsers.run(before);
  sql.forgetBatches.run(before);
  sql.forgetFaults.run(before);
}
