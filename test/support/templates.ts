import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { App, type AppProps, Stack } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import { createApp } from '../../bin/app.ts'

/** What the CDK CLI passes to the app besides `-c name=value`: the feature flags. */
const CONTEXT: Record<string, unknown> = JSON.parse(readFileSync('cdk.json', 'utf8')).context

export const STAGES = ['dev', 'prod'] as const

/** CloudFormation's own rules cost seconds in each test file, so that only the app's tests run them. */
const WITHOUT_RULES: AppProps = { builtinCloudFormationValidation: false }

const OUT = mkdtempSync(join(tmpdir(), 'stackyard-templates-'))
afterAll(() => rmSync(OUT, { recursive: true, force: true }))

/** The app as `bin/stackyard.ts` makes it under the CLI, with these settings. */
export function newApp(settings: Record<string, string> = {}, props: AppProps = {}): App {
  return createApp({ ...toTest(settings), ...props })
}

/** An app with nothing in it yet. */
export function emptyApp(settings: Record<string, string | boolean> = {}): App {
  return new App({ ...toTest(settings), ...WITHOUT_RULES })
}

/** All stacks of the app. */
export function stacksWith(settings: Record<string, string> = {}): SynthesizedStack[] {
  return synthesize(newApp(settings, WITHOUT_RULES))
}

function toTest(settings: Record<string, string | boolean>): AppProps {
  const context = { ...CONTEXT, ...settings }
  return { context, outdir: mkdtempSync(join(OUT, 'app-')), autoSynth: false, analyticsReporting: false }
}

/** All resources of all stacks of a stage. */
export function resourcesIn(stage: string): Resource[] {
  return stacksWith({ stage }).flatMap(({ resources }) => resources)
}

export interface Resource {
  readonly stack: string
  readonly id: string
  readonly type: string
  readonly properties: Record<string, unknown>
  /** When its stack is deleted, and when an update replaces it. */
  readonly policies: { deletion: unknown; replacement: unknown }
}

export interface SynthesizedStack {
  readonly id: string
  readonly template: Template
  readonly resources: Resource[]
  /** Values of the outputs by their keys. */
  readonly outputs: Record<string, unknown>
}

/** All stacks of an app. */
export function synthesize(app: App): SynthesizedStack[] {
  return app.node.children.filter(Stack.isStack).map((stack) => {
    const template = Template.fromStack(stack)
    const json = template.toJSON()
    const resources = Object.entries<Record<string, unknown>>(json.Resources ?? {}).map(([id, resource]) => ({
      stack: stack.node.id,
      id,
      type: String(resource.Type),
      properties: { ...(resource.Properties as object | undefined) },
      policies: { deletion: resource.DeletionPolicy, replacement: resource.UpdateReplacePolicy },
    }))
    const outputs = Object.entries<{ Value: unknown }>(json.Outputs ?? {}).map(([key, { Value }]) => [key, Value])
    return { id: stack.node.id, template, resources, outputs: Object.fromEntries(outputs) }
  })
}

/** The stack of that id. */
export function stackOf(stacks: readonly SynthesizedStack[], id: string): SynthesizedStack {
  const stack = stacks.find((candidate) => candidate.id === id)
  if (!stack) throw new Error(`There is no stack ${id} among ${stacks.map((candidate) => candidate.id).join(', ')}.`)
  return stack
}

export function ofType(resources: readonly Resource[], ...types: string[]): Resource[] {
  return resources.filter(({ type }) => types.includes(type))
}

/** How a failed test names a resource. */
export function nameOf({ stack, id }: Resource): string {
  return `${stack}/${id}`
}

/**
 * What is at a path inside a JSON value, as in `at(properties, 'Code', 'S3Key')`; undefined where the path ends early.
 */
export function at(value: unknown, ...path: (string | number)[]): unknown {
  return path.reduce<unknown>(
    (inner, key) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, key) : undefined),
    value,
  )
}

/** The logical id that a `Ref` or `Fn::GetAtt` names. */
export function referenced(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  if ('Ref' in value) return String(value.Ref)
  if ('Fn::GetAtt' in value && Array.isArray(value['Fn::GetAtt'])) return String(value['Fn::GetAtt'][0])
  return undefined
}

/** The text that a template's value becomes; `<Id>` and `<Id.Attribute>` stand for what only a deployment knows. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  const joined = at(value, 'Fn::Join')
  if (Array.isArray(joined)) return joined[1].map(textOf).join(joined[0])
  const attribute = at(value, 'Fn::GetAtt')
  if (Array.isArray(attribute)) return `<${attribute.join('.')}>`
  const id = referenced(value)
  if (id === undefined) throw new Error(`${JSON.stringify(value)} is no text.`)
  return `<${id}>`
}

/** Every object anywhere inside a JSON value, the value itself included. */
export function objectsIn(value: unknown): Record<string, unknown>[] {
  if (typeof value !== 'object' || value === null) return []
  const inner = Object.values(value).flatMap(objectsIn)
  return Array.isArray(value) ? inner : [value as Record<string, unknown>, ...inner]
}

/** Every string anywhere inside a JSON value. */
export function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsIn) : []
}

/** A template for a snapshot: the code of a function changes more often than what is built around it. */
export function withoutAssetHashes(template: Template): unknown {
  return JSON.parse(JSON.stringify(template.toJSON()).replaceAll(/[0-9a-f]{64}\.(zip|json)/g, '<asset>.$1'))
}
