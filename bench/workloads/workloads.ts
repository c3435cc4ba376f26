import { bookings } from './bookings.ts';
import { overload } from './overload.ts';
import { reserveSeats } from './reserve-seats.ts';
import { rivals } from './rivals.ts';
import { sameRequest } from './same-request.ts';
import { streams } from './streams.ts';

const WORKLOADS = { bookings, overload, reserveSeats, rivals, sameRequest, streams } as const;

export type WorkloadName = keyof typeof WORKLOADS;
export type WorkloadParams<Name extends WorkloadName> = Parameters<(typeof WORKLOADS)[Name]>[0];
export type WorkloadResult<Name extends WorkloadName> = Awaited<ReturnType<(typeof WORKLOADS)[Name]>>;

/** @param params of the workload of this name; between the two processes they were JSON */
export async function runWorkload(name: WorkloadName, params: unknown): Promise<unknown> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- `LoadProcess.run` sends a name only with its own parameters
  const run = WORKLOADS[name] as (given: unknown) => Promise<unknown>;
  return run(params);
}
