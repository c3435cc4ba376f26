import { LIMITS } from './section-rules.ts';
import { assembleLayout, seatCount, type Layout, type LayoutProblem } from './layout.ts';

export type MergeResult =
  | { ok: true; layout: Layout }
  | { ok: false; code: 'SECTION_EXISTS'; sections: string[] }
  | { ok: false; code: 'LAYOUT_INVALID'; problems: LayoutProblem[] };

/**
 * The layout with the sections of another added to it: the seat ids, section and row indexes of `existing` stay, those of `added`
 * follow. Added sections whose positions were made up are moved to the right of what is there.
 */
export function mergeLayouts(existing: Layout, added: Layout): MergeResult {
  const known = added.sections.filter((section) => existing.sectionByName.has(section.name));
  if (known.length > 0) return { ok: false, code: 'SECTION_EXISTS', sections: known.map((section) => section.name) };
  const problems = mergeProblems(existing, added);
  if (problems.length > 0) return { ok: false, code: 'LAYOUT_INVALID', problems };

  const sectionOffset = existing.sections.length;
  const rowOffset = existing.rows.length;
  const seatOffset = seatCount(existing);
  const movedRows = added.rows.map((row) => ({
    ...row,
    sectionIndex: row.sectionIndex + sectionOffset,
    firstSeatId: row.firstSeatId + seatOffset,
    lastSeatId: row.lastSeatId + seatOffset,
  }));
  const layout = assembleLayout([...existing.sections, ...added.sections], {
    rows: [...existing.rows, ...movedRows],
    seatRow: joinInts(
      existing.seatRow,
      added.seatRow.map((rowIndex) => rowIndex + rowOffset),
    ),
    number: joinInts(existing.number, added.number),
    priceCents: joinInts(existing.priceCents, added.priceCents),
    x: joinFloats(existing.x, besides(existing, added)),
    y: joinFloats(existing.y, added.y),
    generatedSections: [],
  });
  return { ok: true, layout };
}

function mergeProblems(existing: Layout, added: Layout): LayoutProblem[] {
  const problems: LayoutProblem[] = [];
  const seats = seatCount(existing) + seatCount(added);
  const sections = existing.sections.length + added.sections.length;
  if (seats > LIMITS.seatsPerEvent) {
    problems.push({
      path: '/sections',
      message: `With these the event would have ${seats} seats; ${LIMITS.seatsPerEvent} is the most.`,
    });
  }
  if (sections > LIMITS.sectionsPerEvent) {
    problems.push({
      path: '/sections',
      message: `With these the event would have ${sections} sections; ${LIMITS.sectionsPerEvent} is the most.`,
    });
  }
  for (const code of added.rowByCode.keys()) {
    if (existing.rowByCode.has(code))
      problems.push({ path: '/sections', message: `The event already has seats whose codes begin with "${code}-".` });
  }
  return problems.slice(0, LIMITS.problems);
}

const GAP_SEATS = 3;

/** The x of the added seats, those of generated sections moved to the right of the existing ones. */
function besides(existing: Layout, added: Layout): Float64Array {
  if (seatCount(existing) === 0 || added.generatedSections.length === 0) return added.x;
  const generated = new Set(added.generatedSections);
  const isGenerated = added.rows.map((row) => generated.has(row.sectionIndex));
  const rightmost = existing.x.reduce((most, x) => Math.max(most, x), -Infinity);
  const leftmost = added.x.reduce((least, x, i) => (isGenerated[added.seatRow[i] ?? 0] ? Math.min(least, x) : least), Infinity);
  const shift = Math.max(0, rightmost + GAP_SEATS - leftmost);
  return added.x.map((x, i) => (isGenerated[added.seatRow[i] ?? 0] ? x + shift : x));
}

function joinInts(a: Int32Array, b: Int32Array): Int32Array {
  const joined = new Int32Array(a.length + b.length);
  joined.set(a);
  joined.set(b, a.length);
  return joined;
}

function joinFloats(a: Float64Array, b: Float64Array): Float64Array {
  const joined = new Float64Array(a.length + b.length);
  joined.set(a);
  joined.set(b, a.length);
  return joined;
}
