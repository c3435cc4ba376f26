/** Layouts for tests, made as an organizer makes them. */
import { importCsv } from './import-csv.ts';
import { importJson } from './import-json.ts';
import type { Layout } from './layout.ts';
import type { ImportResult } from './section-drafts.ts';

export function layoutOf(sections: Parameters<typeof importJson>[0]): Layout {
  return imported(importJson(sections));
}

export function layoutOfCsv(csv: string | Uint8Array): Layout {
  return imported(importCsv(csv));
}

function imported(result: ImportResult): Layout {
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.layout;
}
