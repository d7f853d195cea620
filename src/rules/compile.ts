import { own } from './attributes.ts'
import type { Cells, FlagCell, Run, SegmentCell } from './cell.ts'
import { type Build, compileSegment } from './compile-condition.ts'
import { compileFlag, type Program } from './compile-flag.ts'
import { faultOf } from './faults.ts'
import { FALSE, type Test, TRUE, UNKNOWN } from './kleene.ts'
import { lookAt } from './loaded.ts'
import { stoppedBy } from './reads.ts'
import type { RegexEngine } from './regex.ts'
import type { Secret } from './sealed.ts'
import type { Flag, Requirement } from './types.ts'
import { fallback, serveStopped } from './verdict.ts'

export interface Compiler {
  /** Compiles a cell and what it reads, which all belong to the moment of `cells`. */
  run(cell: FlagCell, cells: Cells): Run
}

export interface CompilerOptions {
  readonly regex?: RegexEngine | undefined
  readonly secrets?: Readonly<Record<string, Secret>> | undefined
}

/** Stopped, then in error, then what the flag says: the order in which an evaluation ends. */
export function createCompiler(options: CompilerOptions): Compiler {
  const secret = (name: string): Secret | undefined => {
    const { secrets } = options
    return secrets && (own(secrets, name) as Secret | undefined)
  }

  const compiler: Compiler = {
    run(cell, cells) {
      if (cell.run === undefined) {
        const program = compileCell(cell, cells)
        if (typeof program === 'function') cell.run = program
        else {
          cell.constant = program
          cell.enabled = program.enabled
          cell.run = () => program
        }
      }
      return cell.run
    },
  }

  function compileCell(cell: FlagCell, cells: Cells): Program {
    const stopped = stoppedBy(cell, cells)
    if (stopped !== undefined) return serveStopped(sourceOf(cell), stopped === cell.key ? undefined : stopped)
    const given = { regex: options.regex, hasSecret: (name: string) => secret(name) !== undefined }
    const fault = faultOf(cell, cells, given)
    if (fault !== undefined) return fallback(fault.code, undefined, { via: fault.via })
    const build = createBuild(cells)
    const program = compileFlag(lookAt(cell.loaded!).source, build)
    cell.timed = build.timed
    return program
  }

  function createBuild(cells: Cells): Build {
    const build: Build = {
      regex: options.regex,
      secret,
      timed: false,
      flagTest(requirement) {
        const cell = cells.flag(requirement.flag)
        if (cell?.loaded === undefined) return () => UNKNOWN
        const run = compiler.run(cell, cells)
        if (cell.timed) build.timed = true
        return variantTest(run, lookAt(cell.loaded).source, requirement)
      },
      segmentTest(key) {
        const cell = cells.segment(key)!
        const test = segmentTest(cell, cells)
        if (cell.timed) build.timed = true
        return test
      },
    }
    return build
  }

  function segmentTest(cell: SegmentCell, cells: Cells): Test {
    if (cell.test === undefined) {
      const build = createBuild(cells)
      cell.test = compileSegment(lookAt(cell.loaded).source, build)
      cell.timed = build.timed
    }
    return cell.test
  }

  return compiler
}

/** Undefined where a fault leaves no variants and no `off` to believe in. */
function sourceOf({ loaded }: FlagCell): Flag | undefined {
  if (loaded === undefined) return undefined
  const { source, fault } = lookAt(loaded)
  return fault === 'newer_rules' || fault === 'malformed' ? undefined : source
}

/** Unknown where the flag that is read serves no variant of its own choice. */
function variantTest(run: Run, flag: Flag, { is }: Requirement): Test {
  const accepted = flag.variants.map(([name]) => (is.includes(name) ? TRUE : FALSE))
  return (context, now) => {
    const { readable } = run(context, now)
    return readable < 0 ? UNKNOWN : accepted[readable]!
  }
}
