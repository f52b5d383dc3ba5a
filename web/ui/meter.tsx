const FILLS = { brand: "bg-brand-solid", warning: "bg-warning", danger: "bg-danger" };

interface MeterProps {
  label: string;
  /** How full it is, 0 to 1; more is shown as full. */
  share: number;
  tone: keyof typeof FILLS;
}

/** A thin bar that fills up. What it measures stands beside it in words. */
export function Meter({ label, share, tone }: MeterProps) {
  const percent = Math.round(Math.max(0, Math.min(1, share)) * 100);
  return (
    // biome-ignore lint/a11y/useSemanticElements: the browsers' own meter takes no color of ours
    <div
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
      className="h-1.5 overflow-hidden rounded-full bg-neutral-weak forced-colors:border"
    >
      <div className={`h-full rounded-full ${FILLS[tone]}`} style={{ width: `${percent}%` }} />
    </div>
  );
}
