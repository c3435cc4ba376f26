import type { LoginAnswer } from '../../../../../contracts/http/users.ts';
import { requestJson } from '../../../shared/api/client.ts';

/** Signs in with an e-mail address (anything with an @) or a username. */
export function logIn(name: string, password: string): Promise<LoginAnswer> {
  const who = name.includes('@') ? { email: name } : { username: name };
  return requestJson('/v1/users/login', { method: 'POST', body: { ...who, password }, signedBy: null });
}
