import type { FunctionBundle } from '../../lib/shared/function-bundles.ts'
import { table } from '../support/document.ts'
import { titleOf } from './cold-start.ts'

type Parts = Pick<FunctionBundle, 'bytes' | 'inputs'>

const KINDS = ['the system’s own files', 'shared', 'package', 'the bundler’s'] as const

interface Module {
  kind: (typeof KINDS)[number]
  name: string
}

/** Returns the owner of a file in a bundle: a shared module, a package, or the function's own system. */
export function moduleOf(path: string): Module {
  // In nested node_modules, the innermost package owns the file.
  const [, name] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path) ?? []
  if (name !== undefined) return { kind: 'package', name: `package \`${name}\`` }
  const [, area] = /^functions\/shared\/(?:([^/]+)\/)?/.exec(path) ?? []
  if (path.startsWith('functions/shared/')) return { kind: 'shared', name: `\`shared/${area ?? '*.ts'}\`` }
  if (path.startsWith('functions/')) return { kind: KINDS[0], name: KINDS[0] }
  if (path.startsWith('sdk-stub:')) return { kind: 'the bundler’s', name: 'stubs of the SDK’s parts' }
  return { kind: 'the bundler’s', name: 'how Node’s own modules are loaded' }
}

/** Names and helpers that esbuild adds between the files belong to none of them. */
const REST: Module = { kind: 'the bundler’s', name: 'what joins the files' }

/** Bytes by module, and the total bytes of a bundle. */
export function modulesIn({ bytes, inputs }: Parts): Map<string, Module & { bytes: number }> {
  const modules = new Map<string, Module & { bytes: number }>()
  const add = (module: Module, more: number) => {
    const known = modules.get(module.name)?.bytes ?? 0
    if (known + more > 0) modules.set(module.name, { ...module, bytes: known + more })
  }
  for (const input of inputs) add(moduleOf(input.path), input.bytes)
  add(REST, bytes - inputs.reduce((sum, input) => sum + input.bytes, 0))
  return modules
}

/**
 * Builds the table with the KB of each module in each function: own files first, then shared ones, packages and the
 * rest, the largest first.
 */
export function moduleSizes(functions: { entry: string; bundle: Parts }[]): string {
  const columns = functions.map(({ bundle }) => modulesIn(bundle))
  const known = new Map(columns.flatMap((modules) => [...modules]))
  const total = (name: string) => columns.reduce((sum, modules) => sum + (modules.get(name)?.bytes ?? 0), 0)
  const sorted = [...known.values()].sort(
    (a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) || total(b.name) - total(a.name),
  )
  const rows = sorted.map(({ name }) => [name, ...columns.map((modules) => toKilobytes(modules.get(name)?.bytes))])
  const sums = functions.map(({ bundle }) => `**${toKilobytes(bundle.bytes)}**`)
  return table(['module', ...functions.map(({ entry }) => titleOf(entry))], [...rows, ['**all**', ...sums]])
}

/** Formats a size; empty if the function doesn't contain the module. */
function toKilobytes(bytes: number | undefined): string {
  return bytes === undefined ? '' : (bytes / 1000).toFixed(1)
}
