import { createPushLive, type Post } from '../../../functions/notification/live/push.ts'

const { signal } = new AbortController()
const ANN = { tenant: 'acme', userId: 'ann' }
const FRAMES = [{ t: 'inbox' }, { t: 'count' }]

function world(ids: readonly string[], post: (id: string) => Promise<Awaited<ReturnType<Post>>>) {
  const [sent, forgotten, failures]: [string[], string[], unknown[]] = [[], [], []]
  let loads = 0
  const push = createPushLive({
    connections: {
      list: async () => ids.map((connectionId) => ({ ...ANN, connectionId, state: 'open' as const })),
      forget: async ({ connectionId }) => void forgotten.push(connectionId),
    },
    loadPost: async () => {
      loads += 1
      return (id, data) => {
        sent.push(`${id} ${JSON.parse(data).t}`)
        return post(id)
      }
    },
    onFailure: (error) => void failures.push(error),
  })
  return { push, sent, forgotten, failures, loads: () => loads }
}

test('every connection gets all messages in order, and one that is gone is forgotten', async () => {
  const { push, sent, forgotten } = world(['a', 'b'], async (id) => (id === 'b' ? 'gone' : 'sent'))
  await push(ANN, FRAMES, signal)
  expect([sent.sort(), forgotten]).toEqual([['a count', 'a inbox', 'b inbox'], ['b']])
})

test('a user without connections needs no client', async () => {
  const { push, loads } = world([], async () => 'sent')
  await push(ANN, FRAMES, signal)
  expect(loads()).toBe(0)
})

test('a failure is logged, and affects neither the caller nor the other connections', async () => {
  const { push, sent, failures } = world(['a', 'b'], async (id) => {
    if (id === 'a') throw new Error('unreachable')
    return 'sent'
  })
  await push(ANN, FRAMES, signal)
  expect([sent.filter((each) => each.startsWith('b')).length, failures]).toEqual([2, [new Error('unreachable')]])
})
