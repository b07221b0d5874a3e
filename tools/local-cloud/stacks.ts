import { existsSync } from 'node:fs'
import { join } from 'node:path'
import {
  CloudFormationClient,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  type Stack,
} from '@aws-sdk/client-cloudformation'
import { clientConfig, type LocalCloud } from '../support/settings.ts'
import { stackIds } from './assembly.ts'

/** A resource of a deployed stack. */
export interface DeployedResource {
  stack: string
  logicalId: string
  physicalId: string
  type: string
}

/**
 * Lists the stacks of this app that are deployed to the local cloud, by the ids of its last synth: the feature flag
 * `explicitStackTags` keeps the app's tags off the stacks themselves, and an endpoint may have other stacks.
 */
export async function deployedStacks(cloud: LocalCloud): Promise<Stack[]> {
  const assembly = join(cloud.directory, 'cdk.out')
  const own = existsSync(join(assembly, 'manifest.json')) ? stackIds(assembly) : []
  return withClient(cloud, async (client) => {
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({}))
    return Stacks.filter(
      ({ StackName = '', StackStatus }) =>
        own.includes(StackName) && StackStatus?.endsWith('_COMPLETE') && StackStatus !== 'DELETE_COMPLETE',
    )
  })
}

export async function stackResources(cloud: LocalCloud, stack: string): Promise<DeployedResource[]> {
  return withClient(cloud, async (client) => {
    const { StackResources = [] } = await client.send(new DescribeStackResourcesCommand({ StackName: stack }))
    return StackResources.map(({ LogicalResourceId = '', PhysicalResourceId = '', ResourceType = '' }) => ({
      stack,
      logicalId: LogicalResourceId,
      physicalId: PhysicalResourceId,
      type: ResourceType,
    }))
  })
}

/** Lists the resources of a type in all stacks of this app. */
export async function allResources(cloud: LocalCloud, type: string): Promise<DeployedResource[]> {
  const stacks = await deployedStacks(cloud)
  const resources = await Promise.all(stacks.map(({ StackName = '' }) => stackResources(cloud, StackName)))
  return resources.flat().filter((resource) => resource.type === type)
}

async function withClient<T>(cloud: LocalCloud, work: (client: CloudFormationClient) => Promise<T>): Promise<T> {
  const client = new CloudFormationClient(clientConfig(cloud))
  try {
    return await work(client)
  } finally {
    client.destroy()
  }
}
