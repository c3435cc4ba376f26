import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';

/** The repository, which stands at `INSTALLED_AT` on a server. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url));
export const INSTALLED_AT = '/opt/onsale';

/** What deploy/ says, as text. */
export type Deployment = { readme: string; unit: string; env: string; nginx: string };

export function readDeployment(): Deployment {
  const read = (path: string): string => readFileSync(join(ROOT, 'deploy', path), 'utf8');
  return {
    readme: read('README.md'),
    unit: read('systemd/onsale.service'),
    env: read('systemd/onsale.env.example'),
    nginx: read('nginx/onsale.conf'),
  };
}

/** The value of a unit's setting; the last one counts. */
export function unitValue(unit: string, key: string): string {
  const lines = unit.split('\n').filter((line) => line.startsWith(`${key}=`));
  const last = lines.at(-1);
  if (last === undefined) throw new Error(`the unit has no ${key}`);
  return last.slice(key.length + 1);
}

/** The example as whoever follows the README fills it in. */
export function filledIn(env: string, databaseUrl: string): Record<string, string> {
  const values: Record<string, string> = {};
  for (const [name, value = ''] of Object.entries(parseEnv(env))) values[name] = value;
  return {
    ...values,
    DATABASE_URL: databaseUrl,
    JWT_SECRET: '1f'.repeat(32),
    INTERNAL_SECRET: '2e'.repeat(32),
  };
}
