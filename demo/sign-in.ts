import { LoginAnswer } from '../contracts/http/users.ts';
import { DEMO_PASSWORD } from './accounts.ts';
import { createApi, type Api } from './api.ts';

/** The API as one of the demo's accounts uses it. */
export async function signIn(baseUrl: string, username: string): Promise<{ api: Api; userId: string }> {
  const json = { username, password: DEMO_PASSWORD };
  const request = { method: 'POST', path: '/v1/users/login', body: { json } } as const;
  const { accessToken, user } = await createApi(baseUrl)(LoginAnswer, request);
  return { api: createApi(baseUrl, accessToken), userId: user.userId };
}
