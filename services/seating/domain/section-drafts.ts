import { layoutFromColumns, rowCode, type Layout, type LayoutProblem } from './layout.ts';
import { generatePositions } from './seat-positions.ts';
import { LIMITS, type SectionDraft } from './section-rules.ts';

export type ImportResult = { ok: true; layout: Layout } | { ok: false; problems: LayoutProblem[] };

/** Distances become whole ranks: a thousandth of the unit of x and y. */
const RANKS_PER_UNIT = 1_000;

export function layoutFromDrafts(sections: readonly SectionDraft[]): ImportResult {
  const problems = sameCodes(sections);
  if (problems.length > 0) return { ok: false, problems };
  const generatedSections = generatePositions(sections);
  const seats = {
    sectionIndex: [] as number[],
    rowName: [] as string[],
    rank: [] as number[],
    number: [] as number[],
    priceCents: [] as number[],
    x: [] as number[],
    y: [] as number[],
  };
  sections.forEach((section, sectionIndex) => {
    if (section.kind === 'GENERAL_ADMISSION') return;
    section.rows.forEach((row, rowIndex) => {
      const generated = generatedSections.get(sectionIndex)?.[rowIndex];
      const { x, y } = row.positions ?? generated ?? { x: [], y: [] };
      const rank = row.rank ?? (row.positions === null ? rowIndex + 1 : rankByDistance(row.positions));
      row.numbers.forEach((number, i) => {
        seats.sectionIndex.push(sectionIndex);
        seats.rowName.push(row.name);
        seats.rank.push(rank);
        seats.number.push(number);
        seats.priceCents.push(row.priceCents[i] ?? section.priceCents);
        seats.x.push(x[i] ?? 0);
        seats.y.push(y[i] ?? 0);
      });
    });
  });
  return { ok: true, layout: layoutFromColumns(sections, seats, [...generatedSections.keys()]) };
}

function rankByDistance({ x, y }: { x: number[]; y: number[] }): number {
  const sum = x.reduce((total, seatX, i) => total + Math.hypot(seatX, y[i] ?? 0), 0);
  return Math.round((sum / x.length) * RANKS_PER_UNIT);
}

/** Two rows whose seats would have the same codes: `A-B` + `C` and `A` + `B-C`. */
function sameCodes(sections: readonly SectionDraft[]): LayoutProblem[] {
  const problems: LayoutProblem[] = [];
  const known = new Map<string, string>();
  for (const section of sections) {
    if (section.kind === 'GENERAL_ADMISSION') continue;
    for (const row of section.rows) {
      const code = rowCode(section.name, row.name);
      const other = known.get(code);
      if (other === undefined) known.set(code, row.path);
      else
        problems.push({
          path: row.path,
          message: `The codes of its seats would begin with "${code}-", as those of the row at ${other} do.`,
        });
    }
  }
  return problems.slice(0, LIMITS.problems);
}
