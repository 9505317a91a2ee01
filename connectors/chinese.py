"""Chinese numerals and parts of the day."""

from __future__ import annotations

# Also the forms of cheques (叁万伍仟圆) and the circles that are typed for 〇.
_PLAIN = str.maketrans("零○ＯOo壹贰貳叁參肆伍陆陸柒捌玖拾佰仟萬億两兩", "〇〇〇〇〇一二二三三四五六六七八九十百千万亿二二")
_DIGIT = {d: i for i, d in enumerate("〇一二三四五六七八九")}
_SMALL = {"十": 10, "百": 100, "千": 1_000}
_BIG = {"万": 10_000, "亿": 100_000_000}
NUMERAL = "〇零○一二三四五六七八九十百千万亿壹贰貳叁參肆伍陆陸柒捌玖拾佰仟萬億两兩"
DIGITS = "〇零○一二三四五六七八九壹贰貳叁參肆伍陆陸柒捌玖两兩"
_TENS = {"廿": "二十", "卅": "三十"}

_MORNING = frozenset({"上午", "早上", "早晨", "清晨", "清早"})
_SMALL_HOURS = frozenset({"凌晨"})
_AFTERNOON = frozenset({"下午", "午后", "傍晚"})
_EVENING = frozenset({"晚上", "晚间", "夜晚"})
_NIGHT = frozenset({"深夜", "夜间", "夜里", "半夜", "午夜"})


def number(text: str) -> int | None:
    """三十二 → 32, 两万三千 → 23000, 二〇二六 → 2026, 一百五 → 150; None for what is none."""
    plain = text.translate(_PLAIN)
    if not plain or any(c not in _DIGIT and c not in _SMALL and c not in _BIG for c in plain):
        return None
    if all(c in _DIGIT for c in plain):
        return int("".join(str(_DIGIT[c]) for c in plain))
    return _by_big(plain)


def _by_big(text: str) -> int | None:
    """A number cut at its largest unit: what stands before it counts that many times, what stands after is less."""
    for unit, worth in reversed(_BIG.items()):
        head, found, rest = text.rpartition(unit)
        if not found:
            continue
        before, after = _by_big(head) if head else None, _tail(rest, worth)
        return None if before is None or after is None or after >= worth else before * worth + after
    return _below_big(text)


def _tail(text: str, worth: int) -> int | None:
    """What follows a unit: 五 alone after 百 or 万 is five of the next smaller unit (一万五), after 〇 it is five."""
    if not text:
        return 0
    if len(text) == 1 and text in _DIGIT:
        return _DIGIT[text] * worth // 10
    return _by_big(text.lstrip("〇")) if text.strip("〇") else None


def _below_big(text: str) -> int | None:
    for unit, worth in reversed(_SMALL.items()):
        head, found, rest = text.partition(unit)
        if not found:
            continue
        before = 1 if not head and unit == "十" else _DIGIT.get(head)
        after = _tail(rest, worth)
        return None if not before or after is None or after >= worth else before * worth + after
    return _DIGIT.get(text)


def figures(text: str, each: bool = False) -> str:
    """A number of a date in Arabic figures; `each`: figure by figure, as years are written. ValueError if it is none."""
    if text.isascii() and text.isdigit():
        return text
    for short, whole in _TENS.items():
        text = text.replace(short, whole)
    found, plain = number(text), text.translate(_PLAIN)
    if found is None:
        raise ValueError(text)
    return "".join(str(_DIGIT[c]) for c in plain) if each and all(c in _DIGIT for c in plain) else str(found)


def clock_hour(part: str, hour: int) -> int | None:
    """The hour of the day (24: its end) of an hour said with its part of the day; None where they contradict."""
    if hour > 24 or not part:
        return hour if hour <= 24 else None
    if part in _MORNING:
        return hour if hour <= 12 else None
    if part in _SMALL_HOURS:
        return hour % 12 if hour <= 6 or hour == 12 else None
    if part in ("中午", "正午", "午间"):
        return hour + 12 if hour <= 2 else hour if 10 <= hour <= 14 else None
    if part in _AFTERNOON:
        return hour + 12 if 1 <= hour < 12 else hour if 12 <= hour <= 19 else None
    if part in _EVENING:
        return hour + 12 if 5 <= hour < 12 else 24 if hour == 12 else hour if hour >= 17 else None
    if part in _NIGHT:
        return hour + 12 if 6 <= hour < 12 else 24 if hour == 12 else hour if hour < 6 or hour >= 18 else None
    return None
