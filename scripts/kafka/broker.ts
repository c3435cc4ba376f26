import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

export type BrokerOptions = {
  /** From `kafkaClassPath`. */
  classPath: string;
  /** Its configuration and data; made when missing, gone on with otherwise. */
  folder: string;
  port: number;
  /** What clients are told to connect to, when something stands in between; else `port`. */
  advertisedPort?: number;
};

export type Broker = {
  pid: number;
  port: number;
  /** Resolves with the exit code when the broker has ended, however it came to that. */
  ended: Promise<number | null>;
  /** Ends it in order; forcibly when that takes too long. */
  stop(): Promise<void>;
  /** As a power cut. */
  kill9(): Promise<void>;
};

const LOG_SETTINGS = join(import.meta.dirname, 'log4j2.properties');
/** Any would do: a single broker is its own cluster. */
const CLUSTER_ID = 'b25zYWxlLWthZmthLWRldg';
const START_WITHIN_MS = 60_000;
const STOP_WITHIN_MS = 15_000;
/** Quick to start and small; a broker that lives for long would rather have G1 and the second compiler. */
const JVM = ['-Xms128m', '-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Djava.awt.headless=true'];

/** One broker of Apache Kafka on the loopback that is its own controller (KRaft). Resolves when it serves. */
export async function startBroker(options: BrokerOptions): Promise<Broker> {
  const { folder, port } = options;
  mkdirSync(folder, { recursive: true });
  const settingsFile = join(folder, 'server.properties');
  writeFileSync(settingsFile, await serverProperties(options));
  if (!existsSync(join(folder, 'data/meta.properties'))) await format(options.classPath, settingsFile);

  const child = java(options.classPath, ['kafka.Kafka', settingsFile]);
  const ended = once(child, 'exit').then(([code]) => (typeof code === 'number' ? code : null));
  await untilReady(child);
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    child.kill(signal);
    await ended;
  };
  return {
    pid: child.pid ?? 0,
    port,
    ended,
    stop: async () => {
      const late = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
      await end('SIGTERM');
      clearTimeout(late);
    },
    kill9: () => end('SIGKILL'),
  };
}

/** A port of the loopback that nobody listens on at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('the loopback gave no port');
  return address.port;
}

/** Whether one could listen on this port of the loopback at this moment. */
export async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const free = Promise.withResolvers<boolean>();
  server.once('error', () => free.resolve(false));
  server.listen(port, '127.0.0.1', () => server.close(() => free.resolve(true)));
  return free.promise;
}

async function serverProperties({ folder, port, advertisedPort }: BrokerOptions): Promise<string> {
  const controllerPort = await freePort();
  return `${Object.entries({
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    'controller.listener.names': 'CONTROLLER',
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${advertisedPort ?? port}`,
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'log.dirs': join(folder, 'data'),
    // One broker: nowhere to replicate to.
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 4,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    'auto.create.topics.enable': false,
    // A group of one member need not wait for others.
    'group.initial.rebalance.delay.ms': 0,
    // Files grow as needed instead of being reserved whole.
    'log.index.size.max.bytes': 1_048_576,
    'num.network.threads': 2,
    'num.io.threads': 4,
    'log.cleaner.dedupe.buffer.size': 8_388_608,
  })
    .map(([name, value]) => `${name}=${value}`)
    .join('\n')}\n`;
}

async function format(classPath: string, settingsFile: string): Promise<void> {
  const child = java(classPath, ['kafka.tools.StorageTool', 'format', '--cluster-id', CLUSTER_ID, '--config', settingsFile]);
  const said = listen(child);
  await once(child, 'close');
  if (child.exitCode !== 0) throw new Error(`Apache Kafka could not format its storage:\n${said.text.trim()}`);
}

async function untilReady(child: ChildProcess): Promise<void> {
  const said = listen(child);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const failed = (why: string): void => reject(new Error(`Apache Kafka ${why}:\n${said.text.trim()}`));
  const late = setTimeout(() => failed('did not start in time'), START_WITHIN_MS);
  child.once('exit', () => failed('ended instead of starting'));
  child.stdout?.on('data', () => {
    if (said.text.includes('Kafka Server started')) resolve();
  });
  try {
    await promise;
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  } finally {
    clearTimeout(late);
  }
}

/** Keeps the end of what a process says; goes on reading, so that it never blocks. */
function listen(child: ChildProcess): { text: string } {
  const said = { text: '' };
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (data) => (said.text = (said.text + String(data)).slice(-8_000)));
  }
  return said;
}

/** In the process group of whoever starts it: when that is ended whole, as by a test run that is stopped, so is this. */
function java(classPath: string, args: readonly string[]): ChildProcess {
  const settings = [...JVM, `-Dlog4j2.configurationFile=${LOG_SETTINGS}`, '-cp', classPath];
  return spawn('java', [...settings, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
}
