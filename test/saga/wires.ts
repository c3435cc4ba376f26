import { ApiError } from '../../platform/http/api-error.ts';
import type { ServiceClient, ServiceName } from '../../platform/http/service-client.ts';

/** Calls of one service to another. */
export type Line = { from: ServiceName; to: ServiceName; method?: string; path: RegExp };

/**
 * What becomes of them. Until it ends: `unsent`, they do not arrive; `unanswered`, they are done and their replies are lost.
 * Of the first one only: `slow`, it arrives at the end, and its caller waits; `late`, it arrives at the end, and its caller was told
 * before that nobody answers; `twice`, it is done and answered, and arrives once more at the end.
 */
export type Mishap = 'unsent' | 'unanswered' | 'slow' | 'late' | 'twice';

export type Trouble = {
  /** Resolves once a call met it. */
  met: Promise<void>;
  end(): Promise<void>;
};

/** What connects the services, in the hands of a test. */
export type Wires = {
  clientOf(from: ServiceName, real: ServiceClient): ServiceClient;
  trouble(line: Line, mishap: Mishap): Trouble;
  mend(): Promise<void>;
};

type Rule = Trouble & { line: Line; befall: <T>(call: () => Promise<T>) => Promise<T> };

export function createWires(): Wires {
  const rules = new Set<Rule>();
  const open = new Set<Trouble>();

  function clientOf(from: ServiceName, real: ServiceClient): ServiceClient {
    return {
      call: <Answer>(...[to, path, options = {}]: Parameters<ServiceClient['call']>) => {
        const { method = 'GET' } = options;
        const call = () => real.call<Answer>(to, path, options);
        const met = [...rules].find(
          ({ line }) => line.from === from && line.to === to && (line.method ?? method) === method && line.path.test(path),
        );
        return met === undefined ? call() : met.befall(call);
      },
    };
  }

  function trouble(line: Line, mishap: Mishap): Trouble {
    const met = Promise.withResolvers<void>();
    const over = Promise.withResolvers<void>();
    const arriving: Promise<unknown>[] = [];
    const befall = async <T>(call: () => Promise<T>): Promise<T> => {
      if (mishap !== 'unsent' && mishap !== 'unanswered') rules.delete(rule);
      met.resolve();
      if (mishap === 'slow') return over.promise.then(call);
      if (mishap === 'late' || mishap === 'twice') arriving.push(over.promise.then(call).catch(() => undefined));
      if (mishap === 'twice') return call();
      if (mishap === 'unanswered') await call().catch(() => undefined);
      throw new ApiError('SERVICE_UNAVAILABLE', `${line.to} does not answer in this test.`);
    };
    const end = async (): Promise<void> => {
      rules.delete(rule);
      open.delete(rule);
      over.resolve();
      await Promise.all(arriving);
    };
    const rule: Rule = { line, met: met.promise, end, befall };
    rules.add(rule);
    open.add(rule);
    return rule;
  }

  return {
    clientOf,
    trouble,
    mend: async () => {
      await Promise.all([...open].map((one) => one.end()));
    },
  };
}
