import { setTimeout as delay } from 'node:timers/promises';
import { buildReport } from './build-report.ts';
import { countsBetween, readCounts, type CountsByService } from './databases.ts';
import { openJournal } from './journal.ts';
import { watchMemory } from './memory.ts';
import type { SimulationOptions } from './options.ts';
import { playSale, type SimulationHooks } from './play-sale.ts';
import type { SimulationReport, VerifyResult } from './report.ts';
import type { Target } from './target.ts';
import { verifySale } from './verify-sale.ts';

/** PostgreSQL's sessions report what they did at most so much later. */
const COUNTS_AFTER_MS = 1_200;

/** Plays one onsale against a system and says how it went. Bench and `onsale simulate` both come through here. */
export async function runSimulation(
  target: Target,
  options: SimulationOptions,
  hooks: SimulationHooks,
): Promise<SimulationReport> {
  const { onPhase = () => undefined } = hooks;
  const startedAt = new Date();
  const journal = openJournal(options.journal);
  const memory = watchMemory(target.pids);
  try {
    onPhase(`making ${options.events === 1 ? 'the event' : `${options.events} events`} with ${options.seats} seats and places`);
    const before = target.settings === null ? null : await readCounts(target.settings);
    const sale = await playSale(target, options, hooks, journal);
    onPhase('waiting until the last holds have ended');
    await delay(COUNTS_AFTER_MS);
    const afterwards = await sale.look();
    const databases: CountsByService | null =
      target.settings === null || before === null ? null : countsBetween(before, await readCounts(target.settings));
    const memoryUsed = memory.stop();
    journal.close();
    const verified: VerifyResult = hooks.signal.aborted
      ? { checked: false, why: 'the simulation was stopped before its end' }
      : await verifySale(target, options, onPhase);
    return buildReport({ target, options, startedAt, sale, afterwards, databases, memory: memoryUsed, journal, verified });
  } finally {
    memory.stop();
    journal.close();
  }
}
