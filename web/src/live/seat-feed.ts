import type { SeatDelta, SeatLetter, SeatStatuses, SectionAvailability } from '../../../contracts/http/seating.ts';
import { requestJson, withQuery } from '../shared/api/client.ts';
import { createExternalStore, type ExternalStore } from '../shared/external-store.ts';
import { applyDelta, difference, type SeatStatusTable, tableFrom } from './seat-statuses.ts';
import { keepStream, type StreamState } from './stream.ts';

export type SeatChange = [seatId: number, status: SeatLetter];
type SectionCount = Pick<SectionAvailability, 'section' | 'availableSeats'>;

/** Reads in a row after a gap; when even the last is behind, the next delta starts them again. */
const MOST_REREADS = 3;

export type SeatFeed = {
  /** The live table; the same array moves on in place. `null` until the first answer. */
  table: () => SeatStatusTable | null;
  state: ExternalStore<StreamState>;
  /** Free seats and places by section, as far as the stream has said; a new map whenever one changes. */
  counts: ExternalStore<ReadonlyMap<string, number>>;
  /** Called with what changed; `null` means everything may have. */
  onChange: (listener: (changes: SeatChange[] | null) => void) => () => void;
  /** Called when the seats themselves are no longer those of the layout. */
  onLayoutChange: (listener: () => void) => () => void;
  /** The full count of every section, as `/availability` gives it. */
  setCounts: (sections: SectionCount[]) => void;
  start: () => () => void;
};

/** Live seats of one event: reads the statuses, follows the stream from their version, and reads again after a gap. */
export function createSeatFeed(eventId: string): SeatFeed {
  let table: SeatStatusTable | null = null;
  let rereading = false;
  let newestSeen = 0;
  const state = createExternalStore<StreamState>('connecting');
  const counts = createExternalStore<ReadonlyMap<string, number>>(new Map());
  const listeners = new Set<(changes: SeatChange[] | null) => void>();
  const layoutListeners = new Set<() => void>();
  const tell = (changes: SeatChange[] | null): void => listeners.forEach((listener) => listener(changes));

  function setCounts(sections: SectionCount[]): void {
    if (sections.length === 0) return;
    const next = new Map(counts.get());
    for (const { section, availableSeats } of sections) next.set(section, availableSeats);
    counts.set(next);
  }

  function takeSnapshot(snapshot: Pick<SeatStatuses, 'version' | 'statuses'>): void {
    const before = table;
    if (before !== null && snapshot.version < before.version) return;
    table = tableFrom(snapshot.version, snapshot.statuses);
    const changes = before === null ? null : difference(before, table);
    if (before !== null && changes === null) layoutListeners.forEach((listener) => listener());
    tell(changes);
  }

  async function readAgain(signal: AbortSignal): Promise<void> {
    if (rereading) return;
    rereading = true;
    try {
      // Deltas that arrived during the read may be newer than its answer, and no other may follow them.
      for (
        let attempt = 0;
        attempt < MOST_REREADS && (table === null || attempt === 0 || table.version < newestSeen);
        attempt += 1
      ) {
        takeSnapshot(await requestJson<SeatStatuses>(withQuery('/v1/seats/status', { eventId }), { signal }));
      }
    } finally {
      rereading = false;
    }
  }

  function onMessage(event: string, data: string, signal: AbortSignal): void {
    if (event === 'snapshot') {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by the server from the same types
      const snapshot = JSON.parse(data) as SeatStatuses & { sections?: SectionCount[] };
      takeSnapshot(snapshot);
      setCounts(snapshot.sections ?? []);
    }
    if (event !== 'delta' || table === null) return;
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as above
    const delta = JSON.parse(data) as SeatDelta;
    newestSeen = Math.max(newestSeen, delta.version);
    const outcome = applyDelta(table, delta);
    if (outcome === 'applied') {
      setCounts(delta.sections);
      tell(delta.changes);
    }
    if (outcome === 'gap') readAgain(signal).catch(() => undefined);
  }

  function start(): () => void {
    const controller = new AbortController();
    const { signal } = controller;
    const follow = async (): Promise<void> => {
      // The stream itself sends a snapshot when it is asked without a version; so a failed first read is no dead end.
      await readAgain(signal).catch(() => undefined);
      await keepStream(
        {
          path: () => withQuery('/v1/seats/stream', { eventId, version: table?.version }),
          onMessage: (message) => onMessage(message.event, message.data, signal),
          onState: state.set,
        },
        signal,
      );
    };
    follow().catch(() => state.set('waiting'));
    return () => controller.abort();
  }

  const listen = <L>(set: Set<L>, listener: L): (() => void) => {
    set.add(listener);
    return () => set.delete(listener);
  };
  return {
    table: () => table,
    state,
    counts,
    setCounts,
    start,
    onChange: (listener) => listen(listeners, listener),
    onLayoutChange: (listener) => listen(layoutListeners, listener),
  };
}
