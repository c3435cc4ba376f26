// The health check of the image: ends with 0 when the process in this container may be sent requests.
const TIMEOUT_MS = 3_000;

try {
  const url = `http://127.0.0.1:${process.env.PORT || 8080}/health/ready`;
  const { status } = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  process.exitCode = status === 200 ? 0 : 1;
} catch {
  process.exitCode = 1;
}
