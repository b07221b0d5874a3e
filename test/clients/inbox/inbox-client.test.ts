import { settle } from '../../support/fake-clock.ts'
import { aClient, aConnectedClient, type HttpRequest, LIST, MARK, TICKET } from './fake-inbox.ts'

// `random` is always a half: a ping is due every 270 seconds, a list every 750, and waits are half of their limit.

const MINUTE = 60_000

test('the list is read at once, and again when the connection is open', async () => {
  const { client, inbox, clock, seen } = aClient()
  inbox.deliver()
  client.start()
  await settle()
  expect(seen()).toEqual([1, 1, 'Item 1'])
  await clock.advance(1000)
  expect(inbox.asked(LIST).map(({ ifNoneMatch }) => ifNoneMatch)).toEqual([null, '"1"'])
  expect(client.view()).toMatchObject({ isLoaded: true, isLive: true, error: undefined })
})

test('each request has a token of its own, and no URL has one', async () => {
  let count = 0
  const { inbox, clock } = await aConnectedClient({ getToken: async () => `token-${++count}` })
  inbox.socket().drop()
  await clock.advance(MINUTE)
  expect(new Set(inbox.requests.map(({ token }) => token)).size).toBe(inbox.requests.length)
  const urls = [...inbox.requests, ...inbox.sockets].map(({ url }) => url.href)
  expect(urls.filter((url) => url.includes('token-'))).toEqual([])
  expect(inbox.sockets.map(({ url }) => url.href)).toEqual([
    'wss://socket.example/live?ticket=ticket-1',
    'wss://socket.example/live?ticket=ticket-2',
  ])
})

test('news that follow from what is known are shown without a request', async () => {
  const { inbox, clock, seen } = await aConnectedClient()
  const before = inbox.requests.length
  inbox.deliver()
  inbox.deliver()
  await clock.advance(MINUTE)
  expect(seen()).toEqual([2, 2, 'Item 2', 'Item 1'])
  expect(inbox.requests.length).toBe(before)
})

test('a count that doesn’t follow from what is known asks for the list, once within a second', async () => {
  const { inbox, clock, seen } = await aConnectedClient()
  inbox.deliver({ silently: true })
  const before = inbox.asked(LIST).length
  inbox.socket().push({ t: 'count', unseen: 1, unread: 1 })
  await clock.advance(400)
  inbox.socket().push({ t: 'count', unseen: 1, unread: 1 })
  expect(inbox.asked(LIST).length).toBe(before)
  await clock.advance(200)
  expect([inbox.asked(LIST).length, ...seen()]).toEqual([before + 1, 1, 1, 'Item 1'])
})

test('what came while the connection was lost is there when it is back', async () => {
  const { inbox, clock, client, seen } = await aConnectedClient()
  inbox.socket().drop()
  await settle()
  inbox.deliver()
  expect([client.view().isLive, ...seen()]).toEqual([false, 0, 0])
  await clock.advance(1000)
  expect([client.view().isLive, ...seen()]).toEqual([true, 1, 1, 'Item 1'])
})

test('a message that was lost on a living connection is made up for within 15 minutes', async () => {
  const { inbox, clock, seen } = await aConnectedClient()
  inbox.deliver({ silently: true })
  await clock.advance(15 * MINUTE)
  expect(seen()).toEqual([1, 1, 'Item 1'])
  expect(inbox.sockets).toHaveLength(1)
})

test('a connection is dead 10 seconds after a ping without an ack, though nobody closed it', async () => {
  const { inbox, clock, client } = await aConnectedClient()
  const [first] = inbox.sockets
  if (first) first.isDead = true
  await clock.advance(269_000 + 9999)
  expect(client.view().isLive).toBe(true)
  await clock.advance(1)
  expect(client.view().isLive).toBe(false)
  await clock.advance(1000)
  expect([inbox.sockets.length, client.view().isLive]).toEqual([2, true])
})

test('waits between tries have full jitter under a limit that doubles up to a minute', async () => {
  const { inbox, clock, client } = aClient()
  inbox.acceptsUpgrades = false
  const times: number[] = []
  inbox.respond = ({ url }) => {
    if (url.pathname === '/v1/ws-ticket') times.push(clock.now())
    return undefined
  }
  client.start()
  await clock.advance(5 * MINUTE)
  const waits = times.slice(1).map((time, index) => time - (times[index] ?? 0))
  expect(waits.slice(0, 8)).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000])
})

test('a service that accepts and hangs up at once is asked less and less', async () => {
  const { inbox, clock, client } = aClient()
  client.start()
  for (let second = 0; second < 60; second++) {
    await clock.advance(1000)
    for (const socket of inbox.sockets) socket.drop()
  }
  expect(inbox.sockets.length).toBeLessThan(10)
})

test('a wake-up connects now, or finds out whether the connection is alive', async () => {
  const { inbox, clock, client } = await aConnectedClient()
  inbox.acceptsUpgrades = false
  inbox.socket().drop()
  await clock.advance(MINUTE)
  inbox.acceptsUpgrades = true
  client.wake()
  await settle()
  expect(client.view().isLive).toBe(true)
  inbox.socket().isDead = true
  client.wake()
  await clock.advance(10_000)
  expect(client.view().isLive).toBe(false)
})

/** A client without a connection for so long that it waits for a long time between its attempts, which nobody answers. */
async function aDisconnectedClient() {
  const world = await aConnectedClient()
  world.inbox.acceptsUpgrades = 'no-answer'
  world.inbox.socket().drop()
  await world.clock.advance(5 * MINUTE)
  return world
}

test('a wake-up during an attempt that fails has the next one made at once', async () => {
  const { inbox, clock, client } = await aDisconnectedClient()
  client.wake()
  await settle()
  inbox.acceptsUpgrades = true
  client.wake()
  await clock.advance(10_000)
  expect(client.view().isLive).toBe(true)
})

test('a wake-up during the first ping of a connection that is dead has the next one opened at once', async () => {
  const { inbox, clock, client } = await aDisconnectedClient()
  inbox.acceptsUpgrades = true
  inbox.diesWhenOpened = true
  client.wake()
  await settle()
  inbox.diesWhenOpened = false
  client.wake()
  await clock.advance(10_000)
  expect(client.view().isLive).toBe(true)
})

test('a wake-up during an attempt that succeeds shortens no later wait', async () => {
  const { inbox, clock, client } = await aConnectedClient()
  inbox.socket().drop()
  await settle()
  inbox.respond = ({ method, url }) => {
    if (`${method} ${url.pathname}` === TICKET) client.wake()
    return undefined
  }
  client.wake()
  await settle()
  expect(client.view().isLive).toBe(true)
  const before = inbox.sockets.length
  inbox.socket().drop()
  await settle()
  expect(inbox.sockets.length).toBe(before)
  await clock.advance(MINUTE)
  expect(client.view().isLive).toBe(true)
})

test('changes are sent again until the service answers, and a refused or hopeless one is taken back', async () => {
  const { inbox, clock, client, seen } = await aConnectedClient()
  const { id } = inbox.deliver()
  await settle()
  failing(inbox, MARK, 503, 2)
  client.mark([id], 'seen')
  expect(seen()).toEqual([0, 1, 'Item 1'])
  await clock.advance(MINUTE)
  expect([inbox.asked(MARK).length, ...seen()]).toEqual([3, 0, 1, 'Item 1'])

  failing(inbox, MARK, 403, 1)
  client.mark([id], 'read')
  expect(seen()).toEqual([0, 0, 'Item 1'])
  await clock.advance(MINUTE)
  expect([inbox.asked(MARK).length, ...seen()]).toEqual([4, 0, 1, 'Item 1'])

  failing(inbox, MARK, 503, 5)
  client.mark([id], 'read')
  await clock.advance(5 * MINUTE)
  expect([inbox.asked(MARK).length, ...seen()]).toEqual([9, 0, 1, 'Item 1'])
  expect(client.view().error).toBeUndefined()
})

test('a token that has expired loses no change', async () => {
  const { inbox, clock, client, seen } = await aConnectedClient()
  const { id } = inbox.deliver()
  await settle()
  failing(inbox, MARK, 401, 1)
  client.mark([id], 'read')
  await clock.advance(MINUTE)
  expect([inbox.asked(MARK).length, ...seen()]).toEqual([2, 0, 0, 'Item 1'])
})

test('more than a hundred items are marked by several requests', async () => {
  const { inbox, client, clock } = await aConnectedClient()
  for (let number = 0; number < 120; number++) inbox.deliver()
  await settle()
  client.mark(
    inbox.items.map(({ id }) => id),
    'seen',
  )
  await clock.advance(MINUTE)
  expect(inbox.asked(MARK).map(({ body }) => body.ids.length)).toEqual([100, 20])
  expect(client.view().unseen).toBe(0)
})

test('older pages come when they are asked for, and a refresh keeps them', async () => {
  const { inbox, client, clock } = aClient()
  for (let number = 0; number < 60; number++) inbox.deliver()
  client.start()
  await clock.advance(1000)
  expect([client.view().items.length, client.view().hasMore]).toEqual([25, true])
  client.more()
  await settle()
  client.more()
  await settle()
  expect([client.view().items.length, client.view().hasMore]).toEqual([60, false])
  inbox.deliver({ silently: true })
  client.refresh()
  await settle()
  expect([client.view().items.length, client.view().hasMore]).toEqual([60, true])
})

test('the reason why the list can’t be read is told, and goes away with the next one', async () => {
  const { inbox, client, clock } = aClient()
  inbox.acceptsUpgrades = false
  failing(inbox, LIST, 503, 1)
  client.start()
  await settle()
  expect(client.view()).toMatchObject({ isLoaded: false, error: { name: 'InboxUnavailable', reason: 'bad-status' } })
  await clock.advance(1000)
  expect(client.view()).toMatchObject({ isLoaded: true, error: undefined })
})

test.each([
  ['no JSON', () => new Response('<html></html>')],
  ['another service’s answer', () => Response.json({ items: [{ id: 1 }] })],
])('%s is no list', async (_, respond) => {
  const { inbox, client } = aClient()
  inbox.respond = ({ url }) => (url.pathname.endsWith('/inbox') ? respond() : undefined)
  client.start()
  await settle()
  expect(client.view()).toMatchObject({ items: [], isLoaded: false, error: { reason: 'bad-answer' } })
})

test('frames that it doesn’t know are passed over', async () => {
  const { inbox, seen } = await aConnectedClient()
  for (const frame of [{ t: 'later' }, { t: 'count', unseen: 'x' }, { t: 'inbox', item: {} }, {}]) {
    inbox.socket().push(frame)
  }
  await settle()
  expect(seen()).toEqual([0, 0])
})

test('nothing happens after it was closed', async () => {
  const { inbox, client, clock } = await aConnectedClient()
  client.close()
  await settle()
  const before = inbox.requests.length
  expect(inbox.sockets.every((socket) => socket.isClosed())).toBe(true)
  await clock.advance(60 * MINUTE)
  expect([inbox.requests.length, clock.pendingTimers()]).toEqual([before, 0])
})

test.each([
  ['url', { url: 'ftp://x' }],
  ['webSocketUrl', { webSocketUrl: 'https://x' }],
])('a wrong %s is refused', (name, options) => {
  expect(() => aClient(options)).toThrow(name)
})

/** Lets the next requests of a kind fail. */
function failing(
  inbox: { respond: (request: HttpRequest) => Response | undefined | Promise<Response> },
  line: string,
  ...[status, times]: [number, number]
): void {
  let left = times
  inbox.respond = ({ method, url }) => {
    if (`${method} ${url.pathname}` !== line || left === 0) return undefined
    left -= 1
    return Response.json({ code: 'some-code' }, { status })
  }
}

test('a ticket that can’t be had is asked for again', async () => {
  const { inbox, client, clock } = aClient()
  failing(inbox, TICKET, 503, 2)
  client.start()
  await clock.advance(5000)
  expect([inbox.asked(TICKET).length, client.view().isLive]).toEqual([3, true])
})
