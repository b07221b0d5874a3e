import { createHash } from 'node:crypto'
import type { TransactWriteItem } from '@aws-sdk/client-dynamodb'
import type { Item } from '../shared/data/conditional-write.ts'
import { MAX_CODE_ATTEMPTS } from './create-link.ts'
import type { Link } from './link.ts'
import { codeFor } from './link-code.ts'
import { toLink } from './link-item-store.ts'
import { isPlain } from './revise-link.ts'

/** Whether a link is what a new one would be. Not a blocked one: it would lead nowhere. */
export function mayStandFor(item: Item, { tenant, url }: Link): boolean {
  const link = toLink(item)
  return !item.deletedAt && link.tenant === tenant && link.url === url && link.blockedAt === null && isPlain(link)
}

export function pointerKey({ tenant, url }: Link): Item {
  const hash = createHash('sha256').update(url).digest('base64url')
  return { pk: { S: `U#${tenant}#${hash}` }, sk: { S: 'reuse' } }
}

/** @param instead the code that the pointer must still have, or `undefined` for none; without it, whatever it has. */
export function pointerPut(
  tableName: string,
  link: Link,
  options?: { instead: string | undefined },
): TransactWriteItem {
  const Item = { ...pointerKey(link), code: { S: link.code } }
  if (!options) return { Put: { TableName: tableName, Item } }
  const condition =
    options.instead === undefined
      ? { ConditionExpression: 'attribute_not_exists(pk)' }
      : { ConditionExpression: 'code = :code', ExpressionAttributeValues: { ':code': { S: options.instead } } }
  return { Put: { TableName: tableName, Item, ...condition } }
}

/** Whether a change makes a link one that others may be given: it is plain, and leads where it did not as a plain one. */
export function isOfferedAnew(item: Item, after: Link): boolean {
  const before = toLink(item)
  const isNew = after.url !== before.url || !isPlain(before)
  return isNew && isPlain(after) && hasGeneratedCode(item)
}

/** An alias is nobody else's. */
function hasGeneratedCode({ code, firstVersion }: Item): boolean {
  const attempts = Array.from({ length: MAX_CODE_ATTEMPTS }, (_, index) => index + 1)
  return attempts.some((attempt) => codeFor(firstVersion?.S ?? '', attempt) === code?.S)
}
