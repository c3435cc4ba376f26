/** What is wrong with a field of a body, in the form of a problem's `errors`. */
export type Fault = { path: string; message: string };

const EARLIEST = Date.UTC(1970, 0, 1);
const LATEST = Date.UTC(2200, 0, 1);

/** A time as it was sent, or null with a fault added: the schema lets pass what is no day (30 February) or of no use (year 0). */
export function readTime(text: string, path: string, faults: Fault[]): Date | null {
  const time = new Date(text);
  const ms = time.getTime();
  if (Number.isNaN(ms)) faults.push({ path, message: 'is not a time that exists' });
  else if (ms < EARLIEST || ms >= LATEST) faults.push({ path, message: 'must be between the years 1970 and 2200' });
  else return time;
  return null;
}
