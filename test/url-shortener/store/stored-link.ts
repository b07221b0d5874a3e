import { randomBytes } from 'node:crypto'
import { PutItemCommand } from '@aws-sdk/client-dynamodb'
import type { DynamoDB } from '../../../functions/shared/aws/dynamodb.ts'
import type { Link, LinkDetails } from '../../../functions/url-shortener/domain/link.ts'
import { present, toItem } from '../../../functions/url-shortener/store/items.ts'
import { CAP, DETAILS, keyOf } from '../../../functions/url-shortener/store/keys.ts'
import { aLink } from '../a-link.ts'

interface StoredLink extends Partial<Link> {
  details?: Partial<LinkDetails>
  clicks?: number
}

/** Writes a link directly into the table, with the items that a visit may need, and returns its code. */
export async function storedLink(dynamodb: DynamoDB, table: string, options: StoredLink = {}): Promise<string> {
  const { details, clicks = 0, ...overrides } = options
  const code = `visit-${randomBytes(6).toString('hex')}`
  const link = aLink({
    code,
    version: randomBytes(6).toString('hex'),
    hasRules: details?.rules !== undefined,
    hasExpiredUrl: details?.expiredUrl !== undefined,
    ...overrides,
  })
  const { tenant, maxClicks } = link
  const texts = { rules: details?.rules && JSON.stringify(details.rules), expiredUrl: details?.expiredUrl }
  const cap = {
    clicks: { N: String(clicks) },
    maxClicks: { N: String(maxClicks) },
    code: { S: code },
    tenant: { S: tenant },
  }
  const items = [
    toItem(link),
    details && { ...keyOf(code, DETAILS), ...present(Object.fromEntries(Object.entries(texts).map(textAttribute))) },
    maxClicks !== null && { ...keyOf(code, CAP), ...cap },
  ]
  for (const Item of items) if (Item) await dynamodb.send(new PutItemCommand({ TableName: table, Item }))
  return code
}

function textAttribute([name, text]: [string, string | null | undefined]) {
  return [name, text ? { S: text } : undefined] as const
}
