// @ts-check
/** Recordings of the stand-in server, with something to hear. */
import { conferences } from "./conference.mjs";
import { ago, customer, rooms } from "./data.mjs";

function recording(conference, number, fields) {
  const room = rooms.find((one) => one.id === conference.room_id);
  return {
    id: `${conference.id}-${number}`,
    conference_id: conference.id,
    room_id: conference.room_id,
    room_name: room?.name ?? null,
    customer_id: customer.id,
    state: "finished",
    failure: null,
    started_at: conference.started_at,
    ended_at: conference.ended_at,
    bytes: 2_400_000,
    media_type: "audio/ogg",
    ...fields,
  };
}

const [board, hall, ...past] = conferences;
const recordings = [
  recording(hall, 1, { state: "recording", ended_at: null, started_at: ago(2300) }),
  recording(board, 1, {
    state: "failed",
    failure: "not_writable",
    ended_at: ago(700),
    bytes: 0,
  }),
  recording(past[0], 1, {}),
  recording(past[1], 1, { state: "failed", failure: "disk_full" }),
  recording(past[2], 1, { room_name: null }),
];

const RATE = 8000;

/** Ten seconds of a quiet tone, as a WAV file. */
function tone() {
  const samples = Buffer.alloc(RATE * 10 * 2);
  for (let at = 0; at < RATE * 10; at += 1)
    samples.writeInt16LE(Math.round(Math.sin((at * 440 * 2 * Math.PI) / RATE) * 3000), at * 2);
  const head = Buffer.alloc(44);
  head.write("RIFF", 0);
  head.writeUInt32LE(36 + samples.length, 4);
  head.write("WAVEfmt ", 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(RATE, 24);
  head.writeUInt32LE(RATE * 2, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write("data", 36);
  head.writeUInt32LE(samples.length, 40);
  return Buffer.concat([head, samples]);
}

export function recordingRoutes({ missing, listed }) {
  const find = (params) => {
    const one = recordings.find((each) => each.id === params.id);
    if (!one) throw missing();
    return one;
  };
  return {
    "GET /recordings": ({ query }) =>
      listed(
        recordings.filter(
          (one) =>
            (!query.get("room_id") || one.room_id === query.get("room_id")) &&
            (!query.get("conference_id") || one.conference_id === query.get("conference_id")),
        ),
        query,
        () => "",
      ),
    "GET /recordings/:id/audio": ({ params }) => {
      find(params);
      return { sound: tone(), type: "audio/wav" };
    },
    "DELETE /recordings/:id": ({ params }) => {
      recordings.splice(recordings.indexOf(find(params)), 1);
      return [204];
    },
  };
}
