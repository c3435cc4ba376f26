/**
 * Why the program does not start, told to whoever started it: what is wrong, what it means, what to do. Shown as it is, without
 * a stack.
 */
export class StartupError extends Error {
  override readonly name = 'StartupError';
}
