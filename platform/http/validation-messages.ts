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
  if (error.keyword === 'const') return { path, message: `must be ${JSON.stringify(error.params['allowedValue'])}` };
  const form: unknown = error.keyword === 'pattern' ? error.parentSchema?.['description'] : undefined;
  if (typeof form === 'string') return { path, message: `is not of the form: ${form}` };
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
    const told = tellMeantBranch(union, left);
    if (told !== null) {
      left = told;
      continue;
    }
    const ofUnion = (error: ErrorObject) => branchOf(union, error) !== undefined;
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

/** The branch of a union that an error is of, at the union's place or below it; undefined when it is of none. */
function branchOf(union: ErrorObject, error: ErrorObject): string | undefined {
  const isThere = error.instancePath === union.instancePath || error.instancePath.startsWith(`${union.instancePath}/`);
  if (!isThere || !error.schemaPath.startsWith(`${union.schemaPath}/`)) return undefined;
  return error.schemaPath.slice(union.schemaPath.length + 1).split('/', 1)[0];
}

/**
 * Branches that a constant field tells apart, like `kind`: only the one that was meant is worth telling of, and when none was,
 * which there are. Null for a union without such a field.
 */
function tellMeantBranch(union: ErrorObject, errors: readonly ErrorObject[]): ErrorObject[] | null {
  const depth = union.instancePath.split('/').length + 1;
  const isKind = (error: ErrorObject) => error.keyword === 'const' && error.instancePath.split('/').length === depth;
  const kinds = errors.filter((error) => isKind(error) && branchOf(union, error) !== undefined);
  const [kind] = kinds;
  if (kind === undefined) return null;
  const others = new Set(kinds.map((error) => branchOf(union, error)));
  const meant = errors.filter((error) => branchOf(union, error) !== undefined && !others.has(branchOf(union, error)));
  const rest = errors.filter((error) => error !== union && branchOf(union, error) === undefined);
  if (meant.length > 0) return [...rest, ...meant];
  const known = kinds.map((error) => String(error.params['allowedValue'])).join(', ');
  return [...rest, { ...kind, keyword: 'anyOf', message: `must be one of: ${known}` }];
}

function unionMessage(union: ErrorObject, branches: readonly ErrorObject[]): string {
  const constants = branches.filter((error) => error.keyword === 'const').map((error) => String(error.params['allowedValue']));
  if (constants.length > 0 && constants.length === branches.length) return `must be one of: ${constants.join(', ')}`;
  const messages = [...new Set(branches.map((error) => error.message ?? ''))].filter((message) => message !== '');
  return messages.length === 0 ? (union.message ?? 'is not valid') : messages.join(' or ');
}
