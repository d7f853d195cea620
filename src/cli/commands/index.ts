import type { Command } from '../command.ts'
import { completions } from './completions.ts'
import { help } from './help.ts'

/** Every command, in the order in which help shows them. */
export const COMMANDS: readonly Command[] = [completions, help]
