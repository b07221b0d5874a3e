import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Template } from './template.ts'

/** Lists the stack ids of a synthesized assembly, in the order of the app. */
export function stackIds(assembly: string): string[] {
  return Object.keys(stacksOf(assembly))
}

/** Returns stacks with those that have to be deployed before them, in the order of the app. */
export function withDependencies(assembly: string, stacks: readonly string[]): string[] {
  const all = stacksOf(assembly)
  const chosen = new Set<string>()
  const choose = (id: string): void => {
    if (!all[id] || chosen.has(id)) return
    chosen.add(id)
    for (const needed of all[id].dependencies ?? []) choose(needed)
  }
  for (const id of stacks) choose(id)
  return Object.keys(all).filter((id) => chosen.has(id))
}

interface Artifact {
  readonly type: string
  /** The ids of stacks, and of the files that a stack needs. */
  readonly dependencies?: readonly string[]
}

function stacksOf(assembly: string): Record<string, Artifact> {
  const { artifacts } = JSON.parse(readFileSync(join(assembly, 'manifest.json'), 'utf8')) as {
    artifacts: Record<string, Artifact>
  }
  return Object.fromEntries(Object.entries(artifacts).filter(([, { type }]) => type === 'aws:cloudformation:stack'))
}

export function readTemplate(assembly: string, stackId: string): Template {
  return JSON.parse(readFileSync(join(assembly, `${stackId}.template.json`), 'utf8'))
}

/** Copies an assembly and corrects the templates of the copy. The original stays as AWS gets it. */
export function copyAssembly(original: string, copy: string, change: (template: Template) => Template): void {
  rmSync(copy, { recursive: true, force: true })
  cpSync(original, copy, { recursive: true })
  for (const name of readdirSync(copy).filter((file) => file.endsWith('.template.json'))) {
    const file = join(copy, name)
    writeFileSync(file, JSON.stringify(change(JSON.parse(readFileSync(file, 'utf8'))), null, 1))
  }
}
