import { journey, scope } from '../../lib/chat/journey.ts'
import { runJourney } from '../../tools/smoke/run-journey.ts'
import { apiUrl, newTenant, token, webSocketUrl } from '../support/cloud.ts'

test('with IAM enforced, the functions’ own roles allow all that their routes and deliveries do', async () => {
  const bearer = await token({ sub: 'user-1', tenant: newTenant(), scope })
  const lines: string[] = []
  const failures = await runJourney({
    url: apiUrl('Chat'),
    webSocketUrl: webSocketUrl('Chat'),
    token: bearer,
    journey,
    print: (line) => lines.push(line),
  })
  expect([failures, lines.length]).toEqual([[], 25])
})
