/** What is kept of the refresh tokens of a session: hashes, never the tokens. */
export type TokenHashes = {
  /** Of the newest token, which nobody has shown yet. */
  current: Buffer;
  /** Of the token that was exchanged for it. */
  previous: Buffer | null;
};

/**
 * ROTATE: the newest token is exchanged for another. REPLACE: its predecessor came again before it was used, because an answer
 * was lost or two tabs asked at once, so whoever asks gets a token in its place. END: a token that was used up or replaced is
 * shown, so two parties hold tokens of this session and one of them stole it.
 */
export type RefreshDecision = 'ROTATE' | 'REPLACE' | 'END';

export function decideRefresh({ current, previous }: TokenHashes, shown: Buffer): RefreshDecision {
  if (shown.equals(current)) return 'ROTATE';
  return previous !== null && shown.equals(previous) ? 'REPLACE' : 'END';
}

/** The hashes after a refresh that gave out the token of `next`. */
export function afterRefresh(hashes: TokenHashes, decision: 'ROTATE' | 'REPLACE', next: Buffer): TokenHashes {
  return { current: next, previous: decision === 'ROTATE' ? hashes.current : hashes.previous };
}
