export type ServerSettingsOptions = { port: number; durable: boolean };

/**
 * Command line of the server. Settings are given here and not in postgresql.conf, so that a newer program needs no edit of old data.
 * Sized for a machine of 2 cores and 2–4 GB that also runs the program itself.
 */
export function serverArguments(pgData: string, { port, durable }: ServerSettingsOptions): string[] {
  const settings: Record<string, string | number> = {
    // TCP on the loopback only: paths of Unix sockets are limited to about 100 bytes, those of data directories are not.
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    port,
    max_connections: 100,
    shared_buffers: '128MB',
    effective_cache_size: '512MB',
    work_mem: '8MB',
    maintenance_work_mem: '64MB',
    random_page_cost: 1.1,
    // Statements here are short; planning them for parallel workers or compiling them costs more than it saves.
    jit: 'off',
    max_parallel_workers_per_gather: 0,
    max_worker_processes: 4,
    max_logical_replication_workers: 0,
    io_method: 'sync',
    // Nothing replicates from an embedded server.
    wal_level: 'minimal',
    max_wal_senders: 0,
    // Rare checkpoints, spread out: each one makes the next change of every page write the page whole.
    checkpoint_timeout: '15min',
    checkpoint_completion_target: 0.9,
    max_wal_size: '2GB',
    min_wal_size: '256MB',
    wal_buffers: '16MB',
    wal_compression: 'pglz',
    // Small tables that change all the time (outbox, event_sale) grow without bound between the default's visits.
    autovacuum_naptime: '5s',
    autovacuum_max_workers: 2,
    autovacuum_vacuum_scale_factor: 0.05,
    autovacuum_analyze_scale_factor: 0.05,
    password_encryption: 'scram-sha-256',
    timezone: 'UTC',
    log_timezone: 'UTC',
    // Starts, stops and crashes, without statements that failed: those are the program's to report, and may hold personal data.
    log_min_messages: 'log',
    log_line_prefix: '%m [%p] %a ',
    log_checkpoints: 'off',
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    ...(durable
      ? { fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on' }
      : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
  return ['-D', pgData, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
}
