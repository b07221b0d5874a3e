import { reduceApp } from '../../../tools/fork/reduce-app.ts'

const APP = `import { App } from 'aws-cdk-lib'
import { Chat, type ChatProps } from '../lib/chat/stack.ts'
import { CHAT } from '../lib/chat/access.ts'
import { LINKS } from '../lib/url-shortener/access.ts'
import { UrlShortener } from '../lib/url-shortener/stack.ts'

// Stacks – in order.
export function createApp(): App {
  const app = new App()
  const access = [LINKS, CHAT]
  new UrlShortener(app, 'UrlShortener', { access })
  new Chat(app, 'Chat', {
    access,
  } satisfies ChatProps)
  return app
}
`

test('imports, statements and list entries of the other stacks are removed, and the rest is unchanged', () => {
  expect(reduceApp(APP, ['chat'])).toBe(`import { App } from 'aws-cdk-lib'
import { LINKS } from '../lib/url-shortener/access.ts'
import { UrlShortener } from '../lib/url-shortener/stack.ts'

// Stacks – in order.
export function createApp(): App {
  const app = new App()
  const access = [LINKS]
  new UrlShortener(app, 'UrlShortener', { access })
  return app
}
`)
})

test('an import that only the removed statements used is removed with them', () => {
  const linked = APP.replace('// Stacks', "import { link } from '../lib/shared/link.ts'\n\n// Stacks").replace(
    '  return app',
    '  link(app, UrlShortener, Chat)\n  return app',
  )
  expect(reduceApp(linked, ['chat'])).toBe(reduceApp(APP, ['chat']).replace('\n\n//', '\n\n\n//'))
  expect(reduceApp(linked, [])).toBe(linked)
})

test('without other stacks nothing changes', () => {
  expect(reduceApp(APP, [])).toBe(APP)
})

test('code that uses a removed stack, and can’t be removed itself, is an error that names the stack', () => {
  const used = APP.replace('return app', 'if (Chat) { return app }')
  expect(() => reduceApp(used, ['chat'])).toThrow('bin/app.ts uses Chat')
})
