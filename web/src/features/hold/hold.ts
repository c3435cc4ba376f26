import type { Reservation } from '../../../../contracts/http/seating.ts';
import { problemCode } from '../../shared/api/problem.ts';
import { serverNow } from '../../shared/api/server-clock.ts';
import { createExternalStore, useStore } from '../../shared/external-store.ts';
import { forget, recall, remember } from '../../shared/storage.ts';
import { getReservation } from './api/get-reservation.ts';

/** The hold of this tab: the reservation as it was answered, kept over a reload so that the stub never vanishes. */
export type Hold = { reservation: Reservation; eventName: string; orderId: string | null };

const KEY = 'hold';

function isHold(value: unknown): value is Hold {
  if (typeof value !== 'object' || value === null || !('reservation' in value) || !('eventName' in value)) return false;
  const { reservation } = value;
  return typeof reservation === 'object' && reservation !== null && 'reservationId' in reservation && 'expiresAt' in reservation;
}

const hold = createExternalStore<Hold | null>(recall(KEY, isHold));

export function setHold(next: Hold | null): void {
  hold.set(next);
  if (next === null) forget(KEY);
  else remember(KEY, next);
}

export function currentHold(): Hold | null {
  return hold.get();
}

export function useHold(): Hold | null {
  return useStore(hold);
}

/** Whether the hold still keeps its seats, by the server's clock. */
export function isRunning({ reservation }: Hold): boolean {
  return reservation.status === 'RESERVED' && Date.parse(reservation.expiresAt) > serverNow();
}

/** Asks the server what became of the hold, after a reload or a new sign-in: it may be paid for, over, or someone else's. */
export async function refreshHold(userId: string): Promise<void> {
  const known = hold.get();
  if (known === null) return;
  if (known.reservation.userId !== userId) return setHold(null);
  try {
    const reservation = await getReservation(known.reservation.reservationId);
    if (hold.get()?.reservation.reservationId !== reservation.reservationId) return;
    setHold(reservation.status === 'ALLOCATED' || reservation.status === 'RELEASED' ? null : { ...known, reservation });
  } catch (error) {
    if (problemCode(error) === 'RESERVATION_NOT_FOUND') setHold(null);
  }
}
