import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { visitsCases } from '../../../tools/bench/visits-case.ts'
import { type Round, type Target, visit, visitsTable } from '../../../tools/bench/visits-load.ts'

const TARGET: Omit<Target, 'baseUrl'> = { title: 'a page', path: '/page', headers: { 'user-agent': 'a' }, status: 302 }

test('each case has a stack, and a scope to create its targets', async () => {
  for (const { stack, scope, prepare } of await visitsCases('visits')) {
    expect([stack, scope]).toEqual([expect.stringMatching(/^[A-Z]/), expect.stringMatching(/:write$/)])
    const visits = await prepare(async () => ({ code: 'abc' }))
    expect(visits.length).toBeGreaterThan(0)
  }
})

test('every answer is counted with its latency, and one of another status is wrong', async () => {
  let [asked, refused] = [0, 0]
  const server = createServer((request, response) => {
    asked += 1
    const isRight = request.url === '/page' && request.headers['user-agent'] === 'a' && asked > 3
    if (!isRight) refused += 1
    response.writeHead(isRight ? 302 : 500, { location: 'https://example.com/' }).end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  try {
    const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const { latencies, wrong, perSecond } = await visit({ ...TARGET, baseUrl }, 50)
    // A busy machine may manage few.
    expect([latencies.length, wrong]).toEqual([asked, refused])
    expect(perSecond).toBeGreaterThan(0)
  } finally {
    server.closeAllConnections()
    server.close()
  }
})

test('each request has a body of its own, and an answer whose body is not the right one is wrong', async () => {
  const bodies: string[] = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    bodies.push(`${request.method} ${body}`)
    response.end(bodies.length % 2 === 0 ? 'even' : 'odd')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  try {
    const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    let count = 0
    const body = () => String(count++)
    const isRight = (text: string) => text === 'even'
    const { latencies, wrong } = await visit({ ...TARGET, method: 'POST', status: 200, baseUrl, body, isRight }, 50)
    expect(wrong).toBe(Math.ceil(latencies.length / 2))
    expect(new Set(bodies)).toEqual(new Set(Array.from({ length: latencies.length }, (_, index) => `POST ${index}`)))
  } finally {
    server.closeAllConnections()
    server.close()
  }
})

test('the table compares all targets with the first, by the medians of their rounds', () => {
  const taken = (title: string, rounds: Round[]) => ({ subject: { ...TARGET, title, baseUrl: '' }, samples: rounds })
  const round = (perSecond: number, ms: number, wrong = 0) => ({ perSecond, latencies: [ms], wrong })
  const page = visitsTable([
    taken('nothing', [round(100, 10), round(90, 12), round(110, 8)]),
    taken('a page', [round(50, 20, 1), round(51, 21), round(49, 19, 2)]),
  ])
  const [, , nothing, aPage] = page.split('\n')
  expect(nothing).toBe('| nothing | 100 | 1.00 x | 10.0 (1.00 x) | 10.0 (1.00 x) | 10.0 (1.00 x) | 0 |')
  expect(aPage).toBe('| a page | 50 | 0.50 x | 20.0 (2.00 x) | 20.0 (2.00 x) | 20.0 (2.00 x) | 3 |')
})
