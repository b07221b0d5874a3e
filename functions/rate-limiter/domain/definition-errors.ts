import { standings } from '../../shared/rate-limit/policies/subject-patterns.ts'
import type { Override, PolicyDefinition } from './policy.ts'

/** Says where a definition is wrong: `path` as in `burst` or `parent.policy`. */
export interface DefinitionError {
  readonly path: string
  readonly message: string
}

const MAX_SLOTS = 500
/** A bucket's counter is exact below this product of limit and burst (`functions/shared/rate-limit/algorithms`). */
const MAX_BUCKET = 1e12
/** An event holds two definitions, and has 64 KB at most. */
const MAX_PATTERN_BYTES = 20_000

type Rule = readonly [path: string, message: string, isBroken: (definition: PolicyDefinition) => boolean]

const isConcurrency = ({ algorithm }: PolicyDefinition) => algorithm === 'concurrency'
const isBucket = ({ algorithm }: PolicyDefinition) => algorithm === 'token-bucket'
const ofWindowsOnly = (path: 'windowMs' | 'calendar' | 'blockMs' | 'parent' | 'shards'): Rule => [
  path,
  'is not a field of a concurrency policy',
  (definition) => isConcurrency(definition) && definition[path] !== undefined,
]

/** Rules for more than one field; the schema checks each field by itself. */
const RULES: readonly Rule[] = [
  ...(['windowMs', 'calendar', 'blockMs', 'parent', 'shards'] as const).map(ofWindowsOnly),
  ['limit', `must be at most ${MAX_SLOTS} for a concurrency policy`, (d) => isConcurrency(d) && d.limit > MAX_SLOTS],
  [
    'windowMs',
    'either windowMs or calendar is required, and not both',
    (d) => !isConcurrency(d) && (d.windowMs === undefined) === (d.calendar === undefined),
  ],
  ['calendar', 'is not a field of a token bucket: give windowMs', (d) => isBucket(d) && d.calendar !== undefined],
  ['burst', 'is a field of token buckets only', (d) => !isBucket(d) && d.burst !== undefined],
  ['burst', 'times limit must be below 1,000,000,000,000', (d) => isBucket(d) && d.limit * capacity(d) >= MAX_BUCKET],
  ['shards', 'must be at most a hundredth of limit and burst', (d) => (d.shards ?? 1) > maxShards(d)],
  ['shards', 'cannot be combined with a parent', (d) => d.parent !== undefined && (d.shards ?? 1) > 1],
  ['allow', `and deny together must have at most ${MAX_PATTERN_BYTES} bytes, as JSON`, hasTooManyPatterns],
]

/** Lists what is wrong with a definition whose fields are well-formed by themselves. */
export function definitionErrors(definition: PolicyDefinition): DefinitionError[] {
  const broken = RULES.filter(([, , isBroken]) => isBroken(definition)).map(([path, message]) => ({ path, message }))
  return [...broken, ...patternErrors('allow', definition.allow), ...patternErrors('deny', definition.deny)]
}

/** Lists what is wrong with a subject's own limit under a policy. */
export function overrideErrors(
  { algorithm, limit: _, burst: __, ...rest }: PolicyDefinition,
  { limit, burst }: Pick<Override, 'limit' | 'burst'>,
): DefinitionError[] {
  const own: PolicyDefinition = { ...rest, algorithm, limit, ...(burst !== undefined && { burst }) }
  return definitionErrors(own).filter(({ path }) => path === 'limit' || path === 'burst')
}

/** Returns the number of shards that a limit is enough for: each has at least a hundred. */
export function maxShards(definition: Pick<PolicyDefinition, 'limit' | 'burst'>): number {
  return Math.max(1, Math.floor(Math.min(definition.limit, capacity(definition)) / 100))
}

function capacity({ limit, burst = limit }: Pick<PolicyDefinition, 'limit' | 'burst'>): number {
  return burst
}

function hasTooManyPatterns({ allow = [], deny = [] }: PolicyDefinition): boolean {
  return Buffer.byteLength(JSON.stringify([allow, deny])) > MAX_PATTERN_BYTES
}

function patternErrors(path: 'allow' | 'deny', patterns: readonly string[] = []): DefinitionError[] {
  return patterns.flatMap((pattern, index) =>
    isPattern(pattern)
      ? []
      : [{ path: `${path}[${index}]`, message: 'must be a subject, a prefix* or a network as in 10.0.0.0/8' }],
  )
}

function isPattern(pattern: string): boolean {
  try {
    standings({ allow: [pattern] })
    return true
  } catch {
    return false
  }
}
