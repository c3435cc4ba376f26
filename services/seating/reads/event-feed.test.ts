import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { feedOf } from './test-feed.ts';
import { readerOf } from './test-reader.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setImmediate', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const pass = (ms: number) => vi.advanceTimersByTime(ms);

describe('what readers of an event get', () => {
  it('is a change at once after a pause, and each version as a delta of its own', () => {
    const { feed, commit } = feedOf(20);
    const reader = readerOf(feed);
    commit('B', 3);
    pass(1);
    expect(reader.messages).toEqual([
      { event: 'delta', id: 2, data: { version: 2, changes: [[3, 'B']], sections: [{ section: 'Stalls', availableSeats: 19 }] } },
    ]);
    commit('B', 4);
    pass(40);
    commit('A', 3);
    pass(40);
    expect(reader.frames()).toBe(1);
    pass(20);
    expect(reader.frames()).toBe(2);
    expect(reader.messages.map(({ data }) => data.version)).toEqual([2, 3, 4]);
  });

  it('is at most ten sendings a second, of thousands of versions, and no version is missing', () => {
    const { feed, commit, truth, version } = feedOf(500);
    const reader = readerOf(feed);
    for (let ms = 0; ms < 1_000; ms++) {
      for (let n = 0; n < 3; n++) commit((ms + n) % 3 === 0 ? 'A' : 'B', 1 + ((ms * 7 + n * 131) % 500));
      pass(1);
    }
    pass(1_000);
    expect(reader.frames()).toBeLessThanOrEqual(12);
    expect([reader.statuses(), reader.version(), reader.gaps()]).toEqual([truth(), version(), 0]);
    expect(reader.messages.map(({ data }) => data.version)).toEqual(Array.from({ length: 3_000 }, (_, index) => index + 2));
  });

  it('is the same bytes for all, in slices between which others get their turn', () => {
    const { feed, commit } = feedOf(20);
    const sent: Buffer[] = [];
    let turns = 0;
    for (let n = 0; n < 1_000; n++)
      feed.follow(
        {
          ready: true,
          onDrain: () => undefined,
          send: (bytes) => {
            sent.push(bytes);
            // As if the socket took its time.
            vi.advanceTimersByTime(0.05);
          },
        },
        1,
      );
    setImmediate(function turn() {
      turns++;
      if (sent.length < 1_000) setImmediate(turn);
    });
    commit('B', 3);
    for (let n = 0; n < 100 && sent.length < 1_000; n++) pass(1);
    expect(new Set(sent).size).toBe(1);
    expect(sent).toHaveLength(1_000);
    expect(turns).toBeGreaterThan(5);
  });

  it('is a snapshot where less would be longer, or is not known any more', () => {
    const { feed, commit, change, truth } = feedOf(12_000);
    const all = Array.from({ length: 11_000 }, (_, index) => index + 1);
    commit('B', ...all);
    expect(readerOf(feed, 1).messages.map(({ event }) => event)).toEqual(['snapshot']);
    for (let n = 0; n < 20; n++) commit(n % 2 === 0 ? 'A' : 'B', 5);
    expect(readerOf(feed, 2).messages.map(({ event, id }) => [event, id])).toEqual(all.slice(2, 22).map((id) => ['delta', id]));
    for (const from of [0, -1, 999]) expect(readerOf(feed, from).messages.map(({ event }) => event)).toEqual(['snapshot']);
    for (let n = 0; n < 2_100; n++) feed.offer([change('A', [9])]);
    const late = readerOf(feed, 20);
    expect([late.messages[0]?.event, late.statuses()]).toEqual(['snapshot', truth()]);
  });

  it('is a snapshot when the view was read again because versions were lost, and nothing when it says the same', () => {
    const { feed, viewAt, change, truth } = feedOf(50);
    const reader = readerOf(feed);
    change('B', [7]);
    change('B', [9]);
    feed.replace(viewAt(3, truth()));
    pass(1);
    expect(reader.messages.map(({ event, id, data }) => [event, id, data.statuses])).toEqual([['snapshot', 3, truth()]]);
    feed.replace(viewAt(3, truth()));
    pass(500);
    expect(reader.frames()).toBe(1);
  });

  it('goes on without a gap when the rules of the sale are others', () => {
    const { feed, viewAt, commit } = feedOf(50);
    const reader = readerOf(feed);
    const { sale } = viewAt(9, 'A'.repeat(50));
    expect(feed.learn({ ...sale, revision: 2, rules: { ...sale.rules, maxTicketsPerUser: 2 } })).toBe(true);
    expect(feed.view().sale.rules.maxTicketsPerUser).toBe(2);
    commit('B', 3);
    pass(1);
    expect(reader.messages.map(({ event, id }) => [event, id])).toEqual([['delta', 2]]);
    expect(feed.learn({ ...sale, layoutVersion: 2 })).toBe(false);
  });

  it('waits while a reader is behind, and is then what it lacks, at once', () => {
    const { feed, commit, truth } = feedOf(500);
    const reader = readerOf(feed);
    reader.stall();
    for (let n = 1; n <= 300; n++) {
      commit('B', n);
      pass(10);
    }
    expect(reader.frames()).toBe(0);
    reader.drain();
    expect([reader.frames(), reader.statuses(), reader.gaps()]).toEqual([1, truth(), 0]);
    reader.leave();
    commit('A', 1);
    pass(200);
    expect([reader.frames(), feed.readers()]).toEqual([1, 0]);
  });

  it('leads to what is true, whatever happens when', () => {
    const step = fc.oneof(
      {
        weight: 6,
        arbitrary: fc.record({
          kind: fc.constant('commit' as const),
          letter: fc.constantFrom('A', 'B'),
          seat: fc.integer({ min: 1, max: 30 }),
        }),
      },
      { weight: 3, arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.integer({ min: 0, max: 150 }) }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('burst' as const), count: fc.integer({ min: 1, max: 40 }) }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('join' as const), back: fc.integer({ min: -2, max: 60 }) }) },
      {
        weight: 1,
        arbitrary: fc.record({
          kind: fc.constantFrom('stall' as const, 'drain' as const, 'leave' as const, 'lose' as const, 'late' as const),
          which: fc.nat(),
        }),
      },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const { feed, viewAt, change, commit, truth, truthAt, version } = feedOf(30);
        const join = (from: number) => readerOf(feed, from, truthAt(from));
        let readers = [join(1)];
        for (const one of steps) {
          if (one.kind === 'commit') commit(one.letter === 'A' ? 'A' : 'B', one.seat);
          else if (one.kind === 'pass') pass(one.ms);
          else if (one.kind === 'burst') for (let n = 0; n < one.count; n++) commit(n % 2 === 0 ? 'B' : 'A', 1 + (n % 30));
          else if (one.kind === 'join') readers.push(join(feed.view().version() - one.back));
          else if (one.kind === 'lose') {
            change('B', [1 + (one.which % 30)]);
            feed.replace(viewAt(version(), truth()));
          } else if (one.kind === 'late') {
            const events = [change('B', [1]), change('A', [1 + (one.which % 30)])];
            for (const event of [...events.toReversed(), ...events]) feed.offer([event]);
          } else {
            const reader = readers[one.which % Math.max(1, readers.length)];
            reader?.[one.kind]();
            if (one.kind === 'leave') readers = readers.filter((other) => other !== reader);
          }
        }
        pass(1_000);
        for (const reader of readers) reader.drain();
        pass(1_000);
        for (const reader of readers)
          expect([reader.statuses(), reader.version(), reader.gaps()]).toEqual([truth(), version(), 0]);
      }),
      { numRuns: 300 },
    );
  });
});

describe('answers about an event', () => {
  it('are built once a version, and of 90,000 seats in a moment', () => {
    vi.useRealTimers();
    const { feed, commit, truth } = feedOf(90_000);
    expect(feed.status.current()).toBe(feed.status.current());
    expect(feed.availability.current()).toBe(feed.availability.current());
    const before = feed.status.current();
    commit('B', 90_000);
    const after = feed.status.current();
    expect(after.etag).not.toBe(before.etag);
    expect(JSON.parse(after.body.toString())).toMatchObject({ version: 2, statuses: truth() });
    expect(JSON.parse(before.body.toString()).statuses).toBe('A'.repeat(90_000));
  });
});
