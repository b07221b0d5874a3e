import { type Duration, Stack, Validations } from 'aws-cdk-lib'
import { AwsSolutionsChecks } from 'cdk-nag'
import { Alarms } from '../../lib/shared/alarms.ts'
import { ServiceFunction } from '../../lib/shared/service-function.ts'
import type { Stage } from '../../lib/shared/settings.ts'
import { emptyApp, ofType, type Resource, type SynthesizedStack, synthesize } from './templates.ts'

/** The arguments of a test's constructs. */
export interface Workbench {
  readonly stack: Stack
  readonly stage: Stage
  readonly alarms: Alarms
  /** A function whose code doesn't matter. */
  fn(id: string, timeout?: Duration): ServiceFunction
}

/**
 * Builds a stack with the constructs of `build`, under the app's feature flags; throws on a finding of the AwsSolutions
 * rules.
 */
export function stackOfConstructs(stage: Stage, build: (workbench: Workbench) => void): SynthesizedStack {
  // The CLI sets this to get the constructs' paths in the template.
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
      description: 'A placeholder for a function.',
      ...(timeout && { timeout }),
    })
  build({ stack, stage, alarms, fn })
  const [synthesized] = synthesize(app)
  if (!synthesized) throw new Error('The app has no stack.')
  return synthesized
}

/** Returns the only resource of a type whose logical id starts like this. */
export function one(resources: readonly Resource[], type: string, idStart = ''): Resource {
  const [found, ...others] = ofType(resources, type).filter(({ id }) => id.startsWith(idStart))
  if (!found || others.length > 0)
    throw new Error(`${found ? others.length + 1 : 0} resources match ${type} ${idStart}, and one was expected.`)
  return found
}
