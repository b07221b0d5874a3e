import { createChatClient } from '../../../clients/chat/src/chat-client.ts'
import { DEADLINE_MS, eventually } from '../../support/eventually.ts'
import { startLoopbackServer } from '../../support/loopback-server.ts'
import { commitFrame, fakeLog, resumeFrames } from './fake-log.ts'

test(
  'over real HTTP and WebSockets, with the clock of the system, a message survives a connection that is cut',
  async () => {
    const log = fakeLog()
    const server = await startLoopbackServer({
      http: ({ url }) =>
        url === '/v1/ws-ticket'
          ? { ticket: 'a-ticket' }
          : { items: [{ id: 'r', head: log.room('r').head() }], nextCursor: null },
      frame(frame) {
        if (frame.action === 'resume') {
          const rooms = Object.entries<number>(frame.rooms)
          return [
            ...rooms.flatMap(([room, after]) => resumeFrames(log.room(room), after, 1000)),
            { t: 'ack', id: frame.id, ok: true },
          ]
        }
        const ack = commitFrame(log, 'ann', frame)
        // The first answer is lost with its connection.
        if (log.room('r').head() === 1 && ack.ok && !ack.dup) {
          server.tcp.at(-1)?.destroy()
          return []
        }
        return [ack, { t: 'events', room: 'r', events: log.room('r').events }]
      },
    })
    const client = createChatClient({
      url: server.url,
      webSocketUrl: server.webSocketUrl,
      token: 'a-token',
      positions: { r: 0 },
      random: () => 0.1,
    })
    const bodies: unknown[] = []
    client.on('message', ({ body }) => void bodies.push(body))
    client.start()
    try {
      const sent = ['one', `two ${'x'.repeat(4000)}`].map((body) => client.send({ room: 'r', body }))
      expect(await Promise.all(sent)).toMatchObject([{ seq: 1 }, { seq: 2 }])
      await eventually(async () => expect(bodies).toEqual(['one', `two ${'x'.repeat(4000)}`]))
      expect(server.tcp).toHaveLength(2)
      expect(log.room('r').events).toHaveLength(2)
    } finally {
      client.close()
      server.close()
    }
  },
  DEADLINE_MS,
)
