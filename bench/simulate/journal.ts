import { closeSync, openSync, writeSync } from 'node:fs';
import type { JournalLine } from '../../verify/journal/line.ts';

export type JournalWriter = {
  write(line: JournalLine): void;
  /** Everything is in the file when this returns. */
  close(): void;
  readonly lines: number;
};

const BUFFER_CHARS = 64 * 1024;

/**
 * Writes down what buyers ask and are told, for `onsale verify --journal` (docs/verify.md). A whole buffer at a time, so the journal
 * of a simulator that was killed lacks its last lines and proves nothing; one that ends, also by Ctrl-C, leaves it complete.
 */
export function openJournal(path: string): JournalWriter {
  const file = openSync(path, 'w');
  let buffer = '';
  let lines = 0;
  let closed = false;
  const flush = (): void => {
    if (buffer !== '') writeSync(file, buffer);
    buffer = '';
  };
  return {
    write(line) {
      lines++;
      buffer += `${JSON.stringify(line)}\n`;
      if (buffer.length > BUFFER_CHARS) flush();
    },
    close() {
      if (closed) return;
      closed = true;
      flush();
      closeSync(file);
    },
    get lines() {
      return lines;
    },
  };
}
