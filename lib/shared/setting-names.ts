import type { Node } from 'constructs'

/** Every `-c name=value` that the app reads: `settings.ts` can ask for no other. */
export const SETTING_NAMES = [
  'stage',
  'tenancy',
  'tenantWritesPerSecond',
  'limitBudgetMs',
  'fanoutRps',
  'allowInsecureWebhooks',
  'emailFrom',
  'emailPerSecond',
  'smsFrom',
  'smsPerSecond',
  'pushApplications',
  'backupRegion',
  'issuer',
  'audience',
  'publicUrl',
  'corsOrigins',
  'socketAccessLog',
  'machineClient',
  'machineTenant',
  'edge',
  'certificateArn',
  'webAclArn',
  'originSecretVersion',
] as const

export type SettingName = (typeof SETTING_NAMES)[number]

/** Matches context keys of the CDK: flags and caches contain a colon, a slash or an `@`, and these are the CLI's. */
const OF_THE_CLI = ['acknowledged-issue-numbers', 'cli-telemetry']

/**
 * Warns of each name in the app's context that is not a setting, with the nearest one that is: such a `-c` has no
 * effect.
 */
export function unknownSettings(node: Node): string[] {
  const known: readonly string[] = [...SETTING_NAMES, ...OF_THE_CLI]
  const unknown = Object.keys(node.getAllContext()).filter((name) => /^[\w.-]+$/.test(name) && !known.includes(name))
  return unknown.map((name) => {
    const nearest = nearestName(name)
    const hint = nearest ? `did you mean ${nearest}?` : `the settings are ${SETTING_NAMES.join(', ')}.`
    return `-c ${name} is not a setting, and has no effect: ${hint}`
  })
}

/** Finds the setting with the smallest edit distance, if it keeps more than half of the name. */
function nearestName(name: string): SettingName | undefined {
  const plain = (text: string) => text.toLowerCase().replace(/[^a-z]/g, '')
  const [best] = SETTING_NAMES.map((setting) => ({ setting, changes: editDistance(plain(name), plain(setting)) })).sort(
    (a, b) => a.changes - b.changes,
  )
  return best && best.changes * 2 < best.setting.length ? best.setting : undefined
}

/** Counts the letters to add, remove or replace to turn one text into the other (Levenshtein distance). */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (const [i, letter] of [...from].entries()) {
    const next = [i + 1]
    for (const [j, other] of [...to].entries()) {
      const replaced = (row[j] ?? 0) + (letter === other ? 0 : 1)
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1))
    }
    row = next
  }
  return row[to.length] ?? 0
}
