import { describe, loadOneTransaction, loadPlaces, roundOf } from './loads.ts';
import type { Bench, Context, Measure } from './measure.ts';
import type { Run } from './run.ts';

const POOL_SIZES = [2, 4, 8, 16];
const CONNECTIONS = { hot100: 100, hot: 400 } as const;

/** One hot general-admission section: `reserve` against a transaction a request with its best pool size, in turn. */
export const hotSection: Measure = {
  name: 'hot',
  what: 'one hot general-admission section ÷ one transaction a request',
  run: (context) =>
    context.withSystem({}, async (bench) => {
      const { pace, note } = context;
      const problems: string[] = [];
      const runs: Run[] = [];
      const figures = { hot100: [] as number[], hot: [] as number[] };
      const bestPools: Record<string, number> = {};
      for (const name of ['hot100', 'hot'] as const) {
        const connections = Math.min(CONNECTIONS[name], pace.connections);
        const best = await bestPoolSize(bench, context, connections, runs, problems);
        bestPools[String(CONNECTIONS[name])] = best;
        note(`best pool size of one transaction a request at ${connections} connections: ${best}`);
        for (let round = 1; round <= pace.rounds; round++) {
          const once = roundOf(context, round, problems, connections);
          const yardstick = await loadOneTransaction(bench, context, best, once);
          const ours = await loadPlaces(bench, context, once);
          runs.push(yardstick, ours);
          note(`${describe(yardstick)}; ${describe(ours)}`);
          figures[name].push(ours.perSecond / yardstick.perSecond);
        }
      }
      return { figures, runs, problems, details: { bestPoolSizeByConnections: bestPools } };
    }),
};

/** The one with the most reservations a second in a short try of each; the first load of all warms up. */
async function bestPoolSize(
  bench: Bench,
  context: Context,
  connections: number,
  runs: Run[],
  problems: string[],
): Promise<number> {
  const trial = { ...roundOf(context, 0, problems, connections), measureMs: context.pace.trialMs };
  await loadPlaces(bench, context, trial);
  await loadOneTransaction(bench, context, POOL_SIZES[0] ?? 1, trial);
  const tried: { poolSize: number; perSecond: number }[] = [];
  for (const poolSize of POOL_SIZES) {
    const run = await loadOneTransaction(bench, context, poolSize, trial);
    runs.push(run);
    tried.push({ poolSize, perSecond: run.perSecond });
  }
  const [best] = tried.toSorted((a, b) => b.perSecond - a.perSecond);
  return best?.poolSize ?? 1;
}
