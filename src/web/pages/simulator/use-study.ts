// Asks the worker anew whenever the sliders move, and gathers what it answers.

import { type ReadonlySignal, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Inputs } from "./inputs.ts";
import type { Answer, Question } from "./protocol.ts";
import { EMPTY, gather, type StudyState } from "./study-state.ts";

export function useStudy(inputs: ReadonlySignal<Inputs>): ReadonlySignal<StudyState> {
  const state = useSignal<StudyState>(EMPTY);
  const worker = useRef<Worker | undefined>(undefined);
  const id = useRef(0);
  useEffect(() => {
    const started = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
    worker.current = started;
    started.addEventListener("message", ({ data }: MessageEvent<Answer>) => {
      state.value = gather(state.peek(), data, id.current);
    });
    started.addEventListener("error", ({ message }) => {
      state.value = { ...state.peek(), problem: message };
    });
    return () => started.terminate();
  }, []);
  useEffect(() => {
    id.current += 1;
    const question: Question = { id: id.current, inputs: inputs.value };
    worker.current?.postMessage(question);
  }, [inputs.value]);
  return state;
}
