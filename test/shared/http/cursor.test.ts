import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { AppError } from '../../../functions/shared/errors.ts'
import { createCursors, type Position } from '../../../functions/shared/http/cursor.ts'
import { HttpProblem } from '../../../functions/shared/http/response.ts'
import type { Key, Keys } from '../../../functions/shared/secrets/secrets.ts'

const OLD: Key = { id: '3f0c5a1e-0000-4000-8000-00000000000a', secret: 'old-secret-of-32-characters-here' }
const NEW: Key = { id: '3f0c5a1e-0000-4000-8000-00000000000b', secret: 'new-secret-of-32-characters-here' }
const SCOPE = { tenant: 'acme', query: { list: 'links', tag: 'news' } }
const POSITION: Position = { pk: 'T#acme', sk: 'L#abc', createdAt: 1_700_000_000_000 }

/** Keys in the order of their age, the newest last. */
function keysOf(...keys: [Key, ...Key[]]): Keys {
  return {
    signingKey: async () => keys.at(-1) ?? keys[0],
    verifyingKey: async (id) => keys.find((key) => key.id === id),
  }
}

const { seal, open } = createCursors({ keys: keysOf(OLD, NEW), randomBytes })
const sealed = () => seal({ ...SCOPE, position: POSITION })

/** @returns the problem's code: any other error fails the test. */
async function refusal(opening: Promise<Position>): Promise<string> {
  const error = await opening.then(
    () => 'opened',
    (reason: unknown) => reason,
  )
  if (!(error instanceof HttpProblem)) throw error
  return `${error.problem.status} ${error.problem.code}`
}
const INVALID = '400 invalid-cursor'

const name = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('__proto__', 'constructor', 'toString'))
const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value || 0)
const position = fc.dictionary(name, fc.oneof(fc.string({ unit: 'binary' }), number), { maxKeys: 4 })
const fits = (value: Position) => Buffer.byteLength(JSON.stringify(value)) < 690
const scope = fc.record({
  tenant: fc.string(),
  query: fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(undefined))),
})

test('any position comes back, for its tenant and query', async () => {
  await fc.assert(
    fc.asyncProperty(position.filter(fits), scope, async (value, where) => {
      expect(await open(await seal({ ...where, position: value }), where)).toEqual(value)
    }),
    { numRuns: 1000 },
  )
})

test('the names of a query have no order, and what is undefined is absent', async () => {
  const cursor = await seal({ tenant: 'acme', query: { b: 2, a: 1, c: undefined }, position: POSITION })
  expect(await open(cursor, { tenant: 'acme', query: { a: 1, b: 2 } })).toEqual(POSITION)
})

test('another tenant or query is refused', async () => {
  await fc.assert(
    fc.asyncProperty(scope, scope, async (a, b) => {
      const clean = ({ tenant, query }: typeof a) =>
        JSON.stringify([
          tenant,
          Object.keys(query)
            .sort()
            .map((key) => [key, query[key]])
            .filter((e) => e[1] !== undefined),
        ])
      fc.pre(clean(a) !== clean(b))
      expect(await refusal(open(await seal({ ...a, position: POSITION }), b))).toBe(INVALID)
    }),
    { numRuns: 1000 },
  )
})

test.each([
  [{ tenant: 'acme2' }],
  [{ query: { list: 'links' } }],
  [{ query: { list: 'links', tag: 'news', q: '' } }],
  [{ query: { list: 'links', tag: 'new' } }],
  [{ query: { list: 'tags', tag: 'news' } }],
  [{ tenant: 'acm', query: { elist: 'links', tag: 'news' } }],
])('a cursor of acme for the links tagged news is refused with %j', async (change) => {
  expect(await refusal(open(await sealed(), { ...SCOPE, ...change }))).toBe(INVALID)
})

test('1 and "1" are different queries', async () => {
  const cursor = await seal({ tenant: 'acme', query: { page: 1 }, position: POSITION })
  expect(await refusal(open(cursor, { tenant: 'acme', query: { page: '1' } }))).toBe(INVALID)
})

test('every flip of a bit is refused, in the bytes and in the text', async () => {
  const cursor = await sealed()
  const bytes = Buffer.from(cursor, 'base64url')
  for (let bit = 0; bit < bytes.length * 8; bit += 1) {
    const flipped = Buffer.from(bytes)
    flipped.writeUInt8(flipped.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3)
    expect(await refusal(open(flipped.toString('base64url'), SCOPE))).toBe(INVALID)
  }
  for (let bit = 0; bit < cursor.length * 7; bit += 1) {
    const text = Buffer.from(cursor)
    text.writeUInt8(text.readUInt8(Math.floor(bit / 7)) ^ (1 << (bit % 7)), Math.floor(bit / 7))
    expect(await refusal(open(text.toString('latin1'), SCOPE))).toBe(INVALID)
  }
})

test('every truncation is refused, at both ends', async () => {
  const cursor = await sealed()
  for (let length = 0; length < cursor.length; length += 1) {
    expect(await refusal(open(cursor.slice(0, length), SCOPE))).toBe(INVALID)
    expect(await refusal(open(cursor.slice(cursor.length - length), SCOPE))).toBe(INVALID)
  }
})

test.each([
  ['padding', (cursor: string) => `${cursor}=`],
  ['white space', (cursor: string) => ` ${cursor}`],
  ['what is no base64url', (cursor: string) => `${cursor}!`],
  // With 124 bytes the last character has 2 used bits and 4 unused ones.
  [
    'other unused bits',
    (cursor: string) => cursor.slice(0, -1) + String.fromCharCode(cursor.charCodeAt(cursor.length - 1) + 1),
  ],
  ['a doubled text', (cursor: string) => cursor + cursor],
])('a cursor has one spelling: %s is refused', async (_, change) => {
  expect(await refusal(open(change(await sealed()), SCOPE))).toBe(INVALID)
})

test('anything at all is opened or refused as invalid', async () => {
  const base64url = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes).toString('base64url'))
  const withHead = fc
    .tuple(fc.constantFrom(OLD.id, NEW.id, 'x'), fc.uint8Array({ maxLength: 60 }))
    .map(([id, rest]) => Buffer.concat([Buffer.of(1, id.length), Buffer.from(id), rest]).toString('base64url'))
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.string({ unit: 'binary' }), base64url, withHead), async (cursor) => {
      expect(await refusal(open(cursor, SCOPE))).toBe(INVALID)
    }),
    { numRuns: 2000 },
  )
})

describe('length', () => {
  const fill = (length: number) => ({ ...SCOPE, position: { pk: 'x'.repeat(length) } })
  // 768 bytes, less 2 + 36 + 16 of the head, 16 of the tag, 9 of {"pk":""}.
  const ROOM = 689

  test('is 1,024 characters at most', async () => {
    expect(await seal(fill(ROOM))).toHaveLength(1024)
    expect(await open(await seal(fill(ROOM)), SCOPE)).toEqual(fill(ROOM).position)
    await expect(seal(fill(ROOM + 1))).rejects.toThrow(RangeError)
    await expect(seal(fill(ROOM + 1))).rejects.toThrow('1026 characters, 1024 at most')
  })
})

test.each<[string, (bytes: Buffer) => Buffer]>([
  ['a text of more than 1,024 characters', (bytes) => Buffer.concat([bytes, Buffer.alloc(700)])],
  ['another format', (bytes) => Buffer.concat([Buffer.of(2), bytes.subarray(1)])],
  ['a text without room for salt and tag', (bytes) => bytes.subarray(0, 2 + 36 + 16 + 15)],
])('%s is refused before any key is looked up, so that it costs nothing', async (_, change) => {
  let lookups = 0
  const verifyingKey = async () => {
    lookups += 1
    return NEW
  }
  const cursors = createCursors({ keys: { ...keysOf(NEW), verifyingKey }, randomBytes })
  const changed = change(Buffer.from(await sealed(), 'base64url')).toString('base64url')
  expect(await refusal(cursors.open(changed, SCOPE))).toBe(INVALID)
  expect(lookups).toBe(0)
})

test('nothing of the position, the tenant or the query can be read in it', async () => {
  const bytes = Buffer.from(await sealed(), 'base64url').toString('latin1')
  for (const word of ['acme', 'L#abc', 'pk', 'links', 'news', '1700000000000']) expect(bytes).not.toContain(word)
})

test('two cursors of one position can’t be recognised as such', async () => {
  expect(await sealed()).not.toBe(await sealed())
})

describe('keys', () => {
  test('the newest seals, and both open', async () => {
    const before = await createCursors({ keys: keysOf(OLD), randomBytes }).seal({ ...SCOPE, position: POSITION })
    expect(Buffer.from(before, 'base64url').toString('latin1')).toContain(OLD.id)
    expect(Buffer.from(await sealed(), 'base64url').toString('latin1')).toContain(NEW.id)
    expect(await open(before, SCOPE)).toEqual(POSITION)
    expect(await open(await sealed(), SCOPE)).toEqual(POSITION)
  })

  test('a cursor ends with its key', async () => {
    const after = createCursors({ keys: keysOf(OLD), randomBytes })
    expect(await refusal(after.open(await sealed(), SCOPE))).toBe(INVALID)
  })

  test("another secret under the key's id is refused", async () => {
    const impostor = createCursors({ keys: keysOf({ ...NEW, secret: OLD.secret }), randomBytes })
    expect(await refusal(impostor.open(await sealed(), SCOPE))).toBe(INVALID)
  })

  test('unreadable keys don’t make a cursor invalid: their error is thrown', async () => {
    const down = new AppError('dependency-failed', 'no keys', { retryable: true })
    const keys: Keys = { signingKey: () => Promise.reject(down), verifyingKey: () => Promise.reject(down) }
    const cursors = createCursors({ keys, randomBytes })
    await expect(cursors.open(await sealed(), SCOPE)).rejects.toBe(down)
    await expect(cursors.seal({ ...SCOPE, position: POSITION })).rejects.toBe(down)
  })

  test('the signal reaches them', async () => {
    const seen: unknown[] = []
    const keys: Keys = {
      signingKey: async (signal) => seen.push(signal) && NEW,
      verifyingKey: async (_, signal) => seen.push(signal) && NEW,
    } as Keys
    const cursors = createCursors({ keys, randomBytes })
    const { signal } = new AbortController()
    await cursors.open(await cursors.seal({ ...SCOPE, position: POSITION }, signal), SCOPE, signal)
    expect(seen).toEqual([signal, signal])
  })
})

test('the layout is fixed: a cursor of an older release opens', async () => {
  const sevens = (count: number) => new Uint8Array(count).fill(7)
  const vector = await createCursors({ keys: keysOf(NEW), randomBytes: sevens }).seal({ ...SCOPE, position: POSITION })
  expect(vector).toBe(
    'ASQzZjBjNWExZS0wMDAwLTQwMDAtODAwMC0wMDAwMDAwMDAwMGIHBwcHBwcHBwcHBwcHBwcHlRdGmNDNGP10jpP2Vl_MnbdD' +
      'NwOUeN-Jg3fypNsgwnxceJZ6c8KC47svGBvZbMqZluA0fhNvbRfRdDwmcqFVL3wnCazyxA',
  )
  expect(await open(vector, SCOPE)).toEqual(POSITION)
})
