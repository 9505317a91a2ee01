"""Whole pages that the server writes by itself: the login page and the error pages."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

from dashboard.i18n import OWN_NAMES, lang, pick, t
from matters.access import ROLES

PAGE = """<!doctype html>
<html lang="{lang}" data-mood="desk">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title>
<link rel="icon" type="image/svg+xml" href="/assets/icons/yizhan.svg">
<link rel="stylesheet" href="/assets/tokens.css"><link rel="stylesheet" href="/assets/css/desk.css">
<link rel="stylesheet" href="/assets/css/login.css"></head>
<body class="alone"><main>{body}</main>{script}</body></html>"""

LOGIN = """<header><b class="wordmark">{brand}</b><p>{claim}</p></header>
<form method="post" action="{action}"><h1>{head}</h1>{message}
<input type="hidden" name="csrf" value="{csrf}">
<label>{user}<input name="user" autocomplete="username" required maxlength="64" autofocus></label>
<label>{password}<input name="password" type="password" autocomplete="current-password" required maxlength="256"></label>
<button class="btn pri" type="submit">{enter}</button></form>{accounts}
<p class="foot-line"><a href="{other_href}" lang="{other}">{other_name}</a></p>"""


def _page(title: str, body: str, script: str = "") -> str:
    return PAGE.format(lang="en" if lang() == "en" else "zh-CN", title=escape(title), body=body, script=script)


def _accounts(accounts: Sequence[Any]) -> str:
    """The demo's accounts, one click each to fill the form; nothing outside the demo."""
    if not accounts:
        return ""
    roles = {zh: pick(zh, en) for zh, en in ROLES.values()}
    lines = "".join(
        f'<li><button type="button" data-user="{escape(a.user)}" data-password="{escape(a.password)}">'
        f"<b>{escape(roles.get(a.role, a.role))}</b><span>{escape(a.area)}</span><code>{escape(a.user)}</code></button></li>"
        for a in accounts
    )
    return f"<section class='demo'><h2>{escape(t('演示账号'))}</h2><p>{escape(t('演示数据全为虚构；点一下填入。'))}</p><ul>{lines}</ul></section>"


def login(*, action: str, csrf: str, message: str, city: str, accounts: Sequence[Any]) -> str:
    """The login page in the language of this request."""
    other = "zh-CN" if lang() == "en" else "en"
    body = LOGIN.format(
        brand=escape(t("一站")),
        claim=escape(t("{city}矛盾纠纷多元化解", city=city)),
        head=escape(t("登录")),
        action=escape(action),
        csrf=escape(csrf),
        message=f'<p class="said" role="alert">{escape(message)}</p>' if message else "",
        user=escape(t("用户名")),
        password=escape(t("密码")),
        enter=escape(t("进入")),
        accounts=_accounts(accounts),
        other=other,
        other_href=escape(action.replace(f"lang={lang()}", f"lang={other[:2]}")),
        other_name=OWN_NAMES[other[:2]],
    )
    return _page(t("登录 · 一站"), body, '<script src="/assets/alone/login.js"></script>' if accounts else "")


def error(status: int) -> str:
    """A page for a refused, missing or failed address."""
    words = {
        400: (t("这个请求看不懂"), t("页面可能已过期，请返回后再试。")),
        403: (t("这里不在您的查看范围内"), t("如需查看，请联系管理员调整范围。")),
        404: (t("没有这一页"), t("请检查链接，或从总览重新进入。")),
        405: (t("这个请求看不懂"), t("页面可能已过期，请返回后再试。")),
        413: (t("内容太大"), t("一次提交的内容超过了上限。")),
        429: (t("请求太密"), t("请过一会儿再试。")),
    }
    title, line = words.get(status, (t("系统出了故障"), t("已记入日志；稍后再试，或报给管理员。")))
    back = f'<p><a class="btn" href="/">{escape(t("回到总览"))}</a></p>'
    return _page(f"{title} · {t('一站')}", f"<section class='wrong'><h1>{escape(title)}</h1><p>{escape(line)}</p>{back}</section>")


def no_font() -> str:
    """No PDF, since no font may be embedded; the docx is there."""
    title = t("PDF 现在做不出来")
    line = t("这台服务器没有可嵌入的开源中文字体（如思源宋体）。请管理员安装，或设置 fonts_dir；docx 可照常下载。")
    return _page(f"{title} · {t('一站')}", f"<section class='wrong'><h1>{escape(title)}</h1><p>{escape(line)}</p></section>")
