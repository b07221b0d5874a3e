import { journey, scope } from '../../lib/notification/journey.ts'
import { runJourney } from '../../tools/smoke/run-journey.ts'
import { apiUrl, newTenant, token } from '../support/cloud.ts'

test('with IAM enforced, the functions’ own roles allow all that their routes and deliveries do', async () => {
  const bearer = await token({ sub: 'user-1', tenant: newTenant(), scope })
  const lines: string[] = []
  const print = (line: string) => lines.push(line)
  const failures = await runJourney({ url: apiUrl('Notification'), token: bearer, journey, print })
  expect([failures, lines.length]).toEqual([[], 19])
})
