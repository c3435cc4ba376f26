import { describe, expect, it } from 'vitest';
import { createSseParser } from './sse-parser.ts';

describe('the reader of Server-Sent Events', () => {
  it('reads a message cut into single characters as one', () => {
    const push = createSseParser();
    const messages = [...'id: 7\nevent: delta\ndata: {"a":1}\n\n'].flatMap((character) => push(character));
    expect(messages).toEqual([{ event: 'delta', data: '{"a":1}', id: '7' }]);
  });

  it('joins several data lines and keeps the last id', () => {
    const push = createSseParser();
    expect(push('id: 7\ndata: a\ndata: b\n\ndata: c\n\n')).toEqual([
      { event: 'message', data: 'a\nb', id: '7' },
      { event: 'message', data: 'c', id: '7' },
    ]);
  });

  it('skips comments, which only keep the line alive', () => {
    const push = createSseParser();
    expect(push(': beat\n\n: beat\n\n')).toEqual([]);
  });

  it('reads all three line ends, also when CR and LF come apart', () => {
    const push = createSseParser();
    expect([...push('data: a\r'), ...push('\n\r\n'), ...push('data: b\n\n')].map((m) => m.data)).toEqual(['a', 'b']);
  });

  it('gives up on a message without end', () => {
    const push = createSseParser();
    expect(() => push('x'.repeat(4_000_001))).toThrow('too long');
  });
});
