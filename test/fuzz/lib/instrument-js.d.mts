export function instrument(source: string, first: number): { code: string; edges: number };
