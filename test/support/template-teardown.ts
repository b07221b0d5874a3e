import { rmSync } from 'node:fs'
import { TEMPLATES_VARIABLE } from './template-setup.ts'

/** Removes the templates of a run of tests. */
export default function tearDown(): void {
  const directory = process.env[TEMPLATES_VARIABLE]
  if (directory !== undefined) rmSync(directory, { recursive: true, force: true })
}
