/** Writes `docs/postman/` anew from the description of the program that runs: `node scripts/postman.ts [http://localhost:8080]`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Description } from './postman/collection.ts';
import { postmanFiles } from './postman/files.ts';

const url = process.argv[2] ?? 'http://localhost:8080';
const folder = join(import.meta.dirname, '../docs/postman');
const answer = await fetch(`${url}/openapi.json`);
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own program describes itself so
const files = postmanFiles((await answer.json()) as Description);
mkdirSync(folder, { recursive: true });
for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
