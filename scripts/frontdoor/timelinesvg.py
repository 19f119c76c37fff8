# SPDX-License-Identifier: GPL-2.0-or-later
"""Draw a timeline.Chart: HTML and SVG that need nothing but a browser."""

import html
import math
import re

TIME_WIDTH = 150
GUEST_X = TIME_WIDTH + 50
FIRST_LANE = 470         # from the guest to the first model: room for a text
LANE_WIDTH = 170
NOTE_WIDTH = 420
ROW = 24
HEAD = 64
# Idle time takes room by its logarithm, and is told from this on.
IDLE_FROM = 10_000
IDLE_TOLD = 1_000_000
IDLE_STEP = 5

KINDS = {
    "delivered": "delivered as it was",
    "changed": "delivered, but changed by a rule",
    "dropped": "never arrives",
    "delayed": "kept for a time",
    "reordered": "kept until the next one has passed",
    "suspended": "kept until it is resumed",
    "released": "kept before, goes its way now",
    "lost": "kept before, lost by a reset",
    "failed": "could not be delivered",
    "sent": "made by a rule or by fault-send",
}
ENDS_EARLY = {"dropped", "lost"}
KEPT = {"delayed", "reordered", "suspended"}

STYLE = """
body { margin: 0; font: 13px sans-serif; color: #222; background: #fff; }
header { padding: 8px 12px; border-bottom: 1px solid #ccc; }
h1 { font-size: 16px; margin: 0 0 6px; }
header svg { vertical-align: middle; margin-left: 12px; }
#chart { overflow: auto; height: calc(100vh - 130px); }
#lanes { position: sticky; top: 0; display: block; background: #f4f4f4; }
#rows { display: block; }
text { font: 12px sans-serif; fill: #222; }
.time, .idle { font: 11px monospace; fill: #666; text-anchor: end; }
.idle { fill: #999; text-anchor: start; }
.lane { text-anchor: middle; }
.device { font-weight: bold; }
.life { stroke: #bbb; stroke-width: 1; }
.m line, .m path { stroke: #2a5db0; stroke-width: 1.4; fill: none; }
.m .label { paint-order: stroke; stroke: #fff; stroke-width: 3px; }
.m .back { fill: transparent; }
.m:hover .back { fill: #00000012; }
.changed line, .changed path { stroke: #d97a00; stroke-width: 2.4; }
.dropped line, .dropped path, .lost line, .lost path,
.failed line, .failed path { stroke: #c4161c; stroke-width: 2; }
.dropped line, .lost line { stroke-dasharray: 5 4; }
.delayed line, .reordered line, .suspended line {
  stroke: #7a3fb0; stroke-width: 2; stroke-dasharray: 2 4; }
.delayed path, .reordered path, .suspended path, .released line,
.released path { stroke: #7a3fb0; stroke-width: 2; }
.sent line, .sent path { stroke: #0a7d4b; stroke-width: 2.4;
  stroke-dasharray: 9 3; }
.kept-until { stroke: #7a3fb0; stroke-width: 1; stroke-dasharray: 1 3;
  fill: none; }
.note { font-weight: bold; }
.changed .note { fill: #d97a00; }
.dropped .note, .lost .note, .failed .note { fill: #c4161c; }
.delayed .note, .reordered .note, .suspended .note, .released .note {
  fill: #7a3fb0; }
.sent .note { fill: #0a7d4b; }
"""


def escape(value):
    """Any text, for markup: XML has no control characters at all."""
    text = re.sub("[^\t\n -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]",
                  "\ufffd", str(value))
    return html.escape(text)


def duration(ns):
    for unit, size in (("s", 10**9), ("ms", 10**6), ("us", 10**3)):
        if abs(ns) >= size:
            return f"{ns / size:.3f} {unit}"
    return f"{ns} ns"


def page(chart):
    """The whole file."""
    width = _lane_x(len(chart.lanes)) + NOTE_WIDTH
    rows, height = _rows(chart)
    return "\n".join([
        '<!DOCTYPE html>',
        '<html xmlns="http://www.w3.org/1999/xhtml" lang="en"><head>',
        '<meta charset="utf-8"/>',
        f'<title>{escape(chart.name)}</title>',
        f'<style>{STYLE}</style></head><body>',
        _header(chart),
        '<div id="chart">',
        f'<svg xmlns="http://www.w3.org/2000/svg" id="lanes" width="{width}" '
        f'height="{HEAD}">{_heads(chart)}</svg>',
        f'<svg xmlns="http://www.w3.org/2000/svg" id="rows" width="{width}" '
        f'height="{height}">',
        _lives(chart, height), *rows, '</svg></div></body></html>', ''])


def _header(chart):
    shown = f"{len(chart.arrows)} messages"
    if chart.left_out:
        shown += (f", {chart.left_out} more of the log are left out: see "
                  "--since and --max")
    if chart.arrows:
        first, last = (chart.arrows[i].message["time"] for i in (0, -1))
        shown += f"; {duration(last - first)} of virtual time"
    legend = "".join(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="54" height="16" '
        f'class="legend"><g class="m {kind}">{_shape(kind, 2, 50, 8)}</g>'
        f'</svg> {escape(meaning)} ({chart.fates[kind]})'
        for kind, meaning in KINDS.items() if chart.fates[kind])
    rules = ", ".join(f"{name} ({action}): {count}"
                      for (name, action), count in chart.rules.items())
    return (f'<header><h1>{escape(chart.name)}</h1><div>{escape(shown)}. '
            f'Hover over a message for its bytes.</div><div>{legend}</div>'
            + (f'<div id="rules">Hits of rules: {escape(rules)}</div>'
               if rules else "") + '</header>')


def _lane_x(lane):
    return GUEST_X + FIRST_LANE + lane * LANE_WIDTH


def _heads(chart):
    heads = [f'<text class="lane device" x="{GUEST_X}" y="26">guest</text>']
    for lane, (device, part) in enumerate(chart.lanes):
        x = _lane_x(lane)
        device = device.removeprefix("/machine/")
        heads.append(
            f'<g class="head"><title>{escape(device)}: {escape(part)}</title>'
            f'<text class="lane device" x="{x}" y="26">{_short(device)}'
            f'</text><text class="lane" x="{x}" y="46">{_short(part)}</text>'
            '</g>')
    return "".join(heads)


def _short(text, most=24):
    return escape(text if len(text) <= most else text[:most - 1] + "\u2026")


def _lives(chart, height):
    xs = [GUEST_X, *map(_lane_x, range(len(chart.lanes)))]
    return "".join(f'<line class="life" x1="{x}" y1="0" x2="{x}" '
                   f'y2="{height}"/>' for x in xs)


def _rows(chart):
    """(The markup of each message, the height of all)."""
    rows, places = [], {}
    y, before = ROW, None
    for arrow in chart.arrows:
        message = arrow.message
        idle = message["time"] - before if before is not None else 0
        if idle >= IDLE_FROM:
            y += IDLE_STEP * math.log10(idle / IDLE_FROM)
        if idle >= IDLE_TOLD:
            rows.append(f'<text class="idle" x="{GUEST_X + 8}" y="{y:.0f}">'
                        f'{duration(idle)} later</text>')
            y += ROW
        before = message["time"]
        rows.append(_row(arrow, round(y), places.get(message.get("of"))))
        places[message["position"]] = round(y)
        y += ROW
    return rows, round(y + ROW)


def _row(arrow, y, kept_y):
    x = _lane_x(arrow.lane)
    ends = (GUEST_X, x) if arrow.to_model else (x, GUEST_X)
    until = ""
    if kept_y is not None:
        half = (GUEST_X + x) // 2
        until = (f'<path class="kept-until" d="M{half},{kept_y} V{y}"/>')
    return (f'<g class="m {arrow.kind}" id="m{arrow.message["position"]}">'
            f'<title>{escape(hover(arrow.message))}</title>'
            f'<rect class="back" x="0" y="{y - ROW + 6}" '
            f'width="{x + NOTE_WIDTH}" height="{ROW}"/>'
            f'<text class="time" x="{TIME_WIDTH}" y="{y + 4}">'
            f'{arrow.message["time"] / 10**6:.6f}</text>'
            f'<text class="label" x="{GUEST_X + 14}" y="{y - 5}">'
            f'{escape(arrow.text)}</text>'
            f'{until}{_shape(arrow.kind, *ends, y)}'
            f'<text class="note" x="{x + 12}" y="{y + 4}">'
            f'{escape(arrow.note)}</text></g>')


def _shape(kind, start, end, y):
    """An arrow, and how far it comes."""
    way = 1 if end > start else -1
    if kind in ENDS_EARLY:
        end = (start + end) // 2
        tip = f"M{end - 5},{y - 5} l10,10 m0,-10 l-10,10"
    elif kind in KEPT:
        end = (start + end) // 2
        tip = f"M{end},{y - 5} a5,5 0 1,0 0.1,0 z"
    else:
        tip = f"M{end - 7 * way},{y - 4} L{end},{y} L{end - 7 * way},{y + 4}"
        if kind == "failed":
            tip += f" M{end - 16 * way},{y - 5} l10,10 m0,-10 l-10,10"
    return (f'<line x1="{start}" y1="{y}" x2="{end}" y2="{y}"/>'
            f'<path d="{tip}"/>')


def hover(message):
    """Everything that the log has of a message, its bytes in words."""
    lines = [f"{name}: {value}" for name, value in message.items()
             if name != "bytes"]
    data = message["bytes"]
    words = [data[i:i + 8] for i in range(0, len(data), 8)]
    lines += [f"{4 * i:3}: {' '.join(words[i:i + 4])}"
              for i in range(0, len(words), 4)]
    return "\n".join(lines)
