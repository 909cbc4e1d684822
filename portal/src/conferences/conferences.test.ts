import { describe, expect, it } from "vitest";
import { conference, participant, room } from "../testing/samples";
import { added, isExternal, parseTarget, places, startOf, toCall, withPrefix } from "./invitees";
import { bars, everyone, foundIn, grouped, taken, withMuted } from "./participants";
import { changes, lines, remembered } from "./timeline";

const one = (target: string, name = "") => ({ target, name });

describe("those to call", () => {
  it("are read as people write them", () => {
    const cases: [string, string | undefined][] = [
      ["202", "202"],
      [" +49 (30) 1234-56 ", "+4930123456"],
      ["#sip:a@127.0.0.1:5099", "#sip:a@127.0.0.1:5099"],
      ["#sip:@host.example", "#sip:@host.example"],
      ["#sip:host", undefined],
      ["hello", undefined],
      ["+", undefined],
      ["", undefined],
    ];
    for (const [typed, expected] of cases) expect(parseTarget(typed)).toBe(expected);
  });

  it("get the dial prefix when they lie outside", () => {
    expect(["202", "0049301234", "+4930123", "01134960777", "#sip:a@b"].map(isExternal)).toEqual([
      false,
      true,
      true,
      true,
      false,
    ]);
    expect(withPrefix("0", "030123456")).toBe("0030123456");
    expect(withPrefix(" 9 ", "123")).toBe("9123");
    expect(withPrefix("0", "#sip:a@b")).toBe("#sip:a@b");
    expect(withPrefix("0", "+4930123456")).toBe("+4930123456");
  });

  it("are listed once, without the host", () => {
    expect(added([one("202")], [one("202"), one("203"), one("203"), one("201")], "201")).toEqual([
      one("202"),
      one("203"),
    ]);
  });

  it("begin with the room's standing list and fill the limit less the host", () => {
    const standing = room({ call_out: ["202", "201"], max_participants: 15 });
    expect(toCall(standing, [one("204"), one("202", "Kim")], "201")).toEqual([
      one("202", "Kim"),
      one("204"),
    ]);
    expect(places(standing, "201")).toBe(14);
    // Without a host, their place is free.
    expect(places(standing, undefined)).toBe(15);
  });
});

describe("a start", () => {
  it("says that nobody is the host when Call me too is off", () => {
    const standing = room({ call_out: ["202"] });
    expect(startOf(standing, [one("202"), one("203")], undefined)).toEqual({
      invite: ["203"],
      host: null,
    });
    expect(startOf(standing, [one("203"), one("201")], "201")).toEqual({
      invite: ["203"],
      host: "201",
    });
  });
});

describe("participants", () => {
  it("show once, as they are now", () => {
    const groups = grouped([
      participant({ id: "a", target: "202", state: "busy" }),
      participant({ id: "b", target: "203", state: "no_answer" }),
      participant({ id: "c", target: "203", state: "left" }),
      participant({ id: "d", target: "202", state: "ringing" }),
      participant({ id: "e", target: "204", state: "lobby" }),
      participant({ id: "f", target: "205" }),
    ]);
    const ids = (list: { id: string }[]) => list.map(({ id }) => id);
    expect([ids(groups.lobby), ids(groups.joined), ids(groups.called), ids(groups.gone)]).toEqual([
      ["e"],
      ["f"],
      ["d"],
      ["c"],
    ]);
  });

  it("are selected as they are found, moderators only when asked again", () => {
    const people = [
      participant({ id: "a", name: "Sales Anna", role: "owner" }),
      participant({ id: "b", name: "Sales Ben" }),
      participant({ id: "c", name: "Carl" }),
    ];
    expect(everyone(foundIn(people, "sales"), new Set())).toEqual(["b"]);
    expect(everyone(foundIn(people, "sales"), new Set(["b"]))).toEqual(["a", "b"]);
    expect(everyone(people, new Set())).toEqual(["b", "c"]);
  });

  it("who withhold their number are not one person", () => {
    const groups = grouped([
      participant({ id: "a", name: "", target: "", state: "left" }),
      participant({ id: "b", name: "", target: "", state: "left" }),
      participant({ id: "c", name: "", target: "" }),
    ]);
    expect(groups.gone).toHaveLength(2);
  });

  it("take a place while they are called, wait or are in", () => {
    const states = [
      "calling",
      "ringing",
      "lobby",
      "joined",
      "busy",
      "left",
      "kicked",
      "failed",
      "no_answer",
    ] as const;
    expect(taken(states.map((state) => participant({ state })))).toBe(4);
  });

  it("are all muted but those who moderate", () => {
    const after = withMuted(
      conference({
        participants: [
          participant({ id: "a", role: "owner", talking: true }),
          participant({ id: "b", talking: true }),
          participant({ id: "c", role: "moderator" }),
        ],
      }),
      "all",
      true,
    );
    expect(after.participants.map((each) => [each.muted, each.talking])).toEqual([
      [false, true],
      [true, false],
      [false, false],
    ]);
  });

  it("have bars by loss, jitter and delay", () => {
    const quality = (loss_percent: number, jitter_ms: number, rtt_ms: number | null) =>
      bars({ loss_percent, jitter_ms, rtt_ms });
    expect([
      quality(0, 5, 20),
      quality(2, 5, null),
      quality(0, 80, 20),
      quality(12, 5, 20),
      quality(0, 5, 900),
    ]).toEqual([4, 3, 2, 1, 1]);
  });
});

describe("the timeline", () => {
  it("remembers what the rows do", () => {
    const list = remembered(
      conference({ participants: [participant({ state: "left", since: "2026-03-01T10:05:00Z" })] }),
    );
    expect(list.map(({ what }) => what)).toEqual(["started", "joined", "left"]);
  });

  it("says what changed, bursts folded, the latest first", () => {
    const before = conference({
      participants: [participant({ id: "a" }), participant({ id: "b" })],
    });
    const after = conference({
      locked: true,
      participants: [
        participant({ id: "a", muted: true }),
        participant({ id: "b", muted: true }),
        participant({ id: "c", state: "calling", since: "2026-03-01T10:01:00Z" }),
      ],
    });
    const now = "2026-03-01T10:01:01Z";
    expect(changes(before, after, now).map(({ what }) => what)).toEqual([
      "locked",
      "muted",
      "muted",
      "called",
    ]);
    expect(lines(changes(before, after, now)).map(({ what, count }) => [what, count])).toEqual([
      ["muted", 2],
      ["locked", 1],
      ["called", 1],
    ]);
  });

  it("is silent about those who talk", () => {
    const before = conference({ participants: [participant({})] });
    expect(
      changes(before, conference({ participants: [participant({ talking: true })] }), ""),
    ).toEqual([]);
  });
});
