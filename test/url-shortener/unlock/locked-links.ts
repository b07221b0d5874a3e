import { randomBytes } from 'node:crypto'
import { PutItemCommand } from '@aws-sdk/client-dynamodb'
import type { Link } from '../../../functions/url-shortener/domain/link.ts'
import { hashPassword } from '../../../functions/url-shortener/domain/password.ts'
import { toItem } from '../../../functions/url-shortener/store/items.ts'
import { DETAILS, keyOf } from '../../../functions/url-shortener/store/keys.ts'
import { patientDynamoDB, setFunctionEnvironment, tableName } from '../../support/cloud.ts'

export const randomCode = () => randomBytes(9).toString('hex')

/** Stores a link with a password as the API does, in the deployed table unless another one is given. */
export async function putLocked(link: Link, password: string, table?: string) {
  setFunctionEnvironment()
  const dynamodb = patientDynamoDB()
  const TableName = table ?? (await tableName('UrlShortener'))
  const passwordHash = await hashPassword(password, randomBytes)
  await dynamodb.send(new PutItemCommand({ TableName, Item: toItem(link) }))
  await dynamodb.send(
    new PutItemCommand({ TableName, Item: { ...keyOf(link.code, DETAILS), passwordHash: { S: passwordHash } } }),
  )
  return { code: link.code, passwordHash }
}
