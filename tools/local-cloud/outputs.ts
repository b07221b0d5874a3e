import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { LOCAL, type LocalCloud, REGION } from '../support/settings.ts'
import { deployedStacks } from './stacks.ts'

/** The deployed stacks and their outputs, for scripts and tests: `.local/outputs.json`. */
export interface Outputs {
  endpoint: string
  region: string
  stacks: Record<string, StackOutputs>
}

/** `apiUrl` and `webSocketUrl` have no trailing slash; other outputs keep their CloudFormation key. */
export type StackOutputs = Record<string, string> & { apiUrl?: string; webSocketUrl?: string }

/** Outputs with a name of their own in the file. */
const RENAMED: Record<string, string> = { ApiUrl: 'apiUrl', WebSocketUrl: 'webSocketUrl' }

export async function readOutputs(cloud: LocalCloud): Promise<Outputs> {
  const stacks = await deployedStacks(cloud)
  return {
    endpoint: cloud.endpoint,
    region: REGION,
    stacks: Object.fromEntries(
      stacks.map(({ StackName = '', Outputs = [] }) => [
        StackName,
        Object.fromEntries(
          Outputs.map(({ OutputKey = '', OutputValue = '' }) => [
            RENAMED[OutputKey] ?? OutputKey,
            OutputKey in RENAMED ? OutputValue.replace(/\/+$/, '') : OutputValue,
          ]),
        ),
      ]),
    ),
  }
}

/**
 * Writes the outputs into the local cloud's folder and, unless it belongs to a test, to the place where scripts find
 * the latest.
 */
export function writeOutputs(cloud: LocalCloud, outputs: Outputs, { latest }: { latest: boolean }): void {
  const files = [join(cloud.directory, 'outputs.json'), ...(latest ? [join(LOCAL, 'outputs.json')] : [])]
  for (const file of files) {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, `${JSON.stringify(outputs, null, 2)}\n`)
  }
}
