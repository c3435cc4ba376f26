import type { ErrorObject } from 'ajv';
import type { Problem } from '../../contracts/errors.ts';
import { nearestName } from './nearest-name.ts';

type FieldError = NonNullable<Problem['errors']>[number];

/** More than this helps nobody to mend a request. */
const MAX_ERRORS = 20;

/** Where a value was, for people: `$.sections[0].kind` in the body, `query.limit`, `path.id`, `header.name`. */
const ROOTS: Record<string, string> = { body: '$', querystring: 'query', params: 'path', headers: 'header' };

/** Ajv's errors as the `errors` member of a problem document. Never contains a value that was sent. */
export function fieldErrors(errors: readonly ErrorObject[], httpPart: string): FieldError[] {
  const root = ROOTS[httpPart] ?? '$';
  const told = collapseUnions(errors).map((error) => fieldError(error, root));
  const seen = new Set<string>();
  return told.filter(({ path, message }) => !seen.has(path + message) && seen.add(path + message)).slice(0, MAX_ERRORS);
}

function fieldError(error: ErrorObject, root: string): FieldError {
  const path = root + dotted(error.instancePath);
  if (error.keyword === 'additionalProperties') return unknownField(path, String(error.params['additionalProperty']), error);
  if (error.keyword === 'required') return { path: `${path}.${String(error.params['missingProperty'])}`, message: 'is required' };
  if (error.keyword === 'enum' && Array.isArray(error.params['allowedValues'])) {
    return { path, message: `must be one of: ${error.params['allowedValues'].join(', ')}` };
  }
  if (error.keyword === 'type' && error.data === null && error.instancePath === '')
    return { path, message: 'a JSON body is required' };
  return { path, message: error.message ?? 'is not valid' };
}

function unknownField(path: string, name: string, error: ErrorObject): FieldError {
  const properties: unknown = error.parentSchema?.['properties'];
  const known = typeof properties === 'object' && properties !== null ? Object.keys(properties) : [];
  const near = nearestName(name, known);
  const shown = name.slice(0, 64);
  const message = path === 'query' ? 'is not a known query parameter' : 'is not a known field';
  return near === undefined ? { path: `${path}.${shown}`, message } : { path: `${path}.${shown}`, message, hint: near };
}

/** `/sections/0/kind` → `.sections[0].kind` */
function dotted(pointer: string): string {
  const steps = pointer.split('/').slice(1);
  return steps
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((step) => (/^\d+$/.test(step) ? `[${step}]` : `.${step}`))
    .join('');
}

/** A union reports every branch that did not match; people want one sentence per place. */
function collapseUnions(errors: readonly ErrorObject[]): ErrorObject[] {
  const unions = errors.filter((error) => error.keyword === 'anyOf');
  let left = [...errors];
  for (const union of unions) {
    const ofUnion = (error: ErrorObject) => error.schemaPath.startsWith(`${union.schemaPath}/`);
    const here = left.filter((error) => ofUnion(error) && error.instancePath === union.instancePath);
    const deeper = left.some((error) => ofUnion(error) && error.instancePath !== union.instancePath);
    const inside = here.some((error) => error.keyword === 'additionalProperties' || error.keyword === 'required');
    if (deeper || inside) {
      left = left.filter((error) => error !== union);
      continue;
    }
    const message = unionMessage(union, here);
    left = left.filter((error) => !here.includes(error)).map((error) => (error === union ? { ...union, message } : error));
  }
  return left;
}

function unionMessage(union: ErrorObject, branches: readonly ErrorObject[]): string {
  const constants = branches.filter((error) => error.keyword === 'const').map((error) => String(error.params['allowedValue']));
  if (constants.length > 0 && constants.length === branches.length) return `must be one of: ${constants.join(', ')}`;
  const messages = [...new Set(branches.map((error) => error.message ?? ''))].filter((message) => message !== '');
  return messages.length === 0 ? (union.message ?? 'is not valid') : messages.join(' or ');
}
