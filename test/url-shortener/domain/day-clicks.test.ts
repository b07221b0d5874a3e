import {
  addClick,
  addDays,
  type CountedClick,
  mostFrequent,
  noClicks,
  OTHER,
} from '../../../functions/url-shortener/domain/day-clicks.ts'
import { hashOf } from '../clicks/a-click.ts'

const counted = (more: Partial<CountedClick> = {}): CountedClick => ({
  hour: 7,
  isBot: false,
  visitor: hashOf(1),
  values: { country: 'DE' },
  ...more,
})

function dayOf(...clicks: CountedClick[]) {
  const day = noClicks()
  for (const click of clicks) addClick(day, click)
  return day
}

test('clicks are counted by the hour, and by their values', () => {
  const day = dayOf(counted(), counted({ hour: 8 }), counted({ values: { country: 'FR', device: 'mobile' } }))
  expect([...day.hours]).toEqual([
    [7, { clicks: 2, bots: 0 }],
    [8, { clicks: 1, bots: 0 }],
  ])
  expect([...(day.groups.get('country') ?? [])]).toEqual([
    ['DE', 2],
    ['FR', 1],
  ])
  expect([...(day.groups.get('device') ?? [])]).toEqual([['mobile', 1]])
})

test('a bot is counted apart: it is no visitor, and in no group', () => {
  const day = dayOf(counted({ isBot: true }))
  expect([...day.hours]).toEqual([[7, { clicks: 0, bots: 1 }]])
  expect([day.groups.size, day.visitors.estimate()]).toEqual([0, 0])
})

test('a click whose visitor is unknown counts', () => {
  const day = dayOf(counted({ visitor: null }))
  expect([day.hours.get(7)?.clicks, day.visitors.estimate()]).toEqual([1, 0])
})

test('shards of a day add up, and their visitors are counted once', () => {
  const both = addDays([dayOf(counted()), dayOf(counted(), counted({ visitor: hashOf(2) }))])
  expect(both.hours.get(7)).toEqual({ clicks: 3, bots: 0 })
  expect(both.groups.get('country')?.get('DE')).toBe(3)
  expect(both.visitors.estimate()).toBe(2)
})

test('of a group the most frequent values of a day stay, and the sum of its clicks is right', () => {
  const hosts = Array.from({ length: 500 }, (_, index) => counted({ values: { referrer: `host-${index}` } }))
  const often = Array.from({ length: 5 }, () => counted({ values: { referrer: 'often.example' } }))
  const { groups } = addDays([dayOf(...hosts, ...often)], 100)
  const referrers = groups.get('referrer') ?? new Map()
  expect([...referrers.keys()][0]).toBe('often.example')
  expect(referrers.size).toBe(101)
  expect([...referrers.values()].reduce((sum, clicks) => sum + clicks, 0)).toBe(505)
})

test('of equally frequent values the first in the alphabet stay', () => {
  const values = new Map([
    ['b', 1],
    ['a', 1],
    [OTHER, 4],
    ['c', 3],
  ])
  expect([...mostFrequent(values, 2)]).toEqual([
    ['c', 3],
    ['a', 1],
    [OTHER, 5],
  ])
})
