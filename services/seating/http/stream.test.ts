import { afterAll, describe, expect, it } from 'vitest';
import { newId } from '../../../contracts/ids.ts';
import { startSeating } from './test-seating.ts';

const seating = await startSeating();
afterAll(() => seating.stop());
const { eventOnSale, origin, send } = seating;

describe('the stream of seat changes', () => {
  it('brings every version once and in order, from the one asked for', async () => {
    const eventId = await eventOnSale();
    const start = (await send('GET', `/v1/seats/status?eventId=${eventId}`)).body;
    await send('POST', '/v1/seats/reserve', { eventId, seatIds: [1] }, newId('user'));
    const stream = await follow(`/v1/seats/stream?eventId=${eventId}&version=${start.version}`);
    const expected = [...start.statuses];
    for (let seatId = 2; seatId <= 10; seatId++)
      await send('POST', '/v1/seats/reserve', { eventId, seatIds: [seatId] }, newId('user'));
    const deltas = await stream.take(10);
    stream.stop();
    expect(deltas.map((delta) => [delta.event, delta.data.version])).toEqual(
      deltas.map((_, index) => ['delta', start.version + 1 + index]),
    );
    for (const { data } of deltas) for (const [seatId, letter] of data.changes ?? []) expected[seatId - 1] = letter;
    expect(expected.join('')).toBe((await send('GET', `/v1/seats/status?eventId=${eventId}`)).body.statuses);
    expect(deltas.at(-1)?.data.sections).toEqual([{ section: 'VIP', availableSeats: 10 }]);
  });

  it('sends a snapshot to a reader from a version that is no longer known', async () => {
    const eventId = await eventOnSale();
    const stream = await follow(`/v1/seats/stream?eventId=${eventId}`, { 'last-event-id': '999' });
    const [first] = await stream.take(1);
    stream.stop();
    expect(first).toMatchObject({ event: 'snapshot', data: { version: 1, statuses: 'A'.repeat(20) } });
  });
});

type StreamEvent = { event: string; data: { version: number; changes?: [number, string][]; sections?: unknown } };

async function follow(path: string, headers: Record<string, string> = {}) {
  const abort = new AbortController();
  const answer = await fetch(origin + path, { headers, signal: abort.signal });
  expect(answer.headers.get('content-type')).toContain('text/event-stream');
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  async function take(count: number): Promise<StreamEvent[]> {
    for (;;) {
      const events = text.split('\n\n').slice(0, -1).flatMap(parseEvent);
      if (events.length >= count) return events.slice(0, count);
      text += (await reader?.read())?.value ?? '';
    }
  }
  return { take, stop: () => abort.abort() };
}

function parseEvent(block: string): StreamEvent[] {
  const field = (name: string) =>
    block
      .split('\n')
      .find((line) => line.startsWith(`${name}: `))
      ?.slice(name.length + 2);
  const data = field('data');
  return data === undefined ? [] : [{ event: field('event') ?? '', data: JSON.parse(data) }];
}
