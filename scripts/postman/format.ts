/** The part of Postman's collection format 2.1 that we write. */
export type Script = { listen: 'prerequest' | 'test'; script: { type: 'text/javascript'; exec: string[] } };
export type Auth = { type: 'noauth' } | { type: 'bearer'; bearer: { key: 'token'; value: string; type: 'string' }[] };
export type Field = { key: string; value: string; disabled?: boolean; description?: string };
export type Request = {
  method: string;
  description?: string;
  auth?: Auth;
  header: Field[];
  url: { raw: string; host: string[]; path: string[]; query: Field[] };
  body?: { mode: 'raw'; raw: string };
};
export type Item = { name: string; event: Script[]; request: Request };
export type Folder = { name: string; description: string; item: Item[] };
export type Collection = {
  info: { _postman_id: string; name: string; description: string; schema: string };
  auth: Auth;
  variable: Field[];
  item: Folder[];
};
export type Environment = {
  id: string;
  name: string;
  values: (Field & { enabled: boolean })[];
  _postman_variable_scope: 'environment';
};

export type RequestParts = {
  method: string;
  path: string;
  query?: Field[];
  headers?: Record<string, string>;
  body?: string;
  auth?: Auth;
  description?: string;
};

export function requestOf({ method, path, query = [], headers = {}, body, auth, description }: RequestParts): Request {
  const used = query.filter(({ disabled }) => disabled !== true).map(({ key, value }) => `${key}=${value}`);
  const sent = body === undefined ? headers : { 'Content-Type': 'application/json', ...headers };
  return {
    method: method.toUpperCase(),
    ...(description === undefined ? {} : { description }),
    ...(auth === undefined ? {} : { auth }),
    header: Object.entries(sent).map(([key, value]) => ({ key, value })),
    url: {
      raw: `{{baseUrl}}${path}${used.length === 0 ? '' : `?${used.join('&')}`}`,
      host: ['{{baseUrl}}'],
      path: path.split('/').slice(1),
      query,
    },
    ...(body === undefined ? {} : { body: { mode: 'raw', raw: body } }),
  };
}

export function bearer(token: string): Auth {
  return { type: 'bearer', bearer: [{ key: 'token', value: token, type: 'string' }] };
}

export function script(listen: Script['listen'], ...exec: string[]): Script {
  return { listen, script: { type: 'text/javascript', exec } };
}
