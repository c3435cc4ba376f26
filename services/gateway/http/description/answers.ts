const MEANINGS: Record<string, string> = { 200: 'Done', 201: 'Made', 202: 'Begun; how it ends is not known yet' };

/** The `response` member of a route's schema as the API's description has it: in words. */
export function describedAnswers(response: unknown): Record<string, unknown> {
  const own: [string, unknown][] =
    typeof response === 'object' && response !== null ? Object.entries(response) : [['200', { type: 'object' }]];
  const said = own.map(([status, schema]): [string, object] => {
    const words = { 'x-response-description': MEANINGS[status] ?? 'Done' };
    return [status, typeof schema === 'object' ? { ...words, ...schema } : words];
  });
  return Object.fromEntries(said);
}
