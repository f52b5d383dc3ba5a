/** The checkout page's behaviour: formats and checks the card, pays, tells the page around it, goes back to the store. */
export const checkoutScript = `(() => {
  "use strict";
  const checkout = JSON.parse(document.getElementById("checkout").textContent);
  const form = document.querySelector("form");
  const payButton = form.querySelector("button[type=submit]");
  const payLabel = form.querySelector("[data-pay-label]");
  const declined = form.querySelector(".declined");
  const embedded = window.parent !== window;
  let variantId = checkout.variantId;
  let paying = false;

  const digitsOf = (text) => text.replace(/\\D/g, "");
  const tell = (message) => {
    if (embedded) window.parent.postMessage(message, "*");
  };

  function isCardNumber(text) {
    const digits = digitsOf(text);
    if (digits.length < 13 || digits.length > 19) return false;
    let sum = 0;
    for (let index = 0; index < digits.length; index += 1) {
      let digit = Number(digits[digits.length - 1 - index]);
      if (index % 2 === 1) digit = digit > 4 ? digit * 2 - 9 : digit * 2;
      sum += digit;
    }
    return sum % 10 === 0;
  }

  function expiryProblem(text) {
    const match = /^(\\d\\d) \\/ (\\d\\d)$/.exec(text);
    if (!match || Number(match[1]) < 1 || Number(match[1]) > 12) return "Enter the expiry as MM / YY.";
    // A card is good until its month is over.
    return new Date(2000 + Number(match[2]), Number(match[1]), 1) > new Date() ? "" : "This card has expired.";
  }

  const checks = {
    email: (text) => (/^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$/.test(text.trim()) ? "" : "Enter your email address."),
    card: (text) => (isCardNumber(text) ? "" : "Enter a valid card number."),
    expiry: expiryProblem,
    cvc: (text) => (/^\\d{3,4}$/.test(text) ? "" : "Enter the 3 or 4 digits."),
    name: (text) => (text.trim() ? "" : "Enter the name on the card."),
  };

  const formats = {
    card: (text) => digitsOf(text).slice(0, 19).replace(/(.{4})(?=.)/g, "$1 "),
    expiry: (text, before) => {
      let digits = digitsOf(text);
      // Deleting the slash must not bring it back.
      if (before.length > text.length && before.endsWith(" / ")) digits = digits.slice(0, -1);
      if (/^[2-9]|^1\\s*\\//.test(text) && digits) digits = "0" + digits;
      // A filled-in "12/2030" means the year's last two digits.
      digits = digits.slice(0, 2) + (digits.length >= 6 ? digits.slice(4, 6) : digits.slice(2, 4));
      return digits.length >= 2 ? digits.slice(0, 2) + " / " + digits.slice(2) : digits;
    },
    cvc: (text) => digitsOf(text).slice(0, 4),
  };

  function show(name, problem) {
    const input = form.elements[name];
    const note = document.getElementById(name + "-error");
    note.textContent = problem;
    note.hidden = !problem;
    if (problem) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
    return problem;
  }

  function firstWrong(names) {
    const wrong = names.filter((name) => show(name, checks[name](form.elements[name].value)));
    return wrong[0];
  }

  for (const name of Object.keys(checks)) {
    const input = form.elements[name];
    let before = input.value;
    input.addEventListener("input", () => {
      if (formats[name]) {
        const behind = digitsOf(input.value.slice(input.selectionStart)).length;
        input.value = formats[name](input.value, before);
        if (behind > 0) {
          let caret = input.value.length;
          for (let left = behind; left > 0 && caret > 0; ) if (/\\d/.test(input.value[--caret])) left -= 1;
          input.setSelectionRange(caret, caret);
        }
      }
      before = input.value;
      if (input.hasAttribute("aria-invalid")) show(name, checks[name](input.value));
    });
    input.addEventListener("blur", () => {
      if (input.value) show(name, checks[name](input.value));
    });
  }

  function setPaying(on) {
    paying = on;
    payButton.setAttribute("aria-busy", String(on));
    for (const control of form.querySelectorAll("button, input, select")) control.disabled = on;
  }

  function decline(text) {
    declined.textContent = text;
    declined.hidden = false;
  }

  function leave() {
    if (embedded) tell({ event: "close" });
    else if (checkout.redirectUrl) location.assign(checkout.redirectUrl);
  }

  function succeed(order) {
    form.hidden = true;
    const success = document.querySelector(".success");
    const back = success.querySelector("[data-continue]");
    success.hidden = false;
    success.querySelector("[data-success-text]").textContent = "Order #" + order.attributes.order_number +
      ", " + order.attributes.total_formatted + ". " +
      (embedded || checkout.redirectUrl ? "Taking you back now…" : "You can close this page.");
    back.hidden = !embedded && !checkout.redirectUrl;
    back.addEventListener("click", leave);
    success.querySelector("h1").focus();
    tell({ event: "Checkout.Success", data: order });
    setTimeout(leave, 2500);
  }

  async function pay(cardNumber) {
    if (paying) return;
    declined.hidden = true;
    const fields = form.elements;
    const body = {
      variant_id: variantId,
      email: fields.email.value.trim(),
      name: fields.name.value.trim() || "Wallet buyer",
      country: fields.country.value,
      card_number: cardNumber,
    };
    setPaying(true);
    try {
      const answer = await fetch(checkout.payPath, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      });
      const document = await answer.json();
      if (answer.ok) return succeed(document.data);
      decline(document.errors[0].detail);
    } catch {
      decline("The payment could not be sent. Nothing was charged; please try again.");
    }
    setPaying(false);
    (cardNumber === null ? fields.email : fields.card).focus();
  }

  form.addEventListener("submit", (submit) => {
    submit.preventDefault();
    const wrong = firstWrong(Object.keys(checks));
    if (wrong) form.elements[wrong].focus();
    else pay(digitsOf(form.elements.card.value));
  });
  for (const wallet of form.querySelectorAll("[data-wallet]")) {
    wallet.addEventListener("click", () => {
      if (firstWrong(["email"])) form.elements.email.focus();
      else pay(null);
    });
  }
  for (const choice of document.querySelectorAll("input[name=package]")) {
    choice.addEventListener("change", () => {
      const chosen = checkout.packages.find((entry) => entry.variantId === choice.value);
      variantId = chosen.variantId;
      for (const amount of document.querySelectorAll("[data-total]")) amount.textContent = chosen.total;
      document.querySelector("[data-package]").textContent = chosen.name;
    });
  }
  document.addEventListener("keydown", (key) => {
    if (key.key === "Escape" && embedded && !paying) tell({ event: "close" });
  });
})();
`;
