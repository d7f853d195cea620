import { readFileSync } from 'node:fs'
import { FLAG_COUNT, kindOf } from '../../workloads.mjs'

/** `[key, kind]` of the flags that a workload needs; the kind says which rules. */
export function flagsOf(workload) {
  const kind = workload.id.slice(0, 2)
  return kind === 'W6' ? Array.from({ length: FLAG_COUNT }, (_, i) => [`w6-${i}`, kindOf(i)]) : [[kind, kind]]
}

export const versionOf = name =>
  JSON.parse(readFileSync(new URL(`../../node_modules/${name}/package.json`, import.meta.url), 'utf8')).version

/**
 * What the runner takes, out of what a peer has: `document(flags)`, its rules as text, and `load(text)`, which gives
 * `isOn(key, context)` and `variant(key, context)`. For W6 the answers are counted and not kept, which spares the peer
 * the object that Ensign's `evaluateAll` makes.
 */
export async function contender(workload, { name, document, load }) {
  const flags = flagsOf(workload)
  const [[key]] = flags
  const { isOn, variant, all, asynchronous = false, ...others } = await load(document(flags))
  const made = { version: versionOf(name), asynchronous, ...others }
  if (workload.id !== 'W6')
    return { ...made, run: workload.answers === 'variant' ? c => variant(key, c) : c => isOn(key, c) }
  const on = count => count
  if (all !== undefined) return { ...made, on, run: all }
  const inTurn = c => {
    let count = 0
    for (const [flag, kind] of flags) if (kind === 'W5' ? variant(flag, c) !== 'control' : isOn(flag, c)) count++
    return count
  }
  const awaited = async c => {
    let count = 0
    for (const [flag, kind] of flags) {
      if (kind === 'W5' ? (await variant(flag, c)) !== 'control' : await isOn(flag, c)) count++
    }
    return count
  }
  return { ...made, on, run: asynchronous ? awaited : inTurn }
}
