const BARS = [
  [3, 10.5, 3],
  [7.2, 8, 8],
  [11.4, 4.5, 15],
  [15.6, 8, 8],
  [19.8, 10.5, 3],
] as const;

const TALL_BARS = [
  [3, 4.5, 15],
  [7.2, 8, 8],
  [11.4, 5.5, 13],
  [15.6, 9, 6],
  [19.8, 4.5, 15],
] as const;

/** Sound bars. They move only while `moving`: reports of the call are coming in. */
export function WaveIcon({
  size = 16,
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
          x={x - 1.1}
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
