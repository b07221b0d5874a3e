import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs'
import { inOrder, type LogLine } from '../local-cloud/log-lines.ts'
import { readGroup } from '../local-cloud/log-pages.ts'
import { type LogGroup, logGroups, pageReader } from '../local-cloud/logs.ts'
import { clientConfig, type LocalCloud } from '../support/settings.ts'

/** The time for which the list of functions is remembered, in milliseconds. */
const REMEMBER_MS = 10_000

/** Creates a reader of the lines of all functions since a time, in milliseconds since the epoch. */
export function lineReader(cloud: LocalCloud): (since: number) => Promise<LogLine[]> {
  const client = new CloudWatchLogsClient(clientConfig(cloud))
  let known: { until: number; groups: LogGroup[] } | undefined
  return async (since) => {
    if (!known || known.until < Date.now()) {
      known = { until: Date.now() + REMEMBER_MS, groups: await logGroups(cloud) }
    }
    const lines = await Promise.all(
      known.groups.map((group) => readGroup(pageReader(client, group), group.name, since)),
    )
    return inOrder(lines.flat())
  }
}
