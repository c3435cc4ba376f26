/**
 * Many JSON texts as one parameter, taken apart in SQL by `string_to_array($1, E'\x1E')`. JSON text has no raw control
 * characters, so nothing needs escaping; in an array parameter every quote would, on both sides.
 */
export function joinJsonTexts(texts: readonly string[]): string {
  return texts.join('\u001e');
}
