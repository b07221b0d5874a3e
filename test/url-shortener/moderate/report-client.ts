import { createKeys } from '../../../functions/shared/secrets/secrets.ts'
import { secretsManagerReader } from '../../../functions/shared/secrets/secrets-manager-reader.ts'
import { createClientOf } from '../../../functions/url-shortener/client-address.ts'
import { CLIENT_REPORTS } from '../../../functions/url-shortener/limits.ts'
import { apiUrl, patientDynamoDB, setFunctionEnvironment, tableName } from '../../support/cloud.ts'
import { httpEvent, requestOf } from '../../support/events.ts'
import { type Answer, call } from '../../support/http.ts'
import { physicalId, until } from '../deployed.ts'

// On a local cloud all clients have one address, and all tests share its ten reports a minute.

/** A report that is made however many others make some: it forgets what they made before. */
export async function report(body: { code: string; reason: string }): Promise<Answer> {
  const send = async () => {
    const answer = await call(`${apiUrl('UrlShortener')}/v1/reports`, { method: 'POST', body })
    if (answer.status === 429) await forgetReports()
    return answer
  }
  return until(send, ({ status }) => status !== 429)
}

async function forgetReports(): Promise<void> {
  setFunctionEnvironment()
  const secretId = await physicalId('AWS::SecretsManager::Secret', 'SigningSecret')
  const keys = createKeys({
    read: secretsManagerReader({ secretId, now: Date.now }),
    now: Date.now,
    random: Math.random,
  })
  const request = { ...requestOf(httpEvent({ routeKey: 'POST /v1/reports' })), clientAddress: '127.0.0.1' }
  const client = await createClientOf({ keys, now: Date.now })(request)
  await patientDynamoDB()('DeleteItem', {
    TableName: await tableName('UrlShortener'),
    Key: { pk: { S: `Q#${CLIENT_REPORTS.name}#${client}` }, sk: { S: 'quota' } },
  })
}
