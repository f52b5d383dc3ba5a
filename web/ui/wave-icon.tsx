const BARS = [
  [2.5, 8.5, 7],
  [7.25, 6, 12],
  [12, 2, 20],
  [16.75, 6, 12],
  [21.5, 8.5, 7],
] as const;

const TALL_BARS = [
  [2.5, 2, 20],
  [7.25, 6.5, 11],
  [12, 4.5, 15],
  [16.75, 8, 8],
  [21.5, 2, 20],
] as const;

/** Sound bars. They move only while `moving`: reports of the call are coming in. */
export function WaveIcon({
  size = 15,
  moving = false,
  tall = false,
}: {
  size?: number;
  moving?: boolean;
  tall?: boolean;
}) {
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" aria-hidden="true" className="shrink-0">
      {(tall ? TALL_BARS : BARS).map(([x, y, height], index) => (
        <rect
          key={x}
          x={x - 1.2}
          y={y}
          width={2.4}
          height={height}
          rx={1.2}
          fill="currentColor"
          className={moving ? "wave" : undefined}
          style={moving ? { animationDelay: `${index * -170}ms` } : undefined}
        />
      ))}
    </svg>
  );
}
