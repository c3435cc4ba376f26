/** The service was not reached, or its answer did not come in time. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
  /** Whether something may have been done all the same: it was sent, and is more than a read. */
  readonly mayBeDone: boolean;

  constructor(message: string, options: { cause?: unknown; mayBeDone?: boolean } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.mayBeDone = options.mayBeDone ?? false;
  }
}
