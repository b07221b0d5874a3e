import { escapeHtml } from '../../shared/http/html.ts'
import type { Channel } from '../domain/channel.ts'
import { smsSegments } from '../domain/sms-segments.ts'
import type { Render, RenderOutcome, Template, TemplateParts } from '../domain/template.ts'
import { evaluate, MAX_OUTPUT } from './evaluate.ts'
import { parseTemplate } from './parse.ts'

const MAX_SEGMENTS = 10

/** Turns a value into text for a part of a channel, as in `email.html`; other parts take values as they are. */
const ESCAPES: Record<string, (text: string) => string> = {
  'email.html': escapeHtml,
  'webhook.body': (text) => JSON.stringify(text).slice(1, -1),
}

/** Parts that become headers, where a line break would begin another header. */
const HEADERS = new Set(['email.subject'])

/** Renders one channel of a template in the closest locale that has parts for it. It never rejects what PUT accepts. */
export const renderTemplate: Render = (template, { channel, locale, data }) => {
  const texts = closestParts(template, channel, locale)
  if (!texts) return { outcome: 'no-parts' }
  const parts: Record<string, string> = {}
  for (const [part, text] of Object.entries(texts)) {
    const rendered = renderPart(`${channel}.${part}`, text, data)
    if (typeof rendered === 'object') return rendered
    parts[part] = rendered
  }
  return judge(channel, parts)
}

/** Returns the locales in which a text is looked for, the closest first, as in `fr-CA`, `fr` and the default. */
export function fallbacks(locale: string | null): readonly string[] {
  const subtags = locale === null ? [] : locale.split('-')
  return [...subtags.map((_, index) => subtags.slice(0, subtags.length - index).join('-')), '']
}

function closestParts(template: Template, channel: Channel, locale: string | null): object | undefined {
  for (const each of fallbacks(locale)) {
    const parts: TemplateParts | undefined = Object.hasOwn(template.locales, each) ? template.locales[each] : undefined
    if (parts?.[channel]) return parts[channel]
  }
  return undefined
}

function renderPart(path: string, text: string, data: object): string | RenderOutcome {
  const parsed = parseTemplate(text)
  if (parsed.outcome === 'invalid') return { outcome: 'unusable', message: `${path} ${parsed.message}` }
  const result = evaluate(parsed.nodes, { data, toText: ESCAPES[path] ?? String })
  if (result.outcome === 'missing') return result
  if (result.outcome === 'too-large') {
    return { outcome: 'unusable', message: `${path} is longer than ${MAX_OUTPUT} bytes, or takes too long.` }
  }
  return HEADERS.has(path) ? result.text.replace(/[\r\n]/g, '') : result.text
}

function judge(channel: Channel, parts: Readonly<Record<string, string>>): RenderOutcome {
  if (Buffer.byteLength(Object.values(parts).join('')) > MAX_OUTPUT) {
    return { outcome: 'unusable', message: `${channel} is longer than ${MAX_OUTPUT} bytes in all.` }
  }
  if (channel === 'webhook' && !isJson(parts.body ?? '')) {
    return { outcome: 'unusable', message: 'webhook.body is not JSON once it is rendered.' }
  }
  if (channel !== 'sms') return { outcome: 'rendered', parts }
  const segments = smsSegments(parts.text ?? '')
  if (segments <= MAX_SEGMENTS) return { outcome: 'rendered', parts, segments }
  return { outcome: 'unusable', message: `sms.text has ${segments} segments, ${MAX_SEGMENTS} at most.` }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
