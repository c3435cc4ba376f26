/** Writes `docs/asyncapi.json` anew from `contracts/events/`: `node scripts/asyncapi.ts`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { asyncApiFile } from './asyncapi/document.ts';

writeFileSync(join(import.meta.dirname, '../docs/asyncapi.json'), await asyncApiFile());
