/** A file that cannot be imported: what was seen and what to do. The file is named by who reads it. */
export class ImportProblem extends Error {
  override name = "ImportProblem";
}
