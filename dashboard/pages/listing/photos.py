"""Photos of inspections: taking them in and giving them out, inside the reader's scope."""

from __future__ import annotations

from typing import Any

from flask import Response, request
from werkzeug.exceptions import RequestEntityTooLarge

from dashboard.guard import GuardedApp
from dashboard.i18n import t
from matters.access import Forbidden, Scope
from services.photos import MOST, MOST_BYTES, BadPhoto


def register(app: GuardedApp, services: Any) -> None:
    """Register the two addresses."""

    def picture(scope: Scope, number: str) -> Response:
        data = _found(lambda: services.photos.picture(scope, _number(number), request.args.get("size") == "small"))
        return Response(data, mimetype="image/jpeg", headers={"Cache-Control": "private, max-age=86400", "Content-Disposition": "inline"})

    def add(scope: Scope, listing: str, event: str) -> Response:
        request.max_content_length = MOST_BYTES  # more than a form may send, for this address alone
        try:
            made = _found(lambda: services.photos.add(scope, _number(listing), _number(event), request.get_data(cache=False)))
        except (BadPhoto, RequestEntityTooLarge) as error:
            return Response(_refused(str(error) if isinstance(error, BadPhoto) else "bytes"), 400, mimetype="text/plain")
        except Forbidden:
            return Response(t("您没有添加照片的权限，或这条挂牌已经结束。"), 403, mimetype="text/plain")
        return Response(str(made), mimetype="text/plain")

    app.route("/photo/<number>", picture, "photo")
    app.route("/listing/<listing>/inspection/<event>/photos", add, "photo-add", methods=("POST",))


def _number(text: str) -> int:
    if not text.isdigit() or len(text) > 18:
        raise KeyError(text)
    return int(text)


def _found(read: Any) -> Any:
    try:
        return read()
    except LookupError as error:
        raise KeyError(str(error)) from error


def _refused(why: str) -> str:
    return {
        "bytes": t("照片超过 {n} MB。", n=MOST_BYTES // 1024 // 1024), "kind": t("不是能读的照片（JPEG、PNG 或 WebP）。"),
        "pixels": t("照片的像素太多。"), "many": t("一次督查最多 {n} 张。", n=MOST),
    }[why]  # fmt: skip
