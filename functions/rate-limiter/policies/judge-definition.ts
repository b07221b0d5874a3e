import { type DefinitionError, definitionErrors } from '../domain/definition-errors.ts'
import { MAX_PARENTS, type PolicyDefinition, type StoredPolicy } from '../domain/policy.ts'
import type { PolicyId } from '../policy-book.ts'

/** Reads a policy as it is now. */
export type ReadStored = (id: PolicyId, signal: AbortSignal) => Promise<StoredPolicy | undefined>

export interface Proposal extends PolicyId {
  definition: PolicyDefinition
  /** The policy as it is; `undefined` where there is none. */
  before: StoredPolicy | undefined
  read: ReadStored
}

export interface Judgement {
  /**
   * The policies that it was judged by, each as it was first read: those above it, and those above it until now, where
   * others are below it.
   */
  readonly parents: readonly StoredPolicy[]
  readonly errors: readonly DefinitionError[]
}

/** Says whether a definition can take the place of what is there, among the tenant's other policies. */
export async function judgeDefinition(proposal: Proposal, signal: AbortSignal): Promise<Judgement> {
  const { definition, before } = proposal
  const own = [...definitionErrors(definition), ...parentErrors(definition, before)]
  // A policy that can't have a parent already has an error for it.
  if (!definition.parent || own.some(({ path }) => path.startsWith('parent'))) return { parents: [], errors: own }
  const { parents, message } = await climb(proposal, definition.parent.policy, signal)
  if (message) return { parents, errors: [...own, { path: 'parent.policy', message }] }
  if (!before?.children) return { parents, errors: own }
  const old = await parentsOf(before, proposal, signal)
  const oldOnly = old.filter(({ name }) => !parents.some((each) => each.name === name))
  return { parents: [...parents, ...oldOnly], errors: [...own, ...growthErrors(parents, old)] }
}

/** A policy that others name as their parent has to stay one that can be. */
function parentErrors(
  { algorithm, shards = 1 }: PolicyDefinition,
  before: StoredPolicy | undefined,
): readonly DefinitionError[] {
  if (!before?.children) return []
  const since = 'while other policies name this one as their parent'
  return [
    ...(algorithm === 'concurrency' ? [{ path: 'algorithm', message: `must not be concurrency ${since}` }] : []),
    ...(shards > 1 ? [{ path: 'shards', message: `must be 1 ${since}` }] : []),
  ]
}

async function climb(
  { read, tenant, name }: PolicyId & { read: ReadStored },
  first: string,
  signal: AbortSignal,
): Promise<{ parents: StoredPolicy[]; message?: string }> {
  const parents: StoredPolicy[] = []
  for (let next: string | undefined = first; next !== undefined; ) {
    if (next === name) return { parents, message: 'makes a circle' }
    if (parents.length === MAX_PARENTS) return { parents, message: `has ${MAX_PARENTS} parents above it already` }
    const parent = await read({ tenant, name: next }, signal)
    if (!parent) return { parents, message: 'names no policy of this tenant' }
    const { algorithm, shards = 1 } = parent.definition
    if (algorithm === 'concurrency') return { parents, message: 'is a concurrency policy' }
    if (shards > 1) return { parents, message: 'has shards' }
    parents.push(parent)
    next = parent.definition.parent?.policy
  }
  return { parents }
}

async function parentsOf(
  { definition }: StoredPolicy,
  id: PolicyId & { read: ReadStored },
  signal: AbortSignal,
): Promise<readonly StoredPolicy[]> {
  return definition.parent ? (await climb(id, definition.parent.policy, signal)).parents : []
}

/**
 * Keeps those below from getting too many parents without a look at them: above a policy with children, the chain never
 * grows.
 */
function growthErrors(parents: readonly StoredPolicy[], old: readonly StoredPolicy[]): readonly DefinitionError[] {
  if (parents.length <= old.length) return []
  const message = 'would put more parents above the policies that name this one as theirs: give them new parents first'
  return [{ path: 'parent.policy', message }]
}
