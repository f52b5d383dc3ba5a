/** The components of a cost in the order of the stack, the largest fixed cost at the bottom; each keeps its color everywhere. */
export const SERIES = [
  { key: "base", name: "Base", color: "var(--series-base)" },
  { key: "llm", name: "LLM", color: "var(--series-llm)" },
  { key: "model", name: "Realtime model", color: "var(--series-model)" },
  { key: "stt", name: "STT", color: "var(--series-stt)" },
  { key: "tts", name: "TTS", color: "var(--series-tts)" },
  { key: "unit", name: "API units", color: "var(--series-unit)" },
] as const;
