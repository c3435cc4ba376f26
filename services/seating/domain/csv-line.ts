/** Two names of the greatest length, quoted, and five numbers are far shorter. */
export const MAX_LINE_CHARACTERS = 1_000;

/**
 * The fields of one line, without the spaces around them; null when a quote is not closed or something follows it. No field of a
 * seat plan may hold a line break, so every line stands for itself: a forgotten quote spoils its own line only, and line
 * numbers are exact, which is why this is not left to a general CSV reader.
 */
export function splitLine(line: string): string[] | null {
  if (!line.includes('"')) return line.split(',').map((field) => field.trim());
  const fields: string[] = [];
  let at = 0;
  while (at <= line.length) {
    const field = fieldAt(line, at);
    if (field === null) return null;
    fields.push(field.value);
    at = field.end + 1;
  }
  return fields;
}

/** Two quotes inside a quoted field stand for one. A quote inside an unquoted field is an error. */
const QUOTED = /[ \t]*"((?:[^"]|"")*)"[ \t]*(?=,|$)/y;
const UNQUOTED = /[^",]*(?=,|$)/y;

/** `end` is where the comma after it stands, or the length of the line. */
function fieldAt(line: string, at: number): { value: string; end: number } | null {
  QUOTED.lastIndex = at;
  const inQuotes = QUOTED.exec(line)?.[1];
  if (inQuotes !== undefined) return { value: inQuotes.replaceAll('""', '"').trim(), end: QUOTED.lastIndex };
  UNQUOTED.lastIndex = at;
  const plain = UNQUOTED.exec(line)?.[0];
  return plain === undefined ? null : { value: plain.trim(), end: UNQUOTED.lastIndex };
}
