"""Why a row is in quarantine: one table of codes, with the words a steward reads."""

from __future__ import annotations

from typing import NamedTuple


class Reason(NamedTuple):
    """One reason with its Chinese and English words, and what a steward does about it."""

    zh: str
    en: str
    todo_zh: str
    todo_en: str


REASONS: dict[str, Reason] = {
    "missing_required": Reason(
        "缺少必填内容", "A required value is missing",
        "问来源补报；确知的值可改正这一行再重放。整组都缺，多半是列名变了：改 feed.toml。",
        "Ask the source to send it; mend the row where the value is known. If a whole group lacks it, a column was renamed: change feed.toml.",
    ),
    "bad_date": Reason(
        "日期无法识别或超出范围", "The date cannot be read or is out of range",
        "一两行：改成正确日期再重放。整组：来源换了写法，在 feed.toml 的 date 里加上再重放整组。",
        "A row or two: mend the date and replay. A whole group: the source writes dates in another way; add it to date in feed.toml and replay the group.",
    ),
    "bad_number": Reason(
        "数字无法识别或超出范围", "The number cannot be read or is out of range",
        "看单位和千分位：一行就改正；整组就在 feed.toml 里声明单位再重放。",
        "Look at units and separators: mend a single row; for a group declare the unit in feed.toml and replay.",
    ),
    "bad_coordinates": Reason(
        "坐标超出范围", "The coordinates are out of range",
        "经纬度多半写反或坐标系不对：改正这一行，或在 feed.toml 里改坐标列。",
        "Mostly swapped or of another datum: mend the row, or change the coordinate columns in feed.toml.",
    ),
    "bad_text": Reason(
        "文字损坏或不符合格式", "The text is damaged or not of the expected form",
        "乱码不能猜：请来源按约定编码重发；格式不符的可以改正。",
        "Damaged text cannot be guessed: ask for it again in the agreed encoding; a wrong form can be mended.",
    ),
    "bad_json": Reason(
        "数据结构不符", "The data is not of the expected structure",
        "请来源按约定结构重发；结构确实变了，就改 feed.toml 的取数路径。",
        "Ask the source to send it as agreed; if the structure has changed, change the paths in feed.toml.",
    ),
    "unknown_value": Reason(
        "代码表中没有此值", "The value is not in the value table",
        "新代码：问清含义，写进 feed.toml 的代码表，再重放整组。笔误的可以改正。",
        "A new code: ask what it means, add it to the value table in feed.toml, replay the group. A slip can be mended.",
    ),
    "too_long": Reason(
        "内容过长", "The value is too long",
        "多半是列错位或粘进了别的内容：改正这一行；整组错位请来源重发。",
        "Mostly a shifted column or pasted text: mend the row; ask for a shifted file again.",
    ),
    "wrong_columns": Reason(
        "列数或列名不符", "Columns are missing or too many",
        "这样的行切不开，重放无用：请来源重发这个文件。",
        "Such a row cannot be split, a replay does not help: ask for the file again.",
    ),
    "error_cell": Reason(
        "单元格是错误值（如 #REF!）", "A cell holds an error such as #REF!",
        "表格里的公式坏了：请来源修好重发，确知的值可以改正。",
        "A formula in the sheet is broken: ask for it again, or mend the value where it is known.",
    ),
    "rounded_number": Reason(
        "长数字已被表格软件舍入", "A long number has been rounded by the spreadsheet",
        "原号码已经丢了末几位，不能恢复：请来源把该列设成文本后重发。",
        "The last digits are lost: ask the source to format the column as text and send it again.",
    ),
}
