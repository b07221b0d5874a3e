import type { Journey, JourneyContext, JourneyFrame, JourneySocket } from '../shared/journey.ts'

export const scope = 'chat'

/** In ms: events reach connections through the table's stream and a queue. */
const DELIVERED = 20_000

/** One user in a room of its own, on two devices, one of which is away for a while. */
export const journey = ({ ask, connect, unique }: JourneyContext): Journey => {
  let room = ''
  let version = ''
  let file = ''
  let phone: JourneySocket | undefined
  let laptop: JourneySocket | undefined

  const path = (rest = '') => `/v1/rooms/${room}${rest}`
  const send = (cid: string, body: string, status: number) =>
    ask({ method: 'POST', path: path('/messages'), body: { cid, body }, expect: { status } })
  const openSocket = async () => {
    const { json } = await ask({ method: 'POST', path: '/v1/ws-ticket', expect: { status: 201 } })
    return connect(json.ticket)
  }
  const carries = (seq: number) => (frame: JourneyFrame) =>
    frame.t === 'events' && frame.room === room && frame.events.some((event: { seq: number }) => event.seq === seq)
  const stored = (is: string, holds: (items: Stored[]) => boolean) =>
    ask({
      path: path('/messages'),
      expect: { status: 200, body: { is, holds: ({ items }) => holds(items) } },
      within: DELIVERED,
    })

  const steps: Record<string, () => Promise<unknown>> = {
    'reports that it is healthy': () =>
      ask({
        path: '/health',
        anonymous: true,
        expect: { status: 200, body: { is: 'ok', holds: ({ status }) => status === 'ok' } },
      }),
    // First of all that need the token: when it is refused, nothing was created that can't be deleted.
    'accepts the token': () => ask({ path: '/v1/rooms?limit=1', expect: { status: 200 } }),
    'creates no room without a token': () =>
      ask({ method: 'POST', path: '/v1/rooms', body: {}, anonymous: true, expect: { status: 401 } }),
    'creates a room': async () => {
      const { json } = await ask({
        method: 'POST',
        path: '/v1/rooms',
        body: { kind: 'group', name: `Smoke ${unique}` },
        expect: { status: 201 },
      })
      room = json.id
    },
    'connects with a ticket': async () => {
      laptop = await openSocket()
    },
    'sends a message over HTTP': () => send('first', 'Hello', 201),
    'delivers it over the WebSocket': () => received(laptop, 'the first message', carries(2)),
    'recognises a repeat': () => send('first', 'Hello', 200),
    'sends a message over the WebSocket': async () => {
      const ack = await sent(laptop, 'send', { room, cid: 'second', body: 'How are you?' })
      if (ack.seq !== 3) throw new Error(`The second message has the number ${ack.seq}`)
    },
    'edits it': () => sent(laptop, 'edit', { room, cid: 'third', target: 3, body: 'How are you all?' }),
    'reacts to it': () => sent(laptop, 'react', { room, cid: 'fourth', target: 3, emoji: '👍' }),
    'shows the edit and the reaction': () =>
      stored('the edited message', ([, second]) => second?.body === 'How are you all?' && second.reactions['👍'] === 1),
    'gives a second device what it missed': async () => {
      phone = await openSocket()
      await sent(phone, 'resume', { rooms: { [room]: 1 } })
      await received(phone, 'the whole log', carries(5))
      await received(phone, 'the end of the log', ({ t, head }) => t === 'resumed' && head === 5)
    },
    'deletes a message': () => sent(phone, 'delete', { room, cid: 'fifth', target: 2 }),
    'tells the other device': () => received(laptop, 'the deletion', carries(6)),
    'keeps a tombstone': () => stored('a tombstone', ([first]) => first?.deleted === true && first.body === null),
    'uploads a file': async () => {
      const body = { name: 'smoke.txt', type: 'text/plain', size: 5 }
      const { json } = await ask({ method: 'POST', path: path('/uploads'), body, expect: { status: 201 } })
      file = json.attachmentId
      const form = new FormData()
      for (const [name, value] of Object.entries<string>(json.upload.fields)) form.append(name, value)
      form.append('file', new Blob(['smoke']))
      const { status } = await fetch(json.upload.url, { method: 'POST', body: form })
      if (status !== 204) throw new Error(`The upload was answered ${status}`)
    },
    'sends it with a message': () => sent(phone, 'send', { room, cid: 'sixth', body: 'Look', attachments: [file] }),
    'gets the file': async () => {
      const { headers } = await ask({ path: `/v1/attachments/${file}`, expect: { status: 302 } })
      const content = await (await fetch(headers.get('location') ?? '')).text()
      if (content !== 'smoke') throw new Error(`The file has other content: ${content.slice(0, 200)}`)
    },
    'marks what was read': () => sent(phone, 'read', { room, seq: 7 }),
    'reads the room': async () => {
      const { headers } = await ask({
        path: path(),
        expect: {
          status: 200,
          body: { is: 'nothing unread', holds: ({ unread, head }) => unread === 0 && head === 7 },
        },
      })
      version = headers.get('etag') ?? ''
    },
    'renames the room as it was read': () =>
      ask({
        method: 'PATCH',
        path: path(),
        body: { name: `Renamed ${unique}` },
        headers: { 'if-match': version },
        expect: { status: 200 },
      }),
    'refuses a change of an older version': () =>
      ask({
        method: 'PATCH',
        path: path(),
        body: { name: 'Older' },
        headers: { 'if-match': version },
        expect: { status: 412 },
      }),
  }
  return {
    steps: Object.entries(steps).map(([name, run]) => ({ name, run: async () => void (await run()) })),
    cleanUp: async () => {
      for (const socket of [phone, laptop]) socket?.close()
      if (room) await ask({ method: 'DELETE', path: path(), expect: { status: [204, 404] } })
    },
  }
}

interface Stored {
  readonly body: string | null
  readonly deleted?: boolean
  readonly reactions: Readonly<Record<string, number>>
}

function sent(socket: JourneySocket | undefined, ...[action, fields]: Parameters<JourneySocket['send']>) {
  return connected(socket).send(action, fields)
}

function received(socket: JourneySocket | undefined, ...[what, matches]: Parameters<JourneySocket['receive']>) {
  return connected(socket).receive(what, matches)
}

function connected(socket: JourneySocket | undefined): JourneySocket {
  if (!socket) throw new Error('No step has connected yet')
  return socket
}
