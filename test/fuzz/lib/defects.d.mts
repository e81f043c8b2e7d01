export interface Defect {
  name: string;
  target: string;
  file: string;
  code: string;
  bad: string;
}
export const DEFECTS: readonly Defect[];
export const SWITCH: '__fuzzDefect';
export function plantDefects(file: string, text: string): string;
