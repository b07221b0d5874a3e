import { randomBytes } from 'node:crypto'
import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { capKeyOf, toItem } from '../../../functions/url-shortener/store/items.ts'
import { CAP, keyOf } from '../../../functions/url-shortener/store/keys.ts'
import { patientDynamoDB, sdkConfig, setFunctionEnvironment, tableName } from '../../support/cloud.ts'
import { aLink } from '../a-link.ts'
import { physicalId } from '../deployed.ts'

test('with IAM enforced, the role of the sweep allows it to find, read and record ends', async () => {
  setFunctionEnvironment()
  const dynamodb = patientDynamoDB()
  const lambda = new LambdaClient(sdkConfig)
  const TableName = await tableName('UrlShortener')
  const code = `auth-${randomBytes(6).toString('hex')}`
  const counter = { clicks: { N: '1' }, maxClicks: { N: '1' } }
  await dynamodb.send(new PutItemCommand({ TableName, Item: toItem(aLink({ code, maxClicks: 1 })) }))
  await dynamodb.send(new PutItemCommand({ TableName, Item: { ...keyOf(code, CAP), ...counter, ...capKeyOf(code) } }))
  const FunctionName = await physicalId('AWS::Lambda::Function', 'SweepEnds')
  const { FunctionError } = await lambda.send(new InvokeCommand({ FunctionName, Payload: '{}' }))
  lambda.destroy()
  expect(FunctionError).toBeUndefined()
  const read = async (sk?: string) =>
    (await dynamodb.send(new GetItemCommand({ TableName, Key: keyOf(code, sk) }))).Item
  expect((await read())?.ended).toEqual({ S: 'exhausted' })
  expect((await read(CAP))?.endPk).toBeUndefined()
})
