import specifications from '@asyncapi/specs';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { asyncApiDocument } from '../../contracts/events/asyncapi.ts';
import { TOPICS } from '../../contracts/events/domain-event.ts';
import { asyncApiFile } from './document.ts';

const file = readFileSync(new URL('../../docs/asyncapi.json', import.meta.url), 'utf8');
const document = JSON.parse(file);

/** By the schema that the AsyncAPI initiative publishes of its documents. */
const isAsyncApi = addFormats
  .default(new Ajv({ strict: false, allErrors: true }))
  .compile(structuredClone<any>(specifications.schemasWithoutId['3.0.0']));

/** What a reference leads to within the document. */
function resolve(reference: string): unknown {
  return reference
    .slice('#/'.length)
    .split('/')
    .reduce((part: any, name) => part?.[name], document);
}

function referencesIn(part: any): string[] {
  if (typeof part !== 'object' || part === null) return [];
  return Object.entries(part).flatMap(([name, value]) => (name === '$ref' ? [String(value)] : referencesIn(value)));
}

describe('docs/asyncapi.json', () => {
  it('is what contracts/events/ says; if not: node scripts/asyncapi.ts', async () => {
    expect(file).toBe(await asyncApiFile());
  });

  it('is valid AsyncAPI 3.0', () => {
    expect(isAsyncApi(document), JSON.stringify(isAsyncApi.errors?.slice(0, 3))).toBe(true);
    const { info: _info, ...nameless } = document;
    expect(isAsyncApi(nameless)).toBe(false);
    expect(isAsyncApi({ ...document, operations: { sing: { action: 'sing' } } })).toBe(false);
  });

  it('refers only to what is there', () => {
    const references = referencesIn(document);
    expect(references.length).toBeGreaterThan(50);
    expect(references.filter((reference) => resolve(reference) === undefined)).toEqual([]);
    expect(resolve('#/components/messages/seat.stolen')).toBeUndefined();
  });

  it('has every type that a service publishes, with its topic, version and schema', () => {
    for (const [topic, { events }] of Object.entries(TOPICS)) {
      const published = Object.entries<{ by?: string; version: number; data: object }>(events).filter(
        ([, { by }]) => by !== undefined,
      );
      expect(Object.keys(document.channels[topic]?.messages ?? {})).toEqual(published.map(([type]) => type));
      for (const [type, { by, version, data }] of published) {
        const { headers, payload } = document.components.messages[type];
        expect(payload).toEqual(JSON.parse(JSON.stringify(data)));
        expect(headers.allOf[1].properties).toMatchObject({
          ce_source: { const: `/onsale/${by}` },
          ce_dataschema: { const: `/schemas/${type}/${version}` },
        });
      }
    }
  });

  it('changes with the version of the program', () => {
    expect(asyncApiDocument('9.9.9')).toMatchObject({ info: { version: '9.9.9' } });
  });
});
