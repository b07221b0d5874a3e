import type * as z from 'zod/mini'
import { requirePrincipal, type Tenancy } from '../../shared/auth/principal.ts'
import { etag, preconditions, stale } from '../../shared/http/conditions.ts'
import type { HttpRoute } from '../../shared/http/handler.ts'
import { invalidInput } from '../../shared/http/invalid-input.ts'
import { jsonBody } from '../../shared/http/request.ts'
import { json } from '../../shared/http/response.ts'
import { validate } from '../../shared/http/validate.ts'
import { CHANNELS } from '../domain/channel.ts'
import type { ReadTemplate, Template } from '../domain/template.ts'
import { existingName, MANAGE, newName } from '../fields.ts'
import { notFound } from '../problems.ts'
import { MAX_LOCALES, type PutTemplate } from './put-template.ts'
import { renderTemplate } from './render.ts'
import { type previewAnswer, previewBody, templateBody, toParts } from './schema.ts'

export interface TemplateRoutesOptions {
  put: PutTemplate
  read: ReadTemplate
  tenancy: Tenancy
}

/** The routes of templates. */
export function templateRoutes({ put, read, tenancy }: TemplateRoutesOptions): Record<string, HttpRoute> {
  return {
    async 'PUT /v1/templates/{name}'(request) {
      const { tenant } = requirePrincipal(request, MANAGE, tenancy)
      const { channels, locale, digest } = validate(templateBody, jsonBody(request))
      const name = newName(request, 'name')
      const change = { tenant, name, locale: locale ?? '', parts: toParts(channels), digest: digest ?? undefined }
      const result = await put({ ...change, conditions: preconditions(request) }, request.signal)
      if (result.outcome === 'stale') throw stale()
      if (result.outcome === 'too-many-locales') {
        throw invalidInput([
          { path: 'locale', message: `would be one too many: a template may have at most ${MAX_LOCALES} locales` },
        ])
      }
      const { outcome, version } = result
      return json(outcome === 'created' ? 201 : 200, { version }, { etag: etag(String(version)) })
    },

    async 'POST /v1/templates/{name}/preview'(request) {
      const { tenant } = requirePrincipal(request, MANAGE, tenancy)
      const { data, locale } = validate(previewBody, jsonBody(request))
      const name = existingName(request, 'name', noSuchTemplate)
      const template = await read({ tenant, name }, request.signal)
      if (!template) throw noSuchTemplate()
      return json(200, preview(template, data, locale ?? null))
    },
  }
}

/** Renders every channel of a template. @throws HttpProblem 422 about the first one that can't be sent so. */
function preview(template: Template, data: object, locale: string | null): z.output<typeof previewAnswer> {
  const channels: Record<string, Record<string, string>> = {}
  let sms: { segments: number } | undefined
  for (const channel of CHANNELS) {
    const result = renderTemplate(template, { channel, locale, data })
    if (result.outcome === 'missing') {
      const message = `is missing: the template prints it for ${channel}`
      throw invalidInput([{ path: `data.${result.variable}`, message }])
    }
    if (result.outcome === 'unusable') throw invalidInput([{ path: 'data', message: `${channel}: ${result.message}` }])
    if (result.outcome === 'no-parts') continue
    channels[channel] = { ...result.parts }
    if (result.segments !== undefined) sms = { segments: result.segments }
  }
  return { channels, ...(sms && { sms }) }
}

function noSuchTemplate() {
  return notFound('There is no template with this name.')
}
