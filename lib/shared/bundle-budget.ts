import type { FunctionBundle } from './function-bundles.ts'

/**
 * What a kind of function may weigh, because a cold start pays for every byte: the gates of the performance budget
 * (docs/benchmarks.md has the goals and what was measured).
 */
export type BundleBudget = keyof typeof BUDGETS

const SLOW_AT_START = ['aws-sdk', 'aws-xray-sdk', 'lodash', 'moment', 'axios', 'zod/v4/classic', 'zod/v3', 'uuid']
const HOT_PATH = [...SLOW_AT_START, 'zod', '@middy']

/** `kilobytes` is the gate; `goal` is what a new function should aim at. */
export const BUDGETS = {
  /** Calls no AWS service. */
  'no-aws': { kilobytes: 20, goal: 12, forbidden: [...HOT_PATH, '@aws-lambda-powertools', '@aws-sdk', '@smithy'] },
  /** One or two clients, logger and metrics, no schema library: what a visitor waits for. */
  'hot-path': { kilobytes: 270, goal: 245, forbidden: [...HOT_PATH, '@aws-sdk'] },
  /** A few clients, logger, metrics and validation. */
  standard: { kilobytes: 340, goal: 300, forbidden: [...SLOW_AT_START, '@aws-sdk/client-dynamodb'] },
  /** Batches and idempotency besides. */
  batch: { kilobytes: 320, goal: 270, forbidden: SLOW_AT_START },
} as const

/**
 * Fails the build when a bundle is over its budget.
 *
 * @throws Error that names the function, the gate and what weighs most.
 */
export function checkBudget(entry: string, bundle: FunctionBundle, budget: BundleBudget): void {
  const { kilobytes, forbidden } = BUDGETS[budget]
  const offender = bundle.inputs.find(({ path }) => forbidden.some((name) => path.includes(`node_modules/${name}/`)))
  if (offender) {
    throw new Error(
      `${entry} bundles ${offender.path}, which a function of the kind "${budget}" may not: see docs/benchmarks.md.`,
    )
  }
  if (bundle.bytes > kilobytes * 1000) {
    const largest = bundle.inputs.slice(0, 5).map(({ path, bytes }) => `${path} (${bytes})`)
    throw new Error(
      `${entry} has ${bundle.bytes} bytes, and a function of the kind "${budget}" may have ${kilobytes * 1000}. ` +
        `The largest parts: ${largest.join(', ')}.`,
    )
  }
}
