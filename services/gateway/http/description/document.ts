export type Schema = { readonly [keyword: string]: unknown };
export type Parameter = {
  name: string;
  in: string;
  required?: boolean;
  schema?: Schema;
  description?: string;
  example?: unknown;
};
export type Media = { schema?: Schema; example?: unknown };
export type Answer = { description?: string; content?: Record<string, Media> };
export type Operation = {
  tags?: string[];
  summary?: string;
  description?: string;
  security?: Record<string, string[]>[];
  parameters?: Parameter[];
  requestBody?: { required?: boolean; content?: Record<string, Media> };
  responses?: Record<string, Answer>;
};

/** The part of an OpenAPI 3.1 document that we read and complete. */
export type OpenApi = {
  openapi: string;
  info: { title: string; version: string; description?: string };
  tags?: { name: string; description: string }[];
  paths?: Record<string, Record<string, Operation>>;
  components?: { schemas?: Record<string, Schema>; [kind: string]: unknown };
};
