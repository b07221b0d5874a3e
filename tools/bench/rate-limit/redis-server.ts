import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { freePort } from '../../test/free-port.ts'

const START_MS = 10_000

/**
 * Runs a Redis server on a free port, which keeps its data in memory alone, while `work` runs.
 *
 * @param work gets the server's URL; `undefined` if this machine has no such command.
 */
export async function withRedis<Result>(
  work: (url: string | undefined) => Promise<Result>,
  command = 'redis-server',
): Promise<Result> {
  const port = String(await freePort())
  const args = ['--bind', '127.0.0.1', '--port', port, '--save', '', '--appendonly', 'no']
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const started = await once(child, 'spawn').then(
    () => true,
    () => false,
  )
  if (!started) return work(undefined)
  try {
    await untilReady(child.stdout)
    return await work(`redis://127.0.0.1:${port}`)
  } finally {
    child.kill()
  }
}

/** @throws AbortError when the server says nothing of the kind in time. */
async function untilReady(stdout: NodeJS.ReadableStream): Promise<void> {
  const signal = AbortSignal.timeout(START_MS)
  let printed = ''
  stdout.setEncoding('utf8').on('data', (chunk: string) => {
    printed += chunk
  })
  while (!printed.includes('Ready to accept connections')) await once(stdout, 'data', { signal })
}
