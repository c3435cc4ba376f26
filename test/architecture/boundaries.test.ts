import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import extractDepcruiseConfig from 'dependency-cruiser/config-utl/extract-depcruise-config';
import { describe, expect, it } from 'vitest';
import { ROOT } from './sources.ts';

const config = await extractDepcruiseConfig(join(ROOT, '.dependency-cruiser.mjs'));
const FIXTURES = join(import.meta.dirname, 'fixtures');
const PLACES = ['bin', 'contracts', 'platform', 'services', 'web', 'verify', 'demo', 'bench', 'test', 'scripts'];
const RULES = (config.forbidden ?? []).map((rule) => rule.name ?? 'a rule without a name');

/** Which rules a tree breaks, each as `rule: from → to`. */
async function violations(baseDir: string): Promise<{ rule: string; text: string }[]> {
  const places = PLACES.filter((place) => existsSync(join(baseDir, place)));
  const { output } = await cruise(places, {
    ...config.options,
    baseDir,
    validate: true,
    ruleSet: { forbidden: config.forbidden ?? [] },
  });
  const { violations: found } = (output as ICruiseResult).summary;
  return found.map(({ rule, from, to }) => ({ rule: rule.name, text: `${rule.name}: ${from} → ${to}` }));
}

describe('boundaries', () => {
  it('hold in the whole tree', { timeout: 120_000 }, async () => {
    expect((await violations(ROOT)).map(({ text }) => text)).toEqual([]);
  });

  it('have one fixture per rule, and no other', () => {
    expect(readdirSync(FIXTURES).toSorted()).toEqual(RULES.toSorted());
  });

  it.each(RULES)('%s can be broken, and is then reported alone', async (rule) => {
    const broken = await violations(join(FIXTURES, rule));
    expect(new Set(broken.map((violation) => violation.rule))).toEqual(new Set([rule]));
  });
});
