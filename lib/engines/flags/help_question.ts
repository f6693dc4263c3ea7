/** How an engine's program tells its flags, and what stands in where it cannot be asked. */
import type { Grammar } from "./flag_table.ts";
import type { FlagsProgram } from "./recorded_flags.ts";

export interface HelpQuestion {
  /** The program and the arguments that make it print all its flags; null for one in a container. */
  argv: [string, ...string[]] | null;
  grammar: Grammar;
  /** Whose recorded tables fit. */
  program: FlagsProgram;
  /** Python distributions that carry the program; the version of the first one found is its own. */
  distributions: string[];
  /** The version to go by where none is installed and the entry names none. */
  version: string;
}
