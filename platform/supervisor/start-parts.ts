import { setTimeout as delay } from 'node:timers/promises';
import { StartupError } from '../config/startup-error.ts';
import type { Teardown } from '../lifecycle/teardown.ts';
import { keepRunning, type KeepOptions, type KeptProcess, type ProcessPlan } from './keep-running.ts';

/** `url`: where its health is asked for. */
export type PartPlan = ProcessPlan & { url: string };

const READY_WITHIN_MS = 120_000;
const LOOK_EVERY_MS = 50;
const LOOK_TIMEOUT_MS = 5_000;
const STOP_WITHIN_MS = 60_000;

/**
 * Starts processes together and waits until all are ready; from then on each is kept running. Teardown stops them together.
 *
 * @throws StartupError when one ends before that: what is wrong with it is in its lines
 */
export async function startParts(
  plans: readonly PartPlan[],
  options: { name: string; teardown: Teardown; listenersOf: (name: string) => KeepOptions },
): Promise<KeptProcess[]> {
  const kept = plans.map((plan) => keepRunning(plan, options.listenersOf(plan.name)));
  options.teardown.add(options.name, () => Promise.all(kept.map((one) => one.stop())), STOP_WITHIN_MS);
  await Promise.all(plans.map(async ({ url }, index) => untilReady(kept[index], url)));
  return kept;
}

async function untilReady(part: KeptProcess | undefined, url: string): Promise<void> {
  const name = part?.name ?? url;
  for (const deadlineMs = performance.now() + READY_WITHIN_MS; performance.now() < deadlineMs;) {
    if (part !== undefined && (part.restarts() > 0 || part.pid() === null))
      throw new StartupError(`${name} did not start; its last lines say why.`);
    if (await isReady(url)) return;
    await delay(LOOK_EVERY_MS);
  }
  throw new StartupError(`${name} was not ready within ${READY_WITHIN_MS / 1000} s.`);
}

async function isReady(url: string): Promise<boolean> {
  try {
    const answer = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(LOOK_TIMEOUT_MS) });
    await answer.body?.cancel();
    return answer.ok;
  } catch {
    return false;
  }
}
