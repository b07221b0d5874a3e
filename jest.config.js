// Types are stripped by swc: ts-jest needs a compiler API that TypeScript 7 does not have.
const typescript = {
  jsc: { parser: { syntax: 'typescript' }, target: 'es2024' },
  module: { type: 'es6' },
}

const project = (displayName, testMatch, more = {}) => ({
  displayName,
  testMatch: testMatch.map((pattern) => `<rootDir>/test/${pattern}`),
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest', typescript] },
  ...more,
})

/** Kinds of tests, told apart by their names: what each needs is in CONTRIBUTING.md. */
export default {
  // A test of commands may deploy all stacks more than once, which takes three minutes each on a busy machine of two
  // cores. The limit only ends a test that hangs.
  testTimeout: 900_000,
  projects: [
    project('unit', ['**/!(*.store|*.template|*.e2e|*.browser|*.auth|*.commands).test.ts']),
    project('template', ['**/*.template.test.ts'], {
      globalSetup: '<rootDir>/test/support/template-setup.ts',
      globalTeardown: '<rootDir>/test/support/template-teardown.ts',
    }),
    project('store', ['**/*.store.test.ts']),
    project('e2e', ['**/*.e2e.test.ts']),
    project('browser', ['**/*.browser.test.ts']),
    project('auth', ['**/*.auth.test.ts']),
    project('commands', ['**/*.commands.test.ts']),
  ],
}
