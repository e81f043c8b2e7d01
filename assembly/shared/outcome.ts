/** What is decided. A larger number is more severe: where several apply, the largest wins. */
export enum Outcome {
  NONE = 0,
  APPROVE = 1,
  REVIEW = 2,
  DECLINE = 3,
}

/** How the rules of a bundle become one outcome. */
export enum Combine {
  /** Scores of all hits are added; the thresholds turn the sum into an outcome; a hit's own outcome may make it more severe. */
  SCORE = 0,
  /** The first rule that hits, in the order written, decides alone. */
  FIRST = 1,
  /** All rules are evaluated; the most severe outcome of the hits decides. */
  COLLECT = 2,
}
