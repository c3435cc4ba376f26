import type { BulkSeatsBody } from '../../../contracts/http/seating.ts';
import type { LayoutProblem } from './layout.ts';
import { rowPositions } from './seat-positions.ts';
import { layoutFromDrafts, type ImportResult } from './section-drafts.ts';
import { LIMITS, nameProblem, type RowDraft, type SectionDraft } from './section-rules.ts';

type SectionInput = BulkSeatsBody['sections'][number];
type RowInput = Extract<SectionInput, { kind: 'SEATED' }>['rows'][number];
type Report = (path: string, message: string) => void;

/**
 * The sections of a body that the schema has accepted, as a layout with seat ids from 1; or what is wrong with them. A row has
 * the seats 1 to `seats`; `x` and `y` are its middle, in seat widths from the stage. Its rank, when not given, is how far it is
 * from the stage, or its place in the section when it has no position; an event's plan should not mix ranks with positions.
 */
export function importJson(sections: readonly SectionInput[]): ImportResult {
  const problems: LayoutProblem[] = [];
  const report: Report = (path, message) => void problems.push({ path, message });
  checkNames(sections, report);
  const seats = sections.reduce((sum, section) => sum + seatsOf(section), 0);
  if (seats > LIMITS.seatsPerEvent)
    report('/sections', `An event has at most ${LIMITS.seatsPerEvent} seats; these are ${seats}.`);
  if (problems.length > 0) return { ok: false, problems: problems.slice(0, LIMITS.problems) };
  return layoutFromDrafts(sections.map(draftOf));
}

function seatsOf(section: SectionInput): number {
  return section.kind === 'SEATED' ? section.rows.reduce((sum, row) => sum + row.seats, 0) : 0;
}

function checkNames(sections: readonly SectionInput[], report: Report): void {
  const known = new Map<string, number>();
  sections.forEach((section, i) => {
    const path = `/sections/${i}`;
    checkName(section.section, `${path}/section`, report);
    const other = known.get(section.section);
    if (other !== undefined) report(`${path}/section`, `The section at /sections/${other} has the same name.`);
    known.set(section.section, i);
    if (section.kind === 'SEATED') checkRows(section.rows, `${path}/rows`, report);
  });
}

function checkRows(rows: readonly RowInput[], path: string, report: Report): void {
  if (rows.length === 0) report(path, 'A section with seats has at least one row.');
  const known = new Map<string, number>();
  const placed = rows[0]?.x !== undefined;
  rows.forEach((row, i) => {
    const rowPath = `${path}/${i}`;
    checkName(row.row, `${rowPath}/row`, report);
    const other = known.get(row.row);
    if (other !== undefined) report(`${rowPath}/row`, `The row at ${path}/${other} has the same name.`);
    known.set(row.row, i);
    if ((row.x === undefined) !== (row.y === undefined)) report(rowPath, 'A row has both x and y, or neither.');
    else if ((row.x !== undefined) !== placed) report(rowPath, 'Either every row of a section has x and y, or none has.');
  });
}

function checkName(name: string, path: string, report: Report): void {
  const problem = nameProblem(name);
  if (problem !== null) report(path, problem);
}

function draftOf(section: SectionInput, sectionIndex: number): SectionDraft {
  const { section: name, priceCents } = section;
  if (section.kind === 'GENERAL_ADMISSION') return { name, kind: section.kind, priceCents, capacity: section.capacity };
  const rows = section.rows.map((row, i) => rowDraftOf(row, priceCents, `/sections/${sectionIndex}/rows/${i}`));
  return { name, kind: section.kind, priceCents, rows };
}

function rowDraftOf({ row, seats, rank, x, y, curve = 0 }: RowInput, priceCents: number, path: string): RowDraft {
  return {
    name: row,
    path,
    rank: rank ?? null,
    numbers: Array.from({ length: seats }, (_, i) => i + 1),
    priceCents: Array.from({ length: seats }, () => priceCents),
    positions: x === undefined || y === undefined ? null : rowPositions(seats, { x, y }, curve),
    curve,
  };
}
