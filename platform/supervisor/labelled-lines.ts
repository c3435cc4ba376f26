import { humanLine } from '../telemetry/human-log.ts';

const COLOURS = [36, 33, 32, 35, 34, 96, 93, 92];

/** Writes lines of several processes, each behind its name: log lines as people read them when `coloured`, else as they are. */
export function labelledLines(
  names: readonly string[],
  out: { write(text: string): unknown; coloured: boolean },
): (name: string, line: string) => void {
  const width = Math.max(...names.map(({ length }) => length));
  return (name, line) => {
    const label = name.padEnd(width);
    if (!out.coloured) return void out.write(`${label} | ${line}\n`);
    const colour = COLOURS[Math.max(0, names.indexOf(name)) % COLOURS.length];
    const shown = humanLine(line)
      .replace(/\n$/, '')
      .replaceAll('\n', `\n${' '.repeat(width)}   `);
    out.write(`\u001b[${colour}m${label} |\u001b[0m ${shown}\n`);
  };
}
