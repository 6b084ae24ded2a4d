/** What two people have made of the same thing, field by field. */
export interface Merged<T> {
  /** What is saved if nobody decides anything: changes of either side, ours where both changed. */
  merged: T;
  /** Fields both have changed, each in their own way. */
  clashes: (keyof T & string)[];
}

/** Puts our changes of `base` and theirs together. Fields are compared as they are, so keep them plain. */
export function merge<T extends object>(base: T, mine: T, theirs: T): Merged<T> {
  const merged = { ...theirs };
  const clashes: (keyof T & string)[] = [];
  for (const field of Object.keys(mine) as (keyof T & string)[]) {
    if (mine[field] === base[field]) continue;
    merged[field] = mine[field];
    if (theirs[field] !== base[field] && theirs[field] !== mine[field]) clashes.push(field);
  }
  return { merged, clashes };
}

/** The fields in which `now` differs from `before`. */
export function changes<T extends object>(before: T, now: T): Partial<T> {
  const found: Partial<T> = {};
  for (const field of Object.keys(now) as (keyof T)[]) if (now[field] !== before[field]) found[field] = now[field];
  return found;
}
