import { bundle, lambdaEnvironment, run } from '../../support/bundled-programs.ts'
import { commandsOfClients } from '../../support/commands-in.ts'
import { answers, startServer } from '../../support/misbehaving-server.ts'
import type { SenderOperation } from '../../support/sender-operations.ts'

test('no call to a service that sends needs what the stubs of the SDK leave out, nor any file of settings', async () => {
  await bundle('senders', { file: 'test/support/sender-operations.ts' })
  const json = answers.json({ MessageId: 'm1' })
  const xml = (body: string) => answers.text(body)
  const server = await startServer(
    json,
    json,
    xml('<PublishResponse><PublishResult><MessageId>m1</MessageId></PublishResult></PublishResponse>'),
    xml(
      '<CreatePlatformEndpointResponse><CreatePlatformEndpointResult><EndpointArn>arn</EndpointArn></CreatePlatformEndpointResult></CreatePlatformEndpointResponse>',
    ),
  )
  try {
    const accepted = { outcome: 'accepted', messageId: 'm1' }
    const answered: Record<SenderOperation, object> = {
      SendEmail: accepted,
      SendTextMessage: accepted,
      Publish: accepted,
      CreatePlatformEndpoint: { outcome: 'found', endpoint: 'arn' },
    }
    expect(Object.keys(answered)).toEqual(expect.arrayContaining(commandsOfClients('email', 'push', 'sms')))
    expect(JSON.parse(await run('senders', lambdaEnvironment(server.url)))).toEqual(answered)
  } finally {
    server.close()
  }
})
