import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, startBroker, type Broker } from '../../scripts/kafka/broker.ts';
import { kafkaClassPath, missingForKafka } from '../../scripts/kafka/jars.ts';
import { temporaryFolder } from './temporary-folder.ts';
import { startTcpProxy } from './tcp-proxy.ts';

/** Why no broker can be started here; then tests that need one are skipped, and the run says so. */
export const kafkaMissing = missingForKafka(process.env);

export type TestBroker = {
  /** As in KAFKA_BROKERS. */
  address: string;
  /** Breaks every connection to it. */
  cut(): void;
  /** As a power cut; `start` goes on with the same data under the same address. */
  kill9(): Promise<void>;
  stop(): Promise<void>;
  start(): Promise<void>;
  remove(): Promise<void>;
};

/** A real broker of Apache Kafka of the test's own. Clients reach it through a proxy, whose connections can be cut. */
export async function startTestBroker(): Promise<TestBroker> {
  const classPath = await kafkaClassPath(process.env, () => undefined);
  const folder = join(temporaryFolder(), 'kafka');
  const port = await freePort();
  const proxy = await startTcpProxy({ port });
  const launch = (): Promise<Broker> => startBroker({ classPath, folder, port, advertisedPort: proxy.port });
  let broker = await launch();
  return {
    address: `127.0.0.1:${proxy.port}`,
    cut: proxy.cut,
    kill9: () => broker.kill9(),
    stop: () => broker.stop(),
    start: async () => {
      broker = await launch();
    },
    remove: async () => {
      await broker.kill9();
      await proxy.close();
      rmSync(join(folder, '..'), { recursive: true, force: true });
    },
  };
}
