import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createApp } from '../../bin/app.ts'
import { bundleFunctions } from '../../lib/shared/function-bundles.ts'
import { kebabCase } from '../support/case.ts'
import { ROOT } from '../support/settings.ts'
import { diagramOf } from './diagram.ts'
import { withDiagram } from './readme.ts'
import type { Template } from './stack-view.ts'

/** `npm run diagrams` */
export async function writeDiagrams(): Promise<void> {
  await bundleFunctions()
  for (const [file, text] of Object.entries(readmesWithDiagrams())) {
    writeFileSync(join(ROOT, file), text)
    console.log(`Wrote ${file}`)
  }
}

/**
 * Returns each stack's README with the current picture of the stack. The functions must be bundled.
 *
 * @throws UserError for a README without a place for the picture.
 */
export function readmesWithDiagrams(): Record<string, string> {
  const readmes = synthesizedStacks().flatMap(({ id, template }): [string, string][] => {
    const file = `lib/${kebabCase(id)}/README.md`
    // Links between systems have no page of their own.
    if (!existsSync(join(ROOT, file))) return []
    return [[file, withDiagram(file, readFileSync(join(ROOT, file), 'utf8'), diagramOf(template))]]
  })
  return Object.fromEntries(readmes)
}

/** Synthesizes the app as `cdk synth` does with the default settings. */
function synthesizedStacks(): { id: string; template: Template }[] {
  const outdir = mkdtempSync(join(tmpdir(), 'stackyard-diagrams-'))
  try {
    const { context } = JSON.parse(readFileSync(join(ROOT, 'cdk.json'), 'utf8'))
    const app = createApp({
      // This context, which the CDK CLI sets as well, adds the constructs' paths, which names are made from.
      context: { ...context, 'aws:cdk:enable-path-metadata': true },
      outdir,
      analyticsReporting: false,
      builtinCloudFormationValidation: false,
    })
    return app.synth().stacks.map(({ id, template }) => ({ id, template }))
  } finally {
    rmSync(outdir, { recursive: true })
  }
}
