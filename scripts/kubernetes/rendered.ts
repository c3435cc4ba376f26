import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** Every file of a chart, by its path in it. */
export type ChartFiles = Readonly<Record<string, string>>;

export function readChart(folder: string): ChartFiles {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = entries.map((entry) => join(entry.parentPath, entry.name)).toSorted();
  return Object.fromEntries(paths.map((path) => [relative(folder, path).replaceAll('\\', '/'), readFileSync(path, 'utf8')]));
}

/**
 * The file of plain manifests. It says of which chart it was made and what it was when it was made, so that a change of either is
 * noticed without Helm.
 */
export function manifestFile(rendered: string, chart: ChartFiles): string {
  const body = rendered.replaceAll('managed-by: Helm', 'managed-by: kubectl').trimStart();
  return [
    '# Rendered from deploy/helm/onsale with its own values. Change the chart, then: node scripts/kubernetes.ts',
    `# chart ${chartDigest(chart)}`,
    `# manifests ${digest(body)}`,
    body,
  ].join('\n');
}

/** What is wrong with a file of manifests; nothing when it is what the chart gives. */
export function driftOf(file: string, chart: ChartFiles): string[] {
  const [, madeOf, made, body = ''] = /^#.*\n# chart (\w+)\n# manifests (\w+)\n([^]*)$/.exec(file.replaceAll('\r\n', '\n')) ?? [];
  return [
    ...(madeOf === chartDigest(chart) ? [] : ['the chart was changed afterwards: node scripts/kubernetes.ts']),
    ...(made === digest(body) ? [] : ['it was changed by hand: change the chart instead']),
  ];
}

function chartDigest(chart: ChartFiles): string {
  return digest(
    Object.entries(chart)
      .map(([path, text]) => `${path}\n${text}`)
      .join('\n'),
  );
}

function digest(text: string): string {
  return createHash('sha256').update(text.replaceAll('\r\n', '\n')).digest('hex');
}
