import { connect, type Edge } from './edges.ts'
import { at, listOf, type Resource, type StackView, textOf } from './stack-view.ts'

/** Draws the routes of EventBridge: rules, archives, schedules and pipes. */
export function eventEdges(stack: StackView): Edge[] {
  return [
    ...stack.ofType('AWS::Events::Rule').flatMap((rule) => ruleEdges(rule, stack)),
    ...stack.ofType('AWS::Events::Archive').flatMap(({ id, properties }) => {
      const days = Number(properties.RetentionDays ?? 0)
      const lines = [days > 0 ? `keeps ${days} days` : 'keeps all']
      return connect(busesOf(properties.SourceArn, stack), [id], { lines, dotted: true })
    }),
    ...stack.ofType('AWS::Scheduler::Schedule').flatMap(({ properties }) => {
      const clock = [`clock:${textOf(properties.ScheduleExpression)}`]
      return targetEdges(clock, { target: properties.Target, lines: [] }, stack)
    }),
    ...stack.ofType('AWS::Pipes::Pipe').flatMap((pipe) => pipeEdges(pipe, stack)),
  ]
}

function ruleEdges({ properties }: Resource, stack: StackView): Edge[] {
  const { ScheduleExpression: schedule, EventPattern: pattern } = properties
  const buses = pattern === undefined ? [] : busesOf(properties.EventBusName ?? 'default', stack)
  const sources = [...buses, ...(schedule === undefined ? [] : [`clock:${textOf(schedule)}`])]
  return listOf(properties.Targets).flatMap((target) =>
    targetEdges(sources, { target, lines: patternLines(pattern) }, stack),
  )
}

interface Delivery {
  /** A target with `Arn` and perhaps `DeadLetterConfig`. */
  readonly target: unknown
  readonly lines: readonly string[]
}

function targetEdges(sources: readonly string[], { target, lines }: Delivery, stack: StackView): Edge[] {
  const deadLetters = stack.ends(at(target, 'DeadLetterConfig', 'Arn'))
  return [
    ...connect(sources, busOrEnds(at(target, 'Arn'), stack), { lines }),
    ...connect(sources, deadLetters, { lines: ['undelivered'], dotted: true }),
  ]
}

/** Lists the kinds of events that a rule matches, otherwise their sources. */
function patternLines(pattern: unknown): string[] {
  const picked = listOf(at(pattern, 'detail-type') ?? at(pattern, 'source'))
  return picked.map((item) => {
    const [[matcher, argument] = ['', '']] = typeof item === 'object' && item !== null ? Object.entries(item) : []
    return matcher === '' ? textOf(item) : `${matcher} ${textOf(argument)}`
  })
}

function pipeEdges({ properties }: Resource, stack: StackView): Edge[] {
  const sources = stack.ends(properties.Source)
  const enrichment = stack.ends(properties.Enrichment)
  const stops = [sources, enrichment, busOrEnds(properties.Target, stack)].filter((ends) => ends.length > 0)
  const failed = Object.values({ ...(properties.SourceParameters as object | undefined) }).flatMap((parameters) =>
    stack.ends(at(parameters, 'DeadLetterConfig', 'Arn')),
  )
  return [
    ...stops.slice(1).flatMap((ends, i) => connect(stops[i] ?? [], ends, { lines: ['pipe'] })),
    ...connect(sources, failed, { lines: ['given up'], dotted: true }),
  ]
}

function busOrEnds(value: unknown, stack: StackView): string[] {
  return /:event-bus\/[^$]+$/.test(textOf(value)) ? busesOf(value, stack) : stack.ends(value)
}

/** Resolves a bus by reference, by its name or by its ARN. */
function busesOf(value: unknown, stack: StackView): string[] {
  const ends = stack.ends(value)
  if (ends.length > 0) return ends
  const name = textOf(value).split('/').at(-1)
  return name === undefined || name === '' || name.includes('$') ? [] : [`bus:${name}`]
}
