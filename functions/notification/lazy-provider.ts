import type { Provider } from './domain/provider.ts'

/** Creates a provider that is loaded when it is first used: a cold start doesn't wait for those that it doesn't need. */
export function lazyProvider(about: Omit<Provider, 'send'>, load: () => Promise<Pick<Provider, 'send'>>): Provider {
  let loaded: Promise<Pick<Provider, 'send'>> | undefined
  return {
    ...about,
    async send(message, signal) {
      loaded ??= load()
      return (await loaded).send(message, signal)
    },
  }
}
