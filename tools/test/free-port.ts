import { createServer } from 'node:net'

/**
 * Below the range from which systems take ports for outgoing connections (32,768 or higher), so that none of them is
 * taken in the meantime.
 */
const [FIRST, COUNT] = [20_000, 12_000]
const TRIES = 100

/**
 * Finds a port on loopback on which nothing listens at the moment.
 *
 * @param random from 0 up to, but not, 1.
 * @throws Error when none is found.
 */
export async function freePort(random: () => number = Math.random): Promise<number> {
  for (let tries = 0; tries < TRIES; tries++) {
    const port = FIRST + Math.floor(random() * COUNT)
    if (await isFree(port)) return port
  }
  throw new Error(`None of ${TRIES} ports from ${FIRST} on was free.`)
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.on('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
