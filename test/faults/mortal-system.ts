import { setTimeout as delay } from 'node:timers/promises';
import { loadSettings, type Environment } from '../../platform/config/settings.ts';
import { findEmbeddedPostgres } from '../../platform/postgres/embedded/start.ts';
import { openDatabase } from '../../platform/postgres/pool.ts';
import { runVerify } from '../../verify/run-verify.ts';
import { makeDataDir, removeDataDir, spawnSystem } from '../support/system.ts';

export type Victim = 'program' | 'PostgreSQL' | 'both';

/** What `onsale verify` says but for what holds, as an operator would see it beside the running system. */
export type Verified = { code: number; otherwise: unknown[] };
export const ALL_HOLD: Verified = { code: 0, otherwise: [] };

/** The program on a data directory that outlives it. */
export type MortalSystem = {
  url(): string;
  /** Kills (-9) it. */
  strike(victim: Victim): void;
  /** Starts what was killed again, unless it does so by itself, and waits until it is ready. */
  revive(): Promise<void>;
  /** Lets what waits for somebody who does not answer be looked at now: as if that time had passed. */
  hurry(): Promise<void>;
  verify(journal: string): Promise<Verified>;
  remove(): Promise<void>;
};

const READY_WITHIN_MS = 60_000;
const SETTLE_MS = 60_000;

export async function startMortalSystem(environment: Environment): Promise<MortalSystem> {
  const dataDir = makeDataDir();
  const start = () => spawnSystem({ settings: environment, dataDir });
  // One that is killed leaves no compiled code behind; with it, all later starts are cheap.
  await (await start()).stop();
  let system = await start();
  let killed: Victim | null = null;
  let killedServer = 0;

  async function serverIsBack(): Promise<void> {
    for (const deadlineMs = Date.now() + READY_WITHIN_MS; Date.now() < deadlineMs; await delay(20)) {
      const isNew = system.postgresPid() !== 0 && system.postgresPid() !== killedServer;
      if (isNew && (await fetch(`${system.url}/health/ready`).catch(() => null))?.ok === true) return;
    }
    throw new Error(`PostgreSQL did not come back:\n${system.output()}`);
  }

  return {
    url: () => system.url,
    strike: (victim) => {
      killed = victim;
      killedServer = system.postgresPid();
      if (victim !== 'program') process.kill(killedServer, 'SIGKILL');
      if (victim !== 'PostgreSQL') process.kill(system.pid, 'SIGKILL');
    },
    revive: async () => {
      if (killed === 'PostgreSQL') await serverIsBack();
      else if (killed !== null) {
        await system.kill9();
        system = await start();
      }
      killed = null;
    },
    hurry: () => hurry(dataDir),
    verify: async (journal) => {
      const said: string[] = [];
      const settings = loadSettings({ ...environment, ONSALE_DATA_DIR: dataDir });
      const code = await runVerify(settings, { settleMs: SETTLE_MS, journal, json: true }, (line) => said.push(line));
      const { verdicts, deadLetters }: { verdicts: { verdict: string }[]; deadLetters: unknown[] } = JSON.parse(said.join(''));
      return { code, otherwise: [...verdicts.filter(({ verdict }) => verdict !== 'holds'), ...deadLetters] };
    },
    remove: async () => {
      await system.remove();
      // Its server outlives a program that was killed.
      await removeDataDir(dataDir);
    },
  };
}

const DUE_NOW: readonly [database: string, text: string][] = [
  ['paymentsdb', `update payment set ask_at = now() where status = 'PENDING'`],
  ['paymentsdb', `update refund set ask_at = now() where status = 'PENDING'`],
  ['paymentsdb', `update simulator_charge set silent_until = now() where silent_until > now()`],
  ['orderdb', `update orders set check_at = now() where status = 'PAYMENT_PROCESSING'`],
  ['orderdb', `update booking set due_at = now() where due_at is not null`],
];

async function hurry(dataDir: string): Promise<void> {
  const connectionString = await findEmbeddedPostgres(dataDir);
  if (connectionString === null) throw new Error('There is no server to look into');
  for (const [name, text] of DUE_NOW) {
    const database = openDatabase({ connectionString: connectionString(name), name: 'faults', poolSize: 1 });
    await database.run({ name: 'faults.due_now', text });
    await database.close();
  }
}
