import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { Revocations } from '../auth/revocations.ts';
import type { Clock } from '../clock.ts';
import type { Settings } from '../config/settings.ts';
import type { DomainEvent, Topic } from '../../contracts/events/domain-event.ts';
import type { Subscription } from '../event-log/port.ts';
import type { ServiceClient, ServiceName } from '../http/service-client.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Database } from '../postgres/database.ts';

/** What the program gives a service to stand on. */
export type ServiceContext = {
  settings: Settings;
  database: Database;
  /** Tells the relay of this service's outbox that rows were committed. Cheap; call it after every commit that wrote some. */
  wakeRelay: () => void;
  services: ServiceClient;
  /** Access tokens that no longer count in this process. */
  revocations: Revocations;
  logger: Logger;
  metrics: Metrics;
  clock: Clock;
};

/** Work done again and again while the service runs. One run at a time; an error is logged and the next run comes as usual. */
export type Job = { name: string; everyMs: number; run: (signal: AbortSignal) => Promise<void> };

export type Tail = { topic: Topic; onRecord: (events: readonly DomainEvent[]) => void };

/** A service at work: everything it takes part in, said explicitly. Routes are plain Fastify plugins with schemas. */
export type Service = {
  /** Mounted on the gateway's server when they share a process, forwarded otherwise. */
  publicRoutes?: (app: FastifyInstance) => void;
  /** Reached by other services only, never routed from outside. Paths start with `/internal/`. */
  internalRoutes?: (app: FastifyInstance) => void;
  subscriptions?: Subscription[];
  tails?: Tail[];
  jobs?: Job[];
  /** Runs before the first request. */
  start?: () => Promise<void>;
  /** Runs when the tails follow their topics and services can be called, before the public door opens: what a tail goes on from. */
  beforeReady?: () => Promise<void>;
  /** Runs after the last request was answered. */
  stop?: () => Promise<void>;
};

/** The one thing a service shows to `bin/`. */
export type ServiceDefinition = {
  name: ServiceName;
  /** Absent for the gateway, which owns no data. */
  database?: {
    name: string;
    migrations: URL;
    /** Its statements look rows up by an index: whatever the size of the tables, they are never read whole. */
    lookupsOnly?: boolean;
  };
  /** Makes it; nothing runs and nothing is asked for before `start`. Also called where only what it says of its routes is wanted. */
  create: (context: ServiceContext) => Service;
};
