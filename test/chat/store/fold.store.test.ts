import fc from 'fast-check'
import { comparable, fold, isInOrder } from './fold.ts'
import { roomsTable } from './rooms-table.ts'
import { history, talk } from './talk.ts'

const { group, send, log, commit, store } = await roomsTable()
const { edit, remove, react } = talk(commit)
const { messages } = history(store)

const USERS = ['ann', 'bob', 'cleo']

const step = fc.record({
  action: fc.constantFrom('send', 'reply', 'edit', 'delete', 'react', 'react', 'unreact'),
  user: fc.constantFrom(...USERS),
  target: fc.integer({ min: 2, max: 8 }),
  emoji: fc.constantFrom('👍', '🎉'),
})

type Id = Awaited<ReturnType<typeof group>>

function run(id: Id, { action, user, target, emoji }: typeof step extends fc.Arbitrary<infer Step> ? Step : never) {
  switch (action) {
    case 'send':
      return send(id, user, { mentions: ['bob'] })
    case 'reply':
      return send(id, user, { threadRoot: target })
    case 'edit':
      return edit(id, user, { target, body: `Edit of ${user}` })
    case 'delete':
      return remove(id, user, { target })
    default:
      return react(id, user, { target, emoji, remove: action === 'unreact' })
  }
}

test('whatever users do at the same time, the messages are those that the log makes', async () => {
  const rounds = fc.array(fc.array(step, { minLength: 1, maxLength: 4 }), { minLength: 4, maxLength: 10 })
  await fc.assert(
    fc.asyncProperty(rounds, async (all) => {
      const id = await group(USERS)
      for (const user of USERS) await send(id, user)
      for (const together of all) await Promise.all(together.map((one) => run(id, one)))
      const events = await log(id)
      expect(isInOrder(events)).toBe(true)
      const { items } = await messages(id, 'ann')
      expect(items.map(comparable)).toEqual(fold(events))
      const membership = await store.read({ ...id, user: 'ann' }, new AbortController().signal)
      const newest = items.at(-1)
      expect(membership?.room).toMatchObject({
        head: events.length,
        lastMessage: { seq: newest?.seq, user: newest?.user, body: newest?.body },
      })
    }),
    { numRuns: 12, endOnFailure: true },
  )
})
