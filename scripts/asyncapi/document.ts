import { format } from 'prettier';
import { asyncApiDocument } from '../../contracts/events/asyncapi.ts';
import { VERSION } from '../../platform/version.ts';

/** `docs/asyncapi.json`, formatted as everything else here. */
export function asyncApiFile(): Promise<string> {
  return format(JSON.stringify(asyncApiDocument(VERSION)), { parser: 'json', printWidth: 130 });
}
