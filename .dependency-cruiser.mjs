/**
 * Who may import whom. `test/architecture/boundaries.test.ts` runs these rules on the tree, and on one small tree per rule that
 * must break exactly that rule.
 */
const TEST_FILES =
  '(\\.test\\.tsx?$|\\.fixture\\.ts$|(^|/)test-[^/]+\\.ts$|(^|/)race/|^(platform|services)/.*/testing/|(^|/)conformance\\.ts$|^test/)';
const DOMAIN = '^services/([^/]+)/domain/';

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'contracts-import-nothing-of-ours',
      comment: 'contracts/ is what everybody agrees on, so it depends on nobody.',
      severity: 'error',
      from: { path: '^contracts/', pathNot: TEST_FILES },
      to: { path: '^(bin|platform|services|web|verify|demo|bench|scripts)/' },
    },
    {
      name: 'platform-knows-no-service',
      comment: 'platform/ is the ground that services stand on; it must not know which ones.',
      severity: 'error',
      from: { path: '^platform/' },
      to: { path: '^(bin|services|web|verify|demo|bench|scripts)/' },
    },
    {
      name: 'services-do-not-know-each-other',
      comment: 'What a service needs of another comes by domain event, or through the service client.',
      severity: 'error',
      from: { path: '^services/([^/]+)/' },
      to: { path: '^services/', pathNot: '^services/$1/' },
    },
    {
      name: 'services-import-only-downwards',
      comment: 'A service stands on contracts/ and platform/; the program and the tools stand on it.',
      severity: 'error',
      from: { path: '^services/' },
      to: { path: '^(bin|web|verify|demo|bench|scripts)/' },
    },
    {
      name: 'only-service-ts-is-visible',
      comment: 'From outside, a service is its service.ts.',
      severity: 'error',
      from: { pathNot: '^services/' },
      to: { path: '^services/', pathNot: '^services/[^/]+/service\\.ts$' },
    },
    {
      name: 'domain-is-pure',
      comment: 'domain/ decides; it imports contracts and itself, so it can be tested without a clock, a network or a database.',
      severity: 'error',
      from: { path: DOMAIN, pathNot: TEST_FILES },
      to: { pathNot: ['^contracts/', '^services/$1/domain/', 'node_modules/typebox/'] },
    },
    {
      name: 'web-imports-contracts-only',
      comment: 'The page knows the server by its contracts.',
      severity: 'error',
      from: { path: '^web/' },
      to: { path: '^(bin|platform|services|verify|demo|bench|scripts)/' },
    },
    {
      name: 'tools-know-no-service',
      comment: 'verify/, demo/ and bench/ stand outside: they use contracts, platform and the public API.',
      severity: 'error',
      from: { path: '^(verify|demo|bench)/' },
      to: { path: '^(bin|services|web)/' },
    },
    {
      name: 'no-cycles',
      comment: 'Two files that import each other are one file, or need a third.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-orphans',
      comment: 'A file that nobody imports and that imports nobody does nothing.',
      severity: 'error',
      from: { orphan: true, pathNot: ['\\.test\\.ts$', '\\.d\\.ts$', '\\.config\\.ts$'] },
      to: {},
    },
    {
      name: 'product-imports-no-tests',
      comment: 'What runs at a user must not need the tests.',
      severity: 'error',
      from: { pathNot: TEST_FILES },
      to: { path: TEST_FILES },
    },
    {
      name: 'product-imports-no-dev-dependencies',
      comment: 'Development packages are not installed where the program runs.',
      severity: 'error',
      from: { path: '^(bin|bench|contracts|platform|services|verify|demo|web/src)/', pathNot: TEST_FILES },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'packages-are-declared',
      comment: 'A package that is only there because another brought it may be gone tomorrow.',
      severity: 'error',
      from: {},
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'imports-resolve',
      comment: 'Every import leads somewhere.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['/dist/', '^test/architecture/fixtures/'] },
    tsPreCompilationDeps: true,
    combinedDependencies: true,
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.css', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node', 'default'],
    },
  },
};
