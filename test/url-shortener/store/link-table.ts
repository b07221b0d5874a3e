import { randomUUID } from 'node:crypto'
import { GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import type { DynamoDB } from '../../../functions/shared/aws/dynamodb.ts'
import type { Item } from '../../../functions/shared/data/table.ts'
import { readEntry } from '../../../functions/shared/events/outbox-entry.ts'
import type { FieldChanges } from '../../../functions/url-shortener/domain/fields.ts'
import type { Link, LinkState } from '../../../functions/url-shortener/domain/link.ts'
import { changesNothing, reviseLink } from '../../../functions/url-shortener/domain/revise.ts'
import type { LinkChange, LinkSelector } from '../../../functions/url-shortener/manage/change-link.ts'
import type { NewLink } from '../../../functions/url-shortener/manage/create-link.ts'
import type { Block } from '../../../functions/url-shortener/moderate/block-link.ts'
import { createBlockStore } from '../../../functions/url-shortener/store/blocks.ts'
import { createLinkStore } from '../../../functions/url-shortener/store/link-store.ts'
import { patientDynamoDB, setFunctionEnvironment } from '../../support/cloud.ts'
import { ownTable } from '../../support/own-table.ts'
import { aState, CAUSE } from '../a-link.ts'

export const AT = '2026-05-06T07:08:09.000Z'
const { signal } = new AbortController()

/** Creates a table of its own, with the stores and the reads that tests use. */
export async function linkTable() {
  setFunctionEnvironment()
  const dynamodb = patientDynamoDB()
  const table = await ownTable('UrlShortener')
  const optionsOver = (client: DynamoDB, tableName = table) => ({
    client,
    tableName,
    random: Math.random,
    newToken: randomUUID,
  })
  const storeOver = (client: DynamoDB, name = table) => createLinkStore(optionsOver(client, name))
  const store = storeOver(dynamodb)
  const itemOf = async (code: string, sk = 'link'): Promise<Item | undefined> => {
    const key = { pk: { S: `L#${code}` }, sk: { S: sk } }
    return (await dynamodb.send(new GetItemCommand({ TableName: table, Key: key, ConsistentRead: true }))).Item
  }
  return {
    dynamodb,
    table,
    options: optionsOver(dynamodb),
    optionsOver,
    store,
    storeOver,
    blocks: createBlockStore(optionsOver(dynamodb)),
    itemOf,
    entryOf: async (code: string, sk = 'link') => readEntry((await itemOf(code, sk)) ?? {}),
    sequenceOf: async (code: string) => Number((await itemOf(code))?.sequence?.N),
    read: (code: string) => store.read(code, { consistent: true, signal }),
    /** Reads the state of a link for its tenant. */
    stateOf: async (code: string): Promise<LinkState | undefined> => {
      const link = await store.read(code, { consistent: true, signal })
      if (!link || 'deletedAt' in link) return undefined
      return (await store.readStates([link], { consistent: true, signal }))[0]
    },
    insert: async (state: LinkState, more: Partial<NewLink> = {}) =>
      store.insert({ state, changed: ['url'], cause: CAUSE, sharing: 'none', ...more }, signal),
    change: (selector: LinkSelector, change: LinkChange) => store.change(selector, change, signal),
    /** Counts a visit of a link with a cap, and returns the new count. */
    spend: async (code: string): Promise<number | 'refused'> => {
      try {
        const { Attributes } = await dynamodb.send(
          new UpdateItemCommand({
            TableName: table,
            Key: { pk: { S: `L#${code}` }, sk: { S: 'cap' } },
            UpdateExpression: 'ADD clicks :one',
            ConditionExpression: 'attribute_exists(pk) AND (attribute_not_exists(maxClicks) OR clicks < maxClicks)',
            ExpressionAttributeValues: { ':one': { N: '1' } },
            ReturnValues: 'ALL_NEW',
          }),
          { once: true },
        )
        return Number(Attributes?.clicks?.N)
      } catch {
        return 'refused'
      }
    },
  }
}

/** Creates the state of a link that no other test has. */
export function newState(overrides: Partial<Link> = {}, beside: Parameters<typeof aState>[1] = {}): LinkState {
  return aState({ code: `store-${randomUUID()}`, version: randomUUID(), ...overrides }, beside)
}

/** Creates the state of a new link with these fields, as a use case does. */
export function fullState(changes: FieldChanges, overrides: Partial<Link> = {}): LinkState {
  const state = newState(overrides)
  const made = reviseLink(state, changes, { updatedAt: state.link.createdAt, operationId: state.link.version })
  if (typeof made === 'string') throw new Error(made)
  return made
}

/** Creates a change of these fields, as a use case does. */
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

export function aBlock(more: Partial<Block> = {}): Block {
  return { operationId: randomUUID(), reason: 'Spam.', blockedAt: AT, blockedBy: 'admin-1', cause: CAUSE, ...more }
}

export function anUnblocking() {
  return { operationId: randomUUID(), unblockedAt: AT, cause: CAUSE }
}

/** Wraps a client so that something happens before the first call of an operation, as in `BatchGetItem`. */
export function beforeFirst(operation: string, dynamodb: DynamoDB, happen: () => Promise<void>): DynamoDB {
  let isFirst = true
  return {
    async send(command, options) {
      if (command.constructor.name === `${operation}Command` && isFirst) {
        isFirst = false
        await happen()
      }
      return dynamodb.send(command, options)
    },
  }
}
