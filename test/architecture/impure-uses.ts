import ts from 'typescript';

/** Globals that read the world or change it. */
const IMPURE_GLOBALS = new Set([
  'process',
  'console',
  'fetch',
  'crypto',
  'performance',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'globalThis',
]);
const IMPURE_MEMBERS = new Set(['Date.now', 'Math.random', 'Temporal.Now']);

/** What in a source makes it depend on anything but its arguments, each as `line: use`. Imports are the boundaries' business. */
export function impureUses(source: string): string[] {
  const file = ts.createSourceFile('source.ts', source, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const use = impureUse(node);
    if (use !== null) found.push(`${file.getLineAndCharacterOfPosition(node.getStart()).line + 1}: ${use}`);
    node.forEachChild(visit);
  };
  visit(file);
  return found;
}

function impureUse(node: ts.Node): string | null {
  if (ts.isNewExpression(node)) return node.expression.getText() === 'Date' && !node.arguments?.length ? 'new Date()' : null;
  if (ts.isCallExpression(node) && node.expression.getText() === 'Date') return 'Date()';
  if (ts.isPropertyAccessExpression(node)) return IMPURE_MEMBERS.has(node.getText()) ? node.getText() : null;
  if (ts.isIdentifier(node) && IMPURE_GLOBALS.has(node.text) && isReference(node)) return node.text;
  return null;
}

/** Whether an identifier stands for a variable, rather than naming a member, a key, a parameter or a type's field. */
function isReference(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isPropertyAssignment(parent)) return parent.initializer === node;
  if (ts.isBinaryExpression(parent) || ts.isShorthandPropertyAssignment(parent)) return true;
  return !('name' in parent && parent.name === node);
}
