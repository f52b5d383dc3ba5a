/** Countries a buyer can choose, by English name. */
export function countries(): readonly { readonly code: string; readonly name: string }[] {
  const names = new Intl.DisplayNames(["en"], { type: "region" });
  return codes
    .split(" ")
    .map((code) => ({ code, name: names.of(code) ?? code }))
    .sort((a, b) => a.name.localeCompare(b.name, "en"));
}

const codes =
  "AE AR AT AU BD BE BG BR CA CH CL CN CO CR CY CZ DE DK EE EG ES FI FR GB GE GH GR HK HR HU ID IE IL IN IS IT JP KE KR KZ LT " +
  "LU LV MA MT MX MY NG NL NO NZ PE PH PK PL PT RO RS SA SE SG SI SK TH TN TR TW UA US UY VN ZA";
