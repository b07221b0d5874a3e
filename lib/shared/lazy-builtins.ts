import { isBuiltin } from 'node:module'
import type { Plugin } from 'esbuild'

/**
 * Loads `node:http` and others at run time: a static ESM import costs 30 ms of a cold start on Node 22 and 24, because
 * Node then compiles what ESM needs of all its exports, and loading it at run time costs 3. All others together cost 5
 * more.
 */
export const lazyBuiltins: Plugin = {
  name: 'lazy-builtins',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^[a-z:_\d/]+$/ }, ({ path, kind }) => {
      // A module behind `import()` is loaded on demand anyway, and needs no file of its own.
      if (!isBuiltin(path) || kind === 'dynamic-import') return undefined
      return { path: path.replace('node:', ''), namespace: 'lazy-builtins', sideEffects: false }
    })
    onLoad({ filter: /./, namespace: 'lazy-builtins' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule('node:${path}')`,
    }))
  },
}
