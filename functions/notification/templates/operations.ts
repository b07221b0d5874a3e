import type { ApiOperation, NamedSchema } from '../../shared/http/api-description.ts'
import { MANAGE, NAME } from '../fields.ts'
import { channelTexts, previewAnswer, previewBody, templateAnswer, templateBody } from './schema.ts'

export const templateSchemas: Record<string, NamedSchema> = {
  TemplateTexts: {
    schema: channelTexts,
    description:
      'A template’s texts by channel, in a subset of Mustache: no raw output, no partials, no lambdas. Values are HTML-escaped in `email.html`, JSON-escaped in `webhook.body`, and printed as they are otherwise.',
  },
  TemplateDefinition: {
    schema: templateBody,
    description: 'The texts of a template in one locale.',
    fields: {
      locale: 'The locale of these texts, as in `fr-CA`; without it they are the default.',
      digest:
        'True if it prints `{count, items}`, the data of the notifications that a digest gathers; of one, too, that is sent by itself. Left out: as it is.',
    },
  },
  TemplateVersion: { schema: templateAnswer, description: 'The newest version of a template.' },
  PreviewData: {
    schema: previewBody,
    description: 'What to render a template with.',
    fields: {
      data: 'The values, `{count, items}` for a digest. A name that is printed must be among them; `null` prints nothing.',
    },
  },
  Preview: {
    schema: previewAnswer,
    description: 'A template as it would be sent, by channel and part.',
    fields: { sms: 'How many segments the SMS takes.' },
  },
}

const named = {
  tag: 'Templates',
  params: {
    name: { name: 'TemplateName', pattern: NAME.source, description: 'The name of a template.', example: 'welcome' },
  },
  scope: MANAGE,
}

const version = (description: string) => ({
  description,
  body: templateAnswer,
  example: { version: 3 },
  headers: ['ETag'] as const,
})

export const templateOperations: readonly ApiOperation[] = [
  {
    ...named,
    routeKey: 'PUT /v1/templates/{name}',
    id: 'putTemplate',
    summary: 'Make a template, or give it another version',
    description:
      'It replaces the texts of one locale. Locales fall back from `fr-CA` to `fr` and to the default. What was accepted before keeps the version of its acceptance. A change that changes nothing keeps the version.',
    body: templateBody,
    example: { channels: { sms: { text: 'Hello {{name}}' } } },
    conditional: true,
    responses: { 200: version('The new version.'), 201: version('The first version.') },
  },
  {
    ...named,
    routeKey: 'POST /v1/templates/{name}/preview',
    id: 'previewTemplate',
    summary: 'Render a template without sending it',
    description: 'All channels of its newest version.',
    body: previewBody,
    example: { data: { name: 'Ann' } },
    responses: {
      200: {
        description: 'The rendered texts.',
        body: previewAnswer,
        example: { channels: { sms: { text: 'Hello Ann' } }, sms: { segments: 1 } },
      },
      404: { description: 'There is no template with this name.', codes: ['not-found'] },
      422: {
        description: 'The data lack a value that the template prints, or the result can’t be sent.',
        codes: ['invalid-input'],
      },
    },
  },
]
