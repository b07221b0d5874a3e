import { DeleteItemCommand } from '@aws-sdk/client-dynamodb'
import { createKeys } from '../../../functions/shared/secrets/secrets.ts'
import { secretsManagerReader } from '../../../functions/shared/secrets/secrets-manager-reader.ts'
import { createClientOf } from '../../../functions/url-shortener/client-address.ts'
import { CLIENT_REPORTS } from '../../../functions/url-shortener/limits.ts'
import { apiUrl, patientDynamoDB, setFunctionEnvironment, tableName } from '../../support/cloud.ts'
import { httpEvent, requestOf } from '../../support/events.ts'
import { eventually } from '../../support/eventually.ts'
import { type Answer, answered, call } from '../../support/http.ts'
import { physicalId } from '../deployed.ts'

// On a local cloud all clients have the same address, so that all tests share its ten reports per minute.

interface Report {
  code: string
  reason: string
}

/** Sends a report that is accepted, however many others are sent. */
export async function report(body: Report): Promise<Answer> {
  return answered(202, await tryToReport(body))
}

/** Sends a report that the client's limit does not deny, whatever its response: it first resets that limit. */
export function tryToReport(body: Report): Promise<Answer> {
  return eventually(async () => {
    const answer = await call(`${apiUrl('UrlShortener')}/v1/reports`, { method: 'POST', body })
    if (answer.status !== 429) return answer
    await forgetReports()
    throw new Error(`The client is over its limit: ${answer.text}`)
  })
}

async function forgetReports(): Promise<void> {
  setFunctionEnvironment()
  const secretId = await physicalId('AWS::SecretsManager::Secret', 'SigningSecret')
  const keys = createKeys({
    read: secretsManagerReader({ secretId, now: Date.now, random: Math.random }),
    now: Date.now,
    random: Math.random,
  })
  const request = { ...requestOf(httpEvent({ routeKey: 'POST /v1/reports' })), clientAddress: '127.0.0.1' }
  const client = await createClientOf({ keys, now: Date.now })(request)
  await patientDynamoDB().send(
    new DeleteItemCommand({
      TableName: await tableName('UrlShortener'),
      Key: { pk: { S: `Q#${CLIENT_REPORTS.name}#${client}` }, sk: { S: 'quota' } },
    }),
  )
}
