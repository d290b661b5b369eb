// Times the filter on long texts: `node integration/vm/speed.mjs < PLAN`. PLAN is what `speed.py` writes; each result is
// a line of JSON. Time is that of the processor, all of this process's threads, so that neighbours matter little.
import { readFileSync } from "node:fs";
import { Filter } from "./filter.mjs";

const plan = JSON.parse(readFileSync(0, "utf8"));
const JSON_TYPE = ["content-type", "application/json"];
const REQUEST = [
  [":method", "POST"],
  [":scheme", "https"],
  [":authority", "gateway"],
  [":path", "/v1/chat/completions"],
  ["authorization", `Bearer ${plan.key}`],
  JSON_TYPE,
];
// The least that is timed at once, in bytes.
const AT_ONCE = 1 << 20;
// Seconds after which a count is not repeated: a slow one is exact enough.
const ENOUGH = 0.5;
// Short counts are repeated until they have taken so many seconds together: they are disturbed more.
const AT_LEAST = 0.2;
// Pieces that an answer arrives in, in bytes: as Envoy reads from a socket.
const PIECE = 16 << 10;
// A text that leaves something to restore.
const SHORT = "write to ada@example.com";

// The bait again and again, as often as there is room; `{n}` and `{x}` in it are new each time.
function repeated(unit, length) {
  if (!/{[nx]}/.test(unit)) {
    return unit.repeat(Math.max(1, Math.floor(length / Buffer.byteLength(unit))));
  }
  const units = [];
  for (let number = 1000000, left = length; left > 0; number += 7) {
    const hex = (number * 5).toString(16);
    const next = unit.replaceAll("{n}", number).replaceAll("{x}", `${hex.slice(0, -4)}:${hex.slice(-4)}`);
    left -= Buffer.byteLength(next);
    units.push(next);
  }
  return units.slice(0, -1).join("");
}

const request = (prompt, more = "") => {
  return Buffer.from(`{"model":"gpt-4o","messages":[{"role":"user","content":"${prompt}"}]${more}}`);
};
const answer = (content) => {
  const choice = `{"index":0,"message":{"role":"assistant","content":"${content}"},"finish_reason":"stop"}`;
  return Buffer.from(`{"id":"c","object":"chat.completion","model":"gpt-4o","choices":[${choice}]}`);
};
// A stream with one unit in each event.
const stream = (unit, length) => {
  const event = (delta) => {
    return `data: {"id":"c","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"${delta}"}}]}\n\n`;
  };
  return Buffer.from(repeated(event(unit), length) + "data: [DONE]\n\n");
};

function seconds(work) {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

const callsAtOnce = (body) => Math.max(1, Math.floor(AT_ONCE / body.length));

// Seconds for one body, of the request or of an answer.
function time(filter, side, body) {
  let taken = 0;
  const calls = callsAtOnce(body);
  for (let count = 0; count < calls; count += 1) {
    const call = filter.call(REQUEST);
    if (side === "request") {
      taken += seconds(() => call.request(body));
    } else {
      call.request(request(SHORT, side === "stream" ? ',"stream":true' : ""));
      call.answerHeaders([[":status", "200"], side === "stream" ? ["content-type", "text/event-stream"] : JSON_TYPE]);
      taken += seconds(() => {
        for (let at = 0; at < body.length; at += PIECE) {
          call.answer(body.subarray(at, at + PIECE), at + PIECE >= body.length);
        }
      });
    }
    call.end();
  }
  return taken / calls;
}

function body({ side, unit, before }, length) {
  switch (side) {
    case "request":
      return request(before + repeated(unit, length));
    case "answer":
      return answer(repeated(unit, length));
    default:
      return stream(unit, length);
  }
}

for (const { name, settings } of plan.settings) {
  const filter = new Filter(plan.wasm, settings, plan.environment);
  for (const bait of plan.baits) {
    // The VM compiles a function when it is first called.
    time(filter, bait.side, body(bait, Math.min(...plan.lengths)));
    for (const length of plan.lengths) {
      const bytes = body(bait, length);
      const rounds = [time(filter, bait.side, bytes)];
      const calls = callsAtOnce(bytes);
      let whole = rounds[0] * calls;
      while ((rounds.length < plan.rounds || whole < AT_LEAST) && rounds[0] < ENOUGH) {
        rounds.push(time(filter, bait.side, bytes));
        whole += rounds.at(-1) * calls;
      }
      const result = { settings: name, bait: bait.name, length, bytes: bytes.length, seconds: Math.min(...rounds) };
      console.log(JSON.stringify(result));
    }
  }
}
