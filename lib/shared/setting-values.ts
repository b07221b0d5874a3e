import type { Node } from 'constructs'
import type { SettingName } from './setting-names.ts'

/** Reads a setting as text; an empty one counts as absent. */
export function text(node: Node, name: SettingName): string | undefined {
  const value: unknown = node.tryGetContext(name)
  return value === undefined || value === '' ? undefined : String(value)
}

/** Reads a setting with commas between its values. */
export function list(node: Node, name: SettingName): string[] {
  return (text(node, name) ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean)
}

/** Reads a setting with fixed values; the first of `allowed` is the default. */
export function oneOf<const T extends string>(node: Node, name: SettingName, allowed: readonly [T, ...T[]]): T {
  const value = text(node, name) ?? allowed[0]
  const match = allowed.find((candidate) => candidate === value)
  if (match === undefined) throw new Error(`-c ${name}=${value} is unknown: it is one of ${allowed.join(', ')}.`)
  return match
}

/**
 * Reads a setting that is a whole number.
 *
 * @throws Error that names the setting, its value and its limits.
 */
export function whole(node: Node, name: SettingName, limits: { min: number; max: number; byDefault: number }): number {
  const { min, max, byDefault } = limits
  const value = text(node, name) ?? String(byDefault)
  if (/^\d{1,9}$/.test(value) && Number(value) >= min && Number(value) <= max) return Number(value)
  throw new Error(`-c ${name}=${value} is not a whole number from ${min} to ${max}.`)
}
