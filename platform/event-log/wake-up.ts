/** A bell that stays rung until somebody has heard it, so that ringing before waiting is never lost. */
export type WakeUp = {
  ring(): void;
  /** Whether it is rung; from here on it is not. For who looks anyway, and so need not be told of what was before. */
  hush(): boolean;
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
    return hush();
  }

  function hush(): boolean {
    const heard = rung;
    rung = false;
    return heard;
  }

  return { ring, hush, wait };
}
