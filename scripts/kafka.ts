/** `npm run kafka`: one broker of Apache Kafka for this machine, until Ctrl-C. */
import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { freePort, isFree, startBroker } from './kafka/broker.ts';
import { CACHE, kafkaClassPath, KafkaMissing } from './kafka/jars.ts';

type Options = { port: number; data: string; reset: boolean; fetch: boolean };

const DEFAULT_PORT = 9092;

await new Command('npm run kafka --')
  .description(
    'Starts one broker of Apache Kafka 4 (KRaft) on the loopback, for development and tests.\n' +
      'Prints KAFKA_BROKERS=… when it serves; Ctrl-C ends it in order. Fetches Apache Kafka with Maven, or uses KAFKA_HOME.',
  )
  .option('--port <number>', 'port to listen on; 0 takes a free one', portNumber, DEFAULT_PORT)
  .option('--data <folder>', 'where its data is kept', join(CACHE, 'data'))
  .option('--reset', 'remove that data first', false)
  .option('--fetch', 'only fetch Apache Kafka, start nothing', false)
  .action((options: Options) => run(options).catch(fail))
  .parseAsync();

async function run(options: Options): Promise<void> {
  const classPath = await kafkaClassPath(process.env, (what) => console.error(`Onsale: ${what}`));
  if (options.fetch) return;
  const folder = resolve(options.data);
  if (options.reset) rmSync(folder, { recursive: true, force: true });
  const port = options.port === 0 ? await freePort() : options.port;
  if (!(await isFree(port))) throw new Error(`Port ${port} is taken; choose another with --port, or 0 for a free one.`);

  const stopping = Promise.withResolvers<void>();
  // In place before the broker starts: who loses patience meanwhile must not leave it behind.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopping.resolve());
  const broker = await startBroker({ classPath, folder, port });
  console.log(`KAFKA_BROKERS=127.0.0.1:${port}`);
  const end = await Promise.race([broker.ended, stopping.promise.then(() => 'asked' as const)]);
  if (end !== 'asked') throw new Error(`Apache Kafka ended by itself (exit code ${end ?? 'none'}).`);
  await broker.stop();
  console.error('Onsale: Apache Kafka has stopped; its data is kept for the next time.');
}

function portNumber(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new InvalidArgumentError('It must be 0 to 65535.');
  return port;
}

function fail(error: unknown): void {
  const message = error instanceof KafkaMissing || error instanceof Error ? error.message : String(error);
  console.error(`\nOnsale: ${message}`);
  process.exitCode = 1;
}
