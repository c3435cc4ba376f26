import {
  BrokenCircuitError,
  CircuitState,
  ExponentialBackoff,
  SamplingBreaker,
  circuitBreaker,
  handleType,
  handleWhen,
  retry,
} from 'cockatiel';
import { CHARGE_POLICY } from '../../../contracts/http/payments.ts';
import {
  ProviderSilent,
  type CaptureRequest,
  type PaymentProvider,
  type ProviderOutcome,
  type RefundOrder,
  type RefundOutcome,
} from './port.ts';

/** A provider behind attempts, timeouts and a circuit breaker. */
export type ResilientProvider = {
  /** False while the provider fails so often that nothing new should be begun. */
  available(): boolean;
  /** The final outcome, or UNKNOWN when no attempt got an answer. Declines are final; only silence is tried again. */
  capture(request: CaptureRequest, onRetry: (attempt: number) => Promise<void>): Promise<ProviderOutcome | { kind: 'UNKNOWN' }>;
  conclude(key: string): Promise<ProviderOutcome | { kind: 'UNKNOWN' }>;
  /** Null when the provider did not answer: ask again with the same key. */
  refund(request: RefundOrder): Promise<RefundOutcome | null>;
};

const { attempts, attemptTimeoutMs, maxBackoffMs } = CHARGE_POLICY;
/** Opens when most of a busy stretch fails; a few buyers whose bank is away are no reason. */
const BREAKER = { threshold: 0.8, duration: 10_000, minimumRps: 5 };
const HALF_OPEN_AFTER_MS = 5_000;

export function makeResilient(provider: PaymentProvider): ResilientProvider {
  const breaker = circuitBreaker(handleType(ProviderSilent), {
    halfOpenAfter: HALF_OPEN_AFTER_MS,
    breaker: new SamplingBreaker(BREAKER),
  });
  const again = retry(handleWhen(isSilence), {
    maxAttempts: attempts - 1,
    backoff: new ExponentialBackoff({ initialDelay: 100, maxDelay: maxBackoffMs }),
  });
  const timed = <T>(call: (signal: AbortSignal) => Promise<T>): Promise<T> => breaker.execute(() => withTimeout(call));

  async function conclude(key: string): Promise<ProviderOutcome | { kind: 'UNKNOWN' }> {
    return (await orNull(timed((signal) => provider.conclude(key, signal)))) ?? { kind: 'UNKNOWN' };
  }

  return {
    available: () => breaker.state !== CircuitState.Open,
    capture: async (request, onRetry) => {
      const attempted = again.execute(async ({ attempt }) => {
        if (attempt > 0) await onRetry(attempt + 1);
        return timed((signal) => provider.capture(request, signal));
      });
      return (await orNull(attempted)) ?? conclude(request.key);
    },
    conclude,
    refund: (request) => orNull(timed((signal) => provider.refund(request, signal))),
  };
}

/** The provider may not heed the signal, so the time is kept here too. */
async function withTimeout<T>(call: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const timeout = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new ProviderSilent(`The payment provider did not answer within ${attemptTimeoutMs} ms.`));
      timeout.abort();
    }, attemptTimeoutMs);
  });
  try {
    return await Promise.race([call(timeout.signal), late]);
  } finally {
    clearTimeout(timer);
  }
}

function isSilence(error: unknown): boolean {
  return error instanceof ProviderSilent || error instanceof BrokenCircuitError;
}

async function orNull<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (isSilence(error)) return null;
    throw error;
  }
}
