import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { runInNewContext } from 'node:vm';
import { expect } from 'vitest';

/** Runs the tour of the README against a system with demo data and looks at what it prints. */
export async function runTour(url: string): Promise<void> {
  const lines = await runInShell(tourOfReadme().replace('http://localhost:8080', url));
  const [userId, availability, held, refused, declined, paid, confirmed, tickets] = lines.map((line): any => evaluate(line));
  expect(userId).toMatch(/^usr_/);
  expect(availability).toEqual([20_000, 20_000]);
  const [seatCodes, totalCents] = held;
  expect(seatCodes).toHaveLength(2);
  expect(refused.slice(0, 2)).toEqual([409, 'SEAT_UNAVAILABLE']);
  expect(declined).toEqual([402, 'PAYMENT_DECLINED', 'INSUFFICIENT_FUNDS']);
  expect(paid[0]).toBe('SUCCESS');
  expect(paid[1]).toBeGreaterThanOrEqual(totalCents);
  expect(confirmed).toEqual(['CONFIRMED', expect.any(String)]);
  expect(tickets.map(([seatCode]: string[]) => seatCode).toSorted()).toEqual(seatCodes.toSorted());
}

/** Every block marked `sh` in the section, in order. */
function tourOfReadme(): string {
  const readme = readFileSync(fileURLToPath(new URL('../../README.md', import.meta.url)), 'utf8');
  const section = readme.split(/^## /m).find((part) => part.startsWith('A tour with curl')) ?? '';
  return [...section.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map((block) => block[1]).join('\n');
}

/** What it printed, one value after the other: a value may take several lines. */
async function runInShell(script: string): Promise<string[]> {
  const child = spawn('bash', ['-eu'], { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, TOKEN: '' } });
  let text = '';
  child.stdout.on('data', (data) => (text += String(data)));
  child.stdin.end(script);
  await once(child, 'close');
  expect(child.exitCode, text).toBe(0);
  return text.split(/\n(?=[^\s\]}])/).filter((value) => value.trim() !== '');
}

/** `node -p` prints values as JavaScript writes them. */
function evaluate(printed: string): unknown {
  return printed.trim().startsWith('[') ? runInNewContext(`(${printed})`) : printed.trim();
}
