import { type App, Stack } from 'aws-cdk-lib'
import { Construct } from 'constructs'
import { Alarms } from '../../../lib/shared/alarms.ts'
import { BUDGETS, type BundleBudget } from '../../../lib/shared/bundle-budget.ts'
import { ServiceFunction } from '../../../lib/shared/service-function.ts'
import { bundledFunctions, bundleSizes } from '../../../tools/bench/bundle-sizes.ts'
import { budgetsIn, stackBudgets } from '../../../tools/bench/stack-budgets.ts'
import { emptyApp } from '../../support/templates.ts'

const none = { directory: '', bytes: 0, inputs: [], lazy: { bytes: 0, inputs: [] } }
// The smallest function is within every budget.
const [{ entry, bundle } = { entry: '', bundle: none }] = bundledFunctions().toSorted(
  (a, b) => a.bundle.bytes - b.bundle.bytes,
)

/** Builds an app with a function of that budget, deep inside of a stack. */
function appWith(budget: BundleBudget): App {
  const app = emptyApp()
  const stack = new Stack(app, 'AStack')
  const alarms = new Alarms(stack, 'Alarms')
  const parts = new Construct(stack, 'Parts')
  new ServiceFunction(parts, 'AFunction', { stage: 'dev', alarms, entry, budget, description: 'Does something.' })
  return app
}

test.each<[BundleBudget]>([
  ['hot-path'],
  ['no-aws'],
])('finds the budget %s that a stack assigns to a function', (budget) => {
  expect([...budgetsIn(appWith(budget))]).toEqual([[entry, budget]])
})

test('an app without functions has no budgets', () => {
  expect([...budgetsIn(emptyApp())]).toEqual([])
})

test('the app’s own functions are found, and stay within their budgets', () => {
  const budgets = stackBudgets()
  expect(budgets.size).toBeGreaterThan(0)
  const over = bundledFunctions().filter((each) => {
    const budget = budgets.get(each.entry)
    return budget !== undefined && each.bundle.bytes > BUDGETS[budget].kilobytes * 1000
  })
  expect(over).toEqual([])
})

test('a function that is in no stack is listed without goal and gate', () => {
  const [, , withBudget] = bundleSizes([{ entry, bundle }], new Map([[entry, 'standard']])).split('\n')
  const [, , without] = bundleSizes([{ entry, bundle }], new Map()).split('\n')
  expect(withBudget).toMatch(new RegExp(`standard .* ${BUDGETS.standard.goal} \\| ${BUDGETS.standard.kilobytes} \\|$`))
  expect(without).toMatch(/in no stack by default \| \d+ \| {2}\| {2}\|$/)
})
