import type { ConsoleState, Inventory, Promises, Trace } from './wire.ts'

/** Asks the console's own server. @throws Error with a sentence for a person. */
export async function ask<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
  let response: Response
  try {
    response = await fetch(path, {
      method,
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
  } catch (cause) {
    throw new Error('The console’s server does not answer. Start it again with “npm run console”.', { cause })
  }
  const answer = await response.json().catch(() => ({}))
  if (!response.ok) throw new Error(answer.message ?? `The console’s server answered ${response.status}.`)
  return answer
}

export const readState = () => ask<ConsoleState>('GET', '/state')
export const readPromises = () => ask<Promises>('GET', '/guarantees')
export const readInventory = () => ask<Inventory>('GET', '/inventory')
export const readTrace = (id: string) => ask<Trace>('GET', `/trace/${encodeURIComponent(id)}`)

/** Returns the path of a document that somebody else wrote, for the `src` of a frame: it can run and load nothing. */
export async function framePath(html: string): Promise<string> {
  return (await ask<{ path: string }>('POST', '/frames', html)).path
}
