import { Writable } from 'node:stream';
import type { PoolClient } from 'pg';

/** What is sent to the server while it is held goes out in one write. */
export type HeldWrites = {
  /** False when it is held already. */
  hold(): boolean;
  release(): void;
};

/** A write is a call of the system, which costs more time than most statements do: those of one turn share one. */
export function holdWrites(client: PoolClient): HeldWrites {
  let held: Writable | null = null;
  return {
    hold: () => {
      if (held !== null) return false;
      held = socketOf(client);
      held?.cork();
      return true;
    },
    release: () => {
      held?.uncork();
      held = null;
    },
  };
}

/** The driver has no name for it; without it every statement is a write of its own. */
function socketOf(client: PoolClient): Writable | null {
  const connection: unknown = Reflect.get(client, 'connection');
  if (typeof connection !== 'object' || connection === null) return null;
  const socket: unknown = Reflect.get(connection, 'stream');
  return socket instanceof Writable ? socket : null;
}
