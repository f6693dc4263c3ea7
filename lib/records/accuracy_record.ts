/** How an entry answered the accuracy items, once a run. */
export interface AccuracyRecord {
  entry: string;
  launch_id: string;
  simulated: boolean;
  /** Of the file with the items. */
  sha256: string;
  answers: AccuracyAnswer[];
}

export interface AccuracyAnswer {
  item_id: string;
  right: boolean;
  /** The beginning of what it said; of a failed request the error. */
  text: string;
}
