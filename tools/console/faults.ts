import {
  GetFunctionConfigurationCommand,
  LambdaClient,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda'
import type { InjectedFault } from '../../console/shared/wire.ts'
import { parseFaults } from '../../functions/shared/resilience/parse-faults.ts'
import { allResources } from '../local-cloud/stacks.ts'
import { clientConfig, type LocalCloud } from '../support/settings.ts'

/** The variable in which a function finds its faults: docs/modules/fault-injection.md. */
const FAULTS = 'FAULTS'

type Variables = Readonly<Record<string, string>>

export function faultsIn(variables: Variables | undefined): InjectedFault[] {
  const text = variables?.[FAULTS]
  return text ? (parseFaults(text) as InjectedFault[]) : []
}

/** Adds faults to a function's variables, or takes them away if there are none. */
export function withFaults(variables: Variables, faults: readonly InjectedFault[]): Variables {
  const { [FAULTS]: _, ...others } = variables
  return faults.length === 0 ? others : { ...others, [FAULTS]: JSON.stringify(faults) }
}

/** Switches faults of deployed functions on and off, by their environment. Each change starts new environments. */
export interface FaultSwitch {
  /** @throws AppError `invalid-input` when a fault is not one. */
  set: (functionName: string, faults: readonly InjectedFault[]) => Promise<void>
  /** Takes the faults of all functions away, and returns the number of functions that had some. */
  clear: () => Promise<number>
}

export function faultSwitch(cloud: LocalCloud): FaultSwitch {
  const client = new LambdaClient(clientConfig(cloud))
  const variablesOf = async (functionName: string): Promise<Variables> => {
    const { Environment } = await client.send(new GetFunctionConfigurationCommand({ FunctionName: functionName }))
    return Environment?.Variables ?? {}
  }
  const write = (functionName: string, Variables: Variables) =>
    client.send(new UpdateFunctionConfigurationCommand({ FunctionName: functionName, Environment: { Variables } }))
  const functionNames = async () =>
    (await allResources(cloud, 'AWS::Lambda::Function')).map(({ physicalId }) => physicalId)
  return {
    async set(functionName, faults) {
      if (!(await functionNames()).includes(functionName)) throw new TypeError(`There is no function ${functionName}.`)
      parseFaults(JSON.stringify(faults))
      await write(functionName, withFaults(await variablesOf(functionName), faults))
    },
    async clear() {
      const changed = await Promise.all(
        (await functionNames()).map(async (functionName) => {
          const variables = await variablesOf(functionName)
          if (variables[FAULTS] === undefined) return 0
          await write(functionName, withFaults(variables, []))
          return 1
        }),
      )
      return changed.reduce((sum: number, count) => sum + count, 0)
    },
  }
}
