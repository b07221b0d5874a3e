import { join } from 'node:path'
import jest from './jest.config.js'

// `npm run mutation` says what to change: a folder of `functions`, the files in it, and the folder of `test` that is about them.
const { MUTATION_FOLDER: folder, MUTATION_FILES: files = '**/*', MUTATION_TESTS: tests } = process.env
const unit = jest.projects.find(({ displayName }) => displayName === 'unit')

export default {
  testRunner: 'jest',
  testRunnerNodeArgs: ['--experimental-vm-modules'],
  coverageAnalysis: 'perTest',
  checkers: [],
  tsconfigFile: 'tsconfig.absent-stryker-crashes-on-typescript-7.json',
  jest: {
    projectType: 'custom',
    enableFindRelatedTests: false,
    config: {
      projects: [],
      testTimeout: 5000,
      runner: join(import.meta.dirname, 'tools', 'mutation', 'test-runner.ts'),
      testEnvironment: unit.testEnvironment,
      extensionsToTreatAsEsm: unit.extensionsToTreatAsEsm,
      transform: unit.transform,
      testMatch: [`<rootDir>/test/${tests}/**/*.test.ts`],
      testPathIgnorePatterns: ['\\.(store|template|e2e|browser|auth|commands)\\.test\\.ts$'],
    },
  },
  // A mutant that waits for ever counts as killed, so the limit is generous.
  timeoutMS: 20_000,
  // Jest leaks memory in each run: gigabytes in hundreds of them, and collecting it takes longer than the tests.
  maxTestRunnerReuse: 40,
  mutate: files.split(',').map((file) => `functions/${folder}/${file}.ts`),
  ignorePatterns: ['.build', '.local', 'cdk.out', 'coverage', 'docs'],
  tempDirName: '.build/stryker',
  reporters: ['clear-text', 'progress-append-only', 'json'],
  jsonReporter: { fileName: '.build/mutation.json' },
  clearTextReporter: { allowColor: false, reportTests: false },
  thresholds: { high: 95, low: 90, break: 90 },
}
