import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { newTraceparent, traceIdOf } from '../telemetry/traceparent.ts';
import { ApiError } from './api-error.ts';
import { PROBLEM_TYPE, problemOf } from './problem.ts';

const KNOWN: Record<string, ApiError> = {
  HPE_HEADER_OVERFLOW: new ApiError(
    'HEADERS_TOO_LARGE',
    'The headers are larger than 16 kB together. Send fewer or shorter ones.',
  ),
  ERR_HTTP_REQUEST_TIMEOUT: new ApiError('REQUEST_TIMEOUT', 'The request did not arrive whole within 30 seconds. Send it again.'),
};
const UNREADABLE = new ApiError('VALIDATION_FAILED', 'This is not an HTTP request that can be read.');

/** Answers what Node could not read as a request at all, in the form of every other error. */
export function answerUnreadableRequest(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) {
    socket.destroy();
    return;
  }
  const apiError = KNOWN[error.code ?? ''] ?? UNREADABLE;
  const body = JSON.stringify(problemOf(apiError, traceIdOf(newTraceparent())));
  const statusLine = `${apiError.status} ${STATUS_CODES[apiError.status] ?? 'Error'}`;
  socket.end(
    `HTTP/1.1 ${statusLine}\r\nContent-Type: ${PROBLEM_TYPE}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}
