import type { Statuses } from '../load/tally.ts';
import type { Sold } from '../system/facts.ts';

/** Answers other than those expected. */
export function unexpected(what: string, statuses: Statuses, ...expected: readonly string[]): string[] {
  return Object.entries(statuses).flatMap(([status, count]) =>
    expected.includes(status) ? [] : [`${what}: ${count} requests were answered with ${status}`],
  );
}

/** Everybody who was told 201 has a reservation, nobody else has one, and nothing was given twice. */
export function checkSold(what: string, statuses: Statuses, { reservations, quantity, oversold }: Sold): string[] {
  const told = statuses['201'] ?? 0;
  // A commit may have happened although its answer did not arrive.
  const unknown = (statuses['lost'] ?? 0) + (statuses['503'] ?? 0);
  const problems: string[] = [];
  if (reservations < told || reservations > told + unknown)
    problems.push(`${what}: ${told} requests were answered with 201, and the database has ${reservations} reservations`);
  if (quantity !== reservations)
    problems.push(`${what}: ${reservations} reservations hold ${quantity} seats or places, not one each`);
  if (oversold > 0) problems.push(`${what}: OVERSOLD by ${oversold}`);
  return problems;
}
