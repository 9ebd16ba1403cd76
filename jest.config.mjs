export default {
  testEnvironment: 'node',
  coverageProvider: 'v8',
  workerIdleMemoryLimit: '500MB',
  maxWorkers: 4,
  // A safety net for what never ends; many specs start processes, on machines with few cores.
  testTimeout: 120_000,
  testMatch: ['<rootDir>/{apps,libs,test}/**/*.spec.ts'],
  testSequencer: '<rootDir>/test/longest-first.sequencer.mjs',
  modulePathIgnorePatterns: ['<rootDir>/dist'],
  globalSetup: '<rootDir>/test/global-setup.mjs',
  globalTeardown: '<rootDir>/test/global-teardown.mjs',
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: {
    '^@tributary/([^/]+)$': '<rootDir>/libs/$1/src/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  // light-my-request (CommonJS) requires the ESM-only cookie package, which jest on Node 20 cannot load untransformed.
  transformIgnorePatterns: ['/node_modules/(?!(?:.*/)?cookie/)'],
  transform: {
    '/node_modules/(?:.*/)?cookie/.+\\.js$': [
      '@swc/jest',
      { jsc: { target: 'es2022' }, module: { type: 'commonjs' }, swcrc: false },
    ],
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', decorators: true },
          keepClassNames: true,
          transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
        swcrc: false,
      },
    ],
  },
};
