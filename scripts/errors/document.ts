import { format } from 'prettier';
import type { ErrorGroup } from '../../contracts/errors.ts';

const INTRODUCTION = `# Errors

Made from \`contracts/errors.ts\` by \`node scripts/errors-doc.ts\`; a test fails when the two differ. Do not edit it by hand.

An error answers with \`application/problem+json\` ([RFC 9457](https://www.rfc-editor.org/rfc/rfc9457)): \`type\`, \`title\`, \`status\`,
\`detail\`, \`code\`, \`traceId\`, and for some codes more members, named below. Decide by \`code\`: its meaning stays. \`detail\` is for
people and may be worded better tomorrow. \`traceId\` finds the request in the logs.

Answers with status 429 and 503 carry \`Retry-After\` in seconds. Wait that long, and a little at random, before trying again. Repeat
a POST only with the \`Idempotency-Key\` of the first attempt: then nothing is done twice.`;

/** `docs/errors.md`, formatted as everything else here. */
export function errorsDocument(groups: readonly ErrorGroup[]): Promise<string> {
  const text = [INTRODUCTION, ...groups.map(section), ''].join('\n\n');
  return format(text, { parser: 'markdown', singleQuote: true, printWidth: 130 });
}

function section({ heading, note, errors }: ErrorGroup): string {
  const rows = Object.entries(errors).map(
    ([code, { status, when, whatToDo }]) => `| \`${code}\` | ${status} | ${cell(when)} | ${cell(whatToDo)} |`,
  );
  const table = ['| code | status | when | what to do |', '| --- | --- | --- | --- |', ...rows].join('\n');
  return [`## ${heading}`, ...(note === undefined ? [] : [note]), table].join('\n\n');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
