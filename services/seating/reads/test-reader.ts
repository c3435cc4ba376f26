import type { SeatDelta } from '../../../contracts/http/seating.ts';
import type { EventFeed } from './event-feed.ts';
import type { Reader } from './fan-out.ts';

/** A message of a stream, as a reader gets it. */
export type Message = { event: string; id: number; data: Partial<SeatDelta> & { version: number; statuses?: string } };

export function messagesIn(text: string): Message[] {
  return [...text.matchAll(/event: (.+)\nid: (.+)\ndata: (.+)\n\n/g)].map(([, event = '', id, data = '']) => ({
    event,
    id: Number(id),
    data: JSON.parse(data) as Message['data'],
  }));
}

/** The statuses that a page shows which began with `statuses` at `version`; a gap is an error. For tests. */
export function createPage(version = -1, statuses = '') {
  const page = { version, letters: [...statuses], gaps: 0 };
  function take({ event, data }: Message): void {
    if (event === 'snapshot') page.letters = [...(data.statuses ?? '')];
    else if (data.version <= page.version) return;
    else if (data.version > page.version + 1) {
      page.gaps++;
      return;
    }
    for (const [seatId, letter] of data.changes ?? []) page.letters[seatId - 1] = letter;
    page.version = data.version;
  }
  return { take, statuses: () => page.letters.join(''), version: () => page.version, gaps: () => page.gaps };
}

/** A reader of a feed that may stop reading. @param shown what it shows at `from` */
export function readerOf(feed: EventFeed, from = feed.view().version(), shown = feed.view().statuses().statuses) {
  const messages: Message[] = [];
  const page = createPage(from, shown);
  let frames = 0;
  let drained = (): void => undefined;
  const state = { ready: true };
  const reader: Reader = {
    get ready() {
      return state.ready;
    },
    send(bytes) {
      frames++;
      for (const message of messagesIn(bytes.toString())) {
        messages.push(message);
        page.take(message);
      }
    },
    onDrain: (listener) => {
      drained = listener;
    },
  };
  const leave = feed.follow(reader, from);
  return {
    ...page,
    messages,
    leave,
    frames: () => frames,
    stall: () => void (state.ready = false),
    drain: () => {
      state.ready = true;
      drained();
    },
  };
}
