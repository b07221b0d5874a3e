import { randomUUID } from 'node:crypto'
import type { Item } from '../../../functions/shared/data/conditional-write.ts'
import type { DynamoDB } from '../../../functions/shared/data/dynamodb.ts'
import type { FieldChanges } from '../../../functions/url-shortener/domain/fields.ts'
import type { Link, LinkState } from '../../../functions/url-shortener/domain/link.ts'
import { changesNothing, reviseLink } from '../../../functions/url-shortener/domain/revise.ts'
import type { LinkChange, LinkSelector } from '../../../functions/url-shortener/manage/change-link.ts'
import type { NewLink } from '../../../functions/url-shortener/manage/create-link.ts'
import { createLinkStore } from '../../../functions/url-shortener/store/link-store.ts'
import { patientDynamoDB, setFunctionEnvironment } from '../../support/cloud.ts'
import { ownTable } from '../../support/own-table.ts'
import { aState, CAUSE } from '../a-link.ts'

export const AT = '2026-05-06T07:08:09.000Z'
const { signal } = new AbortController()

/** The deployed table, the store over it, and what tests do with both. */
export async function linkTable() {
  setFunctionEnvironment()
  const dynamodb = patientDynamoDB()
  const table = await ownTable('UrlShortener')
  const storeOver = (client: DynamoDB, name = table) =>
    createLinkStore({ dynamodb: client, tableName: name, random: Math.random, newToken: randomUUID })
  const store = storeOver(dynamodb)
  const itemOf = async (code: string, sk = 'link'): Promise<Item | undefined> => {
    const key = { pk: { S: `L#${code}` }, sk: { S: sk } }
    return (await dynamodb('GetItem', { TableName: table, Key: key, ConsistentRead: true })).Item
  }
  return {
    dynamodb,
    table,
    store,
    storeOver,
    itemOf,
    /** A link as its tenant sees it. */
    stateOf: async (code: string): Promise<LinkState | undefined> => {
      const link = await store.read(code, { consistent: true, signal })
      if (!link || 'deletedAt' in link) return undefined
      return (await store.readStates([link], { consistent: true, signal }))[0]
    },
    insert: async (state: LinkState, more: Partial<NewLink> = {}) =>
      store.insert({ state, changed: ['url'], cause: CAUSE, sharing: 'none', ...more }, signal),
    change: (selector: LinkSelector, change: LinkChange) => store.change(selector, change, signal),
    /** A visit of a link with a cap, as one that is let through counts itself. */
    spend: async (code: string): Promise<number | 'refused'> => {
      try {
        const { Attributes } = await dynamodb(
          'UpdateItem',
          {
            TableName: table,
            Key: { pk: { S: `L#${code}` }, sk: { S: 'cap' } },
            UpdateExpression: 'ADD clicks :one',
            ConditionExpression: 'attribute_exists(pk) AND (attribute_not_exists(maxClicks) OR clicks < maxClicks)',
            ExpressionAttributeValues: { ':one': { N: '1' } },
            ReturnValues: 'ALL_NEW',
          },
          { once: true },
        )
        return Number(Attributes?.clicks?.N)
      } catch {
        return 'refused'
      }
    },
  }
}

/** A link that no other test has. */
export function newState(overrides: Partial<Link> = {}, beside: Parameters<typeof aState>[1] = {}): LinkState {
  return aState({ code: `store-${randomUUID()}`, version: randomUUID(), ...overrides }, beside)
}

/** A new link with these fields, as a use case makes it. */
export function fullState(changes: FieldChanges, overrides: Partial<Link> = {}): LinkState {
  const state = newState(overrides)
  const made = reviseLink(state, changes, { updatedAt: state.link.createdAt, operationId: state.link.version })
  if (typeof made === 'string') throw new Error(made)
  return made
}

/** A change to these fields, as a use case makes it. */
export function aChange(changes: FieldChanges, operationId: string = randomUUID()): LinkChange {
  const revision = { updatedAt: AT, operationId }
  return {
    ...revision,
    revise: (state) => (changesNothing(state, changes) ? 'unchanged' : reviseLink(state, changes, revision)),
    changed: Object.keys(changes),
    cause: CAUSE,
  }
}

export function aRemoval() {
  return { deletedAt: AT, operationId: randomUUID(), cause: CAUSE }
}

/** The table, where something happens before the first call of an operation. */
export function beforeFirst(operation: string, dynamodb: DynamoDB, happen: () => Promise<void>): DynamoDB {
  let isFirst = true
  const call = async (...[asked, ...rest]: Parameters<DynamoDB>) => {
    if (asked === operation && isFirst) {
      isFirst = false
      await happen()
    }
    return dynamodb(asked, ...rest)
  }
  return call as DynamoDB
}
