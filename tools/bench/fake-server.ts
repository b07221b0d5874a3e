import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Certificate } from './certificate.ts'

const START_MS = 10_000

export interface FakeServer {
  url: string
  stop: () => void
}

/** The answers of AWS to the calls of a case. */
export interface FakeAnswers {
  /** The body of the answer to every call. */
  answer: unknown
}

/** Starts `fake-dynamodb.ts` in a process of its own, so that its CPU is not counted. */
export async function startFakeServer({ key, cert }: Certificate, { answer }: FakeAnswers): Promise<FakeServer> {
  const args = [join(import.meta.dirname, 'fake-dynamodb.ts'), key, cert, JSON.stringify(answer)]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] })
  try {
    if (!child.stdout) throw new Error('The process has no stdout.')
    const [port] = await once(child.stdout, 'data', { signal: AbortSignal.timeout(START_MS) })
    return { url: `https://127.0.0.1:${String(port).trim()}`, stop: () => child.kill() }
  } catch (cause) {
    child.kill()
    throw new Error(`The fake DynamoDB did not start within ${START_MS} ms.`, { cause })
  }
}
