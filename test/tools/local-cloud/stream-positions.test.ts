import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { forgetStreamPositions } from '../../../tools/local-cloud/stream-positions.ts'

let directory = ''
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'stackyard-positions-'))
})
afterEach(() => rmSync(directory, { recursive: true }))

const file = () => join(directory, 'lambda.json')

test('the positions on streams are removed, and all else stays', () => {
  const payload = { functions: { a: 1 }, kinesis_positions: { b: 2 } }
  writeFileSync(file(), JSON.stringify({ format: 2, payload: { ...payload, dynamodb_stream_positions: { c: 3 } } }))
  forgetStreamPositions(file())
  expect(JSON.parse(readFileSync(file(), 'utf8'))).toEqual({ format: 2, payload })
  expect(readdirSync(directory)).toEqual(['lambda.json'])
})

test('an engine that has saved nothing yet has nothing to forget', () => {
  forgetStreamPositions(file())
  expect(readdirSync(directory)).toEqual([])
})
