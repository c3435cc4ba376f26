import { pino, type DestinationStream, type Logger, type LevelWithSilent } from 'pino';
import { humanStream } from './human-log.ts';

const SECRET_FIELDS = [
  'authorization',
  'cookie',
  'password',
  'newPassword',
  'token',
  'accessToken',
  'refreshToken',
  'paymentToken',
  'secret',
  'jwtSecret',
  'internalSecret',
  'connectionString',
  'databaseUrl',
  'qrPayload',
];

/** Fields that never reach a log line, at the top and up to three levels down, also under header names. */
const REDACTED = [...SECRET_FIELDS, '["x-onsale-credential"]', '["set-cookie"]'].flatMap((field) => {
  const path = field.startsWith('[') ? field : `.${field}`;
  return [field, `*${path}`, `*.*${path}`, `*.*.*${path}`];
});

/**
 * The program's logger: one JSON object a line, or a line for people when standard error is a terminal. Logs go to standard
 * error, so that what a command prints can be piped.
 */
export function createLogger(options: { level: LevelWithSilent; name?: string; destination?: DestinationStream }): Logger {
  const destination =
    options.destination ?? (process.stderr.isTTY ? humanStream(process.stderr) : pino.destination({ dest: 2, sync: true }));
  return pino(
    {
      level: options.level,
      base: options.name === undefined ? null : { name: options.name },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: REDACTED, censor: '[redacted]' },
      serializers: { err: pino.stdSerializers.err, error: pino.stdSerializers.err },
    },
    destination,
  );
}
