import type { Metrics } from '../../../platform/telemetry/metrics.ts';
import { createWriteBatcher } from '../../../platform/postgres/write-batcher.ts';
import type { Command } from '../domain/decide.ts';
import { eventsOfReservations } from '../store/reservations.ts';
import { runBatch, type BatchContext, type SeatAnswer, type SeatRequest } from './batch.ts';

/** Batches of different events go on at the same time up to this many; those of one event never do. */
const LANES = 4;

/** Every change of a seat goes through here. */
export type Seats = {
  submit(request: SeatRequest): Promise<SeatAnswer>;
  /** The event of each reservation that exists. */
  eventsOf(reservationIds: readonly string[]): Promise<Map<string, string>>;
  stop(): Promise<void>;
};

/** Buyers who pay have seats already: they must not lose them because a rush of others fills the queue. */
function isOfPayment(command: Command): boolean {
  return command.type === 'allocate' || command.type === 'open-window' || command.type === 'close-window';
}

export function createSeats(context: BatchContext, metrics: Metrics): Seats {
  const sizes = metrics.histogram('onsale_seating_batch_size', 'Commands per write batch', [1, 5, 20, 50, 100, 200, 500]);
  const seconds = metrics.histogram(
    'onsale_seating_batch_seconds',
    'Time of a write batch',
    [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1],
  );
  const batcher = createWriteBatcher<SeatRequest, SeatAnswer>({
    name: 'seating.writes',
    run: (requests) => runBatch(context, requests),
    laneKey: (request) => request.command.eventId,
    lanes: LANES,
    isUrgent: ({ command }) => isOfPayment(command),
    onBatch: ({ size, elapsedMs }) => {
      sizes.observe(size);
      seconds.observe(elapsedMs / 1000);
    },
  });
  return {
    submit: batcher.submit,
    eventsOf: (reservationIds) => eventsOfReservations(context.database, reservationIds),
    stop: batcher.stop,
  };
}
