/** A bell that stays rung until somebody has heard it, so that ringing before waiting is never lost. */
export type WakeUp = {
  ring(): void;
  /** Resolves at the next ring, at once if it was rung since the last wait, or after the time is up: then with false. */
  wait(timeoutMs: number): Promise<boolean>;
};

export function createWakeUp(): WakeUp {
  let rung = false;
  let hear: ((heard: boolean) => void) | null = null;

  function ring(): void {
    rung = true;
    hear?.(true);
  }

  async function wait(timeoutMs: number): Promise<boolean> {
    if (!rung) {
      const waited = Promise.withResolvers<boolean>();
      hear = waited.resolve;
      const timer = setTimeout(waited.resolve, timeoutMs, false);
      await waited.promise;
      clearTimeout(timer);
      hear = null;
    }
    const heard = rung;
    rung = false;
    return heard;
  }

  return { ring, wait };
}
