import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import { loadSettings, type Environment, type Settings } from '../platform/config/settings.ts';
import { StartupError } from '../platform/config/startup-error.ts';
import { checkAddress } from '../platform/http/listening.ts';
import { freePorts } from '../platform/lifecycle/free-ports.ts';
import { runUntilStopped } from '../platform/lifecycle/run-until-stopped.ts';
import { createTeardown, type Teardown } from '../platform/lifecycle/teardown.ts';
import { startEmbeddedPostgres } from '../platform/postgres/embedded/start.ts';
import type { KeepOptions, KeptProcess } from '../platform/supervisor/keep-running.ts';
import { labelledLines } from '../platform/supervisor/labelled-lines.ts';
import { startParts, type PartPlan } from '../platform/supervisor/start-parts.ts';
import { addressesOf, PART_COUNT, partsOf, type Part } from '../platform/supervisor/topology.ts';
import { createLogger } from '../platform/telemetry/logger.ts';
import { addressLines, demoLines, type Print } from './banner.ts';
import { start } from './start.ts';

export type UpOptions = { processes?: boolean; basePort?: string };

const ONSALE = fileURLToPath(new URL('onsale.ts', import.meta.url));
/** Ends a process when the one that started it is gone, also when that was killed. */
const FOLLOW_PARENT = new URL('../scripts/bootstrap/follow-parent.mjs', import.meta.url).href;
/** With it all processes together stay under the 100 connections of the embedded server. */
const POOL_SIZE = '4';
const SERVER_STOP_MS = 60_000;

/** `onsale up`: the whole system on this machine, in one process or with `--processes` each service in its own. @returns the exit code */
export async function up(environment: Environment, options: UpOptions, print: Print): Promise<number> {
  if (options.processes !== true) return start(environment, { services: 'all' }, print);
  const settings = loadSettings(environment);
  const logger = createLogger({ level: settings.log.level, name: 'onsale' });
  return runUntilStopped(
    logger,
    () => startProcesses({ settings, environment, logger, basePort: options.basePort }),
    async ({ url, plans, kept }) => {
      print(addressLines(url, performance.now()));
      if (settings.demo.enabled) print(demoLines(null));
      print(processLines(plans, kept));
    },
  );
}

type Processes = { url: string; plans: readonly PartPlan[]; kept: readonly KeptProcess[]; stop(): Promise<void> };

async function startProcesses(options: {
  settings: Settings;
  environment: Environment;
  logger: Logger;
  basePort: string | undefined;
}): Promise<Processes> {
  const { settings, logger } = options;
  const { host } = settings.http;
  const teardown = createTeardown(logger);
  await checkAddress(host, settings.http.port);
  try {
    const ports = await portsOf(options.basePort);
    const [ownPort = 0, ...partPorts] = ports;
    const port = settings.http.port === 0 ? ownPort : settings.http.port;
    const parts = partsOf(partPorts);
    const common = await commonEnvironment(options, parts, teardown);
    const planOf = ({ name, services, port: at }: Part, env: Environment): PartPlan => ({
      name,
      url: `http://127.0.0.1:${at}`,
      args: ['--import', FOLLOW_PARENT, ONSALE, 'start', `--services=${services}`],
      env: { ...common, PORT: String(at), ...env },
    });
    const plans = parts.map((part) => planOf(part, { HOST: '127.0.0.1' }));
    const gateway = { ...planOf({ name: 'gateway', services: 'gateway', port }, { HOST: host }), url: urlOf(host, port) };
    const all = [...plans, gateway];
    const write = labelledLines(
      all.map(({ name }) => name),
      {
        write: (text) => process.stderr.write(text),
        coloured: process.stderr.isTTY,
      },
    );
    const listenersOf = (name: string): KeepOptions => ({
      onLine: (line) => write(name, line),
      onChange: (change) => tell(logger, name, change),
    });
    // The gateway ends first and begins with them: it waits for those it needs.
    const started = startParts(plans, { name: 'services', teardown, listenersOf });
    const startedGateway = startParts([gateway], { name: 'gateway', teardown, listenersOf });
    const kept = (await Promise.all([started, startedGateway])).flat();
    return { url: gateway.url, plans: all, kept, stop: () => teardown.run() };
  } catch (error) {
    await teardown.run();
    throw error;
  }
}

/** What every process is told: where the databases are, the secrets they share, and where all others are. */
async function commonEnvironment(
  { settings, environment, logger }: { settings: Settings; environment: Environment; logger: Logger },
  parts: readonly Part[],
  teardown: Teardown,
): Promise<Environment> {
  const { embedded, dataDir } = settings.database;
  const common: Record<string, string | undefined> = {
    ...environment,
    ...addressesOf(parts),
    JWT_SECRET: settings.auth.jwtSecret,
    INTERNAL_SECRET: settings.auth.internalSecret,
    ONSALE_DEMO: String(settings.demo.enabled),
    BOOTSTRAP_PID: String(process.pid),
  };
  if (!embedded) return common;
  const server = await startEmbeddedPostgres({ dataDir, logger: logger.child({ service: 'postgres' }) });
  teardown.add('embedded PostgreSQL', () => server.stop(), SERVER_STOP_MS);
  return { ...common, DATABASE_URL: server.connectionString('postgres'), PG_POOL_SIZE: environment['PG_POOL_SIZE'] || POOL_SIZE };
}

/** One for the gateway, in case it was to have any, then those of the parts. */
async function portsOf(basePort: string | undefined): Promise<number[]> {
  if (basePort === undefined) return freePorts(PART_COUNT + 1);
  if (!/^\d{4,5}$/.test(basePort) || Number(basePort) + PART_COUNT > 65_536)
    throw new StartupError(`--base-port must be a port from 1000 to ${65_536 - PART_COUNT}, not ${basePort}.`);
  const [ownPort = 0] = await freePorts(1);
  return [ownPort, ...Array.from({ length: PART_COUNT }, (_none, index) => Number(basePort) + index)];
}

function urlOf(host: string, port: number): string {
  const shown = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${shown.includes(':') ? `[${shown}]` : shown}:${port}`;
}

function tell(logger: Logger, process: string, change: Parameters<KeepOptions['onChange']>[0]): void {
  if (change.kind === 'started') logger.info({ process, pid: change.pid }, `${process} runs as process ${change.pid}.`);
  else if (change.againInMs === null) logger.info({ process }, `${process} has ended.`);
  else logger.warn({ process }, `${process} has ended ${change.how} and is started again in ${change.againInMs} ms.`);
}

function processLines(plans: readonly PartPlan[], kept: readonly KeptProcess[]): string[] {
  const pidOf = (name: string) => kept.find((one) => one.name === name)?.pid() ?? 0;
  const lines = plans.map(({ name, url }) => `    ${name.padEnd(12)} ${url.padEnd(24)} process ${pidOf(name)}`);
  const example = pidOf('seating-1');
  return ['  Processes', ...lines, '', `  To see it heal: kill -9 ${example}`, ''];
}
