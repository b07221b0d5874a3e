import { wrapped } from './edges.ts'

/** The maximum of lines in a label; more would hide the picture. */
const MAX_LINES = 6

const METHODS = ['ANY', 'GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE']

/**
 * Formats route keys for people: the methods of a path together, as in `GET, HEAD /{code}`. If that makes too many
 * lines, all paths below one root share a line, as in `GET, POST /v1/links…`.
 */
export function routeLines(routeKeys: readonly string[]): string[] {
  const routes = routeKeys.filter((key) => key.includes(' ')).map(parse)
  const named = wrapped(routeKeys.filter((key) => !key.includes(' ')))
  const lines = [...linesBy(({ path }) => path, routes), ...named]
  return lines.length <= MAX_LINES ? lines : shortened([...linesBy(rootOf, routes), ...named])
}

interface Route {
  readonly method: string
  readonly path: string
}

function parse(routeKey: string): Route {
  const [method = '', path = ''] = routeKey.split(' ', 2)
  return { method, path }
}

function linesBy(groupOf: (route: Route) => string, routes: readonly Route[]): string[] {
  return [...Map.groupBy(routes, groupOf)].map(([name, group]) => {
    const methods = new Set(group.map(({ method }) => method).sort((a, b) => METHODS.indexOf(a) - METHODS.indexOf(b)))
    const isAll = group.every(({ path }) => path === name)
    return `${[...methods].join(', ')} ${name}${isAll ? '' : '…'}`
  })
}

/** Finds the root of a path: `/v1/links/{code}/stats` is below `/v1/links`, `/{code}/qr` below `/{code}`. */
function rootOf({ path }: Route): string {
  return /^(?:(?:\/[^/{]+)+|\/[^/]*)/.exec(path)?.[0] ?? path
}

function shortened(lines: readonly string[]): string[] {
  if (lines.length <= MAX_LINES) return [...lines]
  return [...lines.slice(0, MAX_LINES - 1), `and ${lines.length - MAX_LINES + 1} more`]
}
