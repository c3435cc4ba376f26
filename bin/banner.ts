export type Print = (lines: readonly string[]) => void;

const ACCOUNTS = [
  ['alice@demo.com', 'buyer, PREMIUM'],
  ['bob@demo.com', 'buyer, REGULAR'],
  ['charlie@demo.com', 'buyer, VIP'],
  ['organizer@demo.com', 'organizer'],
  ['door@demo.com', 'door staff'],
  ['admin@demo.com', 'admin'],
] as const;

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

export function demoLines(seeded: string | null): string[] {
  const accounts = ACCOUNTS.map(([name, what]) => `    ${name.padEnd(20)} ${what}`);
  return ['  Demo accounts, password onsale-demo', ...accounts, ...(seeded === null ? [] : ['', `  ${seeded}`]), ''];
}
