import { ApiProblem } from '../../shared/api/problem.ts';

/** What the server says of single fields, by the field's name: `/email` and `body/email` are both `email`. */
export function fieldErrors(error: unknown): Record<string, string> {
  if (!(error instanceof ApiProblem)) return {};
  if (error.code === 'USERNAME_TAKEN') return { username: 'This username is taken. Try another one.' };
  if (error.code === 'EMAIL_TAKEN') return { email: 'There is an account with this address. Sign in instead?' };
  const entries = (error.problem.errors ?? []).map(({ path, message }) => [path.split(/[/.]/).at(-1) ?? '', message] as const);
  return Object.fromEntries(entries);
}
