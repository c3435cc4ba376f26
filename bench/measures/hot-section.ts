import { describe, loadOneTransaction, loadPlaces, roundOf } from './loads.ts';
import type { Bench, Context, Measure } from './measure.ts';
import type { OneTransactionWay } from '../yardsticks/one-transaction.ts';
import type { Run } from './run.ts';

const POOL_SIZES = [2, 4, 8, 16];
/** By figure: with how many connections our reserve is held against which way to write a transaction a request. */
const COMPARED = {
  hot100: { connections: 100, way: 'step-by-step' },
  hot: { connections: 400, way: 'step-by-step' },
  hotPipelined: { connections: 400, way: 'pipelined' },
} as const;

type Compared = keyof typeof COMPARED;
type Trial = { bench: Bench; context: Context; runs: Run[]; problems: string[] };

/** One hot general-admission section: `reserve` against a transaction a request with its best pool size, in turn. */
export const hotSection: Measure = {
  name: 'hot',
  what: 'one hot general-admission section ÷ one transaction a request',
  run: (context) =>
    context.withSystem({}, async (bench) => {
      const trial: Trial = { bench, context, runs: [], problems: [] };
      const figures: Record<Compared, number[]> = { hot100: [], hot: [], hotPipelined: [] };
      const bestPoolSizes: Record<string, number> = {};
      for (const name of ['hot100', 'hot', 'hotPipelined'] as const) {
        const connections = Math.min(COMPARED[name].connections, context.pace.connections);
        const { way } = COMPARED[name];
        const poolSize = await bestPoolSize(trial, connections, way);
        bestPoolSizes[`${way}, ${connections} connections`] = poolSize;
        context.note(`best pool size of one transaction a request, ${way}, at ${connections} connections: ${poolSize}`);
        figures[name] = await compare(trial, connections, { way, poolSize });
      }
      const { runs, problems } = trial;
      return { figures, runs, problems, details: { bestPoolSizes } };
    }),
};

async function compare(
  { bench, context, runs, problems }: Trial,
  connections: number,
  how: OneTransactionWay,
): Promise<number[]> {
  const ratios: number[] = [];
  for (let round = 1; round <= context.pace.rounds; round++) {
    const once = roundOf(context, round, problems, connections);
    const yardstick = await loadOneTransaction(bench, context, how, once);
    const ours = await loadPlaces(bench, context, once);
    runs.push(yardstick, ours);
    context.note(`${describe(yardstick)}; ${describe(ours)}`);
    ratios.push(ours.perSecond / yardstick.perSecond);
  }
  return ratios;
}

/** The one with the most reservations a second in a short try of each; the first load of all warms up. */
async function bestPoolSize(
  { bench, context, runs, problems }: Trial,
  connections: number,
  way: OneTransactionWay['way'],
): Promise<number> {
  const trial = { ...roundOf(context, 0, problems, connections), measureMs: context.pace.trialMs };
  await loadPlaces(bench, context, trial);
  await loadOneTransaction(bench, context, { way, poolSize: POOL_SIZES[0] ?? 1 }, trial);
  const tried: { poolSize: number; perSecond: number }[] = [];
  for (const poolSize of POOL_SIZES) {
    const run = await loadOneTransaction(bench, context, { way, poolSize }, trial);
    runs.push(run);
    tried.push({ poolSize, perSecond: run.perSecond });
  }
  const [best] = tried.toSorted((a, b) => b.perSecond - a.perSecond);
  return best?.poolSize ?? 1;
}
