import type { Environment } from '../../platform/config/settings.ts';
import type { OpenDatabase } from '../../platform/postgres/pool.ts';
import type { Databases } from '../../verify/databases.ts';
import type { LoadProcess } from '../load/load-process.ts';
import type { Samples } from '../report/table.ts';
import type { Organizer } from '../system/organizer.ts';
import type { MeasuredSystem } from '../system/spawn.ts';
import type { Pace } from './pace.ts';
import type { Run } from './run.ts';

/** A system under measurement, and what looks into it. */
export type Bench = {
  system: MeasuredSystem;
  organizer: Organizer;
  databases: Databases;
  seating: OpenDatabase;
  /** The yardstick's own database. */
  yardstick: OpenDatabase;
};

export type Context = {
  pace: Pace;
  load: LoadProcess;
  /** Tells whoever waits how far it is. */
  note: (line: string) => void;
  /** Aborted when the run is to end early. */
  signal: AbortSignal;
  /** A new system with a new data directory, until the work is done. `settings` go over those of all measures. */
  withSystem<T>(settings: Environment, work: (bench: Bench) => Promise<T>): Promise<T>;
  /** Several systems on one database server, each a whole program; `urls` are all of theirs, the bench is on the first. */
  withProcesses<T>(count: number, work: (bench: Bench, urls: readonly string[]) => Promise<T>): Promise<T>;
  /** A new temporary folder, removed after the work. */
  withFolder<T>(work: (folder: string) => Promise<T>): Promise<T>;
  /** Something was started: how to stop it, also when the run is ended early. @returns does so, once */
  started(name: string, stop: () => Promise<void>): () => Promise<void>;
};

export type Measured = {
  /** A value a round. */
  figures: Samples;
  runs: readonly Run[];
  /** Rows for people, beside the figures. */
  tables?: readonly { title: string; rows: readonly Readonly<Record<string, string | number>>[] }[];
  /** What else was found, for the JSON file. */
  details?: Readonly<Record<string, unknown>>;
  /** What must not be: answers that were errors, sums that do not add up. */
  problems: readonly string[];
};

export type Measure = { name: string; what: string; run: (context: Context) => Promise<Measured> };
