import type { Socket } from 'node:net';
import { ERRORS, type ErrorCode } from '../../contracts/errors.ts';
import { newTraceparent, traceIdOf } from '../telemetry/traceparent.ts';
import { ApiError } from './api-error.ts';
import { PROBLEM_TYPE, problemOf } from './problem.ts';

const KNOWN: Record<string, { status: string; error: ApiError }> = {
  HPE_HEADER_OVERFLOW: {
    status: '431 Request Header Fields Too Large',
    error: new ApiError('VALIDATION_FAILED', 'The headers are larger than 16 kB together.'),
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: '408 Request Timeout',
    error: new ApiError('VALIDATION_FAILED', 'The request did not arrive within the time limit.'),
  },
};
const UNREADABLE = {
  status: '400 Bad Request',
  error: new ApiError('VALIDATION_FAILED', 'This is not an HTTP request that can be read.'),
};

/** Answers what Node could not read as a request at all, in the form of every other error. */
export function answerUnreadableRequest(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) {
    socket.destroy();
    return;
  }
  const { status, error: apiError } = KNOWN[error.code ?? ''] ?? UNREADABLE;
  const code: ErrorCode = apiError.code;
  const problem = {
    ...problemOf(apiError, traceIdOf(newTraceparent())),
    status: Number.parseInt(status, 10),
    title: ERRORS[code].title,
  };
  const body = JSON.stringify(problem);
  socket.end(
    `HTTP/1.1 ${status}\r\nContent-Type: ${PROBLEM_TYPE}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}
