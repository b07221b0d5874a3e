import fc from 'fast-check'
import Mustache from 'mustache'
import type { Channel } from '../../../functions/notification/domain/channel.ts'
import type { Template, TemplateParts } from '../../../functions/notification/domain/template.ts'
import { parseTemplate } from '../../../functions/notification/templates/parse.ts'
import { fallbacks, renderTemplate } from '../../../functions/notification/templates/render.ts'

const templateOf = (locales: Record<string, TemplateParts>): Template => ({
  name: 'welcome',
  version: 1,
  digest: false,
  locales,
})

const render = (channel: Channel, parts: TemplateParts, data: object) =>
  renderTemplate(templateOf({ '': parts }), { channel, locale: null, data })

/** Renders a text as it is, as an SMS has it. */
const text = (template: string, data: object) => {
  const result = render('push', { push: { title: '', body: template } }, data)
  return result.outcome === 'rendered' ? result.parts.body : result
}

describe('a template', () => {
  test.each([
    ['a value', 'Hello {{name}}', { name: 'Ann' }, 'Hello Ann'],
    ['a path', '{{user.name}}', { user: { name: 'Ann' } }, 'Ann'],
    ['an index', '{{users.1.name}}', { users: [{}, { name: 'Bob' }] }, 'Bob'],
    ['values that are there, but empty', '[{{a}}{{b}}{{c}}{{d}}]', { a: null, b: '', c: 0, d: false }, '[0false]'],
    ['a section for each item', '{{#items}}{{name}},{{/items}}', { items: [{ name: 'a' }, { name: 'b' }] }, 'a,b,'],
    ['items that are no objects', '{{#items}}{{.}}{{/items}}', { items: [1, 2] }, '12'],
    ['a section on a truth', '{{#is}}yes{{/is}}{{^is}}no{{/is}}', { is: true }, 'yes'],
    ['a section on what is absent', '{{#is}}yes{{/is}}{{^is}}no{{/is}}', {}, 'no'],
    ['an empty list', '{{#is}}yes{{/is}}{{^is}}no{{/is}}', { is: [] }, 'no'],
    [
      'a name from around the section',
      '{{#user}}{{name}} of {{team}}{{/user}}',
      { user: { name: 'a' }, team: 'b' },
      'a of b',
    ],
    ['a comment', 'a{{! not shown }}b', {}, 'ab'],
    ['other delimiters', '{{=<% %>=}}{"a":{"b":<%b%>}}', { b: 1 }, '{"a":{"b":1}}'],
    ['an object', '{{a}}', { a: { toString: 1 } }, '{"toString":1}'],
  ])('prints %s', (...[, template, data, expected]) => {
    expect(text(template, data)).toBe(expected)
  })

  test.each([
    ['name', '{{name}}', {}],
    ['user.name', '{{user.name}}', { user: {} }],
    ['user.name', '{{user.name}}', { user: null }],
    // The nearest `user` decides, as Mustache's specification has it.
    ['user.name', '{{#in}}{{user.name}}{{/in}}', { user: { name: 'a' }, in: { user: {} } }],
    ['constructor', '{{constructor}}', {}],
    ['__proto__', '{{__proto__}}', {}],
    ['items.length', '{{items.length}}', { items: [1] }],
    ['name.length', '{{name.length}}', { name: 'Ann' }],
    ['toString', '{{#items}}{{toString}}{{/items}}', { items: ['a'] }],
  ])('misses %s where it is no own key of the data', (variable, template, data) => {
    expect(text(template, data)).toEqual({ outcome: 'missing', variable })
  })

  test('misses nothing in a section that is skipped', () => {
    expect(text('{{#user}}{{name}}{{/user}}', { user: null })).toBe('')
    expect(text('{{#constructor}}x{{/constructor}}', {})).toBe('')
  })
})

describe('a value is escaped', () => {
  const data = { name: `<b>"Ann" & 'Bob'</b>\r\nBcc: eve@example.com` }

  test('as HTML in html alone, and keeps no line break in a subject', () => {
    const parts = { email: { subject: 'Hi {{name}}', html: '<p>{{name}}</p>', text: '{{name}}' } }
    expect(render('email', parts, data)).toEqual({
      outcome: 'rendered',
      parts: {
        subject: `Hi <b>"Ann" & 'Bob'</b>Bcc: eve@example.com`,
        html: '<p>&lt;b&gt;&quot;Ann&quot; &amp; &#39;Bob&#39;&lt;/b&gt;\r\nBcc: eve@example.com</p>',
        text: data.name,
      },
    })
  })

  test('as JSON in a webhook’s body, which must be JSON then', () => {
    const webhook = { body: '{"name":"{{name}}","count":{{count}}}' }
    const result = render('webhook', { webhook }, { ...data, count: 3 })
    expect(result.outcome === 'rendered' && JSON.parse(result.parts.body ?? '')).toEqual({ name: data.name, count: 3 })
    expect(render('webhook', { webhook }, { ...data, count: 'three' })).toMatchObject({ outcome: 'unusable' })
  })

  test('so that any text comes through a webhook’s body and html unchanged', () => {
    const unit = fc.nat({ max: 0x24ff }).map((code) => String.fromCharCode(code))
    fc.assert(
      fc.property(fc.string({ unit }), (name) => {
        const hook = render('webhook', { webhook: { body: '{"name":"{{name}}"}' } }, { name })
        expect(hook.outcome === 'rendered' && JSON.parse(hook.parts.body ?? '')).toEqual({ name })
        const mail = render('email', { email: { subject: '{{name}}', html: '{{name}}', text: '' } }, { name })
        const { html = '', subject = '' } = mail.outcome === 'rendered' ? mail.parts : {}
        expect(html).not.toMatch(/[<>"']|&(?!(?:amp|lt|gt|quot|#39);)/)
        expect(subject).not.toMatch(/[\r\n]/)
      }),
    )
  })
})

test('a locale falls back to its language and to the default, for each channel apart', () => {
  const sms = (name: string) => ({ sms: { text: name } })
  const template = templateOf({
    '': { ...sms('default'), push: { title: 'p', body: 'p' } },
    fr: sms('fr'),
    'fr-CA': sms('fr-CA'),
  })
  const textIn = (locale: string | null, channel: Channel = 'sms') => {
    const result = renderTemplate(template, { channel, locale, data: {} })
    return result.outcome === 'rendered' ? Object.values(result.parts)[0] : result.outcome
  }
  expect(['fr-CA', 'fr-BE', 'fr', 'de', null].map((locale) => textIn(locale))).toEqual([
    'fr-CA',
    'fr',
    'fr',
    'default',
    'default',
  ])
  expect([textIn('fr-CA', 'push'), textIn('fr-CA', 'email')]).toEqual(['p', 'no-parts'])
  expect(fallbacks('zh-Hant-TW')).toEqual(['zh-Hant-TW', 'zh-Hant', 'zh', ''])
  expect(textIn('constructor')).toBe('default')
})

test('a channel has 256 KB at most, in bytes of UTF-8 and in all of its parts', () => {
  const mail = (text: string) =>
    render('email', { email: { subject: '', html: '{{text}}', text: '{{text}}' } }, { text })
  expect(mail('a'.repeat(131_072))).toMatchObject({ outcome: 'rendered' })
  expect(mail('a'.repeat(131_073))).toMatchObject({ outcome: 'unusable' })
  expect(mail('€'.repeat(43_691))).toMatchObject({ outcome: 'unusable' })
})

test('an SMS tells its segments, ten at most', () => {
  const sms = (length: number) => render('sms', { sms: { text: '{{text}}' } }, { text: 'a'.repeat(length) })
  expect(sms(161)).toMatchObject({ outcome: 'rendered', segments: 2 })
  expect(sms(1530)).toMatchObject({ outcome: 'rendered', segments: 10 })
  expect(sms(1531)).toMatchObject({ outcome: 'unusable' })
})

describe('a template is refused', () => {
  test.each([
    ['raw output with three braces', '{{{name}}}'],
    ['raw output with an ampersand', '{{&name}}'],
    ['raw output between other delimiters', '{{=<% %>=}}<%&name%>'],
    ['raw output in a section', '{{#a}}{{{name}}}{{/a}}'],
    ['a partial', '{{>header}}'],
    ['an open section', '{{#a}}'],
    ['a section that another name closes', '{{#a}}{{/b}}'],
    ['an open tag', '{{name'],
    ['sections nested 17 deep', `${'{{#a}}'.repeat(17)}x${'{{/a}}'.repeat(17)}`],
    ['sections nested 20,000 deep', `${'{{#a}}'.repeat(20_000)}${'{{/a}}'.repeat(20_000)}`],
    ['more tags than anybody needs', '{{a}}'.repeat(10_001)],
    ['a name of 201 characters', `{{${'a'.repeat(201)}}}`],
    ['501 spaces', `{{a${' '.repeat(501)}}}`],
  ])('with %s', (_, template) => {
    expect(parseTemplate(template)).toEqual({ outcome: 'invalid', message: expect.any(String) })
  })

  test.each([80, 81])('with a message of whole characters, though it is cut in a long name: %i letters', (letters) => {
    const result = parseTemplate(`{{#${'a'.repeat(letters)}😀${'b'.repeat(20)}}}`)
    expect(result).toMatchObject({ outcome: 'invalid', message: expect.stringContaining('Unclosed section "aaa') })
    expect('message' in result && result.message.isWellFormed()).toBe(true)
  })

  test('quickly, whatever it is', () => {
    const started = performance.now()
    parseTemplate(`{{a${' '.repeat(262_000)}`)
    parseTemplate(`{{a${`${' '.repeat(500)}b`.repeat(520)}`)
    parseTemplate('{'.repeat(262_000))
    expect(performance.now() - started).toBeLessThan(3000)
  })
})

describe('rendering ends', () => {
  const many = { a: Array.from({ length: 3000 }, () => ({})) }
  test.each([
    ['sections that multiply', '{{#a}}{{#a}}{{#a}}x{{/a}}{{/a}}{{/a}}', many],
    ['sections without content that multiply', '{{#a}}{{#a}}{{#a}}{{/a}}{{/a}}{{/a}}', many],
    ['values that add up', '{{#a}}{{b}}{{/a}}', { ...many, b: 'b'.repeat(1000) }],
  ])('with %s', (_, template, data) => {
    const started = performance.now()
    expect(text(template, data)).toMatchObject({ outcome: 'unusable' })
    expect(performance.now() - started).toBeLessThan(2000)
  })
})

test('what the library itself prints is printed, for any template and data of the subset', () => {
  const name = fc.constantFrom('a', 'b', 'c')
  const { template } = fc.letrec<{ template: string; node: string }>((tie) => ({
    template: fc.array(tie('node'), { maxLength: 4 }).map((nodes) => nodes.join('')),
    node: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom('x', ' ', '\n'),
      name.map((each) => `{{${each}}}`),
      fc.tuple(name, tie('template')).map(([each, inner]) => `{{#${each}}}${inner}{{/${each}}}`),
      fc.tuple(name, tie('template')).map(([each, inner]) => `{{^${each}}}${inner}{{/${each}}}`),
    ),
  }))
  const some = fc.oneof(fc.string(), fc.integer(), fc.boolean())
  const leaf = fc.oneof(some, fc.constant(null))
  // The library can't render a section for an item that is null.
  const value = fc.oneof(leaf, fc.array(some, { maxLength: 3 }), fc.record({ a: leaf, b: leaf }))
  const data = fc.record({ a: value, b: leaf, c: fc.oneof(leaf, fc.array(fc.record({ b: leaf }), { maxLength: 3 })) })
  fc.assert(
    fc.property(template, data, (source, values) => {
      const expected = new Mustache.Writer().render(source, values, undefined, { escape: printed })
      const result = text(source, values)
      expect(result).toEqual(expected)
    }),
  )
})

/** Prints lists and objects as this language does. */
function printed(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
