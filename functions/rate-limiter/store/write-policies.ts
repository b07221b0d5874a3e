import type { TransactWriteItem } from '@aws-sdk/client-dynamodb'
import type { Table } from '../../shared/data/table.ts'
import { transact } from '../../shared/data/transact.ts'
import { entryUpdate, type OutboxEntry } from '../../shared/events/outbox-entry.ts'
import type { StoredPolicy } from '../domain/policy.ts'
import { policyChanged } from '../events.ts'
import type { PolicyRemoval } from '../policies/delete-policy.ts'
import type { PolicyWrite, WritePolicy } from '../policies/put-policy.ts'
import { leftOverrides, number } from './items.ts'
import { policyKey } from './keys.ts'

export interface PolicyWritesOptions extends Table {
  /** Another one for each transaction. */
  newToken: () => string
}

/**
 * Writes policies, each with its event in the same item and the number of children of its parents, old and new, in one
 * transaction. It also asserts that the policies that the change was judged by are still the same.
 */
export function createPolicyWrites({ client, tableName, newToken }: PolicyWritesOptions): {
  write: WritePolicy
  remove: (removal: PolicyRemoval, signal: AbortSignal) => Promise<'removed' | 'raced'>
} {
  const commit = (items: readonly TransactWriteItem[], signal: AbortSignal) =>
    transact(client, { items, token: newToken() }, { signal })
  return {
    async write(change, signal) {
      const items = [policyUpdate(tableName, change), ...parentWrites(tableName, change)]
      const result = await commit(items, signal)
      if (result.outcome === 'written') return 'written'
      const [own] = result.items
      return own?.reason === 'condition' && leftOverrides(own.item) ? 'overrides-left' : 'raced'
    },
    async remove(removal, signal) {
      const { before } = removal
      const items = [policyRemoval(tableName, removal), ...parentWrites(tableName, { before, parents: [] })]
      return (await commit(items, signal)).outcome === 'written' ? 'removed' : 'raced'
    },
  }
}

/** Leaves overrides and children to those who count them, but for asserting the children that the change was judged by. */
function policyUpdate(tableName: string, { policy, before, cause }: PolicyWrite): TransactWriteItem {
  const { tenant, name, definition, version, updatedAt } = policy
  const entry = entryUpdate(entryOf({ operationId: version, time: updatedAt, ...cause }))
  return {
    Update: {
      TableName: tableName,
      Key: policyKey(policy),
      ConditionExpression: before
        ? 'version = :before AND children = :children'
        : 'attribute_not_exists(definitionJson) AND (attribute_not_exists(overrides) OR overrides = :none)',
      UpdateExpression:
        'SET tenant = :tenant, #name = :name, definitionJson = :definition, version = :version, updatedAt = :updatedAt, ' +
        `overrides = if_not_exists(overrides, :none), children = if_not_exists(children, :none), ${entry.set} ` +
        'REMOVE deletedAt',
      ExpressionAttributeNames: { '#name': 'name', ...entry.names },
      ExpressionAttributeValues: {
        ':tenant': { S: tenant },
        ':name': { S: name },
        ':definition': { S: JSON.stringify(definition) },
        ':version': { S: version },
        ':updatedAt': { S: updatedAt },
        ':none': number(0),
        ...(before && { ':before': { S: before.version }, ':children': number(before.children) }),
        ...entry.values,
      },
    },
  }
}

/**
 * Leaves the name and the events' sequence, so that a consumer knows which of two events is the later one; and the number
 * of overrides, which are removed next.
 */
function policyRemoval(tableName: string, { before, operationId, deletedAt, cause }: PolicyRemoval): TransactWriteItem {
  const entry = entryUpdate(entryOf({ operationId, time: deletedAt, ...cause }))
  return {
    Update: {
      TableName: tableName,
      Key: policyKey(before),
      ConditionExpression: 'version = :before AND children = :none',
      UpdateExpression: `SET deletedAt = :deletedAt, ${entry.set} REMOVE definitionJson, version, updatedAt, children`,
      ExpressionAttributeNames: entry.names,
      ExpressionAttributeValues: {
        ':before': { S: before.version },
        ':none': number(0),
        ':deletedAt': { S: deletedAt },
        ...entry.values,
      },
    },
  }
}

function entryOf(entry: Omit<OutboxEntry, 'type'>): OutboxEntry {
  return { ...entry, type: policyChanged.type }
}

/** One write for each policy above, old or new: it asserts the version, counts a child, or both. */
function parentWrites(
  tableName: string,
  { policy, before, parents }: Pick<PolicyWrite, 'before' | 'parents'> & { policy?: StoredPolicy },
): TransactWriteItem[] {
  const [oldParent, newParent] = [before, policy].map((each) => each?.definition.parent?.policy)
  const tenant = (policy ?? before)?.tenant ?? ''
  const versions = new Map(parents.map(({ name, version }) => [name, version]))
  const names = new Set([...versions.keys(), ...(oldParent === undefined ? [] : [oldParent])])
  return [...names].flatMap((name) => {
    const delta = oldParent === newParent ? 0 : Number(name === newParent) - Number(name === oldParent)
    const target = { TableName: tableName, Key: policyKey({ tenant, name }) }
    const version = versions.get(name)
    const asserted = {
      ConditionExpression: version === undefined ? 'attribute_exists(definitionJson)' : 'version = :version',
      ...(version !== undefined && { values: { ':version': { S: version } } }),
    }
    return counted(target, asserted, delta)
  })
}

type Target = { TableName: string; Key: ReturnType<typeof policyKey> }

function counted(
  target: Target,
  { values, ...condition }: { ConditionExpression: string; values?: { ':version': { S: string } } },
  delta: number,
): TransactWriteItem[] {
  if (delta !== 0) {
    const ExpressionAttributeValues = { ...values, ':delta': number(delta) }
    return [{ Update: { ...target, ...condition, UpdateExpression: 'ADD children :delta', ExpressionAttributeValues } }]
  }
  return values ? [{ ConditionCheck: { ...target, ...condition, ExpressionAttributeValues: values } }] : []
}
