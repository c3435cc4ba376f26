/**
 * Shows one line while something takes its time, and how long it took. On the error stream: the other belongs to the command.
 *
 * @template T
 * @param {string} what
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withProgress(what, work) {
  const startedMs = Date.now();
  const seconds = () => ((Date.now() - startedMs) / 1000).toFixed(1);
  const line = `Onsale: ${what} …`;
  process.stderr.write(line);
  const ticking = process.stderr.isTTY ? setInterval(() => process.stderr.write(`\r${line} ${seconds()} s`), 1000) : undefined;
  try {
    const result = await work();
    process.stderr.write(`${process.stderr.isTTY ? `\r${line}` : ''} ${seconds()} s\n`);
    return result;
  } catch (error) {
    process.stderr.write(` failed after ${seconds()} s\n`);
    throw error;
  } finally {
    clearInterval(ticking);
  }
}
