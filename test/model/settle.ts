import { verdictsOf } from '../../verify/run-verify.ts';
import { toLines } from '../../verify/report.ts';
import { whatIsBusy } from '../../verify/settle.ts';
import { SERVICES, type World } from './world.ts';

const MAX_ROUNDS = 40;
const ROUND_SECONDS = 31;
const MAX_PORTIONS = 2_000;
const EVERYTHING = { pick: 0, wide: 1_000, count: 1_000, again: 0 };

const OPEN_HOLDS = {
  name: 'test.open_holds',
  text: `select count(*)::integer as count from reservation where status = 'RESERVED'`,
};
const OPEN_ORDERS = {
  name: 'test.open_orders',
  text: `select count(*)::integer as count from orders where status in ('PENDING', 'PAYMENT_PROCESSING')`,
};

/** Nothing goes wrong any more, nobody asks for anything, and time passes, until there is nothing left to do. */
export async function letSettle(world: World): Promise<void> {
  for (let round = 0; round < MAX_ROUNDS; round++) {
    await deliverEverything(world);
    const open = await whatIsOpen(world);
    if (open.length === 0) return;
    if (round === MAX_ROUNDS - 1) throw new Error(`It never settles: ${open.join(', ')}`);
    for (const job of world.jobs) await quietly(world, () => job.run(new AbortController().signal));
    await deliverEverything(world);
    await world.pass(ROUND_SECONDS);
  }
}

async function deliverEverything(world: World): Promise<void> {
  for (let portions = 0; portions < MAX_PORTIONS; portions++) {
    for (const service of SERVICES) await world.relay(service);
    if (world.log.isIdle()) return;
    // Another group each time: one that waits for what another brings must not keep that one waiting.
    await quietly(world, async () => {
      await world.log.deliver({ ...EVERYTHING, pick: portions }, world.faults.death());
    });
  }
  throw new Error('Domain events cause domain events without end');
}

async function quietly(world: World, work: () => Promise<void>): Promise<void> {
  await world.faults.during(null, work);
}

async function whatIsOpen(world: World): Promise<string[]> {
  const { seating, orders } = world.databases;
  const [holds] = await seating.database.rows<{ count: number }>(OPEN_HOLDS);
  const [open] = await orders.database.rows<{ count: number }>(OPEN_ORDERS);
  return [
    ...(await whatIsBusy(databasesOf(world))),
    ...(holds?.count === 0 ? [] : [`${holds?.count} open holds`]),
    ...(open?.count === 0 ? [] : [`${open?.count} open orders`]),
  ];
}

/** What `onsale verify` says of the databases. */
export async function expectVerified(world: World): Promise<void> {
  const databases = databasesOf(world);
  const verdicts = await verdictsOf(
    databases,
    { busy: await whatIsBusy(databases), settleAgain: () => whatIsBusy(databases) },
    null,
  );
  const holds = (invariant: number): boolean => verdicts.some((one) => one.invariant === invariant && one.verdict === 'holds');
  const broken = verdicts.some(({ verdict }) => verdict === 'broken');
  if (broken || ![1, 3, 4].every(holds)) throw new Error(['verify says:', ...toLines(verdicts)].join('\n'));
}

function databasesOf({ databases: { seating, orders, payments } }: World) {
  return new Map([
    ['seating' as const, seating.database],
    ['orders' as const, orders.database],
    ['payments' as const, payments.database],
  ]);
}
