import type { Begun } from '../../../../functions/shared/data/idempotency-store.ts'
import { DAY_MS, LEASE_MS } from './history.ts'
import type { Flaw } from './simulate.ts'

/** Changes what a store is asked when an attempt begins, or what it says of it. */
type Begin = Parameters<Flaw>[0]['begin']
type Asked = Parameters<Begin>[0]

const asking =
  (change: (asked: Asked) => Partial<Asked>): Flaw =>
  (store) => ({ ...store, begin: (asked, signal) => store.begin({ ...asked, ...change(asked) }, signal) })

const saying =
  (change: (begun: Begun, asked: Asked) => Begun): Flaw =>
  (store) => ({ ...store, begin: async (asked, signal) => change(await store.begin(asked, signal), asked) })

/** Mistakes that one could make in a store, each with the rule that must see it. */
export const FLAWS: [string, Flaw, string][] = [
  [
    'names each attempt anew',
    saying((begun, { operationId }) => (begun.outcome === 'started' ? { ...begun, operationId } : begun)),
    'one operation a key and day',
  ],
  ['keeps no name for a day', asking(({ now }) => ({ keptUntil: now + LEASE_MS })), 'one operation a key and day'],
  ['keeps names for days', asking(({ now }) => ({ keptUntil: now + 3 * DAY_MS })), 'a new operation after a day'],
  [
    'shares keys between tenants',
    asking(({ id }) => ({ id: id.replace(/^.*#/, '') })),
    'an operation belongs to one key',
  ],
  ['takes every body for the same', asking(() => ({ fingerprint: 'same' })), 'an operation is made with one body'],
  ['lets bodies pass', asking(() => ({ fingerprint: 'same' })), 'another body is refused'],
  [
    'takes a repeat for another body',
    saying((begun) => (begun.outcome === 'answered' ? { outcome: 'reused' } : begun)),
    'only another body is refused so',
  ],
  ['has no lease', asking(({ now }) => ({ leaseUntil: now })), 'one attempt at a time'],
  [
    'does not say when a lease ends',
    saying((begun) => (begun.outcome === 'running' ? { ...begun, leaseUntil: Number.NaN } : begun)),
    'who has to wait is told how long',
  ],
  ['holds what came to nothing', (store) => ({ ...store, release: async () => {} }), 'nobody waits for nobody'],
  [
    'keeps failures as answers',
    (store) => ({ ...store, release: (attempt, x) => store.complete(attempt, { status: 503, headers: {} }, x) }),
    'every key comes to an end',
  ],
  ['keeps no answer', (store) => ({ ...store, complete: async () => {} }), 'an answer ends its operation'],
  [
    'keeps another answer',
    (store) => ({ ...store, complete: (attempt, a, x) => store.complete(attempt, { ...a, headers: {} }, x) }),
    'one answer a key and body',
  ],
  [
    'keeps a success for a refusal',
    (store) => ({ ...store, complete: (attempt, a, x) => store.complete(attempt, { ...a, status: 201 }, x) }),
    'a success has its effect, once',
  ],
]
