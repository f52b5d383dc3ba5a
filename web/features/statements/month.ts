/** Where a month's PDF comes from. */
export function statementPdf(organizationId: string, month: string): string {
  return `/api/billing/statements/${month}?${new URLSearchParams({ organization_id: organizationId, format: "pdf" })}`;
}

const MONTHS = [
  ...["January", "February", "March", "April", "May", "June"],
  ...["July", "August", "September", "October", "November", "December"],
];

/** `2026-11` in words: `November 2026`. */
export function monthName(month: string): string {
  const [year, number] = month.split("-");
  return `${MONTHS[Number(number) - 1] ?? number} ${year}`;
}
