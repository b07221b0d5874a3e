import { isBuiltin } from 'node:module'
import type { Plugin } from 'esbuild'

/**
 * Loads `node:http` and others by `process.getBuiltinModule`: a static ESM import costs 30 ms of a cold start on Node 22
 * and 24, because Node then compiles what ESM needs of all its exports, and loading it that way costs 3. All others
 * together cost 5 more.
 */
export const lazyBuiltins: Plugin = {
  name: 'lazy-builtins',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^[a-z:_\d/]+$/ }, ({ path, kind }) => {
      // A module behind `import()` is loaded on demand anyway, and needs no file of its own.
      if (!isBuiltin(path) || kind === 'dynamic-import') return undefined
      const namespace = kind === 'require-call' ? 'required-builtins' : 'lazy-builtins'
      return { path: path.replace('node:', ''), namespace, sideEffects: false }
    })
    // `require` returns the module itself, which may be a function, as `stream` is, and not an object of its exports.
    onLoad({ filter: /./, namespace: 'required-builtins' }, ({ path }) => ({
      contents: `module.exports = ${builtin(path)}`,
    }))
    onLoad({ filter: /./, namespace: 'lazy-builtins' }, async ({ path }) => ({ contents: await moduleOf(path) }))
  },
}

function builtin(path: string): string {
  return `process.getBuiltinModule('node:${path}')`
}

/** Modules of which a cold start needs nothing: the SDK reads files of settings by them, if it has to. */
const ON_FIRST_CALL = ['fs/promises']

/**
 * Writes the module with each export by its name, so that esbuild leaves out those that nobody imports. As CommonJS, all
 * of them would be copied at each start, once for each file that imports the module.
 */
async function moduleOf(path: string): Promise<string> {
  const loaded = builtin(path)
  const exported: Record<string, unknown> = await import(`node:${path}`)
  const names = Object.keys(exported).filter((name) => name !== 'default')
  if (ON_FIRST_CALL.includes(path)) {
    const functions = names.filter((name) => typeof exported[name] === 'function')
    return functions.map((name) => `export const ${name} = (...args) => ${loaded}.${name}(...args)`).join('\n')
  }
  const lines = names.map((name) => `export const ${name} = /* @__PURE__ */ (() => builtin.${name})()`)
  return [`const builtin = ${loaded}`, 'export default builtin', ...lines].join('\n')
}
