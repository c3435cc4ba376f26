import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ErrorCode } from '../../../../contracts/errors.ts';
import type { LoginAnswer } from '../../../../contracts/http/users.ts';
import { ApiProblem, NetworkFailure } from '../../shared/api/problem.ts';
import { ENDING } from './session-hint.ts';
import { createSessionKeeper, refreshDelayMs } from './session-keeper.ts';
import { onPersonChange, settled, type Session } from './session-state.ts';

function answer(userId: string, accessToken: string): LoginAnswer {
  const user = {
    userId,
    username: userId,
    email: `${userId}@example.org`,
    firstName: 'Ada',
    lastName: 'L',
    roles: ['customer' as const],
    membership: 'REGULAR' as const,
    accountStatus: 'ACTIVE' as const,
    createdAt: '2026-01-01T00:00:00.000Z',
  };
  return { accessToken, tokenType: 'Bearer', expiresIn: 600, sessionId: 'ses_1', user };
}

const refused = (code: ErrorCode): ApiProblem =>
  new ApiProblem({ type: '', title: '', status: 401, detail: '', code, traceId: '' }, null);

/** A tab whose last visitor was `known`. */
function tab(known: string | null) {
  let value = known;
  let hear: (value: string | null) => void = () => undefined;
  let tail: Promise<unknown> = Promise.resolve();
  const refresh = vi.fn<() => Promise<LoginAnswer>>();
  const logOut = vi.fn<(accessToken: string | null) => Promise<void>>().mockResolvedValue();
  const keeper = createSessionKeeper({
    refresh,
    logOut,
    exclusively: (work) => {
      const mine = tail.then(work, work);
      tail = mine.catch(() => undefined);
      return mine;
    },
    hint: {
      read: () => value,
      write: (next) => (value = next),
      onChange: (listener) => (hear = listener),
    },
  });
  return {
    keeper,
    refresh,
    logOut,
    known: () => value,
    writeElsewhere: (next: string | null) => {
      value = next;
    },
    /** Another tab says so. */
    elsewhere(next: string | null) {
      value = next;
      hear(next);
    },
    /** Who is signed in and with which token, or the phase. */
    standing() {
      const state = keeper.state.get();
      return state.phase === 'in' ? `${state.session.user.userId} ${state.session.accessToken}` : state.phase;
    },
    signIn: () => keeper.signIn(() => Promise.resolve(answer('ada', 't1'))),
  };
}

/** The session as a request has it that was signed by it. */
function signerOf({ keeper }: Pick<ReturnType<typeof tab>, 'keeper'>): Session {
  const state = keeper.state.get();
  if (state.phase !== 'in') throw new Error('nobody is signed in');
  return state.session;
}

describe('the session of a tab', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('asks nothing of the server for people who never signed in', async () => {
    const { keeper, refresh, standing } = tab(null);
    await keeper.start();
    expect([standing(), refresh.mock.calls.length]).toEqual(['out', 0]);
  });

  it('is taken up again after a reload, and who waits for it learns so', async () => {
    const { keeper, refresh, standing } = tab('ada');
    refresh.mockResolvedValue(answer('ada', 't2'));
    expect(standing()).toBe('starting');
    const waiting = settled(keeper.state);
    await keeper.start();
    await waiting;
    expect(standing()).toBe('ada t2');
  });

  it.each(['REFRESH_TOKEN_INVALID', 'VALIDATION_FAILED'] as const)(
    'is over when the refresh is refused with %s',
    async (code) => {
      const { keeper, refresh, known } = tab('ada');
      refresh.mockRejectedValue(refused(code));
      await keeper.start();
      expect(keeper.state.get()).toEqual({ phase: 'out', because: 'ENDED' });
      expect(known()).toBeNull();
    },
  );

  it('is not given up when the server cannot be asked: a later start takes it up', async () => {
    const { keeper, refresh, standing, known } = tab('ada');
    refresh.mockRejectedValue(new NetworkFailure(null));
    const started = keeper.start();
    await vi.runAllTimersAsync();
    await started;
    expect([standing(), known()]).toEqual(['away', 'ada']);
    refresh.mockReset().mockResolvedValue(answer('ada', 't2'));
    await keeper.start();
    expect(standing()).toBe('ada t2');
  });

  it('refreshes once for all requests whose token was rejected, and lets the same person repeat them', async () => {
    const { keeper, refresh, signIn } = tab(null);
    await signIn();
    refresh.mockResolvedValue(answer('ada', 't2'));
    const signer = signerOf({ keeper });
    expect(await Promise.all([1, 2, 3].map(() => keeper.renewFor(signer)))).toEqual([true, true, true]);
    expect(await keeper.renewFor(signer)).toBe(true);
    expect(refresh).toHaveBeenCalledTimes(1);
  });

  it('lets nobody repeat the request of somebody else', async () => {
    const { keeper, refresh, standing, signIn } = tab(null);
    await signIn();
    refresh.mockResolvedValue(answer('bob', 't2'));
    expect(await keeper.renewFor(signerOf({ keeper }))).toBe(false);
    expect(standing()).toBe('bob t2');
  });

  it('stays when a renewal gets no answer, and the request fails with that', async () => {
    const { keeper, refresh, standing, signIn } = tab(null);
    await signIn();
    refresh.mockRejectedValue(new NetworkFailure(null));
    await expect(keeper.renewFor(signerOf({ keeper }))).rejects.toThrow(NetworkFailure);
    expect(standing()).toBe('ada t1');
  });

  it('renews its token before it expires, again and again', async () => {
    const { refresh, standing, signIn } = tab(null);
    await signIn();
    refresh.mockResolvedValueOnce(answer('ada', 't2')).mockResolvedValueOnce(answer('ada', 't3'));
    await vi.advanceTimersByTimeAsync(600_000);
    expect(standing()).toBe('ada t2');
    await vi.advanceTimersByTimeAsync(600_000);
    expect(standing()).toBe('ada t3');
  });

  it('ends here at once and on the server with the token it had', async () => {
    const { keeper, logOut, standing, known, signIn } = tab(null);
    await signIn();
    const ended = keeper.signOut();
    expect([standing(), known()]).toEqual(['out', ENDING]);
    await ended;
    expect(logOut.mock.calls).toEqual([['t1']]);
    expect(known()).toBeNull();
  });

  it('is ended at the next start when the server did not hear of it', async () => {
    const { keeper, logOut, refresh, known } = tab(ENDING);
    await keeper.start();
    expect([logOut.mock.calls, refresh.mock.calls.length, known()]).toEqual([[[null]], 0, null]);
  });

  it('does not come back with an answer that arrives after signing out', async () => {
    const { keeper, refresh, standing, signIn } = tab(null);
    await signIn();
    let arrive: (value: LoginAnswer) => void = () => undefined;
    refresh.mockReturnValue(new Promise((resolve) => (arrive = resolve)));
    const renewed = keeper.renewFor(signerOf({ keeper }));
    await vi.waitFor(() => expect(refresh).toHaveBeenCalled());
    const ended = keeper.signOut();
    arrive(answer('ada', 't2'));
    expect(await renewed).toBe(false);
    await ended;
    expect(standing()).toBe('out');
  });

  it('does not take the word from a sign-out in another tab whose message is on the way', async () => {
    const { keeper, refresh, writeElsewhere, known, signIn } = tab(null);
    await signIn();
    refresh.mockImplementation(() => {
      writeElsewhere(ENDING);
      return Promise.resolve(answer('ada', 't2'));
    });
    expect(await keeper.renewFor(signerOf({ keeper }))).toBe(false);
    expect(keeper.state.get()).toEqual({ phase: 'out', because: 'ELSEWHERE' });
    expect(known()).toBe(ENDING);
  });

  it('follows other tabs out and in', async () => {
    const { keeper, refresh, elsewhere, standing, signIn } = tab(null);
    await signIn();
    elsewhere(ENDING);
    elsewhere(null);
    expect(keeper.state.get()).toEqual({ phase: 'out', because: 'ELSEWHERE' });
    refresh.mockResolvedValue(answer('bob', 't2'));
    elsewhere('bob');
    await settled(keeper.state);
    expect(standing()).toBe('bob t2');
  });

  it('leaves the session of who has signed in since a sign-out alone', async () => {
    const { keeper, logOut, elsewhere, signIn } = tab(null);
    await signIn();
    const ended = keeper.signOut();
    elsewhere('bob');
    await ended;
    expect(logOut).not.toHaveBeenCalled();
  });

  it('tells of other people, not of other tokens', async () => {
    const { keeper, refresh, signIn } = tab(null);
    const heard = vi.fn<() => void>();
    onPersonChange(keeper.state, heard);
    await signIn();
    refresh.mockResolvedValue(answer('ada', 't2'));
    await keeper.renewFor(signerOf({ keeper }));
    expect(heard).toHaveBeenCalledTimes(1);
    await keeper.signOut();
    expect(heard).toHaveBeenCalledTimes(2);
  });
});

describe('the time of an early refresh', () => {
  it('is in the last minute, or in the last quarter of a short life', () => {
    expect([refreshDelayMs(3600, 1), refreshDelayMs(3600, 0)]).toEqual([3_540_000, 3_570_000]);
    expect(refreshDelayMs(40, 1)).toBe(30_000);
  });
});
