/** Writes `docs/errors.md` anew from `contracts/errors.ts`: `node scripts/errors-doc.ts`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ERROR_GROUPS } from '../contracts/errors.ts';
import { errorsDocument } from './errors/document.ts';

writeFileSync(join(import.meta.dirname, '../docs/errors.md'), await errorsDocument(ERROR_GROUPS));
