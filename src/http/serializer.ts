import type { FastifySerializerCompiler } from "fastify";
import type { $ZodType } from "zod/v4/core";
import { safeParse } from "zod/v4/core";

/** How answers become text. Their shape is checked by the compiler, so in production they are only written out;
 *  with `checkAnswers` (tests) one that its documented schema does not admit, or that has fields the schema does not
 *  name, is a fault. */
export function createSerializer({ checkAnswers }: { readonly checkAnswers: boolean }): Serializer {
  if (!checkAnswers) return () => (answer) => JSON.stringify(answer);
  return ({ schema, method, url }) =>
    (answer) => {
      const text = JSON.stringify(answer);
      // Checked as the client reads it: after JSON, where undefined fields are gone.
      const checked = safeParse(schema, JSON.parse(text));
      if (!checked.success)
        throw new Error(`${method} ${url} answers what it does not document`, { cause: checked.error });
      if (JSON.stringify(checked.data).length !== text.length)
        throw new Error(`${method} ${url} answers unknown fields`);
      return text;
    };
}

type Serializer = FastifySerializerCompiler<$ZodType>;
