import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { isJournalLine, routeOf, type Route } from './line.ts';

/** The journal cannot be read, or is not one. */
export class JournalError extends Error {
  override readonly name = 'JournalError';
}

/** A line that is well formed: as it was written, what it is about, and whether it is a question. */
type ReadLine = { text: string; route: Route; asked: boolean };

const PAGE_LINES = 5_000;

/**
 * The lines of a journal, a page at a time. A last line that was cut off, because its writer was killed, is left out.
 *
 * @throws JournalError that names the line
 */
export async function* readJournal(path: string): AsyncGenerator<ReadLine[]> {
  let page: ReadLine[] = [];
  let number = 0;
  let cutOff: number | null = null;
  try {
    for await (const text of createInterface({ input: createReadStream(path, 'utf8'), crlfDelay: Infinity })) {
      number++;
      // Something follows it, so it was not cut off.
      if (cutOff !== null) throw new JournalError(`Line ${cutOff} of ${path} is not JSON.`);
      if (text.trim() === '') continue;
      const value = parse(text);
      if (value === undefined) cutOff = number;
      else if (isJournalLine(value)) page.push({ text, route: routeOf(value), asked: 'asked' in value });
      else throw new JournalError(`Line ${number} of ${path} is not a line of a journal; see docs/verify.md.`);
      if (page.length >= PAGE_LINES) {
        yield page;
        page = [];
      }
    }
  } catch (error) {
    if (error instanceof JournalError) throw error;
    throw new JournalError(`The journal ${path} cannot be read.`, { cause: error });
  }
  yield page;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
