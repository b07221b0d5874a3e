import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import type { Test, TestEvents, TestRunnerOptions, TestWatcher } from 'jest-runner'
import * as jestRunner from 'jest-runner'

// Jest transpiles this file to CommonJS, where the class is the module's default export; Node would call it `default.default`.
const TestRunner = jestRunner.default as unknown as typeof jestRunner.default.default

type Result = TestEvents['test-file-success'][1]

/** The results of Stryker's first run, without a mutant, for later runs: the tests of each file, and their duration. */
type Known = Record<string, { names: string[]; ms: number }>

/** A file beside the copy of the project in which Stryker runs the tests. */
const KNOWN = '.stryker-tests.json'

/**
 * Runs test files until one of them fails, the fastest first, and only those with a requested test: Stryker only needs
 * to know if any test fails, while Jest's own runner loads every file and continues after a failure.
 */
export default class FirstFailureRunner extends TestRunner {
  override async runTests(tests: Test[], watcher: TestWatcher, options: TestRunnerOptions): Promise<void> {
    const results = new Map<string, Result>()
    this.on('test-file-success', ([test, result]) => {
      results.set(test.path, result)
    })
    const isFirstRun = !existsSync(KNOWN)
    const known: Known = isFirstRun ? {} : JSON.parse(readFileSync(KNOWN, 'utf8'))
    for (const test of chosen(tests, known, this._globalConfig.testNamePattern)) {
      await super.runTests([test], watcher, options)
      const result = results.get(test.path)
      if (!isFirstRun && (!result || result.numFailingTests > 0 || result.testExecError)) return
    }
    if (isFirstRun) writeFileSync(KNOWN, JSON.stringify(toKnown(results)))
  }
}

function chosen(tests: Test[], known: Known, pattern: string | undefined): Test[] {
  const asked = pattern === undefined ? undefined : new RegExp(pattern, 'i')
  const of = ({ path }: Test) => known[path]
  return tests
    .filter((test) => !asked || !of(test) || of(test)?.names.some((name) => asked.test(name)))
    .toSorted((one, other) => (of(one)?.ms ?? 0) - (of(other)?.ms ?? 0))
}

function toKnown(results: Map<string, Result>): Known {
  return Object.fromEntries(
    [...results].map(([path, { testResults }]) => [
      path,
      {
        names: testResults.map(({ fullName }) => fullName),
        ms: testResults.reduce((sum, { duration }) => sum + (duration ?? 0), 0),
      },
    ]),
  )
}
