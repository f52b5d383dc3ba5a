import { useState } from "react";
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
  const { sign, amount } = moneyParts(credits, 2);
  const text = sign + amount;
  const [shown, setShown] = useState({ credits, text, rolledFrom: "", turn: 0 });
  if (text !== shown.text) {
    const rolls = Math.abs(credits - shown.credits) >= ROLL_FROM_CREDITS;
    setShown({ credits, text, rolledFrom: rolls ? shown.text : "", turn: shown.turn + 1 });
  }
  if (shown.rolledFrom === "") return <Money credits={credits} decimals={2} />;
  return (
    <span className="figures">
      {[...shown.text].map((character, place) => {
        const changed = shown.rolledFrom.at(place - shown.text.length) !== character;
        // Keyed by turn: a digit that changes again must start its motion again.
        const key = `${shown.text.length - place}:${changed ? shown.turn : 0}`;
        return (
          <span key={key} className={changed ? "digit-roll" : place === 0 && sign ? "sign" : undefined}>
            {character}
          </span>
        );
      })}
    </span>
  );
}
