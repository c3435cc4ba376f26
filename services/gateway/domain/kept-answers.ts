/** An answer that everybody gets, as text. `atMs` is when it was given, `forMs` how long it may be shown after that. */
export type KeptAnswer = { body: string; contentType: string; atMs: number; forMs: number };

export type KeptAnswers = {
  keep(key: string, answer: KeptAnswer): void;
  /** Null when there is none, or none young enough at `nowMs`. */
  find(key: string, nowMs: number): KeptAnswer | null;
  drop(key: string): void;
};

/** The last answers by what was asked for, the least recently kept dropped first. Bounded by number and by size in characters. */
export function createKeptAnswers(limits: { maxAnswers: number; maxCharacters: number }): KeptAnswers {
  const answers = new Map<string, KeptAnswer>();
  let characters = 0;
  const sizeOf = (key: string, { body }: KeptAnswer): number => key.length + body.length;

  function drop(key: string): void {
    const known = answers.get(key);
    if (known === undefined) return;
    answers.delete(key);
    characters -= sizeOf(key, known);
  }

  function keep(key: string, answer: KeptAnswer): void {
    drop(key);
    if (sizeOf(key, answer) > limits.maxCharacters) return;
    answers.set(key, answer);
    characters += sizeOf(key, answer);
    for (const oldest of answers.keys()) {
      if (answers.size <= limits.maxAnswers && characters <= limits.maxCharacters) return;
      drop(oldest);
    }
  }

  function find(key: string, nowMs: number): KeptAnswer | null {
    const known = answers.get(key);
    return known !== undefined && nowMs - known.atMs < known.forMs ? known : null;
  }

  return { keep, find, drop };
}

/** What was asked for, whatever the order of the parameters: `/v1/events?b=2&a=1` is `/v1/events?a=1&b=2`. */
export function answerKey(url: string): string {
  const [path = '', query] = url.split('?', 2);
  return query === undefined ? path : `${path}?${query.split('&').toSorted().join('&')}`;
}
