import { type BundleBudget, checkBudget } from '../../lib/shared/bundle-budget.ts'

const ENTRY = 'functions/x/y.handler.ts'

function bundle(bytes: number, ...paths: string[]) {
  const inputs = [...paths, 'functions/x/y.handler.ts'].map((path) => ({ path, bytes: 10 }))
  return { directory: '.build/x/y', bytes, inputs, lazy: { bytes: 0, inputs: [] as { path: string; bytes: number }[] } }
}

test.each<[BundleBudget, number]>([
  ['no-aws', 20_000],
  ['hot-path', 270_000],
  ['standard', 340_000],
  ['files', 390_000],
])('a %s function may have up to %i bytes', (budget, bytes) => {
  expect(() => checkBudget(ENTRY, bundle(bytes), budget)).not.toThrow()
  expect(() => checkBudget(ENTRY, bundle(bytes + 1), budget)).toThrow(`${bytes + 1} bytes`)
})

test('the refusal names the function, the budget, the gate and the largest parts', () => {
  const heavy = {
    ...bundle(300_000),
    inputs: [1, 2, 3, 4, 5, 6].map((n) => ({ path: `part-${n}.js`, bytes: 60 - n })),
  }
  expect(() => checkBudget(ENTRY, heavy, 'hot-path')).toThrow(
    `${ENTRY} has 300000 bytes, more than the 270000 of the budget "hot-path". ` +
      'The largest parts: part-1.js (59), part-2.js (58), part-3.js (57), part-4.js (56), part-5.js (55).',
  )
})

test.each<[BundleBudget, string]>([
  ['no-aws', 'node_modules/@aws-sdk/client-dynamodb/dist-es/index.js'],
  ['no-aws', 'node_modules/@smithy/core/dist-es/index.js'],
  ['hot-path', 'node_modules/zod/v4/mini/index.js'],
  ['no-aws', 'node_modules/@aws-lambda-powertools/logger/lib/esm/index.js'],
  ['hot-path', 'node_modules/bowser/es5.js'],
  ['hot-path', 'node_modules/@aws-sdk/credential-provider-node/dist-es/index.js'],
  ['standard', 'node_modules/@aws-sdk/credential-provider-ini/dist-es/fromIni.js'],
  ['hot-path', 'node_modules/@aws-sdk/credential-provider-env/dist-es/fromEnv.js'],
  ['standard', 'node_modules/@aws-sdk/credential-provider-sso/dist-es/fromSSO.js'],
  ['files', 'node_modules/@smithy/credential-provider-imds/dist-es/fromContainerMetadata.js'],
  ['hot-path', 'node_modules/@middy/core/index.js'],
  ['standard', 'node_modules/zod/v4/classic/index.js'],
  ['standard', 'node_modules/zod/v3/index.js'],
  ['standard', 'node_modules/aws-sdk/index.js'],
  ['standard', 'node_modules/a/node_modules/uuid/index.js'],
  ['standard', 'node_modules/lodash/lodash.js'],
])('a %s function may not bundle %s, however small', (budget, path) => {
  expect(() => checkBudget(ENTRY, bundle(1_000, path), budget)).toThrow(`${ENTRY} bundles ${path}`)
})

test.each<[BundleBudget, string]>([
  ['hot-path', 'node_modules/@aws-sdk/client-dynamodb/dist-es/index.js'],
  ['hot-path', 'node_modules/@aws-lambda-powertools/logger/lib/esm/index.js'],
  ['hot-path', 'functions/shared/zod/own.ts'],
  ['standard', 'node_modules/zod/v4/mini/index.js'],
  ['standard', 'node_modules/uuid-free/index.js'],
])('a %s function may bundle %s', (budget, path) => {
  expect(() => checkBudget(ENTRY, bundle(1_000, path), budget)).not.toThrow()
})

test('what is loaded later counts for no gate, but is forbidden all the same', () => {
  const lazy = { bytes: 900_000, inputs: [{ path: 'node_modules/bowser/es5.js', bytes: 30_000 }] }
  expect(() => checkBudget(ENTRY, { ...bundle(1_000), lazy: { ...lazy, inputs: [] } }, 'hot-path')).not.toThrow()
  expect(() => checkBudget(ENTRY, { ...bundle(1_000), lazy }, 'hot-path')).toThrow('bundles node_modules/bowser')
})
