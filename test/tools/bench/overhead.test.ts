import type { BundleBudget } from '../../../lib/shared/bundle-budget.ts'
import { judge, OVERHEAD, overheadTable } from '../../../tools/bench/overhead.ts'

const KINDS = Object.entries(OVERHEAD) as [BundleBudget, { gate: number; goal: number }][]

test.each(KINDS)('a %s invocation meets its goal, its gate or neither, by its own time', (budget, { gate, goal }) => {
  const verdictOf = (own: number) => judge({ title: 'x', budget, own })
  expect(verdictOf(goal)).toBe('goal')
  expect(verdictOf(goal + 0.1)).toBe('gate')
  expect(verdictOf(gate)).toBe('gate')
  expect(verdictOf(gate + 0.1)).toBe('over')
})

test('NaN meets no gate', () => {
  expect(judge({ title: 'x', budget: 'standard', own: Number.NaN })).toBe('over')
})

test('a row over its gate stands out, and each has its ratio to the conventional handler', () => {
  const { gate, goal } = OVERHEAD.standard
  const rows = overheadTable([
    { title: 'slow', budget: 'standard', own: gate + 1, usual: (gate + 1) * 2 },
    { title: 'fast', budget: 'standard', own: 1.25, usual: 125 },
    { title: 'alone', budget: 'standard', own: goal + 1 },
  ])
  expect(rows.split('\n').slice(2)).toEqual([
    `| slow | ${gate + 1} | ${goal} | ${gate} | **over the gate** | ${(gate + 1) * 2} | 0.50 x |`,
    `| fast | 1.3 | ${goal} | ${gate} | goal | 125 | 0.01 x |`,
    `| alone | ${goal + 1} | ${goal} | ${gate} | gate, not goal |  |  |`,
  ])
})
