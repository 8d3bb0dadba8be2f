// The SQLite file of the embedded store: its tables, how they came to be, and every statement. It knows no rules.

import { DatabaseSync, type StatementSync } from 'node:sqlite';

const BUSY_TIMEOUT_MS = 5000;
/** Pages of 4 KiB after which the log is written back, and the size that it is cut to. */
const CHECKPOINT_PAGES = 1000;
const LOG_BYTES = 64 * 1024 * 1024;

/** Each turns the file of the version before into the next; the file's version is how many were applied. */
const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE executions (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    owner TEXT NOT NULL,
    client TEXT NOT NULL,
    user TEXT,
    batch TEXT,
    state TEXT NOT NULL,
    status TEXT NOT NULL,
    fence INTEGER NOT NULL DEFAULT 0,
    uncounted INTEGER NOT NULL DEFAULT 0,
    lost INTEGER NOT NULL DEFAULT 0,
    cancelling INTEGER NOT NULL DEFAULT 0,
    last_event INTEGER NOT NULL DEFAULT 1,
    task_bytes INTEGER NOT NULL,
    stored_bytes INTEGER NOT NULL,
    origin TEXT NOT NULL,
    outline TEXT NOT NULL,
    ending TEXT,
    ended_at REAL,
    webhook_url TEXT,
    webhook_status TEXT,
    webhook_due REAL,
    deliveries TEXT NOT NULL DEFAULT '[]'
  ) STRICT;
  CREATE INDEX executions_of_owner ON executions (owner, seq);
  CREATE INDEX executions_of_user ON executions (owner, user, seq) WHERE user IS NOT NULL;
  CREATE INDEX executions_unfinished ON executions (seq) WHERE state <> 'ended';
  CREATE INDEX executions_by_end ON executions (ended_at) WHERE ended_at IS NOT NULL;
  CREATE INDEX webhooks_due ON executions (webhook_due) WHERE webhook_status = 'pending';
  CREATE TABLE tasks (
    execution INTEGER PRIMARY KEY, format INTEGER NOT NULL, body TEXT, file TEXT
  ) STRICT;
  CREATE TABLE events (
    place INTEGER PRIMARY KEY, fence INTEGER NOT NULL, at REAL NOT NULL, type TEXT NOT NULL,
    format INTEGER NOT NULL, bytes INTEGER NOT NULL, body TEXT, file TEXT
  ) STRICT;
  CREATE TABLE keys (
    owner TEXT NOT NULL, key TEXT NOT NULL, digest TEXT NOT NULL, execution TEXT NOT NULL, at REAL NOT NULL,
    PRIMARY KEY (owner, key)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX keys_by_age ON keys (at);
  CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
  `,
  `
  CREATE INDEX executions_of_client ON executions (owner, client, seq);
  CREATE INDEX executions_of_batch ON executions (owner, batch, seq) WHERE batch IS NOT NULL;
  `,
  `
  CREATE INDEX ended_of_client ON executions (client, ended_at, stored_bytes) WHERE ended_at IS NOT NULL;
  CREATE INDEX webhooks_of_client ON executions (client, webhook_due) WHERE webhook_status = 'pending';
  `,
];

const STATEMENTS = {
  insertExecution: `INSERT INTO executions
    (id, owner, client, user, batch, state, status, task_bytes, stored_bytes, origin, outline, webhook_url, webhook_status)
    VALUES (?, ?, ?, ?, ?, 'waiting', 'queued', ?, ?, ?, ?, ?, ?)`,
  insertTask: 'INSERT INTO tasks VALUES (?, ?, ?, ?)',
  insertEvent: 'INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  insertKey: 'INSERT OR REPLACE INTO keys VALUES (?, ?, ?, ?, ?)',
  findKey: 'SELECT digest, execution FROM keys WHERE owner = ? AND key = ? AND at > ?',
  findExecution: 'SELECT * FROM executions WHERE id = ?',
  findBySeq: 'SELECT * FROM executions WHERE seq = ?',
  findTask: 'SELECT * FROM tasks WHERE execution = ?',
  findEvents: 'SELECT * FROM events WHERE place > ? AND place < ? ORDER BY place',
  findResults: `SELECT * FROM events
    WHERE place > ? AND place < ? AND fence = ? AND type IN ('compile', 'test') ORDER BY place`,
  findUnfinished: "SELECT * FROM executions WHERE state <> 'ended' ORDER BY seq",
  findExpired: 'SELECT seq, stored_bytes FROM executions WHERE ended_at < ? ORDER BY ended_at LIMIT ?',
  findOldestOf: `SELECT seq, stored_bytes FROM executions WHERE client = ? AND ended_at IS NOT NULL
    ORDER BY ended_at LIMIT ?`,
  findLargestClient: `SELECT client FROM executions WHERE ended_at IS NOT NULL
    GROUP BY client ORDER BY sum(stored_bytes) DESC LIMIT 1`,
  findFiles:
    'SELECT file FROM tasks WHERE file IS NOT NULL UNION ALL SELECT file FROM events WHERE file IS NOT NULL',
  findFilesOf: `SELECT file FROM tasks WHERE execution = ? AND file IS NOT NULL
    UNION ALL SELECT file FROM events WHERE place > ? AND place < ? AND file IS NOT NULL`,
  sumStored: 'SELECT ifnull(sum(stored_bytes), 0) AS bytes FROM executions',
  begin:
    "UPDATE executions SET state = 'running', fence = fence + 1, uncounted = uncounted + ? WHERE seq = ?",
  setProgress:
    'UPDATE executions SET status = ?, last_event = ?, stored_bytes = stored_bytes + ? WHERE seq = ?',
  setWaiting: `UPDATE executions SET state = 'waiting', status = 'queued', lost = lost + ?, uncounted = uncounted + ?
    WHERE seq = ?`,
  setCancelling: 'UPDATE executions SET cancelling = 1 WHERE seq = ?',
  setEnded: `UPDATE executions SET state = 'ended', status = ?, ending = ?, ended_at = ?, stored_bytes = stored_bytes - task_bytes,
    webhook_status = iif(webhook_url IS NULL, NULL, 'pending'), webhook_due = iif(webhook_url IS NULL, NULL, ?)
    WHERE seq = ?`,
  removeTask: 'DELETE FROM tasks WHERE execution = ?',
  removeEvents: 'DELETE FROM events WHERE place > ? AND place < ?',
  removeExecution: 'DELETE FROM executions WHERE seq = ?',
  removeKeys: 'DELETE FROM keys WHERE at < ?',
  dueWebhooks: `SELECT id, owner, client, webhook_url, deliveries FROM executions
    WHERE webhook_status = 'pending' AND client = ? AND webhook_due <= ? ORDER BY webhook_due LIMIT ?`,
  nextWebhookClient: `SELECT client FROM executions WHERE webhook_status = 'pending' AND client > ?
    ORDER BY client LIMIT 1`,
  nextWebhook: "SELECT min(webhook_due) AS due FROM executions WHERE webhook_status = 'pending'",
  webhookBacklog:
    "SELECT count(*) AS pending, min(webhook_due) AS due FROM executions WHERE webhook_status = 'pending'",
  setWebhook: 'UPDATE executions SET webhook_status = ?, webhook_due = ?, deliveries = ? WHERE seq = ?',
  findFact: 'SELECT value FROM facts WHERE name = ?',
  setFact: 'INSERT OR REPLACE INTO facts VALUES (?, ?)',
} as const;

type Statements = Readonly<Record<keyof typeof STATEMENTS, StatementSync>>;

export interface StoreFile {
  readonly database: DatabaseSync;
  readonly sql: Statements;
}

/** Opens or creates the file. Throws for one that a newer version of the service wrote. */
export function openStoreFile(path: string): StoreFile {
  const database = new DatabaseSync(path);
  try {
    database.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON');
    database.exec(
      `PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}; PRAGMA journal_size_limit = ${LOG_BYTES}`,
    );
    migrate(database);
    return { database, sql: prepare(database) };
  } catch (error) {
    database.close();
    throw error;
  }
}

function migrate(database: DatabaseSync): void {
  const { user_version: version } = database.prepare('PRAGMA user_version').get() as { user_version: number };
  if (version > MIGRATIONS.length) {
    throw new Error(
      `the store in DATA_DIR has the format ${version}, this version of the service reads formats up to ` +
        `${MIGRATIONS.length}: start the newer version again, or move the directory "executions" away`,
    );
  }
  for (const [index, statements] of MIGRATIONS.entries()) {
    if (index >= version) database.exec(`BEGIN; ${statements}; PRAGMA user_version = ${index + 1}; COMMIT`);
  }
}

function prepare(database: DatabaseSync): Statements {
  const prepared = Object.entries(STATEMENTS).map(([name, text]) => [name, database.prepare(text)]);
  return Object.fromEntries(prepared) as Statements;
}
