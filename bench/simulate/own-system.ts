import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Environment } from '../../platform/config/settings.ts';
import { startMeasured, type MeasuredSystem } from '../system/spawn.ts';

/** Settings that a simulation changes: nothing else of what is measured. */
const SETTINGS = { PORT: '0', HOST: '127.0.0.1', ONSALE_DEMO: 'false', RATE_LIMIT_PER_MINUTE: '0', LOG_LEVEL: 'warn' };

/** Onsale, as people start it, for one simulation. */
export type OwnSystem = Omit<MeasuredSystem, 'stop'> & {
  /** Stops it and removes its data. */
  remove(): Promise<void>;
};

/**
 * Starts the program with an embedded database in a temporary folder. `environment` is the caller's own: its settings are passed on,
 * except for those above and for where the data are.
 */
export async function startOwnSystem(environment: Environment): Promise<OwnSystem> {
  const folder = mkdtempSync(join(tmpdir(), 'onsale-simulation-'));
  const removeFolder = (): void => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  try {
    const passed = Object.entries(environment).filter(([name]) => !name.endsWith('DATABASE_URL'));
    const own = { ...Object.fromEntries(passed), ...SETTINGS, ONSALE_DATA_DIR: join(folder, 'data') };
    const { stop, ...system } = await startMeasured('start', own);
    return {
      ...system,
      async remove() {
        await stop();
        removeFolder();
      },
    };
  } catch (error) {
    removeFolder();
    throw error;
  }
}
