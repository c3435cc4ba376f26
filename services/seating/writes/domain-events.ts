import type { DomainEvent, DomainEventData, DomainEventType } from '../../../contracts/events/domain-event.ts';
import { newDomainEvent } from '../../../platform/outbox/new-domain-event.ts';
import type { Change, ReservationState, SaleState } from '../domain/sale.ts';

/** A change with the request that caused it and, where it is of a reservation, that reservation as it was before. */
export type TracedChange = { change: Change; traceparent: string | undefined; before: ReservationState | null };

type ChangeEventType = 'seat.reserved' | 'seat.released' | 'seat.allocated' | 'seat.blocked' | 'seat.unblocked';
type Draft = {
  [K in ChangeEventType]: { type: K; data: Omit<DomainEventData<K>, keyof VersionFacts>; traceparent: string | undefined };
}[ChangeEventType];
type VersionFacts = { eventId: string; version: number; versionComplete: boolean; totalSeats: number; availableSeats: number };

/** The domain events of one committed batch on one event, in order: one `version`, complete with the last. */
export function seatEventsOf(state: SaleState, version: number, changes: readonly TracedChange[], now: Date): DomainEvent[] {
  const { eventId } = state.rules;
  const drafts = changes.flatMap((change) => draftOf(state, change));
  return drafts.map(({ type, data, traceparent }, index) => {
    const facts: VersionFacts = {
      eventId,
      version,
      versionComplete: index === drafts.length - 1,
      totalSeats: state.totalSeats,
      availableSeats: state.availableSeats,
    };
    return publish(type, eventId, { ...facts, ...data }, traceparent, now);
  });
}

/** Buyers refused because of what others have: told once per batch, it changes no seat. */
export function unavailableEvent(
  eventId: string,
  refusals: readonly { seatIds: readonly number[]; section: string | null }[],
  now: Date,
): DomainEvent {
  const seatIds = [...new Set(refusals.flatMap((refusal) => refusal.seatIds))].slice(0, 1_000);
  const sections = [...new Set(refusals.flatMap((refusal) => refusal.section ?? []))];
  return publish('seat.unavailable', eventId, { eventId, seatIds, sections, refusals: refusals.length }, undefined, now);
}

function draftOf(state: SaleState, { change, traceparent, before }: TracedChange): Draft[] {
  switch (change.type) {
    case 'reserved': {
      const { reservation } = change;
      const data = {
        ...heldOf(state, reservation),
        totalCents: reservation.content.totalCents,
        currency: reservation.content.currency,
        reservedAt: reservation.reservedAt.toISOString(),
        expiresAt: reservation.expiresAt.toISOString(),
      };
      return [{ type: 'seat.reserved', data, traceparent }];
    }
    case 'ended':
      if (!before) return [];
      return [
        {
          type: 'seat.released',
          data: { ...heldOf(state, before), previousStatus: statusBefore(before), reason: change.reason },
          traceparent,
        },
      ];
    case 'deallocated':
      if (!before) return [];
      return [
        {
          type: 'seat.released',
          data: { ...heldOf(state, { ...before, ...change }), previousStatus: 'ALLOCATED', reason: change.reason },
          traceparent,
        },
      ];
    case 'allocated':
      if (!before) return [];
      return [
        {
          type: 'seat.allocated',
          data: { ...heldOf(state, before), previousStatus: statusBefore(before), orderId: change.orderId },
          traceparent,
        },
      ];
    case 'blocked':
      return [{ type: 'seat.blocked', data: { seatIds: [...change.seatIds] }, traceparent }];
    case 'unblocked':
      return [{ type: 'seat.unblocked', data: { seatIds: [...change.seatIds] }, traceparent }];
    case 'window-set':
    case 'allocation-refused':
      return [];
  }
}

function statusBefore(before: ReservationState): 'RESERVED' | 'ALLOCATED' | 'EXPIRED' {
  return before.status === 'RELEASED' ? 'EXPIRED' : before.status;
}

function heldOf(state: SaleState, reservation: Pick<ReservationState, 'reservationId' | 'userId' | 'seatIds' | 'places'>) {
  return {
    reservationId: reservation.reservationId,
    userId: reservation.userId,
    seatIds: [...reservation.seatIds],
    places: reservation.places.map(({ sectionIndex, quantity }) => ({
      section: state.layout.sections[sectionIndex]?.name ?? '',
      quantity,
    })),
  };
}

function publish<T extends DomainEventType>(
  type: T,
  eventId: string,
  data: DomainEventData<T>,
  traceparent: string | undefined,
  now: Date,
): DomainEvent<T> {
  return newDomainEvent({ type, source: '/onsale/seating', subject: eventId, data, traceparent, time: now.toISOString() });
}
