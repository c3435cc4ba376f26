import type { RegisterBody, User } from '../../../../../contracts/http/users.ts';
import { requestJson } from '../../../shared/api/client.ts';

export function register(body: RegisterBody): Promise<User> {
  return requestJson('/v1/users/register', { method: 'POST', body });
}
