import { chaos, parse } from '../../../tools/chaos/chaos.ts'

test('a system is tested with a number of seeds, or with one of them', () => {
  expect(parse(['chat'])).toEqual({ system: 'chat' })
  expect(parse(['chat', '--seeds', '100'])).toEqual({ system: 'chat', CHAOS_SEEDS: '100' })
  expect(parse(['chat', '--seed', '7'])).toEqual({ system: 'chat', CHAOS_SEED: '7' })
})

test.each([
  [[], 'Name one system'],
  [['chat', 'other'], 'Name one system'],
  [['chat', '--seeds', '0'], '"0" is not a whole number of 1 or more'],
  [['chat', '--seed', 'x'], '"x" is not a whole number of 1 or more'],
  [['chat', '--seed', '1', '--seeds', '2'], 'or one seed'],
  [['chat', '--sed', '1'], 'Usage: npm run chaos'],
])('arguments %j are refused with the reason', (args, reason) => {
  expect(() => parse(args)).toThrow(reason)
})

test('a system without a chaos test is refused by the name of the file', async () => {
  await expect(chaos(['no-such-system'])).rejects.toThrow('test/no-such-system/chaos/chaos.store.test.ts is missing')
})
