import { GetItemCommand, type TransactWriteItem } from '@aws-sdk/client-dynamodb'
import { type BatchGetOptions, createBatchGet } from '../../shared/data/batch-get.ts'
import type { Table } from '../../shared/data/table.ts'
import { transact } from '../../shared/data/transact.ts'
import type { ReadTemplate, Template, TemplateParts } from '../domain/template.ts'
import type { TemplateChange, TemplateHead, TemplateId, TemplateStore } from '../templates/put-template.ts'
import { fromItem, keyOf, toItem, toKey } from './items.ts'
import { TEMPLATE_HEAD, templatePartsSk, templatePk, templateVersionSk } from './keys.ts'

/** For so long a replaced version is kept: notifications are accepted up to 366 days before they are sent. */
const REPLACED_TTL_DAYS = 400
const DAY_SECONDS = 86_400

/**
 * Creates the store of templates. A version is an item that names, for each locale, the version that gave it its texts;
 * these are items of their own, so that a template of many locales is not written again as a whole.
 */
export function createTemplateStore({ client, tableName: TableName }: Table): TemplateStore {
  return {
    async readHead(id, signal) {
      return readRecord({ client, tableName: TableName }, { ...id, sk: TEMPLATE_HEAD }, signal)
    },
    async readParts({ locale, version, ...id }, signal) {
      const Key = toKey({ pk: templatePk(id), sk: templatePartsSk(locale, version) })
      const { Item } = await client.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }), { signal })
      return Item && fromItem<{ parts: TemplateParts }>(Item).parts
    },
    async write(change, signal) {
      const items = writesOf(TableName, change)
      return (await transact(client, { items }, { signal })).outcome === 'written' ? 'written' : 'raced'
    },
  }
}

/** The versions that an environment remembers: they never change. */
const MAX_REMEMBERED = 50

/** Creates the read of a template in one version, by default the newest. It rejects as `DynamoDB` does. */
export function createReadTemplate(options: BatchGetOptions): ReadTemplate {
  const batchGet = createBatchGet(options)
  const remembered = new Map<string, Template>()

  async function readVersion(id: TemplateId, head: TemplateHead, signal: AbortSignal): Promise<Template> {
    const pk = templatePk(id)
    const localeOf = new Map(
      Object.entries(head.locales).map(([locale, version]) => [templatePartsSk(locale, version), locale]),
    )
    const items = await batchGet(
      [...localeOf.keys()].map((sk) => toKey({ pk, sk })),
      { consistent: true, signal },
    )
    const locales = items.map((item) => [
      localeOf.get(keyOf(item).sk) ?? '',
      fromItem<{ parts: TemplateParts }>(item).parts,
    ])
    return { name: id.name, version: head.version, digest: head.digest, locales: Object.fromEntries(locales) }
  }

  return async ({ tenant, name, version }, signal) => {
    const id = { tenant, name }
    const known = version === undefined ? undefined : remembered.get(keyOfVersion(id, version))
    if (known) return known
    const sk = version === undefined ? TEMPLATE_HEAD : templateVersionSk(version)
    const head = await readRecord(options, { ...id, sk }, signal)
    if (!head) return undefined
    const key = keyOfVersion(id, head.version)
    const template = remembered.get(key) ?? (await readVersion(id, head, signal))
    if (remembered.size >= MAX_REMEMBERED) remembered.clear()
    remembered.set(key, template)
    return template
  }
}

function keyOfVersion(id: TemplateId, version: number): string {
  return `${templatePk(id)}#${version}`
}

async function readRecord(
  { client, tableName }: Table,
  { sk, ...id }: TemplateId & { sk: string },
  signal: AbortSignal,
): Promise<TemplateHead | undefined> {
  const input = { TableName: tableName, Key: toKey({ pk: templatePk(id), sk }), ConsistentRead: true }
  const { Item } = await client.send(new GetItemCommand(input), { signal })
  if (!Item) return undefined
  const { version, digest, locales } = fromItem<TemplateHead>(Item)
  return { version, digest, locales }
}

function writesOf(TableName: string, change: TemplateChange): TransactWriteItem[] {
  const { locale, parts, before, after, at } = change
  const pk = templatePk(change)
  const ttl = Math.ceil(at / 1000) + REPLACED_TTL_DAYS * DAY_SECONDS
  const head = { TableName, Item: toItem({ pk, sk: TEMPLATE_HEAD, ...after }) }
  const replaced = before?.locales[locale]
  const expiring = [
    ...(before ? [templateVersionSk(before.version)] : []),
    ...(replaced === undefined ? [] : [templatePartsSk(locale, replaced)]),
  ]
  return [
    {
      Put: before
        ? {
            ...head,
            ConditionExpression: 'version = :before',
            ExpressionAttributeValues: { ':before': { N: String(before.version) } },
          }
        : { ...head, ConditionExpression: 'attribute_not_exists(pk)' },
    },
    { Put: { TableName, Item: toItem({ pk, sk: templateVersionSk(after.version), ...after }) } },
    { Put: { TableName, Item: toItem({ pk, sk: templatePartsSk(locale, after.version), parts }) } },
    ...expiring.map((sk) => ({
      Update: {
        TableName,
        Key: toKey({ pk, sk }),
        UpdateExpression: 'SET #ttl = :ttl',
        ExpressionAttributeNames: { '#ttl': 'ttl' },
        ExpressionAttributeValues: { ':ttl': { N: String(ttl) } },
      },
    })),
  ]
}
