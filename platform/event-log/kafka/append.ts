import { Producer, stringSerializers } from '@platformatic/kafka';
import { ApiError } from '../../http/api-error.ts';
import type { LogRecord } from '../port.ts';
import { sizeOf, toMessages, type Message } from './messages.ts';
import { clientOptions, type KafkaLogOptions } from './options.ts';
import { reasonOf } from './topics.ts';

export type Appender = {
  /** @throws ApiError SERVICE_UNAVAILABLE when the brokers did not confirm all; some may be there all the same */
  append(records: readonly LogRecord[]): Promise<void>;
  close(): Promise<void>;
};

/** Below the broker's `max.message.bytes` of 1 MiB, also when all messages of a request go to one partition. */
const MAX_REQUEST_BYTES = 768 * 1024;

type Waiting = { records: readonly LogRecord[]; resolve: () => void; reject: (error: Error) => void };

/**
 * Appends with an idempotent producer that waits for all replicas in sync. One request is under way at a time and takes everybody
 * who came meanwhile along: so the order of a key never depends on which of two requests arrives first.
 */
export function createAppender(options: KafkaLogOptions): Appender {
  const producer = new Producer<string, string, string, string>({
    ...clientOptions(options),
    serializers: stringSerializers,
    idempotent: true,
  });
  let waiting: Waiting[] = [];
  let isSending = false;
  let sent: Promise<void> = Promise.resolve();

  function append(records: readonly LogRecord[]): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    waiting.push({ records, resolve, reject });
    if (!isSending) sent = sendAll();
    return promise;
  }

  async function sendAll(): Promise<void> {
    isSending = true;
    while (waiting.length > 0) {
      const together = waiting;
      waiting = [];
      try {
        for (const messages of requestsOf(together.flatMap(({ records }) => records))) await producer.send({ messages });
        for (const { resolve } of together) resolve();
      } catch (error) {
        // What of it was written comes again from the outboxes; the inboxes know the ids.
        for (const { reject } of together) reject(unavailable(error));
      }
    }
    // At once, not when `sent` resolves: by then somebody may have come who would be waited for by nobody.
    isSending = false;
  }

  function requestsOf(records: readonly LogRecord[]): Message[][] {
    const unique = new Map(records.map((record) => [record.id, record]));
    const requests: Message[][] = [];
    let bytes = Infinity;
    for (const message of [...unique.values()].flatMap((record) => toMessages(record, options.prefix))) {
      const size = sizeOf(message);
      if (bytes + size > MAX_REQUEST_BYTES) {
        requests.push([]);
        bytes = 0;
      }
      requests.at(-1)?.push(message);
      bytes += size;
    }
    return requests;
  }

  return {
    append,
    close: async () => {
      await sent;
      await producer.close();
    },
  };
}

function unavailable(error: unknown): ApiError {
  const reason = reasonOf(error);
  return new ApiError('SERVICE_UNAVAILABLE', `The brokers did not confirm what was appended, so it is tried again: ${reason}`);
}
