import fc from 'fast-check'
import { createSketch, type Sketch } from '../../../functions/url-shortener/domain/hyper-log-log.ts'
import { hashOf } from '../clicks/a-click.ts'

const sketchOf = (values: Iterable<string | number>): Sketch => {
  const sketch = createSketch()
  for (const value of values) sketch.add(hashOf(value))
  return sketch
}
const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index)
const values = fc.array(fc.integer({ min: 0, max: 5000 }), { maxLength: 3000 })

test('an estimate is within four standard errors, and nearly exact for few values', () => {
  expect(sketchOf([]).estimate()).toBe(0)
  for (const count of [1, 2, 10, 100]) {
    expect(Math.abs(sketchOf(numbers(0, count)).estimate() - count)).toBeLessThanOrEqual(Math.ceil(count / 50))
  }
  for (const count of [1000, 10_000, 100_000]) {
    expect(Math.abs(sketchOf(numbers(0, count)).estimate() / count - 1)).toBeLessThan(4 * 0.01625)
  }
})

test('the mean error over many sets is about 1.6 %', () => {
  const errors = numbers(0, 60).map((set) => sketchOf(numbers(0, 3000).map((n) => `${set} ${n}`)).estimate() / 3000 - 1)
  const rootMeanSquare = Math.sqrt(errors.reduce((sum, error) => sum + error ** 2, 0) / errors.length)
  expect(rootMeanSquare).toBeLessThan(0.02)
  expect(Math.abs(errors.reduce((sum, error) => sum + error, 0) / errors.length)).toBeLessThan(0.007)
})

test('neither the order nor the number of times makes a difference', () => {
  fc.assert(
    fc.property(values, (some) => {
      const twice = sketchOf([...some.toReversed(), ...some])
      expect(twice.encode()).toEqual(sketchOf(some).encode())
    }),
  )
})

test('a union is the sketch of all values', () => {
  fc.assert(
    fc.property(values, values, (some, others) => {
      const union = sketchOf(some)
      union.merge(sketchOf(others))
      expect(union.encode()).toEqual(sketchOf([...some, ...others]).encode())
    }),
  )
})

test('an encoded sketch is the same one when it is decoded, and has at most 3 KB', () => {
  fc.assert(
    fc.property(values, (some) => {
      const sketch = sketchOf(some)
      const encoded = sketch.encode()
      expect(createSketch(encoded).registers).toEqual(sketch.registers)
      expect(encoded.length).toBeLessThanOrEqual(3072)
    }),
  )
  expect(sketchOf([1, 2]).encode()).toHaveLength(6)
})

test('a hash without a one after the index is the rarest of all', () => {
  const sketch = createSketch()
  sketch.add(Buffer.from('fff0000000000000', 'hex'))
  sketch.add(Buffer.from('0018000000000000', 'hex'))
  expect([sketch.registers[0xfff], sketch.registers[0x001]]).toEqual([53, 1])
})

test('bytes of another length are no sketch', () => {
  expect(() => createSketch(new Uint8Array(4))).toThrow(new RangeError("A sketch can't have 4 bytes."))
})
