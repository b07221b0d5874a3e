import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Example, ExampleModule } from '../../lib/shared/example.ts'
import { kebabCase } from '../support/case.ts'
import { type LocalCloud, ROOT } from '../support/settings.ts'
import { quoted } from '../support/shell.ts'
import { signToken } from './issuer.ts'
import type { Outputs } from './outputs.ts'

/** Prints each system's URL and sample requests, as `curl` lines that can be pasted. */
export async function printExamples(cloud: LocalCloud, outputs: Outputs): Promise<void> {
  for (const [stack, { apiUrl }] of Object.entries(outputs.stacks)) {
    if (apiUrl === undefined) continue
    console.log(`\n${stack}  ${apiUrl}\n`)
    for (const example of await examplesOf(cloud, stack, apiUrl)) {
      console.log(`  # ${example.title}\n  ${curl(example)}\n`)
    }
  }
  console.log(
    'Tokens are valid for an hour; get another one with: npm run -s token -- --sub user-1 --tenant acme --scope "links:write"',
  )
  console.log('npm run status | logs | reset | down')
}

/** Loads the examples of a stack: `lib/<system>/examples.ts`, if it has any. */
export async function examplesOf(cloud: LocalCloud, stack: string, apiUrl: string): Promise<Example[]> {
  const file = join(ROOT, 'lib', kebabCase(stack), 'examples.ts')
  if (!existsSync(file)) return []
  const { examples, scope } = (await import(file)) as ExampleModule
  const token = await signToken(cloud, { sub: 'user-1', tenant: 'acme', scope })
  return examples({ apiUrl, token, unique: Date.now().toString(36) })
}

/** Formats one line for a POSIX shell. */
export function curl({ method, url, headers = {}, body }: Example): string {
  const parts = ['curl -i', ...(method === 'GET' ? [] : [method === 'HEAD' ? '--head' : `-X ${method}`]), quoted(url)]
  for (const [name, value] of Object.entries(headers)) parts.push(`-H ${quoted(`${name}: ${value}`)}`)
  if (body !== undefined) parts.push(`-d ${quoted(JSON.stringify(body))}`)
  return parts.join(' ')
}
