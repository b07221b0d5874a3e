import fc from 'fast-check'
import { pooled, randomBytes } from '../../../functions/shared/ids/random-bytes.ts'

/** A source whose bytes count on, and how often it was asked. */
function counting() {
  let value = 0
  let asked = 0
  const fill = (pool: Buffer) => {
    asked += 1
    for (let index = 0; index < pool.length; index++) pool.writeUInt8(value++ % 251, index)
  }
  return { next: pooled(fill), asked: () => asked }
}

test('small sizes share what was asked of the system at once', () => {
  const { next, asked } = counting()
  for (let call = 0; call < 64; call++) next(16)
  expect(asked()).toBe(1)
  next(16)
  expect(asked()).toBe(2)
})

test('no byte is given out twice, whatever is asked for', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 1500 }), { maxLength: 40 }), (sizes) => {
      let filled = 0
      const next = pooled((pool) => {
        for (let index = 0; index + 4 <= pool.length; index += 4) pool.writeUInt32BE(filled++, index)
      })
      const words = sizes
        .map((size) => size - (size % 4))
        .flatMap((size) => {
          const bytes = next(size)
          expect(bytes).toHaveLength(size)
          return Array.from({ length: size / 4 }, (_, index) => bytes.readUInt32BE(index * 4))
        })
      expect(new Set(words).size).toBe(words.length)
    }),
  )
})

test('what was given out stays as it is', () => {
  const { next } = counting()
  const first = next(1024)
  const copy = Buffer.from(first)
  next(1024)
  expect(first).toEqual(copy)
})

test('the pool keeps nothing of what was given out', () => {
  const pools: Buffer[] = []
  const next = pooled((pool) => {
    pools.push(pool)
    pool.fill(7)
  })
  next(10)
  expect(pools[0]?.subarray(0, 12)).toEqual(Buffer.from([...Array(10).fill(0), 7, 7]))
})

test('the bytes are those of the system', () => {
  const seen = new Set(Array.from({ length: 1000 }, () => randomBytes(16).toString('hex')))
  expect(seen.size).toBe(1000)
})
