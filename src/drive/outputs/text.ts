/** How many code units two texts begin with; a character of two is never cut. */
export function commonStart(one: string, other: string): number {
  const most = Math.min(one.length, other.length);
  if (other.startsWith(one) || one.startsWith(other)) {
    return most;
  }
  let start = 0;
  while (start < most && one[start] === other[start]) {
    start++;
  }
  return isHigh(one.charCodeAt(start - 1)) ? start - 1 : start;
}

function isHigh(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00;
}
