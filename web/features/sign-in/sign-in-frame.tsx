import type { ReactNode } from "react";
import { WaveIcon } from "../../ui/wave-icon.tsx";

/** A card in the middle of the page, under the brand. */
export function SignInFrame({
  title,
  subtitle,
  children,
}: {
  title: string;
  subtitle: string;
  children: ReactNode;
}) {
  return (
    <main className="flex min-h-dvh flex-col items-center px-4 pt-[max(40px,12dvh)] pb-10">
      <div className="w-full max-w-[420px]">
        <div className="mb-6 flex items-center justify-center gap-2.5">
          <span className="brand-gradient inline-flex size-9 items-center justify-center rounded-[10px] text-white shadow-control">
            <WaveIcon size={21} />
          </span>
          <span className="text-[20px] leading-7 font-semibold tracking-[-0.018em]">Airtime</span>
        </div>
        <div className="rounded-[20px] border border-edge bg-surface p-7 shadow-panel max-sm:p-5">
          <h1 className="title-gradient text-[24px] leading-8 font-bold tracking-[-0.022em]">{title}</h1>
          <p className="mb-5 text-[14px] text-ink-2">{subtitle}</p>
          {children}
        </div>
      </div>
    </main>
  );
}
