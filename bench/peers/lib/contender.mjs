import { readFileSync } from 'node:fs'
import { FLAG_COUNT, kindOf } from '../../workloads.mjs'

/** `[key, kind]` of the flags that a workload needs; the kind says which rules. */
export function flagsOf(workload) {
  const kind = workload.id.slice(0, 2)
  return kind === 'W6' ? Array.from({ length: FLAG_COUNT }, (_, i) => [`w6-${i}`, kindOf(i)]) : [[kind, kind]]
}

const versionOf = name =>
  JSON.parse(readFileSync(new URL(`../../node_modules/${name}/package.json`, import.meta.url), 'utf8')).version

/**
 * What the runner takes, out of what a peer has: `isOn(key, context)`, `variant(key, context)`. For W6 the answers are
 * counted and not kept, which spares the peer the object that Ensign's `evaluateAll` makes.
 */
export function contender(workload, { name, context, isOn, variant, all, asynchronous = false, close }) {
  const [[key]] = flagsOf(workload)
  const flags = flagsOf(workload)
  const made = { version: versionOf(name), context, asynchronous, close }
  if (workload.id !== 'W6')
    return { ...made, run: workload.answers === 'variant' ? c => variant(key, c) : c => isOn(key, c) }
  const on = count => count
  if (all !== undefined) return { ...made, on, run: all }
  if (asynchronous) {
    return {
      ...made,
      on,
      run: async c => {
        let count = 0
        for (const [flag, kind] of flags)
          if (kind === 'W5' ? (await variant(flag, c)) !== 'control' : await isOn(flag, c)) count++
        return count
      },
    }
  }
  return {
    ...made,
    on,
    run: c => {
      let count = 0
      for (const [flag, kind] of flags) if (kind === 'W5' ? variant(flag, c) !== 'control' : isOn(flag, c)) count++
      return count
    },
  }
}
