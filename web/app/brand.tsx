import { WaveIcon } from "../ui/wave-icon.tsx";

/** The sign in its gradient square, and the name. */
export function Brand() {
  return (
    <span className="flex items-center gap-2.5">
      <span className="brand-gradient inline-flex size-7 shrink-0 items-center justify-center rounded-lg text-white shadow-control">
        <WaveIcon size={17} />
      </span>
      <span className="text-[16px] leading-6 font-semibold tracking-[-0.015em]">Airtime</span>
    </span>
  );
}
