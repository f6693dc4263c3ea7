/** A file that cannot be imported: what was seen and what to do. The file is named by who reads it. */
export class ImportProblem extends Error {
  override name = "ImportProblem";
}

/** A file that was left out. */
export interface FileProblem {
  path: string;
  /** Begins with the path; what was seen and what to do. */
  sentence: string;
}
