import { Ajv, type Options, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import type { FastifySchemaCompiler } from 'fastify';
import type { TSchema } from 'typebox';
import { ApiError } from './api-error.ts';
import { fieldErrors } from './validation-messages.ts';

const COMMON: Options = {
  removeAdditional: false,
  useDefaults: true,
  strictSchema: true,
  strictTypes: false,
  strictTuples: false,
  strictRequired: false,
  verbose: true,
  keywords: ['example'],
};

/** Beyond this many values a body is told its first fault only: finding all faults of a large one is work for free. */
const MAX_VALUES_FOR_ALL_ERRORS = 2_000;

type Compiler = 'body' | 'bodyAll' | 'text' | 'textAll';

const OPTIONS: Record<Compiler, Options> = {
  body: {},
  bodyAll: { allErrors: true },
  text: { coerceTypes: true },
  textAll: { coerceTypes: true, allErrors: true },
};

/** Made when first needed and shared by all servers of the process: each takes milliseconds to make. */
const compilers = new Map<Compiler, Ajv>();

function compilerOf(name: Compiler): Ajv {
  const compiler = compilers.get(name) ?? createCompiler(OPTIONS[name]);
  compilers.set(name, compiler);
  return compiler;
}

/**
 * Compiles route schemas. Query and path values are text and are turned into what the schema says; a body means what it says.
 * A request is judged by a validator that stops at the first fault; only a small one with a fault is read again for all of them.
 */
export const compileSchema: FastifySchemaCompiler<TSchema> = ({ schema, httpPart = 'body' }) => {
  const kind = httpPart === 'body' ? 'body' : 'text';
  const validate = compilerOf(kind).compile(schema);
  let explain: ValidateFunction | undefined;
  return (data: unknown) => {
    if (validate(data)) {
      const endless = kind === 'text' ? endlessNumber(data) : undefined;
      return endless === undefined || { error: validationFailed([{ path: endless, message: 'is too large a number' }]) };
    }
    let errors = validate.errors ?? [];
    if (isSmall(data)) {
      explain ??= compilerOf(`${kind}All`).compile(schema);
      if (!explain(data)) errors = explain.errors ?? errors;
    }
    return { error: validationFailed(fieldErrors(errors, httpPart)) };
  };
};

/** Ajv turns `1e999` into Infinity and then holds no limit against it. @returns where, or undefined */
function endlessNumber(values: unknown): string | undefined {
  if (typeof values !== 'object' || values === null) return undefined;
  const found = Object.entries(values).find(([, value]) => value === Infinity || value === -Infinity);
  return found === undefined ? undefined : `query.${found[0]}`;
}

export function validationFailed(errors: { path: string; message: string; hint?: string }[]): ApiError {
  const [first] = errors;
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more, see errors)` : '';
  const hint = first?.hint === undefined ? '' : `; did you mean ${first.hint}?`;
  const detail = first === undefined ? 'The request is not valid.' : `${first.path} ${first.message}${hint}${more}`;
  return new ApiError('VALIDATION_FAILED', detail, { errors });
}

function createCompiler(options: Options): Ajv {
  const instance = new Ajv({ ...COMMON, ...options });
  addFormats.default(instance);
  return instance;
}

function isSmall(data: unknown): boolean {
  let count = 0;
  const open: unknown[] = [data];
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value !== 'object' || value === null) continue;
    for (const child of Object.values(value)) {
      count += 1;
      if (count > MAX_VALUES_FOR_ALL_ERRORS) return false;
      open.push(child);
    }
  }
  return true;
}
