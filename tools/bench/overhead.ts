import { randomBytes } from 'node:crypto'
import { httpHandler } from '../../functions/shared/http/handler.ts'
import { redirectRoute } from '../../functions/url-shortener/redirect-route.ts'
import { resolveLink } from '../../functions/url-shortener/resolve-link.ts'
import { CONTEXT, EVENT } from './invocation.ts'

// What our own code adds to a warm invocation: the redirect function with the store stubbed out, its log line written
// to /dev/null. Prints microseconds an invocation, the median of batches.

const WARM_UP = 5000
const BATCHES = 21
const BATCH = 1000

const link = {
  code: 'abc1234',
  url: 'https://example.com/',
  title: null,
  tags: [],
  tenant: 'tenant',
  createdBy: 'user',
  createdAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:00:00.000Z',
  version: 'aaaaaaaaaaaa',
  blockedAt: null,
}
const handler = httpHandler({
  service: 'bench',
  now: Date.now,
  write: (line) => process.stdout.write(line),
  randomBytes,
  routes: { 'GET /{code}': redirectRoute(resolveLink({ read: async () => link })) },
})
const event = EVENT as unknown as Parameters<typeof handler>[0]
const context = CONTEXT as unknown as Parameters<typeof handler>[1]

async function microsecondsOf(calls: number): Promise<number> {
  const start = performance.now()
  for (let call = 0; call < calls; call++) await handler(event, context)
  return ((performance.now() - start) * 1000) / calls
}

await microsecondsOf(WARM_UP)
const batches: number[] = []
for (let batch = 0; batch < BATCHES; batch++) batches.push(await microsecondsOf(BATCH))
const median = batches.sort((a, b) => a - b)[Math.floor(BATCHES / 2)]
process.stderr.write(`\n${JSON.stringify(median)}\n`)
