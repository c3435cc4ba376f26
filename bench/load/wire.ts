/** Where a server listens. */
export type Address = { host: string; port: number };

/** A whole request as it goes over the wire. Text is sent as Latin-1, so it holds ASCII only. */
export type WireRequest = string | Buffer;

export type RequestParts = {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** With its query. */
  path: string;
  /** Access token. */
  token?: string;
  /** Names in lower case. */
  headers?: Readonly<Record<string, string>>;
  /** JSON, as text. */
  body?: string;
};

export function addressOf(url: string): Address {
  const { hostname, port } = new URL(url);
  return { host: hostname, port: Number(port === '' ? 80 : port) };
}

/** Builds a request. What is the same in many requests is best built once and kept. */
export function wireRequest({ method = 'GET', path, token, headers = {}, body }: RequestParts, host = 'localhost'): WireRequest {
  let head = `${method} ${path} HTTP/1.1\r\nhost: ${host}\r\n`;
  if (token !== undefined) head += `authorization: Bearer ${token}\r\n`;
  for (const name of Object.keys(headers)) head += `${name}: ${headers[name]}\r\n`;
  if (body === undefined) return `${head}\r\n`;
  const bytes = Buffer.byteLength(body);
  const text = `${head}content-type: application/json\r\ncontent-length: ${bytes}\r\n\r\n${body}`;
  return bytes === body.length ? text : Buffer.from(text);
}
