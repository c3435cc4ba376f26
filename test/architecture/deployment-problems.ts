import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { definitions } from '../../bin/definitions.ts';
import { loadSettings } from '../../platform/config/settings.ts';
import { filledIn, INSTALLED_AT, ROOT, unitValue, type Deployment } from '../support/deployment.ts';
import { COMMANDS, LONGEST_STOP_SECONDS, OWN_PATHS, ROUTES, SETTING_NAMES } from './program-facts.ts';

const STREAMS = ROUTES.filter((route) => route.endsWith('/stream')).map((route) => route.replace('get ', ''));

/** What deploy/ says and the program does not know, or does otherwise. */
export function problemsOf(deployment: Deployment): string[] {
  return [
    ...settingProblems(deployment),
    ...pathProblems(deployment),
    ...commandProblems(deployment),
    ...routeProblems(deployment),
    ...databaseProblems(deployment),
    ...unitProblems(deployment),
    ...nginxProblems(deployment),
  ];
}

function settingProblems({ readme, env }: Deployment): string[] {
  const examples = [...env.matchAll(/\b([A-Z][A-Z0-9_]+)=/g)];
  const named = [...readme.matchAll(/`([A-Z][A-Z0-9_]+)(?:=[^`]*)?`/g)];
  const unknown = [...examples, ...named].map(([, name = '']) => name).filter((name) => !SETTING_NAMES.includes(name));
  return [...unknown.map((name) => `${name} is no setting`), ...refusals(env)];
}

/** Filled in it must be accepted as production; as it stands it must not, or somebody runs with a secret that all know. */
function refusals(env: string): string[] {
  const problems: string[] = [];
  try {
    const settings = loadSettings(filledIn(env, 'postgres://onsale:pw@127.0.0.1:5432/postgres'));
    if (!settings.production || settings.demo.enabled) problems.push('the example is not one of production');
  } catch (error) {
    problems.push(`the example is refused: ${String(error)}`);
  }
  try {
    loadSettings(parseEnv(env));
    problems.push('the example is accepted with nothing filled in');
  } catch {
    // As it should be.
  }
  return problems;
}

function pathProblems({ readme, unit, nginx, env }: Deployment): string[] {
  const texts = [readme, unit, nginx, env].join('\n');
  return [...texts.matchAll(/\/opt\/onsale(\/[\w./-]*\w)/g)]
    .map(([, path = '']) => path)
    .filter((path) => !existsSync(join(ROOT, path)))
    .map((path) => `${INSTALLED_AT}${path} is not there`);
}

function commandProblems({ readme, unit }: Deployment): string[] {
  const commands = [...`${readme}\n${unit}`.matchAll(/bin\/onsale\.ts ([a-z-]+(?: list| replay)?)\b/g)].map(
    ([, words = '']) => words,
  );
  const unknown = [...new Set(commands)].filter((words) => !COMMANDS.includes(words));
  const scripts = [...readme.matchAll(/npm run ([\w:]+) --workspace=(\w+)/g)].filter(
    ([, script = '', workspace = '']) => !readFileSync(join(ROOT, workspace, 'package.json'), 'utf8').includes(`"${script}": `),
  );
  return [...unknown.map((words) => `onsale ${words} is no command`), ...scripts.map(([line]) => `${line}: no such script`)];
}

function routeProblems({ readme, nginx, env }: Deployment): string[] {
  const port = parseEnv(env)['PORT'];
  const asked = [...readme.matchAll(/127\.0\.0\.1:(\d+)(\/[\w/]*)/g)];
  const own = [...readme.matchAll(/`(\/(?:health|metrics)[\w/]*)`/g), ...nginx.matchAll(/location = (\S+)/g)];
  const paths = [...asked.map(([, , path = '']) => path), ...own.map(([, path = '']) => path)];
  const api = [...readme.matchAll(/`(GET|POST|PUT|DELETE) (\/v1\/[^`]+)`/g)].map(
    ([, method = '', path = '']) => `${method.toLowerCase()} ${path}`,
  );
  return [
    ...asked.filter(([, named]) => named !== port).map(([url]) => `${url}: the example listens on ${port}`),
    ...paths.filter((path) => !OWN_PATHS.includes(path)).map((path) => `${path} is no path`),
    ...api.filter((route) => !ROUTES.includes(route)).map((route) => `${route} is no route`),
  ];
}

function databaseProblems({ readme }: Deployment): string[] {
  const all = [...definitions.flatMap(({ database }) => database?.name ?? []), 'logdb'].toSorted().join(' ');
  const named = [...new Set([...readme.matchAll(/`(\w+db)`/g)].map(([, name = '']) => name))].toSorted().join(' ');
  return named === all ? [] : [`the databases are ${all}, not ${named}`];
}

function unitProblems({ unit, readme }: Deployment): string[] {
  const is = (key: string, pattern: RegExp): string[] =>
    pattern.test(unitValue(unit, key)) ? [] : [`the unit's ${key} is wrong`];
  const environmentFile = unitValue(unit, 'EnvironmentFile');
  return [
    ...is('ExecStart', /^node \/opt\/onsale\/bin\/onsale\.ts start$/),
    ...is('WorkingDirectory', /^\/opt\/onsale$/),
    ...is('User', /^onsale$/),
    ...is('ProtectSystem', /^strict$/),
    ...is('NoNewPrivileges', /^true$/),
    ...is('Restart', /^on-failure$/),
    ...is('KillSignal', /^SIGTERM$/),
    ...(Number(unitValue(unit, 'TimeoutStopSec')) > LONGEST_STOP_SECONDS
      ? []
      : ['the unit kills before the program has stopped']),
    ...(readme.includes(`onsale.env.example ${environmentFile}`) ? [] : [`the README installs no ${environmentFile}`]),
  ];
}

/** Seconds after which Onsale closes an idle connection, and between the heartbeats of a stream. */
const [KEEP_ALIVE_SECONDS, HEARTBEAT_SECONDS] = [72, 15];
const PLAN_MEGABYTES = 8;

function nginxProblems({ nginx, env }: Deployment): string[] {
  const number = (pattern: RegExp): number => Number(pattern.exec(nginx)?.[1] ?? NaN);
  const streaming = /location ~ (\S+) \{([^}]*)\}/.exec(nginx);
  const path = new RegExp(streaming?.[1] ?? '(?!)');
  const rules = streaming?.[2] ?? '';
  const streams = STREAMS.map((route) => route.replaceAll(/\{\w+\}/g, 'ord_1'));
  return [
    ...streams.filter((stream) => !path.test(stream)).map((stream) => `nginx takes ${stream} for no stream`),
    ...(path.test('/v1/seats/status') ? ['nginx takes everything for a stream'] : []),
    ...(rules.includes('proxy_buffering off;') && rules.includes('gzip off;') ? [] : ['nginx holds streams back']),
    ...(60 * 60 * Number(/proxy_read_timeout (\d+)h;/.exec(rules)?.[1]) > HEARTBEAT_SECONDS ? [] : ['nginx ends streams']),
    ...(number(/keepalive_timeout (\d+)s;/) < KEEP_ALIVE_SECONDS ? [] : ['nginx uses connections that Onsale has closed']),
    ...(number(/client_max_body_size (\d+)m;/) > PLAN_MEGABYTES ? [] : ['nginx refuses seat plans that Onsale takes']),
    ...(String(number(/server 127\.0\.0\.1:(\d+);/)) === parseEnv(env)['PORT'] ? [] : ['nginx asks another port']),
    ...['Host', 'X-Forwarded-For', 'X-Forwarded-Proto']
      .filter((header) => !nginx.includes(`proxy_set_header ${header} `))
      .map((header) => `nginx does not pass ${header}`),
  ];
}
