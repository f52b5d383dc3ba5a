/** The sum of two amounts, exact to 4 decimals: added up in whole ten-thousandths, since floats drift. */
export function addCredits(first: number, second: number): number {
  return (Math.round(first * 10_000) + Math.round(second * 10_000)) / 10_000;
}
