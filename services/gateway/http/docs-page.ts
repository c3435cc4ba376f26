import { ERRORS } from '../../../contracts/errors.ts';
import type { Answer, OpenApi, Operation, Schema } from './description/document.ts';

export const DOCS_STYLE = `
:root { color-scheme: light dark; --ink: #16130f; --faded: #6b645a; --paper: #f7f4ee; --raised: #fffdf8; --rule: #ddd6c9; --accent: #b32d18 }
@media (prefers-color-scheme: dark) { :root { --ink: #ede8de; --faded: #9a958b; --paper: #0e1116; --raised: #171b22; --rule: #2a303a; --accent: #ff6b52 } }
body { margin: 0 auto; padding: 2rem 1rem 6rem; max-width: 60rem; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif }
h1 { font-size: 28px } h2 { font-size: 20px; margin-top: 3rem } code, pre { font: 14px/1.5 ui-monospace, monospace }
nav a { margin-right: 1rem } a { color: inherit } p { max-width: 70ch }
details { background: var(--raised); border: 1px solid var(--rule); border-radius: 6px; margin: .5rem 0; padding: .5rem .75rem }
summary { cursor: pointer } summary b { color: var(--accent); display: inline-block; min-width: 4.5rem }
pre { overflow-x: auto; white-space: pre-wrap } table { border-collapse: collapse; width: 100% }
td, th { border-bottom: 1px solid var(--rule); padding: .25rem .75rem .25rem 0; text-align: left; vertical-align: top }
tr:target td { color: var(--accent) } .faded { color: var(--faded) }
`;

/** A page that shows what the API takes and answers, made from its OpenAPI document. No script, nothing from elsewhere. */
export function docsPage({ info, paths = {} }: OpenApi): string {
  const byTag = new Map<string, string[]>();
  for (const [path, operations] of Object.entries(paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      const tag = operation.tags?.[0] ?? 'other';
      byTag.set(tag, [...(byTag.get(tag) ?? []), operationHtml(method, path, operation)]);
    }
  }
  const tags = [...byTag.keys()];
  const links = tags.map((tag) => `<a href="#${escape(tag)}">${escape(tag)}</a>`).join('');
  const sections = tags.map((tag) => `<h2 id="${escape(tag)}">${escape(tag)}</h2>${byTag.get(tag)?.join('') ?? ''}`).join('');
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escape(info.title)} API</title><link rel="icon" href="/favicon.svg"><link rel="stylesheet" href="/docs.css"></head><body>
<h1>${escape(info.title)} API <span class="faded">${escape(info.version)}</span></h1><p>${escape(info.description ?? '')}
For programs: <a href="/openapi.json">/openapi.json</a> (OpenAPI 3.1), <a href="/asyncapi.json">/asyncapi.json</a> (domain events, AsyncAPI 3.0).</p>
<nav>${links}<a href="#errors">errors</a></nav>${sections}${errorsHtml()}</body></html>`;
}

function operationHtml(method: string, path: string, operation: Operation): string {
  const { parameters = [], requestBody, responses = {} } = operation;
  const { schema: body, example } = Object.values(requestBody?.content ?? {})[0] ?? {};
  const rows = parameters.map(
    (parameter) =>
      `<tr><td><code>${escape(parameter.name)}</code></td><td class="faded">${escape(parameter.in)}${parameter.required === true ? ', required' : ''}</td><td><code>${escape(typeText(parameter.schema ?? {}, ''))}</code></td></tr>`,
  );
  const answers = Object.entries(responses).map(([status, answer]) => answerHtml(status, answer));
  const said = [operation.summary, operation.description]
    .filter((text) => text !== undefined)
    .map((text) => `<p>${escape(text)}</p>`);
  return `<details><summary><b>${escape(method.toUpperCase())}</b> <code>${escape(path)}</code> <span class="faded">${escape(operation.summary ?? '')}</span></summary>
${said.join('')}${rows.length > 0 ? `<table>${rows.join('')}</table>` : ''}${body === undefined ? '' : `<p>Body</p><pre>${escape(typeText(body, ''))}</pre>${exampleHtml(example)}`}${answers.join('')}</details>`;
}

function answerHtml(status: string, { description = '', content = {} }: Answer): string {
  if (status === 'default') return '';
  if (Number(status) >= 400) return `<p class="faded">${escape(status)} ${errorLinks(description)}</p>`;
  const { schema, example } = Object.values(content)[0] ?? {};
  const shape = schema === undefined ? '' : `<pre>${escape(typeText(schema, ''))}</pre>`;
  return `<p>${escape(status)}</p>${shape}${exampleHtml(example)}`;
}

/** `CODE: title; CODE: title`, each code leading to its row in the table of errors. */
function errorLinks(description: string): string {
  return escape(description).replaceAll(/\b([A-Z][A-Z_]+):/g, '<a href="#$1">$1</a>:');
}

function exampleHtml(example: unknown): string {
  return example === undefined ? '' : `<p class="faded">For example</p><pre>${escape(JSON.stringify(example, null, 2))}</pre>`;
}

const MAX_DEPTH = 12;

/** A schema in the way one would write it as a TypeScript type. */
function typeText(schema: Schema, indent: string): string {
  if (indent.length > MAX_DEPTH * 2) return '…';
  const { type, properties, items, anyOf, oneOf, enum: values } = schema;
  if ('const' in schema) return JSON.stringify(schema['const']);
  if (Array.isArray(values)) return values.map((value) => JSON.stringify(value)).join(' | ');
  const branches = Array.isArray(anyOf) ? anyOf : oneOf;
  if (Array.isArray(branches)) return branches.map((branch) => typeText(asSchema(branch), indent)).join(' | ');
  if (type === 'array') return `${typeText(asSchema(items), indent)}[]`;
  if (type !== 'object' || typeof properties !== 'object' || properties === null) return typeName(type) + limits(schema);
  const required = Array.isArray(schema['required']) ? schema['required'] : [];
  const lines = Object.entries(properties).map(([name, inner]) => {
    const description = asSchema(inner)['description'];
    const note = typeof description === 'string' ? `  // ${description}` : '';
    return `${indent}  ${name}${required.includes(name) ? '' : '?'}: ${typeText(asSchema(inner), `${indent}  `)}${note}`;
  });
  return `{\n${lines.join('\n')}\n${indent}}`;
}

function typeName(type: unknown): string {
  return typeof type === 'string' ? type : 'any';
}

function limits(schema: Schema): string {
  const said = ['format', 'minimum', 'maximum', 'minLength', 'maxLength']
    .filter((name) => name in schema)
    .map((name) => `${name} ${String(schema[name])}`);
  return said.length === 0 ? '' : ` (${said.join(', ')})`;
}

function errorsHtml(): string {
  const rows = Object.entries(ERRORS).map(
    ([code, { status, title, when, whatToDo }]) =>
      `<tr id="${code}"><td><code>${code}</code></td><td>${status}</td><td>${escape(title)}<br><span class="faded">${marked(when)} ${marked(whatToDo)}</span></td></tr>`,
  );
  return `<h2 id="errors">errors</h2><p>Every error is a problem document (RFC 9457) with one of these codes, a trace id, and what to do.</p><table>${rows.join('')}</table>`;
}

/** Of Markdown these texts have `code` only. */
function marked(text: string): string {
  return escape(text).replaceAll(/`([^`]+)`/g, '<code>$1</code>');
}

function asSchema(value: unknown): Schema {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
