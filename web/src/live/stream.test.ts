import { afterEach, describe, expect, it, vi } from 'vitest';
import { signRequestsWith } from '../shared/api/client.ts';
import { keepStream, retryDelayMs } from './stream.ts';

describe('pauses between connections', () => {
  it('grow, stay bounded and differ from page to page', () => {
    expect(retryDelayMs(0, 1)).toBe(500);
    expect(retryDelayMs(3, 1)).toBe(4000);
    expect(retryDelayMs(500, 1)).toBe(15_000);
    expect(retryDelayMs(3, 0)).toBe(2000);
  });
});

describe('a stream', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it('waits until it is known who reads, and connects anew when that is somebody else', async () => {
    let know: () => void = () => undefined;
    let change: () => void = () => undefined;
    let accessToken = 't1';
    signRequestsWith({
      current: () => ({ user: { userId: 'ada' }, accessToken }),
      renew: () => Promise.resolve(false),
      onChange: (listener) => {
        change = listener;
        return () => undefined;
      },
      settled: () => new Promise((resolve) => (know = resolve)),
    });
    const tokens: (string | null)[] = [];
    vi.stubGlobal('window', new EventTarget());
    vi.stubGlobal('fetch', (_path: string, { headers, signal }: { headers: Headers; signal: AbortSignal }) => {
      tokens.push(headers.get('authorization'));
      const open = new ReadableStream({
        start: (controller) => signal.addEventListener('abort', () => controller.error(signal.reason)),
      });
      return Promise.resolve(new Response(open));
    });

    const page = new AbortController();
    const live = vi.fn<(state: string) => void>();
    const kept = keepStream({ path: () => '/v1/seats/stream', onMessage: () => undefined, onState: live }, page.signal);
    expect(tokens).toEqual([]);
    know();
    await vi.waitFor(() => expect(live).toHaveBeenLastCalledWith('live'));
    accessToken = 't2';
    change();
    await vi.waitFor(() => expect(tokens).toEqual(['Bearer t1', 'Bearer t2']));
    page.abort();
    await kept;
  });
});
