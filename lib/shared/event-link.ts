import { type App, Fn, Stack, type StackProps } from 'aws-cdk-lib'
import { EventBus as Bus, type IEventBus } from 'aws-cdk-lib/aws-events'
import type { Construct } from 'constructs'
import { Alarms } from './alarms.ts'
import { EventRule } from './event-bus.ts'
import type { Settings } from './settings.ts'

export interface EventLinkProps extends StackProps {
  readonly settings: Settings
  /** The stacks, each with an `EventBus`. */
  readonly from: Stack
  readonly to: Stack
  /** The types of events that are forwarded. */
  readonly detailTypes: string[]
}

/**
 * Forwards events of one system's bus to another's. It is a stack of its own, so that either of the two is deployed, and
 * works, without the other; it reads the names of the buses from the outputs that both have in any case.
 */
export class EventLink extends Stack {
  constructor(scope: Construct, id: string, { settings, from, to, detailTypes, ...props }: EventLinkProps) {
    super(scope, id, props)
    for (const stack of [from, to]) this.addStackDependency(stack)
    new EventRule(this, 'Forward', {
      stage: settings.stage,
      alarms: new Alarms(this, 'Alarms'),
      bus: this.busOf(from, 'From'),
      pattern: { detailType: detailTypes },
      target: this.busOf(to, 'To'),
    })
  }

  private busOf({ stackName }: Stack, id: string): IEventBus {
    return Bus.fromEventBusName(this, id, Fn.getStackOutput(stackName, 'EventBusName'))
  }
}

type StackClass = new (...given: never[]) => Stack

/**
 * Links the stacks of two classes in an app.
 *
 * @throws Error when the app has none of one of them.
 */
export function linkEvents(
  app: App,
  id: string,
  { from, to, ...props }: Omit<EventLinkProps, 'from' | 'to'> & { from: StackClass; to: StackClass },
): EventLink {
  const stackOf = (type: StackClass) => {
    const stack = app.node.children.find((child) => child instanceof type)
    if (!Stack.isStack(stack)) throw new Error(`The app has no stack ${type.name} that ${id} could link.`)
    return stack
  }
  return new EventLink(app, id, { ...props, from: stackOf(from), to: stackOf(to) })
}
