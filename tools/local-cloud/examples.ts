import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Example, ExampleContext, ExampleModule, SocketExample } from '../../lib/shared/example.ts'
import { kebabCase } from '../support/case.ts'
import { type LocalCloud, ROOT } from '../support/settings.ts'
import { quoted } from '../support/shell.ts'
import { signToken } from './issuer.ts'
import type { Outputs } from './outputs.ts'

/** Prints each system's URLs and sample requests, as lines that can be pasted. */
export async function printExamples(cloud: LocalCloud, outputs: Outputs): Promise<void> {
  for (const [stack, { apiUrl, webSocketUrl }] of Object.entries(outputs.stacks)) {
    if (apiUrl === undefined) continue
    console.log(`\n${stack}  ${apiUrl}\n`)
    for (const example of await examplesOf(cloud, stack, apiUrl)) {
      console.log(`  # ${example.title}\n  ${curl(example)}\n`)
    }
    if (webSocketUrl !== undefined) await printSocketExample(cloud, stack, { apiUrl, webSocketUrl })
  }
  console.log(
    'Tokens are valid for an hour; get another one with: npm run -s token -- --sub user-1 --tenant acme --scope "links:write"',
  )
  console.log('npm run status | logs | reset | down')
}

/** Loads the examples of a stack: `lib/<system>/examples.ts`, if it has any. */
export async function examplesOf(cloud: LocalCloud, stack: string, apiUrl: string): Promise<Example[]> {
  const found = await load(cloud, stack, apiUrl)
  return found ? found.module.examples(found.context) : []
}

async function printSocketExample(
  cloud: LocalCloud,
  stack: string,
  { apiUrl, webSocketUrl }: { apiUrl: string; webSocketUrl: string },
): Promise<void> {
  console.log(`${stack}  ${webSocketUrl}\n`)
  const found = await load(cloud, stack, apiUrl)
  const example = found?.module.socketExample?.(found.context)
  if (example) console.log(`  # ${example.title}\n  ${socketLine(example, webSocketUrl, found?.context.token ?? '')}\n`)
}

async function load(
  cloud: LocalCloud,
  stack: string,
  apiUrl: string,
): Promise<{ module: ExampleModule; context: ExampleContext } | undefined> {
  const file = join(ROOT, 'lib', kebabCase(stack), 'examples.ts')
  if (!existsSync(file)) return undefined
  const module = (await import(file)) as ExampleModule
  const token = await signToken(cloud, { sub: 'user-1', tenant: 'acme', scope: module.scope })
  return { module, context: { apiUrl, token, unique: Date.now().toString(36) } }
}

/**
 * Formats one line for a POSIX shell, which gets a ticket, connects, sends the frame, and prints the first frame that
 * comes back. `npx node` runs the project's own Node, which has a WebSocket.
 */
export function socketLine({ ticketUrl, frame }: SocketExample, webSocketUrl: string, token: string): string {
  const program = `
    const [ticketUrl, url, token, frame] = process.argv.slice(1);
    const headers = { authorization: "Bearer " + token };
    const { ticket } = await (await fetch(ticketUrl, { method: "POST", headers })).json();
    const socket = new WebSocket(url + "?ticket=" + ticket);
    socket.onopen = () => socket.send(frame);
    socket.onmessage = ({ data }) => { console.log(data); socket.close() };`
  const arguments_ = [program.trim().replace(/\s+/g, ' '), ticketUrl, webSocketUrl, token, JSON.stringify(frame)]
  return `npx node --input-type=module -e ${arguments_.map(quoted).join(' ')}`
}

/** Formats one line for a POSIX shell. */
export function curl({ method, url, headers = {}, body }: Example): string {
  const parts = ['curl -i', ...(method === 'GET' ? [] : [method === 'HEAD' ? '--head' : `-X ${method}`]), quoted(url)]
  for (const [name, value] of Object.entries(headers)) parts.push(`-H ${quoted(`${name}: ${value}`)}`)
  if (body !== undefined) parts.push(`-d ${quoted(JSON.stringify(body))}`)
  return parts.join(' ')
}
