import { describeSettings, type Environment } from '../platform/config/settings.ts';
import type { Print } from './banner.ts';

/** `onsale config`: one block per setting. @returns 1 when a value is wrong */
export async function showConfig(environment: Environment, print: Print): Promise<number> {
  const settings = describeSettings(environment);
  for (const { name, meaning, default: fallback, value, source, problem } of settings) {
    const current = source === 'default' ? value : `${value}   (default: ${fallback})`;
    print([`${name} = ${current}`, `    ${meaning}`, ...(problem === null ? [] : [`    WRONG: ${problem}`])]);
  }
  return settings.some(({ problem }) => problem !== null) ? 1 : 0;
}
