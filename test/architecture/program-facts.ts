import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROUTE_ERRORS } from '../../contracts/http/route-errors.ts';
import { SETTINGS_TABLE } from '../../platform/config/settings-table.ts';
import { ROOT } from '../support/deployment.ts';

/** What the program has, for those who hold deploy/ against it. */
export const SETTING_NAMES: string[] = Object.values(SETTINGS_TABLE).map(({ name }) => name);
/** Those that hold a secret. */
export const SECRET_SETTINGS: string[] = Object.values(SETTINGS_TABLE).flatMap((row) => ('secret' in row ? [row.name] : []));
/** As `get /v1/events`. */
export const ROUTES = Object.keys(ROUTE_ERRORS);
/** Of the server itself: those of platform/http/health.ts. */
export const OWN_PATHS = ['/health', '/health/live', '/health/ready', '/metrics', '/'];
/** The longest that a door, public or internal, and one round of what stops after it may take: see platform/lifecycle. */
export const LONGEST_STOP_SECONDS = 17 + 15 + 10;

/** `start`, `dead-letters list` and so on, as bin/onsale.ts declares them. */
export const COMMANDS = [...readFileSync(join(ROOT, 'bin/onsale.ts'), 'utf8').matchAll(/(\w+)\s*\.command\('([\w-]+)'\)/g)].map(
  ([, parent = '', name = '']) =>
    parent === 'program' ? name : `${parent.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)} ${name}`,
);
