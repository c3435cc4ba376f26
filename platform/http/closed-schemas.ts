import type { FastifySchema, RouteOptions } from 'fastify';

type JsonSchema = { readonly [keyword: string]: unknown };

const NO_PARAMETERS = { type: 'object', properties: {}, additionalProperties: false };

/**
 * Closes what a route takes: objects in body and query that do not say otherwise refuse unknown names, and a route that names no
 * query parameters takes none. So a misspelt field is an answer to the client, never a value silently lost.
 */
export function closeRouteSchemas(route: RouteOptions): void {
  const schema: FastifySchema = { ...route.schema };
  schema.querystring = schema.querystring === undefined ? NO_PARAMETERS : closed(schema.querystring);
  if (schema.body !== undefined) schema.body = closedBody(schema.body);
  route.schema = schema;
}

/** A body may have a schema for each content type. */
function closedBody(body: unknown): unknown {
  if (!isSchema(body) || !isSchema(body['content'])) return closed(body);
  const content: Record<string, unknown> = {};
  for (const [type, kind] of Object.entries(body['content'])) {
    content[type] = isSchema(kind) ? { ...kind, schema: closed(kind['schema']) } : kind;
  }
  return { ...body, content };
}

function closed(schema: unknown): unknown {
  if (!isSchema(schema)) return schema;
  const result: Record<string, unknown> = { ...schema };
  if (isSchema(schema['properties'])) {
    result['properties'] = Object.fromEntries(Object.entries(schema['properties']).map(([name, inner]) => [name, closed(inner)]));
    result['additionalProperties'] ??= false;
  }
  for (const keyword of ['items', 'additionalProperties']) {
    if (isSchema(result[keyword])) result[keyword] = closed(result[keyword]);
  }
  for (const keyword of ['anyOf', 'oneOf']) {
    const branches = schema[keyword];
    if (Array.isArray(branches)) result[keyword] = branches.map(closed);
  }
  return result;
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
