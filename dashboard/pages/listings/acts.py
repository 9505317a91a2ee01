"""What is sent by a form of a listing: fields to data, and each refusal in plain words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dashboard.components import listing_words
from dashboard.components.listing_forms import TARGETS
from dashboard.guard import BadInput
from dashboard.i18n import t
from matters.identity import mask_name
from matters.listing import STEPS


def data_of(ids: Sequence[dict[str, str]], values: Sequence[Any], dates: Sequence[Any]) -> dict[str, Any]:
    """The fields of a form by name; targets gathered into one list, percentages as shares."""
    found: dict[str, Any] = {}
    targets: list[dict[str, Any]] = []
    for key, value, day in zip(ids, values, dates, strict=True):
        name = str(key.get("field", "")) if isinstance(key, dict) else ""
        given = day if day is not None else value
        if name.startswith("target-"):
            if given not in (None, ""):
                targets.append(_target(name.removeprefix("target-"), given))
        elif given not in (None, "", []):
            found[name] = given.strip() if isinstance(given, str) else given
    if "*" not in (name := found.get("leader", "*")):
        found["leader"] = mask_name(name)  # a clear name goes no further than this
    if any(key["field"].startswith("target-") for key in ids):
        found["targets"] = targets
    return found


def _target(key: str, given: Any) -> dict[str, Any]:
    op, _, unit = TARGETS[key]
    try:
        value = float(given)
    except (TypeError, ValueError) as error:
        raise BadInput(t("目标“{name}”要是一个数。", name=listing_words.target_name(key))) from error
    if value < 0 or (op == ">=" and value > 100):
        raise BadInput(t("目标“{name}”要在 0 到 100 之间。", name=listing_words.target_name(key)))
    return {"indicator": key, "op": op, "value": round(value * unit, 6)}


def names() -> dict[str, str]:
    """Names of the fields that can be missing."""
    return {"note": t("说明或理由"), "reason": t("理由"), "owner": t("主责单位"), "leader": t("包案领导"), "deadline": t("期限"),
            "targets": t("目标"), "measure": t("措施"), "area": t("地区"), "subject": t("类型"), "categories": t("纠纷类别")}  # fmt: skip


def complete(step: str, data: dict[str, Any]) -> None:
    """BadInput naming the first field that is missing, before anything is sent."""
    wanted = STEPS[step].needs if step in STEPS else ()
    for name in (*(("subject", "area", "categories") if step == "propose" else ()), *wanted):
        if not data.get(name):
            raise BadInput(t("还缺“{name}”。", name=names().get(name, name)))


def why_wrong(error: Exception) -> str:
    """A refusal of the service (matters.listing.WrongStep names a field or a state) in plain words."""
    text = str(error)
    if text == "deadline":
        return t("期限要晚于今天和原来的期限。")
    if text == "despite":
        return t("验收有目标没有到：要摘牌，先写明为何。")
    if text == "measure":
        return t("措施要比上一次重一级或以上，不能重复或退回。")
    if text in names():
        return t("“{name}”缺了或不能这样填。", name=names()[text])
    return t("它的状态已经变了，这一步要在别的状态下做。")
