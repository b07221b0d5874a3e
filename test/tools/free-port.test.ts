import { once } from 'node:events'
import { createServer } from 'node:net'
import { freePort } from '../../tools/test/free-port.ts'

test('a port in use is skipped, and all ports are below those of outgoing connections', async () => {
  const port = await freePort()
  expect(port).toBeLessThan(32_768)
  const taken = createServer().listen(port, '127.0.0.1')
  await once(taken, 'listening')
  const draws = [(port - 20_000 + 0.5) / 12_000, 0.999_999].values()
  const other = await freePort(() => draws.next().value ?? Math.random())
  expect(other).not.toBe(port)
  expect(other).toBeLessThan(32_768)
  taken.close()
})

test('an error says that all are in use', async () => {
  const taken = createServer().listen(await freePort(), '127.0.0.1')
  await once(taken, 'listening')
  const { port } = taken.address() as { port: number }
  await expect(freePort(() => (port - 20_000 + 0.5) / 12_000)).rejects.toThrow(/^None of 100 ports/)
  taken.close()
})
