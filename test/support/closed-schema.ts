/** The schema with every object closed: what it does not name is not sent. */
export function noUnknownMembers(schema: any): any {
  if (Array.isArray(schema)) return schema.map(noUnknownMembers);
  if (typeof schema !== 'object' || schema === null) return schema;
  const inner = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, noUnknownMembers(value)]));
  return schema.type === 'object' && schema.patternProperties === undefined ? { additionalProperties: false, ...inner } : inner;
}
