import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { collectionOf, type Description } from '../../scripts/postman/collection.ts';
import { postmanFiles } from '../../scripts/postman/files.ts';
import type { Collection } from '../../scripts/postman/format.ts';
import { runCollection } from '../support/run-collection.ts';
import { spawnSystem, type SpawnedSystem } from '../support/system.ts';

let system: SpawnedSystem;
beforeAll(async () => {
  system = await spawnSystem({ settings: { ONSALE_DEMO: 'true' } });
}, 90_000);
afterAll(() => system.remove());

const fileOf = (name: string): string => readFileSync(new URL(`../../docs/postman/${name}`, import.meta.url), 'utf8');

async function description(): Promise<Description> {
  const answer = await fetch(`${system.url}/openapi.json`);
  return (await answer.json()) as Description;
}

describe('the Postman collection', () => {
  it('is what the description of the API says; if not: node scripts/postman.ts', async () => {
    const files = postmanFiles(await description());
    for (const [name, text] of Object.entries(files)) expect(fileOf(name), name).toBe(text);
  });

  it('has every route', async () => {
    const described = await description();
    const requests = collectionOf(described)
      .item.slice(1)
      .flatMap(({ item }) => item);
    const routes = Object.values(described.paths).flatMap((methods) => Object.keys(methods));
    expect(requests).toHaveLength(routes.length);
  });

  it('passes against a fresh system: the tour, and then every request', async () => {
    const collection = JSON.parse(fileOf('onsale.postman_collection.json')) as Collection;
    const { values } = JSON.parse(fileOf('onsale.postman_environment.json'));
    const environment = Object.fromEntries(values.map(({ key, value }: { key: string; value: string }) => [key, value]));
    const outcomes = await runCollection(collection, { ...environment, baseUrl: system.url });
    expect(outcomes.filter(({ error }) => error !== null)).toEqual([]);
    const asked = new Set(outcomes.map(({ folder, request }) => `${folder} ${request}`));
    expect(asked.size).toBe(collection.item.reduce((count, { item }) => count + item.length, 0));
    expect(outcomes.filter(({ folder }) => folder === 'Tour').length).toBeGreaterThanOrEqual(20);
  }, 60_000);

  it('fails when an answer is not as a test says', async () => {
    const collection = collectionOf(await description());
    const [tour] = collection.item;
    const broken = structuredClone({ ...collection, item: tour === undefined ? [] : [{ ...tour, item: tour.item.slice(0, 1) }] });
    for (const { item } of broken.item) for (const { request } of item) request.url.raw = '{{baseUrl}}/v1/nowhere';
    const outcomes = await runCollection(broken, { baseUrl: system.url });
    expect(outcomes.map(({ error }) => error)).toEqual([expect.stringContaining('expected 404 to equal 201')]);
  });
});
