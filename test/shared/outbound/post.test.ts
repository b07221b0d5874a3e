import type { LookupAddress, lookup as systemLookup } from 'node:dns'
import { createPost, type PostOptions } from '../../../functions/shared/outbound/post.ts'
import { startTimer } from '../../../functions/shared/resilience/timer.ts'
import { type Answer, answers, type MisbehavingServer, startServer } from '../../support/misbehaving-server.ts'

const servers: MisbehavingServer[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

async function serve(...sequence: [Answer, ...Answer[]]): Promise<MisbehavingServer> {
  const server = await startServer(...sequence)
  servers.push(server)
  return server
}

const { signal } = new AbortController()
const request = (url: string) => ({ url, headers: { 'content-type': 'application/json' }, body: '{"ü":1}' })

/** Loopback stands for the internet. */
const LAX = { allowInsecure: true, runtimeApi: undefined }

function postWith(options: Partial<PostOptions> = {}) {
  return createPost({ rules: LAX, connectMs: 5000, totalMs: 15_000, maxAnswerBytes: 65_536, startTimer, ...options })
}

/** A resolver that gives these addresses in turn, and counts how often it is asked. */
function resolver(...sequence: string[][]) {
  const asked: string[] = []
  const lookup = ((hostname: string, _: unknown, callback: (error: null, addresses: LookupAddress[]) => void) => {
    const addresses = sequence[Math.min(asked.length, sequence.length - 1)] ?? []
    asked.push(hostname)
    callback(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    )
  }) as unknown as typeof systemLookup
  return { lookup, asked }
}

const named = (server: MisbehavingServer, name = 'hooks.example.com') => server.url.replace('127.0.0.1', name)

test('posts the bytes and the headers, and gives the status and the headers of the answer', async () => {
  const server = await serve((response) => {
    response.setHeader('retry-after', '7')
    response.statusCode = 503
    response.end()
  })
  expect(await postWith()(request(`${server.url}/a?b=c`), signal)).toMatchObject({
    outcome: 'answered',
    status: 503,
    headers: { 'retry-after': '7' },
  })
  expect(server.requests[0]).toMatchObject({
    method: 'POST',
    url: '/a?b=c',
    body: '{"ü":1}',
    headers: { 'content-length': '8', 'content-type': 'application/json' },
  })
})

test('a name is resolved once, and the connection is made to the address that was checked', async () => {
  const server = await serve(answers.text('ok'))
  // Another answer a moment later would be the address of the attack.
  const { lookup, asked } = resolver(['127.0.0.1'], ['10.0.0.1'])
  expect(await postWith({ lookup })(request(named(server)), signal)).toMatchObject({ outcome: 'answered', status: 200 })
  expect(asked).toEqual(['hooks.example.com'])
  expect(server.requests[0]?.headers.host).toBe(new URL(named(server)).host)
})

/** @proves notification/webhooks-outside */
test.each([
  [['127.0.0.1']],
  [['93.184.216.34', '127.0.0.1']],
  [['::ffff:127.0.0.1']],
  [['169.254.169.254']],
])('a name that resolves to %j is refused when the connection is made, and nothing is sent', async (addresses) => {
  const server = await serve(answers.text('ok'))
  const { lookup } = resolver(addresses)
  const rules = { allowInsecure: false, runtimeApi: undefined }
  const url = named(server).replace('http:', 'https:')
  expect(await postWith({ rules, lookup })(request(url), signal)).toEqual({ outcome: 'refused' })
  expect(server.requests).toEqual([])
})

test('the runtime API is refused by name, too, where loopback is allowed', async () => {
  const server = await serve(answers.text('ok'))
  const { lookup } = resolver(['127.0.0.1'])
  const rules = { ...LAX, runtimeApi: new URL(server.url).host }
  expect(await postWith({ rules, lookup })(request(named(server)), signal)).toEqual({ outcome: 'refused' })
  expect(server.requests).toEqual([])
})

test('a URL that is refused by itself is neither resolved nor called', async () => {
  const { lookup, asked } = resolver(['127.0.0.1'])
  expect(await postWith({ lookup })(request('https://10.0.0.1/'), signal)).toEqual({ outcome: 'refused' })
  expect(asked).toEqual([])
})

test('a redirect is an answer: nothing follows it', async () => {
  const target = await serve(answers.text('secret'))
  const server = await serve((response) => response.writeHead(307, { location: target.url }).end())
  expect(await postWith()(request(server.url), signal)).toMatchObject({ outcome: 'answered', status: 307 })
  expect(target.requests).toEqual([])
})

test('a server that can’t be reached got nothing', async () => {
  const server = await serve(answers.hang)
  server.close()
  const result = await postWith()(request(server.url), signal)
  expect(result).toEqual({ outcome: 'not-sent', reason: 'econnrefused' })
})

test('a server that speaks no TLS got nothing', async () => {
  const server = await serve(answers.text('ok'))
  const result = await postWith()(request(server.url.replace('http:', 'https:')), signal)
  expect(result).toMatchObject({ outcome: 'not-sent', reason: expect.stringMatching(/ssl|proto|socket|econn/) })
  expect(server.requests).toEqual([])
})

test('a name that is not known is not sent to', async () => {
  const { lookup } = resolver([])
  expect(await postWith({ lookup })(request('https://hooks.example.com/'), signal)).toEqual({
    outcome: 'not-sent',
    reason: 'no-address',
  })
})

test('a resolver that takes too long ends at the time to connect', async () => {
  const lookup = (() => {}) as unknown as typeof systemLookup
  const result = await postWith({ lookup, connectMs: 50 })(request('https://hooks.example.com/'), signal)
  expect(result).toEqual({ outcome: 'not-sent', reason: 'connect-timed-out' })
})

test('a server that never answers may have got it', async () => {
  const server = await serve(answers.hang)
  const result = await postWith({ connectMs: 20, totalMs: 200 })(request(server.url), signal)
  expect(result).toEqual({ outcome: 'unknown', reason: 'timed-out' })
  expect(server.requests).toHaveLength(1)
})

test('a connection that is reset may have got it', async () => {
  const server = await serve(answers.reset)
  expect(await postWith()(request(server.url), signal)).toEqual({ outcome: 'unknown', reason: 'econnreset' })
})

test('an answer that never ends counts by its status, and is not read beyond the limit', async () => {
  let written = 0
  const server = await serve((response) => {
    response.statusCode = 200
    const chunk = Buffer.alloc(16_384)
    const more = () => {
      while (!response.destroyed && response.write(chunk)) written += chunk.length
      if (!response.destroyed) response.once('drain', more)
    }
    more()
  })
  expect(await postWith()(request(server.url), signal)).toMatchObject({ outcome: 'answered', status: 200 })
  const socket = server.requests[0]?.socket
  if (socket && !socket.destroyed) await new Promise((resolve) => socket.once('close', resolve))
  // The buffers of both ends hold some more.
  expect(written).toBeLessThan(20_000_000)
})

test('an answer that stalls counts by its status when the time is up', async () => {
  const server = await serve(answers.stall)
  expect(await postWith({ totalMs: 200 })(request(server.url), signal)).toMatchObject({
    outcome: 'answered',
    status: 200,
  })
})

test('a server that switches to another protocol may have got it', async () => {
  const server = await serve((response) => {
    response.writeHead(101, { connection: 'upgrade', upgrade: 'websocket' })
    response.end()
  })
  expect(await postWith()(request(server.url), signal)).toMatchObject({ outcome: 'unknown' })
})

test('headers without end are not read', async () => {
  const server = await serve((response) => response.writeHead(200, { 'x-long': 'x'.repeat(100_000) }).end())
  expect(await postWith()(request(server.url), signal)).toMatchObject({ outcome: 'unknown' })
})

test('a caller that gives up ends the request, and an aborted one is not begun', async () => {
  const server = await serve(answers.hang)
  const controller = new AbortController()
  const posted = postWith()(request(server.url), controller.signal)
  while (server.requests.length === 0) await new Promise((resolve) => setImmediate(resolve))
  controller.abort()
  expect(await posted).toEqual({ outcome: 'unknown', reason: 'aborted' })
  expect(await postWith()(request(server.url), controller.signal)).toEqual({ outcome: 'not-sent', reason: 'aborted' })
  expect(server.requests).toHaveLength(1)
})

test('no timer is left when an answer came', async () => {
  const server = await serve(answers.text('ok'))
  const running = new Set<object>()
  const counted = (callback: () => void, ms: number) => {
    const timer = {}
    running.add(timer)
    const cancel = startTimer(callback, ms)
    return () => {
      running.delete(timer)
      cancel()
    }
  }
  await postWith({ startTimer: counted })(request(server.url), signal)
  expect(running.size).toBe(0)
})
