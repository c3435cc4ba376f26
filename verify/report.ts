/** What is shown of a row that breaks an invariant. */
export type Row = Readonly<Record<string, unknown>>;

/** What was found of one kind of violation: a few rows to look at, and how many there are. */
export type Violation = { what: string; rows: readonly Row[]; total: number };

/**
 * What a check found. `looked` says at how much it looked: a check that saw nothing proves nothing. `owed` breaks no promise, and is
 * for somebody to put right: what we could not give back.
 */
export type Finding =
  | { verdict: 'holds'; looked: string; owed?: readonly Violation[] }
  | { verdict: 'broken'; looked: string; violations: readonly Violation[]; owed?: readonly Violation[] }
  | { verdict: 'not checked'; why: string };

export type Verdict = { invariant: number; promise: string } & Finding;

/** So many rows of a kind are shown. */
export const MAX_ROWS = 20;

/** Collects the rows of one kind of violation while everything is gone through, however many there are. */
export function findings(what: string): { add: (...rows: Row[]) => void; found: () => Violation[] } {
  const shown: Row[] = [];
  let total = 0;
  return {
    add: (...rows) => {
      total += rows.length;
      shown.push(...rows.slice(0, MAX_ROWS - shown.length));
    },
    found: () => (total === 0 ? [] : [{ what, rows: shown, total }]),
  };
}

export function finding(looked: string, ...violations: readonly Violation[][]): Finding {
  const all = violations.flat();
  return all.length === 0 ? { verdict: 'holds', looked } : { verdict: 'broken', looked, violations: all };
}

export function withOwed(found: Finding, owed: readonly Violation[]): Finding {
  return found.verdict === 'not checked' || owed.length === 0 ? found : { ...found, owed };
}

/** For people: a line per invariant, and below it what breaks it and what is owed. */
export function toLines(verdicts: readonly Verdict[]): string[] {
  return verdicts.flatMap((verdict) => [headline(verdict), ...detailsOf(verdict)]);
}

function headline(verdict: Verdict): string {
  const words = { holds: 'holds      ', broken: 'BROKEN     ', 'not checked': 'not checked' };
  const note = verdict.verdict === 'not checked' ? verdict.why : verdict.looked;
  return `${verdict.invariant}  ${words[verdict.verdict]}  ${verdict.promise} (${note})`;
}

function detailsOf(verdict: Verdict): string[] {
  if (verdict.verdict === 'not checked') return [];
  const broken = verdict.verdict === 'broken' ? verdict.violations : [];
  const owed = (verdict.owed ?? []).map((one) => ({ ...one, what: `OWED: ${one.what}` }));
  return [...broken, ...owed].flatMap(({ what, rows, total }) => [
    `     ${what}: ${total}`,
    ...rows.map((row) => `       ${fieldsOf(row)}`),
    ...(total > rows.length ? [`       … and ${total - rows.length} more`] : []),
  ]);
}

function fieldsOf(row: Row): string {
  return Object.entries(row)
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ');
}
