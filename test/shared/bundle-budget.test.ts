import { type BundleBudget, checkBudget } from '../../lib/shared/bundle-budget.ts'

const ENTRY = 'functions/x/y.handler.ts'

function bundle(bytes: number, ...paths: string[]) {
  const inputs = [...paths, 'functions/x/y.handler.ts'].map((path) => ({ path, bytes: 10 }))
  return { directory: '.build/x/y', bytes, inputs }
}

test.each<[BundleBudget, number]>([
  ['no-aws', 20_000],
  ['hot-path', 270_000],
  ['standard', 340_000],
  ['batch', 320_000],
])('a %s function may have %i bytes, and not one more', (budget, bytes) => {
  expect(() => checkBudget(ENTRY, bundle(bytes), budget)).not.toThrow()
  expect(() => checkBudget(ENTRY, bundle(bytes + 1), budget)).toThrow(`${bytes + 1} bytes`)
})

test('the refusal names the function, the kind, the gate and what weighs most', () => {
  const heavy = {
    ...bundle(300_000),
    inputs: [1, 2, 3, 4, 5, 6].map((n) => ({ path: `part-${n}.js`, bytes: 60 - n })),
  }
  expect(() => checkBudget(ENTRY, heavy, 'hot-path')).toThrow(
    `${ENTRY} has 300000 bytes, and a function of the kind "hot-path" may have 270000. ` +
      'The largest parts: part-1.js (59), part-2.js (58), part-3.js (57), part-4.js (56), part-5.js (55).',
  )
})

test.each<[BundleBudget, string]>([
  ['no-aws', 'node_modules/@aws-sdk/client-dynamodb/dist-es/index.js'],
  ['no-aws', 'node_modules/@smithy/core/dist-es/index.js'],
  ['hot-path', 'node_modules/zod/v4/mini/index.js'],
  ['no-aws', 'node_modules/@aws-lambda-powertools/logger/lib/esm/index.js'],
  ['hot-path', 'node_modules/@middy/core/index.js'],
  ['standard', 'node_modules/zod/v4/classic/index.js'],
  ['standard', 'node_modules/zod/v3/index.js'],
  ['standard', 'node_modules/aws-sdk/index.js'],
  ['standard', 'node_modules/a/node_modules/uuid/index.js'],
  ['batch', 'node_modules/lodash/lodash.js'],
])('a %s function may not bundle %s, however small', (budget, path) => {
  expect(() => checkBudget(ENTRY, bundle(1_000, path), budget)).toThrow(`${ENTRY} bundles ${path}`)
})

test.each<[BundleBudget, string]>([
  ['hot-path', 'node_modules/@smithy/signature-v4/dist-es/index.js'],
  ['hot-path', 'node_modules/@aws-lambda-powertools/logger/lib/esm/index.js'],
  ['hot-path', 'functions/shared/zod/own.ts'],
  ['standard', 'node_modules/zod/v4/mini/index.js'],
  ['standard', 'node_modules/uuid-free/index.js'],
])('a %s function may bundle %s', (budget, path) => {
  expect(() => checkBudget(ENTRY, bundle(1_000, path), budget)).not.toThrow()
})
