import { readFileSync } from 'node:fs';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';

/** Kept for databases, log and files, whatever clients do. */
const RESERVED_FILES = 256;
/** With fewer, an onsale with its live streams may well not fit. */
const ENOUGH_FILES = 12_000;
const SAY_AGAIN_MS = 60_000;

/**
 * Each connection is an open file, of which the system allows a process so many. Beyond that it could not even reach its database;
 * so connections stop a little before, and the log says what to raise.
 */
export function limitConnections(app: FastifyInstance, logger: Logger, files = maxOpenFiles()): void {
  if (files === null) return;
  const { server } = app;
  server.maxConnections = Math.max(1, files - RESERVED_FILES);
  const raise =
    'Raise it before the start, e.g. with ulimit -n 65536 (Docker: --ulimit nofile=65536, systemd: LimitNOFILE=65536).';
  if (files < ENOUGH_FILES)
    logger.warn(`This process may have ${files} files open, so it takes ${server.maxConnections} connections at most. ${raise}`);
  let saidAtMs = -Infinity;
  server.on('drop', () => {
    if (performance.now() - saidAtMs < SAY_AGAIN_MS) return;
    saidAtMs = performance.now();
    logger.error(
      `Connections are refused: there are ${server.maxConnections}, and this process may have ${files} files open. ${raise}`,
    );
  });
}

/** Null where the system does not say, or sets no limit. */
function maxOpenFiles(): number | null {
  try {
    const [, soft] = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
    return soft === undefined ? null : Number(soft);
  } catch {
    return null;
  }
}
