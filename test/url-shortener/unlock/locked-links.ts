import { randomBytes } from 'node:crypto'
import type { Link } from '../../../functions/url-shortener/domain/link.ts'
import { hashPassword } from '../../../functions/url-shortener/domain/password.ts'
import { DETAILS, keyOf, toItem } from '../../../functions/url-shortener/store/items.ts'
import { patientDynamoDB, setFunctionEnvironment, tableName } from '../../support/cloud.ts'

export const randomCode = () => randomBytes(9).toString('hex')

/** Puts a link with a password into a table, the deployed one unless it is given, as the API stores it. */
export async function putLocked(link: Link, password: string, table?: string) {
  setFunctionEnvironment()
  const dynamodb = patientDynamoDB()
  const TableName = table ?? (await tableName('UrlShortener'))
  const passwordHash = await hashPassword(password, randomBytes)
  await dynamodb('PutItem', { TableName, Item: toItem(link) })
  await dynamodb('PutItem', { TableName, Item: { ...keyOf(link.code, DETAILS), passwordHash: { S: passwordHash } } })
  return { code: link.code, passwordHash }
}
