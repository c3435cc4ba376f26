import type { Logger } from 'pino';
import type { RetryRules } from '../consumer.ts';

export type KafkaLogOptions = {
  /** `host:port` of some brokers; the others are learned from them. */
  brokers: readonly string[];
  /** In front of the names of topics and groups, e.g. `onsale.`. */
  prefix: string;
  logger: Logger;
  /** How handlers that fail are retried; left out in production. */
  retry?: RetryRules;
};

/**
 * What every client of the library gets. It tries again a few times by itself, quickly; whoever calls does the patient waiting.
 * Answers of a broker that hangs are given up after `requestTimeout`, which must be above the longest poll.
 */
export function clientOptions({ brokers }: KafkaLogOptions): {
  clientId: string;
  bootstrapBrokers: string[];
  retries: number;
  retryDelay: number;
  connectTimeout: number;
  requestTimeout: number;
} {
  return {
    clientId: 'onsale',
    bootstrapBrokers: [...brokers],
    retries: 3,
    retryDelay: 100,
    connectTimeout: 3_000,
    requestTimeout: 10_000,
  };
}
