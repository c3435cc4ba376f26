/**
 * Errors by their code. `when` and `whatToDo` are Markdown, for docs/errors.md; `retryAfterSeconds` is the default of the
 * `Retry-After` header.
 */
export type ErrorTable = Record<
  string,
  { status: number; title: string; when: string; whatToDo: string; retryAfterSeconds?: number }
>;
