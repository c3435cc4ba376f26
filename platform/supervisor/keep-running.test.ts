import { describe, expect, it } from 'vitest';
import { keepRunning, type KeepOptions, type KeptProcess } from './keep-running.ts';

type Change = Parameters<KeepOptions['onChange']>[0];

function keep(script: string): { kept: KeptProcess; lines: string[]; changes: Change[]; pauses: () => number[] } {
  const [lines, changes]: [string[], Change[]] = [[], []];
  const kept = keepRunning(
    { name: 'part', args: ['-e', script], env: { PATH: process.env['PATH'], GREETING: 'hello' } },
    { onLine: (line) => lines.push(line), onChange: (change) => changes.push(change), firstPauseMs: 5 },
  );
  const pauses = () =>
    changes.flatMap((change) => (change.kind === 'ended' && change.againInMs !== null ? [change.againInMs] : []));
  return { kept, lines, changes, pauses };
}

const STAYS = 'console.error(process.env.GREETING); setInterval(() => {}, 1000)';

describe('a process that is kept running', () => {
  it('is started again when it is killed, and gives its lines', async () => {
    const { kept, lines } = keep(STAYS);
    await expect.poll(() => lines, { timeout: 5_000 }).toEqual(['hello']);
    const first = kept.pid() ?? 0;
    process.kill(first, 'SIGKILL');
    await expect.poll(() => lines, { timeout: 5_000 }).toEqual(['hello', 'hello']);
    expect([kept.restarts(), kept.pid() !== first]).toEqual([1, true]);
    await kept.stop();
    expect(kept.pid()).toBeNull();
  });

  it('waits longer each time that it ends soon', async () => {
    const { kept, changes, pauses } = keep('process.exit(3)');
    await expect.poll(() => pauses().length, { timeout: 10_000 }).toBeGreaterThanOrEqual(4);
    await kept.stop();
    expect(pauses().slice(0, 4)).toEqual([5, 10, 20, 40]);
    expect(changes.find(({ kind }) => kind === 'ended')).toMatchObject({ how: 'with 3' });
  });

  it('may end in order before it is over, and stays ended', async () => {
    const { kept, lines, changes } = keep(`process.on('SIGTERM', () => { console.error('bye'); process.exit(0); }); ${STAYS}`);
    await expect.poll(() => lines, { timeout: 5_000 }).toEqual(['hello']);
    await kept.stop();
    expect(lines).toEqual(['hello', 'bye']);
    expect(changes.at(-1)).toEqual({ kind: 'ended', how: 'with 0', againInMs: null });
    expect(kept.restarts()).toBe(0);
  });
});
