import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundleFunctions } from '../../lib/shared/function-bundles.ts'

/** Names the folder in which a run of template tests keeps the templates that it synthesized. */
export const TEMPLATES_VARIABLE = 'STACKYARD_TEST_TEMPLATES'

/** Builds the functions' bundles, which templates refer to, and makes an empty folder for the templates. */
export default async function setUp(): Promise<void> {
  await bundleFunctions()
  process.env[TEMPLATES_VARIABLE] = mkdtempSync(join(tmpdir(), 'stackyard-synthesized-'))
}
