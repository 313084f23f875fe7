// The dialer model on a thread of its own: the page stays smooth whatever is simulated.

import { messageOf } from "../../../kernel/index.ts";
import type { Answer, Question } from "./protocol.ts";
import { study } from "./study.ts";

const latest = { id: -1 };

self.addEventListener("message", ({ data }: MessageEvent<Question>) => {
  latest.id = data.id;
  void answer(data);
});

async function answer(question: Question): Promise<void> {
  const post = (message: Answer) => self.postMessage(message, {});
  const began = performance.now();
  try {
    for (const part of study(question)) {
      if (latest.id !== question.id) return;
      post(part);
      // A turn of the event loop, so that a newer question is heard.
      await new Promise((resolve) => setTimeout(resolve, 0));
      if (latest.id !== question.id) return;
    }
    post({ id: question.id, kind: "done", ms: performance.now() - began });
  } catch (thrown) {
    post({ id: question.id, kind: "failed", message: messageOf(thrown) });
  }
}
