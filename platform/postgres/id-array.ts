/**
 * Ids, or other words without quotes, commas, braces and blanks, as a PostgreSQL array. The driver would look at each character of
 * each for something to escape.
 */
export function idArray(ids: readonly string[]): string {
  return `{${ids.join(',')}}`;
}
