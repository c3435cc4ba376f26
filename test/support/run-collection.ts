import { randomUUID } from 'node:crypto';
import { runInNewContext } from 'node:vm';
import { chai } from 'vitest';
import type { Collection, Item, Request } from '../../scripts/postman/format.ts';

export type TestOutcome = { folder: string; request: string; test: string; error: string | null };

/**
 * Sends the requests of a Postman collection one after the other and runs their scripts with the part of `pm` that our collection
 * uses. Why not newman: docs/adr/0013-postman-collection-without-newman.md.
 */
export async function runCollection(collection: Collection, environment: Record<string, string>): Promise<TestOutcome[]> {
  const variables = new Map(collection.variable.map(({ key, value }): [string, unknown] => [key, value]));
  for (const [key, value] of Object.entries(environment)) variables.set(key, value);
  const outcomes: TestOutcome[] = [];
  for (const { name: folder, item: items } of collection.item) {
    for (const item of items) {
      const note = (test: string, error: string | null): void =>
        void outcomes.push({ folder, request: `${item.name} (${item.request.method})`, test, error });
      runScripts(item, 'prerequest', { collectionVariables: variables });
      const response = await send(collection, item.request, variables);
      runScripts(item, 'test', {
        collectionVariables: variables,
        expect: chai.expect,
        response: { code: response.code, text: () => response.text, json: () => JSON.parse(response.text) },
        test: (name: string, check: () => void) => {
          try {
            check();
            note(name, null);
          } catch (error) {
            note(name, String(error));
          }
        },
      });
    }
  }
  return outcomes;
}

function runScripts(item: Item, listen: 'prerequest' | 'test', pm: object): void {
  for (const { script } of item.event.filter((event) => event.listen === listen)) {
    runInNewContext(script.exec.join('\n'), { pm }, { timeout: 5_000 });
  }
}

async function send(
  collection: Collection,
  { method, url, header, body, auth = collection.auth }: Request,
  variables: ReadonlyMap<string, unknown>,
): Promise<{ code: number; text: string }> {
  const filled = (text: string): string =>
    text.replaceAll(/\{\{(\$?\w+)\}\}/g, (_, name: string) => {
      if (name === '$guid') return randomUUID();
      if (!variables.has(name)) throw new Error(`The collection knows no variable ${name}`);
      return String(variables.get(name));
    });
  const headers = new Headers(header.map(({ key, value }): [string, string] => [key, filled(value)]));
  if (auth.type === 'bearer') headers.set('authorization', `Bearer ${filled(auth.bearer[0]?.value ?? '')}`);
  const answer = await fetch(filled(url.raw), { method, headers, ...(body === undefined ? {} : { body: filled(body.raw) }) });
  // A stream has no end to wait for.
  if (answer.headers.get('content-type')?.startsWith('text/event-stream') === true) {
    await answer.body?.cancel();
    return { code: answer.status, text: '' };
  }
  return { code: answer.status, text: await answer.text() };
}
