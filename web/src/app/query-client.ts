import { QueryClient } from '@tanstack/react-query';
import { ApiProblem } from '../shared/api/problem.ts';

const MOST_RETRIES = 2;

/** Reading again helps against a lost connection or a busy server, never against a clear answer. */
function mayHelp(failures: number, error: unknown): boolean {
  if (failures >= MOST_RETRIES) return false;
  return !(error instanceof ApiProblem) || error.problem.status >= 500 || error.code === 'RATE_LIMITED';
}

export const queryClient = new QueryClient({
  defaultOptions: { queries: { retry: mayHelp, staleTime: 5_000 }, mutations: { retry: false } },
});
