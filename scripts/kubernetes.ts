// Renders deploy/kubernetes/onsale.yaml from the chart in deploy/helm/onsale, for those who use kubectl alone. Needs `helm`, version 3,
// on the PATH: go install helm.sh/helm/v3/cmd/helm@latest brings one.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { manifestFile, readChart } from './kubernetes/rendered.ts';

const CHART = fileURLToPath(new URL('../deploy/helm/onsale', import.meta.url));
const MANIFESTS = fileURLToPath(new URL('../deploy/kubernetes/onsale.yaml', import.meta.url));
/** Of the cluster that it is rendered for; the chart asks for 1.29 or later. */
const KUBERNETES = '1.33.0';

try {
  execFileSync('helm', ['lint', '--strict', '--quiet', CHART], { stdio: 'inherit' });
  const options = ['--namespace', 'onsale', '--kube-version', KUBERNETES];
  const rendered = execFileSync('helm', ['template', 'onsale', CHART, ...options], { encoding: 'utf8' });
  writeFileSync(MANIFESTS, manifestFile(rendered, readChart(CHART)));
  console.log('Wrote deploy/kubernetes/onsale.yaml.');
} catch (error) {
  const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
  console.error(missing ? 'Needs helm, version 3, on the PATH: go install helm.sh/helm/v3/cmd/helm@latest' : error);
  process.exitCode = 1;
}
