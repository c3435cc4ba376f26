import { collectionOf, environment, type Description } from './collection.ts';

/** What is in `docs/postman/`, by file name. */
export function postmanFiles(description: Description): Record<string, string> {
  const text = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
  return {
    'onsale.postman_collection.json': text(collectionOf(description)),
    'onsale.postman_environment.json': text(environment()),
  };
}
