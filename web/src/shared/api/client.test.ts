import { afterEach, describe, expect, it, vi } from 'vitest';
import { send, signRequestsWith } from './client.ts';
import { NetworkFailure } from './problem.ts';

const ADA = { user: { userId: 'ada' }, accessToken: 't1' };

function rejection(code: string): Response {
  const problem = { type: 'about:blank', title: '', status: 401, detail: code, code, traceId: '' };
  return Response.json(problem, { status: 401 });
}

/** A server with these answers, one after the other, and a session that is renewed, or not. */
function given(answers: Response[], renewal: () => Promise<boolean>) {
  let signer = ADA;
  const tokens: (string | null)[] = [];
  const renew = vi.fn<() => Promise<boolean>>(async () => {
    const isRenewed = await renewal();
    if (isRenewed) signer = { ...ADA, accessToken: 't2' };
    return isRenewed;
  });
  signRequestsWith({ current: () => signer, renew, onChange: () => () => undefined, settled: () => Promise.resolve() });
  vi.stubGlobal('fetch', (_path: string, { headers }: { headers: Headers }) => {
    tokens.push(headers.get('authorization'));
    return Promise.resolve(answers.shift());
  });
  return { tokens, renew };
}

describe('a request whose token is rejected', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it.each(['TOKEN_EXPIRED', 'UNAUTHENTICATED'])('for %s is sent again with the new token', async (code) => {
    const { tokens } = given([rejection(code), Response.json({})], () => Promise.resolve(true));
    expect((await send('/v1/orders')).status).toBe(200);
    expect(tokens).toEqual(['Bearer t1', 'Bearer t2']);
  });

  it('is sent no third time', async () => {
    const { tokens, renew } = given([rejection('TOKEN_EXPIRED'), rejection('TOKEN_EXPIRED')], () => Promise.resolve(true));
    await expect(send('/v1/orders')).rejects.toMatchObject({ code: 'TOKEN_EXPIRED' });
    expect([tokens.length, renew.mock.calls.length]).toEqual([2, 1]);
  });

  it('fails as it did when there is no new token', async () => {
    const { tokens } = given([rejection('TOKEN_EXPIRED')], () => Promise.resolve(false));
    await expect(send('/v1/orders')).rejects.toMatchObject({ code: 'TOKEN_EXPIRED' });
    expect(tokens).toEqual(['Bearer t1']);
  });

  it('fails as a lost connection when the server cannot be asked for one', async () => {
    given([rejection('TOKEN_EXPIRED')], () => Promise.reject(new NetworkFailure(null)));
    await expect(send('/v1/orders')).rejects.toThrow(NetworkFailure);
  });

  it('is not renewed when it names its own token, or when another thing was refused', async () => {
    const { renew } = given([rejection('TOKEN_EXPIRED'), rejection('INVALID_CREDENTIALS')], () => Promise.resolve(true));
    await expect(send('/v1/users/logout', { signedBy: 't0' })).rejects.toMatchObject({ code: 'TOKEN_EXPIRED' });
    await expect(send('/v1/users/login')).rejects.toMatchObject({ code: 'INVALID_CREDENTIALS' });
    expect(renew).not.toHaveBeenCalled();
  });
});
