import fc from 'fast-check'
import { moduleOf, moduleSizes, modulesIn } from '../../../tools/bench/module-sizes.ts'

test.each([
  ['functions/a-system/a-thing.ts', 'the system’s own files'],
  ['functions/shared/http/handler.ts', '`shared/http`'],
  ['functions/shared/http/deeper/handler.ts', '`shared/http`'],
  ['functions/shared/errors.ts', '`shared/*.ts`'],
  ['node_modules/zod/v4/core/schemas.js', 'package `zod`'],
  ['node_modules/@smithy/core/dist-es/index.js', 'package `@smithy/core`'],
  ['node_modules/zod/node_modules/@a-scope/inner/index.js', 'package `@a-scope/inner`'],
  ['../elsewhere/node_modules/zod/index.js', 'package `zod`'],
  ['sdk-stub:endpoint-cache', 'stubs of the SDK’s parts'],
  ['lazy-builtins:crypto', 'how Node’s own modules are loaded'],
])('%s belongs to %s', (path, name) => {
  expect(moduleOf(path).name).toBe(name)
})

const FILES = [
  'functions/a/b.ts',
  'functions/a/c.ts',
  'functions/shared/http/x.ts',
  'node_modules/zod/i.js',
  'lazy:net',
]

test('the modules of a bundle add up to all of its bytes, including bytes outside of its files', () => {
  const input = fc.record({ path: fc.constantFrom(...FILES), bytes: fc.nat(50_000) })
  fc.assert(
    fc.property(fc.array(input), fc.nat(2000), (inputs, left) => {
      const bytes = inputs.reduce((sum, each) => sum + each.bytes, left)
      const modules = [...modulesIn({ bytes, inputs }).values()]
      expect(modules.reduce((sum, each) => sum + each.bytes, 0)).toBe(bytes)
    }),
  )
})

test('a module without bytes is in no table', () => {
  const inputs = [
    { path: 'node_modules/zod/i.js', bytes: 0 },
    { path: 'functions/a/b.ts', bytes: 1 },
  ]
  expect([...modulesIn({ bytes: 1, inputs }).keys()]).toEqual(['the system’s own files'])
})

test('own files come first, then shared ones, packages and the rest, the largest first; the cell of a missing module is empty', () => {
  const one = [
    { path: 'node_modules/small/i.js', bytes: 1000 },
    { path: 'node_modules/large/i.js', bytes: 40_000 },
    { path: 'functions/shared/http/x.ts', bytes: 1500 },
    { path: 'functions/shared/http/y.ts', bytes: 540 },
    { path: 'functions/one/b.ts', bytes: 100 },
  ]
  const functions = [
    { entry: 'functions/one/b.handler.ts', bundle: { directory: '', bytes: 43_940, inputs: one } },
    {
      entry: 'functions/two/c.handler.ts',
      bundle: { directory: '', bytes: 2000, inputs: [{ path: 'node_modules/small/i.js', bytes: 2000 }] },
    },
  ]
  expect(moduleSizes(functions).split('\n')).toEqual([
    '| module | one/b | two/c |',
    '| --- | ---: | ---: |',
    '| the system’s own files | 0.1 |  |',
    '| `shared/http` | 2.0 |  |',
    '| package `large` | 40.0 |  |',
    '| package `small` | 1.0 | 2.0 |',
    '| what joins the files | 0.8 |  |',
    '| **all** | **43.9** | **2.0** |',
  ])
})
