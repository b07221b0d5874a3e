import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { App, type AppProps, Stack } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import { createApp } from '../../bin/app.ts'
import { TEMPLATES_VARIABLE } from './template-setup.ts'

/** The feature flags, which the CDK CLI passes to the app beside `-c name=value`. */
const CONTEXT: Record<string, unknown> = JSON.parse(readFileSync('cdk.json', 'utf8')).context

export const STAGES = ['dev', 'prod'] as const

/** CloudFormation's own rules take seconds in each test file, so that only the app's tests run them. */
const WITHOUT_RULES: AppProps = { builtinCloudFormationValidation: false }

const OUT = mkdtempSync(join(tmpdir(), 'stackyard-templates-'))
afterAll(() => rmSync(OUT, { recursive: true, force: true }))

/** Builds the app as `bin/stackyard.ts` does under the CLI, with these settings. */
export function newApp(settings: Record<string, string> = {}, props: AppProps = {}): App {
  return createApp({ ...toTest(settings), ...props })
}

/** Creates an empty app. */
export function emptyApp(settings: Record<string, string | boolean> = {}): App {
  return new App({ ...toTest(settings), ...WITHOUT_RULES })
}

/** Returns all stacks of the app. A run of tests synthesizes each combination of settings once and keeps it on disk. */
export function stacksWith(settings: Record<string, string> = {}): SynthesizedStack[] {
  const directory = process.env[TEMPLATES_VARIABLE]
  if (directory === undefined) throw new Error(`${TEMPLATES_VARIABLE} is set by the setup of template tests.`)
  const file = join(directory, `${hashOf(settings)}.json`)
  if (!existsSync(file)) writeWhole(file, JSON.stringify(templatesOf(newApp(settings, WITHOUT_RULES))))
  const templates: Record<string, object> = JSON.parse(readFileSync(file, 'utf8'))
  return Object.entries(templates).map(([id, json]) => describeStack(id, Template.fromJSON(json)))
}

function hashOf(settings: Record<string, string>): string {
  return createHash('sha256')
    .update(JSON.stringify(Object.entries(settings).sort()))
    .digest('hex')
}

/** Writes a file such that tests in other processes see all of it or nothing. */
function writeWhole(file: string, text: string): void {
  writeFileSync(`${file}.${process.pid}`, text)
  renameSync(`${file}.${process.pid}`, file)
}

function templatesOf(app: App): Record<string, object> {
  return Object.fromEntries(synthesize(app).map(({ id, template }) => [id, template.toJSON()]))
}

function toTest(settings: Record<string, string | boolean>): AppProps {
  const context = { ...CONTEXT, ...settings }
  return { context, outdir: mkdtempSync(join(OUT, 'app-')), autoSynth: false, analyticsReporting: false }
}

/** Returns all resources of all stacks of a stage. */
export function resourcesIn(stage: string): Resource[] {
  return stacksWith({ stage }).flatMap(({ resources }) => resources)
}

export interface Resource {
  readonly stack: string
  readonly id: string
  readonly type: string
  readonly properties: Record<string, unknown>
  /** Returns the policies for deletion of the stack and for replacement by an update. */
  readonly policies: { deletion: unknown; replacement: unknown }
}

export interface SynthesizedStack {
  readonly id: string
  readonly template: Template
  readonly resources: Resource[]
  /** Returns the values of the outputs by their keys. */
  readonly outputs: Record<string, unknown>
}

/** Returns all stacks of an app. */
export function synthesize(app: App): SynthesizedStack[] {
  return app.node.children.filter(Stack.isStack).map((stack) => describeStack(stack.node.id, Template.fromStack(stack)))
}

function describeStack(id: string, template: Template): SynthesizedStack {
  const json = template.toJSON()
  const resources = Object.entries<Record<string, unknown>>(json.Resources ?? {}).map(([logicalId, resource]) => ({
    stack: id,
    id: logicalId,
    type: String(resource.Type),
    properties: { ...(resource.Properties as object | undefined) },
    policies: { deletion: resource.DeletionPolicy, replacement: resource.UpdateReplacePolicy },
  }))
  const outputs = Object.entries<{ Value: unknown }>(json.Outputs ?? {}).map(([key, { Value }]) => [key, Value])
  return { id, template, resources, outputs: Object.fromEntries(outputs) }
}

/** Returns the stack with that id. */
export function stackOf(stacks: readonly SynthesizedStack[], id: string): SynthesizedStack {
  const stack = stacks.find((candidate) => candidate.id === id)
  if (!stack) throw new Error(`There is no stack ${id} among ${stacks.map((candidate) => candidate.id).join(', ')}.`)
  return stack
}

export function ofType(resources: readonly Resource[], ...types: string[]): Resource[] {
  return resources.filter(({ type }) => types.includes(type))
}

/** Names a resource in the message of a failed test. */
export function nameOf({ stack, id }: Resource): string {
  return `${stack}/${id}`
}

/**
 * Returns the part of a JSON value at a path, as in `at(properties, 'Code', 'S3Key')`; undefined if the path ends
 * early.
 */
export function at(value: unknown, ...path: (string | number)[]): unknown {
  return path.reduce<unknown>(
    (inner, key) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, key) : undefined),
    value,
  )
}

/** Returns the logical id of a `Ref` or `Fn::GetAtt`. */
export function referenced(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  if ('Ref' in value) return String(value.Ref)
  if ('Fn::GetAtt' in value && Array.isArray(value['Fn::GetAtt'])) return String(value['Fn::GetAtt'][0])
  return undefined
}

/**
 * Returns the text of a template's value; `<Id>` and `<Id.Attribute>` stand for values that only a deployment knows.
 */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  const joined = at(value, 'Fn::Join')
  if (Array.isArray(joined)) return joined[1].map(textOf).join(joined[0])
  const attribute = at(value, 'Fn::GetAtt')
  if (Array.isArray(attribute)) return `<${attribute.join('.')}>`
  const id = referenced(value)
  if (id === undefined) throw new Error(`${JSON.stringify(value)} is not a text.`)
  return `<${id}>`
}

/** Returns every object anywhere inside a JSON value, the value itself included. */
export function objectsIn(value: unknown): Record<string, unknown>[] {
  if (typeof value !== 'object' || value === null) return []
  const inner = Object.values(value).flatMap(objectsIn)
  return Array.isArray(value) ? inner : [value as Record<string, unknown>, ...inner]
}

/** Returns every string anywhere inside a JSON value. */
export function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsIn) : []
}

/** Prepares a template for a snapshot, without the functions' code, which changes more often than the rest. */
export function withoutAssetHashes(template: Template): unknown {
  return JSON.parse(JSON.stringify(template.toJSON()).replaceAll(/[0-9a-f]{64}\.(zip|json)/g, '<asset>.$1'))
}
