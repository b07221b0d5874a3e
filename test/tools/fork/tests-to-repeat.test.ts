import { appendFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeFork } from '../../../tools/fork/fork.ts'
import { testsToRepeat } from '../../../tools/test/fork-tests.ts'

const directory = mkdtempSync(join(tmpdir(), 'stackyard-fork-test-'))
beforeAll(() => void writeFork({ system: 'url-shortener', directory, name: 'my-links' }))
afterAll(() => rmSync(directory, { recursive: true }))

const RETRY = 'test/shared/resilience/retry.test.ts'

test('a test that reads files or starts programs is repeated, one that only covers unchanged code is not', () => {
  const tests = testsToRepeat(directory)
  expect(tests).toEqual(expect.arrayContaining(['test/shared/handlers.test.ts', 'test/tools/local-cloud/lock.test.ts']))
  expect(tests).not.toContain(RETRY)
  expect(tests.filter((file) => !/\/[\w-]+\.test\.ts$/.test(file))).toEqual([])
})

test('a test is repeated if it reaches a file that differs in the fork', () => {
  appendFileSync(join(directory, 'functions/shared/resilience/policy.ts'), '\n')
  expect(testsToRepeat(directory)).toContain(RETRY)
})
