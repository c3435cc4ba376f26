import type { CalledService, Environment } from '../config/settings.ts';

/** One process of a system on one machine. */
export type Part = { name: string; services: string; port: number };

/** How many processes of each service there are: two of those that are asked most while tickets are sold. */
const REPLICAS: Readonly<Record<CalledService, number>> = { users: 1, catalog: 1, seating: 2, orders: 1, payments: 2 };

export const PART_COUNT = Object.values(REPLICAS).reduce((sum, count) => sum + count, 0);

/** The parts but for the gateway, on these ports; there are as many as parts. */
export function partsOf(ports: readonly number[]): Part[] {
  const names = Object.entries(REPLICAS).flatMap(([services, count]) =>
    Array.from({ length: count }, (_none, index) => ({ services, name: count === 1 ? services : `${services}-${index + 1}` })),
  );
  return names.map((one, index) => ({ ...one, port: ports[index] ?? 0 }));
}

/** What tells every part where all are: `SEATING_URL` and so on. */
export function addressesOf(parts: readonly Part[]): Environment {
  const urls: Record<string, string> = {};
  for (const { services, port } of parts) {
    const name = `${services.toUpperCase()}_URL`;
    urls[name] = `${urls[name] === undefined ? '' : `${urls[name]},`}http://127.0.0.1:${port}`;
  }
  return urls;
}
