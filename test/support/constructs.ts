import { type Duration, Stack, Validations } from 'aws-cdk-lib'
import { AwsSolutionsChecks } from 'cdk-nag'
import { Alarms } from '../../lib/shared/alarms.ts'
import { ServiceFunction } from '../../lib/shared/service-function.ts'
import type { Stage } from '../../lib/shared/settings.ts'
import { emptyApp, ofType, type Resource, type SynthesizedStack, synthesize } from './templates.ts'

/** What a test builds a construct with. */
export interface Workbench {
  readonly stack: Stack
  readonly stage: Stage
  readonly alarms: Alarms
  /** A function whose code is beside the point. */
  fn(id: string, timeout?: Duration): ServiceFunction
}

/**
 * A stack with what `build` puts into it, under the app's feature flags; a finding of the AwsSolutions rules throws.
 */
export function stackOfConstructs(stage: Stage, build: (workbench: Workbench) => void): SynthesizedStack {
  // The CLI asks for the paths of constructs beside their resources.
  const app = emptyApp({ 'aws:cdk:enable-path-metadata': true })
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app))
  const stack = new Stack(app, 'Test')
  const alarms = new Alarms(stack, 'Alarms')
  const fn = (id: string, timeout?: Duration) =>
    new ServiceFunction(stack, id, {
      stage,
      alarms,
      entry: 'functions/url-shortener/redirect.handler.ts',
      budget: 'hot-path',
      description: 'Stands in for a function.',
      ...(timeout && { timeout }),
    })
  build({ stack, stage, alarms, fn })
  const [synthesized] = synthesize(app)
  if (!synthesized) throw new Error('The app has no stack.')
  return synthesized
}

/** The only resource of a type whose logical id starts so. */
export function one(resources: readonly Resource[], type: string, idStart = ''): Resource {
  const [found, ...others] = ofType(resources, type).filter(({ id }) => id.startsWith(idStart))
  if (!found || others.length > 0) throw new Error(`There is not one ${type} ${idStart}, but ${others.length + 1}.`)
  return found
}
