/** "1 seat", "2 seats". */
export function count(n: number, one: string, many: string): string {
  return `${new Intl.NumberFormat('en').format(n)} ${n === 1 ? one : many}`;
}

/** "A-14, A-15 and A-16", shortened after `limit`: "A-14, A-15 and 3 more". */
export function list(items: string[], limit = 4): string {
  if (items.length > limit + 1) return `${items.slice(0, limit).join(', ')} and ${items.length - limit} more`;
  if (items.length < 2) return items.join('');
  return `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}
