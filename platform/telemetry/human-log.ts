import type { DestinationStream } from 'pino';

const COLOURS: Record<string, string> = { fatal: '35', error: '31', warn: '33', info: '32', debug: '36', trace: '90' };
const OWN_FIELDS = new Set(['level', 'time', 'msg', 'name', 'service', 'err']);

/** Writes log lines for a terminal: time, level, where from, what, then the other fields as `name=value`. */
export function humanStream(out: { write(text: string): unknown }): DestinationStream {
  return { write: (line: string) => void out.write(humanLine(line)) };
}

export function humanLine(line: string): string {
  const entry = parseEntry(line);
  if (entry === null) return line;
  const level = textOf(entry['level']);
  const time = textOf(entry['time']).slice(11, 23);
  const from = textOf(entry['service'] ?? entry['name']);
  const fields = Object.entries(entry).filter(([name]) => !OWN_FIELDS.has(name));
  const rest = fields.map(([name, value]) => ` ${name}=${textOf(value)}`).join('');
  const head = `${time} \u001b[${COLOURS[level] ?? '0'}m${level.toUpperCase().padEnd(5)}\u001b[0m`;
  return `${head} ${from === '' ? '' : `${from}: `}${textOf(entry['msg'])}${rest}${errorLines(entry['err'])}\n`;
}

function textOf(value: unknown): string {
  return value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value);
}

function errorLines(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  const stack = 'stack' in error ? error.stack : 'message' in error ? error.message : JSON.stringify(error);
  return `\n    ${String(stack).replaceAll('\n', '\n    ')}`;
}

function parseEntry(line: string): Record<string, unknown> | null {
  try {
    const parsed: unknown = JSON.parse(line);
    return typeof parsed === 'object' && parsed !== null ? { ...parsed } : null;
  } catch {
    return null;
  }
}
