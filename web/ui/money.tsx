import { useRef } from "react";
import { moneyParts } from "./format-money.ts";

/** Money in text form with its sign set tight. `signed` puts a plus before positive amounts. */
export function Money({
  credits,
  decimals = 4,
  signed = false,
}: {
  credits: number;
  decimals?: 2 | 4;
  signed?: boolean;
}) {
  const { sign, amount } = moneyParts(credits, decimals);
  const shownSign = sign || (signed && credits > 0 ? "+" : "");
  return (
    <span className="figures">
      {shownSign && <span className="sign">{shownSign}</span>}
      {amount}
    </span>
  );
}

const ROLL_FROM_CREDITS = 0.01;

/** A balance whose changed digits roll in, but only when it moved by at least a cent. */
export function RollingMoney({ credits }: { credits: number }) {
  const shown = useRef({ credits, text: "", turn: 0 });
  const { sign, amount } = moneyParts(credits, 2);
  const before = shown.current;
  const moved = Math.abs(credits - before.credits) >= ROLL_FROM_CREDITS;
  const text = sign + amount;
  const turn = moved ? before.turn + 1 : before.turn;
  const changedFrom = before.text;
  if (text !== before.text) shown.current = { credits, text, turn };
  if (!moved || changedFrom === "") return <Money credits={credits} decimals={2} />;
  return (
    <span className="figures">
      {[...text].map((character, place) => {
        const changed = changedFrom.at(place - text.length) !== character;
        // Keyed by turn: a digit that changes again must start its motion again.
        const key = `${text.length - place}:${changed ? turn : 0}`;
        return (
          <span key={key} className={changed ? "digit-roll" : place === 0 && sign ? "sign" : undefined}>
            {character}
          </span>
        );
      })}
    </span>
  );
}
