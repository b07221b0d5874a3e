import { randomUUID } from 'node:crypto'
import { PutItemCommand } from '@aws-sdk/client-dynamodb'
import { createDenylist } from '../../../functions/url-shortener/store/denylist.ts'
import { linkTable } from './link-table.ts'

const { signal } = new AbortController()
let links: Awaited<ReturnType<typeof linkTable>>

beforeAll(async () => {
  links = await linkTable()
})

const deny = async (reason?: string) => {
  const domain = `bad-${randomUUID()}.example`
  const Item = { pk: { S: `D#${domain}` }, sk: { S: 'domain' }, ...(reason && { reason: { S: reason } }) }
  await links.dynamodb.send(new PutItemCommand({ TableName: links.table, Item }))
  return domain
}

test('the list denies a domain and all its subdomains, in any case and with any path, and nothing else', async () => {
  const domain = await deny('Phishing.')
  const find = createDenylist(links.options)
  for (const host of [domain, `www.${domain}`, `a.b.c.${domain.toUpperCase()}.`]) {
    expect(await find(`https://${host}:8443/a?b`, signal)).toEqual({ reason: 'Phishing.' })
  }
  for (const host of [`x${domain}`, 'example.com', 'example', '[2001:db8::1]', '192.0.2.1']) {
    expect(await find(new URL(`https://${host}/`).href, signal)).toBeUndefined()
  }
})

test('without a reason the denial names the domain', async () => {
  const domain = await deny()
  const found = await createDenylist(links.options)(`https://www.${domain}/`, signal)
  expect(found).toEqual({ reason: `The domain ${domain} is denied.` })
})

test('a host of 127 labels is checked in one request, too', async () => {
  const host = `${'a.'.repeat(122)}${await deny()}`.slice(-250)
  expect(await createDenylist(links.options)(`https://${host}/`, signal)).toBeDefined()
})
