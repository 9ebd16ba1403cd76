/**
 * Who may import whom: one named rule per layer. Every rule says what its layer may not reach, and
 * test/house/imports.spec.ts plants a violation of each one.
 */

const layers = {
  domain: '^libs/domain/',
  platform: '^libs/platform/',
  port: '^libs/providers/src/port/',
  kit: '^libs/providers/src/kit/',
  persistence: '^libs/persistence/',
  queues: '^libs/queues/',
  banking: '^libs/banking/',
};
/** Specs may also use what is in test/. */
const spec = '\\.spec\\.ts$';
/** Every file of ours. */
const ours = '^(apps|libs|test|scripts|bench)/';
/** A provider's folder: everything below providers/src that is a folder and neither port nor kit. */
const provider = '^libs/providers/src/(?!port/|kit/)([^/]+)/';

/** The layer may reach `allowed` and itself, and no other file of ours. */
const only = (name, from, allowed, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from, pathNot: spec },
  to: { path: ours, pathNot: [from, ...allowed] },
});

module.exports = {
  forbidden: [
    only('domain-imports-nothing', layers.domain, [], 'The domain is pure: whatever it needs is handed to it.'),
    {
      name: 'domain-is-pure',
      comment: 'No Node, no framework, no package but arithmetic.',
      severity: 'error',
      from: { path: layers.domain, pathNot: spec },
      to: {
        dependencyTypes: ['core', 'npm', 'npm-dev', 'npm-optional', 'npm-no-pkg'],
        pathNot: 'node_modules/big\\.js/',
      },
    },
    only('platform-imports-nothing-of-ours', layers.platform, [], 'Settings, logs and secrets know no business.'),
    only(
      'port-imports-domain-only',
      layers.port,
      [layers.domain],
      'The port says what a provider can be, in domain words.',
    ),
    only('kit-imports-port-and-domain-only', layers.kit, [layers.port, layers.domain], 'The kit knows no provider.'),
    {
      name: 'provider-imports-port-kit-domain-only',
      comment: 'A provider never knows another one, nor who uses it.',
      severity: 'error',
      from: { path: provider, pathNot: spec },
      to: { path: ours, pathNot: ['^libs/providers/src/$1/', layers.port, layers.kit, layers.domain] },
    },
    {
      name: 'provider-knows-no-framework',
      comment: 'A provider is a value: no decorators, no database, no queue.',
      severity: 'error',
      from: { path: '^libs/providers/src/[^/]+/' },
      to: { path: 'node_modules/(@nestjs|typeorm|bullmq|pg|ioredis)/' },
    },
    only(
      'providers-root-imports-providers-and-domain-only',
      '^libs/providers/src/[^/]+\\.ts$',
      ['^libs/providers/', layers.domain],
      'The catalogue and registry know providers, the port and the domain.',
    ),
    only(
      'persistence-imports-domain-and-platform-only',
      layers.persistence,
      [layers.domain, layers.platform],
      'How the domain is stored.',
    ),
    only(
      'queues-import-domain-and-platform-only',
      layers.queues,
      [layers.domain, layers.platform],
      'Names and payloads of jobs.',
    ),
    only(
      'banking-imports-what-is-below-it',
      layers.banking,
      [layers.domain, layers.platform, layers.persistence, layers.queues, '^libs/providers/src/index\\.ts$'],
      'The use cases see providers through their index.',
    ),
    only('api-imports-banking-and-below', '^apps/api/', ['^libs/', '^apps/'], 'HTTP only.'),
    only('worker-imports-banking-and-below', '^apps/worker/', ['^libs/', '^apps/'], 'Jobs only.'),
    only(
      'sandbox-imports-nothing-of-ours',
      '^apps/sandbox/',
      ['^apps/'],
      'It judges the adapters, so it must not share their mistakes.',
    ),
    only(
      'launcher-imports-what-it-starts-with',
      '^apps/launcher/',
      [layers.platform, layers.persistence, '^libs/(banking|providers)/src/index\\.ts$', '^apps/'],
      'It starts processes and talks to them over HTTP.',
    ),
    {
      name: 'libraries-through-their-index',
      comment: 'Another library is what its index.ts says.',
      severity: 'error',
      from: { path: '^(?:apps|libs)/([^/]+)/', pathNot: spec },
      to: { path: '^libs/(?!$1/)[^/]+/', pathNot: '^libs/[^/]+/src/index\\.ts$' },
    },
    {
      name: 'apps-do-not-import-each-other',
      comment: 'Processes meet over HTTP and in the database.',
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'not-from-dist',
      comment: 'Sources import sources.',
      severity: 'error',
      from: { path: '^(apps|libs)/' },
      to: { path: '^dist/' },
    },
    { name: 'no-circular', comment: 'Nothing goes round.', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'resolvable',
      comment: 'A misspelt import.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^node_modules/.*/node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    combinedDependencies: false,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
