import type { LocalCloud } from '../support/settings.ts'
import { rewrite, type Template } from './template.ts'

/** Replaces `Fn::GetAtt: [Api, ApiEndpoint]` by a URL on this machine; the `$default` stage needs no name in it. */
export function withLocalApis(template: Template, cloud: LocalCloud): Template {
  return rewrite(template, (node) => {
    const attribute = (node as { 'Fn::GetAtt'?: unknown })['Fn::GetAtt']
    if (!Array.isArray(attribute) || attribute[1] !== 'ApiEndpoint') return undefined
    return join(`${cloud.endpoint}/_aws/execute-api/`, { Ref: attribute[0] })
  }) as Template
}

/** The beginning of a stage's URL, as the CDK writes it: clients connect to `wss:`, functions post to `https:`. */
const STAGE_URL = [
  /^(wss|https):\/\/$/,
  undefined,
  '.execute-api.',
  { Ref: 'AWS::Region' },
  '.',
  { Ref: 'AWS::URLSuffix' },
]

/** Replaces the URLs of WebSocket APIs' stages, `wss://<api>.execute-api.<region>.<suffix>/<stage>`, and `https:` too. */
export function withLocalStages(template: Template, cloud: LocalCloud): Template {
  return rewrite(template, (node) => {
    const parts = (node as { 'Fn::Join'?: unknown })['Fn::Join']
    if (!Array.isArray(parts) || parts[0] !== '' || !isStageUrl(parts[1])) return undefined
    const [protocol, api, , , , , ...path] = parts[1]
    const endpoint = protocol === 'wss://' ? cloud.endpoint.replace(/^http/, 'ws') : cloud.endpoint
    return join(`${endpoint}/_aws/execute-api/`, api, ...path)
  }) as Template
}

function isStageUrl(parts: unknown): parts is unknown[] {
  if (!Array.isArray(parts)) return false
  return STAGE_URL.every((expected, index) => {
    if (expected === undefined) return true
    if (expected instanceof RegExp) return expected.test(String(parts[index]))
    return JSON.stringify(parts[index]) === JSON.stringify(expected)
  })
}

function join(...parts: unknown[]): unknown {
  return { 'Fn::Join': ['', parts] }
}
