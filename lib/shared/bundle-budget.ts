import type { FunctionBundle } from './function-bundles.ts'

/**
 * Limits on the bundle size of each kind of function, because a cold start pays for every byte: the gates of the
 * performance budget (docs/benchmarks.md has the goals and the measurements).
 */
export type BundleBudget = keyof typeof BUDGETS

/**
 * Parts of the SDK that `sdk-stubs.ts` replaces, and those that only these import: the other providers of credentials, and
 * `mnemonist`, which the cache of endpoints needs. A bundle that contains one shows that a stub no longer matches. A name
 * that ends with a hyphen stands for all packages whose names begin so.
 */
const LEFT_OUT = ['@aws-sdk/credential-provider-', '@smithy/credential-provider-imds', 'bowser', 'mnemonist']

const SLOW_AT_START = [
  ...['aws-sdk', 'aws-xray-sdk', 'aws-xray-sdk-core', 'lodash', 'moment', 'axios', 'uuid'],
  ...['zod/v4/classic', 'zod/v3'],
  ...LEFT_OUT,
]

/** `kilobytes` is the gate; `goal` is the size that a new function should aim for. */
export const BUDGETS = {
  /** Calls no AWS service. */
  'no-aws': {
    kilobytes: 20,
    goal: 12,
    forbidden: [...SLOW_AT_START, 'zod', '@aws-lambda-powertools', '@aws-sdk', '@smithy'],
  },
  /** On a path that people wait for: DynamoDB, logs and metrics, no schema library. */
  'hot-path': { kilobytes: 270, goal: 245, forbidden: [...SLOW_AT_START, 'zod', '@middy'] },
  /** One or two more clients, and validation. */
  standard: { kilobytes: 340, goal: 300, forbidden: SLOW_AT_START },
  /**
   * The same, with S3's client on demand (`filesOfEnvironment`): 40 KB of what it shares with the other clients, such as
   * the SDK's support of XML, are loaded at once.
   */
  files: { kilobytes: 390, goal: 345, forbidden: SLOW_AT_START },
} as const

/**
 * Fails the build when a bundle exceeds its budget.
 *
 * @throws Error that names the function, the gate and the largest parts of the bundle.
 */
export function checkBudget(entry: string, bundle: FunctionBundle, budget: BundleBudget): void {
  const { kilobytes, forbidden } = BUDGETS[budget]
  const offender = [...bundle.inputs, ...bundle.lazy.inputs].find(({ path }) =>
    forbidden.some((name) => path.includes(`node_modules/${name.endsWith('-') ? name : `${name}/`}`)),
  )
  if (offender) {
    throw new Error(`${entry} bundles ${offender.path}, which the budget "${budget}" forbids: see docs/benchmarks.md.`)
  }
  if (bundle.bytes > kilobytes * 1000) {
    const largest = bundle.inputs.slice(0, 5).map(({ path, bytes }) => `${path} (${bytes})`)
    throw new Error(
      `${entry} has ${bundle.bytes} bytes, more than the ${kilobytes * 1000} of the budget "${budget}". ` +
        `The largest parts: ${largest.join(', ')}.`,
    )
  }
}
