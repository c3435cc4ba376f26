export type SseMessage = { event: string; data: string; id: string };

/** Longest message taken before the stream is held to be broken: a snapshot of 100,000 seats is about 100 kB. */
const MAX_BUFFER_CHARS = 4_000_000;

/**
 * Reads Server-Sent Events (WHATWG HTML, 9.2) from pieces of text cut anywhere. Each call takes the next piece and
 * returns the messages that it completed. Throws when a message grows beyond all measure.
 */
export function createSseParser(): (chunk: string) => SseMessage[] {
  let buffer = '';
  let event = '';
  let id = '';
  let data: string[] = [];

  function field(line: string): void {
    const colon = line.indexOf(':');
    const name = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (name === 'data') data.push(value);
    else if (name === 'event') event = value;
    else if (name === 'id') id = value;
  }

  return function push(chunk) {
    buffer += chunk;
    if (buffer.length > MAX_BUFFER_CHARS) throw new Error('A message of the stream is too long');
    const messages: SseMessage[] = [];
    const lines = buffer.split(/\r\n|\n|\r(?!$)/);
    buffer = lines.pop() ?? '';
    for (const line of lines) {
      if (line !== '') {
        field(line);
        continue;
      }
      if (data.length > 0) messages.push({ event: event || 'message', data: data.join('\n'), id });
      event = '';
      data = [];
    }
    return messages;
  };
}
