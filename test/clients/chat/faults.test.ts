import fc from 'fast-check'
import { aConnectedClient, type ClientUnderTest, text } from './a-client.ts'
import { fakeChat } from './fake-chat.ts'

const MINUTE = 60_000

/** A step of a bad day. What needs an open connection does nothing without one. */
type Step = (under: ClientUnderTest) => void

const newest = ({ chat }: ClientUnderTest) => chat.sockets.filter((socket) => socket.isOpen()).at(-1)

const STEPS: Record<string, Step> = {
  'others send': ({ chat }) => void chat.commit('r', text('theirs')),
  'others send to another room': ({ chat }) => void chat.commit('other', text('theirs')),
  'the user sends': ({ client }) => void client.send({ room: 'r', body: 'mine' }).catch(() => {}),
  'frames get lost': (under) => void Object.assign(newest(under) ?? {}, { losesEvents: true }),
  'frames arrive again': (under) => void Object.assign(newest(under) ?? {}, { losesEvents: false }),
  'the connection ends': (under) => newest(under)?.drop(),
  'the connection is dead': (under) => void Object.assign(newest(under) ?? {}, { isDead: true }),
  'the server asks for another connection': (under) => newest(under)?.push({ t: 'reconnect', afterMs: 100 }),
  'an old frame comes again': (under) => {
    const head = under.chat.log.room('r').head()
    const socket = newest(under)
    if (socket && head > 0) under.chat.deliver(socket, 'r', Math.ceil(head / 2))
  },
  'a commit loses its ack': ({ chat }) => {
    chat.answer = ({ action, room, cid, body }) => {
      if (action !== 'send') return 'pass'
      chat.answer = () => 'pass'
      chat.log.commit(room, 'ann', { ...text(body), cid })
      return undefined
    }
  },
  'a frame is not handled': ({ chat }) => {
    chat.answer = () => {
      chat.answer = () => 'pass'
      return undefined
    }
  },
  'a request fails': ({ chat }) => {
    chat.respond = () => {
      chat.respond = () => undefined
      return Response.json({}, { status: 500 })
    }
  },
}

const steps = fc.array(fc.tuple(fc.constantFrom(...Object.keys(STEPS)), fc.constantFrom(0, 10, 700, 20_000)), {
  maxLength: 40,
})

/** @proves chat/client-recovers */
test('whatever fails, each event is told once and in order, and each message is in the log once, in the order of the calls', async () => {
  await fc.assert(
    fc.asyncProperty(steps, fc.constantFrom(3, 1000), async (day, maxMissed) => {
      const chat = fakeChat()
      chat.maxMissed = maxMissed
      const under = await aConnectedClient({ positions: { r: 0, other: 0 } }, chat)
      const sent: Promise<unknown>[] = []
      const { send } = under.client
      let count = 0
      under.client.send = (message) => {
        count += 1
        const committed = send({ ...message, body: String(count) })
        sent.push(committed)
        return committed
      }
      for (const [name, ms] of day) {
        STEPS[name]?.(under)
        await under.clock.advance(ms)
      }
      heal(under)
      await under.clock.advance(10 * MINUTE)
      for (const room of ['r', 'other']) {
        expect(under.seqs(room)).toEqual(chat.log.room(room).events.map(({ seq }) => seq))
      }
      const mine = chat.log
        .room('r')
        .events.flatMap((event) => (event.user === 'ann' && 'body' in event ? event.body : []))
      expect(mine).toEqual(Array.from({ length: count }, (_, index) => String(index + 1)))
      await Promise.all(sent)
      expect(under.client.pending('r')).toEqual([])
      expect(chat.sockets.filter((socket) => socket.isOpen())).toHaveLength(1)
    }),
    { numRuns: 200 },
  )
})

function heal({ chat }: ClientUnderTest): void {
  chat.answer = () => 'pass'
  chat.respond = () => undefined
  for (const socket of chat.sockets) socket.losesEvents = false
}
