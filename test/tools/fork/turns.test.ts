import { systemInTurn } from '../../../tools/test/forks.ts'

const SYSTEMS = ['chat', 'links', 'limits', 'notices']
const commit = (n: number) => `${n.toString(16).padStart(8, '0')}${'ab'.repeat(16)}\n`

test('every system has its turn, and a commit always the same one', () => {
  const turns = [0, 1, 2, 3].map((n) => systemInTurn(SYSTEMS, commit(n)))
  expect(turns).toEqual(SYSTEMS)
  expect(systemInTurn(SYSTEMS, commit(7))).toBe(systemInTurn(SYSTEMS, commit(7)))
  expect(systemInTurn(SYSTEMS, `ffffffff${'0'.repeat(32)}`)).toBe('notices')
})

test('a single system has every turn', () => {
  for (const n of [0, 1, 0xffffffff]) expect(systemInTurn(['links'], commit(n))).toBe('links')
})
