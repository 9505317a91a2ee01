"""Why a row is in quarantine: one table of codes, with the words a steward reads."""

from __future__ import annotations

from typing import NamedTuple


class Reason(NamedTuple):
    """One reason with its Chinese and English words."""

    zh: str
    en: str


REASONS: dict[str, Reason] = {
    "missing_required": Reason("缺少必填内容", "A required value is missing"),
    "bad_date": Reason("日期无法识别或超出范围", "The date cannot be read or is out of range"),
    "bad_number": Reason("数字无法识别或超出范围", "The number cannot be read or is out of range"),
    "bad_coordinates": Reason("坐标超出范围", "The coordinates are out of range"),
    "bad_text": Reason("文字损坏或不符合格式", "The text is damaged or not of the expected form"),
    "bad_json": Reason("数据结构不符", "The data is not of the expected structure"),
    "unknown_value": Reason("代码表中没有此值", "The value is not in the value table"),
    "too_long": Reason("内容过长", "The value is too long"),
    "wrong_columns": Reason("列数或列名不符", "Columns are missing or too many"),
    "error_cell": Reason("单元格是错误值（如 #REF!）", "A cell holds an error such as #REF!"),
    "rounded_number": Reason("长数字已被表格软件舍入", "A long number has been rounded by the spreadsheet"),
}
