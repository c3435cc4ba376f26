import { DEMO_ACCOUNTS, DEMO_PASSWORD } from '../demo/accounts.ts';
import type { System } from '../platform/lifecycle/system.ts';

export type Print = (lines: readonly string[]) => void;

/** @param sinceStartMs milliseconds since the process began */
export function addressLines(url: string, sinceStartMs: number): string[] {
  const shown = url.replace('127.0.0.1', 'localhost');
  return [
    '',
    `  Onsale is running at ${shown}   (started in ${(sinceStartMs / 1000).toFixed(1)} s)`,
    '',
    `  API      ${shown}/docs`,
    `  Health   ${shown}/health`,
    '  Stop     Ctrl-C',
    '',
  ];
}

/** Of a process that runs some of the services. */
export function partLines(
  { url, internalUrl, placement }: Pick<System, 'url' | 'internalUrl' | 'placement'>,
  sinceStartMs: number,
): string[] {
  const names = placement.here.map(({ name }) => name).join(', ');
  return [`  ${names} at ${internalUrl ?? url}   (started in ${(sinceStartMs / 1000).toFixed(1)} s)`];
}

/** @param seeded what was made just now; null when it was there already */
export function demoLines(
  seeded: { events: readonly { name: string; totalSeats: number }[]; elapsedMs: number } | null,
): string[] {
  const accounts = DEMO_ACCOUNTS.map(
    ({ email, roles, membership }) => `    ${email.padEnd(20)} ${[...roles, membership].join(', ')}`,
  );
  return [...madeLines(seeded), `  Demo accounts, password ${DEMO_PASSWORD}`, ...accounts, ''];
}

function madeLines(seeded: Parameters<typeof demoLines>[0]): string[] {
  if (seeded === null) return [];
  const width = Math.max(...seeded.events.map(({ name }) => name.length)) + 2;
  const events = seeded.events.map(
    ({ name, totalSeats }) => `    ${name.padEnd(width)}${totalSeats.toLocaleString('en').padStart(7)} seats`,
  );
  return [`  Demo events, made in ${(seeded.elapsedMs / 1000).toFixed(1)} s`, ...events, ''];
}
